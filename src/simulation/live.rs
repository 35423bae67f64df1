//! What a run records while it runs.

use super::course::{Observer, Reached};
use super::{Position, Wish, learned};
use crate::dynamics::{Dynamics, Events, Observable};
use crate::error::{Error, Result};
use crate::recording::Recorder;
use crate::tape::OnTape;

/// Records what is seen at once.
pub(super) struct Live<'a, O> {
    /// Which are taken of every advance.
    pub spikes: bool,
    /// How far to go on between two looks, at most.
    pub step: f64,
    pub time: f64,
    /// Of the field that is held.
    pub end: f64,
    /// The next look at the whole network.
    pub due: f64,
    /// Which episode this is, and what trials have cost before it.
    pub position: Position,
    pub in_trials: Events,
    pub recorder: &'a mut Recorder,
    pub observe: &'a mut O,
}

impl<O: FnMut(f64) -> Wish> Observer for Live<'_, O> {
    fn begin(&mut self, time: f64, anew: bool, seen: Observable) -> Result<()> {
        self.time = time;
        if self.spikes {
            return Ok(());
        }
        self.recorder.begin(time);
        if anew { self.recorder.observe(time, seen) } else { Ok(()) }
    }

    fn next(&mut self, end: f64) -> f64 {
        (self.end, self.due) = (end, self.recorder.next_look(end));
        self.due.min(self.recorder.next_watch(end)).min(self.time + self.step)
    }

    fn look(&mut self, reached: Reached, wanted: bool, dynamics: &mut dyn Dynamics) -> Result<()> {
        let time = reached.time;
        self.time = time;
        if let Some(input) = dynamics.external_input() {
            self.recorder.observe_external(input.recorded())?;
        }
        self.recorder.watch(time, self.end, dynamics)?;
        // A state is not taken where single neurons alone are looked at.
        if self.spikes || (wanted && time >= self.due) {
            self.recorder.observe(time, dynamics.observable())?;
        }
        let (mut position, mut in_trials) = (Position { reached, ..self.position }, self.in_trials);
        (self.observe)(time).grant(self.recorder, |tape| {
            position.pass(tape);
            in_trials.pass(tape);
            dynamics.pass(tape);
        })
    }

    fn end(&mut self, time: f64, dynamics: &dyn Dynamics) -> Result<()> {
        self.recorder.end_state(dynamics.observable());
        self.recorder.take_efficacies(time, &learned::by_projection(dynamics))
    }

    fn astray(&self) -> Error {
        self.recorder.astray()
    }
}
