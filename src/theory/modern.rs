//! How many random patterns a modern Hopfield network stores.
//!
//! N neurons, P patterns of -1 and 1 of which every bit is a coin.
//!
//! ```text
//! F(a) = a^n        P = N^(n-1) / (2 (2n - 3)!! ln N) without errors; a bit is unstable with P(z > signal/noise)
//! F(a) = exp(a)     P = exp(alpha N), alpha < I(1 - 2 rho)/2, corrected from a share rho of wrong bits
//! softmax(beta a)   P = exp(N (beta - ln cosh beta)): the pattern itself then has half of the weight
//! ```
//!
//! with I(x) = [(1 + x) ln(1 + x) + (1 - x) ln(1 - x)]/2; at rho = 0 the second is 2^(N/2). The third compares exp(beta N), the
//! term of the pattern, with the mean sum of all others, P cosh(beta)^N: it holds where that sum is not made by a few.
//!
//! Sources: D. Krotov and J. J. Hopfield, NeurIPS 29 (2016), arXiv:1606.01164, eq. 5 and 6; M. Demircigil et al., J. Stat.
//! Phys. 168:288 (2017), theorem 2; H. Ramsauer et al., ICLR (2021), arXiv:2008.02217, theorem 3; for sums of exponentials as a
//! random energy model C. Lucibello and M. Mezard, Phys. Rev. Lett. 132:077301 (2024).

use crate::dynamics::modern::Law;
use crate::model::Model;
use crate::pattern::PatternSource;
use crate::task::Task;
use std::f64::consts::{LN_2, SQRT_2};

/// The probability of failure for which the bound of [`guaranteed`] is drawn.
const FAILURE: f64 = 0.001;

/// A number of patterns that theory gives for a network, and what it says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// For the legend of a figure.
    pub name: &'static str,
    /// How many patterns.
    pub patterns: f64,
}

/// What theory says of how many patterns a model stores whose patterns are random bits, each a coin; empty for others.
/// Cues with wrong bits are counted where the theory knows of them.
pub fn of(model: &Model) -> Vec<Capacity> {
    let Some(law) = model.dynamics.modern() else { return Vec::new() };
    let Some((name, population)) = model.population.first() else { return Vec::new() };
    match model.patterns.get(name) {
        Some(PatternSource::Random(random)) if random.coding_level == 0.5 => {}
        _ => return Vec::new(),
    }
    let neurons = population.size as f64;
    let size = population.size as u32;
    let of = |name, patterns| Capacity { name, patterns };
    match law {
        Law::Softmax(softmax) => vec![
            of("half of the weight, N → ∞", libm::exp(neurons * softmax_rate(softmax.beta))),
            of("certain but for 0.1 %", guaranteed(softmax.beta, size, FAILURE)),
        ],
        Law::Polynomial(polynomial) => {
            vec![of("no errors, N → ∞", without_errors(polynomial.degree, size))]
        }
        Law::Exponential(_) => {
            let flipped = match &model.task {
                Some(Task::Recall(task)) => task.flipped.as_ref(),
                _ => None,
            };
            let wrong = flipped.into_iter().flat_map(|levels| &levels.0).copied();
            let wrong = wrong.fold(0.0, f64::max);
            vec![of("corrected, N → ∞", libm::exp(neurons * exponential_rate(wrong)))]
        }
    }
}

/// The probability that a bit of a stored pattern is not stable, F(a) = a^degree: normal noise with its exact variance.
///
/// The flip of a bit changes F of the pattern by N^n - (N-2)^n, and of every other one by (b+1)^n - (b-1)^n with a random
/// sign, b being the sum of N - 1 signs.
pub fn bit_error(degree: u32, neurons: u32, patterns: u32) -> f64 {
    let n = f64::from(neurons);
    // In units of N^n.
    let f = |a: f64| (0..degree).fold(1.0, |power, _| power * (a / n));
    let signal = f(n) - f(n - 2.0);
    let others = neurons - 1;
    let log_binomial = |k: u32| {
        let (all, k) = (f64::from(others), f64::from(k));
        libm::lgamma(all + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(all - k + 1.0)
    };
    let square = |k: u32| {
        let b = 2.0 * f64::from(k) - f64::from(others);
        let change = f(b + 1.0) - f(b - 1.0);
        libm::exp(log_binomial(k) - f64::from(others) * LN_2) * change * change
    };
    let variance: f64 = (0..=others).map(square).sum();
    let noise = (f64::from(patterns.saturating_sub(1)) * variance).sqrt();
    0.5 * libm::erfc(signal / noise / SQRT_2)
}

/// So many patterns are stored without errors, F(a) = a^degree, N large.
pub fn without_errors(degree: u32, neurons: u32) -> f64 {
    let n = f64::from(neurons);
    let odd: f64 = (2..degree).map(|k| f64::from(2 * k - 1)).product();
    libm::pow(n, f64::from(degree - 1)) / (2.0 * odd * libm::log(n))
}

/// ln(P)/N below which patterns are corrected from a share `wrong` of flipped bits, F(a) = exp(a), N large.
pub fn exponential_rate(wrong: f64) -> f64 {
    let x = 1.0 - 2.0 * wrong;
    let part = |y: f64| if y == 0.0 { 0.0 } else { y * libm::log(y) };
    0.25 * (part(1.0 + x) + part(1.0 - x))
}

/// ln(P)/N at which a pattern has half of the weight, softmax(beta a).
pub fn softmax_rate(beta: f64) -> f64 {
    // ln cosh overflows where beta is large.
    LN_2 - libm::log1p(libm::exp(-2.0 * beta))
}

/// So many patterns on a sphere of radius sqrt(d) in d dimensions are certainly stored, softmax(beta a), unless with a
/// probability of `failure`: sqrt(p) c^((d-1)/4).
pub fn guaranteed(beta: f64, dimension: u32, failure: f64) -> f64 {
    let d = f64::from(dimension);
    let c = base(beta, d / (d - 1.0), d, failure);
    failure.sqrt() * libm::pow(c, 0.25 * (d - 1.0))
}

/// c of the bound, for a radius K sqrt(d - 1); `square` is K^2.
fn base(beta: f64, square: f64, d: f64, failure: f64) -> f64 {
    let a = 2.0 / (d - 1.0) * (1.0 + libm::log(2.0 * beta * square * failure * (d - 1.0)));
    let b = 0.4 * square * beta;
    b / lambert(libm::exp(a + libm::log(b)))
}

/// W(x) with W e^W = x, of a positive x.
fn lambert(x: f64) -> f64 {
    (0..60).fold(libm::log1p(x), |w, _| {
        let power = libm::exp(w);
        w - (w * power - x) / (power * (w + 1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_degree_two_bits_fail_as_in_the_hopfield_network() {
        // N - 1 neurons and P - 1 other patterns: P(z > sqrt((N - 1)/(P - 1))).
        let hopfield = |n: f64, p: f64| 0.5 * libm::erfc(((n - 1.0) / (p - 1.0) / 2.0).sqrt());
        for (n, p) in [(100, 14), (1000, 138), (400, 100)] {
            let ratio = bit_error(2, n, p) / hopfield(f64::from(n), f64::from(p));
            assert!((ratio - 1.0).abs() < 1e-9, "{n} {p}: {ratio}");
        }
        assert!((without_errors(2, 100) - 10.857).abs() < 1e-3);
        assert!((without_errors(3, 100) - 361.91).abs() < 1e-2);
        // The source's expansion: Omega_n = 4 n^2 (2n - 3)!!, of n = 3 for N large.
        let z = 1e4 / (3.0f64 * 1e7).sqrt();
        assert!(
            (bit_error(3, 10_000, 10_000_000) / (0.5 * libm::erfc(z / SQRT_2)) - 1.0).abs() < 0.01
        );
    }

    #[test]
    fn capacities_belong_to_random_patterns_of_modern_networks() {
        let capacities = |name: &str, settings: &[&str]| {
            let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
            let path = format!("models/{name}.toml");
            let document = crate::model::Document::read(path.as_ref(), &settings).unwrap();
            of(&document.model().unwrap())
        };
        let [half, certain] = capacities("modern-hopfield", &[])[..] else { panic!("two") };
        // exp(N (1 - ln cosh 1)) of 64 neurons, and the bound below it.
        assert!((half.patterns.ln() - 64.0 * (1.0 - 1f64.cosh().ln())).abs() < 1e-9);
        assert!(certain.patterns > 1.0 && certain.patterns < half.patterns);
        assert_eq!(capacities("modern-hopfield", &["patterns.N.random.coding_level=0.2"]), []);
        assert_eq!(capacities("hopfield-1982", &[]), []);
    }

    #[test]
    fn rates_have_their_limits() {
        assert!((exponential_rate(0.0) - 0.5 * LN_2).abs() < 1e-15);
        assert_eq!(exponential_rate(0.5), 0.0);
        assert!((softmax_rate(20.0) - LN_2).abs() < 1e-15);
        assert!((softmax_rate(1e-3) / 1e-3 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn the_bound_has_the_values_of_the_source() {
        // Printed: c >= 3.1546 for d = 20, K = 3, and c >= 1.3718 for d = 75, K = 1; beta = 1, p = 0.001.
        assert!((base(1.0, 9.0, 20.0, 0.001) - 3.1546).abs() < 5e-4);
        assert!((base(1.0, 1.0, 75.0, 0.001) - 1.3718).abs() < 5e-4);
        assert!((lambert(1.0) - 0.567_143_290_409_783_8).abs() < 1e-15);
        assert!(guaranteed(1.0, 64, 0.001) > 1.0);
    }
}
