//! Independent trials: each branches from the state at the end of the protocol, and runs on any thread.
//!
//! A trial depends on that state and on its number alone. Its spikes are put at the trial's place on the time axis
//! of the recording and written in the order of trials, so that nothing shows which thread ran it, or when.

use super::{Simulation, Wish};
use crate::dynamics::{Dynamics, Events, Spike};
use crate::error::Result;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol;
use crate::random::Seed;
use crate::recording::Recorder;
use crate::task::{DelayedMatch, Trial};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Trials per thread that may be under way or wait to be written: what bounds the memory.
const AHEAD: usize = 2;

/// What trials have in common.
struct Stage<'a> {
    task: &'a DelayedMatch,
    populations: &'a [Placed],
    patterns: &'a IndexMap<String, Patterns>,
    /// Of the model.
    seed: Seed,
    with_external: bool,
    /// Set when no further trial is wanted.
    over: AtomicBool,
}

/// A trial is run in steps of so much biological time (ms), after each of which it may be abandoned.
const STEP: f64 = 10.0;
/// How often whoever waits for a trial asks whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// A trial that is to be run: its place in the order of writing, and the network that runs it.
type Ticket = (usize, Box<dyn Dynamics>);

/// What became of a trial; an outer error is a panic.
type Outcome = std::thread::Result<Result<Taken>>;

/// What a trial leaves.
struct Taken {
    /// At their times in the recording.
    spikes: Vec<Spike>,
    external: Vec<Spike>,
    events: Events,
}

impl Simulation<'_> {
    /// Runs all trials, each from the present state.
    pub(super) fn run_independent(
        &mut self,
        task: &DelayedMatch,
        recorder: &mut Recorder,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        let trials = std::mem::take(&mut self.trials);
        let stage = Stage {
            task,
            populations: &self.populations,
            patterns: &self.patterns,
            seed: Seed(self.model.seed),
            with_external: recorder.wants_external(),
            over: AtomicBool::new(false),
        };
        let root = &*self.dynamics;
        let branch = |trial: &Trial| root.branch(stage.seed.child("trial", trial.number as u64));
        let in_trials = &mut self.in_trials;
        // Biological time of what has been written once so many trials are.
        let (lead, each) = (root.time(), task.trial_duration());
        let reached = |written: usize| lead + written as f64 * each;
        let mut write = |trial: &Trial, taken: Taken, recorder: &mut Recorder| {
            *in_trials = *in_trials + taken.events;
            write(trial, &taken, recorder)
        };
        if let [trial] = &trials[..] {
            // The threads of the pool, if there are several, share out the network.
            let taken = stage.take(trial, &mut *branch(trial));
            return write(trial, taken.map_err(|e| e.in_trial(trial.number))?, recorder);
        }
        let threads = rayon::current_num_threads().min(trials.len());
        let (give, tickets) = channel::<Ticket>();
        let (return_taken, taken) = channel();
        let tickets = Mutex::new(tickets);
        let outcome = std::thread::scope(|scope| {
            // Whatever way this ends, the threads go home.
            let _end = End { over: &stage.over };
            let give = give;
            for _ in 0..threads {
                let back = return_taken.clone();
                scope.spawn(|| stage.work(&trials, &tickets, back));
            }
            let mut waiting = BTreeMap::new();
            let mut given = 0;
            for next in 0..trials.len() {
                while given < trials.len() && given < next + AHEAD * threads {
                    let ticket = (given, branch(&trials[given]));
                    given += usize::from(give.send(ticket).is_ok());
                }
                while !waiting.contains_key(&next) {
                    match taken.recv_timeout(PATIENCE) {
                        Ok((k, outcome)) => {
                            let outcome: Outcome = outcome;
                            waiting.insert(k, outcome);
                        }
                        Err(_) => observe(reached(next)).grant(recorder)?,
                    }
                }
                match waiting.remove(&next).expect("it is there") {
                    Ok(taken) => {
                        let taken = taken.map_err(|e| e.in_trial(trials[next].number))?;
                        write(&trials[next], taken, recorder)?;
                    }
                    Err(panic) => resume_unwind(panic),
                }
                observe(reached(next + 1)).grant(recorder)?;
            }
            Ok(())
        });
        if outcome.is_err() {
            // The trials that have ended are not lost.
            recorder.commit()?;
        }
        outcome
    }
}

/// Sends the threads home.
struct End<'a> {
    over: &'a AtomicBool,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl Stage<'_> {
    /// Runs trials one after another as long as there are tickets, on this thread alone.
    fn work(
        &self,
        trials: &[Trial],
        tickets: &Mutex<Receiver<Ticket>>,
        back: Sender<(usize, Outcome)>,
    ) {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        loop {
            let ticket = tickets.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((k, mut dynamics)) = ticket else { return };
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let mut take = || self.take(&trials[k], &mut *dynamics);
            let run = AssertUnwindSafe(|| match &alone {
                Ok(pool) => pool.install(take),
                Err(_) => take(),
            });
            // Whoever waits for this trial must learn of a panic.
            let taken = catch_unwind(run);
            if back.send((k, taken)).is_err() {
                return;
            }
        }
    }

    /// Runs one trial on a branch; what is abandoned is not whole.
    fn take(&self, trial: &Trial, dynamics: &mut dyn Dynamics) -> Result<Taken> {
        dynamics.record_external(self.with_external);
        let start = dynamics.time();
        let mut taken =
            Taken { spikes: Vec::new(), external: Vec::new(), events: Events::default() };
        let epochs = self.task.epochs(trial);
        for (epoch, (_, end)) in epochs.iter().zip(protocol::bounds(&epochs)) {
            dynamics.drive(&protocol::field(epoch, self.populations, self.patterns, self.seed)?);
            while dynamics.time() < start + end && !self.over.load(Ordering::Relaxed) {
                dynamics.advance((start + end).min(dynamics.time() + STEP))?;
                taken.spikes.extend_from_slice(dynamics.observable().spikes());
                let external = dynamics.external_input().map(|input| input.recorded());
                taken.external.extend_from_slice(external.unwrap_or_default());
            }
        }
        place(&mut taken.spikes, start, trial);
        place(&mut taken.external, start, trial);
        taken.events = dynamics.events();
        Ok(taken)
    }
}

/// Moves spikes of a trial that ran from `start` (ms) to its place in the recording.
///
/// Rounding may let two times become one, whose order is then that of the neurons, and must move none out of the
/// trial.
fn place(spikes: &mut [Spike], start: f64, trial: &Trial) {
    let (shift, last) = (trial.start - start, trial.end.next_down());
    for spike in spikes.iter_mut() {
        spike.time = (spike.time + shift).max(trial.start).min(last);
    }
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
}

/// Writes a trial as if it had been observed while it ran.
fn write(trial: &Trial, taken: &Taken, recorder: &mut Recorder) -> Result<()> {
    recorder.begin(trial.start);
    let (mut spikes, mut external) = (&taken.spikes[..], &taken.external[..]);
    let mut time = trial.start;
    while time < trial.end {
        time = recorder.next_sample().min(trial.end);
        let before = |spikes: &mut &[Spike]| {
            let (now, later) = spikes.split_at(spikes.partition_point(|s| s.time < time));
            *spikes = later;
            now.to_vec()
        };
        recorder.observe_external(&before(&mut external))?;
        recorder.observe(&before(&mut spikes), time)?;
    }
    recorder.end_trial()
}
