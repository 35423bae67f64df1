//! Sparse couplings by receiver: the senders of every neuron, for the products of graded activity.
//!
//! A network of 50,000 neurons with 250 senders each is read once a step, 12.5 million synapses: what it costs is the
//! memory that they take. A sender takes 2 bytes where there are few enough. A weight takes 2 bytes if it is whole, and in large
//! networks, where real weights are rounded to 2^-15 of the largest (a quarter of the time of single precision is saved, and
//! fields err by some 1e-4 of their scatter); 8 in small ones.

use super::sparse::Sparse;
use super::spread;
use super::values::{Values, largest};
use rayon::prelude::*;
use std::ops::Range;

/// Real weights of more synapses than this are rounded to 16 bits.
const MOST_DOUBLE: usize = 1 << 20;
/// Senders that 16 bits tell apart.
const SHORT: usize = 1 << 16;
/// Receivers whose sums one task makes.
const CHUNK: usize = 512;
/// Receivers whose synapses one task sorts: few enough to stay in the second-level cache.
const SORTED: usize = 2048;

/// The synapses of receiver i stand in `starts[i]..starts[i + 1]`, by ascending sender.
#[derive(Clone, Debug)]
pub struct Gathered {
    number: usize,
    starts: Vec<usize>,
    senders: Senders,
    weights: Weights,
    /// The weight of 1 in `weights`.
    grid: f64,
}

#[derive(Clone, Debug)]
enum Senders {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

#[derive(Clone, Debug)]
enum Weights {
    Whole(Vec<i16>),
    Double(Vec<f64>),
}

impl Gathered {
    /// The same synapses.
    pub fn new(sparse: &Sparse) -> Self {
        let number = sparse.rows.senders();
        let mut starts = vec![0; sparse.rows.receivers() + 1];
        for j in 0..number {
            sparse.rows.targets(j).iter().for_each(|&i| starts[i as usize + 1] += 1);
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let senders = match number {
            0..=SHORT => Senders::Short(sorted(sparse, &starts, |j, _| j as u16)),
            _ => Senders::Long(sorted(sparse, &starts, |j, _| j as u32)),
        };
        let mut grid = 1.0;
        let weights = match &sparse.values {
            Values::Whole(w) => Weights::Whole(sorted(sparse, &starts, |_, place| w[place])),
            Values::Real(w) if w.len() > MOST_DOUBLE => {
                grid = largest(w) / f64::from(i16::MAX);
                let rounded = |_, place: usize| (w[place] / grid).round_ties_even() as i16;
                Weights::Whole(sorted(sparse, &starts, rounded))
            }
            Values::Real(w) => Weights::Double(sorted(sparse, &starts, |_, place| w[place])),
        };
        Self { number, starts, senders, weights, grid }
    }

    pub fn senders(&self) -> usize {
        self.number
    }

    pub fn receivers(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn synapses(&self) -> usize {
        self.starts[self.receivers()]
    }

    pub fn bytes(&self) -> usize {
        let sender = if matches!(self.senders, Senders::Short(_)) { 2 } else { 4 };
        let weight = match self.weights {
            Weights::Whole(_) => 2,
            Weights::Double(_) => 8,
        };
        (sender + weight) * self.synapses() + 8 * self.starts.len()
    }

    /// The sum over all synapses from j to i.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        let row = self.starts[i]..self.starts[i + 1];
        let weight = |place: usize| match &self.weights {
            Weights::Whole(weights) => self.grid * f64::from(weights[place]),
            Weights::Double(weights) => weights[place],
        };
        let found = match &self.senders {
            Senders::Short(senders) => places(&senders[row.clone()], j),
            Senders::Long(senders) => places(&senders[row.clone()], j),
        };
        found.map(|place| weight(row.start + place)).sum()
    }

    /// out_i += unit sum_j w_ij x_j.
    pub fn add_product(&self, unit: f64, x: &[f64], out: &mut [f64]) {
        match &self.senders {
            // An index of 16 bits into a table of all of them needs no check.
            Senders::Short(senders) if self.synapses() > MOST_DOUBLE => {
                let mut table = vec![0.0; SHORT];
                table[..x.len()].copy_from_slice(x);
                let table: &[f64; SHORT] = table[..].try_into().expect("it has this length");
                self.gather(senders, |j| table[usize::from(j)], unit, out);
            }
            Senders::Short(senders) => self.gather(senders, |j| x[usize::from(j)], unit, out),
            Senders::Long(senders) => self.gather(senders, |j| x[j as usize], unit, out),
        }
    }

    fn gather<S: Copy + Sync>(
        &self,
        senders: &[S],
        x: impl Fn(S) -> f64 + Sync,
        unit: f64,
        out: &mut [f64],
    ) {
        let unit = unit * self.grid;
        match &self.weights {
            Weights::Whole(weights) => self.sum(senders, weights, x, unit, out),
            Weights::Double(weights) => self.sum(senders, weights, x, unit, out),
        }
    }

    fn sum<S: Copy + Sync, W: Copy + Into<f64> + Sync>(
        &self,
        senders: &[S],
        weights: &[W],
        x: impl Fn(S) -> f64 + Sync,
        unit: f64,
        out: &mut [f64],
    ) {
        spread(out, CHUNK, self.synapses(), |first, out| {
            for (out, bounds) in out.iter_mut().zip(self.starts[first..].windows(2)) {
                let row = bounds[0]..bounds[1];
                *out += unit * total(&senders[row.clone()], &weights[row], &x);
            }
        });
    }
}

/// sum_k w_k x(s_k), in four strands that processors add at once.
#[inline]
fn total<S: Copy, W: Copy + Into<f64>>(senders: &[S], weights: &[W], x: impl Fn(S) -> f64) -> f64 {
    let (steps, last) = senders.as_chunks::<4>();
    let (by, last_by) = weights.as_chunks::<4>();
    let mut strands = [0.0; 4];
    for (s, w) in steps.iter().zip(by) {
        (0..4).for_each(|k| strands[k] += w[k].into() * x(s[k]));
    }
    let last: f64 = last.iter().zip(last_by).map(|(&s, &w)| w.into() * x(s)).sum();
    (strands[0] + strands[2]) + (strands[1] + strands[3]) + last
}

/// The places of sender `j` in a row.
fn places<S: Copy + Into<u32>>(row: &[S], j: usize) -> Range<usize> {
    let below = |most: usize| row.partition_point(|&s| (s.into() as usize) < most);
    below(j)..below(j + 1)
}

/// What `of` says of every synapse (its sender, and where it stood), receiver by receiver.
fn sorted<T: Clone + Default + Send>(
    sparse: &Sparse,
    starts: &[usize],
    of: impl Fn(usize, usize) -> T + Sync,
) -> Vec<T> {
    let mut all = vec![T::default(); sparse.rows.synapses()];
    let receivers = sparse.rows.receivers();
    let mut parts = Vec::new();
    let mut rest = &mut all[..];
    for first in (0..receivers).step_by(SORTED) {
        let end = receivers.min(first + SORTED);
        let (part, others) = rest.split_at_mut(starts[end] - starts[first]);
        parts.push((first..end, part));
        rest = others;
    }
    parts.into_par_iter().for_each(|(receivers, part)| {
        let begin = starts[receivers.start];
        let mut next: Vec<usize> = starts[receivers.clone()].iter().map(|s| s - begin).collect();
        for j in 0..sparse.rows.senders() {
            let (row, targets) = (sparse.rows.row(j), sparse.rows.targets(j));
            let skipped = targets.partition_point(|&i| (i as usize) < receivers.start);
            let own = targets[skipped..].iter().take_while(|i| (**i as usize) < receivers.end);
            for (place, &i) in (row.start + skipped..).zip(own) {
                let next = &mut next[i as usize - receivers.start];
                part[*next] = of(j, place);
                *next += 1;
            }
        }
    });
    all
}
