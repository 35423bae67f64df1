//! The spikes of a window, neuron by neuron.

use crate::tape::{OnTape, Tape, on_tape};
use std::ops::Range;

/// Spikes of the neurons of a block, train by train.
#[derive(Clone, Debug, Default)]
pub struct Trains {
    batch: Batch,
    /// Index of each neuron's train; of meaning only if the train there is its own.
    place: Vec<u32>,
}

/// Spikes train by train, and room for more.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// ms.
    pub times: Vec<f64>,
    pub trains: Vec<Train>,
    /// Number of spikes, and of trains.
    pub spikes: usize,
    pub number: usize,
}

/// A neuron, and where its train ends; it begins where the one before ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Train {
    pub neuron: u16,
    pub end: u32,
}

on_tape!(Trains { batch; each place });
on_tape!(Train { neuron, end });

impl OnTape for Batch {
    fn pass(&mut self, tape: &mut Tape) {
        let Self { times, trains, spikes, number } = self;
        // Room for more is no state.
        times.truncate(*spikes);
        trains.truncate(*number);
        times.pass(tape);
        trains.pass(tape);
        (*spikes, *number) = (times.len(), trains.len());
    }
}

impl Batch {
    /// Makes room for so many more spikes, and as many trains.
    pub fn reserve(&mut self, more: usize) {
        if self.spikes + more > self.times.len() {
            self.times.resize(2 * (self.spikes + more), 0.0);
        }
        if self.number + more > self.trains.len() {
            self.trains.resize(2 * (self.number + more), Train::default());
        }
    }
}

impl Trains {
    /// No spikes of `neurons` neurons.
    pub fn new(neurons: usize) -> Self {
        Self { batch: Batch::default(), place: vec![0; neurons] }
    }

    /// An empty batch to be filled, and put back.
    pub fn take(&mut self) -> Batch {
        let batch = std::mem::take(&mut self.batch);
        Batch { spikes: 0, number: 0, ..batch }
    }

    /// Gives room for more; there are no spikes.
    pub fn lend(&mut self, room: Batch) {
        self.batch = Batch { spikes: 0, number: 0, ..room };
    }

    /// Puts back a batch with at most one train of every neuron.
    pub fn restore(&mut self, batch: Batch) {
        self.batch = batch;
        for (k, train) in self.batch.trains[..self.batch.number].iter().enumerate() {
            self.place[usize::from(train.neuron)] = k as u32;
        }
    }

    /// Whether what was read from a tape are trains of its neurons.
    pub fn is_possible(&self) -> bool {
        let trains = self.trains();
        let known = |train: &Train| usize::from(train.neuron) < self.place.len();
        trains.iter().all(known)
            && trains.is_sorted_by_key(|train| train.end)
            && trains.last().map_or(0, |train| train.end as usize) == self.batch.spikes
    }

    /// Number of neurons, with spikes or without.
    pub fn neurons(&self) -> usize {
        self.place.len()
    }

    /// Number of spikes.
    pub fn spikes(&self) -> usize {
        self.batch.spikes
    }

    /// All trains, one behind another.
    pub fn trains(&self) -> &[Train] {
        &self.batch.trains[..self.batch.number]
    }

    /// Times of all spikes, train by train.
    pub fn times(&self) -> &[f64] {
        &self.batch.times[..self.batch.spikes]
    }

    /// Train `k`: its neuron, and where it stands.
    #[inline]
    fn train(&self, k: usize) -> (usize, Range<usize>) {
        let Train { neuron, end } = self.batch.trains[k];
        let start = if k == 0 { 0 } else { self.batch.trains[k - 1].end };
        (usize::from(neuron), start as usize..end as usize)
    }

    /// Where the train of neuron `n` stands.
    pub fn of(&self, n: usize) -> Range<usize> {
        let k = self.place[n] as usize;
        if k >= self.batch.number {
            return 0..0;
        }
        let (owner, train) = self.train(k);
        if owner == n { train } else { 0..0 }
    }

    /// All spikes: (time, neuron).
    pub fn all(&self) -> impl Iterator<Item = (f64, u16)> {
        (0..self.batch.number).flat_map(|k| {
            let (neuron, train) = self.train(k);
            self.batch.times[train].iter().map(move |time| (*time, neuron as u16))
        })
    }
}
