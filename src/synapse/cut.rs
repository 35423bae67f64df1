//! How a population is cut: into portions, which draw from random streams of their own, and into blocks of portions, which are
//! stored and run together.
//!
//! Nothing that is computed depends on the blocks, so that their size is a matter of speed alone. A spike is a visit of a row in
//! every block, and a visit costs as much as a dozen synapses: where rows would be thin, blocks are larger, as far as there are
//! enough of them for all threads.

use std::ops::Range;

/// Largest number of neurons in a portion. The number is part of the definition of a simulation's random streams: it never
/// depends on the machine or on the number of threads.
pub const PORTION: usize = 1024;

/// A block has room for one of these numbers of neurons. The state of the first leaves most of the second-level cache to what
/// else a window needs; that of the second fills half of the cache, where it is found faster than another row of synapses is in
/// memory. The last is for a population that is a little larger, and would be cut into blocks that are much smaller.
pub const ROOMS: [usize; 3] = [4 * PORTION, LARGE_BLOCK, 2 * LARGE_BLOCK];
const LARGE_BLOCK: usize = 16 * PORTION;

/// Synapses onto a block: a place among them has 32 bits, with room for what exceeds its expectation, and for larger blocks.
const MOST_SYNAPSES: f64 = 2.0e9;

/// What a visit costs beside its synapses is little against rows of so many.
const LONG_ROW: f64 = 128.0;

/// Each of several workers has so many blocks, since some take longer than others.
const EACH: usize = 3;

/// Blocks have no fewer portions, since smaller ones cost more than threads gain, unless workers would have none.
const FEW: usize = 2;

/// How a population is cut into portions of nearly equal size, at most [`PORTION`] each, and these into blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    portions: Vec<Range<usize>>,
    blocks: Vec<Range<usize>>,
}

/// A population that is to be cut, and what it is expected to receive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inflow {
    /// Its neurons.
    pub size: usize,
    /// Synapses onto all of them, and the rows in which those onto one block stand: one for each sender and delay.
    pub synapses: f64,
    pub rows: f64,
}

impl Inflow {
    /// Of how many portions its blocks are, if there are enough of them: of as many as make rows long.
    fn portions(&self) -> usize {
        let each = self.synapses / self.size.div_ceil(PORTION) as f64;
        let long = (LONG_ROW * self.rows.max(1.0) / each).ceil() as usize;
        long.clamp(FEW, LARGE_BLOCK / PORTION).min((MOST_SYNAPSES / each) as usize).max(1)
    }

    /// How many blocks it has, of so many portions at most; or, where these are large, of about as many.
    fn blocks(&self, most: usize) -> usize {
        let (all, each) = (self.size.div_ceil(PORTION), self.portions().min(most));
        if each < LARGE_BLOCK / PORTION {
            return all.div_ceil(each);
        }
        ((all + each / 2) / each).max(1)
    }
}

/// Cuts `size` things into parts of nearly equal size.
fn cut(size: usize, parts: usize) -> impl Iterator<Item = Range<usize>> {
    (0..parts).map(move |k| k * size / parts..(k + 1) * size / parts)
}

impl Cut {
    /// How the populations of a network are cut for so many `workers`.
    pub fn all(populations: &[Inflow], workers: usize) -> Vec<Self> {
        let blocks = |most: usize| populations.iter().map(move |own| own.blocks(most));
        let portions: usize = populations.iter().map(|own| own.size.div_ceil(PORTION)).sum();
        let fair = match workers {
            0 | 1 => LARGE_BLOCK / PORTION,
            _ => portions.div_ceil(EACH.saturating_mul(workers)).max(FEW),
        };
        let enough = |most: &usize| blocks(*most).sum::<usize>() >= workers;
        let most = (1..=fair).rev().find(enough).unwrap_or(1);
        populations
            .iter()
            .zip(blocks(most))
            .map(|(own, blocks)| Self::new(own.size, blocks))
            .collect()
    }

    /// A population of `size` neurons in so many blocks.
    fn new(size: usize, blocks: usize) -> Self {
        let portions = portions(size);
        let blocks = cut(portions.len(), blocks).collect();
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

    /// A population of `size` neurons with rows of so many synapses in a portion.
    fn with_rows(size: usize, row: f64) -> Inflow {
        let rows = 10_000.0;
        Inflow { size, synapses: row * rows * size.div_ceil(PORTION) as f64, rows }
    }

    #[test]
    fn portions_and_blocks_partition_a_population_evenly() {
        for row in [0.0, 10.0, 500.0] {
            for size in [1, 2, 1023, 1024, 1025, 3000, 8000, 16_385, 100_001, 800_000] {
                for workers in [1, 2, 3, 8, 1000] {
                    let own = with_rows(size, row);
                    let cut = Cut::all(&[own, own], workers).remove(0);
                    let blocks = cut.blocks().iter().map(|block| cut.neurons(block));
                    let blocks: Vec<_> = blocks.collect();
                    for parts in [cut.portions(), &blocks] {
                        assert_eq!((parts[0].start, parts.last().unwrap().end), (0, size));
                        assert!(parts.windows(2).all(|w| w[0].end == w[1].start));
                        assert!(parts.iter().all(|part| !part.is_empty()));
                    }
                    assert_eq!(cut.portions(), portions(size));
                    let lengths = || cut.portions().iter().map(|portion| portion.len());
                    assert!(lengths().max().unwrap() <= PORTION);
                    assert!(lengths().max().unwrap() - lengths().min().unwrap() <= 1);
                    let lengths = || cut.blocks().iter().map(|block| block.len());
                    assert!(lengths().max().unwrap() - lengths().min().unwrap() <= 1);
                    assert!(blocks.iter().all(|block| block.len() <= cut.room()));
                }
            }
        }
        assert!(Cut::all(&[], 1).is_empty());
    }

    #[test]
    fn blocks_follow_the_length_of_rows_and_the_number_of_workers() {
        let numbers = |populations: &[Inflow], workers| -> Vec<usize> {
            Cut::all(populations, workers).iter().map(|cut| cut.blocks().len()).collect()
        };
        // Long rows: two portions a block, or one where workers would have nothing to do.
        let dense = [with_rows(10_000, 100.0), with_rows(2500, 100.0)];
        assert_eq!(numbers(&dense, 1), [5, 2]);
        assert_eq!(numbers(&dense, 2), [5, 2]);
        assert_eq!(numbers(&dense, 8), [10, 3]);
        // One block that is larger than most, and two where it would be half as large again.
        assert_eq!(numbers(&[with_rows(20_480, 1.0)], 1), [1]);
        assert_eq!(numbers(&[with_rows(23 * 1024, 1.0), with_rows(24 * 1024, 1.0)], 1), [1, 2]);
        assert_eq!(numbers(&[with_rows(40 * 1024, 1.0), with_rows(39 * 1024, 1.0)], 1), [3, 2]);
        // No more synapses than 32 bits can tell apart, give or take a third.
        let full = |senders: f64| Inflow {
            size: 23 * 1024,
            synapses: 9420.0 * senders,
            rows: 90.0 * senders,
        };
        assert_eq!(numbers(&[full(100_000.0), full(480_000.0)], 1), [1, 3]);
        // One portion less in a block is enough for three, who would have four blocks of five portions.
        assert_eq!(numbers(&[with_rows(20_480, 1.0)], 3), [7]);
        assert_eq!(numbers(&[with_rows(20_480, 1.0)], 15), [20]);
        // Thin ones: as many as there is room for, unless there are few blocks.
        let thin = [with_rows(160_000, 6.0), with_rows(40_000, 6.0)];
        assert_eq!(numbers(&thin, 1), [10, 3]);
        assert_eq!(numbers(&thin, 2), [10, 3]);
        assert_eq!(numbers(&thin, 8), [18, 5]);
        assert_eq!(numbers(&thin, 1000), [157, 40]);
        // A small network is one block, and two for two threads.
        assert_eq!(numbers(&[with_rows(2000, 10.0)], 1), [1]);
        assert_eq!(numbers(&[with_rows(2000, 10.0)], 2), [2]);
        assert_eq!(numbers(&[with_rows(800, 10.0)], 2), [1]);
    }
}
