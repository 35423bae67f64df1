//! The neurons of a population in a rate network.

use super::{Equation, Transfer};
use crate::distribution::{Distribution, named, value_or_table};
use crate::error::{Error, Result};
use crate::random::{Seed, Stream};
use crate::units::{OfTime, Time};
use serde::{Deserialize, Deserializer, Serialize};

/// The neurons of a population; the model's section `[dynamics.rate.units.POPULATION]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// Time constant; needed unless neurons are updated in sweeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau: Option<Distribution<OfTime>>,
    /// From input to activity: "linear", { tanh = { gain = 2.0 } } ...
    #[serde(deserialize_with = "transfer")]
    pub transfer: Transfer,
    /// Constant input, beside what stimuli and other neurons add.
    #[serde(default, skip_serializing_if = "Spread::is_zero")]
    pub input: Spread,
    /// Noise that is drawn anew for every neuron.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// The activity, or the potential where that is the variable, before anything is shown.
    #[serde(default, skip_serializing_if = "Spread::is_zero")]
    pub initial: Spread,
    /// The activities that stand for an inactive and an active neuron of a pattern; if left out, the ends of the range of the
    /// transfer function, or 0 and 1 where it has none and for integrate-and-fire neurons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<[f64; 2]>,
}

/// Noise of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Standard deviation: of the input if the noise is coloured; of a neuron without input if it is white.
    pub sd: f64,
    /// Its correlation time, which adds an Ornstein-Uhlenbeck process to the input; if left out, the noise is white and acts
    /// on the variable itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau: Option<Time>,
}

/// A number that is the same everywhere, or drawn for every neuron.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Spread {
    /// Written as a number.
    Constant(f64),
    /// Written as a table with one key.
    Random(RandomNumber),
}

/// How a number without a unit is distributed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RandomNumber {
    /// Uniform between two numbers.
    Uniform([f64; 2]),
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
}

fn transfer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Transfer, D::Error> {
    named(deserializer).map(|transfer| transfer.expect("it is always there"))
}

impl Default for Spread {
    fn default() -> Self {
        Self::Constant(0.0)
    }
}

impl<'de> Deserialize<'de> for Spread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let what = "a number, or a distribution such as { uniform = [-0.1, 0.1] }";
        value_or_table(deserializer, what, Self::Constant, Self::Random)
    }
}

impl Spread {
    fn is_zero(&self) -> bool {
        *self == Self::Constant(0.0)
    }

    /// The smallest and the largest value.
    pub(crate) fn support(&self) -> (f64, f64) {
        match *self {
            Self::Constant(value) => (value, value),
            Self::Random(RandomNumber::Uniform([low, high])) => (low, high),
            Self::Random(RandomNumber::Normal { mean, sd }) => match sd {
                0.0 => (mean, mean),
                _ => (f64::NEG_INFINITY, f64::INFINITY),
            },
        }
    }

    /// Refuses what is no number, or no distribution.
    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |found: String, allowed: &str| {
            Err(Error::input(found, allowed, "write for example { uniform = [-0.1, 0.1] }"))
        };
        match *self {
            Self::Constant(value) if !value.is_finite() => {
                refuse(format!("found {value}"), "it is a finite number")
            }
            Self::Random(RandomNumber::Uniform([low, high])) => {
                if low <= high && low.is_finite() && high.is_finite() {
                    return Ok(());
                }
                refuse(format!("found a range from {low} to {high}"), "the lower end comes first")
            }
            Self::Random(RandomNumber::Normal { mean, sd }) => {
                if mean.is_finite() && sd >= 0.0 && sd.is_finite() {
                    return Ok(());
                }
                let allowed = "a mean is finite, a standard deviation 0 or larger";
                refuse(format!("found a mean of {mean} and a standard deviation of {sd}"), allowed)
            }
            Self::Constant(_) => Ok(()),
        }
    }

    /// One value.
    pub(crate) fn draw(&self, stream: &mut Stream) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Random(RandomNumber::Uniform([low, high])) => {
                low + (high - low) * stream.uniform()
            }
            Self::Random(RandomNumber::Normal { mean, sd }) => mean + sd * stream.normal(),
        }
    }
}

/// What was drawn for the neurons of a population.
pub(super) struct Drawn {
    /// ms; empty where there are no time constants.
    pub tau: Vec<f64>,
    pub input: Vec<f64>,
    pub initial: Vec<f64>,
}

impl Units {
    /// The activities that stand for an inactive and an active neuron.
    pub fn levels(&self) -> [f64; 2] {
        self.states.unwrap_or_else(|| match (self.transfer, self.transfer.range()) {
            (Transfer::Lif { .. }, _) => [0.0, 1.0],
            (_, (low, high)) if low.is_finite() && high.is_finite() => [low, high],
            _ => [0.0, 1.0],
        })
    }

    /// Draws what differs from neuron to neuron, each from a stream of its own: "tau/POPULATION", "input/POPULATION",
    /// "initial/POPULATION".
    pub(super) fn draw(&self, population: &str, number: usize, seed: Seed) -> Drawn {
        let stream = |what: &str| seed.stream(&format!("{what}/{population}"), 0);
        let all = |spread: &Spread, mut stream: Stream| {
            (0..number).map(|_| spread.draw(&mut stream)).collect()
        };
        let mut taus = stream("tau");
        Drawn {
            tau: self
                .tau
                .iter()
                .flat_map(|tau| (0..number).map(|_| tau.draw(&mut taus)).collect::<Vec<_>>())
                .collect(),
            input: all(&self.input, stream("input")),
            initial: all(&self.initial, stream("initial")),
        }
    }

    /// Refuses values without a meaning.
    pub(super) fn check(&self, equation: Equation) -> Result<()> {
        self.transfer.check().map_err(|e| e.within("transfer"))?;
        self.input.check().map_err(|e| e.at("input"))?;
        self.initial.check().map_err(|e| e.at("initial"))?;
        if let Some(tau) = &self.tau {
            tau.check_bounded("a time constant").map_err(|e| e.within("tau"))?;
            Time::new(tau.support().0.max(0.0))
                .positive("a time constant")
                .map_err(|e| e.at("tau"))?;
        }
        if let Some(noise) = &self.noise {
            if !(noise.sd > 0.0 && noise.sd.is_finite()) {
                let found = format!("found {}", noise.sd);
                let allowed = "noise has a standard deviation above 0";
                return Err(Error::value("sd", found, allowed, "0.1").within("noise"));
            }
            let tau = noise.tau.map(|tau| tau.positive("a correlation time"));
            tau.transpose().map_err(|e| e.at("noise.tau"))?;
        }
        self.check_states()?;
        let (low, high) = self.transfer.range();
        let (least, most) = self.initial.support();
        if equation == Equation::Rate && (least < low || most > high) {
            return Err(Error::input(
                format!("found activities from {least} to {most} at the beginning"),
                format!("the transfer function gives activities from {low} to {high}"),
                format!(
                    "write for example initial = {}",
                    if low > 0.0 { low } else { 0.0_f64.min(high) }
                ),
            )
            .at("initial"));
        }
        Ok(())
    }

    fn check_states(&self) -> Result<()> {
        let Some([low, high]) = self.states else { return Ok(()) };
        let (least, most) = self.transfer.range();
        if low < high && low >= least && high <= most && low.is_finite() && high.is_finite() {
            return Ok(());
        }
        Err(Error::input(
            format!("found {low} and {high}"),
            format!(
                "an inactive neuron is less active than an active one, and both lie between {least} and {most}"
            ),
            "write for example states = [0.0, 1.0]",
        )
        .at("states"))
    }
}
