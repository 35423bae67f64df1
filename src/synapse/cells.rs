//! Rows in cells: where a row stands follows from its sender, without a table.
//!
//! A spike comes to a row in every block. Where rows are thin, a look into a table of their places costs as much as the row: both
//! are somewhere in memory. A cell has the same room for every sender, and begins with the number of its synapses; the few rows
//! that are longer than a cell stand behind all cells, and their cells say where.

use super::memory::LINE;
use crate::normal::quantile;
use std::ops::Range;

/// The sizes of cells, in synapses and one number for how many there are.
const SIZES: [usize; 6] = [8, 16, 32, 64, 96, 128];

/// In place of a number of synapses: the row stands elsewhere.
const ELSEWHERE: u16 = u16::MAX;

/// Cells may take so many bytes a synapse, and as many more as its weight takes beside its target.
pub const MOST_BYTES: usize = 4;

/// The halves of a word, the lower first.
fn halves(word: u32) -> [u16; 2] {
    [word as u16, (word >> 16) as u16]
}

/// The word of these halves.
fn word(halves: [u16; 2]) -> u32 {
    u32::from(halves[0]) | u32::from(halves[1]) << 16
}

/// Cells are worth their room where they save so much of the lines of the cache that are touched.
const GAIN: f64 = 0.15;

/// A smaller cell is as good if it touches so much more.
const AS_GOOD: f64 = 1.05;

/// Lines of the cache that `numbers` of 16 bits touch, which begin anywhere.
fn lines(numbers: usize) -> usize {
    if numbers == 0 { 0 } else { (2 * numbers + LINE - 2).div_ceil(LINE) }
}

/// The size of the cells in which these rows are found soonest, if that is sooner than in a table by what is worth it; rows begin
/// at `starts`, and weights take so many bytes a synapse.
pub fn size(starts: &[u32], weight: usize) -> Option<usize> {
    let synapses = (starts[starts.len() - 1] - starts[0]) as usize;
    let lengths = || starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
    let with_table: usize = lengths().map(|length| 1 + lines(length)).sum();
    let touched = |size: usize| -> usize {
        let of = |length: usize| match length < size {
            true => (2 * (length + 1)).div_ceil(LINE),
            false => 1 + lines(length),
        };
        lengths().map(of).sum()
    };
    let fits = |size: &usize| {
        let room = extent(starts, *size);
        room * (2 + weight) <= synapses * (MOST_BYTES + weight) && u32::try_from(room).is_ok()
    };
    let possible: Vec<(usize, usize)> =
        SIZES.into_iter().filter(fits).map(|size| (size, touched(size))).collect();
    let best = possible.iter().map(|(_, touched)| *touched).min()? as f64;
    if best >= (1.0 - GAIN) * with_table as f64 {
        return None;
    }
    possible.iter().find(|(_, touched)| *touched as f64 <= AS_GOOD * best).map(|(size, _)| *size)
}

/// Bytes of a row of `mean` synapses, each of which takes so many, in a large network: of rows whose lengths vary as Poisson
/// numbers do.
pub fn expected_bytes(mean: f64, each: usize) -> f64 {
    let mut starts = vec![0];
    for k in 0..SOME {
        let z = quantile((k as f64 + 0.5) / SOME as f64);
        let length = (mean + mean.sqrt() * z).round().clamp(0.0, 1e6) as u32;
        starts.push(starts[k] + length);
    }
    let in_cells = size(&starts, each - 2);
    in_cells.map_or(mean * each as f64 + 4.0, |size| {
        (each * extent(&starts, size)) as f64 / SOME as f64
    })
}

/// Rows from which others are judged.
const SOME: usize = 200;

/// Room, in synapses, for all cells of this size and the rows behind them.
fn extent(starts: &[u32], size: usize) -> usize {
    let lengths = starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
    size * (starts.len() - 1) + lengths.filter(|length| *length >= size).sum::<usize>()
}

/// Rows that begin at `starts`, and where each stands among cells of a size.
fn places(starts: &[u32], size: usize) -> impl Iterator<Item = (Range<usize>, usize)> {
    let mut behind = size * (starts.len() - 1);
    starts.windows(2).enumerate().map(move |(sender, ends)| {
        let row = ends[0] as usize..ends[1] as usize;
        if row.len() < size {
            return (row, sender * size + 1);
        }
        behind += row.len();
        let place = behind - row.len();
        (row, place)
    })
}

/// The synapses, which stand in rows that begin at `starts`, in cells of a size.
pub fn fill((starts, size): (&[u32], usize), synapses: &[u16]) -> Vec<u16> {
    let mut cells = fill_beside((starts, size), synapses);
    for (sender, (row, place)) in places(starts, size).enumerate() {
        let cell = &mut cells[sender * size..];
        if row.len() < size {
            cell[0] = row.len() as u16;
        } else {
            let (start, length) = (halves(place as u32), halves(row.len() as u32));
            cell[0] = ELSEWHERE;
            cell[1..5].copy_from_slice(&[start, length].concat());
        }
    }
    cells
}

/// What stands beside every synapse, in the same places.
pub fn fill_beside<T: Copy + Default>((starts, size): (&[u32], usize), beside: &[T]) -> Vec<T> {
    let mut others = vec![T::default(); extent(starts, size)];
    for (row, place) in places(starts, size) {
        others[place..place + row.len()].copy_from_slice(&beside[row]);
    }
    others
}

/// Where the row of `sender` stands among cells of this size.
#[inline]
pub fn row(cells: &[u16], size: usize, sender: usize) -> Range<usize> {
    let cell = sender * size;
    let own = &cells[cell..cell + SIZES[0]];
    if own[0] == ELSEWHERE {
        let (start, length) = (word([own[1], own[2]]), word([own[3], own[4]]));
        return start as usize..(start + length) as usize;
    }
    cell + 1..cell + 1 + usize::from(own[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    /// Where rows of these lengths begin.
    fn starts(lengths: impl Iterator<Item = usize>) -> Vec<u32> {
        let mut starts = vec![0];
        starts.extend(lengths.scan(0, |end, length| {
            *end += length as u32;
            Some(*end)
        }));
        starts
    }

    #[test]
    fn every_row_is_found_in_its_cell_or_behind_all_cells() {
        let mut stream = Seed(1).stream("cells", 0);
        for size in SIZES {
            // Among them rows that just fit, that just do not, and one of more synapses than a number here can count.
            let some = (0..500).map(|_| (2.2 * size as f64 * stream.uniform()) as usize);
            let lengths = some.chain([0, size - 1, size, 70_000, 1]);
            let starts = starts(lengths);
            let number = *starts.last().unwrap() as usize;
            let synapses: Vec<u16> = (0..number).map(|k| (7 * k % 4096) as u16).collect();
            let reals: Vec<f32> = (0..number).map(|k| k as f32).collect();
            let cells = fill((&starts, size), &synapses);
            let beside = fill_beside((&starts, size), &reals);
            assert_eq!((cells.len(), beside.len()), (extent(&starts, size), cells.len()));
            for (sender, ends) in starts.windows(2).enumerate() {
                let (place, row) = (row(&cells, size, sender), ends[0] as usize..ends[1] as usize);
                assert_eq!(cells[place.clone()], synapses[row.clone()], "{size} {sender}");
                assert_eq!(beside[place], reals[row]);
            }
        }
    }

    /// The starts of rows whose lengths are Poisson numbers, as a Bernoulli graph has them.
    fn poisson(mean: f64) -> Vec<u32> {
        let mut stream = Seed(1).stream("lengths", mean.to_bits());
        let mut length = || {
            let (mut number, mut left) = (0, mean);
            loop {
                left += stream.uniform().ln();
                if left < 0.0 {
                    return number;
                }
                number += 1;
            }
        };
        starts((0..2000).map(|_| length()))
    }

    #[test]
    fn cells_are_as_large_as_most_rows_and_take_little_room() {
        let of = |mean: f64, weight| size(&poisson(mean), weight);
        let found = [5.0, 10.0, 25.0, 50.0, 75.0, 100.0].map(|mean| of(mean, 0));
        assert_eq!(found, [8, 16, 32, 64, 96, 128].map(Some));
        // With weights beside them less of a cell may be empty.
        let found = [5.0, 25.0, 50.0, 75.0].map(|mean| of(mean, 1));
        assert_eq!(found, [None, Some(32), Some(64), Some(96)]);
        let found = [5.0, 25.0, 50.0, 75.0].map(|mean| of(mean, 4));
        assert_eq!(found, [None, None, Some(64), Some(96)]);
        // Of long rows the table is a small part; so are the rows that would fit into a cell.
        for mean in [150.0, 180.0, 400.0] {
            assert_eq!((of(mean, 0), of(mean, 4)), (None, None), "{mean}");
        }
        // Hardly any synapses: cells would be empty.
        assert_eq!(size(&starts((0..1000).map(|k| usize::from(k % 10 == 0))), 0), None);
        assert_eq!(size(&[0], 0), None);
        assert_eq!(size(&[0, 0, 0], 0), None);
        // A few long rows among short ones.
        let few = |k| if k % 50 == 0 { 300 } else { 20 };
        assert_eq!(size(&starts((0..1000).map(few)), 0), Some(32));
    }

    #[test]
    fn what_rows_take_is_expected() {
        for mean in [2.0, 5.0, 9.0, 15.0, 24.0, 31.0, 50.0, 75.0, 100.0, 150.0, 300.0] {
            for each in [2, 3, 6] {
                let starts = poisson(mean);
                let rows = (starts.len() - 1) as f64;
                let taken = match size(&starts, each - 2) {
                    Some(size) => each * extent(&starts, size),
                    None => each * starts[2000] as usize + 4 * 2000,
                };
                let ratio = taken as f64 / rows / expected_bytes(mean, each);
                assert!((ratio - 1.0).abs() < 0.1, "{mean} {each}: {ratio}");
            }
        }
    }
}
