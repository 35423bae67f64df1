//! How a population is cut: into portions, which draw from random streams of their own, and into blocks of portions, which are
//! stored and run together.
//!
//! Nothing that is computed depends on the blocks, so that their size is a matter of speed alone. A spike is a visit of a row in
//! every block, and a visit costs as much as a dozen synapses: in large networks, where a row would be thin, blocks are larger.

use std::ops::Range;

/// Largest number of neurons in a portion. The number is part of the definition of a simulation's random streams: it never
/// depends on the machine or on the number of threads.
pub const PORTION: usize = 1024;

/// A block has room for one of these numbers of neurons. The state of the first leaves most of the second-level cache to what
/// else a window needs, and to small counts 4 bits beside their targets; that of the second fills half of the cache, where it is
/// found faster than another row of synapses is in memory.
pub const ROOMS: [usize; 2] = [4 * PORTION, 16 * PORTION];

/// A population has so many blocks at least on every rank, if these have [`FEW`] portions each: threads share them out.
const MANY_BLOCKS: usize = 6;
const FEW: usize = ROOMS[0] / PORTION;

/// It has so many at least, if these have two portions each. Smaller ones cost more than threads gain; but two portions are two
/// blocks.
const LEAST_BLOCKS: usize = 4;
const LEAST_PORTIONS: usize = 2;

/// Counts that stand beside their targets are below it, in blocks with `room` for so many neurons.
pub const fn counts_below(room: usize) -> usize {
    (1 << u16::BITS) / room
}

/// How a population is cut into portions of nearly equal size, at most [`PORTION`] each, and these into blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    portions: Vec<Range<usize>>,
    blocks: Vec<Range<usize>>,
}

/// Cuts `size` things into parts of nearly equal size.
fn cut(size: usize, parts: usize) -> impl Iterator<Item = Range<usize>> {
    (0..parts).map(move |k| k * size / parts..(k + 1) * size / parts)
}

impl Cut {
    /// How a population of `size` neurons is cut that is shared out among so many `ranks`; weights that are counts may stand
    /// `beside` their targets, for which the larger room leaves too few bits.
    pub fn new(size: usize, beside: bool, ranks: usize) -> Self {
        let portions = portions(size);
        let number = portions.len();
        let most = if beside { ROOMS[0] } else { ROOMS[1] } / PORTION;
        let many = number.div_ceil(FEW).min(MANY_BLOCKS.saturating_mul(ranks));
        let least = number.div_ceil(LEAST_PORTIONS).min(LEAST_BLOCKS).max(number.min(2));
        let blocks = cut(number, number.div_ceil(most).max(many).max(least)).collect();
        Self { portions, blocks }
    }

    /// The neurons of every portion.
    pub fn portions(&self) -> &[Range<usize>] {
        &self.portions
    }

    /// The portions of every block.
    pub fn blocks(&self) -> &[Range<usize>] {
        &self.blocks
    }

    /// The neurons of a block of these portions.
    pub fn neurons(&self, block: &Range<usize>) -> Range<usize> {
        self.portions[block.start].start..self.portions[block.end - 1].end
    }

    /// For how many neurons all blocks have room.
    pub fn room(&self) -> usize {
        let largest = self.blocks.iter().map(|block| self.neurons(block).len()).max().unwrap_or(0);
        let enough = ROOMS.into_iter().find(|room| *room >= largest);
        enough.expect("no block has more portions than the largest room")
    }
}

/// The portions of a population of `size` neurons.
pub fn portions(size: usize) -> Vec<Range<usize>> {
    cut(size, size.div_ceil(PORTION)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_and_blocks_partition_a_population_evenly() {
        for (beside, ranks) in [(false, 1), (true, 1), (false, 3), (false, 1000)] {
            for size in [1, 2, 1023, 1024, 1025, 3000, 8000, 16_385, 100_001, 800_000] {
                let cut = Cut::new(size, beside, ranks);
                let blocks: Vec<_> = cut.blocks().iter().map(|block| cut.neurons(block)).collect();
                for parts in [cut.portions(), &blocks] {
                    assert_eq!((parts[0].start, parts.last().unwrap().end), (0, size));
                    assert!(parts.windows(2).all(|w| w[0].end == w[1].start));
                    assert!(parts.iter().all(|part| !part.is_empty()));
                }
                assert_eq!(cut.portions(), portions(size));
                let lengths = cut.portions().iter().map(|portion| portion.len());
                assert!(lengths.clone().max().unwrap() <= PORTION);
                assert!(lengths.clone().max().unwrap() - lengths.min().unwrap() <= 1);
                let lengths = cut.blocks().iter().map(|block| block.len());
                assert!(lengths.clone().max().unwrap() - lengths.min().unwrap() <= 1);
                assert!(blocks.iter().all(|block| block.len() <= cut.room()));
                assert!(!beside || cut.room() == ROOMS[0]);
            }
        }
    }

    #[test]
    fn blocks_are_larger_where_there_are_many() {
        let number = |size, beside, ranks| Cut::new(size, beside, ranks).blocks().len();
        for (size, blocks) in
            [(1024, 1), (1025, 2), (4096, 2), (5120, 3), (8000, 4), (16_384, 4), (20_480, 5)]
        {
            assert_eq!((number(size, false, 1), number(size, true, 1)), (blocks, blocks));
        }
        for (size, beside, ranks, wanted) in [
            (90_000, false, 1, (6, 16_384)),
            (90_000, true, 1, (22, 4096)),
            (90_000, false, 2, (12, 16_384)),
            (90_000, false, 8, (22, 4096)),
            (800_000, false, 1, (49, 16_384)),
        ] {
            let room = Cut::new(size, beside, ranks).room();
            assert_eq!((number(size, beside, ranks), room), wanted, "{size} {beside} {ranks}");
        }
    }
}
