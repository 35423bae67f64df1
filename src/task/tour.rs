//! The travelling salesman: trials that start from random activities and go on until they are settled.

use super::check::{check_longest, longest};
use super::{Episode, Setting};
use crate::dynamics::{Effect, Field, Imposed};
use crate::error::{Error, Result};
use crate::protocol::Stage;
use crate::random::Seed;
use crate::table::{Real, Table};
use crate::units::Time;
use serde::{Deserialize, Serialize};

/// Tours of a travelling salesman; the model's section `[task.tour]`.
///
/// Every trial puts every neuron somewhere between inactive and active, drawn from the stream "tour" of the trial's number,
/// and lets the network relax. Couplings are `efficacy = { tour = { ... } }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TourTask {
    /// Number of trials.
    pub trials: usize,
    /// Between which shares of the way from inactive (0) to active (1) every neuron starts, uniformly.
    #[serde(default = "anywhere")]
    pub initial: [f64; 2],
    /// A trial ends when it has come to rest, or after so many sweeps ...
    pub sweeps: Option<usize>,
    /// ... or, where time is counted in ms, after so long.
    pub duration: Option<Time>,
}

fn anywhere() -> [f64; 2] {
    [0.0, 1.0]
}

/// A trial of a travelling salesman; times are those of the recording, sweeps or ms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TourTrial {
    /// From 1.
    pub number: usize,
    /// The seed of the model.
    pub seed: u64,
    /// The smallest share of the way from inactive to active with which a neuron starts ...
    pub least: f64,
    /// ... and the largest.
    pub most: f64,
    /// When it begins.
    pub start: f64,
    /// When it ends at the latest.
    pub end: f64,
}

/// More than this are a mistake.
const MOST_TRIALS: usize = 1_000_000;

impl TourTask {
    /// The longest time that a trial takes, sweeps or ms.
    pub fn longest(&self) -> f64 {
        longest(self.sweeps, self.duration).value()
    }

    /// The trials, of which the first starts at `start`.
    pub fn draw(&self, start: f64, seed: Seed) -> Vec<TourTrial> {
        let at = |k: usize| start + k as f64 * self.longest();
        let [least, most] = self.initial;
        let trial = |k| {
            let (start, end) = (at(k), at(k + 1));
            TourTrial { number: k + 1, seed: seed.0, least, most, start, end }
        };
        (0..self.trials).map(trial).collect()
    }

    /// A trial: all neurons are put somewhere, and the network is left alone until it rests.
    pub(super) fn episode(&self, trial: &TourTrial, setting: Setting) -> Episode {
        let mut stream = setting.seed.stream("tour", trial.number as u64);
        let neurons = setting.populations.last().map_or(0, |placed| placed.neurons.end);
        let mut push = Field::default();
        for i in 0..neurons {
            let share = trial.least + (trial.most - trial.least) * stream.uniform();
            push.add([i], Effect::Imposed(Imposed::Placed(share)));
        }
        let held = vec![(push, 0.0).into(), (Field::default(), self.longest()).into()];
        Episode { held, chance: setting.chance, until_rest: true, probe: None }
    }

    /// Refuses trials that cannot run.
    pub(super) fn check(&self, stage: Stage) -> Result<()> {
        let sweeps = self.sweeps.map(|sweeps| ("sweeps", sweeps, 1_000_000_000));
        for (key, value, most) in [("trials", self.trials, MOST_TRIALS)].into_iter().chain(sweeps) {
            if !(1..=most).contains(&value) {
                let allowed = format!("the number of {key} lies between 1 and {most}");
                return Err(Error::value(key, format!("found {value}"), allowed, "100"));
            }
        }
        let [least, most] = self.initial;
        if !(0.0 <= least && least <= most && most <= 1.0) {
            let found = format!("found shares from {least} to {most}");
            let allowed = "they lie between 0, inactive, and 1, active, the smaller one first";
            return Err(Error::value("initial", found, allowed, "[0.45, 0.55]"));
        }
        check_longest(self.sweeps, self.duration, stage.nature.clock)
    }
}

const REALS: [Real<TourTrial>; 4] = [
    ("initial_least", |t| &mut t.least),
    ("initial_most", |t| &mut t.most),
    ("start", |t| &mut t.start),
    ("end", |t| &mut t.end),
];

/// The table of trials.
pub fn tour_to_table(trials: &[TourTrial]) -> Table {
    let whole = |value: fn(&TourTrial) -> u64| trials.iter().map(value).collect();
    Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .reals("", &REALS, &mut trials.to_vec())
}

/// The trials of a table that [`tour_to_table`] made; `None` if a column is missing.
pub fn tour_from_table(table: &Table) -> Option<Vec<TourTrial>> {
    let trial = |k: usize| {
        let mut trial = TourTrial {
            number: table.whole_at("trial", k)? as usize,
            seed: table.whole_at("seed", k)?,
            ..TourTrial::default()
        };
        table.fill("", &REALS, k, &mut trial)?;
        Some(trial)
    };
    (0..table.rows()).map(trial).collect()
}
