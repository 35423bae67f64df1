//! Couplings as votes of the patterns, for local rules: only the patterns are stored.

use super::{Symmetry, spread};
use crate::pattern::Patterns;
use crate::tape::on_tape;
use multiversion::multiversion;
use rayon::prelude::*;
use std::sync::Arc;

/// Receivers whose sums one task makes.
const TASK: usize = 256;

/// w_ij = f sum_mu (xi_i^mu - b)(xi_j^mu - a), xi of 0 and 1.
///
/// The field is counted in whole numbers: with A^mu = sum_j xi_j^mu s_j and S = sum_j s_j,
///
/// ```text
/// h_i = f ( sum_{mu: xi_i^mu = 1} A^mu - (a k_i S + b sum_mu A^mu) + P a b S ),
/// ```
///
/// k_i the number of patterns to which i belongs. Patterns of -1 and 1 have a = b = 1/2, f = 4; all fields are
/// then whole numbers. A field and a flip cost P additions, as many at once as registers hold; the patterns take one bit per
/// neuron and pattern.
#[derive(Clone, Debug)]
pub struct Votes {
    receivers: Arc<Ballots>,
    senders: Arc<Ballots>,
    /// Pre- and postsynaptic offset.
    a: f64,
    b: f64,
    factor: f64,
    /// Whether neuron i of a population that couples to itself has w_ii; true between two populations.
    diagonal: bool,
    /// k_i of every receiver.
    k: Vec<f64>,
    /// The w_ii that it would have, without diagonal.
    itself: Vec<f64>,
}

/// The patterns of every neuron, as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ballots {
    number: usize,
    words: usize,
    /// Neuron i has `bits[i * words..(i + 1) * words]`, laid out as [`Patterns::bits`].
    bits: Vec<u64>,
}

impl Ballots {
    fn new(patterns: &Patterns) -> Self {
        let words = patterns.number().div_ceil(64).max(1);
        let mut bits = Vec::with_capacity(patterns.neurons() * words);
        (0..patterns.neurons()).for_each(|i| bits.extend_from_slice(patterns.bits(i)));
        Self { number: patterns.number(), words, bits }
    }

    fn neurons(&self) -> usize {
        self.bits.len() / self.words
    }

    #[inline]
    fn of(&self, i: usize) -> &[u64] {
        &self.bits[i * self.words..][..self.words]
    }

    fn count(&self, i: usize) -> f64 {
        f64::from(self.of(i).iter().map(|word| word.count_ones()).sum::<u32>())
    }

    /// Calls `each(mu)` for every pattern to which neuron i belongs.
    #[inline]
    fn each(&self, i: usize, mut each: impl FnMut(usize)) {
        for (&word, k) in self.of(i).iter().zip(0..) {
            let mut left = word;
            while left != 0 {
                each(64 * k + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}

/// A^mu, its sum over the patterns, and S.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    counts: Vec<i32>,
    all: i64,
    state: i64,
}

on_tape!(Tally { all, state; each counts });

/// f (n - (a k_i + b k_j) + P a b), the sum over the patterns counted by neuron: n are shared by i and j,
/// k_i and k_j belong to one of them. Exactly symmetric for a = b.
#[inline]
pub fn counted(n: f64, k: (f64, f64), patterns: f64, (a, b): (f64, f64)) -> f64 {
    n - (a * k.0 + b * k.1) + patterns * a * b
}

/// Patterns whose bits are looked at together: half a word.
const HALF: usize = 32;

/// `number` if bit `lane` is set, and else 0.
#[inline(always)]
fn voted(bits: u32, lane: usize, number: i32) -> i32 {
    if bits >> lane & 1 == 1 { number } else { 0 }
}

/// Where fewer than one in so many bits is set, these are looked for one by one.
const RARE: usize = 8;

/// Adds `delta` to the counts whose bits are set.
#[multiversion(targets("x86_64+avx512f+avx512vl+popcnt", "x86_64+avx2+popcnt"))]
fn add(words: &[u64], delta: i32, counts: &mut [i32]) {
    let (whole, rest) = counts.as_chunks_mut::<{ 2 * HALF }>();
    for (&word, counts) in words.iter().zip(&mut *whole) {
        for lane in 0..HALF {
            counts[lane] += voted(word as u32, lane, delta);
            counts[HALF + lane] += voted((word >> HALF) as u32, lane, delta);
        }
    }
    for &word in &words[whole.len()..] {
        for (lane, count) in rest.iter_mut().enumerate() {
            *count += if word >> lane & 1 == 1 { delta } else { 0 };
        }
    }
}

/// The sum of the counts whose bits are set; none is larger than `largest`.
#[multiversion(targets("x86_64+avx512f+avx512vl+popcnt", "x86_64+avx2+popcnt"))]
fn total(words: &[u64], counts: &[i32], largest: usize) -> i64 {
    let (whole, rest) = counts.as_chunks::<{ 2 * HALF }>();
    let mut last = [0; 2 * HALF];
    last[..rest.len()].copy_from_slice(rest);
    // Of so many words a lane adds two counts each, and its sum fits.
    let few = ((1 << 29) / largest.max(1)).clamp(1, 16);
    let parts = words.chunks(few).zip(whole.chunks(few));
    let sum: i64 = parts.map(|(words, counts)| part(words, counts)).sum();
    sum + part(&words[whole.len()..], &[last])
}

#[inline(always)]
fn part(words: &[u64], counts: &[[i32; 2 * HALF]]) -> i64 {
    let mut sums = [0; HALF];
    for (&word, counts) in words.iter().zip(counts) {
        for lane in 0..HALF {
            sums[lane] += voted(word as u32, lane, counts[lane]);
            sums[lane] += voted((word >> HALF) as u32, lane, counts[HALF + lane]);
        }
    }
    sums.into_iter().map(i64::from).sum()
}

impl Votes {
    /// Votes of pattern pairs: pattern mu of the receivers goes with pattern mu of the senders.
    pub fn new(
        (receivers, senders): (&Patterns, &Patterns),
        (a, b): (f64, f64),
        factor: f64,
        diagonal: bool,
    ) -> Self {
        assert_eq!(receivers.number(), senders.number(), "patterns vote in pairs");
        let own = Arc::new(Ballots::new(receivers));
        let alike = std::ptr::eq(receivers, senders);
        let senders = if alike { Arc::clone(&own) } else { Arc::new(Ballots::new(senders)) };
        let k = (0..own.neurons()).map(|i| own.count(i)).collect();
        let itself = Vec::new();
        let mut votes = Self { receivers: own, senders, a, b, factor, diagonal, k, itself };
        if !diagonal {
            votes.itself = (0..votes.receivers()).map(|i| votes.sum(i, i)).collect();
        }
        votes
    }

    pub fn senders(&self) -> usize {
        self.senders.neurons()
    }

    pub fn receivers(&self) -> usize {
        self.receivers.neurons()
    }

    pub fn diagonal(&self) -> bool {
        self.diagonal
    }

    pub fn bytes(&self) -> usize {
        let apart = if Arc::ptr_eq(&self.senders, &self.receivers) { 0 } else { 1 };
        8 * (self.receivers.bits.len() + apart * self.senders.bits.len())
            + 8 * (self.k.len() + self.itself.len())
    }

    pub fn weight(&self, i: usize, j: usize) -> f64 {
        if i == j && !self.diagonal { 0.0 } else { self.sum(i, j) }
    }

    /// No |w_ij| is larger.
    pub fn most(&self) -> f64 {
        let patterns = self.senders.number as f64;
        self.factor.abs() * patterns * (1.0 + self.a.abs()) * (1.0 + self.b.abs())
    }

    fn sum(&self, i: usize, j: usize) -> f64 {
        let shared = self.receivers.of(i).iter().zip(self.senders.of(j));
        let n: u32 = shared.map(|(x, y)| (x & y).count_ones()).sum();
        let k = (self.receivers.count(i), self.senders.count(j));
        let patterns = self.senders.number as f64;
        self.factor * counted(f64::from(n), k, patterns, (self.a, self.b))
    }

    pub fn tally(&self, state: &[f64]) -> Tally {
        let mut tally = Tally { counts: vec![0; self.senders.number], all: 0, state: 0 };
        for (j, &s) in state.iter().enumerate().filter(|(_, s)| **s != 0.0) {
            self.change(&mut tally, j, s);
        }
        tally
    }

    #[inline]
    pub fn change(&self, tally: &mut Tally, j: usize, delta: f64) {
        let delta = delta as i32;
        let number = self.senders.count(j);
        match RARE * (number as usize) < tally.counts.len() {
            true => self.senders.each(j, |mu| tally.counts[mu] += delta),
            false => add(self.senders.of(j), delta, &mut tally.counts),
        }
        tally.all += i64::from(delta) * number as i64;
        tally.state += i64::from(delta);
    }

    #[inline]
    pub fn field(&self, tally: &Tally, i: usize, own: f64) -> f64 {
        let k = self.k[i];
        let mut votes = 0;
        match RARE as f64 * k < tally.counts.len() as f64 {
            true => self.receivers.each(i, |mu| votes += i64::from(tally.counts[mu])),
            false => votes = total(self.receivers.of(i), &tally.counts, self.senders()),
        }
        let (state, all) = (tally.state as f64, tally.all as f64);
        let patterns = self.senders.number as f64 * state;
        let sum = counted(votes as f64, (k * state, all), patterns, (self.a, self.b));
        let itself = if self.diagonal { 0.0 } else { self.itself[i] * own };
        self.factor * sum - itself
    }

    /// out_i += unit sum_j w_ij x_j = unit ( f sum_mu (xi_i^mu - b) m^mu - w_ii x_i ), the last without a diagonal, with
    /// m^mu = sum_j (xi_j^mu - a) x_j.
    pub fn add_product(&self, unit: f64, x: &[f64], out: &mut [f64]) {
        let mut m = vec![0.0; self.senders.number];
        x.iter().enumerate().for_each(|(j, x)| self.senders.each(j, |mu| m[mu] += x));
        let offset = self.a * x.iter().sum::<f64>();
        m.iter_mut().for_each(|m| *m -= offset);
        let background = self.b * m.iter().sum::<f64>();
        spread(out, TASK, m.len() * out.len(), |first, out| {
            for (out, i) in out.iter_mut().zip(first..) {
                let mut votes = -background;
                self.receivers.each(i, |mu| votes += m[mu]);
                let itself = if self.diagonal { 0.0 } else { self.itself[i] * x[i] };
                *out += unit * (self.factor * votes - itself);
            }
        });
    }

    /// All pairs are coupled; they are compared by their counts.
    pub fn symmetry(&self) -> Symmetry {
        let n = self.senders();
        let pairs = n * n.saturating_sub(1) / 2;
        if self.receivers != self.senders {
            let row = |j: usize| (0..j).filter(|&i| self.sum(i, j) != self.sum(j, i)).count();
            return Symmetry { pairs, asymmetric: (0..n).into_par_iter().map(row).sum() };
        }
        if self.a == self.b {
            return Symmetry { pairs, asymmetric: 0 };
        }
        // w_ij - w_ji = f (b - a)(k_i - k_j): neurons with equally many patterns are coupled equally.
        let mut neurons = vec![0usize; self.senders.number + 1];
        (0..n).for_each(|j| neurons[self.senders.count(j) as usize] += 1);
        let equal: usize = neurons.iter().map(|&c| c * c.saturating_sub(1) / 2).sum();
        Symmetry { pairs, asymmetric: pairs - equal }
    }
}
