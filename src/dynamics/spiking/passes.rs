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

/// The same of two ports, one after the other, whose currents stand side by side.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub fn roll_both<const F: usize>(
    departures: &mut [f64],
    currents: &mut [[f64; 2]],
    responses: [&[f64]; 2],
    decays: [f64; 2],
) {
    let shared = responses.map(|response| response[0]);
    let states = departures.iter_mut().zip(currents);
    for ((departure, currents), (one, other)) in states.zip(responses[0].iter().zip(responses[1])) {
        let [one, other] = if F == SHARED { shared } else { [*one, *other] };
        let [first, second] = *currents;
        *departure = *departure + first * one + second * other;
        *currents = [first * decays[0] - TRACE, second * decays[1] - TRACE];
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

/// The same of two ports, one after the other, whose currents stand side by side.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub fn drive_both<const F: usize>(
    currents: &[[f64; 2]],
    responses: [&[f64]; 2],
    factors: [f64; 2],
    ends: &mut [f64],
    bumps: &mut [f64],
) {
    let shared = responses.map(|response| response[0]);
    let sums = ends.iter_mut().zip(bumps);
    let responses = responses[0].iter().zip(responses[1]);
    for ((currents, (one, other)), (end, above)) in currents.iter().zip(responses).zip(sums) {
        let [one, other] = if F == SHARED { shared } else { [*one, *other] };
        let [first, second] = *currents;
        *end = *end + first * one + second * other;
        *above = *above + first.abs() * factors[0] + second.abs() * factors[1];
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
        push_set(above, first + at, suspects);
    }
}

/// The same of neurons without currents, whose bound stays.
pub fn wait(departures: &[f64], leads: &mut [Lead], first: usize, suspects: &mut Vec<u16>) {
    for (k, (departures, leads)) in departures.chunks(WORD).zip(leads.chunks_mut(WORD)).enumerate()
    {
        push_set(wait_word(departures, leads), first + k * WORD, suspects);
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
fn push_set(mut bits: u64, first: usize, neurons: &mut Vec<u16>) {
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
        // Two ports at once.
        let (other, last) = (some(), 0.8);
        let factors = |n: usize| (factor(n), if F == SHARED { other[0] } else { other[n] });
        let mut both: Vec<[f64; 2]> = i.iter().zip(&v).map(|(one, other)| [*one, *other]).collect();
        let sides = both.clone();
        departures.copy_from_slice(&v);
        roll_both::<F>(&mut departures, &mut both, [&own, &other], [0.9, last]);
        let sum = |n: usize| v[n] + i[n] * factors(n).0 + v[n] * factors(n).1;
        assert_eq!(bits(&departures), each(&sum));
        let flat: Vec<u64> = both.iter().map(|both| both[1].to_bits()).collect();
        assert_eq!(flat, each(&|n| v[n] * last - TRACE));
        assert!((0..v.len()).all(|n| both[n][0] == i[n] * 0.9 - TRACE));
        let (mut ends, mut bumps) = (vec![0.0; v.len()], vec![0.0; v.len()]);
        end::<F>(&v, &own, &mut ends);
        bump(&v, &i, 0.3, &mut bumps);
        assert_eq!(bits(&ends), each(&|n| v[n] * factor(n)));
        assert_eq!(bits(&bumps), each(&|n| i[n] + f64::max(-v[n], 0.0) * 0.3));
        let before = (ends.clone(), bumps.clone());
        drive::<F>(&i, &own, 0.2, &mut ends, &mut bumps);
        assert_eq!(bits(&ends), each(&|n| v[n] * factor(n) + i[n] * factor(n)));
        let bump = |n: usize| i[n] + f64::max(-v[n], 0.0) * 0.3 + i[n].abs() * 0.2;
        assert_eq!(bits(&bumps), each(&bump));
        (ends, bumps) = before;
        drive_both::<F>(&sides, [&own, &other], [0.2, 0.7], &mut ends, &mut bumps);
        let end = |n: usize| v[n] * factor(n) + i[n] * factors(n).0 + v[n] * factors(n).1;
        assert_eq!(bits(&ends), each(&end));
        assert_eq!(bits(&bumps), each(&|n| bump(n) + v[n].abs() * 0.7));
    }

    /// Lists that meet every case, as numbers of bits that are no whole words.
    fn cases(length: usize) -> [Vec<f64>; 3] {
        let mut stream = Seed(2).stream("passes", length as u64);
        let mut own = |k: usize| match (k % 7, stream.uniform() - 0.5) {
            (0, _) => f64::NEG_INFINITY,
            (_, some) => some,
        };
        let departures: Vec<f64> = (0..length).map(&mut own).collect();
        let ends = (0..length).map(|k| own(k + 1)).collect();
        let bumps = (0..length).map(|k| if k % 5 == 1 { BAR } else { own(k + 2) }).collect();
        [departures, ends, bumps]
    }

    #[test]
    fn suspects_are_those_whose_bound_exceeds_the_bar_one_by_one() {
        for length in [0, 1, 63, 64, 65, 130, 512] {
            let [mut departures, mut ends, bumps] = cases(length);
            // At the bar, and beyond by the last digit.
            for (k, end) in [(1, 0.0), (6, 1e-24)].into_iter().filter(|case| case.0 < length) {
                (departures[k], ends[k]) = (-1.0, end);
            }
            let mut leads = vec![Lead { bound: 7.0, departure: 7.0 }; length];
            let mut suspects = vec![3];
            bound(&departures, &ends, &bumps, &mut leads, 100, &mut suspects);
            let expected: Vec<Lead> = (0..length)
                .map(|n| {
                    let refractory = departures[n] == f64::NEG_INFINITY;
                    let bound = departures[n].max(ends[n]) + bumps[n];
                    let bound = if refractory { f64::NEG_INFINITY } else { bound };
                    Lead { bound, departure: departures[n] }
                })
                .collect();
            let both = |leads: &[Lead]| -> Vec<[u64; 2]> {
                leads.iter().map(|own| [own.bound, own.departure].map(f64::to_bits)).collect()
            };
            assert_eq!(both(&leads), both(&expected), "{length}");
            let crossing = (0..length).filter(|n| expected[*n].bound > BAR).map(|n| 100 + n as u16);
            assert_eq!(suspects, [3].into_iter().chain(crossing).collect::<Vec<_>>(), "{length}");

            let mut leads: Vec<Lead> = (0..length)
                .map(|n| Lead {
                    bound: if n % 3 == 0 { departures[n] } else { ends[n] },
                    departure: 7.0,
                })
                .collect();
            let bounds: Vec<f64> = leads.iter().map(|lead| lead.bound).collect();
            let mut suspects = vec![3];
            wait(&departures, &mut leads, 100, &mut suspects);
            assert!(
                (0..length)
                    .all(|n| leads[n].departure == departures[n] && leads[n].bound == bounds[n])
            );
            let over = (0..length).filter(|n| departures[*n] >= bounds[*n]).map(|n| 100 + n as u16);
            assert_eq!(suspects, [3].into_iter().chain(over).collect::<Vec<_>>(), "{length}");
        }
    }

    #[test]
    fn wider_registers_round_as_one_operation_after_another() {
        as_one_by_one::<SHARED>();
        as_one_by_one::<SPREAD>();
    }
}
