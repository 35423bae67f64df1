//! Independent graded patterns: normal values.

use super::Patterns;
use super::random::check_number;
use crate::error::Result;
use crate::random::Stream;
use serde::{Deserialize, Serialize};

/// Graded patterns: xi_i^mu is normal with mean 0 and variance 1, independent of all others, the current by which a
/// stimulus reaches neuron i (Pereira and Brunel 2018; Gillett, Pereira and Brunel 2020).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GaussianPatterns {
    /// Number of patterns, P.
    pub number: usize,
}

impl GaussianPatterns {
    pub(super) fn check(&self) -> Result<()> {
        check_number(self.number)
    }

    pub(super) fn draw(&self, neurons: usize, stream: &mut Stream) -> Patterns {
        Patterns::from_values(
            neurons,
            (0..self.number * neurons).map(|_| stream.normal()).collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn values_are_normal_and_patterns_independent() {
        let n = 40_000;
        let patterns = GaussianPatterns { number: 3 }.draw(n, &mut Seed(1).stream("patterns/E", 0));
        assert_eq!((patterns.number(), patterns.neurons()), (3, n));
        let mean = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
        // Standard errors: of a mean or a product 0.005, of a square 0.007, of a fourth power 0.05.
        for mu in 0..3 {
            let xi = |i| patterns.direction(mu, i);
            assert!(mean(&xi).abs() < 0.025);
            assert!((mean(&|i| xi(i).powi(2)) - 1.0).abs() < 0.035);
            assert!((mean(&|i| xi(i).powi(4)) - 3.0).abs() < 0.25);
            assert!(mean(&|i| xi(i) * patterns.direction((mu + 1) % 3, i)).abs() < 0.025);
            let half = patterns.foreground(mu).len() as f64 / n as f64;
            assert!((half - 0.5).abs() < 0.0125);
        }
    }
}
