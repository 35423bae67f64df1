//! Spikes in files: two columns of text, or SONATA's layout in HDF5.

#[cfg(feature = "hdf5")]
use super::sonata::sonata;
use super::wanted::{Wanted, spike};
use super::{Arrivals, sorted};
use crate::error::{Error, Result};
use crate::file;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

/// What every HDF5 file begins with.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// The spikes in the file at `path`.
///
/// # Errors
/// At the key `file` or `population`.
pub fn read(path: &Path, wanted: Wanted) -> Result<Arrivals> {
    let mut file = file::open(path).map_err(|e| unreadable(path, &e))?;
    let mut start = Vec::new();
    file.by_ref().take(8).read_to_end(&mut start).map_err(|e| unreadable(path, &e))?;
    if start == SIGNATURE {
        return sonata(path, wanted);
    }
    file.rewind().map_err(|e| unreadable(path, &e))?;
    if let Some(chosen) = wanted.chosen {
        return Err(Error::input(
            format!("found the population {chosen}, but {} is text", path.display()),
            "only a SONATA file tells populations apart",
            "delete it",
        )
        .at("population"));
    }
    text(path, BufReader::new(file), wanted)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::input(
        format!("found no readable file {} ({error})", path.display()),
        "",
        "check the name, which starts from the folder of the model",
    )
    .at("file")
}

fn text(path: &Path, file: impl BufRead, wanted: Wanted) -> Result<Arrivals> {
    let mut arrivals = Vec::new();
    for (number, line) in (1..).zip(file::lines(file)) {
        let line = line.map_err(|e| {
            let found = format!("found no readable line {number} of {} ({e})", path.display());
            Error::input(found, "a line holds a neuron and a time", "mend it").at("file")
        })?;
        let place = || format!("line {number} of {}", path.display());
        // Some programs begin a text with a mark of its encoding.
        let line = line.strip_prefix('\u{feff}').unwrap_or(&line);
        let line = line.split('#').next().unwrap_or_default();
        let columns: Vec<&str> = line.split_whitespace().collect();
        let (neuron, time) = match columns[..] {
            [] => continue,
            [neuron, time] => (whole(neuron), time.parse().ok()),
            _ => (None, None),
        };
        let (Some(neuron), Some(time)) = (neuron, time) else {
            return Err(Error::input(
                format!("found \"{}\" on {}", line.trim(), place()),
                "a line holds a neuron, counted from 0, and a time in ms",
                "write for example 12 103.5",
            )
            .at("file"));
        };
        arrivals.push(spike(neuron, time, wanted, place)?);
    }
    Ok(sorted(arrivals))
}

/// A whole number, also as tables of real numbers write it: 3.000e+00.
fn whole(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|n| n.fract() == 0.0)
}

/// Without HDF5 no such file can be read.
#[cfg(not(feature = "hdf5"))]
fn sonata(path: &Path, wanted: Wanted) -> Result<Arrivals> {
    Err(Error::input(
        format!("found the HDF5 file {}, but this build knows no HDF5", path.display()),
        format!("only HDF5 has its /{}", wanted.groups.join(" and /")),
        "build it with the feature hdf5",
    )
    .at("file"))
}

#[cfg(test)]
#[cfg(feature = "hdf5")]
mod tests;
