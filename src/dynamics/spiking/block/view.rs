//! What may be seen of a neuron of a block between two events, without a change of the block.

use super::Block;
use crate::dynamics::Cell;

impl<const F: usize> Block<F> {
    /// What neuron `n` is, as far as its potential is concerned.
    pub fn cell(&self, n: usize) -> Cell {
        let lif = self.state.lif(n);
        Cell { theta: lif.theta, v_reset: lif.v_reset, tau_syn: lif.tau.to_vec() }
    }

    /// V of neuron `n` (mV) where the window has come to, before anything happens at this moment; its synaptic
    /// currents (mV) are written to `currents`.
    pub fn potential(&self, n: usize, currents: &mut [f64]) -> f64 {
        let early = self.external.as_ref().map(|external| external.early(n));
        self.state.potential(n, self.elapsed, early.unwrap_or_default(), currents)
    }
}
