//! The protocol: what is shown to the network, and when.
//!
//! A protocol is a list of epochs, one after another. In an epoch stimuli are shown, each an external
//! field on the foreground of a pattern or on a whole population. A cue, a distractor and a delay are all
//! epochs; so is a delayed match to sample a list of them.

use crate::dynamics::Field;
use crate::error::{Error, Result, suggest};
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::random::Seed;
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// Share of the foreground that is not driven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<f64>,
    /// Share of the foreground in whose place as many neurons of the background are driven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<f64>,
    /// Which neurons these are: the number of a random choice, 0 if left out. With the same number a larger share
    /// holds the smaller one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<u64>,
}

/// An epoch as it was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochShown {
    pub name: String,
    /// ms.
    pub start: f64,
    /// ms.
    pub end: f64,
    pub show: Vec<Stimulus>,
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

/// The epochs as they are shown if the first begins at `start` ms.
pub fn shown(epochs: &[Epoch], start: f64) -> Vec<EpochShown> {
    let shown = |(epoch, (from, to)): (&Epoch, (f64, f64))| EpochShown {
        name: epoch.name.clone(),
        start: start + from,
        end: start + to,
        show: epoch.show.clone(),
    };
    epochs.iter().zip(bounds(epochs)).map(shown).collect()
}

impl Stimulus {
    /// Whether it drives anything.
    pub fn is_felt(&self) -> bool {
        self.poisson.is_some_and(|rate| rate.value() != 0.0)
            || self.current.is_some_and(|current| current.value() != 0.0)
    }

    /// Refuses a stimulus that shows what does not exist.
    pub fn check(&self, stage: Stage) -> Result<()> {
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
        self.check_degradation()?;
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

    fn check_degradation(&self) -> Result<()> {
        let shares = [("left_out", self.left_out), ("replaced", self.replaced)];
        for (key, share) in shares {
            let Some(share) = share else { continue };
            if self.pattern.is_none() {
                return Err(Error::input(
                    format!("found `{key}` in a stimulus without a pattern"),
                    "it is a share of the foreground of a pattern",
                    "add pattern = 1, or delete it",
                )
                .at(key));
            }
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::input(
                    format!("found {share}"),
                    "a share of the foreground lies between 0 and 1",
                    "write for example 0.2",
                )
                .at(key));
            }
        }
        let sum = self.left_out.unwrap_or(0.0) + self.replaced.unwrap_or(0.0);
        if sum > 1.0 {
            return Err(Error::input(
                format!("found that {sum} of the foreground is not driven"),
                "left_out and replaced together are at most 1",
                "make one of them smaller",
            )
            .at("left_out"));
        }
        Ok(())
    }

    /// The neurons that are driven if the pattern is number `mu` (from 0) of `patterns`.
    fn driven(&self, mu: usize, population: &str, patterns: &Patterns, seed: Seed) -> Vec<u32> {
        let foreground = patterns.foreground(mu);
        let of =
            |share: Option<f64>| (share.unwrap_or(0.0) * foreground.len() as f64).round() as usize;
        let (left_out, replaced) = (of(self.left_out), of(self.replaced));
        if left_out + replaced == 0 {
            return foreground.to_vec();
        }
        let draw = self.draw.unwrap_or(0);
        let mut stream = seed.stream(&format!("degrade/{population}/{mu}"), draw);
        let order = stream.permutation(foreground.len());
        let missing = (left_out + replaced).min(foreground.len());
        let mut driven: Vec<u32> =
            order[missing..].iter().map(|&k| foreground[k as usize]).collect();
        let of_pattern = |i: &u32| foreground.binary_search(i).is_ok();
        let background: Vec<u32> =
            (0..patterns.neurons() as u32).filter(|i| !of_pattern(i)).collect();
        let order = stream.permutation(background.len());
        driven.extend(order.iter().take(replaced).map(|&k| background[k as usize]));
        driven.sort_unstable();
        driven
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

/// The external field of an epoch; `seed` tells which neurons a degraded pattern leaves out.
pub fn field(
    epoch: &Epoch,
    populations: &[Placed],
    patterns: &IndexMap<String, Patterns>,
    seed: Seed,
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
                let driven = stimulus.driven(mu - 1, name, &patterns[name], seed);
                driven.into_iter().for_each(|i| add(first + i as usize));
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
        let populations = [placed("I", 0..2), placed("E", 2..5)];
        let field = field(&epoch, &populations, &patterns, Seed(1)).unwrap();
        assert_eq!(field.poisson, [0.0, 0.0, 10.0, 510.0, 510.0]);
        assert_eq!(field.current, [0.0, 0.0, -1.0, -1.0, -1.0]);
    }

    #[test]
    fn degraded_patterns_drive_part_of_the_foreground_and_as_many_others() {
        let patterns = Patterns::from_foreground(100, vec![(0..20).collect()]);
        let driven = |left_out, replaced, draw| {
            let (left_out, replaced) = (Some(left_out), Some(replaced));
            let stimulus = Stimulus { left_out, replaced, draw, ..Stimulus::default() };
            stimulus.driven(0, "E", &patterns, Seed(1))
        };
        let inside = |driven: &[u32]| driven.iter().filter(|&&i| i < 20).count();
        assert_eq!(driven(0.0, 0.0, None), patterns.foreground(0));
        let half = driven(0.5, 0.0, None);
        assert_eq!((half.len(), inside(&half)), (10, 10));
        let mixed = driven(0.0, 0.25, None);
        assert_eq!((mixed.len(), inside(&mixed)), (20, 15));
        assert!(mixed.is_sorted_by(|a, b| a < b));
        assert!(driven(1.0, 0.0, None).is_empty());
        // A larger share of the same choice holds the smaller one; another choice is another.
        let more = driven(0.7, 0.0, None);
        assert!(more.iter().all(|i| half.contains(i)));
        assert_ne!(driven(0.5, 0.0, Some(1)), half);
    }
}
