//! The rule for patterns of low activity.

use super::Local;
use super::low_activity::check_offset;
use super::pathway::check_amplitude;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// J_ij = A sum_mu (xi_i^mu - b)(xi_j^mu - a), xi of 0 and 1 (Tsodyks and Feigelman 1988; Gerstner et al. 2014,
/// eq. 17.27).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Covariance {
    /// Presynaptic offset, 0 to 1; the coding level makes the mean coupling zero.
    pub a: f64,
    /// Postsynaptic offset, 0 to 1; a by default, the covariance rule. Others make couplings asymmetric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<f64>,
    /// A; 1/(N a (1 - a)) by default, N the mean in-degree: the field of a foreground neuron exceeds that of a
    /// background neuron by 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amplitude: Option<f64>,
}

impl Covariance {
    pub fn b(&self) -> f64 {
        self.b.unwrap_or(self.a)
    }

    pub fn check(&self) -> Result<()> {
        check_offset("a", self.a)?;
        check_offset("b", self.b())?;
        check_amplitude(self.amplitude)?;
        if self.amplitude.is_none() && self.a * (1.0 - self.a) == 0.0 {
            return Err(Error::input(
                format!("found a = {} without an amplitude", self.a),
                "the default 1/(N a (1 - a)) needs a between 0 and 1, both excluded",
                "write for example amplitude = 0.01",
            )
            .at("amplitude"));
        }
        Ok(())
    }

    pub fn local(&self, n: f64) -> Local {
        let default = 1.0 / (n * self.a * (1.0 - self.a));
        let (a, b) = (self.a, self.b());
        Local { a, b, factor: 1.0, ..Local::signed(self.amplitude.unwrap_or(default)) }
    }
}
