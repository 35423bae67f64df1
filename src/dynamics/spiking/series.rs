//! Polynomials that stand for smooth functions on an interval, which is mapped to y from -1/2 to 1/2.

use multiversion::multiversion;
use std::f64::consts::PI;

/// The Chebyshev points: where a function must be known for a polynomial of n terms.
pub fn points(n: usize) -> impl Iterator<Item = f64> {
    (0..n).map(move |k| 0.5 * libm::cos(angle(k, n)))
}

fn angle(k: usize, n: usize) -> f64 {
    PI * (k as f64 + 0.5) / n as f64
}

/// The polynomial, highest power first, with these values at the Chebyshev points.
pub fn interpolate(values: &[f64]) -> Vec<f64> {
    let n = values.len();
    // What all values share is added last, so that rounding is in proportion to what differs.
    let common = values[n / 2];
    let mut powers = vec![0.0; n];
    // T_m(2y) as powers of y, by the recurrence T_{m+1}(z) = 2 z T_m(z) - T_{m-1}(z).
    let (mut current, mut previous) = (vec![0.0; n], vec![0.0; n]);
    current[0] = 1.0;
    for m in 0..n {
        let weight = if m == 0 { 1.0 } else { 2.0 } / n as f64;
        let wave = |(k, v): (usize, &f64)| (v - common) * libm::cos(m as f64 * angle(k, n));
        let waves = values.iter().enumerate().map(wave);
        let projection = weight * waves.sum::<f64>();
        for p in 0..n {
            powers[n - 1 - p] += projection * current[p];
        }
        let factor = if m == 0 { 2.0 } else { 4.0 };
        let mut next = vec![0.0; n];
        for p in 1..n {
            next[p] = factor * current[p - 1];
        }
        for p in 0..n {
            next[p] -= previous[p];
        }
        (previous, current) = (current, next);
    }
    powers[n - 1] += common;
    powers
}

/// A function on [0, h] as one polynomial, for many arguments at a time.
#[derive(Clone, Debug)]
pub struct Series {
    /// Highest power first.
    coefficients: Vec<f64>,
    /// 1/h.
    scale: f64,
    /// The largest value.
    largest: f64,
}

/// Terms at most; the exponentials of a window, which is no longer than their time constants, need fewer.
const MOST_TERMS: usize = 14;

/// Rounding of a polynomial, relative to the largest value of the function.
const TOLERANCE: f64 = 4.0 * f64::EPSILON;

impl Series {
    /// The shortest polynomial that agrees with `f` to rounding.
    pub fn new(f: impl Fn(f64) -> f64, h: f64) -> Self {
        let probes: Vec<(f64, f64)> =
            (0..=40).map(|k| f64::from(k) / 40.0 * h).map(|s| (s, f(s))).collect();
        let largest = probes.iter().map(|p| p.1.abs()).fold(0.0, f64::max);
        let mut series = Self { coefficients: Vec::new(), scale: 1.0 / h, largest };
        for terms in 2..=MOST_TERMS {
            let values: Vec<f64> = points(terms).map(|y| f((y + 0.5) * h)).collect();
            series.coefficients = interpolate(&values);
            if probes.iter().all(|&(s, f)| (series.at(s) - f).abs() <= TOLERANCE * largest) {
                break;
            }
        }
        series
    }

    fn at(&self, s: f64) -> f64 {
        let y = s * self.scale - 0.5;
        self.coefficients.iter().fold(0.0, |f, c| f * y + c)
    }

    /// Sums of the function at `arguments`, times `factor`: `sums[k]` is that of the first k, counted on the grid of
    /// [`Series::grid`].
    pub fn accumulate(&self, factor: f64, arguments: &[f64], sums: &mut Vec<i64>) {
        if sums.len() <= arguments.len() {
            sums.resize(2 * arguments.len() + 1, 0);
        }
        let sums = &mut sums[1..=arguments.len()];
        // Degrees as constants let the compiler keep the coefficients in registers.
        match self.coefficients.len() {
            0..=4 => self.add_up::<4>(factor, arguments, sums),
            5 | 6 => self.add_up::<6>(factor, arguments, sums),
            7 | 8 => self.add_up::<8>(factor, arguments, sums),
            9 | 10 => self.add_up::<10>(factor, arguments, sums),
            _ => self.add_up::<MOST_TERMS>(factor, arguments, sums),
        }
    }

    fn add_up<const N: usize>(&self, factor: f64, arguments: &[f64], sums: &mut [i64]) {
        let mut c = [0.0; N];
        let given = &self.coefficients;
        c[N - given.len()..].copy_from_slice(given);
        c.iter_mut().for_each(|c| *c *= factor);
        let grid = self.grid(factor);
        add_up(&c, self.scale, grid, arguments, sums);
    }

    /// The grid of values times `factor`.
    pub fn grid(&self, factor: f64) -> Grid {
        let exponent = libm::ceil(libm::log2((self.largest * factor).abs().max(f64::MIN_POSITIVE)));
        Grid { large: 1.5 * libm::exp2(exponent + 52.0 - 45.0) }
    }
}

/// Values that are counted before they are added up: they stay in the first-level cache.
const CHUNK: usize = 64;

/// Sums of the polynomial with coefficients `c` at the arguments up to each; several values at a time, as in `passes`.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn add_up<const N: usize>(
    c: &[f64; N],
    scale: f64,
    grid: Grid,
    arguments: &[f64],
    sums: &mut [i64],
) {
    let mut total = 0i64;
    for (arguments, sums) in arguments.chunks(CHUNK).zip(sums.chunks_mut(CHUNK)) {
        for (count, s) in sums.iter_mut().zip(arguments) {
            let y = s * scale - 0.5;
            let mut f = c[0];
            for c in &c[1..] {
                f = f * y + c;
            }
            *count = grid.count(f);
        }
        for sum in sums {
            // Of so many spikes that it wraps, differences are right all the same.
            total = i64::wrapping_add(total, *sum);
            *sum = total;
        }
    }
}

/// Numbers that are counted in units of 2^-45 of the largest, so that a sum does not depend on its order: exactly, as
/// long as it is below 256 times the largest, and rounded once beyond.
#[derive(Clone, Copy, Debug, Default)]
pub struct Grid {
    /// Beside which a unit is the last bit.
    large: f64,
}

impl Grid {
    /// How many units `x` is.
    #[inline(always)]
    pub fn count(self, x: f64) -> i64 {
        (x + self.large).to_bits() as i64 - self.large.to_bits() as i64
    }

    /// The number of so many units.
    #[inline(always)]
    pub fn value(self, count: i64) -> f64 {
        count as f64 * self.unit()
    }

    /// The number of so many units, which may be too many for 64 bits.
    pub fn value_of_many(self, count: i128) -> f64 {
        count as f64 * self.unit()
    }

    #[inline(always)]
    fn unit(self) -> f64 {
        self.large * (f64::EPSILON / 1.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_as_long_as_it_must_be() {
        for (rate, terms) in [(0.001, 4..=4), (0.05, 7..=7), (1.0, 12..=12)] {
            let series = Series::new(|s| libm::exp(rate * s), 1.0);
            assert!(terms.contains(&series.coefficients.len()), "{}", series.coefficients.len());
            let arguments: Vec<f64> = (0..1000).map(|k| f64::from(k) / 1000.0).collect();
            let (mut sums, grid) = (Vec::new(), series.grid(3.0));
            series.accumulate(3.0, &arguments, &mut sums);
            assert_eq!(sums[0], 0);
            // To the last bit, whichever registers the processor has.
            let mut powers = series.coefficients.iter().map(|c| c * 3.0).collect::<Vec<_>>();
            let counted = |s: f64| {
                let y = s * series.scale - 0.5;
                grid.count(powers.iter().fold(0.0, |f, c| f * y + c))
            };
            let mut total = 0;
            for (s, sum) in arguments.iter().zip(&sums[1..]) {
                total += counted(*s);
                assert_eq!(*sum, total);
            }
            powers.clear();
            for (s, sums) in arguments.iter().zip(sums.windows(2)) {
                let (value, exact) = (grid.value(sums[1] - sums[0]), 3.0 * libm::exp(rate * s));
                assert!((value - exact).abs() < 1e-13 * libm::exp(rate), "{rate} {s}");
            }
        }
    }

    #[test]
    fn sums_of_many_are_right_although_they_wrap() {
        let series = Series::new(|_| 0.999, 1.0);
        let (factor, number) = (-2.0, 1 << 19);
        let (mut sums, grid) = (Vec::new(), series.grid(factor));
        series.accumulate(factor, &vec![0.5; number], &mut sums);
        // Far more units than 63 bits count.
        assert!(number as f64 * (0.999 * 2.0 / grid.value(1)) > 2f64.powi(63));
        for (from, to) in [(0, 3), (number / 2 - 1, number / 2 + 200), (number - 1, number)] {
            let found = grid.value(sums[to].wrapping_sub(sums[from]));
            let exact = -1.998 * (to - from) as f64;
            assert!((found - exact).abs() < 1e-12 * exact.abs(), "{from} to {to}: {found}");
        }
        assert_eq!(grid.value_of_many(1 << 70), 2f64.powi(70) * grid.value(1));
    }
}
