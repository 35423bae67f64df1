//! Hebb's rule for patterns of -1 and 1.

use super::Local;
use super::pathway::check_amplitude;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// J_ij = A sum_mu xi_i^mu xi_j^mu (Hopfield 1982, eq. 2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hebb {
    /// A; 1/N by default, N the mean in-degree. 1 gives the plain sum of outer products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amplitude: Option<f64>,
}

impl Hebb {
    pub fn check(&self) -> Result<()> {
        check_amplitude(self.amplitude)
    }

    pub fn local(&self, n: f64) -> Local {
        Local::signed(self.amplitude.unwrap_or(1.0 / n))
    }
}
