//! Figures.
use crate::error::Result;
use crate::recording::Recording;
use std::path::Path;
/// placeholder until the figure branch lands
pub fn figure(_recording: &Recording, _path: &Path) -> Result<()> {
    Ok(())
}
