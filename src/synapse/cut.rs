//! How a population is cut: into portions, which draw from random streams of their own, and into blocks of portions, which are
//! stored and run together.
//!
//! Nothing that is computed depends on the blocks, so that their size is a matter of speed alone.

use std::ops::Range;

/// Largest number of neurons in a portion. The number is part of the definition of a simulation's random streams: it never
/// depends on the machine or on the number of threads.
pub const PORTION: usize = 1024;

/// Most portions in a block. The state of so many neurons stays in the second-level cache, where it is found faster than
/// another row of synapses, and their local indices leave room for a small weight in 16 bits.
const MOST_PORTIONS: usize = 4;

/// Largest number of neurons in a block; one thread at a time works on it.
pub const BLOCK: usize = MOST_PORTIONS * PORTION;

/// A population has so many blocks at least, if these have two portions each: threads share them out. Smaller ones cost more
/// than threads gain, since a spike is a visit of a row in every block; but two portions are two blocks.
const LEAST_BLOCKS: usize = 4;
const LEAST_PORTIONS: usize = 2;

/// Cuts `size` things into parts of nearly equal size.
fn cut(size: usize, parts: usize) -> impl Iterator<Item = Range<usize>> {
    (0..parts).map(move |k| k * size / parts..(k + 1) * size / parts)
}

/// Cuts a population of `size` neurons into portions of nearly equal size, at most [`PORTION`] each.
pub fn portions(size: usize) -> Vec<Range<usize>> {
    cut(size, size.div_ceil(PORTION)).collect()
}

/// Which portions, counted in the population, each of its blocks consists of.
pub fn portions_by_block(size: usize) -> Vec<Range<usize>> {
    let portions = size.div_ceil(PORTION);
    let least = portions.div_ceil(LEAST_PORTIONS).min(LEAST_BLOCKS).max(portions.min(2));
    let blocks = portions.div_ceil(MOST_PORTIONS).max(least);
    cut(portions, blocks).collect()
}

/// Cuts a population of `size` neurons into blocks of at most 4096 neurons each.
pub fn blocks(size: usize) -> Vec<Range<usize>> {
    let portions = portions(size);
    let neurons = |block: Range<usize>| portions[block.start].start..portions[block.end - 1].end;
    portions_by_block(size).into_iter().map(neurons).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_and_blocks_partition_a_population_evenly() {
        for size in [1, 2, 1023, 1024, 1025, 3000, 8000, 16_385, 100_001] {
            for (parts, most) in [(portions(size), PORTION), (blocks(size), BLOCK)] {
                assert_eq!((parts[0].start, parts.last().unwrap().end), (0, size));
                assert!(parts.windows(2).all(|w| w[0].end == w[1].start));
                assert!(parts.iter().all(|part| !part.is_empty() && part.len() <= most));
            }
            let portions = portions(size);
            let lengths: Vec<usize> = portions.iter().map(|p| p.len()).collect();
            assert!(lengths.iter().max().unwrap() - lengths.iter().min().unwrap() <= 1);
            let by_block = portions_by_block(size);
            assert_eq!(by_block.last().unwrap().end, portions.len());
            for (neurons, own) in blocks(size).iter().zip(by_block) {
                assert_eq!(neurons.start, portions[own.start].start);
                assert!(own.len() <= MOST_PORTIONS);
            }
        }
        for (size, number) in
            [(1024, 1), (1025, 2), (4096, 2), (5120, 3), (8000, 4), (16_384, 4), (100_000, 25)]
        {
            assert_eq!(blocks(size).len(), number);
        }
    }
}
