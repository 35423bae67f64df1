//! Exports: what other programs are given.
//!
//! A network goes out synapse by synapse ([`network`]). A recording goes out with its trials and epochs, for analysis
//! elsewhere ([`write()`]): as CSV, for numpy, as NWB, or as the NIX file that neo writes. All of them tell the same:
//! every spike of the neurons chosen, with its exact time; one row per trial that ended, with what was drawn and what
//! was found; and one row per epoch, with the trial that it belongs to.

mod csv;
mod hdf;
pub mod network;
mod nix;
mod npz;
mod nwb;
pub mod page;
mod session;

pub use session::Selection;

use crate::error::{Error, Result, list, suggest};
use crate::recording::{Output, Recording};
use session::Session;
use std::path::Path;

/// How a recording is written for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A directory of tables.
    Csv,
    /// Arrays for `numpy.load`.
    Npz,
    /// Neurodata Without Borders 2.
    Nwb,
    /// The NIX file that neo's NixIO writes and reads.
    NeoNix,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Npz, Self::Nwb, Self::NeoNix];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Npz => "npz",
            Self::Nwb => "nwb",
            Self::NeoNix => "neo-nix",
        }
    }

    /// The format called `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self> {
        let names = Self::ALL.map(Self::name);
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let known = format!("the formats are {}", list(&names));
            Error::input(format!("found the format `{name}`"), known, suggest(name, names))
        })
    }

    /// The name of the output for a recording called `stem`.
    pub fn output(self, stem: &str) -> String {
        match self {
            Self::Csv => format!("{stem}-csv"),
            Self::Npz => format!("{stem}.npz"),
            Self::Nwb => format!("{stem}.nwb"),
            Self::NeoNix => format!("{stem}.nix"),
        }
    }
}

/// Why an export came to nothing.
#[derive(Debug)]
enum Failure {
    /// The recording cannot be read.
    Input(Error),
    /// The output cannot be written.
    Output(hdf5::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

impl From<hdf5::Error> for Failure {
    fn from(error: hdf5::Error) -> Self {
        Self::Output(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error.to_string().into())
    }
}

impl From<rawzip::Error> for Failure {
    fn from(error: rawzip::Error) -> Self {
        Self::Output(error.to_string().into())
    }
}

/// Writes what `selection` chooses of `recording` to `path`, which gets its name once it is complete. `now` is the
/// date, as RFC 3339 has it.
///
/// # Errors
/// If `path` exists and `force` is false, if the selection does not fit the recording, or if a file cannot be read
/// or written.
pub fn write(
    recording: &Recording,
    selection: &Selection,
    format: Format,
    path: &Path,
    force: bool,
    now: &str,
) -> Result<()> {
    let session = Session::new(recording, selection)?;
    let write = match format {
        Format::Csv => return csv::write(&session, path, force),
        Format::Npz => npz::write,
        Format::Nwb => nwb::write,
        Format::NeoNix => {
            nix::check(&session)?;
            nix::write
        }
    };
    let output = Output::begin(path, force)?;
    match write(&session, output.part(), now) {
        Ok(()) => output.publish(),
        Err(Failure::Output(error)) => Err(output.discard(&error.into())),
        Err(Failure::Input(error)) => {
            let _ = std::fs::remove_file(output.part());
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests;
