//! Rows as spikes find them.
//!
//! Synapses that have few different weights stand in runs of one weight each: which weight it is, how many there are, and their
//! targets. So a target may be any of 2^16, and what it gets follows from nothing that stands beside it. Where runs would be short,
//! which weight it is stands beside every target.

use super::Rows;
use super::rows::Weights;

/// [`Rows`] that will not change any more.
pub struct Laid {
    /// Row j is `starts[j]..starts[j + 1]`.
    pub starts: Vec<u32>,
    /// Targets; or runs of them, if few weights differ and nothing says which is whose.
    pub words: Vec<u16>,
    /// The weights, if few differ: 256 numbers, whether there are so many or not; and which of them every synapse has.
    pub few: Option<Box<Few>>,
    pub which: Option<Vec<u8>>,
    /// Real weights, or efficacies as they stand, if they are such.
    pub reals: Option<Vec<f32>>,
    pub exact: Option<Vec<f64>>,
    /// Efficacy in mV of weight 1.
    pub unit: f64,
}

/// All weights that 8 bits tell apart.
pub type Few = [f32; 1 << u8::BITS];

/// Words before the targets of a run.
pub const HEAD: usize = 2;

/// Shorter runs cost more than to tell the weight of every synapse.
pub const LEAST_RUN: usize = 4;

/// So many words more than synapses a piece has at most.
pub const MORE: usize = HEAD * (1 << u8::BITS);

impl Laid {
    /// The same synapses; each of the `pieces` of rows, of which the ends are given, is laid for itself, and ends elsewhere then.
    pub fn new(rows: Rows, pieces: &mut [u32]) -> Self {
        let Weights::Few(which, values) = rows.weights() else { return Self::in_place(rows) };
        let mut few = Box::new([0.0; 1 << u8::BITS]);
        few[..values.len()].copy_from_slice(values);
        if may_move(rows.targets(), which, pieces) {
            let (targets, which) = by_weight(rows.targets(), which, pieces);
            if are_long(&which, pieces) {
                let (mut starts, unit) = (rows.starts().to_vec(), rows.unit());
                let words = in_runs(&targets, &which, &mut starts, pieces);
                let few = Some(few);
                return Self { starts, words, few, which: None, reals: None, exact: None, unit };
            }
        }
        let (starts, words, weights, unit) = rows.into_parts();
        let which = if let Weights::Few(which, _) = weights { Some(which) } else { None };
        Self { starts, words, few: Some(few), which, reals: None, exact: None, unit }
    }

    /// The same synapses in the places that they have in `rows`; of few different weights without them.
    pub fn in_place(rows: Rows) -> Self {
        let (starts, words, weights, unit) = rows.into_parts();
        let (reals, exact) = match weights {
            Weights::One | Weights::Few(..) => (None, None),
            Weights::Real(reals) => (Some(reals), None),
            Weights::Exact(sizes) => (None, Some(sizes)),
        };
        Self { starts, words, few: None, which: None, reals, exact, unit }
    }
}

/// Whether the order within pieces matters to no bit and to no order of targets: they ascend, and where several synapses have one
/// target, they have one weight.
fn may_move(targets: &[u16], which: &[u8], pieces: &[u32]) -> bool {
    let mut start = 0;
    pieces.iter().all(|end| {
        let piece = start..*end as usize;
        start = piece.end;
        let synapses = targets[piece.clone()].iter().zip(&which[piece]);
        synapses
            .is_sorted_by(|(one, own), (other, next)| one < other || (one == other && own == next))
    })
}

/// The synapses of every piece in the order of their weights, and of their places where these are equal.
fn by_weight(targets: &[u16], which: &[u8], pieces: &[u32]) -> (Vec<u16>, Vec<u8>) {
    let (mut sorted, mut own) = (vec![0; targets.len()], vec![0; which.len()]);
    let mut start = 0;
    for end in pieces.iter().map(|end| *end as usize) {
        let mut next = [0; 1 + (1 << u8::BITS)];
        which[start..end].iter().for_each(|own| next[usize::from(*own) + 1] += 1);
        for k in 1..next.len() {
            next[k] += next[k - 1];
        }
        for k in start..end {
            let next = &mut next[usize::from(which[k])];
            (sorted[start + *next], own[start + *next]) = (targets[k], which[k]);
            *next += 1;
        }
        start = end;
    }
    (sorted, own)
}

/// The runs of pieces that are in the order of weights.
fn runs<'a>(which: &'a [u8], pieces: &'a [u32]) -> impl Iterator<Item = &'a [u8]> {
    let starts = std::iter::once(0).chain(pieces.iter().copied());
    starts.zip(pieces).flat_map(|(start, end)| {
        which[start as usize..*end as usize]
            .chunk_by(|one, other| one == other)
            .flat_map(|run| run.chunks(u16::MAX.into()))
    })
}

/// Whether runs are long enough, and so few that 32 bits tell where all of it stands.
fn are_long(which: &[u8], pieces: &[u32]) -> bool {
    let number = runs(which, pieces).count();
    number * LEAST_RUN <= which.len() && u32::try_from(which.len() + HEAD * number).is_ok()
}

/// Lays synapses that are in the order of weights in runs; `starts` and `pieces` tell where rows begin and pieces end then.
fn in_runs(targets: &[u16], which: &[u8], starts: &mut [u32], pieces: &mut [u32]) -> Vec<u16> {
    let room = targets.len() + HEAD * runs(which, pieces).count();
    let mut words = Vec::with_capacity(room);
    let (mut start, mut row) = (0, 0);
    // Rows that are empty begin where the one before them ends.
    let mut pass = |end: usize, laid: usize| {
        while row < starts.len() && starts[row] as usize <= end {
            starts[row] = u32::try_from(laid).expect("runs are so few");
            row += 1;
        }
    };
    pass(0, 0);
    for piece in pieces {
        let end = *piece as usize;
        for run in runs(&which[start..end], &[(end - start) as u32]) {
            words.extend([u16::from(run[0]), run.len() as u16]);
            words.extend_from_slice(&targets[start..start + run.len()]);
            start += run.len();
        }
        pass(end, words.len());
        *piece = u32::try_from(words.len()).expect("runs are so few");
    }
    words
}

/// The runs that stand in these words: which weight, and the targets.
#[inline(always)]
pub fn runs_of(mut words: &[u16]) -> impl Iterator<Item = (usize, &[u16])> {
    std::iter::from_fn(move || {
        let (&[which, number], rest) = words.split_first_chunk::<HEAD>()?;
        let (targets, rest) = rest.split_at(number.into());
        words = rest;
        Some((which.into(), targets))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Seed, Stream};
    use crate::synapse::RowsBuilder;

    /// Rows of 50 senders with up to `longest` synapses, whose counts are up to `most`, and where their halves end.
    fn rows(longest: u16, most: u32, stream: &mut Stream) -> (Rows, Vec<u32>) {
        let mut builder = RowsBuilder::counts(50, -0.5);
        for sender in 0..50 {
            let length = if sender % 7 == 3 { 0.0 } else { f64::from(longest) * stream.uniform() };
            for target in 0..length as u16 {
                builder.push_count(1000 + target, 1 + (f64::from(most) * stream.uniform()) as u32);
            }
            builder.end_row();
        }
        let rows = builder.finish();
        let halves = rows.starts().windows(2).flat_map(|ends| [(ends[0] + ends[1]) / 2, ends[1]]);
        let halves = halves.collect();
        (rows, halves)
    }

    /// The synapses that stand in some words: (target, efficacy).
    fn read(laid: &Laid, place: std::ops::Range<usize>) -> Vec<(usize, f64)> {
        let words = &laid.words[place.clone()];
        let few = laid.few.as_ref().unwrap();
        let synapse = |n: u16, which: usize| (usize::from(n), laid.unit * f64::from(few[which]));
        match &laid.which {
            None => runs_of(words)
                .flat_map(|(which, own)| own.iter().map(move |n| synapse(*n, which)))
                .collect(),
            Some(which) => {
                let own = words.iter().zip(&which[place]);
                own.map(|(n, which)| synapse(*n, usize::from(*which))).collect()
            }
        }
    }

    #[test]
    fn every_piece_has_its_synapses_in_the_order_of_their_weights() {
        let mut stream = Seed(1).stream("laid", 0);
        for (longest, most, in_runs) in [(200, 3, true), (200, 200, false), (10, 9, false)] {
            let (rows, halves) = rows(longest, most, &mut stream);
            let mut pieces = halves.clone();
            let laid = Laid::new(rows.clone(), &mut pieces);
            assert_eq!(laid.which.is_none(), in_runs, "{longest} {most}");
            let (mut start, mut before) = (0, 0);
            for (k, (end, half)) in pieces.iter().zip(&halves).enumerate() {
                let (end, half) = (*end as usize, *half as usize);
                let row: Vec<_> = rows.synapses_of(k / 2).collect();
                let first = before - rows.row(k / 2).start;
                let mut expected = row[first..first + half - before].to_vec();
                if in_runs {
                    // The unit is negative.
                    expected.sort_by(|one, other| other.1.total_cmp(&one.1));
                }
                assert_eq!(read(&laid, start..end), expected, "{k}");
                if k % 2 == 1 {
                    assert_eq!(laid.starts[k / 2 + 1] as usize, end);
                }
                (start, before) = (end, half);
            }
            assert_eq!((laid.starts[0], start), (0, laid.words.len()));
        }
    }

    #[test]
    fn synapses_stay_in_order_where_it_matters() {
        for (synapses, may) in [
            (vec![(3, 1), (5, 1), (7, 2), (8, 1), (9, 2)], true),
            (vec![(3, 1), (5, 1), (5, 1), (8, 1), (9, 1)], true),
            // Of one target with two weights, and in no order.
            (vec![(3, 1), (5, 1), (5, 2), (8, 1), (9, 1)], false),
            (vec![(3, 1), (6, 1), (5, 1), (8, 1), (9, 1)], false),
        ] {
            let mut builder = RowsBuilder::counts(1, 0.5);
            // One is too few for a run.
            let many = synapses.iter().chain(&[(10, 2), (11, 2), (12, 1)]);
            many.clone().for_each(|(target, count)| builder.push_count(*target, *count));
            builder.end_row();
            let laid = Laid::new(builder.finish(), &mut [8]);
            let expected: Vec<_> =
                many.map(|&(n, count)| (usize::from(n), 0.5 * f64::from(count))).collect();
            let mut found = read(&laid, 0..laid.words.len());
            assert_eq!(laid.which.is_none(), may, "{synapses:?}");
            if may {
                found.sort_by_key(|(n, _)| *n);
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_counts_on_places_finds_them() {
        let (rows, _) = rows(60, 3, &mut Seed(2).stream("laid", 0));
        let laid = Laid::in_place(rows.clone());
        assert!(laid.few.is_none() && laid.which.is_none() && laid.reals.is_none());
        for sender in 0..rows.senders() {
            let targets = rows.synapses_of(sender).map(|synapse| synapse.0);
            assert!(targets.eq(laid.words[rows.row(sender)].iter().map(|n| usize::from(*n))));
        }
    }
}
