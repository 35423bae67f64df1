//! Curves of a sweep: a measured column against a swept key.

use super::{Mean, Spacing, SweepTable, Values};
use crate::error::{Error, Place, Result, suggest};
use crate::plot::chart::Point;
use crate::plot::curves::{Curves, Series};

impl SweepTable {
    /// Column `y` against the key `x` (the first one with numbers, if none is named), one curve for every value of the
    /// key `series`, over all runs that have it; or, if none is named, for every combination of the other keys.
    ///
    /// # Errors
    /// If there is no such column or key, or `x` has no numbers.
    pub fn curves(&self, y: &str, x: Option<&str>, series: Option<&str>) -> Result<Curves> {
        let values = self.numbers(y).filter(|_| self.measured.iter().any(|name| name == y));
        let values = values
            .ok_or_else(|| unknown("--y", y, "column", self.measured.iter().map(String::as_str)))?;
        let series = series.map(|key| self.axis("--series", key)).transpose()?;
        let scales = self.scales();
        let x = match x {
            Some(key) => self.axis("--x", key)?,
            None => (0..scales.len())
                .find(|&k| Some(k) != series && matches!(scales[k], Values::Numbers { .. }))
                .ok_or_else(|| no_numbers("--x", "a key with numbers"))?,
        };
        let Values::Numbers { values: at, unit } = &scales[x] else {
            return Err(no_numbers(&format!("--x {}", self.grid.axes[x].key), "numbers"));
        };
        if series == Some(x) {
            let error = Error::input("found the key of the x axis", "", "name another key");
            return Err(
                error.placed(Place::Argument(format!("--series {}", self.grid.axes[x].key)))
            );
        }
        let others: Vec<usize> = match series {
            Some(k) => vec![k],
            None => (0..scales.len()).filter(|&k| k != x).collect(),
        };
        // Rows by what the other keys are, in the order of the grid, then by x.
        let mut curves: Vec<(Vec<usize>, Vec<Vec<f64>>)> = Vec::new();
        for point in self.points() {
            let other: Vec<usize> = others.iter().map(|&k| point.place[k]).collect();
            let k = curves.iter().position(|(own, _)| *own == other).unwrap_or_else(|| {
                curves.push((other, vec![Vec::new(); at.len()]));
                curves.len() - 1
            });
            curves[k].1[point.place[x]].extend(point.rows.iter().map(|row| values[*row]));
        }
        let name = |place: &[usize]| {
            let each = others.iter().zip(place).map(|(&axis, &k)| {
                format!("{} = {}", self.grid.axes[axis].key, scales[axis].describe(k))
            });
            each.collect::<Vec<_>>().join(", ")
        };
        let point = |(k, values): (usize, &Vec<f64>)| {
            let Mean { mean, sem, .. } = Mean::of(values.iter().copied());
            Point { x: at[k], y: mean, low: mean - sem, high: mean + sem }
        };
        let curve = |(place, values): &(Vec<usize>, Vec<Vec<f64>>)| Series {
            name: name(place),
            points: values.iter().enumerate().map(point).collect(),
        };
        let axis = &self.grid.axes[x];
        Ok(Curves {
            title: self.title(),
            x: if unit.is_empty() { axis.key.clone() } else { format!("{} ({unit})", axis.key) },
            log_x: axis.spacing == Spacing::Log,
            y: y.to_owned(),
            series: curves.iter().map(curve).collect(),
        })
    }

    /// The axis of the swept key `key`.
    fn axis(&self, argument: &str, key: &str) -> Result<usize> {
        let axes = &self.grid.axes;
        let keys = axes.iter().map(|axis| axis.key.as_str());
        axes.iter()
            .position(|a| a.key == key)
            .ok_or_else(|| unknown(argument, key, "swept key", keys))
    }
}

fn no_numbers(argument: &str, what: &str) -> Error {
    Error::input(
        "found nothing to draw against",
        format!("the x axis needs {what}"),
        "name another key with --x",
    )
    .placed(Place::Argument(argument.to_owned()))
}

fn unknown<'a>(
    argument: &str,
    name: &str,
    what: &str,
    known: impl Iterator<Item = &'a str>,
) -> Error {
    Error::input(format!("found no {what} `{name}`"), suggest(name, known), "name another one")
        .placed(Place::Argument(format!("{argument} {name}")))
}
