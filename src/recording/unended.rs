//! Recordings of runs that did not end, from which they go on.

use super::checkpoint::{self, Owner};
use super::{Lock, Output, Provenance, Recording, beside};
use crate::error::{Error, Result};
use crate::tape::{OnTape, Tape};
use std::path::Path;

/// A recording that does not end yet, and the state of the run that it is of.
#[derive(Debug)]
pub struct Unended {
    pub(super) output: Output,
    pub(super) tape: Tape,
    /// Whose it is.
    pub owner: Owner,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl Unended {
    /// Gives the recording its name that will be called `output`, if it is complete but for that and `holds`.
    ///
    /// # Errors
    /// If another process writes it, if it does not hold, or if it cannot get its name.
    pub fn publish(output: &Path, holds: impl FnOnce(&Recording) -> Result<()>) -> Result<bool> {
        let held = Output::go_on(output)?;
        let recording = Recording::open(held.part())?;
        if !recording.is_complete() {
            return Ok(false);
        }
        // What was changed takes nobody's place.
        holds(&recording)?;
        let started = recording.provenance()?.started;
        drop(recording);
        // What an other build says about it is not understood.
        let forced = checkpoint::load(output).is_ok_and(|mut tape| {
            let mut owner = Owner::default();
            owner.pass(&mut tape);
            tape.is_sound() && owner.is_of_this_build() && owner.started == started && owner.force
        });
        held.forced(forced).publish().map(|()| true)
    }

    /// The recording that will be called `output`, of a run that has ended before it was complete; nobody else writes it
    /// from now on.
    ///
    /// # Errors
    /// If another process writes it, if it is complete, if there is no state from which it could go on, or that is of
    /// another version or another run.
    pub fn open(output: &Path) -> Result<Self> {
        let held = Output::go_on(output)?;
        let mut tape = checkpoint::load(output)?;
        let mut owner = Owner::default();
        owner.pass(&mut tape);
        let provenance = Recording::open(held.part())?.provenance()?;
        let refuse = |found: String, remedy: &str| {
            Err(Error::file(&checkpoint::place(output), found, remedy))
        };
        if !owner.is_of_this_build() {
            let Owner { version, layout, .. } = owner;
            let found = format!("found the state of a run of version {version} (layout {layout})");
            return refuse(
                found,
                "a run goes on with the version that began it; use that one, or run it anew with --force",
            );
        }
        if owner.started != provenance.started {
            let found = format!(
                "found the state of a run that was started at {}, beside the recording of one that was at {}",
                owner.started, provenance.started
            );
            return refuse(
                found,
                "put the file back that belongs to the recording, or run it anew with --force",
            );
        }
        if owner.model != Owner::hash_of_model(&provenance) {
            let found =
                "found the state of a run of another model than the recording tells".to_owned();
            return refuse(found, "bring that recording back, or run it anew with --force");
        }
        if !owner.force {
            // Not only when it has ended.
            Output::check(output, false).map_err(|e| e.mended("move it away, then go on"))?;
        }
        Ok(Self { output: held.forced(owner.force), tape, owner, provenance })
    }

    /// Removes the state that a kill has left beside `output`, a complete recording, unless somebody is writing there.
    pub fn clear_beside(output: &Path) {
        if checkpoint::place(output).exists()
            && let Ok(_lock) = Lock::take(output)
            && !beside(output, "part").exists()
        {
            checkpoint::forget(output);
        }
    }

    /// Refuses its state.
    pub(crate) fn refuse(&self, found: String, remedy: &str) -> Error {
        Error::file(&checkpoint::place(self.output.path()), found, remedy)
    }
}
