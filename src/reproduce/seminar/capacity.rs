//! B9 to B11: how many patterns Hebb's rule keeps, and how well.

use super::super::{Check, Workshop};
use super::{share, trials, words};
use crate::error::Result;
use crate::statistics::Mean;
use crate::theory::{crosstalk, hopfield};
use crate::work::each;

/// Networks of this size that hold this many patterns, of which `starts` are tried, one each.
fn settings(size: usize, number: usize, starts: usize) -> [String; 3] {
    [
        format!("population.N.size={size}"),
        format!("patterns.N.random.number={number}"),
        format!("task.recall.trials={starts}"),
    ]
}

fn capacity(
    workshop: &Workshop,
    settings: &[String],
    seeds: u64,
    column: &str,
) -> Result<Vec<Vec<f64>>> {
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    trials(workshop, ("capacity", &settings), seeds, column)
}

pub fn b9(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (number, exact, seeds) in [(5, 1.0, 60), (10, 0.96, 60), (15, 0.71, 100)] {
        let errors = capacity(workshop, &settings(100, number, number), seeds, "errors")?.concat();
        let near = |what: &str, expected: f64, tolerance: f64, measured: f64| {
            let trials = errors.len();
            let (per_cent, points) = (100.0 * expected, 100.0 * tolerance);
            Check::that(
                (measured - expected).abs() <= tolerance,
                format!("P = {number}: {what} {per_cent:.1} % ± {points:.1} points"),
                format!("{:.1} % of {trials}", 100.0 * measured),
            )
        };
        checks.push(near("without an error", exact, 0.05, share(&errors, |e| e == 0.0)));
        if number == 15 {
            // 4 of 300 have a standard error of 0.65 %.
            let lost = share(&errors, |e| e > 30.0);
            checks.push(near("with over 30 errors", 0.013, 0.013, lost));
        }
    }
    Ok(checks)
}

pub fn b10(workshop: &Workshop) -> Result<Vec<Check>> {
    let last = hopfield::capacity();
    let mut checks = vec![
        Check::near("theory: alpha_c", 0.13791, 5e-6, last.load),
        Check::near("theory: m_c", 0.9674, 5e-5, last.overlap),
        line(),
    ];
    for (number, overlap) in
        [(50, 1.0), (100, 0.998), (120, 0.991), (138, 0.976), (150, 0.897), (200, 0.36)]
    {
        let networks = capacity(workshop, &settings(1000, number, 40), NETWORKS, "overlap")?;
        checks.push(point(number, overlap, &networks));
    }
    checks.push(sharpening(workshop)?);
    Ok(checks)
}

/// The theory at four loads, to half of the last digit given.
fn line() -> Check {
    let table = [(0.05, 0.99999, 5), (0.10, 0.9980, 4), (0.12, 0.9932, 4), (0.13, 0.9872, 4)];
    let mut measured = Vec::new();
    let mut met = true;
    for (load, expected, digits) in table {
        let m = hopfield::overlap(load).unwrap_or(f64::NAN);
        met &= (m - expected).abs() <= 0.5001 * 10f64.powi(-digits);
        measured.push(format!("{m:.5}"));
    }
    let expected = "theory: m = 0.99999, 0.9980, 0.9932, 0.9872 at 0.05, 0.10, 0.12, 0.13";
    Check::that(met, expected, measured.join(", "))
}

/// Networks of a point of B10, with 40 patterns each.
const NETWORKS: u64 = 20;

/// The mean overlap of 40 patterns scatters from network to network; the list has one network.
fn point(number: usize, expected: f64, networks: &[Vec<f64>]) -> Check {
    let means: Vec<f64> = networks.iter().map(|m| Mean::of(m.iter().copied()).value).collect();
    let mean = Mean::of(means.iter().copied());
    let scatter = mean.sem * (means.len() as f64).sqrt();
    // Of one network and of the mean here; half a unit of the last digit at least.
    let tolerance = (3.0 * (scatter * scatter + mean.sem * mean.sem).sqrt()).max(0.0005);
    let theory = hopfield::overlap(number as f64 / 1000.0);
    let theory = theory.map_or("none".to_owned(), |m| format!("{m:.4}"));
    Check::that(
        (mean.value - expected).abs() <= tolerance,
        format!("N = 1000, P = {number}: m = {expected} ± {tolerance:.4} (3 s.d. of a network)"),
        format!("{} (theory {theory})", words(&mean, 4)),
    )
}

/// The share of patterns that are kept falls from 3/4 to 1/4 over an interval of loads that shrinks with N.
fn sharpening(workshop: &Workshop) -> Result<Check> {
    let sizes = [(500, 16), (1000, 8), (2000, 4), (4000, 2)];
    let loads: Vec<f64> = (0..9).map(|k| 0.12 + 0.01 * f64::from(k)).collect();
    let width = |&(size, seeds): &(usize, u64)| -> Result<f64> {
        let kept = |load: &f64| -> Result<f64> {
            let number = (load * size as f64).round() as usize;
            let m = capacity(workshop, &settings(size, number, 50), seeds, "overlap")?.concat();
            Ok(share(&m, |m| m > 0.8))
        };
        let kept: Vec<f64> = each(&loads, kept).into_iter().collect::<Result<_>>()?;
        Ok(crossing(&loads, &kept, 0.25) - crossing(&loads, &kept, 0.75))
    };
    let widths: Vec<f64> = each(&sizes, width).into_iter().collect::<Result<_>>()?;
    let list: Vec<String> = widths.iter().map(|w| format!("{w:.4}")).collect();
    Ok(Check::that(
        widths.windows(2).all(|w| w[1] < w[0]),
        "share with m > 0.8 falls from 3/4 to 1/4 within Δα that shrinks, N = 500 ... 4000",
        list.join(", "),
    ))
}

/// Where the line through falling points crosses `level`.
fn crossing(x: &[f64], y: &[f64], level: f64) -> f64 {
    let Some(k) = (1..x.len()).find(|&k| y[k] < level) else { return f64::NAN };
    x[k - 1] + (x[k] - x[k - 1]) * (y[k - 1] - level) / (y[k - 1] - y[k])
}

pub fn b11(workshop: &Workshop) -> Result<Vec<Check>> {
    let table = [
        (0.105, 0.00101),
        (0.138, 0.00355),
        (0.185, 0.0100),
        (0.2, 0.0127),
        (0.37, 0.0501),
        (0.61, 0.1002),
    ];
    let check = |&(load, quoted): &(f64, f64)| -> Result<Check> {
        // P - 1 patterns disturb through N - 1 neurons: their ratio is the load.
        let number = (load * 2000.0f64).round() as usize + 1;
        let mut given = settings(2001, number, 100).to_vec();
        given.push("task.recall.sweeps=1".to_owned());
        let errors = capacity(workshop, &given, 4, "first_step")?.concat();
        let mean = Mean::of(errors);
        let theory = crosstalk::first_step_error(load, 1.0);
        // The list has three digits.
        let listed = (theory / quoted - 1.0).abs() < 0.005;
        Ok(Check::that(
            listed && (mean.value - theory).abs() <= 3.0 * mean.sem,
            format!("α = {load}: {theory:.5} within 3 s.e."),
            words(&mean, 5),
        ))
    };
    each(&table, check).into_iter().collect()
}
