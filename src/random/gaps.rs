//! The gaps of a Poisson process, many and fast.

use super::ziggurat::exponential;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The gaps of a Poisson process of rate 1; the same on every machine.
///
/// A generator of its own, because external spikes ask for as many random numbers as all else together. A loop
/// does best with a clone, which it puts back at its end: the state then stays in registers.
#[derive(Clone, Debug)]
pub struct Gaps(pub(super) Xoshiro256PlusPlus);

impl Gaps {
    /// The time to the next event: exponential with mean 1.
    #[inline]
    pub fn draw(&mut self) -> f64 {
        exponential(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Seed;
    use crate::random::tests::assert_distributed;

    #[test]
    fn gaps_are_exponential_and_independent() {
        let mut gaps = Seed(1).gaps("test", 0);
        let drawn: Vec<f64> = (0..400_000).map(|_| gaps.draw()).collect();
        // Correlation of neighbours: its standard error is 1/sqrt(n).
        let products = drawn.windows(2).map(|w| (w[0] - 1.0) * (w[1] - 1.0)).sum::<f64>();
        assert!(products.abs() < 5.0 * (drawn.len() as f64).sqrt(), "{products}");
        assert_distributed(&mut drawn.clone(), |x| 1.0 - (-x).exp());
        assert_ne!(drawn[0], Seed(1).gaps("test", 1).draw());
    }
}
