//! A faster generator, for what is drawn most often.

use super::lanes::Lanes;
use super::ziggurat::{EXPONENTIAL, exponential_beyond, point};
use crate::tape::{OnTape, Tape, pass_opaque};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// An independent sequence of random numbers for external spikes, which ask for as many as all else together; the
/// same on every machine. A loop does best with a clone, which it puts back at its end: the state then
/// stays in registers.
#[derive(Clone, Debug)]
pub struct Swift {
    pub(super) one: Xoshiro256PlusPlus,
    pub(super) many: Lanes,
}

impl OnTape for Swift {
    fn pass(&mut self, tape: &mut Tape) {
        let Self { one, many } = self;
        pass_opaque(one, tape);
        many.pass(tape);
    }
}

impl Swift {
    /// Uniform in [0, 1), on the grid of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        self.bits(53) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform among the whole numbers of so many bits.
    #[inline]
    pub fn bits(&mut self, number: u32) -> u64 {
        self.one.next_u64() >> (u64::BITS - number)
    }

    /// Fills `numbers` with uniform ones, on the grid of 2^-52, from generators of their own.
    pub fn fill(&mut self, numbers: &mut [f64]) {
        self.many.fill(numbers);
    }

    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        let (layer, x) = point(&EXPONENTIAL, self.one.next_u64());
        if x < EXPONENTIAL.edge[layer + 1] {
            return x;
        }
        let (state, x) = beyond(self.one.clone(), layer, x);
        self.one = state;
        x
    }
}

/// The rare cases take the state by value and return it: a state that nobody else can see needs no memory.
#[cold]
fn beyond(mut state: Xoshiro256PlusPlus, layer: usize, x: f64) -> (Xoshiro256PlusPlus, f64) {
    let x = exponential_beyond(&mut state, layer, x);
    (state, x)
}

#[cfg(test)]
mod tests {
    use crate::random::Seed;
    use crate::random::tests::assert_distributed;

    #[test]
    fn numbers_are_distributed_as_they_should_be_and_independent() {
        let mut random = Seed(1).swift("test", 0);
        let drawn: Vec<f64> = (0..400_000).map(|_| random.exponential()).collect();
        // Correlation of neighbours: its standard error is 1/sqrt(n).
        let products = drawn.windows(2).map(|w| (w[0] - 1.0) * (w[1] - 1.0)).sum::<f64>();
        assert!(products.abs() < 5.0 * (drawn.len() as f64).sqrt(), "{products}");
        assert_distributed(&mut drawn.clone(), |x| 1.0 - (-x).exp());
        let mut uniform: Vec<f64> = (0..400_000).map(|_| random.uniform()).collect();
        assert_distributed(&mut uniform, |x| x);
        random.fill(&mut uniform);
        let products = uniform.windows(2).map(|w| (w[0] - 0.5) * (w[1] - 0.5)).sum::<f64>();
        assert!(products.abs() < 5.0 * (uniform.len() as f64).sqrt() / 12.0, "{products}");
        assert_distributed(&mut uniform, |x| x);
        assert_ne!(drawn[0], Seed(1).swift("test", 1).exponential());
    }
}
