//! Couplings as written in the model file.

use super::Pathway;
use crate::error::{Error, Result};
use crate::synapse::{Couplings, Wiring};
use serde::{Deserialize, Serialize};

/// J_ij as given: row i holds what neuron i receives, column j what neuron j sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prescribed(pub Vec<Vec<f64>>);

impl Prescribed {
    /// Refuses matrices of another shape, infinite entries and a diagonal that would be dropped.
    pub fn check(&self, wiring: &Wiring) -> Result<()> {
        let refuse = |found: String, allowed: String, remedy: &str| {
            Err(Error::input(found, allowed, remedy))
        };
        let (receivers, senders) = (wiring.receivers, wiring.senders);
        if self.0.len() != receivers {
            return refuse(
                format!("found {} rows", self.0.len()),
                format!("a matrix of couplings onto {receivers} neurons has a row for each"),
                "write one row per receiver",
            );
        }
        for (i, row) in (1..).zip(&self.0) {
            if row.len() != senders {
                return refuse(
                    format!("found {} values in row {i}", row.len()),
                    format!("a row has one value for each of {senders} senders"),
                    "write one value per sender",
                );
            }
            if row.iter().any(|w| !w.is_finite()) {
                return refuse(
                    format!("found a value in row {i} that is not finite"),
                    "a coupling is a number".to_owned(),
                    "write a number",
                );
            }
            if wiring.recurrent && !wiring.autapses && row[i - 1] != 0.0 {
                return refuse(
                    format!("found {} on the diagonal of row {i}", row[i - 1]),
                    "autapses = false allows no self-coupling".to_owned(),
                    "write 0 there, or autapses = true",
                );
            }
        }
        Ok(())
    }

    pub fn couplings(&self, pathway: &Pathway) -> Couplings {
        let graph = pathway.graph();
        let weights = graph.fill(|i, j| self.0[i][j]);
        Couplings::real(graph, 1.0, weights)
    }
}
