//! What is expected of cued memories, and of the time before the first cue.

use super::{Criterion, Fate, Found, Memory, cues};
use crate::analysis::verdict::Verdict;
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::units::{Rate, Time};
use serde::{Deserialize, Serialize};

/// Every cue retrieves its pattern and the network holds it until something else is shown.
///
/// Overlaps are those of the spikes in windows, whatever was sampled: see [`Criterion`]. Without this section a pattern counts
/// as held if it would with the defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retrieval {
    /// Whether memories are expected to be held, or (in a negative control) gone at the next stimulus, after every cue.
    #[serde(default)]
    pub outcome: Outcome,
    /// In every window the overlap with the cued pattern exceeds this ...
    #[serde(default = "Retrieval::cued_above")]
    pub cued_above: Rate,
    /// ... from this time after the onset of the cue.
    #[serde(default = "Retrieval::cued_within")]
    pub cued_within: Time,
    /// The overlap with every other pattern stays below this share of the cued one ...
    #[serde(default = "Retrieval::others_below")]
    pub others_below: f64,
    /// ... in windows that begin so long after the onset of the cue, or later.
    #[serde(default = "Retrieval::others_within")]
    pub others_within: Time,
    /// Length of the windows; longer ones for memories that live in separate population spikes.
    #[serde(default = "Retrieval::window")]
    pub window: Time,
}

/// What becomes of cued memories.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every cued pattern is held.
    #[default]
    Held,
    /// At the next stimulus no cued pattern has an overlap above the bound.
    Lost,
}

/// Before the first cue no pattern stands out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spontaneous {
    /// Every overlap stays within this of 0, in every window (as long as those of the retrieval) before the first
    /// stimulus.
    pub overlap_within: Rate,
}

/// Shortest window, ms: in fewer not many neurons fire.
const SHORTEST: f64 = 10.0;

/// Refuses a bound of an overlap that every overlap exceeds.
fn above_zero(rate: Rate) -> Result<()> {
    match rate.value() > 0.0 {
        true => Ok(()),
        false => Err(Error::input(
            format!("found {rate}"),
            "the bound of an overlap is a rate above 0",
            "write for example \"10 Hz\"",
        )),
    }
}

impl Default for Retrieval {
    fn default() -> Self {
        Self {
            outcome: Outcome::default(),
            cued_above: Self::cued_above(),
            cued_within: Self::cued_within(),
            others_below: Self::others_below(),
            others_within: Self::others_within(),
            window: Self::window(),
        }
    }
}

impl Retrieval {
    fn cued_above() -> Rate {
        Rate::new(Criterion::default().above)
    }

    fn cued_within() -> Time {
        Time::new(Criterion::default().within)
    }

    fn others_below() -> f64 {
        Criterion::default().others_below
    }

    fn others_within() -> Time {
        Time::new(Criterion::default().others_within)
    }

    fn window() -> Time {
        Time::new(Criterion::default().window)
    }

    /// Refuses what says nothing, and a claim about cues where there are none; `populations` with whether they hold patterns.
    pub(in crate::analysis) fn check(
        &self,
        populations: &[(&str, bool)],
        protocol: &[EpochShown],
    ) -> Result<()> {
        above_zero(self.cued_above).map_err(|e| e.at("cued_above"))?;
        if !(self.others_below > 0.0 && self.others_below <= 1.0) {
            return Err(Error::input(
                format!("found {}", self.others_below),
                "the bound of the other overlaps is a share of the cued one, above 0 and up to 1",
                "write for example 0.2",
            )
            .at("others_below"));
        }
        if self.window.value() < SHORTEST {
            return Err(Error::input(
                format!("found windows of {}", self.window),
                "overlaps are told from windows of at least 10 ms",
                "write for example \"100 ms\"",
            )
            .at("window"));
        }
        let with_patterns = populations.iter().filter(|p| p.1);
        let holders: Vec<String> = with_patterns.map(|p| p.0.to_owned()).collect();
        if holders.iter().all(|name| cues(protocol, name, &holders).is_empty()) {
            return Err(Error::input(
                "found a claim about cues, but the protocol has none",
                "a cue is an epoch of [[protocol]] in which one pattern is shown",
                "show a pattern, or delete the section",
            )
            .at(""));
        }
        Ok(())
    }

    /// When a cued pattern counts as held.
    pub(in crate::analysis) fn criterion(&self) -> Criterion {
        Criterion {
            above: self.cued_above.value(),
            within: self.cued_within.value(),
            others_below: self.others_below,
            others_within: self.others_within.value(),
            window: self.window.value(),
        }
    }

    /// Compares a memory with what was expected.
    pub(in crate::analysis) fn judge(&self, memory: &Memory) -> Verdict {
        let Self { window, cued_above, cued_within, others_below, others_within, .. } = self;
        let expected = match self.outcome {
            Outcome::Held => format!(
                "every cue retrieves its pattern, held until the next stimulus (in every window of {window}: its overlap > {cued_above} from {cued_within} after the cue's onset, every other < {others_below} of it from {others_within})"
            ),
            Outcome::Lost => format!(
                "no cued pattern is left at the next stimulus (in the last {window} its overlap <= {cued_above})"
            ),
        };
        let expectation = format!("retrieval in {}: {expected}", memory.population);
        if memory.cues.is_empty() {
            return Verdict { expectation, met: false, found: "no cue was shown".to_owned() };
        }
        let number = memory.cues.iter().filter(|found| found.fate == Fate::Held).count();
        let gone = |found: &&Found| {
            found.fate.held() == Some(false) && found.last.is_some_and(|m| m <= cued_above.value())
        };
        let met = match self.outcome {
            Outcome::Held => number == memory.cues.len(),
            Outcome::Lost => memory.cues.iter().filter(gone).count() == memory.cues.len(),
        };
        let judged = memory.held().of;
        let mut all = match memory.cues.len() - judged {
            0 => format!("{number} of {judged} cues held"),
            unjudged => format!("{number} of {judged} judged cues held, {unjudged} not judged"),
        };
        if number > 0 {
            all = format!("{all}; {}", strength(memory));
        }
        let mut found = vec![all];
        let others = memory.cues.iter().filter(|found| found.fate != Fate::Held);
        found.extend(others.map(|found| found.describe(&memory.criterion, memory.reference)));
        Verdict { expectation, met, found: found.join("\n") }
    }
}

/// How strong the memories are that are held: the least cued overlap, the other pattern that comes closest, and the
/// reference rate.
fn strength(memory: &Memory) -> String {
    let held = || memory.cues.iter().filter(|found| found.fate == Fate::Held);
    let least = held().filter_map(|found| Some((found.cue.pattern, found.least?)));
    let least = least.reduce(|a, b| if b.1.0 < a.1.0 { b } else { a });
    let (pattern, (overlap, start)) = least.unwrap_or((0, (f64::NAN, f64::NAN)));
    let mut words = format!(
        "least held overlap {overlap:.2} Hz (pattern {}, {:.3} s)",
        pattern + 1,
        start / 1000.0
    );
    let other = held().filter_map(|found| found.other);
    if let Some(other) = other.reduce(|a, b| if b.of_cued > a.of_cued { b } else { a }) {
        words += &format!(
            ", largest other {:.2} Hz, {:.4} of the cued one (pattern {}, {:.3} s)",
            other.overlap,
            other.of_cued,
            other.pattern + 1,
            other.start / 1000.0
        );
    }
    if let Some(reference) = memory.reference {
        words += &format!("; delay rate {reference:.2} Hz");
    }
    words
}

impl Spontaneous {
    /// Refuses a claim about what was never spontaneous.
    pub(in crate::analysis) fn check(&self, protocol: &[EpochShown]) -> Result<()> {
        above_zero(self.overlap_within).map_err(|e| e.at("overlap_within"))?;
        if protocol.first().is_none_or(|epoch| !epoch.show.is_empty()) {
            return Err(Error::input(
                "found a claim about spontaneous activity, but something is shown from the beginning",
                "it is that before the first stimulus",
                "begin the protocol with an epoch that shows nothing, or delete the section",
            )
            .at(""));
        }
        Ok(())
    }

    /// Compares a memory with what was expected.
    pub(in crate::analysis) fn judge(&self, memory: &Memory) -> Verdict {
        let expectation = format!(
            "spontaneous activity of {}: in every window of {} ms every overlap within {} of 0",
            memory.population, memory.criterion.window, self.overlap_within
        );
        let (met, found) = match &memory.spontaneous {
            None => (false, "no whole window was recorded before the first stimulus".to_owned()),
            Some(largest) => {
                let words = format!(
                    "largest {:.2} Hz (pattern {}, {:.3} s; {} windows)",
                    largest.overlap,
                    largest.pattern + 1,
                    largest.start / 1000.0,
                    largest.windows
                );
                (largest.overlap.abs() <= self.overlap_within.value(), words)
            }
        };
        Verdict { expectation, met, found }
    }
}
