//! Which neurons are looked at, in which trials.

use crate::pattern::Patterns;
use crate::task::{AsShown, Trial};

/// The sample of every trial that counts; or, with [`Conditions::alike`], all that it showed before the test.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Patterns that were a sample, from 0, ascending.
    pub samples: Vec<usize>,
    /// For every trial the index of its sample in `samples`; none if the trial does not count.
    pub of_trial: Vec<Option<usize>>,
}

impl Conditions {
    /// All trials, or those that `held` says, one entry per trial.
    pub fn new(trials: &[Trial], held: Option<&[bool]>) -> Self {
        let counts = |k: usize| held.is_none_or(|held| held[k]);
        let mut samples: Vec<usize> = trials.iter().map(|t| t.sample).collect();
        samples.sort_unstable();
        samples.dedup();
        let of = |(k, trial): (usize, &Trial)| {
            counts(k).then(|| samples.partition_point(|mu| *mu < trial.sample))
        };
        let of_trial = trials.iter().enumerate().map(of).collect();
        Self { samples, of_trial }
    }

    /// Trials apart that differ in the sample, in how long it was shown, or in how strongly it or a distractor was: what
    /// varies with them is no noise. `samples` has a sample several times then.
    pub fn alike(trials: &[Trial], held: Option<&[bool]>) -> Self {
        let shown = |trial: &Trial| {
            let AsShown { duration, poisson, current, left_out, replaced } = trial.sample_as_shown;
            let strengths = trial.distractors.iter().flat_map(|d| [d.poisson, d.current]);
            let all = [duration, poisson, current, left_out, replaced].into_iter().chain(strengths);
            (trial.sample, all.map(f64::to_bits).collect::<Vec<u64>>())
        };
        let mut kinds: Vec<_> = trials.iter().map(shown).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let counts = |k: usize| held.is_none_or(|held| held[k]);
        let of = |(k, trial): (usize, &Trial)| {
            counts(k).then(|| kinds.binary_search(&shown(trial)).ok()).flatten()
        };
        let of_trial = trials.iter().enumerate().map(of).collect();
        Self { samples: kinds.into_iter().map(|kind| kind.0).collect(), of_trial }
    }

    /// The same of the trials with this sample alone.
    pub fn only(&self, sample: usize) -> Self {
        let own = |c: &Option<usize>| c.filter(|&c| self.samples[c] == sample);
        Self { samples: self.samples.clone(), of_trial: self.of_trial.iter().map(own).collect() }
    }

    /// Number of trials that count.
    pub fn trials(&self) -> usize {
        self.of_trial.iter().flatten().count()
    }
}

/// Neurons that are looked at together, which may be others in every trial: one set of neurons for each sample, for
/// example.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Stands in tables and legends.
    pub name: String,
    /// Sets of neurons, each ascending.
    pub sets: Vec<Vec<u32>>,
    /// For every trial the index of the set that is looked at; none if the trial does not count.
    pub of_trial: Vec<Option<usize>>,
}

impl Group {
    /// The same `neurons` in every trial that counts.
    pub fn fixed(name: impl Into<String>, mut neurons: Vec<u32>, counts: &[bool]) -> Self {
        neurons.sort_unstable();
        neurons.dedup();
        let of_trial = counts.iter().map(|counts| counts.then_some(0)).collect();
        Self { name: name.into(), sets: vec![neurons], of_trial }
    }

    /// The foreground of the sample of the trial.
    pub fn foreground(patterns: &Patterns, conditions: &Conditions) -> Self {
        let set = |&mu: &usize| patterns.foreground(mu).to_vec();
        Self {
            name: "foreground".to_owned(),
            sets: conditions.samples.iter().map(set).collect(),
            of_trial: conditions.of_trial.clone(),
        }
    }

    /// All others.
    pub fn background(patterns: &Patterns, conditions: &Conditions) -> Self {
        let set = |&mu: &usize| {
            (0..patterns.neurons() as u32).filter(|&i| !patterns.contains(mu, i as usize)).collect()
        };
        Self {
            name: "background".to_owned(),
            sets: conditions.samples.iter().map(set).collect(),
            of_trial: conditions.of_trial.clone(),
        }
    }

    /// One more than the largest neuron.
    pub(super) fn reach(&self) -> usize {
        self.sets.iter().filter_map(|set| set.last()).map(|&i| i as usize + 1).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::DistractorShown;

    #[test]
    fn sets_follow_the_sample() {
        let trial = |sample| Trial { sample, ..Trial::default() };
        let trials = [trial(4), trial(1), trial(4), trial(2)];
        let all = Conditions::new(&trials, None);
        assert_eq!(all.samples, [1, 2, 4]);
        assert_eq!(all.of_trial, [Some(2), Some(0), Some(2), Some(1)]);
        let held = Conditions::new(&trials, Some(&[true, false, true, false]));
        assert_eq!(held.of_trial, [Some(2), None, Some(2), None]);
        assert_eq!((held.samples.len(), held.trials()), (3, 2));

        let foreground = (0..5).map(|mu| vec![mu, mu + 1]).collect();
        let patterns = Patterns::from_foreground(6, foreground);
        let group = Group::foreground(&patterns, &all);
        assert_eq!(group.sets, [[1, 2], [2, 3], [4, 5]]);
        assert_eq!(Group::background(&patterns, &all).sets[2], [0, 1, 2, 3]);
        let fixed = Group::fixed("two", vec![3, 1], &[true, false]);
        assert_eq!((&fixed.sets[0][..], &fixed.of_trial[..]), (&[1, 3][..], &[Some(0), None][..]));
        assert_eq!(fixed.reach(), 4);
    }

    #[test]
    fn trials_that_showed_the_same_are_alike() {
        let trial = |sample, left_out, strength| Trial {
            sample,
            sample_as_shown: AsShown { left_out, ..AsShown::default() },
            distractors: vec![DistractorShown {
                pattern: 7,
                onset: 0.0,
                end: 1.0,
                poisson: strength,
                current: 0.0,
            }],
            ..Trial::default()
        };
        let trials = [
            trial(1, 0.0, 0.0),
            trial(1, 0.5, 0.0),
            trial(1, 0.0, 0.0),
            trial(1, 0.0, 100.0),
            trial(0, 0.0, 0.0),
        ];
        let alike = Conditions::alike(&trials, Some(&[true, true, true, true, false]));
        let [a, b, c, d, e] = alike.of_trial[..] else { panic!() };
        assert!(a == c && e.is_none());
        assert!(a != b && a != d && b != d);
        // Pattern 0 in one way, pattern 1 in three.
        assert_eq!(alike.samples, [0, 1, 1, 1]);
        assert_eq!(alike.only(1).trials(), 4);
        assert_eq!(alike.only(0).trials(), 0);
    }
}
