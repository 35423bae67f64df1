//! Independent trials: each branches from the state at the end of the protocol, and runs on any thread.
//!
//! A trial depends on that state and on its number alone. What is seen of it is put at the trial's place on the time
//! axis of the recording and written in the order of trials, so that nothing shows which thread ran it, or when.

use super::course::run;
use super::log::Log;
use super::{Simulation, Wish};
use crate::dynamics::{Dynamics, Events};
use crate::error::Result;
use crate::random::Seed;
use crate::recording::{Ended, Recorder};
use crate::task::{Setting, Task, Trials};
use crate::work::{Crew, News, Order};

/// What a trial leaves.
struct Taken {
    log: Log,
    ended: Ended,
    events: Events,
}

impl Simulation {
    /// Runs all `trials`, each from the present state.
    pub(super) fn run_independent(
        &mut self,
        task: &Task,
        trials: &Trials,
        recorder: &mut Recorder,
        observe: &mut (impl FnMut(f64) -> Wish + Send),
    ) -> Result<()> {
        let seed = Seed(self.model.seed);
        let setting = Setting { populations: &self.populations, patterns: &self.patterns, seed };
        let (with_external, looks, watches) =
            (recorder.wants_external(), recorder.looks(), recorder.watches());
        let (root, number) = (&*self.dynamics, trials.number());
        let jobs = (0..number).map(|k| {
            let name = trials.place(k).0 as u64;
            (k, root.branch(seed.child("trial", name)))
        });
        let work = |(k, mut dynamics): (usize, Box<dyn Dynamics>), _: &_, over: &_| {
            dynamics.heed(over);
            dynamics.record_external(with_external);
            let episode = task.episode(trials, k, setting)?;
            let begin = dynamics.time();
            let mut log = Log::new(begin, looks.clone(), watches.clone());
            let ended = run(&mut *dynamics, &episode, begin, over, &mut log)?;
            Ok(Taken { log, ended, events: dynamics.events() })
        };
        let in_trials = &mut self.in_trials;
        // How much of the recording is written.
        let mut reached = root.time();
        let tell = |news: News<Result<Taken>>, _: &_| {
            if let News::Ended(k, taken) = news {
                let (name, place) = trials.place(k);
                let Taken { log, ended, events } = taken.map_err(|e| e.in_trial(name))?;
                *in_trials = *in_trials + events;
                log.write(&place, recorder)?;
                recorder.end_trial(ended)?;
                reached = place.end;
            }
            observe(reached).grant(recorder)
        };
        let all = self.threads.number();
        let crew = match number {
            // The threads share out the network.
            1 => Crew { workers: 1, threads: all, order: Order::Given },
            _ => Crew { workers: all.min(number), threads: 1, order: Order::Given },
        };
        let outcome = crew.work(jobs, work, tell);
        if outcome.is_err() {
            // The trials that have ended are not lost; what stopped the run is the news.
            let _ = recorder.commit();
        }
        outcome
    }
}
