//! Expected ranges: a number that describes the activity of a population in an epoch lies between two bounds.

use super::irregularity::Irregularity;
use super::synchrony::synchrony;
use super::verdict::Verdict;
use super::window::mean_rate;
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::units::Rate;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// Something about a population in an epoch lies in a range; the model's sections `[[expect.rate]]`,
/// `[[expect.irregularity]]` and `[[expect.synchrony]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InRange<T> {
    /// Whose activity is meant.
    pub population: String,
    /// The name of the epoch, or of several that are judged together.
    pub epoch: String,
    /// It is larger than this,
    pub above: T,
    /// and smaller than this.
    pub below: T,
}

/// Bins of the spike counts whose variation measures synchrony, ms.
const BIN: f64 = 1.0;

/// Refuses ranges of what a model does not have, and those that nothing lies in; `kind` is their key.
pub fn check_ranges<T: Display + PartialOrd>(
    kind: &str,
    ranges: &[InRange<T>],
    populations: &[(&str, bool)],
    epochs: &[&str],
) -> Result<()> {
    for (k, range) in ranges.iter().enumerate() {
        if range.above.partial_cmp(&range.below).is_none_or(|order| order.is_gt()) {
            return Err(Error::input(
                format!("found {} above {} and below {}", what(kind), range.above, range.below),
                "the lower bound comes first",
                "exchange the two",
            )
            .at(format!("{kind}[{k}].above")));
        }
        let unknown = |what: &str, name: &str, known: &[&str]| {
            let error = Error::undefined(what, name, known.iter().copied());
            error.mended("write one of its names").at(format!("{kind}[{k}].{what}"))
        };
        let names: Vec<&str> = populations.iter().map(|p| p.0).collect();
        if !names.contains(&range.population.as_str()) {
            return Err(unknown("population", &range.population, &names));
        }
        if !epochs.contains(&range.epoch.as_str()) {
            return Err(unknown("epoch", &range.epoch, epochs));
        }
    }
    Ok(())
}

fn what(kind: &str) -> &str {
    match kind {
        "rate" => "a rate",
        "irregularity" => "a CV",
        _ => "a synchrony",
    }
}

impl<T: Display> InRange<T> {
    /// Start and end (ms) of the epochs that are judged.
    fn epochs(&self, protocol: &[EpochShown]) -> Vec<(f64, f64)> {
        let named = protocol.iter().filter(|epoch| epoch.name == self.epoch);
        named.map(|epoch| (epoch.start, epoch.end)).collect()
    }

    /// That `what` lies in the range (in the unit of `above` and `below`, with `unit` behind it).
    fn verdict(&self, what: &str, range: (f64, f64), found: Option<f64>, unit: &str) -> Verdict {
        let Self { population, epoch, above, below } = self;
        Verdict {
            expectation: format!("{what} of {population} in {epoch}: {above} to {below}"),
            met: found.is_some_and(|value| value >= range.0 && value <= range.1),
            found: found.map_or("too little was recorded".to_owned(), |v| format!("{v:.2}{unit}")),
        }
    }
}

impl InRange<Rate> {
    /// Compares the mean rate with what was expected.
    pub fn judge_rate(&self, recording: &Recording, protocol: &[EpochShown]) -> Result<Verdict> {
        let mean = mean_rate(recording, &self.population, &self.epochs(protocol))?;
        Ok(self.verdict("rate", (self.above.value(), self.below.value()), mean, " Hz"))
    }
}

impl InRange<f64> {
    /// Compares the mean CV of interspike intervals with what was expected.
    pub fn judge_irregularity(
        &self,
        recording: &Recording,
        protocol: &[EpochShown],
    ) -> Result<Verdict> {
        let populations = recording.populations();
        let size = populations.iter().find(|p| p.0 == self.population).map_or(0, |p| p.1);
        let all: Vec<u32> = (0..size as u32).collect();
        let stretches: Vec<(f64, f64, &[u32])> =
            self.epochs(protocol).iter().map(|e| (e.0, e.1, &all[..])).collect();
        let found = Irregularity::of_stretches(recording, &self.population, &stretches)?;
        Ok(self.verdict("CV of ISI", (self.above, self.below), found.cv, ""))
    }

    /// Compares the CV of the population's spike count with what was expected.
    pub fn judge_synchrony(
        &self,
        recording: &Recording,
        protocol: &[EpochShown],
    ) -> Result<Verdict> {
        let epochs = self.epochs(protocol);
        let found = synchrony(recording, &self.population, &epochs, BIN)?;
        Ok(self.verdict("synchrony", (self.above, self.below), found, ""))
    }
}
