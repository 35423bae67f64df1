//! Storage of the synapses of one projection onto one block of neurons.

use super::BLOCK;
use super::prefetch::prefetch;

/// The synapses onto one block: row j holds the local targets of sender j and their efficacies.
///
/// Takes 2 bytes per synapse for the target and a small whole weight, 4 more for a real one, and 4 bytes
/// per sender.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Row j is `starts[j]..starts[j + 1]`.
    starts: Vec<u32>,
    /// The lower [`TARGET_BITS`] bits are a target, the others its weight if that is a count.
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
    /// Small whole numbers, such as a number of shared patterns; this is the largest.
    Count(usize),
    /// Any real number, rounded to f32.
    Real(Vec<f32>),
}

/// Bits of a synapse that hold its target; as many as number the neurons of a block.
pub const TARGET_BITS: u32 = BLOCK.ilog2();

/// Counts up to here fit beside their target.
pub const COUNTS: usize = 1 << (u16::BITS - TARGET_BITS);

impl Rows {
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Targets in the lower [`TARGET_BITS`] bits, counts in the upper ones.
    pub(crate) fn packed(&self) -> &[u16] {
        &self.synapses
    }

    /// Where row `sender` stands in [`Rows::packed`] and in the real weights.
    #[inline]
    pub(crate) fn row(&self, sender: usize) -> std::ops::Range<usize> {
        self.starts[sender] as usize..self.starts[sender + 1] as usize
    }

    /// Asks for the memory that tells where row `sender` stands.
    #[inline]
    pub(crate) fn prefetch_start(&self, sender: usize) {
        prefetch(&self.starts[sender..sender + 2]);
    }

    /// Asks for the memory of row `sender`.
    #[inline]
    pub(crate) fn prefetch_row(&self, sender: usize) {
        let row = self.row(sender);
        prefetch(&self.synapses[row.clone()]);
        if let Weights::Real(reals) = &self.weights {
            prefetch(&reals[row]);
        }
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
        self.row(sender).map(|k| (usize::from(self.synapses[k]) & (BLOCK - 1), self.efficacy(k)))
    }

    /// Whether all synapses excite (`Some(true)`) or inhibit (`Some(false)`), if all do the same.
    pub(crate) fn sign(&self) -> Option<bool> {
        let excites = self.unit > 0.0;
        match &self.weights {
            Weights::One | Weights::Count(_) => Some(excites),
            Weights::Real(reals) if reals.iter().all(|&w| w > 0.0) => Some(excites),
            Weights::Real(reals) if reals.iter().all(|&w| w < 0.0) => Some(!excites),
            Weights::Real(_) => None,
        }
    }

    fn efficacy(&self, k: usize) -> f64 {
        match &self.weights {
            Weights::One => self.unit,
            Weights::Count(_) => self.unit * f64::from(self.synapses[k] >> TARGET_BITS),
            Weights::Real(reals) => self.unit * f64::from(reals[k]),
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let reals = if let Weights::Real(reals) = &self.weights { reals.len() } else { 0 };
        4 * self.starts.len() + 2 * self.synapses.len() + 4 * reals
    }
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
        Self::new(senders, unit, Weights::Count(0))
    }

    /// Rows whose efficacies are `unit` mV times real numbers.
    pub fn reals(senders: usize, unit: f64) -> Self {
        Self::new(senders, unit, Weights::Real(Vec::new()))
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
        if let Weights::Count(most) = &mut self.0.weights {
            let count = count as usize;
            if count >= COUNTS {
                self.spread();
            } else {
                *most = count.max(*most);
                if count > 0 {
                    self.0.synapses.push(target | (count as u16) << TARGET_BITS);
                }
                return;
            }
        }
        self.push_real(target, count as f32);
    }

    /// Adds a synapse with a real weight to the current row; weight 0 makes no synapse.
    #[inline]
    pub fn push_real(&mut self, target: u16, real: f32) {
        if let Weights::Real(reals) = &mut self.0.weights
            && real != 0.0
        {
            self.0.synapses.push(target);
            reals.push(real);
        }
    }

    /// Turns counts into real weights, because one of them does not fit beside its target.
    #[cold]
    fn spread(&mut self) {
        let counts = self.0.synapses.iter().map(|s| f32::from(s >> TARGET_BITS));
        self.0.weights = Weights::Real(counts.collect());
        self.0.synapses.iter_mut().for_each(|s| *s &= BLOCK as u16 - 1);
    }

    /// Ends the row of the current sender.
    pub fn end_row(&mut self) {
        self.0.starts.push(self.0.synapses.len() as u32);
    }

    pub fn finish(mut self) -> Rows {
        self.0.synapses.shrink_to_fit();
        if let Weights::Real(reals) = &mut self.0.weights {
            reals.shrink_to_fit();
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
        builder.push_count(1023, 63);
        builder.end_row();
        let rows = builder.finish();
        assert_eq!(rows.synapses_of(0).collect::<Vec<_>>(), [(7, 1.0)]);
        assert_eq!(rows.synapses_of(1).count(), 0);
        assert_eq!(rows.synapses_of(2).collect::<Vec<_>>(), [(1023, 31.5)]);
        assert_eq!((rows.synapses(), rows.senders(), rows.bytes()), (2, 3, 20));
    }

    #[test]
    fn a_count_that_does_not_fit_turns_all_into_real_weights() {
        let mut builder = RowsBuilder::counts(2, 0.5);
        builder.push_count(5, 63);
        builder.end_row();
        builder.push_count(1000, 64);
        builder.push_count(1001, 0);
        builder.push_count(1002, 300);
        builder.end_row();
        let rows = builder.finish();
        assert_eq!(rows.synapses_of(0).collect::<Vec<_>>(), [(5, 31.5)]);
        assert_eq!(rows.synapses_of(1).collect::<Vec<_>>(), [(1000, 32.0), (1002, 150.0)]);
        assert_eq!((rows.synapses(), rows.bytes()), (3, 12 + 18));
    }
}
