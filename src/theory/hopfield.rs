//! The Hopfield network at high load without temperature, after Amit, Gutfreund and Sompolinsky.
//!
//! N neurons of +-1 with J_ij = (1/N) sum_mu xi_i^mu xi_j^mu and J_ii = 0 hold P = alpha N random patterns of coding level
//! 1/2. Near a pattern every neuron has the local field m + sqrt(alpha r) z, where z is normal:
//!
//! ```text
//! m = erf y,   y = m / sqrt(2 alpha r),   r = 1/(1 - C)^2,   C = sqrt(2 / (pi alpha r)) e^{-y^2}
//! hence   y (sqrt(2 alpha) + (2/sqrt pi) e^{-y^2}) = erf y
//! ```
//!
//! Sources: D. J. Amit, H. Gutfreund and H. Sompolinsky, Phys. Rev. Lett. 55:1530 (1985) and Ann. Phys. 173:30 (1987).
//! Replica-symmetric, for N -> infinity: breaking the symmetry moves alpha_c from 0.13791 to about 0.1382. In finite networks
//! the transition is rounded, and m near alpha_c deviates by a few per cent at N = 1000.

use super::root::{boundary, summit};
use std::f64::consts::FRAC_2_SQRT_PI;

/// A state in which a pattern is retrieved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retrieval {
    /// alpha = P/N.
    pub load: f64,
    /// m; a share (1 - m)/2 of the neurons is wrong.
    pub overlap: f64,
    /// r: variance of the noise of the other patterns, in units of alpha, which it is when the state is the pattern itself.
    pub noise: f64,
    /// E/N with E = -1/2 sum J_ij s_i s_j and without self-couplings; -1/2 without load.
    pub energy: f64,
}

/// sqrt(2 alpha) of the state with overlap erf y.
fn root_of_load(y: f64) -> f64 {
    libm::erf(y) / y - FRAC_2_SQRT_PI * libm::exp(-y * y)
}

/// y at alpha_c; beyond it lie the states of retrieval, and below it unstable ones.
fn critical() -> f64 {
    summit(1.0, 2.0, root_of_load)
}

/// Of the state with overlap erf y at this load.
fn state(y: f64, load: f64) -> Retrieval {
    let overlap = libm::erf(y);
    let noise = overlap * overlap / (2.0 * load * y * y);
    let energy = -0.5 * overlap * overlap + 0.5 * load * (1.0 - noise);
    Retrieval { load, overlap, noise, energy }
}

/// The state in which a pattern is retrieved at load alpha = P/N; `None` beyond alpha_c, or if alpha is no number >= 0.
pub fn retrieval(load: f64) -> Option<Retrieval> {
    let critical = critical();
    let root = (2.0 * load).sqrt();
    if load.is_nan() || load < 0.0 || root > root_of_load(critical) {
        return None;
    }
    if load == 0.0 {
        return Some(Retrieval { load, overlap: 1.0, noise: 1.0, energy: -0.5 });
    }
    // sqrt(2 alpha) < 1/y bounds y.
    let beyond = (1.0 / root).max(critical);
    Some(state(boundary(critical, beyond, |y| root_of_load(y) > root), load))
}

/// The overlap m(alpha) of [`retrieval`].
pub fn overlap(load: f64) -> Option<f64> {
    retrieval(load).map(|state| state.overlap)
}

/// The last state of retrieval: alpha_c = 0.137906, m_c = 0.96742.
pub fn capacity() -> Retrieval {
    let y = critical();
    state(y, 0.5 * root_of_load(y).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a unit of the last digit that is quoted.
    #[track_caller]
    fn close(value: f64, expected: f64, digits: i32) {
        assert!((value - expected).abs() <= 0.5001 * 10f64.powi(-digits), "{value} {expected}");
    }

    #[test]
    fn capacity_is_that_of_the_literature() {
        let last = capacity();
        // With 30 digits: 0.137905566495, 0.967417115685; 0.96743 is quoted elsewhere.
        close(last.load, 0.137905566495, 12);
        close(last.overlap, 0.9674171, 7);
        // 1.63 % wrong bits.
        close(0.5 * (1.0 - last.overlap), 0.0163, 4);
    }

    #[test]
    fn overlaps_are_those_of_the_literature() {
        for (load, m) in [
            (0.05, 0.99999),
            (0.08, 0.99956),
            (0.10, 0.99800),
            (0.12, 0.99322),
            (0.13, 0.98721),
            (0.135, 0.98079),
        ] {
            close(overlap(load).unwrap(), m, 5);
        }
    }

    #[test]
    fn every_state_solves_the_three_equations() {
        for load in [1e-4, 0.01, 0.05, 0.1, 0.13, 0.1379, capacity().load] {
            let Retrieval { overlap: m, noise: r, .. } = retrieval(load).unwrap();
            let y = m / (2.0 * load * r).sqrt();
            let c = (2.0 / (std::f64::consts::PI * load * r)).sqrt() * (-y * y).exp();
            // y is known to 1e-8 at the summit, and m to that times its slope.
            assert!((libm::erf(y) - m).abs() < 1e-9, "{load}");
            assert!((1.0 / (1.0 - c).powi(2) - r).abs() < 1e-7 * r, "{load}: {r}");
        }
    }

    #[test]
    fn there_is_no_retrieval_beyond_capacity_and_no_error_without_load() {
        assert_eq!([0.13791, 0.2, 1e9, -0.1, f64::NAN].map(overlap), [None; 5]);
        let empty = retrieval(0.0).unwrap();
        assert_eq!((empty.overlap, empty.noise, empty.energy), (1.0, 1.0, -0.5));
        assert_eq!(overlap(1e-12), Some(1.0));
    }
}
