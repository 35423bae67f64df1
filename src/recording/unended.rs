//! Recordings of runs that did not end, from which they go on.

use super::checkpoint::{self, Owner};
use super::{Output, Provenance, Recording};
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
    /// Gives the recording its name that will be called `output`, if it is complete but for that.
    ///
    /// # Errors
    /// If another process writes it, or it cannot get its name.
    pub fn publish(output: &Path) -> Result<bool> {
        let held = Output::go_on(output)?;
        if !Recording::open(held.part())?.is_complete() {
            return Ok(false);
        }
        // What an other build says about it is not understood.
        let forced = checkpoint::load(output).is_ok_and(|mut tape| {
            let mut owner = Owner::default();
            owner.pass(&mut tape);
            tape.is_sound() && owner.is_of_this_build() && owner.force
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
        Ok(Self { output: held.forced(owner.force), tape, owner, provenance })
    }

    /// Refuses its state.
    pub(crate) fn refuse(&self, found: String, remedy: &str) -> Error {
        Error::file(&checkpoint::place(self.output.path()), found, remedy)
    }
}
