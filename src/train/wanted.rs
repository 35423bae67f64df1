//! What is looked for in files of spikes.

use crate::error::{Error, Result};

/// What is looked for in a file of spikes.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Groups of a SONATA file that may hold the spikes; the first that exists does.
    pub groups: &'a [&'a str],
    /// Whose spikes, if the model says so.
    pub chosen: Option<&'a str>,
    /// Who receives or sends them here.
    pub population: &'a str,
    /// How many neurons it has.
    pub neurons: usize,
}

/// Refuses what is no spike of the population.
pub(super) fn spike(
    neuron: f64,
    time: f64,
    wanted: Wanted,
    place: impl Fn() -> String,
) -> Result<(f64, u32)> {
    let Wanted { population, neurons, .. } = wanted;
    if !(0.0..neurons as f64).contains(&neuron) {
        return Err(Error::input(
            format!("found neuron {neuron} on {}", place()),
            format!("population {population} has the neurons 0 to {}", neurons - 1),
            "count neurons from 0 within their population, or make it larger",
        )
        .at("file"));
    }
    if !(time.is_finite() && time >= 0.0) {
        return Err(Error::input(
            format!("found a spike at {time} ms on {}", place()),
            "a spike has a finite time, 0 or later",
            "shift or delete it",
        )
        .at("file"));
    }
    // Without the sign of a negative zero.
    Ok((time + 0.0, neuron as u32))
}
