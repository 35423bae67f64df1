//! A state of the neurons, and what its picture looks like.

use super::super::page::{Align, Colour, LABEL, SMALL, UNITS, fitted};
use super::cells::Cells;
use super::colours::{MISSING, WRONG_OFF, WRONG_ON, activity};
use crate::plot::picture::{Picture, Spot};

/// Of the words above and below a picture.
pub const ABOVE: f64 = 22.0;
pub const BELOW: f64 = 19.0;

/// What the neurons do at a time, with words above and below.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// `cue`, `1 sweep`, `final`.
    pub label: String,
    /// `m = 0.62`, `12 wrong`; none if empty.
    pub caption: String,
    pub state: Appearance,
}

/// A recall, frame by frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recall {
    /// Stands above it; nothing if empty.
    pub title: String,
    /// The cue, the states on the way, the final one.
    pub frames: Vec<Frame>,
    /// The memory that should be found; stands apart, after the frames.
    pub target: Option<Frame>,
    pub shape: Shape,
    /// Whether neurons that differ from the target are orange.
    pub marked: bool,
}

impl Recall {
    /// What the frames are compared with, if they are.
    pub(super) fn compared(&self) -> Option<&Appearance> {
        self.target.as_ref().filter(|_| self.marked).map(|t| &t.state)
    }
}

/// A state of all neurons.
#[derive(Clone, Debug, PartialEq)]
pub enum Appearance {
    /// The activity of every neuron from -1 (off) to 1 (on), by rows if they have a shape; NaN where it is not known.
    Neurons(Vec<f64>),
    /// The letters that the neurons stand for.
    Word(String),
}

impl Default for Appearance {
    fn default() -> Self {
        Self::Neurons(Vec::new())
    }
}

impl Appearance {
    /// Of neurons that are on or off.
    pub fn of(on: impl IntoIterator<Item = bool>) -> Self {
        Self::Neurons(on.into_iter().map(|on| if on { 1.0 } else { -1.0 }).collect())
    }

    /// How many neurons or letters differ from `other`.
    pub fn errors(&self, other: &Self) -> usize {
        match (self, other) {
            (Self::Neurons(a), Self::Neurons(b)) => {
                a.iter().zip(b).filter(|(a, b)| differ(**a, **b)).count()
            }
            (Self::Word(a), Self::Word(b)) => {
                let letters = a.chars().zip(b.chars()).filter(|(a, b)| a != b).count();
                letters + a.chars().count().abs_diff(b.chars().count())
            }
            _ => 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Neurons(values) => values.is_empty(),
            Self::Word(word) => word.is_empty(),
        }
    }

    pub(super) fn is_word(&self) -> bool {
        matches!(self, Self::Word(_))
    }
}

/// Whether one is on and the other off.
fn differ(a: f64, b: f64) -> bool {
    a.is_finite() && b.is_finite() && (a > 0.0) != (b > 0.0)
}

/// How the neurons of a population lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// In no order of space: a grid that is nearly square, the first neuron in the upper left corner, rows one by one.
    #[default]
    Free,
    /// In a picture of so many columns and rows; if there are other than columns times rows neurons, like
    /// [`Free`](Self::Free).
    Grid { columns: usize, rows: usize },
}

impl Shape {
    fn of(self, neurons: usize) -> (usize, usize) {
        match self {
            Self::Grid { columns, rows } if columns.checked_mul(rows) == Some(neurons) => {
                (columns, rows)
            }
            _ => {
                let columns = (1..).find(|k| k * k >= neurons).unwrap_or(1);
                (columns, neurons.div_ceil(columns))
            }
        }
    }
}

/// The colours of `state`; neurons that differ from `target` are orange.
pub fn cells(state: &Appearance, target: Option<&Appearance>, shape: Shape) -> Cells {
    let values: &[f64] = match state {
        Appearance::Neurons(values) => values,
        Appearance::Word(_) => &[],
    };
    let target: &[f64] = match target {
        Some(Appearance::Neurons(target)) => target,
        _ => &[],
    };
    let (columns, rows) = shape.of(values.len());
    let colour = |k: usize| -> Option<Colour> {
        let value = *values.get(k)?;
        Some(match target.get(k) {
            _ if !value.is_finite() => MISSING,
            Some(&target) if differ(value, target) && value > 0.0 => WRONG_ON,
            Some(&target) if differ(value, target) => WRONG_OFF,
            _ => activity(value),
        })
    };
    Cells { columns, rows, colours: (0..columns * rows).map(colour).collect(), tiles: true }
}

/// The cells of a state, no smaller than the picture can show in `room`, and their size.
pub fn sized(cells: Cells, room: Spot) -> (Cells, Spot) {
    // Not below four units: two pixels of a PNG.
    let most = |room: f64| (room * UNITS / 4.0) as usize;
    let cells = cells.reduced((most(room.0), most(room.1)));
    let size = cells.fit(room);
    (cells, size)
}

/// A picture with its words, centred at `middle`, from `top` on.
pub struct Shown<'a> {
    pub label: &'a str,
    pub caption: &'a str,
    pub cells: &'a Cells,
    pub cell: Spot,
    /// Between the middles of neighbours.
    pub pitch: f64,
    /// Of its outline.
    pub outline: Option<Colour>,
}

impl Shown<'_> {
    /// The words below stand at the same height under pictures of `height`.
    pub fn draw(&self, picture: &mut Picture, (middle, top): Spot, height: f64) {
        let room = self.pitch - 6.0;
        let label = fitted(self.label, LABEL, room);
        picture.text(label, (middle, top + 0.36 * ABOVE), LABEL, Align::Centre);
        let (width, own) = self.cells.size(self.cell);
        // Whole units, so that the cells stay equal.
        let left = ((middle - 0.5 * width) * UNITS).round() / UNITS;
        let corner = (left, top + ABOVE + (0.5 * (height - own) * UNITS).round() / UNITS);
        if let Some(colour) = self.outline {
            let (from, to) =
                ((corner.0 - 3.0, corner.1 - 3.0), (left + width + 3.0, corner.1 + own + 3.0));
            picture.outline(from, to, 1.5, colour);
        }
        self.cells.draw(picture, corner, self.cell);
        let caption = fitted(self.caption, SMALL, room);
        let y = top + ABOVE + height + 0.65 * BELOW;
        picture.text(caption, (middle, y), SMALL, Align::Centre);
    }
}
