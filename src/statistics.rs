//! Means and shares of what was found, with their uncertainty.

use serde::Serialize;
use std::fmt;

/// The mean of the values that are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mean {
    /// NaN of none.
    #[serde(rename = "mean")]
    pub value: f64,
    /// Its standard error, s.d. (n - 1) / sqrt(n); NaN for fewer than two values.
    pub sem: f64,
    /// Values that are numbers: in a sweep, one for every run.
    #[serde(rename = "runs")]
    pub number: usize,
}

impl Mean {
    /// Of the values that are numbers.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().filter(|v| !v.is_nan()).collect();
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (n - 1.0);
        Self { value, sem: (variance / n).sqrt(), number: values.len() }
    }
}

/// As many decimals as the error, or else the value, deserves.
impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.value.is_nan() {
            return write!(f, "-");
        }
        // As many decimals as tell two digits of the error, or four digits of the value.
        let size = if self.sem > 0.0 { self.sem } else { self.value.abs() / 100.0 };
        let decimals = if size > 0.0 { 1 - libm::log10(size).floor() as i32 } else { 0 };
        let decimals = decimals.clamp(0, 6) as usize;
        write!(f, "{:.decimals$}", self.value)?;
        if self.sem.is_nan() {
            return Ok(());
        }
        write!(f, " ± {:.decimals$}", self.sem)
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Number of those that are meant.
    pub number: usize,
    /// Number of all.
    pub of: usize,
}

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// How many of `all` are true.
    pub fn of(all: impl Iterator<Item = bool>) -> Self {
        all.fold(Self::default(), |share, one| Self {
            number: share.number + usize::from(one),
            of: share.of + 1,
        })
    }

    /// NaN of none.
    pub fn value(self) -> f64 {
        self.number as f64 / self.of as f64
    }

    /// The standard error over independent events, sqrt(p (1 - p) / n); NaN of none.
    pub fn sem(self) -> f64 {
        let p = self.value();
        (p * (1.0 - p) / self.of as f64).sqrt()
    }

    /// The 95 % interval of the probability (Wilson 1927); all of [0, 1] of none.
    pub fn interval(self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let (n, p) = (self.of as f64, self.value());
        let scale = 1.0 / (1.0 + Z * Z / n);
        let centre = scale * (p + Z * Z / (2.0 * n));
        let half = scale * Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        // None and all leave ends that are exact.
        let low = if self.number == 0 { 0.0 } else { (centre - half).max(0.0) };
        let high = if self.number == self.of { 1.0 } else { (centre + half).min(1.0) };
        (low, high)
    }
}

/// sum_k a_k b_k of lists of one length, in eight strands that processors add at once; the order is always the same.
#[inline]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    debug_assert_eq!(a.len(), b.len());
    let mut strands = [0.0; 8];
    let (pairs, rest) = (a.chunks_exact(8).zip(b.chunks_exact(8)), a.len() / 8 * 8);
    for (a, b) in pairs {
        (0..8).for_each(|k| strands[k] += a[k] * b[k]);
    }
    let rest: f64 = a[rest..].iter().zip(&b[rest..]).map(|(a, b)| a * b).sum();
    let [p, q, r, s, t, u, v, w] = strands;
    ((p + t) + (q + u)) + ((r + v) + (s + w)) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let close =
            |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 5e-5 && (a.1 - b.1).abs() < 5e-5;
        // Newcombe (1998), table I, method 3.
        assert!(close(Share { number: 81, of: 263 }.interval(), (0.2553, 0.3662)));
        assert!(close(Share { number: 15, of: 148 }.interval(), (0.0624, 0.1605)));
        assert!(close(Share { number: 0, of: 20 }.interval(), (0.0, 0.1611)));
        assert!(close(Share { number: 29, of: 29 }.interval(), (0.8830, 1.0)));
        assert_eq!(Share::default().interval(), (0.0, 1.0));
        assert_eq!((Share { number: 4, of: 16 }.sem() - 0.1875f64.sqrt() / 4.0).abs(), 0.0);
        assert!(Share::default().sem().is_nan());
    }

    #[test]
    fn the_standard_error_is_that_of_a_sample() {
        let mean = Mean::of([1.0, f64::NAN, 2.0, 3.0]);
        assert_eq!((mean.value, mean.number), (2.0, 3));
        // The sample's variance is 1.
        assert!((mean.sem - 1.0 / 3.0_f64.sqrt()).abs() < 1e-15);
        let one = Mean::of([5.0]);
        assert!(one.value == 5.0 && one.sem.is_nan());
        assert!(Mean::of([]).value.is_nan());
    }
}
