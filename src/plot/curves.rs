//! Curves: one quantity against another, with the errors of means.

use super::chart::{Figure, Marks, Panel, Point, Row, Scale};
use super::page::PATTERNS;

/// One quantity against another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    pub title: String,
    /// Names of the axes, with units.
    pub x: String,
    pub y: String,
    /// Whether equal distances in x are equal factors.
    pub log_x: bool,
    pub series: Vec<Series>,
}

/// The points of one colour, in order of x, each with the ends of its interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Stands in the legend; does not if empty.
    pub name: String,
    pub points: Vec<Point>,
}

/// Means with their standard errors, joined by lines.
pub fn curves(data: &Curves) -> Figure {
    let x = Scale::new(&*data.x);
    let x = if data.log_x { x.log() } else { x };
    let panel = Panel::new(x, Scale::new(&*data.y).noted("mean ± s.e.m."));
    let panel =
        data.series.iter().zip(PATTERNS.iter().cycle()).fold(panel, |panel, (series, colour)| {
            let marks = Marks::Points { points: series.points.clone(), joined: true };
            panel.with(&*series.name, *colour, marks)
        });
    Figure { title: data.title.clone(), rows: vec![Row::new(300.0, vec![panel])] }
}
