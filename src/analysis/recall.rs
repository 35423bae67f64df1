//! Recall of binary networks: how its trials went, by what varied.
//!
//! What was found in the trials is told from the recording, trial by trial, and averaged.

mod expect;
mod results;

pub use expect::{ExpectRecall, ExpectState, Quantity, Watched};
pub(super) use expect::{bounds, check_bounds, check_share, lies};
pub use results::results;

use crate::error::Result;
use crate::recording::Recording;
use crate::statistics::Mean;
use crate::table::Table;
use crate::task::Task;

/// The trials of recall of a recording that ended, one row each.
#[derive(Clone, Debug)]
pub struct RecallTrials {
    /// What was drawn.
    pub drawn: Table,
    /// What was found.
    pub found: Table,
}

impl RecallTrials {
    /// Of a recording with trials of `task`: with the results that stand in it, or that are found in it now; none of
    /// another.
    pub fn of(recording: &Recording, task: Option<&Task>) -> Result<Option<Self>> {
        let Some(task) = task.and_then(Task::recall) else { return Ok(None) };
        let found = match recording.results()? {
            None => results(recording, task)?,
            stored => stored,
        };
        Ok(recording.drawn()?.zip(found).map(|(drawn, found)| Self { drawn, found }))
    }

    /// Number of trials.
    pub fn number(&self) -> usize {
        self.found.rows()
    }

    /// A column as numbers: flags are 0 and 1; none of text.
    pub fn values(&self, name: &str) -> Option<Vec<f64>> {
        self.found.column(name).or(self.drawn.column(name))?.numbers()
    }

    /// The trials, from 0, in which `quantity` has each of its levels, ascending.
    pub fn by_level(&self, quantity: &str) -> Vec<(f64, Vec<usize>)> {
        let Some(values) = self.values(quantity) else { return Vec::new() };
        let mut levels = values.clone();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let of = |level: f64| (0..values.len()).filter(|&k| values[k] == level).collect();
        levels.into_iter().map(|level| (level, of(level))).collect()
    }

    /// The mean of a column over `trials`.
    pub fn mean(&self, name: &str, trials: &[usize]) -> Mean {
        let values = self.values(name).unwrap_or_default();
        Mean::of(trials.iter().filter_map(|&k| values.get(k).copied()))
    }

    /// All trials.
    pub fn all(&self) -> Vec<usize> {
        (0..self.number()).collect()
    }
}
