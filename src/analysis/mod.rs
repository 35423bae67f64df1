//! Analysis: what a recording shows. It reads recordings only, and knows no model.

mod expect;
mod irregularity;
mod retrieval;

pub use expect::{Expect, Outcome, RateRange, Retrieval, Spontaneous, Verdict};
pub use irregularity::Irregularity;
pub use retrieval::{Cue, Memory, Retrieved};
