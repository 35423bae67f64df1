//! The protocol: what is shown to the network, and when.
//!
//! A protocol is a list of epochs, one after another. In an epoch stimuli are shown, each an external
//! field on the foreground of a pattern or on a whole population. A cue, a distractor and a delay are all
//! epochs; so is a delayed match to sample a list of them.

use crate::dynamics::Field;
use crate::error::{Error, Result, suggest};
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::units::{Rate, Time, Voltage};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A stretch of the protocol; the model's sections `[[protocol]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// What the summary and the recording call it.
    pub name: String,
    /// How long it lasts.
    pub duration: Time,
    /// What is shown meanwhile; nothing in a delay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<Stimulus>,
}

/// An external field on some neurons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stimulus {
    /// The pattern, from 1, whose foreground is driven; without it, the whole population is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<usize>,
    /// The population; may be left out where only one has patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
    /// Rate added to the external Poisson input of every driven neuron.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poisson: Option<Rate>,
    /// Current times membrane resistance, added to every driven neuron.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Voltage>,
}

/// What a protocol may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// Every population, and whether it has external Poisson input.
    pub populations: &'a [(&'a str, bool)],
    /// The populations that hold patterns, and how many.
    pub patterns: &'a [(&'a str, usize)],
}

/// Refuses protocols that show what does not exist.
pub fn check(epochs: &[Epoch], stage: Stage) -> Result<()> {
    if epochs.is_empty() {
        return Err(Error::input(
            "found no epoch",
            "a protocol has at least one",
            "add [[protocol]] with name = \"rest\" and duration = \"1 s\"",
        )
        .at("protocol"));
    }
    for (k, epoch) in epochs.iter().enumerate() {
        let key = format!("protocol[{k}]");
        epoch.duration.positive("a duration").map_err(|e| e.at("duration").within(&key))?;
        for (s, stimulus) in epoch.show.iter().enumerate() {
            let key = format!("{key}.show[{s}]");
            stimulus.check(stage).map_err(|e| e.within(&key))?;
        }
    }
    Ok(())
}

/// Start and end of every epoch, ms.
pub fn bounds(epochs: &[Epoch]) -> Vec<(f64, f64)> {
    let mut end = 0.0;
    epochs
        .iter()
        .map(|epoch| {
            let start = end;
            end += epoch.duration.value();
            (start, end)
        })
        .collect()
}

impl Stimulus {
    fn check(&self, stage: Stage) -> Result<()> {
        let population = self.target(stage.patterns.iter().map(|p| p.0))?;
        let known = stage.populations.iter().map(|p| p.0);
        let Some((_, driven)) = stage.populations.iter().find(|p| p.0 == population) else {
            return Err(Error::input(
                format!("found the population `{population}`, which the model does not define"),
                suggest(population, known),
                "write the name of a population",
            )
            .at("population"));
        };
        if let Some(pattern) = self.pattern {
            let number = stage.patterns.iter().find(|p| p.0 == population).map_or(0, |p| p.1);
            if !(1..=number).contains(&pattern) {
                return Err(Error::input(
                    format!(
                        "found pattern {pattern}, but population {population} has {number} patterns"
                    ),
                    "patterns are numbered from 1",
                    match number {
                        0 => format!("add a section [patterns.{population}]"),
                        _ => format!("write a number from 1 to {number}"),
                    },
                )
                .at("pattern"));
            }
        }
        if self.poisson.is_none() && self.current.is_none() {
            return Err(Error::input(
                "found a stimulus without strength",
                "a stimulus adds a Poisson rate or a current",
                "write for example poisson = \"500 Hz\" or current = \"5 mV\"",
            ));
        }
        if self.poisson.is_some() && !driven {
            return Err(Error::input(
                format!(
                    "found a Poisson stimulus, but population {population} has no external Poisson input \
                     that would give its spikes an efficacy"
                ),
                "a Poisson stimulus adds to the rate of that input",
                format!(
                    "write dynamics.spiking.{population}.poisson = {{ rate = \"0 Hz\", efficacy = \"1 mV\", \
                     tau_syn = \"5 ms\" }}, or show a current"
                ),
            )
            .at("poisson"));
        }
        Ok(())
    }

    /// The population that is driven, given those that hold patterns.
    pub fn target<'a>(&'a self, with_patterns: impl Iterator<Item = &'a str>) -> Result<&'a str> {
        if let Some(population) = &self.population {
            return Ok(population);
        }
        let candidates: Vec<&str> = with_patterns.collect();
        match candidates[..] {
            [only] if self.pattern.is_some() => Ok(only),
            _ => Err(Error::input(
                "found a stimulus without a population",
                "the population may be left out only for a pattern where one population has patterns",
                "add population = \"E\"",
            )),
        }
    }
}

/// The external field of an epoch.
pub fn field(
    epoch: &Epoch,
    populations: &[Placed],
    patterns: &IndexMap<String, Patterns>,
) -> Result<Field> {
    let neurons = populations.last().map_or(0, |p| p.neurons.end);
    let mut field = Field::none(neurons);
    for stimulus in &epoch.show {
        let name = stimulus.target(patterns.keys().map(String::as_str))?;
        let Some(population) = populations.iter().find(|p| p.name == name) else { continue };
        let first = population.neurons.start;
        let mut add = |neuron: usize| {
            field.poisson[neuron] += stimulus.poisson.map_or(0.0, Rate::value);
            field.current[neuron] += stimulus.current.map_or(0.0, Voltage::value);
        };
        match stimulus.pattern {
            None => population.neurons.clone().for_each(&mut add),
            Some(mu) => {
                patterns[name].foreground(mu - 1).iter().for_each(|&i| add(first + i as usize));
            }
        }
    }
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stimuli_add_up_on_the_neurons_that_they_drive() {
        let epoch: Epoch = toml::from_str(
            r#"
            name = "two at once"
            duration = "100 ms"
            show = [{ pattern = 2, poisson = "500 Hz" }, { population = "E", current = "-1 mV", poisson = "10 Hz" }]
            "#,
        )
        .unwrap();
        let patterns = IndexMap::from([(
            "E".to_owned(),
            Patterns::from_foreground(3, vec![vec![0], vec![1, 2]]),
        )]);
        let placed = |name: &str, neurons| Placed { name: name.to_owned(), neurons };
        let field = field(&epoch, &[placed("I", 0..2), placed("E", 2..5)], &patterns).unwrap();
        assert_eq!(field.poisson, [0.0, 0.0, 10.0, 510.0, 510.0]);
        assert_eq!(field.current, [0.0, 0.0, -1.0, -1.0, -1.0]);
    }
}
