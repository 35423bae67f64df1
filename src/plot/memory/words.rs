//! Recall of words: frames one below another.

use super::super::page::{
    Align, Colour, GREY, INK, LABEL, MARGIN, RIGHT, SMALL, fitted, text_width,
};
use super::colours::{WRONG_OFF, WRONG_ON};
use super::frame::{Appearance, Frame, Recall, cells, sized};
use crate::plot::picture::{Picture, Spot};

/// Height of a frame, and before the target.
const LINE: f64 = 22.0;
const APART: f64 = 8.0;
/// Most width of a letter's place, and of the words beside a frame.
const LETTER: f64 = 14.0;
const LABELS: f64 = 170.0;
/// Between the columns.
const GAP: f64 = 14.0;
/// Width of a frame without letters.
const NEURONS: f64 = 300.0;

/// The label of every frame, its letters, and its caption. A letter that differs from the target's is orange.
pub fn list(recall: &Recall) -> Picture {
    let (mut picture, top) = Picture::titled(&recall.title);
    let all = || recall.frames.iter().chain(&recall.target);
    let widest = |text: fn(&Frame) -> &str, size: f64| {
        let widths = all().map(|frame| text_width(text(frame), size));
        widths.fold(0.0, f64::max).min(LABELS)
    };
    let labels = widest(|f| &f.label, LABEL);
    let captions = widest(|f| &f.caption, SMALL);
    let left = MARGIN + if labels > 0.0 { labels + GAP } else { 0.0 };
    let room = RIGHT - left - if captions > 0.0 { captions + GAP } else { 0.0 };
    let letters = all().map(|frame| letters(&frame.state)).max().unwrap_or(0).max(1);
    let place = (room / letters as f64).min(LETTER);
    let width = all().map(|f| if f.state.is_word() { letters as f64 * place } else { NEURONS });
    let width = width.fold(0.0, f64::max).min(room);

    let mut y = top + 0.5 * LINE;
    for frame in &recall.frames {
        draw(&mut picture, frame, recall.compared(), (left, y), (place, width));
        label(&mut picture, frame, (left + width + GAP, y), labels);
        y += LINE;
    }
    if let Some(target) = &recall.target {
        if !recall.frames.is_empty() {
            let line = y - 0.5 * LINE + 0.5 * APART;
            picture.line([(MARGIN, line), (left + width, line)], 1.0, GREY.tint(0.4));
            y += APART;
        }
        draw(&mut picture, target, None, (left, y), (place, width));
        label(&mut picture, target, (left + width + GAP, y), labels);
        y += LINE;
    }
    picture.height = y - 0.5 * LINE + MARGIN;
    picture
}

fn letters(state: &Appearance) -> usize {
    match state {
        Appearance::Word(word) => word.chars().count(),
        Appearance::Neurons(_) => 0,
    }
}

fn label(picture: &mut Picture, frame: &Frame, (right, y): Spot, room: f64) {
    let text = fitted(&frame.label, LABEL, room);
    picture.text(text, (MARGIN, y), LABEL, Align::Left);
    let text = fitted(&frame.caption, SMALL, LABELS);
    picture.text(text, (right, y), SMALL, Align::Left);
}

fn draw(
    picture: &mut Picture,
    frame: &Frame,
    target: Option<&Appearance>,
    (left, y): Spot,
    (place, width): (f64, f64),
) {
    match &frame.state {
        Appearance::Word(word) => letters_of(picture, word, target, (left, y), place),
        Appearance::Neurons(values) => {
            // Among words, neurons have a row of their own.
            let shape = super::Shape::Grid { columns: values.len(), rows: 1 };
            let (cells, cell) = sized(cells(&frame.state, target, shape), (width, LINE - 6.0));
            let cell = (cell.0, LINE - 6.0);
            cells.draw(picture, (left, y - 0.5 * cell.1), cell);
        }
    }
}

/// The letters of a word in places of equal width from `left` on.
pub fn letters_of(
    picture: &mut Picture,
    word: &str,
    target: Option<&Appearance>,
    (left, y): Spot,
    place: f64,
) {
    let target: Option<Vec<char>> = match target {
        Some(Appearance::Word(target)) => Some(target.chars().collect()),
        _ => None,
    };
    // A capital W is about as wide as its size.
    let size = place.min(16.0);
    let high = 0.56 * size + 1.5;
    for (k, letter) in word.chars().enumerate() {
        let (from, to) = (left + k as f64 * place, left + (k + 1) as f64 * place);
        let wrong = target.as_ref().is_some_and(|t| t.get(k) != Some(&letter));
        if wrong {
            picture.rect((from + 0.5, y - high), (to - 0.5, y + high), WRONG_OFF.tint(0.3));
        }
        let colour: Colour = if wrong { WRONG_ON } else { INK };
        let at = (0.5 * (from + to), y);
        picture.text_in(letter.to_string().trim(), at, size, Align::Centre, colour);
    }
}
