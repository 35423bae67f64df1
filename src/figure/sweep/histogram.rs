//! Histograms of a column of trials, one for every point of a sweep.

use super::label;
use super::quantity::Quantity;
use super::samples::{Samples, numbers};
use super::unknown;
use crate::error::{Error, Place, Result};
use crate::plot::chart::Figure;
use crate::plot::sweep::{Sampled, Told, histograms};
use crate::sweep::SweepTable;

/// Most panels.
const MOST_PANELS: usize = 24;

impl SweepTable {
    /// Shares of trials by a column with numbers, such as `errors` or a reaction time, of every point; on a logarithmic
    /// axis if `log` is true.
    ///
    /// # Errors
    /// If there is no such column, or there are too many points.
    pub fn histogram(&self, column: &str, log: bool) -> Result<Figure> {
        if numbers(&self.trials, column).is_none() {
            let columns = self.trials.columns().map(|c| c.0);
            let known = columns.filter(|name| numbers(&self.trials, name).is_some());
            return Err(unknown("--histogram", column, "column of trials with numbers", known));
        }
        let points = self.grid.points();
        if points > MOST_PANELS {
            return Err(Error::input(
                format!("found {points} points"),
                format!("a figure has room for {MOST_PANELS} histograms"),
                "sweep fewer values, or draw the mean with --y",
            )
            .placed(Place::Argument(format!("--histogram {column}"))));
        }
        let mut panels: Vec<Sampled> = (0..points).map(|point| self.panel(point)).collect();
        for sample in Samples::of(self, column)?.all {
            panels[sample.point].values.push(sample.y);
        }
        let none = (column == "errors").then_some("exact");
        let what = label::name(column);
        let told = Told { what: &what, none, log };
        Ok(histograms(&self.title(), told, &panels))
    }

    /// An empty panel, called by its swept values and its load.
    fn panel(&self, point: usize) -> Sampled {
        let key = |k: usize| Quantity::Key(k).says(self, Quantity::Key(k).of_point(self, point));
        let mut name: Vec<String> = (0..self.grid.axes.len()).map(key).collect();
        let load = Quantity::Load.of_point(self, point);
        if !load.is_nan() {
            name.push(Quantity::Load.says(self, load));
        }
        Sampled { name: name.join(", "), values: Vec::new() }
    }
}
