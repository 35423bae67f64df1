//! From pictures to a file: PNG, SVG or GIF, by the extension.

use super::animation::Animation;
use super::page::WIDTH_MM;
use super::picture::Picture;
use super::svg::Svg;
use super::{gif, png, render};
use crate::error::{Error, Result};
use std::path::Path;

/// A longer SVG, in bytes, stands as PNG on a page where that is shorter.
const LONG: usize = 200_000;

type File = Result<Vec<u8>, Box<dyn std::error::Error>>;

impl Picture {
    /// Draws to `path`, whose extension says how: `.png` or `.svg`.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        match extension("a figure", &["png", "svg"], path)? {
            "png" => whole(path, "part.png", |part| Ok(std::fs::write(part, self.png()?)?)),
            _ => whole(path, "part.svg", |part| Ok(std::fs::write(part, self.svg()?)?)),
        }
    }

    /// What it is called, its media type, and the bytes of its file, for a page of the web.
    pub(crate) fn on_page(&self) -> (&str, &'static str, Vec<u8>) {
        let svg = self.svg().expect("memory takes what is drawn");
        let png = (svg.len() > LONG).then(|| self.png().expect("memory takes what is drawn"));
        match png.filter(|png| png.len() < svg.len()) {
            Some(png) => (&self.title, "image/png", png),
            None => (&self.title, "image/svg+xml", svg),
        }
    }

    /// The bytes of a PNG file.
    ///
    /// # Errors
    /// If the picture has no size that PNG can hold.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        self.png().map_err(|e| unwritable(Path::new("figure.png"), &*e))
    }

    fn png(&self) -> File {
        let mut canvas = png::Canvas::new(render::size(self));
        render::draw(self, &mut canvas.backend()).map_err(|e| e.to_string())?;
        Ok(canvas.file()?)
    }

    fn svg(&self) -> File {
        let mut svg = Svg::new(render::size(self));
        render::draw(self, &mut svg)?;
        Ok(svg.finish(WIDTH_MM, &self.title).into_bytes())
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
