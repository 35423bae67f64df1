//! Figures of recordings: spike raster, rates and overlaps above one time axis, as PNG or SVG.
//!
//! What is shown (`content`, `selection`) is decided before and apart from where it stands
//! (`layout`) and how it is drawn (`panels`, on a `page`). Both formats are drawn in the same
//! units with an embedded font, so that a recording always gives the same bytes.

mod axis;
mod content;
mod font;
mod layout;
mod page;
mod panels;
mod png;
mod selection;
mod svg;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::recording::Recording;
use content::Content;
use layout::Layout;
use page::{Page, WIDTH_MM};
use std::path::Path;
use svg::Svg;

/// Draws the figure of a recording to `path`, whose extension says how: `.png` or `.svg`.
///
/// From top to bottom: the spikes of some neurons of up to six patterns, of no such pattern, and of
/// the other populations; the mean rate of every population; the overlaps with these patterns
/// beside the largest of all others. Bars and shading mark what the protocol shows.
///
/// # Errors
/// If the extension is another one, the recording is damaged, or the file cannot be written.
pub fn figure(recording: &Recording, path: &Path) -> Result<()> {
    let format = Format::of(path)?;
    let content = Content::read(recording)?;
    // The figure gets its name when it is whole; its extension says how it is written.
    let mut part = path.to_owned();
    part.set_extension(match format {
        Format::Png => "part.png",
        Format::Svg => "part.svg",
    });
    let drawn = draw(&content, format, &part)
        .and_then(|()| Ok(std::fs::rename(&part, path)?))
        .map_err(|e| unwritable(path, &*e));
    if drawn.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    drawn
}

fn draw(content: &Content, format: Format, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let layout = Layout::of(content);
    let size = page::size(layout.height);
    match format {
        Format::Png => {
            let mut canvas = png::Canvas::new(size);
            panels::draw(&mut Page::new(canvas.backend()), content, &layout)?;
            Ok(canvas.save(path)?)
        }
        Format::Svg => {
            let mut page = Page::new(Svg::new(size));
            panels::draw(&mut page, content, &layout)?;
            Ok(std::fs::write(path, page.into_backend().finish(WIDTH_MM, &content.title))?)
        }
    }
}

/// The formats of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Png,
    Svg,
}

impl Format {
    fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("png") => Ok(Self::Png),
            Some("svg") => Ok(Self::Svg),
            other => Err(Error::file(
                path,
                match other {
                    Some(other) => format!("found a figure with the extension .{other}"),
                    None => "found a figure without an extension".to_owned(),
                },
                "allowed: .png, .svg",
            )),
        }
    }
}

fn unwritable(path: &Path, error: &dyn std::error::Error) -> Error {
    // The innermost cause is the system's own sentence.
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let reason = cause.to_string();
    let reason = reason.lines().next().unwrap_or_default().trim_end_matches('.');
    Error::file(
        path,
        format!("found that the figure cannot be written ({reason})"),
        "free space if the disk is full, or choose another place with -o",
    )
}
