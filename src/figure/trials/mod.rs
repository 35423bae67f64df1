//! Sessions: the tables and figures of the trials of a recording.
//!
//! This is where analyses meet figures: nothing is computed here but which neurons are shown.

mod figures;
mod neurons;

use crate::analysis::trials::{Activities, Options, Psth};
use crate::analysis::{Course, Decisions, LevelCurve, level_curves};
use crate::error::{Error, Result};
use crate::recording::Recording;
use crate::table::Table;
use crate::task::{self, DelayedMatch};
use neurons::Neurons;
use std::ops::Range;

/// Everything that is found in the trials of a recording.
pub struct Session<'a> {
    recording: &'a Recording,
    /// Of the model.
    title: String,
    decisions: Decisions,
    course: Course,
    activities: Activities,
    neurons: Neurons,
    levels: Vec<LevelCurve>,
}

impl<'a> Session<'a> {
    /// Analyses the trials of `recording`, whose model has this `title` and `task`. The single neurons are those of
    /// the range `neurons`, or typical ones.
    ///
    /// # Errors
    /// If no trial has ended, or the options do not fit the trials.
    pub fn of(
        recording: &'a Recording,
        title: &str,
        task: &DelayedMatch,
        options: Options,
        neurons: Option<Range<u64>>,
    ) -> Result<Self> {
        let decisions = Decisions::of(recording, task)?;
        let found = match decisions {
            Some(decisions) => Activities::of(recording, &decisions, options)?.zip(Some(decisions)),
            None => None,
        };
        let Some((activities, decisions)) = found else {
            return Err(Error::file(
                recording.path(),
                "found no trial that has ended",
                "let the run go on for longer",
            ));
        };
        let course = Course::of(recording, &decisions)?;
        let neurons = Neurons::of(recording, &decisions, &activities, neurons, options.bin)?;
        let levels = level_curves(&decisions);
        let title = title.to_owned();
        Ok(Self { recording, title, decisions, course, activities, neurons, levels })
    }

    /// The tables, by name: trials, decisions, overlaps, levels, rates of single
    /// neurons, and those of [`Activities::tables`].
    pub fn tables(&self) -> Vec<(String, Table)> {
        let Self { decisions, course, activities, neurons, levels, .. } = self;
        let trials = task::to_table(&decisions.trials).beside(decisions.table());
        let mut tables = vec![
            ("trials".to_owned(), trials),
            ("roc".to_owned(), decisions.roc_table()),
            ("overlaps".to_owned(), course.table(decisions)),
        ];
        let level = |curve: &LevelCurve| (format!("levels_{}", curve.quantity), curve.table());
        tables.extend(levels.iter().map(level));
        tables.extend(activities.tables());
        let rates = std::slice::from_ref(&neurons.rates);
        tables.push(("psth_neurons".to_owned(), Psth::table(rates)));
        tables
    }
}
