//! Palimpsests that forget by exponential decay of the efficacies.
//!
//! Patterns are stored one after another for ever; the one of age mu (0: the newest) has the strength Lambda(mu/N) in
//! J_ij = (1/N) sum_mu Lambda(mu/N) xi_i^mu xi_j^mu, with
//!
//! ```text
//! Lambda(u) = epsilon e^{-epsilon^2 u / 2},   so that   int Lambda^2 du = 1
//! ```
//!
//! Without temperature only the decay per pattern counts, since thresholds are 0: efficacies that fade by a factor lambda before
//! each new pattern have epsilon^2 = -2 N ln lambda ([`strength`]). In a state of overlap m with a pattern of strength Lambda the
//! local fields along it are Lambda m + s z, z normal:
//!
//! ```text
//! m = erf y,   y = Lambda m / (sqrt 2 s),   C = sqrt(2/pi) e^{-y^2} / s,
//! s^2 = int Lambda^2 / (1 - Lambda C)^2 du = 2/(epsilon C)^2 (1/(1 - c) - 1 + ln(1 - c)),   c = epsilon C
//! ```
//!
//! hence epsilon^2 e^{-2 y^2} / pi = 1/(1 - c) - 1 + ln(1 - c) for every y, and Lambda = sqrt 2 s y / erf y. Source: M. Mezard, J. P. Nadal and G.
//! Toulouse, J. Phys. (Paris) 47:1457 (1986): the marginalist scheme. Replica-symmetric, for N -> infinity.

use super::root::{boundary, summit};
use std::f64::consts::{FRAC_1_PI, FRAC_2_PI, SQRT_2};

/// epsilon of efficacies of `neurons` neurons that are multiplied by `lambda`, in (0, 1), before each new pattern is added.
pub fn strength(neurons: f64, lambda: f64) -> f64 {
    (-2.0 * neurons * libm::log(lambda)).sqrt()
}

/// Of a pattern of age `u` = mu/N.
fn faded(epsilon: f64, u: f64) -> f64 {
    epsilon * libm::exp(-0.5 * epsilon * epsilon * u)
}

/// 1/(1 - c) - 1 + ln(1 - c), which cancels to c^2/2 + 2 c^3/3 + 3 c^4/4 + ... for small c.
fn noise(c: f64) -> f64 {
    if c > 0.01 {
        return c / (1.0 - c) + libm::log1p(-c);
    }
    (2..12).rev().fold(0.0, |sum, k| sum * c + f64::from(k - 1) / f64::from(k)) * c * c
}

/// The strength that a pattern must have for its state of overlap erf y.
fn needed(epsilon: f64, y: f64) -> f64 {
    let right = FRAC_1_PI * epsilon * epsilon * libm::exp(-2.0 * y * y);
    // Where C vanishes, s is that of the fixed pattern: 1.
    let s = if right > 1e-30 {
        let c = boundary(0.0, 1.0, |c| noise(c) < right);
        FRAC_2_PI.sqrt() * epsilon * libm::exp(-y * y) / c
    } else {
        1.0
    };
    SQRT_2 * s * y / libm::erf(y)
}

/// y and strength of the weakest pattern that is retrieved; larger y belong to stronger ones.
fn weakest(epsilon: f64) -> (f64, f64) {
    let y = summit(0.05, 4.0, |y| -needed(epsilon, y));
    (y, needed(epsilon, y))
}

/// Overlap of the state in which the pattern of age `u` = mu/N is retrieved; `None` if it is forgotten.
pub fn overlap(epsilon: f64, u: f64) -> Option<f64> {
    let (critical, least) = weakest(epsilon);
    let strength = faded(epsilon, u);
    // y <= Lambda / sqrt 2 because s >= 1; at y = 30 all neurons are right to rounding.
    let beyond = (strength / SQRT_2).clamp(critical, 30.0);
    (strength >= least)
        .then(|| libm::erf(boundary(critical, beyond, |y| needed(epsilon, y) < strength)))
}

/// The largest age, in units of N patterns, that is retrieved: the capacity, independent of how many were ever stored. 0 below
/// epsilon_c, where not even the newest is.
pub fn capacity(epsilon: f64) -> f64 {
    let (_, least) = weakest(epsilon);
    (2.0 / (epsilon * epsilon) * libm::log(epsilon / least)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_and_capacity_are_those_of_the_literature() {
        // Nothing is retrieved below epsilon = 2.465; the capacity is largest at 4.108.
        assert_eq!((capacity(2.4645), capacity(2.4655) > 0.0), (0.0, true));
        let [below, most, above] = [4.1, 4.108, 4.116].map(capacity);
        assert!((most - 0.04896).abs() < 5e-6 && below < most && above < most, "{most}");
    }

    #[test]
    fn states_solve_the_equations() {
        for (epsilon, u) in [(4.108, 0.0), (4.108, 0.03), (4.108, 0.048), (3.0, 0.01), (9.0, 0.02)]
        {
            let m = overlap(epsilon, u).unwrap();
            let y = boundary(0.0, 8.0, |y| libm::erf(y) < m);
            let s = faded(epsilon, u) * m / (SQRT_2 * y);
            let c = FRAC_2_PI.sqrt() * (-y * y).exp() / s;
            // The integral over all ages by the midpoint rule.
            let (parts, width) = (200_000, 60.0 / (epsilon * epsilon) / 200_000.0);
            let square = (0..parts).fold(0.0, |sum, k| {
                let lambda = faded(epsilon, (f64::from(k) + 0.5) * width);
                sum + width * (lambda / (1.0 - lambda * c)).powi(2)
            });
            // erf leaves of y what rounding leaves of 1 - m.
            assert!((s * s / square - 1.0).abs() < 1e-4, "{epsilon} {u}: {} {square}", s * s);
        }
    }

    #[test]
    fn the_newest_is_known_and_the_oldest_forgotten() {
        let (best, most) = (4.108, capacity(4.108));
        assert!(overlap(best, 0.0).unwrap() > 0.99);
        assert_eq!(overlap(best, 1.001 * most), None);
        let ages: Vec<f64> = (0..50).map(|k| f64::from(k) / 50.0 * most).collect();
        let overlaps: Vec<f64> = ages.iter().map(|&u| overlap(best, u).unwrap()).collect();
        assert!(overlaps.is_sorted_by(|a, b| a >= b) && overlaps[49] > 0.9, "{overlaps:?}");
        assert_eq!((overlap(2.4, 0.0), capacity(2.4)), (None, 0.0));
        assert!(overlap(2.5, 0.0).is_some());
    }

    #[test]
    fn decay_by_a_factor_has_its_strength() {
        // The pattern of age N/2 has faded to e^{-epsilon^2/4}.
        let (n, lambda) = (1000.0, 0.99);
        let epsilon = strength(n, lambda);
        let expected = lambda.powf(0.5 * n);
        assert!((faded(epsilon, 0.5) / epsilon / expected - 1.0).abs() < 1e-12);
    }

    #[test]
    fn small_noise_does_not_cancel() {
        let (below, above) = (noise(0.01), noise(0.01 + 1e-12));
        assert!((above / below - 1.0).abs() < 1e-9, "{below} {above}");
        assert!((noise(1e-9) / 5e-19 - 1.0).abs() < 1e-8);
    }
}
