//! What is expected of a sequence of patterns.

use super::super::recall::Watched;
use super::super::verdict::Verdict;
use super::{Sequence, least};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::units::Duration;
use serde::{Deserialize, Serialize};

/// Patterns follow one another in the order of their list, the first after the last; the model's sections
/// `[[expect.sequence]]`. Which pattern leads, and for how long, is told by
/// [`Sequence`](crate::analysis::sequence::Sequence).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectSequence {
    /// The name of the epoch (the first of that name).
    pub epoch: String,
    /// Whose patterns are meant; may be left out where only one population has some.
    pub population: Option<String>,
    /// At least so many patterns lead, one after another; a pattern that leads again counts again.
    pub visits: usize,
    /// How long each of them leads, but the first and the last ...
    pub dwell: Option<Duration>,
    /// ... give or take so much; nothing if left out.
    pub within: Option<Duration>,
    /// The least overlap of a pattern that leads: 0.5 if left out, of spikes 10 (Hz).
    pub overlap_above: Option<f64>,
}

impl ExpectSequence {
    /// Refuses an expectation about what the model does not have.
    pub(in crate::analysis) fn check(
        &self,
        observable: ObservableKind,
        watched: &Watched,
    ) -> Result<()> {
        if !watched.epochs.iter().any(|(name, _)| *name == self.epoch) {
            let known = watched.epochs.iter().map(|epoch| epoch.0);
            let error = Error::undefined("epoch", &self.epoch, known);
            return Err(error.mended("write one of its names").at("epoch"));
        }
        let holders: Vec<&str> = watched.patterns.iter().filter(|p| p.1 > 1).map(|p| p.0).collect();
        let known = |name: &String| holders.contains(&name.as_str());
        if holders.is_empty() || self.population.as_ref().is_some_and(|name| !known(name)) {
            let found = "found a sequence in a population without two patterns";
            return Err(Error::input(found, "a pattern follows another", "name one that has some")
                .at("population"));
        }
        for (key, time) in [("dwell", self.dwell), ("within", self.within)] {
            if let Some(time) = time {
                time.positive_on(watched.clock, "a time").map_err(|e| e.at(key))?;
            }
        }
        if self.within.is_some() && self.dwell.is_none() {
            let found = "found `within` without `dwell`";
            return Err(Error::input(found, "it is a range around one", "add dwell, or delete it")
                .at("within"));
        }
        let bound = self.overlap_above.unwrap_or_else(|| least(observable));
        if self.visits < 2 || !(bound > 0.0 && bound.is_finite()) {
            let key = if self.visits < 2 { "visits" } else { "overlap_above" };
            return Err(Error::input(
                "found an expectation that nothing could miss",
                "a sequence has at least 2 visits, to patterns whose overlap is above 0",
                "write larger numbers",
            )
            .at(key));
        }
        Ok(())
    }

    /// Compares a recording with what was expected.
    pub fn judge(&self, recording: &Recording, protocol: &[EpochShown]) -> Result<Verdict> {
        let bound = self.overlap_above.unwrap_or_else(|| least(recording.observable()));
        let holder = super::super::holder::holder(recording, self.population.as_ref())?;
        let epoch = protocol.iter().find(|epoch| epoch.name == self.epoch);
        let found = match holder.zip(epoch) {
            Some((holder, epoch)) => {
                Sequence::within(recording, &holder, (epoch.start, epoch.end), bound)?
            }
            None => None,
        };
        let within = self.within.map_or(0.0, Duration::value);
        let timed = |sequence: &Sequence| {
            self.dwell.is_none_or(|dwell| {
                // Rounding of a number of looks costs nothing.
                let near = |v: f64| (v - dwell.value()).abs() <= within + 1e-9 * dwell.value();
                sequence.whole().iter().all(|visit| near(visit.dwell))
            })
        };
        let met = |sequence: &Sequence| {
            let order = sequence.in_order();
            sequence.visits.len() >= self.visits && order.number == order.of && timed(sequence)
        };
        let each = match (self.dwell, self.within) {
            (Some(dwell), Some(within)) => format!(", {dwell} each give or take {within}"),
            (Some(dwell), None) => format!(", {dwell} each"),
            (None, _) => String::new(),
        };
        Ok(Verdict {
            expectation: format!(
                "sequence in {}: at least {} patterns in order{each}",
                self.epoch, self.visits
            ),
            met: found.as_ref().is_some_and(met),
            found: found.map_or("not recorded".to_owned(), |sequence| told(&sequence)),
        })
    }
}

/// In words.
fn told(sequence: &Sequence) -> String {
    let (order, whole) = (sequence.in_order(), sequence.whole());
    let dwells = || whole.iter().map(|visit| visit.dwell);
    let (least, most) = (dwells().fold(f64::INFINITY, f64::min), dwells().fold(0.0, f64::max));
    let times = match whole.is_empty() {
        true => String::new(),
        false if least == most => format!(", {least} each"),
        false => format!(", {least} to {most} each"),
    };
    format!(
        "{} visits, {} of {} steps in order{times}",
        sequence.visits.len(),
        order.number,
        order.of
    )
}
