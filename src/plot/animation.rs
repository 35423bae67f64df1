//! Pictures that move.

use super::picture::Picture;

/// Pictures that are shown one after another, for ever.
#[derive(Clone, Debug)]
pub struct Animation {
    pub(super) pages: Vec<Picture>,
}

/// How long pages are shown, in hundredths of a second, and the last one, before all begins anew.
pub(super) const PAGE: u16 = 60;
pub(super) const LAST: u16 = 250;

impl Animation {
    /// Width of an animation on the page, pixels.
    pub(super) const WIDTH: f64 = 480.0;

    /// Of pages that become equally high.
    pub(super) fn new(mut pages: Vec<Picture>, title: &str) -> Self {
        if pages.is_empty() {
            pages.push(Picture::empty(title, Self::WIDTH));
        }
        let height = pages.iter().map(|page| page.height).fold(0.0, f64::max).ceil();
        // An even number, so that the page has whole pixels in the file.
        let height = 2.0 * (0.5 * height).ceil();
        pages.iter_mut().for_each(|page| page.height = height);
        Self { pages }
    }
}
