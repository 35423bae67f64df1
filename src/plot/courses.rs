//! Courses in time: what is shown, step by step.

use super::chart::{Figure, Marks, Panel, Row, Scale, Shading};
use super::page::{GREY, PATTERNS};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Courses {
    /// Name of the axis of time, and its ends.
    pub time: String,
    /// From where to where it goes.
    pub ends: (f64, f64),
    /// From, to and name of the epochs in which something is shown.
    pub shown: Vec<(f64, f64, String)>,
    /// Names of the axes of strengths, with the courses of each: what is driven, and its staircase.
    pub strengths: Vec<(String, Vec<Course>)>,
}

/// What is driven, and the corners of its staircase.
pub type Course = (String, Vec<(f64, f64)>);

const HEIGHT: f64 = 170.0;

/// A panel for every kind of strength.
pub fn courses(title: &str, data: &Courses) -> Figure {
    let shadings: Vec<Shading> = data
        .shown
        .iter()
        .map(|(from, to, name)| Shading {
            from: *from,
            to: *to,
            name: name.clone(),
            colour: Some(GREY),
            lane: 0,
        })
        .collect();
    let last = data.strengths.len().saturating_sub(1);
    let panel = |(k, (name, lines)): (usize, &(String, Vec<Course>))| {
        let named = |s: &Shading| match k {
            0 => s.clone(),
            _ => Shading { name: String::new(), ..s.clone() },
        };
        let time = Scale::new(data.time.clone()).within(data.ends.0, data.ends.1);
        let time = if k == last { time } else { time.hidden() };
        let panel = Panel {
            shadings: shadings.iter().map(named).collect(),
            ..Panel::new(time, Scale::new(name.clone()))
        };
        let panel = lines.iter().enumerate().fold(panel, |panel, (c, (name, corners))| {
            panel.with(name.clone(), PATTERNS[c % PATTERNS.len()], Marks::line(corners.clone()))
        });
        Row::new(HEIGHT, vec![panel])
    };
    let rows = data.strengths.iter().enumerate().map(panel).collect();
    Figure { title: title.to_owned(), rows }
}
