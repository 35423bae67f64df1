//! The two pathways of the low-activity rule with b = 0 (Gerstner et al. 2014, section 17.3.2).
//!
//! J sum_mu xi_i^mu (xi_j^mu - a) = J (n_ij - a k_i) falls into excitation J n_ij from the neurons that hold the patterns,
//! and inhibition -J a k_i from neurons that belong to none and report the mean activity. Both count patterns, so that
//! their synapses take 2 bytes.

use super::Local;
use serde::{Deserialize, Serialize};

/// w_ij = n_ij, the number of patterns that both belong to: g_post and g_pre are xi of 0 and 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedPatterns {}

/// w_ij = k_i, the number of patterns to which the receiver belongs: g_post is xi, g_pre is 1, and senders need no
/// patterns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {}

impl SharedPatterns {
    pub fn local(&self, n: f64) -> Local {
        Local { a: 0.0, b: 0.0, factor: 1.0, ..Local::signed(1.0 / n) }
    }
}

impl Membership {
    pub fn local(&self, n: f64) -> Local {
        // xi_j = 0 for all senders, so that xi_j - a = 1.
        Local { a: -1.0, blind: true, ..SharedPatterns {}.local(n) }
    }
}
