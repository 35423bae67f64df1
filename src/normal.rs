//! The normal distribution of mean 0 and variance 1.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// (2 pi)^(-1/2) exp(-z^2 / 2).
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / TAU.sqrt()
}

/// The probability of a number below `z`.
#[inline]
pub fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The probability that of two numbers with this correlation, between -1 and 1, one is below `x` and the other below `y`, within
/// 1e-8 for correlations up to 0.9.
pub fn both_below(x: f64, y: f64, correlation: f64) -> f64 {
    // Plackett (1954): its derivative by the correlation is the density at x, y; integrated by Simpson's rule over the arc sine.
    let end = libm::asin(correlation);
    let step = end / f64::from(INTERVALS);
    let term = |k: u32| {
        let (sin, cos) = (libm::sin(step * f64::from(k)), libm::cos(step * f64::from(k)));
        let weight = match k {
            0 | INTERVALS => 1.0,
            _ => 2.0 + 2.0 * f64::from(k % 2),
        };
        weight * libm::exp((x * y * sin - 0.5 * (x * x + y * y)) / (cos * cos))
    };
    below(x) * below(y) + step / (3.0 * TAU) * (0..=INTERVALS).map(term).sum::<f64>()
}

/// Of Simpson's rule; even.
const INTERVALS: u32 = 32;

/// The number below which others are with probability `p`; infinite for 0 and 1.
pub fn quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    // Within 0.003 of it (Abramowitz and Stegun 26.2.22), and an error e becomes one of the order of e^3.
    let t = (-2.0 * libm::log(p)).sqrt();
    let mut z = (2.307_53 + 0.270_61 * t) / (1.0 + t * (0.992_29 + 0.044_81 * t)) - t;
    for _ in 0..3 {
        let e = (below(z) - p) / density(z);
        z -= e / (1.0 + 0.5 * z * e);
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_numbers_are_below_two_bounds() {
        // Sheppard: below the means with probability 1/4 + asin(c) / (2 pi).
        for c in [-0.9, -0.3, 0.0, 0.5, 0.9] {
            assert!((both_below(0.0, 0.0, c) - 0.25 - libm::asin(c) / TAU).abs() < 1e-15);
            // One number is below x, and the other too or not.
            for (x, y) in [(-0.7, 0.4), (1.3, 2.0), (-2.1, -0.2)] {
                assert!((both_below(x, y, c) + both_below(x, -y, -c) - below(x)).abs() < 2e-8);
                assert!((both_below(x, 9.0, c) - below(x)).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn quantiles_undo_the_distribution() {
        // As statistics.NormalDist of Python.
        let known = [(0.5, 0.0), (0.025, -1.959_963_984_540_054), (1e-20, -9.262_340_089_798_405)];
        for (p, z) in known {
            assert!((quantile(p) - z).abs() < 4e-15 * (1.0 + z.abs()), "{p}: {}", quantile(p));
        }
        for k in -370..=80 {
            let z = 0.1 * f64::from(k);
            // Near 1 a probability is known less well than its difference from 1.
            let rounding = f64::EPSILON * below(z) / density(z);
            assert!((quantile(below(z)) - z).abs() < 1e-13 * z.abs() + 4.0 * rounding, "{z}");
        }
        assert_eq!([0.0, 1.0].map(quantile), [f64::NEG_INFINITY, f64::INFINITY]);
    }
}
