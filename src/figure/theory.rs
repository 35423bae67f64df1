//! Figures of mean-field theory: rates of stable states against one key of a model, or which of them exist against two.

use crate::error::{Error, Place, Result};
use crate::plot::chart::{Figure, Scale};
use crate::plot::sweep::{Curves, Line, Measured, Series, curves};
use crate::sweep::{Axis, Grid, SweepTable, Values};
use crate::theory::memory::{Kind, MeanField};

/// The keys along which theory is drawn.
pub struct Along<'a> {
    /// One key or two.
    pub grid: &'a Grid,
    /// What was measured along the same keys.
    pub table: Option<&'a SweepTable>,
    /// Stands above the figure.
    pub title: String,
}

/// What theory says at every point of a grid.
pub struct Map<'a> {
    /// The population whose rates are drawn.
    pub population: String,
    /// By point.
    pub points: Vec<&'a MeanField>,
}

impl Along<'_> {
    /// The figure.
    ///
    /// # Errors
    /// If a key has words instead of numbers, or the table has other keys.
    pub fn figure(&self, map: &Map) -> Result<Figure> {
        let axes: Vec<(Scale, Vec<f64>)> =
            self.grid.axes.iter().map(axis).collect::<Result<_>>()?;
        let panel = match &axes[..] {
            [x] => self.rates(x, map)?,
            [x, y] => self.regions(x, y, map),
            _ => {
                return Err(Error::input("found no key", "a figure has one or two", "write --over")
                    .placed(Place::Argument("--output".to_owned())));
            }
        };
        Ok(curves(&self.title, &panel))
    }

    /// Rates against one key.
    fn rates(&self, (x, values): &(Scale, Vec<f64>), map: &Map) -> Result<Curves> {
        let line = |kind: Kind, part: &str, name: &str| {
            let rate = |found: &&MeanField| found.stable(kind)?.rate(&map.population, part);
            let rates = map.points.iter().map(|found| rate(found).unwrap_or(f64::NAN));
            let points: Vec<(f64, f64)> = values.iter().copied().zip(rates).collect();
            let line = Line { name: name.to_owned(), points, of: None };
            line.points.iter().any(|p| p.1.is_finite()).then_some(line)
        };
        let theory: Vec<Line> = [
            line(Kind::Memory, "foreground", "memory, foreground"),
            line(Kind::Spontaneous, "all", "spontaneous"),
            line(Kind::Diffuse, "all", "diffuse"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let series = self.table.map(|table| measured(table, self.grid, map)).transpose()?;
        Ok(Curves {
            x: x.clone(),
            y: Scale::new(format!("rate of {} (Hz)", map.population)).with_zero(),
            series: series.unwrap_or_default(),
            theory,
            ..Curves::default()
        })
    }

    /// Which states exist, against two keys.
    fn regions(&self, x: &(Scale, Vec<f64>), y: &(Scale, Vec<f64>), map: &Map) -> Curves {
        let mut series: Vec<Series> =
            ["memory and spontaneous", "spontaneous only", "memory, no spontaneous", "neither"]
                .iter()
                .map(|name| Series { name: (*name).to_owned(), points: Vec::new() })
                .collect();
        for (point, found) in map.points.iter().enumerate() {
            let place = self.grid.place(point);
            let exists = |kind| found.stable(kind).is_some();
            let k = match (exists(Kind::Memory), exists(Kind::Spontaneous)) {
                (true, true) => 0,
                (false, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
            };
            let (x, mean) = (x.1[place[0]], y.1[place[1]]);
            series[k].points.push(Measured { x, mean, sem: f64::NAN });
        }
        series.retain(|s| !s.points.is_empty());
        Curves { x: x.0.clone(), y: y.0.clone(), series, ..Curves::default() }
    }
}

/// The scale of a key, and its values.
fn axis(axis: &Axis) -> Result<(Scale, Vec<f64>)> {
    match axis.scale() {
        Values::Numbers { values, unit } => {
            let name = if unit.is_empty() { axis.key.clone() } else { format!("{} ({unit})", axis.key) };
            Ok((Scale::new(name), values))
        }
        Values::Words(_) => Err(Error::input(
            "found words to draw against",
            "a figure of theory has numbers on its axes",
            "leave -o out, or name another key",
        )
        .placed(Place::Argument(format!("--over {}", axis.key)))),
    }
}

/// Means over the runs of a sweep of the rates of whole runs.
fn measured(table: &SweepTable, grid: &Grid, map: &Map) -> Result<Vec<Series>> {
    let key = &grid.axes[0].key;
    let wrong = |found: String, remedy: &str| {
        Error::input(found, "theory and table have the same key", remedy)
            .placed(Place::Argument(format!("--table {}", table.path.display())))
    };
    let x = table
        .numbers(key)
        .ok_or_else(|| wrong(format!("found no column `{key}`"), "choose the table of its sweep"))?;
    let mut series = Vec::new();
    for (column, name) in [
        (format!("delay_rate_hz.{}", map.population), "simulated, cued foreground in delays"),
        (format!("rate_hz.{}", map.population), "simulated"),
    ] {
        // Rates of whole runs mix states of memory and none.
        let Some(rates) = table.numbers(&column).filter(|_| series.is_empty()) else { continue };
        let mut values = x.clone();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let at = |x0: f64| {
            let own: Vec<f64> = x.iter().zip(&rates).filter(|(x, _)| **x == x0).map(|p| *p.1).collect();
            let (n, mean) = (own.len() as f64, own.iter().sum::<f64>() / own.len() as f64);
            let variance = own.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / (n - 1.0);
            Measured { x: x0, mean, sem: (variance / n).sqrt() }
        };
        series.push(Series { name: name.to_owned(), points: values.into_iter().map(at).collect() });
    }
    Ok(series)
}
