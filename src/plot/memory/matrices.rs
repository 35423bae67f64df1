//! Couplings beside the patterns that made them.

use super::super::frame::Span;
use super::super::page::{Align, LABEL, MARGIN, RIGHT, SMALL, WIDTH, fitted};
use super::dots::{Learning, Lesson, Range, note};
use super::frame::{Appearance, Shape, Shown, cells, sized};
use super::words;
use crate::plot::picture::{Picture, Spot};

/// Most matrices of a row, and most width and height of one.
const ROW: usize = 4;
const SIDE: f64 = 210.0;
/// Between matrices, and between rows.
const GAP: f64 = 16.0;
const ROWS: f64 = 14.0;
/// Room for the names of the axes.
const NAME: f64 = 20.0;
/// Most height of the picture of a pattern, as a share of the matrix.
const PATTERN: f64 = 0.45;

/// The matrices of all lessons with one range of colours, which lies around 0, and the patterns below them.
///
/// Where all couplings are whole numbers, and few, every value has a block of the colour bar. Of more than 200 neurons a dot
/// is the mean of a block of couplings, which the picture then says.
pub fn matrices(learning: &Learning) -> Picture {
    let lessons = learning.dots();
    if lessons.is_empty() {
        return Picture::empty(&learning.title, WIDTH);
    }
    let (mut picture, mut top) = Picture::titled(&learning.title);
    let range = Range::of(&lessons);
    let map = |value: f64| range.colour(value);
    let bar = range.bar(&learning.name, &map);
    let left = MARGIN + NAME;
    let rows = lessons.len().div_ceil(ROW);
    let number = lessons.len().div_ceil(rows) as f64;
    let room = RIGHT - left - GAP - bar.room() + 10.0;
    let side = ((room - (number - 1.0) * GAP) / number).min(SIDE);
    for row in lessons.chunks(lessons.len().div_ceil(rows)) {
        let mut bottom = top;
        for (k, (lesson, dots)) in row.iter().enumerate() {
            let corner = (left + k as f64 * (side + GAP), top);
            let square = ((corner.0, top + LABEL + 8.0), side);
            dots.draw(&mut picture, square, &map);
            let end = surround(&mut picture, lesson, learning.shape, (square, k == 0));
            bottom = bottom.max(end);
        }
        let span = Span { top: top + LABEL + 8.0, bottom: top + LABEL + 8.0 + side };
        let right = left + row.len() as f64 * (side + GAP);
        bar.draw(&mut picture, right, span);
        top = bottom + ROWS;
    }
    picture.height = top - ROWS + 8.0;
    note(&mut picture, &lessons, left);
    picture
}

/// What stands around a matrix: its label, what rows and columns are, and its pattern; where that ends.
fn surround(
    picture: &mut Picture,
    lesson: &Lesson,
    shape: Shape,
    (((left, top), side), first): ((Spot, f64), bool),
) -> f64 {
    let label = fitted(&lesson.label, LABEL, side);
    let middle = left + 0.5 * side;
    picture.text(label, (middle, top - 8.0 - 0.5 * LABEL), LABEL, Align::Centre);
    names(picture, ((left, top), side), first);
    let bottom = top + side + NAME;
    let Some((label, state)) = &lesson.pattern else { return bottom };
    pattern(picture, (label, state), shape, (middle, bottom + 6.0), (side, PATTERN * side))
}

/// What the rows and columns are.
pub fn names(picture: &mut Picture, ((left, top), side): (Spot, f64), first: bool) {
    let at = (left + 0.5 * side, top + side + 0.6 * NAME);
    picture.text("j sends", at, SMALL, Align::Centre);
    if first {
        let at = (left - 0.55 * NAME, top + 0.5 * side);
        picture.text_upwards("i receives", at, SMALL);
    }
}

/// A pattern with its name above it; where it ends.
pub fn pattern(
    picture: &mut Picture,
    (label, state): (&str, &Appearance),
    shape: Shape,
    (middle, top): Spot,
    (width, height): (f64, f64),
) -> f64 {
    match state {
        Appearance::Word(word) => {
            let number = word.chars().count().max(1) as f64;
            let place = (width / number).min(14.0);
            picture.text(fitted(label, LABEL, width), (middle, top + 8.0), LABEL, Align::Centre);
            let left = middle - 0.5 * number * place;
            words::letters_of(picture, word, None, (left, top + 30.0), place);
            top + 44.0
        }
        Appearance::Neurons(_) => {
            let (cells, cell) = sized(cells(state, None, shape), (width, height));
            let own = cells.size(cell).1;
            let shown =
                Shown { label, caption: "", cells: &cells, cell, pitch: width, outline: None };
            shown.draw(picture, (middle, top), own);
            top + super::frame::ABOVE + own
        }
    }
}
