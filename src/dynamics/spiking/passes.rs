//! Passes over the neurons of a block, when a window is entered.
//!
//! Each is a function of its own, because the compiler takes several neurons at a time only if it is told that the
//! arrays are apart. A constant that all neurons share (F = [`SHARED`]) stays in a register. Wider registers take more
//! neurons at a time, where the processor has them, with the same bits: without a fused multiply-add every operation rounds
//! as it does one by one.

use super::kick::{BAR, Lead, SHARED};
use multiversion::multiversion;

/// mV (or mV/ms), by which departures and currents shrink in every window beside their decay. To any that matters
/// it adds nothing, not even by rounding; but what has been left alone for hundreds of time constants neither
/// becomes so small that the processor is slow with it, nor 0: where V_inf stands at threshold, V stays below.
pub const TRACE: f64 = 1e-150;

/// V - V_inf := (V - V_inf) e^{-h/tau_m}
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub fn decay<const F: usize>(departures: &mut [f64], decay_m: &[f64]) {
    let shared = decay_m[0];
    for (departure, own) in departures.iter_mut().zip(decay_m) {
        let decay_m = if F == SHARED { shared } else { *own };
        *departure = *departure * decay_m - TRACE;
    }
}

/// V += i_r G_r(h),  i_r := i_r e^{-h/tau_r}
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
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
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub fn end<const F: usize>(departures: &[f64], decay_m: &[f64], ends: &mut [f64]) {
    let shared = decay_m[0];
    for ((end, departure), own) in ends.iter_mut().zip(departures).zip(decay_m) {
        *end = departure * if F == SHARED { shared } else { *own };
    }
}

/// V_inf - theta, and how much the relaxation from below may bend V above the chord of its two ends.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub fn bump(departures: &[f64], surplus: &[f64], bump: f64, bumps: &mut [f64]) {
    for ((above, departure), surplus) in bumps.iter_mut().zip(departures).zip(surplus) {
        let depth = if *departure < 0.0 { -departure } else { 0.0 };
        *above = surplus + depth * bump;
    }
}

/// What the currents of a port add to the end of V, and to its bump.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
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

/// V, less V_inf, when the window is entered, and a bound until it ends: the larger of V's two ends, plus what it may rise
/// above their chord. Those that may cross are suspects, counted from `first` on.
pub fn bound(
    departures: &[f64],
    ends: &[f64],
    bumps: &[f64],
    leads: &mut [Lead],
    first: usize,
    suspects: &mut Vec<u16>,
) {
    for at in (0..leads.len()).step_by(WORD) {
        let some = at..leads.len().min(at + WORD);
        let (departures, ends, bumps) =
            (&departures[some.clone()], &ends[some.clone()], &bumps[some.clone()]);
        let above = bound_word(departures, ends, bumps, &mut leads[some]);
        name(above, first + at, suspects);
    }
}

/// The same of neurons without currents, whose bound stays.
pub fn wait(departures: &[f64], leads: &mut [Lead], first: usize, suspects: &mut Vec<u16>) {
    for (k, (departures, leads)) in departures.chunks(WORD).zip(leads.chunks_mut(WORD)).enumerate()
    {
        name(wait_word(departures, leads), first + k * WORD, suspects);
    }
}

/// Neurons whose answers fill a word.
const WORD: usize = 64;

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn bound_word(departures: &[f64], ends: &[f64], bumps: &[f64], leads: &mut [Lead]) -> u64 {
    let courses = departures.iter().zip(ends).zip(bumps);
    let mut above = 0;
    for (k, (lead, ((departure, end), bump))) in leads.iter_mut().zip(courses).enumerate() {
        let higher = if *departure > *end { *departure } else { *end };
        let bound = higher + *bump;
        let refractory = *departure == f64::NEG_INFINITY;
        let bound = if refractory { f64::NEG_INFINITY } else { bound };
        *lead = Lead { bound, departure: *departure };
        above |= u64::from(bound > BAR) << k;
    }
    above
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn wait_word(departures: &[f64], leads: &mut [Lead]) -> u64 {
    let mut above = 0;
    for (k, (lead, departure)) in leads.iter_mut().zip(departures).enumerate() {
        lead.departure = *departure;
        above |= u64::from(lead.departure >= lead.bound) << k;
    }
    above
}

/// The neurons, counted from `first` on, whose bits are set.
fn name(mut bits: u64, first: usize, neurons: &mut Vec<u16>) {
    while bits != 0 {
        neurons.push((first + bits.trailing_zeros() as usize) as u16);
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::spiking::kick::SPREAD;
    use crate::random::Seed;

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    /// Whichever registers the processor has, a pass rounds as one operation after another does.
    fn as_one_by_one<const F: usize>() {
        let mut stream = Seed(1).stream("passes", F as u64);
        // No multiple of what registers hold.
        let mut some = || (0..1003).map(|_| stream.uniform() - 0.5).collect::<Vec<f64>>();
        let (v, i, own) = (some(), some(), some());
        let factor = |n: usize| if F == SHARED { own[0] } else { own[n] };
        let each = |of: &dyn Fn(usize) -> f64| bits(&(0..v.len()).map(of).collect::<Vec<_>>());
        let (mut departures, mut currents) = (v.clone(), i.clone());
        decay::<F>(&mut departures, &own);
        assert_eq!(bits(&departures), each(&|n| v[n] * factor(n) - TRACE));
        departures.copy_from_slice(&v);
        roll::<F>(&mut departures, &mut currents, &own, 0.9);
        assert_eq!(bits(&departures), each(&|n| v[n] + i[n] * factor(n)));
        assert_eq!(bits(&currents), each(&|n| i[n] * 0.9 - TRACE));
        let (mut ends, mut bumps) = (vec![0.0; v.len()], vec![0.0; v.len()]);
        end::<F>(&v, &own, &mut ends);
        bump(&v, &i, 0.3, &mut bumps);
        assert_eq!(bits(&ends), each(&|n| v[n] * factor(n)));
        assert_eq!(bits(&bumps), each(&|n| i[n] + f64::max(-v[n], 0.0) * 0.3));
        drive::<F>(&i, &own, 0.2, &mut ends, &mut bumps);
        assert_eq!(bits(&ends), each(&|n| v[n] * factor(n) + i[n] * factor(n)));
        assert_eq!(bits(&bumps), each(&|n| i[n] + f64::max(-v[n], 0.0) * 0.3 + i[n].abs() * 0.2));
    }

    #[test]
    fn wider_registers_round_as_one_operation_after_another() {
        as_one_by_one::<SHARED>();
        as_one_by_one::<SPREAD>();
    }
}
