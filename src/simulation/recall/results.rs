//! What is found in trials of recall, column by column.

use super::{Look, Recalled, Stage};
use crate::dynamics::Attractor;
use crate::pattern::{StateOverlap, pack};
use crate::table::Table;
use crate::task::RecallTrial;
use std::ops::Range;

/// The columns of results, which grow trial by trial.
pub(super) struct Results {
    overlap: StateOverlap,
    own: Range<usize>,
    real: Vec<(&'static str, Vec<f64>)>,
    nearest: Vec<u64>,
    /// Patterns that were stored after that of the trial.
    age: Vec<u64>,
    exact: Vec<bool>,
    settled: Vec<bool>,
    cycles: Vec<bool>,
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
    pub fn new(stage: &Stage) -> Self {
        Self {
            overlap: StateOverlap::new(stage.patterns),
            own: stage.own.clone(),
            real: REAL.map(|name| (name, Vec::new())).into(),
            nearest: Vec::new(),
            age: Vec::new(),
            exact: Vec::new(),
            settled: Vec::new(),
            cycles: Vec::new(),
            outcome: Vec::new(),
        }
    }

    pub fn add(&mut self, trial: &RecallTrial, taken: &Recalled) {
        let (first, last) = (&taken.looks[0], &taken.looks[taken.looks.len() - 1]);
        let own = |look: &Look| look.active(self.own.end)[self.own.clone()].to_vec();
        let (mut m, mut m_start) = (Vec::new(), Vec::new());
        let state = own(last);
        self.overlap.m(&pack(&own(first)), &mut m_start);
        self.overlap.m(&pack(&state), &mut m);
        let errors = self.overlap.errors(trial.pattern, &pack(&state));
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
            first.energy.unwrap_or(f64::NAN),
            last.energy.unwrap_or(f64::NAN),
            nearest.1,
            other,
            active as f64 / state.len() as f64,
        ];
        self.real.iter_mut().zip(values).for_each(|((_, column), value)| column.push(value));
        self.nearest.push(nearest.0 as u64 + 1);
        self.age.push((m.len() - 1 - trial.pattern) as u64);
        let cycles = matches!(taken.attractor, Some(Attractor::Cycle(_)));
        // Of a cycle the last state is one of many.
        self.exact.push(errors == 0 && !cycles);
        self.cycles.push(cycles);
        self.settled.push(taken.attractor == Some(Attractor::FixedPoint));
        self.outcome.push(match taken.attractor {
            Some(Attractor::FixedPoint) => "fixed point".to_owned(),
            Some(Attractor::Cycle(period)) => format!("cycle of {period}"),
            None => "not settled".to_owned(),
        });
    }

    pub fn table(self) -> Table {
        let mut table = Table::default();
        for (name, column) in self.real {
            table = table.real(name, column);
        }
        table
            .whole("nearest", self.nearest)
            .whole("age", self.age)
            .flag("exact", self.exact)
            .flag("settled", self.settled)
            .flag("cycles", self.cycles)
            .text("outcome", self.outcome)
    }
}
