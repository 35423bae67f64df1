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
//! K/N the capacity per connection falls towards that of the fully connected network ([`hopfield`](super::hopfield)).

use super::noise::{response, self_consistent};

/// The load P/K beyond which nothing is retrieved without temperature: 2/pi.
pub const CAPACITY: f64 = std::f64::consts::FRAC_2_PI;

/// The overlap with the pattern that is retrieved, at load alpha = P/K and a temperature; 0 beyond the capacity, `None` if
/// one of them is no number >= 0.
pub fn overlap(load: f64, temperature: f64) -> Option<f64> {
    let valid = load >= 0.0 && temperature >= 0.0;
    valid.then(|| self_consistent(load.sqrt(), temperature).map_or(0.0, |(m, _)| m))
}

/// The overlap after one synchronous update of all neurons.
pub fn next_overlap(overlap: f64, load: f64, temperature: f64) -> f64 {
    response(overlap, load.sqrt(), temperature).mean
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(overlap(CAPACITY + 1e-6, 0.0), Some(0.0));
        // With x = m / sqrt(2 alpha): erf(x)/x = (2/sqrt pi)(1 - x^2/3), so m^2 = 3 alpha (1 - alpha/alpha_c).
        let m = overlap(CAPACITY * 0.9999, 0.0).unwrap();
        let expected = (3.0 * CAPACITY * 0.9999 * 0.0001f64).sqrt();
        assert!((m / expected - 1.0).abs() < 1e-3, "{m} {expected}");
        assert_eq!([overlap(0.0, 0.0), overlap(0.1, 1.0)], [Some(1.0), Some(0.0)]);
        assert_eq!([overlap(-0.1, 0.0), overlap(0.1, f64::NAN)], [None, None]);
    }

    #[test]
    fn the_map_leads_to_the_overlap() {
        let m = (0..400).fold(0.3, |m, _| next_overlap(m, 0.3, 0.2));
        assert!((m - overlap(0.3, 0.2).unwrap()).abs() < 1e-12);
        assert!(m < overlap(0.3, 0.0).unwrap());
    }
}
