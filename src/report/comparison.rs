//! Recall beside its theory.

use crate::analysis::RecallTrials;
use crate::statistics::Mean;
use crate::theory::Theory;
use serde::Serialize;
use std::fmt;

/// What theory expects of a column of the trials of recall, beside what was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    quantity: String,
    expected: f64,
    /// Mean over the trials of which theory knows something, and its standard error.
    measured: f64,
    sem: f64,
    trials: usize,
    /// What the theory is called.
    theory: String,
}

impl Comparison {
    /// Every column of which the theory knows something.
    pub fn all(theory: &Theory, trials: &RecallTrials) -> Vec<Self> {
        let ages = trials.values("age").unwrap_or_default();
        let compare = |column: &str| {
            let values = trials.values(column)?;
            // Whoever does not need an age knows all trials.
            let all = theory.expects(column, None);
            let of = |k: &usize| all.or_else(|| theory.expects(column, ages.get(*k).copied()));
            let known: Vec<(f64, f64)> =
                trials.all().iter().filter_map(|k| Some((of(k)?, values[*k]))).collect();
            let measured = Mean::of(known.iter().map(|pair| pair.1));
            (!known.is_empty()).then(|| Self {
                quantity: column.to_owned(),
                expected: Mean::of(known.iter().map(|pair| pair.0)).value,
                measured: measured.value,
                sem: measured.sem,
                trials: known.len(),
                theory: theory.name(column),
            })
        };
        ["first_step", "overlap", "errors", "activity"].into_iter().filter_map(compare).collect()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let decimals = if self.quantity == "errors" { 2 } else { 5 };
        let measured = match self.sem.is_nan() {
            true => format!("{:.decimals$}", self.measured),
            false => format!("{:.decimals$} +- {:.decimals$}", self.measured, self.sem),
        };
        let Self { quantity, expected, trials, theory, .. } = self;
        write!(f, "  {quantity:<16} {trials:>7} {measured:>21} {expected:>10.decimals$}  {theory}")
    }
}
