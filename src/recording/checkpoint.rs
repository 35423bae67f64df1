//! Checkpoints: the state of a run at a commit, in a file beside its recording, from which it goes on.
//!
//! ```text
//! "attractor state\n"  number of words  words  SHA-256 of all before
//! ```
//!
//! Words are little-endian, of 64 bits: the [`Tape`] on which the run, its network and its recording passed. The file
//! is replaced in one step, after the recording has been committed that holds all that the state counts on.

use super::Provenance;
use super::disk::{sync, sync_folder};
use super::lock::beside;
use super::store::{Fault, Result as Stored};
use crate::digest::hex;
use crate::error::{Error, Result};
use crate::tape::{Tape, on_tape};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// How such a file begins.
pub(super) const MARK: &[u8] = b"attractor state\n";
/// Bytes of SHA-256.
const SUM: usize = 32;
/// Bytes of a word.
const WORD: usize = 8;

/// What a checkpoint is called, behind the name of its recording, and until it is whole.
pub(super) const NAME: &str = "checkpoint";
pub(super) const NEXT: &str = "checkpoint.next";

/// What is passed along a tape, in which order, and what it means: it changes with every change of that.
pub const LAYOUT: u64 = 11;

/// Whose state a checkpoint holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Owner {
    /// The layout of the state.
    pub layout: u64,
    /// Version of this crate.
    pub version: String,
    /// When the run was started, by which its recording is known.
    pub started: String,
    /// Where relative names of files in the model start.
    pub folder: String,
    /// The only trial that is run, from 1, or 0 for all.
    pub trial: u64,
    /// SHA-256 of the model, and of where the run branched off.
    pub model: String,
    /// For how many workers its populations are cut.
    pub workers: u64,
    /// How many blocks that makes.
    pub blocks: u64,
    /// Whether the recording takes the place of a file of its name.
    pub force: bool,
    /// Seconds that the run has taken.
    pub wall_s: f64,
    /// SHA-256 of the files of spikes that the model names, one after another.
    pub files: String,
}

on_tape!(Owner {
    layout,
    version,
    started,
    folder,
    trial,
    model,
    workers,
    blocks,
    force,
    wall_s,
    files
});

impl Owner {
    /// Whether this build wrote what stands on the tape, and so knows what it means.
    #[cfg(feature = "hdf5")]
    pub(super) fn is_of_this_build(&self) -> bool {
        (self.layout, &self.version[..]) == (LAYOUT, env!("CARGO_PKG_VERSION"))
    }

    /// The hash of what a recording tells of its model.
    pub(crate) fn hash_of_model(provenance: &Provenance) -> String {
        let mut hash = Sha256::new();
        for text in [&provenance.model_text, &provenance.model_resolved, &provenance.origin] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hex(hash)
    }
}

/// Where the checkpoint of a recording stands that will be called `output`.
pub(super) fn place(output: &Path) -> PathBuf {
    beside(output, NAME)
}

/// Puts a state in the place of the one before, safely on disk.
pub(super) fn save(output: &Path, tape: Tape) -> Stored<()> {
    write(&place(output), &beside(output, NEXT), tape)
}

/// Writes a state to the file `path`, which it takes the place of once it is safely on disk.
///
/// # Errors
/// If it cannot be written.
pub fn save_state(path: &Path, tape: Tape) -> Result<()> {
    write(path, &beside(path, "next"), tape).map_err(|fault| {
        let found = format!("found that the state cannot be written ({fault})");
        Error::file(path, found, "choose a writable place")
    })
}

/// Writes a tape to `path`; it is called `next` until it is whole.
fn write(path: &Path, next: &Path, tape: Tape) -> Stored<()> {
    let write = || {
        let words = tape.into_words();
        let mut bytes = Vec::with_capacity(MARK.len() + (words.len() + 1) * WORD + SUM);
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&(words.len() as u64).to_le_bytes());
        words.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        let sum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&sum);
        std::fs::File::create(next)?.write_all(&bytes)?;
        sync(next)?;
        std::fs::rename(next, path)?;
        sync_folder(path)
    };
    write().map_err(|e: std::io::Error| {
        // What is left of it is in nobody's way.
        let _ = std::fs::remove_file(next);
        Fault(e.to_string())
    })
}

/// The state that was saved last of the recording that will be called `output`.
///
/// # Errors
/// If there is none, or it is damaged.
#[cfg(feature = "hdf5")]
pub(super) fn load(output: &Path) -> Result<Tape> {
    read(&place(output), "run it anew with --force")
}

/// The state in the file `path`.
///
/// # Errors
/// If there is none, or it is damaged.
pub fn load_state(path: &Path) -> Result<Tape> {
    read(path, "give a file that a simulation has saved")
}

fn read(path: &Path, remedy: &str) -> Result<Tape> {
    let refuse = |found: &str| Err(Error::file(path, found, remedy));
    let bytes = match crate::file::bytes(path) {
        Ok(bytes) => bytes,
        Err(e) => return refuse(&format!("found no state of a run ({e})")),
    };
    let Some(state) = bytes.strip_prefix(MARK) else {
        return refuse("found a file that is no state of a run");
    };
    let whole = bytes.len().checked_sub(SUM).filter(|_| state.len() >= WORD + SUM);
    let sound = whole.is_some_and(|end| Sha256::digest(&bytes[..end])[..] == bytes[end..]);
    if !sound {
        return refuse("found a state of a run that is damaged");
    }
    let words = state[WORD..state.len() - SUM].chunks_exact(WORD);
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    Ok(Tape::written(words.map(word).collect()))
}

/// Takes away the checkpoint of a recording that is complete, or begins anew.
pub(super) fn forget(output: &Path) {
    for path in [place(output), beside(output, NEXT)] {
        let _ = std::fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written_or_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        for words in [vec![], vec![7, u64::MAX, 0, 1 << 40]] {
            let mut tape = Tape::blank();
            tape.add(&words);
            save_state(&path, tape).unwrap();
            assert_eq!(load_state(&path).unwrap().into_words(), words);
            let whole = std::fs::read(&path).unwrap();
            assert_eq!(whole.len(), MARK.len() + WORD * (1 + words.len()) + SUM);
            let refused = |bytes: &[u8]| {
                std::fs::write(&path, bytes).unwrap();
                load_state(&path).unwrap_err().to_string()
            };
            for k in 0..whole.len() {
                let mut damaged = whole.clone();
                damaged[k] ^= 0x10;
                let found = if k < MARK.len() { "is no state of a run" } else { "that is damaged" };
                for told in [refused(&damaged), refused(&whole[..k])] {
                    assert!(told.contains(found), "{k}: {told}");
                }
            }
            assert!(refused(&[&whole[..], &[0]].concat()).contains("that is damaged"));
        }
        assert_eq!(directory.path().read_dir().unwrap().count(), 1);
        // A device may never end.
        let device = load_state(Path::new("/dev/null")).map(Tape::into_words);
        assert!(!cfg!(unix) || device.unwrap_err().to_string().contains("a pipe, a device"));
        let nowhere = directory.path().join("folder/state");
        assert!(
            save_state(&nowhere, Tape::blank())
                .unwrap_err()
                .to_string()
                .contains("cannot be written")
        );
    }

    #[cfg(feature = "hdf5")]
    #[test]
    fn a_checkpoint_stands_beside_its_recording_until_that_is_complete() {
        let directory = tempfile::tempdir().unwrap();
        let output = directory.path().join("run.h5");
        for word in [1, 2] {
            let mut tape = Tape::blank();
            tape.add(&[word]);
            save(&output, tape).unwrap();
            assert_eq!(load(&output).unwrap().into_words(), [word]);
        }
        std::fs::write(beside(&output, NEXT), "what a killed process left").unwrap();
        forget(&output);
        assert_eq!(directory.path().read_dir().unwrap().count(), 0);
        assert!(load(&output).unwrap_err().to_string().contains("found no state of a run"));
    }

    #[test]
    fn a_model_is_known_by_all_that_a_recording_tells_of_it() {
        let hash = |[text, resolved, origin]: [&str; 3]| {
            Owner::hash_of_model(&Provenance {
                model_text: text.to_owned(),
                model_resolved: resolved.to_owned(),
                origin: origin.to_owned(),
                ..Provenance::default()
            })
        };
        let texts = [["a", "b", ""], ["ab", "", ""], ["a", "", "b"], ["a", "b", "c"], ["", "", ""]];
        let hashes: std::collections::BTreeSet<_> = texts.map(hash).into();
        assert!(hashes.len() == texts.len() && hashes.iter().all(|hash| hash.len() == 64));
    }
}
