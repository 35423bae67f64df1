//! Patterns in files: a matrix in NumPy's format, in HDF5 or as text, or lists of neurons.

mod npy;

#[cfg(feature = "hdf5")]
pub(crate) use npy::read as read_npy;

use super::PatternList;
use super::names::check_names;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Patterns that another program made: one in every row.
///
/// A file in NumPy's format (`p.npy`) or a dataset of an HDF5 file (`p.h5:/name`) holds a matrix of P rows, as text one
/// row a line, its numbers separated by commas or blanks; what follows `#` is a comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    /// Name of the file, from the folder of the model; of HDF5 with the dataset behind a colon.
    pub path: String,
    /// What a row holds.
    #[serde(default)]
    pub rows: Rows,
    /// One name per pattern, or none at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// What a row of a file of patterns holds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// 0 or 1 for every neuron, or in all the file -1 or 1.
    #[default]
    States,
    /// The neurons of the foreground, from 0.
    Neurons,
}

/// Numbers of a file at most: more are a mistake, and would fill the memory.
const MOST: usize = 200_000_000;

/// What every HDF5 file begins with.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

impl PatternFile {
    /// The patterns of the file, for a population of `neurons`; a relative name starts from `folder`.
    pub(super) fn read(&self, folder: &Path, neurons: usize) -> Result<PatternList> {
        let rows = self.rows_of(folder).map_err(|e| e.at("path"))?;
        let refuse = |found: String, allowed: String| {
            Error::input(found, allowed, "correct the file, or the size of the population")
                .at("path")
        };
        let path = &self.path;
        if rows.is_empty() {
            return Err(refuse(
                format!("found no numbers in {path}"),
                "a memory has at least one pattern".to_owned(),
            ));
        }
        let background = if rows.iter().flatten().any(|value| *value == -1.0) { -1.0 } else { 0.0 };
        let mut foreground = Vec::with_capacity(rows.len());
        for (mu, row) in (1..).zip(&rows) {
            if self.rows == Rows::States && row.len() != neurons {
                return Err(refuse(
                    format!("found {} numbers in row {mu} of {path}", row.len()),
                    format!("a row has a number for each of {neurons} neurons"),
                ));
            }
            let mut members = Vec::new();
            for (&value, i) in row.iter().zip(0u32..) {
                match self.rows {
                    Rows::States if value == background => {}
                    Rows::States if value == 1.0 => members.push(i),
                    Rows::States => {
                        return Err(refuse(
                            format!("found {value} in row {mu} of {path}"),
                            "all patterns have 0 or 1, or all -1 or 1, for every neuron".to_owned(),
                        ));
                    }
                    Rows::Neurons
                        if (0.0..neurons as f64).contains(&value) && value.fract() == 0.0 =>
                    {
                        members.push(value as u32);
                    }
                    Rows::Neurons => {
                        return Err(refuse(
                            format!("found {value} in row {mu} of {path}"),
                            format!("a row lists neurons, 0 to {}", neurons.max(1) - 1),
                        ));
                    }
                }
            }
            foreground.push(members);
        }
        check_names(&self.names, foreground.len())?;
        let list = PatternList { neurons, foreground, names: self.names.clone() };
        list.check().map_err(|e| {
            let row = e.key().trim_start_matches("foreground").to_owned();
            e.at(format!("path{row}"))
        })?;
        Ok(list)
    }

    /// The numbers of the file, row by row.
    fn rows_of(&self, folder: &Path) -> Result<Vec<Vec<f64>>> {
        let (name, dataset) = match self.path.split_once(":/") {
            Some((name, dataset)) => (name, Some(dataset)),
            None => (self.path.as_str(), None),
        };
        let path = folder.join(name);
        if crate::file::begins_with(&path, HDF5) {
            return hdf5_rows(&path, dataset);
        }
        let bytes =
            crate::file::bytes_within(&path, size_of::<[f64; MOST]>() as u64).map_err(|e| {
                Error::input(
                    format!("found no readable file {} ({e})", path.display()),
                    "",
                    "check the name, which starts from the folder of the model",
                )
            })?;
        match dataset {
            _ if bytes.starts_with(HDF5) => hdf5_rows(&path, dataset),
            Some(_) => Err(Error::input(
                format!("found a dataset, but {} is no HDF5 file", path.display()),
                "only HDF5 files have datasets",
                "delete what follows the colon",
            )),
            None if bytes.starts_with(npy::MAGIC) => npy::read(&bytes, MOST).map_err(|found| {
                Error::input(
                    format!("found that {} {found}", path.display()),
                    "a file of patterns holds a matrix of whole or real numbers, or truth values",
                    "write it with numpy.save",
                )
            }),
            None => text_rows(&path, &bytes),
        }
    }
}

/// The numbers of a text.
fn text_rows(path: &Path, bytes: &[u8]) -> Result<Vec<Vec<f64>>> {
    let refuse = |found: String| {
        Error::input(
            found,
            "a line holds the numbers of one pattern, separated by commas or blanks",
            "write for example 0,1,1,0",
        )
    };
    let text = std::str::from_utf8(bytes).map_err(|_| {
        refuse(format!("found that {} is neither HDF5, .npy nor text", path.display()))
    })?;
    // Some programs begin a text with a mark of its encoding.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut rows, mut numbers) = (Vec::new(), 0);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
        let mut row = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            let found = || format!("found \"{word}\" on line {number} of {}", path.display());
            row.push(word.parse().map_err(|_| refuse(found()))?);
            numbers += 1;
            if numbers > MOST {
                return Err(refuse(format!(
                    "found more than {MOST} numbers in {}",
                    path.display()
                )));
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The numbers of a dataset.
#[cfg(feature = "hdf5")]
fn hdf5_rows(path: &Path, dataset: Option<&str>) -> Result<Vec<Vec<f64>>> {
    use crate::error::reason;
    let Some(name) = dataset else {
        return Err(Error::input(
            format!("found the HDF5 file {} without the name of a dataset", path.display()),
            "it may hold several",
            "write for example path = \"patterns.h5:/xi\"",
        ));
    };
    let refuse = |found: String| {
        Error::input(found, "a dataset of patterns is a matrix of numbers", "name another one")
    };
    let damaged = |e: hdf5::Error| {
        refuse(format!("found no readable dataset /{name} in {} ({})", path.display(), reason(&e)))
    };
    let dataset = crate::hdf::open(path).and_then(|file| file.dataset(name)).map_err(damaged)?;
    let shape = dataset.shape();
    if shape.len() > 2 || dataset.size() > MOST {
        return Err(refuse(format!("found that /{name} has the shape {shape:?}")));
    }
    crate::hdf::within_file(&dataset).map_err(damaged)?;
    let values = match dataset.read_raw::<f64>() {
        Ok(values) => values,
        // h5py writes truth values as an enumeration.
        Err(e) => {
            let truth = dataset.read_raw::<bool>().map_err(|_| damaged(e))?;
            truth.into_iter().map(|x| f64::from(u8::from(x))).collect()
        }
    };
    let columns = shape.last().copied().unwrap_or(1).max(1);
    Ok(values.chunks(columns).map(<[f64]>::to_vec).collect())
}

/// Without HDF5 no such file can be read.
#[cfg(not(feature = "hdf5"))]
fn hdf5_rows(path: &Path, _: Option<&str>) -> Result<Vec<Vec<f64>>> {
    Err(Error::input(
        format!("found the HDF5 file {}, but this build knows no HDF5", path.display()),
        "",
        "build it with the feature hdf5",
    ))
}

#[cfg(test)]
mod tests;
