//! How two-state neurons are updated: in which order, and what they do at a tie.

use serde::{Deserialize, Serialize};

/// Which neurons are updated together, and in which order. A sweep is N single-neuron updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// One after another, every sweep in a new random order.
    Shuffled,
    /// One at a time, each drawn at random from all.
    Random,
    /// One after another, in the order of their numbers.
    Fixed,
    /// All at once (Little 1974).
    Synchronous,
}

/// What a neuron does whose local field is exactly 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// It keeps its state.
    Keep,
    /// It becomes active.
    Plus,
    /// It becomes inactive.
    Minus,
}

impl Tie {
    pub(crate) const ALL: [Self; 3] = [Self::Keep, Self::Plus, Self::Minus];

    /// What a neuron with the local field `h` becomes without noise.
    #[inline]
    pub(crate) fn next(self, h: f64, active: bool) -> bool {
        match self {
            Self::Keep => h > 0.0 || (h == 0.0 && active),
            Self::Plus => h >= 0.0,
            Self::Minus => h > 0.0,
        }
    }
}
