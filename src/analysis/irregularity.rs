//! Irregularity of spike trains: how unequal their interspike intervals are.
//!
//! CV = s.d. / mean of the intervals of one neuron: 0 for a clock, 1 for a Poisson process, 1/sqrt(k) for a gamma
//! process of order k. The s.d. is that of the intervals as a population (divided by n). Short stretches bias it
//! downwards, so neurons with fewer than five intervals do not count.
//!
//! CV2 = mean of 2 |I' - I| / (I' + I) over adjacent intervals I, I' (Holt, Softky, Koch, Douglas 1996): it is blind
//! to a rate that changes slowly. 0 for a clock, 1 for a Poisson process, 4^(1 - k) / (k B(k, k)) for a gamma process
//! of order k with B the beta function. Fewer than five pairs do not count.

use crate::error::Result;
use crate::recording::Recording;

/// Fewest intervals from which the CV of a neuron is taken, and fewest pairs of them for CV2.
const LEAST: u64 = 5;

/// What the intervals of one neuron amount to: running mean and variance (Welford 1962), and adjacent pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intervals {
    /// The last spike of this stretch, and the interval before it; NaN if there is none.
    last: f64,
    before: f64,
    number: u64,
    mean: f64,
    /// Sum of squared deviations.
    deviation: f64,
    /// Adjacent intervals, and the sum of 2 |I' - I| / (I' + I) over them.
    pairs: u64,
    unlike: f64,
}

impl Intervals {
    pub const NONE: Self = Self {
        last: f64::NAN,
        before: f64::NAN,
        number: 0,
        mean: 0.0,
        deviation: 0.0,
        pairs: 0,
        unlike: 0.0,
    };

    /// Takes the next spike (ms); returns the interval that it ends.
    pub fn spike(&mut self, time: f64) -> Option<f64> {
        let interval = time - self.last;
        self.last = time;
        if interval.is_nan() {
            return None;
        }
        self.number += 1;
        let difference = interval - self.mean;
        self.mean += difference / self.number as f64;
        self.deviation += difference * (interval - self.mean);
        let sum = interval + self.before;
        if sum > 0.0 {
            self.pairs += 1;
            self.unlike += 2.0 * (interval - self.before).abs() / sum;
        }
        self.before = interval;
        Some(interval)
    }

    /// Ends the stretch: no interval, and no pair of intervals, reaches across.
    pub fn pause(&mut self) {
        (self.last, self.before) = (f64::NAN, f64::NAN);
    }

    /// How many there are.
    pub fn number(&self) -> u64 {
        self.number
    }

    pub fn cv(&self) -> Option<f64> {
        (self.number >= LEAST).then(|| (self.deviation / self.number as f64).sqrt() / self.mean)
    }

    pub fn cv2(&self) -> Option<f64> {
        (self.pairs >= LEAST).then(|| self.unlike / self.pairs as f64)
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
        let mut neurons = vec![Intervals::NONE; number];
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
        let (spikes, cvs) = Self::each_of_stretches(recording, population, stretches)?;
        Ok(Self { spikes, cv: mean(cvs.into_iter()) })
    }

    /// The same, but their spikes and the CV of every neuron in every stretch in which it has one.
    pub fn each_of_stretches(
        recording: &Recording,
        population: &str,
        stretches: &[(f64, f64, &[u32])],
    ) -> Result<(u64, Vec<f64>)> {
        let number = recording.populations().iter().find(|p| p.0 == population).map_or(0, |p| p.1);
        let mut neurons: Vec<Option<Intervals>> = vec![None; number];
        let mut cvs = Vec::new();
        let mut spikes = 0;
        let mut open: Option<usize> = None;
        // The first stretch that has not ended.
        let mut next = 0;
        let close = |neurons: &mut Vec<Option<Intervals>>, cvs: &mut Vec<f64>| {
            cvs.extend(neurons.iter().flatten().filter_map(Intervals::cv));
            neurons.fill(None);
        };
        recording.for_spikes(population, |times, ids| {
            for (&time, &id) in times.iter().zip(ids) {
                while stretches.get(next).is_some_and(|stretch| stretch.1 <= time) {
                    next += 1;
                }
                let now = stretches.get(next).is_some_and(|s| s.0 <= time).then_some(next);
                if now != open {
                    close(&mut neurons, &mut cvs);
                    open = now;
                    if let Some(k) = now {
                        stretches[k]
                            .2
                            .iter()
                            .for_each(|&i| neurons[i as usize] = Some(Intervals::NONE));
                    }
                }
                if let Some(intervals) = &mut neurons[id as usize] {
                    intervals.spike(time);
                    spikes += 1;
                }
            }
        })?;
        close(&mut neurons, &mut cvs);
        Ok((spikes, cvs))
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

    /// CV and CV2 of the intervals between successive `times`, if there are at least five.
    fn of(times: &[f64]) -> (Option<f64>, Option<f64>) {
        let mut intervals = Intervals::NONE;
        times.iter().for_each(|&t| {
            intervals.spike(t);
        });
        (intervals.cv(), intervals.cv2())
    }

    #[test]
    fn cv_and_cv2_are_those_of_known_processes() {
        let train = |mut gap: Box<dyn FnMut() -> f64>| {
            let mut time = 0.0;
            let times: Vec<f64> = (0..20_001)
                .map(|_| {
                    time += gap();
                    time
                })
                .collect();
            let (cv, cv2) = of(&times);
            (cv.unwrap(), cv2.unwrap())
        };
        let clock = train(Box::new(|| 25.0));
        assert!(clock.0 < 1e-9 && clock.1 < 1e-9);
        let mut stream = Seed(1).stream("poisson", 0);
        // s.e. of the CV of n exponential intervals: 1/sqrt(n) = 0.007. A term of CV2 is uniform in [0, 2], of s.d.
        // 0.58; neighbours share an interval, which at most doubles the variance: s.e. below 0.006.
        let poisson = train(Box::new(move || stream.exponential()));
        assert!((poisson.0 - 1.0).abs() < 0.035 && (poisson.1 - 1.0).abs() < 0.03, "{poisson:?}");
        let mut stream = Seed(1).stream("gamma", 0);
        // Sums of four: CV 1/2, s.e. about 0.003; CV2 4^-3 / (4 B(4, 4)) with B(4, 4) = 1/140, likewise.
        let gamma = train(Box::new(move || (0..4).map(|_| stream.exponential()).sum()));
        let close = (gamma.0 - 0.5).abs() < 0.015 && (gamma.1 - 35.0 / 64.0).abs() < 0.02;
        assert!(close, "{gamma:?}");
        // Two intervals of 1 and one of 4: mean 2, s.d. sqrt(2); too few to count.
        assert_eq!(of(&[0.0, 1.0, 2.0, 6.0]), (None, None));
        let six = [0.0, 1.0, 2.0, 6.0, 7.0, 8.0, 12.0];
        assert!((of(&six).0.unwrap() - 0.5f64.sqrt()).abs() < 1e-15);
        // Pairs 1 1, 1 4, 4 1, 1 1, 1 4, of which three give 6/5.
        assert!((of(&six).1.unwrap() - 0.72).abs() < 1e-15);
        assert_eq!(of(&six[..6]).1, None);
    }

    #[test]
    fn intervals_and_pairs_do_not_reach_across_a_pause() {
        let mut intervals = Intervals::NONE;
        for start in [0.0, 1000.0, 2000.0] {
            intervals.pause();
            let gaps = [0.0, 3.0, 4.0, 10.0].map(|t| intervals.spike(start + t));
            assert_eq!(gaps, [None, Some(3.0), Some(1.0), Some(6.0)]);
        }
        assert_eq!((intervals.number(), intervals.pairs), (9, 6));
        // 2 (3 - 1) / 4 = 1 and 2 (6 - 1) / 7 = 10/7.
        assert!((intervals.cv2().unwrap() - 17.0 / 14.0).abs() < 1e-15);
    }
}
