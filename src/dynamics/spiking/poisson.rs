//! Poisson spike trains, independent for every neuron of a block.
//!
//! The trains of all neurons are laid end to end, each stretched by its rate: a single Poisson process of rate 1
//! runs through them, whose spikes come out by neuron, and by time within a neuron.

use super::emission::Trains;
use crate::random::Gaps;

/// The trains of one block.
#[derive(Clone, Debug)]
pub struct Poisson {
    gaps: Gaps,
    /// Hz, of every train without a stimulus.
    rate: f64,
    /// Spikes per ms, by neuron.
    rates: Vec<f64>,
}

impl Poisson {
    /// Trains of `rate` Hz, which begin with [`Poisson::set_rates`].
    pub fn new(gaps: Gaps, rate: f64) -> Self {
        Self { gaps, rate, rates: Vec::new() }
    }

    /// Adds these rates (Hz, one per neuron) from now on. A Poisson process has no memory: what was drawn for later
    /// may be dropped.
    pub fn set_rates(&mut self, added: &[f64]) {
        self.rates.clear();
        self.rates.extend(added.iter().map(|added| (self.rate + added).max(0.0) / 1000.0));
    }

    /// Writes the spikes of a window of length `window` ms; their times count from its start.
    pub fn draw(&mut self, window: f64, trains: &mut Trains) {
        let Trains { buffer, starts } = trains;
        let mut times = buffer.as_mut_slice();
        let mut gaps = self.gaps.clone();
        let mut place = gaps.draw();
        let mut number = 0;
        starts.clear();
        for rate in &self.rates {
            starts.push(number as u32);
            let end = rate * window;
            let interval = 1.0 / rate;
            while place < end {
                if number == times.len() {
                    buffer.resize(2 * number + 64, 0.0);
                    times = buffer.as_mut_slice();
                }
                times[number] = place * interval;
                number += 1;
                place += gaps.draw();
            }
            place -= end;
        }
        starts.push(number as u32);
        self.gaps = gaps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::random::tests::assert_distributed;

    #[test]
    fn every_neuron_receives_a_poisson_train_of_its_rate() {
        let rates = [1000.0, 0.0, 500.0, 1000.0, 2000.0];
        let mut poisson = Poisson::new(Seed(1).gaps("poisson", 0), 0.0);
        poisson.set_rates(&rates);
        let mut window = Trains::default();
        let mut trains = vec![Vec::new(); rates.len()];
        for k in 0..20_000 {
            poisson.draw(0.5, &mut window);
            for (n, train) in trains.iter_mut().enumerate() {
                let spikes = &window.times()[window.of(n)];
                assert!(spikes.is_sorted() && spikes.iter().all(|s| (0.0..0.5).contains(s)));
                train.extend(spikes.iter().map(|s| f64::from(k) * 0.5 + s));
            }
        }
        for (train, rate) in trains.iter().zip(rates) {
            // Ten seconds: a count with mean and variance 10 x rate.
            let mean = 10.0 * rate;
            assert!((train.len() as f64 - mean).abs() <= 5.0 * mean.sqrt(), "{rate}");
            if rate > 0.0 {
                let mut gaps: Vec<f64> = train.windows(2).map(|w| w[1] - w[0]).collect();
                assert_distributed(&mut gaps, |gap| 1.0 - (-gap * rate / 1000.0).exp());
            }
        }
    }
}
