//! Expectations about binary networks: about trials of recall, and about the state at a moment of the protocol.

use super::super::verdict::Verdict;
use super::RecallTrials;
use super::results::{FLAGS, NUMBERS};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result, list, suggest};
use crate::pattern::check_number;
use crate::protocol::{EpochShown, Neurons};
use crate::recording::{Recording, Samples};
use crate::task::Recall;
use crate::units::{Clock, Duration};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The mean of a result over trials lies in a range; the model's sections `[[expect.recall]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectRecall {
    /// A column of the table of trials; of a flag such as `exact`, the share of trials in which it is set.
    pub quantity: String,
    /// Only the trials with these levels, for example at = { flipped = 0.1 }.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub at: IndexMap<String, f64>,
    /// The mean is larger than this.
    pub above: Option<f64>,
    /// It is smaller than this.
    pub below: Option<f64>,
}

/// What the state, or the graded activity, at a moment is expected to be like; the model's sections `[[expect.state]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectState {
    /// The name of the epoch (the first of that name).
    pub epoch: String,
    /// Time from its onset; its end if left out.
    pub after: Option<Duration>,
    /// Whose state is meant; may be left out where there is only one.
    pub population: Option<String>,
    /// Of which pattern, from 1, the overlap is meant.
    pub pattern: Option<usize>,
    /// The neurons, "0..1", whose activity is meant; all of the population if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neurons: Option<Neurons>,
    /// What of the state is expected.
    pub quantity: Quantity,
    /// It is larger than this.
    pub above: Option<f64>,
    /// It is smaller than this.
    pub below: Option<f64>,
}

/// What a model has and records of its states.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// Every population, and how many patterns it holds.
    pub patterns: &'a [(&'a str, usize)],
    /// Every population, and its size.
    pub sizes: &'a [(&'a str, usize)],
    /// In what time is counted.
    pub clock: Clock,
    /// Every epoch, and how long it lasts.
    pub epochs: &'a [(&'a str, f64)],
    /// Time between looks.
    pub interval: f64,
    /// Whether states are recorded.
    pub states: bool,
}

/// What can be expected of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The overlap with a pattern.
    Overlap,
    /// The largest overlap in magnitude with any other pattern.
    Others,
    /// The share of active neurons, or their mean activity where it is graded.
    Activity,
    /// The energy of the whole network.
    Energy,
    /// The share of neurons whose state differs from that at the look before, a sweep earlier unless the model says
    /// otherwise: 0 of a state that is stable.
    Changed,
}

/// A value is compared with bounds in which it may lie exactly; what is no number lies nowhere.
pub(in crate::analysis) fn lies(value: f64, above: Option<f64>, below: Option<f64>) -> bool {
    value.is_finite()
        && above.is_none_or(|bound| value >= bound)
        && below.is_none_or(|bound| value <= bound)
}

pub(in crate::analysis) fn bounds(above: Option<f64>, below: Option<f64>) -> String {
    match (above, below) {
        (Some(a), Some(b)) => format!("{a} to {b}"),
        (Some(a), None) => format!("at least {a}"),
        (None, Some(b)) => format!("at most {b}"),
        (None, None) => String::new(),
    }
}

pub(in crate::analysis) fn check_bounds(above: Option<f64>, below: Option<f64>) -> Result<()> {
    if above.is_none() && below.is_none() {
        return Err(Error::input(
            "found an expectation without a bound",
            "it has a lower bound, an upper bound, or both",
            "add for example above = 0.95",
        ));
    }
    let is_nan = [above, below].into_iter().flatten().any(f64::is_nan);
    if is_nan || above.zip(below).is_some_and(|(a, b)| a > b) {
        return Err(Error::input(
            "found a range in which nothing lies",
            "the lower bound is below the upper one",
            "exchange the two",
        )
        .at("above"));
    }
    Ok(())
}

/// Refuses bounds of a share that no share comes to.
pub(in crate::analysis) fn check_share(above: Option<f64>, below: Option<f64>) -> Result<()> {
    let beyond = |bound: Option<f64>| bound.filter(|bound| !(0.0..=1.0).contains(bound));
    for (key, bound) in [("above", above), ("below", below)] {
        if let Some(bound) = beyond(bound) {
            let allowed = "a share lies between 0 and 1";
            let error = Error::input(format!("found {bound}"), allowed, "write for example 0.9");
            return Err(error.at(key));
        }
    }
    Ok(())
}

impl ExpectRecall {
    /// Refuses an expectation about what the trials do not have.
    pub(in crate::analysis) fn check(&self, task: Option<&Recall>) -> Result<()> {
        let Some(task) = task else {
            return Err(Error::input(
                "found an expectation about trials of recall, but the model has none",
                "they need a task",
                "add a section [task.recall], or delete the expectation",
            ));
        };
        let columns = [&NUMBERS[..], &FLAGS].concat();
        if !columns.contains(&self.quantity.as_str()) {
            let known = suggest(&self.quantity, columns.iter().copied());
            return Err(Error::input(
                format!("found the quantity `{}`", self.quantity),
                known,
                format!("write one of {}", list(&columns)),
            )
            .at("quantity"));
        }
        let varied = task.varied();
        for (name, level) in &self.at {
            let levels = varied.iter().find(|(known, _)| known == name).map(|(_, levels)| levels);
            if !levels.is_some_and(|levels| levels.contains(level)) {
                let names: Vec<&str> = varied.iter().map(|(name, _)| *name).collect();
                return Err(Error::input(
                    format!("found {name} = {level}, which no trial has"),
                    match names.is_empty() {
                        true => "nothing varies over the trials".to_owned(),
                        false => format!("what varies over the trials: {}", list(&names)),
                    },
                    "write one of its levels, or delete `at`",
                )
                .at("at"));
            }
        }
        check_bounds(self.above, self.below)
    }

    /// Compares the trials with what was expected.
    pub fn judge(&self, trials: &RecallTrials) -> Verdict {
        let levels: Vec<(Vec<f64>, f64)> = self
            .at
            .iter()
            .map(|(name, wanted)| (trials.values(name).unwrap_or_default(), *wanted))
            .collect();
        let has = |k: &usize| levels.iter().all(|(values, wanted)| values.get(*k) == Some(wanted));
        let chosen: Vec<usize> = trials.all().into_iter().filter(has).collect();
        let mean = trials.mean(&self.quantity, &chosen);
        let levels: Vec<String> = self.at.iter().map(|(n, v)| format!(" at {n} {v}")).collect();
        let bounds = bounds(self.above, self.below);
        Verdict {
            expectation: format!("recall: mean of {}{}: {bounds}", self.quantity, levels.concat()),
            met: mean.number > 0 && lies(mean.value, self.above, self.below),
            found: match mean.number {
                0 => "no trial tells".to_owned(),
                1 => format!("{:.6} in the one trial", mean.value),
                n => format!("{:.6} +- {:.6} over {n} trials", mean.value, mean.sem),
            },
        }
    }
}

impl ExpectState {
    /// Refuses an expectation about what the model does not have or does not record.
    pub(in crate::analysis) fn check(
        &self,
        observable: ObservableKind,
        watched: &Watched,
    ) -> Result<()> {
        if observable == ObservableKind::Spikes {
            return Err(Error::input(
                "found an expectation about states of spiking neurons",
                "binary neurons have states",
                "write [[expect.rate]] or [expect.retrieval]",
            ));
        }
        let Some((_, lasts)) = watched.epochs.iter().find(|(name, _)| *name == self.epoch) else {
            let known = watched.epochs.iter().map(|epoch| epoch.0);
            let error = Error::undefined("epoch", &self.epoch, known);
            return Err(error.mended("write one of its names").at("epoch"));
        };
        if let Some(after) = self.after {
            let after = after.positive_on(watched.clock, "a time").map_err(|e| e.at("after"))?;
            let unit = watched.clock.unit();
            let looks = after / watched.interval;
            if after > *lasts || ((looks - looks.round()).abs() > 1e-9 && after < *lasts) {
                return Err(Error::input(
                    format!("found a moment {after} {unit} after the onset of {}", self.epoch),
                    format!(
                        "it lasts {lasts} {unit} and is looked at every {} {unit}",
                        watched.interval
                    ),
                    "write a moment at which it is looked at, or leave `after` out for its end",
                )
                .at("after"));
            }
        }
        let states = watched.states && observable == ObservableKind::States;
        if self.quantity == Quantity::Changed && !states {
            return Err(Error::input(
                "found an expectation about states that are not recorded",
                "what has changed is told from the states",
                "delete states = false in [record]",
            )
            .at("quantity"));
        }
        let of_pattern = matches!(self.quantity, Quantity::Overlap | Quantity::Others);
        if of_pattern != self.pattern.is_some() {
            let (found, remedy) = match of_pattern {
                true => ("found no pattern for the overlap", "add for example pattern = 1"),
                false => ("found a pattern for what concerns all neurons", "delete it"),
            };
            return Err(Error::input(found, "overlaps are those with a pattern", remedy)
                .at(if of_pattern { "quantity" } else { "pattern" }));
        }
        let holder = self.holder(watched.patterns.iter().map(|p| p.0))?;
        if let Some(neurons) = &self.neurons {
            if self.quantity != Quantity::Activity || !watched.states {
                return Err(Error::input(
                    "found an expectation about single neurons",
                    "it is about their activity, which is recorded",
                    "write quantity = \"activity\", and delete states = false in [record]",
                )
                .at("neurons"));
            }
            let size = watched.sizes.iter().find(|p| p.0 == holder).map_or(0, |p| p.1);
            neurons.check(size).map_err(|e| e.at("neurons"))?;
        }
        let number = watched.patterns.iter().find(|p| p.0 == holder).map_or(0, |p| p.1);
        if let Some(mu) = self.pattern {
            check_number(mu, holder, number).map_err(|e| e.at("pattern"))?;
        }
        check_bounds(self.above, self.below)
    }

    fn holder<'a>(&'a self, mut names: impl Iterator<Item = &'a str>) -> Result<&'a str> {
        let found = match &self.population {
            Some(name) => names.find(|known| known == name),
            None => names.next(),
        };
        found.ok_or_else(|| {
            Error::input(
                "found a population that the model does not define",
                "",
                "write the name of a population",
            )
            .at("population")
        })
    }

    /// Compares a recording with what was expected.
    pub fn judge(&self, recording: &Recording, protocol: &[EpochShown]) -> Result<Verdict> {
        let populations = recording.populations();
        let holder = self.holder(populations.iter().map(|p| p.0.as_str()))?;
        let epoch = protocol.iter().find(|epoch| epoch.name == self.epoch);
        let moment =
            epoch.map_or(f64::NAN, |e| self.after.map_or(e.end, |after| e.start + after.value()));
        let (what, samples) = match self.quantity {
            Quantity::Activity => match &self.neurons {
                None => ("activity".to_owned(), Some(recording.rates(holder)?)),
                Some(Neurons(some)) => (
                    format!("activity of {} {}..{}", holder, some.start, some.end),
                    activity_of(recording, holder, some)?,
                ),
            },
            Quantity::Changed => ("neurons that changed".to_owned(), changed(recording, holder)?),
            Quantity::Energy => ("energy".to_owned(), recording.energy()?.and_then(|e| e.ok())),
            Quantity::Overlap | Quantity::Others => {
                let pattern = self.pattern.unwrap_or_default();
                let what = match self.quantity {
                    Quantity::Overlap => format!("overlap with pattern {pattern}"),
                    _ => format!("overlaps with all patterns but {pattern}"),
                };
                (what, recording.overlaps(holder)?)
            }
        };
        let value = samples.and_then(|samples| {
            let near = |t: &f64| (t - moment).abs() < 1e-6 * samples.interval;
            // The first look at that time comes before whatever the next epoch sets.
            let mut looks = (0..samples.time.len()).filter(|&k| near(&samples.time[k]));
            let row = samples.row(looks.next()?);
            match (self.quantity, self.pattern) {
                (Quantity::Overlap, Some(mu)) => row.get(mu - 1).copied(),
                (Quantity::Others, Some(mu)) => {
                    let others = row.iter().enumerate().filter(|(nu, _)| *nu != mu - 1);
                    Some(others.map(|(_, m)| m.abs()).fold(0.0, f64::max))
                }
                _ => row.first().copied(),
            }
        });
        let moment = match self.after {
            None => "at its end".to_owned(),
            Some(after) => format!("after {after}"),
        };
        Ok(Verdict {
            expectation: format!(
                "{what} in {} {moment}: {}",
                self.epoch,
                bounds(self.above, self.below)
            ),
            met: value.is_some_and(|value| lies(value, self.above, self.below)),
            // No minus before what rounds to 0.
            found: value.map_or("not recorded at that moment".to_owned(), |v| {
                format!("{:.6}", if v.abs() < 5e-7 { 0.0 } else { v })
            }),
        })
    }
}

/// The mean activity of some neurons, from the recorded states.
fn activity_of(
    recording: &Recording,
    population: &str,
    neurons: &Range<usize>,
) -> Result<Option<Samples>> {
    let interval = recording.rates(population)?.interval;
    if let Some(samples) = recording.activity(population)? {
        let mean =
            |k: usize| samples.row(k)[neurons.clone()].iter().sum::<f64>() / neurons.len() as f64;
        let values = (0..samples.time.len()).map(mean).collect();
        return Ok(Some(Samples { interval, time: samples.time, width: 1, values }));
    }
    let Some(states) = recording.states(population)? else { return Ok(None) };
    let share = |k: usize| {
        let active = states.row(k)[neurons.clone()].iter().filter(|&&active| active != 0).count();
        active as f64 / neurons.len() as f64
    };
    let values = (0..states.time.len()).map(share).collect();
    Ok(Some(Samples { interval, time: states.time.clone(), width: 1, values }))
}

/// The share of neurons that differ from the look before; not a number at the first.
fn changed(recording: &Recording, population: &str) -> Result<Option<Samples>> {
    let Some(states) = recording.states(population)? else { return Ok(None) };
    let share = |k: usize| match k.checked_sub(1) {
        None => f64::NAN,
        Some(before) => {
            let pairs = states.row(before).iter().zip(states.row(k));
            pairs.filter(|(a, b)| a != b).count() as f64 / states.neurons as f64
        }
    };
    let values = (0..states.time.len()).map(share).collect();
    let interval = recording.rates(population)?.interval;
    Ok(Some(Samples { interval, time: states.time.clone(), width: 1, values }))
}

#[cfg(test)]
mod tests {
    use super::lies;

    #[test]
    fn what_is_no_number_lies_within_no_bounds() {
        assert!(lies(-1.0, None, Some(0.0)) && lies(0.0, Some(0.0), None));
        for value in [f64::NEG_INFINITY, f64::INFINITY, f64::NAN] {
            assert!(!lies(value, None, None) && !lies(value, None, Some(0.0)));
        }
    }
}
