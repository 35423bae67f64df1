//! The law of a modern Hopfield network: how it separates similarities, and how neurons are updated.

use super::attention::Attention;
use super::dense::Dense;
use super::memories::Memories;
use super::separation::Separation;
use crate::dynamics::update::{Tie, Update};
use crate::dynamics::{Dynamics, Given, Nature, ObservableKind, Section, Senses};
use crate::error::{Error, Result};
use crate::network::{Network, Population, Transmission};
use crate::random::Seed;
use crate::units::Clock;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// How similarities to the stored patterns are separated; the model's section `[dynamics.modern]`.
///
/// The model has one population, which holds the patterns, and no synapses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Law {
    /// Continuous states, which become a mixture of the patterns, all at once (Ramsauer et al. 2020).
    Softmax(Softmax),
    /// States -1 and 1, F(a) = a^n (Krotov and Hopfield 2016).
    Polynomial(Polynomial),
    /// States -1 and 1, F(a) = exp(a) (Demircigil et al. 2017).
    Exponential(Exponential),
}

/// Continuous states: xi := sum_mu x^mu softmax_mu(beta x^mu.xi).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Softmax {
    /// Inverse temperature beta: how steeply the most similar patterns are preferred. Large, a state becomes one pattern;
    /// small, the mean of several, or of all.
    pub beta: f64,
}

/// States -1 and 1 whose similarities are separated by a power.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Polynomial {
    /// The power n, from 2, which is the Hopfield network with Hebb's rule, to 100.
    pub degree: u32,
    /// Whether F is 0 of negative similarities, so that inverse patterns are no memories where n is even.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rectified: bool,
    /// Which neurons are updated together, and in which order.
    pub update: Update,
    /// What a neuron does whose local field is exactly 0.
    pub tie: Tie,
}

/// States -1 and 1 whose similarities are separated by the exponential function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exponential {
    /// Which neurons are updated together, and in which order.
    pub update: Update,
    /// What a neuron does whose local field is exactly 0.
    pub tie: Tie,
}

impl Law {
    /// Of states -1 and 1: how neurons are updated.
    fn update(&self) -> Option<Update> {
        match self {
            Self::Softmax(_) => None,
            Self::Polynomial(Polynomial { update, .. })
            | Self::Exponential(Exponential { update, .. }) => Some(*update),
        }
    }
}

/// (ln P)/beta and the log-sum-exp cancel in the energy.
const LEAST_BETA: f64 = 1e-6;

impl Section for Law {
    fn nature(&self) -> Nature {
        Nature {
            neurons: "modern Hopfield",
            clock: Clock::Sweeps,
            observable: match self.update() {
                Some(_) => ObservableKind::States,
                None => ObservableKind::Graded,
            },
            transmission: Transmission::Activity,
            senses: Senses::State,
            relaxes: true,
            whole_sweeps: self.update().is_none_or(|update| update == Update::Synchronous),
        }
    }

    fn check(&self, _populations: &IndexMap<String, Population>) -> Result<()> {
        let refuse = |key: &str, found: String, allowed: &str, example: &str| {
            Err(Error::value(key, found, allowed, example).within("dynamics.modern"))
        };
        match self {
            Self::Softmax(Softmax { beta }) if !(*beta >= LEAST_BETA && beta.is_finite()) => {
                let allowed =
                    "an inverse temperature is at least 1e-6: below, the energy drowns in rounding";
                refuse("softmax.beta", format!("found {beta}"), allowed, "1.0")
            }
            Self::Polynomial(Polynomial { degree, .. }) if !(2..=100).contains(degree) => {
                let allowed = "the degree of the polynomial lies between 2 and 100";
                refuse("polynomial.degree", format!("found {degree}"), allowed, "3")
            }
            _ => Ok(()),
        }
    }

    fn start(&self, _network: Network, given: Given, seed: Seed) -> Box<dyn Dynamics> {
        // A checked model has one population, and that has patterns.
        let patterns = given.patterns.values().next().expect("the memories of a checked model");
        let memories = Memories::new(patterns.clone());
        match *self {
            Self::Softmax(Softmax { beta }) => Box::new(Attention::new(memories, beta, seed)),
            Self::Polynomial(Polynomial { degree, rectified, update, tie }) => {
                let separation = Separation::Polynomial { degree, rectified };
                Box::new(Dense::new(memories, separation, (update, tie), seed))
            }
            Self::Exponential(Exponential { update, tie }) => {
                Box::new(Dense::new(memories, Separation::Exponential, (update, tie), seed))
            }
        }
    }

    fn levels(&self, _population: &str) -> [f64; 2] {
        [-1.0, 1.0]
    }

    fn has_synapses(&self) -> bool {
        false
    }
}
