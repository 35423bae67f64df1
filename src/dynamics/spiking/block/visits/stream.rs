//! Visits, each with its load: its synapses, one number each, or the words of their runs; and the weights that they have beside them,
//! as real numbers.

use crate::synapse::{FEW, Part, prefetch};
use crate::tape::on_tape;
use bytemuck::{cast_slice, cast_slice_mut};
use std::ops::Range;

/// Visit after visit, and load after load.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    visits: Vec<Header>,
    /// The words of a load two at a time, and then its weights, if it has such; with room behind what is there.
    loads: Vec<u32>,
    /// Where the last load ends.
    end: usize,
}

/// A spike that comes to some synapses of its sender, which have the same delay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Visit {
    /// Counted from the start of the run; the last 32 bits tell those apart that are under way together.
    pub spike: u32,
    pub sender: u32,
    pub lane: u32,
}

/// Where a visit stands and its load; how long that is, and whether it has weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    visit: u32,
    start: u32,
    load: u16,
    has_reals: bool,
}

/// A visit, and what its load is.
#[derive(Clone, Copy, Debug)]
struct Header {
    visit: Visit,
    load: u16,
    has_reals: bool,
}

on_tape!(Visit { spike, sender, lane });

/// Room is too much if it is more than so many times what was needed.
const LITTLE: usize = 8;

impl Place {
    /// The same place in a stream that is appended to one that ends there.
    pub fn after(self, end: Self) -> Self {
        Self { visit: self.visit + end.visit, start: self.start + end.start, ..self }
    }

    /// Where its words begin, its weights, and what comes behind them.
    #[inline(always)]
    fn parts(self) -> [usize; 3] {
        let words = self.start as usize;
        let reals = words + usize::from(self.load).div_ceil(2);
        [words, reals, reals + if self.has_reals { self.load.into() } else { 0 }]
    }
}

impl Stream {
    /// Forgets all visits, and gives back room of which they needed little: the largest burst does not come in every slot.
    pub fn clear(&mut self) {
        let (visits, end) = (self.visits.len(), std::mem::take(&mut self.end));
        self.visits.clear();
        if visits > 0 && self.visits.capacity() > LITTLE * (visits + FEW) {
            self.visits = Vec::new();
        }
        if visits > 0 && self.loads.len() > LITTLE * (end + FEW) {
            self.loads = Vec::new();
        }
    }

    /// Bytes that visits take, and for which there is room.
    #[cfg(test)]
    pub fn used(&self) -> usize {
        size_of::<Header>() * self.visits.len() + 4 * self.end
    }

    #[cfg(test)]
    pub fn room(&self) -> usize {
        size_of::<Header>() * self.visits.capacity() + 4 * self.loads.capacity()
    }

    /// Whether a place can say where anything stands.
    pub fn is_addressed(&self) -> bool {
        self.end <= u32::MAX as usize
    }

    pub fn is_empty(&self) -> bool {
        self.visits.is_empty()
    }

    /// Where it ends.
    pub fn end(&self) -> Place {
        let (visit, start) = (self.visits.len() as u32, self.end as u32);
        Place { visit, start, ..Place::default() }
    }

    /// Moves all visits of another one to its end.
    pub fn append(&mut self, other: &mut Self) {
        self.visits.append(&mut other.visits);
        self.loads.truncate(self.end);
        self.loads.extend_from_slice(&other.loads[..other.end]);
        self.end = self.loads.len();
        other.clear();
    }

    /// Adds a visit at the end, for whose load there is room and for a few numbers more; where that is to stand.
    #[inline(always)]
    fn begin(&mut self, visit: Visit, load: u16, has_reals: bool) -> Place {
        let place = Place { load, has_reals, ..self.end() };
        let [_, _, end] = place.parts();
        if end + FEW > self.loads.len() {
            self.grow(end);
        }
        self.visits.push(Header { visit, load, has_reals });
        self.end = end;
        place
    }

    #[cold]
    fn grow(&mut self, end: usize) {
        self.loads.resize(2 * (end + FEW), 0);
    }

    /// Adds a visit at the end, whose load stands at `place` among all.
    #[inline(always)]
    pub fn push(&mut self, visit: Visit, all: &Part, place: &Range<usize>) -> Place {
        let laid = self.begin(visit, place.len() as u16, all.has_weights());
        let [words, reals, _] = laid.parts();
        // More words may be written than there are: weights come after them.
        all.copy_words(place, cast_slice_mut(&mut self.loads[words..]));
        all.copy_weights(place, cast_slice_mut(&mut self.loads[reals..]));
        laid
    }

    /// Adds a visit that stands in another stream at the end.
    pub fn copy(&mut self, other: &Self, place: Place) -> Place {
        let laid = self.begin(other.visit(place), place.load, place.has_reals);
        let [to, _, end] = laid.parts();
        let [from, _, last] = place.parts();
        self.loads[to..end].copy_from_slice(&other.loads[from..last]);
        laid
    }

    /// The visit that stands there.
    pub fn visit(&self, place: Place) -> Visit {
        self.visits[place.visit as usize].visit
    }

    /// The load that stands there, and the weights of its synapses, if they are real numbers.
    #[inline]
    pub fn load(&self, place: Place) -> (&[u16], Option<&[f32]>) {
        let [words, reals, end] = place.parts();
        let load = &cast_slice(&self.loads[words..reals])[..place.load.into()];
        (load, place.has_reals.then(|| cast_slice(&self.loads[reals..end])))
    }

    /// Asks for the memory of the load that stands there.
    #[inline(always)]
    pub fn prefetch(&self, place: Place) {
        let [start, _, end] = place.parts();
        prefetch(&self.loads[start..end]);
    }

    /// All visits, and where they stand.
    #[inline]
    pub fn visits(&self) -> impl Iterator<Item = (Visit, Place)> {
        let mut start = 0;
        self.visits.iter().zip(0..).map(move |(&Header { visit, load, has_reals }, number)| {
            let place = Place { visit: number, start, load, has_reals };
            start = place.parts()[2] as u32;
            (visit, place)
        })
    }
}
