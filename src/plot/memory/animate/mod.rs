//! Recall and learning that move: GIFs.

mod encode;
mod learning;
mod recall;
#[cfg(test)]
mod tests;

pub use learning::learning;
pub use recall::{MemoryOverlaps, recall};

use super::super::output;
use super::picture::Picture;
use crate::error::{Error, Result};
use std::path::Path;

/// Width of an animation on the page, pixels.
const WIDTH: f64 = 480.0;

/// Pages that are shown one after another, for ever.
#[derive(Clone, Debug)]
pub struct Animation {
    pages: Vec<Picture>,
    pace: Pace,
}

/// How long pages are shown, in hundredths of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub page: u16,
    /// The last one, before all begins anew.
    pub last: u16,
}

impl Default for Pace {
    fn default() -> Self {
        Self { page: 60, last: 250 }
    }
}

impl Animation {
    /// Of pages of equal size.
    fn new(mut pages: Vec<Picture>, title: &str, pace: Pace) -> Self {
        if pages.is_empty() {
            pages.push(Picture::empty(title, WIDTH));
        }
        let height = pages.iter().map(|page| page.height).fold(0.0, f64::max).ceil();
        // An even number, so that the page has whole pixels in the file.
        let height = 2.0 * (0.5 * height).ceil();
        pages.iter_mut().for_each(|page| page.height = height);
        Self { pages, pace }
    }

    /// Writes a `.gif` to `path`.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("gif") => output::whole(path, "part.gif", |part| encode::write(self, part)),
            other => Err(Error::file(
                path,
                match other {
                    Some(other) => format!("found an animation with the extension .{other}"),
                    None => "found an animation without an extension".to_owned(),
                },
                "allowed: .gif",
            )),
        }
    }
}
