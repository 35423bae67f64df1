//! Spikes from outside, window by window: drawn or listed.

use super::poisson::Poisson;
use std::collections::VecDeque;
use std::ops::Range;

/// Where spikes from outside come from.
#[derive(Debug)]
pub enum Emission {
    /// Drawn as the run goes on.
    Poisson(Poisson),
    /// Known beforehand: (ms, neuron of the block), in order.
    Listed(Vec<(f64, u16)>),
}

/// Spike trains of the neurons of a block, one after another.
#[derive(Debug, Default)]
pub struct Trains {
    /// Times of the spikes, ms, in any order within a train, and room for more.
    pub buffer: Vec<f64>,
    /// Train n is `starts[n]..starts[n + 1]`.
    pub starts: Vec<u32>,
}

impl Trains {
    /// Number of spikes.
    pub fn number(&self) -> usize {
        self.starts.last().map_or(0, |end| *end as usize)
    }

    /// Times of all spikes, train by train.
    pub fn times(&self) -> &[f64] {
        &self.buffer[..self.number()]
    }

    /// Times of all spikes, train by train.
    pub fn times_mut(&mut self) -> &mut [f64] {
        let number = self.number();
        &mut self.buffer[..number]
    }

    /// Where train `n` stands in [`Trains::times`].
    #[inline]
    pub fn of(&self, n: usize) -> Range<usize> {
        self.starts[n] as usize..self.starts[n + 1] as usize
    }

    /// All spikes that `wanted` accepts: (time, neuron).
    pub fn spikes(&self, wanted: impl Fn(f64) -> bool) -> impl Iterator<Item = (f64, u16)> {
        let neurons = 0..self.starts.len().saturating_sub(1);
        let spikes = neurons.flat_map(|n| self.times()[self.of(n)].iter().map(move |&t| (t, n as u16)));
        spikes.filter(move |spike| wanted(spike.0))
    }
}

impl Emission {
    /// The spikes of `neurons` neurons in the window from `start` to `end` (absolute, ms) of length `length`; their
    /// times count from its start, and are differences of absolute times, so that a replay of recorded spikes is the
    /// same to the last bit.
    pub fn take(&mut self, [start, end]: [f64; 2], length: f64, neurons: usize, trains: &mut Trains) {
        match self {
            Self::Poisson(poisson) => {
                poisson.draw(length, trains);
                // Rounding must not move a spike into the next window.
                let last = end.next_down();
                for time in trains.times_mut() {
                    let absolute = start + *time;
                    *time = (if absolute < last { absolute } else { last }) - start;
                }
            }
            Self::Listed(listed) => {
                let first = listed.partition_point(|spike| spike.0 < start);
                let number = listed[first..].partition_point(|spike| spike.0 < end);
                let window = &listed[first..first + number];
                // Counting sort by neuron, which keeps the order of time.
                trains.starts.clear();
                trains.starts.resize(neurons + 2, 0);
                window.iter().for_each(|spike| trains.starts[usize::from(spike.1) + 2] += 1);
                for n in 2..trains.starts.len() {
                    trains.starts[n] += trains.starts[n - 1];
                }
                trains.buffer.clear();
                trains.buffer.resize(number, 0.0);
                for &(time, neuron) in window {
                    let next = &mut trains.starts[usize::from(neuron) + 1];
                    trains.buffer[*next as usize] = time - start;
                    *next += 1;
                }
                trains.starts.pop();
            }
        }
    }

    /// Adds these rates (Hz, one per neuron) to those of what is drawn, at the start of a window.
    pub fn set_rates(&mut self, added: &[f64]) {
        if let Self::Poisson(poisson) = self {
            poisson.set_rates(added);
        }
    }
}

/// A block of sources: their spikes are given.
#[derive(Debug)]
pub struct Sources {
    pub emission: Emission,
    neurons: usize,
    /// Length of a window, ms.
    length: f64,
    /// The spikes of the window, and those that are still to come, in order: (absolute time, neuron).
    trains: Trains,
    coming: VecDeque<(f64, u16)>,
    /// Spikes since they were last taken: (absolute time, neuron).
    pub spikes: Vec<(f64, u16)>,
}

impl Sources {
    /// So many sources, in windows of `length` ms.
    pub fn new(emission: Emission, neurons: usize, length: f64) -> Self {
        let (trains, coming, spikes) = (Trains::default(), VecDeque::new(), Vec::new());
        Self { emission, neurons, length, trains, coming, spikes }
    }

    /// Begins the window from `start` to `end` (absolute, ms).
    pub fn begin(&mut self, start: f64, end: f64) {
        self.emission.take([start, end], self.length, self.neurons, &mut self.trains);
        self.coming.clear();
        self.coming.extend(self.trains.spikes(|_| true).map(|(s, n)| (start + s, n)));
        self.coming.make_contiguous().sort_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// Runs on to `pause` (absolute, ms), exclusive, or to the end of the window if that is earlier.
    pub fn run_until(&mut self, pause: f64) {
        while let Some(spike) = self.coming.pop_front_if(|spike| spike.0 < pause) {
            self.spikes.push(spike);
        }
    }
}
