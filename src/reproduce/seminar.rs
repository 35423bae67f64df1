//! A seminar on the Hopfield network (rows B1 to B16).

mod asymmetry;
mod capacity;
mod dilution;
mod energy;
mod forgetting;
mod learning;
pub(super) mod pictures;
mod rules;
mod sparse;

use super::{Check, Entry, Ran, Workshop};
use crate::error::Result;
use crate::statistics::Mean;
use crate::work::each;

pub const ROWS: &[Entry] = &[
    ("B1", "Hebb's rule, pattern by pattern and all at once", learning::b1),
    ("B2", "patterns vote: the same trajectories without a matrix", learning::b2),
    ("B3", "a corrupted picture and the retrieved one", pictures::b3),
    ("B4", "pictures of couplings for 1, 2, 3 patterns", pictures::b4),
    ("B5", "activity of neurons above overlaps with patterns, against time", pictures::b5),
    ("B6", "couplings change while patterns are learned: an animation", pictures::b6),
    ("B7", "the energy of a flip, and the sum over 10^6 flips", energy::b7),
    ("B8", "2^N states and N (N - 1) couplings, printed by `info`", energy::b8),
    ("B9", "histogram of wrong neurons, N = 100 (Hopfield 1982)", capacity::b9),
    ("B10", "overlap against load: capacity 0.138 N, theory and simulation", capacity::b10),
    ("B11", "bit errors of the first step", capacity::b11),
    ("B12", "sparse patterns: recall, and a larger capacity", sparse::b12),
    ("B13", "sparse connections: capacity grows with connections per neuron", dilution::b13),
    ("B14", "palimpsest: the newest patterns are kept, however many there were", forgetting::b14),
    ("B15", "other learning rules and what they keep", rules::b15),
    ("B16", "asymmetric couplings: cycles, chaos, sequences", asymmetry::b16),
];

/// What `of` finds for the seeds 1 .. `number`, given as a setting, in this order.
fn of_seeds<T: Send>(number: u64, of: impl Fn(&str) -> Result<T> + Sync + Send) -> Result<Vec<T>> {
    each(1..=number, |seed| of(&format!("seed={seed}"))).into_iter().collect()
}

/// A result of recall, trial by trial, of a model that is run with the seeds 1 .. `number`.
fn trials(
    workshop: &Workshop,
    (model, settings): (&str, &[&str]),
    number: u64,
    column: &str,
) -> Result<Vec<Vec<f64>>> {
    of_seeds(number, |seed| {
        let settings: Vec<&str> = settings.iter().copied().chain([seed]).collect();
        Ok(workshop.run(model, &settings)?.values(column))
    })
}

/// Mean and standard error, as words.
fn words(mean: &Mean, digits: usize) -> String {
    format!("{:.digits$} ± {:.digits$}", mean.value, mean.sem)
}

/// That a deviation is no larger than rounding explains.
fn tiny(what: &str, bound: f64, deviation: f64) -> Check {
    Check::that(deviation <= bound, format!("{what} {bound:e}"), format!("{deviation:.1e}"))
}

/// The share of values for which something holds.
fn share(values: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|v| holds(**v)).count() as f64 / values.len() as f64
}

/// What the summary of a run says in words.
fn told(ran: &Ran) -> String {
    ran.summary.to_string()
}
