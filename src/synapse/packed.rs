//! The synapses of one projection onto one block, as spikes find them.

use super::prefetch::prefetch;
use super::rows::{Rows, Weights};
use super::store::{Shelf, Store};
use std::ops::Range;

/// [`Rows`] that do not change any more.
#[derive(Clone, Debug)]
pub struct Packed {
    starts: Store<u32>,
    synapses: Store<u16>,
    reals: Option<Store<f32>>,
    exact: Option<Store<f64>>,
    /// The largest count, of counts.
    most: Option<usize>,
    unit: f64,
}

/// Some synapses of one sender.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Targets in the lower [`TARGET_BITS`](super::TARGET_BITS) bits, counts in the upper ones.
    pub synapses: &'a [u16],
    /// Real weights, if the synapses have such; the largest count, if their weights are counts.
    pub reals: Option<&'a [f32]>,
    /// Sizes of efficacies, if they stand as they are, in mV.
    pub exact: Option<&'a [f64]>,
    pub most: Option<usize>,
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
    /// The same synapses as those of `rows`, on a shelf that is still to be closed.
    pub fn new(rows: Rows, shelf: &mut Shelf) -> Self {
        let (starts, synapses, weights, unit) = rows.into_parts();
        let most = weights.most();
        let (reals, exact) = match weights {
            Weights::One | Weights::Count(_) => (None, None),
            Weights::Real(reals) => (Some(shelf.store(reals)), None),
            Weights::Exact(sizes) => (None, Some(shelf.store(sizes))),
        };
        let (starts, synapses) = (shelf.store(starts), shelf.store(synapses));
        Self { starts, synapses, reals, exact, most, unit }
    }

    /// Neurons of the sending population.
    pub fn senders(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether weights are real numbers.
    pub fn is_real(&self) -> bool {
        self.reals.is_some()
    }

    /// Finds out where everything stands, once for all that is read.
    pub fn open(&self) -> Open<'_> {
        let Self { starts, synapses, reals, exact, most, unit } = self;
        let (reals, exact) = (reals.as_deref(), exact.as_deref());
        Open { starts, all: Part { synapses, reals, exact, most: *most, unit: *unit } }
    }
}

/// A [`Packed`] that is being read.
#[derive(Clone, Copy, Debug)]
pub struct Open<'a> {
    starts: &'a [u32],
    /// All synapses, row after row.
    pub all: Part<'a>,
}

impl Open<'_> {
    /// Where row `sender` stands.
    #[inline]
    pub fn row(&self, sender: usize) -> Range<usize> {
        match self.starts[sender..].first_chunk() {
            Some([start, end]) => *start as usize..*end as usize,
            None => 0..0,
        }
    }

    /// Asks for the memory that tells where row `sender` stands.
    #[inline]
    pub fn prefetch_start(&self, sender: usize) {
        prefetch(&self.starts[sender..=sender]);
    }
}

impl<'a> Part<'a> {
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
