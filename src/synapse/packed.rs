//! The synapses of one projection onto one block, as spikes find them.

use super::cells;
use super::prefetch::prefetch;
use super::rows::{Counts, Rows, Weights};
use super::store::{Shelf, Store};
use std::ops::Range;

/// [`Rows`] that do not change any more.
#[derive(Clone, Debug)]
pub struct Packed {
    senders: usize,
    places: Places<Store<u32>>,
    synapses: Store<u16>,
    reals: Option<Store<f32>>,
    exact: Option<Store<f64>>,
    counts: Option<Counts>,
    unit: f64,
}

/// Where rows stand.
#[derive(Clone, Copy, Debug)]
enum Places<T> {
    /// Row j is `starts[j]..starts[j + 1]`.
    Table(T),
    /// In cells of this size.
    Cells(usize),
}

/// Some synapses of one sender.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Targets, with counts above them.
    pub synapses: &'a [u16],
    /// Real weights, if the synapses have such.
    pub reals: Option<&'a [f32]>,
    /// Sizes of efficacies, if they stand as they are, in mV.
    pub exact: Option<&'a [f64]>,
    /// What is known of their counts, if weights are such.
    pub counts: Option<Counts>,
    /// Efficacy in mV of weight 1.
    pub unit: f64,
}

/// Numbers are copied so many at a time, which costs less than any number of them.
pub const STEP: usize = 8;

/// Copies some of `from`, mostly a few, to the beginning of `to`, which has room for a whole number of steps.
#[inline]
fn copy<T: Copy>(from: &[T], place: &Range<usize>, to: &mut [T]) {
    let steps = to.as_chunks_mut::<STEP>().0;
    for (start, to) in place.clone().step_by(STEP).zip(steps) {
        match from[start..].first_chunk::<STEP>() {
            Some(step) => *to = *step,
            None => to[..place.end - start].copy_from_slice(&from[start..place.end]),
        }
    }
}

impl Packed {
    /// The same synapses as those of `rows`, on a shelf that is still to be closed; `in_place` if something else counts on the
    /// places that they have in `rows`.
    pub fn new(rows: Rows, in_place: bool, shelf: &mut Shelf) -> Self {
        let size = Self::cells(&rows, shelf.is_large() && !in_place);
        let (starts, synapses, weights, unit) = rows.into_parts();
        let (counts, senders) = (weights.counts(), starts.len() - 1);
        let (reals, exact) = match weights {
            Weights::One | Weights::Count(_) => (None, None),
            Weights::Real(reals) => (Some(reals), None),
            Weights::Exact(sizes) => (None, Some(sizes)),
        };
        let (places, synapses, reals) = match size {
            None => (Places::Table(shelf.store(starts)), synapses, reals),
            Some(size) => {
                let (cells, others) = cells::fill((&starts, size), &synapses, reals.as_deref());
                drop((starts, synapses, reals));
                (Places::Cells(size), cells, others)
            }
        };
        let reals = reals.map(|reals| shelf.store(reals));
        let exact = exact.map(|exact| shelf.store(exact));
        Self { senders, places, synapses: shelf.store(synapses), reals, exact, counts, unit }
    }

    /// The size of the cells in which these rows stand, if they do where they may.
    fn cells(rows: &Rows, may: bool) -> Option<usize> {
        let weight = match rows.weights() {
            Weights::One | Weights::Count(_) => 0,
            Weights::Real(_) => 4,
            Weights::Exact(_) => return None,
        };
        may.then(|| cells::size(rows.starts(), weight)).flatten()
    }

    /// Bytes that these rows take at most on a large shelf, but for the ends of a few arrays.
    pub fn bytes(rows: &Rows) -> usize {
        match Self::cells(rows, true) {
            None => rows.bytes(),
            Some(size) => {
                let each = if matches!(rows.weights(), Weights::Real(_)) { 6 } else { 2 };
                rows.bytes().max(each * cells::extent(rows.starts(), size))
            }
        }
    }

    /// Neurons of the sending population.
    pub fn senders(&self) -> usize {
        self.senders
    }

    /// Whether weights are real numbers.
    pub fn is_real(&self) -> bool {
        self.reals.is_some()
    }

    /// Finds out where everything stands, once for all that is read.
    pub fn open(&self) -> Open<'_> {
        let Self { senders: _, places, synapses, reals, exact, counts, unit } = self;
        let (reals, exact) = (reals.as_deref(), exact.as_deref());
        let places = match places {
            Places::Table(starts) => Places::Table(&starts[..]),
            Places::Cells(size) => Places::Cells(*size),
        };
        Open { places, all: Part { synapses, reals, exact, counts: *counts, unit: *unit } }
    }
}

/// A [`Packed`] that is being read.
#[derive(Clone, Copy, Debug)]
pub struct Open<'a> {
    places: Places<&'a [u32]>,
    /// All synapses, row after row.
    pub all: Part<'a>,
}

impl Open<'_> {
    /// Where row `sender` stands.
    #[inline]
    pub fn row(&self, sender: usize) -> Range<usize> {
        match self.places {
            Places::Table(starts) => {
                let ends = &starts[sender..sender + 2];
                ends[0] as usize..ends[1] as usize
            }
            Places::Cells(size) => cells::row(self.all.synapses, size, sender),
        }
    }

    /// Asks for the memory that tells where row `sender` stands.
    #[inline]
    pub fn prefetch_start(&self, sender: usize) {
        match self.places {
            Places::Table(starts) => prefetch(&starts[sender..=sender]),
            Places::Cells(size) => prefetch(&self.all.synapses[sender * size..][..1]),
        }
    }
}

impl<'a> Part<'a> {
    /// The target of one of these synapses.
    #[inline]
    pub fn target(&self, synapse: u16) -> usize {
        usize::from(self.counts.map_or(synapse, |counts| counts.target(synapse)))
    }

    /// The synapses that stand there among these.
    #[inline]
    pub fn part(&self, place: Range<usize>) -> Part<'a> {
        Part {
            synapses: &self.synapses[place.clone()],
            reals: self.reals.map(|reals| &reals[place.clone()]),
            exact: self.exact.map(|exact| &exact[place]),
            ..*self
        }
    }

    /// Copies the synapses that stand there, and their weights, if they are real numbers, to where there is room for them in
    /// whole steps.
    #[inline]
    pub fn copy(&self, place: &Range<usize>, synapses: &mut [u16], reals: &mut [f32]) {
        copy(self.synapses, place, synapses);
        if let Some(own) = self.reals {
            copy(own, place, reals);
        }
    }

    /// Asks for the memory of the synapses that stand there.
    #[inline]
    pub fn prefetch(&self, place: Range<usize>) {
        prefetch(&self.synapses[place.clone()]);
        self.reals.iter().for_each(|reals| prefetch(&reals[place.clone()]));
        self.exact.iter().for_each(|exact| prefetch(&exact[place.clone()]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::synapse::{ROOMS, RowsBuilder};

    #[test]
    fn a_sender_has_the_same_synapses_in_cells_as_in_a_table() {
        let mut stream = Seed(1).stream("packed", 0);
        for weight in ["one", "count", "real"] {
            let mut builder = match weight {
                "one" => RowsBuilder::constant(3000, 0.5),
                "count" => RowsBuilder::counts(3000, 0.5, ROOMS[0]),
                _ => RowsBuilder::reals(3000, 0.5),
            };
            for sender in 0..3000 {
                let own = 20.0 + 11.0 * stream.uniform();
                for target in 0..if sender % 100 == 7 { 90 } else { own as u16 } {
                    match weight {
                        "one" => builder.push(target),
                        "count" => builder.push_count(target, u32::from(target) % 15 + 1),
                        _ => builder.push_real(target, stream.uniform() as f32 + 0.1),
                    }
                }
                builder.end_row();
            }
            let rows = builder.finish();
            let (mut small, mut large) = (Shelf::new(0), Shelf::new(4 << 20));
            let (table, cells) = (
                Packed::new(rows.clone(), false, &mut small),
                Packed::new(rows.clone(), false, &mut large),
            );
            let as_it_stands = Packed::new(rows.clone(), true, &mut large);
            small.close();
            large.close();
            assert!((0..3000).all(|sender| as_it_stands.open().row(sender) == rows.row(sender)));
            assert!(matches!(table.places, Places::Table(_)));
            assert!(matches!(cells.places, Places::Cells(32)));
            assert_eq!(Packed::bytes(&rows), bytes(&cells));
            let (table, cells) = (table.open(), cells.open());
            for sender in 0..3000 {
                let of = |open: &Open| {
                    let part = open.all.part(open.row(sender));
                    (
                        part.synapses.to_vec(),
                        part.reals.map(<[f32]>::to_vec),
                        part.counts,
                        part.unit,
                    )
                };
                assert_eq!(of(&table), of(&cells), "{weight} {sender}");
                assert_eq!(of(&cells).0.len(), rows.row(sender).len());
            }
        }
    }

    fn bytes(packed: &Packed) -> usize {
        let reals = packed.reals.as_ref().map_or(0, |reals| 4 * reals.len());
        2 * packed.synapses.len() + reals
    }
}
