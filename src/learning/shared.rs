//! How many patterns pairs of neurons share, many receivers at a time.
//!
//! n_ij = sum_mu xi_i^mu xi_j^mu is a product of matrices of bits. Eight patterns of a neuron are a byte, and the same bytes of
//! [`LANES`] receivers stand side by side: a processor takes as many at once as its registers hold, chosen while the program
//! runs. Counts are whole numbers, the same on all of them.

use crate::pattern::Patterns;
use multiversion::multiversion;

/// Receivers that are counted together.
pub const LANES: usize = 256;
/// Bytes whose ones are so few that a byte holds their number.
const FEW: usize = 31;

/// The patterns of senders and receivers, byte by byte.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Bytes of a neuron.
    bytes: usize,
    /// Byte m of the receivers from `LANES b` on stands at `b bytes + m`.
    receivers: Vec<[u8; LANES]>,
    /// Byte m of sender j stands at `j bytes + m`.
    senders: Vec<u8>,
}

impl Shared {
    /// Of as many patterns of receivers and senders.
    pub fn new(receivers: &Patterns, senders: &Patterns) -> Self {
        let bytes = senders.number().div_ceil(8);
        let of = |patterns: &Patterns, neuron: usize| {
            let words = patterns.bits(neuron).to_vec();
            words.into_iter().flat_map(u64::to_le_bytes).take(bytes)
        };
        let mut blocks = vec![[0; LANES]; receivers.neurons().div_ceil(LANES) * bytes];
        for i in 0..receivers.neurons() {
            let block = &mut blocks[i / LANES * bytes..];
            block.iter_mut().zip(of(receivers, i)).for_each(|(row, byte)| row[i % LANES] = byte);
        }
        let senders = (0..senders.neurons()).flat_map(|j| of(senders, j)).collect();
        Self { bytes, receivers: blocks, senders }
    }

    /// n_ij of sender j and the receivers from `first` on, a multiple of [`LANES`].
    pub fn counts(&self, first: usize, j: usize) -> [i32; LANES] {
        let block = &self.receivers[first / LANES * self.bytes..][..self.bytes];
        let mut counts = [0; LANES];
        count(block, &self.senders[j * self.bytes..][..self.bytes], &mut counts);
        counts
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512bitalg", "x86_64+avx2"))]
fn count(receivers: &[[u8; LANES]], sender: &[u8], counts: &mut [i32; LANES]) {
    for (rows, sent) in receivers.chunks(FEW).zip(sender.chunks(FEW)) {
        let mut few = [0u8; LANES];
        for (row, &sent) in rows.iter().zip(sent) {
            for lane in 0..LANES {
                few[lane] += (row[lane] & sent).count_ones() as u8;
            }
        }
        for lane in 0..LANES {
            counts[lane] += i32::from(few[lane]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Foreground, PatternSource, RandomPatterns};
    use crate::random::Seed;

    #[test]
    fn pairs_are_counted_as_one_by_one() {
        let draw = |number, neurons, level, seed| {
            let (coding_level, foreground) = (level, Foreground::Bernoulli);
            let source = RandomPatterns { number, coding_level, foreground };
            PatternSource::Random(source).draw("E", neurons, Seed(seed))
        };
        // Fewer and more patterns than a byte of counts holds, all of them shared, and neurons that fill no block.
        for (number, level) in [(1, 0.5), (8, 0.3), (247, 1.0), (250, 1.0), (600, 0.9)] {
            let (xi, eta) = (draw(number, 300, level, 1), draw(number, 20, level, 2));
            let shared = Shared::new(&xi, &eta);
            for (j, first) in (0..20).flat_map(|j| [(j, 0), (j, LANES)]) {
                let counts = shared.counts(first, j);
                let receivers = first..300.min(first + LANES);
                let expected = receivers.clone().map(|i| xi.shared(i, &eta, j) as i32);
                assert!(expected.eq(counts[..receivers.len()].iter().copied()), "{number} {j}");
                assert!(counts[receivers.len()..].iter().all(|n| *n == 0));
            }
        }
    }
}
