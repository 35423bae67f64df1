//! A recall, frame by frame, beside its overlaps.

use super::super::super::page::{
    Align, Colour, GREY, INK, LABEL, MARGIN, SMALL, fitted, text_width,
};
use super::super::colours::{OFF, RIGHT as TARGET};
use super::super::frame::{ABOVE, Appearance, BELOW, Frame, Recall, Shown, cells, sized};
use super::super::strip;
use super::super::{signed, words};
use super::Animation;
use crate::plot::picture::{Picture, Spot};

/// Most width and height of the picture beside the bars, and without them.
const SIDE: f64 = 250.0;
const ALONE: f64 = 320.0;
/// Most bars, the height of one with its gap, and from the picture to them.
const BARS: usize = 10;
const BAR: f64 = 22.0;
const GAP: f64 = 24.0;
/// Most room for a name, and room for a number, beside a bar.
const NAME: f64 = 100.0;
const NUMBER: f64 = 40.0;
const APART: f64 = 8.0;
/// Height of a word with its label and caption.
const WORD: f64 = 96.0;

/// Overlaps of every frame with memories.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryOverlaps {
    /// Of the memories.
    pub names: Vec<String>,
    /// Which of them is the target.
    pub target: Option<usize>,
    /// For every frame, the overlap with every memory, in [-1, 1].
    pub frames: Vec<Vec<f64>>,
}

impl MemoryOverlaps {
    /// The memories that are shown: of many, the target and those that come nearest in any frame.
    fn shown(&self) -> Vec<usize> {
        let most = |k: usize| {
            let all = self.frames.iter().filter_map(|frame| frame.get(k));
            all.filter(|m| m.is_finite()).fold(0.0f64, |most, m| most.max(m.abs()))
        };
        let mut memories: Vec<usize> = (0..self.names.len()).collect();
        memories.sort_by(|&a, &b| {
            let first = |k: usize| self.target != Some(k);
            first(a).cmp(&first(b)).then(most(b).total_cmp(&most(a))).then(a.cmp(&b))
        });
        memories.truncate(BARS);
        memories.sort_unstable();
        memories
    }
}

/// The frames of a recall one after another, beside bars of the overlaps (none if there are no names).
///
/// The target is not shown, but neurons that differ from it are orange if the recall is marked.
pub fn recall(recall: &Recall, overlaps: &MemoryOverlaps) -> Animation {
    let shown = overlaps.shown();
    let frames = recall.frames.iter().enumerate().filter(|(_, f)| !f.state.is_empty());
    let pages = frames.map(|(k, frame)| page(recall, frame, (overlaps, &shown, k))).collect();
    Animation::new(pages, &recall.title)
}

type Bars<'a> = (&'a MemoryOverlaps, &'a [usize], usize);

fn page(recall: &Recall, frame: &Frame, bars: Bars) -> Picture {
    let (mut picture, top) = Picture::with_width(&recall.title, Animation::WIDTH);
    let many = bars.1.len() as f64;
    if let Appearance::Word(word) = &frame.state {
        let (middle, y) = (0.5 * Animation::WIDTH, top + 8.0);
        picture.text(&frame.label, (middle, y), LABEL, Align::Centre);
        let number = word.chars().count() as f64;
        let place = ((Animation::WIDTH - 2.0 * MARGIN) / number).min(24.0);
        let at = (middle - 0.5 * number * place, y + 28.0);
        words::letters_of(&mut picture, word, recall.compared(), at, place);
        picture.text(&frame.caption, (middle, y + 56.0), SMALL, Align::Centre);
        draw_bars(&mut picture, bars, (MARGIN, Animation::WIDTH - MARGIN), top + WORD);
        picture.height = top + WORD + many * BAR + MARGIN;
        return picture;
    }
    let side = if many > 0.0 { SIDE } else { ALONE };
    let (cells, cell) = sized(cells(&frame.state, recall.compared(), recall.shape), (side, side));
    let own = cells.size(cell);
    // Bars have a place that is as high.
    let height = own.1.max(many * BAR);
    let middle = if many > 0.0 { MARGIN + 0.5 * side } else { 0.5 * Animation::WIDTH };
    let (label, caption) = (&frame.label, &frame.caption);
    Shown { label, caption, cells: &cells, cell, pitch: side, outline: None }.draw(
        &mut picture,
        (middle, top),
        height,
    );
    let first = top + ABOVE + 0.5 * (height - many * BAR);
    draw_bars(&mut picture, bars, (MARGIN + side + GAP, Animation::WIDTH - MARGIN), first);
    picture.height = top + ABOVE + height + BELOW + 8.0;
    if recall.compared().is_some() {
        strip::legend(&mut picture, "target");
    }
    picture
}

/// Bars from `top` on, one below another: name, bar from -1 to 1, number.
fn draw_bars(
    picture: &mut Picture,
    (overlaps, shown, frame): Bars,
    (left, right): (f64, f64),
    top: f64,
) {
    if shown.is_empty() {
        return;
    }
    let names = shown.iter().map(|&k| text_width(&overlaps.names[k], LABEL));
    let (from, to) = (left + names.fold(0.0, f64::max).min(NAME) + APART, right - NUMBER);
    let middle = 0.5 * (from + to);
    for (line, &k) in shown.iter().enumerate() {
        let y = top + (line as f64 + 0.5) * BAR;
        let target = overlaps.target == Some(k);
        let (colour, ink) = if target { (TARGET, TARGET.shade(0.2)) } else { (GREY, INK) };
        let name = fitted(&overlaps.names[k], LABEL, NAME);
        picture.text_in(name, (from - APART, y), LABEL, Align::Right, ink);
        let overlap = overlaps.frames.get(frame).and_then(|f| f.get(k)).copied();
        let overlap = overlap.unwrap_or(f64::NAN);
        bar(picture, (from, to), y, overlap, colour);
        picture.text(signed(overlap), (right, y), SMALL, Align::Right);
    }
    let bottom = top + shown.len() as f64 * BAR;
    picture.line([(middle, top), (middle, bottom)], 1.0, INK);
    picture.text("overlap m", (middle, top - 9.0), SMALL, Align::Centre);
}

fn bar(picture: &mut Picture, (from, to): Spot, y: f64, value: f64, colour: Colour) {
    let (top, bottom) = (y - 0.3 * BAR, y + 0.3 * BAR);
    picture.rect((from, top), (to, bottom), OFF);
    if value.is_finite() {
        let middle = 0.5 * (from + to);
        let end = middle + 0.5 * (to - from) * value.clamp(-1.0, 1.0);
        picture.rect((middle.min(end), top), (middle.max(end), bottom), colour);
    }
}
