//! A dataset that grows row by row.

use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, Extent, Group, H5Type, Location, Result};
use sha2::{Digest, Sha256};

/// A growing dataset of rows of equal width, written in whole chunks, and the hash of all its rows.
pub(super) struct Series<T> {
    dataset: Dataset,
    name: String,
    width: usize,
    chunk: usize,
    buffer: Vec<T>,
    written: usize,
    hash: Sha256,
}

/// A number whose bytes can be hashed in the same order on every machine.
pub(super) trait Bytes: H5Type + Copy {
    fn hash(self, hash: &mut Sha256);
}

impl Bytes for f64 {
    fn hash(self, hash: &mut Sha256) {
        hash.update(self.to_le_bytes());
    }
}

impl Bytes for u8 {
    fn hash(self, hash: &mut Sha256) {
        hash.update([self]);
    }
}

impl Bytes for u64 {
    fn hash(self, hash: &mut Sha256) {
        hash.update(self.to_le_bytes());
    }
}

impl<T: Bytes> Series<T> {
    /// A dataset of single values.
    pub fn values(group: &Group, name: &str, units: Option<&str>, chunk: usize) -> Result<Self> {
        let shape = [Extent::resizable(0)];
        let dataset = group.new_dataset::<T>().chunk([chunk]).shape(shape).create(name)?;
        Self::new(dataset, units, 1, chunk)
    }

    /// A dataset of rows of `width` values.
    pub fn rows(
        group: &Group,
        name: &str,
        units: &str,
        width: usize,
        chunk: usize,
    ) -> Result<Self> {
        let shape = (Extent::resizable(0), Extent::fixed(width));
        let dataset = group.new_dataset::<T>().chunk([chunk, width]).shape(shape).create(name)?;
        Self::new(dataset, Some(units), width, chunk)
    }

    fn new(dataset: Dataset, units: Option<&str>, width: usize, chunk: usize) -> Result<Self> {
        if let Some(units) = units {
            write_text(&dataset, "units", units)?;
        }
        Ok(Self {
            name: dataset.name(),
            dataset,
            width,
            chunk,
            buffer: Vec::new(),
            written: 0,
            hash: Sha256::new(),
        })
    }

    /// Where to put further values; [`Series::write_chunks`] must follow.
    pub fn buffer(&mut self) -> &mut Vec<T> {
        &mut self.buffer
    }

    /// Writes every chunk that is full.
    pub fn write_chunks(&mut self) -> Result<()> {
        let rows = self.buffer.len() / self.width;
        self.write(rows - rows % self.chunk)
    }

    /// Writes what is left.
    pub fn finish(&mut self) -> Result<()> {
        self.write(self.buffer.len() / self.width)
    }

    /// Rows in the file.
    pub fn written(&self) -> usize {
        self.written
    }

    fn write(&mut self, rows: usize) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let (width, from, to) = (self.width, self.written, self.written + rows);
        let values = &self.buffer[..rows * width];
        values.iter().for_each(|v| v.hash(&mut self.hash));
        if self.dataset.ndim() == 1 {
            self.dataset.resize([to])?;
            self.dataset.write_slice(values, from..to)?;
        } else {
            self.dataset.resize([to, width])?;
            let table = ndarray::ArrayView2::from_shape((rows, width), values)
                .map_err(|e| hdf5::Error::from(e.to_string()))?;
            self.dataset.write_slice(table, (from..to, ..))?;
        }
        self.buffer.drain(..rows * width);
        self.written = to;
        Ok(())
    }

    /// Adds the name and the rows of this dataset to the hash of the recording.
    pub fn hash_into(&self, hash: &mut Sha256) {
        hash.update(&self.name);
        hash.update((self.written as u64).to_le_bytes());
        hash.update(self.hash.clone().finalize());
    }
}

/// Writes a text attribute.
pub(crate) fn write_text(location: &Location, name: &str, text: &str) -> Result<()> {
    location.new_attr::<VarLenUnicode>().create(name)?.write_scalar(&unicode(text))
}

/// HDF5 text cannot hold NUL; a model or a command line has no use for it.
pub(crate) fn unicode(text: &str) -> VarLenUnicode {
    text.replace('\0', "").parse().expect("no NUL is left")
}
