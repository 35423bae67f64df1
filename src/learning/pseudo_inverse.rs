//! The pseudo-inverse rule: every pattern becomes an exact fixed point.

use super::{Apart, Pathway};
use crate::error::{Error, Result};
use crate::pattern::Patterns;
use crate::synapse::{Couplings, Wiring};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// J_ij = sum_{mu nu} xi_i^mu (C^-1)_{mu nu} xi_j^nu with C_{mu nu} = sum_k xi_k^mu xi_k^nu: the projection onto
/// the patterns (Personnaz, Guyon and Dreyfus 1985; Kanter and Sompolinsky 1987).
///
/// J xi = xi for all patterns; without self-coupling the field is (1 - J_ii) xi_i, still of the right sign.
/// Needs linearly independent patterns. With C = L L^T and Y = L^-1 xi it is J = Y^T Y.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PseudoInverse {}

/// Share of a pattern's squared length outside the span of those before it, below which it counts as
/// dependent. Rounding leaves about 1e-15 P; whole patterns that are independent by less are unheard of.
const DEPENDENT: f64 = 1e-9;

impl Apart for PseudoInverse {
    /// Refuses more patterns than can be linearly independent.
    fn check(&self, wiring: &Wiring, patterns: usize) -> Result<()> {
        let n = wiring.senders;
        let zero = wiring.recurrent && !wiring.autapses;
        if patterns < n || patterns == n && !zero {
            return Ok(());
        }
        let allowed = if patterns > n {
            "the pseudo-inverse rule stores fewer patterns than there are neurons"
        } else {
            "as many patterns as neurons make J the identity, which has only self-couplings"
        };
        Err(Error::input(
            format!("found {patterns} patterns of {n} neurons"),
            allowed,
            format!("store at most {}", if zero { n - 1 } else { n }),
        ))
    }

    fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let (receivers, senders) = pathway.patterns()?;
        let cholesky = cholesky(senders)?;
        let (z, y) = (solve(&cholesky, receivers), solve(&cholesky, senders));
        let number = senders.number();
        let graph = pathway.graph();
        let weights = graph.fill(|i, j| {
            let (z_i, y_j) = (&z[i * number..][..number], &y[j * number..][..number]);
            z_i.iter().zip(y_j).map(|(z, y)| z * y).sum()
        });
        Ok(Couplings::real(graph, 1.0, weights))
    }
}

/// L of C = L L^T, row by row: row mu has mu + 1 entries.
fn cholesky(patterns: &Patterns) -> Result<Vec<Vec<f64>>> {
    let n = patterns.neurons() as f64;
    let bits: Vec<Vec<u64>> = (0..patterns.number()).map(|mu| by_neuron(patterns, mu)).collect();
    let product = |mu: usize, nu: usize| {
        let different = bits[mu].iter().zip(&bits[nu]).map(|(x, y)| (x ^ y).count_ones());
        n - 2.0 * f64::from(different.sum::<u32>())
    };
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(bits.len());
    for mu in 0..bits.len() {
        let mut row: Vec<f64> = Vec::with_capacity(mu + 1);
        for (nu, other) in rows.iter().enumerate() {
            let known: f64 = row.iter().zip(other).map(|(x, y)| x * y).sum();
            row.push((product(mu, nu) - known) / other[nu]);
        }
        let rest = n - row.iter().map(|x| x * x).sum::<f64>();
        if rest <= DEPENDENT * n {
            return Err(dependent(mu, (0..mu).find(|&nu| product(mu, nu).abs() == n)));
        }
        row.push(rest.sqrt());
        rows.push(row);
    }
    Ok(rows)
}

fn dependent(mu: usize, twin: Option<usize>) -> Error {
    let found = match twin {
        Some(nu) => format!("found that pattern {} is pattern {} or its inverse", mu + 1, nu + 1),
        None => format!(
            "found that pattern {} is a linear combination of the patterns before it",
            mu + 1
        ),
    };
    Error::input(
        found,
        "the pseudo-inverse rule needs linearly independent patterns",
        "leave it out, or write learning = \"hebb\"",
    )
    .at("learning.pseudo_inverse")
}

/// The foreground of a pattern as bits.
fn by_neuron(patterns: &Patterns, mu: usize) -> Vec<u64> {
    let mut bits = vec![0; patterns.neurons().div_ceil(64)];
    patterns.foreground(mu).iter().for_each(|&i| bits[i as usize / 64] |= 1 << (i % 64));
    bits
}

/// Y = L^-1 xi, at `[i * P + mu]`.
fn solve(cholesky: &[Vec<f64>], patterns: &Patterns) -> Vec<f64> {
    let number = cholesky.len();
    let mut y = vec![0.0; patterns.neurons() * number];
    y.par_chunks_mut(number).enumerate().for_each(|(i, y)| {
        for (mu, row) in cholesky.iter().enumerate() {
            let known: f64 = row.iter().zip(&y[..mu]).map(|(l, y)| l * y).sum();
            let xi = if patterns.contains(mu, i) { 1.0 } else { -1.0 };
            y[mu] = (xi - known) / row[mu];
        }
    });
    y
}
