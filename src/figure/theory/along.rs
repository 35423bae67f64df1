//! The keys along which theory is mapped, and what it says there.

use super::super::sweep::label;
use crate::error::{Error, Place, Result};
use crate::plot::chart::Scale;
use crate::sweep::{Axis, Grid, Spacing, SweepTable, Values};
use crate::theory::memory::MeanField;

/// The keys along which theory is drawn.
pub struct Along<'a> {
    /// One key or two.
    pub grid: &'a Grid,
    /// What was simulated along the same keys.
    pub table: Option<&'a SweepTable>,
    /// Stands above the figure.
    pub title: String,
}

/// What theory says at every point of a grid.
pub struct Map<'a> {
    /// The population with patterns, or the first.
    pub population: String,
    /// All populations.
    pub populations: Vec<String>,
    /// By point.
    pub points: Vec<&'a MeanField>,
}

/// A key whose values are numbers.
pub struct Key {
    /// With its unit.
    pub name: String,
    /// Whether equal distances are equal factors.
    pub log: bool,
    /// In the order of the grid.
    pub values: Vec<f64>,
}

impl Key {
    pub fn of(axis: &Axis) -> Result<Self> {
        let Values::Numbers { values, unit } = axis.scale() else {
            let error = Error::input(
                "found words to draw against",
                "a figure has numbers on its axes",
                "leave -o out, or name another key",
            );
            return Err(error.placed(Place::Argument(format!("--over {}", axis.key))));
        };
        let long = label::of_key(&axis.key).map(|(_, long)| long.to_owned());
        let name = long.or_else(|| label::of_section(&axis.key));
        let name = name.unwrap_or_else(|| axis.key.clone());
        let name = if unit.is_empty() { name } else { format!("{name} ({unit})") };
        Ok(Self { name, log: axis.spacing == Spacing::Log, values })
    }

    /// The axis, which ends where the cells of the first and last value do.
    pub fn scale(&self) -> Scale {
        let (low, high) = (self.cell(self.first()).0, self.cell(self.last()).1);
        let scale = Scale::new(&self.name).within(low, high);
        if self.log { scale.log() } else { scale }
    }

    /// The indices of the values, from the least on.
    pub fn ascending(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        order.sort_by(|a, b| self.values[*a].total_cmp(&self.values[*b]));
        order
    }

    /// The part of the axis that is nearer to value `k` than to any other.
    pub fn cell(&self, k: usize) -> (f64, f64) {
        let order = self.ascending();
        let at = |place: usize| self.along(self.values[order[place]]);
        let place = order.iter().position(|other| *other == k).unwrap_or(0);
        let gap = |low: usize| 0.5 * (at(low + 1) - at(low));
        let last = order.len() - 1;
        // The outer halves are as wide as the inner ones.
        let (below, above) = match (place, last) {
            (_, 0) => (0.5, 0.5),
            (0, _) => (gap(0), gap(0)),
            (place, last) if place == last => (gap(last - 1), gap(last - 1)),
            _ => (gap(place - 1), gap(place)),
        };
        (self.back(at(place) - below), self.back(at(place) + above))
    }

    fn first(&self) -> usize {
        self.ascending()[0]
    }

    fn last(&self) -> usize {
        self.ascending()[self.values.len() - 1]
    }

    fn along(&self, value: f64) -> f64 {
        if self.log { libm::log(value) } else { value }
    }

    fn back(&self, place: f64) -> f64 {
        if self.log { libm::exp(place) } else { place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_meet_halfway() {
        let linear = Key { name: String::new(), log: false, values: vec![3.0, 1.0, 2.0] };
        assert_eq!([1, 2, 0].map(|k| linear.cell(k)), [(0.5, 1.5), (1.5, 2.5), (2.5, 3.5)]);
        let log = Key { log: true, values: vec![1.0, 4.0], ..linear };
        let (low, high) = log.cell(0);
        assert!((low - 0.5).abs() < 1e-12 && (high - 2.0).abs() < 1e-12);
        let one = Key { log: false, values: vec![7.0], ..log };
        assert_eq!(one.cell(0), (6.5, 7.5));
    }
}
