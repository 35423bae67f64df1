//! How many patterns a perceptron stores: none more than twice as many as it has inputs, in large ones.
//!
//! Sources: T. M. Cover, IEEE Trans. Electron. Comput. 14:326 (1965); E. Gardner, J. Phys. A 21:257 (1988).

/// Probability that a perceptron without threshold can learn random answers to `patterns` points in general position.
///
/// Cover's count: 2^{1-P} sum_{k<n} binomial(P - 1, k); 1 up to P = n, 1/2 at P = 2n. To a relative error of about 1e-12
/// times P; where 2^{1-P} underflows, beyond 1000 patterns, terms are built up from the logarithm of the first.
pub fn separable(patterns: u32, inputs: u32) -> f64 {
    if patterns <= inputs {
        return 1.0;
    }
    let trials = f64::from(patterns - 1);
    let term = |k: u32| {
        let k = f64::from(k);
        let chosen =
            libm::lgamma(trials + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(trials - k + 1.0);
        libm::exp(chosen - trials * std::f64::consts::LN_2)
    };
    (0..inputs).map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_all_tasks_are_separable_at_twice_the_inputs() {
        for inputs in [1, 10, 100, 2000] {
            assert!((separable(2 * inputs, inputs) - 0.5).abs() < 1e-9, "{inputs}");
        }
        // Three points in a plane with a line through 0: 6 of 8. Four: 8 of 16.
        assert!((separable(3, 2) - 0.75).abs() < 1e-12);
        assert_eq!((separable(0, 0), separable(5, 5), separable(1, 0)), (1.0, 1.0, 0.0));
        // The step sharpens.
        assert!(separable(150, 100) > 0.99 && separable(250, 100) < 0.01);
        assert!(separable(1800, 1000) > 0.9999 && separable(2200, 1000) < 1e-4);
    }
}
