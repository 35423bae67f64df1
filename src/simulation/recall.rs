//! Trials of recall: each branches from the state at the end of the protocol, is put into its pattern, and relaxes.

use super::{Simulation, Wish};
use crate::dynamics::{Attractor, Dynamics, Events, Field};
use crate::error::Result;
use crate::pattern::{Patterns, StateOverlap, pack};
use crate::random::Seed;
use crate::recording::Recorder;
use crate::table::Table;
use crate::task::{Recall, RecallTrial, Task};
use rayon::prelude::*;
use std::ops::Range;

/// Trials that are run before they are written: what bounds the memory.
const AT_ONCE: usize = 32;

/// What a trial leaves.
struct Recalled {
    /// Time from the start (sweeps), state and energy.
    looks: Vec<(f64, Vec<bool>, Option<f64>)>,
    attractor: Option<Attractor>,
    /// Share of the neurons that would change if the network were in the pattern itself.
    first_step: f64,
    sweeps: f64,
    events: Events,
}

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
        };
        let trials = std::mem::take(&mut self.recall);
        let mut results = Results::new(&stage);
        for some in trials.chunks(AT_ONCE) {
            let branch = |trial: &RecallTrial| {
                self.dynamics.branch(stage.seed.child("trial", trial.number as u64))
            };
            let branches: Vec<_> = some.iter().map(|trial| (trial, branch(trial))).collect();
            let taken: Vec<Result<Recalled>> = branches
                .into_par_iter()
                .map(|(trial, mut dynamics)| stage.take(trial, &mut *dynamics))
                .collect();
            for (trial, taken) in some.iter().zip(taken) {
                let taken = taken.map_err(|e| e.in_trial(trial.number))?;
                for (time, active, energy) in &taken.looks {
                    recorder.observe_state(trial.start + time, active, *energy)?;
                }
                results.add(trial, &taken);
                taken.looks.last().iter().for_each(|(_, active, _)| recorder.end_state(active));
                self.in_trials = self.in_trials + taken.events;
                recorder.end_trial()?;
                observe(trial.end).grant(recorder)?;
            }
        }
        self.recalled = Some(results.table());
        Ok(())
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
}

impl Stage<'_> {
    fn take(&self, trial: &RecallTrial, dynamics: &mut dyn Dynamics) -> Result<Recalled> {
        let pure = self.pure(trial);
        dynamics.drive(&pure);
        let unstable = dynamics.unstable(self.own.clone()).unwrap_or_default();
        let place = (self.own.start, self.neurons);
        let (at_start, held) = self.task.fields(trial, self.patterns, place, self.seed);
        dynamics.drive(&at_start);
        dynamics.drive(&held);
        let look = |time: f64, dynamics: &dyn Dynamics| {
            (time, dynamics.active().unwrap_or_default().to_vec(), dynamics.energy())
        };
        let begin = dynamics.time();
        let longest = self.task.sweeps as f64;
        let mut looks = vec![look(0.0, dynamics)];
        let mut time = 0.0;
        while time < longest && dynamics.attractor().is_none() {
            let wanted = (looks.len() as f64 * self.interval).min(longest);
            // The end is looked for after every sweep, whatever is recorded.
            time = (time + 1.0).min(wanted);
            dynamics.advance(begin + time)?;
            if time >= wanted {
                looks.push(look(time, dynamics));
            }
        }
        if looks.last().is_some_and(|(last, ..)| *last < time) {
            looks.push(look(time, dynamics));
        }
        Ok(Recalled {
            looks,
            attractor: dynamics.attractor(),
            first_step: unstable as f64 / self.own.len() as f64,
            sweeps: time,
            events: dynamics.events(),
        })
    }

    /// The field that puts the network into the pattern of the trial.
    fn pure(&self, trial: &RecallTrial) -> Field {
        let whole = Recall { clamped: None, ..self.task.clone() };
        let trial = RecallTrial { flipped: 0.0, occluded: 0.0, noise: 0.0, ..trial.clone() };
        let whole = Recall { start: crate::task::Start::Pattern, ..whole };
        whole.fields(&trial, self.patterns, (self.own.start, self.neurons), self.seed).0
    }
}

/// The columns of results, which grow trial by trial.
struct Results {
    overlap: StateOverlap,
    own: Range<usize>,
    real: Vec<(&'static str, Vec<f64>)>,
    nearest: Vec<u64>,
    /// Patterns that were stored after that of the trial.
    age: Vec<u64>,
    exact: Vec<bool>,
    settled: Vec<bool>,
    outcome: Vec<String>,
}

/// The columns of numbers.
const REAL: [&str; 11] = [
    "overlap_start",
    "first_step",
    "overlap",
    "errors",
    "sweeps",
    "period",
    "energy_start",
    "energy",
    "nearest_overlap",
    "other",
    "activity",
];

impl Results {
    fn new(stage: &Stage) -> Self {
        Self {
            overlap: StateOverlap::new(stage.patterns),
            own: stage.own.clone(),
            real: REAL.map(|name| (name, Vec::new())).into(),
            nearest: Vec::new(),
            age: Vec::new(),
            exact: Vec::new(),
            settled: Vec::new(),
            outcome: Vec::new(),
        }
    }

    fn add(&mut self, trial: &RecallTrial, taken: &Recalled) {
        let (first, last) = (&taken.looks[0], &taken.looks[taken.looks.len() - 1]);
        let (mut m, mut m_start) = (Vec::new(), Vec::new());
        let state = &last.1[self.own.clone()];
        self.overlap.m(&pack(&first.1[self.own.clone()]), &mut m_start);
        self.overlap.m(&pack(state), &mut m);
        let errors = self.overlap.errors(trial.pattern, &pack(state));
        let by_size = |a: &(usize, &f64), b: &(usize, &f64)| a.1.abs().total_cmp(&b.1.abs());
        let nearest = m.iter().enumerate().max_by(by_size).map_or((0, 0.0), |(mu, m)| (mu, *m));
        let others = m.iter().enumerate().filter(|(mu, _)| *mu != trial.pattern);
        let other = others.map(|(_, m)| m.abs()).fold(f64::NAN, f64::max);
        let period = match taken.attractor {
            Some(Attractor::FixedPoint) => 1.0,
            Some(Attractor::Cycle(period)) => period as f64,
            None => f64::NAN,
        };
        let active = state.iter().filter(|&&active| active).count();
        let values = [
            m_start[trial.pattern],
            taken.first_step,
            m[trial.pattern],
            f64::from(errors),
            taken.sweeps,
            period,
            first.2.unwrap_or(f64::NAN),
            last.2.unwrap_or(f64::NAN),
            nearest.1,
            other,
            active as f64 / state.len() as f64,
        ];
        self.real.iter_mut().zip(values).for_each(|((_, column), value)| column.push(value));
        self.nearest.push(nearest.0 as u64 + 1);
        self.age.push((m.len() - 1 - trial.pattern) as u64);
        self.exact.push(errors == 0);
        self.settled.push(taken.attractor == Some(Attractor::FixedPoint));
        self.outcome.push(match taken.attractor {
            Some(Attractor::FixedPoint) => "fixed point".to_owned(),
            Some(Attractor::Cycle(period)) => format!("cycle of {period}"),
            None => "not settled".to_owned(),
        });
    }

    fn table(self) -> Table {
        let mut table = Table::default();
        for (name, column) in self.real {
            table = table.real(name, column);
        }
        table
            .whole("nearest", self.nearest)
            .whole("age", self.age)
            .flag("exact", self.exact)
            .flag("settled", self.settled)
            .text("outcome", self.outcome)
    }
}
