//! Trials of recall: each branches from the state at the end of the protocol, is put into its pattern, and relaxes.

mod results;
#[cfg(test)]
mod tests;

use super::{Simulation, Wish};
use crate::dynamics::{Attractor, Dynamics, Events, Field, Imposed};
use crate::error::Result;
use crate::pattern::{Patterns, pack};
use crate::random::Seed;
use crate::recording::Recorder;
use crate::task::{Recall, RecallTrial, Task};
use results::Results;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Trials that are under way or wait to be written: with the length of a trial, what bounds the memory.
pub const AT_ONCE: usize = 32;
/// How often whoever waits for a trial asks whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// A moment of a trial.
struct Look {
    /// Sweeps from the start.
    time: f64,
    /// The state of the whole network, packed.
    state: Vec<u64>,
    energy: Option<f64>,
}

impl Look {
    fn at(time: f64, dynamics: &dyn Dynamics) -> Self {
        let state = pack(dynamics.observable().active());
        Self { time, state, energy: dynamics.observable().energy() }
    }

    fn active(&self, neurons: usize) -> Vec<bool> {
        (0..neurons).map(|i| self.state[i / 64] >> (i % 64) & 1 == 1).collect()
    }
}

/// What a trial leaves.
struct Recalled {
    /// The first at its start, the last at its end.
    looks: Vec<Look>,
    attractor: Option<Attractor>,
    /// Share of the neurons that would change if the network were in the pattern itself.
    first_step: f64,
    sweeps: f64,
    events: Events,
}

/// A network that waits for its trial.
type Waiting = Mutex<Option<Box<dyn Dynamics>>>;
/// A trial that has ended: its place, and what it left.
type Ended = (usize, Result<Recalled>);

impl Simulation<'_> {
    /// Runs all trials of recall, each from the present state.
    pub(super) fn run_recall(
        &mut self,
        recorder: &mut Recorder,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        let Some(task) = self.model.task.as_ref().and_then(Task::recall) else { return Ok(()) };
        let names: Vec<&str> = self.patterns.keys().map(String::as_str).collect();
        let holder = task.holder(&names)?;
        let place = self.populations.iter().find(|p| p.name == holder);
        let stage = Stage {
            task,
            patterns: &self.patterns[holder],
            neurons: self.populations.last().map_or(0, |p| p.neurons.end),
            own: place.map_or(0..0, |p| p.neurons.clone()),
            interval: self.model.interval(),
            seed: Seed(self.model.seed),
            over: AtomicBool::new(false),
        };
        let trials = std::mem::take(&mut self.recall);
        let mut results = Results::new(&stage);
        let mut outcome = Ok(());
        for some in trials.chunks(AT_ONCE) {
            let branch = |trial: &RecallTrial| {
                self.dynamics.branch(stage.seed.child("trial", trial.number as u64))
            };
            let waiting: Vec<Waiting> = some.iter().map(|t| Mutex::new(Some(branch(t)))).collect();
            let mut write = |trial: &RecallTrial, taken: Recalled, recorder: &mut Recorder| {
                self.in_trials = self.in_trials + taken.events;
                results.add(trial, &taken);
                stage.write(trial, &taken, recorder)
            };
            outcome = stage.run(some, &waiting, recorder, &mut write, observe);
            if outcome.is_err() {
                break;
            }
        }
        let table = results.table();
        if outcome.is_err() {
            // What was found in the trials that have ended is not lost.
            recorder.add_results(&table)?;
        }
        self.recalled = Some(table);
        outcome
    }
}

/// What trials have in common.
struct Stage<'a> {
    task: &'a Recall,
    patterns: &'a Patterns,
    /// Of the whole network.
    neurons: usize,
    /// Those that hold the patterns.
    own: Range<usize>,
    interval: f64,
    /// Of the model.
    seed: Seed,
    /// Set when no further trial is wanted.
    over: AtomicBool,
}

/// Sends the threads home, whatever way the trials end.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Stage<'_> {
    /// Runs `trials` on as many threads as the pool has, and writes them in their order.
    fn run(
        &self,
        trials: &[RecallTrial],
        waiting: &[Waiting],
        recorder: &mut Recorder,
        write: &mut impl FnMut(&RecallTrial, Recalled, &mut Recorder) -> Result<()>,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        let next = AtomicUsize::new(0);
        self.over.store(false, Ordering::Relaxed);
        std::thread::scope(|scope| {
            let _end = End(&self.over);
            let (back, ended) = channel();
            for _ in 0..rayon::current_num_threads().min(trials.len()) {
                let (back, next) = (back.clone(), &next);
                scope.spawn(move || self.work(trials, waiting, next, &back));
            }
            drop(back);
            let mut early = BTreeMap::new();
            for (k, trial) in trials.iter().enumerate() {
                let reached = trial.start;
                while !early.contains_key(&k) {
                    match receive(&ended) {
                        Some((k, taken)) => {
                            early.insert(k, taken);
                        }
                        None => observe(reached).grant(recorder)?,
                    }
                }
                let taken = early.remove(&k).expect("it is there");
                write(trial, taken.map_err(|e| e.in_trial(trial.number))?, recorder)?;
                observe(trial.end).grant(recorder)?;
            }
            Ok(())
        })
    }

    /// Runs trials one after another as long as there are any.
    fn work(
        &self,
        trials: &[RecallTrial],
        waiting: &[Waiting],
        next: &AtomicUsize,
        back: &Sender<Ended>,
    ) {
        while !self.over.load(Ordering::Relaxed) {
            let k = next.fetch_add(1, Ordering::Relaxed);
            let Some(network) = waiting.get(k) else { return };
            let network = network.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(mut network) = network else { return };
            if back.send((k, self.take(&trials[k], &mut *network))).is_err() {
                return;
            }
        }
    }

    fn take(&self, trial: &RecallTrial, dynamics: &mut dyn Dynamics) -> Result<Recalled> {
        dynamics.drive(&self.pure(trial));
        let unstable = dynamics.relaxation().map_or(0, |r| r.unstable(self.own.clone()));
        let place = (self.own.start, self.neurons);
        let (at_start, held) = self.task.fields(trial, self.patterns, place, self.seed);
        dynamics.drive(&at_start);
        dynamics.drive(&held);
        let begin = dynamics.time();
        let longest = self.task.sweeps as f64;
        let mut looks = vec![Look::at(0.0, dynamics)];
        // Whether the end has come is asked after whole sweeps, whatever is recorded in between.
        let mut sweeps = 0.0;
        while sweeps < longest && dynamics.attractor().is_none() {
            sweeps += 1.0;
            while (looks.len() as f64 * self.interval) < sweeps {
                let time = looks.len() as f64 * self.interval;
                dynamics.advance(begin + time)?;
                looks.push(Look::at(time, dynamics));
            }
            dynamics.advance(begin + sweeps)?;
            if looks.len() as f64 * self.interval == sweeps {
                looks.push(Look::at(sweeps, dynamics));
            }
            if self.over.load(Ordering::Relaxed) {
                break;
            }
        }
        if looks.last().is_some_and(|look| look.time < sweeps) {
            looks.push(Look::at(sweeps, dynamics));
        }
        Ok(Recalled {
            looks,
            attractor: dynamics.attractor(),
            first_step: unstable as f64 / self.own.len() as f64,
            sweeps,
            events: dynamics.events(),
        })
    }

    /// The field that puts the network into the pattern of the trial.
    fn pure(&self, trial: &RecallTrial) -> Field {
        let mut field = Field::none(self.neurons);
        let pattern = self.patterns.state(trial.pattern);
        for (imposed, active) in field.imposed[self.own.clone()].iter_mut().zip(pattern) {
            *imposed = Imposed::Set(active);
        }
        field
    }

    /// Writes a trial as if it had been observed while it ran.
    fn write(&self, trial: &RecallTrial, taken: &Recalled, recorder: &mut Recorder) -> Result<()> {
        for look in &taken.looks {
            let active = look.active(self.neurons);
            recorder.observe_state(trial.start + look.time, &active, look.energy)?;
        }
        if let Some(last) = taken.looks.last() {
            recorder.end_state(&last.active(self.neurons));
        }
        recorder.end_trial()
    }
}

/// The next trial that has ended; none if it takes longer.
fn receive(ended: &Receiver<Ended>) -> Option<Ended> {
    match ended.recv_timeout(PATIENCE) {
        Ok(ended) => Some(ended),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => {
            panic!("a thread that runs trials has panicked, which its scope tells")
        }
    }
}
