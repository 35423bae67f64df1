//! Storkey's rule: local and incremental, with twice the capacity of Hebb's rule and more.

use super::crosstalk::signed;
use super::{Apart, Pathway};
use crate::error::Result;
use crate::synapse::{Couplings, Wiring};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// J_ij <- J_ij + (xi_i xi_j - xi_i h_ji - h_ij xi_j)/N, pattern after pattern, with the local field
/// h_ij = sum_{k != i, j} J_ik xi_k and J_ii = 0 (Storkey 1997). Capacity about N/sqrt(2 ln N).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Storkey {}

impl Apart for Storkey {
    fn check(&self, _: &Wiring, _: usize) -> Result<()> {
        Ok(())
    }

    fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let (patterns, _) = pathway.patterns()?;
        let n = patterns.neurons();
        // w = N J, symmetric, so that a row holds w_ij for all i and for all j.
        let mut weights = vec![0.0; n * n];
        for mu in 0..patterns.number() {
            let xi = signed(patterns, mu);
            let fields: Vec<f64> = weights
                .par_chunks(n)
                .map(|row| row.iter().zip(&xi).map(|(w, xi)| w * xi).sum())
                .collect();
            weights.par_chunks_mut(n).enumerate().for_each(|(j, row)| {
                for (i, w) in row.iter_mut().enumerate().filter(|(i, _)| *i != j) {
                    let (h_ij, h_ji) = (fields[i] - *w * xi[j], fields[j] - *w * xi[i]);
                    *w += xi[i] * xi[j] - (xi[i] * h_ji + h_ij * xi[j]) / n as f64;
                }
            });
        }
        Ok(Couplings::real(pathway.graph(), 1.0 / n as f64, weights))
    }
}
