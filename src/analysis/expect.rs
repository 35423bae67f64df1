//! Expectations: what a model claims to show, checked on every recording of it.

use super::decision::{Decisions, ExpectLevel, ExpectTrials};
use super::range::{InRange, check_ranges};
use super::recall::{ExpectRecall, ExpectState, RecallTrials, Watched};
use super::retrieval::{Cue, Memory};
use super::verdict::Verdict;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::recording::Recording;
use crate::task::Task;
use crate::units::{Rate, Time};
use serde::{Deserialize, Serialize};
use std::ops::Range;

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
    /// About the state of binary neurons at moments of the protocol.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<ExpectState>,
}

/// Every cue retrieves its pattern and the network holds it until something else is shown.
///
/// Overlaps are in units of the mean rate of the cued foreground in delay activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retrieval {
    /// Whether memories are expected to be held, or (in a negative control) lost after every cue.
    #[serde(default)]
    pub outcome: Outcome,
    /// The overlap with the cued pattern exceeds this ...
    pub cued_above: f64,
    /// ... from this time after the onset of the cue.
    pub cued_within: Time,
    /// The overlap with every other pattern stays below this share of the cued one ...
    pub others_below: f64,
    /// ... from this time after the onset of the cue.
    pub others_within: Time,
    /// Overlaps are averaged over stretches of this length before they are judged, for memories that live in
    /// separate population spikes; over the recording's interval if left out.
    pub averaged_over: Option<Time>,
}

/// What becomes of cued memories.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every cue meets the criterion.
    #[default]
    Held,
    /// No cue meets it.
    Lost,
}

/// Before the first cue no pattern stands out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spontaneous {
    /// Every overlap stays within this of 0.
    pub overlap_within: f64,
}

/// How one cue went.
struct CueOutcome {
    pattern: usize,
    /// Smallest overlap with the cued pattern in the time in which it must be held.
    weakest: f64,
    /// Largest share of another pattern in the time in which it must be below.
    largest_other: f64,
}

impl Expect {
    /// Refuses expectations about what a model does not have: `populations` with whether they hold
    /// patterns, `epochs` by name, the `task`, and what is `watched` of states.
    pub fn check(
        &self,
        observable: ObservableKind,
        populations: &[(&str, bool)],
        epochs: &[&str],
        task: Option<&Task>,
        watched: &Watched,
    ) -> Result<()> {
        if observable != ObservableKind::Spikes {
            self.refuse_spikes(observable)?;
        }
        for (k, expected) in self.recall.iter().enumerate() {
            let recall = task.and_then(Task::recall);
            expected.check(recall).map_err(|e| e.within(&format!("recall[{k}]")))?;
        }
        for (k, expected) in self.state.iter().enumerate() {
            let checked = expected.check(observable, watched);
            checked.map_err(|e| e.within(&format!("state[{k}]")))?;
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
        let shares = [
            ("retrieval.cued_above", self.retrieval.as_ref().map(|r| r.cued_above)),
            ("retrieval.others_below", self.retrieval.as_ref().map(|r| r.others_below)),
            ("spontaneous.overlap_within", self.spontaneous.as_ref().map(|s| s.overlap_within)),
        ];
        for (key, share) in shares {
            if share.is_some_and(|s| !(s > 0.0 && s.is_finite())) {
                return Err(Error::input(
                    format!("found {}", share.unwrap_or_default()),
                    "the bound of an overlap is a number above 0",
                    "write for example 0.2",
                )
                .at(key));
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

    /// Compares a recording of states with what was expected.
    pub fn judge_states(
        &self,
        recording: &Recording,
        trials: Option<&RecallTrials>,
    ) -> Result<Vec<Verdict>> {
        let protocol = recording.protocol()?;
        let mut verdicts: Vec<Verdict> = trials
            .into_iter()
            .flat_map(|trials| self.recall.iter().map(|expected| expected.judge(trials)))
            .collect();
        for expected in &self.state {
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
        for memory in memories {
            verdicts.extend(self.spontaneous.iter().map(|s| s.judge(memory)));
            verdicts.extend(self.retrieval.iter().map(|r| r.judge(memory)));
        }
        let protocol = recording.protocol()?;
        for range in &self.rate {
            verdicts.push(range.judge_rate(recording, &protocol)?);
        }
        for range in &self.irregularity {
            verdicts.push(range.judge_irregularity(recording, &protocol)?);
        }
        for range in &self.synchrony {
            verdicts.push(range.judge_synchrony(recording, &protocol)?);
        }
        Ok(verdicts)
    }
}

impl Retrieval {
    fn judge(&self, memory: &Memory) -> Verdict {
        let held = match self.outcome {
            Outcome::Held => "every cue retrieves its pattern, held until the next",
            Outcome::Lost => "no cued pattern is held",
        };
        let averaged = self.averaged_over.map(|t| format!(", averaged over {t}"));
        let expectation = format!(
            "retrieval in {}: {held} (cued overlap > {} after {}, others < {} of it after {}{})",
            memory.population,
            self.cued_above,
            self.cued_within,
            self.others_below,
            self.others_within,
            averaged.unwrap_or_default()
        );
        let outcomes: Option<Vec<CueOutcome>> =
            memory.cues.iter().map(|cue| self.outcome_of(memory, cue)).collect();
        let Some(outcomes) = outcomes.filter(|all| !all.is_empty()) else {
            let found = match memory.cues.is_empty() {
                true => "no cue was shown",
                false => {
                    "a cue is followed too soon by another stimulus: nothing was recorded between"
                }
            };
            return Verdict { expectation, met: false, found: found.to_owned() };
        };
        let good =
            |o: &&CueOutcome| o.weakest > self.cued_above && o.largest_other < self.others_below;
        let number = outcomes.iter().filter(good).count();
        let met = match self.outcome {
            Outcome::Held => number == outcomes.len(),
            Outcome::Lost => number == 0,
        };
        let lost: Vec<String> = outcomes
            .iter()
            .filter(|o| !good(o))
            .map(|o| {
                let weakest = format!("cued overlap down to {:.2}", o.weakest);
                let others = match o.largest_other.is_finite() {
                    true => format!("others up to {:.2} of it", o.largest_other),
                    false => "others above it".to_owned(),
                };
                format!("pattern {}: {weakest}, {others}", o.pattern + 1)
            })
            .collect();
        let weakest = outcomes.iter().map(|o| o.weakest).fold(f64::INFINITY, f64::min);
        let other = outcomes.iter().map(|o| o.largest_other).fold(0.0, f64::max);
        let mut found = format!("{number} of {} cues held", memory.cues.len());
        if lost.is_empty() {
            found += &format!("; weakest cued overlap {weakest:.2}, others up to {other:.2} of it");
        } else {
            found += &format!("; memory lost: {}", lost.join("; "));
        }
        Verdict { expectation, met, found }
    }

    /// `None` if no interval was recorded in which the memory must be held.
    fn outcome_of(&self, memory: &Memory, cue: &Cue) -> Option<CueOutcome> {
        // Without delay activity there is no reference rate, and no overlap is large.
        let reference = memory.reference.unwrap_or(f64::INFINITY);
        let width = self.averaged_over.map_or(0.0, Time::value) / memory.overlaps.interval;
        let width = (width.round() as usize).max(1);
        // The whole stretches from this time on, as ranges of intervals.
        let from = |delay: Time| {
            let intervals = memory.overlaps.within(cue.onset + delay.value(), cue.until);
            let number = intervals.len() / width;
            let stretch =
                move |k: usize| intervals.start + k * width..intervals.start + (k + 1) * width;
            (number > 0).then(|| (0..number).map(stretch))
        };
        let mean = |stretch: &Range<usize>, mu: usize| {
            stretch.clone().map(|k| memory.overlaps.row(k)[mu]).sum::<f64>() / width as f64
        };
        let cued = |stretch: Range<usize>| mean(&stretch, cue.pattern);
        let weakest = from(self.cued_within)?.map(cued).fold(f64::INFINITY, f64::min) / reference;
        let patterns = memory.overlaps.width;
        let largest_other = from(self.others_within)?
            .map(|stretch| {
                let others = (0..patterns).filter(|&mu| mu != cue.pattern);
                let largest = others.map(|mu| mean(&stretch, mu)).fold(0.0, f64::max);
                if largest == 0.0 { 0.0 } else { largest / cued(stretch).max(0.0) }
            })
            .fold(0.0, f64::max);
        Some(CueOutcome { pattern: cue.pattern, weakest, largest_other })
    }
}

impl Spontaneous {
    fn judge(&self, memory: &Memory) -> Verdict {
        let first = memory.cues.first().map_or(f64::INFINITY, |c| c.onset);
        let intervals = memory.overlaps.within(0.0, first);
        let number = intervals.len();
        let largest =
            intervals.flat_map(|k| memory.overlaps.row(k)).map(|m| m.abs()).fold(0.0, f64::max);
        let expectation = format!(
            "spontaneous activity of {}: every overlap within {} of 0",
            memory.population, self.overlap_within
        );
        let (met, found) = match memory.reference {
            _ if number == 0 => (false, "no interval was recorded before the first cue".to_owned()),
            None => (false, "no delay activity gives a reference rate".to_owned()),
            Some(reference) => {
                let share = largest / reference;
                (share <= self.overlap_within, format!("largest {share:.3}"))
            }
        };
        Verdict { expectation, met, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Patterns;
    use crate::recording::Samples;

    /// Two patterns on ten neurons; intervals of 100 ms; a cue of pattern 0 at 0 ms; rows are overlaps in Hz.
    fn memory(rows: &[[f64; 2]]) -> Memory {
        let time: Vec<f64> = (0..rows.len()).map(|k| 100.0 * k as f64 + 50.0).collect();
        let end = 100.0 * rows.len() as f64;
        Memory {
            population: "E".to_owned(),
            patterns: Patterns::from_foreground(10, vec![vec![0, 1], vec![2, 3]]),
            overlaps: Samples {
                interval: 100.0,
                time: time.clone(),
                width: 2,
                values: rows.concat(),
            },
            rates: Samples { interval: 100.0, time, width: 1, values: vec![0.0; rows.len()] },
            cues: vec![Cue { pattern: 0, onset: 0.0, offset: 100.0, until: end }],
            reference: Some(40.0),
        }
    }

    fn retrieval(outcome: Outcome) -> Retrieval {
        Retrieval {
            outcome,
            cued_above: 0.7,
            cued_within: Time::new(200.0),
            others_below: 0.2,
            others_within: Time::new(300.0),
            averaged_over: None,
        }
    }

    #[test]
    fn a_memory_is_held_only_if_it_is_strong_and_alone_in_time() {
        let good = [[0.0, 30.0], [10.0, 20.0], [29.0, 20.0], [40.0, 7.0], [41.0, 0.0]];
        let weak = [[0.0, 30.0], [10.0, 20.0], [27.0, 20.0], [40.0, 7.0], [41.0, 0.0]];
        let crowded = [[0.0, 30.0], [10.0, 20.0], [29.0, 20.0], [40.0, 8.0], [41.0, 0.0]];
        let fading = [[0.0, 30.0], [10.0, 20.0], [29.0, 20.0], [40.0, 7.0], [20.0, 0.0]];
        for (rows, held) in [(good, true), (weak, false), (crowded, false), (fading, false)] {
            let memory = memory(&rows);
            assert_eq!(retrieval(Outcome::Held).judge(&memory).met, held, "{rows:?}");
            assert_eq!(retrieval(Outcome::Lost).judge(&memory).met, !held, "{rows:?}");
        }
    }

    #[test]
    fn population_spikes_hold_a_memory_on_average() {
        let rows =
            [[0.0; 2], [0.0; 2], [80.0, 0.0], [0.0, 10.0], [0.0, 0.0], [70.0, 0.0], [0.0; 2]];
        let memory = memory(&rows);
        let over = |ms: f64| {
            let averaged_over = Some(Time::new(ms));
            Retrieval { averaged_over, others_within: Time::new(200.0), ..retrieval(Outcome::Held) }
        };
        // 40 and 35 Hz of 40; what is left of a third stretch does not count.
        assert!(over(200.0).judge(&memory).met);
        assert!(!over(100.0).judge(&memory).met);
        assert!(!over(600.0).judge(&memory).met);
        assert!(!Retrieval { others_below: 0.1, ..over(200.0) }.judge(&memory).met);
    }

    #[test]
    fn a_time_in_which_nothing_was_recorded_is_no_success() {
        let memory = memory(&[[40.0, 0.0], [40.0, 0.0], [40.0, 0.0], [40.0, 0.0]]);
        for late in [
            Retrieval { others_within: Time::new(400.0), ..retrieval(Outcome::Held) },
            Retrieval { cued_within: Time::new(400.0), ..retrieval(Outcome::Lost) },
        ] {
            assert!(!late.judge(&memory).met);
        }
        // The first cue comes at once.
        assert!(!Spontaneous { overlap_within: 0.1 }.judge(&memory).met);
    }

    #[test]
    fn nothing_recorded_is_no_success() {
        let mut nothing = memory(&[]);
        assert!(!retrieval(Outcome::Held).judge(&nothing).met);
        assert!(!retrieval(Outcome::Lost).judge(&nothing).met);
        nothing.reference = None;
        assert!(!Spontaneous { overlap_within: 0.1 }.judge(&nothing).met);
    }
}
