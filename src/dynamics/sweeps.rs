//! Sweeps: which neuron is updated next, and when a trajectory without noise has come to its end.

use super::Attractor;
use super::update::Update;
use super::watch::Watch;
use crate::error::Result;
use crate::random::Stream;
use crate::tape::{is_count, on_tape};
use crate::work::Over;

/// How often it is heeded whether it is over, in updates.
const HEEDED_EVERY: u64 = 64;

/// The updates of a network whose time is counted in sweeps.
#[derive(Clone)]
pub(super) struct Sweeps {
    update: Update,
    neurons: u64,
    /// Single-neuron updates so far.
    updates: u64,
    /// The order of the current sweep.
    order: Vec<u32>,
    choices: Stream,
    /// Neurons that changed in the current sweep.
    changes: u64,
    watch: Watch,
    attractor: Option<Attractor>,
}

on_tape!(Sweeps {
    updates, choices, changes, watch, attractor;
    each order;
    not update, neurons;
    if Sweeps::is_possible
});

impl Sweeps {
    /// Of so many neurons, updated as `update` says with choices from a stream.
    pub fn new(update: Update, neurons: usize, choices: Stream) -> Self {
        Self {
            update,
            neurons: neurons as u64,
            updates: 0,
            order: (0..neurons as u32).collect(),
            choices,
            changes: 0,
            watch: Watch::default(),
            attractor: None,
        }
    }

    /// Whether there are such neurons, and it is counted as sweeps are.
    fn is_possible(&self) -> bool {
        let known = |neuron: &u32| u64::from(*neuron) < self.neurons;
        self.order.iter().all(known) && is_count(self.updates) && is_count(self.changes)
    }

    /// Makes other choices from now on.
    pub fn choose(&mut self, choices: Stream) {
        self.choices = choices;
    }

    /// Begins anew at time 0.
    pub fn restart(&mut self) {
        self.updates = 0;
        self.disturb();
    }

    /// Sweeps so far.
    pub fn time(&self) -> f64 {
        self.updates as f64 / self.neurons as f64
    }

    /// How many neurons are updated together next, if that is due by `until` sweeps.
    pub fn due(&self, until: f64) -> Option<u64> {
        // Rounding of a sum of durations loses no update.
        let target = (until * self.neurons as f64 + 1e-6).floor() as u64;
        let together = if self.update == Update::Synchronous { self.neurons } else { 1 };
        (self.updates + together <= target).then_some(together)
    }

    /// Goes on, unless it is over.
    pub fn heed(&self, over: &Over) -> Result<()> {
        let due = self.update == Update::Synchronous || self.updates.is_multiple_of(HEEDED_EVERY);
        if due { over.heed() } else { Ok(()) }
    }

    /// The neuron that is updated next, if neurons are updated one at a time.
    pub fn next(&mut self) -> usize {
        let place = (self.updates % self.neurons) as usize;
        match self.update {
            Update::Random => self.choices.below(self.neurons as u32) as usize,
            Update::Shuffled if place == 0 => {
                self.order = self.choices.permutation(self.neurons as usize);
                self.order[0] as usize
            }
            _ => self.order[place] as usize,
        }
    }

    /// A neuron has changed.
    pub fn changed(&mut self) {
        self.changes += 1;
    }

    /// So many neurons have been updated; whether a sweep has ended.
    pub fn count(&mut self, updates: u64) -> bool {
        self.updates += updates;
        self.updates.is_multiple_of(self.neurons)
    }

    /// Whether no neuron has changed in this sweep, of a trajectory whose end is not known.
    pub fn is_quiet(&self) -> bool {
        self.changes == 0 && self.attractor.is_none()
    }

    /// Whether a sweep updates every neuron, so that after a quiet one nothing changes any more.
    pub fn takes_all(&self) -> bool {
        self.update != Update::Random
    }

    /// Ends a sweep of a trajectory without noise that led to `state`; whether it `rests` there.
    pub fn end(&mut self, rests: bool, state: &[bool]) {
        self.changes = 0;
        if self.attractor.is_some() {
            return;
        }
        if rests {
            self.attractor = Some(Attractor::FixedPoint);
        } else if matches!(self.update, Update::Fixed | Update::Synchronous) {
            // A sweep is a function of the state: what comes again comes for ever.
            self.attractor = self.watch.take(state).map(Attractor::Cycle);
        }
    }

    /// Forgets what has been found out about the end of the trajectory: something else is shown.
    pub fn disturb(&mut self) {
        self.attractor = None;
        self.watch.forget();
        // A sweep in which something changed says nothing about the end.
        self.changes = u64::from(!self.updates.is_multiple_of(self.neurons));
    }

    /// Where the trajectory has ended.
    pub fn attractor(&self) -> Option<Attractor> {
        self.attractor
    }
}
