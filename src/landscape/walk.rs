//! A walk through all states in which one neuron flips at a time (Gray code).

use super::fields::{CHUNK_BITS, Fields};

/// The chunks of the states of `neurons` neurons: how many there are, and how many bits each has.
pub(super) fn chunks(neurons: usize) -> (u32, u32) {
    let bits = CHUNK_BITS.min(neurons as u32);
    (1 << (neurons as u32 - bits), bits)
}

/// Visits every state of chunk `chunk` with its fields.
#[inline(always)]
pub(super) fn walk<F: Fields>(
    fields: &F,
    chunk: u32,
    bits: u32,
    mut visit: impl FnMut(u32, &F::Held),
) {
    let mut state = chunk << bits;
    let mut held = fields.at(state);
    visit(state, &held);
    for step in 1u32..1 << bits {
        let j = step.trailing_zeros();
        state ^= 1 << j;
        fields.flip(&mut held, j as usize, state >> j & 1 == 1);
        visit(state, &held);
    }
}
