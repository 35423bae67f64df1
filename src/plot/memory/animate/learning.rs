//! The couplings while patterns are learned one after another.

use super::super::super::frame::Span;
use super::super::super::page::{Align, LABEL, MARGIN, fitted};
use super::super::dots::{Dots, Learning, Lesson, Range, note};
use super::super::matrices::{names, pattern};
use super::Animation;
use crate::plot::picture::Picture;

/// Width and height of the matrix, and most of a pattern.
const SIDE: f64 = 250.0;
const PATTERN: f64 = 104.0;
/// Room for the name of the rows, and between the parts.
const NAME: f64 = 20.0;
const GAP: f64 = 14.0;

/// The matrices of all lessons one after another, each beside its pattern, in the colours of
/// [`matrices`](super::super::matrices()).
pub fn learning(learning: &Learning) -> Animation {
    let lessons = learning.dots();
    let range = Range::of(&lessons);
    let pages = lessons.iter().map(|lesson| page(learning, lesson, &range)).collect();
    Animation::new(pages, &learning.title)
}

fn page(learning: &Learning, shown: &(&Lesson, Dots), range: &Range) -> Picture {
    let (lesson, dots) = shown;
    let (mut picture, top) = Picture::with_width(&learning.title, Animation::WIDTH);
    let map = |value: f64| range.colour(value);
    let corner = (MARGIN + NAME, top + LABEL + 10.0);
    let label = fitted(&lesson.label, LABEL, SIDE);
    let at = (corner.0 + 0.5 * SIDE, top + 0.5 * LABEL);
    picture.text(label, at, LABEL, Align::Centre);
    dots.draw(&mut picture, (corner, SIDE), &map);
    names(&mut picture, (corner, SIDE), true);
    let right = corner.0 + SIDE;
    let bar = range.bar(&learning.name, &map);
    bar.draw(&mut picture, right + GAP, Span { top: corner.1, bottom: corner.1 + SIDE });
    if let Some((label, state)) = &lesson.pattern {
        let left = right + GAP + bar.room() + 6.0;
        let room = (Animation::WIDTH - MARGIN - left).clamp(20.0, PATTERN);
        let middle = 0.5 * (left + Animation::WIDTH - MARGIN);
        pattern(&mut picture, (label, state), learning.shape, (middle, corner.1), (room, SIDE));
    }
    picture.height = corner.1 + SIDE + NAME + 10.0;
    note(&mut picture, std::slice::from_ref(shown), corner.0);
    picture
}
