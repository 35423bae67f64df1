//! Fixed points against a key of the model: the bifurcation diagram.

use super::super::theory::Key;
use crate::error::Result;
use crate::landscape::graded::{Branch, GradedPoint, GradedSurvey, Turn};
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

    /// Of the other end of a line of fixed points, if it is one.
    fn of_end(&self, point: &GradedPoint) -> Option<f64> {
        match self {
            Self::Activity(i) => Some(point.line_to.as_ref()?[*i]),
            Self::Overlap(mu, _) => Some(point.overlaps_to.as_ref()?[*mu]),
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
    /// What was followed between them, against the same values.
    branches: Vec<Branch>,
    /// The fixed points that lie on no branch, if some were followed: the number of the value, and that of the point.
    alone: Option<Vec<(usize, usize)>>,
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
            branches: Vec::new(),
            alone: None,
            measure,
        })
    }

    /// With branches that were followed against the values of the key, and the fixed points, by the number of the value and
    /// their own, that lie on none.
    pub fn following(self, branches: Vec<Branch>, alone: Vec<(usize, usize)>) -> Self {
        Self { branches, alone: Some(alone), ..self }
    }

    fn each(&self) -> impl Iterator<Item = (f64, &GradedPoint)> {
        self.points.iter().flat_map(|(x, survey)| survey.fixed_points.iter().map(|p| (*x, p)))
    }

    /// The fixed points that are drawn as such.
    fn dots(&self) -> impl Iterator<Item = (f64, &GradedPoint)> {
        let own = |k: usize, place: usize| {
            self.alone.as_ref().is_none_or(|alone| alone.contains(&(k, place)))
        };
        let each = self.points.iter().enumerate().flat_map(move |(k, (x, survey))| {
            survey.fixed_points.iter().enumerate().map(move |(place, p)| (k, place, *x, p))
        });
        each.filter(move |(k, place, ..)| own(*k, *place)).map(|(_, _, x, p)| (x, p))
    }

    /// Branches as lines, dashed where they are unstable; fixed points that lie on none filled if stable, open if not; below, the fastest growth of a deviation from each.
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
            let end = if legend { self.measure.of_end(point)? } else { value(point) };
            point.line_to.as_ref().map(|_| vec![(x, value(point)), (x, end)])
        });
        let lines: Vec<_> = lines.collect();
        if !lines.is_empty() {
            panel = panel.with(name("every state is fixed"), PATTERNS[0], Marks::Curves(lines));
        }
        panel = self.along(panel, &value, legend);
        let open: Vec<(f64, f64)> = self
            .dots()
            .filter(|(_, point)| point.kind.is_unstable())
            .map(|(x, point)| (x, value(point)))
            .collect();
        if !open.is_empty() {
            panel = panel.with(name("unstable"), PATTERNS[1], Marks::Rings(open));
        }
        let filled = self.dots().filter(|(_, p)| !p.kind.is_unstable() && p.line_to.is_none());
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

    /// With the branches, in stretches that are stable or not, and what happens on them.
    fn along(&self, mut panel: Panel, value: impl Fn(&GradedPoint) -> f64, legend: bool) -> Panel {
        let mut unnamed = [legend, legend];
        for branch in &self.branches {
            let stretches =
                branch.points.chunk_by(|a, b| a.1.kind.is_unstable() == b.1.kind.is_unstable());
            let mut last = None;
            for stretch in stretches {
                let unstable = stretch[0].1.kind.is_unstable();
                // A stretch begins where the one before it ends.
                let curve = stretch.iter().map(|(x, point)| (*x, value(point)));
                let curve: Vec<(f64, f64)> = last.into_iter().chain(curve).collect();
                last = curve.last().copied();
                let named = std::mem::take(&mut unnamed[usize::from(unstable)]);
                let (name, colour, marks) = match unstable {
                    true => ("unstable", PATTERNS[1], Marks::Dashes(curve)),
                    false => ("stable", INK, Marks::line(curve)),
                };
                panel = panel.with(if named { name } else { "" }, colour, marks);
            }
        }
        for (turn, colour) in [(Turn::Fold, 2), (Turn::Crossing, 0), (Turn::Hopf, 3)] {
            let of = |branch: &Branch| -> Vec<(f64, f64)> {
                let some = branch.turns.iter().filter(|(found, ..)| *found == turn);
                some.map(|(_, x, point)| (*x, value(point))).collect()
            };
            let places: Vec<(f64, f64)> = self.branches.iter().flat_map(of).collect();
            if !places.is_empty() {
                let name = if legend { turn.name() } else { "" };
                panel = panel.with(name, PATTERNS[colour], Marks::Rings(places));
            }
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
