//! Pictures: in files, or as bytes that a notebook shows.

use attractor::error::{Error, Result};
use attractor::figure::Drawing;
use attractor::recording::Output;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::Path;

/// The bytes of a PNG, if it was not written to a file.
pub type Png<'py> = Option<Bound<'py, PyBytes>>;

/// Where a picture goes: to a file, which is overwritten if the flag says so, or into memory.
pub type Target<'a> = (Option<&'a Path>, bool);

/// Draws a picture and writes it to `target`, as its extension says, or returns its PNG.
///
/// # Errors
/// If the file exists or cannot be written, or if it moves and has no file; those of `draw`.
pub fn shown(
    (path, force): Target,
    draw: impl FnOnce() -> Result<Drawing>,
) -> Result<Option<Vec<u8>>> {
    path.map_or(Ok(()), |path| Output::check(path, force))?;
    match (path, draw()?) {
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
