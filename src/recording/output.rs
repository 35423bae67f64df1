//! Output files: none is overwritten by mistake, none is written twice at once, and none gets its name before it is
//! complete and safely on disk.

use super::checkpoint;
use super::disk::{sync, sync_folder};
use super::lock::{Lock, beside, refuse_special};
use super::store::Fault;
use crate::error::{Error, Result, quoted};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A file that is being written under `NAME.part` and will be called `NAME`.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    part: PathBuf,
    /// Whether a file that appears meanwhile under the name may be overwritten.
    force: bool,
    /// Held until it has its name.
    lock: Option<Lock>,
}

/// Files that a run writes beside its recording, and how these begin.
const RECORDINGS: [&str; 2] = ["next", "last"];
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// What the names of a run's own files end in.
const OWN: [&str; 5] = ["part", "next", "last", "lock", checkpoint::NAME];
/// What is to be done with another's file in their place.
const AWAY: &str = "move it away";
/// Bytes of a name at most, where most disks have their limit.
const LONGEST: usize = 255;

impl Output {
    /// Begins the output that will be called `path`, which nobody else writes from now on.
    ///
    /// # Errors
    /// If `path` or its `.part` exists and `force` is false, if something else than a file stands there, if another
    /// process writes it, or if nothing can be written there.
    pub fn begin(path: &Path, force: bool) -> Result<Self> {
        Self::check(path, force)?;
        Self::check_name(path)?;
        let lock = Some(Lock::take(path)?);
        let output = Self { lock, ..Self::adopt(path, force) };
        output.clear_part()?;
        Ok(output)
    }

    /// The output that will be called `path`, of which a part has been written, and which nobody else writes from now on.
    ///
    /// # Errors
    /// If it is complete, if nothing of it has been written, or if another process writes it.
    #[cfg(feature = "hdf5")]
    pub(super) fn go_on(path: &Path) -> Result<Self> {
        let refuse = |found, remedy| Err(Error::file(path, found, remedy));
        refuse_special(path)?;
        let lock = Some(Lock::take(path)?);
        let output = Self { lock, ..Self::adopt(path, false) };
        refuse_special(&output.part)?;
        if !output.part.exists() && path.exists() {
            return refuse(
                "found a recording that is complete",
                "look at it with `attractor info`, or run it anew with --force",
            );
        }
        if !output.part.exists() {
            return refuse(
                "found no recording of a run that did not end",
                "give the name that the recording will have, without .part, or run it from the beginning",
            );
        }
        output.clear_leftovers()?;
        Ok(output)
    }

    /// The same, which may take the place of a file of its name if `force`.
    #[cfg(feature = "hdf5")]
    pub(super) fn forced(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// Removes what a killed process left beside it.
    fn clear_leftovers(&self) -> Result<()> {
        let mut leftovers = RECORDINGS.map(|name| (beside(&self.path, name), SIGNATURE)).to_vec();
        leftovers.push((beside(&self.path, checkpoint::NEXT), checkpoint::MARK));
        leftovers.iter().try_for_each(|(file, mark)| check_own(file, mark))?;
        for (leftover, _) in leftovers {
            let _ = std::fs::remove_file(leftover);
        }
        refuse_special(&checkpoint::place(&self.path)).map_err(|e| e.mended(AWAY))
    }

    /// The output that will be called `path`, which nobody else writes for another reason.
    pub(crate) fn adopt(path: &Path, force: bool) -> Self {
        Self { path: path.to_owned(), part: beside(path, "part"), force, lock: None }
    }

    /// The same output, to be published while its writer keeps others away.
    #[cfg(feature = "hdf5")]
    pub(crate) fn unlocked(&self) -> Self {
        Self::adopt(&self.path, self.force)
    }

    /// Refuses an output that exists, unless `force`, or that is no file.
    pub fn check(path: &Path, force: bool) -> Result<()> {
        if path.to_str().is_none() {
            let found = "found that the name of the output is no text in UTF-8";
            return Err(Error::file(path, found, "choose another name with -o"));
        }
        refuse_special(path)?;
        if path.exists() && !force {
            return Err(Error::file(
                path,
                "found that the output exists already",
                "choose another name with -o, or overwrite it with --force",
            ));
        }
        Ok(())
    }

    /// Refuses a name that a run gives one of its own files, or to which it cannot add their endings.
    pub(crate) fn check_name(path: &Path) -> Result<()> {
        let name = path.file_name().unwrap_or_default();
        let ending = OWN.iter().find(|own| path.extension().is_some_and(|ending| ending == **own));
        if let Some(ending) = ending {
            return Err(Error::file(
                path,
                format!(
                    "found a name that ends in .{ending}, as those do that a run gives its own files"
                ),
                "choose another name with -o",
            ));
        }
        if name.len() + 1 + checkpoint::NEXT.len() > LONGEST {
            return Err(Error::file(
                path,
                format!(
                    "found a name of {} bytes, to which a run adds .{}",
                    name.len(),
                    checkpoint::NEXT
                ),
                "choose a shorter one with -o",
            ));
        }
        Ok(())
    }

    /// What it will be called.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where to write.
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// Makes room for the file to write.
    fn clear_part(&self) -> Result<()> {
        let Self { path, part, force, .. } = self;
        refuse_special(part)?;
        self.clear_leftovers()?;
        check_own(&checkpoint::place(path), checkpoint::MARK)?;
        if !part.exists() {
            checkpoint::forget(path);
            return Ok(());
        }
        if !force {
            return Err(Error::file(
                part,
                "found the output of a run that did not end",
                format!(
                    "go on with it by `attractor run --resume {}`, choose another output with -o, or overwrite it with --force",
                    quoted(path)
                ),
            ));
        }
        checkpoint::forget(path);
        std::fs::remove_file(part).map_err(|e| {
            Error::file(
                path,
                format!("found that the output cannot be written ({e})"),
                "choose a writable place with -o",
            )
        })
    }

    /// Gives the complete file its name, without overwriting what has appeared there unless forced.
    pub fn publish(mut self) -> Result<()> {
        self.keep()?;
        let Self { path, part, force, .. } = &self;
        let name = || {
            // To rename one name of a file to another of it does nothing.
            if *force && !is_same(part, path) {
                return std::fs::rename(part, path);
            }
            match std::fs::hard_link(part, path) {
                Ok(()) => std::fs::remove_file(part),
                // A kill came between both steps.
                Err(_) if is_same(part, path) => std::fs::remove_file(part),
                Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(e),
                // Not every file system has links.
                Err(_) if path.symlink_metadata().is_ok() => Err(ErrorKind::AlreadyExists.into()),
                Err(_) => std::fs::rename(part, path),
            }
        };
        let published = sync(part).and_then(|()| name()).and_then(|()| sync_folder(path));
        published.map(|()| checkpoint::forget(path)).map_err(|e| match part.exists() {
            true => Error::file(
                path,
                format!("found that the output cannot get its name ({e})"),
                format!("it is complete; rename {} by hand", part.display()),
            ),
            false => Error::file(
                path,
                format!("found that the output cannot be brought safely to disk ({e})"),
                "it is complete; copy it to another disk",
            ),
        })
    }

    /// Gives up and leaves nothing behind; returns why.
    pub fn discard(self, fault: &Fault) -> Error {
        let _ = std::fs::remove_file(&self.part);
        self.write_error("", fault)
    }

    /// Goes on keeping others away, though somebody may have removed the file that does.
    ///
    /// # Errors
    /// If another process has begun to write it meanwhile.
    pub fn keep(&mut self) -> Result<()> {
        match self.lock.as_mut().is_none_or(Lock::is_kept) {
            true => Ok(()),
            false => Err(Error::file(
                &self.path,
                "found that another process writes this output, whose lock was removed",
                "run it again with another name, and leave NAME.lock alone while a run goes on",
            )),
        }
    }

    /// Why writing failed; what was committed stays.
    pub fn error(&self, fault: &Fault) -> Error {
        let part = self.part.display();
        let kept = match (self.part.exists(), checkpoint::place(&self.path).exists()) {
            (true, true) => format!(
                " (what was committed before stands in {part}; `attractor run --resume {}` goes on from there)",
                quoted(&self.path)
            ),
            (true, false) => format!(" (what was committed before stands in {part})"),
            (false, _) => String::new(),
        };
        self.write_error(&kept, fault)
    }

    /// What is said of a failed write; HDF5 does not tell the cause.
    fn write_error(&self, kept: &str, fault: &Fault) -> Error {
        Error::file(
            &self.path,
            format!("found that the output cannot be written any further ({fault})"),
            format!(
                "free space if the disk or a quota is full, or choose another place with -o{kept}"
            ),
        )
    }
}

/// Refuses a file, if there is one, that does not begin with `mark`, as far as it was written before a kill: it is none of a
/// run's own, which may be removed.
fn check_own(path: &Path, mark: &[u8]) -> Result<()> {
    refuse_special(path).map_err(|e| e.mended(AWAY))?;
    let mut begun = Vec::new();
    let opened = std::fs::File::open(path);
    let read = opened.and_then(|file| file.take(mark.len() as u64).read_to_end(&mut begun));
    if read.is_err() || begun.iter().all(|byte| *byte == 0) || mark.starts_with(&begun) {
        return Ok(());
    }
    let found = "found a file of another kind where a run keeps one of its own";
    Err(Error::file(path, found, format!("{AWAY}, or choose another output with -o")))
}

/// Whether both names are of one file.
#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| path.symlink_metadata().map(|found| (found.dev(), found.ino())).ok();
    id(one).is_some_and(|one| id(other) == Some(one))
}

/// Whether both names are of one file: there is no telling.
#[cfg(not(unix))]
fn is_same(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(feature = "hdf5")]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{read_to_string, write};

    fn outputs() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.h5");
        let part = beside(&path, "part");
        (directory, path, part)
    }

    fn refused(output: Result<Output>, sentence: &str) {
        let told = output.unwrap_err().to_string();
        assert!(told.contains(sentence), "{told}");
    }

    #[test]
    fn one_goes_on_with_what_did_not_end_alone() {
        let (_directory, path, part) = outputs();
        refused(Output::go_on(&path), "found no recording of a run that did not end");
        write(&path, "complete").unwrap();
        refused(Output::go_on(&path), "found a recording that is complete");
        // That another is complete is no matter.
        for with_complete in [true, false] {
            write(&part, "part").unwrap();
            let held = Output::go_on(&path).unwrap();
            assert_eq!((held.path(), held.part()), (&*path, &*part));
            refused(Output::go_on(&path), "is writing this output");
            refused(Output::begin(&path, true), "is writing this output");
            drop(held);
            if with_complete {
                std::fs::remove_file(&path).unwrap();
            }
        }
    }

    #[test]
    fn what_others_left_is_cleared_and_what_counts_is_not() {
        let (directory, path, part) = outputs();
        let left = || directory.path().read_dir().unwrap().count();
        let litter = || {
            for name in RECORDINGS {
                write(beside(&path, name), SIGNATURE).unwrap();
            }
            write(beside(&path, checkpoint::NEXT), "attractor st").unwrap();
        };
        litter();
        let begun = Output::begin(&path, false).unwrap();
        refused(Output::begin(&path, false), "is writing this output");
        assert_eq!(left(), 1, "the lock");
        drop(begun);
        write(&part, "part").unwrap();
        write(checkpoint::place(&path), checkpoint::MARK).unwrap();
        litter();
        drop(Output::go_on(&path).unwrap());
        assert_eq!(left(), 2, "the recording and its state");
        refused(Output::begin(&path, false), "found the output of a run that did not end");
        assert_eq!(left(), 2);
        drop(Output::begin(&path, true).unwrap());
        assert_eq!(left(), 0);
        // A state without its recording is of no use.
        write(checkpoint::place(&path), checkpoint::MARK).unwrap();
        drop(Output::begin(&path, false).unwrap());
        assert_eq!(left(), 0);
        std::fs::create_dir(beside(&path, "next")).unwrap();
        refused(Output::begin(&path, false), "is a directory; move it away");
    }

    #[test]
    fn what_somebody_else_keeps_under_such_a_name_stays() {
        let (_directory, path, part) = outputs();
        for name in ["next", "last", checkpoint::NAME, checkpoint::NEXT] {
            let file = beside(&path, name);
            write(&file, "precious").unwrap();
            for force in [false, true] {
                refused(Output::begin(&path, force), "found a file of another kind");
            }
            // Whoever goes on learns what is wrong with a state.
            if name != checkpoint::NAME {
                write(&part, "part").unwrap();
                refused(Output::go_on(&path), "found a file of another kind");
                std::fs::remove_file(&part).unwrap();
            }
            assert_eq!(read_to_string(&file).unwrap(), "precious");
            std::fs::remove_file(&file).unwrap();
        }
        for name in ["a.last", "a.lock", "a.h5.part", "a.checkpoint"] {
            refused(Output::begin(&path.with_file_name(name), true), "found a name that ends in .");
        }
        let long = path.with_file_name("x".repeat(240));
        refused(Output::begin(&long, true), "found a name of 240 bytes");
        drop(Output::begin(&path.with_file_name("x".repeat(239)), true).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn what_another_has_taken_over_gets_no_name() {
        let (_directory, path, part) = outputs();
        write(&part, "part").unwrap();
        let output = Output::go_on(&path).unwrap();
        std::fs::remove_file(beside(&path, "lock")).unwrap();
        let other = Output::go_on(&path).unwrap();
        let told = output.publish().unwrap_err().to_string();
        assert!(told.contains("another process writes this output"), "{told}");
        assert!(part.exists() && !path.exists());
        other.publish().unwrap();
    }

    #[test]
    fn a_name_is_given_once_unless_it_is_forced() {
        let (_directory, path, part) = outputs();
        let complete = |force: bool, before: Option<&str>, told: &str| {
            write(&part, told).unwrap();
            let output = Output::go_on(&path).unwrap().forced(force);
            if let Some(before) = before {
                write(&path, before).unwrap();
            }
            output.publish()
        };
        complete(false, None, "first").unwrap();
        assert!(read_to_string(&path).unwrap() == "first" && !part.exists());
        let told = complete(false, Some("theirs"), "second").unwrap_err().to_string();
        assert!(told.contains("cannot get its name") && told.contains("by hand"), "{told}");
        assert_eq!((read_to_string(&path).unwrap(), part.exists()), ("theirs".to_owned(), true));
        complete(true, Some("theirs"), "third").unwrap();
        assert!(read_to_string(&path).unwrap() == "third" && !part.exists());
        // Killed when it had both names.
        for force in [false, true] {
            std::fs::hard_link(&path, &part).unwrap();
            Output::go_on(&path).unwrap().forced(force).publish().unwrap();
            assert!(read_to_string(&path).unwrap() == "third" && !part.exists());
        }
    }
}
