//! From a drawing to a file: PNG or SVG, by the extension.

use super::page::{self, Drawn, Page, WIDTH_MM};
use super::png;
use super::svg::Svg;
use crate::error::{Error, Result};
use plotters_backend::DrawingBackend;
use std::path::Path;

/// What can be drawn on a page of any backend.
pub trait Drawing {
    /// What reads the figure aloud calls it.
    fn title(&self) -> &str;

    /// Height of the page, pixels.
    fn height(&self) -> f64;

    fn draw<B: DrawingBackend>(&self, page: &mut Page<B>) -> Drawn<B>;
}

/// The formats of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Svg,
}

impl Format {
    pub fn of(path: &Path) -> Result<Self> {
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

/// Writes `drawing` to `path`, which gets its name when it is whole.
pub fn write(drawing: &impl Drawing, format: Format, path: &Path) -> Result<()> {
    // The extension says how it is written.
    let part = match format {
        Format::Png => "part.png",
        Format::Svg => "part.svg",
    };
    whole(path, part, |part| write_part(drawing, format, part))
}

/// Lets `write` make a file beside `path` with another extension, which gets its name when it is whole.
pub fn whole(
    path: &Path,
    extension: &str,
    write: impl FnOnce(&Path) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<()> {
    let part = path.with_extension(extension);
    let written = write(&part)
        .and_then(|()| Ok(std::fs::rename(&part, path)?))
        .map_err(|e| unwritable(path, &*e));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn write_part(
    drawing: &impl Drawing,
    format: Format,
    path: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let size = page::size(drawing.height());
    match format {
        Format::Png => {
            let mut canvas = png::Canvas::new(size);
            drawing.draw(&mut Page::new(canvas.backend()))?;
            Ok(canvas.save(path)?)
        }
        Format::Svg => {
            let mut page = Page::new(Svg::new(size));
            drawing.draw(&mut page)?;
            Ok(std::fs::write(path, page.into_backend().finish(WIDTH_MM, drawing.title()))?)
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
