//! Spikes in a page.

use super::blob::{Blobs, push_varint};
use crate::error::Result;
use crate::recording::Recording;
use serde::Serialize;

/// A page shows all spikes of a recording, or so many at most.
const MOST: usize = 2_000_000;
/// Times are rounded to this, ms.
pub const TICK: f64 = 0.01;

/// The spikes of a population.
#[derive(Debug, Serialize)]
pub struct Spikes {
    /// How many the page has, and how many were recorded.
    number: usize,
    of: usize,
    /// The page has those of neurons 0, `every`, 2 `every`, ...
    every: usize,
    /// Length of a tick, ms.
    tick: f64,
    /// The blob of ticks from spike to spike, the first from 0: whole numbers of any length.
    ticks: usize,
    /// The blob of neurons, of `bytes` bytes each.
    neurons: usize,
    bytes: usize,
}

/// Of how many neurons in turn a page shows one, so that it need not hold too many spikes.
pub fn every(recording: &Recording) -> Result<usize> {
    let mut number = 0;
    for (population, _) in recording.populations() {
        recording.for_spikes(&population, |times, _| number += times.len())?;
    }
    Ok(number.div_ceil(MOST).max(1))
}

impl Spikes {
    /// Those of every `every`-th neuron of a population with so many neurons.
    pub fn of(
        recording: &Recording,
        (population, size): (&str, usize),
        every: usize,
        blobs: &mut Blobs,
    ) -> Result<Self> {
        let bytes = if size <= 1 << 16 { 2 } else { 4 };
        let (mut ticks, mut neurons) = (Vec::new(), Vec::new());
        let (mut number, mut of, mut before) = (0, 0, 0);
        recording.for_spikes(population, |times, ids| {
            of += times.len();
            let chosen =
                times.iter().zip(ids).filter(|(_, id)| (**id as usize).is_multiple_of(every));
            for (time, id) in chosen {
                let tick = (time / TICK).round() as u64;
                push_varint(&mut ticks, tick - before);
                before = tick;
                neurons.extend_from_slice(&id.to_le_bytes()[..bytes]);
                number += 1;
            }
        })?;
        let (ticks, neurons) = (blobs.add(&ticks), blobs.add(&neurons));
        Ok(Self { number, of, every, tick: TICK, ticks, neurons, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::super::blob::tests::varints;
    use super::*;
    use crate::model::Document;
    use crate::simulation::Simulation;
    use crate::work::Threads;

    #[test]
    fn packed_spikes_are_those_of_the_recording() {
        let change = ["protocol[0].duration=\"300 ms\"".to_owned()];
        let document = Document::read("models/memory-1000.toml".as_ref(), &change).unwrap();
        let model = document.model().unwrap();
        let threads = Threads::new(1).unwrap();
        let simulation = Simulation::new(model, document.folder(), &threads).unwrap();
        let recording = simulation.record().unwrap();
        for every in [1, 3] {
            for (name, size) in recording.populations() {
                let mut blobs = Blobs::default();
                let packed = Spikes::of(&recording, (&name, size), every, &mut blobs).unwrap();
                let (times, neurons) = recording.spikes(&name).unwrap();
                let wanted: Vec<(f64, u64)> = times
                    .into_iter()
                    .zip(neurons)
                    .filter(|(_, i)| i.is_multiple_of(every as u64))
                    .collect();
                let mut tick = 0;
                let ids = blobs.bytes(packed.neurons);
                let ids =
                    ids.chunks(packed.bytes).map(|b| u64::from(u16::from_le_bytes([b[0], b[1]])));
                let found: Vec<(f64, u64)> = varints(&blobs.bytes(packed.ticks))
                    .into_iter()
                    .map(|step| {
                        tick += step;
                        tick as f64 * TICK
                    })
                    .zip(ids)
                    .collect();
                assert!(wanted.len() > 100 && packed.number == wanted.len());
                assert_eq!(found.len(), wanted.len());
                for (found, wanted) in found.iter().zip(wanted) {
                    assert_eq!(found.1, wanted.1);
                    assert!((found.0 - wanted.0).abs() <= 0.5001 * TICK, "{found:?} {wanted:?}");
                }
            }
        }
    }
}
