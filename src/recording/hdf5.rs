//! A store in an HDF5 file.

use super::MAGIC;
use super::store::{Attribute, Fault, Layout, Result, Store};
use crate::error::reason;
use crate::hdf::{self, within_file};
use crate::table::Column;
use hdf5::types::{TypeDescriptor, VarLenUnicode};
use hdf5::{Dataset, Extent, File, H5Type, Location};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A tree of columns in a file, which is closed with its last handle.
#[derive(Debug)]
pub struct Hdf5 {
    file: File,
    path: PathBuf,
    /// Columns that have been written.
    open: HashMap<String, Dataset>,
}

/// SONATA's enumeration of spike orders, which the file declares in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, hdf5::H5Type)]
#[repr(u8)]
#[allow(non_camel_case_types, dead_code)]
enum Sorting {
    none = 0,
    by_id = 1,
    by_time = 2,
}

impl From<hdf5::Error> for Fault {
    fn from(error: hdf5::Error) -> Self {
        Self(reason(&error))
    }
}

/// What is done to a column.
#[derive(Clone, Copy)]
enum Deed {
    Create(Layout),
    Append,
    Replace,
}

impl Hdf5 {
    /// An empty file; one that stands there is overwritten.
    pub fn create(path: &Path) -> Result<Self> {
        Ok(Self::of(File::create(path)?, path))
    }

    /// A file that is only read, whoever wrote it.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::of(hdf::open(path)?, path))
    }

    /// A file that this process has written, to be read.
    pub(super) fn open_own(path: &Path) -> Result<Self> {
        Ok(Self::of(hdf::open_own(path)?, path))
    }

    /// A file that is there, to be changed.
    pub(super) fn open_to_write(path: &Path) -> Result<Self> {
        Ok(Self::of(File::open_rw(path)?, path))
    }

    /// Writes what is left and closes the file.
    pub(crate) fn close(self) -> Result<()> {
        let Self { file, open, .. } = self;
        // A column that is closed before all of it is written tells of no failure.
        file.flush()?;
        drop(open);
        Ok(file.close()?)
    }

    fn of(file: File, path: &Path) -> Self {
        Self { file, path: path.to_owned(), open: HashMap::new() }
    }

    /// What `see` makes of a group or a column.
    fn at<T>(&self, path: &str, see: impl FnOnce(&Location) -> Result<T>) -> Result<T> {
        match path {
            "" => see(&self.file),
            _ => match self.file.group(path) {
                Ok(_) => see(&*hdf::own_group(&self.file, path).map_err(elsewhere(path))?),
                Err(_) => see(&*self.dataset(path)?),
            },
        }
    }

    /// The column at `path`.
    fn dataset(&self, path: &str) -> Result<Dataset> {
        if !self.file.link_exists(path) {
            return Err(Fault(format!("nothing stands at /{path}")));
        }
        let unreadable = |e| Fault(format!("/{path} is no column: {}", reason(&e)));
        self.file.dataset(path).map_err(unreadable)?;
        hdf::own_column(&self.file, path).map_err(elsewhere(path))
    }

    fn write(&mut self, path: &str, values: &Column, deed: Deed) -> Result<()> {
        let done = match values {
            Column::Real(values) => self.write_values(path, values, deed),
            Column::Whole(values) => self.write_values(path, values, deed),
            Column::Flag(values) => {
                let values: Vec<u8> = values.iter().map(|&flag| u8::from(flag)).collect();
                self.write_values(path, &values, deed)
            }
            Column::Text(values) => {
                let values: Vec<VarLenUnicode> = values.iter().map(|text| unicode(text)).collect();
                self.write_values(path, &values, deed)
            }
        };
        Ok(done?)
    }

    fn write_values<T: H5Type>(
        &mut self,
        path: &str,
        values: &[T],
        deed: Deed,
    ) -> hdf5::Result<()> {
        if !self.open.contains_key(path) {
            let dataset = match deed {
                Deed::Create(layout) => create(&self.file, path, layout, values)?,
                Deed::Append | Deed::Replace => self.file.dataset(path)?,
            };
            self.open.insert(path.to_owned(), dataset);
        }
        let dataset = &self.open[path];
        match (deed, &dataset.shape()[..]) {
            (Deed::Append, [from]) => {
                let to = from + values.len();
                dataset.resize([to])?;
                dataset.write_slice(values, *from..to)
            }
            (Deed::Append, [from, width]) => {
                let rows = values.len() / width;
                dataset.resize([from + rows, *width])?;
                let table = ndarray::ArrayView2::from_shape((rows, *width), values)
                    .map_err(|e| hdf5::Error::from(e.to_string()))?;
                dataset.write_slice(table, (*from..from + rows, ..))
            }
            (_, [length]) if *length != values.len() => {
                dataset.resize([values.len()])?;
                dataset.write_raw(values)
            }
            _ => dataset.write_raw(values),
        }
    }
}

fn elsewhere(path: &str) -> impl Fn(hdf5::Error) -> Fault + '_ {
    move |e| Fault(format!("/{path} {}", reason(&e)))
}

/// A dataset for `values`; one that grows is empty before they are appended.
fn create<T: H5Type>(
    file: &File,
    path: &str,
    layout: Layout,
    values: &[T],
) -> hdf5::Result<Dataset> {
    let rows = values.len() / layout.width.unwrap_or(1);
    let builder = file.new_dataset::<T>();
    match (layout.chunk, layout.width) {
        (None, None) => builder.shape(rows).create(path),
        (None, Some(width)) => builder.shape((rows, width)).create(path),
        (Some(chunk), None) => builder.chunk([chunk]).shape([Extent::resizable(rows)]).create(path),
        (Some(chunk), Some(width)) => {
            let shape = (Extent::resizable(rows), Extent::fixed(width));
            builder.chunk([chunk, width]).shape(shape).create(path)
        }
    }
}

impl Store for Hdf5 {
    fn place(&self) -> &Path {
        &self.path
    }

    fn share(&self) -> Result<Box<dyn Store>> {
        Ok(Box::new(Self::of(self.file.clone(), &self.path)))
    }

    fn group(&mut self, path: &str) -> Result<()> {
        self.file.create_group(path)?;
        Ok(())
    }

    fn exists(&self, path: &str) -> bool {
        self.file.link_exists(path)
    }

    fn set(&mut self, path: &str, name: &str, value: Attribute) -> Result<()> {
        self.at(path, |at| {
            match value {
                Attribute::Real(value) => set(at, name, value),
                Attribute::Whole(value) => set(at, name, value),
                Attribute::Flag(value) => set(at, name, u8::from(value)),
                Attribute::Text(text) => set(at, name, unicode(&text)),
                Attribute::ByTime => set(at, name, Sorting::by_time),
                Attribute::Pair(pair) => at.new_attr::<u64>().shape(2).create(name)?.write(&pair),
                Attribute::Sonata => {
                    set(at, name, MAGIC)?;
                    at.new_attr::<u32>().shape(2).create("version")?.write(&[0, 1])
                }
            }
            .map_err(Fault::from)
        })
    }

    fn attribute(&self, path: &str, name: &str) -> Result<Option<Attribute>> {
        self.at(path, |at| {
            let Ok(attribute) = at.attr(name) else { return Ok(None) };
            let whose = || format!("{name} of /{path}");
            Ok(Some(match attribute.dtype()?.to_descriptor()? {
                TypeDescriptor::Float(_) => Attribute::Real(only(&attribute, whose)?),
                TypeDescriptor::Unsigned(size) if size as usize == 1 => {
                    Attribute::Flag(only::<u8>(&attribute, whose)? != 0)
                }
                TypeDescriptor::Unsigned(size) if size as usize == 4 => Attribute::Sonata,
                TypeDescriptor::Enum(_) => Attribute::ByTime,
                TypeDescriptor::Unsigned(_) => match attribute.read_raw()?[..] {
                    [one] => Attribute::Whole(one),
                    [a, b] => Attribute::Pair([a, b]),
                    _ => return Err(Fault(format!("{} is not one number or two", whose()))),
                },
                TypeDescriptor::VarLenUnicode | TypeDescriptor::VarLenAscii => {
                    Attribute::Text(utf8(&only(&attribute, whose)?, whose)?)
                }
                _ => return Err(Fault(format!("{} is neither a number nor a text", whose()))),
            }))
        })
    }

    fn create(&mut self, path: &str, layout: Layout, values: &Column) -> Result<()> {
        self.write(path, values, Deed::Create(layout))
    }

    fn append(&mut self, path: &str, values: &Column) -> Result<()> {
        self.write(path, values, Deed::Append)
    }

    fn replace(&mut self, path: &str, values: &Column) -> Result<()> {
        self.write(path, values, Deed::Replace)
    }

    fn truncate(&mut self, path: &str, rows: usize) -> Result<()> {
        let dataset = self.dataset(path)?;
        let mut shape = dataset.shape();
        shape.iter_mut().take(1).for_each(|length| *length = rows);
        Ok(dataset.resize(shape)?)
    }

    fn shape(&self, path: &str) -> Result<(usize, usize)> {
        match self.dataset(path)?.shape()[..] {
            [rows] => Ok((rows, 1)),
            [rows, width] if width > 0 => Ok((rows, width)),
            ref shape => Err(Fault(format!("/{path} has the shape {shape:?}"))),
        }
    }

    fn read(&self, path: &str, rows: Range<usize>) -> Result<Column> {
        self.shape(path)?;
        let dataset = self.dataset(path)?;
        within_file(&dataset).map_err(elsewhere(path))?;
        Ok(match dataset.dtype()?.to_descriptor()? {
            TypeDescriptor::Float(_) => Column::Real(slice(&dataset, rows)?),
            TypeDescriptor::Unsigned(size) if size as usize == 1 => {
                Column::Flag(slice::<u8>(&dataset, rows)?.into_iter().map(|v| v != 0).collect())
            }
            TypeDescriptor::Unsigned(_) => Column::Whole(slice(&dataset, rows)?),
            TypeDescriptor::VarLenUnicode | TypeDescriptor::VarLenAscii => {
                let texts = slice::<VarLenUnicode>(&dataset, rows)?;
                let whose = || format!("/{path}");
                Column::Text(texts.iter().map(|text| utf8(text, whose)).collect::<Result<_>>()?)
            }
            _ => return Err(Fault(format!("/{path} holds neither numbers nor texts"))),
        })
    }

    fn flush(&mut self) -> Result<()> {
        Ok(self.file.flush()?)
    }
}

fn set<T: H5Type>(at: &Location, name: &str, value: T) -> hdf5::Result<()> {
    match at.attr(name) {
        Ok(attribute) => attribute.write_scalar(&value),
        Err(_) => at.new_attr::<T>().create(name)?.write_scalar(&value),
    }
}

/// The one value of an attribute. An attribute without a value would leave what is asked for unset.
fn only<T: H5Type>(at: &hdf5::Attribute, whose: impl Fn() -> String) -> Result<T> {
    let mut values = match at.size() {
        1 => at.read_raw::<T>()?,
        _ => Vec::new(),
    };
    values.pop().ok_or_else(|| Fault(format!("{} is not one value", whose())))
}

/// A text, which the library hands over unchecked.
fn utf8(text: &VarLenUnicode, whose: impl Fn() -> String) -> Result<String> {
    let text = std::str::from_utf8(text.as_bytes());
    let text = text.map_err(|_| Fault(format!("{} holds a text that is not UTF-8", whose())))?;
    Ok(text.to_owned())
}

fn slice<T: H5Type + Clone>(dataset: &Dataset, rows: Range<usize>) -> hdf5::Result<Vec<T>> {
    let shape = dataset.shape();
    let Some(&length) = shape.first() else { return Err("a column has no rows".into()) };
    let to = rows.end.min(length);
    let from = rows.start.min(to);
    match shape.len() {
        _ if from == to => Ok(Vec::new()),
        _ if to - from == length => dataset.read_raw(),
        1 => Ok(dataset.read_slice_1d::<T, _>(from..to)?.to_vec()),
        _ => Ok(dataset.read_slice_2d::<T, _>((from..to, ..))?.into_iter().collect()),
    }
}

/// Writes a text attribute.
pub(crate) fn write_text(location: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    set(location, name, unicode(text))
}

/// HDF5 text cannot hold NUL; a model or a command line has no use for it.
pub(crate) fn unicode(text: &str) -> VarLenUnicode {
    text.replace('\0', "").parse().expect("no NUL is left")
}
