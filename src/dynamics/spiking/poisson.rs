//! Poisson spike trains, independent for every neuron of a portion.
//!
//! Where spikes are few, the trains of all neurons of one rate are laid end to end: a single Poisson process runs
//! through them. Where they are many, the number of a neuron's spikes in the window is drawn first, and then
//! their times, which are independent and uniform.

use super::stretch::Stretch;
use super::trains::{Batch, Train};
use crate::random::Swift;
use crate::tape::on_tape;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The trains of one portion of a block.
#[derive(Clone, Debug)]
pub struct Poisson {
    random: Swift,
    /// Its first neuron in the block.
    first: u16,
    /// Hz, of every train without a stimulus, by neuron; shared with branches.
    rates: Arc<[f64]>,
    /// They follow from what is added to the rates.
    groups: Vec<Group>,
}

/// Neurons whose trains have the same rate.
#[derive(Clone, Debug)]
struct Group {
    /// Ascending.
    neurons: Vec<u16>,
    /// Spikes per ms.
    rate: f64,
    /// How to draw numbers of spikes, where they are many.
    counts: Option<Counts>,
}

/// From this number of spikes per neuron and window on they are many: to draw how many come first then takes less time than
/// what it saves for each. From the other on e^{-mean}, with which a table begins, is too small a number.
const MANY: f64 = 1.25;
const TOO_MANY: f64 = 500.0;

/// Spikes that are drawn at a time, where they are few.
const SOME: usize = 64;

/// Spikes per ms that no neuron receives.
pub const MOST: f64 = 1e7;

/// With more groups than this a block would spend its time on tables.
const MOST_TABLES: usize = 8;

/// What the streams are for.
pub const POISSON: &str = "poisson";

on_tape!(Poisson { random; not first, rates, groups });

impl Poisson {
    /// Trains of these rates (Hz, one per neuron from `first` on), which begin with [`Poisson::set_rates`].
    pub fn new(random: Swift, first: usize, rates: Vec<f64>) -> Self {
        Self { random, first: first as u16, rates: rates.into(), groups: Vec::new() }
    }

    /// Its neurons in the block.
    pub fn neurons(&self) -> Range<usize> {
        let first = usize::from(self.first);
        first..first + self.rates.len()
    }

    /// Draws from `random` from now on.
    pub fn reseed(&mut self, random: Swift) {
        self.random = random;
    }

    /// Adds these rates (Hz, one per neuron) from now on, in windows of `window` ms. A Poisson process has no
    /// memory: what was drawn for later may be dropped.
    pub fn set_rates(&mut self, added: &[f64], window: f64) {
        self.groups.clear();
        let rates = self.rates.iter().zip(added).map(|(own, added)| (own + added) / 1000.0);
        let rates = rates.enumerate();
        let (mut places, mut at) = (HashMap::new(), 0);
        for (neuron, rate) in rates.filter(|(_, rate)| *rate > 0.0) {
            // Most have the rate of their neighbour.
            if self.groups.get(at).is_none_or(|group| group.rate != rate) {
                at = *places.entry(rate.to_bits()).or_insert(self.groups.len());
            }
            if at == self.groups.len() {
                self.groups.push(Group { neurons: Vec::new(), rate, counts: None });
            }
            self.groups[at].neurons.push(self.first + neuron as u16);
        }
        if self.groups.len() <= MOST_TABLES {
            for group in &mut self.groups {
                let mean = group.rate * window;
                group.counts = (MANY..TOO_MANY).contains(&mean).then(|| Counts::new(mean));
            }
        }
    }

    /// How many spikes it has in `window` ms on average.
    pub fn mean(&self, window: f64) -> f64 {
        self.groups.iter().map(|group| group.neurons.len() as f64 * group.rate * window).sum()
    }

    /// Adds the spikes of `window`; their times count from its start. As a function of its own it has all registers.
    #[inline(never)]
    pub fn draw(&mut self, window: &Stretch, batch: &mut Batch) {
        let length = window.length;
        // Copies that nobody else can see stay in registers.
        let mut random = self.random.clone();
        for group in &self.groups {
            if let Some(counts) = &group.counts {
                let end = counts.draw_all(&group.neurons, &mut random, batch);
                batch.reserve(end - batch.spikes);
                let times = &mut batch.times[batch.spikes..end];
                random.fill(times);
                window.place(times);
                batch.spikes = end;
                continue;
            }
            let mean = group.rate * length;
            let per_train = 1.0 / mean;
            let last = group.neurons.len() as i32 - 1;
            let end = mean * group.neurons.len() as f64;
            let mut place = random.exponential();
            let mut before = -1;
            let mut places = [0.0; SOME];
            while place < end {
                let mut drawn = 0;
                while drawn < SOME && place < end {
                    places[drawn] = place * per_train;
                    drawn += 1;
                    place += random.exponential();
                }
                batch.reserve(drawn);
                let times = &mut batch.times[batch.spikes..batch.spikes + drawn];
                let (trains, mut number) = (&mut batch.trains[..], batch.number);
                for (k, (place, time)) in places[..drawn].iter().zip(times).enumerate() {
                    let at = (*place as i32).min(last);
                    *time = window.offset((place - f64::from(at)) * length);
                    number += usize::from(at != before);
                    before = at;
                    let end = (batch.spikes + k + 1) as u32;
                    trains[number - 1] = Train { neuron: group.neurons[at as usize], end };
                }
                batch.number = number;
                batch.spikes += drawn;
            }
        }
        self.random = random;
    }
}

/// Poisson numbers of one mean, by inversion of their distribution.
#[derive(Clone, Debug)]
struct Counts {
    /// Which uniform numbers, in units of 2^-53, exceed the probability of at most k; none of the last.
    thresholds: Vec<u64>,
    /// The smallest number that a uniform number of each of 256 classes can give.
    first: Vec<u32>,
}

/// Bits of a uniform number, and of those that do not tell its class.
const BITS: u32 = 53;
const REST: u32 = BITS - 8;

impl Counts {
    fn new(mean: f64) -> Self {
        let mut probability = libm::exp(-mean);
        let mut cumulative = vec![probability];
        while cumulative[cumulative.len() - 1] < 1.0 - 1e-16 && probability > 0.0 {
            probability *= mean / cumulative.len() as f64;
            cumulative.push(cumulative[cumulative.len() - 1] + probability);
        }
        let unit = libm::exp2(-f64::from(BITS));
        let mut thresholds: Vec<u64> =
            cumulative.iter().map(|p| libm::ceil(p / unit) as u64).collect();
        *thresholds.last_mut().expect("there is a first") = u64::MAX;
        let least = |class: u64| thresholds.partition_point(|t| *t <= class << REST) as u32;
        let first = (0..256).map(least).collect();
        Self { thresholds, first }
    }

    /// Draws how many spikes each of these neurons has, and adds their trains; where their times are to end. As a function of its
    /// own it has all registers.
    #[inline(never)]
    fn draw_all(&self, neurons: &[u16], random: &mut Swift, batch: &mut Batch) -> usize {
        batch.reserve(neurons.len());
        let (mut own, mut end, mut number) = (random.clone(), batch.spikes, batch.number);
        for &neuron in neurons {
            let before = end;
            end += self.draw(&mut own);
            batch.trains[number] = Train { neuron, end: end as u32 };
            number += usize::from(end > before);
        }
        batch.number = number;
        *random = own;
        end
    }

    #[inline]
    fn draw(&self, random: &mut Swift) -> usize {
        let u = random.bits(BITS);
        let mut count = self.first[(u >> REST) as usize & 255] as usize;
        while self.thresholds[count] <= u {
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::spiking::trains::Trains;
    use crate::random::Seed;
    use crate::random::tests::assert_distributed;

    #[test]
    fn every_neuron_receives_a_poisson_train_of_its_rate() {
        // The last three lie on both sides of the largest mean that has a table.
        let rates = [1000.0, 0.0, 500.0, 9000.0, 2000.0, 12_000.0, 990e3, 1010e3, 1.6e6];
        let mut poisson = Poisson::new(Seed(1).swift("poisson", 0), 0, vec![0.0; rates.len()]);
        poisson.set_rates(&rates, 0.5);
        let mut window = Trains::new(rates.len());
        let mut trains = vec![Vec::new(); rates.len()];
        for k in 0..2000 {
            let mut batch = window.take();
            poisson.draw(&Stretch::new([0.0, 0.5], 0.5), &mut batch);
            window.restore(batch);
            for (n, train) in trains.iter_mut().enumerate() {
                let own = window.all().filter(|spike| usize::from(spike.1) == n);
                let mut spikes: Vec<f64> = own.map(|spike| spike.0).collect();
                assert!(spikes.iter().all(|s| (0.0..0.5).contains(s)));
                spikes.sort_unstable_by(f64::total_cmp);
                train.extend(spikes.iter().map(|s| f64::from(k) * 0.5 + s));
            }
        }
        for (train, rate) in trains.iter().zip(rates) {
            // One second: a count with mean and variance the rate.
            let mean = rate;
            assert!((train.len() as f64 - mean).abs() <= 5.0 * mean.sqrt(), "{rate}");
            if rate > 0.0 {
                let mut gaps: Vec<f64> = train.windows(2).map(|w| w[1] - w[0]).collect();
                assert_distributed(&mut gaps, |gap| 1.0 - (-gap * rate / 1000.0).exp());
            }
        }
    }

    #[test]
    fn numbers_have_the_poisson_distribution() {
        for mean in [1.25, 3.0, 8.9, 40.0, 499.0] {
            let counts = Counts::new(mean);
            let mut random = Seed(1).swift("counts", 0);
            let n = 200_000;
            let mut hits = vec![0u32; 800];
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
