//! Parts of a recording that can be looked at alone.

use super::Recording;
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::task::{RecallTrial, TourTrial, Trial};
use std::ops::Range;

/// What of a recording is looked at.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// All of it; of a recording with trials of recall, the protocol before them.
    Whole,
    /// An epoch of the protocol.
    Epoch(&'a EpochShown),
    /// A trial of delayed match.
    Trial(&'a Trial),
    /// A trial of recall.
    Recall(&'a RecallTrial),
    /// A trial of a travelling salesman.
    Tour(&'a TourTrial),
}

impl Part<'_> {
    /// The looks at states or graded activity that fall into this part.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn looks(self, recording: &Recording) -> Result<Range<usize>> {
        let Some((population, _)) = recording.populations().into_iter().next() else {
            return Ok(0..0);
        };
        debug_assert_ne!(recording.observable(), ObservableKind::Spikes);
        let samples = recording.rates(&population)?;
        Ok(match self {
            Self::Whole => match recording.protocol()?.last() {
                Some(last) => samples.looks(0.0, last.end),
                None => 0..samples.time.len(),
            },
            Self::Epoch(epoch) => samples.looks(epoch.start, epoch.end),
            Self::Trial(trial) => samples.looks_of_trial(trial.start, trial.end),
            Self::Recall(trial) => samples.looks_of_trial(trial.start, trial.end),
            Self::Tour(trial) => samples.looks_of_trial(trial.start, trial.end),
        })
    }

    /// When it begins, in the time of the recording.
    pub fn start(self) -> f64 {
        match self {
            Self::Whole => 0.0,
            Self::Epoch(epoch) => epoch.start,
            Self::Trial(trial) => trial.start,
            Self::Recall(trial) => trial.start,
            Self::Tour(trial) => trial.start,
        }
    }
}
