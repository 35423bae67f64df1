//! Who writes an output: a lock that goes with the process that holds it, however that ends.

use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The right to write an output, from the file `NAME.lock` beside it, which tells who has it.
///
/// The system's lock of that file counts, not that it exists: what a process left that was killed is in nobody's way.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: File,
}

/// How often is tried, and how long is waited in between, until a lock counts as held: while the system takes down a process
/// that was killed, its lock lasts a moment longer.
const TRIES: usize = 25;
const WAIT: Duration = Duration::from_millis(20);
/// How often where the process is gone. What it was just starting, such as the helper that looks at HDF5 files, has its files
/// and so its lock until it has become another program, which takes long on a machine that has other things to do.
const TRIES_OF_THE_DEAD: usize = 500;

/// What a lock tells begins so, and has so many bytes at most.
const PROCESS: &str = "process ";
const LONGEST: u64 = 512;

impl Lock {
    /// Takes the lock of the output that will be called `output`.
    ///
    /// # Errors
    /// If another process has it, or if nothing can be written there.
    pub fn take(output: &Path) -> Result<Self> {
        let path = beside(output, "lock");
        let unwritable = |e: std::io::Error| {
            Error::file(
                output,
                format!("found that the output cannot be written ({e})"),
                "choose a writable place with -o",
            )
        };
        let mut tries = 0;
        loop {
            refuse_special(&path)?;
            let mut options = File::options();
            let opened = options.read(true).write(true).create(true).truncate(false).open(&path);
            let mut file = opened.map_err(unwritable)?;
            let holder = told(&mut file);
            if !is_own(&holder) {
                return Err(Error::file(
                    &path,
                    "found a file that is no lock where that of the output belongs",
                    "move it away, or choose another output with -o",
                ));
            }
            let is_held = match file.try_lock() {
                Ok(()) => false,
                Err(TryLockError::WouldBlock) => true,
                // A file system without locks: what the file tells is all there is.
                Err(TryLockError::Error(_)) => !holder.is_empty() && !is_gone(&holder),
            };
            if is_held {
                tries += 1;
                if tries >= TRIES_OF_THE_DEAD || (tries >= TRIES && !is_gone(&holder)) {
                    return Err(held(output, &holder));
                }
                std::thread::sleep(WAIT);
                continue;
            }
            // Who had it may have removed the file in between, and with it the name of what is locked here.
            if !is_named(&file, &path) {
                continue;
            }
            // From here on whatever goes wrong removes the file again.
            let mut lock = Self { path, file };
            let told = lock.file.set_len(0).and_then(|()| lock.file.rewind());
            let told = told.and_then(|()| writeln!(lock.file, "{}", this()));
            told.map_err(unwritable)?;
            return Ok(lock);
        }
    }

    /// Whether nobody else has it: somebody may have removed the file, by which others are kept away, and begun to write. Where it
    /// is only gone, it is there again, if it can be.
    pub fn is_kept(&mut self) -> bool {
        if is_named(&self.file, &self.path) {
            return true;
        }
        let mut options = File::options();
        match options.read(true).write(true).create_new(true).open(&self.path) {
            Ok(mut file) => {
                if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                    return false;
                }
                // What it tells is for others: without it they learn less.
                let _ = writeln!(file, "{}", this());
                self.file = file;
                true
            }
            // Where nobody can write, such as in a folder that is gone, nobody else does.
            Err(e) => e.kind() != std::io::ErrorKind::AlreadyExists,
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What is left of it is in nobody's way; another's stays.
        if is_named(&self.file, &self.path) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The file `NAME.extension`.
pub(crate) fn beside(output: &Path, extension: &str) -> PathBuf {
    let mut path = output.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    PathBuf::from(path)
}

/// Refuses a name under which something else than a file stands: a device, a pipe, a link.
pub(crate) fn refuse_special(path: &Path) -> Result<()> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let kind = found.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let (what, remedy) = if kind.is_dir() {
        ("a directory", "give the name of a file with -o")
    } else if kind.is_symlink() {
        ("a symbolic link", "give the name of the file itself with -o")
    } else {
        ("a device, a pipe or a socket", "give the name of a file with -o")
    };
    Err(Error::file(path, format!("found that the output is {what}"), remedy))
}

/// This process, as the others are told.
fn this() -> String {
    format!("{PROCESS}{}{}", std::process::id(), here())
}

/// Where this process runs, as far as the system tells.
fn here() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname");
    host.map_or(String::new(), |host| format!(" on {}", host.trim()))
}

/// What the lock `file` tells of its holder; nothing if that has not told yet.
fn told(file: &mut File) -> String {
    let mut holder = Vec::new();
    // More is none of ours.
    let _ = file.rewind().and_then(|()| file.take(LONGEST).read_to_end(&mut holder));
    String::from_utf8_lossy(&holder).trim().to_owned()
}

/// Whether a lock tells this, or nothing.
fn is_own(told: &str) -> bool {
    told.is_empty() || told.starts_with(PROCESS)
}

/// Whether a holder was a process of this machine, and is none any more.
fn is_gone(holder: &str) -> bool {
    let process = holder.strip_prefix(PROCESS).and_then(|name| name.strip_suffix(&here()));
    let process = process.and_then(|number| number.parse::<u32>().ok());
    process.is_some_and(|number| {
        Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{number}")).exists()
    })
}

/// The error of an output that `holder` writes.
fn held(output: &Path, holder: &str) -> Error {
    let holder = if holder.is_empty() { "another process" } else { holder };
    Error::file(
        output,
        format!("found that {holder} is writing this output"),
        "wait for its end, or choose another name with -o",
    )
}

/// Whether the open `file` still has this name.
#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: std::fs::Metadata| (found.dev(), found.ino());
    let (open, named) = (file.metadata().map(id), path.symlink_metadata().map(id));
    open.is_ok_and(|open| named.is_ok_and(|named| open == named))
}

/// Whether the open `file` still has this name: files that are open cannot be removed.
#[cfg(not(unix))]
fn is_named(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_lock_and_the_other_learns_who() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("run.h5");
        // What a process left that was killed.
        std::fs::write(beside(&output, "lock"), "process 1 on elsewhere\n").unwrap();
        let lock = Lock::take(&output).unwrap();
        let refused = Lock::take(&output).unwrap_err().to_string();
        let own = format!("found that process {}", std::process::id());
        assert!(refused.contains(&own), "{refused}");
        assert!(refused.contains("is writing this output"), "{refused}");
        drop(lock);
        assert!(!beside(&output, "lock").exists());
        Lock::take(&output).unwrap();
    }

    #[test]
    fn a_file_that_is_no_lock_stays() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("run.h5");
        std::fs::write(beside(&output, "lock"), "precious").unwrap();
        let refused = Lock::take(&output).unwrap_err().to_string();
        assert!(refused.contains("found a file that is no lock"), "{refused}");
        assert_eq!(std::fs::read(beside(&output, "lock")).unwrap(), b"precious");
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_was_removed_is_there_again_unless_another_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("run.h5");
        let mut lock = Lock::take(&output).unwrap();
        assert!(lock.is_kept());
        std::fs::remove_file(&lock.path).unwrap();
        assert!(lock.is_kept() && Lock::take(&output).is_err());
        std::fs::remove_file(&lock.path).unwrap();
        let other = Lock::take(&output).unwrap();
        assert!(!lock.is_kept());
        drop(lock);
        assert!(Lock::take(&output).is_err(), "that of the other stays");
        drop(other);
        assert!(!beside(&output, "lock").exists());
        let mut lock = Lock::take(&output).unwrap();
        drop(folder);
        assert!(lock.is_kept(), "that its folder is gone tells of nobody else");
    }

    #[test]
    fn a_lock_that_lasts_a_moment_longer_than_its_process_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("run.h5");
        let lock = Lock::take(&output).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| Lock::take(&output).unwrap());
            std::thread::sleep(2 * WAIT);
            drop(lock);
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_lock_of_a_process_that_is_gone_is_what_it_was_starting_and_is_waited_for_longer() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("run.h5");
        let mut process = std::process::Command::new("true").spawn().unwrap();
        process.wait().unwrap();
        let lock = Lock::take(&output).unwrap();
        std::fs::write(&lock.path, format!("process {}{}\n", process.id(), here())).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| Lock::take(&output).unwrap());
            std::thread::sleep(2 * TRIES as u32 * WAIT);
            drop(lock);
        });
        assert!(!is_gone(&this()));
        for holder in ["another process", "process 0 on another machine", "process", ""] {
            assert!(!is_gone(holder), "{holder}");
        }
    }

    #[test]
    fn of_many_who_start_at_once_one_writes_at_a_time() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("run.h5");
        let (holders, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while turns.load(SeqCst) < 200 {
                        if let Ok(_lock) = Lock::take(&output) {
                            assert_eq!(holders.fetch_add(1, SeqCst), 0);
                            turns.fetch_add(1, SeqCst);
                            holders.fetch_sub(1, SeqCst);
                        }
                    }
                });
            }
        });
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.h5");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        for (path, what) in [
            (&link, "a symbolic link"),
            (&PathBuf::from("/dev/null"), "a device, a pipe or a socket"),
            (&folder.path().to_owned(), "a directory"),
        ] {
            let refused = refuse_special(path).unwrap_err().to_string();
            assert!(refused.contains(what), "{refused}");
            assert!(path.symlink_metadata().is_ok());
        }
        refuse_special(&folder.path().join("new.h5")).unwrap();
    }
}
