//! Energy over a plane, such as that of two overlaps or two neurons.

use super::super::axis::{Axis, round_step};
use super::super::frame::{Bottom, Left, NAME_ROOM, Span, TICK_ROOM};
use super::super::page::{Align, Colour, INK, LABEL, MARGIN, SMALL, WIDTH, text_width};
use super::cells::Cells;
use super::colours::{ABOVE, Bar, rising};
use super::contour;
use super::energy;
use crate::plot::picture::{Picture, Spot};
use ndarray::Array2;

/// Width and height of the plane, and of a cell, pixels.
const SIDE: f64 = 440.0;
const CELL: f64 = 4.0;
/// Room at its left.
const LEFT: f64 = 62.0;
const GAP: f64 = 18.0;
/// About as many lines of equal energy.
const LINES: f64 = 12.0;
const WHITE: Colour = Colour(255, 255, 255);

/// Energies on a grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surface {
    /// Stands above it; nothing if empty.
    pub title: String,
    /// Of the axes, and their ends.
    pub x: (String, f64, f64),
    pub y: (String, f64, f64),
    /// Row k holds the energies at the k-th y, from the lower end on; rows and columns are equally apart from one end to
    /// the other. NaN where there is none.
    pub energy: Array2<f64>,
    pub places: Vec<Place>,
}

/// An attractor on the plane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Stands beside it; nothing if empty.
    pub name: String,
    pub x: f64,
    pub y: f64,
}

/// Energy as colour, from dark valleys to light heights, with lines of equal energy.
pub fn surface(data: &Surface) -> Picture {
    let (low, high) = energy::ends(data.energy.iter().copied());
    let ends = |axis: &(String, f64, f64)| axis.2 > axis.1 && (axis.2 - axis.1).is_finite();
    if low > high || !ends(&data.x) || !ends(&data.y) {
        return Picture::empty(&data.title, WIDTH);
    }
    let (low, high) = if low < high { (low, high) } else { (low - 1.0, high + 1.0) };
    let (mut picture, top) = Picture::titled(&data.title);
    let colour = |value: f64| rising((value - low) / (high - low));
    let bar = Bar { low, high, name: "energy E", values: None, map: &colour };
    // In the middle of the page.
    let width = LEFT + SIDE + GAP + bar.room();
    let (left, top) = ((0.5 * (WIDTH - width)).max(MARGIN) + LEFT, top + 4.0);
    let (right, bottom) = (left + SIDE, top + SIDE);
    let x = Axis::new((data.x.1, data.x.2), (left, right));
    let y = Axis::new((data.y.1, data.y.2), (bottom, top));

    let number = (SIDE / CELL) as usize;
    let centre = |k: usize| (k as f64 + 0.5) / number as f64;
    let cell = |k: usize| {
        let at = (centre(k % number), 1.0 - centre(k / number));
        Some(colour(between(&data.energy, at)))
    };
    let colours = (0..number * number).map(cell).collect();
    let cells = Cells { columns: number, rows: number, colours, tiles: false };
    cells.draw(&mut picture, (left, top), (CELL, CELL));
    lines(&mut picture, &data.energy, (low, high), (left, top));
    axes(&mut picture, data, (x, y), (left, top));
    for place in data.places.iter().filter(|p| x.holds(p.x) && y.holds(p.y)) {
        mark(&mut picture, place, (x.at(place.x), y.at(place.y)), (right, top, bottom));
    }
    bar.draw(&mut picture, right + GAP, Span { top, bottom });
    picture.height = bottom + TICK_ROOM + NAME_ROOM + 8.0;
    picture
}

/// The energy at a place given by shares of the axes, from the four nearest of the grid.
fn between(energy: &Array2<f64>, (x, y): Spot) -> f64 {
    let split = |share: f64, number: usize| {
        let at = share * (number - 1) as f64;
        let k = (at as usize).min(number.saturating_sub(2));
        (k, (k + 1).min(number - 1), at - k as f64)
    };
    let ((left, right, across), (low, high, up)) =
        (split(x, energy.ncols()), split(y, energy.nrows()));
    let along = |row: usize| {
        // What counts nothing may be no number.
        let part = |column: usize, share: f64| {
            if share > 0.0 { share * energy[[row, column]] } else { 0.0 }
        };
        part(left, 1.0 - across) + part(right, across)
    };
    let part = |row: usize, share: f64| if share > 0.0 { share * along(row) } else { 0.0 };
    part(low, 1.0 - up) + part(high, up)
}

/// Lines of equal energy at round values.
fn lines(picture: &mut Picture, energy: &Array2<f64>, (low, high): Spot, (left, top): Spot) {
    const NODES: usize = 106;
    let share = |k: usize| k as f64 / (NODES - 1) as f64;
    let node = |k: usize| between(energy, (share(k % NODES), 1.0 - share(k / NODES)));
    let values: Vec<f64> = (0..NODES * NODES).map(node).collect();
    let (step, _) = round_step((high - low) / LINES);
    let first = (low / step).floor() as i64 + 1;
    let pitch = SIDE / (NODES - 1) as f64;
    let at = |p: Spot| (left + p.0 * pitch, top + p.1 * pitch);
    for k in (first..).take_while(|k| (*k as f64) * step < high).take(100) {
        for (a, b) in contour::pieces(&values, NODES, k as f64 * step) {
            picture.line([at(a), at(b)], 0.6, INK.tint(0.25));
        }
    }
}

fn axes(picture: &mut Picture, data: &Surface, (x, y): (Axis, Axis), (left, top): Spot) {
    let (right, bottom) = (left + SIDE, top + SIDE);
    picture.line([(left, top), (right, top), (right, bottom)], 0.7, INK);
    let (span, distance) = (Span { top, bottom }, LEFT - 8.0);
    Left { x: left, span, ticks: 6, names: &[&data.y.0], distance }.draw(picture, &y);
    let ticks = x.fitting_ticks(6, |label| text_width(label, SMALL));
    Bottom { left, right, y: bottom, ticks, words: &[], name: &data.x.0 }.draw(picture, &x);
}

/// A dot with its name on a white ground, at the side where there is room.
fn mark(picture: &mut Picture, place: &Place, (x, y): Spot, (right, top, bottom): (f64, f64, f64)) {
    for (radius, colour) in [(6.0, WHITE), (4.5, ABOVE)] {
        picture.dot((x, y), radius, colour);
    }
    if place.name.is_empty() {
        return;
    }
    let width = text_width(&place.name, LABEL);
    let y = y.clamp(top + 11.0, bottom - 11.0);
    let left = if x + 12.0 + width + 4.0 <= right { x + 12.0 } else { x - 12.0 - width };
    picture.rect((left - 3.0, y - 9.0), (left + width + 3.0, y + 9.0), WHITE);
    picture.text(&place.name, (left, y), LABEL, Align::Left);
}
