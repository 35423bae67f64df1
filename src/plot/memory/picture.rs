//! A picture: a list of what is drawn where.

use super::super::axis::Axis;
use super::super::frame::{Bottom, Left, Span};
use super::super::legend::{self, Key};
use super::super::output::{self, Drawing, Format};
use super::super::page::{
    Align, Colour, Drawn, GREY, INK, LABEL, MARGIN, Page, TITLE, WIDTH, fitted,
};
use crate::error::Result;
use plotters_backend::DrawingBackend;
use std::path::Path;

/// A place on the page, pixels.
pub type Spot = (f64, f64);

/// Something that is drawn.
#[derive(Clone, Debug)]
pub enum Item {
    Rect { from: Spot, to: Spot, colour: Colour },
    Line { points: Vec<Spot>, width: f64, colour: Colour },
    Dot { at: Spot, radius: f64, colour: Colour },
    Text { text: String, at: Spot, size: f64, align: Align, colour: Colour },
    Upwards { text: String, at: Spot, size: f64, colour: Colour },
    Left { x: f64, span: Span, ticks: usize, name: String, distance: f64, axis: Axis },
    Bottom { ends: (f64, f64), y: f64, ticks: usize, name: String, axis: Axis },
    Key { key: Key, at: Spot, room: f64 },
}

/// A picture of a memory, ready to be saved.
#[derive(Clone, Debug)]
pub struct Picture {
    pub(super) title: String,
    /// Pixels; a picture that is saved as a figure is as wide as any.
    pub(super) width: f64,
    pub(super) height: f64,
    /// The last is drawn on top.
    pub(super) items: Vec<Item>,
}

impl Picture {
    /// Draws to `path`, whose extension says how: `.png` or `.svg`.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        output::write(self, Format::of(path)?, path)
    }

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
        let text = "nothing to show".to_owned();
        let at = (0.5 * width, top + 30.0);
        picture.items.push(Item::Text {
            text,
            at,
            size: LABEL,
            align: Align::Centre,
            colour: GREY,
        });
        picture.height = top + 60.0;
        picture
    }

    pub(super) fn rect(&mut self, from: Spot, to: Spot, colour: Colour) {
        self.items.push(Item::Rect { from, to, colour });
    }

    pub(super) fn line(&mut self, points: &[Spot], width: f64, colour: Colour) {
        self.items.push(Item::Line { points: points.to_vec(), width, colour });
    }

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
            self.items.push(Item::Text { text, at, size, align, colour });
        }
    }

    /// A thin line around a rectangle, just outside it.
    pub(super) fn outline(&mut self, from: Spot, to: Spot, width: f64, colour: Colour) {
        let out = 0.5 * width;
        let (left, top, right, bottom) = (from.0 - out, from.1 - out, to.0 + out, to.1 + out);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        // Half a line more, so that the first corner is whole.
        let close = (left + width, top);
        self.line(&[&corners[..], &[close]].concat(), width, colour);
    }
}

impl Drawing for Picture {
    fn title(&self) -> &str {
        &self.title
    }

    fn height(&self) -> f64 {
        self.height
    }

    fn draw<B: DrawingBackend>(&self, page: &mut Page<B>) -> Drawn<B> {
        self.items.iter().try_for_each(|item| draw(page, item))
    }
}

fn draw<B: DrawingBackend>(page: &mut Page<B>, item: &Item) -> Drawn<B> {
    match item {
        Item::Rect { from, to, colour } => page.rect(*from, *to, *colour),
        Item::Line { points, width, colour } => page.line(points.iter().copied(), *width, *colour),
        Item::Dot { at, radius, colour } => page.dot(*at, *radius, *colour),
        Item::Text { text, at, size, align, colour } => {
            page.text(text, *at, *size, *align, *colour)
        }
        Item::Upwards { text, at, size, colour } => page.text_upwards(text, *at, *size, *colour),
        Item::Left { x, span, ticks, name, distance, axis } => {
            let (x, span, ticks, distance) = (*x, *span, *ticks, *distance);
            Left { x, span, ticks, names: &[name], distance }.draw(page, axis)
        }
        Item::Bottom { ends, y, ticks, name, axis } => {
            Bottom { left: ends.0, right: ends.1, y: *y, ticks: *ticks, name }.draw(page, axis)
        }
        Item::Key { key, at, room } => legend::entry(page, key, *at, *room),
    }
}
