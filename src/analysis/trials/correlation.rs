//! Correlation of spike counts between neurons.
//!
//! - **Noise correlation**: Pearson's coefficient, across trials, of two neurons' counts less the mean count of each
//!   in the trials that showed the same. 0 for neurons that are independent given that; for counts that share a Poisson
//!   source it is the share of the source.
//! - **Signal correlation**: Pearson's coefficient, across samples, of the mean counts. With m trials of a sample 1/m
//!   of the noise is left in the means, and its correlation with it; of two samples it is 1 or -1.
//!
//! (Cohen, Kohn 2011.) A pair in which a neuron does not vary, such as one that is silent, has none and is counted
//! apart. The standard error of the mean takes pairs as independent, which those that share a neuron are not: it is a
//! lower bound.

use super::counts::Counts;
use super::group::Conditions;
use super::histogram::Histogram;
use crate::random::Stream;

/// Correlations of all pairs of some neurons.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlations {
    /// The name of the group.
    pub group: String,
    /// The neurons, ascending.
    pub neurons: Vec<u32>,
    /// Noise correlation of every pair (first of the pair first, as 01 02 03 12 13 23); NaN where a neuron does not vary.
    pub noise: Vec<f64>,
    /// Signal correlation, in the same order.
    pub signal: Vec<f64>,
}

impl Correlations {
    /// Of `neurons`, over the trials that count for `noise`, and for `signal`; kinds of trials of which there is a single
    /// one tell nothing of noise.
    pub fn of(
        group: impl Into<String>,
        neurons: &[u32],
        counts: &Counts,
        noise: &Conditions,
        signal: &Conditions,
    ) -> Self {
        let of = |i: &u32| counts.of(*i as usize);
        let noise: Vec<Vec<f64>> = neurons.iter().map(|i| unit(&parts(of(i), noise).0)).collect();
        let signal: Vec<Vec<f64>> = neurons.iter().map(|i| unit(&parts(of(i), signal).1)).collect();
        Self {
            group: group.into(),
            neurons: neurons.to_vec(),
            noise: products(&noise),
            signal: products(&signal),
        }
    }

    /// Bins of 0.02 from -1 to 1.
    pub fn histogram(values: &[f64]) -> Histogram {
        Histogram::linear(f64::NEG_INFINITY, -1.0, 0.02, 100).of(values.iter().copied())
    }
}

/// `most` of `neurons` at random, or all if there are no more.
pub fn chosen(neurons: &[u32], most: usize, stream: &mut Stream) -> Vec<u32> {
    if neurons.len() <= most {
        return neurons.to_vec();
    }
    stream.subset(most, neurons.len()).into_iter().map(|k| neurons[k as usize]).collect()
}

/// Counts less the mean after the same sample, over the trials that count; and these means.
fn parts(counts: &[u32], conditions: &Conditions) -> (Vec<f64>, Vec<f64>) {
    let mut sums = vec![(0.0, 0.0); conditions.samples.len()];
    let trials = || counts.iter().zip(&conditions.of_trial).filter_map(|(n, s)| Some((*n, (*s)?)));
    for (count, s) in trials() {
        sums[s] = (sums[s].0 + f64::from(count), sums[s].1 + 1.0);
    }
    let residual = |(count, s): (u32, usize)| f64::from(count) - sums[s].0 / sums[s].1;
    let means = sums.iter().filter(|(_, n)| *n > 0.0).map(|(sum, n)| sum / n).collect();
    (trials().map(residual).collect(), means)
}

/// Smallest length that is no rounding of 0: counts are whole numbers.
const LEAST: f64 = 1e-9;

/// Less its mean, and scaled to length 1, so that a product of two is Pearson's coefficient; NaN of what does not vary.
fn unit(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let length = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
    let scale = if length > LEAST { 1.0 / length } else { f64::NAN };
    values.iter().map(|v| (v - mean) * scale).collect()
}

/// Of all pairs.
fn products(rows: &[Vec<f64>]) -> Vec<f64> {
    let product =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>().clamp(-1.0, 1.0);
    let pairs = (0..rows.len()).flat_map(|i| (i + 1..rows.len()).map(move |j| (i, j)));
    pairs
        .map(|(i, j)| if rows[i].is_empty() { f64::NAN } else { product(&rows[i], &rows[j]) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::histogram::Spread;
    use super::super::tests::poisson_count;
    use super::*;
    use crate::random::Seed;

    /// Counts of neurons in trials of 1 ms, in which `count(trial, neuron)` spikes fall.
    fn counted(
        neurons: usize,
        trials: usize,
        mut count: impl FnMut(usize, usize) -> u32,
    ) -> Counts {
        let windows = (0..trials).map(|k| (k as f64, k as f64 + 1.0)).collect();
        let mut counts = Counts::new(neurons, windows);
        for k in 0..trials {
            let ids: Vec<u64> =
                (0..neurons).flat_map(|i| vec![i as u64; count(k, i) as usize]).collect();
            counts.trial(k, &vec![k as f64; ids.len()], &ids);
        }
        counts
    }

    fn conditions(samples: usize, trials: usize) -> Conditions {
        let of_trial = (0..trials).map(|k| Some(k % samples)).collect();
        Conditions { samples: (0..samples).collect(), of_trial }
    }

    #[test]
    fn a_shared_source_gives_its_share() {
        // Means 20, 8, 5, 3 after the four samples; of each neuron 30 % come from one source.
        let mut stream = Seed(1).stream("poisson", 0);
        let (trials, means) = (400, [20.0, 8.0, 5.0, 3.0]);
        let mut shared = 0;
        let counts = counted(12, trials, |k, i| {
            let mean = means[(k + i % 2) % 4];
            if i == 0 {
                shared = poisson_count(&mut stream, 0.3 * means[k % 4]);
            }
            match i % 2 {
                // Even neurons prefer sample 0; the shared part follows their mean.
                0 => shared + poisson_count(&mut stream, 0.7 * mean),
                _ => poisson_count(&mut stream, mean),
            }
        });
        let conditions = conditions(4, trials);
        let noise = |neurons: &[u32]| {
            Spread::of(Correlations::of("g", neurons, &counts, &conditions, &conditions).noise).mean
        };
        // The s.e. of one coefficient is 1/sqrt(400) = 0.05, less for the mean over 15 pairs, which share neurons.
        let even = noise(&[0, 2, 4, 6, 8, 10]);
        assert!((even - 0.3).abs() < 0.1, "{even}");
        // Without the source: 0, although all follow the sample.
        let odd = noise(&[1, 3, 5, 7, 9, 11]);
        assert!(odd.abs() < 0.05, "{odd}");
        // Means follow the samples alike, but for an s.e. of sqrt(20/100) in 20.
        let signal = Spread::of(
            Correlations::of("g", &[1, 3, 5, 7], &counts, &conditions, &conditions).signal,
        );
        assert!(signal.mean > 0.98, "{signal:?}");
    }

    #[test]
    fn coefficients_are_those_computed_by_hand() {
        // Two samples in turn. Residuals of neuron 0: -1 -2 1 2; of neuron 1: 1 -1 -1 1; neuron 2 is silent,
        // neuron 3 tells the sample without noise.
        let rows = [[1, 3, 3, 7], [2, 0, 0, 2], [0, 0, 0, 0], [4, 9, 4, 9]];
        let counts = counted(4, 4, |k, i| rows[i][k]);
        let conditions = conditions(2, 4);
        let Correlations { noise, signal, .. } =
            Correlations::of("g", &[0, 1, 2, 3], &counts, &conditions, &conditions);
        // (-1 + 2 - 1 + 2) / sqrt(10 4).
        assert!((noise[0] - 2.0 / 40f64.sqrt()).abs() < 1e-15, "{noise:?}");
        assert!(noise[1..].iter().all(|r| r.is_nan()), "{noise:?}");
        // Means 2 5, 1 1, 0 0, 4 9: only those of 0 and 3 vary.
        assert!((signal[2] - 1.0).abs() < 1e-15, "{signal:?}");
        assert_eq!(signal.iter().filter(|r| r.is_nan()).count(), 5);
        assert_eq!(Spread::of(noise).left_out, 5);
    }

    #[test]
    fn trials_that_do_not_count_and_missing_samples_change_nothing() {
        let rows = [[1, 9, 3, 3, 7], [2, 0, 0, 0, 2]];
        let counts = counted(2, 5, |k, i| rows[i][k]);
        let of_trial = vec![Some(0), None, Some(2), Some(0), Some(2)];
        let with_gap = Conditions { samples: vec![3, 4, 5], of_trial };
        let found = Correlations::of("g", &[0, 1], &counts, &with_gap, &with_gap);
        // Residuals -1 -2 1 2 and 1 -1 -1 1; means 2 5 and 1 1.
        assert!((found.noise[0] - 2.0 / 40f64.sqrt()).abs() < 1e-15 && found.signal[0].is_nan());
        let none = Conditions { samples: vec![3], of_trial: vec![None; 5] };
        assert!(Correlations::of("g", &[0, 1], &counts, &none, &none).noise[0].is_nan());
        assert!(Correlations::of("g", &[0], &counts, &with_gap, &with_gap).noise.is_empty());
    }

    #[test]
    fn neurons_are_chosen_by_the_stream() {
        let neurons: Vec<u32> = (10..30).collect();
        let of_seed = |seed| chosen(&neurons, 5, &mut Seed(seed).stream("analysis/g", 0));
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
        assert!(of_seed(1).len() == 5 && of_seed(1).iter().all(|i| neurons.contains(i)));
        assert_eq!(chosen(&neurons, 20, &mut Seed(1).stream("analysis/g", 0)), neurons);
    }
}
