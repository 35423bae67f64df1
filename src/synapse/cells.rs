//! Rows in cells: where a row stands follows from its sender, without a table.
//!
//! A spike comes to a row in every block. Where rows are thin, a look into a table of their places costs as much as the row: both
//! are somewhere in memory. A cell has the same room for every sender, and begins with the number of its synapses; the few rows
//! that are longer than a cell stand behind all cells, and their cells say where.

use super::prefetch::LINE;
use std::ops::Range;

/// The sizes of cells, in synapses and one number for how many there are.
const SIZES: [usize; 6] = [8, 16, 32, 64, 96, 128];

/// In place of a number of synapses: the row stands elsewhere.
const ELSEWHERE: u16 = u16::MAX;

/// Cells may take so many bytes a synapse, and as many more as its weight takes beside its target.
const MOST_BYTES: usize = 4;

/// The halves of a word, the lower first.
pub fn halves(word: u32) -> [u16; 2] {
    [word as u16, (word >> 16) as u16]
}

/// The word of these halves.
pub fn word(halves: [u16; 2]) -> u32 {
    u32::from(halves[0]) | u32::from(halves[1]) << 16
}

/// The size of the cells in which these rows are found soonest, if that is sooner than in a table; rows begin at `starts`, and
/// weights take so many bytes a synapse.
pub fn size(starts: &[u32], weight: usize) -> Option<usize> {
    let rows = starts.len() - 1;
    let synapses = (starts[rows] - starts[0]) as usize;
    let lengths = || starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
    // Lines of the cache, of numbers that begin anywhere.
    let lines = |numbers: usize| (2 * numbers + LINE - 2).div_ceil(LINE);
    let with_table: usize = lengths().map(|length| 1 + lines(length)).sum();
    let best = |size: &usize| {
        let mut touched = 0;
        for length in lengths() {
            touched += match length < *size {
                true => (2 * (length + 1)).div_ceil(LINE),
                false => 1 + lines(length),
            };
        }
        touched
    };
    let fits = |size: &usize| {
        let room = extent(starts, *size);
        room * (2 + weight) <= synapses * (MOST_BYTES + weight) && u32::try_from(room).is_ok()
    };
    let possible = SIZES.into_iter().filter(fits).map(|size| (best(&size), size)).min()?;
    (possible.0 < with_table).then_some(possible.1)
}

/// Bytes of a cell for rows of `mean` synapses, of so many bytes each, if they are likely to stand in cells.
pub fn cell_bytes(mean: f64, each: usize) -> Option<f64> {
    let weight = each - 2;
    let size = SIZES.into_iter().find(|size| mean + mean.sqrt() < *size as f64)?;
    let bytes = (size * each) as f64;
    (bytes <= mean * (MOST_BYTES + weight) as f64).then_some(bytes)
}

/// Room, in synapses, for all cells of this size and the rows behind them.
pub fn extent(starts: &[u32], size: usize) -> usize {
    let lengths = starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
    size * (starts.len() - 1) + lengths.filter(|length| *length >= size).sum::<usize>()
}

/// The synapses, which stand in rows that begin at `starts`, in cells; and what stands beside each in the same places.
pub fn fill<T: Copy + Default>(
    (starts, size): (&[u32], usize),
    synapses: &[u16],
    beside: Option<&[T]>,
) -> (Vec<u16>, Option<Vec<T>>) {
    let room = extent(starts, size);
    let mut cells = vec![0; room];
    let mut others = beside.map(|_| vec![T::default(); room]);
    let mut behind = size * (starts.len() - 1);
    for (sender, ends) in starts.windows(2).enumerate() {
        let row = ends[0] as usize..ends[1] as usize;
        let cell = sender * size;
        let place = if row.len() < size {
            cells[cell] = row.len() as u16;
            cell + 1
        } else {
            cells[cell] = ELSEWHERE;
            let (start, length) = (halves(behind as u32), halves(row.len() as u32));
            cells[cell + 1..cell + 5].copy_from_slice(&[start, length].concat());
            behind += row.len();
            behind - row.len()
        };
        cells[place..place + row.len()].copy_from_slice(&synapses[row.clone()]);
        if let (Some(others), Some(beside)) = (&mut others, beside) {
            others[place..place + row.len()].copy_from_slice(&beside[row]);
        }
    }
    (cells, others)
}

/// Where the row of `sender` stands among cells of this size.
#[inline]
pub fn row(cells: &[u16], size: usize, sender: usize) -> Range<usize> {
    let cell = sender * size;
    let Some([number, a, b, c, d]) = cells[cell..].first_chunk() else { return 0..0 };
    if *number == ELSEWHERE {
        let (start, length) = (word([*a, *b]) as usize, word([*c, *d]) as usize);
        return start..start + length;
    }
    cell + 1..cell + 1 + usize::from(*number)
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
            let (cells, beside) = fill((&starts, size), &synapses, Some(&reals));
            let beside = beside.unwrap();
            assert_eq!((cells.len(), beside.len()), (extent(&starts, size), cells.len()));
            for (sender, ends) in starts.windows(2).enumerate() {
                let (place, row) = (row(&cells, size, sender), ends[0] as usize..ends[1] as usize);
                assert_eq!(cells[place.clone()], synapses[row.clone()], "{size} {sender}");
                assert_eq!(beside[place], reals[row]);
            }
            let (alone, none) = fill::<f32>((&starts, size), &synapses, None);
            assert!(alone == cells && none.is_none());
        }
    }

    #[test]
    fn cells_are_expected_where_they_are_made() {
        for (mean, each, bytes) in [
            (25.0, 2, Some(64.0)),
            (25.0, 6, Some(192.0)),
            (5.0, 2, Some(16.0)),
            (5.0, 6, None),
            (400.0, 2, None),
            (0.0, 2, None),
        ] {
            assert_eq!(cell_bytes(mean, each), bytes, "{mean} {each}");
        }
    }

    #[test]
    fn cells_are_as_large_as_most_rows_and_take_little_room() {
        let of = |mean: usize, weight: usize| {
            let lengths = (0..1000).map(|k| mean - mean / 4 + k % (mean / 2 + 1));
            size(&starts(lengths), weight)
        };
        // With real weights half of a cell would be too much to leave empty.
        assert_eq!((of(5, 0), of(5, 4)), (Some(8), None));
        assert_eq!((of(25, 0), of(25, 4)), (Some(32), Some(32)));
        assert_eq!(of(50, 0), Some(64));
        // Of long rows the table is a small part.
        assert_eq!(of(400, 0), None);
        // Hardly any synapses: cells would be empty.
        assert_eq!(size(&starts((0..1000).map(|k| usize::from(k % 10 == 0))), 0), None);
        assert_eq!(size(&[0], 0), None);
        assert_eq!(size(&[0, 0, 0], 0), None);
        // A few long rows among short ones.
        assert_eq!(
            size(&starts((0..1000).map(|k| if k % 50 == 0 { 300 } else { 20 })), 0),
            Some(32)
        );
    }
}
