//! Fixed points against a key of the model: the bifurcation diagram.

use super::super::theory::Key;
use crate::error::Result;
use crate::landscape::graded::{GradedPoint, GradedSurvey};
use crate::plot::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
use crate::plot::{INK, PATTERNS};
use crate::sweep::Grid;
use crate::table::{Column, Table};

/// What is measured of a fixed point.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// The activity of a neuron.
    Activity(usize),
    /// The overlap with a pattern, and what that is called.
    Overlap(usize, String),
}

impl Measure {
    fn of(&self, point: &GradedPoint) -> f64 {
        match self {
            Self::Activity(i) => point.activity[*i],
            Self::Overlap(mu, _) => point.overlaps[*mu],
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Activity(i) => format!("activity of neuron {}", i + 1),
            Self::Overlap(_, name) => format!("overlap with {name}"),
        }
    }
}

/// Fixed points at every value of a key.
#[derive(Clone, Debug)]
pub struct Branches {
    /// Stands above the figure.
    title: String,
    key: String,
    x: Scale,
    /// Its values, and the fixed points at each.
    points: Vec<(f64, GradedSurvey)>,
    measure: Measure,
}

impl Branches {
    /// The fixed points at every point of a grid with one key.
    ///
    /// # Errors
    /// If the key has words instead of numbers.
    pub fn new(
        title: &str,
        grid: &Grid,
        found: Vec<GradedSurvey>,
        measure: Measure,
    ) -> Result<Self> {
        let axis = &grid.axes[0];
        let key = Key::of(axis)?;
        Ok(Self {
            title: title.to_owned(),
            key: axis.key.clone(),
            x: key.scale(),
            points: key.values.into_iter().zip(found).collect(),
            measure,
        })
    }

    fn each(&self) -> impl Iterator<Item = (f64, &GradedPoint)> {
        self.points.iter().flat_map(|(x, survey)| survey.fixed_points.iter().map(|p| (*x, p)))
    }

    /// Stable ones filled, unstable ones open; below, the fastest growth of a deviation from each.
    pub fn figure(&self) -> Figure {
        let sweeps = self.points.iter().any(|(_, survey)| survey.sweeps);
        let rate = if sweeps { "fastest growth (1/sweep)" } else { "fastest growth (1/ms)" };
        let fastest = |point: &GradedPoint| point.eigenvalues.first().map_or(f64::NAN, |e| e[0]);
        let branches = Panel::new(self.x.clone(), Scale::new(self.measure.name()));
        let growth = Panel::new(self.x.clone(), Scale::new(rate));
        let growth = growth.against(Reference::Level(0.0, String::new()));
        let rows = vec![
            Row::new(300.0, vec![self.marked(branches, |point| self.measure.of(point), true)]),
            Row::new(160.0, vec![self.marked(growth, fastest, false)]),
        ];
        Figure { title: self.title.clone(), rows }
    }

    fn marked(&self, mut panel: Panel, value: impl Fn(&GradedPoint) -> f64, legend: bool) -> Panel {
        let name = |name: &str| if legend { name.to_owned() } else { String::new() };
        let lines = self.each().filter_map(|(x, point)| {
            let mut end = point.clone();
            end.activity = point.line_to.clone()?;
            Some(vec![(x, value(point)), (x, value(&end))])
        });
        let lines: Vec<_> = lines.collect();
        if !lines.is_empty() {
            panel = panel.with(name("every state is fixed"), PATTERNS[0], Marks::Curves(lines));
        }
        let open: Vec<(f64, f64)> = self
            .each()
            .filter(|(_, point)| point.kind.is_unstable())
            .map(|(x, point)| (x, value(point)))
            .collect();
        if !open.is_empty() {
            panel = panel.with(name("unstable"), PATTERNS[1], Marks::Rings(open));
        }
        let filled = self.each().filter(|(_, p)| !p.kind.is_unstable() && p.line_to.is_none());
        let dot = |(x, point): (f64, &GradedPoint)| Point {
            x,
            y: value(point),
            low: f64::NAN,
            high: f64::NAN,
        };
        let points: Vec<Point> = filled.map(dot).collect();
        if !points.is_empty() {
            panel = panel.with(name("stable"), INK, Marks::Points { points, joined: false });
        }
        panel
    }

    /// A row for every fixed point.
    pub fn table(&self) -> Table {
        let real = |value: &dyn Fn(&GradedPoint) -> f64| {
            Column::Real(self.each().map(|(_, point)| value(point)).collect())
        };
        let mut columns = vec![
            (self.key.clone(), Column::Real(self.each().map(|(x, _)| x).collect())),
            (
                "kind".to_owned(),
                Column::Text(self.each().map(|p| p.1.kind.name().to_owned()).collect()),
            ),
            (
                "unstable".to_owned(),
                Column::Whole(self.each().map(|p| p.1.unstable as u64).collect()),
            ),
            ("growth".to_owned(), real(&|p| p.eigenvalues.first().map_or(f64::NAN, |e| e[0]))),
            ("frequency".to_owned(), real(&|p| p.eigenvalues.first().map_or(f64::NAN, |e| e[1]))),
            ("energy".to_owned(), real(&|p| p.energy.unwrap_or(f64::NAN))),
            ("starts".to_owned(), Column::Whole(self.each().map(|p| p.1.reached as u64).collect())),
        ];
        let first = self.each().next();
        let (neurons, patterns) =
            first.map_or((0, 0), |(_, p)| (p.activity.len(), p.overlaps.len()));
        for mu in 0..patterns {
            columns.push((format!("overlap_{}", mu + 1), real(&|p| p.overlaps[mu])));
        }
        for i in 0..neurons {
            columns.push((format!("activity_{}", i + 1), real(&|p| p.activity[i])));
        }
        columns.into_iter().fold(Table::default(), |table, (name, column)| table.with(name, column))
    }
}
