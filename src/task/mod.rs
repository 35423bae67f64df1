//! Tasks: trials of an experiment, drawn by rules rather than written one by one.
//!
//! A delayed match to sample is no dynamics and no loop of its own. It is a way to write down many trials, each a
//! list of epochs: fixation, sample, delay (with distractors), test, reset, inter-trial interval. What each
//! trial shows is drawn from the seed and the number of the trial alone, so that a trial can be
//! repeated by itself, and further trials leave the earlier ones as they are.

mod check;
mod decision;
mod episode;
mod intensities;
mod items;
mod levels;
mod readout;
mod recall;
mod shown;
mod stimulus;
mod table;
#[cfg(test)]
mod tests;
mod tour;
mod trial;
mod trials;

pub use decision::{Decided, DecisionTask, Evidence, Fluctuating};
pub use decision::{decision_from_table, decision_to_table};
pub use episode::{Episode, Setting};
pub use intensities::Intensities;
pub use items::{HeldIf, ItemsTask, Presented, items_from_table, items_to_table, listed};
pub use levels::Levels;
pub use readout::{Answer, Counted, Readout};
pub use recall::{Recall, RecallTrial, Start, recall_from_table, recall_to_table};
pub use stimulus::{StimulusTask, stimulus_from_table, stimulus_to_table};
pub use table::{from_table, to_table};
pub use tour::{TourTask, TourTrial, tour_from_table, tour_to_table};
pub use trial::{AsShown, DistractorShown, Item, Trial};
pub use trials::{Trials, of_spikes_from_table};

use crate::protocol::Amount;
use crate::random::Seed;
use crate::units::{Rate, Time, Voltage};
use indexmap::IndexMap;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which task the network does after the protocol; the model's section `[task]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Task {
    /// Sample, delay, test: was it the same pattern?
    DelayedMatch(Box<DelayedMatch>),
    /// Nothing, a pattern, nothing: what varies from trial to trial?
    Stimulus(Box<StimulusTask>),
    /// Several patterns, a delay: how many are held together?
    Items(Box<ItemsTask>),
    /// Fluctuating evidence for several patterns: which one wins, and when?
    Decision(Box<DecisionTask>),
    /// From a degraded pattern back to the pattern?
    Recall(Recall),
    /// From anywhere to a tour of a travelling salesman?
    Tour(TourTask),
}

impl Task {
    /// The delayed match to sample, if it is one.
    pub fn delayed_match(&self) -> Option<&DelayedMatch> {
        match self {
            Self::DelayedMatch(task) => Some(task),
            _ => None,
        }
    }

    /// The decision, if it is one.
    pub fn decision(&self) -> Option<&DecisionTask> {
        if let Self::Decision(task) = self { Some(task) } else { None }
    }

    /// The recall, if it is one.
    pub fn recall(&self) -> Option<&Recall> {
        match self {
            Self::Recall(task) => Some(task),
            _ => None,
        }
    }

    /// The tours, if it is about these.
    pub fn tour(&self) -> Option<&TourTask> {
        if let Self::Tour(task) = self { Some(task) } else { None }
    }

    /// How many trials there are.
    pub fn trials(&self) -> usize {
        match self {
            Self::DelayedMatch(task) => task.trials,
            Self::Stimulus(task) => task.trials,
            Self::Items(task) => task.trials,
            Self::Decision(task) => task.trials,
            Self::Recall(task) => task.trials,
            Self::Tour(task) => task.trials,
        }
    }

    /// How patterns are shown, by their keys in the model's section `[task]`; not the evidence of decisions.
    pub fn shown_patterns(&self) -> Vec<(&'static str, &Shown)> {
        match self {
            Self::DelayedMatch(task) => {
                vec![("delayed_match.sample", &task.sample), ("delayed_match.test", &task.test)]
            }
            Self::Stimulus(task) => vec![("stimulus.stimulus", &task.stimulus)],
            Self::Items(task) => vec![("items.stimulus", &task.stimulus)],
            Self::Decision(_) | Self::Recall(_) | Self::Tour(_) => Vec::new(),
        }
    }

    /// Whether it draws evidence of decisions, be it with a standard deviation of 0.
    pub fn draws_evidence(&self) -> bool {
        matches!(self, Self::Decision(task) if task.stimulus.poisson.is_some() || task.stimulus.current.is_some())
    }

    /// Whether each trial ends as soon as the network has come to rest.
    pub fn ends_at_rest(&self) -> bool {
        matches!(self, Self::Recall(_) | Self::Tour(_))
    }

    /// How long a trial lasts at most, on the clock of the network.
    pub fn trial_duration(&self) -> f64 {
        match self {
            Self::DelayedMatch(task) => task.longest_trial(),
            Self::Stimulus(task) => task.longest_trial(),
            Self::Items(task) => task.longest_trial(),
            Self::Decision(task) => task.longest_trial(),
            Self::Recall(task) => task.longest(),
            Self::Tour(task) => task.longest(),
        }
    }

    /// How long all trials last, on the clock of the network.
    pub fn duration(&self, seed: Seed) -> f64 {
        match self {
            Self::DelayedMatch(task) => task.bounds(0.0, seed)[task.trials],
            Self::Stimulus(task) => task.as_match().bounds(0.0, seed)[task.trials],
            Self::Items(task) => task.duration(seed),
            Self::Decision(task) => task.as_match().bounds(0.0, seed)[task.trials],
            Self::Recall(task) => task.trials as f64 * task.longest(),
            Self::Tour(task) => task.trials as f64 * task.longest(),
        }
    }
}

/// Delayed match to sample; the model's section `[task.delayed_match]`.
///
/// Where a value may be a list (levels), every trial gets one member: successive blocks of trials, each as long as the
/// list, hold every member once, in random order. So are the samples drawn from `patterns`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelayedMatch {
    /// Number of trials.
    pub trials: usize,
    /// How trials follow one another.
    #[serde(default)]
    pub order: Order,
    /// The population to which patterns are shown; may be left out where only one has patterns.
    pub population: Option<String>,
    /// The patterns that take part, from 1; all if left out.
    pub patterns: Option<Vec<usize>>,
    /// Probability that the test is the sample again; otherwise it is another pattern that takes part.
    pub match_probability: f64,
    /// Time before the sample, in which nothing is shown.
    #[serde(default = "no_time")]
    pub fixation: Time,
    /// The pattern to be remembered.
    pub sample: Shown,
    /// Time between sample and test.
    pub delay: Levels<Time>,
    /// The pattern that is the sample again, or is not.
    pub test: Shown,
    /// What is shown during the delay, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distractor: Vec<Distractor>,
    /// Time after the test.
    #[serde(default = "no_time")]
    pub inter_trial: Time,
    /// What is shown at the beginning of the inter-trial interval to end the memory.
    pub reset: Option<Reset>,
    /// How what is held and what is seen are told.
    pub observer: Observer,
    /// Neural read-outs of match or non-match, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub readout: IndexMap<String, Readout>,
}

impl DelayedMatch {
    /// What varies from trial to trial because it is a list of levels, by the names of the table of trials, with the
    /// levels in its unit.
    pub fn varied(&self) -> Vec<(String, Vec<f64>)> {
        fn values<T: Copy>(levels: &Option<Levels<T>>, value: fn(T) -> f64) -> Vec<f64> {
            levels.iter().flat_map(|levels| levels.0.iter().map(|level| value(*level))).collect()
        }
        fn strengths<V: Amount>(
            strength: &Option<Intensities<V>>,
            value: fn(V) -> f64,
        ) -> Vec<f64> {
            strength.iter().flat_map(Intensities::levels).map(|level| value(*level)).collect()
        }
        let shown = |names: [&str; 4], shown: &Shown| {
            let levels = [
                strengths(&shown.poisson, Rate::value),
                strengths(&shown.current, Voltage::value),
                values(&shown.left_out, |share| share),
                values(&shown.replaced, |share| share),
            ];
            names.map(str::to_owned).into_iter().zip(levels).collect::<Vec<_>>()
        };
        let mut varied = shown(["sample_hz", "sample_mv", "left_out", "replaced"], &self.sample);
        varied.extend(shown(["test_hz", "test_mv", "test_left_out", "test_replaced"], &self.test));
        for (d, distractor) in self.distractor.iter().enumerate() {
            let name = distractor_name(d);
            varied.push((format!("{name}_hz"), values(&distractor.poisson, Rate::value)));
            varied.push((format!("{name}_mv"), values(&distractor.current, Voltage::value)));
        }
        let durations = [
            ("sample_duration_ms", &self.sample.duration),
            ("delay_duration_ms", &self.delay),
            ("test_duration_ms", &self.test.duration),
        ];
        varied.extend(durations.map(|(name, levels)| {
            (name.to_owned(), levels.0.iter().map(|level| level.value()).collect())
        }));
        varied.retain(|(_, levels)| levels.len() > 1);
        varied
    }
}

/// What distractor `d`, from 0, is called in the table of trials.
pub fn distractor_name(d: usize) -> String {
    if d == 0 { "distractor".to_owned() } else { format!("distractor_{}", d + 1) }
}

fn no_time() -> Time {
    Time::new(0.0)
}

/// How trials follow one another.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Every trial starts from the same state, that at the end of the protocol, with external input of its own.
    #[default]
    Independent,
    /// Every trial starts where the one before ended, so that carry-over shows.
    InSequence,
}

/// A pattern as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// How long it is shown.
    pub duration: Levels<Time>,
    /// Rate added to the external Poisson input of every driven neuron, or its course in time.
    pub poisson: Option<Intensities<Rate>>,
    /// Current times membrane resistance, added to every driven neuron, or its course in time.
    pub current: Option<Intensities<Voltage>>,
    /// Share of the foreground that is not driven.
    pub left_out: Option<Levels<f64>>,
    /// Share of the foreground in whose place as many neurons of the background are driven.
    pub replaced: Option<Levels<f64>>,
}

/// A pattern that is shown during the delay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distractor {
    /// Time from the beginning of the delay.
    pub after: Time,
    /// How long it is shown.
    pub duration: Time,
    /// Which pattern it is.
    #[serde(default)]
    pub pattern: Which,
    /// Rate added to the external Poisson input of every driven neuron.
    pub poisson: Option<Levels<Rate>>,
    /// Current added to every driven neuron.
    pub current: Option<Levels<Voltage>>,
}

/// Which pattern a distractor is; written as `"another"`, `"repeated"` or its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// One that takes part, drawn anew, neither sample nor test; two of them may be the same.
    #[default]
    Another,
    /// That of the distractor before: A B B A.
    Repeated,
    /// This one, from 1, which does not take part otherwise.
    Number(usize),
}

/// What is shown to a population to end the memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// How long it is shown.
    pub duration: Time,
    /// All of it is driven.
    pub population: String,
    /// Rate added to the external Poisson input of every neuron.
    pub poisson: Option<Rate>,
    /// Current added to every neuron.
    pub current: Option<Voltage>,
}

/// How an ideal observer, who sees all spikes, tells what is held and what is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Observer {
    /// A pattern is held if its overlap is the largest, above this, and more than twice any other; it is seen if its
    /// overlap is the largest and above this.
    pub above: Rate,
    /// What is held is told from this much time before the test ...
    pub held_over: Time,
    /// ... and what is seen from this much time after its onset.
    pub seen_over: Time,
}

impl Serialize for Which {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Another => serializer.serialize_str("another"),
            Self::Repeated => serializer.serialize_str("repeated"),
            Self::Number(number) => serializer.serialize_u64(*number as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Which {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let number = value.as_integer().and_then(|n| usize::try_from(n).ok());
        match (value.as_str(), number) {
            (Some("another"), _) => Ok(Self::Another),
            (Some("repeated"), _) => Ok(Self::Repeated),
            (_, Some(number)) => Ok(Self::Number(number)),
            _ => {
                let error = crate::error::Error::input(
                    format!("found {value}"),
                    "a distractor is \"another\" pattern, the \"repeated\" one before it, or the number of a pattern",
                    "write for example pattern = \"another\"",
                );
                Err(D::Error::custom(error.to_message()))
            }
        }
    }
}
