//! Passes over the neurons of a block, when a window is entered.
//!
//! Each is a function of its own, because the compiler takes several neurons at a time only if it is told that the
//! arrays are apart. A constant that all neurons share (F = [`SHARED`]) stays in a register. Wider registers take more
//! neurons at a time, where the processor has them, with the same bits: without a fused multiply-add every operation rounds
//! as it does one by one.

use super::kick::SHARED;
use multiversion::multiversion;

/// mV (or mV/ms), by which departures and currents shrink in every window beside their decay. To any that matters
/// it adds nothing, not even by rounding; but what has been left alone for hundreds of time constants neither
/// becomes so small that the processor is slow with it, nor 0: where V_inf stands at threshold, V stays below.
pub const TRACE: f64 = 1e-150;

/// V - V_inf := (V - V_inf) e^{-h/tau_m}
#[multiversion(targets("x86_64+avx2"))]
pub fn decay<const F: usize>(departures: &mut [f64], decay_m: &[f64]) {
    let shared = decay_m[0];
    for (departure, own) in departures.iter_mut().zip(decay_m) {
        let decay_m = if F == SHARED { shared } else { *own };
        *departure = *departure * decay_m - TRACE;
    }
}

/// V += i_r G_r(h),  i_r := i_r e^{-h/tau_r}
#[multiversion(targets("x86_64+avx2"))]
pub fn roll<const F: usize>(
    departures: &mut [f64],
    currents: &mut [f64],
    response: &[f64],
    decay: f64,
) {
    let shared = response[0];
    let states = departures.iter_mut().zip(currents);
    for ((departure, current), own) in states.zip(response) {
        let response = if F == SHARED { shared } else { *own };
        *departure += *current * response;
        *current = *current * decay - TRACE;
    }
}

/// V - V_inf at the end of the window, without currents.
#[multiversion(targets("x86_64+avx2"))]
pub fn end<const F: usize>(departures: &[f64], decay_m: &[f64], ends: &mut [f64]) {
    let shared = decay_m[0];
    for ((end, departure), own) in ends.iter_mut().zip(departures).zip(decay_m) {
        *end = departure * if F == SHARED { shared } else { *own };
    }
}

/// V_inf - theta, and how much the relaxation from below may bend V above the chord of its two ends.
#[multiversion(targets("x86_64+avx2"))]
pub fn bump(departures: &[f64], surplus: &[f64], bump: f64, bumps: &mut [f64]) {
    for ((above, departure), surplus) in bumps.iter_mut().zip(departures).zip(surplus) {
        let depth = if *departure < 0.0 { -departure } else { 0.0 };
        *above = surplus + depth * bump;
    }
}

/// What the currents of a port add to the end of V, and to its bump.
#[multiversion(targets("x86_64+avx2"))]
pub fn drive<const F: usize>(
    currents: &[f64],
    response: &[f64],
    bump: f64,
    ends: &mut [f64],
    bumps: &mut [f64],
) {
    let shared = response[0];
    let sums = ends.iter_mut().zip(bumps);
    for ((current, own), (end, above)) in currents.iter().zip(response).zip(sums) {
        *end += current * if F == SHARED { shared } else { *own };
        *above += current.abs() * bump;
    }
}
