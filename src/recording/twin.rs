//! A recording on disk while it is written: two files, of which one is whole at every moment.
//!
//! HDF5 changes a file in place, and a file that is changed when the process is killed, the power fails or the disk is
//! full may not open. So nothing is ever written to the file that others see. A commit ends the file that is written,
//! brings it safely to disk, and gives it the name of the other one in a single step; the other one then receives what
//! it lacks, and is written on. Whoever opens `NAME.part`, also while the run goes on, finds a closed file with all
//! columns as they were at one commit.

use super::disk::{sync, sync_folder};
use super::lock::beside;
use super::store::{Attribute, Fault, Layout, Result, Store};
use super::{CHUNK, Hdf5};
use crate::table::Column;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What has become of a column since the last commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Grown,
    Replaced,
}

/// The two files of a recording.
#[derive(Debug)]
pub struct Twin {
    /// What others see, once there has been a commit.
    whole: PathBuf,
    /// What is written.
    next: PathBuf,
    /// How the file that was whole is called until it takes the place of the one that is.
    last: PathBuf,
    /// The file that is written, if something has been since the last commit.
    writing: Option<Hdf5>,
    committed: bool,
    /// Whether something could not be written: what follows would have a gap.
    broken: bool,
    /// What is written and not committed; `None` if more than rows of columns.
    changed: Option<BTreeMap<String, Change>>,
    /// What the file that is not whole lacks; `None` if there is none that could be brought up to date.
    behind: Option<BTreeMap<String, Change>>,
}

impl Twin {
    /// An empty recording, which will be committed to the file `whole`; files beside it that a killed process left are
    /// overwritten.
    pub fn create(whole: &Path, output: &Path) -> Result<Self> {
        let (next, last) = (beside(output, "next"), beside(output, "last"));
        let created = Hdf5::create(&next).inspect_err(|_| {
            let _ = remove(&next);
        });
        let writing = Some(created?);
        let (whole, committed, broken) = (whole.to_owned(), false, false);
        Ok(Self { whole, next, last, writing, committed, broken, changed: None, behind: None })
    }

    /// The recording that was committed to the file `whole`, to go on.
    pub fn go_on(whole: &Path, output: &Path) -> Self {
        let (next, last) = (beside(output, "next"), beside(output, "last"));
        let (whole, writing) = (whole.to_owned(), None);
        let (committed, broken, changed, behind) = (true, false, None, None);
        Self { whole, next, last, writing, committed, broken, changed, behind }
    }

    /// Writes something, unless something before could not be.
    fn write(&mut self, write: impl FnOnce(&mut Hdf5) -> Result<()>) -> Result<()> {
        self.sound()?;
        let written = self.writing().and_then(write);
        self.broken = written.is_err();
        written
    }

    fn sound(&self) -> Result<()> {
        match self.broken {
            true => Err("something before could not be written".into()),
            false => Ok(()),
        }
    }

    /// Where something can be written.
    fn writing(&mut self) -> Result<&mut Hdf5> {
        if self.writing.is_none() {
            let behind = self.behind.take();
            let caught_up = behind.and_then(|behind| self.catch_up(behind).ok());
            // Somebody may read the file that is not whole any more, or it is gone: it stays theirs.
            self.writing = Some(match caught_up {
                Some(store) => store,
                None => self.copy()?,
            });
            self.changed = Some(BTreeMap::new());
        }
        self.writing.as_mut().ok_or_else(|| Fault::from("nothing is written"))
    }

    /// The file that is not whole, with what it lacked.
    fn catch_up(&self, behind: BTreeMap<String, Change>) -> Result<Hdf5> {
        if !is_own(&self.next) {
            return Err("somebody keeps it under a name of theirs".into());
        }
        let (whole, mut store) = (Hdf5::open_own(&self.whole)?, Hdf5::open_to_write(&self.next)?);
        for (path, change) in behind {
            if change == Change::Replaced {
                store.replace(&path, &whole.read(&path, 0..usize::MAX)?)?;
                continue;
            }
            let ((mut from, width), (rows, _)) = (store.shape(&path)?, whole.shape(&path)?);
            let piece = (64 * CHUNK / width.max(1)).max(1);
            while from < rows {
                let to = rows.min(from + piece);
                store.append(&path, &whole.read(&path, from..to)?)?;
                from = to;
            }
        }
        Ok(store)
    }

    /// A copy of the file that is whole.
    fn copy(&self) -> Result<Hdf5> {
        let copied = remove(&self.next).and_then(|()| std::fs::copy(&self.whole, &self.next));
        copied.map_err(|e| Fault(e.to_string()))?;
        Hdf5::open_to_write(&self.next)
    }

    /// Notes a change of a column. What was replaced and grows then is still another one.
    fn note(&mut self, path: &str, change: Change) {
        if let Some(changed) = &mut self.changed {
            let noted = changed.entry(path.to_owned()).or_insert(change);
            if change == Change::Replaced {
                *noted = change;
            }
        }
    }

    /// The file that is written, or what stands in the whole one.
    fn see<T>(&self, see: impl FnOnce(&Hdf5) -> Result<T>) -> Result<T> {
        match &self.writing {
            Some(store) => see(store),
            None => see(&Hdf5::open_own(&self.whole)?),
        }
    }

    /// Gives the written file the name of the whole one in one step; the one that was whole is written next, if it can
    /// be kept.
    fn swap(&mut self) -> std::io::Result<()> {
        remove(&self.last)?;
        // Not every file system has links.
        let kept = self.committed && std::fs::hard_link(&self.whole, &self.last).is_ok();
        std::fs::rename(&self.next, &self.whole)?;
        sync_folder(&self.whole)?;
        let kept = kept && std::fs::rename(&self.last, &self.next).is_ok();
        self.behind = self.changed.take().filter(|_| kept);
        self.committed = true;
        Ok(())
    }
}

impl Store for Twin {
    fn place(&self) -> &Path {
        &self.whole
    }

    fn share(&self) -> Result<Box<dyn Store>> {
        self.see(Store::share)
    }

    fn group(&mut self, path: &str) -> Result<()> {
        self.write(|store| store.group(path))?;
        self.changed = None;
        Ok(())
    }

    fn exists(&self, path: &str) -> bool {
        self.see(|store| Ok(store.exists(path))).unwrap_or(false)
    }

    fn set(&mut self, path: &str, name: &str, value: Attribute) -> Result<()> {
        self.write(|store| store.set(path, name, value))?;
        self.changed = None;
        Ok(())
    }

    fn attribute(&self, path: &str, name: &str) -> Result<Option<Attribute>> {
        self.see(|store| store.attribute(path, name))
    }

    fn create(&mut self, path: &str, layout: Layout, values: &Column) -> Result<()> {
        self.write(|store| store.create(path, layout, values))?;
        self.changed = None;
        Ok(())
    }

    fn append(&mut self, path: &str, values: &Column) -> Result<()> {
        self.write(|store| store.append(path, values))?;
        self.note(path, Change::Grown);
        Ok(())
    }

    fn replace(&mut self, path: &str, values: &Column) -> Result<()> {
        self.write(|store| store.replace(path, values))?;
        self.note(path, Change::Replaced);
        Ok(())
    }

    fn truncate(&mut self, path: &str, rows: usize) -> Result<()> {
        self.write(|store| store.truncate(path, rows))?;
        self.changed = None;
        Ok(())
    }

    fn shape(&self, path: &str) -> Result<(usize, usize)> {
        self.see(|store| store.shape(path))
    }

    fn read(&self, path: &str, rows: Range<usize>) -> Result<Column> {
        self.see(|store| store.read(path, rows))
    }

    fn flush(&mut self) -> Result<()> {
        self.sound()?;
        let Some(store) = self.writing.take() else { return Ok(()) };
        let committed = store.close().and_then(|()| {
            sync(&self.next).and_then(|()| self.swap()).map_err(|e| Fault(e.to_string()))
        });
        self.broken = committed.is_err();
        committed
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.writing = None;
        // What is left of them is in nobody's way.
        let _ = (remove(&self.next), remove(&self.last));
    }
}

/// Whether a file has no other name.
#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    path.metadata().is_ok_and(|found| found.nlink() == 1)
}

/// Whether a file has no other name, where that cannot be asked.
#[cfg(not(unix))]
fn is_own(_: &Path) -> bool {
    true
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    /// A recording with a column that grows, empty at first, and one that is replaced, committed twice: both files are there.
    fn committed(directory: &Path) -> (Twin, PathBuf) {
        let whole = directory.join("run.h5.part");
        let mut twin = Twin::create(&whole, &directory.join("run.h5")).unwrap();
        let layout = Layout { width: None, chunk: Some(4) };
        twin.create("grows", layout, &Column::Real(Vec::new())).unwrap();
        twin.create("time", Layout::default(), &Column::Real(vec![0.0])).unwrap();
        twin.flush().unwrap();
        add(&mut twin, 1.0);
        twin.flush().unwrap();
        (twin, whole)
    }

    /// Adds a value to one column, and replaces that of the other by it.
    fn add(twin: &mut Twin, value: f64) {
        twin.append("grows", &Column::Real(vec![value])).unwrap();
        twin.replace("time", &Column::Real(vec![value])).unwrap();
    }

    fn inode(path: &Path) -> u64 {
        path.metadata().unwrap().ino()
    }

    fn values(whole: &Path) -> [Vec<f64>; 2] {
        let store: Box<dyn Store> = Box::new(Hdf5::open_own(whole).unwrap());
        ["grows", "time"].map(|path| store.all(path).unwrap())
    }

    #[test]
    fn the_file_that_is_not_whole_is_brought_up_to_date() {
        let directory = tempfile::tempdir().unwrap();
        let (mut twin, whole) = committed(directory.path());
        for last in 2..6 {
            // While it is open no other file gets its number.
            let other = std::fs::File::open(&twin.next).unwrap();
            add(&mut twin, f64::from(last));
            twin.flush().unwrap();
            assert_eq!(inode(&whole), other.metadata().unwrap().ino(), "no copy was needed");
            let all: Vec<f64> = (1..=last).map(f64::from).collect();
            assert_eq!(values(&whole), [all, vec![f64::from(last)]]);
        }
        twin.append("grows", &Column::Real(vec![6.0])).unwrap();
        twin.flush().unwrap();
        assert_eq!(values(&whole)[1], [5.0], "what was replaced before is in both files");
        // Where nothing is written there is nothing to commit.
        let stays = inode(&whole);
        twin.flush().unwrap();
        assert_eq!(inode(&whole), stays);
    }

    #[test]
    fn what_is_cut_off_is_gone_from_both_files() {
        let directory = tempfile::tempdir().unwrap();
        let (mut twin, whole) = committed(directory.path());
        add(&mut twin, 2.0);
        twin.flush().unwrap();
        twin.truncate("grows", 1).unwrap();
        twin.flush().unwrap();
        assert_eq!(values(&whole), [vec![1.0], vec![2.0]]);
        for last in [3.0, 4.0] {
            add(&mut twin, last);
            twin.flush().unwrap();
        }
        assert_eq!(values(&whole), [vec![1.0, 3.0, 4.0], vec![4.0]]);
    }

    #[test]
    fn a_file_that_somebody_keeps_is_left_to_them() {
        let directory = tempfile::tempdir().unwrap();
        let (mut twin, whole) = committed(directory.path());
        let kept = directory.path().join("mine.h5");
        std::fs::hard_link(&twin.next, &kept).unwrap();
        let before = std::fs::read(&kept).unwrap();
        add(&mut twin, 2.0);
        twin.flush().unwrap();
        assert!(std::fs::read(&kept).unwrap() == before && inode(&whole) != inode(&kept));
        assert_eq!(values(&whole), [vec![1.0, 2.0], vec![2.0]]);
    }

    #[test]
    fn behind_what_could_not_be_written_nothing_is() {
        let directory = tempfile::tempdir().unwrap();
        let (mut twin, whole) = committed(directory.path());
        assert!(twin.append("nowhere", &Column::Real(vec![2.0])).is_err());
        let refused = twin.append("grows", &Column::Real(vec![2.0])).unwrap_err();
        assert_eq!(refused.0, "something before could not be written");
        assert!(twin.flush().is_err());
        assert_eq!(values(&whole), [vec![1.0], vec![1.0]]);
    }

    #[test]
    fn what_is_not_there_is_removed_and_what_cannot_be_is_told() {
        let directory = tempfile::tempdir().unwrap();
        remove(&directory.path().join("nothing")).unwrap();
        assert!(remove(directory.path()).is_err());
    }
}
