//! How long a run of a sweep takes, found in a short start of it.

use super::Sweep;
use crate::error::{Kind, Result};
use crate::experiment::{Experiment, Host};
use crate::recording::Sink;
use crate::simulation::Wish;
use crate::work::{Over, Threads};

/// What the start of a run took, which was recorded in memory and is gone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Seconds in which the network was built.
    pub build: f64,
    /// Seconds in which it ran ...
    pub wall: f64,
    /// ... to this time, on the clock of the network, ...
    pub reached: f64,
    /// ... of so much, or of so much at most.
    pub duration: f64,
    /// Whether it came to its end.
    pub whole: bool,
}

impl Start {
    /// Seconds of the whole run: measured if the start was whole, and else if it goes on as it began.
    pub fn seconds(&self) -> f64 {
        let share =
            if self.whole || self.reached <= 0.0 { 1.0 } else { self.reached / self.duration };
        self.build + self.wall / share
    }
}

impl Sweep {
    /// Begins run `run`, from 0, and stops it at its first look after `seconds`; nothing is written.
    ///
    /// # Errors
    /// Those of the run; an interrupt if it is `over`.
    pub fn start(
        &self,
        run: usize,
        seconds: f64,
        (threads, over): (&Threads, &Over),
        host: &Host,
    ) -> Result<Start> {
        let document = self.document_of(run)?;
        let model = document.model()?;
        let clock = host.seconds;
        let begun = clock();
        let mut experiment =
            Experiment::begin(&document, model, (Sink::Memory, None), host, threads)?;
        experiment.simulation.heed(over);
        let duration = experiment.simulation.duration();
        let built = clock();
        let mut reached = 0.0;
        let ran = experiment.run(|time| {
            reached = time;
            if clock() - built < seconds { Wish::Continue } else { Wish::Stop }
        });
        let (build, wall) = (built - begun, clock() - built);
        over.heed()?;
        match ran {
            Err(e) if e.kind() != Kind::Interrupt => Err(e),
            ran => Ok(Start { build, wall, reached, duration, whole: ran.is_ok() }),
        }
    }
}
