//! Irregularity of spike trains: the coefficient of variation of interspike intervals.
//!
//! CV = s.d. / mean of the intervals of one neuron: 0 for a clock, 1 for a Poisson process. The s.d. is that of
//! the intervals as a population (divided by n). Short stretches bias it downwards, so neurons
//! with fewer than five intervals do not count.

use crate::error::Result;
use crate::recording::Recording;

/// Fewest intervals from which the CV of a neuron is taken.
const LEAST: u64 = 5;

/// Running mean and variance of the intervals of one neuron (Welford 1962).
#[derive(Clone, Copy, Debug)]
struct Intervals {
    last: f64,
    number: u64,
    mean: f64,
    /// Sum of squared deviations.
    deviation: f64,
}

const NONE: Intervals = Intervals { last: f64::NAN, number: 0, mean: 0.0, deviation: 0.0 };

impl Intervals {
    fn spike(&mut self, time: f64) {
        let interval = time - self.last;
        self.last = time;
        if interval.is_nan() {
            return;
        }
        self.number += 1;
        let difference = interval - self.mean;
        self.mean += difference / self.number as f64;
        self.deviation += difference * (interval - self.mean);
    }

    fn cv(&self) -> Option<f64> {
        (self.number >= LEAST).then(|| (self.deviation / self.number as f64).sqrt() / self.mean)
    }
}

/// Spikes and mean CV of a group of neurons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Irregularity {
    /// Number of spikes.
    pub spikes: u64,
    /// Mean over the neurons that have a CV; `None` if there is none.
    pub cv: Option<f64>,
}

impl Irregularity {
    /// Of all neurons of a population over the whole recording.
    pub fn of_population(recording: &Recording, population: &str) -> Result<Self> {
        let number = recording.populations().iter().find(|p| p.0 == population).map_or(0, |p| p.1);
        let mut neurons = vec![NONE; number];
        recording.for_spikes(population, |times, ids| {
            for (&time, &id) in times.iter().zip(ids) {
                neurons[id as usize].spike(time);
            }
        })?;
        let spikes = neurons.iter().filter(|n| !n.last.is_nan()).map(|n| n.number + 1).sum();
        Ok(Self { spikes, cv: mean(neurons.iter().filter_map(Intervals::cv)) })
    }

    /// Of given neurons in given stretches of time: `(start, end, neurons)`, in order of time. Intervals that
    /// reach across a stretch's border do not count; a neuron counts once for every stretch.
    pub fn of_stretches(
        recording: &Recording,
        population: &str,
        stretches: &[(f64, f64, &[u32])],
    ) -> Result<Self> {
        let number = recording.populations().iter().find(|p| p.0 == population).map_or(0, |p| p.1);
        let mut neurons: Vec<Option<Intervals>> = vec![None; number];
        let mut cvs = Vec::new();
        let mut spikes = 0;
        let mut open: Option<usize> = None;
        let close = |neurons: &mut Vec<Option<Intervals>>, cvs: &mut Vec<f64>| {
            cvs.extend(neurons.iter().flatten().filter_map(Intervals::cv));
            neurons.fill(None);
        };
        recording.for_spikes(population, |times, ids| {
            for (&time, &id) in times.iter().zip(ids) {
                let now = stretches.iter().position(|s| (s.0..s.1).contains(&time));
                if now != open {
                    close(&mut neurons, &mut cvs);
                    open = now;
                    if let Some(k) = now {
                        stretches[k].2.iter().for_each(|&i| neurons[i as usize] = Some(NONE));
                    }
                }
                if let Some(intervals) = &mut neurons[id as usize] {
                    intervals.spike(time);
                    spikes += 1;
                }
            }
        })?;
        close(&mut neurons, &mut cvs);
        Ok(Self { spikes, cv: mean(cvs.into_iter()) })
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, number) = values.fold((0.0, 0u64), |(sum, n), v| (sum + v, n + 1));
    (number > 0).then(|| sum / number as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    /// The CV of the intervals between successive `times`, if there are at least five.
    fn interval_cv(times: &[f64]) -> Option<f64> {
        let mut intervals = NONE;
        times.iter().for_each(|&t| intervals.spike(t));
        intervals.cv()
    }

    #[test]
    fn the_cv_is_that_of_known_processes() {
        let train = |mut gap: Box<dyn FnMut() -> f64>| {
            let mut time = 0.0;
            let times: Vec<f64> = (0..20_001)
                .map(|_| {
                    time += gap();
                    time
                })
                .collect();
            interval_cv(&times).unwrap()
        };
        assert!(train(Box::new(|| 25.0)) < 1e-9);
        let mut stream = Seed(1).stream("poisson", 0);
        // s.e. of the CV of n exponential intervals: 1/sqrt(n) = 0.007.
        assert!((train(Box::new(move || stream.exponential())) - 1.0).abs() < 0.035);
        let mut stream = Seed(1).stream("gamma", 0);
        // Sums of four: CV 1/2, s.e. about 0.003.
        let gamma = train(Box::new(move || (0..4).map(|_| stream.exponential()).sum()));
        assert!((gamma - 0.5).abs() < 0.015, "{gamma}");
        // Two intervals of 1 and one of 4: mean 2, s.d. sqrt(2); too few to count.
        assert_eq!(interval_cv(&[0.0, 1.0, 2.0, 6.0]), None);
        let six = [0.0, 1.0, 2.0, 6.0, 7.0, 8.0, 12.0];
        assert!((interval_cv(&six).unwrap() - 0.5f64.sqrt()).abs() < 1e-15);
    }
}
