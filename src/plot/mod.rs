//! Figures, as PNG or SVG: of a recording (spike raster, rates and overlaps above one time axis), of what the analyses
//! find in a session of trials ([`session`]), of sweeps of parameters ([`sweep`]), and of classical memories, also as
//! GIF ([`memory`]).
//!
//! What is shown is decided before and apart from where it stands and how it is drawn: of a recording by
//! `content` and `selection`, `layout`, and `panels`; of a session or sweep as [`chart`]s, panels in rows, which know
//! nothing of what they show; of a memory as charts, or as a list of what stands where. All stand on the same `frame`
//! (axes), `legend` and `marks` (curves, spikes), on a `page`. All formats are drawn in the same units with an embedded
//! font, so that the same data always give the same bytes.

mod axis;
pub mod chart;
mod content;
mod font;
mod frame;
mod layout;
mod legend;
mod marks;
pub mod memory;
mod output;
mod page;
mod panels;
mod png;
mod selection;
pub mod session;
mod svg;
pub mod sweep;
#[cfg(test)]
mod tests;

pub use page::Colour;

use crate::error::Result;
use crate::recording::{Part, Recording};
use content::Content;
use layout::Layout;
use output::{Drawing, Format};
use page::{Drawn, Page};
use plotters_backend::DrawingBackend;
use std::path::Path;

/// Draws the figure of a part of a recording to `path`, whose extension says how: `.png` or `.svg`.
///
/// From top to bottom: the spikes of some neurons of up to six patterns, of no such pattern, and of the other
/// populations, or when binary neurons are active; the mean rate, or the mean activity, of every population; the
/// overlaps with these patterns beside the largest of all others; the energy, where there is one. Bars and shading mark
/// what the protocol shows.
///
/// # Errors
/// If the extension is another one, the recording is damaged, or the file cannot be written.
pub fn figure(recording: &Recording, part: Part, path: &Path) -> Result<()> {
    let format = Format::of(path)?;
    let content = Content::read(recording, part)?;
    let layout = Layout::of(&content);
    output::write(&Overview { content, layout }, format, path)
}

/// The figure of a recording.
struct Overview {
    content: Content,
    layout: Layout,
}

impl Drawing for Overview {
    fn title(&self) -> &str {
        &self.content.title
    }

    fn height(&self) -> f64 {
        self.layout.height
    }

    fn draw<B: DrawingBackend>(&self, page: &mut Page<B>) -> Drawn<B> {
        panels::draw(page, &self.content, &self.layout)
    }
}
