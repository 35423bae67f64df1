//! What all blocks of a population share: parameters, and constants for windows of a fixed length.

use super::kick::KickTable;
use super::lif::Lif;

/// Rounding in the sums behind a bound is some 1e-15 of the largest term, which is below 1e6 mV.
const MARGIN: f64 = 1e-9;

/// The neurons' parameters, and what follows from them for windows of one length.
#[derive(Debug)]
pub struct Membrane {
    pub lif: Lif,
    /// Length of a window, ms.
    pub window: f64,
    /// A neuron whose bound exceeds this is examined: theta less a margin for rounding.
    pub bar: f64,
    /// e^{-window/tau_m}.
    pub decay_m: f64,
    /// One per synaptic time constant.
    pub ports: Vec<Port>,
}

/// One synaptic time constant.
#[derive(Debug)]
pub struct Port {
    /// e^{-window/tau_r}.
    pub decay: f64,
    /// g_r(window).
    pub response: f64,
    /// window^2/8 times the largest curvature that a unit current causes.
    pub bump: f64,
    pub kicks: KickTable,
}

impl Membrane {
    /// Constants for windows of length `window` ms, which is at most tau_m and every tau_r.
    pub fn new(lif: Lif, window: f64) -> Self {
        let decay_m = libm::exp(-window / lif.tau_m);
        let rate = 1.0 / lif.tau_m;
        let ports = (0..lif.tau.len())
            .map(|r| {
                let (response, decay) = lif.response(r, window, decay_m);
                let bump = window * window / 8.0 * rate * (rate + 1.0 / lif.tau[r]);
                Port { decay, response, bump, kicks: KickTable::new(&lif, r, window) }
            })
            .collect();
        Self { bar: lif.theta - MARGIN, lif, window, decay_m, ports }
    }
}
