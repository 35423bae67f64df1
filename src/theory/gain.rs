//! Stochastic binary networks with few patterns: the overlap is a map of itself.
//!
//! A neuron of +-1 is +1 with probability (1 + g(beta h))/2 at local field h and inverse temperature beta = 1/T. With P patterns
//! fixed and N -> infinity, and overlap with one pattern alone, h = +-m, and the overlap after all neurons have been
//! updated once is
//!
//! ```text
//! m -> g(beta m)
//! ```
//!
//! Source: W. Gerstner et al., Neuronal Dynamics, section 17.2.4; for g = tanh also D. J. Amit et al., Phys. Rev. A 32:1007
//! (1985). At finite N overlaps scatter by sqrt((1 - m^2)/N); alpha = P/N must be small against (1 - T)^2.

use super::root::boundary;

/// The largest overlap with m = g(beta m); 0 if there is no other.
///
/// `gain` is odd, rises to at most 1, and is concave above 0: tanh, erf, or linear up to 1. For tanh there is a memory
/// above beta = 1.
pub fn fixed_point(gain: impl Fn(f64) -> f64, beta: f64) -> f64 {
    let holds = |m: f64| gain(beta * m) >= m;
    if holds(1.0) {
        return 1.0;
    }
    // Below this tanh m is m to rounding.
    const LEAST: f64 = 1e-7;
    if !holds(LEAST) {
        return 0.0;
    }
    boundary(LEAST, 1.0, holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_of_tanh_are_those_of_the_literature() {
        for (beta, m) in [
            (1.1, 0.502941),
            (1.2, 0.658570),
            (1.5, 0.858560),
            (2.0, 0.957504),
            (2.5, 0.985624),
            (3.0, 0.994902),
            (4.0, 0.999326),
            (5.0, 0.999909),
        ] {
            let found = fixed_point(libm::tanh, beta);
            assert!((found - m).abs() < 5.01e-7, "{beta}: {found} {m}");
        }
        // beta = atanh(m)/m: 1.928 at m = 0.95.
        assert!((fixed_point(libm::tanh, libm::atanh(0.95) / 0.95) - 0.95).abs() < 1e-14);
    }

    #[test]
    fn there_is_no_memory_above_the_critical_temperature() {
        for beta in [0.0, 0.5, 0.99, 1.0, -2.0] {
            assert_eq!(fixed_point(libm::tanh, beta), 0.0, "{beta}");
        }
        // Just below it m^2 = 3 (beta - 1), to relative order beta - 1.
        let m = fixed_point(libm::tanh, 1.0001);
        assert!((m / 0.0003f64.sqrt() - 1.0).abs() < 1e-3, "{m}");
    }

    #[test]
    fn other_gains_have_their_own_critical_temperature() {
        let linear = |x: f64| x.clamp(-1.0, 1.0);
        assert_eq!([0.9, 1.1].map(|beta| fixed_point(linear, beta)), [0.0, 1.0]);
        // The slope of erf at 0 is 2/sqrt(pi).
        let critical = 0.5 * std::f64::consts::PI.sqrt();
        let [below, above] = [0.999, 1.001].map(|f| fixed_point(libm::erf, f * critical));
        assert!(below == 0.0 && above > 0.01, "{below} {above}");
    }
}
