//! What was sampled: values and states over time.

/// The states of a population of binary neurons at moments in time.
#[derive(Clone, Debug, PartialEq)]
pub struct StateSamples {
    /// Sweeps.
    pub time: Vec<f64>,
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

/// Values sampled at equal intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Length of an interval, ms.
    pub interval: f64,
    /// Centres of the intervals, ms.
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
    pub fn within(&self, start: f64, end: f64) -> std::ops::Range<usize> {
        let half = 0.5 * self.interval;
        // Rounding of a multiple of the interval must not lose it.
        let slack = 1e-6 * self.interval;
        let from = self.time.partition_point(|t| t - half < start - slack);
        let to = self.time.partition_point(|t| t + half <= end + slack);
        from..to.max(from)
    }
}
