//! Stimuli of binary neurons: states into which they are put, and fields along a pattern.

use super::super::intensity::Intensity;
use super::Stimulus;
use crate::dynamics::Imposed;
use crate::error::{Error, Result};
use crate::pattern::{Degradation, Patterns};
use crate::random::Seed;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Range;

/// How a pattern becomes the state of binary neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// At the onset; afterwards the neurons are free.
    Set,
    /// As long as the epoch lasts.
    Clamped,
}

impl State {
    /// What becomes of a neuron that is active in the pattern, or not.
    pub(in crate::protocol) fn imposed(self, active: bool) -> Imposed {
        match self {
            Self::Set => Imposed::Set(active),
            Self::Clamped => Imposed::Clamped(active),
        }
    }
}

/// Neurons of a population, from 0: "0..45" are the first 45.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neurons(pub Range<usize>);

impl Serialize for Neurons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}..{}", self.0.start, self.0.end))
    }
}

impl<'de> Deserialize<'de> for Neurons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            let error = Error::input(
                format!("found \"{text}\""),
                "A..B means neuron A to before neuron B, from 0",
                "write for example neurons = \"0..45\"",
            );
            D::Error::custom(error.to_message())
        })
    }
}

impl Neurons {
    /// Those that "A..B" means, at least one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once("..")?;
        let range = from.parse().ok()?..to.parse().ok()?;
        (!range.is_empty()).then_some(Self(range))
    }

    /// Refuses neurons beyond a population of `size`.
    pub fn check(&self, size: usize) -> Result<()> {
        if self.0.end <= size {
            return Ok(());
        }
        Err(Error::input(
            format!("found neurons up to {} of a population of {size}", self.0.end),
            "neurons are numbered from 0",
            format!("write at most \"0..{size}\""),
        ))
    }
}

impl Stimulus {
    /// Whether it acts on binary neurons.
    pub fn is_of_states(&self) -> bool {
        self.state.is_some() || self.field.is_some()
    }

    fn degradation(&self) -> Degradation {
        Degradation { flipped: self.flipped, occluded: self.occluded, noise: self.noise }
    }

    /// The neurons concerned, from 0 within the population of `size`, and whether each is active in the (degraded)
    /// pattern; without a pattern all are.
    pub(in crate::protocol) fn states(
        &self,
        population: &str,
        size: usize,
        pattern: Option<(usize, &Patterns)>,
        seed: Seed,
    ) -> Vec<(usize, bool)> {
        let state = match pattern {
            None => vec![true; size],
            Some((mu, patterns)) => {
                let name = format!("degrade/{population}/{mu}");
                let mut stream = seed.stream(&name, self.draw.unwrap_or(0));
                self.degradation().apply(&patterns.state(mu), &mut stream)
            }
        };
        let neurons = self.neurons.as_ref().map_or(0..size, |neurons| neurons.0.clone());
        neurons.map(|i| (i, state[i])).collect()
    }

    /// Refuses a stimulus that neither sets a state nor adds a field, or that degrades what is no pattern.
    pub(super) fn check_of_states(&self, size: usize) -> Result<()> {
        if !self.is_of_states() {
            return Err(Error::input(
                "found a stimulus without effect",
                "a stimulus to binary neurons sets or clamps their state, or adds a field",
                "write for example state = \"set\" or field = 0.5",
            ));
        }
        let field = self.field.as_ref().and_then(Intensity::constant);
        if field.is_some_and(|field| !field.is_finite()) {
            let found = "found a field that is no finite number";
            let allowed = "a field is in units of the local field";
            return Err(Error::value("field", found, allowed, "0.5"));
        }
        let degraded = self.flipped.or(self.occluded).or(self.noise).is_some();
        if degraded && self.pattern.is_none() {
            return Err(Error::input(
                "found a degradation in a stimulus without a pattern",
                "what is degraded is a pattern",
                "add pattern = 1, or delete it",
            ));
        }
        self.neurons.iter().try_for_each(|n| n.check(size).map_err(|e| e.at("neurons")))?;
        self.degradation().check()
    }
}
