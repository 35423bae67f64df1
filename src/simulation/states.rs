//! The protocol of a binary network, whose states are looked at in intervals.

use super::{Simulation, Wish};
use crate::error::Result;
use crate::protocol;
use crate::random::Seed;
use crate::recording::Recorder;

impl Simulation<'_> {
    /// Runs the protocol; the state is looked at at the onset of every epoch, in intervals from there, and at the end.
    pub(super) fn run_states(
        &mut self,
        recorder: &mut Recorder,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        let epochs = &self.model.protocol;
        let interval = self.model.interval();
        for (epoch, (start, end)) in epochs.iter().zip(protocol::bounds(epochs)) {
            let seed = Seed(self.model.seed);
            let field = protocol::field(epoch, &self.populations, &self.patterns, seed)?;
            self.dynamics.drive(&field);
            for k in 0.. {
                let time = start + f64::from(k) * interval;
                // What is left of the last interval is not worth a look.
                if time > end - 1e-9 * interval {
                    break;
                }
                self.dynamics.advance(time)?;
                self.look(time, recorder)?;
                observe(time).grant(recorder)?;
            }
            self.dynamics.advance(end)?;
            self.dynamics.active().into_iter().for_each(|active| recorder.end_state(active));
        }
        if let Some((_, end)) = protocol::bounds(epochs).last() {
            self.look(*end, recorder)?;
        }
        Ok(())
    }

    fn look(&self, time: f64, recorder: &mut Recorder) -> Result<()> {
        let active = self.dynamics.active().unwrap_or_default();
        recorder.observe_state(time, active, self.dynamics.energy())
    }
}
