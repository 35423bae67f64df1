//! B13: networks with few connections.

use super::super::{Check, Workshop};
use super::{of_seeds, words};
use crate::analysis::Mean;
use crate::error::Result;
use crate::theory::{diluted, hopfield};
use rayon::prelude::*;

/// K and N of the four dilutions.
const SIZES: [(usize, usize); 4] = [(2000, 2000), (1000, 2000), (400, 4000), (100, 10_000)];
const LOADS: [f64; 6] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];

/// The overlap that is left of a pattern at load (P - 1)/K: P - 1 patterns disturb.
fn overlap(workshop: &Workshop, (degree, size): (usize, usize), load: f64) -> Result<Mean> {
    let connect = match degree == size {
        true => "projection.J.connect=\"all_to_all\"".to_owned(),
        false => format!("projection.J.connect={{ in_degree = {degree} }}"),
    };
    let number = (load * degree as f64).round() as usize + 1;
    let settings = [
        format!("population.N.size={size}"),
        format!("patterns.N.random.number={number}"),
        connect,
        "task.recall.flipped=0.0".to_owned(),
        "task.recall.sweeps=60".to_owned(),
        "record.interval=\"60 sweeps\"".to_owned(),
    ];
    let networks = of_seeds(3, |seed| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed]).collect();
        Ok(workshop.run("diluted", &settings)?.mean("overlap"))
    })?;
    Ok(Mean::of(networks))
}

pub fn b13(workshop: &Workshop) -> Result<Vec<Check>> {
    let curve = |size: &(usize, usize)| -> Result<Vec<Mean>> {
        LOADS.par_iter().map(|&load| overlap(workshop, *size, load)).collect()
    };
    let curves: Vec<Vec<Mean>> = SIZES.par_iter().map(curve).collect::<Result<_>>()?;
    let mut checks: Vec<Check> =
        LOADS.iter().zip(&curves[3]).map(|(&load, mean)| limit(load, mean)).collect();
    for (&(degree, size), curve) in SIZES.iter().zip(&curves) {
        let list: Vec<String> = curve.iter().map(|m| format!("{:.2}", m.value)).collect();
        let (first, last) = (curve[0].value, curve[5].value);
        checks.push(Check::that(
            first > 0.95 && last < first,
            format!("K/N = {}: m falls over α = 0.1 ... 0.6", degree as f64 / size as f64),
            list.join(", "),
        ));
    }
    let at: Vec<f64> = curves.iter().map(|curve| curve[1].value).collect();
    let list: Vec<String> = at.iter().map(|m| format!("{m:.3}")).collect();
    checks.push(Check::that(
        at[0] < 0.6 && at.windows(2).all(|pair| pair[0] < pair[1]),
        "at α = 0.2 > 0.138, m grows as K/N falls: 1, 0.5, 0.1, 0.01",
        list.join(", "),
    ));
    let full = overlap(workshop, SIZES[0], 0.12)?;
    let theory = hopfield::overlap(0.12).unwrap_or(f64::NAN);
    checks.push(Check::near("K/N = 1, α = 0.12 as in theory, m", theory, 0.01, full.value));
    checks.push(Check::near("theory of the diluted limit: 2/π,", 0.63662, 5e-6, diluted::CAPACITY));
    Ok(checks)
}

/// A point of K/N = 0.01 against the limit of strong dilution.
fn limit(load: f64, mean: &Mean) -> Check {
    let theory = diluted::overlap(load, 0.0).unwrap_or(f64::NAN);
    // With 100 connections the transition is rounded.
    let tolerance = if load < 0.45 { 0.02 } else { 0.06 };
    Check::that(
        (mean.value - theory).abs() <= tolerance,
        format!("K = 100 of N = 10^4, α = {load}: m = {theory:.4} ± {tolerance} (limit)"),
        words(mean, 4),
    )
}
