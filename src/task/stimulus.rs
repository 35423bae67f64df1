//! Repeated stimuli: trials in which nothing is shown, then a pattern, then nothing.

use super::{DelayedMatch, Levels, Observer, Order, Shown, Trial};
use crate::protocol::Epoch;
use crate::random::Seed;
use crate::table::{Real, Table};
use crate::units::{Rate, Time};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Repeated trials of a stimulus; the model's section `[task.stimulus]`.
///
/// Its trials are those of a delayed match to sample without a test: patterns and levels are drawn alike. A [`Trial`] has the
/// stimulus as its sample, and its delay and its test end where the stimulus does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StimulusTask {
    /// Number of trials.
    pub trials: usize,
    /// How trials follow one another.
    #[serde(default)]
    pub order: Order,
    /// The population to which patterns are shown; may be left out where only one has patterns.
    pub population: Option<String>,
    /// The patterns that take part, from 1; all if left out.
    pub patterns: Option<Vec<usize>>,
    /// Time before the stimulus, in which nothing is shown.
    pub before: Time,
    /// What is shown of a pattern.
    pub stimulus: Shown,
    /// Time after the stimulus.
    pub after: Time,
}

impl StimulusTask {
    /// The same trials as those of a delayed match whose test takes no time.
    pub(super) fn as_match(&self) -> DelayedMatch {
        let nothing = || Levels(vec![Time::new(0.0)]);
        DelayedMatch {
            trials: self.trials,
            order: self.order,
            population: self.population.clone(),
            patterns: self.patterns.clone(),
            match_probability: 1.0,
            fixation: self.before,
            sample: self.stimulus.clone(),
            delay: nothing(),
            test: Shown {
                duration: nothing(),
                poisson: None,
                current: None,
                left_out: None,
                replaced: None,
            },
            distractor: Vec::new(),
            inter_trial: self.after,
            reset: None,
            observer: Observer {
                above: Rate::new(0.0),
                held_over: Time::new(0.0),
                seen_over: Time::new(0.0),
            },
            readout: IndexMap::new(),
        }
    }

    /// How long the longest trial may last, ms.
    pub fn longest_trial(&self) -> f64 {
        self.as_match().longest_trial()
    }

    /// The trials, of which the first starts at `start` ms, for a population with `patterns` patterns.
    pub fn draw(&self, start: f64, patterns: usize, seed: Seed) -> Vec<Trial> {
        self.as_match().draw(start, patterns, seed)
    }

    /// The epochs of a trial: before, stimulus, after.
    pub fn epochs(&self, trial: &Trial) -> Vec<Epoch> {
        let named = |epoch: Epoch| {
            let name = match epoch.name.as_str() {
                "fixation" => "before",
                "sample" => "stimulus",
                _ => "after",
            };
            Epoch { name: name.to_owned(), ..epoch }
        };
        self.as_match().epochs(trial).into_iter().map(named).collect()
    }
}

/// Times (ms), and how the stimulus was shown.
const REALS: [Real<Trial>; 9] = [
    ("start_ms", |t| &mut t.start),
    ("stimulus_ms", |t| &mut t.sample_onset),
    ("after_ms", |t| &mut t.delay_onset),
    ("end_ms", |t| &mut t.end),
    ("stimulus_duration_ms", |t| &mut t.sample_as_shown.duration),
    ("stimulus_hz", |t| &mut t.sample_as_shown.poisson),
    ("stimulus_mv", |t| &mut t.sample_as_shown.current),
    ("left_out", |t| &mut t.sample_as_shown.left_out),
    ("replaced", |t| &mut t.sample_as_shown.replaced),
];

/// The table of trials of a stimulus.
pub fn stimulus_to_table(trials: &[Trial]) -> Table {
    whole(trials, "pattern").reals("", &REALS, &mut trials.to_vec())
}

/// The trials of a table that [`stimulus_to_table`] made; `None` if a column is missing.
pub fn stimulus_from_table(table: &Table) -> Option<Vec<Trial>> {
    from_columns(table, "pattern", &REALS)
}

/// Number, seed, and the pattern that is shown, called `what`.
pub(super) fn whole(trials: &[Trial], what: &str) -> Table {
    let whole = |value: fn(&Trial) -> u64| trials.iter().map(value).collect();
    Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .whole(what, whole(|t| t.sample as u64 + 1))
}

/// Trials whose test takes no time, from the columns of [`whole`] and others.
pub(super) fn from_columns(table: &Table, what: &str, reals: &[Real<Trial>]) -> Option<Vec<Trial>> {
    let trial = |k: usize| {
        let sample = (table.whole_at(what, k)? as usize).checked_sub(1)?;
        let mut trial = Trial {
            number: table.whole_at("trial", k)? as usize,
            seed: table.whole_at("seed", k)?,
            sample,
            test: sample,
            ..Trial::default()
        };
        table.fill("", reals, k, &mut trial)?;
        let end = trial.delay_onset;
        Some(Trial { test_onset: end, test_end: end, ..trial })
    };
    (0..table.rows()).map(trial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_go_to_their_table_and_back() {
        let task: StimulusTask = toml::from_str(
            "trials = 6\nbefore = '500 ms'\nafter = '200 ms'\n\
             stimulus = { duration = ['100 ms', '300 ms'], poisson = ['50 Hz', '0 Hz'] }",
        )
        .unwrap();
        let trials = task.draw(1000.0, 3, Seed(4));
        let table = stimulus_to_table(&trials);
        assert_eq!(stimulus_from_table(&table).as_ref(), Some(&trials));
        assert_eq!(super::super::from_table(&table), None);
        assert_eq!(stimulus_from_table(&super::super::to_table(&trials)), None);
        // Every block of three has every pattern, every pair both levels.
        let mut shown: Vec<usize> = trials[..3].iter().map(|trial| trial.sample).collect();
        shown.sort_unstable();
        assert_eq!(shown, [0, 1, 2]);
        for pair in trials.chunks(2) {
            assert_ne!(pair[0].sample_as_shown.poisson, pair[1].sample_as_shown.poisson);
        }
        for (trial, next) in trials.iter().zip(&trials[1..]) {
            let epochs = task.epochs(trial);
            let names: Vec<&str> = epochs.iter().map(|epoch| epoch.name.as_str()).collect();
            assert_eq!(names, ["before", "stimulus", "after"]);
            let felt = trial.sample_as_shown.poisson > 0.0;
            let shown: Vec<usize> = epochs.iter().map(|epoch| epoch.show.len()).collect();
            assert_eq!(shown, [0, usize::from(felt), 0]);
            let lasts: f64 = epochs.iter().map(|epoch| epoch.duration.value()).sum();
            assert!((lasts - (next.start - trial.start)).abs() < 1e-9);
            assert_eq!(trial.sample_onset, trial.start + 500.0);
        }
    }
}
