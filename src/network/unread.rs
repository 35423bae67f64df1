//! Without HDF5 no file of synapses can be read.

use super::share::Share;
use super::{Delayed, Projection};
use crate::error::{Error, Result};
use crate::learning::Pathway;
use crate::synapse::{Connect, EdgeFile};
use std::path::Path;

/// Refuses the file.
pub(super) fn imported(file: &EdgeFile, _: &Projection, _: &Pathway, _: &Share) -> Result<Delayed> {
    Err(unknown(file))
}

impl Projection {
    /// Refuses a file of synapses.
    pub(super) fn completed(mut self, _: &str, _: (usize, usize), folder: &Path) -> Result<Self> {
        let Connect::File(file) = &mut self.connect else { return Ok(self) };
        file.start_from(folder);
        Err(unknown(file))
    }
}

fn unknown(file: &EdgeFile) -> Error {
    Error::input(
        format!("found the HDF5 file {}, but this build knows no HDF5", file.path().display()),
        "",
        "build it with the feature hdf5",
    )
    .at("connect.file")
}
