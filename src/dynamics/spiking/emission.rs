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

/// Spikes of the neurons of a block, train by train: those of a neuron stand together.
#[derive(Debug, Default)]
pub struct Trains {
    spikes: Batch,
    /// Where the train of each neuron begins; of meaning only if a spike of that neuron stands there.
    first: Vec<u32>,
}

/// Spikes, and room for more.
#[derive(Debug, Default)]
pub struct Batch {
    /// ms.
    pub times: Vec<f64>,
    pub neurons: Vec<u16>,
    pub number: usize,
}

impl Batch {
    #[inline(always)]
    pub fn with_room_for(self, more: usize) -> Self {
        if self.number + more <= self.times.len().min(self.neurons.len()) {
            return self;
        }
        self.grown(more)
    }

    #[cold]
    fn grown(mut self, more: usize) -> Self {
        let room = 2 * (self.number + more) + 64;
        self.times.resize(room, 0.0);
        self.neurons.resize(room, 0);
        self
    }
}

impl Trains {
    /// No spikes of `neurons` neurons.
    pub fn new(neurons: usize) -> Self {
        Self { spikes: Batch::default(), first: vec![0; neurons] }
    }

    /// An empty batch to be filled, and put back.
    pub fn take(&mut self) -> Batch {
        self.spikes.number = 0;
        std::mem::take(&mut self.spikes)
    }

    /// Puts back a batch in which the spikes of every neuron stand together.
    pub fn restore(&mut self, spikes: Batch) {
        self.spikes = spikes;
    }

    /// Number of spikes.
    pub fn number(&self) -> usize {
        self.spikes.number
    }

    /// Times of all spikes, train by train.
    pub fn times(&self) -> &[f64] {
        &self.spikes.times[..self.spikes.number]
    }

    /// Times of all spikes, train by train.
    pub fn times_mut(&mut self) -> &mut [f64] {
        &mut self.spikes.times[..self.spikes.number]
    }

    /// The train that begins at spike `k`: its neuron, and its end. From now on it is found by its neuron.
    #[inline]
    pub fn train_at(&mut self, k: usize) -> (usize, usize) {
        let n = usize::from(self.spikes.neurons[k]);
        self.first[n] = k as u32;
        (n, self.end(k))
    }

    fn end(&self, k: usize) -> usize {
        let neurons = &self.spikes.neurons[..self.spikes.number];
        k + neurons[k..].iter().take_while(|n| **n == neurons[k]).count()
    }

    /// Where the train of neuron `n` stands.
    pub fn of(&self, n: usize) -> Range<usize> {
        let first = self.first[n] as usize;
        let own = first < self.spikes.number && usize::from(self.spikes.neurons[first]) == n;
        if own { first..self.end(first) } else { 0..0 }
    }

    /// All spikes that `wanted` accepts: (time, neuron).
    pub fn spikes(&self, wanted: impl Fn(f64) -> bool) -> impl Iterator<Item = (f64, u16)> {
        let spikes = self.times().iter().copied().zip(self.spikes.neurons.iter().copied());
        spikes.filter(move |spike| wanted(spike.0))
    }
}

impl Emission {
    /// The spikes in the window from `start` to `end` (absolute, ms) of length `length`; their times count from its
    /// start, and are differences of absolute times, so that a replay of recorded spikes is the same to the last bit.
    pub fn take(&mut self, [start, end]: [f64; 2], length: f64, trains: &mut Trains) {
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
                let mut window = listed[first..first + number].to_vec();
                // A stable sort keeps the order of time within a train.
                window.sort_by_key(|spike| spike.1);
                let mut spikes = trains.take().with_room_for(number);
                for (k, (time, neuron)) in window.into_iter().enumerate() {
                    spikes.times[k] = time - start;
                    spikes.neurons[k] = neuron;
                }
                spikes.number = number;
                trains.restore(spikes);
            }
        }
    }

    /// Adds these rates (Hz, one per neuron) to those of what is drawn from now on, in windows of `window` ms.
    pub fn set_rates(&mut self, added: &[f64], window: f64) {
        if let Self::Poisson(poisson) = self {
            poisson.set_rates(added, window);
        }
    }
}

/// A block of sources: their spikes are given.
#[derive(Debug)]
pub struct Sources {
    emission: Emission,
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
        let (trains, coming, spikes) = (Trains::new(neurons), VecDeque::new(), Vec::new());
        Self { emission, length, trains, coming, spikes }
    }

    /// Adds these rates (Hz, one per neuron) from now on; a new window begins here.
    pub fn drive(&mut self, poisson: &[f64]) {
        self.emission.set_rates(poisson, self.length);
    }

    /// Begins the window from `start` to `end` (absolute, ms).
    pub fn begin(&mut self, start: f64, end: f64) {
        self.emission.take([start, end], self.length, &mut self.trains);
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
