//! Expectations: what a model claims to show, checked on every recording of it.

use super::branched::Past;
use super::decision::{Decisions, ExpectLevel, ExpectTrials};
use super::range::{InRange, check_ranges};
use super::recall::{ExpectRecall, ExpectState, RecallTrials, Watched};
use super::retrieval::{Criterion, Fate, Found, Memory, cues};
use super::sequence::ExpectSequence;
use super::tour::{ExpectTour, TourTrials};
use super::verdict::Verdict;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::task::Task;
use crate::units::{Rate, Time};
use serde::{Deserialize, Serialize};

/// What a model claims; its section `[expect]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// That every cue retrieves its pattern.
    pub retrieval: Option<Retrieval>,
    /// That no pattern stands out before the first cue.
    pub spontaneous: Option<Spontaneous>,
    /// About the trials of a delayed match to sample.
    pub delayed_match: Option<ExpectTrials>,
    /// About the trials of some levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level: Vec<ExpectLevel>,
    /// Ranges of rates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rate: Vec<InRange<Rate>>,
    /// Ranges of the mean CV of interspike intervals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub irregularity: Vec<InRange<f64>>,
    /// Ranges of the synchrony: the CV of the population's spike count in bins of 1 ms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synchrony: Vec<InRange<f64>>,
    /// About the trials of recall.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recall: Vec<ExpectRecall>,
    /// About the tours of a travelling salesman.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tour: Vec<ExpectTour>,
    /// About the state of binary neurons at moments of the protocol.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<ExpectState>,
    /// About patterns that follow one another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequence: Vec<ExpectSequence>,
}

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

impl Expect {
    /// Refuses expectations about what a model does not have: `populations` with whether they hold
    /// patterns, `epochs` by name, the `task`, what is `watched` of states, and the `protocol`.
    pub fn check(
        &self,
        observable: ObservableKind,
        populations: &[(&str, bool)],
        epochs: &[&str],
        task: Option<&Task>,
        watched: &Watched,
        protocol: &[EpochShown],
    ) -> Result<()> {
        if observable != ObservableKind::Spikes {
            self.refuse_spikes(observable)?;
        }
        for (k, expected) in self.recall.iter().enumerate() {
            let recall = task.and_then(Task::recall);
            expected.check(recall).map_err(|e| e.within(&format!("recall[{k}]")))?;
        }
        for (k, expected) in self.tour.iter().enumerate() {
            expected.check(task).map_err(|e| e.within(&format!("tour[{k}]")))?;
        }
        for (k, expected) in self.state.iter().enumerate() {
            let checked = expected.check(observable, watched);
            checked.map_err(|e| e.within(&format!("state[{k}]")))?;
        }
        for (k, expected) in self.sequence.iter().enumerate() {
            let checked = expected.check(observable, watched);
            checked.map_err(|e| e.within(&format!("sequence[{k}]")))?;
        }
        let task = task.and_then(Task::delayed_match);
        if let Some(trials) = &self.delayed_match {
            trials.check(task).map_err(|e| e.within("delayed_match"))?;
        }
        for (k, level) in self.level.iter().enumerate() {
            level.check(task).map_err(|e| e.within(&format!("level[{k}]")))?;
        }
        let needs_patterns =
            [("retrieval", self.retrieval.is_some()), ("spontaneous", self.spontaneous.is_some())];
        for (key, given) in needs_patterns {
            if given && !populations.iter().any(|p| p.1) {
                return Err(Error::input(
                    "found an expectation about patterns, but the model has none",
                    "an overlap needs a pattern",
                    "add a section [patterns.POPULATION], or delete the expectation",
                )
                .at(key));
            }
        }
        if let Some(retrieval) = &self.retrieval {
            retrieval.check().map_err(|e| e.within("retrieval"))?;
            let holders: Vec<String> =
                populations.iter().filter(|p| p.1).map(|p| p.0.to_owned()).collect();
            if holders.iter().all(|name| cues(protocol, name, &holders).is_empty()) {
                return Err(Error::input(
                    "found a claim about cues, but the protocol has none",
                    "a cue is an epoch of [[protocol]] in which one pattern is shown",
                    "show a pattern, or delete the section",
                )
                .at("retrieval"));
            }
        }
        if let Some(spontaneous) = &self.spontaneous {
            above_zero(spontaneous.overlap_within)
                .map_err(|e| e.at("overlap_within").within("spontaneous"))?;
            if protocol.first().is_none_or(|epoch| !epoch.show.is_empty()) {
                return Err(Error::input(
                    "found a claim about spontaneous activity, but something is shown from the beginning",
                    "it is that before the first stimulus",
                    "begin the protocol with an epoch that shows nothing, or delete the section",
                )
                .at("spontaneous"));
            }
        }
        check_ranges("rate", &self.rate, populations, epochs)?;
        check_ranges("irregularity", &self.irregularity, populations, epochs)?;
        check_ranges("synchrony", &self.synchrony, populations, epochs)
    }

    /// Refuses expectations about spikes where there are none.
    fn refuse_spikes(&self, observable: ObservableKind) -> Result<()> {
        let about = [
            ("retrieval", self.retrieval.is_some()),
            ("spontaneous", self.spontaneous.is_some()),
            ("rate", !self.rate.is_empty()),
            ("irregularity", !self.irregularity.is_empty()),
            ("synchrony", !self.synchrony.is_empty()),
        ];
        match about.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((key, _)) => Err(Error::input(
                match observable {
                    ObservableKind::Graded => {
                        "found an expectation about spikes, but neurons are graded"
                    }
                    _ => "found an expectation about spikes, but neurons are binary",
                },
                "they have states",
                "write [[expect.state]] or [[expect.recall]]",
            )
            .at(*key)),
        }
    }

    /// When a cued pattern counts as held.
    pub fn criterion(&self) -> Criterion {
        self.retrieval.as_ref().map_or_else(Criterion::default, Retrieval::criterion)
    }

    /// Compares a recording of states with what was expected.
    pub fn judge_states(
        &self,
        recording: &Recording,
        trials: Option<&RecallTrials>,
        tours: Option<&TourTrials>,
    ) -> Result<Vec<Verdict>> {
        let protocol = recording.protocol()?;
        let mut verdicts: Vec<Verdict> = trials
            .into_iter()
            .flat_map(|trials| self.recall.iter().map(|expected| expected.judge(trials)))
            .collect();
        if let Some(trials) = tours {
            verdicts.extend(self.tour.iter().map(|expected| expected.judge(trials)));
        }
        let past = Past::of(recording, &protocol)?;
        for expected in self.state.iter().filter(|expected| !past.holds(&expected.epoch)) {
            verdicts.push(expected.judge(recording, &protocol)?);
        }
        for expected in self.sequence.iter().filter(|expected| !past.holds(&expected.epoch)) {
            verdicts.push(expected.judge(recording, &protocol)?);
        }
        Ok(verdicts)
    }

    /// Compares a recording of spikes with what was expected.
    pub fn judge(
        &self,
        recording: &Recording,
        memories: &[Memory],
        decisions: Option<&Decisions>,
    ) -> Result<Vec<Verdict>> {
        let mut verdicts = Vec::new();
        if let Some(decisions) = decisions {
            verdicts.extend(self.delayed_match.iter().flat_map(|t| t.judge(decisions)));
            verdicts.extend(self.level.iter().map(|level| level.judge(decisions)));
        }
        let protocol = recording.protocol()?;
        let past = Past::of(recording, &protocol)?;
        // The time before the first stimulus may be that of another run.
        let spontaneous = self.spontaneous.as_ref().filter(|_| !past.is_some());
        // Who is not cued has nothing to retrieve, unless nobody is.
        let cued = memories.iter().any(|memory| !memory.cues.is_empty());
        for memory in memories {
            verdicts.extend(spontaneous.map(|s| s.judge(memory)));
            if !cued || !memory.cues.is_empty() {
                verdicts.extend(self.retrieval.iter().map(|r| r.judge(memory)));
            }
        }
        for range in self.rate.iter().filter(|range| !past.holds(&range.epoch)) {
            verdicts.push(range.judge_rate(recording, &protocol)?);
        }
        for range in self.irregularity.iter().filter(|range| !past.holds(&range.epoch)) {
            verdicts.push(range.judge_irregularity(recording, &protocol)?);
        }
        for range in self.synchrony.iter().filter(|range| !past.holds(&range.epoch)) {
            verdicts.push(range.judge_synchrony(recording, &protocol)?);
        }
        for expected in self.sequence.iter().filter(|expected| !past.holds(&expected.epoch)) {
            verdicts.push(expected.judge(recording, &protocol)?);
        }
        Ok(verdicts)
    }
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

    fn check(&self) -> Result<()> {
        above_zero(self.cued_above).map_err(|e| e.at("cued_above"))?;
        if !(self.others_below > 0.0 && self.others_below <= 1.0) {
            return Err(Error::input(
                format!("found {}", self.others_below),
                "the bound of the other overlaps is a share of the cued one, above 0 and up to 1",
                "write for example 0.2",
            )
            .at("others_below"));
        }
        if self.window.value() >= SHORTEST {
            return Ok(());
        }
        Err(Error::input(
            format!("found windows of {}", self.window),
            "overlaps are told from windows of at least 10 ms",
            "write for example \"100 ms\"",
        )
        .at("window"))
    }

    fn criterion(&self) -> Criterion {
        Criterion {
            above: self.cued_above.value(),
            within: self.cued_within.value(),
            others_below: self.others_below,
            others_within: self.others_within.value(),
            window: self.window.value(),
        }
    }

    pub(super) fn judge(&self, memory: &Memory) -> Verdict {
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
    fn judge(&self, memory: &Memory) -> Verdict {
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
