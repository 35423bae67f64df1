//! Patterns stored as a sequence.

use super::Local;
use super::pathway::check_strength;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// J_ij = (strength / N) sum_mu xi_i^{mu+1} xi_j^mu: each pattern recalls the next (Sompolinsky and Kanter 1986;
/// Kleinfeld 1986).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Relative to the couplings of Hebb's rule that keep a pattern.
    #[serde(default = "one")]
    pub strength: f64,
    /// Whether the last pattern recalls the first.
    #[serde(default)]
    pub cyclic: bool,
}

fn one() -> f64 {
    1.0
}

impl Sequence {
    pub fn check(&self) -> Result<()> {
        check_strength(self.strength)
    }

    pub fn local(&self, n: f64) -> Local {
        Local { next: Some(self.cyclic), ..Local::signed(self.strength / n) }
    }
}
