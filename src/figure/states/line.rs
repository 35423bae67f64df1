//! The phase line of one neuron, and its energy below.

use super::States;
use crate::plot::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
use crate::plot::{INK, PATTERNS};

/// Places at which curves are computed.
const PLACES: usize = 601;

impl States<'_> {
    pub(super) fn line(&self) -> Figure {
        let (low, high) = self.ends(0);
        let place = |k: usize| low + k as f64 / (PLACES - 1) as f64 * (high - low);
        let field = self.network.field();
        let tau = field.tau()[0];
        let (letter, name) = match self.variable() {
            "activity" => ("r", "activity r"),
            _ => ("u", "potential u"),
        };
        let rate = match field.in_sweeps() {
            true => format!("change of {letter} per sweep"),
            false => format!("d{letter}/dt (1/ms)"),
        };
        let velocity =
            (0..PLACES).map(|k| (place(k), field.residual(&[place(k)])[0] / tau)).collect();
        let x = || Scale::new(name).within(low, high);
        let mut speeds = Panel::new(x(), Scale::new(rate))
            .against(Reference::Level(0.0, String::new()))
            .with("", PATTERNS[0], Marks::line(velocity));
        speeds = self.marked(speeds, |_| Some(0.0), true);
        let well = self.well(&place);
        let height = |y: f64| {
            let k = (y - low) / (high - low) * (PLACES - 1) as f64;
            let below = (k as usize).min(PLACES - 2);
            let share = k - below as f64;
            Some((1.0 - share) * well[below].1 + share * well[below + 1].1)
        };
        let name_of_well = format!("U, τ d{letter}/dt = −dU/d{letter}");
        let hill = Panel::new(x(), Scale::new(name_of_well));
        let hill = hill.with("", PATTERNS[1], Marks::line(well.clone()));
        let hill = self.marked(hill, height, false);
        let rows = vec![Row::new(220.0, vec![speeds]), Row::new(220.0, vec![hill])];
        Figure { title: self.title.to_owned(), rows }
    }

    /// The energy of one neuron: E of its activities, which end where there is none.
    pub(super) fn curve(&self) -> Figure {
        let field = self.network.field();
        let (low, high) = field.range(0);
        let (start, end) = self.network.ends(0);
        let reach = |end: f64| field.activity(&[end])[0];
        let low = if low.is_finite() { low } else { reach(start) };
        let high = if high.is_finite() { high } else { reach(end) };
        let place = |k: usize| low + k as f64 / (PLACES - 1) as f64 * (high - low);
        let curve = (0..PLACES).filter_map(|k| Some((place(k), field.energy(&[place(k)])?)));
        let panel = Panel::new(Scale::new("activity r"), Scale::new("energy E"));
        let mut panel = panel.with("", PATTERNS[0], Marks::line(level(curve.collect())));
        for (stable, name) in [(true, "stable"), (false, "unstable")] {
            let some = self.survey.fixed_points.iter().filter(|p| p.kind.is_unstable() != stable);
            let marks: Vec<(f64, f64)> =
                some.filter_map(|p| Some((p.activity[0], p.energy?))).collect();
            panel = with_marks(panel, name, marks, stable);
        }
        Figure { title: self.title.to_owned(), rows: vec![Row::new(300.0, vec![panel])] }
    }

    /// The landscape on which one neuron goes downhill, whatever its transfer function: minus the integral of its
    /// velocity, 0 at its lowest.
    fn well(&self, place: &dyn Fn(usize) -> f64) -> Vec<(f64, f64)> {
        let field = self.network.field();
        let velocity = |k: usize| field.residual(&[place(k)])[0];
        let (mut height, mut well) = (0.0, vec![(place(0), 0.0)]);
        for k in 1..PLACES {
            height -= 0.5 * (velocity(k - 1) + velocity(k)) * (place(k) - place(k - 1));
            well.push((place(k), height));
        }
        let lowest = well.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
        well.iter_mut().for_each(|p| p.1 -= lowest);
        level(well)
    }

    /// The panel with a mark at every fixed point, named in the legend if that is wanted.
    fn marked(&self, mut panel: Panel, height: impl Fn(f64) -> Option<f64>, legend: bool) -> Panel {
        let points = &self.survey.fixed_points;
        let name = |name: &str| if legend { name.to_owned() } else { String::new() };
        for (point, end) in points.iter().filter_map(|p| Some((p, p.line_end.as_ref()?))) {
            let (from, to) = (point.variable[0], end[0]);
            // The energy along it need not be level where activities are cut off.
            let along = (0..=20).map(|k| from + f64::from(k) / 20.0 * (to - from));
            let line = along.filter_map(|y| Some((y, height(y)?))).collect();
            panel = panel.with(name("every state is fixed"), INK, Marks::line(line));
        }
        for (stable, name_of) in [(true, "stable"), (false, "unstable")] {
            let some =
                points.iter().filter(|p| p.line_end.is_none() && p.kind.is_unstable() != stable);
            let marks: Vec<(f64, f64)> =
                some.filter_map(|p| Some((p.variable[0], height(p.variable[0])?))).collect();
            panel = with_marks(panel, &name(name_of), marks, stable);
        }
        panel
    }
}

/// The panel with filled marks of what is stable, open ones of what is not.
fn with_marks(panel: Panel, name: &str, marks: Vec<(f64, f64)>, stable: bool) -> Panel {
    let dot = |(x, y): (f64, f64)| Point { x, y, low: f64::NAN, high: f64::NAN };
    match (marks.is_empty(), stable) {
        (true, _) => panel,
        (false, true) => {
            let points = marks.into_iter().map(dot).collect();
            panel.with(name, INK, Marks::Points { points, joined: false })
        }
        (false, false) => panel.with(name, INK, Marks::Rings(marks)),
    }
}

/// Heights that differ by rounding alone made equal, lest an axis shows nothing else.
fn level(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let wide = points.last().map_or(1.0, |last| last.0 - points[0].0);
    let step = 1e-9 * wide * wide;
    points.iter_mut().for_each(|p| p.1 = (p.1 / step).round() * step + 0.0);
    points
}
