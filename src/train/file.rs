//! Spikes in files: two columns of text, or SONATA's layout in HDF5.

use super::{Arrivals, sorted};
use crate::error::{Error, Result, list, reason, suggest};
use crate::units::Time;
use hdf5::types::{VarLenAscii, VarLenUnicode};
use hdf5::{Dataset, Group};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

/// What is looked for in a file of spikes.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Groups of a SONATA file that may hold the spikes; the first that exists does.
    pub groups: &'a [&'a str],
    /// Whose spikes, if the model says so.
    pub chosen: Option<&'a str>,
    /// Who receives or sends them here.
    pub population: &'a str,
    /// How many neurons it has.
    pub neurons: usize,
}

/// What every HDF5 file begins with.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
/// Rows that are read from an HDF5 file at once.
const PIECE: usize = 1 << 16;

/// The spikes in the file at `path`.
///
/// # Errors
/// At the key `file` or `population`.
pub fn read(path: &Path, wanted: Wanted) -> Result<Arrivals> {
    let mut file = File::open(path).map_err(|e| unreadable(path, &e))?;
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
    for (number, line) in (1..).zip(file.lines()) {
        let line = line.map_err(|e| unreadable(path, &e))?;
        let place = || format!("line {number} of {}", path.display());
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

/// Refuses what is no spike of the population.
fn spike(neuron: f64, time: f64, wanted: Wanted, place: impl Fn() -> String) -> Result<(f64, u32)> {
    let Wanted { population, neurons, .. } = wanted;
    if !(0.0..neurons as f64).contains(&neuron) {
        return Err(Error::input(
            format!("found neuron {neuron} on {}", place()),
            format!("population {population} has the neurons 0 to {}", neurons - 1),
            "count neurons from 0 within their population, or make it larger",
        )
        .at("file"));
    }
    if !(time.is_finite() && time >= 0.0) {
        return Err(Error::input(
            format!("found a spike at {time} ms on {}", place()),
            "a spike has a finite time, 0 or later",
            "shift or delete it",
        )
        .at("file"));
    }
    // Without the sign of a negative zero.
    Ok((time + 0.0, neuron as u32))
}

fn sonata(path: &Path, wanted: Wanted) -> Result<Arrivals> {
    let damaged = |e: hdf5::Error| {
        Error::input(
            format!("found a file {} without spikes ({})", path.display(), reason(&e)),
            "a SONATA file has /spikes/POPULATION/timestamps and node_ids",
            "give another file",
        )
        .at("file")
    };
    let file = hdf5::File::open(path).map_err(damaged)?;
    if let Ok(complete) = file.attr("complete")
        && complete.read_scalar::<u8>().map_err(damaged)? != 1
    {
        return Err(Error::input(
            format!("found that {} records a run that did not end", path.display()),
            "",
            "run that model again",
        )
        .at("file"));
    }
    let name = wanted.groups.iter().find(|name| file.link_exists(name)).unwrap_or(&"spikes");
    let group = file.group(name).map_err(damaged)?;
    let population = choose(path, &group, name, wanted)?;
    let group = group.group(&population).map_err(damaged)?;
    let (times, ids) = (
        group.dataset("timestamps").map_err(damaged)?,
        group.dataset("node_ids").map_err(damaged)?,
    );
    let (number, others) = (times.size(), ids.size());
    if number != others {
        return Err(Error::input(
            format!("found {number} times of {others} neurons in {}", path.display()),
            "every spike has both",
            "write the file again",
        )
        .at("file"));
    }
    let factor = milliseconds(path, &times)?;
    let mut arrivals = Vec::with_capacity(number);
    for first in (0..number).step_by(PIECE) {
        let piece = first..(first + PIECE).min(number);
        let times = times.read_slice_1d::<f64, _>(piece.clone()).map_err(damaged)?;
        let ids = ids.read_slice_1d::<u64, _>(piece.clone()).map_err(damaged)?;
        for ((time, id), row) in times.iter().zip(&ids).zip(piece) {
            let place = || format!("row {row} of {}", path.display());
            arrivals.push(spike(*id as f64, time * factor, wanted, place)?);
        }
    }
    Ok(sorted(arrivals))
}

/// Whose spikes of `group` are meant: who the model says, else the population of the same name, else the only one.
fn choose(path: &Path, group: &Group, name: &str, wanted: Wanted) -> Result<String> {
    let mut found = group.member_names().unwrap_or_default();
    found.sort();
    let known: Vec<&str> = found.iter().map(String::as_str).collect();
    let own = wanted.chosen.unwrap_or(wanted.population);
    if known.contains(&own) {
        return Ok(own.to_owned());
    }
    if wanted.chosen.is_some() {
        return Err(Error::input(
            format!("found no population `{own}` in /{name} of {}", path.display()),
            suggest(own, known),
            "write the name of one in the file",
        )
        .at("population"));
    }
    match known[..] {
        // What one population received is another's input only if the model says so.
        [only] if name == "spikes" => Ok(only.to_owned()),
        _ => Err(Error::input(
            format!("found the populations {} in /{name} of {}", list(&known), path.display()),
            format!("none is called {own}"),
            "add population = \"NAME\"",
        )
        .at("file")),
    }
}

/// How many ms the unit of the times has; SONATA's times without a unit are in ms.
fn milliseconds(path: &Path, times: &Dataset) -> Result<f64> {
    let Ok(attribute) = times.attr("units") else { return Ok(1.0) };
    let unit = attribute
        .read_scalar::<VarLenUnicode>()
        .map(|u| u.to_string())
        .or_else(|_| attribute.read_scalar::<VarLenAscii>().map(|u| u.to_string()));
    let unit = unit.unwrap_or_else(|_| "?".to_owned());
    format!("1 {unit}").parse::<Time>().map(Time::value).map_err(|_| {
        Error::input(
            format!("found times in `{unit}` in {}", path.display()),
            "times are in a unit such as ms or s",
            "write the file again",
        )
        .at("file")
    })
}

#[cfg(test)]
mod tests;
