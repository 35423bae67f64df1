//! Text as glyph outlines of a font that is part of the program, so that a figure looks the same everywhere.

use ab_glyph::{Font, FontRef, OutlineCurve, Point, PxScale};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendTextStyle, FontFamily, FontTransform};
use std::convert::Infallible;
use std::sync::LazyLock;

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../../assets/DejaVuSans-subset.ttf"))
        .expect("the embedded font is valid, which a test checks")
});

/// Height of a capital letter and of a digit, in em.
const CAPITAL: f64 = 0.729;

/// How a piece of text is set; lengths in units of the backend.
#[derive(Clone)]
pub struct TextStyle {
    /// Size of the em.
    pub em: f64,
    pub color: BackendColor,
    pub anchor: Pos,
    /// Whether the text runs upwards.
    pub upwards: bool,
}

/// Length of `text` in em.
pub fn width(text: &str) -> f64 {
    glyphs(text).last().map_or(0.0, |glyph| f64::from(glyph.end) / f64::from(units_per_em()))
}

/// A letter of a line of text, in units of the font.
struct Glyph {
    letter: char,
    start: f32,
    end: f32,
}

fn units_per_em() -> f32 {
    FONT.units_per_em().unwrap_or(2048.0)
}

fn glyphs(text: &str) -> Vec<Glyph> {
    let mut pen = 0.0;
    let mut before = None;
    text.chars()
        .map(|letter| {
            let id = FONT.glyph_id(letter);
            pen += before.map_or(0.0, |b| FONT.kern_unscaled(b, id));
            before = Some(id);
            let start = pen;
            pen += FONT.h_advance_unscaled(id);
            Glyph { letter, start, end: pen }
        })
        .collect()
}

impl TextStyle {
    /// Where the text's left end of the baseline lies from the anchor, before rotation.
    fn origin(&self, text: &str) -> (f64, f64) {
        let x = match self.anchor.h_pos {
            HPos::Left => 0.0,
            HPos::Center => -0.5,
            HPos::Right => -1.0,
        };
        let y = match self.anchor.v_pos {
            VPos::Top => 1.0,
            VPos::Center => 0.5,
            VPos::Bottom => 0.0,
        };
        (x * width(text) * self.em, y * CAPITAL * self.em)
    }

    /// The outlines of `text` at `anchor` as the data of an SVG path, rounded to tenths of a unit.
    pub fn outline(&self, text: &str, anchor: BackendCoord) -> String {
        let scale = self.em / f64::from(units_per_em());
        let origin = self.origin(text);
        let mut path = String::new();
        for glyph in glyphs(text) {
            let Some(outline) = FONT.outline(FONT.glyph_id(glyph.letter)) else { continue };
            // The font's y axis points upwards, that of the page downwards.
            let place = |p: &Point| {
                let x = origin.0 + f64::from(glyph.start + p.x) * scale;
                let y = origin.1 - f64::from(p.y) * scale;
                let (x, y) = if self.upwards { (y, -x) } else { (x, y) };
                format!("{} {}", tenths(x + f64::from(anchor.0)), tenths(y + f64::from(anchor.1)))
            };
            let mut end: Option<Point> = None;
            for curve in &outline.curves {
                let (from, to) = ends(curve);
                if end != Some(from) {
                    path += &format!("M{}", place(&from));
                }
                path += &match curve {
                    OutlineCurve::Line(_, b) => format!("L{}", place(b)),
                    OutlineCurve::Quad(_, b, c) => format!("Q{} {}", place(b), place(c)),
                    OutlineCurve::Cubic(_, b, c, d) => {
                        format!("C{} {} {}", place(b), place(c), place(d))
                    }
                };
                end = Some(to);
            }
        }
        path
    }
}

fn ends(curve: &OutlineCurve) -> (Point, Point) {
    match *curve {
        OutlineCurve::Line(a, b)
        | OutlineCurve::Quad(a, _, b)
        | OutlineCurve::Cubic(a, _, _, b) => (a, b),
    }
}

/// A number with at most one decimal.
fn tenths(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    match (tenths.abs() / 10, tenths.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}"),
    }
}

/// What a backend of pixels needs; one of outlines asks [`TextStyle::outline`].
impl BackendTextStyle for TextStyle {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        self.color
    }

    fn size(&self) -> f64 {
        self.em
    }

    fn transform(&self) -> FontTransform {
        if self.upwards { FontTransform::Rotate270 } else { FontTransform::None }
    }

    fn anchor(&self) -> Pos {
        self.anchor
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::SansSerif
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        let size = (width(text) * self.em, CAPITAL * self.em);
        Ok(((0, 0), (size.0.round() as i32, size.1.round() as i32)))
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        (x, y): BackendCoord,
        mut draw: F,
    ) -> Result<Result<(), E>, Infallible> {
        let em = self.em as f32 / units_per_em();
        // ab_glyph counts the size from the ascender to the descender.
        let scale = PxScale::from(FONT.height_unscaled() * em);
        let baseline = y as f32 + (CAPITAL * self.em).round() as f32;
        for placed in glyphs(text) {
            let pen = ab_glyph::point(x as f32 + placed.start * em, baseline);
            let glyph = FONT.glyph_id(placed.letter).with_scale_and_position(scale, pen);
            let Some(outlined) = FONT.outline_glyph(glyph) else { continue };
            let corner = outlined.px_bounds().min;
            let mut result = Ok(());
            outlined.draw(|dx, dy, coverage| {
                let (x, y) = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
                if result.is_ok() && coverage > 0.0 {
                    result = draw(x, y, self.color.mix(f64::from(coverage.min(1.0))));
                }
            });
            if result.is_err() {
                return Ok(result);
            }
        }
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_the_letters_of_figures() {
        for letter in "Aaz09 .,:;()[]{}+-−=×µμθξτλ±≤≥∞äéß…–".chars() {
            assert_ne!(FONT.glyph_id(letter).0, 0, "{letter}");
        }
        assert!(width("wide") > width("thin") && width("") == 0.0);
    }

    #[test]
    fn numbers_of_outlines_have_no_noise() {
        let written = [0.0, -0.04, 3.0, -1.26, 0.1 + 0.2].map(tenths);
        assert_eq!(written, ["0", "0", "3", "-1.3", "0.3"]);
    }
}
