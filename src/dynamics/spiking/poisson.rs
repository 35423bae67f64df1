//! External input: independent Poisson spike trains to every neuron of a block.
//!
//! The trains of a block are drawn as one superposed process, whose intervals are exponential, and every
//! arrival chooses its neuron in proportion to the rates.

use crate::random::Stream;

/// Neurons of a block that receive external spikes at the same rate.
#[derive(Clone, Debug)]
struct Group {
    neurons: Vec<u16>,
    /// Spikes per ms and neuron.
    rate: f64,
    /// Spikes per ms of the whole group.
    total: f64,
}

/// The superposed external process of one block.
#[derive(Clone, Debug)]
pub struct Poisson {
    stream: Stream,
    groups: Vec<Group>,
    /// Spikes per ms of the whole block.
    total: f64,
    /// Mean interval, ms.
    interval: f64,
    /// Time of the next arrival from the start of the window, ms.
    next: f64,
}

impl Poisson {
    /// A process that is silent until [`Poisson::set_rates`].
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            groups: Vec::new(),
            total: 0.0,
            interval: f64::INFINITY,
            next: f64::INFINITY,
        }
    }

    /// Starts afresh with these rates (Hz, one per neuron), at the start of a window.
    ///
    /// A Poisson process has no memory, so what was drawn for later may be dropped.
    pub fn set_rates(&mut self, rates: &[f64]) {
        self.groups.clear();
        for (neuron, hz) in rates.iter().enumerate().filter(|(_, hz)| **hz > 0.0) {
            let rate = hz / 1000.0;
            match self.groups.iter_mut().find(|g| g.rate == rate) {
                Some(group) => group.neurons.push(neuron as u16),
                None => self.groups.push(Group { neurons: vec![neuron as u16], rate, total: 0.0 }),
            }
        }
        for group in &mut self.groups {
            group.total = group.rate * group.neurons.len() as f64;
        }
        self.total = self.groups.iter().map(|g| g.total).sum();
        self.interval = 1.0 / self.total;
        self.next = self.gap();
    }

    /// Writes the arrivals of the next window of length `window` ms: (time from its start, neuron).
    pub fn draw(&mut self, window: f64, arrivals: &mut Vec<(f64, u16)>) {
        arrivals.clear();
        while self.next < window {
            let neuron = self.neuron();
            arrivals.push((self.next, neuron));
            self.next += self.gap();
        }
        self.next -= window;
    }

    fn gap(&mut self) -> f64 {
        if self.groups.is_empty() {
            return f64::INFINITY;
        }
        self.stream.exponential() * self.interval
    }

    fn neuron(&mut self) -> u16 {
        let mut x = self.stream.uniform() * self.total;
        let mut groups = self.groups.iter();
        let mut group = groups.next().expect("a process that draws has a rate");
        for later in groups {
            if x < group.total {
                break;
            }
            x -= group.total;
            group = later;
        }
        let index = (x / group.rate) as usize;
        group.neurons[index.min(group.neurons.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn every_neuron_receives_a_poisson_train_of_its_rate() {
        let rates = [1000.0, 0.0, 500.0, 1000.0, 2000.0];
        let mut poisson = Poisson::new(Seed(1).stream("poisson", 0));
        poisson.set_rates(&rates);
        let (mut window, mut arrivals) = (Vec::new(), Vec::new());
        for k in 0..20_000 {
            poisson.draw(0.5, &mut window);
            assert!(window.is_sorted_by_key(|a| a.0) && window.iter().all(|a| a.0 < 0.5));
            arrivals.extend(window.iter().map(|&(s, i)| (f64::from(k) * 0.5 + s, i)));
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
