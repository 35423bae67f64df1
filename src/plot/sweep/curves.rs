//! One quantity against another.

use super::super::chart::{Figure, Marks, Panel, Point, Range, Reference, Row, Scale};
use super::super::page::{Colour, GREY, INK, PATTERNS};

/// Height of the panel, pixels.
const HEIGHT: f64 = 300.0;

/// A panel: what was measured, and what theory says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// What stands along the x axis.
    pub x: Scale,
    /// What stands along the y axis.
    pub y: Scale,
    /// What was measured.
    pub series: Vec<Series>,
    /// Whether the series are steps of one parameter, such as N: one colour from light to dark. They have
    /// different colours otherwise.
    pub graded: bool,
    /// Whether the points of a series are joined.
    pub joined: bool,
    /// What theories say.
    pub theory: Vec<Line>,
    /// Upright lines at values of x, with names.
    pub at: Vec<(f64, String)>,
    /// Whether y = x is drawn.
    pub diagonal: bool,
}

/// Measured means of one condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Stands in the legend: `N = 1000`.
    pub name: String,
    /// By x.
    pub points: Vec<Measured>,
}

/// A mean over trials.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Where on the x axis.
    pub x: f64,
    /// Of y.
    pub mean: f64,
    /// Its standard error; no bar if NaN.
    pub sem: f64,
    /// The interval that its bar spans, if not that of its standard error.
    pub interval: Option<(f64, f64)>,
}

/// What a theory says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Stands in the legend; does not if empty.
    pub name: String,
    /// x and y, by x.
    pub points: Vec<(f64, f64)>,
    /// The series whose colour it has; dark if none.
    pub of: Option<usize>,
}

impl Curves {
    fn colour(&self, k: usize) -> Colour {
        match self.graded {
            true => PATTERNS[0].ramp(k, self.series.len()),
            false => PATTERNS[k % PATTERNS.len()],
        }
    }

    /// On a logarithmic axis the range of what was measured, within which a theory is shown.
    fn y(&self) -> Scale {
        let means = self.series.iter().flat_map(|s| &s.points).map(|p| p.mean);
        let good = means.filter(|m| m.is_finite() && *m > 0.0);
        let (low, high) = good.fold((f64::INFINITY, 0.0f64), |(l, h), m| (l.min(m), h.max(m)));
        if self.y.log && self.y.range == Range::Data && low <= high {
            return self.y.clone().within(0.5 * low, 2.0 * high);
        }
        self.y.clone()
    }

    fn panel(&self) -> Panel {
        let y = self.y();
        let within = |value: f64| match y.range {
            Range::Given(low, high) if y.log => (low..=high).contains(&value),
            _ => !y.log || value > 0.0,
        };
        let mut panel = Panel::new(self.x.clone(), y.clone());
        for (k, series) in self.series.iter().enumerate() {
            let points = series.points.iter().filter(|p| within(p.mean)).map(|p| {
                let (low, high) = p.interval.unwrap_or((p.mean - p.sem, p.mean + p.sem));
                Point { x: p.x, y: p.mean, low, high }
            });
            let marks = Marks::Points { points: points.collect(), joined: self.joined };
            panel = panel.with(series.name.as_str(), self.colour(k), marks);
        }
        for (k, line) in self.theory.iter().enumerate() {
            let dark = if k == 0 { INK } else { GREY };
            let colour = line.of.map_or(dark, |k| self.colour(k).shade(0.2));
            // What lies beyond the axis is a gap, not a line along its end.
            let cut = |&(x, y): &(f64, f64)| (x, if within(y) { y } else { f64::NAN });
            let points = line.points.iter().map(cut).collect();
            panel = panel.with(line.name.as_str(), colour, Marks::Dashes(points));
        }
        for (x, name) in &self.at {
            panel = panel.against(Reference::At(*x, name.clone()));
        }
        if self.diagonal {
            panel = panel.against(Reference::Diagonal("unchanged".to_owned()));
        }
        panel
    }
}

/// Points with their standard errors, and dashed lines of theory.
pub fn curves(title: &str, data: &Curves) -> Figure {
    Figure { title: title.to_owned(), rows: vec![Row::new(HEIGHT, vec![data.panel()])] }
}
