//! Sums over graded patterns for many pairs at a time.
//!
//! w_ij = sum_mu f_i^mu g_j^mu is a product of matrices. A tile of it, [`HIGH`] receivers and [`BROAD`] senders, stays in the
//! registers while its patterns pass by. Every pair is summed in the order of [`dot`](crate::statistics::dot), by strands of every
//! [`STRANDS`]-th pattern, and every operation rounds for itself: the same bits on all processors.

use crate::synapse::{Block, STRIP};
use multiversion::multiversion;
use rayon::prelude::*;

/// Receivers of a tile.
const HIGH: usize = 8;
/// Senders of a tile.
const BROAD: usize = 6;
/// Strands of a sum.
pub const STRANDS: usize = 8;
/// Receivers whose values stay in the cache for a strip of senders.
pub const BLOCK: usize = 6 * HIGH;
const _: () = assert!(STRIP.is_multiple_of(BROAD));

/// Sums of `HIGH` receivers, sender after sender.
type Tile = [[f64; HIGH]; BROAD];

/// The values of receivers and senders, tile after tile.
#[derive(Clone, Debug)]
pub struct Tiles {
    post: Vec<[f64; HIGH]>,
    pre: Vec<[f64; BROAD]>,
    /// Values of a strand.
    steps: usize,
}

impl Tiles {
    /// Of the values of receivers and senders, neuron after neuron, `width` of each, a multiple of [`STRANDS`].
    pub fn new(post: &[f64], pre: &[f64], width: usize) -> Self {
        let steps = width / STRANDS;
        Self { post: side_by_side(post, steps), pre: side_by_side(pre, steps), steps }
    }

    /// Writes `of` the sum to every place of a block that begins with a tile.
    pub fn fill(&self, mut block: Block<f64>, of: impl Fn(f64) -> f64) {
        let (high, broad) = (block.first / HIGH, block.sender / BROAD);
        let mut rows: Vec<_> = block.rows().collect();
        for (rows, broad) in rows.chunks_mut(BROAD).zip(broad..) {
            for (k, high) in (0..rows[0].len().div_ceil(HIGH)).zip(high..) {
                for (row, sums) in rows.iter_mut().zip(self.tile(high, broad)) {
                    let places = row[k * HIGH..].iter_mut();
                    places.zip(sums).for_each(|(place, sum)| *place = of(sum));
                }
            }
        }
    }

    fn tile(&self, high: usize, broad: usize) -> Tile {
        let add = |strand: usize, sums: &mut Tile| {
            let post = &self.post[(high * STRANDS + strand) * self.steps..][..self.steps];
            let pre = &self.pre[(broad * STRANDS + strand) * self.steps..][..self.steps];
            add_products(post, pre, sums);
        };
        let pair = |strand| {
            let mut sums = Tile::default();
            add(strand, &mut sums);
            add(strand + 4, &mut sums);
            sums
        };
        let [p, q, r, s] = [0, 1, 2, 3].map(pair);
        sum(sum(p, q), sum(r, s))
    }
}

fn sum(mut one: Tile, other: Tile) -> Tile {
    let places = one.as_flattened_mut().iter_mut();
    places.zip(other.as_flattened()).for_each(|(one, other)| *one += other);
    one
}

/// The values of `SIDE` neurons and more side by side: those of one strand after those of another, filled up with zeros.
fn side_by_side<const SIDE: usize>(values: &[f64], steps: usize) -> Vec<[f64; SIDE]> {
    let width = STRANDS * steps;
    let neurons = values.len() / width.max(1);
    let mut sides = vec![[0.0; SIDE]; neurons.div_ceil(SIDE) * width];
    let groups = values.par_chunks((SIDE * width).max(1));
    sides.par_chunks_mut(width.max(1)).zip(groups).for_each(|(sides, values)| {
        for (place, neuron) in values.chunks_exact(width).enumerate() {
            for (k, value) in neuron.iter().enumerate() {
                sides[k % STRANDS * steps + k / STRANDS][place] = *value;
            }
        }
    });
    sides
}

/// Adds the sums over one strand; with wide registers too every operation rounds for itself.
#[multiversion(targets("x86_64+avx2"))]
fn add_products(post: &[[f64; HIGH]], pre: &[[f64; BROAD]], sums: &mut Tile) {
    let mut own = Tile::default();
    for (post, pre) in post.iter().zip(pre) {
        for (own, pre) in own.iter_mut().zip(pre) {
            own.iter_mut().zip(post).for_each(|(own, post)| *own += post * pre);
        }
    }
    for (sums, own) in sums.iter_mut().zip(&own) {
        sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
}
