//! Where a sweep writes: its table, and the recordings of its runs.

use super::is_table;
use super::left::Left;
use super::shard::Shard;
use super::written::{self, Identity, Making};
use crate::error::{Error, Place, Result};
use crate::recording::{Hdf5, Lock, Output, beside, refuse_special, sync, sync_folder};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How a sweep deals with what stands under the name of its table already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Nothing may stand there.
    New,
    /// It is overwritten.
    Over,
    /// The table of a sweep that did not end is continued; where it stands whole, nothing is left to do, unless the same sweep was
    /// begun to overwrite it.
    Resume,
}

/// The files of a sweep whose table will be called NAME.
///
/// NAME.part holds what has ended. NAME.runs is a folder that exists while the sweep goes on: of recordings.
#[derive(Debug)]
pub struct Places {
    output: Output,
    folder: PathBuf,
    /// Where recordings stay.
    keep: Option<PathBuf>,
    /// Keeps every other writer of the output away.
    _lock: Lock,
}

const TABLE: &str = "table.h5";

/// What stands beside the recording of a run while that is made.
const BESIDE: [&str; 6] = ["part", "next", "last", "lock", "checkpoint", "checkpoint.next"];

impl Places {
    /// Begins the output `output`, and the folder in which recordings of the runs of a shard stay, if one is named.
    ///
    /// # Errors
    /// If something stands there that `begin` does not allow, if another sweep writes it, or if nothing can be written.
    pub fn begin(output: &Path, begin: Begin, keep: Option<(&Path, Shard)>) -> Result<Self> {
        Output::check(output, begin != Begin::New)?;
        Output::check_name(output)?;
        let (keeps, work) = (keep.map(|(folder, _)| folder), beside(output, "runs"));
        if let Some(folder) = keeps.filter(|folder| are_same(folder, &work)) {
            return Err(Error::file(
                folder,
                "found the folder in which the sweep works, and which it removes",
                "choose another one with --keep",
            ));
        }
        if work.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            return Err(Error::file(
                &work,
                "found something else than the folder in which the sweep works",
                "move it away, or choose another output with -o",
            ));
        }
        // From here on nobody else ends a table there.
        let lock = Lock::take(output)?;
        // What --force began goes on beside the table that it is to replace.
        let goes_on = begin == Begin::Resume && output.exists() && beside(output, "part").exists();
        let over = begin == Begin::Over || goes_on;
        Output::check(output, over)?;
        if output.exists() && !is_table(output) {
            return Err(Error::file(
                output,
                "found a file that is no table of a sweep",
                "choose another name with -o, or delete it",
            ));
        }
        let places = Self::of(output, over, keeps, lock);
        refuse_special(places.part())?;
        if places.part().exists() && !is_table(places.part()) {
            return Err(Error::file(
                places.part(),
                "found no table of a sweep that did not end",
                "choose another output with -o, or delete it",
            ));
        }
        if begin == Begin::New && places.part().exists() {
            return Err(Error::file(
                places.part(),
                "found the table of a sweep that did not end",
                "go on with --resume, choose another output with -o, or overwrite it with --force",
            ));
        }
        let unwritable = |e: io::Error| {
            Error::file(
                output,
                format!("found that the output cannot be written ({e})"),
                "choose a writable place with -o",
            )
        };
        match fs::create_dir(&places.folder) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(unwritable(e)),
            _ => {}
        }
        keep.map_or(Ok(()), |(folder, shard)| begin_folder(folder, begin, shard))?;
        Ok(places)
    }

    fn of(output: &Path, over: bool, keep: Option<&Path>, lock: Lock) -> Self {
        let (folder, keep) = (beside(output, "runs"), keep.map(Path::to_owned));
        Self { output: Output::adopt(output, over), folder, keep, _lock: lock }
    }

    /// Removes the folder that a kill has left beside `output`, a table that stands whole, unless somebody is writing there, or
    /// goes on with a table that is to replace that.
    pub(super) fn clear_beside(output: &Path) {
        if beside(output, "runs").exists()
            && let Ok(lock) = Lock::take(output)
            && !beside(output, "part").exists()
        {
            drop(Self::of(output, false, None, lock));
        }
    }

    /// Gives the table, which is whole, its name.
    pub(super) fn publish(&self) -> Result<()> {
        self.output.unlocked().publish()
    }

    /// The table of what has ended.
    pub(super) fn part(&self) -> &Path {
        self.output.part()
    }

    /// The recording of run `run`, counted from 0.
    pub(super) fn recording(&self, run: usize) -> PathBuf {
        let folder = self.keep.as_ref().unwrap_or(&self.folder);
        folder.join(format!("run-{:04}.h5", run + 1))
    }

    /// Whether recordings stay.
    pub(super) fn keeps(&self) -> bool {
        self.keep.is_some()
    }

    /// The error of run `run`, without the names of files that go with it: what has ended stands in the table.
    pub(super) fn lasting(&self, error: Error, run: usize) -> Error {
        let recording = self.recording(run);
        match error.place() {
            Place::File(file) if file.parent() == recording.parent() => {
                let remedy = format!(
                    "free space if the disk or a quota is full, then go on with --resume; the runs that have ended stand \
                     in {}",
                    self.part().display()
                );
                error.mended(remedy).placed(Place::File(self.output.path().to_owned()))
            }
            _ => error,
        }
    }

    /// Removes the recording of a run that has ended, unless it is to be kept, and what a failed one has begun; not what somebody
    /// else is writing.
    pub(super) fn clear(&self, run: usize) {
        let recording = self.recording(run);
        let part = beside(&recording, "part");
        let made = if self.keep.is_none() { vec![part, recording.clone()] } else { vec![part] };
        if made.iter().any(|made| made.exists())
            && let Ok(_lock) = Lock::take(&recording)
        {
            for made in made {
                // Who finds nothing there has nothing to remove.
                let _ = fs::remove_file(made);
            }
        }
    }

    /// Puts a table of `rows` in the place of that of fewer rows, in one step: whole files survive a kill at any moment.
    pub(super) fn commit(
        &self,
        sweep: &Identity,
        rows: &BTreeMap<usize, Left>,
        making: &Making,
    ) -> Result<()> {
        let new = self.folder.join(TABLE);
        let rows: Vec<(usize, &Left)> = rows.iter().map(|(run, left)| (*run, left)).collect();
        let written = Hdf5::create(&new).and_then(|mut store| {
            written::write(&mut store, sweep, &rows, making)?;
            store.close()
        });
        written.map_err(|e| self.output.error(&e))?;
        let named = sync(&new).and_then(|()| fs::rename(&new, self.part()));
        named.and_then(|()| sync_folder(self.part())).map_err(|e| {
            Error::file(
                self.part(),
                format!("found that the table cannot get its name ({e})"),
                "choose another place with -o",
            )
        })
    }
}

/// Makes the folder in which recordings of a shard stay; if the sweep is new, nothing may be there but those of other shards.
fn begin_folder(folder: &Path, begin: Begin, shard: Shard) -> Result<()> {
    let unusable = |e: io::Error| {
        let found = format!("found that the folder cannot be used ({e})");
        Error::file(folder, found, "choose another one with --keep")
    };
    fs::create_dir_all(folder).map_err(unusable)?;
    let of_others = |name: &OsStr| {
        let number = name.to_str().and_then(|name| name.strip_prefix("run-")?.split('.').next());
        let run = number.and_then(|number| number.parse::<usize>().ok()?.checked_sub(1));
        run.is_some_and(|run| !shard.holds(run))
    };
    let mut entries = fs::read_dir(folder).map_err(unusable)?.flatten();
    if begin == Begin::New && entries.any(|entry| !of_others(&entry.file_name())) {
        return Err(Error::file(
            folder,
            "found that the folder is not empty",
            "choose another one with --keep, or overwrite files in it with --force",
        ));
    }
    Ok(())
}

/// Whether both are one folder, or will be.
fn are_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| {
        path.canonicalize().ok().or_else(|| {
            let path = std::path::absolute(path).ok()?;
            Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?))
        })
    };
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Whether a sweep gives this name to what it writes in its folder.
fn is_own(name: &str) -> bool {
    let of_run = |name: &str| {
        let (number, rest) = name.strip_prefix("run-")?.split_once(".h5")?;
        let known = rest.is_empty() || BESIDE.contains(&rest.strip_prefix('.')?);
        let run = number.parse::<usize>().ok()?;
        Some(known && run > 0 && number == format!("{run:04}"))
    };
    name == TABLE || of_run(name) == Some(true)
}

impl Drop for Places {
    /// Removes the folder, with what is there of unfinished runs; another's files in it stay, and with them the folder.
    fn drop(&mut self) {
        // Not what a link leads to.
        if !self.folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            return;
        }
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_own) {
                let _ = fs::remove_file(entry.path());
            }
        }
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_is_writing_is_not_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::begin(&folder.path().join("table.h5"), Begin::New, None).unwrap();
        let recording = places.recording(0);
        let part = beside(&recording, "part");
        fs::write(&part, "theirs").unwrap();
        let lock = Lock::take(&recording).unwrap();
        places.clear(0);
        assert!(part.exists());
        drop(lock);
        places.clear(0);
        assert!(!part.exists());
    }
}
