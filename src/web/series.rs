//! What was sampled, in a page: curves, and states look by look.

use super::blob::Blobs;
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::recording::{Recording, Samples};
use serde::Serialize;

/// More samples of a rate are means of neighbours.
const MOST_SAMPLES: usize = 10_000;
/// A page has so many looks at most, and so many states of neurons.
const MOST_LOOKS: usize = 20_000;
const MOST_STATES: usize = 40_000_000;

/// Curves over time.
#[derive(Debug, Serialize)]
pub struct Series {
    /// Between samples.
    interval: f64,
    /// The blob of the times, 8 bytes each.
    time: usize,
    /// The blob of the values, 4 bytes each, `width` of them at a time.
    values: usize,
    width: usize,
}

/// States, or graded activity, at looks.
#[derive(Debug, Serialize)]
pub struct States {
    /// The blob: a bit per neuron, or a byte from 0 at `low` to 255 at `high`.
    state: usize,
    graded: bool,
    low: f64,
    high: f64,
}

/// How many looks at a network without spikes the page has, and how many were recorded.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Looked {
    pub number: usize,
    pub of: usize,
}

impl Looked {
    /// Nothing of spiking neurons, which are sampled over intervals.
    pub fn of(recording: &Recording) -> Result<Option<Self>> {
        let populations = recording.populations();
        let Some((first, _)) = populations.first() else { return Ok(None) };
        if recording.observable() == ObservableKind::Spikes {
            return Ok(None);
        }
        let neurons: usize = populations.iter().map(|p| p.1).sum();
        let of = recording.rates(first)?.time.len();
        Ok(Some(Self { number: of.min(MOST_LOOKS).min(MOST_STATES / neurons.max(1)), of }))
    }
}

impl Series {
    /// Curves of samples.
    pub fn of(samples: Samples, blobs: &mut Blobs) -> Self {
        let Samples { interval, time, width, values } = samples;
        let (time, values) =
            (blobs.add_exact(time.into_iter()), blobs.add_rounded(values.into_iter()));
        Self { interval, time, values, width }
    }
}

/// Samples as they are at the first looks, or of spiking neurons as means of neighbours where they are too many.
pub fn samples_of(samples: Samples, looked: Option<Looked>) -> Samples {
    match looked {
        Some(looked) => {
            let looks = 0..looked.number.min(samples.time.len());
            samples.part(looks, 0.0)
        }
        None => coarser(samples),
    }
}

/// Means over as many neighbours as are needed.
fn coarser(samples: Samples) -> Samples {
    let together = samples.time.len().div_ceil(MOST_SAMPLES);
    if together < 2 {
        return samples;
    }
    let Samples { interval, time, width, values } = samples;
    let mean = |values: &[f64], width: usize, c: usize| {
        let column = values.iter().skip(c).step_by(width);
        column.sum::<f64>() / (values.len() / width) as f64
    };
    let means = |values: &[f64], width: usize| -> Vec<f64> {
        let rows = values.chunks(width * together);
        rows.flat_map(|rows| (0..width).map(|c| mean(rows, width, c)).collect::<Vec<_>>()).collect()
    };
    let interval = interval * together as f64;
    Samples { interval, time: means(&time, 1), values: means(&values, width), width }
}

impl States {
    /// Those of a population at the first looks, if they were recorded.
    pub fn of(
        recording: &Recording,
        population: &str,
        looked: Looked,
        blobs: &mut Blobs,
    ) -> Result<Option<Self>> {
        let looks = 0..looked.number;
        if let Some(samples) = recording.states_within(population, looks.clone())? {
            let rows = (0..samples.time.len()).map(|k| samples.row(k));
            let state = blobs.add_bits(rows);
            return Ok(Some(Self { state, graded: false, low: 0.0, high: 1.0 }));
        }
        let Some(samples) = recording.activity(population)? else { return Ok(None) };
        let values = samples.part(looks, 0.0).values;
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let scale = if high > low { 255.0 / (high - low) } else { 0.0 };
        let bytes: Vec<u8> = values.iter().map(|v| ((v - low) * scale).round() as u8).collect();
        Ok(Some(Self { state: blobs.add(&bytes), graded: true, low, high }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_samples_are_means_of_neighbours() {
        let n = 2 * MOST_SAMPLES + 1;
        let time: Vec<f64> = (0..n).map(|k| k as f64 + 0.5).collect();
        let values = (0..2 * n).map(|k| k as f64).collect();
        let samples = coarser(Samples { interval: 1.0, time, width: 2, values });
        assert_eq!((samples.interval, samples.time.len()), (3.0, n.div_ceil(3)));
        assert_eq!((samples.time[0], samples.row(0)), (1.5, &[2.0, 3.0][..]));
        let last = samples.time.len() - 1;
        let rest = n - 3 * last;
        assert_eq!(samples.row(last)[0], (2 * n - 1 - rest) as f64);
    }
}
