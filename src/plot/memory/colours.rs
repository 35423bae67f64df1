//! Colour maps that the colour-blind can read, and their bars.

use super::super::axis::Axis;
use super::super::frame::{Span, tick_room};
use super::super::page::{Align, Colour, INK, PATTERNS, SMALL};
use crate::plot::picture::Picture;

/// Of neurons that are on, off, and of values that are missing.
pub const ON: Colour = INK;
pub const OFF: Colour = Colour(240, 240, 240);
pub const MISSING: Colour = Colour(200, 200, 200);
/// Of values below and above 0 at the ends of their range.
pub const BELOW: Colour = Colour(0, 90, 160);
pub const ABOVE: Colour = Colour(205, 85, 0);
/// Of a neuron that differs from the target: on, and off.
pub const WRONG_ON: Colour = Colour(190, 80, 0);
pub const WRONG_OFF: Colour = Colour(246, 198, 160);
/// Of the target, and of what is good.
pub const RIGHT: Colour = PATTERNS[0];
/// Shades of a map.
const SHADES: f64 = 32.0;
/// Width of a bar; from it to the middle of its name beyond the ticks.
const BAR: f64 = 12.0;
const NAME: f64 = 14.0;
const TICK: f64 = 4.0;
/// Most whole values that are blocks of a bar.
const BLOCKS: usize = 13;

fn between(a: Colour, b: Colour, share: f64) -> Colour {
    let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
    Colour(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Of activity from -1 (off) to 1 (on).
pub fn activity(value: f64) -> Colour {
    if !value.is_finite() {
        return MISSING;
    }
    let share = (0.5 * (value + 1.0)).clamp(0.0, 1.0);
    between(OFF, ON, (share * SHADES).round() / SHADES)
}

/// From blue through white at 0 to orange; `share` of the range from -1 to 1.
pub fn diverging(share: f64) -> Colour {
    if !share.is_finite() {
        return MISSING;
    }
    let share = (share.clamp(-1.0, 1.0) * SHADES).round() / SHADES;
    let end = if share < 0.0 { BELOW } else { ABOVE };
    between(Colour(255, 255, 255), end, share.abs())
}

/// From dark blue at 0 to a light yellow at 1.
pub fn rising(share: f64) -> Colour {
    if !share.is_finite() {
        return MISSING;
    }
    const STOPS: [Colour; 5] = [
        Colour(20, 66, 128),
        Colour(58, 126, 180),
        Colour(132, 183, 213),
        Colour(202, 224, 228),
        Colour(253, 249, 232),
    ];
    let at = (share.clamp(0.0, 1.0) * 2.0 * SHADES).round() / (2.0 * SHADES) * 4.0;
    let k = (at as usize).min(3);
    between(STOPS[k], STOPS[k + 1], at - k as f64)
}

/// The colours of a bar beside a picture, and where its ticks are.
pub struct Bar<'a> {
    pub low: f64,
    pub high: f64,
    pub name: &'a str,
    /// Whole values, if there are few: each has a block.
    pub values: Option<Vec<f64>>,
    /// From a value to its colour.
    pub map: &'a dyn Fn(f64) -> Colour,
}

impl Bar<'_> {
    pub fn draw(&self, picture: &mut Picture, left: f64, span: Span) {
        let right = left + BAR;
        let height = span.bottom - span.top;
        let colours: Vec<Colour> = match &self.values {
            Some(values) => values.iter().rev().map(|&v| (self.map)(v)).collect(),
            None => {
                let steps = height.round().max(1.0);
                let value = |k: f64| self.high - (k + 0.5) / steps * (self.high - self.low);
                (0..steps as usize).map(|k| (self.map)(value(k as f64))).collect()
            }
        };
        let pitch = height / colours.len() as f64;
        for (k, &colour) in colours.iter().enumerate() {
            let top = span.top + k as f64 * pitch;
            picture.rect((left, top), (right, top + pitch), colour);
        }
        picture.outline((left, span.top), (right, span.bottom), 0.7, INK);
        let axis = Axis::new((self.low, self.high), (span.bottom, span.top));
        let ticks: Vec<(f64, String)> = match &self.values {
            Some(values) => {
                let number = values.len();
                let y = |k: usize| span.top + ((number - 1 - k) as f64 + 0.5) * pitch;
                values.iter().enumerate().map(|(k, &v)| (y(k), whole(v))).collect()
            }
            None => axis.ticks(ticks(height)),
        };
        for (y, text) in ticks {
            picture.line([(right, y), (right + TICK, y)], 1.0, INK);
            picture.text(text, (right + TICK + 3.0, y), SMALL, Align::Left);
        }
        let at = (left + self.room() - 0.5 * NAME, span.middle());
        picture.text_upwards(self.name, at, SMALL);
    }

    /// Width with ticks and name.
    pub fn room(&self) -> f64 {
        let labels = match &self.values {
            Some(values) => values.iter().fold(0.0f64, |most, &v| most.max(width(&whole(v)))),
            // The axis has room between its ticks and labels of its own.
            None => tick_room(&Axis::new((self.low, self.high), (200.0, 0.0)), ticks(200.0)) - 8.0,
        };
        BAR + TICK + 3.0 + labels + 6.0 + NAME
    }
}

fn ticks(height: f64) -> usize {
    ((height / 30.0) as usize).clamp(2, 8)
}

fn width(text: &str) -> f64 {
    super::super::page::text_width(text, SMALL)
}

/// A whole number with the sign of print.
fn whole(value: f64) -> String {
    if value < 0.0 { format!("−{:.0}", -value) } else { format!("{value:.0}") }
}

/// The different values, ascending, if all are whole and few enough for a block each.
pub fn whole_values<'a>(values: impl Iterator<Item = &'a f64>) -> Option<Vec<f64>> {
    let mut found: Vec<f64> = Vec::new();
    for &value in values.filter(|v| v.is_finite()) {
        // -0 and 0 are one.
        let value = value + 0.0;
        if value.fract() != 0.0 {
            return None;
        }
        if let Err(place) = found.binary_search_by(|v| v.total_cmp(&value)) {
            if found.len() == BLOCKS {
                return None;
            }
            found.insert(place, value);
        }
    }
    (!found.is_empty()).then_some(found)
}
