//! Energy along a line through the space of states.

use super::super::chart::{Figure, Marks, Panel, Reference, Row, Scale};
use super::super::page::{INK, PATTERNS};
use super::energy::{ends, join_names, point};

/// Most room that a name takes, as a share of the line.
const NEAR: f64 = 0.04;

/// Energies along lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slice {
    /// Of the line: `neurons flipped from D towards J`.
    pub along: String,
    pub curves: Vec<SliceCurve>,
    /// What lies on the line.
    pub stops: Vec<Stop>,
}

/// Energy along a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SliceCurve {
    /// Stands in the legend; does not if empty.
    pub name: String,
    /// Place on the line, and energy.
    pub points: Vec<(f64, f64)>,
}

/// An attractor on a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stop {
    pub name: String,
    pub at: f64,
    pub energy: f64,
}

/// Curves of energy, with attractors as dots that are named above.
pub fn slice(title: &str, data: &Slice) -> Figure {
    let mut panel = Panel::new(Scale::new(&data.along), Scale::new("energy E"));
    for (curve, colour) in data.curves.iter().zip(PATTERNS.iter().cycle()) {
        panel = panel.with(&curve.name, *colour, Marks::line(curve.points.clone()));
    }
    if !data.stops.is_empty() {
        let points = data.stops.iter().map(|stop| point(stop.at, stop.energy)).collect();
        panel = panel.with("attractor", INK, Marks::Points { points, joined: false });
    }
    let mut names: Vec<(f64, String)> =
        data.stops.iter().map(|stop| (stop.at, stop.name.clone())).collect();
    names.retain(|name| name.0.is_finite());
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let places = data.curves.iter().flat_map(|curve| &curve.points).map(|p| p.0);
    let (first, last) = ends(places);
    join_names(&mut names, NEAR * (last - first));
    for (at, name) in names {
        panel = panel.against(Reference::At(at, name));
    }
    Figure { title: title.to_owned(), rows: vec![Row::new(260.0, vec![panel])] }
}
