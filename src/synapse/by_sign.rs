//! Excitation and inhibition apart: rows of one sign each, as spikes are delivered.

use super::rows::Weights;
use super::{Rows, RowsBuilder};

impl Rows {
    /// Its synapses that excite, and those that inhibit; every neuron keeps a row in both.
    pub(crate) fn by_sign(self) -> [Self; 2] {
        let senders = self.senders();
        let empty = |unit: f64| {
            let mut rows = RowsBuilder::reals(senders, unit);
            (0..senders).for_each(|_| rows.end_row());
            rows.finish()
        };
        if let Some(excites) = self.sign() {
            let none = empty(self.unit());
            return if excites { [self, none] } else { [none, self] };
        }
        let (starts, synapses, weights, unit) = self.into_parts();
        let Weights::Real(reals) = weights else { return [empty(unit), empty(unit)] };
        [true, false].map(|excites| {
            let mut rows = RowsBuilder::reals(senders, unit);
            for row in starts.windows(2) {
                for k in row[0] as usize..row[1] as usize {
                    if (f64::from(reals[k]) * unit > 0.0) == excites {
                        rows.push_real(synapses[k], reals[k]);
                    }
                }
                rows.end_row();
            }
            rows.finish()
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::synapse::RowsBuilder;

    #[test]
    fn synapses_of_both_signs_stand_in_rows_of_one_sign() {
        let mut rows = RowsBuilder::reals(3, -0.5);
        for (row, list) in [vec![(1, 2.0), (4, -1.0)], vec![], vec![(0, 3.0)]].iter().enumerate() {
            list.iter().for_each(|&(target, weight)| rows.push_real(target, weight));
            assert!(row < 3);
            rows.end_row();
        }
        let [exciting, inhibiting] = rows.finish().by_sign();
        let all = |rows: &crate::synapse::Rows| -> Vec<(usize, usize, f64)> {
            (0..3).flat_map(|j| rows.synapses_of(j).map(move |(i, w)| (j, i, w))).collect()
        };
        assert_eq!(all(&exciting), [(0, 4, 0.5)]);
        assert_eq!(all(&inhibiting), [(0, 1, -1.0), (2, 0, -1.5)]);
        assert_eq!((exciting.sign(), inhibiting.sign()), (Some(true), Some(false)));
        let [none, again] = inhibiting.clone().by_sign();
        assert_eq!((all(&none), again), (vec![], inhibiting));
    }
}
