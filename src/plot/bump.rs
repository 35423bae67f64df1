//! The place of a bump against time.

use super::chart::{Figure, Marks, Panel, Row, Scale, Shading};
use super::page::{GREY, PATTERNS};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bump {
    /// Name of the axis of time.
    pub time: String,
    /// Unit of places.
    pub unit: String,
    /// Circumference of the ring.
    pub length: f64,
    /// Place against time, in parts without jumps.
    pub path: Vec<Vec<(f64, f64)>>,
    /// Width against time.
    pub width: Vec<(f64, f64)>,
    /// From, to and name of what was shown.
    pub shown: Vec<(f64, f64, String)>,
}

const PLACE: f64 = 260.0;
const WIDTH: f64 = 110.0;

/// Place above width.
pub fn place(title: &str, bump: &Bump) -> Figure {
    let shading = |(from, to, name): &(f64, f64, String)| Shading {
        from: *from,
        to: *to,
        name: name.clone(),
        colour: Some(GREY),
        lane: 0,
    };
    let unit = &bump.unit;
    let place = Scale::new(format!("place ({unit})")).within(0.0, bump.length);
    let shadings: Vec<Shading> = bump.shown.iter().map(shading).collect();
    let above = Panel { shadings: shadings.clone(), ..Panel::new(Scale::new("").hidden(), place) };
    let above = bump
        .path
        .iter()
        .fold(above, |panel, part| panel.with("", PATTERNS[0], Marks::line(part.clone())));
    let unnamed =
        shadings.into_iter().map(|s| Shading { name: String::new(), colour: None, ..s }).collect();
    let width = Scale::new(format!("width ({unit})")).with_zero();
    let below = Panel { shadings: unnamed, ..Panel::new(Scale::new(bump.time.clone()), width) };
    let below = below.with("", GREY, Marks::line(bump.width.clone()));
    let rows = vec![Row::new(PLACE, vec![above]), Row::new(WIDTH, vec![below])];
    Figure { title: title.to_owned(), rows }
}
