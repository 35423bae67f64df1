//! From pictures to a file: PNG, SVG or GIF, by the extension.

use super::animation::Animation;
use super::page::WIDTH_MM;
use super::picture::Picture;
use super::svg::Svg;
use super::{gif, png, render};
use crate::error::{Error, Result};
use std::path::Path;

impl Picture {
    /// Draws to `path`, whose extension says how: `.png` or `.svg`.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let size = render::size(self);
        match extension("a figure", &["png", "svg"], path)? {
            "png" => whole(path, "part.png", |part| {
                let mut canvas = png::Canvas::new(size);
                render::draw(self, &mut canvas.backend())?;
                Ok(canvas.save(part)?)
            }),
            _ => whole(path, "part.svg", |part| {
                let mut svg = Svg::new(size);
                render::draw(self, &mut svg)?;
                Ok(std::fs::write(part, svg.finish(WIDTH_MM, &self.title))?)
            }),
        }
    }
}

impl Animation {
    /// Writes a `.gif` to `path`.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        extension("an animation", &["gif"], path)?;
        whole(path, "part.gif", |part| gif::write(self, part))
    }
}

/// The one of the `allowed` extensions that `path` has.
fn extension<'a>(what: &str, allowed: &[&'a str], path: &Path) -> Result<&'a str> {
    let own = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let found = allowed.iter().find(|e| own.as_deref() == Some(**e));
    found.copied().ok_or_else(|| {
        let found = match own {
            Some(other) => format!("found {what} with the extension .{other}"),
            None => format!("found {what} without an extension"),
        };
        Error::file(path, found, format!("allowed: .{}", allowed.join(", .")))
    })
}

/// Lets `write` make a file beside `path` with another extension, which gets its name when it is whole.
fn whole(
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
