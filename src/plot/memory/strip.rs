//! Recall as a strip of frames.

use super::super::legend::{self, Key, Sample};
use super::super::page::{GREY, MARGIN, RIGHT, SMALL, UNITS, WIDTH};
use super::colours::{RIGHT as TARGET, WRONG_OFF, WRONG_ON};
use super::frame::{ABOVE, BELOW, Frame, Recall, Shown, cells, sized};
use super::words;
use crate::plot::picture::Picture;

/// Most frames of a row; of many frames; and how many are many.
const FEW: usize = 7;
const MORE: usize = 10;
const MANY: usize = 14;
/// Most width and height of a picture.
const SIDE: f64 = 150.0;
/// Between pictures, between rows, and before the target.
const GAP: f64 = 14.0;
const ROWS: f64 = 12.0;
const APART: f64 = 26.0;

/// The frames of a recall side by side, in several rows if they are many, and the target after them.
///
/// States that are words stand one below another, so that letters can be compared.
pub fn strip(recall: &Recall) -> Picture {
    let all = || recall.frames.iter().chain(&recall.target);
    if all().all(|frame| frame.state.is_empty()) {
        return Picture::empty(&recall.title, WIDTH);
    }
    if all().any(|frame| frame.state.is_word()) {
        return words::list(recall);
    }
    let (mut picture, top) = Picture::titled(&recall.title);
    let number = all().count();
    let rows = number.div_ceil(if number > MANY { MORE } else { FEW });
    let row = number.div_ceil(rows);
    let apart = if recall.target.is_some() && !recall.frames.is_empty() { APART } else { 0.0 };
    let pitch = ((RIGHT - MARGIN + GAP - apart) / row as f64).min(SIDE + GAP);
    let side = pitch - GAP;
    let shown: Vec<(&Frame, _)> = all()
        .map(|frame| {
            let target = recall.compared().filter(|_| !is_target(recall, frame));
            (frame, sized(cells(&frame.state, target, recall.shape), (side, 1.4 * side)))
        })
        .collect();
    let height = shown.iter().map(|(_, (cells, cell))| cells.size(*cell).1).fold(0.0, f64::max);
    // Whole pixels, so that all rows are drawn alike.
    let height = (height * UNITS).round() / UNITS;
    let down = (ABOVE + height + BELOW + ROWS).ceil();
    for (k, (frame, (cells, cell))) in shown.iter().enumerate() {
        let target = is_target(recall, frame);
        let left = MARGIN - 0.5 * GAP + (k % row) as f64 * pitch + if target { apart } else { 0.0 };
        let at = (left + 0.5 * pitch, top + (k / row) as f64 * down);
        if target && apart > 0.0 && k % row > 0 {
            let x = left - 0.5 * apart;
            picture.line([(x, at.1 + ABOVE), (x, at.1 + ABOVE + height)], 1.0, GREY.tint(0.4));
        }
        let outline = target.then_some(TARGET);
        let (label, caption) = (&frame.label, &frame.caption);
        Shown { label, caption, cells, cell: *cell, pitch, outline }.draw(&mut picture, at, height);
    }
    picture.height = top + rows as f64 * down;
    if recall.compared().is_some() {
        legend(&mut picture, "target");
    }
    picture
}

fn is_target(recall: &Recall, frame: &Frame) -> bool {
    recall.target.as_ref().is_some_and(|target| std::ptr::eq(target, frame))
}

/// Below the picture, what the colours mean of neurons that differ from `what`.
pub fn legend(picture: &mut Picture, what: &str) {
    let y = picture.height + 8.0;
    let keys = [
        (WRONG_ON, format!("on, but off in the {what}")),
        (WRONG_OFF, format!("off, but on in the {what}")),
    ];
    let room = 0.5 * (picture.width - 2.0 * MARGIN) - 30.0;
    let mut x = MARGIN + 2.0;
    for (colour, name) in keys {
        let width = super::super::page::text_width(&name, SMALL);
        let key = Key { name, colour, sample: Sample::Patch };
        legend::entry(picture, &key, (x, y), room);
        x += 16.0 + 5.0 + width.min(room) + 18.0;
    }
    picture.height += 24.0;
}
