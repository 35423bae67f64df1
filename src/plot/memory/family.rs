//! Spurious states beside the memories that they mix.

use super::super::page::{Align, GREY, LABEL, MARGIN, RIGHT, SMALL, WIDTH, fitted};
use super::colours::{ABOVE as POSITIVE, BELOW as NEGATIVE};
use super::frame::{ABOVE, Appearance, Frame, Shape, Shown, cells, sized};
use super::signed;
use super::strip;
use crate::plot::picture::{Picture, Spot};

/// Most parents of a row, and most width and height of a picture.
const ROW: usize = 6;
const SIDE: f64 = 130.0;
const GAP: f64 = 16.0;
/// Between the state and its parents, and between rows.
const APART: f64 = 30.0;
const ROWS: f64 = 14.0;
/// Below a picture: the bar of the overlap, and the words.
const BAR: f64 = 6.0;
const BELOW: f64 = 44.0;

/// A state that is no memory, and those it has in common with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mixture {
    /// `spurious state`, with `E = -276` below it.
    pub frame: Frame,
    pub parents: Vec<Parent>,
}

/// A memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parent {
    pub label: String,
    pub state: Appearance,
    /// The overlap of the mixture with it, in [-1, 1].
    pub overlap: f64,
}

/// Every mixture at the left of its parents; in these, neurons that differ from the mixture are orange.
pub fn family(title: &str, mixtures: &[Mixture], shape: Shape) -> Picture {
    let mixtures: Vec<&Mixture> = mixtures.iter().filter(|m| !m.frame.state.is_empty()).collect();
    let most = mixtures.iter().map(|m| m.parents.len()).max().unwrap_or(0);
    if mixtures.is_empty() {
        return Picture::empty(title, WIDTH);
    }
    let (mut picture, mut top) = Picture::titled(title);
    let row = most.clamp(1, ROW);
    let pitch = ((RIGHT - MARGIN - APART + 2.0 * GAP) / (row + 1) as f64).min(SIDE + GAP);
    for mixture in mixtures {
        top = draw(&mut picture, mixture, shape, (top, pitch)) + ROWS;
    }
    picture.height = top - ROWS + 10.0;
    if most > 0 {
        strip::legend(&mut picture, "mixture");
    }
    picture
}

/// From `top` on; returns where it ends.
fn draw(picture: &mut Picture, mixture: &Mixture, shape: Shape, (top, pitch): (f64, f64)) -> f64 {
    let side = pitch - GAP;
    let room = (side, 1.4 * side);
    let state = &mixture.frame.state;
    let (own, cell) = sized(cells(state, None, shape), room);
    let height = own.size(cell).1;
    let Frame { label, caption, .. } = &mixture.frame;
    let middle = MARGIN + 0.5 * side;
    Shown { label, caption, cells: &own, cell, pitch, outline: None }.draw(
        picture,
        (middle, top),
        height,
    );
    let x = MARGIN + side + 0.5 * APART;
    if !mixture.parents.is_empty() {
        picture.line([(x, top + ABOVE), (x, top + ABOVE + height)], 1.0, GREY.tint(0.4));
    }
    let down = ABOVE + height + BELOW;
    for (k, parent) in mixture.parents.iter().enumerate() {
        let at = (
            MARGIN + side + APART + (k % ROW) as f64 * pitch + 0.5 * side,
            top + (k / ROW) as f64 * (down + ROWS),
        );
        let (cells, cell) = sized(cells(&parent.state, Some(state), shape), room);
        let label = &parent.label;
        let shown = Shown { label, caption: "", cells: &cells, cell, pitch, outline: None };
        shown.draw(picture, at, height);
        overlap(picture, parent, state, (at.0, at.1 + ABOVE + height), side);
    }
    top + down + mixture.parents.len().saturating_sub(1).div_euclid(ROW) as f64 * (down + ROWS)
}

/// The overlap as a bar from the middle, and as a number.
fn overlap(
    picture: &mut Picture,
    parent: &Parent,
    state: &Appearance,
    (middle, bottom): Spot,
    width: f64,
) {
    let top = bottom + 9.0;
    bar(picture, (middle, top), (width, BAR), parent.overlap);
    let text = format!("m = {}", signed(parent.overlap));
    picture.text(text, (middle, top + BAR + 10.0), LABEL, Align::Centre);
    let number = parent.state.errors(state);
    let verb = if number == 1 { "differs" } else { "differ" };
    let text = fitted(&format!("{number} {verb}"), SMALL, width + GAP - 4.0);
    picture.text(text, (middle, top + BAR + 25.0), SMALL, Align::Centre);
}

/// A bar of `size` from -1 to 1, its middle at `middle`, filled from 0 to `value`.
pub fn bar(picture: &mut Picture, (middle, top): Spot, (width, height): (f64, f64), value: f64) {
    let half = 0.5 * width;
    picture.rect((middle - half, top), (middle + half, top + height), GREY.tint(0.8));
    if value.is_finite() {
        let end = middle + half * value.clamp(-1.0, 1.0);
        let colour = if value < 0.0 { NEGATIVE } else { POSITIVE };
        picture.rect((middle.min(end), top), (middle.max(end), top + height), colour);
    }
    let zero = [(middle, top - 2.0), (middle, top + height + 2.0)];
    picture.line(zero, 1.0, GREY.shade(0.3));
}
