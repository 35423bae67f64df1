//! Recall and learning that move.

mod learning;
mod recall;
#[cfg(test)]
mod tests;

pub use learning::learning;
pub use recall::{MemoryOverlaps, recall};

use crate::plot::Animation;
