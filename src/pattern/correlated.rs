//! Random patterns that resemble one another.

use super::Patterns;
use super::random::{check_coding_level, check_number};
use crate::error::{Error, Result};
use crate::random::Stream;
use serde::{Deserialize, Serialize};

/// Random patterns of coding level a with a given correlation.
///
/// Every neuron of a pattern copies the bit of the pattern's ancestor with probability r, and is otherwise
/// drawn afresh with P(1) = a, so that the correlation (Pearson's, over neurons) of pattern and ancestor is r:
///
/// - `with = "prototype"`: all patterns have one ancestor, which is not stored, and r = sqrt(correlation);
///   any two patterns then have the correlation c that is asked for;
/// - `with = "previous"`: the ancestor is the pattern before, and r = correlation; neighbours have the correlation
///   c, and patterns k apart c^k.
///
/// Correlations scatter by about N^-1/2 around these values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrelatedPatterns {
    /// Number of patterns, P.
    pub number: usize,
    /// Coding level a, between 0 and 1.
    pub coding_level: f64,
    /// Correlation c of two patterns, at least 0 and below 1.
    pub correlation: f64,
    /// What a pattern copies.
    pub with: Ancestor,
}

/// What a correlated pattern copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ancestor {
    /// One random pattern that is not itself stored.
    Prototype,
    /// The pattern before; the first is drawn afresh.
    Previous,
}

impl CorrelatedPatterns {
    pub(super) fn check(&self) -> Result<()> {
        check_number(self.number)?;
        check_coding_level(self.coding_level)?;
        if !(0.0..1.0).contains(&self.correlation) {
            let found = format!("found a correlation of {}", self.correlation);
            let allowed =
                "patterns that copy one another have a correlation of at least 0 and below 1";
            return Err(Error::value("correlation", found, allowed, "0.3"));
        }
        Ok(())
    }

    pub(super) fn draw(&self, neurons: usize, stream: &mut Stream) -> Patterns {
        let copied = match self.with {
            Ancestor::Prototype => self.correlation.sqrt(),
            Ancestor::Previous => self.correlation,
        };
        let a = self.coding_level;
        let mut ancestor: Vec<bool> = (0..neurons).map(|_| stream.uniform() < a).collect();
        let states: Vec<Vec<bool>> = (0..self.number)
            .map(|_| {
                // Two numbers per neuron, so that another correlation changes as few bits as it can.
                let bit = |&old: &bool| {
                    let (copies, fresh) = (stream.uniform() < copied, stream.uniform() < a);
                    if copies { old } else { fresh }
                };
                let state: Vec<bool> = ancestor.iter().map(bit).collect();
                if self.with == Ancestor::Previous {
                    ancestor.clone_from(&state);
                }
                state
            })
            .collect();
        Patterns::from_states(neurons, &states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    /// Pearson's correlation of two patterns over neurons.
    fn correlation(patterns: &Patterns, mu: usize, nu: usize) -> f64 {
        let n = patterns.neurons() as f64;
        let share = |mu: usize| patterns.foreground(mu).len() as f64 / n;
        let both = patterns.foreground(mu).iter().filter(|&&i| patterns.contains(nu, i as usize));
        let (a, b) = (share(mu), share(nu));
        (both.count() as f64 / n - a * b) / (a * (1.0 - a) * b * (1.0 - b)).sqrt()
    }

    fn draw(coding_level: f64, correlation: f64, with: Ancestor) -> Patterns {
        let section = CorrelatedPatterns { number: 6, coding_level, correlation, with };
        section.check().unwrap();
        section.draw(40_000, &mut Seed(2).stream("patterns/N", 0))
    }

    #[test]
    fn correlations_are_those_asked_for() {
        // The standard error of a correlation is at most N^-1/2 = 0.005; at a = 0.1 up to three times that.
        for (a, tolerance) in [(0.5, 0.025), (0.1, 0.05)] {
            let siblings = draw(a, 0.36, Ancestor::Prototype);
            let chain = draw(a, 0.6, Ancestor::Previous);
            for mu in 0..6 {
                assert!((siblings.foreground(mu).len() as f64 / 40_000.0 - a).abs() < 0.0125);
                for nu in 0..mu {
                    let found = correlation(&siblings, mu, nu);
                    assert!((found - 0.36).abs() < tolerance, "{found}");
                    let expected = 0.6f64.powi((mu - nu) as i32);
                    let found = correlation(&chain, mu, nu);
                    assert!((found - expected).abs() < tolerance, "{found} {expected}");
                }
            }
        }
    }

    #[test]
    fn impossible_correlations_are_refused() {
        for wrong in [1.0, -0.1, f64::NAN] {
            let section = CorrelatedPatterns {
                number: 2,
                coding_level: 0.5,
                correlation: wrong,
                with: Ancestor::Prototype,
            };
            assert_eq!(
                section.check().unwrap_err().to_string(),
                format!(
                    "correlation: found a correlation of {wrong}; patterns that copy one another have a \
                     correlation of at least 0 and below 1; write for example correlation = 0.3."
                )
            );
        }
    }
}
