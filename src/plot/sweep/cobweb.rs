//! How the overlap is mapped to the next.

use super::super::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
use super::super::page::{INK, PATTERNS};

/// The map of one network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cobweb {
    /// Stands above the panel: `β = 1.93`.
    pub name: String,
    /// The overlap and the next one, by ascending overlap.
    pub map: Vec<(f64, f64)>,
    /// Overlaps one after another, as the map leads from the first.
    pub path: Vec<f64>,
    /// What a network did: the overlap and the next one.
    pub measured: Vec<(f64, f64)>,
}

/// Maps of the overlap side by side: the curve m(t+1) of m(t), the diagonal, on which overlaps stay as they are, and the
/// staircase that starts at the first overlap and leads to a memory or to nothing.
pub fn cobweb(title: &str, maps: &[Cobweb]) -> Figure {
    let below = maps.iter().flat_map(|m| &m.map).any(|p| p.0 < 0.0 || p.1 < 0.0);
    let range = if below { (-1.05, 1.05) } else { (0.0, 1.05) };
    let panels = maps.iter().map(|map| panel(map, range)).collect();
    let height = if maps.len() > 2 { 210.0 } else { 300.0 };
    Figure { title: title.to_owned(), rows: vec![Row::new(height, panels)] }
}

fn panel(data: &Cobweb, (low, high): (f64, f64)) -> Panel {
    let axis = |name: &str| Scale::new(name).within(low, high);
    let start = data.path.first().map(|&m| (m, m));
    let steps = data.path.windows(2).flat_map(|pair| [(pair[0], pair[1]), (pair[1], pair[1])]);
    let staircase = start.into_iter().chain(steps).collect();
    let curve = |points| Marks::Curve { points, band: Vec::new() };
    let dot = |&(x, y): &(f64, f64)| Point { x, y, low: f64::NAN, high: f64::NAN };
    let mut panel =
        Panel { square: true, ..Panel::new(axis("overlap m(t)"), axis("next overlap m(t+1)")) }
            .titled(&data.name)
            .against(Reference::Diagonal("m(t+1) = m(t)".to_owned()))
            .with("", PATTERNS[1], curve(staircase))
            .with("m(t+1) = g(β m(t))", INK, curve(data.map.clone()));
    if !data.measured.is_empty() {
        let points = data.measured.iter().map(dot).collect();
        panel = panel.with("network", PATTERNS[0], Marks::Points { points, joined: false });
    }
    if low < 0.0 {
        for zero in [Reference::Level(0.0, String::new()), Reference::At(0.0, String::new())] {
            panel = panel.against(zero);
        }
    }
    panel
}
