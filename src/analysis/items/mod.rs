//! Items held together: which of several patterns are held at the end of a delay, against how many were shown.
//!
//! The overlap of a pattern is, of neurons in no *other* pattern that is shown in the trial, the mean rate of its foreground minus
//! that of all others, in the last window of the delay (Hz): what is held of another item is neither foreground nor background. An
//! item is held, and a pattern that was not shown intrudes, if its overlap is above the bound of the task.

mod expect;
#[cfg(test)]
mod tests;

pub use expect::{ExpectItems, Held};

use super::holder::holder;
use crate::error::{Error, Result};
use crate::pattern::Patterns;
use crate::recording::Recording;
use crate::statistics::{Mean, Share};
use crate::table::Table;
use crate::task::{HeldIf, Item, ItemsTask, Presented, Trial, listed};

/// What was held in trials with several items.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldItems {
    /// As they were drawn.
    pub trials: Vec<Trial>,
    /// One for every trial.
    pub found: Vec<ItemsFound>,
    /// The largest number of items that a trial of the task may have.
    pub most: usize,
    /// Whether items had an order.
    pub one_by_one: bool,
}

/// What was held at the end of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemsFound {
    /// The overlap of every item, in the order of the trial, Hz; NaN of one without neurons of its own.
    pub overlaps: Vec<f64>,
    /// Whether it is held.
    pub held: Vec<bool>,
    /// Patterns, from 0, that were not shown and are held.
    pub intruders: Vec<usize>,
}

impl ItemsFound {
    /// How many items are held.
    pub fn number(&self) -> usize {
        self.held.iter().filter(|held| **held).count()
    }
}

/// The trials of one load.
#[derive(Clone, Debug, PartialEq)]
pub struct AtLoad {
    /// How many items were shown.
    pub load: usize,
    /// Number of trials.
    pub trials: usize,
    /// How many items were held, over trials.
    pub held: Mean,
    /// The share of items that were held, over trials.
    pub share: Mean,
    /// How many other patterns were held, over trials.
    pub intrusions: Mean,
    /// The share of trials in which the first item was held, the second one, ...; none of items that were shown together.
    pub positions: Vec<Share>,
}

impl HeldItems {
    /// Of the trials of `task` that have ended; none of a recording without patterns.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn of(recording: &Recording, task: &ItemsTask) -> Result<Option<Self>> {
        let trials = recording.trials()?.unwrap_or_default();
        let Some(population) = holder(recording, task.population.as_ref())? else {
            return Ok(None);
        };
        let Some(patterns) = recording.patterns(&population)? else { return Ok(None) };
        let mut found = Vec::new();
        recording.for_trials(&population, &trials, |k, times, ids| {
            found.push(observe(&trials[k], &patterns, task.held, times, ids));
        })?;
        let one_by_one = task.shown == Presented::OneByOne;
        Ok(Some(Self { trials, found, most: task.most(), one_by_one }))
    }

    /// The same, or the error of a recording in which no trial has ended.
    ///
    /// # Errors
    /// Those of [`Self::of`], and if no trial has ended.
    pub fn needed(recording: &Recording, task: &ItemsTask) -> Result<Self> {
        Self::of(recording, task)?.filter(|held| !held.trials.is_empty()).ok_or_else(|| {
            let remedy = "let the run go on for longer";
            Error::file(recording.path(), "found no trial that has ended", remedy)
        })
    }

    /// Load by load, ascending.
    pub fn loads(&self) -> Vec<AtLoad> {
        let mut loads: Vec<usize> = self.trials.iter().map(|trial| trial.items.len()).collect();
        loads.sort_unstable();
        loads.dedup();
        loads.into_iter().map(|load| self.at(Some(load), load)).collect()
    }

    /// All trials together; their load is the largest.
    pub fn all(&self) -> AtLoad {
        self.at(None, self.trials.iter().map(|trial| trial.items.len()).max().unwrap_or(0))
    }

    fn at(&self, only: Option<usize>, load: usize) -> AtLoad {
        let meant = |found: &&ItemsFound| only.is_none_or(|load| found.held.len() == load);
        let all = || self.found.iter().filter(meant);
        let share = |found: &ItemsFound| found.number() as f64 / found.held.len() as f64;
        let places = if self.one_by_one { load } else { 0 };
        AtLoad {
            load,
            trials: all().count(),
            held: Mean::of(all().map(|found| found.number() as f64)),
            share: Mean::of(all().map(share)),
            intrusions: Mean::of(all().map(|found| found.intruders.len() as f64)),
            positions: (0..places)
                .map(|j| Share::of(all().filter_map(|found| found.held.get(j).copied())))
                .collect(),
        }
    }

    /// One row per trial: `items_held`, the number of items that were held, and `which_held`; `intrusions`, the number of other
    /// patterns, and `intruders`, which; `overlap_1_hz`, ... of every item. Patterns count from 1.
    pub fn table(&self) -> Table {
        let all = || self.trials.iter().zip(&self.found);
        let held = |(trial, found): (&Trial, &ItemsFound)| {
            let held = trial.items.iter().zip(&found.held).filter(|(_, held)| **held);
            listed(held.map(|(item, _)| item.pattern))
        };
        let table = Table::default()
            .whole("items_held", all().map(|(_, found)| found.number() as u64).collect())
            .text("which_held", all().map(held).collect())
            .whole("intrusions", all().map(|(_, found)| found.intruders.len() as u64).collect())
            .text("intruders", all().map(|(_, f)| listed(f.intruders.iter().copied())).collect());
        (0..self.most).fold(table, |table, j| {
            let overlap = |found: &ItemsFound| found.overlaps.get(j).copied().unwrap_or(f64::NAN);
            table.real(format!("overlap_{}_hz", j + 1), self.found.iter().map(overlap).collect())
        })
    }

    /// The tables: `load`, with one row per load, means over trials and their standard errors; `position`, of items that were shown
    /// one by one, with one row per load and serial position, and the 95 % interval of the share.
    pub fn tables(&self) -> Vec<(String, Table)> {
        let loads = self.loads();
        let real = |of: fn(&AtLoad) -> f64| loads.iter().map(of).collect();
        let load = Table::default()
            .whole("load", loads.iter().map(|at| at.load as u64).collect())
            .whole("trials", loads.iter().map(|at| at.trials as u64).collect())
            .real("held", real(|at| at.held.value))
            .real("held_se", real(|at| at.held.sem))
            .real("share", real(|at| at.share.value))
            .real("share_se", real(|at| at.share.sem))
            .real("intrusions", real(|at| at.intrusions.value))
            .real("intrusions_se", real(|at| at.intrusions.sem));
        let mut tables = vec![("load".to_owned(), load)];
        if self.one_by_one {
            let places =
                || loads.iter().flat_map(|at| (1..).zip(&at.positions).map(move |p| (at, p)));
            let real = |of: fn(&Share) -> f64| places().map(|(_, (_, share))| of(share)).collect();
            let position = Table::default()
                .whole("load", places().map(|(at, _)| at.load as u64).collect())
                .whole("position", places().map(|(_, (j, _))| j).collect())
                .whole("trials", places().map(|(_, (_, share))| share.of as u64).collect())
                .real("share", real(|share| share.value()))
                .real("share_low", real(|share| share.interval().0))
                .real("share_high", real(|share| share.interval().1));
            tables.push(("position".to_owned(), position));
        }
        tables
    }
}

/// What is held at the end of a trial, from its spikes: times in ms, in order, and neurons.
fn observe(
    trial: &Trial,
    patterns: &Patterns,
    held: HeldIf,
    times: &[f64],
    ids: &[u64],
) -> ItemsFound {
    let (window, end) = (held.window.value(), trial.test_onset);
    let seen = times.partition_point(|t| *t < end - window)..times.partition_point(|t| *t < end);
    let mut spikes = vec![0u32; patterns.neurons()];
    ids[seen].iter().for_each(|&i| spikes[i as usize] += 1);
    // In how many of the patterns that are shown a neuron is.
    let mut shown = vec![0u32; patterns.neurons()];
    for Item { pattern, .. } in &trial.items {
        patterns.foreground(*pattern).iter().for_each(|&i| shown[i as usize] += 1);
    }
    let sum = |neurons: &mut dyn Iterator<Item = usize>| {
        neurons.fold((0.0, 0.0), |(n, sum), i| (n + 1.0, sum + f64::from(spikes[i])))
    };
    let outside = sum(&mut (0..spikes.len()).filter(|&i| shown[i] == 0));
    let overlap = |mu: usize, is_shown: bool| {
        let own = patterns.foreground(mu).iter().map(|&i| i as usize);
        let own = sum(&mut own.filter(|&i| shown[i] == u32::from(is_shown)));
        let other = match is_shown {
            true => outside,
            false => (outside.0 - own.0, outside.1 - own.1),
        };
        let rate = |(n, spikes): (f64, f64)| 1000.0 * spikes / (n * window);
        rate(own) - if other.0 > 0.0 { rate(other) } else { 0.0 }
    };
    let is_held = |m: f64| m > held.above.value();
    let overlaps: Vec<f64> = trial.items.iter().map(|item| overlap(item.pattern, true)).collect();
    let is_item = |mu: usize| trial.items.iter().any(|item| item.pattern == mu);
    let intruders =
        (0..patterns.number()).filter(|&mu| !is_item(mu) && is_held(overlap(mu, false)));
    ItemsFound {
        held: overlaps.iter().map(|m| is_held(*m)).collect(),
        intruders: intruders.collect(),
        overlaps,
    }
}
