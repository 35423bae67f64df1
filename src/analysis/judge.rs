//! The judge of trials: what became of each, told from the recording alone.

use super::choice::Choices;
use super::items::HeldItems;
use super::{Decisions, recall, tour};
use crate::error::Result;
use crate::recording::Recording;
use crate::table::Table;
use crate::task::Task;

/// What was found in the trials of `task` that have ended, one row each; nothing of a recording without such trials.
///
/// # Errors
/// If the recording is damaged.
pub fn judge(recording: &Recording, task: &Task) -> Result<Option<Table>> {
    match task {
        Task::DelayedMatch(task) => {
            Ok(Decisions::of(recording, task)?.map(|decisions| decisions.table()))
        }
        // Nothing is decided in them.
        Task::Stimulus(_) => Ok(None),
        Task::Items(task) => Ok(HeldItems::of(recording, task)?.map(|found| found.table())),
        Task::Decision(task) => Ok(Choices::of(recording, task)?.map(|choices| choices.table())),
        Task::Recall(task) => recall::results(recording, task),
        Task::Tour(_) => tour::results(recording),
    }
}
