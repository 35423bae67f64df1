//! Independent trials: each branches from the state at the end of the protocol, and runs on any thread.
//!
//! A trial depends on that state and on its number alone. What is seen of it is put at the trial's place on the time
//! axis of the recording and written in the order of trials, so that nothing shows which thread ran it, or when.

use super::course::{Reached, run};
use super::learned;
use super::log::Log;
use super::{Position, Simulation, Wish};
use crate::dynamics::{Dynamics, Events};
use crate::error::{Kind, Result};
use crate::model::Model;
use crate::protocol::Chance;
use crate::random::Seed;
use crate::recording::{Ended, Recorder};
use crate::tape::{OnTape, Tape};
use crate::task::{Setting, Task, Trials};
use crate::work::{Crew, News, Order, Threads};

/// What a trial leaves.
struct Taken {
    log: Log,
    ended: Ended,
    events: Events,
    /// Efficacies, by the indices of their projections.
    learned: Vec<(usize, Vec<f64>)>,
}

impl Simulation {
    /// For how many workers the network of a model is cut: independent trials have a thread each.
    pub(super) fn workers(model: &Model, threads: &Threads) -> usize {
        let ranks = threads.ranks();
        let apart = model.task.as_ref().is_some_and(|task| !task.in_sequence());
        if apart && ranks.is_alone() { ranks.workers() } else { threads.workers() }
    }

    /// Runs the `trials` from number `from` (from 0) on, each from the present state.
    pub(super) fn run_independent(
        &mut self,
        task: &Task,
        trials: &Trials,
        from: usize,
        recorder: &mut Recorder,
        observe: &mut (impl FnMut(f64) -> Wish + Send),
    ) -> Result<()> {
        // What is shown is that of the model, whatever input a branch receives.
        let seed = Seed(self.model.seed);
        let future = self.future.unwrap_or(seed);
        let chance = Chance { seed, later: None };
        let (model, populations, patterns) = (&*self.model, &self.populations, &self.patterns);
        let (with_external, looks, watches) =
            (recorder.wants_external(), recorder.looks(), recorder.watches());
        let mut state = Tape::blank();
        self.dynamics.pass(&mut state);
        let state = state.into_words();
        let (root, number) = (&*self.dynamics, trials.number());
        let of_trial = |k: usize| future.child("trial", trials.place(k).0 as u64);
        let jobs = (from..number).map(|k| (k, root.branch(of_trial(k))));
        let work = |(k, mut dynamics): (usize, Box<dyn Dynamics>), _: &_, over: &_| {
            dynamics.heed(over);
            dynamics.record_external(with_external);
            let setting = Setting { populations, patterns, seed, chance };
            let episode = task.episode(trials, k, setting)?;
            let begin = dynamics.time();
            let mut log = Log::new(begin, looks.clone(), watches.clone());
            let ended = run(&mut *dynamics, &episode, begin, None, over, &mut log)?;
            let learned = learned::in_trial(model, &*dynamics);
            Ok(Taken { log, ended, events: dynamics.events(), learned })
        };
        let (in_trials, over) = (&mut self.in_trials, self.over.clone());
        // How much of the recording is written.
        let mut ended_trials = from;
        let mut reached = match from {
            0 => root.time(),
            _ => trials.place(from - 1).1.end,
        };
        let tell = |news: News<Result<Taken>>, _: &_| {
            if let News::Ended(k, taken) = news {
                let k = from + k;
                let (name, place) = trials.place(k);
                let Taken { log, ended, events, learned } = taken.map_err(|e| e.in_trial(name))?;
                *in_trials = *in_trials + events;
                log.write(&place, recorder)?;
                recorder.take_efficacies(place.end, &|projection| {
                    let own = learned.iter().find(|(k, _)| *k == projection);
                    own.map_or(Vec::new(), |(_, efficacies)| efficacies.clone())
                })?;
                recorder.end_trial(ended)?;
                (reached, ended_trials) = (place.end, k + 1);
            }
            let wish = if over.is_set() { Wish::Stop } else { observe(reached) };
            wish.grant(recorder, |tape| {
                Position { trial: Some(ended_trials), reached: Reached::default() }.pass(tape);
                in_trials.pass(tape);
                tape.add(&state);
            })
        };
        let all = self.threads.number();
        let crew = match number - from {
            // The threads share out the network, and so do ranks.
            _ if self.threads.ranks().number() > 1 => {
                Crew { workers: 1, threads: all, order: Order::Given }
            }
            1 => Crew { workers: 1, threads: all, order: Order::Given },
            _ => Crew { workers: all.min(number - from), threads: 1, order: Order::Given },
        };
        let outcome = crew.work(jobs, work, tell);
        if outcome.as_ref().is_err_and(|e| e.kind() != Kind::Interrupt) {
            // The trials that have ended are not lost; what stopped the run is the news.
            let _ = recorder.commit();
        }
        outcome
    }
}
