//! Legends: names with a sample of what they stand for.

use super::marks;
use super::page::{Align, Colour, SMALL, fitted, text_width};
use super::picture::Picture;

/// Height of a line.
pub const LINE: f64 = 20.0;
/// Height of a line where entries stand one below another within a panel.
pub const TIGHT: f64 = 15.0;
/// Length of the sample, and from it to the name.
const SAMPLE: f64 = 16.0;
const APART: f64 = 5.0;
/// From the end of a name to the next entry.
const BETWEEN: f64 = 14.0;

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub name: String,
    pub colour: Colour,
    pub sample: Sample,
}

/// What stands before the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    Line,
    Dashes,
    Patch,
    Dot,
    /// A line through a dot.
    Joined,
    /// One that is half full.
    Circle,
    Ring,
}

/// Left end and line of an entry.
pub type Place = (f64, usize);

/// How wide the entry of `key` is if its name has `room`.
pub fn width(key: &Key, room: f64) -> f64 {
    SAMPLE + APART + text_width(&fitted(&key.name, SMALL, room), SMALL)
}

/// Places entries in lines between `left` and `right`; also the number of lines.
pub fn place(keys: &[Key], (left, right): (f64, f64), room: f64) -> (Vec<Place>, usize) {
    let (mut x, mut line) = (left, 0);
    let mut placed = Vec::new();
    for key in keys {
        let width = width(key, room);
        if x + width > right && x > left {
            (x, line) = (left, line + 1);
        }
        placed.push((x, line));
        x += width + BETWEEN;
    }
    (placed, line + 1)
}

/// The most room for a name in a legend between `left` and `right`.
pub fn name_room((left, right): (f64, f64)) -> f64 {
    right - left - SAMPLE - APART
}

/// Draws the entries; `bottom` is the middle of the last line.
pub fn draw(page: &mut Picture, keys: &[Key], places: &[Place], bottom: f64, room: f64) {
    let last = places.last().map_or(0, |place| place.1);
    for (key, &(x, line)) in keys.iter().zip(places) {
        entry(page, key, (x, bottom - (last - line) as f64 * LINE), room);
    }
}

/// Draws an entry from its left end at the middle of its height.
pub fn entry(page: &mut Picture, key: &Key, (x, y): (f64, f64), room: f64) {
    match key.sample {
        Sample::Line => page.line([(x, y), (x + SAMPLE, y)], 2.0, key.colour),
        Sample::Dashes => marks::dashes(page, (x, y), (x + SAMPLE, y), key.colour),
        Sample::Patch => page.rect((x, y - 4.0), (x + SAMPLE, y + 4.0), key.colour),
        Sample::Ring => marks::ring(page, (x + 0.5 * SAMPLE, y), key.colour),
        Sample::Circle => marks::share(page, (x + 0.5 * SAMPLE, y), 0.5, key.colour),
        Sample::Dot | Sample::Joined => {
            if key.sample == Sample::Joined {
                page.line([(x, y), (x + SAMPLE, y)], marks::CURVE, key.colour);
            }
            page.dot((x + 0.5 * SAMPLE, y), marks::DOT, key.colour);
        }
    }
    let name = fitted(&key.name, SMALL, room);
    page.text(name, (x + SAMPLE + APART, y), SMALL, Align::Left);
}
