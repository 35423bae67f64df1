//! What was sampled: values and states over time.

use std::ops::Range;

/// The states of a population of binary neurons at moments in time.
#[derive(Clone, Debug, PartialEq)]
pub struct StateSamples {
    /// Sweeps.
    pub time: Vec<f64>,
    /// How many there are.
    pub neurons: usize,
    /// 1 where a neuron is active, moment by moment.
    pub state: Vec<u8>,
}

impl StateSamples {
    /// The state at moment `k`.
    pub fn row(&self, k: usize) -> &[u8] {
        &self.state[k * self.neurons..][..self.neurons]
    }
}

/// Values sampled at equal intervals, or at moments.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Length of an interval, or time between moments, on the clock of the recording.
    pub interval: f64,
    /// Centres of the intervals, or the moments.
    pub time: Vec<f64>,
    /// Values per interval.
    pub width: usize,
    /// Row by row.
    pub values: Vec<f64>,
}

impl Samples {
    /// The values of interval `k`.
    pub fn row(&self, k: usize) -> &[f64] {
        &self.values[k * self.width..][..self.width]
    }

    /// Column `c`, over time.
    pub fn column(&self, c: usize) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().skip(c).step_by(self.width).copied()
    }

    /// The intervals that lie within `start`..`end` ms.
    pub fn within(&self, start: f64, end: f64) -> Range<usize> {
        let half = 0.5 * self.interval;
        // Rounding of a multiple of the interval must not lose it.
        let slack = 1e-6 * self.interval;
        let from = self.time.partition_point(|t| t - half < start - slack);
        let to = self.time.partition_point(|t| t + half <= end + slack);
        from..to.max(from)
    }

    /// The looks of an epoch of `start`..`end` sweeps: from the last at its start, which sees what the epoch has set, to
    /// the first at its end, before the next one sets anything.
    pub fn looks(&self, start: f64, end: f64) -> Range<usize> {
        let slack = self.slack();
        let from = self.time.partition_point(|t| *t <= start + slack).saturating_sub(1);
        let to = (self.time.partition_point(|t| *t < end - slack) + 1).min(self.time.len());
        from..to.max(from)
    }

    /// The looks of a trial that lasts until `end` at most, when the next one begins with a look of its own.
    pub fn looks_of_trial(&self, start: f64, end: f64) -> Range<usize> {
        let slack = self.slack();
        let from = self.time.partition_point(|t| *t <= start + slack).saturating_sub(1);
        let to = self.time.partition_point(|t| *t <= end + slack);
        let to = if to < self.time.len() { to.saturating_sub(1) } else { to };
        from..to.max(from)
    }

    /// What rounding may do to the time of a look, which a long interval does not make longer.
    fn slack(&self) -> f64 {
        1e-6 * self.interval.min(1.0)
    }

    /// The samples of some intervals or looks, in times from `start` on.
    pub fn part(self, rows: Range<usize>, start: f64) -> Self {
        let Self { interval, time, width, values } = self;
        Self {
            interval,
            time: time[rows.clone()].iter().map(|t| t - start).collect(),
            width,
            values: values[rows.start * width..rows.end * width].to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_at_the_same_time_belong_to_what_comes_before_and_after() {
        // An epoch of 2 sweeps, one that sets a state and lasts 1, and trials of up to 2: settled after 1, whole, whole.
        let time = vec![0.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0, 8.0, 9.0];
        let samples = Samples { interval: 1.0, values: vec![0.0; time.len()], time, width: 1 };
        assert_eq!(samples.looks(0.0, 2.0), 0..3);
        assert_eq!(samples.looks(2.0, 3.0), 3..5);
        assert_eq!(samples.looks(0.0, 3.0), 0..5);
        assert_eq!(samples.looks_of_trial(3.0, 5.0), 5..7);
        assert_eq!(samples.looks_of_trial(5.0, 7.0), 7..10);
        assert_eq!(samples.looks_of_trial(7.0, 9.0), 10..13);
        assert_eq!(samples.clone().part(7..10, 5.0).time, [0.0, 1.0, 2.0]);
        let none = Samples { time: vec![], values: vec![], ..samples };
        assert_eq!((none.looks(0.0, 1.0), none.looks_of_trial(0.0, 1.0)), (0..0, 0..0));
    }
}
