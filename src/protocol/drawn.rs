//! What random courses come to: the values that are held, step by step.

use super::held::{Chance, Strength, Varied};
use super::{Epoch, Network, Stimulus, bounds};
use crate::dynamics::Field;
use crate::error::{Error, Result};
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::random::Seed;
use indexmap::IndexMap;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Which random courses are recorded; the key `courses` of the model's section `[record]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum RecordedCourses {
    /// Those that all driven neurons share, or none.
    Shared(bool),
    /// These too, of some neurons.
    Own(OwnCourses),
}

/// Courses of which every neuron has its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnCourses {
    /// Those of so many neurons are recorded: of every stimulus the first ones that it drives.
    #[schemars(range(min = 1))]
    pub independent: usize,
}

impl Default for RecordedCourses {
    fn default() -> Self {
        Self::Shared(false)
    }
}

impl RecordedCourses {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        *self == Self::Shared(false)
    }

    /// Of how many neurons those are recorded of which each has its own.
    pub fn independent(&self) -> usize {
        match self {
            Self::Shared(_) => 0,
            Self::Own(own) => own.independent,
        }
    }

    /// Refuses those of no neuron.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Own(OwnCourses { independent: 0 }) => Err(Error::input(
                "found courses of 0 neurons",
                "they are recorded of 1 neuron or more",
                "write courses = true for those that all neurons share",
            )
            .at("independent")),
            _ => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for RecordedCourses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// As a model file has them.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = RecordedCourses;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("true, false, or of how many neurons, { independent = 5 }")
    }

    fn visit_bool<E: de::Error>(self, shared: bool) -> Result<RecordedCourses, E> {
        Ok(RecordedCourses::Shared(shared))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<RecordedCourses, A::Error> {
        OwnCourses::deserialize(MapAccessDeserializer::new(map)).map(RecordedCourses::Own)
    }
}

/// A step of a random course.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The epoch in which it is shown, from 0.
    pub epoch: usize,
    /// The place of the stimulus in what that shows, from 0.
    pub stimulus: usize,
    /// The neuron whose own it is, from 0 within its population, if not all that are driven share it.
    pub neuron: Option<u32>,
    /// When it begins, ms or sweeps.
    pub begins: f64,
    /// When it ends.
    pub ends: f64,
    /// A rate (Hz), a current (mV), or a field, by its key in the stimulus.
    pub value: (&'static str, f64),
}

/// The courses of a stimulus, by their keys.
pub(super) fn courses(stimulus: &Stimulus) -> impl Iterator<Item = (&'static str, Strength)> {
    let poisson = stimulus.poisson.as_ref().and_then(|rate| rate.course()).cloned();
    let current = stimulus.current.as_ref().and_then(|current| current.course()).cloned();
    let field = stimulus.field.as_ref().and_then(|field| field.course()).cloned();
    let all = [
        poisson.map(|course| ("poisson", Strength::Poisson(course))),
        current.map(|course| ("current", Strength::Current(course))),
        field.map(|course| ("field", Strength::Local(course))),
    ];
    all.into_iter().flatten()
}

/// The random courses of epochs, each with its epoch, its stimulus and its key; they drive nobody.
fn random(epochs: &[Epoch]) -> impl Iterator<Item = (usize, usize, &'static str, Varied)> {
    epochs.iter().zip(bounds(epochs)).enumerate().flat_map(|(k, (epoch, (onset, _)))| {
        epoch.show.iter().enumerate().flat_map(move |(s, stimulus)| {
            courses(stimulus).filter(|(_, strength)| strength.is_random()).map(
                move |(key, strength)| {
                    // As it is shown: from the difference of its ends rounding may make a step more.
                    let span = (onset, epoch.duration.value());
                    (k, s, key, Varied::new(strength, Default::default(), (k, s, key), span))
                },
            )
        })
    })
}

/// How many steps the random courses of `epochs` have: those that all driven neurons share, and those of one neuron that are its own,
/// times as many as `neurons` says of a stimulus.
pub fn number_of_steps(epochs: &[Epoch], neurons: impl Fn(&Stimulus) -> usize) -> [u64; 2] {
    random(epochs).fold([0, 0], |[shared, own], (k, s, _, course)| match course.is_independent() {
        false => [shared + course.steps(), own],
        true => {
            let more = course.steps().saturating_mul(neurons(&epochs[k].show[s]) as u64);
            [shared, own.saturating_add(more)]
        }
    })
}

/// What they come to, course by course, if the first epoch begins at `start`: those that all driven neurons share, and of those that
/// each has its own, the ones of the first `independent` neurons that a stimulus drives in a network of such populations and
/// patterns.
///
/// # Errors
/// If a stimulus has no clear target.
pub fn steps(
    epochs: &[Epoch],
    (start, chance): (f64, Chance),
    independent: usize,
    (populations, patterns, seed): (&[Placed], &IndexMap<String, Patterns>, Seed),
) -> Result<Vec<Step>> {
    let network = Network { populations, patterns, seed };
    let mut found = Vec::new();
    for (epoch, stimulus, key, course) in random(epochs) {
        let neurons = match course.is_independent() {
            false => vec![None],
            true => network.first(&epochs[epoch].show[stimulus], independent)?,
        };
        // Others are not even counted step by step.
        if neurons.is_empty() {
            continue;
        }
        // Neurons are drawn for in their order.
        let values = course.values(start, chance, neurons.len());
        for (k, neuron) in neurons.into_iter().enumerate() {
            let step = |([begins, ends], values): &([f64; 2], Vec<f64>)| Step {
                epoch,
                stimulus,
                neuron,
                begins: *begins,
                ends: *ends,
                value: (key, values[k]),
            };
            found.extend(values.iter().map(step));
        }
    }
    Ok(found)
}

impl Network<'_> {
    /// The first neurons that a stimulus drives, within their population: so many, or all.
    fn first(&self, stimulus: &Stimulus, number: usize) -> Result<Vec<Option<u32>>> {
        let name = stimulus.target(self.patterns.keys().map(String::as_str))?;
        let Some(placed) = self.populations.iter().find(|p| p.name == name) else {
            return Ok(Vec::new());
        };
        let driven = self.driven(stimulus, name, placed, &mut Field::default())?;
        let within = |neuron: &u32| Some(neuron - placed.neurons.start as u32);
        Ok(driven.neurons.iter().take(number).map(within).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Protocol {
        protocol: Vec<Epoch>,
    }

    #[test]
    fn as_many_steps_are_told_as_are_shown() {
        // An hour and 20.2 ms later, 202 steps of 0.1 ms end at 3600020.3 ms, give or take rounding.
        let text = r#"
            [[protocol]]
            name = "rest"
            duration = "3600000.1 ms"
            [[protocol]]
            name = "shown"
            duration = "20.2 ms"
            show = [{ population = "E", current = { redrawn = { distribution = { uniform = ["0 mV", "1 mV"] }, every = "0.1 ms" } } }]
        "#;
        let protocol: Protocol = toml::from_str(text).unwrap();
        assert_eq!(number_of_steps(&protocol.protocol, |_| 0), [202, 0]);
    }
}
