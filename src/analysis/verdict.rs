//! What becomes of an expectation.

use serde::{Deserialize, Serialize};
use std::fmt;

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

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mark = if self.met { "met    " } else { "NOT MET" };
        write!(f, "{mark}  {}\n           {}", self.expectation, self.found)
    }
}
