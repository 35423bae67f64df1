//! Pictures that move.

use super::output;
use super::picture::Picture;
use crate::error::Result;
use std::path::Path;

/// Pictures that are shown one after another, for ever.
#[derive(Clone, Debug)]
pub struct Animation {
    pub(super) pages: Vec<Picture>,
    pub(super) pace: Pace,
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
    /// Width of an animation on the page, pixels.
    pub(super) const WIDTH: f64 = 480.0;

    /// Of pages that become equally high.
    pub(super) fn new(mut pages: Vec<Picture>, title: &str, pace: Pace) -> Self {
        if pages.is_empty() {
            pages.push(Picture::empty(title, Self::WIDTH));
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
        output::animate(self, path)
    }
}
