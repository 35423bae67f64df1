//! Perceptual decisions: trials in which two or more patterns compete for fluctuating evidence.

mod check;
#[cfg(test)]
mod tests;

use super::stimulus::{from_columns, whole};
use super::trial::Draws;
use super::{DelayedMatch, Levels, Order, Reset, Shown, StimulusTask, Trial};
use crate::protocol::{Amount, Course, Epoch, Intensity, Stimulus};
use crate::random::Seed;
use crate::table::{Real, Table};
use crate::units::{Duration, Rate, Time, Voltage};
use serde::{Deserialize, Serialize};

/// Trials of a decision; the model's section `[task.decision]`.
///
/// Successive blocks of trials, each as long as there are pairs of a coherence and a favoured choice, hold every pair once, in
/// random order. A [`Trial`] has the favoured choice as its sample, and its delay and its test end where the stimulus does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionTask {
    /// Number of trials.
    pub trials: usize,
    /// How trials follow one another.
    #[serde(default)]
    pub order: Order,
    /// The population whose patterns are the choices; may be left out where only one has patterns.
    pub population: Option<String>,
    /// The patterns among which the network chooses, from 1; at least two.
    pub choices: Vec<usize>,
    /// Time before the stimulus, in which nothing is shown.
    pub before: Time,
    /// The evidence.
    pub stimulus: Evidence,
    /// Time after the stimulus.
    pub after: Time,
    /// What is shown at the beginning of the time after the stimulus to end the decision.
    pub reset: Option<Reset>,
    /// When a choice has been made.
    pub decided: Decided,
}

/// Evidence for every choice at once: of coherence c the favoured one of n choices gets (1 + c) times the mean, every other one
/// (1 - c/(n - 1)) times. So the sum of the means does not depend on c; a rate that fluctuates is a normal one given that it is
/// not negative, which raises a mean m to m + sd phi(m/sd)/Phi(m/sd), the more the smaller it is, and narrows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// How long it is shown.
    pub duration: Levels<Time>,
    /// Rate added to the external Poisson input of every neuron of a choice.
    pub poisson: Option<Fluctuating<Rate>>,
    /// Current times membrane resistance, added to every neuron of a choice.
    pub current: Option<Fluctuating<Voltage>>,
    /// Length of a step, at whose beginning the evidence of every choice is drawn anew; may be left out where `sd` is 0.
    pub every: Option<Time>,
    /// How much one choice is favoured, from 0 to 1.
    pub coherence: Levels<f64>,
}

/// A strength that is drawn anew in every step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Fluctuating<V: Amount> {
    /// Mean at coherence 0.
    pub mean: V,
    /// Standard deviation, at any coherence, before a rate below 0 is drawn again.
    #[serde(default = "none::<V>")]
    pub sd: V,
}

fn none<V: Amount>() -> V {
    V::of(0.0)
}

/// When a choice has been made: at the first moment t at which the rate of its neurons over (t - window, t], from the spikes
/// since the onset of the stimulus, is above the bound and above that of every other choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The bound.
    pub above: Rate,
    /// Length of the sliding window.
    pub window: Time,
}

impl Fluctuating<Rate> {
    /// The mean of what a choice gets that is favoured by this factor (Hz), where values below 0 are drawn again.
    pub fn shown(&self, factor: f64) -> f64 {
        let mean = Rate::new(self.mean.value() * factor);
        Rate::normal(mean, self.sd).or_min(0.0).mean_of_draws()
    }
}

impl<V: Amount> Fluctuating<V> {
    /// What a choice gets that is favoured by this factor.
    pub(super) fn times(&self, factor: f64, every: Option<Time>) -> Intensity<V> {
        let mean = V::of(self.mean.value() * factor);
        match every.filter(|_| self.sd.value() != 0.0) {
            None => Intensity::Constant(mean),
            Some(every) => Intensity::Course(Course::Redrawn {
                distribution: V::normal(mean, self.sd),
                every: Duration::from(every),
                independent: false,
            }),
        }
    }
}

impl DecisionTask {
    /// The same trials as those of a repeated stimulus without strength.
    pub(super) fn as_match(&self) -> DelayedMatch {
        let like = StimulusTask {
            trials: self.trials,
            order: self.order,
            population: self.population.clone(),
            patterns: Some(self.choices.clone()),
            before: self.before,
            stimulus: Shown {
                duration: self.stimulus.duration.clone(),
                poisson: None,
                current: None,
                left_out: None,
                replaced: None,
            },
            after: self.after,
        };
        DelayedMatch { reset: self.reset.clone(), ..like.as_match() }
    }

    /// How long the longest trial may last, ms.
    pub fn longest_trial(&self) -> f64 {
        self.as_match().longest_trial()
    }

    /// The trials, of which the first starts at `start` ms, for a population with `patterns` patterns.
    pub fn draw(&self, start: f64, patterns: usize, seed: Seed) -> Vec<Trial> {
        let (choices, coherences) = (&self.choices, &self.stimulus.coherence.0);
        let decide = |trial: Trial| {
            let draws = Draws { k: trial.number - 1, seed };
            let pair = draws.balanced("decision", choices.len() * coherences.len());
            let favoured = choices[pair % choices.len()] - 1;
            let mut shown = trial.sample_as_shown;
            shown.poisson = self.stimulus.poisson.map_or(0.0, |poisson| poisson.mean.value());
            shown.current = self.stimulus.current.map_or(0.0, |current| current.mean.value());
            Trial {
                sample: favoured,
                test: favoured,
                coherence: coherences[pair / choices.len()],
                sample_as_shown: shown,
                ..trial
            }
        };
        self.as_match().draw(start, patterns, seed).into_iter().map(decide).collect()
    }

    /// The epochs of a trial: before, stimulus, reset, after.
    pub fn epochs(&self, trial: &Trial) -> Vec<Epoch> {
        let named = |epoch: Epoch| match epoch.name.as_str() {
            "fixation" => Epoch { name: "before".to_owned(), ..epoch },
            "sample" => Epoch { name: "stimulus".to_owned(), show: self.evidence(trial), ..epoch },
            "reset" => epoch,
            _ => Epoch { name: "after".to_owned(), ..epoch },
        };
        self.as_match().epochs(trial).into_iter().map(named).collect()
    }

    /// What a choice gets that is not favoured at this coherence, as a share of the mean.
    pub fn left_for_others(&self, coherence: f64) -> f64 {
        1.0 - coherence / (self.choices.len() as f64 - 1.0)
    }

    /// What every choice gets, in their order.
    pub(super) fn evidence(&self, trial: &Trial) -> Vec<Stimulus> {
        let Evidence { poisson, current, every, .. } = &self.stimulus;
        let stimulus = |&choice: &usize| {
            let factor = match choice == trial.sample + 1 {
                true => 1.0 + trial.coherence,
                false => self.left_for_others(trial.coherence),
            };
            Stimulus {
                pattern: Some(choice),
                population: self.population.clone(),
                poisson: poisson.map(|poisson| poisson.times(factor, *every)),
                current: current.map(|current| current.times(factor, *every)),
                ..Stimulus::default()
            }
        };
        self.choices.iter().map(stimulus).filter(Stimulus::is_felt).collect()
    }
}

/// Times (ms), and how the evidence was shown.
const REALS: [Real<Trial>; 8] = [
    ("coherence", |t| &mut t.coherence),
    ("start_ms", |t| &mut t.start),
    ("stimulus_ms", |t| &mut t.sample_onset),
    ("after_ms", |t| &mut t.delay_onset),
    ("end_ms", |t| &mut t.end),
    ("stimulus_duration_ms", |t| &mut t.sample_as_shown.duration),
    ("stimulus_hz", |t| &mut t.sample_as_shown.poisson),
    ("stimulus_mv", |t| &mut t.sample_as_shown.current),
];

/// The table of trials of a decision.
pub fn decision_to_table(trials: &[Trial]) -> Table {
    whole(trials, "favoured").reals("", &REALS, &mut trials.to_vec())
}

/// The trials of a table that [`decision_to_table`] made; `None` if a column is missing.
pub fn decision_from_table(table: &Table) -> Option<Vec<Trial>> {
    from_columns(table, "favoured", &REALS)
}
