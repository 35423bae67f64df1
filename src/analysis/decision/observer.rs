//! The ideal observer: what is held at the end of the delay, and what is seen in the test.

use crate::analysis::window::{largest, standing_out};
use crate::error::Result;
use crate::pattern::OverlapCounter;
use crate::recording::Recording;
use crate::task::{Answer, DelayedMatch, Trial};

/// What the ideal observer tells of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The pattern held just before the sample, from 0: what is left of an earlier trial; none without fixation.
    pub before: Option<usize>,
    /// The pattern held at the end of the delay, from 0; none if no overlap stands out.
    pub holds: Option<usize>,
    /// Overlap with the sample there, Hz.
    pub overlap: f64,
    /// The pattern seen in the test, from 0.
    pub seen: Option<usize>,
    /// Match if the two are the same; non-match otherwise, also if nothing is held; none if nothing is seen.
    pub answer: Option<Answer>,
    /// Whether the answer is the right one.
    pub correct: bool,
    /// What went wrong; none if nothing did.
    pub failure: Option<Failure>,
}

/// What went wrong in a trial: its memory, or the answer in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was held at the end of the delay.
    Lost,
    /// What was held before the sample was held still, or again.
    CarriedOver,
    /// A distractor was held.
    Distracted,
    /// Another pattern was held, which was not shown.
    Confused,
    /// The sample was held, and the answer was wrong.
    Misjudged,
}

impl Failure {
    /// All of them, as tables list them.
    pub const ALL: [Self; 5] =
        [Self::Lost, Self::CarriedOver, Self::Distracted, Self::Confused, Self::Misjudged];

    /// As it stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::CarriedOver => "carried over",
            Self::Distracted => "distracted",
            Self::Confused => "confused",
            Self::Misjudged => "misjudged",
        }
    }
}

/// Every other overlap is below this share of that of a pattern that stands out.
const SHARE: f64 = 0.5;

/// Overlaps (Hz) of a trial before the sample (none without fixation), at the end of the delay and in the test.
struct Overlaps {
    before: Vec<f64>,
    held: Vec<f64>,
    seen: Vec<f64>,
}

/// Observes every trial.
pub(super) fn observe(
    recording: &Recording,
    task: &DelayedMatch,
    population: &str,
    trials: &[Trial],
) -> Result<Vec<Observed>> {
    let Some(patterns) = recording.patterns(population)? else { return Ok(Vec::new()) };
    let mut counter = OverlapCounter::new(&patterns);
    let mut observed = Vec::new();
    recording.for_trials(population, trials, |k, times, ids| {
        let trial = &trials[k];
        let mut overlaps = |from: f64, to: f64| {
            let window = times.partition_point(|t| *t < from)..times.partition_point(|t| *t < to);
            ids[window].iter().for_each(|&i| counter.count(i as usize));
            let mut m = Vec::new();
            counter.take(to - from, &mut m);
            m
        };
        let held_over = task.observer.held_over.value();
        let before = match trial.start < trial.sample_onset {
            true => overlaps(trial.start.max(trial.sample_onset - held_over), trial.sample_onset),
            false => Vec::new(),
        };
        let held = overlaps(trial.test_onset - held_over, trial.test_onset);
        let seen = overlaps(trial.test_onset, trial.test_onset + task.observer.seen_over.value());
        observed.push(judge(trial, &Overlaps { before, held, seen }, task.observer.above.value()));
    })?;
    Ok(observed)
}

fn judge(trial: &Trial, overlaps: &Overlaps, above: f64) -> Observed {
    let before = standing_out(&overlaps.before, above, SHARE);
    let held = standing_out(&overlaps.held, above, SHARE);
    // What is held may still be there when the test is seen.
    let seen = largest(&overlaps.seen, None).filter(|(_, m)| *m > above).map(|(mu, _)| mu);
    let answer = seen.map(|_| Answer::of(held == seen));
    let correct = answer == Some(Answer::of(trial.matches()));
    let failure = match held {
        None => Some(Failure::Lost),
        Some(mu) if mu == trial.sample => (!correct).then_some(Failure::Misjudged),
        Some(_) if held == before => Some(Failure::CarriedOver),
        Some(mu) if trial.distractors.iter().any(|d| d.pattern == mu && d.is_shown()) => {
            Some(Failure::Distracted)
        }
        Some(_) => Some(Failure::Confused),
    };
    Observed {
        before,
        holds: held,
        overlap: overlaps.held[trial.sample],
        seen,
        answer,
        correct,
        failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::DistractorShown;

    fn trial(sample: usize, test: usize, distractor: Option<usize>) -> Trial {
        let shown =
            |pattern| DistractorShown { pattern, onset: 0.0, end: 0.0, poisson: 1.0, current: 0.0 };
        Trial {
            sample,
            test,
            distractors: distractor.map(shown).into_iter().collect(),
            ..Trial::default()
        }
    }

    #[test]
    fn every_failure_has_its_name() {
        let judge_after = |before: &[f64], trial: Trial, held: [f64; 3], seen: [f64; 3]| {
            let overlaps =
                Overlaps { before: before.to_vec(), held: held.to_vec(), seen: seen.to_vec() };
            let observed = super::judge(&trial, &overlaps, 10.0);
            (observed.answer.map_or("", Answer::word), observed.correct, observed.failure)
        };
        let judge = |trial, held, seen| judge_after(&[], trial, held, seen);
        let (of_0, of_1, none) = ([40.0, 1.0, 0.0], [1.0, 40.0, 0.0], [1.0, 1.0, 1.0]);
        let (match_, nonmatch, no_answer) = ("match", "nonmatch", "");
        assert_eq!(judge(trial(0, 0, None), of_0, of_0), (match_, true, None));
        assert_eq!(judge(trial(0, 1, None), of_0, of_1), (nonmatch, true, None));
        assert_eq!(
            judge(trial(0, 0, None), of_0, none),
            (no_answer, false, Some(Failure::Misjudged))
        );
        // Right by chance, but the memory failed.
        assert_eq!(judge(trial(0, 1, None), none, of_1), (nonmatch, true, Some(Failure::Lost)));
        assert_eq!(
            judge(trial(0, 0, Some(1)), of_1, of_0),
            (nonmatch, false, Some(Failure::Distracted))
        );
        assert_eq!(
            judge(trial(0, 1, Some(2)), of_1, of_1),
            (match_, false, Some(Failure::Confused))
        );
        // The distractor was held before the sample already.
        assert_eq!(
            judge_after(&of_1, trial(0, 0, Some(1)), of_1, of_0),
            (nonmatch, false, Some(Failure::CarriedOver))
        );
        assert_eq!(judge_after(&of_1, trial(0, 0, Some(1)), of_0, of_0), (match_, true, None));
        // Who sees nothing is not right, whatever was shown.
        assert_eq!(
            judge(trial(0, 1, None), of_0, none),
            (no_answer, false, Some(Failure::Misjudged))
        );
        // Nothing held and nothing seen.
        assert_eq!(judge(trial(0, 0, None), none, none), (no_answer, false, Some(Failure::Lost)));
    }
}
