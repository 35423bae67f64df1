//! The law of binary neurons: states, order of updates, ties, temperature.

use super::Binary;
use crate::dynamics::update::{Tie, Update};
use crate::dynamics::{Dynamics, Given, Nature, ObservableKind, Section, Senses};
use crate::error::{Error, Result};
use crate::network::{Network, Population, Transmission};
use crate::random::Seed;
use crate::units::Clock;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How binary neurons are updated; the model's section `[dynamics.binary]`.
///
/// With the local field h_i = sum_j J_ij s_j + H_i - theta a neuron becomes active if h_i > 0 and inactive if h_i < 0;
/// at a temperature T = 1/beta it becomes active with the probability g(beta h_i).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// The two values of s_i.
    pub states: States,
    /// Which neurons are updated together, and in which order.
    pub update: Update,
    /// What a neuron does whose local field is exactly 0; sources differ, and it changes which states are stable.
    pub tie: Tie,
    /// Threshold theta, in units of the local field.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub threshold: f64,
    /// Temperature T, in units of the local field; 0 is deterministic.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub temperature: f64,
    /// The probability of being active as a function of beta h, at T > 0.
    pub gain: Option<Gain>,
    /// The share of neurons that are active before anything is shown, drawn at random.
    #[serde(default = "half", skip_serializing_if = "is_half")]
    pub initial_activity: f64,
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn half() -> f64 {
    0.5
}

fn is_half(value: &f64) -> bool {
    *value == 0.5
}

/// The values of an inactive and an active neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum States {
    /// -1 and +1 (Little 1974, Hopfield 1982 in the spin convention).
    PlusMinus,
    /// 0 and 1.
    ZeroOne,
}

impl States {
    /// s_i of an active or an inactive neuron.
    #[inline]
    pub fn value(self, active: bool) -> f64 {
        match (self, active) {
            (_, true) => 1.0,
            (Self::PlusMinus, false) => -1.0,
            (Self::ZeroOne, false) => 0.0,
        }
    }
}

/// The probability g(x) that a neuron is active, x = beta h; all have slope 1/2 at 0 and g(x) + g(-x) = 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Gain {
    /// (1 + tanh x)/2: Glauber dynamics.
    #[default]
    Tanh,
    /// (1 + erf(x sqrt(pi)/2))/2: a threshold with normal noise.
    Erf,
    /// (1 + x)/2 between x = -1 and 1: a threshold with uniform noise.
    Linear,
}

impl Gain {
    /// g(x).
    pub(crate) fn probability(self, x: f64) -> f64 {
        match self {
            Self::Tanh => 0.5 * (1.0 + libm::tanh(x)),
            Self::Erf => 0.5 * (1.0 + libm::erf(0.5 * std::f64::consts::PI.sqrt() * x)),
            Self::Linear => 0.5 * (1.0 + x.clamp(-1.0, 1.0)),
        }
    }
}

impl Law {
    /// The gain, at T > 0.
    pub(crate) fn gain(&self) -> Gain {
        self.gain.unwrap_or_default()
    }

    /// What a neuron with the local field `h` becomes without noise.
    #[inline]
    pub(crate) fn becomes(&self, h: f64, active: bool) -> bool {
        self.tie.next(h, active)
    }

    /// Refuses values without a meaning.
    fn check_values(&self) -> Result<()> {
        let refuse = |key: &str, value: f64, allowed: &str| {
            Err(Error::value(key, format!("found {value}"), allowed, "0.5"))
        };
        if !self.threshold.is_finite() {
            return refuse("threshold", self.threshold, "a threshold is a finite number");
        }
        if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            return refuse("temperature", self.temperature, "a temperature is 0 or larger");
        }
        if !(0.0..=1.0).contains(&self.initial_activity) {
            let allowed = "a share of neurons lies between 0 and 1";
            return refuse("initial_activity", self.initial_activity, allowed);
        }
        if self.gain.is_some() && self.temperature == 0.0 {
            return Err(Error::input(
                "found a gain at temperature 0",
                "without noise a neuron follows the sign of its local field",
                "add for example temperature = 0.5, or delete the gain",
            )
            .at("gain"));
        }
        Ok(())
    }
}

impl Section for Law {
    fn nature(&self) -> Nature {
        Nature {
            neurons: "binary",
            clock: Clock::Sweeps,
            observable: ObservableKind::States,
            transmission: Transmission::Activity,
            senses: Senses::State,
            relaxes: true,
            whole_sweeps: self.update == Update::Synchronous,
        }
    }

    fn check(&self, _populations: &IndexMap<String, Population>) -> Result<()> {
        self.check_values().map_err(|e| e.within("dynamics.binary"))
    }

    fn start(&self, network: Network, _given: Given, seed: Seed) -> Box<dyn Dynamics> {
        Box::new(Binary::new(Arc::new(network), self, seed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_symmetric_with_slope_one_half() {
        for gain in [Gain::Tanh, Gain::Erf, Gain::Linear] {
            assert_eq!(gain.probability(0.0), 0.5);
            assert_eq!((gain.probability(-50.0), gain.probability(50.0)), (0.0, 1.0));
            for x in [0.1, 0.4, 0.9, 2.0] {
                let sum = gain.probability(x) + gain.probability(-x);
                assert!((sum - 1.0).abs() < 1e-15, "{gain:?} at {x}");
            }
            let slope = (gain.probability(1e-5) - gain.probability(-1e-5)) / 2e-5;
            assert!((slope - 0.5).abs() < 1e-9, "{gain:?}: {slope}");
        }
    }
}
