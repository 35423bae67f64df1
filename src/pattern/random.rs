//! Independent random patterns of low activity (Tsodyks and Feigelman 1988).

use super::Patterns;
use crate::error::{Error, Result};
use crate::random::Stream;
use serde::{Deserialize, Serialize};

/// Random patterns: P(xi_i^mu = 1) = a, independent across patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RandomPatterns {
    /// Number of patterns, P.
    pub number: usize,
    /// Coding level a: the share of foreground neurons, between 0 and 1.
    pub coding_level: f64,
    /// Whether every pattern has exactly a N foreground neurons.
    #[serde(default)]
    pub foreground: Foreground,
}

/// How the foreground of a random pattern is drawn.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Foreground {
    /// A random set of exactly a N neurons, so that sum_i (xi_i^mu - a) = 0.
    #[default]
    Exact,
    /// Every neuron independently with probability a; the coding level then differs by O(N^-1/2).
    Bernoulli,
}

/// Overlaps with all patterns are kept at every sample.
const MOST_PATTERNS: usize = 1_000_000;

/// Refuses no patterns, and more than can be kept.
pub(super) fn check_number(number: usize) -> Result<()> {
    if number == 0 {
        let found = "found 0 patterns";
        let allowed = "a memory has at least one";
        return Err(Error::value("number", found, allowed, "90, or delete the section"));
    }
    if number > MOST_PATTERNS {
        return Err(Error::input(
            format!("found {} patterns", number),
            format!("at most {MOST_PATTERNS} are possible"),
            "store fewer",
        )
        .at("number"));
    }
    Ok(())
}

/// Refuses a share of foreground neurons that leaves no foreground or no background.
pub(super) fn check_coding_level(a: f64) -> Result<()> {
    if !(a > 0.0 && a < 1.0) {
        let found = format!("found a coding level of {a}");
        let allowed = "the share of foreground neurons lies between 0 and 1, both excluded";
        return Err(Error::value("coding_level", found, allowed, "0.1"));
    }
    Ok(())
}

impl RandomPatterns {
    pub(super) fn check(&self, neurons: usize) -> Result<()> {
        let a = self.coding_level;
        check_number(self.number)?;
        check_coding_level(a)?;
        let size = a * neurons as f64;
        let whole = size.round().clamp(1.0, (neurons as f64 - 1.0).max(1.0));
        if self.foreground == Foreground::Exact && (size - whole).abs() > 1e-6 {
            return Err(Error::input(
                format!("found a coding level of {a}, which gives {size} of {neurons} neurons"),
                "foreground = \"exact\" needs a whole number of foreground neurons, but not all",
                format!(
                    "write coding_level = {}, or foreground = \"bernoulli\"",
                    whole / neurons as f64
                ),
            )
            .at("coding_level"));
        }
        Ok(())
    }

    pub(super) fn draw(&self, neurons: usize, stream: &mut Stream) -> Patterns {
        let size = (self.coding_level * neurons as f64).round() as usize;
        let foreground = (0..self.number)
            .map(|_| match self.foreground {
                Foreground::Exact => stream.subset(size, neurons),
                Foreground::Bernoulli => {
                    (0..neurons as u32).filter(|_| stream.uniform() < self.coding_level).collect()
                }
            })
            .collect();
        Patterns::from_foreground(neurons, foreground)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn random(foreground: Foreground) -> RandomPatterns {
        RandomPatterns { number: 90, coding_level: 0.1, foreground }
    }

    #[test]
    fn exact_patterns_have_exactly_a_n_foreground_neurons_and_chance_overlap() {
        let patterns = random(Foreground::Exact).draw(2000, &mut Seed(1).stream("patterns/E", 0));
        assert!((0..90).all(|mu| patterns.foreground(mu).len() == 200));
        let shared: usize =
            (0..2000).map(|i| patterns.memberships(i) as usize).map(|k| k * (k - 1) / 2).sum();
        // 4005 pairs of patterns share a^2 N = 20 neurons on average, s.d. 4.0 each.
        let mean = shared as f64 / 4005.0;
        assert!((mean - 20.0).abs() < 5.0 * 4.0 / 4005f64.sqrt(), "{mean}");
    }

    #[test]
    fn bernoulli_patterns_scatter_as_a_binomial() {
        let patterns =
            random(Foreground::Bernoulli).draw(2000, &mut Seed(1).stream("patterns/E", 0));
        let sizes: Vec<f64> = (0..90).map(|mu| patterns.foreground(mu).len() as f64).collect();
        let mean = sizes.iter().sum::<f64>() / 90.0;
        let variance = sizes.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 89.0;
        // Binomial(2000, 0.1): mean 200 with s.e. 1.41 over 90 patterns, variance 180 with s.e. 27.
        assert!((mean - 200.0).abs() < 5.0 * 1.41, "{mean}");
        assert!((variance - 180.0).abs() < 4.0 * 27.0, "{variance}");
    }

    #[test]
    fn impossible_patterns_are_refused() {
        let with = |number, coding_level| RandomPatterns {
            number,
            coding_level,
            foreground: Foreground::Exact,
        };
        for (section, reason) in [
            (with(0, 0.1), "0 patterns"),
            (with(5, 1.0), "both excluded"),
            (with(5, f64::NAN), "both excluded"),
            (with(5, 0.1005), "whole number"),
        ] {
            let message = section.check(1000).unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }
}
