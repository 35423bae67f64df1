//! Histograms of a column of trials, one for every point of a sweep.

use super::quantity::Quantity;
use super::samples::{Samples, numbers};
use super::unknown;
use crate::error::{Error, Place, Result};
use crate::plot::chart::Figure;
use crate::plot::sweep::{Errors, errors};
use crate::sweep::SweepTable;

/// Most panels.
const MOST_PANELS: usize = 24;

impl SweepTable {
    /// Shares of trials by a column that counts, such as `errors`, of every point.
    ///
    /// # Errors
    /// If there is no such column, it does not count, or there are too many points.
    pub fn histogram(&self, column: &str) -> Result<Figure> {
        let counts = |name: &str| {
            let values = numbers(&self.trials, name)?;
            values.iter().all(|v| *v >= 0.0 && v.fract() == 0.0).then_some(())
        };
        if counts(column).is_none() {
            let known = self.trials.columns().map(|c| c.0).filter(|name| counts(name).is_some());
            let what = "column of trials with whole numbers";
            return Err(unknown("--histogram", column, what, known));
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
        let mut panels: Vec<Errors> = (0..points).map(|point| self.panel(point)).collect();
        for sample in Samples::of(self, column)?.all {
            panels[sample.point].wrong.push(sample.y as u64);
        }
        let what = match column {
            "errors" => ("number of wrong neurons", "exact"),
            _ => (column, "with 0"),
        };
        Ok(errors(&self.title(), what, &panels))
    }

    /// An empty panel, called by its swept values and its load.
    fn panel(&self, point: usize) -> Errors {
        let key = |k: usize| Quantity::Key(k).says(self, Quantity::Key(k).of_point(self, point));
        let mut name: Vec<String> = (0..self.grid.axes.len()).map(key).collect();
        let load = Quantity::Load.of_point(self, point);
        if !load.is_nan() {
            name.push(Quantity::Load.says(self, load));
        }
        Errors { name: name.join(", "), wrong: Vec::new() }
    }
}
