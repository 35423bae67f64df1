//! When a network decides: the first moment at which the neurons of one choice fire faster than a bound and than all others.
//!
//! With n_k(t) spikes of the N_k neurons of choice k in (t - w, t] choice k is made at the first t of a span at which r_k(t) =
//! n_k(t)/(N_k w) is above the bound and above every other r. Counts change where spikes enter the window, at their times, and where
//! they leave it, w later; only there is it looked at, once all that change at one time have.

use std::cmp::Ordering;

/// The neurons of the choices, and what a choice must exceed.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// By neuron, the choices to which it belongs, as places in their list.
    of_neuron: Vec<Vec<usize>>,
    /// Neurons of every choice; 1 of one without any, so that it is silent and stands in the way of none.
    sizes: Vec<u64>,
    /// Hz.
    above: f64,
    /// ms.
    window: f64,
}

impl Crossing {
    /// Of choices whose neurons are these `foregrounds`, in a population of `neurons` neurons.
    pub fn new(foregrounds: &[&[u32]], neurons: usize, above: f64, window: f64) -> Self {
        let mut of_neuron = vec![Vec::new(); neurons];
        for (k, foreground) in foregrounds.iter().enumerate() {
            foreground.iter().for_each(|&i| of_neuron[i as usize].push(k));
        }
        let sizes = foregrounds.iter().map(|foreground| foreground.len().max(1) as u64).collect();
        Self { of_neuron, sizes, above, window }
    }

    /// The first choice from the spikes (`times`, in order, of `neurons`) of [`from`, `to`), ms: its place in the list, and when.
    pub fn first(
        &self,
        times: &[f64],
        neurons: &[u64],
        [from, to]: [f64; 2],
    ) -> Option<(usize, f64)> {
        let within = times.partition_point(|t| *t < from)..times.partition_point(|t| *t < to);
        let (times, neurons) = (&times[within.clone()], &neurons[within]);
        let mut counts = vec![0u64; self.sizes.len()];
        let (mut entered, mut left) = (0, 0);
        while left < times.len() {
            let leaves = times[left] + self.window;
            let now = times.get(entered).map_or(leaves, |enters| enters.min(leaves));
            if now >= to {
                return None;
            }
            while left < entered && times[left] + self.window <= now {
                self.of_neuron[neurons[left] as usize].iter().for_each(|&k| counts[k] -= 1);
                left += 1;
            }
            while entered < times.len() && times[entered] <= now {
                self.of_neuron[neurons[entered] as usize].iter().for_each(|&k| counts[k] += 1);
                entered += 1;
            }
            if let Some(choice) = self.chosen(&counts) {
                return Some((choice, now));
            }
        }
        None
    }

    /// The mean rate of the neurons of every choice in the window that ends at `end`, Hz.
    pub fn rates(&self, times: &[f64], neurons: &[u64], end: f64) -> Vec<f64> {
        let from = times.partition_point(|t| *t < end - self.window);
        let mut counts = vec![0u64; self.sizes.len()];
        for neuron in &neurons[from..times.partition_point(|t| *t < end)] {
            self.of_neuron[*neuron as usize].iter().for_each(|&k| counts[k] += 1);
        }
        let rate = |(n, size): (u64, &u64)| n as f64 / (*size as f64 * self.window / 1000.0);
        counts.into_iter().zip(&self.sizes).map(rate).collect()
    }

    /// The choice that these counts in the window make.
    fn chosen(&self, counts: &[u64]) -> Option<usize> {
        let faster = |a: usize, b: usize| {
            (counts[a] * self.sizes[b]).cmp(&(counts[b] * self.sizes[a])) == Ordering::Greater
        };
        let choices = 0..counts.len();
        choices.clone().find(|&k| {
            let needed = self.above * self.sizes[k] as f64 * self.window / 1000.0;
            counts[k] as f64 > needed && choices.clone().all(|other| other == k || faster(k, other))
        })
    }
}
