//! Neural read-outs: match or non-match from the spikes of neurons in a part of the test.
//!
//! A read-out says what its spikes speak for if there are more than its criterion. The criterion is fitted on one half
//! of the trials (those with odd numbers, or those with even ones) and judges the other half, so that every trial is
//! judged by a criterion that does not know it.

use super::roc::{Roc, best_criterion};
use crate::error::Result;
use crate::random::Seed;
use crate::recording::Recording;
use crate::statistics::Share;
use crate::task::{Answer, Counted, Readout, Trial};

/// A read-out of every trial.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its name in the model.
    pub name: String,
    /// Which answer many spikes speak for.
    pub speaks_for: Answer,
    /// Spikes of every trial.
    pub counts: Vec<u64>,
    /// The criteria that judge the trials with odd numbers and those with even ones; `None` if the half on which one
    /// would be fitted lacks matches or non-matches.
    pub criteria: [Option<f64>; 2],
    /// By trial.
    pub answers: Vec<Option<Answer>>,
    /// Whether the answer is the right one, by trial.
    pub correct: Vec<bool>,
    /// When the count exceeds the criterion, ms from the onset of the test; NaN if it does not.
    pub reaction: Vec<f64>,
    /// First kind: trials in which what the spikes speak for is right.
    pub roc: Roc,
}

impl Read {
    /// Reads the trials of a recording.
    pub fn of(
        recording: &Recording,
        name: &str,
        section: &Readout,
        trials: &[Trial],
    ) -> Result<Self> {
        let mut counts = Vec::new();
        for_counted(recording, section, trials, |_, spikes| counts.push(spikes.len() as u64))?;
        let criteria = criteria(section.speaks_for, &counts, trials);
        let mut reaction = Vec::new();
        for_counted(recording, section, trials, |k, spikes| {
            // The first spike that makes the count exceed the criterion.
            let needed = criteria[half(&trials[k])].map(|c| c.floor().max(0.0) as usize);
            let spike = needed.and_then(|n| spikes.get(n));
            reaction.push(spike.map_or(f64::NAN, |time| time - trials[k].test_onset));
        })?;
        Ok(Self::judge(name, section.speaks_for, (counts, reaction), criteria, trials))
    }

    fn judge(
        name: &str,
        speaks_for: Answer,
        (counts, reaction): (Vec<u64>, Vec<f64>),
        criteria: [Option<f64>; 2],
        trials: &[Trial],
    ) -> Self {
        let other_answer = Answer::of(speaks_for == Answer::Nonmatch);
        let answer = |(trial, count): (&Trial, &u64)| {
            let exceeds = *count as f64 > criteria[half(trial)]?;
            Some(if exceeds { speaks_for } else { other_answer })
        };
        let answers: Vec<Option<Answer>> = trials.iter().zip(&counts).map(answer).collect();
        let correct = answers.iter().zip(trials).map(|(a, t)| *a == Some(right(t)));
        let correct = correct.collect();
        let seed = Seed(trials.first().map_or(0, |t| t.seed));
        let mut stream = seed.stream(&format!("analysis/bootstrap/{name}"), 0);
        let [right, wrong] = kinds(speaks_for, &counts, trials, |_| true);
        let roc = Roc::of(&right, &wrong, &mut stream);
        let name = name.to_owned();
        Self { name, speaks_for, counts, criteria, answers, correct, reaction, roc }
    }

    /// Of the trials in which it decides, those in which it is right.
    pub fn right(&self) -> Share {
        let decided = self.answers.iter().zip(&self.correct).filter(|(a, _)| a.is_some());
        Share::of(decided.map(|(_, correct)| *correct))
    }

    /// Trials in which it has no criterion.
    pub fn undecided(&self) -> usize {
        self.answers.iter().filter(|answer| answer.is_none()).count()
    }

    /// Whether its AUC lies above chance, by its interval and by the permutation test.
    pub fn is_significant(&self) -> bool {
        self.roc.interval.0 > 0.5 && self.roc.p < 0.025
    }

    /// Median reaction time of the trials in which it is right, ms; NaN if there is none.
    pub fn median_reaction(&self) -> f64 {
        let right = self.reaction.iter().zip(&self.correct).filter(|(_, correct)| **correct);
        let mut times: Vec<f64> = right.map(|(t, _)| *t).filter(|t| !t.is_nan()).collect();
        times.sort_unstable_by(f64::total_cmp);
        match times.len() {
            0 => f64::NAN,
            n => 0.5 * (times[(n - 1) / 2] + times[n / 2]),
        }
    }
}

fn right(trial: &Trial) -> Answer {
    Answer::of(trial.matches())
}

/// The counts of those `wanted` trials in which what the spikes speak for is right, and of those in which it is wrong.
fn kinds(
    speaks_for: Answer,
    counts: &[u64],
    trials: &[Trial],
    wanted: impl Fn(&Trial) -> bool,
) -> [Vec<f64>; 2] {
    [true, false].map(|first| {
        let all = trials.iter().zip(counts);
        let kind = all.filter(|(t, _)| wanted(t) && (right(t) == speaks_for) == first);
        kind.map(|(_, count)| *count as f64).collect()
    })
}

/// The criterion for trials with odd numbers and that for those with even ones, each fitted on the others.
fn criteria(speaks_for: Answer, counts: &[u64], trials: &[Trial]) -> [Option<f64>; 2] {
    [0, 1].map(|judged| {
        let [right, wrong] = kinds(speaks_for, counts, trials, |trial| half(trial) != judged);
        best_criterion(&right, &wrong)
    })
}

/// 0 for trials with odd numbers, 1 for those with even ones.
fn half(trial: &Trial) -> usize {
    (trial.number + 1) % 2
}

/// Hands over the times (ms) of the spikes that the read-out counts, trial by trial.
fn for_counted(
    recording: &Recording,
    section: &Readout,
    trials: &[Trial],
    mut each: impl FnMut(usize, &[f64]),
) -> Result<()> {
    let patterns = match section.neurons {
        Counted::All | Counted::Range(_) => None,
        _ => recording.patterns(&section.population)?,
    };
    recording.for_trials(&section.population, trials, |k, times, ids| {
        let onset = trials[k].test_onset + section.onset.value();
        let from = times.partition_point(|t| *t < onset);
        let to = times.partition_point(|t| *t < onset + section.window.value());
        let mut only = |counted: &dyn Fn(u64) -> bool| {
            let spikes = times[from..to].iter().zip(&ids[from..to]);
            let own: Vec<f64> = spikes.filter(|(_, i)| counted(**i)).map(|(t, _)| *t).collect();
            each(k, &own);
        };
        let pattern = match &section.neurons {
            Counted::All => return each(k, &times[from..to]),
            Counted::Range(neurons) => return only(&|i| neurons.0.contains(&(i as usize))),
            Counted::TestForeground => trials[k].test,
            Counted::SampleForeground => trials[k].sample,
            Counted::Foreground(number) => number - 1,
        };
        only(&|i| patterns.as_ref().is_some_and(|p| p.contains(pattern, i as usize)));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A read-out of spikes that come all at once.
    fn judged(name: &str, speaks_for: Answer, counts: Vec<u64>, trials: &[Trial]) -> Read {
        let (criteria, reaction) = (criteria(speaks_for, &counts, trials), vec![0.0; counts.len()]);
        Read::judge(name, speaks_for, (counts, reaction), criteria, trials)
    }

    /// Trials 1, 2, ... of which those in `matches` match.
    fn trials(number: usize, matches: impl Fn(usize) -> bool) -> Vec<Trial> {
        let trial = |n| Trial { number: n, test: usize::from(!matches(n)), ..Trial::default() };
        (1..=number).map(trial).collect()
    }

    #[test]
    fn a_trial_is_judged_by_a_criterion_that_does_not_know_it() {
        // Odd trials separate at 15, even ones at 25.
        let trials = trials(8, |n| n % 4 < 2);
        let counts = vec![10, 30, 20, 20, 10, 30, 20, 20];
        let read = judged("I2", Answer::Nonmatch, counts, &trials);
        assert_eq!(read.criteria, [Some(25.0), Some(15.0)]);
        use Answer::{Match, Nonmatch};
        let expected = [Match, Nonmatch, Match, Nonmatch].map(Some);
        assert_eq!(read.answers[..4], expected);
        assert_eq!(read.correct, [true, true, false, false, true, true, false, false]);
    }

    #[test]
    fn a_half_without_matches_gives_no_criterion_and_no_answer() {
        let trials = trials(4, |n| n % 2 == 0);
        let read = judged("I2", Answer::Nonmatch, vec![9, 1, 9, 1], &trials);
        assert_eq!(read.criteria, [None, None]);
        assert_eq!(read.answers, [None; 4]);
        assert_eq!((read.right(), read.undecided()), (Share::default(), 4));
        assert_eq!(read.roc.auc, 1.0);
    }

    #[test]
    fn noise_is_not_significant_as_a_rule() {
        // Of 100 read-outs of noise 2.5 have p < 0.025; 4 standard deviations (1.6 each) more are 8.7.
        let significant = (0..100).filter(|&k| {
            let mut stream = Seed(7).stream("noise", k);
            let trials = trials(100, |n| n % 4 < 2);
            let counts = (0..100).map(|_| u64::from(stream.below(50))).collect();
            judged("noise", Answer::Match, counts, &trials).is_significant()
        });
        let significant = significant.count();
        assert!(significant <= 8, "{significant}");
    }
}
