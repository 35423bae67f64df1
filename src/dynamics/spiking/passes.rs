//! Passes over all neurons of a block, when a window is entered.
//!
//! Each is a function of its own, because the compiler takes several neurons at a time only if it is told that the
//! arrays are apart. A constant that all neurons share (F = [`SHARED`]) stays in a register.

use super::kick::SHARED;
use super::state::TRACE;
use crate::synapse::BLOCK;

type All = [f64; BLOCK];

/// V - V_inf := (V - V_inf) e^{-h/tau_m}
pub fn decay<const F: usize>(departures: &mut All, decay_m: &All) {
    let shared = decay_m[0];
    for n in 0..BLOCK {
        let decay_m = if F == SHARED { shared } else { decay_m[n] };
        departures[n] = departures[n] * decay_m - TRACE;
    }
}

/// V += i_r G_r(h),  i_r := i_r e^{-h/tau_r}
pub fn roll<const F: usize>(departures: &mut All, currents: &mut All, response: &All, decay: f64) {
    let shared = response[0];
    for n in 0..BLOCK {
        let response = if F == SHARED { shared } else { response[n] };
        departures[n] += currents[n] * response;
        currents[n] = currents[n] * decay - TRACE;
    }
}

/// V - V_inf at the end of the window, without currents.
pub fn end<const F: usize>(departures: &All, decay_m: &All, ends: &mut All) {
    let shared = decay_m[0];
    for n in 0..BLOCK {
        ends[n] = departures[n] * if F == SHARED { shared } else { decay_m[n] };
    }
}

/// V_inf - theta, and how much the relaxation from below may bend V above the chord of its two ends.
pub fn bump(departures: &All, surplus: &All, bump: f64, bumps: &mut All) {
    for n in 0..BLOCK {
        let depth = if departures[n] < 0.0 { -departures[n] } else { 0.0 };
        bumps[n] = surplus[n] + depth * bump;
    }
}

/// What the currents of a port add to the end of V, and to its bump.
pub fn drive<const F: usize>(
    currents: &All,
    response: &All,
    bump: f64,
    ends: &mut All,
    bumps: &mut All,
) {
    let shared = response[0];
    for n in 0..BLOCK {
        ends[n] += currents[n] * if F == SHARED { shared } else { response[n] };
        bumps[n] += currents[n].abs() * bump;
    }
}
