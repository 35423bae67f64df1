//! What becomes of an expectation.

use serde::{Deserialize, Serialize};

/// Whether an expectation was met, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub expectation: String,
    pub met: bool,
    pub found: String,
}
