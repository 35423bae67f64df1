//! Hebb's rule for patterns of -1 and 1.

use super::Local;
use serde::{Deserialize, Serialize};

/// w_ij = sum_mu xi_i^mu xi_j^mu (Hopfield 1982, eq. 2); of scale 1 it is the plain sum of outer products.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hebb {}

impl Hebb {
    pub fn local(&self, n: f64) -> Local {
        Local::signed(1.0 / n)
    }
}
