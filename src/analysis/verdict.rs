//! What becomes of an expectation.

use serde::{Deserialize, Serialize};

/// Whether an expectation was met, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was expected, in words.
    pub expectation: String,
    /// Whether it was found.
    pub met: bool,
    /// What was found, in words.
    pub found: String,
}
