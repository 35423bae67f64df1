//! Large sparse couplings by receiver, cut so that what is read at random stays in the first-level cache.
//!
//! A network of 50,000 neurons with 250 senders each is read once a step, 12.5 million synapses. Their 50 MB come from memory
//! soon enough, for they stand in order; but the activities of all senders fill the second-level cache, where a synapse takes
//! twice as long as from the first. So receivers are cut into strips and strips by blocks of senders. In such a tile the
//! receivers with about as many synapses go together, eight at a time:
//!
//! ```text
//! sum_i = sum over the blocks of ( sum over the senders j of the block of w_ij x_j ),   both in ascending order
//! ```
//!
//! A sender takes 2 bytes, and a weight too: whole ones as they are, real ones rounded to 2^-15 of the largest (fields err by
//! some 1e-4 of their scatter). Groups and their padding add some 3 percent in the network above.

use super::gathered::received;
use super::sparse::Sparse;
use super::values::{Values, largest};
use crate::synapse::memory::prefetch;
use crate::work::each;
use rayon::prelude::*;
use std::ops::Range;

/// Receivers of a strip: the sums of one task.
const STRIP: usize = 2048;
/// Senders of a block: their activities fill a first-level cache of 32 KB.
const BLOCK: usize = 4096;
/// Receivers that are summed at once.
const LANES: usize = 8;
/// Numbers that 16 bits tell apart.
const SHORT: usize = 1 << 16;
/// How far ahead synapses are asked for: what is summed while memory answers.
const AHEAD: usize = 64;

/// w_ij of up to 16 bits.
#[derive(Clone, Debug)]
pub struct Tiled {
    senders: usize,
    receivers: usize,
    synapses: usize,
    strips: Vec<Strip>,
    /// The weight of 1.
    grid: f64,
}

/// The synapses of some receivers.
#[derive(Clone, Debug)]
struct Strip {
    /// Where the groups and steps of the tile of every block begin, and where the last ends.
    tiles: Vec<(usize, usize)>,
    groups: Vec<Group>,
    /// A step is a synapse of every receiver of a group: its sender within the block, four in a word ...
    senders: Vec<[u64; LANES / 4]>,
    /// ... and its weight; 0 where a receiver has no further synapse.
    weights: Vec<[i16; LANES]>,
}

/// Receivers of a tile, from most synapses to fewest.
#[derive(Clone, Debug)]
struct Group {
    /// Within the strip; [`STRIP`] where there is none.
    receivers: [u16; LANES],
    steps: u32,
}

impl Tiled {
    /// The same synapses.
    pub fn new(sparse: &Sparse) -> Self {
        let (senders, receivers) = (sparse.rows.senders(), sparse.rows.receivers());
        let grid = match &sparse.values {
            Values::Whole(_) => 1.0,
            Values::Real(w) => largest(w) / f64::from(i16::MAX),
        };
        let weight = |place: usize| match &sparse.values {
            Values::Whole(w) => w[place],
            Values::Real(w) => (w[place] / grid).round_ties_even() as i16,
        };
        let strips = each(0..receivers.div_ceil(STRIP), |k| {
            let own = k * STRIP..receivers.min((k + 1) * STRIP);
            let mut rows = vec![Vec::new(); own.len()];
            received(sparse, own, |i, j, place| rows[i].push((j, weight(place))));
            Strip::new(&rows, senders)
        });
        Self { senders, receivers, synapses: sparse.rows.synapses(), strips, grid }
    }

    pub fn senders(&self) -> usize {
        self.senders
    }

    pub fn receivers(&self) -> usize {
        self.receivers
    }

    pub fn synapses(&self) -> usize {
        self.synapses
    }

    pub fn bytes(&self) -> usize {
        self.strips.iter().map(Strip::bytes).sum()
    }

    /// The sum over all synapses from j to i.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        let strip = &self.strips[i / STRIP];
        let mut sum = 0;
        for (group, steps) in strip.tile(j / BLOCK) {
            let lane = group.receivers.iter().position(|r| usize::from(*r) == i % STRIP);
            let Some(lane) = lane else { continue };
            for (senders, weights) in strip.senders[steps.clone()].iter().zip(&strip.weights[steps])
            {
                if usize::from(sender(senders, lane)) == j % BLOCK {
                    sum += i64::from(weights[lane]);
                }
            }
        }
        self.grid * sum as f64
    }

    /// out_i += unit sum_j w_ij x_j.
    pub fn add_product(&self, unit: f64, x: &[f64], out: &mut [f64]) {
        // Every block is followed by so many numbers that an index of 16 bits needs no check.
        let mut table = vec![0.0; self.senders.div_ceil(BLOCK) * BLOCK + SHORT];
        table[..x.len()].copy_from_slice(x);
        let unit = unit * self.grid;
        out.par_chunks_mut(STRIP).zip(&self.strips).for_each(|(out, strip)| {
            let mut sums = [0.0; STRIP + 1];
            strip.add(&table, &mut sums);
            out.iter_mut().zip(&sums).for_each(|(out, sum)| *out += unit * sum);
        });
    }
}

impl Strip {
    /// From the senders and weights of its receivers, by ascending sender.
    fn new(rows: &[Vec<(usize, i16)>], senders: usize) -> Self {
        let (groups, weights) = (Vec::new(), Vec::new());
        let mut strip = Self { tiles: vec![(0, 0)], groups, senders: Vec::new(), weights };
        let mut done = vec![0; rows.len()];
        for block in (0..senders).step_by(BLOCK) {
            let mut tile = Vec::new();
            for ((i, row), done) in rows.iter().enumerate().zip(&mut done) {
                let begin = *done;
                *done += row[begin..].partition_point(|(j, _)| *j < block + BLOCK);
                if *done > begin {
                    tile.push((i, &row[begin..*done]));
                }
            }
            tile.sort_by_key(|(_, row)| std::cmp::Reverse(row.len()));
            tile.chunks(LANES).for_each(|members| strip.group(members, block));
            strip.tiles.push((strip.groups.len(), strip.senders.len()));
        }
        strip
    }

    fn group(&mut self, members: &[(usize, &[(usize, i16)])], block: usize) {
        let steps = members[0].1.len();
        for step in 0..steps {
            let (mut senders, mut weights) = ([0; LANES / 4], [0; LANES]);
            for (lane, (_, row)) in members.iter().enumerate() {
                let (j, weight) = row[step.min(row.len() - 1)];
                senders[lane / 4] |= ((j - block) as u64) << (16 * (lane % 4));
                weights[lane] = if step < row.len() { weight } else { 0 };
            }
            self.senders.push(senders);
            self.weights.push(weights);
        }
        let of = |lane: usize| members.get(lane).map_or(STRIP, |(i, _)| *i) as u16;
        self.groups.push(Group { receivers: std::array::from_fn(of), steps: steps as u32 });
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.tiles[..])
            + size_of_val(&self.groups[..])
            + size_of_val(&self.senders[..])
            + size_of_val(&self.weights[..])
    }

    /// The groups of the tile of a block, and where their steps stand.
    fn tile(&self, block: usize) -> impl Iterator<Item = (&Group, Range<usize>)> {
        let ((first, mut next), (end, _)) = (self.tiles[block], self.tiles[block + 1]);
        self.groups[first..end].iter().map(move |group| {
            let begin = next;
            next += group.steps as usize;
            (group, begin..next)
        })
    }

    /// Adds sum_j w_ij x_j to every sum.
    fn add(&self, table: &[f64], sums: &mut [f64; STRIP + 1]) {
        for block in 0..self.tiles.len() - 1 {
            let x = table[block * BLOCK..].first_chunk::<SHORT>().expect("the table is so long");
            for (group, steps) in self.tile(block) {
                let ahead = (steps.start + AHEAD).min(self.senders.len());
                prefetch(&self.senders[ahead..]);
                prefetch(&self.weights[ahead..]);
                let totals = totals(&self.senders[steps.clone()], &self.weights[steps], x);
                for (&i, total) in group.receivers.iter().zip(totals) {
                    sums[usize::from(i)] += total;
                }
            }
        }
    }
}

/// The sender of a lane.
#[inline(always)]
fn sender(senders: &[u64; LANES / 4], lane: usize) -> u16 {
    (senders[lane / 4] >> (16 * (lane % 4))) as u16
}

/// sum_j w_ij x_j of the receivers of a group.
#[inline(always)]
fn totals(
    senders: &[[u64; LANES / 4]],
    weights: &[[i16; LANES]],
    x: &[f64; SHORT],
) -> [f64; LANES] {
    let mut totals = [0.0; LANES];
    for (senders, weights) in senders.iter().zip(weights) {
        // Plain loops: a closure for every lane is not always expanded in place.
        let mut sent = [0.0; LANES];
        for lane in 0..LANES {
            sent[lane] = x[usize::from(sender(senders, lane))];
        }
        for lane in 0..LANES {
            totals[lane] += f64::from(weights[lane]) * sent[lane];
        }
    }
    totals
}
