//! Visits one behind another, each with its load: its synapses, one number each, or the words of their runs.

use crate::synapse::{Part, STEP, halves, word};
use crate::tape::on_tape;
use std::ops::Range;

/// Visit after visit: a header, and the load behind it.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// With room behind what is there.
    words: Vec<u16>,
    /// As real numbers, the weights of those that have their own beside them.
    reals: Vec<f32>,
    /// Where it ends in both.
    end: (usize, usize),
}

/// A spike that comes to some synapses of its sender, which have the same delay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Visit {
    /// Counted from the start of the run; the last 32 bits tell those apart that are under way together.
    pub spike: u32,
    pub sender: u32,
    pub lane: u32,
}

/// Where the load of a visit stands, behind its header, and the weights of its synapses, if they are real numbers; and how long it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    word: u32,
    real: u32,
    load: u16,
    has_reals: bool,
}

on_tape!(Visit { spike, sender, lane });

/// Numbers in a header: a visit, the length of its load, and one that fills a step.
const HEADER: usize = STEP;

/// Room is too much if it is more than so many times what was needed.
const LITTLE: usize = 8;

impl Visit {
    fn header(self, load: u16) -> [u16; HEADER] {
        let [a, b] = halves(self.spike);
        let [c, d] = halves(self.sender);
        let [e, f] = halves(self.lane);
        [a, b, c, d, e, f, load, 0]
    }

    fn read([a, b, c, d, e, f, ..]: [u16; HEADER]) -> Self {
        Self { spike: word([a, b]), sender: word([c, d]), lane: word([e, f]) }
    }
}

impl Place {
    /// The same place in a stream that is appended to one that ends there.
    pub fn after(self, end: Self) -> Self {
        Self { word: self.word + end.word, real: self.real + end.real, ..self }
    }
}

impl Stream {
    /// Forgets all visits, and gives back room of which they needed little: the largest burst does not come in every slot.
    pub fn clear(&mut self) {
        let (words, reals) = std::mem::take(&mut self.end);
        if words > 0 && self.words.len() > LITTLE * words + STEP * STEP {
            self.words = Vec::new();
        }
        if words > 0 && self.reals.len() > LITTLE * reals + STEP * STEP {
            self.reals = Vec::new();
        }
    }

    /// Bytes that visits take, and for which there is room.
    #[cfg(test)]
    pub fn used(&self) -> usize {
        2 * self.end.0 + 4 * self.end.1
    }

    #[cfg(test)]
    pub fn room(&self) -> usize {
        2 * self.words.capacity() + 4 * self.reals.capacity()
    }

    /// Whether a place can say where anything stands.
    pub fn is_addressed(&self) -> bool {
        self.end.0 <= u32::MAX as usize
    }

    pub fn is_empty(&self) -> bool {
        self.end.0 == 0
    }

    /// Where it ends.
    pub fn end(&self) -> Place {
        let (word, real) = (self.end.0 as u32, self.end.1 as u32);
        Place { word, real, ..Place::default() }
    }

    /// Moves all visits of another one to its end.
    pub fn append(&mut self, other: &mut Self) {
        self.words.truncate(self.end.0);
        self.words.extend_from_slice(&other.words[..other.end.0]);
        self.reals.truncate(self.end.1);
        self.reals.extend_from_slice(&other.reals[..other.end.1]);
        self.end = (self.words.len(), self.reals.len());
        other.clear();
    }

    /// Makes room for a visit and a load of this length, in whole steps.
    #[inline]
    fn reserve(&mut self, load: usize, has_reals: bool) {
        let more = HEADER + load.next_multiple_of(STEP);
        if self.end.0 + more > self.words.len() {
            self.words.resize(2 * (self.end.0 + more), 0);
        }
        if has_reals && self.end.1 + more > self.reals.len() {
            self.reals.resize(2 * (self.end.1 + more), 0.0);
        }
    }

    /// Adds a header at the end, behind which there is room for a load of this length; where that is to stand.
    #[inline]
    fn begin(&mut self, visit: Visit, load: u16, has_reals: bool) -> Place {
        let number = usize::from(load);
        self.reserve(number, has_reals);
        let (start, real) = self.end;
        self.words[start..start + HEADER].copy_from_slice(&visit.header(load));
        self.end = (start + HEADER + number, real + if has_reals { number } else { 0 });
        Place { word: (start + HEADER) as u32, real: real as u32, load, has_reals }
    }

    /// Adds a visit at the end, whose load stands at `place` among all.
    #[inline]
    pub fn push(&mut self, visit: Visit, all: &Part, place: &Range<usize>) -> Place {
        let laid = self.begin(visit, place.len() as u16, all.has_weights());
        let Self { words, reals, .. } = self;
        all.copy(place, &mut words[laid.word as usize..], &mut reals[laid.real as usize..]);
        laid
    }

    /// Adds a visit that stands in another stream at the end.
    pub fn copy(&mut self, other: &Self, place: Place) -> Place {
        let laid = self.begin(other.visit(place), place.load, place.has_reals);
        let (load, reals) = other.load(place);
        let (word, real) = (laid.word as usize, laid.real as usize);
        self.words[word..word + load.len()].copy_from_slice(load);
        reals.iter().for_each(|own| self.reals[real..real + own.len()].copy_from_slice(own));
        laid
    }

    /// The visit whose load stands there.
    pub fn visit(&self, place: Place) -> Visit {
        let start = place.word as usize - HEADER;
        self.words[start..].first_chunk().map_or(Visit::default(), |header| Visit::read(*header))
    }

    /// The load that stands there, and the weights of its synapses, if they are real numbers.
    #[inline]
    pub fn load(&self, place: Place) -> (&[u16], Option<&[f32]>) {
        let (word, real) = (place.word as usize, place.real as usize);
        let number = usize::from(place.load);
        let reals = place.has_reals.then(|| &self.reals[real..real + number]);
        (&self.words[word..word + number], reals)
    }

    /// All visits, and where their loads stand; `is_real` says of a lane whether its weights are real numbers.
    #[inline]
    pub fn visits(&self, is_real: impl Fn(u32) -> bool) -> impl Iterator<Item = (Visit, Place)> {
        let (mut start, mut real) = (0, 0);
        std::iter::from_fn(move || {
            let header = *self.words[start..self.end.0].first_chunk::<HEADER>()?;
            let (visit, load) = (Visit::read(header), header[6]);
            let has_reals = is_real(visit.lane);
            let place = Place { word: (start + HEADER) as u32, real, load, has_reals };
            start += HEADER + usize::from(load);
            real += if has_reals { u32::from(load) } else { 0 };
            Some((visit, place))
        })
    }
}
