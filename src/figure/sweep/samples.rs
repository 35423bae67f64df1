//! The values that a figure shows, and means of them.

use super::unknown;
use crate::error::Result;
use crate::plot::sweep::Measured;
use crate::statistics::{Mean, Share};
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
    /// If y is the share of trials or cues that went well, how many there were.
    pub of: Option<usize>,
}

/// Whether the values of a column are such shares: of samples or cues that are held, of trials with a choice, of right answers, and
/// of tours. Recalls of one binary network are too much alike for a binomial interval.
fn is_share(column: &str) -> bool {
    ["held", "cues_held", "decided", "correct", "valid", "optimal"].contains(&column)
        || column.ends_with(".held")
        || column.ends_with("_correct")
}

/// All values of a column.
pub struct Samples {
    pub all: Vec<Sample>,
    /// Whether they are those of trials.
    pub of_trials: bool,
    /// What they are shares of, if they are.
    of: &'static str,
}

/// The samples of a curve.
pub struct Group {
    /// What distinguishes it.
    pub place: Vec<f64>,
    /// In the order of the table.
    pub members: Vec<Member>,
    /// The points of the sweep that it holds.
    pub points: Vec<usize>,
}

/// A sample of a curve.
#[derive(Clone, Copy)]
pub struct Member {
    pub x: f64,
    /// Number of its run, from 0.
    pub run: usize,
    pub y: f64,
    /// How many trials or cues y is a share of, if it is one.
    pub of: Option<usize>,
}

/// A column as numbers: flags are 0 and 1; none of words.
pub fn numbers(table: &Table, name: &str) -> Option<Vec<f64>> {
    table.column(name)?.numbers()
}

impl Samples {
    /// Those of column `y`: of trials, or if they have none of whole runs.
    pub fn of(table: &SweepTable, y: &str) -> Result<Self> {
        let repeat = table.grid.repeat;
        let is_measured = |y: &str| table.measured.iter().any(|name| name == y);
        // In a table without trials what is held is cues.
        let held = y == "held" && numbers(&table.trials, y).is_none();
        let y = if held && is_measured("cues_held") { "cues_held" } else { y };
        let share = is_share(y);
        let sample = |run: usize, trial, y, of| Sample { point: run / repeat, run, trial, y, of };
        if let Some(values) = numbers(&table.trials, y) {
            let runs = numbers(&table.trials, "run").unwrap_or_default();
            let all = values.iter().zip(&runs).enumerate();
            let all = all
                .map(|(k, (y, run))| sample(*run as usize - 1, Some(k), *y, share.then_some(1)))
                .collect();
            // A trial of a decision without a choice is neither right nor wrong.
            let chosen = y == "correct" && table.trials.column("decided").is_some();
            let of = if chosen { "trials with a choice" } else { "trials" };
            return Ok(Self { all, of_trials: true, of });
        }
        let Some(values) = table.numbers(y).filter(|_| is_measured(y)) else {
            let trials = table.trials.columns().map(|(name, _)| name);
            let known = table.measured.iter().map(String::as_str).chain(trials);
            return Err(unknown("--y", y, "column", known));
        };
        let runs = table.numbers_of_runs();
        let rows = table.points().into_iter().flat_map(|point| point.rows);
        let trials = y.ends_with("_correct") || y == "correct" || y == "held";
        let of = match y {
            "cues_held" => table.numbers("cues"),
            _ if trials => table.numbers("trials"),
            _ => None,
        };
        let of = |row: usize| match &of {
            Some(of) => share.then_some(of[row] as usize),
            None => share.then_some(1),
        };
        let all = rows.map(|row| sample(runs[row], None, values[row], of(row))).collect();
        Ok(Self { all, of_trials: false, of: if trials { "trials" } else { "cues" } })
    }

    /// What the bars of a figure are.
    pub fn note(&self, table: &SweepTable, groups: &[Group]) -> String {
        let repeat = table.grid.repeat;
        if self.all.iter().any(|sample| sample.of.is_some()) {
            return format!("of all {}, with the 95 % interval (Wilson)", self.of);
        }
        let several = |group: &Group| group.points.len() < group.runs();
        match self.of_trials {
            _ if repeat > 1 && table.is_whole() => format!("mean ± s.e.m. over {repeat} runs"),
            _ if groups.iter().any(several) => "mean ± s.e.m. over runs".to_owned(),
            true => "mean ± s.e.m. over trials".to_owned(),
            false => String::new(),
        }
    }
}

impl Group {
    fn runs(&self) -> usize {
        let mut runs: Vec<usize> = self.members.iter().map(|m| m.run).collect();
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
/// their own, or over the trials of one run. Of shares all that they are shares of count together, and the bar is the
/// binomial interval.
pub fn measured(members: &[Member], bins: &[f64]) -> Vec<Measured> {
    let mut held: BTreeMap<usize, Vec<&Member>> = BTreeMap::new();
    for member in members.iter().filter(|m| m.x.is_finite() && !m.y.is_nan()) {
        let bin = bins.partition_point(|edge| *edge <= member.x).max(1) - 1;
        held.entry(bin).or_default().push(member);
    }
    let mean = |members: &Vec<&Member>| {
        let mut runs: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for Member { run, y, .. } in members {
            runs.entry(*run).or_default().push(*y);
        }
        let own = |values: &Vec<f64>| Mean::of(values.iter().copied()).value;
        let of_runs = Mean::of(runs.values().map(own));
        let mean = if runs.len() > 1 { of_runs } else { Mean::of(members.iter().map(|m| m.y)) };
        // The mean of equal values may differ from them in the last digit.
        let alike = members.iter().all(|m| m.x == members[0].x);
        let x = if alike { members[0].x } else { Mean::of(members.iter().map(|m| m.x)).value };
        match pooled(members) {
            Some(share) => {
                let interval = Some(share.interval());
                Measured { x, mean: share.value(), sem: f64::NAN, interval }
            }
            None => Measured { x, mean: mean.value, sem: mean.sem, interval: None },
        }
    };
    held.values().map(mean).collect()
}

/// All trials or cues of which these are shares, if they are.
fn pooled(members: &[&Member]) -> Option<Share> {
    let mut all = Share::default();
    for member in members {
        let of = member.of?;
        all.of += of;
        all.number += (member.y * of as f64).round() as usize;
    }
    (all.of > 0).then_some(all)
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
        let member = |(x, run, y)| Member { x, run, y, of: None };
        let members = [(0.0, 0, 0.0), (0.0, 0, 2.0), (0.0, 1, 3.0), (1.0, 0, 0.0), (1.0, 0, 2.0)];
        let members = members.map(member);
        let found = measured(&members, &bins(members.iter().map(|m| m.x)));
        assert_eq!(found[0], Measured { x: 0.0, mean: 2.0, sem: 1.0, interval: None });
        assert_eq!(found[1], Measured { x: 1.0, mean: 1.0, sem: 1.0, interval: None });
        let gap = measured(&[member((0.5, 0, f64::NAN))], &[0.5]);
        assert!(gap.is_empty());
    }

    #[test]
    fn shares_of_cues_have_the_interval_of_all_cues_together() {
        let run = |run, y, of| Member { x: 1.0, run, y, of: Some(of) };
        let found = measured(&[run(0, 1.0, 6), run(1, 0.5, 6), run(2, 5.0 / 6.0, 6)], &[1.0]);
        let all = Share { number: 14, of: 18 };
        assert_eq!((found[0].mean, found[0].interval), (all.value(), Some(all.interval())));
    }
}
