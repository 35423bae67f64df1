//! Patterns stored as a sequence.

use super::Local;
use serde::{Deserialize, Serialize};

/// w_ij = sum_mu xi_i^{mu+1} xi_j^mu, xi of -1 and 1: each pattern recalls the next (Sompolinsky and Kanter 1986;
/// Kleinfeld 1986). Of scale 1/N it is as strong as Hebb's rule, which keeps a pattern.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Whether the last pattern recalls the first.
    #[serde(default)]
    pub cyclic: bool,
}

impl Sequence {
    pub fn local(&self, n: f64) -> Local {
        Local { next: Some(self.cyclic), ..Local::signed(1.0 / n) }
    }
}
