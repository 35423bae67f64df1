//! Stimuli: what is shown to which neurons, and how strongly.

mod graded;
mod states;

pub use states::{Neurons, State};

use super::intensity::{Amount, Course, Intensity};
use crate::dynamics::{Nature, Senses};
use crate::error::{Error, Result};
use crate::pattern::{Patterns, check_number};
use crate::random::Seed;
use crate::space::{Position, Profile, Space};
use crate::units::{Rate, Voltage};
use serde::{Deserialize, Serialize};

/// An external field on some neurons.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stimulus {
    /// The pattern, from 1, whose foreground is driven; without it, the whole population is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<usize>,
    /// The population; may be left out where only one has patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
    /// Rate added to the external Poisson input of every driven neuron, or to that of Poisson sources; or its course in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poisson: Option<Intensity<Rate>>,
    /// Current times membrane resistance, added to every driven neuron, or its course in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Intensity<Voltage>>,
    /// How its strength falls with the distance from a centre, that of a place field or `centre`: all neurons of the population
    /// are driven with f(d) of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// The place from which it falls: "180 deg", or ["0.5 mm", "0.2 mm"] on a torus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<Position>,
    /// Share of the foreground that is not driven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<f64>,
    /// Share of the foreground in whose place as many neurons of the background are driven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<f64>,
    /// External field along the pattern, in units of the local field of binary neurons: +field on the foreground,
    /// -field on the background; +field on everything without a pattern; or its course in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Intensity<f64>>,
    /// Whether binary neurons are put into the pattern at the onset, or held in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Share of the neurons whose state is the opposite of the pattern's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flipped: Option<f64>,
    /// Share of the neurons, the last ones, that are inactive: the lower part of a picture is covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occluded: Option<f64>,
    /// Share of the neurons whose state is drawn anew, active with the coding level of the pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<f64>,
    /// The neurons of the population that are concerned, "0..45"; all if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neurons: Option<Neurons>,
    /// Which neurons these are: the number of a random choice, 0 if left out. With the same number a larger share
    /// holds the smaller one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<u64>,
}

/// What a protocol may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// What the neurons feel.
    pub nature: Nature,
    /// Every population, whether it has external Poisson input, and its size.
    pub populations: &'a [(&'a str, bool, usize)],
    /// The populations that hold patterns, and how many.
    pub patterns: &'a [(&'a str, usize)],
    /// On what populations are that are somewhere, and whether their patterns are place fields.
    pub spaces: &'a [(&'a str, Space, bool)],
}

impl Stage<'_> {
    /// How many patterns a population holds.
    pub(crate) fn number_of_patterns(&self, population: &str) -> usize {
        self.patterns.iter().find(|p| p.0 == population).map_or(0, |p| p.1)
    }
}

impl Stimulus {
    /// Whether it drives anything.
    pub fn is_felt(&self) -> bool {
        self.poisson.as_ref().is_some_and(Intensity::is_felt)
            || self.current.as_ref().is_some_and(Intensity::is_felt)
            || self.field.as_ref().is_some_and(Intensity::is_felt)
            || self.state.is_some()
    }

    /// Its first strength that changes in time: the key, and how.
    pub fn course(&self) -> Option<(&'static str, String)> {
        fn of<V: Amount>(strength: &Option<Intensity<V>>) -> Option<String> {
            strength.as_ref()?.course().map(Course::to_string)
        }
        let courses = [
            ("poisson", of(&self.poisson)),
            ("current", of(&self.current)),
            ("field", of(&self.field)),
        ];
        courses.into_iter().find_map(|(key, course)| Some((key, course?)))
    }

    /// Refuses courses that an epoch of this `duration` (ms or sweeps) cannot have.
    pub(crate) fn check_courses(&self, duration: f64, nature: Nature) -> Result<()> {
        fn check<V: Amount>(
            strength: &Option<Intensity<V>>,
            key: &str,
            duration: f64,
            nature: Nature,
        ) -> Result<()> {
            let mut course = strength.iter().filter_map(Intensity::course);
            let checked = course.try_for_each(|course| course.check(duration, nature));
            checked.map_err(|e| e.within(key))
        }
        check(&self.poisson, "poisson", duration, nature)?;
        check(&self.current, "current", duration, nature)?;
        check(&self.field, "field", duration, nature)
    }

    /// Refuses a stimulus that shows what does not exist.
    pub fn check(&self, stage: Stage) -> Result<()> {
        let population = self.target(stage.patterns.iter().map(|p| p.0))?;
        let known = stage.populations.iter().map(|p| p.0);
        let Some(&(_, driven, size)) = stage.populations.iter().find(|p| p.0 == population) else {
            return Err(Error::undefined("population", population, known).at("population"));
        };
        if let Some(pattern) = self.pattern {
            let number = stage.number_of_patterns(population);
            check_number(pattern, population, number).map_err(|e| match number {
                0 => e.mended(format!("add a section [patterns.{population}]")).at("pattern"),
                _ => e.at("pattern"),
            })?;
        }
        self.check_senses(stage.nature)?;
        self.check_profile(stage.spaces.iter().find(|p| p.0 == population))?;
        match stage.nature.senses {
            Senses::Input => self.check_input(population, driven),
            Senses::State => self.check_of_states(size),
        }
    }

    /// Refuses what these neurons do not feel.
    fn check_senses(&self, nature: Nature) -> Result<()> {
        let input = [
            ("poisson", self.poisson.is_some()),
            ("current", self.current.is_some()),
            ("left_out", self.left_out.is_some()),
            ("replaced", self.replaced.is_some()),
        ];
        let state = [
            ("field", self.field.is_some()),
            ("state", self.state.is_some()),
            ("flipped", self.flipped.is_some()),
            ("occluded", self.occluded.is_some()),
            ("noise", self.noise.is_some()),
            ("neurons", self.neurons.is_some()),
        ];
        let (foreign, feel, example) = match nature.senses {
            Senses::Input => (
                &state[..],
                "currents and Poisson input",
                "poisson = \"500 Hz\" or current = \"5 mV\"",
            ),
            Senses::State => (
                &input[..],
                "a field, or are put into a state",
                "state = \"set\", flipped = 0.1, or field = 0.5",
            ),
        };
        match foreign.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((key, _)) => Err(Error::input(
                format!("found `{key}` in a stimulus to {} neurons", nature.neurons),
                format!("they feel {feel}"),
                format!("write for example {example}"),
            )
            .at(*key)),
        }
    }

    /// Refuses a stimulus that adds nothing to the input of `population`, or to Poisson input that is not there.
    fn check_input(&self, population: &str, driven: bool) -> Result<()> {
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
    pub(super) fn driven(
        &self,
        mu: usize,
        population: &str,
        patterns: &Patterns,
        seed: Seed,
    ) -> Vec<u32> {
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

    /// About how many neurons of a population of `size` are driven, if its patterns have this coding level.
    pub(crate) fn number_driven(&self, size: usize, coding_level: f64) -> usize {
        if self.is_of_states() {
            return self.neurons.as_ref().map_or(size, |neurons| neurons.0.len());
        }
        if self.profile.is_some() || self.pattern.is_none() {
            return size;
        }
        let share = coding_level * (1.0 - self.left_out.unwrap_or(0.0));
        (share * size as f64).round() as usize
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

#[cfg(test)]
mod tests {
    use super::*;

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
