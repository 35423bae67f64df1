//! The cortical microcircuit at a tenth of its size, against NEST on the same networks (row P5).

use super::{Check, Entry, Ran, Workshop};
use crate::analysis::Irregularity;
use crate::error::Result;
use crate::statistics::Mean;
use crate::work::each;

pub const ROWS: &[Entry] =
    &[("P5", "the cortical microcircuit at a tenth of its size (Potjans and Diesmann 2014)", p5)];

const POPULATIONS: [&str; 8] = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"];

/// When is measured, ms.
const WINDOW: (f64, f64) = (500.0, 10_500.0);

/// Bins of which counts are correlated, ms.
const BIN: f64 = 3.0;

/// Rates (Hz), mean CVs of intervals and mean correlations of counts in bins of 3 ms, times 1000, by population, means of two
/// networks, seeds 1 and 2: as NEST 3.10 has them, iaf_psc_exp in steps of 0.1 ms, of the same synapses and initial potentials that
/// `attractor export` wrote, and Poisson input of its own.
const NEST: [[f64; 8]; 3] = [
    [0.481, 2.102, 3.978, 5.004, 6.574, 7.778, 0.836, 7.004],
    [0.821, 0.864, 0.859, 0.850, 0.820, 0.793, 0.843, 0.805],
    [2.02, 3.22, 2.36, 2.48, 9.47, 1.73, 0.60, 0.41],
];

/// The correlation of the counts of two neurons of a population, on average over all pairs: mean covariance over mean variance,
/// (Var sum_i n_i - sum_i Var n_i) / ((N - 1) sum_i Var n_i), in the whole bins of the window.
fn correlation(ran: &Ran, population: &str, size: usize) -> Result<f64> {
    let bins = ((WINDOW.1 - WINDOW.0) / BIN) as usize;
    let mut all = vec![0f64; bins];
    // Of every neuron: its last bin and count there; the sum and the sum of squares of its counts.
    let mut own = vec![(bins, 0f64, 0f64, 0f64); size];
    ran.recording.for_spikes(population, |times, ids| {
        for (&time, &id) in times.iter().zip(ids).filter(|(time, _)| **time >= WINDOW.0) {
            let bin = ((time - WINDOW.0) / BIN) as usize;
            let Some(count) = all.get_mut(bin) else { continue };
            *count += 1.0;
            let (last, here, sum, squares) = &mut own[id as usize];
            if *last != bin {
                (*last, *here) = (bin, 0.0);
            }
            *squares += 2.0 * *here + 1.0;
            *here += 1.0;
            *sum += 1.0;
        }
    })?;
    let number = bins as f64;
    let variance = |sum: f64, squares: f64| squares / number - (sum / number).powi(2);
    let together = variance(all.iter().sum(), all.iter().map(|n| n * n).sum());
    let alone: f64 = own.iter().map(|&(.., sum, squares)| variance(sum, squares)).sum();
    Ok((together - alone) / ((size as f64 - 1.0) * alone))
}

/// Rate, mean CV and correlation of every population of one network.
fn measured(workshop: &Workshop, seed: u64) -> Result<[[f64; 8]; 3]> {
    let ran = workshop.run("microcircuit-tenth", &[&format!("seed={seed}")])?;
    let mut found = [[0.0; 8]; 3];
    for (k, population) in POPULATIONS.iter().enumerate() {
        let sizes = ran.recording.populations();
        let size = sizes.iter().find(|(name, _)| name == population).map_or(0, |p| p.1);
        let everyone: Vec<u32> = (0..size as u32).collect();
        let stretch = [(WINDOW.0, WINDOW.1, &everyone[..])];
        let Irregularity { spikes, cv } =
            Irregularity::of_stretches(&ran.recording, population, &stretch)?;
        found[0][k] = 1000.0 * spikes as f64 / (size as f64 * (WINDOW.1 - WINDOW.0));
        found[1][k] = cv.unwrap_or(f64::NAN);
        found[2][k] = 1000.0 * correlation(&ran, population, size)?;
    }
    Ok(found)
}

fn p5(workshop: &Workshop) -> Result<Vec<Check>> {
    let found: Vec<[[f64; 8]; 3]> =
        each(1..=2, |seed| measured(workshop, seed)).into_iter().collect::<Result<_>>()?;
    let means: [[f64; 8]; 3] = std::array::from_fn(|quantity| {
        std::array::from_fn(|k| Mean::of(found.iter().map(|network| network[quantity][k])).value)
    });
    let list = |values: &[f64; 8]| values.map(|value| format!("{value:.2}")).join(", ");
    let close = |what: &str, quantity: usize, most: &dyn Fn(f64) -> f64, bound: &str| {
        let (own, nest) = (&means[quantity], &NEST[quantity]);
        let met = own.iter().zip(nest).all(|(x, y)| (x - y).abs() <= most(*y));
        Check::that(met, format!("{what}; in NEST {}; {bound}", list(nest)), list(own))
    };
    Ok(vec![
        close(
            "the same two networks for 10 s, means over them, L23E to L6I: rates, Hz",
            0,
            &|rate| 0.05 * rate,
            "each ± 5 %",
        ),
        close("mean CV of intervals", 1, &|cv| 0.02 * cv, "each ± 2 %"),
        close(
            "mean correlation of two neurons in bins of 3 ms, times 1000",
            2,
            &|_| 0.3,
            "each ± 0.3",
        ),
    ])
}
