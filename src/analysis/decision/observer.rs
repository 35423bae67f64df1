//! The ideal observer: what is held at the end of the delay, and what is seen in the test.

use crate::error::Result;
use crate::pattern::OverlapCounter;
use crate::recording::Recording;
use crate::task::{Answer, DelayedMatch, Trial};

/// What the ideal observer tells of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The pattern held at the end of the delay, from 0; none if no overlap stands out.
    pub held: Option<usize>,
    /// Overlap with the sample there, Hz.
    pub overlap: f64,
    /// The pattern seen in the test, from 0.
    pub seen: Option<usize>,
    /// Match if the two are the same; non-match otherwise, also if nothing is held.
    pub answer: Answer,
    pub correct: bool,
    pub failure: Option<Failure>,
}

/// What went wrong in a trial: its memory, or the answer in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was held at the end of the delay.
    Lost,
    /// A distractor was held.
    Distracted,
    /// Another pattern was held, which was not shown.
    Confused,
    /// The sample was held, and the answer was wrong.
    Misjudged,
}

impl Failure {
    pub const ALL: [Self; 4] = [Self::Lost, Self::Distracted, Self::Confused, Self::Misjudged];

    /// As it stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Distracted => "distracted",
            Self::Confused => "confused",
            Self::Misjudged => "misjudged",
        }
    }
}

/// Overlaps (Hz) of a trial at the end of the delay and in the test.
struct Overlaps {
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
        let held = overlaps(trial.test_onset - task.observer.held_over.value(), trial.test_onset);
        let seen = overlaps(trial.test_onset, trial.test_onset + task.observer.seen_over.value());
        observed.push(judge(trial, &Overlaps { held, seen }, task.observer.above.value()));
    })?;
    Ok(observed)
}

fn judge(trial: &Trial, overlaps: &Overlaps, above: f64) -> Observed {
    let held = standing_out(&overlaps.held, above);
    let seen = standing_out(&overlaps.seen, above);
    let answer = Answer::of(held.is_some() && held == seen);
    let correct = answer == Answer::of(trial.matches());
    let failure = match held {
        None => Some(Failure::Lost),
        Some(mu) if mu == trial.sample => (!correct).then_some(Failure::Misjudged),
        Some(mu) if trial.distractors.iter().any(|d| d.pattern == mu) => Some(Failure::Distracted),
        Some(_) => Some(Failure::Confused),
    };
    Observed { held, overlap: overlaps.held[trial.sample], seen, answer, correct, failure }
}

/// The pattern with the largest overlap, if that exceeds `above` and is more than twice any other.
fn standing_out(overlaps: &[f64], above: f64) -> Option<usize> {
    let (largest, m) = overlaps.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let others = overlaps.iter().enumerate().filter(|(mu, _)| *mu != largest);
    (*m > above && others.into_iter().all(|(_, other)| 2.0 * other < *m)).then_some(largest)
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
    fn a_pattern_stands_out_if_it_is_large_and_alone() {
        assert_eq!(standing_out(&[1.0, 30.0, 14.9], 10.0), Some(1));
        assert_eq!(standing_out(&[1.0, 30.0, 15.0], 10.0), None);
        assert_eq!(standing_out(&[1.0, 10.0, 0.0], 10.0), None);
        assert_eq!(standing_out(&[11.0], 10.0), Some(0));
        assert_eq!(standing_out(&[], 10.0), None);
    }

    #[test]
    fn every_failure_has_its_name() {
        let judge = |trial: Trial, held: [f64; 3], seen: [f64; 3]| {
            let overlaps = Overlaps { held: held.to_vec(), seen: seen.to_vec() };
            let observed = super::judge(&trial, &overlaps, 10.0);
            (observed.answer, observed.correct, observed.failure)
        };
        let (of_0, of_1, none) = ([40.0, 1.0, 0.0], [1.0, 40.0, 0.0], [1.0, 1.0, 1.0]);
        use Answer::{Match, Nonmatch};
        assert_eq!(judge(trial(0, 0, None), of_0, of_0), (Match, true, None));
        assert_eq!(judge(trial(0, 1, None), of_0, of_1), (Nonmatch, true, None));
        assert_eq!(
            judge(trial(0, 0, None), of_0, none),
            (Nonmatch, false, Some(Failure::Misjudged))
        );
        // Right by chance, but the memory failed.
        assert_eq!(judge(trial(0, 1, None), none, of_1), (Nonmatch, true, Some(Failure::Lost)));
        assert_eq!(
            judge(trial(0, 0, Some(1)), of_1, of_0),
            (Nonmatch, false, Some(Failure::Distracted))
        );
        assert_eq!(
            judge(trial(0, 1, Some(2)), of_1, of_1),
            (Match, false, Some(Failure::Confused))
        );
        // Nothing held and nothing seen is no match.
        assert_eq!(judge(trial(0, 0, None), none, none), (Nonmatch, false, Some(Failure::Lost)));
    }
}
