//! The perceptron rule: every neuron learns to give the right answer.

use super::{Apart, Pathway};
use crate::error::{Error, Result};
use crate::synapse::{Couplings, Wiring};
use crate::work::each;
use serde::{Deserialize, Serialize};

/// Every neuron i goes through the patterns in turn and, where xi_i^mu sum_j J_ij xi_j^mu <= margin, adds
/// (rate/N) xi_i^mu xi_j^mu to J_ij, until no pattern is left or for `loops` passes (Rosenblatt 1958; Gardner 1988).
///
/// From J = 0, on any graph, with couplings that are not symmetric. Converges if there are couplings that
/// store the patterns: random ones up to 2N (Cover 1965). [`super::unstable`] counts what was not learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Perceptron {
    /// Least field, in the pattern's direction, that counts as learned.
    #[serde(default)]
    pub margin: f64,
    /// Most passes through all patterns.
    pub loops: usize,
    /// Size of a step times N.
    #[serde(default = "one")]
    pub rate: f64,
}

fn one() -> f64 {
    1.0
}

/// No coupling grows beyond what i32 holds.
const MOST_LOOPS: usize = 1_000_000;
const MOST_STEPS: f64 = 1e9;

impl Apart for Perceptron {
    /// Refuses numbers without a meaning; `patterns` says how many are learned.
    fn check(&self, _: &Wiring, patterns: usize) -> Result<()> {
        if !(self.margin >= 0.0 && self.margin.is_finite()) {
            let found = format!("found a margin of {}", self.margin);
            let allowed = "the least field of a learned pattern is 0 or positive";
            return Err(Error::value("margin", found, allowed, "0.0"));
        }
        if !(self.rate > 0.0 && self.rate.is_finite()) {
            let found = format!("found a rate of {}", self.rate);
            let allowed = "the size of a step is positive";
            return Err(Error::value("rate", found, allowed, "1.0, or delete the line"));
        }
        if self.loops > MOST_LOOPS || self.loops as f64 * patterns as f64 > MOST_STEPS {
            let found = format!("found {} loops through {patterns} patterns", self.loops);
            let allowed =
                format!("at most {MOST_LOOPS} loops and {MOST_STEPS:e} steps are possible");
            return Err(Error::value("loops", found, allowed, "1000"));
        }
        Ok(())
    }

    fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let (receivers, senders) = pathway.patterns()?;
        let graph = pathway.graph();
        let incoming = graph.incoming();
        let unit = self.rate / pathway.wiring.mean_in_degree();
        let least = self.margin / unit;
        let learn = |i: usize| {
            let sources: Vec<(usize, usize)> = incoming.of(i).collect();
            let inputs: Vec<Vec<i8>> = (0..senders.number())
                .map(|mu| {
                    // xi_i xi_j, so that learned means positive.
                    let post = receivers.contains(mu, i);
                    let sign = |j: usize| if senders.contains(mu, j) == post { 1 } else { -1 };
                    sources.iter().map(|&(j, _)| sign(j)).collect()
                })
                .collect();
            let weights = self.learn_neuron(&inputs, sources.len(), least);
            sources.into_iter().map(|(_, place)| place).zip(weights).collect::<Vec<_>>()
        };
        let learned: Vec<Vec<(usize, i32)>> = each(0..receivers.neurons(), learn);
        let mut weights = vec![0.0; graph.places()];
        for (place, weight) in learned.into_iter().flatten() {
            weights[place] = f64::from(weight);
        }
        Ok(Couplings::real(graph, unit, weights))
    }
}

impl Perceptron {
    /// The weights of a neuron that is to have sum_j w_j x_j > `least` for all `inputs` x.
    fn learn_neuron(&self, inputs: &[Vec<i8>], sources: usize, least: f64) -> Vec<i32> {
        let mut weights = vec![0i32; sources];
        for _ in 0..self.loops {
            let mut errors = 0;
            for x in inputs {
                let field: i64 =
                    weights.iter().zip(x).map(|(w, x)| i64::from(*w * i32::from(*x))).sum();
                if field as f64 <= least {
                    weights.iter_mut().zip(x).for_each(|(w, x)| *w += i32::from(*x));
                    errors += 1;
                }
            }
            if errors == 0 {
                break;
            }
        }
        weights
    }
}
