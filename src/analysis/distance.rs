//! How far two runs of one network are apart, and how fast that grows.
//!
//! ```text
//! d(t) = sqrt(mean over neurons of (x_i(t) - y_i(t))^2),   ln d = ln d(0) + lambda t while it grows
//! ```
//!
//! lambda is the slope of the least squares line through ln d. As long as d is small it is the largest Lyapunov exponent, up to how
//! that varies along the way; d is no longer small where it has come near the distance of unrelated states.

use crate::recording::Samples;

/// Growth is looked for up to this share of the distance at which it ends.
const SMALL: f64 = 0.1;
/// A distance has grown if it has by this factor, over so many looks.
const FACTOR: f64 = 10.0;
const LOOKS: usize = 5;
/// The share of the looks, at the end, by whose median it is told where growth ends.
const LAST: f64 = 0.25;

/// The exponential by which a distance changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// From when to when, on the clock of the recordings.
    pub from: f64,
    /// The end.
    pub to: f64,
    /// lambda, per unit of that clock: ms or sweep.
    pub rate: f64,
    /// ln d at `from`.
    start: f64,
}

/// d at every look of two runs, which have the same looks and neurons.
pub fn distances(one: &Samples, other: &Samples) -> Vec<f64> {
    let looks = one.time.len().min(other.time.len());
    let square = |k: usize| {
        let pairs = one.row(k).iter().zip(other.row(k));
        pairs.map(|(x, y)| (x - y).powi(2)).sum::<f64>() / one.width as f64
    };
    (0..looks).map(|k| square(k).sqrt()).collect()
}

impl Growth {
    /// From the least distance on to where it first exceeds a tenth of its median over the last quarter; `None` unless it has
    /// grown tenfold there.
    pub fn find(time: &[f64], apart: &[f64]) -> Option<Self> {
        let last = apart.len() - (LAST * apart.len() as f64) as usize;
        let mut late = apart[last.min(apart.len())..].to_vec();
        late.sort_by(f64::total_cmp);
        let end = *late.get(late.len() / 2)?;
        let positive = (0..apart.len()).filter(|k| apart[*k] > 0.0);
        let least = positive.min_by(|a, b| apart[*a].total_cmp(&apart[*b]))?;
        let grown = (least..apart.len()).find(|k| apart[*k] > SMALL * end)?;
        let looks = least..grown;
        let enough = looks.len() >= LOOKS && apart[grown - 1] >= FACTOR * apart[least];
        enough.then(|| Self::fit(&time[looks.clone()], &apart[looks])).flatten()
    }

    /// Over the looks from `from` to `to`; `None` unless two of them differ in time and distance is above 0.
    pub fn within(time: &[f64], apart: &[f64], from: f64, to: f64) -> Option<Self> {
        let start = time.partition_point(|t| *t < from);
        let end = time.partition_point(|t| *t <= to).max(start);
        Self::fit(&time[start..end], &apart[start..end])
    }

    fn fit(time: &[f64], apart: &[f64]) -> Option<Self> {
        let points: Vec<(f64, f64)> = time.iter().copied().zip(apart.iter().copied()).collect();
        let points = points.into_iter().filter(|p| p.1 > 0.0);
        let points: Vec<(f64, f64)> = points.map(|(t, d)| (t, libm::log(d))).collect();
        let number = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / number;
        let (t, y) = (mean(|p| p.0), mean(|p| p.1));
        let spread: f64 = points.iter().map(|p| (p.0 - t).powi(2)).sum();
        let rate = points.iter().map(|p| (p.0 - t) * (p.1 - y)).sum::<f64>() / spread;
        let (from, to) = (points.first()?.0, points.last()?.0);
        (spread > 0.0).then_some(Self { from, to, rate, start: y + rate * (from - t) })
    }

    /// The distance that it has at `time`.
    pub fn at(&self, time: f64) -> f64 {
        libm::exp(self.start + self.rate * (time - self.from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_that_between_the_least_distance_and_where_it_ends() {
        let time: Vec<f64> = (0..300).map(f64::from).collect();
        // It falls for 20, then grows until it is 1.
        let apart = |t: &f64| match *t {
            t if t < 20.0 => 1e-3 * libm::exp(-0.5 * t),
            t => (1e-3 * libm::exp(-10.0 + 0.1 * (t - 20.0))).min(1.0),
        };
        let apart: Vec<f64> = time.iter().map(apart).collect();
        let found = Growth::find(&time, &apart).unwrap();
        assert!((found.rate - 0.1).abs() < 1e-12, "{found:?}");
        // ln(0.1) = ln(1e-3) - 10 + 0.1 (t - 20).
        assert_eq!((found.from, found.to), (20.0, 166.0));
        assert!((found.at(70.0) / (1e-3 * libm::exp(-5.0)) - 1.0).abs() < 1e-10);
        let falls = Growth::within(&time, &apart, 5.0, 15.0).unwrap();
        assert!((falls.rate + 0.5).abs() < 1e-12 && (falls.from, falls.to) == (5.0, 15.0));
    }

    #[test]
    fn what_does_not_grow_has_no_growth() {
        let time: Vec<f64> = (0..100).map(f64::from).collect();
        let of = |f: fn(f64) -> f64| time.iter().map(|t| f(*t)).collect::<Vec<f64>>();
        for apart in [of(|_| 0.0), of(|_| 2.0), of(|t| libm::exp(-t)), of(|t| 1.0 + t)] {
            assert_eq!(Growth::find(&time, &apart), None);
        }
        assert_eq!(Growth::find(&[], &[]), None);
        assert_eq!(Growth::within(&time, &of(|_| 1.0), 3.5, 3.6), None);
        assert_eq!(Growth::within(&time, &of(|_| 1.0), 3.0, 3.0), None);
    }

    #[test]
    fn a_distance_is_the_root_of_the_mean_square() {
        let of = |values: [f64; 4]| {
            let (time, values) = (vec![0.0, 1.0], values.to_vec());
            Samples { interval: 1.0, time, width: 2, values }
        };
        let apart = distances(&of([1.0, 2.0, 3.0, 4.0]), &of([1.0, 2.0, 0.0, 8.0]));
        assert_eq!(apart, [0.0, 12.5f64.sqrt()]);
    }
}
