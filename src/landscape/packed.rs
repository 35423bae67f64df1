//! Local fields that are multiples of one unit, many to a word.

use super::fields::Fields;
use super::network::SmallNetwork;
use crate::dynamics::binary::Tie;

/// Whole fields side by side in W words of 64 bits, B bits each.
///
/// Neuron i stands as h_i + 2^(B-1) - o_i >= 0, so that the highest bit of its lane is the state it wants to be in.
/// The offset o_i settles ties: 0 where h = 0 means up, 1 where it means down, and for `keep` 0 for neurons that are
/// up and 1 for those that are down. As no lane ever leaves its range, one addition of words updates all lanes in it.
pub(super) struct Packed<const W: usize, const B: u32> {
    /// The lanes when all neurons are in their lower state.
    lowest: [u64; W],
    /// What is added when neuron j goes up (at 2 j + 1) or down (at 2 j).
    steps: Box<[[u64; W]; 64]>,
}

impl<const W: usize, const B: u32> Packed<W, B> {
    /// Neurons to a word.
    const LANES: u32 = 64 / B;
    /// The lowest bit of every lane.
    const ONES: u64 = {
        let (mut ones, mut lane) = (0, 0);
        while lane < Self::LANES {
            ones |= 1 << (lane * B);
            lane += 1;
        }
        ones
    };
    /// A product with this moves the lowest bit of lane k to bit 64 - LANES + k, and no other bit there.
    const GATHER: u64 = {
        let (mut factor, mut lane) = (0, 0);
        while lane < Self::LANES {
            factor |= 1 << (64 - Self::LANES - (B - 1) * lane);
            lane += 1;
        }
        factor
    };

    pub fn new(network: &SmallNetwork, tie: Tie) -> Self {
        let n = network.neurons();
        let pack = |value: &dyn Fn(usize) -> i64| {
            let mut words = [0u64; W];
            for i in 0..n {
                let lane = (value(i) as u64) << (i as u32 % Self::LANES * B);
                let word = &mut words[i / Self::LANES as usize];
                *word = word.wrapping_add(lane);
            }
            words
        };
        let offset = i64::from(tie != Tie::Plus);
        let lowest = pack(&|i| network.local_field(0, i) as i64 + (1i64 << (B - 1)) - offset);
        let span = network.states().value(true) - network.states().value(false);
        let mut steps = Box::new([[0; W]; 64]);
        for j in 0..n {
            let own = i64::from(tie == Tie::Keep);
            let up =
                |i: usize| (span * network.coupling(i, j)) as i64 + if i == j { own } else { 0 };
            steps[2 * j + 1] = pack(&up);
            steps[2 * j] = steps[2 * j + 1].map(u64::wrapping_neg);
        }
        Self { lowest, steps }
    }
}

impl<const W: usize, const B: u32> Fields for Packed<W, B> {
    type Held = [u64; W];

    fn at(&self, state: u32) -> Self::Held {
        let mut held = self.lowest;
        for j in (0..32).filter(|j| state >> j & 1 == 1) {
            self.flip(&mut held, j, true);
        }
        held
    }

    #[inline(always)]
    fn flip(&self, held: &mut Self::Held, j: usize, upper: bool) {
        let step = &self.steps[(2 * j + usize::from(upper)) & 63];
        for (word, step) in held.iter_mut().zip(step) {
            *word = word.wrapping_add(*step);
        }
    }

    #[inline(always)]
    fn wanted(&self, held: &Self::Held, _: u32) -> u32 {
        let mut wanted = 0;
        for (w, word) in held.iter().enumerate() {
            let tops = word >> (B - 1) & Self::ONES;
            let bits = tops.wrapping_mul(Self::GATHER) >> (64 - Self::LANES);
            wanted |= bits << (w as u32 * Self::LANES);
        }
        wanted as u32
    }
}
