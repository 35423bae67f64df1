//! Poisson spike trains, independent for every neuron of a block.
//!
//! The trains of all neurons with the same rate are drawn as one superposed process, whose intervals are
//! exponential, and every spike chooses its neuron.

use super::emission::Spikes;
use crate::random::Arrivals;

/// Neurons of a block whose trains have the same rate.
#[derive(Clone, Debug)]
struct Group {
    neurons: Vec<u16>,
    /// Spikes per ms and neuron.
    rate: f64,
    /// Mean interval of the superposed process, ms.
    interval: f64,
    /// Its next spike, ms from the start of the window.
    next: f64,
}

/// Spikes that are drawn at a time.
const BATCH: usize = 128;

/// The trains of one block.
#[derive(Clone, Debug)]
pub struct Poisson {
    arrivals: Arrivals,
    /// Hz, of every train without a stimulus.
    rate: f64,
    groups: Vec<Group>,
}

impl Poisson {
    /// Trains of `rate` Hz, which begin with [`Poisson::set_rates`].
    pub fn new(arrivals: Arrivals, rate: f64) -> Self {
        Self { arrivals, rate, groups: Vec::new() }
    }

    /// Starts afresh with these rates (Hz, one per neuron) added, at the start of a window.
    ///
    /// A Poisson process has no memory, so what was drawn for later may be dropped.
    pub fn set_rates(&mut self, added: &[f64]) {
        self.groups.clear();
        let rates = added.iter().map(|added| self.rate + added).enumerate();
        for (neuron, hz) in rates.filter(|(_, hz)| *hz > 0.0) {
            let rate = hz / 1000.0;
            let at = self.groups.iter().position(|g| g.rate == rate).unwrap_or(self.groups.len());
            if at == self.groups.len() {
                self.groups.push(Group { neurons: Vec::new(), rate, interval: 0.0, next: 0.0 });
            }
            self.groups[at].neurons.push(neuron as u16);
        }
        for group in &mut self.groups {
            group.interval = 1.0 / (group.rate * group.neurons.len() as f64);
            group.next = group.interval * self.arrivals.gap_and_index(1).0;
        }
    }

    /// Adds the spikes of the next window of length `window` ms, in order; their times count from its start.
    pub fn draw(&mut self, window: f64, Spikes { times, neurons }: &mut Spikes) {
        // A copy that nobody else can see stays in registers; so does what is written in batches.
        let mut arrivals = self.arrivals.clone();
        let (mut some_times, mut some_neurons) = ([0.0; BATCH], [0; BATCH]);
        for group in &mut self.groups {
            let number = group.neurons.len() as u32;
            let mut next = group.next;
            while next < window {
                let mut drawn = 0;
                while drawn < BATCH && next < window {
                    let (gap, index) = arrivals.gap_and_index(number);
                    some_times[drawn] = next;
                    some_neurons[drawn] = group.neurons[index as usize];
                    next += group.interval * gap;
                    drawn += 1;
                }
                times.extend_from_slice(&some_times[..drawn]);
                neurons.extend_from_slice(&some_neurons[..drawn]);
            }
            group.next = next - window;
        }
        self.arrivals = arrivals;
        if self.groups.len() > 1 {
            let mut all: Vec<(f64, u16)> = times.drain(..).zip(neurons.drain(..)).collect();
            // The sort merges what the groups have in order already.
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            times.extend(all.iter().map(|spike| spike.0));
            neurons.extend(all.iter().map(|spike| spike.1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn every_neuron_receives_a_poisson_train_of_its_rate() {
        let rates = [1000.0, 0.0, 500.0, 1000.0, 2000.0];
        let mut poisson = Poisson::new(Seed(1).arrivals("poisson", 0), 0.0);
        poisson.set_rates(&rates);
        let (mut spikes, mut arrivals) = (Spikes::default(), Vec::new());
        for k in 0..20_000 {
            poisson.draw(0.5, &mut spikes);
            assert!(spikes.times.is_sorted() && spikes.times.iter().all(|&s| s < 0.5));
            let window = spikes.times.drain(..).zip(spikes.neurons.drain(..));
            arrivals.extend(window.map(|(s, i)| (f64::from(k) * 0.5 + s, i)));
        }
        for (neuron, rate) in rates.iter().enumerate() {
            let times: Vec<f64> =
                arrivals.iter().filter(|a| usize::from(a.1) == neuron).map(|a| a.0).collect();
            // Ten seconds: a count with mean and variance 10 x rate.
            let mean = 10.0 * rate;
            assert!((times.len() as f64 - mean).abs() <= 5.0 * mean.sqrt(), "{neuron}");
            if *rate > 0.0 {
                let gaps: Vec<f64> = times.windows(2).map(|w| w[1] - w[0]).collect();
                let n = gaps.len() as f64;
                let mean = gaps.iter().sum::<f64>() / n;
                let variance = gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / n;
                // For an exponential CV^2 = 1 with standard error sqrt(8/n).
                assert!((variance / mean.powi(2) - 1.0).abs() < 5.0 * (8.0 / n).sqrt());
            }
        }
    }
}
