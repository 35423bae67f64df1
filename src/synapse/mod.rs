//! Synapses: which neuron sends to which, with what efficacy.
//!
//! J_ij is the efficacy of the synapse by which i receives from j. Synapses are stored by sender
//! and by block of receivers ([`Rows`]): a spike of j is one pass over row j of every block. [`Couplings`] are
//! those of networks whose neurons flip instead of spiking.

mod connect;
mod couplings;
mod edge_file;
mod prefetch;
mod rows;
mod short_term;

pub use connect::{Connect, Wiring};
pub use couplings::{Couplings, Fields, Symmetry};
pub(crate) use couplings::{Graph, Votes, counted};
pub use edge_file::{EdgeFile, EdgeKeys};
pub use rows::Rows;
pub(crate) use rows::{COUNTS, RowsBuilder, TARGET_BITS, Weights};
pub use short_term::{Resources, ShortTerm};

use std::ops::Range;

/// Largest number of neurons in a block. A block's state stays in the first-level cache, its local
/// indices fit 16 bits, and one thread at a time works on it. The number is part of the definition of
/// a simulation's random streams: it never depends on the machine or on the number of threads.
pub const BLOCK: usize = 1024;

/// Cuts a population of `size` neurons into blocks of nearly equal size, at most [`BLOCK`] each.
pub fn blocks(size: usize) -> Vec<Range<usize>> {
    let number = size.div_ceil(BLOCK);
    (0..number).map(|k| k * size / number..(k + 1) * size / number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_partition_a_population_evenly() {
        for size in [1, 2, 1023, 1024, 1025, 8000, 100_001] {
            let blocks = blocks(size);
            assert_eq!((blocks[0].start, blocks.last().unwrap().end), (0, size));
            assert!(blocks.windows(2).all(|w| w[0].end == w[1].start));
            let lengths: Vec<usize> = blocks.iter().map(|b| b.len()).collect();
            let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
            assert!(*most <= BLOCK && most - least <= 1, "{lengths:?}");
        }
    }
}
