//! Patterns: what a network remembers.
//!
//! A pattern xi^mu assigns 0 or 1 to every neuron of a population; the neurons with 1 are its
//! foreground, the others its background, and the share of foreground neurons is the coding
//! level a. Patterns are numbered from 1 in model files, figures and messages, and from 0 here.

mod overlap;
mod random;

pub use overlap::OverlapCounter;
pub use random::{Foreground, RandomPatterns};

use crate::error::Result;
use crate::random::Seed;
use serde::{Deserialize, Serialize};

/// How the patterns of a population are made; the model's section `[patterns.POPULATION]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PatternSource {
    /// Independent random patterns of a given coding level.
    Random(RandomPatterns),
}

impl PatternSource {
    /// Refuses what no population of `neurons` neurons can hold.
    pub fn check(&self, neurons: usize) -> Result<()> {
        match self {
            Self::Random(random) => random.check(neurons).map_err(|e| e.within("random")),
        }
    }

    /// How many patterns there will be.
    pub fn number(&self) -> usize {
        match self {
            Self::Random(random) => random.number,
        }
    }

    /// The expected coding level a.
    pub fn coding_level(&self) -> f64 {
        match self {
            Self::Random(random) => random.coding_level,
        }
    }

    /// The patterns for a population called `population`, from its own random stream.
    pub fn draw(&self, population: &str, neurons: usize, seed: Seed) -> Patterns {
        match self {
            Self::Random(random) => {
                random.draw(neurons, &mut seed.stream(&format!("patterns/{population}"), 0))
            }
        }
    }
}

/// P patterns of 0 and 1 on N neurons, kept both by neuron (as bits) and by pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patterns {
    neurons: usize,
    /// 64-bit words per neuron.
    words: usize,
    /// Bit mu of neuron i: `bits[i * words + mu / 64] >> (mu % 64) & 1`.
    bits: Vec<u64>,
    /// Foreground neurons of each pattern, ascending.
    foreground: Vec<Vec<u32>>,
}

impl Patterns {
    /// Patterns from their foreground neurons, each list ascending and below `neurons`.
    pub fn from_foreground(neurons: usize, foreground: Vec<Vec<u32>>) -> Self {
        let words = foreground.len().div_ceil(64).max(1);
        let mut bits = vec![0; neurons * words];
        for (mu, members) in foreground.iter().enumerate() {
            debug_assert!(members.is_sorted_by(|a, b| a < b));
            for &i in members {
                bits[i as usize * words + mu / 64] |= 1 << (mu % 64);
            }
        }
        Self { neurons, words, bits, foreground }
    }

    /// Number of patterns, P.
    pub fn number(&self) -> usize {
        self.foreground.len()
    }

    /// Number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// The neurons with xi^mu = 1, ascending.
    pub fn foreground(&self, mu: usize) -> &[u32] {
        &self.foreground[mu]
    }

    /// The patterns to which a neuron belongs, as bits: pattern mu is bit mu % 64 of word mu / 64.
    #[inline]
    pub fn bits(&self, neuron: usize) -> &[u64] {
        &self.bits[neuron * self.words..][..self.words]
    }

    /// xi_i^mu.
    pub fn contains(&self, mu: usize, neuron: usize) -> bool {
        self.bits(neuron)[mu / 64] >> (mu % 64) & 1 == 1
    }

    /// Number of patterns to which a neuron belongs, k_i = sum_mu xi_i^mu.
    pub fn memberships(&self, neuron: usize) -> u32 {
        self.bits(neuron).iter().map(|w| w.count_ones()).sum()
    }

    /// Number of patterns that neuron i and neuron j of `others` share, n_ij = sum_mu xi_i^mu xi_j^mu.
    #[inline]
    pub fn shared(&self, i: usize, others: &Self, j: usize) -> u32 {
        self.bits(i).iter().zip(others.bits(j)).map(|(x, y)| (x & y).count_ones()).sum()
    }

    /// The patterns of which a neuron is a foreground neuron, ascending.
    pub fn of(&self, neuron: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.number()).filter(move |&mu| self.contains(mu, neuron))
    }

    /// The patterns as rows of 0 and 1, P x N.
    pub fn rows(&self) -> Vec<Vec<u8>> {
        self.foreground
            .iter()
            .map(|members| {
                let mut row = vec![0; self.neurons];
                members.iter().for_each(|&i| row[i as usize] = 1);
                row
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_views_of_the_patterns_agree() {
        let foreground: Vec<Vec<u32>> = (0..70).map(|mu| vec![mu % 5, 5 + mu % 3]).collect();
        let patterns = Patterns::from_foreground(8, foreground);
        assert_eq!((patterns.number(), patterns.neurons()), (70, 8));
        for i in 0..8 {
            let by_bits: Vec<usize> = patterns.of(i).collect();
            let by_lists: Vec<usize> =
                (0..70).filter(|&mu| patterns.foreground(mu).contains(&(i as u32))).collect();
            assert_eq!(by_bits, by_lists);
            assert_eq!(patterns.memberships(i) as usize, by_lists.len());
        }
        let ones: usize = patterns.rows().concat().iter().map(|&x| x as usize).sum();
        assert_eq!(ones, 140);
    }
}
