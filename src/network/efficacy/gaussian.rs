//! Random couplings of both signs.

use crate::error::{Error, Result};
use crate::learning::Pathway;
use crate::synapse::Couplings;
use serde::{Deserialize, Serialize};

/// J_ij normal with mean 0 and variance sd^2/N; <J_ij J_ji> = symmetry sd^2/N (Sommers, Crisanti, Sompolinsky and
/// Stein 1988).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gaussian {
    /// Standard deviation of sqrt(N) J_ij.
    pub sd: f64,
    /// Correlation of J_ij and J_ji: 1 symmetric, 0 independent, -1 antisymmetric.
    pub symmetry: f64,
}

impl Gaussian {
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.sd > 0.0 && self.sd.is_finite()) {
            let found = format!("found a standard deviation of {}", self.sd);
            return Err(Error::value("sd", found, "couplings scatter", "1.0"));
        }
        if !(-1.0..=1.0).contains(&self.symmetry) {
            let found = format!("found a symmetry of {}", self.symmetry);
            let allowed = "the correlation of J_ij and J_ji lies between -1 and 1";
            return Err(Error::value("symmetry", found, allowed, "0.0"));
        }
        Ok(())
    }

    pub(crate) fn draw(&self, pathway: &Pathway) -> Couplings {
        let graph = pathway.graph();
        let mut stream = pathway.seed.stream(&format!("couplings/{}", pathway.name), 0);
        let mut weights = vec![0.0; graph.places()];
        let free = (1.0 - self.symmetry * self.symmetry).sqrt();
        if pathway.wiring.recurrent {
            graph.each_pair(|i, j, there, back| {
                // Where both directions exist the lower neuron comes first as a sender.
                if i < j && !back.is_empty() {
                    return;
                }
                for place in there {
                    weights[place] = stream.normal();
                    for back in back.clone().filter(|_| i != j) {
                        weights[back] = self.symmetry * weights[place] + free * stream.normal();
                    }
                }
            });
        } else {
            graph.each(|_, _, place| weights[place] = stream.normal());
        }
        Couplings::real(graph, self.sd / pathway.wiring.mean_in_degree().sqrt(), weights)
    }
}
