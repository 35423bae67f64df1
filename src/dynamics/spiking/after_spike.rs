//! What the spikes of a neuron do to the neuron itself: an adaptation current, a moving threshold.
//!
//! ```text
//! tau_m dV/dt = -(V - V_inf) + sum_r I_r - w      fires where V reaches theta + h
//! tau_w dw/dt = -w,   tau_h dh/dt = -h            each spike adds its jump to w, to h
//! ```
//!
//! Both are currents of time constants of their own ("ports" where nothing arrives), so that whatever holds for the crossings
//! of V and theta holds here. For w that is plain. For h it is so for U = V - h, which is compared with theta itself and obeys
//!
//! ```text
//! tau_m dU/dt = -(U - V_inf) + sum_r I_r - w - (1 - tau_m/tau_h) h
//! ```
//!
//! A state holds U - V_inf in place of V - V_inf, and h beside it, since it resets V and not U.

use crate::error::Result;
use crate::units::{Time, Voltage};
use serde::{Deserialize, Serialize};

/// What jumps at each spike of a neuron, and decays.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AfterSpike {
    /// What each spike of the neuron adds, 0 or more.
    pub jump: Voltage,
    /// Time constant of the decay.
    pub tau: Time,
}

/// The shortest time constant, ms.
const FASTEST: f64 = 0.1;

impl AfterSpike {
    /// Refuses what cannot be.
    pub(crate) fn check(&self, what: &str) -> Result<()> {
        self.jump.positive_or_zero(what).map_err(|e| e.at("jump"))?;
        // No window is longer.
        self.tau.at_least(FASTEST, "the time constant of a decay").map_err(|e| e.at("tau"))?;
        Ok(())
    }
}

/// The same as a port of the neurons on which nothing else acts.
#[derive(Clone, Copy, Debug)]
pub struct OwnPort {
    pub port: usize,
    /// mV.
    pub jump: f64,
    /// ms.
    pub tau: f64,
}

impl OwnPort {
    /// What a spike at `s` does, as if it had been so from the window's start, mV.
    pub fn since_start(&self, s: f64) -> f64 {
        self.jump * libm::exp(s / self.tau)
    }
}
