//! Networks with few, asymmetric connections.
//!
//! Each of N neurons of +-1 receives K connections from others chosen at random, i -> j independently of j -> i, with Hebb's
//! efficacies of P = alpha K random patterns of coding level 1/2. With K below about ln N no signal returns to its
//! neuron, so the noise of the other patterns stays Gaussian at all times:
//!
//! ```text
//! m -> < tanh((m + sqrt(alpha) z)/T) >,   without temperature   m -> erf(m / sqrt(2 alpha))
//! ```
//!
//! Source: B. Derrida, E. Gardner and A. Zippelius, Europhys. Lett. 4:167 (1987). The transition is of second order. With larger
//! K/N the capacity per connection falls towards that of the fully connected network ([`hopfield`](super::hopfield)): with
//! c = K/N
//!
//! ```text
//! m = erf y,   y = m / (sqrt 2 s),   C = sqrt(2/pi) e^{-y^2} / s,   s^2 = alpha (1 - c) + alpha c / (1 - C)^2
//! ```
//!
//! since J_ij is that of the full network, whose noise is alpha c / (1 - C)^2, and an independent part of variance
//! alpha (1 - c)/N, to which no signal returns (as static noise in H. Sompolinsky, Phys. Rev. A 34:2571 (1986), but asymmetric).

use super::noise::self_consistent;
use super::root::{boundary, summit};
use std::f64::consts::FRAC_2_SQRT_PI;

/// The overlap with the pattern that is retrieved, at load alpha = P/K and a temperature; 0 beyond the capacity, `None` if
/// one of them is no number >= 0.
pub fn overlap(load: f64, temperature: f64) -> Option<f64> {
    let valid = load >= 0.0 && temperature >= 0.0;
    valid.then(|| self_consistent(load.sqrt(), temperature).map_or(0.0, |(m, _)| m))
}

/// The load P/K of the state with overlap erf y, where neurons receive from a share c = K/N of all.
fn load(y: f64, share: f64) -> f64 {
    let (m, slope) = (libm::erf(y), FRAC_2_SQRT_PI * libm::exp(-y * y));
    let susceptibility = y * slope / m;
    0.5 * (m / y).powi(2) / (1.0 - share + share / (1.0 - susceptibility).powi(2))
}

/// y at the capacity; beyond it lie the states of retrieval.
fn critical(share: f64) -> f64 {
    summit(1e-3, 2.0, |y| load(y, share))
}

/// The largest load P/K at which a pattern is retrieved if neurons receive from a share c = K/N of all, 0 < c <= 1, and the
/// overlap there. For N -> infinity and without temperature.
pub fn capacity(share: f64) -> (f64, f64) {
    let y = critical(share);
    (load(y, share), libm::erf(y))
}

/// The overlap with the pattern that is retrieved at load alpha = P/K > 0, if neurons receive from a share c = K/N of all;
/// `None` beyond the capacity.
pub fn overlap_at(alpha: f64, share: f64) -> Option<f64> {
    let y = critical(share);
    // alpha < 1/(2 y^2) bounds y.
    let beyond = (0.5 / alpha).sqrt().max(y);
    (alpha > 0.0 && alpha <= load(y, share))
        .then(|| libm::erf(boundary(y, beyond, |y| load(y, share) > alpha)))
}

#[cfg(test)]
mod tests {
    use super::super::hopfield;
    use super::*;

    #[test]
    fn any_dilution_lies_between_the_full_network_and_the_limit() {
        let full = hopfield::capacity();
        let (most, m) = capacity(1.0);
        assert!((most - full.load).abs() < 1e-12 && (m - full.overlap).abs() < 1e-7);
        assert!((overlap_at(0.12, 1.0).unwrap() - hopfield::overlap(0.12).unwrap()).abs() < 1e-12);
        let near = overlap_at(0.3, 1e-9).unwrap();
        assert!((near - overlap(0.3, 0.0).unwrap()).abs() < 1e-6, "{near}");
        // By iteration of the four equations.
        for (share, most) in [(0.5, 0.1731), (0.1, 0.2763), (0.01, 0.4248), (0.001, 0.5268)] {
            assert!((capacity(share).0 - most).abs() < 1e-4, "{share}: {}", capacity(share).0);
        }
        assert!((overlap_at(0.2, 0.1).unwrap() - 0.9644).abs() < 1e-4);
        assert!((overlap_at(0.4, 0.01).unwrap() - 0.7492).abs() < 1e-4);
        assert_eq!(
            [overlap_at(0.2, 1.0), overlap_at(0.0, 0.5), overlap_at(f64::NAN, 0.5)],
            [None; 3]
        );
    }

    #[test]
    fn overlaps_are_those_of_the_literature() {
        for (load, m) in [
            (0.1, 0.99841),
            (0.2, 0.96990),
            (0.3, 0.89944),
            (0.4, 0.78612),
            (0.5, 0.61745),
            (0.6, 0.32852),
        ] {
            let found = overlap(load, 0.0).unwrap();
            assert!((found - m).abs() < 5.01e-6, "{load}: {found} {m}");
            assert!((libm::erf(found / (2.0 * load).sqrt()) - found).abs() < 1e-14);
        }
    }

    #[test]
    fn the_transition_is_of_second_order() {
        // Nothing is retrieved beyond 2/pi.
        let last = std::f64::consts::FRAC_2_PI;
        assert_eq!(overlap(last + 1e-6, 0.0), Some(0.0));
        // With x = m / sqrt(2 alpha): erf(x)/x = (2/sqrt pi)(1 - x^2/3), so m^2 = 3 alpha (1 - alpha/alpha_c).
        let m = overlap(last * 0.9999, 0.0).unwrap();
        let expected = (3.0 * last * 0.9999 * 0.0001f64).sqrt();
        assert!((m / expected - 1.0).abs() < 1e-3, "{m} {expected}");
        assert_eq!([overlap(0.0, 0.0), overlap(0.1, 1.0)], [Some(1.0), Some(0.0)]);
        assert_eq!([overlap(-0.1, 0.0), overlap(0.1, f64::NAN)], [None, None]);
    }
}
