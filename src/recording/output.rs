//! Output files: none is overwritten by mistake, and none gets its name before it is complete.

use super::store::Fault;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// A file that is being written under `NAME.part` and will be called `NAME`.
#[derive(Clone, Debug)]
pub struct Output {
    path: PathBuf,
    part: PathBuf,
    /// Whether a file that appears meanwhile under the name may be overwritten.
    force: bool,
}

impl Output {
    /// Begins the output that will be called `path`: its `.part` exists from now on.
    ///
    /// # Errors
    /// If `path` or its `.part` exists and `force` is false, or if nothing can be written there.
    pub fn begin(path: &Path, force: bool) -> Result<Self> {
        Self::check(path, force)?;
        let output = Self::adopt(path, force);
        output.make_part()?;
        Ok(output)
    }

    /// The output that will be called `path`, whose `.part` is written in another way.
    pub(crate) fn adopt(path: &Path, force: bool) -> Self {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        Self { path: path.to_owned(), part: PathBuf::from(part), force }
    }

    /// Refuses an output that exists, unless `force`, or that cannot be a file.
    pub fn check(path: &Path, force: bool) -> Result<()> {
        if path.is_dir() {
            return Err(Error::file(
                path,
                "found that the output is a directory",
                "give the name of a file with -o",
            ));
        }
        if path.exists() && !force {
            return Err(Error::file(
                path,
                "found that the output exists already",
                "choose another name with -o, or overwrite it with --force",
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

    /// Creates the file to write, which must not be that of another run.
    fn make_part(&self) -> Result<()> {
        let Self { path, part, force } = self;
        if let Ok(other) = std::fs::File::open(part) {
            // HDF5 locks a file that it writes.
            if other.try_lock().is_err() {
                return Err(Error::file(
                    part,
                    "found that another run is writing this file",
                    "wait for its end, or choose another name with -o",
                ));
            }
            if !force {
                return Err(Error::file(
                    part,
                    "found the output of a run that did not end",
                    "keep it under another name, choose another output with -o, or overwrite it with --force",
                ));
            }
            let _ = std::fs::remove_file(part);
        }
        // HDF5 says little about why it cannot create a file; the system says it in words.
        std::fs::File::create_new(part).map(|_| ()).map_err(|e| {
            Error::file(
                path,
                format!("found that the output cannot be written ({e})"),
                "choose a writable place with -o",
            )
        })
    }

    /// Gives the complete file its name, without overwriting what has appeared there unless forced.
    pub fn publish(self) -> Result<()> {
        let Self { path, part, force } = &self;
        let linked = match force {
            true => Err(std::io::ErrorKind::Unsupported.into()),
            false => std::fs::hard_link(part, path),
        };
        let named = match linked {
            Ok(()) => std::fs::remove_file(part),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(e),
            // Not every file system has links.
            Err(_) => std::fs::rename(part, path),
        };
        named.map_err(|e| {
            Error::file(
                path,
                format!("found that the output cannot get its name ({e})"),
                format!("it is complete; rename {} by hand", part.display()),
            )
        })
    }

    /// Gives up and leaves nothing behind; returns why.
    pub fn discard(self, fault: &Fault) -> Error {
        let _ = std::fs::remove_file(&self.part);
        self.write_error("", fault)
    }

    /// Why writing failed; what was committed stays.
    pub fn error(&self, fault: &Fault) -> Error {
        let kept = format!(" (what was committed before stands in {})", self.part.display());
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
