//! Selectivity of delay activity: how much the rate of a neuron tells of the sample.
//!
//! With r_i the mean delay rate after sample i of n, and r_p that after the preferred one,
//!
//! ```text
//! depth S = (n - sum_i r_i / r_p) / (n - 1) = 1 - r_o / r_p        index = (r_p - r_o) / (r_p + r_o)
//! ```
//!
//! where r_o is the mean over the other samples. S is 0 for a neuron that does not distinguish the samples and 1 for
//! one that fires after one of them alone (Moody, Wise, di Pellegrino, Zipser 1998; Rainer, Miller 2002).
//!
//! The usual, naive values choose the preferred sample as the one with the largest rate and measure on the same
//! trials. Noise alone then makes them positive: for a neuron without selectivity S is about e_n n/(n - 1) s/r, with s
//! the standard error of an r_i, r the rate and e_n the expected largest of n normal numbers (0.56, 1.03, 1.54 for
//! n = 2, 4, 10). Here the preferred sample is chosen on the odd trials of every sample and r_p and r_o are measured on
//! the even ones, then the other way round, and both are averaged. So r_p - r_o of a neuron without selectivity is 0
//! in the mean; what is left is the bias of a ratio, about -(s/r)^2 in S, and less in the index. Where noise lets the
//! choice fail, both fall short of the truth.
//!
//! A neuron that hardly fires may give no spike after its preferred sample where r_p is measured. S has no value then,
//! so that its mean over such neurons is too large; the index is -1, and its mean is not.

use super::counts::Counts;
use super::group::Conditions;
use crate::table::Table;

/// Selectivity of one neuron; rates in Hz.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuning {
    /// Mean delay rate after every sample; NaN for one without trials.
    pub rates: Vec<f64>,
    /// Mean delay rate over all trials that count; NaN without trials.
    pub delay: f64,
    /// Mean rate before the sample, in the same trials; NaN without fixation.
    pub fixation: f64,
    /// Index of the sample with the largest rate, of equal ones the first; none of a neuron that is silent.
    pub preferred: Option<usize>,
    /// Chosen and measured on different trials; NaN where r_p is 0, for the index where r_p and r_o are, and where
    /// fewer than two samples have two trials.
    pub depth: f64,
    /// (r_p - r_o) / (r_p + r_o), chosen and measured likewise.
    pub index: f64,
    /// Chosen and measured on the same trials.
    pub naive_depth: f64,
    /// The index, chosen and measured on the same trials.
    pub naive_index: f64,
}

/// Mean delay rates after the preferred sample and after the others.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Contrast {
    preferred: f64,
    others: f64,
}

const NONE: Contrast = Contrast { preferred: f64::NAN, others: f64::NAN };

impl Contrast {
    /// Of `rates`, of which `p` is the preferred one.
    fn new(rates: &[f64], p: usize) -> Self {
        let others = rates.iter().enumerate().filter(|(i, _)| *i != p).map(|(_, r)| r);
        Self { preferred: rates[p], others: others.sum::<f64>() / (rates.len() - 1) as f64 }
    }

    fn depth(self) -> f64 {
        if self.preferred > 0.0 { 1.0 - self.others / self.preferred } else { f64::NAN }
    }

    /// 0/0 is NaN.
    fn index(self) -> f64 {
        (self.preferred - self.others) / (self.preferred + self.others)
    }
}

impl Tuning {
    /// From the spike counts in windows of `duration` ms, trial by trial.
    pub fn of(counts: &[u32], conditions: &Conditions, duration: f64) -> Self {
        let n = conditions.samples.len();
        // By parity within the trials of a sample, and by sample.
        let (mut spikes, mut trials) = ([vec![0.0; n], vec![0.0; n]], [vec![0.0; n], vec![0.0; n]]);
        let mut seen = vec![0; n];
        for (&count, sample) in counts.iter().zip(&conditions.of_trial) {
            let Some(s) = *sample else { continue };
            spikes[seen[s] % 2][s] += f64::from(count);
            trials[seen[s] % 2][s] += 1.0;
            seen[s] += 1;
        }
        let rate = |spikes: f64, trials: f64| spikes / trials / duration * 1000.0;
        let all = |s: usize| rate(spikes[0][s] + spikes[1][s], trials[0][s] + trials[1][s]);
        let rates: Vec<f64> = (0..n).map(all).collect();
        let total = |of: &[Vec<f64>; 2]| of.iter().flatten().sum::<f64>();

        let usable = || (0..n).filter(|&s| seen[s] >= 2);
        let half =
            |h: usize| -> Vec<f64> { usable().map(|s| rate(spikes[h][s], trials[h][s])).collect() };
        let (odd, even) = (half(0), half(1));
        let whole: Vec<f64> = usable().map(|s| rates[s]).collect();
        let (mut honest, mut naive) = (NONE, NONE);
        if whole.len() > 1 {
            let on_even = Contrast::new(&even, largest(&odd));
            let on_odd = Contrast::new(&odd, largest(&even));
            honest.preferred = 0.5 * (on_even.preferred + on_odd.preferred);
            honest.others = 0.5 * (on_even.others + on_odd.others);
            naive = Contrast::new(&whole, largest(&whole));
        }
        Self {
            delay: rate(total(&spikes), total(&trials)),
            fixation: f64::NAN,
            preferred: (total(&spikes) > 0.0).then(|| largest(&rates)),
            depth: honest.depth(),
            index: honest.index(),
            naive_depth: naive.depth(),
            naive_index: naive.index(),
            rates,
        }
    }
}

/// Index of the largest, of equal ones the first; NaN is less than any.
fn largest(rates: &[f64]) -> usize {
    let better = |best: usize, k: usize| {
        if rates[k] > rates[best] || rates[best].is_nan() { k } else { best }
    };
    (1..rates.len()).fold(0, better)
}

/// Selectivity of all neurons of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Selectivity {
    /// The samples, as patterns from 0.
    pub samples: Vec<usize>,
    /// In the order of their ids.
    pub neurons: Vec<Tuning>,
}

impl Selectivity {
    /// From the counts in the delay, and in fixation if there is some.
    pub fn of(delay: &Counts, fixation: Option<&Counts>, conditions: &Conditions) -> Self {
        let trials = conditions.trials() as f64;
        let tuning = |i: usize| {
            let mut tuning = Tuning::of(delay.of(i), conditions, delay.duration());
            if let Some(fixation) = fixation {
                let counted = fixation.of(i).iter().zip(&conditions.of_trial);
                let spikes = counted.filter(|(_, sample)| sample.is_some()).map(|(&n, _)| n);
                let spikes = f64::from(spikes.sum::<u32>());
                tuning.fixation = spikes / trials / fixation.duration() * 1000.0;
            }
            tuning
        };
        let neurons = (0..delay.neurons()).map(tuning).collect();
        Self { samples: conditions.samples.clone(), neurons }
    }

    /// One row per neuron (from 0): `neuron`, `fixation_hz`, `delay_hz`, `preferred` (pattern from 1, 0 for none),
    /// `depth`, `index`, `naive_depth`, `naive_index`, and the delay rate `after_MU_hz` for every sample MU (from 1).
    pub fn table(&self) -> Table {
        let real = |value: fn(&Tuning) -> f64| self.neurons.iter().map(value).collect();
        let pattern = |t: &Tuning| t.preferred.map_or(0, |s| self.samples[s] as u64 + 1);
        let table = Table::default()
            .whole("neuron", (0..self.neurons.len() as u64).collect())
            .real("fixation_hz", real(|t| t.fixation))
            .real("delay_hz", real(|t| t.delay))
            .whole("preferred", self.neurons.iter().map(pattern).collect())
            .real("depth", real(|t| t.depth))
            .real("index", real(|t| t.index))
            .real("naive_depth", real(|t| t.naive_depth))
            .real("naive_index", real(|t| t.naive_index));
        self.samples.iter().enumerate().fold(table, |table, (s, mu)| {
            let rates = self.neurons.iter().map(|t| t.rates[s]).collect();
            table.real(format!("after_{}_hz", mu + 1), rates)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::poisson_count;
    use super::*;
    use crate::random::Seed;

    fn conditions(n: usize, of_trial: Vec<Option<usize>>) -> Conditions {
        Conditions { samples: (0..n).collect(), of_trial }
    }

    #[test]
    fn selectivity_is_that_computed_by_hand() {
        // Samples 0 1 2 in turn, four trials of each; the last trial of sample 0 does not count.
        let mut of_trial: Vec<Option<usize>> = (0..12).map(|k| Some(k % 3)).collect();
        of_trial[9] = None;
        let counts = [8, 2, 1, 6, 4, 1, 4, 0, 1, 99, 2, 1];
        let tuning = Tuning::of(&counts, &conditions(3, of_trial), 500.0);
        // Twice the mean counts.
        assert_eq!((&tuning.rates[..], tuning.preferred), (&[12.0, 4.0, 2.0][..], Some(0)));
        assert!((tuning.delay - 60.0 / 11.0).abs() < 1e-12);
        assert!(
            (tuning.naive_depth - 0.75).abs() < 1e-12 && (tuning.naive_index - 0.6).abs() < 1e-12
        );
        // Odd trials: 12 2 2 Hz; even: 12 6 2 Hz. Both choose sample 0; r_p = 12, r_o = 3.
        assert!((tuning.depth - 0.75).abs() < 1e-12 && (tuning.index - 0.6).abs() < 1e-12);
    }

    #[test]
    fn the_preferred_sample_is_measured_where_it_was_not_chosen() {
        let of_trial: Vec<Option<usize>> = (0..4).map(|k| Some(k % 2)).collect();
        // Odd trials: 4 1; even: 2 6. Sample 0 gives 2, 6 on even, sample 1 gives 1, 4 on odd trials.
        let tuning = Tuning::of(&[4, 1, 2, 6], &conditions(2, of_trial.clone()), 1000.0);
        assert!((tuning.depth - (1.0 - 5.0 / 1.5)).abs() < 1e-12, "{tuning:?}");
        assert!((tuning.index - (1.5 - 5.0) / 6.5).abs() < 1e-12);
        assert!((tuning.naive_index - 0.5 / 6.5).abs() < 1e-12 && tuning.preferred == Some(1));
        // Without a spike, without a second trial, and without a second sample there is none.
        let silent = Tuning::of(&[0; 4], &conditions(2, of_trial), 1000.0);
        assert!(silent.depth.is_nan() && silent.index.is_nan() && silent.preferred.is_none());
        let once = Tuning::of(&[3, 1], &conditions(2, vec![Some(0), Some(1)]), 1000.0);
        assert!(once.index.is_nan() && once.preferred == Some(0));
        assert!(Tuning::of(&[3, 1], &conditions(1, vec![Some(0); 2]), 1000.0).index.is_nan());
        // A sample all of whose trials are left out.
        let missing = Tuning::of(&[3, 1, 9], &conditions(2, vec![Some(1), Some(1), None]), 1000.0);
        assert!(missing.rates[0].is_nan() && missing.preferred == Some(1));
    }

    #[test]
    fn noise_alone_gives_no_selectivity() {
        let mut stream = Seed(1).stream("poisson", 0);
        let (samples, trials, neurons) = (4, 40, 4000);
        let conditions = conditions(samples, (0..trials).map(|k| Some(k % samples)).collect());
        let mut mean = |rates: [f64; 4]| {
            let mut sums = [0.0; 4];
            for _ in 0..neurons {
                let counts: Vec<u32> =
                    (0..trials).map(|k| poisson_count(&mut stream, rates[k % samples])).collect();
                let t = Tuning::of(&counts, &conditions, 1000.0);
                let values = [t.depth, t.index, t.naive_depth, t.naive_index];
                sums.iter_mut().zip(values).for_each(|(sum, v)| *sum += v);
            }
            sums.map(|sum| sum / f64::from(neurons))
        };
        // Ten trials of each sample, 10 spikes in each: s/r = 0.1. r_p - r_o of a half has variance 2 (4/3) (s/r)^2, so
        // S has an s.d. near 0.12 over neurons and its mean an s.e. of 0.002; the ratio's bias is -0.01.
        let [depth, index, naive_depth, naive_index] = mean([10.0; 4]);
        assert!((depth + 0.01).abs() < 0.01, "{depth}");
        assert!(index.abs() < 0.006, "{index}");
        // e_4 n/(n - 1) s/r = 1.03 (4/3) 0.1 = 0.137, less the ratio's curvature.
        assert!((naive_depth - 0.13).abs() < 0.015, "{naive_depth}");
        assert!(naive_index > 0.05, "{naive_index}");
        // Real selectivity is found: 1 - 10/40 and 30/50, with s/r of 5 % of the preferred.
        let [depth, index, naive_depth, naive_index] = mean([40.0, 10.0, 10.0, 10.0]);
        for (found, expected) in
            [(depth, 0.75), (index, 0.6), (naive_depth, 0.75), (naive_index, 0.6)]
        {
            assert!((found - expected).abs() < 0.004, "{found} {expected}");
        }
    }
}
