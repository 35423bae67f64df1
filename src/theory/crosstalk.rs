//! What the other patterns do to the local fields of one neuron, before the network has moved.
//!
//! In a state of overlap m with one of P = alpha N random patterns of coding level 1/2, stored by Hebb's rule, the local field
//! along the pattern is m + sqrt(alpha) z with z normal. Sources: J. J. Hopfield, PNAS 79:2554 (1982); J. Hertz, A. Krogh and
//! R. Palmer, Introduction to the Theory of Neural Computation, section 2.2.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_first_step_are_those_of_the_literature() {
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
}
