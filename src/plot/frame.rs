//! The frame of a panel: its axes with ticks and names.

use super::axis::Axis;
use super::page::{Align, INK, LABEL, SMALL, fitted, text_width};
use super::picture::Picture;

/// Width of the line of an axis.
pub const SPINE: f64 = 1.0;
/// Length of a tick of an axis, and of one without a label.
const TICK: f64 = 4.0;
const MINOR: f64 = 2.5;
/// From an axis to its tick labels.
const APART: f64 = TICK + 4.0;
/// From one line of the name of an axis to the next.
const NAME: f64 = 15.0;

/// From top to bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    pub top: f64,
    pub bottom: f64,
}

impl Span {
    pub fn middle(self) -> f64 {
        0.5 * (self.top + self.bottom)
    }
}

/// An axis of values at the left of a panel.
pub struct Left<'a> {
    pub x: f64,
    pub span: Span,
    pub ticks: usize,
    /// The name, and a line in small letters beside it.
    pub names: &'a [&'a str],
    /// From the axis to the middle of the name.
    pub distance: f64,
}

impl Left<'_> {
    pub fn draw(&self, page: &mut Picture, value: &Axis) {
        let (x, span) = (self.x, self.span);
        page.line([(x, span.top), (x, span.bottom)], SPINE, INK);
        for (y, text) in value.ticks(self.ticks) {
            page.line([(x - TICK, y), (x, y)], SPINE, INK);
            page.text(text, (x - APART, y), SMALL, Align::Right);
        }
        for y in value.minor() {
            page.line([(x - MINOR, y), (x, y)], SPINE, INK);
        }
        for (k, name) in self.names.iter().rev().enumerate() {
            let size = if k + 1 == self.names.len() { LABEL } else { SMALL - 1.0 };
            let x = x - self.distance - NAME * k as f64;
            page.text_upwards(*name, (x, span.middle()), size);
        }
    }
}

/// From the axis to the end of its tick labels.
pub fn tick_room(value: &Axis, ticks: usize) -> f64 {
    let widths = value.ticks(ticks).into_iter().map(|(_, text)| text_width(&text, SMALL));
    APART + widths.fold(0.0, f64::max)
}

/// Height of the tick labels and the name below a panel.
pub const TICK_ROOM: f64 = 20.0;
pub const NAME_ROOM: f64 = 20.0;

/// An axis below a panel, from `left` to `right` at `y`.
pub struct Bottom<'a> {
    pub left: f64,
    pub right: f64,
    pub y: f64,
    pub ticks: usize,
    /// What stands at 0, 1, 2 ... in place of numbers, if anything does.
    pub words: &'a [String],
    pub name: &'a str,
}

impl Bottom<'_> {
    pub fn draw(&self, page: &mut Picture, value: &Axis) {
        let y = self.y;
        page.line([(self.left - 0.5 * SPINE, y), (self.right, y)], SPINE, INK);
        let ticks = if self.words.is_empty() { value.ticks(self.ticks) } else { self.named(value) };
        for (x, text) in ticks {
            page.line([(x, y), (x, y + TICK)], SPINE, INK);
            page.text(text, (x, y + TICK + 9.0), SMALL, Align::Centre);
        }
        for x in value.minor() {
            page.line([(x, y), (x, y + MINOR)], SPINE, INK);
        }
        let middle = 0.5 * (self.left + self.right);
        page.text(self.name, (middle, y + 32.0), LABEL, Align::Centre);
    }

    /// The words that the axis holds, as far as there is room for them.
    fn named(&self, value: &Axis) -> Vec<(f64, String)> {
        let room = (value.at(1.0) - value.at(0.0)).abs() - 8.0;
        let words = self.words.iter().enumerate().map(|(k, word)| (k as f64, word));
        let held = words.filter(|(k, _)| value.holds(*k));
        held.map(|(k, word)| (value.at(k), fitted(word, SMALL, room))).collect()
    }
}
