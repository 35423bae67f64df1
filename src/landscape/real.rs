//! Local fields that are no multiples of one unit.

use super::fields::{CHUNK_BITS, Fields};
use super::network::{MOST_NEURONS, SmallNetwork};
use crate::dynamics::binary::Tie;

/// Real fields, added up flip by flip; where rounding could decide, the definition does.
pub(super) struct RealFields {
    network: SmallNetwork,
    tie: Tie,
    /// A field of at most this size is computed anew.
    doubt: f64,
    /// What is added when neuron j goes up (at 2 j + 1) or down (at 2 j).
    steps: Vec<[f64; MOST_NEURONS]>,
}

impl RealFields {
    /// The fields of a network in which none exceeds `largest`.
    pub fn new(network: &SmallNetwork, tie: Tie, largest: f64) -> Self {
        let span = network.states().value(true) - network.states().value(false);
        let step = |j: usize, sign: f64| {
            let mut step = [0.0; MOST_NEURONS];
            for (i, value) in step[..network.neurons()].iter_mut().enumerate() {
                *value = sign * span * network.coupling(i, j);
            }
            step
        };
        let steps = (0..network.neurons()).flat_map(|j| [step(j, -1.0), step(j, 1.0)]).collect();
        // Each addition since `at` rounds by at most half an ulp of three times the largest field.
        let additions = f64::from(1u32 << CHUNK_BITS) + 2.0 * MOST_NEURONS as f64;
        let doubt = 4.0 * additions * f64::EPSILON * largest;
        Self { network: network.clone(), tie, doubt, steps }
    }
}

impl Fields for RealFields {
    type Held = [f64; MOST_NEURONS];

    fn at(&self, state: u32) -> Self::Held {
        let mut held = [0.0; MOST_NEURONS];
        for (i, field) in held[..self.network.neurons()].iter_mut().enumerate() {
            *field = self.network.local_field(state, i);
        }
        held
    }

    #[inline(always)]
    fn flip(&self, held: &mut Self::Held, j: usize, upper: bool) {
        let step = &self.steps[2 * j + usize::from(upper)];
        for (field, step) in held.iter_mut().zip(step) {
            *field += step;
        }
    }

    #[inline(always)]
    fn wanted(&self, held: &Self::Held, state: u32) -> u32 {
        let (mut wanted, mut doubtful) = (0, 0);
        for (i, field) in held[..self.network.neurons()].iter().enumerate() {
            wanted |= u32::from(*field > 0.0) << i;
            doubtful |= u32::from(field.abs() <= self.doubt) << i;
        }
        while doubtful != 0 {
            let i = doubtful.trailing_zeros() as usize;
            let up = self.tie.next(self.network.local_field(state, i), state >> i & 1 == 1);
            wanted = wanted & !(1 << i) | u32::from(up) << i;
            doubtful &= doubtful - 1;
        }
        wanted
    }
}
