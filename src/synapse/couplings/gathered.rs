//! Sparse couplings by receiver: the senders of every neuron, for the products of graded activity.

use super::sparse::Sparse;
use super::spread;
use super::values::Values;
use std::ops::Range;

/// Receivers whose sums one task makes.
const CHUNK: usize = 512;

/// The synapses of receiver i stand in `starts[i]..starts[i + 1]`, by ascending sender.
#[derive(Clone, Debug)]
pub struct Gathered {
    number: usize,
    starts: Vec<usize>,
    senders: Vec<u32>,
    values: Values,
}

impl Gathered {
    /// The same synapses.
    pub fn new(sparse: &Sparse) -> Self {
        let (number, receivers) = (sparse.rows.senders(), sparse.rows.receivers());
        let mut rows = vec![Vec::new(); receivers];
        received(sparse, 0..receivers, |i, j, place| rows[i].push((j as u32, place)));
        let mut starts = vec![0];
        starts.extend(rows.iter().scan(0, |end, row| {
            *end += row.len();
            Some(*end)
        }));
        let all = rows.concat();
        let values = match &sparse.values {
            Values::Whole(w) => Values::Whole(all.iter().map(|(_, place)| w[*place]).collect()),
            Values::Real(w) => Values::Real(all.iter().map(|(_, place)| w[*place]).collect()),
        };
        Self { number, starts, senders: all.into_iter().map(|(j, _)| j).collect(), values }
    }

    pub fn senders(&self) -> usize {
        self.number
    }

    pub fn receivers(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn synapses(&self) -> usize {
        self.senders.len()
    }

    pub fn bytes(&self) -> usize {
        4 * self.senders.len() + self.values.bytes() + 8 * self.starts.len()
    }

    /// The sum over all synapses from j to i.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        let row = self.starts[i]..self.starts[i + 1];
        let below =
            |most: usize| self.senders[row.clone()].partition_point(|&s| (s as usize) < most);
        (below(j)..below(j + 1)).map(|place| self.values.get(row.start + place)).sum()
    }

    /// out_i += unit sum_j w_ij x_j.
    pub fn add_product(&self, unit: f64, x: &[f64], out: &mut [f64]) {
        match &self.values {
            Values::Whole(weights) => self.sum(weights, unit, x, out),
            Values::Real(weights) => self.sum(weights, unit, x, out),
        }
    }

    fn sum<W: Copy + Into<f64> + Sync>(
        &self,
        weights: &[W],
        unit: f64,
        x: &[f64],
        out: &mut [f64],
    ) {
        spread(out, CHUNK, self.synapses(), |first, out| {
            for (out, bounds) in out.iter_mut().zip(self.starts[first..].windows(2)) {
                let row = bounds[0]..bounds[1];
                *out += unit * total(&self.senders[row.clone()], &weights[row], x);
            }
        });
    }
}

/// sum_k w_k x(s_k), in four strands that processors add at once.
#[inline]
fn total<W: Copy + Into<f64>>(senders: &[u32], weights: &[W], x: &[f64]) -> f64 {
    let x = |s: u32| x[s as usize];
    let (steps, last) = senders.as_chunks::<4>();
    let (by, last_by) = weights.as_chunks::<4>();
    let mut strands = [0.0; 4];
    for (s, w) in steps.iter().zip(by) {
        (0..4).for_each(|k| strands[k] += w[k].into() * x(s[k]));
    }
    let last: f64 = last.iter().zip(last_by).map(|(&s, &w)| w.into() * x(s)).sum();
    (strands[0] + strands[2]) + (strands[1] + strands[3]) + last
}

/// Calls `visit` for every synapse onto `receivers`, sender by sender: its receiver, counted from the first of them, its
/// sender, and where it stands.
pub fn received(
    sparse: &Sparse,
    receivers: Range<usize>,
    mut visit: impl FnMut(usize, usize, usize),
) {
    for j in 0..sparse.rows.senders() {
        let (row, targets) = (sparse.rows.row(j), sparse.rows.targets(j));
        let skipped = targets.partition_point(|&i| (i as usize) < receivers.start);
        let own = targets[skipped..].iter().take_while(|i| (**i as usize) < receivers.end);
        for (place, &i) in (row.start + skipped..).zip(own) {
            visit(i as usize - receivers.start, j, place);
        }
    }
}
