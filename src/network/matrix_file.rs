//! Synapses as a matrix in a file: MatrixMarket (`.mtx`) or NumPy (`.npy`). Row i receives, column j sends.
//!
//! ```text
//! %%MatrixMarket matrix coordinate real general       object, format, field, symmetry
//! % a comment
//! 4 4 2                                               rows, columns, entries
//! 1 2 0.35                                            row, column (from 1), value; no value of the field `pattern`
//! ```
//!
//! The format is that of R. F. Boisvert, R. Pozo and K. A. Remington, NIST Interagency Report 5935 (1996). Entries that are 0 are
//! no synapses.

use super::edges::{Columns, Sought, hash, refuse};
use super::weights::{Efficacies, Kind};
use crate::error::{Error, Result};
use crate::pattern::read_npy;
use crate::synapse::EdgeFile;
use crate::units::{Dimension, OfVoltage};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Extensions of such files.
const EXTENSIONS: [&str; 2] = ["mtx", "npy"];

/// Bytes that a number takes in such a file, at most, with its place, and all that stands before the numbers.
const NUMBER: u64 = 128;
const COMMENTS: u64 = 1 << 20;

/// The matrix of a projection.
#[derive(Debug)]
pub(super) struct MatrixFile {
    /// Of the file.
    pub sha256: String,
    path: PathBuf,
    entries: Entries,
}

/// What is not 0: column k of every list is entry k, counted from 0.
#[derive(Debug, Default, PartialEq)]
struct Entries {
    receivers: Vec<u32>,
    senders: Vec<u32>,
    /// None of a graph alone.
    values: Option<Vec<f64>>,
}

impl Entries {
    fn push(&mut self, (i, j): (usize, usize), value: Option<f64>) {
        if value == Some(0.0) {
            return;
        }
        self.receivers.push(i as u32);
        self.senders.push(j as u32);
        self.values.iter_mut().zip(value).for_each(|(values, value)| values.push(value));
    }
}

impl MatrixFile {
    /// Whether a file is one, by its name.
    pub fn is_meant(path: &Path) -> bool {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        EXTENSIONS.iter().any(|own| extension.eq_ignore_ascii_case(own))
    }

    /// Reads `file` for the populations that are `sought`.
    ///
    /// # Errors
    /// If it cannot be read, is not the one that the model means, or has another shape.
    pub fn open(file: &EdgeFile, sought: Sought) -> Result<Self> {
        let path = file.path();
        if let Some(edges) = &file.keys.edges {
            return Err(refuse(
                format!("found edges `{edges}` of the matrix {}", path.display()),
                "it is one",
                "delete `edges`",
            ));
        }
        let sha256 = hash(file)?;
        let shape = (sought.to.1, sought.from.1);
        let numbers = (shape.0 as u64).saturating_mul(shape.1 as u64);
        let most = numbers.saturating_mul(NUMBER).saturating_add(COMMENTS);
        let bytes = crate::file::bytes_within(&path, most).map_err(|e| {
            let found = match e.kind() {
                ErrorKind::FileTooLarge => {
                    let (rows, columns) = shape;
                    format!("is larger than a matrix of {rows} rows and {columns} columns can be")
                }
                _ => format!("cannot be read ({e})"),
            };
            unreadable(&path, &found)
        })?;
        let entries = match bytes.starts_with(b"\x93NUMPY") {
            true => dense(&bytes, shape),
            false if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) => {
                Err("is no array of NumPy".to_owned())
            }
            false => market(&String::from_utf8_lossy(&bytes), shape),
        };
        let entries = entries.map_err(|found| unreadable(&path, &found))?;
        let values = entries.values.iter().flatten();
        if let Some(value) = values.into_iter().find(|v| v.is_nan() || v.abs() > OfVoltage::LARGEST)
        {
            return Err(unreadable(&path, &format!("has an efficacy of {value} mV")));
        }
        if entries.senders.is_empty() {
            return Err(unreadable(&path, "has no entry but 0"));
        }
        Ok(Self { sha256, path, entries })
    }

    /// How many synapses it has.
    pub fn number(&self) -> usize {
        self.entries.senders.len()
    }

    /// Whether it has efficacies.
    pub fn has_values(&self) -> bool {
        self.entries.values.is_some()
    }

    /// All synapses.
    pub fn read(&self) -> Result<Columns> {
        let efficacies = |values: &Vec<f64>| {
            let kind = match values.iter().all(|value| *value == values[0]) {
                true => Kind::One(values[0]),
                false => Kind::Reals(1.0),
            };
            Efficacies::new(kind, values).map_err(|(k, allowed)| {
                self.refuse(format!("an efficacy of {} mV", values[k]), allowed, "correct the file")
            })
        };
        let Entries { receivers, senders, values } = &self.entries;
        Ok(Columns {
            senders: senders.clone(),
            receivers: receivers.clone(),
            efficacies: values.as_ref().map(efficacies).transpose()?,
            delays: None,
        })
    }

    /// Refuses what was `found` in it.
    pub fn refuse(&self, found: String, allowed: &str, remedy: &str) -> Error {
        refuse(format!("found {found} in {}", self.path.display()), allowed, remedy)
    }
}

fn unreadable(path: &Path, found: &str) -> Error {
    refuse(
        format!("found that {} {found}", path.display()),
        "a file of synapses is a matrix with a row for every receiver and a column for every sender",
        "write it again, as .mtx (MatrixMarket) or .npy (NumPy)",
    )
}

fn check_shape(found: (usize, usize), wanted: (usize, usize)) -> std::result::Result<(), String> {
    let ((rows, columns), (receivers, senders)) = (found, wanted);
    match found == wanted {
        true => Ok(()),
        false => Err(format!(
            "has {rows} rows and {columns} columns for {receivers} receivers and {senders} senders"
        )),
    }
}

/// A matrix of NumPy.
fn dense(bytes: &[u8], shape: (usize, usize)) -> std::result::Result<Entries, String> {
    // As many as its bytes, which are no more than such a matrix can have.
    let rows = read_npy(bytes, bytes.len())?;
    check_shape((rows.len(), rows.first().map_or(0, Vec::len)), shape)?;
    let mut entries = Entries { values: Some(Vec::new()), ..Entries::default() };
    for (i, row) in rows.iter().enumerate() {
        row.iter().enumerate().for_each(|(j, &value)| entries.push((i, j), Some(value)));
    }
    Ok(entries)
}

/// A matrix of MatrixMarket.
fn market(text: &str, shape: (usize, usize)) -> std::result::Result<Entries, String> {
    let header = text.lines().next().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = header.split_whitespace().collect();
    let ["%%matrixmarket", "matrix", format, field, symmetry] = words[..] else {
        return Err("does not begin with %%MatrixMarket matrix FORMAT FIELD SYMMETRY".to_owned());
    };
    let known = |word: &str, all: &[&str]| match all.contains(&word) {
        true => Ok(()),
        false => Err(format!("holds a matrix that is `{word}`, not one of {}", all.join(", "))),
    };
    known(format, &["coordinate", "array"])?;
    known(field, &["real", "integer", "pattern"])?;
    known(symmetry, &["general", "symmetric", "skew-symmetric"])?;
    let graph = field == "pattern";
    if graph && (format == "array" || symmetry == "skew-symmetric") {
        return Err(format!(
            "holds a matrix that is `{format} pattern {symmetry}`, which has no values to write"
        ));
    }
    let mut numbers = text
        .lines()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| !line.trim_start().starts_with('%'))
        .flat_map(|(k, line)| line.split_whitespace().map(move |word| (k + 1, word)));
    let mut next = || numbers.next().ok_or_else(|| "ends too soon".to_owned());
    let whole = |(line, word): (usize, &str)| {
        word.parse::<usize>()
            .map_err(|_| format!("has {word} in line {line}, where a whole number is due"))
    };
    let real = |(line, word): (usize, &str)| {
        word.parse::<f64>().map_err(|_| format!("has {word} in line {line}, where a number is due"))
    };
    let (rows, columns) = (whole(next()?)?, whole(next()?)?);
    if symmetry != "general" && rows != columns {
        return Err(format!(
            "has {rows} rows and {columns} columns of a matrix that is `{symmetry}`"
        ));
    }
    check_shape((rows, columns), shape)?;
    let mut entries = Entries { values: (!graph).then(Vec::new), ..Entries::default() };
    let mut add = |i: usize, j: usize, value: Option<f64>| {
        entries.push((i, j), value);
        if symmetry != "general" && i != j {
            let sign = if symmetry == "symmetric" { 1.0 } else { -1.0 };
            entries.push((j, i), value.map(|value| sign * value));
        }
    };
    if format == "array" {
        for j in 0..columns {
            // Of a symmetric matrix the lower half is written, column by column.
            let first = match symmetry {
                "general" => 0,
                "symmetric" => j,
                _ => j + 1,
            };
            for i in first..rows {
                add(i, j, Some(real(next()?)?));
            }
        }
    } else {
        // Either side of the diagonal stands for both.
        let mut side = None;
        for _ in 0..whole(next()?)? {
            let at = next()?;
            let (i, j) = (whole(at)?, whole(next()?)?);
            let is_none = symmetry == "skew-symmetric" && i == j;
            if is_none || !(1..=rows).contains(&i) || !(1..=columns).contains(&j) {
                return Err(format!(
                    "has the entry {i}, {j} in line {} of a {rows} x {columns} matrix that is `{symmetry}`",
                    at.0
                ));
            }
            if symmetry != "general" && i != j && *side.get_or_insert(i < j) != (i < j) {
                return Err(format!(
                    "has the entry {i}, {j} in line {}, on the other side of the diagonal than those before it, though it is `{symmetry}`",
                    at.0
                ));
            }
            let value = if graph { None } else { Some(real(next()?)?) };
            add(i - 1, j - 1, value);
        }
    }
    match numbers.next() {
        Some((line, word)) => Err(format!("has {word} in line {line}, behind its last entry")),
        None => Ok(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[(u32, u32, f64)]) -> Entries {
        Entries {
            receivers: list.iter().map(|e| e.0).collect(),
            senders: list.iter().map(|e| e.1).collect(),
            values: Some(list.iter().map(|e| e.2).collect()),
        }
    }

    #[test]
    fn every_format_gives_the_entries_that_are_not_0() {
        let coordinate = "%%MatrixMarket matrix coordinate real general\n% by hand\n2 3 3\n1 2 0.5\n2 3 -1e-1\n1 1 0\n";
        assert_eq!(market(coordinate, (2, 3)).unwrap(), of(&[(0, 1, 0.5), (1, 2, -0.1)]));
        let array = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n0\n4\n";
        assert_eq!(market(array, (2, 2)).unwrap(), of(&[(0, 0, 1.0), (1, 0, 2.0), (1, 1, 4.0)]));
        let half = "%%MatrixMarket matrix coordinate integer symmetric\n2 2 2\n1 1 3\n2 1 4\n";
        assert_eq!(market(half, (2, 2)).unwrap(), of(&[(0, 0, 3.0), (1, 0, 4.0), (0, 1, 4.0)]));
        let skew = "%%MatrixMarket matrix array real skew-symmetric\n2 2\n7\n";
        assert_eq!(market(skew, (2, 2)).unwrap(), of(&[(1, 0, 7.0), (0, 1, -7.0)]));
        let graph =
            market("%%MatrixMarket matrix coordinate pattern general\n2 2 1\n2 1\n", (2, 2));
        let graph = graph.unwrap();
        assert_eq!((graph.receivers, graph.senders, graph.values), (vec![1], vec![0], None));
        let mut npy =
            b"\x93NUMPY\x01\x00\x36\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}"
                .to_vec();
        npy.extend(b"\n");
        npy.extend([0f32, 2.5].iter().flat_map(|x| x.to_le_bytes()));
        let header = npy.len() - 8 - 10;
        npy[8] = header as u8;
        assert_eq!(dense(&npy, (1, 2)).unwrap(), of(&[(0, 1, 2.5)]));
    }

    #[test]
    fn damaged_matrices_are_told_apart() {
        let head = "%%MatrixMarket matrix coordinate real general\n";
        let skew = "%%MatrixMarket matrix coordinate real skew-symmetric\n";
        for (text, reason) in [
            ("1 2 3".to_owned(), "does not begin with"),
            ("%%MatrixMarket matrix coordinate complex general\n".to_owned(), "`complex`"),
            (
                format!("{head}3 2 1\n1 1 1\n"),
                "has 3 rows and 2 columns for 2 receivers and 2 senders",
            ),
            (format!("{head}2 2 2\n1 1 1\n"), "ends too soon"),
            (format!("{head}2 2 1\n3 1 1\n"), "has the entry 3, 1 in line 3"),
            (format!("{head}2 2 1\n1 1 x\n"), "has x in line 3, where a number is due"),
            (format!("{head}2 2 1\n1 1 1 1\n"), "behind its last entry"),
            (
                format!("{skew}2 2 1\n1 1 1\n"),
                "has the entry 1, 1 in line 3 of a 2 x 2 matrix that is `skew-symmetric`",
            ),
            (
                "%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n2 1 1\n1 2 1\n".to_owned(),
                "has the entry 1, 2 in line 4, on the other side of the diagonal",
            ),
            (
                "%%MatrixMarket matrix array pattern general\n2 2\n".to_owned(),
                "`array pattern general`, which has no values",
            ),
            (
                "%%MatrixMarket matrix coordinate pattern skew-symmetric\n2 2 1\n2 1\n".to_owned(),
                "`coordinate pattern skew-symmetric`, which has no values",
            ),
        ] {
            let found = market(&text, (2, 2)).unwrap_err();
            assert!(found.contains(reason), "{found}");
        }
        for (symmetry, shape) in ["symmetric", "skew-symmetric"].iter().zip([(2, 3), (3, 2)]) {
            let (rows, columns) = shape;
            for form in ["coordinate", "array"] {
                let text = format!(
                    "%%MatrixMarket matrix {form} real {symmetry}\n{rows} {columns} 1\n2 1 1\n"
                );
                let found = market(&text, shape).unwrap_err();
                let due = format!(
                    "has {rows} rows and {columns} columns of a matrix that is `{symmetry}`"
                );
                assert_eq!(found, due);
            }
        }
    }
}
