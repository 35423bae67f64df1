//! Storage of synapses of several delays.

use super::Rows;
use super::laid::{Laid, MORE};
use super::memory::prefetch;
use super::packed::{Open, Packed};
use super::store::{Shelf, Store};
use std::ops::Range;

/// The synapses of several delays onto one block: a row for each sender, which stands in runs of one delay each.
///
/// A spike is looked up once, when it is sent. A table of rows for every delay would be looked up for every delay, far from
/// where it was looked up before, and mostly for a handful of synapses.
#[derive(Clone, Debug)]
pub struct Staggered {
    rows: Packed,
    /// The runs of sender j are `starts[j]..starts[j + 1]`.
    starts: Store<u32>,
    /// Synapses of one delay that stand together: which of the delays, and in the lower 16 bits how many words they take.
    runs: Store<u32>,
}

const LENGTH_BITS: u32 = 16;
const LENGTH: usize = (1 << LENGTH_BITS) - 1;
/// Longer runs are several.
const LONGEST: usize = LENGTH - MORE;

impl Staggered {
    /// Of the rows of every delay, of which there is one at least; they are of the same senders and the same unit.
    pub(crate) fn new(by_delay: Vec<Rows>, shelf: &mut Shelf) -> Self {
        let senders = by_delay[0].senders();
        let mut starts = Vec::with_capacity(senders + 1);
        let (mut delays, mut ends, mut end) = (Vec::new(), Vec::new(), 0);
        starts.push(0);
        for sender in 0..senders {
            for (delay, rows) in by_delay.iter().enumerate() {
                let mut left = rows.row(sender).len();
                while left > 0 {
                    let length = left.min(LONGEST);
                    end += length;
                    delays.push(delay);
                    ends.push(end as u32);
                    left -= length;
                }
            }
            starts.push(u32::try_from(ends.len()).expect("a block has fewer than 2^32 synapses"));
        }
        let rows = Rows::join(by_delay.into_iter().map(|rows| (0, rows)).collect());
        let rows = Packed::laid(Laid::new(rows, &mut ends), shelf);
        let mut end = 0;
        let run = |(delay, next): (usize, u32)| {
            let start = std::mem::replace(&mut end, next);
            (delay << LENGTH_BITS) as u32 | (next - start)
        };
        let runs = delays.into_iter().zip(ends).map(run).collect();
        Self { rows, starts: shelf.store(starts), runs: shelf.store(runs) }
    }

    /// All synapses; a part of a row has one delay.
    pub(crate) fn rows(&self) -> &Packed {
        &self.rows
    }

    /// Finds out where everything stands, once for all that is read.
    pub(crate) fn open(&self) -> OpenStaggered<'_> {
        let Self { rows, starts, runs } = self;
        OpenStaggered { rows: rows.open(), starts, runs }
    }
}

/// A [`Staggered`] that is being read.
#[derive(Clone, Copy, Debug)]
pub struct OpenStaggered<'a> {
    pub rows: Open<'a>,
    starts: &'a [u32],
    runs: &'a [u32],
}

impl<'a> OpenStaggered<'a> {
    /// Where the runs of a sender stand.
    #[inline]
    fn own(&self, sender: usize) -> &'a [u32] {
        let ends = &self.starts[sender..sender + 2];
        &self.runs[ends[0] as usize..ends[1] as usize]
    }

    /// The runs of a sender: which of the delays, and where they stand in the rows.
    #[inline]
    pub(crate) fn runs(&self, sender: usize) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let mut end = self.rows.row(sender).start;
        self.own(sender).iter().map(move |run| {
            let start = end;
            end += *run as usize & LENGTH;
            (*run as usize >> LENGTH_BITS, start..end)
        })
    }

    /// Asks for the memory that tells where the row of `sender` and its runs stand.
    #[inline]
    pub(crate) fn prefetch_starts(&self, sender: usize) {
        self.rows.prefetch_start(sender);
        prefetch(&self.starts[sender..=sender]);
    }

    /// Asks for the memory of the row of `sender` and of its runs.
    #[inline]
    pub(crate) fn prefetch_row(&self, sender: usize) {
        self.rows.all.prefetch(self.rows.row(sender));
        prefetch(self.own(sender));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synapse::{RowsBuilder, runs_of};

    #[test]
    fn runs_of_one_weight_stand_within_those_of_one_delay() {
        let of = |rows: [&[(u16, u32)]; 2]| {
            let mut builder = RowsBuilder::counts(2, 0.5);
            for row in rows {
                row.iter().for_each(|&(target, count)| builder.push_count(target, count));
                builder.end_row();
            }
            builder.finish()
        };
        // As many words as a run of one delay may take, and one synapse more.
        let many: Vec<(u16, u32)> = (0..=LONGEST).map(|k| (k as u16, k as u32 % 255 + 1)).collect();
        let few = [(3, 1), (5, 2), (9, 1), (12, 1), (70, 2)];
        let mut shelf = Shelf::new(0);
        let staggered = Staggered::new(vec![of([&few, &many]), of([&[], &few])], &mut shelf);
        shelf.close();
        let open = staggered.open();
        let found = |sender: usize| -> Vec<(usize, Vec<(u16, usize)>)> {
            let part = |(delay, place): (usize, Range<usize>)| {
                let runs = runs_of(&open.rows.all.words[place]);
                let synapses = runs.flat_map(|(count, own)| own.iter().map(move |n| (*n, count)));
                (delay, synapses.collect())
            };
            open.runs(sender).map(part).collect()
        };
        let sorted = |synapses: &[(u16, u32)]| -> Vec<(u16, usize)> {
            let mut all: Vec<_> = synapses.iter().map(|&(n, count)| (n, count as usize)).collect();
            all.sort_by_key(|synapse| synapse.1);
            all
        };
        assert_eq!(found(0), [(0, sorted(&few))]);
        let (most, last) = many.split_at(LONGEST);
        assert_eq!(found(1), [(0, sorted(most)), (0, sorted(last)), (1, sorted(&few))]);
    }

    #[test]
    fn a_row_is_that_of_all_delays_one_after_another() {
        let of = |rows: [&[u16]; 3]| {
            let mut builder = RowsBuilder::constant(3, 0.5);
            for row in rows {
                row.iter().for_each(|&target| builder.push(target));
                builder.end_row();
            }
            builder.finish()
        };
        let many: Vec<u16> = (0..70_000u32).map(|k| (k % 4096) as u16).collect();
        let mut shelf = Shelf::new(0);
        let by_delay = vec![of([&[3, 9], &[], &[]]), of([&[], &many, &[]]), of([&[1], &[7], &[]])];
        let staggered = Staggered::new(by_delay, &mut shelf);
        shelf.close();
        let staggered = staggered.open();
        let runs = |sender| staggered.runs(sender).collect::<Vec<_>>();
        assert_eq!(runs(0), [(0, 0..2), (2, 2..3)]);
        assert_eq!(runs(1), [(1, 3..65_026), (1, 65_026..70_003), (2, 70_003..70_004)]);
        assert_eq!(runs(2), []);
        assert_eq!(staggered.rows.all.part(0..4).words, [3, 9, 1, 0]);
    }
}
