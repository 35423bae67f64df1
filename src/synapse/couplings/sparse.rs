//! Sparse couplings: the targets of every sender and their w_ij.

use super::graph::Rows;
use super::values::Values;
use super::{Sums, Symmetry};
use std::ops::Range;

/// Weights in the order of `rows`.
#[derive(Clone, Debug)]
pub struct Sparse {
    pub rows: Rows,
    pub values: Values,
}

impl Sparse {
    /// The sum over all synapses from j to i.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        self.rows.find(i, j).map(|place| self.values.get(place)).sum()
    }

    pub fn sums(&self, state: &[f64]) -> Sums {
        let mut sums = match &self.values {
            Values::Whole(_) => Sums::Whole(vec![0; self.rows.receivers()]),
            Values::Real(_) => Sums::Real(vec![0.0; self.rows.receivers()]),
        };
        for (j, &s) in state.iter().enumerate().filter(|(_, s)| **s != 0.0) {
            self.change(&mut sums, j, s);
        }
        sums
    }

    /// h_i += w_ij delta for all targets i of j.
    #[inline]
    pub fn change(&self, sums: &mut Sums, j: usize, delta: f64) {
        let (row, targets) = (self.rows.row(j), self.rows.targets(j));
        match (&self.values, sums) {
            (Values::Whole(weights), Sums::Whole(sums)) => {
                let delta = delta as i32;
                for (&i, &w) in targets.iter().zip(&weights[row]) {
                    sums[i as usize] += i32::from(w) * delta;
                }
            }
            (Values::Real(weights), Sums::Real(sums)) => {
                for (&i, &w) in targets.iter().zip(&weights[row]) {
                    sums[i as usize] += w * delta;
                }
            }
            _ => unreachable!("fields belong to the couplings that made them"),
        }
    }

    /// out_i += unit sum_j w_ij x_j, sender by sender.
    pub fn add_product(&self, unit: f64, x: &[f64], out: &mut [f64]) {
        let mut sums = vec![0.0; out.len()];
        for (j, x) in x.iter().enumerate() {
            for (&i, place) in self.rows.targets(j).iter().zip(self.rows.row(j)) {
                sums[i as usize] += self.values.get(place) * x;
            }
        }
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out += unit * sum);
    }

    pub fn symmetry(&self) -> Symmetry {
        let mut symmetry = Symmetry { pairs: 0, asymmetric: 0 };
        let sum = |places: Range<usize>| places.map(|place| self.values.get(place)).sum::<f64>();
        self.rows.each_pair(|i, j, there, back| {
            // A pair with both directions is met at its lower neuron as a sender.
            if i > j || (i < j && back.is_empty()) {
                symmetry.pairs += 1;
                symmetry.asymmetric += usize::from(sum(there) != sum(back));
            }
        });
        symmetry
    }
}
