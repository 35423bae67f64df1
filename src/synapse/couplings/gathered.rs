//! Sparse couplings by receiver: the senders of every neuron, for the products of graded activity.
//!
//! A network of 50,000 neurons with 250 senders each is read once a step, 12.5 million synapses: what it costs is the
//! memory that they take. A sender takes 2 bytes where there are few enough, and a weight 2 bytes if it is whole, else 4 in
//! large networks, whose real weights are kept in single precision, 6e-8 of each, and 8 in small ones.

use super::sparse::Sparse;
use super::spread;
use super::values::Values;
use std::ops::Range;

/// Real weights of more synapses than this are kept in single precision.
const MOST_DOUBLE: usize = 1 << 20;
/// Senders that 16 bits tell apart.
const SHORT: usize = 1 << 16;
/// Receivers whose sums one task makes.
const CHUNK: usize = 512;

/// The synapses of receiver i stand in `starts[i]..starts[i + 1]`, by ascending sender.
#[derive(Clone, Debug)]
pub struct Gathered {
    number: usize,
    starts: Vec<usize>,
    senders: Senders,
    weights: Weights,
}

#[derive(Clone, Debug)]
enum Senders {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

#[derive(Clone, Debug)]
enum Weights {
    Whole(Vec<i16>),
    Single(Vec<f32>),
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
        let weights = match &sparse.values {
            Values::Whole(w) => Weights::Whole(sorted(sparse, &starts, |_, place| w[place])),
            Values::Real(w) if w.len() > MOST_DOUBLE => {
                Weights::Single(sorted(sparse, &starts, |_, place| w[place] as f32))
            }
            Values::Real(w) => Weights::Double(sorted(sparse, &starts, |_, place| w[place])),
        };
        Self { number, starts, senders, weights }
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
            Weights::Single(_) => 4,
            Weights::Double(_) => 8,
        };
        (sender + weight) * self.synapses() + 8 * self.starts.len()
    }

    /// The sum over all synapses from j to i.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        let row = self.starts[i]..self.starts[i + 1];
        let weight = |place: usize| match &self.weights {
            Weights::Whole(weights) => f64::from(weights[place]),
            Weights::Single(weights) => f64::from(weights[place]),
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
        match &self.weights {
            Weights::Whole(weights) => self.sum(senders, weights, x, unit, out),
            Weights::Single(weights) => self.sum(senders, weights, x, unit, out),
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
fn sorted<T: Clone + Default>(
    sparse: &Sparse,
    starts: &[usize],
    of: impl Fn(usize, usize) -> T,
) -> Vec<T> {
    let mut next = starts.to_vec();
    let mut all = vec![T::default(); sparse.rows.synapses()];
    for j in 0..sparse.rows.senders() {
        for (&i, place) in sparse.rows.targets(j).iter().zip(sparse.rows.row(j)) {
            let own = &mut next[i as usize];
            all[*own] = of(j, place);
            *own += 1;
        }
    }
    all
}
