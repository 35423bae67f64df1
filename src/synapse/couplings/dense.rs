//! Dense couplings: w_ij of every pair, stored by sender.

use super::values::Values;
use super::{Sums, Symmetry, spread};
use multiversion::multiversion;
use rayon::prelude::*;

/// w_ij at `values[j * receivers + i]`.
#[derive(Clone, Debug)]
pub struct Dense {
    pub senders: usize,
    pub receivers: usize,
    pub diagonal: bool,
    pub values: Values,
}

/// Receivers whose fields one task sums, and side of the squares that are compared with their mirror
/// images: few enough to stay in the first-level cache.
const TILE: usize = 64;

impl Dense {
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        self.values.get(j * self.receivers + i)
    }

    pub fn sums(&self, state: &[f64]) -> Sums {
        match &self.values {
            Values::Whole(weights) => Sums::Whole(self.total(weights, state, add_whole)),
            Values::Real(weights) => Sums::Real(self.total(weights, state, add_real)),
        }
    }

    /// h_i = sum_j w_ij s_j, with `add` for the row of one sender.
    fn total<W, H>(
        &self,
        weights: &[W],
        state: &[f64],
        add: impl Fn(&mut [H], &[W], f64) + Sync,
    ) -> Vec<H>
    where
        W: Sync,
        H: Clone + Default + Send,
    {
        let mut sums = vec![H::default(); self.receivers];
        sums.par_chunks_mut(16 * TILE).enumerate().for_each(|(k, sums)| {
            for (j, &s) in state.iter().enumerate() {
                let row = &weights[j * self.receivers + k * 16 * TILE..][..sums.len()];
                add(sums, row, s);
            }
        });
        sums
    }

    /// h_i += w_ij delta for all i.
    #[inline]
    pub fn change(&self, sums: &mut Sums, j: usize, delta: f64) {
        let row = j * self.receivers..(j + 1) * self.receivers;
        match (&self.values, sums) {
            (Values::Whole(weights), Sums::Whole(sums)) => add_whole(sums, &weights[row], delta),
            (Values::Real(weights), Sums::Real(sums)) => add_real(sums, &weights[row], delta),
            _ => unreachable!("fields belong to the couplings that made them"),
        }
    }

    /// out_i += unit sum_j w_ij x_j.
    pub fn add_product(&self, unit: f64, x: &[f64], out: &mut [f64]) {
        match &self.values {
            Values::Whole(weights) => self.product(weights, unit, x, out),
            Values::Real(weights) => self.product(weights, unit, x, out),
        }
    }

    /// Receivers in parts so long that rows are read from memory in order, and a part's sums stay in the first-level cache.
    fn product<W: Copy + Into<f64> + Sync>(
        &self,
        weights: &[W],
        unit: f64,
        x: &[f64],
        out: &mut [f64],
    ) {
        let share = out.len().div_ceil(rayon::current_num_threads());
        spread(out, share.clamp(4 * TILE, 32 * TILE), weights.len(), |first, out| {
            let row = |j: usize| &weights[j * self.receivers + first..][..out.len()];
            let mut sums = vec![0.0; out.len()];
            let (eights, rest) = x.as_chunks::<8>();
            for (k, x) in eights.iter().enumerate() {
                add_eight(&mut sums, std::array::from_fn(|l| row(8 * k + l)), x);
            }
            let (fours, last) = rest.as_chunks::<4>();
            let begin = 8 * eights.len();
            for x in fours {
                let [a, b, c, d] = std::array::from_fn(|l| row(begin + l));
                for (i, sum) in sums.iter_mut().enumerate() {
                    *sum += four([a[i], b[i], c[i], d[i]], x);
                }
            }
            for (j, x) in (begin + 4 * fours.len()..).zip(last) {
                sums.iter_mut().zip(row(j)).for_each(|(sum, &w)| *sum += w.into() * x);
            }
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out += unit * sum);
        });
    }

    pub fn symmetry(&self) -> Symmetry {
        let n = self.senders;
        let asymmetric = match &self.values {
            Values::Whole(weights) => unequal(weights, n),
            Values::Real(weights) => unequal(weights, n),
        };
        Symmetry { pairs: n * n.saturating_sub(1) / 2, asymmetric }
    }
}

/// What four senders add to a sum.
#[inline(always)]
fn four<W: Into<f64>>([a, b, c, d]: [W; 4], [p, q, r, s]: &[f64; 4]) -> f64 {
    (a.into() * p + b.into() * q) + (c.into() * r + d.into() * s)
}

/// Adds what eight senders send, four by four; a sum is read and written once for eight weights. Wider registers, chosen while the
/// program runs, take more receivers at once; every sum rounds as it does alone.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn add_eight<W: Copy + Into<f64>>(sums: &mut [f64], rows: [&[W]; 8], x: &[f64; 8]) {
    let [a, b, c, d, e, f, g, h] = rows.map(|row| &row[..sums.len()]);
    let ([p, q], _) = x.as_chunks::<4>() else { unreachable!("eight are twice four") };
    for (i, sum) in sums.iter_mut().enumerate() {
        *sum += four([a[i], b[i], c[i], d[i]], p);
        *sum += four([e[i], f[i], g[i], h[i]], q);
    }
}

/// h_i += w_i delta. The changes that occur are written out, for SSE2 has no product of 32 bits: twice as fast.
#[multiversion(targets("x86_64+avx2"))]
fn add_whole(sums: &mut [i32], row: &[i16], delta: f64) {
    let pairs = sums.iter_mut().zip(row);
    match delta as i32 {
        0 => {}
        1 => pairs.for_each(|(sum, &w)| *sum += i32::from(w)),
        -1 => pairs.for_each(|(sum, &w)| *sum -= i32::from(w)),
        2 => pairs.for_each(|(sum, &w)| *sum += 2 * i32::from(w)),
        -2 => pairs.for_each(|(sum, &w)| *sum -= 2 * i32::from(w)),
        delta => pairs.for_each(|(sum, &w)| *sum += i32::from(w) * delta),
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn add_real(sums: &mut [f64], row: &[f64], delta: f64) {
    sums.iter_mut().zip(row).for_each(|(sum, &w)| *sum += w * delta);
}

/// Number of pairs i < j of an n x n matrix with w_ij != w_ji.
fn unequal<W: PartialEq + Sync>(weights: &[W], n: usize) -> usize {
    let tiles = n.div_ceil(TILE);
    let strip = |upper: usize| {
        let rows = upper * TILE..n.min((upper + 1) * TILE);
        let mut number = 0;
        for left in 0..=upper {
            for j in rows.clone() {
                let columns = left * TILE..j.min((left + 1) * TILE);
                number += columns.filter(|i| weights[j * n + i] != weights[i * n + j]).count();
            }
        }
        number
    };
    (0..tiles).into_par_iter().map(strip).sum()
}
