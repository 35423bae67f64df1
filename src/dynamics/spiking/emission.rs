//! Spikes from outside, window by window: drawn or listed.

use super::poisson::Poisson;

/// Where spikes from outside come from.
#[derive(Debug)]
pub enum Emission {
    /// Drawn as the run goes on.
    Poisson(Poisson),
    /// Known beforehand: (ms, neuron of the block), in order.
    Listed(Vec<(f64, u16)>),
}

/// Spikes in order of time: absolute times in ms, and neurons of the block.
#[derive(Debug, Default)]
pub struct Spikes {
    pub times: Vec<f64>,
    pub neurons: Vec<u16>,
}

impl Emission {
    /// The spikes in the window from `start` to `end` (absolute, ms) of length `length`.
    pub fn take(&mut self, start: f64, end: f64, length: f64, spikes: &mut Spikes) {
        spikes.times.clear();
        spikes.neurons.clear();
        match self {
            Self::Poisson(poisson) => {
                poisson.draw(length, spikes);
                // Rounding must not move a spike into the next window.
                let last = end.next_down();
                spikes.times.iter_mut().for_each(|time| *time = (start + *time).min(last));
            }
            Self::Listed(listed) => {
                let first = listed.partition_point(|spike| spike.0 < start);
                let window = listed[first..].iter().take_while(|spike| spike.0 < end);
                for &(time, neuron) in window {
                    spikes.times.push(time);
                    spikes.neurons.push(neuron);
                }
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
    /// Length of a window, ms.
    length: f64,
    /// The spikes of the window, and the first that has not been emitted.
    window: Spikes,
    next: usize,
    /// Spikes since they were last taken: (absolute time, neuron).
    pub spikes: Vec<(f64, u16)>,
}

impl Sources {
    /// Sources in windows of `length` ms.
    pub fn new(emission: Emission, length: f64) -> Self {
        Self { emission, length, window: Spikes::default(), next: 0, spikes: Vec::new() }
    }

    /// Begins the window from `start` to `end` (absolute, ms).
    pub fn begin(&mut self, start: f64, end: f64) {
        self.emission.take(start, end, self.length, &mut self.window);
        self.next = 0;
    }

    /// Runs on to `pause` (absolute, ms), exclusive, or to the end of the window if that is earlier.
    pub fn run_until(&mut self, pause: f64) {
        let spikes = self.window.times.iter().copied().zip(self.window.neurons.iter().copied());
        let before = self.spikes.len();
        self.spikes.extend(spikes.skip(self.next).take_while(|spike| spike.0 < pause));
        self.next += self.spikes.len() - before;
    }
}
