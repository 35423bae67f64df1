//! The values that a figure shows, and means of them.

use super::unknown;
use crate::error::Result;
use crate::plot::sweep::Measured;
use crate::statistics::Mean;
use crate::sweep::SweepTable;
use crate::table::Table;
use std::collections::BTreeMap;

/// Up to so many values of x stand as they are; more are divided among so many bins.
const VALUES: usize = 40;
const BINS: f64 = 25.0;
/// A gap between bins, in widths of a bin.
const GAP: f64 = 0.5;

/// A value of y.
pub struct Sample {
    pub point: usize,
    /// Number of its run, from 0.
    pub run: usize,
    /// Its row in /trials, if it is that of a trial.
    pub trial: Option<usize>,
    pub y: f64,
}

/// All values of a column.
pub struct Samples {
    pub all: Vec<Sample>,
    /// Whether they are those of trials.
    pub of_trials: bool,
}

/// The samples of a curve.
pub struct Group {
    /// What distinguishes it.
    pub place: Vec<f64>,
    /// x, number of the run, y.
    pub members: Vec<(f64, usize, f64)>,
    /// The points of the sweep that it holds.
    pub points: Vec<usize>,
}

/// A column as numbers: flags are 0 and 1; none of words.
pub fn numbers(table: &Table, name: &str) -> Option<Vec<f64>> {
    table.column(name)?.numbers()
}

impl Samples {
    /// Those of column `y`: of trials, or if they have none of whole runs.
    pub fn of(table: &SweepTable, y: &str) -> Result<Self> {
        let repeat = table.grid.repeat;
        let sample = |run: usize, trial, y| Sample { point: run / repeat, run, trial, y };
        if let Some(values) = numbers(&table.trials, y) {
            let runs = numbers(&table.trials, "run").unwrap_or_default();
            let all = values.iter().zip(&runs).enumerate();
            let all = all.map(|(k, (y, run))| sample(*run as usize - 1, Some(k), *y)).collect();
            return Ok(Self { all, of_trials: true });
        }
        let measured = table.measured.iter().any(|name| name == y);
        let Some(values) = table.numbers(y).filter(|_| measured) else {
            let trials = table.trials.columns().map(|(name, _)| name);
            let known = table.measured.iter().map(String::as_str).chain(trials);
            return Err(unknown("--y", y, "column", known));
        };
        let runs = table.numbers_of_runs();
        let rows = table.points().into_iter().flat_map(|point| point.rows);
        let all = rows.map(|row| sample(runs[row], None, values[row])).collect();
        Ok(Self { all, of_trials: false })
    }

    /// What the bars of a figure are.
    pub fn note(&self, table: &SweepTable, groups: &[Group]) -> String {
        let repeat = table.grid.repeat;
        let several = |group: &Group| group.points.len() < group.runs();
        match self.of_trials {
            _ if repeat > 1 && table.complete => format!("mean ± s.e.m. over {repeat} runs"),
            _ if groups.iter().any(several) => "mean ± s.e.m. over runs".to_owned(),
            true => "mean ± s.e.m. over trials".to_owned(),
            false => String::new(),
        }
    }
}

impl Group {
    fn runs(&self) -> usize {
        let mut runs: Vec<usize> = self.members.iter().map(|m| m.1).collect();
        runs.sort_unstable();
        runs.dedup();
        runs.len()
    }
}

/// Where bins of x begin: at every value, or where there are too many after every gap, and at least in equal distances
/// (whole ones, of whole numbers).
pub fn bins(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let (Some(low), Some(high)) = (values.first(), values.last()) else { return values };
    if values.len() <= VALUES {
        return values;
    }
    let width = (high - low) / BINS;
    let whole = values.iter().all(|v| v.fract() == 0.0);
    let width = if whole { width.ceil() } else { width };
    let mut edges = vec![*low];
    for pair in values.windows(2) {
        let begin = edges[edges.len() - 1];
        // Overlaps that scatter around those of levels belong together.
        if pair[1] - begin >= width || pair[1] - pair[0] > GAP * width {
            edges.push(pair[1]);
        }
    }
    edges
}

/// The mean of every bin that holds a sample, at the mean of x. Its standard error is that over runs, which have networks of
/// their own, or over the trials of one run.
pub fn measured(members: &[(f64, usize, f64)], bins: &[f64]) -> Vec<Measured> {
    let mut held: BTreeMap<usize, Vec<&(f64, usize, f64)>> = BTreeMap::new();
    for member in members.iter().filter(|m| m.0.is_finite() && !m.2.is_nan()) {
        let bin = bins.partition_point(|edge| *edge <= member.0).max(1) - 1;
        held.entry(bin).or_default().push(member);
    }
    let mean = |members: &Vec<&(f64, usize, f64)>| {
        let mut runs: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (_, run, y) in members {
            runs.entry(*run).or_default().push(*y);
        }
        let own = |values: &Vec<f64>| Mean::of(values.iter().copied()).value;
        let of_runs = Mean::of(runs.values().map(own));
        let mean = if runs.len() > 1 { of_runs } else { Mean::of(members.iter().map(|m| m.2)) };
        // The mean of equal values may differ from them in the last digit.
        let alike = members.iter().all(|m| m.0 == members[0].0);
        let x = if alike { members[0].0 } else { Mean::of(members.iter().map(|m| m.0)).value };
        Measured { x, mean: mean.value, sem: mean.sem }
    };
    held.values().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_stand_as_they_are_and_many_share_bins() {
        assert_eq!(bins([0.3, 0.1, f64::NAN, 0.1].into_iter()), [0.1, 0.3]);
        let whole = bins((0..400).map(f64::from));
        assert_eq!((whole.len(), whole[1]), (25, 16.0));
        let real = bins((0..=400).map(|k| f64::from(k) / 400.0 + 0.001));
        assert!((25..=26).contains(&real.len()) && (real[1] - real[0] - 0.04).abs() < 1e-9);
        // Levels 0.05 apart that scatter by 0.004 are 21 bins.
        let levels = (0..210).map(|k| f64::from(k % 21) * 0.05 + f64::from(k / 21) * 0.0004);
        assert_eq!(bins(levels).len(), 21);
        assert!(bins(std::iter::empty()).is_empty());
    }

    #[test]
    fn the_error_is_that_over_networks_where_there_are_several() {
        // Two runs with the means 1 and 3: 2 +- 1. One run: 1 +- 1.
        let members = [(0.0, 0, 0.0), (0.0, 0, 2.0), (0.0, 1, 3.0), (1.0, 0, 0.0), (1.0, 0, 2.0)];
        let found = measured(&members, &bins(members.iter().map(|m| m.0)));
        assert_eq!(found[0], Measured { x: 0.0, mean: 2.0, sem: 1.0 });
        assert_eq!(found[1], Measured { x: 1.0, mean: 1.0, sem: 1.0 });
        let gap = measured(&[(0.5, 0, f64::NAN)], &[0.5]);
        assert!(gap.is_empty());
    }
}
