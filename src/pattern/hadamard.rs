//! Orthogonal patterns: rows of Sylvester's Hadamard matrix (1867).

use super::Patterns;
use super::random::check_number;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Patterns that are exactly orthogonal as +-1: 2 xi_i^mu - 1 = (-1)^(number of common binary digits of mu and i).
///
/// N is a power of two. Pattern mu is row mu of the matrix, from mu = 1: the constant row 0 is left out,
/// so that every pattern has N / 2 foreground neurons, and there are at most N - 1 patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HadamardPatterns {
    /// Number of patterns, P.
    pub number: usize,
}

impl HadamardPatterns {
    pub(super) fn check(&self, neurons: usize) -> Result<()> {
        check_number(self.number)?;
        if !neurons.is_power_of_two() || neurons < 2 {
            let above = neurons.max(2).next_power_of_two();
            let sizes = if above == 2 { "2".into() } else { format!("{} or {above}", above / 2) };
            return Err(Error::input(
                format!("found Hadamard patterns for a population of {neurons} neurons"),
                "Sylvester's matrix has a power of two as its size",
                format!("write size = {sizes} for the population"),
            ));
        }
        if self.number >= neurons {
            return Err(Error::input(
                format!("found {} orthogonal patterns of {neurons} neurons", self.number),
                format!("at most {} exist besides the constant one", neurons - 1),
                "store fewer, or make the population larger",
            )
            .at("number"));
        }
        Ok(())
    }

    pub(super) fn rows(&self, neurons: usize) -> Patterns {
        let row = |mu: usize| {
            (0..neurons as u32)
                .filter(|&i| (mu & i as usize).count_ones().is_multiple_of(2))
                .collect()
        };
        Patterns::from_foreground(neurons, (1..=self.number).map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_are_balanced_and_orthogonal() {
        let patterns = HadamardPatterns { number: 15 }.rows(16);
        for mu in 0..15 {
            assert_eq!(patterns.foreground(mu).len(), 8);
            for nu in 0..15 {
                let product: f64 =
                    (0..16).map(|i| patterns.value(mu, i) * patterns.value(nu, i)).sum();
                assert_eq!(product, if mu == nu { 16.0 } else { 0.0 });
            }
        }
        assert_eq!(HadamardPatterns { number: 1 }.rows(4).foreground(0), [0, 2]);
    }

    #[test]
    fn impossible_sizes_are_refused() {
        let message =
            |number, neurons| HadamardPatterns { number }.check(neurons).unwrap_err().to_string();
        HadamardPatterns { number: 1 }.check(2).unwrap();
        assert_eq!(
            message(3, 100),
            "found Hadamard patterns for a population of 100 neurons; Sylvester's matrix has a power of two as \
             its size; write size = 64 or 128 for the population."
        );
        assert_eq!(
            message(16, 16),
            "number: found 16 orthogonal patterns of 16 neurons; at most 15 exist besides the constant one; \
             store fewer, or make the population larger."
        );
        assert!(message(1, 1).contains("write size = 2 for"));
        assert!(message(0, 16).contains("0 patterns"));
    }
}
