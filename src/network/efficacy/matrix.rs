//! Efficacies as written in the model file.

use crate::error::{Error, Result};
use crate::learning::Pathway;
use crate::network::{Strength, Transmission};
use crate::synapse::{Connect, Couplings, Wiring};
use serde::{Deserialize, Serialize};

/// J_ij as given: row i holds what neuron i receives, column j what neuron j sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Matrix(pub Vec<Vec<Strength>>);

impl Matrix {
    /// Refuses matrices of another shape, entries of another unit and a diagonal that would be dropped.
    pub(crate) fn check(&self, wiring: &Wiring, transmission: Transmission) -> Result<()> {
        if wiring.connect != Connect::AllToAll {
            return Err(Error::input(
                "found a matrix on a diluted projection",
                "a matrix gives the efficacy of every pair",
                "write connect = \"all_to_all\"",
            ));
        }
        let refuse = |found: String, allowed: String, remedy: &str| {
            Err(Error::input(found, allowed, remedy))
        };
        let (receivers, senders) = (wiring.receivers, wiring.senders);
        if self.0.len() != receivers {
            return refuse(
                format!("found {} rows", self.0.len()),
                format!("a matrix of efficacies onto {receivers} neurons has a row for each"),
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
            row.iter()
                .try_for_each(|w| w.check(transmission))
                .map_err(|e| e.at(format!("[{}]", i - 1)))?;
            if wiring.recurrent && !wiring.autapses && row[i - 1].value() != 0.0 {
                return refuse(
                    format!("found {} on the diagonal of row {i}", row[i - 1]),
                    "autapses = false allows no self-coupling".to_owned(),
                    "write 0 there, or autapses = true",
                );
            }
        }
        Ok(())
    }

    /// J_ij, i receives.
    pub(crate) fn get(&self, i: usize, j: usize) -> f64 {
        self.0[i][j].value()
    }

    pub(crate) fn couplings(&self, pathway: &Pathway) -> Couplings {
        let graph = pathway.graph();
        let weights = graph.fill(|i, j| self.get(i, j));
        Couplings::real(graph, 1.0, weights)
    }
}
