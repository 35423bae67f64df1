//! Active assemblies: when, how many at once, for how long, and what follows.

use super::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
use super::page::{INK, PATTERNS};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assemblies {
    /// Of every assembly, from when to when it is active, s.
    pub active: Vec<Vec<(f64, f64)>>,
    /// The time that is looked at, s.
    pub span: (f64, f64),
    /// The share of time in which 0, 1, 2 ... are active.
    pub at_once: Vec<f64>,
    /// From and to, ms, the share of dwells in between, and its standard error.
    pub dwells: Vec<(f64, f64, f64, f64)>,
    /// The mean dwell, ms.
    pub dwell: f64,
    /// How often an activation of one assembly (row) is followed by one of another (column).
    pub transitions: Vec<Vec<usize>>,
}

/// Most height of a row of an assembly, pixels, and of all of them.
const ROW: f64 = 12.0;
const ALL: f64 = 260.0;
const LOWER: f64 = 170.0;

/// A row for every assembly, above the distributions of how many are active at once and of dwells, and the transitions.
pub fn assemblies(title: &str, found: &Assemblies) -> Figure {
    let time = Scale::new("time (s)").within(found.span.0, found.span.1);
    let rows = Panel::new(time, Scale::new("pattern"));
    let rows = rows.with("", INK, Marks::Rows(found.active.clone()));
    let height = (ROW * found.active.len() as f64).clamp(60.0, ALL);
    let lower = vec![at_once(found), dwells(found), transitions(found)];
    let rows = vec![Row::new(height, vec![rows]), Row::new(LOWER, lower)];
    Figure { title: title.to_owned(), rows }
}

fn at_once(found: &Assemblies) -> Panel {
    let edges = (0..=found.at_once.len()).map(|n| n as f64 - 0.5).collect();
    let mut x = Scale::new("active at once");
    x.whole = true;
    let panel = Panel::new(x, Scale::new("share of time").with_zero());
    panel.with("", PATTERNS[0], Marks::Steps { edges, heights: found.at_once.clone() })
}

fn dwells(found: &Assemblies) -> Panel {
    let point = |&(from, to, share, sem): &(f64, f64, f64, f64)| {
        // The middle of a bin that is one of a logarithmic axis.
        Point { x: (from * to).sqrt(), y: share, low: share - sem, high: share + sem }
    };
    let points = found.dwells.iter().map(point).collect();
    let y = Scale::new("share of activations").with_zero();
    let mut panel = Panel::new(Scale::new("dwell (ms)").log(), y);
    if found.dwell.is_finite() {
        panel = panel.titled(format!("mean {:.0} ms", found.dwell));
        panel = panel.against(Reference::At(found.dwell, String::new()));
    }
    panel.with("", PATTERNS[0], Marks::Points { points, joined: true })
}

fn transitions(found: &Assemblies) -> Panel {
    let number = found.transitions.len() as f64;
    let most = found.transitions.iter().flatten().copied().max().unwrap_or(0);
    let mut x = Scale::new("next pattern").within(0.5, number + 0.5);
    x.whole = true;
    let row = |row: &Vec<usize>| {
        let made = row.iter().enumerate().filter(|(_, n)| **n > 0);
        let cell =
            |(to, &n): (usize, &usize)| (to as f64 + 0.5, to as f64 + 1.5, n as f64 / most as f64);
        made.map(cell).collect()
    };
    let rows = found.transitions.iter().map(row).collect();
    let panel = Panel::new(x, Scale::new("pattern"));
    panel.titled(format!("transitions, black: {most}")).with("", INK, Marks::Shades(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_assembly_has_a_row_and_the_most_frequent_transition_is_black() {
        let found = Assemblies {
            active: vec![vec![(0.0, 0.5), (1.0, 1.25)], vec![], vec![(0.75, 1.0)]],
            span: (0.0, 2.0),
            at_once: vec![0.5, 0.5],
            dwells: vec![(200.0, 250.0, 0.5, 0.35), (400.0, 500.0, 0.5, 0.35)],
            dwell: 250.0,
            transitions: vec![vec![0, 1, 0], vec![0, 0, 0], vec![2, 0, 0]],
        };
        let figure = assemblies("t", &found);
        assert_eq!(figure.rows[0].panels[0].layers[0].rows(), 3);
        let Marks::Shades(shades) = &figure.rows[1].panels[2].layers[0].marks else { panic!() };
        assert_eq!(shades[0], [(1.5, 2.5, 0.5)]);
        assert_eq!(shades[2], [(0.5, 1.5, 1.0)]);
        assert_eq!(figure.rows[1].panels[1].title, "mean 250 ms");
        assert!(!figure.picture().items.is_empty());
        // What was never active has neither a mean nor a darkest transition.
        let none = Assemblies { dwell: f64::NAN, dwells: vec![], ..found };
        assert_eq!(assemblies("t", &none).rows[1].panels[1].title, "");
    }
}
