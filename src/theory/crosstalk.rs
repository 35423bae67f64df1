//! What the other patterns do to the local fields of one neuron, before the network has moved.
//!
//! In a state of overlap m with one of P = alpha N random patterns of coding level 1/2, stored by Hebb's rule, the local field
//! along the pattern is m + sqrt(alpha) z with z normal. Sources: J. J. Hopfield, PNAS 79:2554 (1982); J. Hertz, A. Krogh and
//! R. Palmer, Introduction to the Theory of Neural Computation, section 2.2; R. J. McEliece et al., IEEE Trans. Inf. Theory
//! 33:461 (1987) for exact recall.

use super::root::boundary;

/// Share of neurons whose local field disagrees with the pattern, in a state of this overlap with it.
///
/// P_err = 1/2 erfc(m / sqrt(2 alpha)); m = 1 is the pattern itself. For N -> infinity and no self-coupling; of P patterns
/// P - 1 disturb, so alpha = (P - 1)/N is closest in small networks.
pub fn first_step_error(load: f64, overlap: f64) -> f64 {
    match load > 0.0 {
        true => 0.5 * libm::erfc(overlap / (2.0 * load).sqrt()),
        false => 0.0,
    }
}

/// The load at which a share `error` (in (0, 1/2)) of the neurons leaves a pattern in the first step.
pub fn load_of_first_step_error(error: f64) -> f64 {
    // In sqrt(alpha), which stays within (0, 1e3) where the error is not 1/2 to three digits.
    boundary(0.0, 1e3, |root| first_step_error(root * root, 1.0) < error).powi(2)
}

/// Number of patterns of which most are exact fixed points: N / (2 ln N). The leading order for N -> infinity.
pub fn exact_for_most(neurons: f64) -> f64 {
    neurons / (2.0 * libm::log(neurons))
}

/// Number of patterns all of which are exact fixed points: N / (4 ln N). The leading order for N -> infinity.
pub fn exact_for_all(neurons: f64) -> f64 {
    neurons / (4.0 * libm::log(neurons))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_first_step_are_those_of_the_literature() {
        // Load to four digits.
        for (error, load) in
            [(0.001, 0.1047), (0.0036, 0.1385), (0.01, 0.1848), (0.05, 0.3696), (0.1, 0.6089)]
        {
            let found = load_of_first_step_error(error);
            assert!((found - load).abs() < 5.01e-5, "{found} {load}");
            assert!((first_step_error(found, 1.0) / error - 1.0).abs() < 1e-12);
        }
        for (load, error, digits) in [
            (0.105, 0.00101, 5),
            (0.138, 0.00355, 5),
            (0.185, 0.0100, 4),
            (0.2, 0.0127, 4),
            (0.37, 0.0501, 4),
            (0.61, 0.1002, 4),
        ] {
            let found = first_step_error(load, 1.0);
            assert!((found - error).abs() < 0.5001 * 10f64.powi(-digits), "{found} {error}");
        }
    }

    #[test]
    fn a_state_without_overlap_is_a_guess() {
        assert_eq!(first_step_error(0.1, 0.0), 0.5);
        assert_eq!((first_step_error(0.0, 1.0), first_step_error(1e-9, 1.0)), (0.0, 0.0));
        assert!(first_step_error(0.1, 0.6) > first_step_error(0.1, 0.8));
    }

    #[test]
    fn exact_recall_is_that_of_the_literature() {
        for (neurons, most, all) in [(1000.0, 72.4, 36.2), (8000.0, 445.0, 222.5)] {
            // 445.09 is quoted without decimals.
            assert!((exact_for_most(neurons) - most).abs() < 0.1, "{}", exact_for_most(neurons));
            assert!((exact_for_all(neurons) - all).abs() < 0.05, "{}", exact_for_all(neurons));
        }
    }
}
