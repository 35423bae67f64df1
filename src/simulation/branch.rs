//! Runs that branch off from another: the same past, then another protocol, or other random input.

use super::course::{self, Observer, Reached};
use super::learned::by_projection;
use super::{Position, Simulation, Wish};
use crate::dynamics::{Dynamics, Observable, ObservableKind};
use crate::error::{Error, Kind, Place, Result};
use crate::protocol::Epoch;
use crate::random::Seed;
use crate::recording::Recorder;
use crate::task::Episode;

/// What comes before a run that branches off.
pub(super) struct Past {
    episode: Episode,
    at: f64,
    future: Option<Seed>,
}

/// Tells how far the past has come, and forgets what it has seen.
struct Unseen<'a, O> {
    time: f64,
    /// From one look to the next.
    step: f64,
    recorder: &'a Recorder,
    observe: &'a mut O,
}

impl<O: FnMut(f64) -> Wish> Observer for Unseen<'_, O> {
    fn begin(&mut self, time: f64, _: bool, _: Observable) -> Result<()> {
        self.time = time;
        Ok(())
    }

    fn next(&mut self, end: f64) -> f64 {
        end.min(self.time + self.step)
    }

    fn look(&mut self, reached: Reached, _: bool, _: &mut dyn Dynamics) -> Result<()> {
        self.time = reached.time;
        match (self.observe)(self.time) {
            Wish::Stop => Err(self.recorder.interrupted_in_past(self.time)),
            Wish::Continue | Wish::Commit => Ok(()),
        }
    }

    fn end(&mut self, _: f64, _: &dyn Dynamics) -> Result<()> {
        Ok(())
    }
}

impl Simulation {
    /// Lets this run, which has not begun, begin at time `at` of a run of the same network in which `past` was shown: with
    /// the state of that moment, and from there on with its own protocol and task, on the same clock. What its protocol
    /// says of the time before is not shown. With `future` random input comes from the streams of that seed from then on.
    ///
    /// The past is computed anew when the run begins. Where the same is shown before and after `at`, the network goes on to
    /// the last bit as in that run; with a `future` of its own, it receives other input.
    ///
    /// # Errors
    /// If `at` is not within `past`, or if nothing is left to run then.
    pub fn branch_off(&mut self, past: &[Epoch], at: f64, future: Option<Seed>) -> Result<()> {
        let mut episode = Episode::of(past, self.setting())?;
        let unit = self.nature().clock.unit();
        let last = episode.held.iter().position(|held| held.until >= at);
        let Some(last) = last.filter(|_| at > 0.0) else {
            let end = episode.held.last().map_or(0.0, |held| held.until);
            let found = format!("found {at} {unit}");
            let allowed = format!("the protocol of that run lasts until {end} {unit}");
            let place = Place::Argument("--at".to_owned());
            return Err(Error::input(found, allowed, "write a time within it").placed(place));
        };
        if self.model.lead() <= at && self.trials.is_none() {
            let found = format!("found that the protocol has ended at {at} {unit}");
            return Err(Error::input(found, "", "write a longer protocol, or an earlier time"));
        }
        let lead = self.model.lead();
        if lead < at {
            return Err(Error::input(
                format!(
                    "found a protocol that lasts until {lead} {unit}, and trials that begin then"
                ),
                format!("this run begins at {at} {unit}, on the clock of the other one"),
                format!("write a protocol that lasts at least until {at} {unit}"),
            )
            .at("protocol"));
        }
        episode.held.truncate(last + 1);
        episode.held[last].until = at;
        self.past = Some(Past { episode, at, future });
        self.began_at(at, future);
        Ok(())
    }

    /// Of a run that branched off: when, and with which future.
    pub(crate) fn began_at(&mut self, at: f64, future: Option<Seed>) {
        (self.beginning, self.future) = (at, future);
    }

    /// Runs the past, if there is one, and begins the recording there.
    pub(super) fn run_past(
        &mut self,
        recorder: &mut Recorder,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        let Some(Past { episode, at, future }) = self.past.take() else { return Ok(()) };
        let step = self.nature().clock.moment();
        let mut unseen = Unseen { time: 0.0, step, recorder, observe };
        let ran = course::run(&mut *self.dynamics, &episode, 0.0, None, &self.over, &mut unseen);
        let reached = unseen.time;
        if ran.as_ref().is_err_and(|e| e.kind() == Kind::Interrupt) {
            return Err(recorder.interrupted_in_past(reached));
        }
        ran?;
        if let Some(seed) = future {
            self.dynamics.reseed(seed);
        }
        let own = Episode::of(&self.model.protocol, self.setting())?;
        let position = match own.held.iter().position(|held| held.until > at) {
            None => Position { trial: Some(0), reached: Reached::default() },
            Some(next) => {
                let begins = if next == 0 { 0.0 } else { own.held[next - 1].until };
                let last = episode.held.last();
                // What begins now is shown anew, even if it is the same.
                let goes_on =
                    begins < at && last.is_some_and(|last| last.is_the_same(&own.held[next]));
                Position { trial: None, reached: Reached::field(next, goes_on, at) }
            }
        };
        self.from = Some(position);
        // What is shown from now on is seen when it begins.
        let goes_on = position.reached.is_driven();
        let states = self.nature().observable != ObservableKind::Spikes;
        recorder.begin_at(at, (goes_on && states).then(|| self.dynamics.observable()))?;
        recorder.take_efficacies(at, &by_projection(&*self.dynamics))
    }
}
