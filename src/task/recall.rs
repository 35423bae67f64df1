//! Recall: trials that start from a degraded pattern, or from any state, and go on until they are settled.

mod table;

pub use table::{recall_from_table, recall_to_table};

use super::check::{check_longest, check_numbers, longest};
use super::{Episode, Levels, Setting};
use crate::dynamics::{Field, Imposed};
use crate::error::{Error, Result, suggest};
use crate::pattern::Degradation;
use crate::protocol::{Neurons, Stage};
use crate::random::Seed;
use crate::units::Time;
use serde::{Deserialize, Serialize};

/// Recall of stored patterns; the model's section `[task.recall]`.
///
/// Every trial puts the network into a (degraded) pattern and lets it relax. Where a value may be a list (levels),
/// every trial gets one member, and successive blocks of trials hold every combination of pattern and levels once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recall {
    /// Number of trials.
    pub trials: usize,
    /// The population that holds the patterns; may be left out where only one does.
    pub population: Option<String>,
    /// The patterns that take part, from 1; all if left out.
    pub patterns: Option<Vec<usize>>,
    /// Where trials start.
    #[serde(default)]
    pub start: Start,
    /// Share of the neurons whose state is the opposite of the pattern's.
    pub flipped: Option<Levels<f64>>,
    /// Share of the neurons, the last ones, that are inactive at the start.
    pub occluded: Option<Levels<f64>>,
    /// Share of the neurons whose state is drawn anew, active with the coding level of the pattern.
    pub noise: Option<Levels<f64>>,
    /// The neurons, "0..45", that are held in the state of the pattern.
    pub clamped: Option<Neurons>,
    /// A trial ends when it has reached a fixed point or a cycle, or after so many sweeps ...
    pub sweeps: Option<usize>,
    /// ... or, where time is counted in ms, after so long.
    pub duration: Option<Time>,
}

/// Where a trial starts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// From the pattern, degraded.
    #[default]
    Pattern,
    /// From a state in which every neuron is active with the coding level of the pattern.
    Random,
}

/// A trial of recall as it was drawn; the pattern counts from 0, times are those of the recording, sweeps or ms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecallTrial {
    /// From 1.
    pub number: usize,
    /// The seed of the model.
    pub seed: u64,
    /// The memory that is to be recalled.
    pub pattern: usize,
    /// Share of the neurons whose state is the opposite of the pattern's.
    pub flipped: f64,
    /// Share of the neurons that are inactive at the start.
    pub occluded: f64,
    /// Share of the neurons whose state is drawn anew.
    pub noise: f64,
    /// When it begins.
    pub start: f64,
    /// When it ends at the latest.
    pub end: f64,
}

/// More than this are a mistake.
const MOST_TRIALS: usize = 1_000_000;

impl Recall {
    /// What varies from trial to trial because it is a list of levels.
    pub fn varied(&self) -> Vec<(&'static str, &[f64])> {
        fn levels(levels: &Option<Levels<f64>>) -> &[f64] {
            levels.as_ref().map_or(&[], |levels| &levels.0[..])
        }
        let all = [
            ("flipped", levels(&self.flipped)),
            ("occluded", levels(&self.occluded)),
            ("noise", levels(&self.noise)),
        ];
        all.into_iter().filter(|(_, levels)| levels.len() > 1).collect()
    }

    /// The longest time that a trial takes, sweeps or ms.
    pub fn longest(&self) -> f64 {
        longest(self.sweeps, self.duration).value()
    }

    /// The patterns that take part, from 0, of `number`.
    fn takes_part(&self, number: usize) -> Vec<usize> {
        match &self.patterns {
            Some(given) => given.iter().map(|mu| mu - 1).collect(),
            None => (0..number).collect(),
        }
    }

    /// The trials, of which the first starts at `start`, for a population with `number` patterns.
    ///
    /// Trial k shows pattern k mod P, and the next combination of levels whenever all patterns have been shown: what a
    /// trial shows depends on its number alone.
    pub fn draw(&self, start: f64, number: usize, seed: Seed) -> Vec<RecallTrial> {
        let patterns = self.takes_part(number);
        let at = |k: usize| start + k as f64 * self.longest();
        let trial = |k: usize| {
            let mut round = k / patterns.len();
            let mut level = |levels: &Option<Levels<f64>>| match levels {
                None => 0.0,
                Some(Levels(values)) => {
                    let value = values[round % values.len()];
                    round /= values.len();
                    value
                }
            };
            RecallTrial {
                number: k + 1,
                seed: seed.0,
                pattern: patterns[k % patterns.len()],
                flipped: level(&self.flipped),
                occluded: level(&self.occluded),
                noise: level(&self.noise),
                start: at(k),
                end: at(k + 1),
            }
        };
        (0..self.trials).map(trial).collect()
    }

    /// A trial: the network is put into the pattern itself, to see whether it is stable, then into the state where it
    /// starts, and left alone until it rests.
    pub(super) fn episode(&self, trial: &RecallTrial, setting: Setting) -> Result<Episode> {
        let names: Vec<&str> = setting.patterns.keys().map(String::as_str).collect();
        let holder = self.holder(&names)?;
        let place = setting.populations.iter().find(|p| p.name == holder);
        let own = place.map_or(0..0, |p| p.neurons.clone());
        let pattern = setting.patterns[holder].state(trial.pattern);
        let stream = &mut setting.seed.stream("recall", trial.number as u64);
        let share = |value: f64| (value > 0.0).then_some(value);
        let degradation = match self.start {
            Start::Pattern => Degradation {
                flipped: share(trial.flipped),
                occluded: share(trial.occluded),
                noise: share(trial.noise),
            },
            Start::Random => Degradation { noise: Some(1.0), ..Degradation::default() },
        };
        let mut push = Field::state(own.start, &degradation.apply(&pattern, stream));
        let mut held = Field::default();
        if let Some(Neurons(clamped)) = &self.clamped {
            let (first, state) = (own.start + clamped.start, &pattern[clamped.clone()]);
            push.impose(first, state, Imposed::Clamped);
            held.impose(first, state, Imposed::Clamped);
        }
        Ok(Episode {
            held: vec![(push, 0.0).into(), (held, self.longest()).into()],
            chance: setting.chance,
            until_rest: true,
            probe: Some((Field::state(own.start, &pattern), own)),
        })
    }

    /// The population that holds the patterns.
    pub fn holder<'a>(&'a self, with_patterns: &[&'a str]) -> Result<&'a str> {
        match (&self.population, with_patterns) {
            (Some(name), _) if with_patterns.contains(&name.as_str()) => Ok(name),
            (Some(name), known) => Err(Error::input(
                format!("found the population `{name}`, which has no patterns"),
                suggest(name, known.iter().copied()),
                "name a population with patterns",
            )
            .at("population")),
            (None, [only]) => Ok(only),
            (None, []) => Err(Error::input(
                "found a recall without patterns",
                "what is recalled is a stored pattern",
                "add a section [patterns.POPULATION]",
            )),
            (None, _) => Err(Error::input(
                "found no population",
                "it may be left out only where one population has patterns",
                format!("add population = \"{}\"", with_patterns[0]),
            )),
        }
    }

    /// Refuses a recall that cannot run.
    pub(super) fn check(&self, stage: Stage) -> Result<()> {
        let names: Vec<&str> = stage.patterns.iter().map(|p| p.0).collect();
        let holder = self.holder(&names)?;
        let sweeps = self.sweeps.map(|sweeps| ("sweeps", sweeps, 1_000_000_000));
        for (key, value, most) in [("trials", self.trials, MOST_TRIALS)].into_iter().chain(sweeps) {
            if !(1..=most).contains(&value) {
                let allowed = format!("the number of {key} lies between 1 and {most}");
                return Err(Error::value(key, format!("found {value}"), allowed, "100"));
            }
        }
        check_longest(self.sweeps, self.duration, stage.nature.clock)?;
        let takes_part = self.patterns.as_deref().unwrap_or_default();
        check_numbers(takes_part, holder, stage.number_of_patterns(holder), "patterns")?;
        if self.patterns.as_ref().is_some_and(Vec::is_empty) {
            let found = "found no pattern that takes part";
            let allowed = "at least one does";
            return Err(Error::value("patterns", found, allowed, "[1, 2], or delete the line"));
        }
        self.check_degradation()?;
        let size = stage.populations.iter().find(|p| p.0 == holder).map_or(0, |p| p.2);
        self.clamped.iter().try_for_each(|n| n.check(size).map_err(|e| e.at("clamped")))
    }

    fn check_degradation(&self) -> Result<()> {
        let given =
            [("flipped", &self.flipped), ("occluded", &self.occluded), ("noise", &self.noise)];
        for (key, levels) in given {
            let Some(Levels(values)) = levels else { continue };
            if self.start == Start::Random {
                return Err(Error::input(
                    format!("found `{key}` where trials start from random states"),
                    "what is degraded is a pattern",
                    "delete it, or write start = \"pattern\"",
                )
                .at(key));
            }
            if values.is_empty() || values.iter().any(|v| !(0.0..=1.0).contains(v)) {
                let found = format!("found {values:?}");
                let allowed = "a share of the neurons lies between 0 and 1";
                return Err(Error::value(key, found, allowed, "0.1, or a list of such shares"));
            }
        }
        Ok(())
    }
}
