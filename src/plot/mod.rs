//! Drawing, as PNG, SVG or GIF. It knows neither recordings nor sweeps, but plain data.
//!
//! What is shown is said before and apart from where it stands and how it is written: [`chart`]s say which panels of
//! curves, points and rows a figure has; of the trials of a session they are made in [`trials`], of sweeps in [`sweep`], of
//! memories in [`memory`], where states and couplings are [`Picture`]s at once. A chart becomes a picture, too: a list of
//! what stands where. Pictures, and [`Animation`]s of several, are all that is written. All formats are drawn in the same
//! units with an embedded font, so that the same data always give the same bytes.

mod animation;
pub mod assemblies;
mod axis;
pub mod bump;
pub mod chart;
pub mod courses;
mod font;
mod frame;
pub mod geometry;
mod gif;
mod legend;
mod marks;
pub mod memory;
mod output;
mod page;
mod picture;
mod png;
mod render;
mod svg;
pub mod sweep;
#[cfg(test)]
pub(crate) mod tests;
pub mod trials;

pub use animation::Animation;
pub use page::{Colour, GREY, INK, PATTERNS, population};
pub use picture::Picture;

use crate::error::Result;
use std::path::Path;

/// What can be saved: a picture, or one that moves.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// As `.png` or `.svg`.
    Still(Picture),
    /// As `.gif`.
    Moving(Animation),
}

impl Drawing {
    /// Draws to `path`, whose extension says how: `.gif` for what moves, `.png` or `.svg` for the rest.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        match self {
            Self::Still(picture) => picture.save(path),
            Self::Moving(animation) => animation.save(path),
        }
    }
}

impl From<chart::Figure> for Drawing {
    fn from(figure: chart::Figure) -> Self {
        Self::Still(figure.picture())
    }
}

impl From<Picture> for Drawing {
    fn from(picture: Picture) -> Self {
        Self::Still(picture)
    }
}

impl From<Animation> for Drawing {
    fn from(animation: Animation) -> Self {
        Self::Moving(animation)
    }
}
