//! The summary of a sweep, for people and for programs.

use super::written::WARNING;
use super::{Failure, SweepTable, Warned};
use crate::error::{counted, widest};
use crate::statistics::Mean;
use crate::theory::Theory;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;

/// Widest line of a summary, and most columns that are printed in full.
const WIDTH: usize = 110;
const COLUMNS: usize = 18;
/// Most runs of which it is printed what is hardly meant.
const WARNINGS: usize = 3;

/// What the table of a sweep tells.
#[derive(Clone, Debug, Serialize)]
pub struct SweepSummary {
    title: String,
    /// Which of the runs it is about, if not all: I/N.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    /// Whether every run of them has ended.
    complete: bool,
    runs: usize,
    ended: usize,
    repeat: usize,
    /// Unit of every swept key; empty if it has none.
    keys: IndexMap<String, String>,
    points: Vec<PointSummary>,
    /// Runs that failed, and why.
    pub failed: Vec<Failure>,
    /// Runs of which something was found that is hardly meant, and what.
    pub warned: Vec<Warned>,
    version: String,
    table_hash: String,
}

/// Means over the runs of one point.
#[derive(Clone, Debug, Serialize)]
pub struct PointSummary {
    /// Values of the swept keys, with their units.
    values: Vec<String>,
    ended: usize,
    failed: usize,
    measured: IndexMap<String, Mean>,
    /// What theory expects of them, where one applies.
    expected: IndexMap<String, f64>,
}

impl SweepSummary {
    /// That of a whole table, or of one whose sweep goes on.
    pub fn of(table: &SweepTable) -> Self {
        let scales = table.scales();
        let axes = table.grid.axes.iter().zip(&scales);
        // Numbers of patterns have no mean.
        let numbers_pattern = |name: &str| name.ends_with(".pattern") || name.ends_with(".holds");
        let means = table.measured.iter().filter(|name| !numbers_pattern(name));
        let columns: Vec<(&String, Vec<f64>)> =
            means.filter_map(|name| Some((name, table.numbers(name)?))).collect();
        let points = table.points().into_iter().enumerate().map(|(k, point)| {
            let theory = table.model(k).ok().as_ref().and_then(Theory::of);
            let expects = |(name, _): &(&String, Vec<f64>)| {
                Some(((*name).clone(), theory.as_ref()?.expects(name, None)?))
            };
            let mean = |(name, values): &(&String, Vec<f64>)| {
                ((*name).clone(), Mean::of(point.rows.iter().map(|row| values[*row])))
            };
            PointSummary {
                values: scales.iter().zip(&point.place).map(|(s, k)| s.describe(*k)).collect(),
                ended: point.rows.len() + point.failed.len(),
                failed: point.failed.len(),
                measured: columns.iter().map(mean).collect(),
                expected: columns.iter().filter_map(expects).collect(),
            }
        });
        Self {
            title: table.title(),
            shard: table.shard.is_part().then(|| table.shard.to_string()),
            complete: table.complete,
            runs: table.shard.runs(table.grid.runs()).len(),
            ended: table.runs.rows(),
            repeat: table.grid.repeat,
            keys: axes.map(|(a, s)| (a.key.clone(), s.unit().to_owned())).collect(),
            points: points.collect(),
            failed: table.failures(),
            warned: table.warned(),
            version: table.version.clone(),
            table_hash: table.table_hash.clone(),
        }
    }

    /// Names of what was measured.
    fn names(&self) -> impl Iterator<Item = &String> {
        self.points.first().into_iter().flat_map(|point| point.measured.keys())
    }

    /// The columns as texts, each below its name: keys first, then means, each beside what theory expects.
    fn columns(&self) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
        let below = |name: &str, values: Vec<String>| {
            [name.to_owned()].into_iter().chain(values).collect::<Vec<_>>()
        };
        let mut keys: Vec<Vec<String>> = Vec::new();
        for (k, name) in self.keys.keys().enumerate() {
            keys.push(below(name, self.points.iter().map(|p| p.values[k].clone()).collect()));
        }
        let ended = |p: &PointSummary| match p.failed {
            0 => p.ended.to_string(),
            failed => format!("{} ({failed} failed)", p.ended),
        };
        keys.push(below("runs", self.points.iter().map(ended).collect()));
        let means = self.names().take(COLUMNS).flat_map(|name| {
            let means = self.points.iter().map(|p| p.measured[name].to_string()).collect();
            let known = self.points.iter().any(|p| p.expected.contains_key(name));
            let expected = |p: &PointSummary| match p.expected.get(name) {
                Some(mean) => Mean { value: *mean, sem: f64::NAN, number: 0 }.to_string(),
                None => "-".to_owned(),
            };
            let expected = known.then(|| self.points.iter().map(expected).collect());
            [Some(below(name, means)), expected.map(|values| below("(theory)", values))]
        });
        (keys, means.flatten().collect())
    }
}

impl fmt::Display for SweepSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (points, runs) = (self.points.len(), counted(self.repeat, "run"));
        writeln!(f, "{}: {points} points, {runs} each", self.title)?;
        if let Some(shard) = &self.shard {
            writeln!(f, "  shard {shard}, which has {}", counted(self.runs, "run"))?;
        }
        if !self.complete {
            writeln!(f, "  INCOMPLETE: {} of {} runs have ended", self.ended, self.runs)?;
        }
        let (keys, means) = self.columns();
        let width = |column: &Vec<String>| widest(column, 0) + 2;
        let lead: usize = keys.iter().map(width).sum();
        let mut rest = &means[..];
        // Columns that find no room stand in a further block, beside the keys again.
        loop {
            let mut used = lead;
            let fits = |column: &&Vec<String>| {
                used += width(column);
                used <= WIDTH
            };
            let number = rest.iter().take_while(fits).count().max(1).min(rest.len());
            let (block, later) = rest.split_at(number);
            writeln!(f)?;
            for line in 0..=self.points.len() {
                let cells = keys.iter().chain(block).map(|c| format!("{:>1$}", c[line], width(c)));
                writeln!(f, "{}", cells.collect::<String>())?;
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let further: Vec<&str> = self.names().skip(COLUMNS).map(String::as_str).collect();
        if let [first, .., last] = further[..] {
            let number = further.len();
            writeln!(
                f,
                "\n  and {number} further columns, {first} to {last} (print them with `attractor info --json`)"
            )?;
        } else if let [one] = further[..] {
            writeln!(f, "\n  and {one} (print it with `attractor info --json`)")?;
        }
        if self.repeat > 1 {
            writeln!(f, "\n  mean ± s.e.m. over the runs of a point, which differ in their seed")?;
        }
        if self.points.iter().any(|point| !point.expected.is_empty()) {
            writeln!(
                f,
                "  (theory): expected of the column before it, from the model's parameters"
            )?;
        }
        for failure in &self.failed {
            writeln!(f, "\n  FAILED  {}\n          {}", failure.run, failure.error)?;
        }
        for warned in self.warned.iter().take(WARNINGS) {
            writeln!(f, "\n  WARNING {}\n          {}", warned.run, warned.warning)?;
        }
        if let more @ 1.. = self.warned.len().saturating_sub(WARNINGS) {
            let more = counted(more, "further run");
            writeln!(f, "\n  WARNING {more} alike (the column `{WARNING}` of /runs tells them)")?;
        }
        if !self.table_hash.is_empty() {
            writeln!(f, "\n  table hash {}", self.table_hash)?;
        }
        Ok(())
    }
}
