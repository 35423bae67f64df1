//! Runs that nobody records, to learn what they cost.

use super::Simulation;
use super::course::{self, Observer, Reached};
use crate::dynamics::{Dynamics, Observable};
use crate::error::{Kind, Result};
use crate::task::Episode;
use crate::work::Over;
use std::ops::Range;

/// Looks at nothing, and ends it at a time (ms or sweeps).
struct Until {
    time: f64,
    over: Over,
}

impl Observer for Until {
    fn begin(&mut self, _: f64, _: bool, _: Observable) -> Result<()> {
        Ok(())
    }

    fn next(&mut self, end: f64) -> f64 {
        end.min(self.time)
    }

    fn look(&mut self, reached: Reached, _: bool, _: &mut dyn Dynamics) -> Result<()> {
        if reached.time >= self.time {
            self.over.set();
        }
        self.over.heed()
    }

    fn end(&mut self, _: f64, _: &dyn Dynamics) -> Result<()> {
        Ok(())
    }
}

impl Simulation {
    /// The neurons that belong to this rank, in the numbering of the network; all of them, where there is no other.
    pub fn own(&self) -> Range<usize> {
        self.own.clone()
    }

    /// Runs the protocol until `until` (ms or sweeps), or to its end if that comes first, and records nothing; the time that
    /// it has come to.
    ///
    /// # Errors
    /// If the activity diverges.
    pub fn rehearse(&mut self, until: f64) -> Result<f64> {
        let episode = Episode::of(&self.model.protocol, self.setting())?;
        let threads = self.threads.clone();
        let mut look = Until { time: until, over: Over::default() };
        let over = look.over.clone();
        let dynamics = &mut *self.dynamics;
        let ran = threads.with(|| course::run(dynamics, &episode, 0.0, None, &over, &mut look));
        match ran {
            Err(error) if error.kind() != Kind::Interrupt => Err(error),
            _ => Ok(self.dynamics.time()),
        }
    }
}
