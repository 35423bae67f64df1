//! Who holds the patterns of a task.

use crate::error::Result;
use crate::recording::Recording;

/// The population that holds the patterns of a task: the one that it names, or the only one; none without patterns.
pub(super) fn holder(recording: &Recording, named: Option<&String>) -> Result<Option<String>> {
    if named.is_some() {
        return Ok(named.cloned());
    }
    for (population, _) in recording.populations() {
        if recording.patterns(&population)?.is_some() {
            return Ok(Some(population));
        }
    }
    Ok(None)
}
