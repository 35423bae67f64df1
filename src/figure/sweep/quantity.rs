//! Against what something is drawn, and what distinguishes curves.

use super::label;
use super::samples::{Samples, numbers};
use super::unknown;
use crate::error::{Error, Place, Result};
use crate::model::Model;
use crate::plot::chart::Scale;
use crate::plot::sweep::Series;
use crate::sweep::{Spacing, SweepTable, Values};
use crate::synapse::Connect;

/// Columns of /trials that vary if they are lists of levels.
const LEVELS: [&str; 5] = ["flipped", "occluded", "noise", "items_shown", "coherence"];

/// A number of every point of a sweep, or of every trial.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A swept key, by its place among the axes.
    Key(usize),
    /// P/N, or P per sender where connections are sparse.
    Load,
    CodingLevel,
    Temperature,
    /// The age of the pattern of a trial, in units of N.
    RelativeAge,
    /// A column of /trials.
    Trial(String),
}

impl Quantity {
    pub fn named(table: &SweepTable, argument: &str, name: &str) -> Result<Self> {
        let axes = &table.grid.axes;
        let key = |k: &usize| axes[*k].key == name || axes[*k].keys().any(|key| key == name);
        if let Some(k) = (0..axes.len()).find(key) {
            return Ok(Self::Key(k));
        }
        let of_trial = |name: &str| numbers(&table.trials, name).is_some();
        match name {
            "load" => Ok(Self::Load),
            "coding_level" => Ok(Self::CodingLevel),
            "temperature" => Ok(Self::Temperature),
            "age/N" if of_trial("age") => Ok(Self::RelativeAge),
            _ if of_trial(name) => Ok(Self::Trial(name.to_owned())),
            _ => {
                let derived = ["load", "coding_level", "temperature"].into_iter();
                let keys = axes.iter().map(|axis| axis.key.as_str());
                let known = keys.chain(derived).chain(table.trials.columns().map(|c| c.0));
                Err(unknown(argument, name, "swept key or column of trials", known))
            }
        }
    }

    /// The first that varies: a swept key with numbers, levels of trials, or a swept key with words.
    pub fn first(table: &SweepTable, taken: &[Self]) -> Result<Self> {
        let scales = table.scales();
        let free = |k: &usize| !taken.contains(&Self::Key(*k));
        let numeric = |k: &usize| matches!(scales[*k], Values::Numbers { .. }) && free(k);
        let key = (0..scales.len()).find(numeric).map(Self::Key);
        let varies = |name: &&str| {
            let values = numbers(&table.trials, name).unwrap_or_default();
            values.windows(2).any(|pair| pair[0] != pair[1])
        };
        let level = LEVELS.into_iter().map(str::to_owned).find(|name| varies(&&**name));
        let level = level.map(Self::Trial).filter(|level| !taken.contains(level));
        let words = (0..scales.len()).find(free).map(Self::Key);
        key.or(level).or(words).ok_or_else(|| {
            Error::input(
                "found nothing to draw against",
                "the x axis needs a quantity that differs",
                "name a swept key, load, or a column of the trials with --x",
            )
            .placed(Place::Argument("--x".to_owned()))
        })
    }

    pub fn is(&self, column: &str) -> bool {
        matches!(self, Self::Trial(name) if name == column)
    }

    /// What it is of a model; `None` if it is none of a model.
    pub fn of_model(&self, model: &Model) -> Option<f64> {
        match self {
            Self::Load => {
                let (name, source) = model.patterns.first()?;
                Some(source.number() as f64 / senders(model, name)?.0)
            }
            Self::CodingLevel => Some(model.patterns.values().next()?.coding_level()),
            Self::Temperature => Some(model.dynamics.law()?.temperature),
            _ => None,
        }
    }

    /// What it is at a point; NaN if it has none there.
    pub fn of_point(&self, table: &SweepTable, point: usize) -> f64 {
        match self {
            Self::Key(k) => {
                let place = table.grid.place(point)[*k];
                match &table.grid.axes[*k].scale() {
                    Values::Numbers { values, .. } => values[place],
                    Values::Words(_) => place as f64,
                }
            }
            _ => table.model(point).ok().and_then(|m| self.of_model(&m)).unwrap_or(f64::NAN),
        }
    }

    /// What it is of every sample.
    ///
    /// # Errors
    /// If it differs between trials, but the samples are those of runs.
    pub fn values(
        &self,
        table: &SweepTable,
        samples: &Samples,
        argument: &str,
    ) -> Result<Vec<f64>> {
        let column = match self {
            Self::Trial(name) => name,
            Self::RelativeAge => "age",
            _ => {
                let of: Vec<f64> =
                    (0..table.grid.points()).map(|point| self.of_point(table, point)).collect();
                return Ok(samples.all.iter().map(|sample| of[sample.point]).collect());
            }
        };
        if !samples.of_trials {
            return Err(Error::input(
                format!("found `{column}`, which differs between trials"),
                "what was measured of whole runs has one value per run",
                "name a column of the trials with --y, or a swept key",
            )
            .placed(Place::Argument(argument.to_owned())));
        }
        let values = numbers(&table.trials, column).unwrap_or_default();
        let scale: Vec<f64> = match self {
            Self::RelativeAge => (0..table.grid.points()).map(|p| neurons(table, p)).collect(),
            _ => vec![1.0; table.grid.points()],
        };
        let value = |s: &super::samples::Sample| values[s.trial.unwrap_or(0)] / scale[s.point];
        Ok(samples.all.iter().map(value).collect())
    }

    /// The axis along which it changes: of several the one that means it.
    pub fn axis(&self, table: &SweepTable) -> Option<usize> {
        let meant = match self {
            Self::Key(k) => return Some(*k),
            Self::Load => ".number",
            Self::CodingLevel => "coding_level",
            Self::Temperature => "temperature",
            _ => return None,
        };
        let axes = &table.grid.axes;
        let named = |k: &usize| axes[*k].keys().any(|key| key.ends_with(meant));
        (0..axes.len()).find(named).or_else(|| {
            let changes = |k: &usize| {
                let points = 0..table.grid.points();
                let mut alone = points.filter(|point| {
                    table.grid.place(*point).iter().enumerate().all(|(j, p)| j == *k || *p == 0)
                });
                let first = alone.next().map(|point| self.of_point(table, point));
                alone.any(|point| Some(self.of_point(table, point)) != first)
            };
            (0..axes.len()).rev().find(changes)
        })
    }

    /// The axis of a figure; `series` stand on it.
    pub fn scale(&self, table: &SweepTable, series: &[Series]) -> Scale {
        let spread = |log: bool, name: String| {
            let scale = Scale::new(name);
            let values = series.iter().flat_map(|s| &s.points).map(|p| p.x);
            if log && label::spans_powers(values) { scale.log() } else { scale.with_zero() }
        };
        let log = self.axis(table).is_some_and(|k| table.grid.axes[k].spacing == Spacing::Log);
        match self {
            Self::Key(k) => {
                let axis = &table.grid.axes[*k];
                let name = match label::of_key(&axis.key) {
                    Some((_, long)) => long.to_owned(),
                    None => label::of_section(&axis.key)
                        .unwrap_or_else(|| axis.keys().next().unwrap_or_default().to_owned()),
                };
                let unit = axis.scale();
                if let Values::Words(words) = unit {
                    return Scale::of_words(name, words);
                }
                let name = match unit.unit() {
                    "" => name,
                    unit => format!("{name} ({unit})"),
                };
                match label::of_key(&axis.key) {
                    None if !log => Scale::new(name),
                    _ => spread(log, name),
                }
            }
            Self::Load => {
                let sparse = |point| {
                    let model = table.model(point).ok()?;
                    Some(senders(&model, model.patterns.first()?.0)?.1)
                };
                let sparse = (0..table.grid.points()).any(|point| sparse(point) == Some(true));
                let name = if sparse { "load per connection α = P/K" } else { "load α = P/N" };
                spread(false, name.to_owned())
            }
            Self::CodingLevel => spread(true, "coding level a".to_owned()),
            Self::Temperature => spread(log, "temperature T".to_owned()),
            Self::RelativeAge => spread(false, "age of the pattern μ/N".to_owned()),
            Self::Trial(name) => label::x(name, series),
        }
    }

    /// `N = 1000`.
    pub fn says(&self, table: &SweepTable, value: f64) -> String {
        let number = |letter: &str| format!("{letter} = {}", label::short(value));
        match self {
            Self::Key(k) => {
                let axis = &table.grid.axes[*k];
                let scale = axis.scale();
                let what = match &scale {
                    Values::Numbers { unit, .. } => {
                        format!("{} {unit}", label::short(value)).trim_end().to_owned()
                    }
                    Values::Words(words) => words[value as usize].clone(),
                };
                let short = |key| label::of_key(key).map_or(label::last(key), |(letter, _)| letter);
                let own = short(&axis.key);
                // A name that two keys have names none.
                let alone = table.grid.axes.iter().filter(|a| short(&a.key) == own).count() == 1;
                format!("{} = {what}", if alone { own } else { &axis.key })
            }
            Self::Load => number("α"),
            Self::CodingLevel => number("a"),
            Self::Temperature => number("T"),
            Self::RelativeAge => number("μ/N"),
            Self::Trial(name) => number(name),
        }
    }
}

/// Mean number of neurons that send to a neuron of the population `name`, and whether these are few of its own.
fn senders(model: &Model, name: &str) -> Option<(f64, bool)> {
    let size = model.population.get(name)?.size as f64;
    let mut own = model.projection.values().filter(|p| p.from == name && p.to == name);
    let learned = own.find(|p| p.learning.is_some());
    Some(match learned.map(|p| &p.connect) {
        Some(Connect::Probability(p)) if *p < 1.0 => (p * size, true),
        Some(Connect::InDegree(degree)) => (*degree as f64, true),
        _ => (size, false),
    })
}

/// Number of neurons of the population with patterns at a point.
pub fn neurons(table: &SweepTable, point: usize) -> f64 {
    let size = |model: &Model| Some(model.population.get(model.patterns.first()?.0)?.size as f64);
    table.model(point).ok().as_ref().and_then(size).unwrap_or(f64::NAN)
}
