//! The overlap: how much an activity resembles each stored pattern.
//!
//! m^mu = Cov(xi^mu, x) / Var(xi^mu), the slope of the regression of the activity x on the
//! pattern. For patterns of 0 and 1 it is the mean activity of the foreground minus the mean
//! activity of the background; with x a rate in Hz, m^mu is in Hz. Divided by the rate of a
//! retrieved foreground it is 1 at perfect retrieval (Gerstner et al. 2014, eq. 17.27 ff.).

use super::Patterns;
use super::graded::Graded;
use crate::statistics::dot;
use crate::tape::on_tape;
use rayon::prelude::*;
use std::sync::Arc;

/// Counts spikes by pattern, so that all overlaps of an interval cost about a P additions per spike.
#[derive(Clone, Debug)]
pub struct OverlapCounter {
    /// Patterns of neuron i: `members[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    members: Vec<u32>,
    foreground_sizes: Vec<f64>,
    foreground_spikes: Vec<u32>,
    spikes: u32,
    neurons: f64,
}

on_tape!(OverlapCounter {
    foreground_spikes, spikes;
    not starts, members, foreground_sizes, neurons; if OverlapCounter::is_possible
});

impl OverlapCounter {
    /// Whether there are as many patterns, and more spikes can be counted.
    fn is_possible(&self) -> bool {
        let counted = |spikes: &u32| *spikes < 1 << 31;
        self.foreground_spikes.len() == self.foreground_sizes.len()
            && self.foreground_spikes.iter().all(counted)
            && counted(&self.spikes)
    }

    pub fn new(patterns: &Patterns) -> Self {
        let mut starts = vec![0];
        let mut members = Vec::new();
        for i in 0..patterns.neurons() {
            members.extend(patterns.of(i).map(|mu| mu as u32));
            starts.push(members.len() as u32);
        }
        let number = patterns.number();
        Self {
            starts,
            members,
            foreground_sizes: (0..number).map(|mu| patterns.foreground(mu).len() as f64).collect(),
            foreground_spikes: vec![0; number],
            spikes: 0,
            neurons: patterns.neurons() as f64,
        }
    }

    /// Counts one spike of `neuron`.
    #[inline]
    pub fn count(&mut self, neuron: usize) {
        self.spikes += 1;
        let patterns = self.starts[neuron] as usize..self.starts[neuron + 1] as usize;
        for &mu in &self.members[patterns] {
            self.foreground_spikes[mu as usize] += 1;
        }
    }

    /// Writes m^mu in Hz of the spikes counted during `interval` ms to `m`, and forgets them.
    /// An empty foreground or background counts as silent.
    pub fn take(&mut self, interval: f64, m: &mut Vec<f64>) {
        let all = f64::from(self.spikes);
        for (foreground, &size) in self.foreground_spikes.iter().zip(&self.foreground_sizes) {
            let inside = f64::from(*foreground);
            m.push(hz(inside, size, interval) - hz(all - inside, self.neurons - size, interval));
        }
        self.forget();
    }

    /// Adds what has been counted to `counts`, and forgets it.
    pub fn move_to(&mut self, counts: &mut SpikeCounts) {
        counts.all += u64::from(self.spikes);
        counts.foreground.resize(self.foreground_spikes.len(), 0);
        let foreground = counts.foreground.iter_mut().zip(&self.foreground_spikes);
        foreground.for_each(|(sum, spikes)| *sum += u64::from(*spikes));
        self.forget();
    }

    /// Mean rates (Hz) of the foreground and of the background of pattern `mu` that `counts` of `interval` ms amount to;
    /// an empty one counts as silent. Their difference is m^mu.
    pub fn rates(&self, counts: &SpikeCounts, mu: usize, interval: f64) -> (f64, f64) {
        let inside = counts.foreground.get(mu).copied().unwrap_or(0) as f64;
        let size = self.foreground_sizes[mu];
        let outside = counts.all as f64 - inside;
        (hz(inside, size, interval), hz(outside, self.neurons - size, interval))
    }

    /// Number of patterns.
    pub fn patterns(&self) -> usize {
        self.foreground_sizes.len()
    }

    /// Forgets what has been counted.
    pub fn forget(&mut self) {
        self.foreground_spikes.fill(0);
        self.spikes = 0;
    }
}

/// Spikes of a population: of all its neurons, and of the foreground of every pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpikeCounts {
    pub all: u64,
    pub foreground: Vec<u64>,
}

/// The mean rate of `neurons`, of which there may be none, that fire `spikes` in `interval` ms.
fn hz(spikes: f64, neurons: f64, interval: f64) -> f64 {
    if neurons == 0.0 { 0.0 } else { spikes / neurons / interval * 1000.0 }
}

/// The patterns by pattern, for overlaps of graded activity.
#[derive(Clone, Debug)]
pub enum GradedOverlap {
    /// Patterns of 0 and 1: regression slopes.
    Slope { foreground: Vec<Vec<u32>>, neurons: f64, span: f64 },
    /// Graded patterns: correlations. The patterns, and of each the s.d. of its image times sqrt(N).
    Correlation(Arc<Graded>, Vec<f64>),
}

impl GradedOverlap {
    /// Of activities of which the `levels` stand for an inactive and for an active neuron.
    pub fn new(patterns: &Patterns, levels: [f64; 2]) -> Self {
        let neurons = patterns.neurons();
        if let Some(graded) = &patterns.graded {
            let images = graded.stored().chunks(neurons);
            let norms = images.map(|image| norm(&centred(image))).collect();
            return Self::Correlation(graded.clone(), norms);
        }
        let foreground = (0..patterns.number()).map(|mu| patterns.foreground(mu).to_vec());
        let (neurons, span) = (neurons as f64, levels[1] - levels[0]);
        Self::Slope { foreground: foreground.collect(), neurons, span }
    }

    /// Writes m^mu of every pattern to `m`.
    ///
    /// Of patterns of 0 and 1 it is the mean activity of the foreground minus that of the background, where an empty one
    /// counts as silent, in units of the span between the levels. A pattern itself has 1, and for activities from -1 to 1
    /// and balanced patterns m is Hopfield's (1/N) sum_i xi_i x_i.
    ///
    /// Of graded patterns it is the correlation over neurons of the activity with the image of the pattern in the
    /// synapses, or with the pattern itself where there is none; means are removed, and what does not vary has 0. For an
    /// image g of mean 0 it is mean(g x) / sqrt(mean(g^2) var(x)) (Pereira and Brunel 2018).
    pub fn m(&self, activity: &[f64], m: &mut Vec<f64>) {
        m.clear();
        match self {
            Self::Slope { foreground, neurons, span } => {
                let all: f64 = activity.iter().sum();
                let mean = |sum: f64, size: f64| if size == 0.0 { 0.0 } else { sum / size };
                m.extend(foreground.iter().map(|foreground| {
                    let inside: f64 = foreground.iter().map(|&i| activity[i as usize]).sum();
                    let size = foreground.len() as f64;
                    (mean(inside, size) - mean(all - inside, neurons - size)) / span
                }));
            }
            Self::Correlation(graded, norms) => {
                let x = centred(activity);
                let size = norm(&x);
                let images = graded.stored().par_chunks(x.len());
                let of = |(image, norm): (&[f64], &f64)| match norm * size {
                    0.0 => 0.0,
                    both => dot(image, &x) / both,
                };
                images.zip(norms).map(of).collect_into_vec(m);
            }
        }
    }
}

/// Values minus their mean; exact zeros of equal values.
fn centred(values: &[f64]) -> Vec<f64> {
    if values.iter().all(|v| *v == values[0]) {
        return vec![0.0; values.len()];
    }
    let less = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|v| v - mean).collect()
    };
    // Once more, for the mean was rounded on the scale of the values.
    less(&less(values))
}

fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, as a regression slope.
    fn slope(xi: &[u8], x: &[f64]) -> f64 {
        let n = x.len() as f64;
        let (mean_xi, mean_x) =
            (xi.iter().map(|&v| f64::from(v)).sum::<f64>() / n, x.iter().sum::<f64>() / n);
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (&a, &b) in xi.iter().zip(x) {
            covariance += (f64::from(a) - mean_xi) * (b - mean_x);
            variance += (f64::from(a) - mean_xi).powi(2);
        }
        covariance / variance
    }

    #[test]
    fn patterns_beyond_16_bits_keep_their_number() {
        let foreground = (0..70_000).map(|mu| vec![u32::from(mu == 65_537)]).collect();
        let mut counter = OverlapCounter::new(&Patterns::from_foreground(2, foreground));
        counter.count(1);
        let mut m = Vec::new();
        counter.take(1000.0, &mut m);
        assert!(m.iter().enumerate().all(|(mu, m)| *m == if mu == 65_537 { 1.0 } else { -1.0 }));
    }

    #[test]
    fn counted_overlaps_are_regression_slopes_of_the_rates() {
        let patterns = Patterns::from_foreground(6, vec![vec![0, 1], vec![1, 2, 5]]);
        let mut counter = OverlapCounter::new(&patterns);
        let spikes = [0, 0, 1, 5, 3, 1, 1];
        spikes.iter().for_each(|&i| counter.count(i));
        let mut rates = [0.0; 6];
        spikes.iter().for_each(|&i| rates[i] += 1000.0 / 20.0);
        let mut m = Vec::new();
        counter.take(20.0, &mut m);
        for (mu, xi) in patterns.rows().iter().enumerate() {
            assert!((m[mu] - slope(xi, &rates)).abs() < 1e-12 * 100.0, "{m:?}");
            let mut graded = Vec::new();
            GradedOverlap::new(&patterns, [10.0, 60.0]).m(&rates, &mut graded);
            let shares = rates.map(|x| (x - 10.0) / 50.0);
            assert!((graded[mu] - slope(xi, &shares)).abs() < 1e-13, "{graded:?}");
        }
        m.clear();
        counter.take(20.0, &mut m);
        assert_eq!(m, [0.0, 0.0]);
    }

    #[test]
    fn overlaps_with_graded_patterns_are_correlations_with_their_image() {
        let n = 1001;
        let xi: Vec<f64> = (0..2 * n).map(|k| libm::sin(k as f64 * 0.7)).collect();
        let image: Vec<f64> = xi.iter().map(|xi| 3.0 + xi.max(0.2)).collect();
        let activity: Vec<f64> = (0..n).map(|i| 20.0 + 5.0 * image[n + i] + xi[i]).collect();
        let correlation = |a: &[f64], b: &[f64]| {
            let mean = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
            let (ma, mb) = (mean(&|i| a[i]), mean(&|i| b[i]));
            let product = |a: &[f64], b: &[f64], ma, mb| mean(&|i| (a[i] - ma) * (b[i] - mb));
            product(a, b, ma, mb) / (product(a, a, ma, ma) * product(b, b, mb, mb)).sqrt()
        };
        let plain = Patterns::from_values(n, xi.clone());
        let mut m = Vec::new();
        for (patterns, stored) in
            [(plain.clone(), &xi), (plain.with_image(image.clone(), 3.5), &image)]
        {
            let overlap = GradedOverlap::new(&patterns, [0.0, 1.0]);
            overlap.m(&activity, &mut m);
            for (mu, m) in m.iter().enumerate() {
                let expected = correlation(&stored[mu * n..(mu + 1) * n], &activity);
                assert!((m - expected).abs() < 1e-13, "{m} {expected}");
            }
            overlap.m(&stored[n..], &mut m);
            assert!((m[1] - 1.0).abs() < 1e-14 && m[0] < 0.9, "{m:?}");
            overlap.m(&vec![0.1; n], &mut m);
            assert_eq!(m, [0.0, 0.0]);
        }
    }
}
