//! A picture: a list of what is drawn where, on one page of any format.

use super::page::{Align, Colour, GREY, INK, LABEL, MARGIN, TITLE, WIDTH, fitted};

/// A place on the page, pixels.
pub type Spot = (f64, f64);

/// Something that is drawn.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Rect {
        from: Spot,
        to: Spot,
        colour: Colour,
    },
    Line {
        points: Vec<Spot>,
        width: f64,
        colour: Colour,
    },
    /// What is behind shines through a wash.
    Polygon {
        corners: Vec<Spot>,
        colour: Colour,
        wash: bool,
    },
    Dot {
        at: Spot,
        radius: f64,
        colour: Colour,
    },
    Text {
        text: String,
        at: Spot,
        size: f64,
        align: Align,
        colour: Colour,
        upwards: bool,
    },
}

/// A picture, ready to be saved.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What reads the picture aloud calls it.
    pub(super) title: String,
    /// Pixels; a picture that is saved as a figure is as wide as any.
    pub(super) width: f64,
    pub(super) height: f64,
    /// The last is drawn on top.
    pub(super) items: Vec<Item>,
}

impl Picture {
    /// A page with its title; and where the rest may begin.
    pub(super) fn titled(title: &str) -> (Self, f64) {
        Self::with_width(title, WIDTH)
    }

    pub(super) fn with_width(title: &str, width: f64) -> (Self, f64) {
        let mut picture = Self { title: title.to_owned(), width, height: 0.0, items: Vec::new() };
        if title.is_empty() {
            return (picture, MARGIN);
        }
        let text = fitted(title, TITLE, width - 2.0 * MARGIN);
        picture.text(text, (MARGIN, MARGIN + 0.5 * TITLE), TITLE, Align::Left);
        (picture, MARGIN + TITLE + 12.0)
    }

    /// What is drawn of nothing.
    pub(super) fn empty(title: &str, width: f64) -> Self {
        let (mut picture, top) = Self::with_width(title, width);
        let at = (0.5 * width, top + 30.0);
        picture.text_in("nothing to show", at, LABEL, Align::Centre, GREY);
        picture.height = top + 60.0;
        picture
    }

    pub(super) fn rect(&mut self, from: Spot, to: Spot, colour: Colour) {
        self.items.push(Item::Rect { from, to, colour });
    }

    pub(super) fn line(
        &mut self,
        points: impl IntoIterator<Item = Spot>,
        width: f64,
        colour: Colour,
    ) {
        self.items.push(Item::Line { points: points.into_iter().collect(), width, colour });
    }

    pub(super) fn polygon(&mut self, corners: impl IntoIterator<Item = Spot>, colour: Colour) {
        let corners = corners.into_iter().collect();
        self.items.push(Item::Polygon { corners, colour, wash: false });
    }

    /// Fills like [`polygon`](Self::polygon), but lets what is behind shine through.
    pub(super) fn wash(&mut self, corners: impl IntoIterator<Item = Spot>, colour: Colour) {
        let corners = corners.into_iter().collect();
        self.items.push(Item::Polygon { corners, colour, wash: true });
    }

    pub(super) fn dot(&mut self, at: Spot, radius: f64, colour: Colour) {
        self.items.push(Item::Dot { at, radius, colour });
    }

    /// Sets `text` at the middle of its height.
    pub(super) fn text(&mut self, text: impl Into<String>, at: Spot, size: f64, align: Align) {
        self.text_in(text, at, size, align, INK);
    }

    /// Nothing if `text` is empty.
    pub(super) fn text_in(
        &mut self,
        text: impl Into<String>,
        at: Spot,
        size: f64,
        align: Align,
        colour: Colour,
    ) {
        let text = text.into();
        if !text.is_empty() {
            self.items.push(Item::Text { text, at, size, align, colour, upwards: false });
        }
    }

    /// Sets `text` running upwards, centred at `at`.
    pub(super) fn text_upwards(&mut self, text: impl Into<String>, at: Spot, size: f64) {
        let (text, align, colour) = (text.into(), Align::Centre, INK);
        self.items.push(Item::Text { text, at, size, align, colour, upwards: true });
    }

    /// A thin line around a rectangle, just outside it.
    pub(super) fn outline(&mut self, from: Spot, to: Spot, width: f64, colour: Colour) {
        let out = 0.5 * width;
        let (left, top, right, bottom) = (from.0 - out, from.1 - out, to.0 + out, to.1 + out);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        // Half a line more, so that the first corner is whole.
        let close = (left + width, top);
        self.line(corners.into_iter().chain([close]), width, colour);
    }
}
