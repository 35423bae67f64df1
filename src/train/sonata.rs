//! Spikes in SONATA's layout, in an HDF5 file.

use super::wanted::{Wanted, spike};
use super::{Arrivals, sorted};
use crate::error::{Error, Result, list, reason, suggest};
use crate::hdf;
use crate::units::Time;
use hdf5::types::{VarLenAscii, VarLenUnicode};
use hdf5::{Dataset, Group};
use std::path::Path;

/// Rows that are read at once.
const PIECE: usize = 1 << 16;

/// The spikes in the SONATA file at `path`.
pub(super) fn sonata(path: &Path, wanted: Wanted) -> Result<Arrivals> {
    let damaged = |e: hdf5::Error| {
        Error::input(
            format!("found a file {} without spikes ({})", path.display(), reason(&e)),
            "a SONATA file has /spikes/POPULATION/timestamps and node_ids",
            "give another file",
        )
        .at("file")
    };
    let file = hdf::open(path).map_err(damaged)?;
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
    hdf::within_file(&times).and_then(|()| hdf::within_file(&ids)).map_err(damaged)?;
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
        .map(|u| String::from_utf8_lossy(u.as_bytes()).into_owned())
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
