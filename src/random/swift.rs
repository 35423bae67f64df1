//! A faster generator, for what is drawn most often.

use super::ziggurat::{EXPONENTIAL, exponential_beyond, point};
use crate::tape::{OnTape, Tape, pass_opaque};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// An independent sequence of random numbers for external spikes, which ask for as many as all else together; the
/// same on every machine. A loop does best with a clone, which it puts back at its end: the state then
/// stays in registers.
#[derive(Clone, Debug)]
pub struct Swift(pub(super) Xoshiro256PlusPlus);

impl OnTape for Swift {
    fn pass(&mut self, tape: &mut Tape) {
        pass_opaque(&mut self.0, tape);
    }
}

impl Swift {
    /// Uniform in [0, 1), on the grid of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        let (layer, x) = point(&EXPONENTIAL, self.0.next_u64());
        if x < EXPONENTIAL.edge[layer + 1] {
            return x;
        }
        let (state, x) = beyond(self.0.clone(), layer, x);
        self.0 = state;
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
        assert_ne!(drawn[0], Seed(1).swift("test", 1).exponential());
    }
}
