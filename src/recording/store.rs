//! Where a recording stands: a tree of named columns, in a file or in memory.
//!
//! The layout of a recording is written and read over [`Store`] alone, so that it is the same tree wherever it stands.
//! A path is the names from the root, "rates/E/time"; the root itself is "".

use crate::table::Column;
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::Range;
use std::path::Path;

/// Why a store could not be written or read.
#[derive(Clone, Debug)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Fault {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// What became of a store.
pub type Result<T> = std::result::Result<T, Fault>;

/// What is said of a group or a column, by a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A real number.
    Real(f64),
    /// A whole number.
    Whole(u64),
    /// Yes or no.
    Flag(bool),
    /// A text in UTF-8.
    Text(String),
    /// Two whole numbers.
    Pair([u64; 2]),
    /// SONATA's marks: its magic number and version, of the root.
    Sonata,
    /// SONATA's order of spikes: by time.
    ByTime,
}

/// The shape of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Values per row, in a table of two dimensions; none of a plain list.
    pub width: Option<usize>,
    /// Of a column that grows: in how many rows at a time it is kept.
    pub chunk: Option<usize>,
}

/// A tree of named columns.
pub trait Store: fmt::Debug + Send + Sync {
    /// Where it stands, as messages tell.
    fn place(&self) -> &Path;

    /// Another handle to the same tree; what is committed while it is held may not be seen by others until it is gone.
    fn share(&self) -> Result<Box<dyn Store>>;

    /// Makes a group, which may stay empty.
    fn group(&mut self, path: &str) -> Result<()>;

    /// Whether a group or a column stands there.
    fn exists(&self, path: &str) -> bool;

    /// Says something of a group or a column, in place of what was said by that name.
    fn set(&mut self, path: &str, name: &str, value: Attribute) -> Result<()>;

    /// What is said of a group or a column by that name.
    fn attribute(&self, path: &str, name: &str) -> Result<Option<Attribute>>;

    /// Makes a column, row by row of `values`.
    fn create(&mut self, path: &str, layout: Layout, values: &Column) -> Result<()>;

    /// Puts rows behind those of a column that grows.
    fn append(&mut self, path: &str, values: &Column) -> Result<()>;

    /// Puts values in place of those of a column: as many, unless it grows.
    fn replace(&mut self, path: &str, values: &Column) -> Result<()>;

    /// Keeps the first `rows` rows of a column that grows.
    fn truncate(&mut self, path: &str, rows: usize) -> Result<()>;

    /// The number of rows of a column, and the number of values of each.
    fn shape(&self, path: &str) -> Result<(usize, usize)>;

    /// Those of the `rows` of a column that there are.
    fn read(&self, path: &str, rows: Range<usize>) -> Result<Column>;

    /// Makes what has been written survive whatever happens, all columns at once.
    fn flush(&mut self) -> Result<()>;
}

impl dyn Store + '_ {
    /// The values in those of the `rows` of a column that there are.
    pub fn values<T: Cell>(&self, path: &str, rows: Range<usize>) -> Result<Vec<T>> {
        let values = T::of(self.read(path, rows)?);
        values.ok_or_else(|| Fault(format!("{path} holds values of another kind")))
    }

    /// All values of a column.
    pub fn all<T: Cell>(&self, path: &str) -> Result<Vec<T>> {
        self.values(path, 0..usize::MAX)
    }

    /// The only value of a column, or the first.
    pub fn first<T: Cell>(&self, path: &str) -> Result<T> {
        let value = self.values(path, 0..1)?.pop();
        value.ok_or_else(|| Fault(format!("{path} is empty")))
    }

    /// A text that is said of a group or a column.
    pub fn text(&self, path: &str, name: &str) -> Result<String> {
        match self.attribute(path, name)? {
            Some(Attribute::Text(text)) => Ok(text),
            _ => Err(missing(path, name)),
        }
    }

    /// A whole number that is said of a group or a column.
    pub fn whole(&self, path: &str, name: &str) -> Result<u64> {
        match self.attribute(path, name)? {
            Some(Attribute::Whole(value)) => Ok(value),
            _ => Err(missing(path, name)),
        }
    }

    /// Says a text of a group or a column.
    pub fn set_text(&mut self, path: &str, name: &str, text: &str) -> Result<()> {
        self.set(path, name, Attribute::Text(text.to_owned()))
    }

    /// Puts as many values in place of those of a column.
    pub fn renew<T: Cell>(&mut self, path: &str, values: Vec<T>) -> Result<()> {
        self.replace(path, &T::column(values))
    }

    /// Makes a column that stays as it is.
    pub fn put<T: Cell>(&mut self, path: &str, values: Vec<T>) -> Result<()> {
        self.create(path, Layout::default(), &T::column(values))
    }
}

fn missing(path: &str, name: &str) -> Fault {
    Fault(format!("/{path} does not tell its {name}"))
}

/// What stands in a column.
pub trait Cell: Clone {
    /// Values as a column.
    fn column(values: Vec<Self>) -> Column;
    /// The values of a column, if they are of this kind.
    fn of(column: Column) -> Option<Vec<Self>>;
    /// Adds its bytes, in the same order on every machine.
    fn hash(&self, hash: &mut Sha256);
}

/// A kind of [`Column`], its Rust type, and its bytes.
macro_rules! cell {
    ($kind:ident, $type:ty, $bytes:expr) => {
        impl Cell for $type {
            fn column(values: Vec<Self>) -> Column {
                Column::$kind(values)
            }

            fn of(column: Column) -> Option<Vec<Self>> {
                match column {
                    Column::$kind(values) => Some(values),
                    _ => None,
                }
            }

            fn hash(&self, hash: &mut Sha256) {
                hash.update($bytes(self))
            }
        }
    };
}

cell!(Real, f64, |v: &f64| v.to_le_bytes());
cell!(Whole, u64, |v: &u64| v.to_le_bytes());
cell!(Flag, bool, |v: &bool| [u8::from(*v)]);
cell!(Text, String, String::as_bytes);
