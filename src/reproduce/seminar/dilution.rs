//! B13: networks with few connections.

use super::super::{Check, Workshop};
use super::of_seeds;
use crate::error::Result;
use crate::statistics::Mean;
use crate::theory::diluted;
use crate::work::each;

/// K and N of the four dilutions.
const SIZES: [(usize, usize); 4] = [(2000, 2000), (1000, 2000), (400, 4000), (100, 10_000)];
const LOADS: [f64; 6] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];

/// The overlap that is left of a pattern at load (P - 1)/K, for P - 1 patterns disturb, in so many networks.
fn overlap(
    workshop: &Workshop,
    (degree, size): (usize, usize),
    load: f64,
    networks: u64,
) -> Result<f64> {
    let connect = match degree == size {
        true => "projection.J.connect=\"all_to_all\"".to_owned(),
        false => format!("projection.J.connect={{ in_degree = {degree} }}"),
    };
    let number = (load * degree as f64).round() as usize + 1;
    let settings = [
        format!("population.N.size={size}"),
        format!("patterns.N.random.number={number}"),
        connect,
        "task.recall.trials=5".to_owned(),
        "task.recall.flipped=0.0".to_owned(),
        "task.recall.sweeps=40".to_owned(),
        "record.interval=\"40 sweeps\"".to_owned(),
    ];
    let overlaps = of_seeds(networks, |seed| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed]).collect();
        Ok(workshop.run("diluted", &settings)?.mean("overlap"))
    })?;
    Ok(Mean::of(overlaps).value)
}

pub fn b13(workshop: &Workshop) -> Result<Vec<Check>> {
    let curve = |size: &(usize, usize)| -> Result<Vec<f64>> {
        each(LOADS, |load| overlap(workshop, *size, load, 2)).into_iter().collect()
    };
    let curves: Vec<Vec<f64>> = each(&SIZES, curve).into_iter().collect::<Result<_>>()?;
    let mut checks: Vec<Check> = SIZES.iter().zip(&curves).map(|(&k, c)| of_theory(k, c)).collect();
    let at: Vec<f64> = curves.iter().map(|curve| curve[1]).collect();
    checks.push(Check::that(
        at[0] < 0.6 && at.windows(2).all(|pair| pair[0] < pair[1]),
        "at α = 0.2 > 0.138, m grows as K/N falls: 1, 0.5, 0.1, 0.01",
        list(&at),
    ));
    checks.push(limit(workshop)?);
    Ok(checks)
}

fn list(values: &[f64]) -> String {
    values.iter().map(|m| format!("{m:.3}")).collect::<Vec<_>>().join(", ")
}

/// A curve beside theory, which is compared below 0.95 and above 1.15 of the capacity: finite networks round the fall.
fn of_theory((degree, size): (usize, usize), curve: &[f64]) -> Check {
    let share = degree as f64 / size as f64;
    let (capacity, last) = diluted::capacity(share);
    let met = LOADS.iter().zip(curve).all(|(&load, &m)| {
        if load < 0.95 * capacity {
            diluted::overlap_at(load, share).is_some_and(|theory| (m - theory).abs() <= 0.02)
        } else {
            load < 1.15 * capacity || m < 0.5 * last
        }
    });
    let theory: Vec<String> = LOADS
        .iter()
        .map(|&load| diluted::overlap_at(load, share).map_or("lost".into(), |m| format!("{m:.3}")))
        .collect();
    let expected = format!(
        "K = {degree} of N = {size}, α = 0.1 ... 0.6: {} ± 0.02 (α_c {capacity:.3})",
        theory.join(", ")
    );
    Check::that(met, expected, list(curve))
}

/// With K/N = 0.001 close to the limit of strong dilution; closer to 2/π, K/N must be smaller still.
fn limit(workshop: &Workshop) -> Result<Check> {
    let measured: Vec<f64> = LOADS[..5]
        .iter()
        .map(|&load| overlap(workshop, (100, 100_000), load, 1))
        .collect::<Result<_>>()?;
    let theory: Vec<f64> =
        LOADS[..5].iter().map(|&load| diluted::overlap(load, 0.0).unwrap_or(f64::NAN)).collect();
    let met = measured.iter().zip(&theory).enumerate().all(|(k, (m, limit))| {
        // Theory for K/N = 0.001 lies 0.023 below the limit at the last load.
        (m - limit).abs() <= if k < 4 { 0.01 } else { 0.04 }
    });
    let expected = format!(
        "K = 100 of N = 10^5, α = 0.1 ... 0.5: limit m = erf(m/√2α) {} ± 0.01 (last 0.04)",
        list(&theory)
    );
    Ok(Check::that(met, expected, list(&measured)))
}
