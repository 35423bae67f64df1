//! Poisson spike trains, independent for every neuron of a block.
//!
//! Where spikes are few, the trains of all neurons are laid end to end, each stretched by its rate: a single Poisson
//! process of rate 1 runs through them. Where they are many, the number of a neuron's spikes in the window is drawn first,
//! and then their times, which are independent and uniform.

use super::emission::Trains;
use crate::random::Swift;

/// The trains of one block.
#[derive(Clone, Debug)]
pub struct Poisson {
    random: Swift,
    /// Hz, of every train without a stimulus.
    rate: f64,
    /// Spikes per ms, by neuron.
    rates: Vec<f64>,
    counts: Vec<Counts>,
}

/// From this number of spikes per neuron and window on they are many.
const MANY: f64 = 3.0;

/// With so many different rates in a block no table is worth its making.
const MOST_TABLES: usize = 8;

impl Poisson {
    /// Trains of `rate` Hz, which begin with [`Poisson::set_rates`].
    pub fn new(random: Swift, rate: f64) -> Self {
        Self { random, rate, rates: Vec::new(), counts: Vec::new() }
    }

    /// Adds these rates (Hz, one per neuron) from now on. A Poisson process has no memory: what was drawn for later
    /// may be dropped.
    pub fn set_rates(&mut self, added: &[f64]) {
        self.rates.clear();
        self.rates.extend(added.iter().map(|added| (self.rate + added).max(0.0) / 1000.0));
        self.counts.clear();
    }

    /// Writes the spikes of a window of length `window` ms; their times count from its start.
    pub fn draw(&mut self, window: f64, trains: &mut Trains) {
        self.make_tables(window);
        // Copies that nobody else can see stay in registers.
        let mut random = self.random.clone();
        let mut times = std::mem::take(&mut trains.buffer);
        let mut place = random.exponential();
        let mut number = 0;
        trains.starts.clear();
        for rate in &self.rates {
            trains.starts.push(number as u32);
            let mean = rate * window;
            if mean >= MANY
                && let Some(counts) = self.counts.iter().find(|c| c.mean == mean)
            {
                let count = counts.draw(&mut random);
                if times.len() < number + count {
                    times = longer(times, number + count);
                }
                for time in &mut times[number..number + count] {
                    *time = random.uniform() * window;
                }
                number += count;
                continue;
            }
            let interval = 1.0 / rate;
            while place < mean {
                if number == times.len() {
                    times = longer(times, number);
                }
                times[number] = place * interval;
                number += 1;
                place += random.exponential();
            }
            place -= mean;
        }
        trains.starts.push(number as u32);
        trains.buffer = times;
        self.random = random;
    }

    /// Tables for the means that occur, unless there are too many of them.
    fn make_tables(&mut self, window: f64) {
        if self.counts.first().is_some_and(|c| c.window == window) {
            return;
        }
        let mut means: Vec<f64> =
            self.rates.iter().map(|rate| rate * window).filter(|mean| *mean >= MANY).collect();
        means.sort_unstable_by(f64::total_cmp);
        means.dedup();
        means.truncate(if means.len() > MOST_TABLES { 0 } else { MOST_TABLES });
        self.counts = means.into_iter().map(|mean| Counts::new(mean, window)).collect();
    }
}

/// Makes room for more than so many times.
#[cold]
fn longer(mut times: Vec<f64>, number: usize) -> Vec<f64> {
    times.resize(2 * number + 64, 0.0);
    times
}

/// Poisson numbers of one mean, by inversion of their distribution.
#[derive(Clone, Debug)]
struct Counts {
    mean: f64,
    /// The window for which the mean holds, ms.
    window: f64,
    /// Probability of at most k.
    cumulative: Vec<f64>,
    /// The smallest number that a uniform number of each of 256 classes can give.
    first: Vec<u32>,
}

impl Counts {
    fn new(mean: f64, window: f64) -> Self {
        let mut probability = libm::exp(-mean);
        let mut cumulative = vec![probability];
        while cumulative[cumulative.len() - 1] < 1.0 - 1e-16 && probability > 0.0 {
            probability *= mean / cumulative.len() as f64;
            cumulative.push(cumulative[cumulative.len() - 1] + probability);
        }
        let least = |class: u32| {
            let u = f64::from(class) / 256.0;
            cumulative.partition_point(|p| *p <= u) as u32
        };
        let first = (0..256).map(least).collect();
        Self { mean, window, cumulative, first }
    }

    #[inline]
    fn draw(&self, random: &mut Swift) -> usize {
        let u = random.uniform();
        let mut count = self.first[(u * 256.0) as usize & 255] as usize;
        while count + 1 < self.cumulative.len() && self.cumulative[count] <= u {
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::random::tests::assert_distributed;

    #[test]
    fn every_neuron_receives_a_poisson_train_of_its_rate() {
        let rates = [1000.0, 0.0, 500.0, 9000.0, 2000.0, 12_000.0];
        let mut poisson = Poisson::new(Seed(1).swift("poisson", 0), 0.0);
        poisson.set_rates(&rates);
        let mut window = Trains::default();
        let mut trains = vec![Vec::new(); rates.len()];
        for k in 0..20_000 {
            poisson.draw(0.5, &mut window);
            for (n, train) in trains.iter_mut().enumerate() {
                let mut spikes = window.times()[window.of(n)].to_vec();
                assert!(spikes.iter().all(|s| (0.0..0.5).contains(s)));
                spikes.sort_unstable_by(f64::total_cmp);
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

    #[test]
    fn numbers_have_the_poisson_distribution() {
        for mean in [3.0, 8.9, 40.0] {
            let counts = Counts::new(mean, 1.0);
            let mut random = Seed(1).swift("counts", 0);
            let n = 200_000;
            let mut hits = vec![0u32; 200];
            (0..n).for_each(|_| hits[counts.draw(&mut random)] += 1);
            let mut probability = (-mean).exp();
            for (k, &hits) in hits.iter().enumerate() {
                let expected = f64::from(n) * probability;
                let deviation = expected.sqrt().max(1.0);
                assert!((f64::from(hits) - expected).abs() < 5.0 * deviation, "{mean} {k} {hits}");
                probability *= mean / (k + 1) as f64;
            }
        }
    }
}
