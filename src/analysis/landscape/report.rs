//! The report on a landscape: every fixed point, what it is, and how much leads to it.

use super::basins::{Basins, Map};
use super::census::classify;
use super::network::SmallNetwork;
use crate::dynamics::binary::{States, Tie};
use crate::error::{Error, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// More rows than this are counted and not shown.
const MOST_ROWS: usize = 64;
/// Width of the drawn bitmaps, characters.
const WIDTH: usize = 100;

/// The patterns that a network has learned, with their names.
#[derive(Clone, Copy, Debug)]
pub struct Memories<'a> {
    pub names: &'a [String],
    /// 0 or 1 per neuron.
    pub patterns: &'a [Vec<u8>],
    /// Columns and rows of a pattern that is a picture.
    pub shape: Option<(usize, usize)>,
}

/// A fixed point and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct FixedPointRow {
    /// Neuron by neuron, 1 for the upper state.
    pub state: String,
    pub energy: f64,
    /// `None` if every neuron has a reason to stay; otherwise the rules for ties under which it is a fixed point.
    pub ties: Option<Vec<Tie>>,
    /// What it is: the name of a memory, "inverse of ...", "mixture ..." or "other".
    pub kind: String,
    /// The nearest memory, and the number of neurons that differ.
    pub nearest: Option<(String, usize)>,
    /// States that lead to it when all neurons are updated at once, and in sweeps in fixed order.
    pub synchronous: usize,
    pub sweep: usize,
}

/// Attractors of one period.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PeriodRow {
    pub period: usize,
    pub attractors: usize,
    /// States that lead to them.
    pub states: usize,
}

/// Everything about the states of a small network.
#[derive(Clone, Debug, Serialize)]
pub struct LandscapeReport {
    pub neurons: usize,
    pub states: States,
    pub tie: Tie,
    /// Share of pairs with J_ij != J_ji; there is an energy only if it is 0.
    pub asymmetry: f64,
    /// Fixed points in which every neuron has a reason to stay, and those under each rule for ties.
    pub strict: usize,
    pub keep: usize,
    pub plus: usize,
    pub minus: usize,
    /// States of which no single flip lowers the energy.
    pub minima: usize,
    /// By energy.
    pub fixed_points: Vec<FixedPointRow>,
    pub synchronous: Vec<PeriodRow>,
    pub sweep: Vec<PeriodRow>,
    #[serde(skip)]
    shape: Option<(usize, usize)>,
}

/// m: mean activity of the foreground minus that of the background of a pattern, where an empty one counts as silent.
pub(super) fn overlap(pattern: &[u8], state: &[u8]) -> f64 {
    let (mut sums, mut numbers) = ([0u32; 2], [0u32; 2]);
    for (&x, &s) in pattern.iter().zip(state) {
        sums[usize::from(x)] += u32::from(s);
        numbers[usize::from(x)] += 1;
    }
    let mean = |k: usize| f64::from(sums[k]) / f64::from(numbers[k].max(1));
    mean(1) - mean(0)
}

impl LandscapeReport {
    /// Searches all states of `network`.
    ///
    /// # Errors
    /// If a pattern or the shape does not fit the network, or if there are more than a million fixed points.
    pub fn of(network: &SmallNetwork, memories: &Memories) -> Result<Self> {
        memories.check(network.neurons())?;
        let points = network.fixed_points()?;
        let synchronous = network.basins(Map::Synchronous);
        let sweep = network.basins(Map::Sweep);
        let basins = |basins: &Basins| -> BTreeMap<u32, usize> {
            let fixed = basins.attractors.iter().filter(|a| a.period == 1);
            fixed.map(|a| (a.state, a.basin)).collect()
        };
        let (at_once, in_sweeps) = (basins(&synchronous), basins(&sweep));
        let size = |table: &BTreeMap<u32, usize>, state| table.get(&state).copied().unwrap_or(0);
        let rows = points.iter().map(|point| {
            let state: Vec<u8> =
                (0..network.neurons()).map(|i| (point.state >> i & 1) as u8).collect();
            let ties = Tie::ALL.into_iter().filter(|tie| point.holds(*tie)).collect();
            FixedPointRow {
                energy: point.energy,
                ties: (!point.strict()).then_some(ties),
                kind: classify(&state, memories.patterns, 0.0).0.describe(memories.names),
                nearest: memories.nearest(&state),
                synchronous: size(&at_once, point.state),
                sweep: size(&in_sweeps, point.state),
                state: state.iter().map(|s| char::from(b'0' + s)).collect(),
            }
        });
        let count = |tie| points.iter().filter(|point| point.holds(tie)).count();
        Ok(Self {
            neurons: network.neurons(),
            states: network.states(),
            tie: network.tie(),
            asymmetry: network.asymmetry(),
            strict: points.iter().filter(|point| point.strict()).count(),
            keep: count(Tie::Keep),
            plus: count(Tie::Plus),
            minus: count(Tie::Minus),
            minima: network.minima()?.len(),
            fixed_points: rows.collect(),
            synchronous: periods(&synchronous),
            sweep: periods(&sweep),
            shape: memories.shape,
        })
    }

    fn has_energy(&self) -> bool {
        self.asymmetry == 0.0
    }
}

fn periods(basins: &Basins) -> Vec<PeriodRow> {
    let row = |(period, (attractors, states))| PeriodRow { period, attractors, states };
    basins.by_period().into_iter().map(row).collect()
}

impl Memories<'_> {
    fn check(&self, neurons: usize) -> Result<()> {
        let wrong = self.patterns.iter().find(|pattern| pattern.len() != neurons);
        if let Some(wrong) = wrong {
            let found = format!("found a pattern of {} for {neurons} neurons", wrong.len());
            return Err(Error::input(found, "they are equal", "give one value per neuron"));
        }
        if self.names.len() != self.patterns.len() {
            let (names, patterns) = (self.names.len(), self.patterns.len());
            let found = format!("found {names} names of {patterns} patterns");
            return Err(Error::input(found, "each has one", "name every pattern"));
        }
        match self.shape {
            Some((columns, rows)) if columns * rows != neurons => {
                let found = format!("found {columns} x {rows} pixels for {neurons} neurons");
                Err(Error::input(found, "each neuron is a pixel", "correct the shape"))
            }
            _ => Ok(()),
        }
    }

    fn nearest(&self, state: &[u8]) -> Option<(String, usize)> {
        let distance =
            |pattern: &Vec<u8>| pattern.iter().zip(state).filter(|(a, b)| a != b).count();
        let named = self.names.iter().zip(self.patterns.iter().map(distance));
        named.min_by_key(|(_, distance)| *distance).map(|(name, d)| (name.clone(), d))
    }
}

impl fmt::Display for LandscapeReport {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let all = 1u64 << self.neurons;
        writeln!(f, "All {all} states of {} neurons", self.neurons)?;
        writeln!(
            f,
            "  fixed points: {} strict; {} if ties are kept, {} if they go to plus, {} to minus",
            self.strict, self.keep, self.plus, self.minus
        )?;
        if self.has_energy() {
            writeln!(f, "  local minima of the energy: {}", self.minima)?;
        } else {
            let share = 100.0 * self.asymmetry;
            writeln!(f, "  no energy decides: {share:.0} % of the pairs are asymmetric")?;
        }
        for (name, rows) in [("at once", &self.synchronous), ("in sweeps", &self.sweep)] {
            for row in rows {
                let share = 100.0 * row.states as f64 / all as f64;
                let (number, what) = match (row.attractors, row.period) {
                    (1, 1) => (1, "fixed point".to_owned()),
                    (number, 1) => (number, "fixed points".to_owned()),
                    (1, period) => (1, format!("cycle of {period}")),
                    (number, period) => (number, format!("cycles of {period}")),
                };
                writeln!(
                    f,
                    "  updated {name:<9}: {share:6.2} % of the states end in {number} {what}"
                )?;
            }
        }
        self.table(f)?;
        self.bitmaps(f)
    }
}

impl LandscapeReport {
    fn table(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let energy = if self.has_energy() { "energy" } else { "" };
        writeln!(
            f,
            "\n    # {energy:>9} {:>9} {:>9}  {:<10} what it is",
            "at once", "sweeps", "ties"
        )?;
        for (k, row) in self.fixed_points.iter().take(MOST_ROWS).enumerate() {
            let energy = if self.has_energy() { number(row.energy) } else { String::new() };
            let what = match &row.nearest {
                Some((name, distance)) if row.kind != *name => {
                    format!("{}, {distance} from {name}", row.kind)
                }
                _ => row.kind.clone(),
            };
            let (k, ties) = (k + 1, row.stability());
            let (at_once, sweeps) = (row.synchronous, row.sweep);
            writeln!(f, "{k:>5} {energy:>9} {at_once:>9} {sweeps:>9}  {ties:<10} {what}")?;
        }
        match self.fixed_points.len().saturating_sub(MOST_ROWS) {
            0 => Ok(()),
            more => writeln!(f, "      and {more} more"),
        }
    }

    /// The fixed points as pictures, side by side.
    fn bitmaps(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Some((columns, rows)) = self.shape else { return Ok(()) };
        let cell = columns.max(4) + 3;
        let shown = &self.fixed_points[..self.fixed_points.len().min(MOST_ROWS)];
        let across = (WIDTH / cell).max(1);
        for (k, group) in shown.chunks(across).enumerate() {
            writeln!(f)?;
            let heads = (0..group.len()).map(|i| format!("{:<cell$}", k * across + i + 1));
            writeln!(f, "  {}", heads.collect::<String>().trim_end())?;
            for row in 0..rows {
                let line = group.iter().map(|point| {
                    let pixels = &point.state[row * columns..(row + 1) * columns];
                    let pixels = pixels.replace('0', ".").replace('1', "#");
                    format!("{pixels:<cell$}")
                });
                writeln!(f, "  {}", line.collect::<String>().trim_end())?;
            }
        }
        Ok(())
    }
}

impl FixedPointRow {
    fn stability(&self) -> String {
        let word = |tie: &Tie| match tie {
            Tie::Keep => "keep",
            Tie::Plus => "plus",
            Tie::Minus => "minus",
        };
        match &self.ties {
            None => "none".to_owned(),
            Some(ties) => ties.iter().map(word).collect::<Vec<_>>().join(","),
        }
    }
}

/// A number in at most six digits.
fn number(value: f64) -> String {
    if value == value.round() { format!("{value:.0}") } else { format!("{value:.4}") }
}
