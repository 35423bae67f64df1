//! The protocol of a binary network, whose states are looked at in intervals.

use super::{Simulation, Wish};
use crate::dynamics::Imposed;
use crate::error::Result;
use crate::protocol;
use crate::random::Seed;
use crate::recording::Recorder;

impl Simulation<'_> {
    /// Runs the protocol; the state is looked at at the beginning, in intervals from the onset of every epoch, at its
    /// end, and once more at that time where the next epoch puts neurons into a state.
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
            if start == 0.0 || field.imposed.iter().any(|imposed| *imposed != Imposed::Free) {
                self.look(start, recorder)?;
            }
            for k in 1.. {
                // Rounding makes no further look just before the end.
                let time = start + f64::from(k) * interval;
                let time = if time > end - 1e-9 * interval { end } else { time };
                self.dynamics.advance(time)?;
                self.look(time, recorder)?;
                observe(time).grant(recorder)?;
                if time == end {
                    break;
                }
            }
            recorder.end_state(self.dynamics.observable().active());
        }
        Ok(())
    }

    fn look(&self, time: f64, recorder: &mut Recorder) -> Result<()> {
        let active = self.dynamics.observable().active();
        recorder.observe_state(time, active, self.dynamics.observable().energy())
    }
}
