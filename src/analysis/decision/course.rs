//! The course of the overlaps over a trial, as they were sampled.

use super::Decisions;
use crate::error::Result;
use crate::recording::Recording;
use crate::table::Table;

/// Overlaps (Hz) of every trial over time, which counts from the onset of the sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Centres of the intervals that all trials have, ms.
    pub time: Vec<f64>,
    /// With the sample: by trial, then by interval.
    pub sample: Vec<Vec<f64>>,
    /// With the test.
    pub test: Vec<Vec<f64>>,
    /// With every distractor, in order; none without distractors.
    pub distractors: Vec<Vec<Vec<f64>>>,
}

impl Course {
    /// Of all trials that have ended.
    pub fn of(recording: &Recording, decisions: &Decisions) -> Result<Self> {
        let mut course = Self::default();
        let Some(samples) = recording.overlaps(&decisions.population)? else { return Ok(course) };
        for trial in &decisions.trials {
            let rows = samples.within(trial.start, trial.end);
            if course.sample.is_empty() {
                let centres = samples.time[rows.clone()].iter();
                course.time = centres.map(|t| t - trial.sample_onset).collect();
            }
            let with = |mu: usize| rows.clone().map(|k| samples.row(k)[mu]).collect::<Vec<f64>>();
            course.sample.push(with(trial.sample));
            course.test.push(with(trial.test));
            course.distractors.push(trial.distractors.iter().map(|d| with(d.pattern)).collect());
        }
        let least = course.sample.iter().map(Vec::len).min().unwrap_or(0);
        course.time.truncate(least);
        Ok(course)
    }

    /// Mean over `trials` of the values that `of` gives each, and its s.e.m., by interval.
    pub fn mean(&self, trials: &[usize], of: impl Fn(usize) -> Vec<f64>) -> Vec<(f64, f64)> {
        let all: Vec<Vec<f64>> = trials.iter().map(|&k| of(k)).collect();
        let at = |i: usize| {
            let values: Vec<f64> = all.iter().map(|course| course[i]).collect();
            super::levels::mean_and_error(&values)
        };
        (0..self.time.len()).map(at).collect()
    }

    /// One row per trial and interval.
    pub fn table(&self, decisions: &Decisions) -> Table {
        let length = self.time.len();
        let trials = || decisions.trials.iter().zip(0..);
        let each = |of: &dyn Fn(usize) -> Vec<f64>| {
            trials().flat_map(|(_, k)| of(k).into_iter().take(length)).collect::<Vec<f64>>()
        };
        let numbers = trials().flat_map(|(t, _)| std::iter::repeat_n(t.number as u64, length));
        let table = Table::default()
            .whole("trial", numbers.collect())
            .real("time_ms", each(&|_| self.time.clone()))
            .real("sample_overlap_hz", each(&|k| self.sample[k].clone()))
            .real("test_overlap_hz", each(&|k| self.test[k].clone()));
        let distractors = self.distractors.first().map_or(0, Vec::len);
        (0..distractors).fold(table, |table, d| {
            let name = format!("{}_overlap_hz", crate::task::distractor_name(d));
            table.real(name, each(&|k| self.distractors[k][d].clone()))
        })
    }
}
