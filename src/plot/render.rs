//! From a picture to a backend of any format.

use super::font::TextStyle;
use super::page::{Align, Colour, UNITS};
use super::picture::{Item, Picture};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};

/// Opacity of a wash.
const WASH: f64 = 0.25;

/// A line's colour and width.
struct Stroke(Colour, f64);

impl BackendStyle for Stroke {
    fn color(&self) -> BackendColor {
        opaque(self.0)
    }

    fn stroke_width(&self) -> u32 {
        ((self.1 * UNITS).round() as u32).max(1)
    }
}

fn opaque(colour: Colour) -> BackendColor {
    BackendColor { alpha: 1.0, rgb: (colour.0, colour.1, colour.2) }
}

/// Draws the items of a picture on a backend.
pub fn draw<B: DrawingBackend>(
    picture: &Picture,
    backend: &mut B,
) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    picture.items.iter().try_for_each(|item| match item {
        Item::Rect { from, to, colour } => {
            // At least one unit either way.
            let (from, to) = (units(*from), units(*to));
            let to = (to.0.max(from.0 + 1), to.1.max(from.1 + 1));
            backend.draw_rect(from, to, &opaque(*colour), true)
        }
        Item::Line { points, width, colour } => {
            backend.draw_path(points.iter().copied().map(units), &Stroke(*colour, *width))
        }
        Item::Polygon { corners, colour, wash } => {
            let alpha = if *wash { WASH } else { 1.0 };
            let colour = BackendColor { alpha, ..opaque(*colour) };
            backend.fill_polygon(corners.iter().copied().map(units), &colour)
        }
        Item::Dot { at, radius, colour } => {
            let radius = (radius * UNITS).round() as u32;
            backend.draw_circle(units(*at), radius, &opaque(*colour), true)
        }
        Item::Text { text, at, size, align, colour, upwards } => {
            let h_pos = match align {
                Align::Left => HPos::Left,
                Align::Centre => HPos::Center,
                Align::Right => HPos::Right,
            };
            let anchor = Pos::new(h_pos, VPos::Center);
            let (em, color, upwards) = (size * UNITS, opaque(*colour), *upwards);
            backend.draw_text(text, &TextStyle { em, color, anchor, upwards }, units(*at))
        }
    })
}

/// Size of a picture in units of the backends: multiples of those to a pixel.
pub fn size(picture: &Picture) -> (u32, u32) {
    let (w, h) = units((picture.width.ceil(), picture.height.ceil()));
    (w as u32, h as u32)
}

fn units((x, y): (f64, f64)) -> BackendCoord {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}
