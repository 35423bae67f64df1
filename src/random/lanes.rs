//! Many uniform numbers at a time.

use crate::tape::on_tape;
use multiversion::multiversion;

/// Generators that take their steps together: so many that the compiler makes a loop of a step, whose numbers fill the
/// registers, and does not take it apart.
pub const LANES: usize = 16;

/// Independent generators xoshiro256++ (Blackman and Vigna 2021), whose numbers are taken by turns. Their states stand word
/// by word, so that one instruction steps them all.
#[derive(Clone, Debug)]
pub struct Lanes {
    words: [[u64; LANES]; 4],
}

on_tape!(Lanes { words });

impl Lanes {
    /// Generators whose states are these 256 bits each.
    pub fn new(states: [[u8; 32]; LANES]) -> Self {
        let word = |state: &[u8; 32], w: usize| {
            u64::from_le_bytes(state[8 * w..8 * w + 8].try_into().expect("8 bytes"))
        };
        let lanes = |w| std::array::from_fn(|lane| word(&states[lane], w));
        Self { words: std::array::from_fn(lanes) }
    }

    /// Fills `numbers` with numbers that are uniform in [0, 1), on the grid of 2^-52. Numbers of a last step that find no
    /// room are lost.
    pub fn fill(&mut self, numbers: &mut [f64]) {
        fill(&mut self.words, numbers);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn fill(state: &mut [[u64; LANES]; 4], numbers: &mut [f64]) {
    let (steps, rest) = numbers.as_chunks_mut::<LANES>();
    for numbers in steps {
        step(state, numbers);
    }
    if !rest.is_empty() {
        let mut last = [0.0; LANES];
        step(state, &mut last);
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

/// One number of every generator.
#[inline(always)]
fn step([a, b, c, d]: &mut [[u64; LANES]; 4], numbers: &mut [f64; LANES]) {
    /// The exponent of numbers in [1, 2), whose 52 bits are below it.
    const ONE: u64 = 1023 << 52;
    for k in 0..LANES {
        let sum = a[k].wrapping_add(d[k]).rotate_left(23).wrapping_add(a[k]);
        numbers[k] = f64::from_bits(sum >> 12 | ONE) - 1.0;
        let (third, fourth) = (c[k] ^ a[k], d[k] ^ b[k]);
        c[k] = third ^ (b[k] << 17);
        b[k] ^= third;
        a[k] ^= fourth;
        d[k] = fourth.rotate_left(45);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn every_lane_is_the_known_generator() {
        let states: [[u8; 32]; LANES] =
            std::array::from_fn(|lane| std::array::from_fn(|k| (37 * lane + k * k + 1) as u8));
        let mut lanes = Lanes::new(states);
        let mut known = states.map(Xoshiro256PlusPlus::from_seed);
        for length in [32, 16, 3, 0, 1, 50] {
            let mut numbers = vec![0.0; length];
            lanes.fill(&mut numbers);
            let steps = length.div_ceil(LANES);
            let expected: Vec<f64> = (0..steps * LANES)
                .map(|k| (known[k % LANES].next_u64() >> 12) as f64 / (1u64 << 52) as f64)
                .collect();
            assert_eq!(numbers, expected[..length]);
        }
    }
}
