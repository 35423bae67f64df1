//! The survey of a landscape as `attractor states` prints it.

use crate::dynamics::binary::Tie;
use crate::landscape::{FixedPointRow, Survey};
use std::fmt;

/// More rows than this are counted and not shown.
const MOST_ROWS: usize = 64;
/// Width of the drawn bitmaps, characters.
const WIDTH: usize = 100;

impl fmt::Display for Survey {
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

impl Survey {
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
            let (k, ties) = (k + 1, stability(row));
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

/// The rules for ties under which a fixed point stands.
fn stability(row: &FixedPointRow) -> String {
    let word = |tie: &Tie| match tie {
        Tie::Keep => "keep",
        Tie::Plus => "plus",
        Tie::Minus => "minus",
    };
    match &row.ties {
        None => "none".to_owned(),
        Some(ties) => ties.iter().map(word).collect::<Vec<_>>().join(","),
    }
}

/// A number in at most six digits.
fn number(value: f64) -> String {
    if value == value.round() { format!("{value:.0}") } else { format!("{value:.4}") }
}
