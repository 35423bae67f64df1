//! Expectations: what a model claims to show, checked on every recording of it.

use super::assemblies::{ActiveIf, ExpectAssemblies};
use super::branched::Past;
use super::choice::{Choices, ExpectDecision};
use super::decision::{Decisions, ExpectLevel, ExpectTrials};
use super::items::{ExpectItems, HeldItems};
use super::range::{InRange, check_ranges};
use super::recall::{ExpectRecall, ExpectState, RecallTrials, Watched};
use super::retrieval::{Criterion, Memory, Retrieval, Spontaneous};
use super::sequence::ExpectSequence;
use super::tour::{ExpectTour, TourTrials};
use super::trials::{ExpectStimulus, Responses};
use super::verdict::Verdict;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::task::Task;
use crate::units::Rate;
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
    /// About the trials of a repeated stimulus.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stimulus: Vec<ExpectStimulus>,
    /// About trials with several items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ExpectItems>,
    /// About the trials of a decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decision: Vec<ExpectDecision>,
    /// About the tours of a travelling salesman.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tour: Vec<ExpectTour>,
    /// About the state of binary neurons at moments of the protocol.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<ExpectState>,
    /// About patterns that follow one another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequence: Vec<ExpectSequence>,
    /// About assemblies that become active.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assemblies: Vec<ExpectAssemblies>,
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
        for (k, expected) in self.stimulus.iter().enumerate() {
            expected.check(task).map_err(|e| e.within(&format!("stimulus[{k}]")))?;
        }
        for (k, expected) in self.items.iter().enumerate() {
            expected.check(task).map_err(|e| e.within(&format!("items[{k}]")))?;
        }
        for (k, expected) in self.decision.iter().enumerate() {
            let checked = expected.check(task.and_then(Task::decision));
            checked.map_err(|e| e.within(&format!("decision[{k}]")))?;
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
        for (k, expected) in self.assemblies.iter().enumerate() {
            expected.check(watched).map_err(|e| e.within(&format!("assemblies[{k}]")))?;
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
            retrieval.check(populations, protocol).map_err(|e| e.within("retrieval"))?;
        }
        if let Some(spontaneous) = &self.spontaneous {
            spontaneous.check(protocol).map_err(|e| e.within("spontaneous"))?;
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
            ("assemblies", !self.assemblies.is_empty()),
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

    /// When an assembly is active.
    pub fn active_if(&self) -> ActiveIf {
        self.assemblies.first().map_or_else(ActiveIf::default, ExpectAssemblies::active_if)
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

    /// Compares a recording of spikes with what was expected; of trials with what was found in those of the task.
    pub fn judge(
        &self,
        recording: &Recording,
        memories: &[Memory],
        (decisions, responses, choices): (Option<&Decisions>, Option<&Responses>, Option<&Choices>),
        items: Option<&HeldItems>,
    ) -> Result<Vec<Verdict>> {
        let mut verdicts = Vec::new();
        if let Some(decisions) = decisions {
            verdicts.extend(self.delayed_match.iter().flat_map(|t| t.judge(decisions)));
            verdicts.extend(self.level.iter().map(|level| level.judge(decisions)));
        }
        if let Some(responses) = responses {
            verdicts.extend(self.stimulus.iter().map(|expected| expected.judge(responses)));
        }
        if let Some(items) = items {
            verdicts.extend(self.items.iter().map(|expected| expected.judge(items)));
        }
        if let Some(choices) = choices {
            verdicts.extend(self.decision.iter().map(|expected| expected.judge(choices)));
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
        for expected in self.assemblies.iter().filter(|expected| !past.holds(&expected.epoch)) {
            verdicts.extend(expected.judge(recording, &protocol)?);
        }
        Ok(verdicts)
    }
}
