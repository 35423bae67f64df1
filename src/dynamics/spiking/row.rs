//! Delivery of a spike to the targets of its row: the inner loop of the simulator.

use super::kick::Kick;
use crate::synapse::{BLOCK, Rows, Weights};

/// What a row of synapses is added to.
pub struct Addition<'a> {
    /// (bound, V - V_inf) of every neuron of the block.
    pub lead: &'a mut [[f64; 2]; BLOCK],
    /// The current of the synapses' port.
    pub current: &'a mut [f64; BLOCK],
    /// Targets whose bound exceeds this are suspects.
    pub bar: f64,
    pub suspects: &'a mut Vec<u16>,
}

impl Addition<'_> {
    /// Delivers a spike of `sender`, whose kick has efficacy 1; returns the number of its synapses.
    pub fn deliver(&mut self, rows: &Rows, sender: usize, kick: Kick) -> usize {
        let row = rows.row(sender);
        let number = row.len();
        let targets = &rows.targets()[row.clone()];
        match rows.weights() {
            Weights::One => self.add(targets.iter().map(|&t| (t, 1.0)), kick.times(rows.unit())),
            Weights::Count(counts) => {
                let weights = counts[row].iter().map(|&w| f64::from(w));
                self.add(targets.iter().copied().zip(weights), kick.times(rows.unit()));
            }
            Weights::Real(reals) => {
                // By Dale's law the first weight has the sign of the row.
                let sign = reals[row.clone()].first().map_or(1.0, |w| f64::from(w.signum()));
                let weights = reals[row].iter().map(|&w| sign * f64::from(w));
                self.add(targets.iter().copied().zip(weights), kick.times(sign * rows.unit()));
            }
        }
        number
    }

    /// Adds `kick` times the weight to every target.
    #[inline(always)]
    fn add(&mut self, synapses: impl Iterator<Item = (u16, f64)>, kick: Kick) {
        if kick.lead[0] == 0.0 {
            // Inhibition leaves every bound as it is, so that no threshold needs a test.
            for (target, weight) in synapses {
                let n = usize::from(target) & (BLOCK - 1);
                self.lead[n][1] += weight * kick.lead[1];
                self.current[n] += weight * kick.current;
            }
            return;
        }
        for (target, weight) in synapses {
            let n = usize::from(target) & (BLOCK - 1);
            let lead = &mut self.lead[n];
            lead[0] += weight * kick.lead[0];
            lead[1] += weight * kick.lead[1];
            self.current[n] += weight * kick.current;
            if lead[0] > self.bar {
                self.suspects.push(target);
            }
        }
    }
}
