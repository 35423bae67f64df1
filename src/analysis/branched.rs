//! What is not expected of a run that branched off from another: its past.

use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::Recording;

/// What was over when a run branched off, if it did.
pub(super) struct Past<'a> {
    branched: bool,
    /// The epochs that are recorded.
    protocol: &'a [EpochShown],
}

impl<'a> Past<'a> {
    /// That of a run with this protocol, as far as it is recorded.
    pub fn of(recording: &Recording, protocol: &'a [EpochShown]) -> Result<Self> {
        Ok(Self { branched: !recording.provenance()?.origin.is_empty(), protocol })
    }

    /// Whether there is one.
    pub fn is_some(&self) -> bool {
        self.branched
    }

    /// Whether the epoch of this name belongs to it.
    pub fn holds(&self, epoch: &str) -> bool {
        self.branched && !self.protocol.iter().any(|recorded| recorded.name == epoch)
    }
}
