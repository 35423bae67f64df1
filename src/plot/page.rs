//! The page: lengths in pixels of a figure 800 pixels wide, which is 17 cm in print; colours; text.

use super::font;

/// Width of every figure, pixels.
pub const WIDTH: f64 = 800.0;
/// Width of every figure in print, mm.
pub const WIDTH_MM: f64 = 170.0;
/// Units of the backends to a pixel; the file of a bitmap has half as many.
pub const UNITS: f64 = 6.0;

/// Sizes of text.
pub const TITLE: f64 = 13.5;
pub const LABEL: f64 = 12.0;
pub const SMALL: f64 = 11.0;

/// Right end of the panels: half a tick label of the axis below fits beside it.
pub const RIGHT: f64 = WIDTH - 22.0;
/// Room above, below and at the left.
pub const MARGIN: f64 = 12.0;

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// Of text and axes.
pub const INK: Colour = Colour(38, 38, 38);
/// Of what is there for comparison.
pub const GREY: Colour = Colour(128, 128, 128);
/// Of the patterns: Okabe and Ito's, which the colour-blind can tell apart, without yellow.
pub const PATTERNS: [Colour; 6] = [
    Colour(0, 114, 178),
    Colour(213, 94, 0),
    Colour(0, 158, 115),
    Colour(204, 121, 167),
    Colour(230, 159, 0),
    Colour(86, 180, 233),
];
/// Of the populations: dark ones of Tol's, none of them a pattern's.
const POPULATIONS: [Colour; 8] = [
    INK,
    Colour(136, 34, 85),
    Colour(153, 153, 51),
    Colour(51, 34, 136),
    Colour(68, 170, 153),
    Colour(17, 119, 51),
    Colour(170, 68, 153),
    Colour(204, 102, 119),
];

/// The colour of population `k`.
pub fn population(k: usize) -> Colour {
    POPULATIONS[k % POPULATIONS.len()]
}

impl Colour {
    /// The colour with a share of `white` mixed in.
    pub fn tint(self, white: f64) -> Self {
        self.mix(255.0, white)
    }

    /// The colour with a share of `black` mixed in.
    pub fn shade(self, black: f64) -> Self {
        self.mix(0.0, black)
    }

    /// From light to dark: member `k` of `number`.
    pub fn ramp(self, k: usize, number: usize) -> Self {
        let share = if number > 1 { k as f64 / (number - 1) as f64 } else { 0.5 };
        if share < 0.5 {
            self.tint(0.65 * (1.0 - 2.0 * share))
        } else {
            self.shade(1.1 * (share - 0.5))
        }
    }

    fn mix(self, other: f64, share: f64) -> Self {
        let mix = |c: u8| (f64::from(c) * (1.0 - share) + other * share).round() as u8;
        Self(mix(self.0), mix(self.1), mix(self.2))
    }
}

/// Which point of a text stands where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

/// Length of `text` in pixels.
pub fn text_width(text: &str, size: f64) -> f64 {
    font::width(text) * size
}

/// `text`, cut short with an ellipsis where it would be longer than `room` pixels.
pub fn fitted(text: &str, size: f64, room: f64) -> String {
    if text_width(text, size) <= room {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(k, _)| k).collect();
    let cut = |end: usize| text[..end].trim_end().to_owned() + "…";
    let fits = |end: &usize| text_width(&cut(*end), size) <= room;
    let most = ends.partition_point(fits);
    cut(ends.get(most.saturating_sub(1)).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_too_long_is_cut_short() {
        assert_eq!(fitted("short", 10.0, 100.0), "short");
        let cut = fitted("a name that nobody would choose", 10.0, 100.0);
        assert!(cut.ends_with('…') && text_width(&cut, 10.0) <= 100.0 && cut.len() > 10, "{cut}");
        let next = "a name that nobody would choose"[..cut.len() - "…".len() + 1].to_owned() + "…";
        assert!(text_width(&next, 10.0) > 100.0, "{next}");
        for (text, room) in [("", -1.0), ("wide", 0.0), ("  wide", 12.0)] {
            assert_eq!(fitted(text, 10.0, room), "…");
        }
    }
}
