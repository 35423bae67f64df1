//! Spikes from outside, window by window: drawn or listed.

use super::moment::Moment;
use super::poisson::Poisson;
use super::stretch::Stretch;
use super::trains::{Train, Trains};
use crate::random::Swift;
use crate::tape::{OnTape, Tape, is_moderate, on_tape};
use std::collections::VecDeque;
use std::sync::Arc;

/// Where spikes from outside come from.
#[derive(Clone, Debug)]
pub enum Emission {
    /// Drawn as the run goes on, portion by portion.
    Poisson(Vec<Poisson>),
    /// Known beforehand.
    Listed(Listed),
}

/// Spikes that are known beforehand: (absolute time in ms, neuron of the block).
#[derive(Clone, Debug)]
pub struct Listed {
    /// All of them, in order.
    spikes: Arc<[(f64, u16)]>,
    /// The first that no window has taken.
    next: usize,
    /// Those that were added later, or that a window has taken and put off to the one that begins before its end.
    put_off: Vec<(f64, u16)>,
}

on_tape!(Listed { next, put_off; not spikes });
on_tape!(Sources { emission, coming; not length, trains, spikes; if Sources::is_possible });

impl OnTape for Emission {
    fn pass(&mut self, tape: &mut Tape) {
        match self {
            Self::Poisson(portions) => portions.as_mut_slice().pass(tape),
            Self::Listed(listed) => listed.pass(tape),
        }
    }
}

impl Listed {
    /// Spikes that stand in order of time.
    pub fn new(spikes: Arc<[(f64, u16)]>) -> Self {
        Self { spikes, next: 0, put_off: Vec::new() }
    }

    /// Those before `end` (ms) that have not been taken, or were put off; each neuron's in order of time.
    fn take(&mut self, end: f64) -> Vec<(f64, u16)> {
        let number = self.spikes[self.next..].partition_point(|spike| spike.0 < end);
        let due = |spike: &(f64, u16)| spike.0 < end;
        let (mut taken, later): (Vec<_>, Vec<_>) = self.put_off.drain(..).partition(due);
        self.put_off = later;
        let between = !taken.is_empty();
        taken.extend_from_slice(&self.spikes[self.next..self.next + number]);
        self.next += number;
        if between {
            taken.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        taken
    }

    /// Adds a spike of neuron `n` at `time` (absolute, ms), which no window has reached.
    pub fn add(&mut self, time: f64, n: u16) {
        self.put_off.push((time, n));
    }
}

impl Emission {
    /// Whether what was read from a tape are spikes of so many neurons, which nobody had to take before `start` (ms).
    pub fn is_of(&self, neurons: usize, start: f64) -> bool {
        let Self::Listed(Listed { spikes, next, put_off }) = self else { return true };
        let known = |spike: &(f64, u16)| usize::from(spike.1) < neurons && spike.0 >= start;
        *next <= spikes.len() && put_off.iter().all(known)
    }

    /// The spikes in the window from `start` to `end` (absolute, ms) of length `length`; their times count from its
    /// start, and are differences of absolute times, so that a replay of recorded spikes in the same
    /// windows is the same to the last bit.
    pub fn take(&mut self, [start, end]: [f64; 2], length: f64, trains: &mut Trains) {
        let stretch = Stretch::new([start, end], length);
        match self {
            Self::Poisson(portions) => {
                let mut batch = trains.take();
                portions.iter_mut().for_each(|portion| portion.draw(&stretch, &mut batch));
                trains.restore(batch);
            }
            Self::Listed(listed) => {
                let mut window = listed.take(end);
                // A stable sort keeps the order of time within a train.
                window.sort_by_key(|spike| spike.1);
                let mut batch = trains.take();
                for (time, neuron) in window {
                    batch.reserve(1);
                    let again = batch.number > 0 && batch.trains[batch.number - 1].neuron == neuron;
                    batch.number += usize::from(!again);
                    batch.times[batch.spikes] = stretch.since_start(time);
                    batch.spikes += 1;
                    batch.trains[batch.number - 1] = Train { neuron, end: batch.spikes as u32 };
                }
                trains.restore(batch);
            }
        }
    }

    /// What is known beforehand, unless spikes are drawn.
    pub fn listed(&mut self) -> Option<&mut Listed> {
        if let Self::Listed(listed) = self { Some(listed) } else { None }
    }

    /// Draws from `random` from now on, one for every portion, if spikes are drawn.
    pub fn reseed(&mut self, random: Vec<Swift>) {
        if let Self::Poisson(portions) = self {
            portions.iter_mut().zip(random).for_each(|(portion, random)| portion.reseed(random));
        }
    }

    /// Takes back `spikes` of the last window, (absolute time in ms, neuron), because a new one begins before they have
    /// come; each neuron's are in order of time. What is drawn has no memory, and is drawn afresh.
    pub fn put_off(&mut self, spikes: impl Iterator<Item = (f64, u16)>) {
        if let Self::Listed(listed) = self {
            listed.put_off.extend(spikes);
        }
    }

    /// No more spikes than these are drawn in a window of `length` ms, but once in the age of the universe; without bound of
    /// those that others give.
    fn most(&self, length: f64) -> f64 {
        let Self::Poisson(portions) = self else { return f64::INFINITY };
        let mean: f64 = portions.iter().map(|portion| portion.mean(length)).sum();
        mean + 20.0 * mean.sqrt() + 50.0
    }

    /// Adds these rates (Hz, one per neuron) to those of what is drawn from now on, in windows of `window` ms.
    pub fn set_rates(&mut self, added: &[f64], window: f64) {
        if let Self::Poisson(portions) = self {
            for portion in portions {
                portion.set_rates(&added[portion.neurons()], window);
            }
        }
    }
}

/// A block of sources: their spikes are given.
#[derive(Clone, Debug)]
pub struct Sources {
    emission: Emission,
    /// Length of a window, ms.
    length: f64,
    /// The spikes of the window, and those that are still to come, in order: (absolute time, neuron).
    trains: Trains,
    coming: VecDeque<(f64, u16)>,
    /// Spikes since they were last taken.
    pub spikes: Vec<(Moment, u16)>,
}

impl Sources {
    /// So many sources, in windows of `length` ms.
    pub fn new(emission: Emission, neurons: usize, length: f64) -> Self {
        let (trains, coming, spikes) = (Trains::new(neurons), VecDeque::new(), Vec::new());
        Self { emission, length, trains, coming, spikes }
    }

    /// The same sources at the same moment; what they draw comes from `random`, one for every portion.
    pub fn branch(&self, random: Vec<Swift>) -> Self {
        let mut branch = self.clone();
        branch.emission.reseed(random);
        branch
    }

    fn is_possible(&self) -> bool {
        let neurons = self.trains.neurons();
        let known = |spike: &(f64, u16)| usize::from(spike.1) < neurons && is_moderate(spike.0);
        self.coming.iter().all(known) && self.emission.is_of(neurons, f64::NEG_INFINITY)
    }

    /// Adds these rates (Hz, one per neuron) from now on; a new window begins here.
    pub fn drive(&mut self, poisson: &[f64]) {
        self.emission.put_off(self.coming.drain(..));
        self.emission.set_rates(poisson, self.length);
    }

    /// Goes on from a tape with these rates (Hz, one per neuron), which were added; whether so many spikes can be drawn.
    pub fn resume(&mut self, poisson: &[f64]) -> bool {
        self.emission.set_rates(poisson, self.length);
        self.coming.len() as f64 <= self.emission.most(self.length)
    }

    /// The spikes that they are given, unless these are drawn.
    pub fn listed(&mut self) -> Option<&mut Listed> {
        self.emission.listed()
    }

    /// Begins the window from `start` to `end` (absolute, ms).
    pub fn begin(&mut self, start: f64, end: f64) {
        self.emission.take([start, end], self.length, &mut self.trains);
        self.coming.extend(self.trains.all().map(|(s, n)| (start + s, n)));
        self.coming.make_contiguous().sort_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// Runs on to `pause` (absolute, ms), exclusive, or to the end of the window if that is earlier.
    pub fn run_until(&mut self, pause: f64) {
        while let Some(spike) = self.coming.pop_front_if(|spike| spike.0 < pause) {
            self.spikes.push((Moment::at(spike.0), spike.1));
        }
    }
}
