//! Points of a sweep: means over the runs that differ in their seed only.

use super::written::WARNING;
use super::{SweepTable, Values};
use crate::error::Result;
use crate::model::{Document, Model};
use serde::Serialize;

/// One combination of the values of the swept keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Which value of every axis it has.
    pub place: Vec<usize>,
    /// Rows of /runs that have ended without an error, and those with one.
    pub rows: Vec<usize>,
    /// Those with an error.
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

/// A run of which something was found that is hardly meant, such as saturated neurons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warned {
    /// Its number from 1, its point and its seed.
    pub run: String,
    /// What.
    pub warning: String,
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
        let told = self.told("error");
        told.map(|(run, error)| Failure { run, error }).collect()
    }

    /// Every run that ended, and of which something was found that is hardly meant.
    pub fn warned(&self) -> Vec<Warned> {
        let told = self.told(WARNING);
        told.map(|(run, warning)| Warned { run, warning }).collect()
    }

    /// Runs with words in a column, and these.
    fn told(&self, column: &str) -> impl Iterator<Item = (String, String)> {
        let seeds = self.numbers("seed").unwrap_or_default();
        let words = self.words(column);
        self.numbers_of_runs().into_iter().enumerate().filter_map(move |(row, run)| {
            let words = words.get(row).filter(|words| !words.is_empty())?;
            let mut point = self.grid.settings(run / self.grid.repeat);
            point.push(format!("seed {}", seeds[row]));
            Some((format!("run {} ({})", run + 1, point.join(", ")), words.clone()))
        })
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
