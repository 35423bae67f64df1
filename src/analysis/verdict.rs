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
    /// What was found, in words; a line for every cue that failed.
    pub found: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mark = if self.met { "met    " } else { "NOT MET" };
        let found = self.found.replace('\n', "\n           ");
        write!(f, "{mark}  {}\n           {found}", self.expectation)
    }
}
