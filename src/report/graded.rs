//! The fixed points of a graded network as `attractor states` prints them.

use crate::error::counted;
use crate::landscape::graded::{GradedPoint, GradedSurvey};
use std::fmt;

/// More rows than this are counted and not shown.
const MOST_ROWS: usize = 64;
/// Activities of so many neurons are written as numbers.
const NUMBERS: usize = 6;

impl fmt::Display for GradedSurvey {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let lines = self.fixed_points.iter().filter(|p| p.line_to.is_some()).count();
        let points = self.fixed_points.len() - lines;
        let neurons = counted(self.neurons, "graded neuron");
        write!(f, "Fixed points of {neurons}: {points}")?;
        if lines > 0 {
            write!(f, ", and {} of them", counted(lines, "line"))?;
        }
        writeln!(f, "; {} stable, {} unstable", self.stable, self.unstable)?;
        match (self.complete, self.searches) {
            (true, _) => {
                writeln!(f, "  these are all: every piece of the transfer functions was solved")?
            }
            (false, searches) => {
                writeln!(f, "  found by Newton's method from {searches} states; there may be more")?
            }
        }
        let rest = self.starts - self.restless;
        writeln!(f, "  {rest} of {} random starts come to rest at one of them", self.starts)?;
        self.table(f)
    }
}

impl GradedSurvey {
    fn table(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let energy = self.fixed_points.iter().any(|p| p.energy.is_some());
        let fastest_in = if self.sweeps { "fastest (1/sweep)" } else { "fastest (1/ms)" };
        let (number, what, grows) = ("#", "what it is", "grows in");
        write!(f, "\n  {number:>4} {what:<14} {grows:>9} {fastest_in:>18} {:>8}", "starts")?;
        if energy {
            write!(f, " {:>10}", "energy")?;
        }
        writeln!(f, "  activity")?;
        for (k, point) in self.fixed_points.iter().take(MOST_ROWS).enumerate() {
            let share = 100.0 * point.reached as f64 / self.starts.max(1) as f64;
            write!(f, "  {:>4} {:<14} {:>9}", k + 1, point.kind, directions(point.unstable))?;
            write!(f, " {:>18} {share:>6.1} %", fastest(point))?;
            if energy {
                let energy = point.energy.map_or("-".to_owned(), decimals);
                write!(f, " {energy:>10}")?;
            }
            write!(f, "  {}", activities(&point.activity))?;
            if let Some(end) = &point.line_to {
                write!(f, " to {}", activities(end))?;
            }
            if let Some((name, overlap)) = &point.nearest {
                write!(f, "  {name} {}", decimals(*overlap))?;
            }
            writeln!(f)?;
        }
        match self.fixed_points.len().saturating_sub(MOST_ROWS) {
            0 => Ok(()),
            more => writeln!(f, "       and {more} more"),
        }
    }
}

/// With four decimals, and no sign of nothing.
fn decimals(value: f64) -> String {
    let text = format!("{value:.4}");
    if text == "-0.0000" { "0.0000".to_owned() } else { text }
}

fn directions(number: usize) -> String {
    match number {
        0 => "-".to_owned(),
        1 => "1 way".to_owned(),
        number => format!("{number} ways"),
    }
}

/// The eigenvalue with the largest real part.
fn fastest(point: &GradedPoint) -> String {
    let Some(&[re, im]) = point.eigenvalues.first() else { return "-".to_owned() };
    // What is nothing beside the largest is nothing.
    let largest = point.eigenvalues.iter().map(|e| e[0].hypot(e[1])).fold(0.0, f64::max);
    let clean = |v: f64| if v.abs() < 1e-9 * largest { 0.0 } else { v };
    match clean(im) {
        0.0 => decimals(clean(re)),
        im => format!("{} +- {}i", decimals(clean(re)), decimals(im.abs())),
    }
}

/// Few as numbers, many as marks: # above three quarters of the largest magnitude, = below minus that, and . in between.
fn activities(activity: &[f64]) -> String {
    if activity.len() <= NUMBERS {
        let each = activity.iter().map(|r| decimals(*r));
        let each = each.map(|r| match r.contains('.') {
            true => r.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => r,
        });
        return format!("({})", each.collect::<Vec<_>>().join(", "));
    }
    let largest = activity.iter().fold(0.0, |most: f64, r| most.max(r.abs()));
    let mark = |r: &f64| match r / largest {
        share if share > 0.75 => '#',
        share if share < -0.75 => '=',
        _ => '.',
    };
    let shown = activity.iter().take(60).map(mark).collect::<String>();
    if activity.len() > 60 { format!("{shown}...") } else { shown }
}
