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
        let mut rows = vec![Row::new(220.0, vec![speeds])];
        let energy = |y: f64| field.energy(&field.activity(&[y]));
        if energy(place(0)).is_some() {
            // Beyond the range of activities there is no energy.
            let (least, most) = field.range(0);
            let within = |k: &usize| letter == "u" || (least..=most).contains(&place(*k));
            let curve =
                (0..PLACES).filter(within).filter_map(|k| Some((place(k), energy(place(k))?)));
            let panel = Panel::new(x(), Scale::new("energy E"));
            let panel = panel.with("", PATTERNS[1], Marks::line(curve.collect()));
            rows.push(Row::new(220.0, vec![self.marked(panel, energy, false)]));
        }
        Figure { title: self.title.to_owned(), rows }
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
        let of = |unstable: bool| -> Vec<(f64, f64)> {
            let some =
                points.iter().filter(|p| p.line_to.is_none() && p.kind.is_unstable() == unstable);
            some.filter_map(|p| Some((p.variable[0], height(p.variable[0])?))).collect()
        };
        let dot = |(x, y): (f64, f64)| Point { x, y, low: f64::NAN, high: f64::NAN };
        let stable: Vec<Point> = of(false).into_iter().map(dot).collect();
        if !stable.is_empty() {
            panel =
                panel.with(name("stable"), INK, Marks::Points { points: stable, joined: false });
        }
        let unstable = of(true);
        if !unstable.is_empty() {
            panel = panel.with(name("unstable"), INK, Marks::Rings(unstable));
        }
        panel
    }
}
