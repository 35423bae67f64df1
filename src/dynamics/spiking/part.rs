//! A part of the network that runs through a window alone: a block of neurons or of sources, in its place.

use super::block::{Block, Plastic};
use super::clock::{Arrival, Window};
use super::emission::{Listed, Sources};
use super::external::External;
use super::moment::Moment;
use super::poisson::POISSON;
use super::streams::Streams;
use crate::dynamics::{Cell, Events};
use crate::random::Seed;
use crate::tape::{OnTape, on_tape};
use crate::work::Over;
use std::fmt::Debug;
use std::ops::Range;

/// A part in its place.
#[derive(Debug)]
pub struct Seat {
    /// Its neurons in the numbering of the network.
    pub range: Range<usize>,
    /// Index of its population.
    pub population: usize,
    /// The portions that it consists of, counted in the population.
    pub portions: Range<usize>,
    pub part: Box<dyn Part>,
}

impl Seat {
    /// Its like in a branch, with streams of `seed`; `population` is the name of its population.
    pub fn branch(&self, population: &str, seed: Seed) -> Self {
        let portions = self.portions.clone();
        let part = self.part.branch(&Streams { seed, population, portions: portions.clone() });
        Self { range: self.range.clone(), population: self.population, portions, part }
    }
}

on_tape!(Seat { part; not range, population, portions });

/// What every part of a network can do.
pub trait Part: OnTape + Debug + Send {
    /// The same part in the same state, which draws from `streams`; it is to be driven before it runs.
    fn branch(&self, streams: &Streams) -> Box<dyn Part>;

    /// Holds this stimulus (mV and Hz, neuron by neuron) from now on; a new window begins here.
    fn drive(&mut self, current: &[f64], poisson: &[f64]);

    /// Goes on from a tape under this stimulus (mV and Hz, neuron by neuron), which is held; whether its state can be of it.
    fn resume(&mut self, current: &[f64], poisson: &[f64]) -> bool;

    /// The longest refractory period, ms.
    fn rest(&self) -> f64;

    /// Whether its neurons are refractory at `now` (ms) as their `last` spikes make them, which are known `since` a time.
    fn rests(&self, last: &[f64], since: f64, now: f64) -> bool;

    /// Whether it has come to `now` (ms) in this window, or to the end of one if it has not begun.
    fn has_come(&self, now: f64, window: Option<&Window>) -> bool;

    /// Lets plastic efficacies change from now on, or no longer.
    fn learn(&mut self, on: bool);

    /// Its synapses of a projection, by its index, if their efficacies change.
    fn plastic(&self, projection: usize) -> Option<&Plastic>;

    /// Begins this window.
    fn begin(&mut self, window: &Window);

    /// Runs on to `pause` (absolute, ms), exclusive, or to the end of the window if that is earlier; anywhere once it is
    /// `over`.
    fn run_until(&mut self, pause: f64, arrivals: &[Arrival], over: &Over);

    /// Spikes since they were last taken.
    fn spikes(&mut self) -> &mut Vec<(Moment, u16)>;

    /// True if its activity grows without bound.
    fn diverges(&self) -> bool;

    /// What has been delivered to it.
    fn events(&self) -> Events;

    /// Its external input, if it has any.
    fn external(&mut self) -> Option<&mut External>;

    /// Spikes from outside that are known beforehand, if it takes any.
    fn listed(&mut self) -> Option<&mut Listed>;

    /// What its neuron `n` is; nothing of a source.
    fn cell(&self, n: usize) -> Option<Cell>;

    /// V of its neuron `n` now, mV, and its currents, if it has a membrane.
    fn potential(&self, n: usize, currents: &mut [f64]) -> f64;
}

impl<const F: usize> Part for Block<F> {
    fn branch(&self, streams: &Streams) -> Box<dyn Part> {
        Box::new(Block::branch(self, streams))
    }

    fn drive(&mut self, current: &[f64], poisson: &[f64]) {
        Block::drive(self, current, poisson);
    }

    fn resume(&mut self, current: &[f64], poisson: &[f64]) -> bool {
        self.set_rates(poisson);
        self.is_driven_by(current)
    }

    fn rest(&self) -> f64 {
        Block::rest(self)
    }

    fn rests(&self, last: &[f64], since: f64, now: f64) -> bool {
        Block::rests_after(self, last, since, now)
    }

    fn has_come(&self, now: f64, window: Option<&Window>) -> bool {
        Block::has_come_to(self, now, window)
    }

    fn learn(&mut self, on: bool) {
        Block::learn(self, on);
    }

    fn plastic(&self, projection: usize) -> Option<&Plastic> {
        Block::plastic(self, projection)
    }

    fn begin(&mut self, window: &Window) {
        Block::begin(self, window);
    }

    fn run_until(&mut self, pause: f64, arrivals: &[Arrival], over: &Over) {
        Block::run_until(self, pause, arrivals, over);
    }

    fn spikes(&mut self) -> &mut Vec<(Moment, u16)> {
        &mut self.spikes
    }

    fn diverges(&self) -> bool {
        Block::diverges(self)
    }

    fn events(&self) -> Events {
        let external = self.external.as_ref().map_or(0, External::delivered);
        Events { synaptic: self.synaptic_events, external }
    }

    fn external(&mut self) -> Option<&mut External> {
        self.external.as_mut()
    }

    fn listed(&mut self) -> Option<&mut Listed> {
        self.external.as_mut()?.emission.listed()
    }

    fn cell(&self, n: usize) -> Option<Cell> {
        Some(Block::cell(self, n))
    }

    fn potential(&self, n: usize, currents: &mut [f64]) -> f64 {
        Block::potential(self, n, currents)
    }
}

impl Part for Sources {
    fn branch(&self, streams: &Streams) -> Box<dyn Part> {
        Box::new(Sources::branch(self, streams.of(POISSON)))
    }

    fn drive(&mut self, _current: &[f64], poisson: &[f64]) {
        Sources::drive(self, poisson);
    }

    fn resume(&mut self, _current: &[f64], poisson: &[f64]) -> bool {
        Sources::resume(self, poisson)
    }

    fn rest(&self) -> f64 {
        0.0
    }

    fn rests(&self, _last: &[f64], _since: f64, _now: f64) -> bool {
        true
    }

    fn has_come(&self, _now: f64, _window: Option<&Window>) -> bool {
        true
    }

    fn learn(&mut self, _on: bool) {}

    fn plastic(&self, _projection: usize) -> Option<&Plastic> {
        None
    }

    fn begin(&mut self, window: &Window) {
        Sources::begin(self, window.start, window.end);
    }

    fn run_until(&mut self, pause: f64, _arrivals: &[Arrival], _over: &Over) {
        Sources::run_until(self, pause);
    }

    fn spikes(&mut self) -> &mut Vec<(Moment, u16)> {
        &mut self.spikes
    }

    fn diverges(&self) -> bool {
        false
    }

    fn events(&self) -> Events {
        Events::default()
    }

    fn external(&mut self) -> Option<&mut External> {
        None
    }

    fn listed(&mut self) -> Option<&mut Listed> {
        Sources::listed(self)
    }

    fn cell(&self, _n: usize) -> Option<Cell> {
        None
    }

    fn potential(&self, _n: usize, _currents: &mut [f64]) -> f64 {
        f64::NAN
    }
}
