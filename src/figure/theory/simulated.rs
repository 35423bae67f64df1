//! What a table of a sweep measured along the keys of theory, and whether the two agree.

use super::along::{Along, Key, Map};
use crate::error::{Error, Place, Result};
use crate::model::Model;
use crate::statistics::{Mean, Share};
use crate::sweep::{Axis, Grid, SweepTable};
use crate::theory::memory::Kind;

/// Theory and simulation agree if rates differ by less than this, relative, and twice the standard error.
const OFF: f64 = 0.15;
/// A network holds memories if it holds this share of the cued ones.
const HALF: f64 = 0.5;
/// Values of a key are the same if they differ by less than this, relative.
const SAME: f64 = 1e-9;

/// All runs of a table at one place.
pub struct Simulated {
    /// The values of the keys.
    pub place: Vec<f64>,
    /// Cues after which the cued pattern was held.
    pub held: Share,
    /// Mean rate of the held pattern over the runs in which one was held, Hz.
    pub rate: Mean,
}

/// A table beside theory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Number of places of the table at which theory was asked.
    pub compared: usize,
    /// Where they differ by more than the errors of theory, or disagree on whether there is a memory: one sentence each.
    pub differences: Vec<String>,
}

impl Along<'_> {
    /// The runs of the table; none without one.
    pub(super) fn simulated(&self, map: &Map) -> Result<Vec<Simulated>> {
        let Some(table) = self.table else { return Ok(Vec::new()) };
        of(table, self.grid, &map.population)
    }
}

/// The values of the keys of theory in a table, by key and run.
///
/// # Errors
/// If it has other keys, or values in other units.
pub fn keys(table: &SweepTable, grid: &Grid) -> Result<Vec<Vec<f64>>> {
    let remedy = "choose the table of a sweep over the keys of --over";
    let at = |e: Error| e.placed(Place::Argument(format!("--table {}", table.path.display())));
    if let Some(other) = table.grid.axes.iter().find(|a| grid.axes.iter().all(|b| b.key != a.key)) {
        let found = format!("found a sweep over `{}`", other.key);
        return Err(at(Error::input(found, "theory and table have the same keys", remedy)));
    }
    let key = |axis: &Axis| {
        let own = table.grid.axes.iter().find(|own| own.key == axis.key);
        let same = own.filter(|own| own.scale().unit() == axis.scale().unit());
        same.and_then(|_| table.numbers(&axis.key)).ok_or_else(|| {
            let found = format!("found no `{}` in the units of --over", axis.key);
            Error::input(found, "theory and table have the same keys", remedy)
        })
    };
    grid.axes.iter().map(key).collect::<Result<_>>().map_err(at)
}

/// Refuses a table of another network than that of the model, which has the values of the table's first point.
/// Protocol, task, what is recorded and the seed may differ: theory does not know them.
///
/// # Errors
/// If they differ.
pub fn same_network(model: &Model, table: &SweepTable) -> Result<()> {
    let own = table.model(0)?;
    let differs = [
        ("population", own.population != model.population),
        ("patterns", own.patterns != model.patterns),
        ("dynamics", own.dynamics != model.dynamics),
        ("projection", own.projection != model.projection),
    ];
    let Some((section, _)) = differs.iter().find(|(_, differs)| *differs) else { return Ok(()) };
    let error = Error::input(
        format!("found a sweep of another network: its `{section}` differs from that of the model"),
        "theory is compared with simulations of the same network",
        "choose the table of a sweep of this model, or give --set what the sweep was given",
    );
    Err(error.placed(Place::Argument(format!("--table {}", table.path.display()))))
}

fn of(table: &SweepTable, grid: &Grid, population: &str) -> Result<Vec<Simulated>> {
    let keys = keys(table, grid)?;
    let columns = [("cues_held", "cues"), ("held", "trials")];
    let shares = columns.iter().find_map(|(a, b)| Some((table.numbers(a)?, table.numbers(b)?)));
    let Some((held, cues)) = shares else {
        let error = Error::input(
            "found no column `cues_held`",
            "theory is compared with what was held after cues",
            "sweep a model whose protocol has cues, with this version",
        );
        return Err(error.placed(Place::Argument(format!("--table {}", table.path.display()))));
    };
    let rates = table.numbers(&format!("delay_rate_hz.{population}")).unwrap_or_default();
    let mut places: Vec<(Vec<f64>, Vec<usize>)> = Vec::new();
    for run in (0..held.len()).filter(|run| held[*run].is_finite()) {
        let place: Vec<f64> = keys.iter().map(|values| values[run]).collect();
        match places.iter_mut().find(|known| known.0 == place) {
            Some(known) => known.1.push(run),
            None => places.push((place, vec![run])),
        }
    }
    let simulated = |(place, runs): (Vec<f64>, Vec<usize>)| {
        let number = runs.iter().map(|run| held[*run] * cues[*run]).sum::<f64>().round() as usize;
        let of = runs.iter().map(|run| cues[*run]).sum::<f64>().round() as usize;
        let rate = Mean::of(runs.iter().filter_map(|run| rates.get(*run).copied()));
        Simulated { place, held: Share { number, of }, rate }
    };
    Ok(places.into_iter().map(simulated).collect())
}

impl Comparison {
    /// Of every place of the table that is a point of the grid.
    pub(super) fn of(grid: &Grid, keys: &[Key], map: &Map, simulated: &[Simulated]) -> Self {
        let mut comparison = Self { compared: 0, differences: Vec::new() };
        let same = |a: f64, b: f64| (a - b).abs() <= SAME * a.abs().max(b.abs());
        for one in simulated {
            let here = |point: &usize| {
                let places = grid.place(*point);
                let values = keys.iter().zip(places).map(|(key, k)| key.values[k]);
                values.zip(&one.place).all(|(a, b)| same(a, *b))
            };
            let Some(point) = (0..map.points.len()).find(here) else { continue };
            comparison.compared += 1;
            let memory = map.points[point].stable(Kind::Memory);
            let rate = memory.and_then(|state| state.rate(&map.population, "foreground"));
            if let Some(difference) = one.against(rate) {
                let settings = grid.settings(point).join(", ");
                comparison.differences.push(format!("{settings}: {difference}"));
            }
        }
        comparison
    }
}

impl Simulated {
    /// How it differs from a theory that gives a memory this rate, or has no memory.
    fn against(&self, theory: Option<f64>) -> Option<String> {
        let Share { number, of } = self.held;
        let holds = self.held.value() >= HALF;
        let held = format!("{number} of {of} cues held in simulation");
        match theory {
            None if holds => Some(format!("{held}, no memory found in theory")),
            Some(rate) if !holds => Some(format!("{held}, a memory of {rate:.1} Hz in theory")),
            Some(rate) => {
                let error = if self.rate.sem.is_nan() { 0.0 } else { self.rate.sem };
                let found = self.rate.value;
                let off = (found - rate).abs() > OFF * rate + 2.0 * error;
                off.then(|| {
                    let error = if error > 0.0 { format!(" +- {error:.1}") } else { String::new() };
                    format!("held pattern {found:.1}{error} Hz in simulation, {rate:.1} in theory")
                })
            }
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_one_of_existence_or_of_rate() {
        let of = |number: usize, rates: &[f64], theory: Option<f64>| {
            let (held, rate) = (Share { number, of: 12 }, Mean::of(rates.iter().copied()));
            Simulated { place: vec![1.0], held, rate }.against(theory)
        };
        assert_eq!(of(12, &[40.0, 41.0], Some(45.0)), None);
        assert_eq!(of(2, &[20.0], None), None);
        let said = of(12, &[30.0, 32.0], Some(45.0)).unwrap();
        assert_eq!(said, "held pattern 31.0 +- 1.0 Hz in simulation, 45.0 in theory");
        // Their scatter explains it.
        assert_eq!(of(12, &[30.0, 40.0], Some(45.0)), None);
        let said = of(6, &[30.0], None).unwrap();
        assert_eq!(said, "6 of 12 cues held in simulation, no memory found in theory");
        let said = of(5, &[44.0], Some(45.0)).unwrap();
        assert_eq!(said, "5 of 12 cues held in simulation, a memory of 45.0 Hz in theory");
    }
}
