//! Runs that branch off from another: the same past, then another protocol, or other random input.

use super::course::{self, Reached, Unseen};
use super::{Position, Simulation};
use crate::error::{Error, Place, Result};
use crate::protocol::Epoch;
use crate::random::Seed;
use crate::task::Episode;

impl Simulation {
    /// Lets this run, which has not begun, begin at time `at` of a run of the same network in which `past` was shown: with
    /// the state of that moment, and from there on with its own protocol and task, on the same clock. What its protocol
    /// says of the time before is not shown. With `future` random input comes from the streams of that seed from then on.
    ///
    /// The past is computed anew. Where the same is shown before and after `at`, the network goes on to the last bit as in
    /// that run; with a `future` of its own, it receives other input.
    ///
    /// # Errors
    /// If `at` is not within `past`, if nothing is left to run then, or if the activity diverges before.
    pub fn branch_off(&mut self, past: &[Epoch], at: f64, future: Option<Seed>) -> Result<()> {
        let mut past = Episode::of(past, self.setting())?;
        let ends = |held: &[(_, f64)]| held.iter().position(|(_, end)| *end >= at);
        let Some(last) = ends(&past.held).filter(|_| at > 0.0) else {
            let end = past.held.last().map_or(0.0, |(_, end)| *end);
            let unit = self.nature().clock.unit();
            let found = format!("found {at} {unit}");
            let allowed = format!("the protocol of that run lasts until {end} {unit}");
            let place = Place::Argument("--at".to_owned());
            return Err(Error::input(found, allowed, "write a time within it").placed(place));
        };
        past.held.truncate(last + 1);
        past.held[last].1 = at;
        let model = self.model.clone();
        let own = Episode::of(&model.protocol, self.setting())?;
        let next = own.held.iter().position(|(_, end)| *end > at);
        if next.is_none() && self.trials.is_none() {
            let found =
                format!("found that the protocol has ended at {at} {}", self.nature().clock.unit());
            return Err(Error::input(found, "", "write a longer protocol, or an earlier time"));
        }
        let threads = self.threads.clone();
        let (dynamics, over) = (&mut *self.dynamics, &self.over);
        threads.with(|| course::run(dynamics, &past, 0.0, None, over, &mut Unseen))?;
        if let Some(seed) = future {
            self.dynamics.reseed(seed);
        }
        let position = match next {
            None => Position { trial: Some(0), reached: Reached::default() },
            Some(next) => {
                let same = own.held[next].0 == past.held[last].0;
                Position { trial: None, reached: Reached::field(next, same, at) }
            }
        };
        (self.from, self.beginning) = (Some(position), at);
        Ok(())
    }

    /// Of a run that goes on: it began at `at`.
    #[cfg(feature = "hdf5")]
    pub(crate) fn began_at(&mut self, at: f64) {
        self.beginning = at;
    }
}
