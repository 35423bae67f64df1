//! What may be seen of a block between two events, without a change of it.

use super::Block;
use crate::dynamics::Cell;
use crate::dynamics::spiking::clock::{Window, slack};

impl<const F: usize> Block<F> {
    /// What neuron `n` is, as far as its potential is concerned.
    pub fn cell(&self, n: usize) -> Cell {
        let (lif, membrane) = (self.state.lif(n), &self.state.membrane);
        Cell {
            theta: lif.theta,
            v_reset: lif.v_reset,
            tau_syn: membrane.tau_syn().to_vec(),
            adaptation: membrane.adaptation().map(|own| own.tau),
            moving_threshold: membrane.moving_threshold().map(|own| own.tau),
        }
    }

    /// V of neuron `n` (mV) where the window has come to, before anything happens at this moment; its synaptic
    /// currents, then its adaptation current and its moving threshold, if it has them, are written to `values` (mV).
    pub fn potential(&self, n: usize, values: &mut [f64]) -> f64 {
        let early = self.external.as_ref().map(|external| external.early(n)).unwrap_or_default();
        let membrane = &self.state.membrane;
        let mut now = vec![0.0; membrane.ports.len()];
        let v = self.state.potential(n, self.elapsed, early, &mut now);
        let synaptic = membrane.tau_syn().len();
        values[..synaptic].copy_from_slice(&now[..synaptic]);
        let adaptation = membrane.adaptation().map(|own| -now[own.port]);
        let theta = self.state.lif(n).theta + self.state.raised(n, self.elapsed);
        let own = adaptation.into_iter().chain(membrane.moving_threshold().map(|_| theta));
        values[synaptic..].iter_mut().zip(own).for_each(|(value, own)| *value = own);
        v
    }

    /// Whether its neurons feel these currents (mV).
    pub fn is_driven_by(&self, currents: &[f64]) -> bool {
        self.state.is_driven_by(currents)
    }

    /// Whether it has come to `now` (ms) in this window, or to the end of one if it has not begun.
    pub fn has_come_to(&self, now: f64, window: Option<&Window>) -> bool {
        let length = self.state.membrane.window;
        let Some(window) = window else { return [0.0, length].contains(&self.elapsed) };
        let before = |time: f64| window.arrivals.iter().take_while(|a| a.time < time).count();
        let taken = before(now - slack(now))..=before(now + slack(now));
        (self.start, self.end) == (window.start, window.end)
            && self.elapsed == (now - self.start).min(length)
            && taken.contains(&self.next_arrival)
    }
}
