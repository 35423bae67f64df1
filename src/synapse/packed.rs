//! The synapses of one projection onto one block, as spikes find them.

use super::Rows;
use super::cells::{self, MOST_BYTES};
use super::laid::{Few, HEAD, LEAST_RUN, Laid, runs_of};
use super::memory::prefetch;
use super::rows::Weights;
use super::store::{Shelf, Store};
use std::ops::Range;
use std::sync::Arc;

/// [`Rows`] that do not change any more.
#[derive(Clone, Debug)]
pub struct Packed {
    senders: usize,
    places: Places<Store<u32>>,
    words: Store<u16>,
    few: Option<Arc<Few>>,
    which: Option<Store<u8>>,
    reals: Option<Store<f32>>,
    exact: Option<Store<f64>>,
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
    /// Targets; or runs of those that have the same of few weights, with which of these it is before them.
    pub words: &'a [u16],
    /// The weights, if few differ; and which of them every synapse has, unless they stand in runs.
    pub few: Option<&'a Few>,
    pub which: Option<&'a [u8]>,
    /// Real weights, if the synapses have such.
    pub reals: Option<&'a [f32]>,
    /// Sizes of efficacies, if they stand as they are, in mV.
    pub exact: Option<&'a [f64]>,
    /// Efficacy in mV of weight 1.
    pub unit: f64,
}

/// Up to so many numbers are copied as if they were so many, or half of it, which takes less time than any number of them.
pub const FEW: usize = 32;

/// Copies some of `from`, mostly a few, to the beginning of `to`, which has room for few.
#[inline(always)]
fn copy<T: Copy>(from: &[T], place: &Range<usize>, to: &mut [T]) {
    const HALF: usize = FEW / 2;
    let all = &from[place.start..];
    let done = if place.len() <= HALF {
        copy_first::<T, HALF>(all, to)
    } else {
        place.len() <= FEW && copy_first::<T, FEW>(all, to)
    };
    if !done {
        to[..place.len()].copy_from_slice(&from[place.clone()]);
    }
}

/// Copies so many numbers, if there are so many.
#[inline(always)]
fn copy_first<T: Copy, const N: usize>(from: &[T], to: &mut [T]) -> bool {
    let (Some(from), Some(to)) = (from.first_chunk::<N>(), to.first_chunk_mut::<N>()) else {
        return false;
    };
    *to = *from;
    true
}

impl Packed {
    /// The same synapses as those of `rows`, on a shelf that is still to be closed; `in_place` if something else counts on the
    /// places that they have in `rows`.
    pub fn new(rows: Rows, in_place: bool, shelf: &mut Shelf) -> Self {
        if in_place {
            return Self::store(Laid::in_place(rows), None, shelf);
        }
        let mut ends = rows.starts()[1..].to_vec();
        Self::laid(Laid::new(rows, &mut ends), shelf)
    }

    /// The same synapses, which have been laid.
    pub fn laid(laid: Laid, shelf: &mut Shelf) -> Self {
        let weight = match (&laid.reals, &laid.which) {
            (Some(_), _) => 4,
            (None, Some(_)) => 1,
            (None, None) => 0,
        };
        let may = shelf.is_large() && laid.exact.is_none();
        let size = may.then(|| cells::size(&laid.starts, weight)).flatten();
        Self::store(laid, size, shelf)
    }

    fn store(laid: Laid, size: Option<usize>, shelf: &mut Shelf) -> Self {
        let Laid { starts, words, few, which, reals, exact, unit } = laid;
        let senders = starts.len() - 1;
        let (places, words, which, reals) = match size {
            None => (Places::Table(shelf.store(starts)), words, which, reals),
            Some(size) => {
                let cells = (&starts[..], size);
                let words = cells::fill(cells, &words);
                let which = which.map(|which| cells::fill_beside(cells, &which));
                let reals = reals.map(|reals| cells::fill_beside(cells, &reals));
                (Places::Cells(size), words, which, reals)
            }
        };
        let which = which.map(|which| shelf.store(which));
        let reals = reals.map(|reals| shelf.store(reals));
        let exact = exact.map(|exact| shelf.store(exact));
        let few = few.map(Arc::from);
        Self { senders, places, words: shelf.store(words), few, which, reals, exact, unit }
    }

    /// Bytes for which these rows need a place on a large shelf; of what they do not use nothing is taken.
    pub fn bytes(rows: &Rows) -> usize {
        match rows.weights() {
            Weights::Exact(_) => rows.bytes(),
            Weights::One => rows.bytes().max(MOST_BYTES * rows.synapses()),
            // In cells, with which weight it is beside each; or in runs.
            Weights::Few(..) => {
                let most = (1 + MOST_BYTES).max(MOST_BYTES * (LEAST_RUN + HEAD) / LEAST_RUN);
                4 * rows.starts().len() + most * rows.synapses()
            }
            Weights::Real(_) => 4 * rows.starts().len() + (4 + MOST_BYTES) * rows.synapses(),
        }
    }

    /// Bytes that they take.
    #[cfg(test)]
    pub fn taken(&self) -> usize {
        let places = if let Places::Table(starts) = &self.places { 4 * starts.len() } else { 0 };
        let which = self.which.as_ref().map_or(0, |which| which.len());
        let reals = self.reals.as_ref().map_or(0, |reals| 4 * reals.len());
        let exact = self.exact.as_ref().map_or(0, |exact| 8 * exact.len());
        2 * self.words.len() + which + reals + exact + places
    }

    /// Neurons of the sending population.
    pub fn senders(&self) -> usize {
        self.senders
    }

    /// Finds out where everything stands, once for all that is read.
    pub fn open(&self) -> Open<'_> {
        let Self { senders: _, places, words, few, which, reals, exact, unit } = self;
        let (few, which) = (few.as_deref(), which.as_deref());
        let (reals, exact) = (reals.as_deref(), exact.as_deref());
        let places = match places {
            Places::Table(starts) => Places::Table(&starts[..]),
            Places::Cells(size) => Places::Cells(*size),
        };
        Open { places, all: Part { words, few, which, reals, exact, unit: *unit } }
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
            Places::Cells(size) => cells::row(self.all.words, size, sender),
        }
    }

    /// Asks for the memory that tells where row `sender` stands.
    #[inline]
    pub fn prefetch_start(&self, sender: usize) {
        match self.places {
            Places::Table(starts) => prefetch(&starts[sender..=sender]),
            Places::Cells(size) => prefetch(&self.all.words[sender * size..][..1]),
        }
    }
}

impl<'a> Part<'a> {
    /// The weights of runs, if synapses stand in such.
    #[inline]
    pub fn runs(&self) -> Option<&'a Few> {
        if self.which.is_none() { self.few } else { None }
    }

    /// How many synapses these are.
    #[inline]
    pub fn number(&self) -> usize {
        match self.runs() {
            Some(_) => runs_of(self.words).map(|(_, targets)| targets.len()).sum(),
            None => self.words.len(),
        }
    }

    /// The synapses that stand there among these.
    #[inline]
    pub fn part(&self, place: Range<usize>) -> Part<'a> {
        Part {
            words: &self.words[place.clone()],
            which: self.which.map(|which| &which[place.clone()]),
            reals: self.reals.map(|reals| &reals[place.clone()]),
            exact: self.exact.map(|exact| &exact[place]),
            ..*self
        }
    }

    /// Copies the words that stand there to where there is room for them, and for [`FEW`].
    #[inline(always)]
    pub fn copy_words(&self, place: &Range<usize>, to: &mut [u16]) {
        copy(self.words, place, to);
    }

    /// Copies the weights that the synapses there have beside them, those of few as real numbers, in the same way.
    #[inline(always)]
    pub fn copy_weights(&self, place: &Range<usize>, to: &mut [f32]) {
        if let Some(own) = self.reals {
            copy(own, place, to);
        } else if let (Some(which), Some(few)) = (self.which, self.few) {
            let own = which[place.clone()].iter().map(|which| few[usize::from(*which)]);
            to.iter_mut().zip(own).for_each(|(to, own)| *to = own);
        }
    }

    /// Whether every synapse has a weight of its own beside it.
    #[inline]
    pub fn has_weights(&self) -> bool {
        self.reals.is_some() || self.which.is_some()
    }

    /// Asks for the memory of the synapses that stand there.
    #[inline]
    pub fn prefetch(&self, place: Range<usize>) {
        prefetch(&self.words[place.clone()]);
        self.which.iter().for_each(|which| prefetch(&which[place.clone()]));
        self.reals.iter().for_each(|reals| prefetch(&reals[place.clone()]));
        self.exact.iter().for_each(|exact| prefetch(&exact[place.clone()]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::synapse::RowsBuilder;

    #[test]
    fn a_sender_has_the_same_synapses_in_cells_as_in_a_table() {
        let mut stream = Seed(1).stream("packed", 0);
        for weight in ["one", "count", "any count", "real"] {
            let mut builder = match weight {
                "one" => RowsBuilder::constant(3000, 0.5),
                "count" | "any count" => RowsBuilder::counts(3000, 0.5),
                _ => RowsBuilder::reals(3000, 0.5),
            };
            for sender in 0..3000 {
                let own = 20.0 + 11.0 * stream.uniform();
                for target in 0..if sender % 100 == 7 { 90 } else { own as u16 } {
                    match weight {
                        "one" => builder.push(target),
                        "count" => builder.push_count(target, u32::from(target) % 2 + 1),
                        "any count" => builder.push_count(target, u32::from(target) % 99 + 1),
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
            assert!(matches!(cells.places, Places::Cells(32)), "{weight}");
            assert!([&table, &cells].iter().all(|packed| packed.taken() <= Packed::bytes(&rows)));
            let (table, cells) = (table.open(), cells.open());
            for sender in 0..3000 {
                let of = |open: &Open| {
                    let part = open.all.part(open.row(sender));
                    let own = |k: usize| match (part.which, part.few) {
                        (Some(which), Some(few)) => few[usize::from(which[k])],
                        _ => part.reals.map_or(0.0, |reals| reals[k]),
                    };
                    let weights: Vec<f32> = (0..part.words.len()).map(own).collect();
                    (part.number(), part.words.to_vec(), part.runs().is_some(), weights, part.unit)
                };
                assert_eq!(of(&table), of(&cells), "{weight} {sender}");
                assert_eq!(
                    (of(&cells).0, of(&cells).2),
                    (rows.row(sender).len(), weight == "count")
                );
            }
        }
    }
}
