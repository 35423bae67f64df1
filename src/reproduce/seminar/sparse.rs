//! B12: patterns of low activity.

use super::super::{Check, Workshop};
use super::{of_seeds, words};
use crate::error::Result;
use crate::statistics::Mean;
use crate::theory::low_activity;

/// 0/1 neurons with the covariance rule; LEVEL is the coding level, NUMBER the number of patterns.
const TEXT: &str = r#"
title = "Sparse patterns"
source = "M. Tsodyks and M. Feigelman, Europhys. Lett. 6:101 (1988)"
shows = "More patterns are kept where fewer neurons are active"
population.N.size = 1000
patterns.N.random = { number = NUMBER, coding_level = LEVEL, foreground = "exact" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = { low_activity = { a = LEVEL } } }
dynamics.binary = { states = "zero_one", update = "shuffled", tie = "keep", threshold = THRESHOLD }
task.recall = { trials = 40, flipped = 0.02, sweeps = 100 }
record = { states = false }
"#;

/// Mean overlap, other overlaps and activity of four networks.
fn measure(workshop: &Workshop, level: f64, number: usize, threshold: f64) -> Result<[Mean; 3]> {
    let text = TEXT
        .replace("NUMBER", &number.to_string())
        .replace("LEVEL", &level.to_string())
        .replace("THRESHOLD", &threshold.to_string());
    let values = of_seeds(4, |seed| {
        let ran = workshop.run_text(&text, &[seed])?;
        Ok(["overlap", "other", "activity"].map(|column| ran.mean(column)))
    })?;
    Ok([0, 1, 2].map(|k| Mean::of(values.iter().map(|v| v[k]))))
}

/// For coding level 0.1 at this load, which is below capacity.
fn threshold(load: f64) -> f64 {
    let state = low_activity::retrieval(0.1, load, 0.45);
    state.map_or(f64::NAN, |state| state.network_threshold())
}

pub fn b12(workshop: &Workshop) -> Result<Vec<Check>> {
    let [few, _, activity] = measure(workshop, 0.1, 45, 0.4)?;
    let [sparse, ..] = measure(workshop, 0.1, 250, threshold(0.25))?;
    let [dense, ..] = measure(workshop, 0.5, 250, 0.0)?;
    let capacity = |a: f64| low_activity::capacity(a).map_or(f64::NAN, |c| c.load);
    Ok(vec![
        Check::at_least("a = 0.1, P = 0.045 N: overlap", 0.95, few.value),
        Check::near("and activity", 0.1, 0.01, activity.value),
        Check::that(
            sparse.value > 0.9,
            format!("a = 0.1, P = 0.25 N (theory: up to {:.3} N): overlap over 0.9", capacity(0.1)),
            words(&sparse, 3),
        ),
        Check::that(
            dense.value < 0.5,
            format!("a = 0.5, P = 0.25 N (theory: up to {:.3} N): lost", capacity(0.5)),
            words(&dense, 3),
        ),
    ])
}
