//! What a panel shows.

use super::super::page::Colour;

/// A panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Stands above it; nothing if empty.
    pub title: String,
    /// The axis below it.
    pub x: Scale,
    /// The axis at its left.
    pub y: Scale,
    /// Behind everything else.
    pub shadings: Vec<Shading>,
    /// If the shadings have bars above the panel, what stands at the left of these.
    pub bars: Option<String>,
    /// Behind the marks, but their names on top.
    pub references: Vec<Reference>,
    /// The last is drawn on top.
    pub layers: Vec<Layer>,
    /// Where the legend stands.
    pub legend: Legend,
    /// Whether it is as wide as it is high.
    pub square: bool,
    /// If layers of rows stand apart, each with its name at its left: the height of a row, pixels.
    pub pitch: Option<f64>,
}

impl Panel {
    /// A panel without marks.
    pub fn new(x: Scale, y: Scale) -> Self {
        Self { x, y, ..Self::default() }
    }

    /// The same with a title.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same with a further layer, named in the legend unless `name` is empty.
    pub fn with(mut self, name: impl Into<String>, colour: Colour, marks: Marks) -> Self {
        self.layers.push(Layer { name: name.into(), colour, marks });
        self
    }

    /// The same with a further line for reference.
    pub fn against(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }
}

/// Where the legend of a panel stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Legend {
    /// In lines above it.
    #[default]
    Above,
    /// To the right of it, one entry below another; the column beside it must be free.
    Beside,
    /// Within it, one entry below another.
    UpperLeft,
    LowerRight,
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Name with unit: `rate (Hz)`; none if empty.
    pub name: String,
    /// A line in small letters beside the name of a y axis.
    pub note: String,
    pub range: Range,
    /// Whether equal distances are equal factors; values at or below 0 are then out of range.
    pub log: bool,
    /// Whether ticks stand at whole numbers only.
    pub whole: bool,
    /// What stands at 0, 1, 2 ... along an x axis in place of numbers; numbers if empty.
    pub words: Vec<String>,
    /// Whether the axis is drawn.
    pub drawn: bool,
}

impl Default for Scale {
    fn default() -> Self {
        Self::new("")
    }
}

impl Scale {
    /// A linear axis that holds the data.
    pub fn new(name: impl Into<String>) -> Self {
        let (name, note) = (name.into(), String::new());
        let (range, words) = (Range::Data, Vec::new());
        Self { name, note, range, log: false, whole: false, words, drawn: true }
    }

    /// An axis along which words stand, with equal distances.
    pub fn of_words(name: impl Into<String>, words: Vec<String>) -> Self {
        let last = words.len() as f64 - 1.0;
        Self { words, ..Self::new(name).within(-0.5, last + 0.5) }
    }

    /// The same from 0 (or below, where there are negative values).
    pub fn with_zero(self) -> Self {
        Self { range: Range::Zero, ..self }
    }

    /// The same from `low` to `high`.
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { range: Range::Given(low, high), ..self }
    }

    /// The same by the logarithm of the values.
    pub fn log(self) -> Self {
        Self { log: true, ..self }
    }

    /// The same with a note.
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The same range without line, ticks and name.
    pub fn hidden(self) -> Self {
        Self { drawn: false, ..self }
    }
}

/// The values that an axis holds. What lies beyond is cut off in x, and stands at the end in y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// The data, with some room at either end.
    Data,
    /// The data and 0, with some room beyond the data.
    Zero,
    /// From the first to the second; if they are not ascending numbers, the data.
    Given(f64, f64),
}

/// A part of x that stands out, such as the time of a stimulus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shading {
    pub from: f64,
    pub to: f64,
    /// Stands above the panel. If any shading has a name, those with a colour have a bar above the panel.
    pub name: String,
    /// Of the bar, and in a tint of the panel behind; neither if there is none.
    pub colour: Option<Colour>,
    /// Where its bar stands, from the panel upwards. Only the first shades the panel: in grey if there are others.
    pub lane: usize,
}

/// A dashed line for reference.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// Across at a value of y, with a name beside it.
    Level(f64, String),
    /// Upright at a value of x, with a name beside it.
    At(f64, String),
    /// From the lower left to the upper right corner, named in the legend.
    Diagonal(String),
}

/// Marks of one colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Stands in the legend; does not if empty.
    pub name: String,
    pub colour: Colour,
    pub marks: Marks,
}

/// What a layer shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Marks {
    /// A curve through points, and a band around it by half its width at every point (none if empty).
    Curve { points: Vec<(f64, f64)>, band: Vec<f64> },
    /// A dashed curve through points, such as what a theory says.
    Dashes(Vec<(f64, f64)>),
    /// Many thin curves.
    Curves(Vec<Vec<(f64, f64)>>),
    /// A histogram: one more edge than heights.
    Steps { edges: Vec<f64>, heights: Vec<f64> },
    /// Points with the bars of their intervals.
    Points { points: Vec<Point>, joined: bool },
    /// From 0 to points.
    Area(Vec<(f64, f64)>),
    /// Rectangles: two opposite corners of each.
    Cells(Vec<[(f64, f64); 2]>),
    /// Circles at x and y whose area is filled by a share.
    Shares(Vec<(f64, f64, f64)>),
    /// Open points.
    Rings(Vec<(f64, f64)>),
    /// A row for every trial or neuron, the first on top, with marks from one x to another: of spikes the same. Layers of
    /// rows stand one below another; the panel has no other layers, and no ticks of y, but the number of rows of each
    /// layer (12 trials, where y is named `trial`), or its name.
    Rows(Vec<Vec<(f64, f64)>>),
    /// Likewise, with the shade of every mark from 0, white, to 1, black.
    Shades(Vec<Vec<(f64, f64, f64)>>),
}

impl Marks {
    /// A curve without a band.
    pub fn line(points: Vec<(f64, f64)>) -> Self {
        Self::Curve { points, band: Vec::new() }
    }
}

/// A value with its interval, which is not drawn unless both of its ends are finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub low: f64,
    pub high: f64,
}

impl Layer {
    /// How many rows it has; none if it is another layer.
    pub fn rows(&self) -> usize {
        match &self.marks {
            Marks::Rows(rows) => rows.len(),
            Marks::Shades(rows) => rows.len(),
            _ => 0,
        }
    }
}
