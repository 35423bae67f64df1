//! Storage of the synapses of one projection onto one block of neurons.

use std::ops::Range;

/// The synapses onto one block: row j holds the local targets of sender j and their efficacies.
///
/// Takes 2 bytes per synapse for the target, 1 more for a small whole weight, 4 for a real one, and 4 bytes per sender.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Row j is `starts[j]..starts[j + 1]`.
    starts: Vec<u32>,
    /// Targets.
    synapses: Vec<u16>,
    weights: Weights,
    /// Efficacy in mV of weight 1.
    unit: f64,
}

/// Efficacies in units of [`Rows::unit`].
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// Every synapse has weight 1.
    One,
    /// Few different numbers, such as a count of shared patterns: which of them, and the numbers, which ascend.
    Few(Vec<u8>, Vec<f32>),
    /// Any real number, rounded to f32.
    Real(Vec<f32>),
    /// Sizes as they stand, 0 or larger: learned efficacies. The unit, 1 or -1, is their sign.
    Exact(Vec<f64>),
}

impl Weights {
    /// Whether they are small whole numbers, any of them.
    #[cfg(feature = "hdf5")]
    pub(crate) fn are_counts(&self) -> bool {
        matches!(self, Self::Few(_, values) if values[..] == all_counts())
    }
}

impl Rows {
    /// Efficacy in mV of weight 1.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Where row `sender` stands.
    #[inline]
    pub(crate) fn row(&self, sender: usize) -> Range<usize> {
        self.starts[sender] as usize..self.starts[sender + 1] as usize
    }

    pub(super) fn targets(&self) -> &[u16] {
        &self.synapses
    }

    /// Row j is `starts[j]..starts[j + 1]`.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The places of the rows, the synapses, their weights, and the efficacy of weight 1.
    pub(super) fn into_parts(self) -> (Vec<u32>, Vec<u16>, Weights, f64) {
        (self.starts, self.synapses, self.weights, self.unit)
    }

    /// Number of synapses.
    pub fn synapses(&self) -> usize {
        self.synapses.len()
    }

    /// Neurons of the sending population.
    pub fn senders(&self) -> usize {
        self.starts.len() - 1
    }

    /// The synapses of a sender: (local target, efficacy in mV).
    pub fn synapses_of(&self, sender: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.row(sender).map(|k| (usize::from(self.synapses[k]), self.efficacy(k)))
    }

    /// Whether all synapses excite (`Some(true)`) or inhibit (`Some(false)`), if all do the same.
    pub(crate) fn sign(&self) -> Option<bool> {
        let excites = self.unit > 0.0;
        match &self.weights {
            Weights::One | Weights::Few(..) | Weights::Exact(_) => Some(excites),
            Weights::Real(reals) if reals.iter().all(|&w| w > 0.0) => Some(excites),
            Weights::Real(reals) if reals.iter().all(|&w| w < 0.0) => Some(!excites),
            Weights::Real(_) => None,
        }
    }

    fn efficacy(&self, k: usize) -> f64 {
        match &self.weights {
            Weights::One => self.unit,
            Weights::Few(which, values) => self.unit * f64::from(values[usize::from(which[k])]),
            Weights::Real(reals) => self.unit * f64::from(reals[k]),
            Weights::Exact(sizes) => self.unit * sizes[k],
        }
    }

    /// Puts the rows of the portions of a block together, each with the place of its first neuron in the block; there is at
    /// least one, and they are of the same senders and the same unit.
    pub(crate) fn join(mut portions: Vec<(usize, Self)>) -> Self {
        if let [(0, _)] = portions[..] {
            return portions.remove(0).1;
        }
        let all = || portions.iter().map(|(_, rows)| rows);
        let synapses = all().map(Self::synapses).sum();
        let is_real = all().any(|rows| matches!(rows.weights, Weights::Real(_)));
        let is_exact = all().any(|rows| matches!(rows.weights, Weights::Exact(_)));
        let first = &portions[0].1;
        let weights = match &first.weights {
            _ if is_exact => Weights::Exact(Vec::with_capacity(synapses)),
            _ if is_real => Weights::Real(Vec::with_capacity(synapses)),
            Weights::Few(_, values) => Weights::Few(Vec::with_capacity(synapses), values.clone()),
            _ => Weights::One,
        };
        let starts = Vec::with_capacity(first.starts.len());
        let mut joined =
            Self { starts, synapses: Vec::with_capacity(synapses), weights, unit: first.unit };
        joined.starts.push(0);
        for sender in 0..first.senders() {
            for (place, rows) in &portions {
                joined.extend(*place as u16, rows, rows.row(sender));
            }
            joined.starts.push(place_of(joined.synapses.len()));
        }
        joined
    }

    /// Adds a part of other `rows`, whose targets count from `place`.
    fn extend(&mut self, place: u16, rows: &Self, part: Range<usize>) {
        self.synapses.extend(rows.synapses[part.clone()].iter().map(|target| target + place));
        match (&mut self.weights, &rows.weights) {
            (Weights::Exact(all), Weights::Exact(own)) => all.extend_from_slice(&own[part]),
            (Weights::Few(all, _), Weights::Few(own, _)) => all.extend_from_slice(&own[part]),
            (Weights::Real(all), Weights::Real(own)) => all.extend_from_slice(&own[part]),
            (Weights::Real(all), Weights::Few(own, values)) => {
                all.extend(own[part].iter().map(|which| values[usize::from(*which)]));
            }
            _ => {}
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::One => 0,
            Weights::Few(which, _) => which.len(),
            Weights::Real(reals) => 4 * reals.len(),
            Weights::Exact(sizes) => 8 * sizes.len(),
        };
        4 * self.starts.len() + 2 * self.synapses.len() + weights
    }
}

/// Numbers of which 8 bits tell which it is.
const COUNTS: usize = 1 << u8::BITS;

/// All counts that 8 bits hold.
fn all_counts() -> [f32; COUNTS] {
    std::array::from_fn(|count| count as f32)
}

/// Where a row begins behind so many synapses: a plan with more of them is refused before.
fn place_of(synapses: usize) -> u32 {
    u32::try_from(synapses).expect("a block has fewer than 2^32 synapses")
}

/// Builds [`Rows`] sender by sender, in order.
pub struct RowsBuilder(Rows);

impl RowsBuilder {
    /// Rows of `senders` senders whose efficacies are all `unit` mV.
    pub fn constant(senders: usize, unit: f64) -> Self {
        Self::new(senders, unit, Weights::One)
    }

    /// Rows whose efficacies are `unit` mV times small whole numbers.
    pub fn counts(senders: usize, unit: f64) -> Self {
        Self::few(senders, unit, all_counts().into())
    }

    /// Rows whose efficacies are `unit` mV times some of at most 256 numbers, none of which is below 0.
    pub fn few(senders: usize, unit: f64, mut values: Vec<f32>) -> Self {
        values.sort_unstable_by(f32::total_cmp);
        values.dedup();
        debug_assert!(values.len() <= COUNTS && values.iter().all(|value| *value >= 0.0));
        Self::new(senders, unit, Weights::Few(Vec::new(), values))
    }

    /// Rows whose efficacies are `unit` mV times real numbers.
    pub fn reals(senders: usize, unit: f64) -> Self {
        Self::new(senders, unit, Weights::Real(Vec::new()))
    }

    /// Rows of efficacies as they stand, all of which excite, or inhibit.
    #[cfg(any(feature = "hdf5", test))]
    pub fn exact(senders: usize, excites: bool) -> Self {
        Self::new(senders, if excites { 1.0 } else { -1.0 }, Weights::Exact(Vec::new()))
    }

    fn new(senders: usize, unit: f64, weights: Weights) -> Self {
        let mut starts = Vec::with_capacity(senders + 1);
        starts.push(0);
        Self(Rows { starts, synapses: Vec::new(), weights, unit })
    }

    /// Adds a synapse of weight 1 to the current row.
    #[inline]
    pub fn push(&mut self, target: u16) {
        self.0.synapses.push(target);
    }

    /// Adds a synapse with a whole weight to the current row; weight 0 makes no synapse.
    #[inline]
    pub fn push_count(&mut self, target: u16, count: u32) {
        if let (Ok(own), Weights::Few(which, _)) = (u8::try_from(count), &mut self.0.weights) {
            if own > 0 {
                self.0.synapses.push(target);
                which.push(own);
            }
            return;
        }
        self.spread();
        self.push_real(target, count as f32);
    }

    /// Adds a synapse with a real weight, which is one of the few if there are such, to the current row; weight 0 makes no
    /// synapse.
    #[inline]
    pub fn push_real(&mut self, target: u16, real: f32) {
        match &mut self.0.weights {
            _ if real == 0.0 => return,
            Weights::Real(reals) => reals.push(real),
            Weights::Few(which, values) => {
                let own = values.partition_point(|value| *value < real);
                debug_assert!(values.get(own) == Some(&real), "{real} is none of {values:?}");
                which.push(own as u8);
            }
            Weights::One | Weights::Exact(_) => return,
        }
        self.0.synapses.push(target);
    }

    /// Adds a synapse of this size (mV) to the current row, be it 0.
    #[cfg(any(feature = "hdf5", test))]
    pub fn push_exact(&mut self, target: u16, size: f64) {
        if let Weights::Exact(sizes) = &mut self.0.weights {
            self.0.synapses.push(target);
            sizes.push(size);
        }
    }

    /// Turns counts into real weights, because one of them is not small.
    #[cold]
    fn spread(&mut self) {
        if let Weights::Few(which, values) = &self.0.weights {
            let reals = which.iter().map(|which| values[usize::from(*which)]).collect();
            self.0.weights = Weights::Real(reals);
        }
    }

    /// Ends the row of the current sender.
    pub fn end_row(&mut self) {
        self.0.starts.push(place_of(self.0.synapses.len()));
    }

    pub fn finish(mut self) -> Rows {
        self.0.synapses.shrink_to_fit();
        match &mut self.0.weights {
            Weights::One => {}
            Weights::Few(which, _) => which.shrink_to_fit(),
            Weights::Real(reals) => reals.shrink_to_fit(),
            Weights::Exact(sizes) => sizes.shrink_to_fit(),
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_what_was_pushed_and_drop_zero_weights() {
        let mut builder = RowsBuilder::counts(3, 0.5);
        builder.push_count(7, 2);
        builder.push_count(8, 0);
        builder.end_row();
        builder.end_row();
        builder.push_count(1023, 15);
        builder.end_row();
        let rows = builder.finish();
        assert_eq!(rows.synapses_of(0).collect::<Vec<_>>(), [(7, 1.0)]);
        assert_eq!(rows.synapses_of(1).count(), 0);
        assert_eq!(rows.synapses_of(2).collect::<Vec<_>>(), [(1023, 7.5)]);
        assert_eq!((rows.synapses(), rows.senders(), rows.bytes()), (2, 3, 22));
    }

    #[test]
    fn a_portion_stays_in_its_place_even_if_it_is_alone() {
        let one = |target: u16| {
            let mut builder = RowsBuilder::counts(1, 0.5);
            builder.push_count(target, 3);
            builder.end_row();
            builder.finish()
        };
        let of = |rows: Rows| rows.synapses_of(0).collect::<Vec<_>>();
        assert_eq!(of(Rows::join(vec![(0, one(7))])), [(7, 1.5)]);
        assert_eq!(of(Rows::join(vec![(700, one(7))])), [(707, 1.5)]);
        assert_eq!(of(Rows::join(vec![(0, one(7)), (700, one(8))])), [(7, 1.5), (708, 1.5)]);
    }

    #[test]
    fn a_count_that_is_not_small_turns_all_into_real_weights() {
        let mut builder = RowsBuilder::counts(2, 0.5);
        builder.push_count(5, 255);
        builder.end_row();
        builder.push_count(1000, 256);
        builder.push_count(1001, 0);
        builder.push_count(1002, 300);
        builder.end_row();
        let rows = builder.finish();
        assert_eq!(rows.synapses_of(0).collect::<Vec<_>>(), [(5, 127.5)]);
        assert_eq!(rows.synapses_of(1).collect::<Vec<_>>(), [(1000, 128.0), (1002, 150.0)]);
        assert_eq!((rows.synapses(), rows.bytes()), (3, 12 + 18));
    }

    /// Rows of two senders with these synapses, (target, weight).
    fn of(mut builder: RowsBuilder, rows: [&[(u16, f32)]; 2]) -> Rows {
        for row in rows {
            row.iter().for_each(|&(target, weight)| match builder.0.weights {
                Weights::One => builder.push(target),
                Weights::Few(..) => builder.push_count(target, weight as u32),
                Weights::Real(_) => builder.push_real(target, weight),
                Weights::Exact(_) => builder.push_exact(target, f64::from(weight)),
            });
            builder.end_row();
        }
        builder.finish()
    }

    #[test]
    fn few_weights_are_found_again_and_0_makes_no_synapse() {
        let mut builder = RowsBuilder::few(1, -0.5, vec![1.9, 1.0, 0.0, 1.9, 0.7]);
        for (target, weight) in [(3, 1.9), (4, 1.0), (5, 0.0), (6, 0.7), (7, 1.9)] {
            builder.push_real(target, weight);
        }
        builder.end_row();
        let rows = builder.finish();
        let found: Vec<_> = rows.synapses_of(0).collect();
        let expected = [(3, 1.9f32), (4, 1.0), (6, 0.7), (7, 1.9)];
        assert_eq!(found, expected.map(|(target, w)| (target, -0.5 * f64::from(w))));
        assert_eq!((rows.sign(), rows.bytes()), (Some(false), 8 + 3 * 4));
    }

    #[test]
    fn portions_become_a_block_sender_by_sender() {
        let found = |rows: &Rows| -> Vec<Vec<(usize, f64)>> {
            (0..rows.senders()).map(|j| rows.synapses_of(j).collect()).collect()
        };
        let counts = |rows| of(RowsBuilder::counts(2, -0.5), rows);
        let (some, none) = (counts([&[(3, 2.0)], &[(0, 15.0), (1000, 1.0)]]), counts([&[], &[]]));
        let many = counts([&[(7, 400.0)], &[(8, 1.0)]]);
        let joined =
            Rows::join(vec![(0, some.clone()), (1001, none.clone()), (3000, some.clone())]);
        let wanted = vec![
            vec![(3, -1.0), (3003, -1.0)],
            vec![(0, -7.5), (1000, -0.5), (3000, -7.5), (4000, -0.5)],
        ];
        assert_eq!(
            (found(&joined), joined.weights()),
            (wanted, &Weights::Few(vec![2, 2, 15, 1, 15, 1], all_counts().into()))
        );
        // One portion that counts in real numbers makes all do so.
        let joined = Rows::join(vec![(0, some.clone()), (1001, many)]);
        let wanted =
            vec![vec![(3, -1.0), (1008, -200.0)], vec![(0, -7.5), (1000, -0.5), (1009, -0.5)]];
        assert_eq!((found(&joined), joined.synapses()), (wanted, 5));
        assert!(matches!(joined.weights(), Weights::Real(reals) if reals.len() == 5));
        let ones = |rows| of(RowsBuilder::constant(2, 0.1), rows);
        let joined =
            Rows::join(vec![(0, ones([&[(1, 1.0)], &[]])), (4, ones([&[(0, 1.0)], &[(3, 1.0)]]))]);
        assert_eq!(found(&joined), [vec![(1, 0.1), (4, 0.1)], vec![(7, 0.1)]]);
        // Nothing is rounded, and 0 stays a synapse.
        let exact = |rows| of(RowsBuilder::exact(2, false), rows);
        let joined =
            Rows::join(vec![(0, exact([&[(1, 0.0)], &[]])), (4, exact([&[], &[(3, 0.1)]]))]);
        assert_eq!(found(&joined), [vec![(1, 0.0)], vec![(7, -f64::from(0.1f32))]]);
        assert_eq!((joined.sign(), joined.bytes()), (Some(false), 12 + 2 * (2 + 8)));
        assert_eq!(Rows::join(vec![(0, some.clone())]), some);
    }
}
