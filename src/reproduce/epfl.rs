//! W. Gerstner, EPFL lecture on attractor networks (rows D1 to D19).

mod chaos;
mod delays;
mod energy;
mod geometry;
mod low_activity;
mod memory;
mod overlap;
mod scaled;
mod spiking;
mod temperature;
mod trials;

use super::{Check, Entry, Ran};
use crate::error::Result;

pub const ROWS: &[Entry] = &[
    ("D1", "the overlap, and the correlation between patterns", overlap::d1),
    ("D2", "quiz 1: which patterns are attractors", overlap::d2),
    ("D3", "stochastic neurons with the gain g(h): m = tanh(beta m)", temperature::d3),
    ("D4", "the map from overlap to overlap, and its fixed points", temperature::d4),
    ("D5", "other overlaps stay small in retrieval", overlap::d5),
    ("D6", "neurons that should be on and neurons that should be off", temperature::d6),
    ("D7", "the energy picture, and quiz 2 and 3", energy::d7),
    ("D8", "low activity, with b = 0, b = a and b = 1", low_activity::d8),
    ("D9", "spiking neurons: refractoriness, and the f-I curve", spiking::d9),
    ("D10", "excitation apart from inhibition, and Dale's law", spiking::d10),
    ("D11", "8000 spiking neurons hold 90 patterns", memory::d11),
    ("D12", "sparse, asymmetric, loaded, larger: the same memory by one rule", scaled::d12),
    ("D13", "delayed match to sample", trials::d13),
    ("D14", "rates fluctuate while the overlap is stable: a chaotic attractor", chaos::d14),
    ("D15", "irregular firing in the delay", memory::d15),
    ("D17", "the capacity grows as the coding level falls", low_activity::d17),
    ("D18", "static and dynamic objects: delays replay a sequence in its time", delays::d18),
    ("D19", "manifolds of delay activity, and couplings of low rank", geometry::d19),
];

/// The overlap with pattern 1 at every look of the protocol.
fn course(ran: &Ran) -> Result<Vec<f64>> {
    let samples = ran.recording.overlaps("N")?;
    Ok(samples.map_or(Vec::new(), |samples| samples.column(0).collect()))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::NAN, |most: f64, value| most.max(value.abs()))
}

/// That a statement is true.
fn holds(statement: &str, met: bool, measured: impl Into<String>) -> Check {
    Check::that(met, format!("true: {statement}"), measured)
}

/// That a statement is false.
fn fails(statement: &str, refuted: bool, measured: impl Into<String>) -> Check {
    Check::that(refuted, format!("false: {statement}"), measured)
}
