//! A column that grows row by row.

use super::SAMPLES;
use super::store::{Cell, Layout, Result, Store};
use crate::digest::hex;
use crate::tape::{is_count, on_tape};
use sha2::{Digest, Sha256};

/// The attribute of a column that tells the SHA-256 of all its values, little-endian, one after another.
pub(super) const SEAL: &str = "sha256";

/// So many values are read at once.
pub(super) const AT_ONCE: usize = 1 << 20;

/// A growing column of rows of equal width, written in whole chunks, and the hash of all its rows.
pub(super) struct Series<T> {
    path: String,
    width: usize,
    chunk: usize,
    buffer: Vec<T>,
    written: usize,
    hash: Sha256,
}

/// A column of any kind that grows.
pub(super) trait Growing {
    /// Writes every chunk that is full, or all that is left.
    fn write(&mut self, store: &mut dyn Store, all: bool) -> Result<()>;

    /// Takes from the store what stands behind what has been written.
    ///
    /// # Errors
    /// If less stands there, or something else.
    #[cfg(feature = "hdf5")]
    fn cut(&mut self, store: &mut dyn Store) -> Result<()>;

    /// Tells the hash of all its rows beside it.
    fn seal(&self, store: &mut dyn Store) -> Result<()>;

    /// Adds the name and the rows of this column to the hash of the recording.
    fn hash_into(&self, hash: &mut Sha256);
}

on_tape!(Series<T> [T: Cell] { written, hash; not path, width, chunk, buffer; if Series::is_possible });
on_tape!(Timed<T> [T: Cell] { values, time });

impl<T: Cell> Series<T> {
    fn is_possible(&self) -> bool {
        is_count(self.written as u64)
    }

    /// A column of single values, or of rows of `width` values.
    pub fn create(
        store: &mut dyn Store,
        path: String,
        units: Option<&str>,
        width: Option<usize>,
        chunk: usize,
    ) -> Result<Self> {
        store.create(&path, Layout { width, chunk: Some(chunk) }, &T::column(Vec::new()))?;
        if let Some(units) = units {
            store.set_text(&path, "units", units)?;
        }
        let (buffer, hash) = (Vec::new(), Sha256::new());
        Ok(Self { path, width: width.unwrap_or(1), chunk, buffer, written: 0, hash })
    }

    /// Its name.
    #[cfg(feature = "hdf5")]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Rows that have been written.
    pub fn rows(&self) -> usize {
        self.written
    }

    /// Where to put further values; [`Growing::write`] must follow.
    pub fn buffer(&mut self) -> &mut Vec<T> {
        &mut self.buffer
    }
}

impl<T: Cell> Growing for Series<T> {
    fn write(&mut self, store: &mut dyn Store, all: bool) -> Result<()> {
        let rows = self.buffer.len() / self.width;
        let rows = if all { rows } else { rows - rows % self.chunk };
        if rows > 0 {
            let values: Vec<T> = self.buffer.drain(..rows * self.width).collect();
            values.iter().for_each(|value| value.hash(&mut self.hash));
            store.append(&self.path, &T::column(values))?;
            self.written += rows;
        }
        Ok(())
    }

    #[cfg(feature = "hdf5")]
    fn cut(&mut self, store: &mut dyn Store) -> Result<()> {
        let (path, written) = (&self.path, self.written);
        let (rows, width) = store.shape(path)?;
        if rows < written || width != self.width {
            return Err(super::store::Fault(format!(
                "/{path} has lost some of its {written} rows"
            )));
        }
        let (mut hash, mut from) = (Sha256::new(), 0);
        while from < written {
            let to = written.min(from + (AT_ONCE / width).max(1));
            store.values::<T>(path, from..to)?.iter().for_each(|value| value.hash(&mut hash));
            from = to;
        }
        if hash.finalize() != self.hash.clone().finalize() {
            return Err(super::store::Fault(format!(
                "/{path} holds other values than were recorded"
            )));
        }
        if rows > written { store.truncate(path, written) } else { Ok(()) }
    }

    fn seal(&self, store: &mut dyn Store) -> Result<()> {
        store.set_text(&self.path, SEAL, &hex(self.hash.clone()))
    }

    fn hash_into(&self, hash: &mut Sha256) {
        hash_column(hash, &self.path, self.written, self.hash.clone());
    }
}

/// Adds the name of a column, and the hash of its `rows`, to the hash of a recording.
pub(super) fn hash_column(hash: &mut Sha256, path: &str, rows: usize, values: Sha256) {
    hash.update(format!("/{path}"));
    hash.update((rows as u64).to_le_bytes());
    hash.update(values.finalize());
}

/// Rows with their times, in columns of one group.
pub(super) struct Timed<T> {
    values: Series<T>,
    time: Series<f64>,
}

impl<T: Cell> Timed<T> {
    /// The column `name` of `group`, and the column of its times.
    pub fn create(
        store: &mut dyn Store,
        group: &str,
        (name, units): (&str, &str),
        width: Option<usize>,
        clock: &str,
    ) -> Result<Self> {
        let path = |name: &str| format!("{group}/{name}");
        Ok(Self {
            values: Series::create(store, path(name), Some(units), width, SAMPLES)?,
            time: Series::create(store, path("time"), Some(clock), None, SAMPLES)?,
        })
    }

    /// Takes a row.
    pub fn push(&mut self, time: f64, row: impl IntoIterator<Item = T>) {
        self.values.buffer.extend(row);
        self.time.buffer.push(time);
    }

    /// When the last row was taken that stands in the recording.
    #[cfg(feature = "hdf5")]
    pub fn last(&self, store: &dyn Store) -> Result<Option<f64>> {
        let rows = self.time.rows();
        Ok(store.values(&self.time.path, rows.saturating_sub(1)..rows)?.pop())
    }

    /// Both columns.
    pub fn both(&mut self) -> [&mut dyn Growing; 2] {
        [&mut self.values, &mut self.time]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;
    #[cfg(feature = "hdf5")]
    use crate::tape::{OnTape, Tape};

    #[test]
    fn whole_chunks_are_written_and_in_the_end_all() {
        for width in [None, Some(2)] {
            let mut store = Memory::default();
            let path = "column".to_owned();
            let mut column = Series::<u64>::create(&mut store, path, None, width, 3).unwrap();
            for (rows, all, written) in [(2, false, 0), (2, false, 3), (4, false, 6), (0, true, 8)]
            {
                let values = rows * width.unwrap_or(1) as u64;
                column.buffer().extend(0..values);
                column.write(&mut store, all).unwrap();
                assert_eq!(store.shape("column").unwrap().0, written);
            }
            // Where nothing is left nothing is written: here there is no such column.
            column.write(&mut Memory::default(), true).unwrap();
        }
    }

    /// A column of five rows, and the words of its state when three of them had been written.
    #[cfg(feature = "hdf5")]
    fn five_rows(width: Option<usize>) -> (Memory, Vec<u64>) {
        let mut store = Memory::default();
        let mut column =
            Series::<u64>::create(&mut store, "column".to_owned(), None, width, 1).unwrap();
        let mut words = Vec::new();
        for rows in [3, 2] {
            column.buffer().extend(0..rows * width.unwrap_or(1) as u64);
            column.write(&mut store, true).unwrap();
            let mut tape = Tape::blank();
            column.pass(&mut tape);
            words.push(tape.into_words());
        }
        (store, words.swap_remove(0))
    }

    /// Goes on with the column of a store from a state.
    #[cfg(feature = "hdf5")]
    fn go_on(store: &mut Memory, words: &[u64], width: Option<usize>) -> Result<()> {
        let (mut empty, path) = (Memory::default(), "column".to_owned());
        let mut column = Series::<u64>::create(&mut empty, path, None, width, 1).unwrap();
        let mut tape = Tape::written(words.to_vec());
        column.pass(&mut tape);
        tape.end().unwrap();
        column.cut(store)
    }

    #[cfg(feature = "hdf5")]
    #[test]
    fn what_stands_behind_what_counts_is_cut_off() {
        for width in [None, Some(2)] {
            let (mut store, words) = five_rows(width);
            // The second time nothing stands there.
            for _ in 0..2 {
                go_on(&mut store, &words, width).unwrap();
                assert_eq!(store.shape("column").unwrap().0, 3);
            }
        }
    }

    #[cfg(feature = "hdf5")]
    #[test]
    fn a_column_that_is_not_what_it_was_is_refused() {
        let (mut store, words) = five_rows(Some(2));
        let refused = |store: &mut Memory, width| go_on(store, &words, width).unwrap_err().0;
        let lost = "/column has lost some of its 3 rows";
        assert_eq!(refused(&mut store, Some(1)), lost);
        store.replace("column", &u64::column(vec![0, 1, 2, 3, 4, 6, 0, 1])).unwrap();
        assert_eq!(refused(&mut store, Some(2)), "/column holds other values than were recorded");
        store.truncate("column", 2).unwrap();
        assert_eq!(refused(&mut store, Some(2)), lost);
    }
}
