//! Figures of mean-field theory: rates of stable states against one key of a model, or which of them exist against two.

use crate::error::{Error, Place, Result};
use crate::plot::chart::{Figure, Scale};
use crate::plot::sweep::{Curves, Line, Measured, Series, curves};
use crate::statistics::Mean;
use crate::sweep::{Axis, Grid, SweepTable, Values};
use crate::theory::memory::{Kind, MeanField};

/// Theory and simulation agree if they differ by less than this, relative, and twice the standard error.
const OFF: f64 = 0.15;

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
                return Err(Error::input(
                    "found no key",
                    "a figure has one or two",
                    "write --over",
                )
                .placed(Place::Argument("--output".to_owned())));
            }
        };
        Ok(curves(&self.title, &panel))
    }

    /// Rates against one key.
    fn rates(&self, (x, values): &(Scale, Vec<f64>), map: &Map) -> Result<Curves> {
        let line = |(kind, of): (Kind, usize), part: &str, name: &str| {
            let rate = |found: &&MeanField| found.stable(kind)?.rate(&map.population, part);
            let rates = map.points.iter().map(|found| rate(found).unwrap_or(f64::NAN));
            let points: Vec<(f64, f64)> = values.iter().copied().zip(rates).collect();
            let line = Line { name: name.to_owned(), points, of: Some(of) };
            line.points.iter().any(|p| p.1.is_finite()).then_some(line)
        };
        let theory: Vec<Line> = [
            line((Kind::Memory, 0), "foreground", "memory, foreground"),
            line((Kind::Spontaneous, 1), "all", "spontaneous"),
            line((Kind::Diffuse, 2), "all", "diffuse"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let series = self.table.map(|table| measured(table, self.grid, map)).transpose()?;
        let mut series = series.unwrap_or_default();
        series.retain(|s| s.points.iter().any(|p| p.mean.is_finite()));
        Ok(Curves {
            x: x.clone(),
            y: Scale::new(format!("rate of {} (Hz)", map.population)).with_zero(),
            series,
            theory,
            ..Curves::default()
        })
    }

    /// Where the table and theory differ by more than theory's errors, or disagree on whether there is a memory.
    ///
    /// # Errors
    /// Those of [`Along::figure`].
    pub fn differences(&self, map: &Map) -> Result<Vec<String>> {
        let (Some(table), [key]) = (self.table, &self.grid.axes[..]) else { return Ok(Vec::new()) };
        let series = measured(table, self.grid, map)?;
        let (_, values) = axis(key)?;
        let mut said = Vec::new();
        for (k, (x, found)) in values.iter().zip(&map.points).enumerate() {
            for ((_, kind, part, words), series) in COMPARED.iter().zip(&series) {
                let Some(point) = series.points.iter().find(|p| p.x == *x) else { continue };
                let rate = found.stable(*kind).and_then(|s| s.rate(&map.population, part));
                let agree = match rate {
                    None => point.mean.is_nan(),
                    Some(rate) => {
                        let within = OFF * rate + 2.0 * point.sem.max(0.0);
                        (point.mean - rate).abs() <= within
                    }
                };
                if !agree {
                    let or_none = |rate: Option<f64>| {
                        rate.map_or("none".to_owned(), |rate| format!("{rate:.2} Hz"))
                    };
                    let simulated = or_none(Some(point.mean).filter(|mean| mean.is_finite()));
                    said.push(format!(
                        "{} = {}: {words} {simulated} in simulation, {} in theory",
                        key.key,
                        key.scale().describe(k),
                        or_none(rate)
                    ));
                }
            }
        }
        Ok(said)
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
            series[k].points.push(Measured { x, mean, sem: f64::NAN, interval: None });
        }
        series.retain(|s| !s.points.is_empty());
        Curves { x: x.0.clone(), y: y.0.clone(), series, ..Curves::default() }
    }
}

/// Refuses keys whose values cannot stand on an axis.
///
/// # Errors
/// At the argument of the first.
pub fn check(grid: &Grid) -> Result<()> {
    grid.axes.iter().try_for_each(|key| axis(key).map(|_| ()))
}

/// The scale of a key, and its values.
fn axis(axis: &Axis) -> Result<(Scale, Vec<f64>)> {
    match axis.scale() {
        Values::Numbers { values, unit } => {
            let name =
                if unit.is_empty() { axis.key.clone() } else { format!("{} ({unit})", axis.key) };
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

/// Columns of a table, without the population, beside the state and the part of it that they measure, and in words.
const COMPARED: [(&str, Kind, &str, &str); 2] = [
    ("delay_rate_hz", Kind::Memory, "foreground", "held pattern"),
    ("spontaneous_hz", Kind::Spontaneous, "all", "spontaneous"),
];

/// Means over the runs of a sweep of each of these columns; without points where the table lacks it.
fn measured(table: &SweepTable, grid: &Grid, map: &Map) -> Result<Vec<Series>> {
    let key = &grid.axes[0].key;
    let x = table.numbers(key).ok_or_else(|| {
        let found = format!("found no column `{key}`");
        Error::input(found, "theory and table have the same key", "choose the table of its sweep")
            .placed(Place::Argument(format!("--table {}", table.path.display())))
    })?;
    let mut values = x.clone();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let each = |(column, _, _, words): &(&str, Kind, &str, &str)| {
        let rates = table.numbers(&format!("{column}.{}", map.population)).unwrap_or_default();
        let at = |x0: &f64| {
            let own = x.iter().zip(&rates).filter(|(x, rate)| *x == x0 && rate.is_finite());
            let mean = Mean::of(own.map(|(_, rate)| *rate));
            Measured { x: *x0, mean: mean.value, sem: mean.sem, interval: None }
        };
        let points = if rates.is_empty() { Vec::new() } else { values.iter().map(at).collect() };
        Series { name: format!("{words}, simulated"), points }
    };
    Ok(COMPARED.iter().map(each).collect())
}
