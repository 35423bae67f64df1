//! Couplings as dots of a colour: one for each, or for a block of them where they are many.

use super::super::page::{Align, Colour, INK, SMALL};
use super::cells::{Cells, block_means};
use super::colours::{Bar, diverging, whole_values};
use super::frame::{Appearance, Shape};
use crate::plot::picture::{Picture, Spot};
use ndarray::Array2;

/// Most dots in a row: less than a pixel of the page for each, but two of a bitmap.
const MOST: usize = 200;

/// Couplings while patterns are learned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learning {
    /// Stands above it; nothing if empty.
    pub title: String,
    /// Of what the matrices hold: `coupling J`, or `coupling J (1/N)` if they are given times N.
    pub name: String,
    pub lessons: Vec<Lesson>,
    /// Of the patterns.
    pub shape: Shape,
}

/// The couplings at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// `1 pattern`, `2 patterns`.
    pub label: String,
    /// Row i receives, column j sends; NaN where there is no coupling.
    pub couplings: Array2<f64>,
    /// The pattern learned last, with its name.
    pub pattern: Option<(String, Appearance)>,
}

/// The dots of a matrix.
pub struct Dots {
    /// NaN where there is no coupling.
    values: Vec<f64>,
    columns: usize,
    /// Couplings to the side of a dot.
    block: usize,
}

impl Dots {
    fn of(couplings: &Array2<f64>) -> Self {
        let values: Vec<f64> = couplings.iter().copied().collect();
        let (values, columns, block) = block_means(&values, couplings.ncols(), MOST);
        Self { values, columns, block }
    }

    /// Draws them in a square of `side`.
    pub fn draw(
        &self,
        picture: &mut Picture,
        ((left, top), side): (Spot, f64),
        map: &dyn Fn(f64) -> Colour,
    ) {
        let (columns, rows) = (self.columns, self.values.len() / self.columns.max(1));
        let colours = self.values.iter().map(|&value| Some(map(value))).collect();
        let cells = Cells { columns, rows, colours, tiles: false };
        let cell = (side / columns.max(1) as f64, side / rows.max(1) as f64);
        cells.draw(picture, (left, top), cell);
        picture.outline((left, top), (left + side, top + side), 0.7, INK);
    }
}

impl Learning {
    /// The lessons that have couplings.
    pub(super) fn dots(&self) -> Vec<(&Lesson, Dots)> {
        let lessons = self.lessons.iter().filter(|lesson| !lesson.couplings.is_empty());
        lessons.map(|lesson| (lesson, Dots::of(&lesson.couplings))).collect()
    }
}

/// Says below the picture, from `left` on, what a dot is, if it is more than a coupling.
pub fn note(picture: &mut Picture, lessons: &[(&Lesson, Dots)], left: f64) {
    let block = lessons.iter().map(|(_, dots)| dots.block).max().unwrap_or(1);
    if block > 1 {
        let text = format!("a dot is the mean of {block} × {block} couplings");
        let at = (left, picture.height + 4.0);
        picture.text(text, at, SMALL, Align::Left);
        picture.height += 20.0;
    }
}

/// The values that the dots of all matrices have.
pub struct Range {
    /// The largest, without its sign.
    most: f64,
    /// If they are whole and few.
    values: Option<Vec<f64>>,
}

impl Range {
    pub fn of(lessons: &[(&Lesson, Dots)]) -> Self {
        let all = || lessons.iter().flat_map(|(_, dots)| &dots.values);
        let most = all().filter(|v| v.is_finite()).fold(0.0f64, |most, v| most.max(v.abs()));
        let most = if most > 0.0 { most } else { 1.0 };
        Self { most, values: whole_values(all()) }
    }

    pub fn colour(&self, value: f64) -> Colour {
        diverging(value / self.most)
    }

    pub fn bar<'a>(&self, name: &'a str, map: &'a dyn Fn(f64) -> Colour) -> Bar<'a> {
        Bar { low: -self.most, high: self.most, name, values: self.values.clone(), map }
    }
}
