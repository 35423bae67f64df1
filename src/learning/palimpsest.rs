//! A palimpsest: new patterns are written over old ones, which fade.

use super::Local;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// J_ij <- clip( lambda J_ij + (strength / N) xi_i^mu xi_j^mu ), pattern after pattern; the last is the newest.
///
/// Without further keys the marginalist scheme: lambda = exp(-strength^2 / 2N), so that a pattern that was
/// followed by k others has the amplitude (strength / N) exp(-strength^2 k / 2N) and sum_j J_ij^2 tends to 1. No
/// memory below a strength of 2.465; the capacity is largest, 0.04896 N, at 4.108 (Nadal, Toulouse, Changeux
/// and Dehaene 1986; Mezard, Nadal and Toulouse 1986).
///
/// With `bound` couplings stay within -bound/sqrt(N) and bound/sqrt(N), and do not decay unless `decay` is
/// written (Parisi 1986). The bound is a whole number of steps of strength/N, at least one; it is rounded
/// down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Palimpsest {
    /// Strength epsilon of a new pattern, which decides how fast old ones fade: a parameter of the rule and not a scale.
    pub strength: f64,
    /// lambda, above 0 and at most 1.
    pub decay: Option<f64>,
    /// Largest absolute value of sqrt(N) J_ij.
    pub bound: Option<f64>,
}

impl Palimpsest {
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.strength > 0.0 && self.strength.is_finite()) {
            let found = format!("found a strength of {}", self.strength);
            let allowed = "what a pattern adds to a coupling has a positive strength";
            return Err(Error::value("strength", found, allowed, "1.0"));
        }
        if let Some(decay) = self.decay.filter(|decay| !(*decay > 0.0 && *decay <= 1.0)) {
            let found = format!("found a decay of {decay}");
            let allowed = "what is left of a coupling after a new pattern is above 0 and at most 1";
            return Err(Error::value("decay", found, allowed, "0.99, or delete the line"));
        }
        if let Some(bound) = self.bound.filter(|bound| !(*bound > 0.0 && bound.is_finite())) {
            let found = format!("found a bound of {bound}");
            let allowed = "the largest coupling is positive, in units of 1/sqrt(N)";
            return Err(Error::value("bound", found, allowed, "0.4, or delete the line"));
        }
        Ok(())
    }

    pub(crate) fn local(&self, n: f64) -> Local {
        let marginalist = libm::exp(-self.strength * self.strength / (2.0 * n));
        let free = if self.bound.is_some() { 1.0 } else { marginalist };
        // A hair above, so that a bound of a whole number of steps is not missed by rounding.
        let steps = |bound: f64| (bound * n.sqrt() / self.strength + 1e-9).floor().max(1.0);
        Local {
            decay: self.decay.unwrap_or(free),
            bound: self.bound.map(steps),
            ..Local::signed(self.strength / n)
        }
    }
}
