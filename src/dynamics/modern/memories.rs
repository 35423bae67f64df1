//! The memories of a modern Hopfield network, and the two products with them.

use crate::pattern::Patterns;
use rayon::prelude::*;
use std::sync::Arc;

/// Patterns that one task takes: of fewer it would take longer to give them away.
const BLOCK: usize = 1024;

/// P patterns of -1 and 1 on N neurons. Sums run over neurons, and over patterns block by block, in their order: the bits
/// of a product do not depend on the number of threads.
#[derive(Clone, Debug)]
pub struct Memories(Arc<Patterns>);

impl Memories {
    /// These patterns, of which 0 counts as -1.
    pub fn new(patterns: Patterns) -> Self {
        Self(Arc::new(patterns))
    }

    /// The patterns.
    pub fn patterns(&self) -> &Patterns {
        &self.0
    }

    /// sum_i x_i^mu xi_i of every pattern.
    pub fn similarities(&self, state: &[f64]) -> Vec<f64> {
        let all: f64 = state.iter().sum();
        let of = |mu: usize| {
            let foreground: f64 = self.0.foreground(mu).iter().map(|&i| state[i as usize]).sum();
            2.0 * foreground - all
        };
        (0..self.0.number()).into_par_iter().with_min_len(BLOCK).map(of).collect()
    }

    /// sum_mu x_i^mu p^mu of every neuron.
    pub fn mixture(&self, weights: &[f64]) -> Vec<f64> {
        let neurons = self.0.neurons();
        // Of one block of patterns after another, in the same blocks for any number of threads.
        let of_block = |(block, weights): (usize, &[f64])| {
            let mut foreground = vec![0.0; neurons];
            for (k, weight) in weights.iter().enumerate() {
                for &i in self.0.foreground(block * BLOCK + k) {
                    foreground[i as usize] += weight;
                }
            }
            foreground
        };
        let blocks: Vec<Vec<f64>> = weights.par_chunks(BLOCK).enumerate().map(of_block).collect();
        let all: f64 = weights.iter().sum();
        let of = |i: usize| 2.0 * blocks.iter().map(|block| block[i]).sum::<f64>() - all;
        (0..neurons).map(of).collect()
    }
}

/// exp(beta a^mu) / sum_nu exp(beta a^nu), and log-sum-exp lse(beta, a) = ln(sum_mu exp(beta a^mu)) / beta; both relative to
/// the largest a, so that nothing overflows.
pub fn softmax(beta: f64, a: &[f64]) -> (Vec<f64>, f64) {
    let largest = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> = a.iter().map(|a| libm::exp(beta * (a - largest))).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    (weights, largest + libm::log(sum) / beta)
}
