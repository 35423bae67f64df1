//! HDF5 files that others may have written or damaged: the one door through which they are opened, and what is checked
//! before room is made for what they declare.

use hdf5::plist::dataset_create::Layout;
use hdf5::{Dataset, File, Group, Location};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// What a look at a file found, before it is opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    /// It can be opened.
    Sound,
    /// Why it cannot, as long as it is what it is.
    Damaged(String),
    /// Why nobody could look.
    Failed(String),
}

/// Looks at a file that may not be opened without danger.
pub type Guard = fn(&Path) -> Look;

static GUARD: OnceLock<Guard> = OnceLock::new();
/// Files that the guard has looked at, as they were then, and what it told.
static SEEN: Mutex<Vec<(Version, Look)>> = Mutex::new(Vec::new());

/// What a file was at some time: it may be replaced by another one, or written on.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    path: PathBuf,
    /// Its device and number there, if the system has them.
    id: (u64, u64),
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Version {
    fn of(path: &Path) -> Self {
        let found = path.metadata();
        let changed = found.as_ref().ok().and_then(|found| found.modified().ok());
        let bytes = found.as_ref().map_or(0, std::fs::Metadata::len);
        #[cfg(unix)]
        let id = {
            use std::os::unix::fs::MetadataExt;
            found.map_or((0, 0), |found| (found.dev(), found.ino()))
        };
        #[cfg(not(unix))]
        let id = (0, 0);
        Self { path: path.to_owned(), id, bytes, changed }
    }
}

/// How long a lock is waited for, and what HDF5 says of it.
const PATIENCE: Duration = Duration::from_secs(2);
const LOCKED: &str = "unable to lock file";

/// What is kept compressed may be so much longer: deflate leaves a 1032nd at least.
const COMPRESSED: u64 = 1032;

/// What is kept compressed is unpacked chunk by chunk, whatever is read of it: how large a chunk may be, bytes.
const CHUNK: u64 = 16 << 20;

/// Has every file looked at by `guard` before this process opens it for the first time: the HDF5 library itself does not
/// survive every damaged file. Without a guard nobody looks.
pub fn set_guard(guard: Guard) {
    // The first one stays.
    let _ = GUARD.set(guard);
}

/// A file that is only read.
pub(crate) fn open(path: &Path) -> hdf5::Result<File> {
    crate::file::open(path).map_err(|e| hdf5::Error::from(e.to_string()))?;
    if let Some(guard) = GUARD.get() {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let version = Version::of(path);
        let known = seen.iter().find(|(file, _)| *file == version).map(|(_, told)| told.clone());
        let told = match known.unwrap_or_else(|| guard(path)) {
            Look::Failed(why) => return Err(why.into()),
            told => told,
        };
        seen.retain(|(file, _)| file.path != path);
        seen.push((version, told.clone()));
        if let Look::Damaged(why) = told {
            return Err(why.into());
        }
    }
    open_own(path)
}

/// Says that this process has written a file, or has it from one that it trusts: nobody need look at it first.
pub fn trust(path: &Path) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    seen.retain(|(file, _)| file.path != path);
    seen.push((Version::of(path), Look::Sound));
}

/// A file that this process has written, to be read.
///
/// A helper that began while the file was written has it open too, with HDF5's lock of a writer, as long as it lives: it is
/// waited for.
pub(crate) fn open_own(path: &Path) -> hdf5::Result<File> {
    let begin = Instant::now();
    loop {
        match File::open(path) {
            Err(e) if begin.elapsed() < PATIENCE && e.to_string().contains(LOCKED) => {
                std::thread::sleep(Duration::from_millis(10));
            }
            opened => return opened,
        }
    }
}

/// Refuses a column that declares more than the file can hold, or too much to be unpacked at once.
///
/// # Errors
/// What was found, behind the name of the column.
pub(crate) fn within_file(dataset: &Dataset) -> hdf5::Result<()> {
    unpacks(dataset)?;
    let shape = dataset.shape();
    let values = shape.iter().try_fold(1_u64, |product, &n| product.checked_mul(n as u64));
    let size = dataset.dtype()?.size() as u64;
    let bytes = values.and_then(|values| values.checked_mul(size));
    let kept = dataset.storage_size().min(dataset.file()?.size());
    let fits = |room: u64| bytes.is_some_and(|bytes| bytes <= room);
    if fits(kept) || (!dataset.filters().is_empty() && fits(kept.saturating_mul(COMPRESSED))) {
        return Ok(());
    }
    Err(format!("has the shape {shape:?} in {kept} bytes").into())
}

/// Refuses a column of which too much is unpacked at once, however little of it is read.
///
/// # Errors
/// What was found, behind the name of the column.
pub(crate) fn unpacks(dataset: &Dataset) -> hdf5::Result<()> {
    let chunk = dataset.chunk().filter(|_| !dataset.filters().is_empty()).unwrap_or_default();
    let size = dataset.dtype()?.size() as u64;
    let bytes = chunk.iter().try_fold(size, |product, &n| product.checked_mul(n as u64));
    match bytes.is_some_and(|bytes| bytes <= CHUNK) {
        true => Ok(()),
        false => Err(format!("is compressed in chunks of {chunk:?}").into()),
    }
}

/// The group at `path` of `file`, which does not stand in another one.
///
/// # Errors
/// If there is none, or a link leads there.
pub(crate) fn own_group(file: &File, path: &str) -> hdf5::Result<Group> {
    let group = file.group(path)?;
    stands_in(&group, file).map(|()| group)
}

/// The column at `path` of `file`, which has its values there, too: a hash of `file` covers no other one.
///
/// # Errors
/// If there is none, or a link leads there, or to its values.
pub(crate) fn own_column(file: &File, path: &str) -> hdf5::Result<Dataset> {
    let column = file.dataset(path)?;
    has_values_in(&column, file).map(|()| column)
}

/// Refuses a column of which the values, or all, stand in another file than `own`.
pub(crate) fn has_values_in(column: &Dataset, own: &Location) -> hdf5::Result<()> {
    stands_in(column, own)?;
    let kept = column.create_plist()?;
    if kept.layout() == Layout::Virtual || !kept.external().is_empty() {
        return Err("has its values in another file".into());
    }
    Ok(())
}

/// Refuses what stands in another file than `own`.
pub(crate) fn stands_in(at: &Location, own: &Location) -> hdf5::Result<()> {
    let (found, own) = (at.filename(), own.filename());
    if found == own { Ok(()) } else { Err(format!("stands in another file, {found}").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_replaced_or_written_on_is_looked_at_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("one"), folder.path().join("other"));
        std::fs::write(&path, "as it was").unwrap();
        let before = Version::of(&path);
        assert_eq!(Version::of(&path), before);
        std::fs::write(&path, "as it was, and on").unwrap();
        let longer = Version::of(&path);
        std::fs::write(&other, "as it was, and on").unwrap();
        std::fs::rename(&other, &path).unwrap();
        let replaced = Version::of(&path);
        assert!(before != longer && longer != replaced && before != replaced);
        std::fs::remove_file(&path).unwrap();
        assert_ne!(Version::of(&path), replaced);
    }

    #[test]
    fn a_helper_that_holds_a_lock_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.h5");
        File::create(&path).unwrap().close().unwrap();
        let holder = std::fs::File::open(&path).unwrap();
        holder.lock().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(200));
                drop(holder);
            });
            let begin = Instant::now();
            open_own(&path).unwrap();
            assert!(begin.elapsed() >= Duration::from_millis(150));
        });
    }
}
