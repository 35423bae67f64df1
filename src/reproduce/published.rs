//! Published spiking networks, against numbers that independent programs gave (rows P1 and P2).

use super::{Check, Entry, Ran, Workshop};
use crate::analysis::{fano, mean_rate};
use crate::error::Result;
use crate::pattern::Patterns;
use crate::statistics::Mean;
use rayon::prelude::*;

pub const ROWS: &[Entry] = &[
    ("P1", "clusters of excitatory and inhibitory neurons (Rostami 2024)", p1),
    ("P2", "working memory in facilitated synapses (Mongillo 2008)", p2),
];

/// Networks that are measured alike.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

/// What `of` finds for every seed, given as a setting: a list of numbers, which become means over seeds one by one.
fn over_seeds<const N: usize>(of: impl Fn(&str) -> Result<[f64; N]> + Sync) -> Result<[Mean; N]> {
    let found: Vec<[f64; N]> =
        SEEDS.into_par_iter().map(|seed| of(&format!("seed={seed}"))).collect::<Result<_>>()?;
    Ok(std::array::from_fn(|k| Mean::of(found.iter().map(|values| values[k]))))
}

/// That a mean over seeds lies within two standard errors, its own and that of the other program, of a value.
fn agrees(what: &str, (expected, error): (f64, f64), found: &Mean, digits: usize) -> Check {
    let bound = 2.0 * found.sem.hypot(error);
    Check::that(
        (found.value - expected).abs() <= bound,
        format!("{what} {expected:.digits$} ± {error:.digits$}"),
        format!("{:.digits$} ± {:.digits$}", found.value, found.sem),
    )
}
