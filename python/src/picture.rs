//! Pictures: in files, or as bytes that a notebook shows.

use attractor::error::{Error, Result};
use attractor::figure::Drawing;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::Path;

/// The bytes of a PNG, if it was not written to a file.
pub type Png<'py> = Option<Bound<'py, PyBytes>>;

/// Writes a picture to `path`, as its extension says, or returns its PNG.
///
/// # Errors
/// If it cannot be written, or moves and has no file.
pub fn shown(drawing: &Drawing, path: Option<&Path>) -> Result<Option<Vec<u8>>> {
    match (path, drawing) {
        (Some(path), drawing) => drawing.save(path).map(|()| None),
        (None, Drawing::Still(picture)) => picture.to_png().map(Some),
        (None, Drawing::Moving(_)) => Err(Error::input(
            "found a picture that moves",
            "it is written to a file",
            "give the name of a .gif",
        )),
    }
}

/// Those bytes as Python has them.
pub fn bytes(py: Python<'_>, png: Option<Vec<u8>>) -> Png<'_> {
    png.map(|png| PyBytes::new(py, &png))
}
