//! What NWB and NIX have in common: columns in HDF5, and objects that carry an identifier.

use crate::recording::unicode;
use crate::table::Column;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, Group, H5Type, Result};
use sha2::{Digest, Sha256};

/// Identifiers of the objects of one file.
#[derive(Debug)]
pub(super) struct Ids(String);

impl Ids {
    /// Those of the file made of data with the hash `data` at the time `now`.
    pub fn new(data: &str, now: &str) -> Self {
        Self(format!("{data} {now}"))
    }

    /// The identifier of the object that is called `name` in the file: a UUID of version 8 (RFC 9562).
    pub fn of(&self, name: &str) -> String {
        let hash = Sha256::digest(format!("{} {name}", self.0));
        let bytes = hash.iter().take(16).fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
        uuid::Builder::from_custom_bytes(bytes.to_be_bytes()).into_uuid().hyphenated().to_string()
    }
}

/// Writes a column as a dataset; a flag becomes the boolean of h5py.
pub(super) fn write_column(group: &Group, name: &str, column: &Column) -> Result<Dataset> {
    match column {
        Column::Real(values) => write_values(group, name, values),
        Column::Whole(values) => write_values(group, name, values),
        Column::Flag(values) => write_values(group, name, values),
        Column::Text(values) => {
            let values: Vec<VarLenUnicode> = values.iter().map(|text| unicode(text)).collect();
            write_values(group, name, &values)
        }
    }
}

fn write_values<T: H5Type>(group: &Group, name: &str, values: &[T]) -> Result<Dataset> {
    let dataset = group.new_dataset::<T>().shape(values.len()).create(name)?;
    dataset.write(values).map(|()| dataset)
}

/// Writes one text as a dataset without dimensions.
pub(super) fn write_scalar(group: &Group, name: &str, text: &str) -> Result<Dataset> {
    let dataset = group.new_dataset::<VarLenUnicode>().create(name)?;
    dataset.write_scalar(&unicode(text)).map(|()| dataset)
}
