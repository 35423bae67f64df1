//! Points of a sweep: means over the runs that differ in their seed only.

use super::{SweepTable, Values};
use crate::error::Result;
use crate::model::{Document, Model};
use serde::Serialize;

/// A mean over runs; NaN values are left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mean {
    /// NaN of none.
    pub mean: f64,
    /// Standard error of the mean: s.d. (n - 1) / sqrt(n). NaN below two runs.
    pub sem: f64,
    pub runs: usize,
}

impl Mean {
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let sem = if values.len() < 2 { f64::NAN } else { (squares / (n - 1.0) / n).sqrt() };
        Self { mean: if values.is_empty() { f64::NAN } else { mean }, sem, runs: values.len() }
    }
}

/// One combination of the values of the swept keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Which value of every axis it has.
    pub place: Vec<usize>,
    /// Rows of /runs that have ended without an error, and those with one.
    pub rows: Vec<usize>,
    pub failed: Vec<usize>,
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// Its number from 1, its point and its seed.
    pub run: String,
    /// Why.
    pub error: String,
}

impl SweepTable {
    /// Every point, in the order of the grid.
    pub fn points(&self) -> Vec<Point> {
        let place = |point| self.grid.place(point);
        let mut points: Vec<Point> = (0..self.grid.points())
            .map(|p| Point { place: place(p), rows: Vec::new(), failed: Vec::new() })
            .collect();
        let errors = self.words("error");
        for (row, run) in self.numbers_of_runs().into_iter().enumerate() {
            let Some(point) = points.get_mut(run / self.grid.repeat) else { continue };
            let failed = errors.get(row).is_some_and(|error| !error.is_empty());
            if failed { &mut point.failed } else { &mut point.rows }.push(row);
        }
        points
    }

    /// The values of every axis.
    pub fn scales(&self) -> Vec<Values> {
        self.grid.axes.iter().map(super::Axis::scale).collect()
    }

    /// Every run that failed.
    pub fn failures(&self) -> Vec<Failure> {
        let seeds = self.numbers("seed").unwrap_or_default();
        let mut failures = Vec::new();
        for (row, run) in self.numbers_of_runs().into_iter().enumerate() {
            let error = self.words("error").get(row).map_or("", String::as_str);
            if !error.is_empty() {
                let mut point = self.grid.settings(run / self.grid.repeat);
                point.push(format!("seed {}", seeds[row]));
                let run = format!("run {} ({})", run + 1, point.join(", "));
                failures.push(Failure { run, error: error.to_owned() });
            }
        }
        failures
    }

    /// The model of point `point`, with the seed of its first run.
    pub fn model(&self, point: usize) -> Result<Model> {
        // The resolved model needs no files.
        Document::new(&self.path, self.model_resolved.clone(), &self.grid.settings(point))?.model()
    }

    /// The model of point `point`, but with another value on axis `axis`.
    pub fn model_at(&self, point: usize, axis: usize, value: f64) -> Result<Model> {
        let mut settings = self.settings.clone();
        settings.extend(self.grid.settings(point));
        let axis = &self.grid.axes[axis];
        settings.extend(axis.settings(&axis.write(value)));
        Document::new(&self.path, self.model_text.clone(), &settings)?.model()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_error_is_that_of_a_sample() {
        let mean = Mean::of([1.0, f64::NAN, 2.0, 3.0].into_iter());
        assert_eq!((mean.mean, mean.runs), (2.0, 3));
        // The sample's variance is 1.
        assert!((mean.sem - 1.0 / 3.0_f64.sqrt()).abs() < 1e-15);
        let one = Mean::of([5.0].into_iter());
        assert!(one.mean == 5.0 && one.sem.is_nan());
        assert!(Mean::of(std::iter::empty()).mean.is_nan());
    }
}
