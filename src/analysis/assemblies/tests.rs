use super::*;
use crate::random::{Seed, Stream};

const TWENTY: ActiveIf = ActiveIf { above: 20.0, window: 50.0 };

/// Assemblies of 100 neurons each.
fn blocks(number: usize) -> Patterns {
    let block = |mu: usize| (100 * mu as u32..100 * (mu as u32 + 1)).collect();
    Patterns::from_foreground(100 * number, (0..number).map(block).collect())
}

/// A stretch of time, ms, and the rates of all assemblies in it, Hz.
type Level = (f64, Vec<f64>);

/// Spikes of Poisson neurons of assemblies whose rates are held for some time each, one after another.
fn spikes(levels: &[Level], stream: &mut Stream) -> (Vec<f64>, Vec<u64>) {
    let mut all = Vec::new();
    let mut start = 0.0;
    for (length, rates) in levels {
        for (mu, rate) in rates.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
            let interval = 1000.0 / (100.0 * rate);
            let mut time = start + interval * stream.exponential();
            while time < start + length {
                all.push((time, 100 * mu as u64 + u64::from(stream.below(100))));
                time += interval * stream.exponential();
            }
        }
        start += length;
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().unzip()
}

/// Every neuron of an assembly fires once every 25 ms, 40 Hz, one after another, from `from` to before `to`.
fn clock(mu: u64, (from, to): (f64, f64)) -> Vec<(f64, u64)> {
    let number = ((to - from) / 0.25).round() as u64;
    (0..number).map(|k| (from + 0.25 * k as f64, 100 * mu + k % 100)).collect()
}

fn found(mut all: Vec<(f64, u64)>, number: usize, stretches: &[(f64, f64)]) -> Active {
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (times, ids): (Vec<f64>, Vec<u64>) = all.into_iter().unzip();
    Active::of_spikes(&blocks(number), (&times, &ids), stretches, TWENTY)
}

#[test]
fn dwells_and_onsets_are_those_that_were_made() {
    // The bound is half of the rate: what is seen is what was made, to half a step of 5 ms.
    let all = [
        clock(1, (100.0, 400.0)),
        clock(0, (300.0, 1000.0)),
        clock(1, (1200.0, 1325.0)),
        // Shorter than the window.
        clock(2, (1500.0, 1540.0)),
        // A pause shorter than the window.
        clock(2, (1600.0, 1700.0)),
        clock(2, (1730.0, 1900.0)),
    ];
    let active = found(all.concat(), 3, &[(0.0, 2000.0)]);
    let made = [(1, 100.0, 300.0), (0, 300.0, 700.0), (1, 1200.0, 125.0), (2, 1600.0, 300.0)];
    assert_eq!(active.activations.len(), made.len(), "{active:?}");
    for (one, (assembly, onset, dwell)) in active.activations.iter().zip(made) {
        assert_eq!((one.assembly, one.whole), (assembly, true));
        assert!(
            (one.onset - onset).abs() <= 2.5 + 1e-9 && (one.dwell - dwell).abs() <= 5.0 + 1e-9,
            "{one:?}"
        );
    }
    // 391 looks at 1950 ms; two assemblies are active for 100 ms, one for 1225 ms.
    let looks: u64 = active.looks.iter().sum();
    assert_eq!((looks, active.looks.len()), (391, 3));
    assert!(active.looks[2].abs_diff(20) <= 1 && active.looks[1].abs_diff(245) <= 3, "{active:?}");
    let mean = (2 * active.looks[2] + active.looks[1]) as f64 / 391.0;
    assert!((active.at_once() - mean).abs() < 1e-12, "{} {mean}", active.at_once());
    // 1 -> 0 -> 1 -> 2.
    let share = |number, of| Share { number, of };
    let transitions = active.transitions();
    assert_eq!(transitions[0], [share(0, 1), share(1, 1), share(0, 1)]);
    assert_eq!(transitions[1], [share(1, 2), share(0, 2), share(1, 2)]);
    assert_eq!(transitions[2], [share(0, 0); 3]);
    // Shares of dwells add up to one.
    let dwells = dwell_shares(active.whole().map(|one| one.dwell));
    assert_eq!(dwells.iter().map(|(.., share)| share.number).sum::<usize>(), 4);
}

#[test]
fn what_reaches_an_end_is_not_whole_and_nothing_reaches_across() {
    let active =
        found(clock(0, (200.0, 900.0)), 2, &[(0.0, 500.0), (500.0, 1500.0), (2000.0, 2020.0)]);
    let seen: Vec<(f64, bool, usize)> =
        active.activations.iter().map(|one| (one.onset, one.whole, one.stretch)).collect();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|one| !one.1) && seen[1].0 == 522.5 && seen[1].2 == 1, "{seen:?}");
    assert!(active.transitions().iter().flatten().all(|share| share.of == 0));
    assert!(active.dwell().mean.is_nan() && active.at_once() > 0.0);
    // A pattern without neurons is never active.
    let none = Patterns::from_foreground(4, vec![vec![], vec![0]]);
    let nothing = Active::of_spikes(&none, (&[], &[]), &[(0.0, 100.0)], TWENTY);
    assert!(nothing.activations.is_empty() && nothing.looks == [11]);
    assert!(Active::of_spikes(&none, (&[], &[]), &[], TWENTY).at_once().is_nan());
}

#[test]
fn a_bound_that_is_not_half_way_shifts_dwells_as_stated() {
    let mut stream = Seed(1).stream("levels", 0);
    for (rate, low) in [(40.0, 0.0), (80.0, 2.0), (25.0, 1.0)] {
        let level = |k: usize| (400.0, vec![if k.is_multiple_of(2) { low } else { rate }]);
        let levels: Vec<Level> = (0..401).map(level).collect();
        let (times, ids) = spikes(&levels, &mut stream);
        let active = Active::of_spikes(&blocks(1), (&times, &ids), &[(0.0, 160_400.0)], TWENTY);
        let dwell = active.dwell();
        let expected = 400.0 + 50.0 * (1.0 - 2.0 * (20.0 - low) / (rate - low));
        assert_eq!((dwell.number, active.activations.len()), (200, 200));
        // Crossing times scatter by some ms; noise moves the first crossing outwards.
        assert!((dwell.mean - expected).abs() < 6.0, "{rate}: {} {expected}", dwell.mean);
        assert!((active.rate() - rate).abs() < 0.12 * rate, "{} {rate}", active.rate());
    }
}

/// A chain in continuous time of four assemblies, one active at a time, whose dwells are exponential and whose next is drawn with
/// given probabilities.
#[test]
fn the_rates_of_a_markov_chain_are_found() {
    let next =
        [[0.0, 0.7, 0.2, 0.1], [0.1, 0.0, 0.8, 0.1], [0.3, 0.3, 0.0, 0.4], [1.0, 0.0, 0.0, 0.0]];
    let mut stream = Seed(2).stream("chain", 0);
    let (mut levels, mut state, mut made) = (Vec::new(), 0, Vec::new());
    for _ in 0..4000 {
        // At least 100 ms, so that none is missed; 400 ms on average.
        let length = 100.0 + 300.0 * stream.exponential();
        made.push(length);
        let rates = (0..4).map(|mu| if mu == state { 40.0 } else { 1.0 }).collect();
        levels.push((length, rates));
        let mut u = stream.uniform();
        state = (0..4)
            .find(|&to| {
                u -= next[state][to];
                u < 0.0
            })
            .unwrap_or(0);
    }
    let end = made.iter().sum();
    let (times, ids) = spikes(&levels, &mut stream);
    let active = Active::of_spikes(&blocks(4), (&times, &ids), &[(0.0, end)], TWENTY);
    assert_eq!(active.activations.len(), 4000);
    // The bound lies 0.3 ms of the window off half-way.
    let (dwell, mean) = (active.dwell(), end / 4000.0);
    assert!((dwell.mean - mean).abs() < 6.0, "{} {mean}", dwell.mean);
    // An exponential of 300 ms: the standard error over 3998 of them is 4.7 ms, to 1 %.
    assert!((dwell.sem / (300.0 / 3998f64.sqrt()) - 1.0).abs() < 0.1, "{}", dwell.sem);
    for (row, given) in active.transitions().iter().zip(next) {
        for (share, p) in row.iter().zip(given) {
            let n = share.of as f64;
            assert!((share.value() - p).abs() <= 4.0 * (p * (1.0 - p) / n).sqrt(), "{share:?} {p}");
        }
    }
    // The share of dwells in a bin is that of the exponential.
    for (from, to, share) in dwell_shares(active.whole().map(|one| one.dwell)) {
        let after = |d: f64| libm::exp(-(d - 100.0).max(0.0) / 300.0);
        // What noise moves across an edge, 5 ms on either side.
        let moved = 10.0 / 300.0 * after(from);
        let p = after(from) - after(to);
        assert!(
            (share.value() - p).abs() < moved + 4.0 * share.sem() + 1e-3,
            "{from} {to} {share:?} {p}"
        );
    }
}

#[test]
fn neither_pieces_nor_the_order_of_stretches_matter() {
    let mut stream = Seed(3).stream("pieces", 0);
    let level = |k: usize| {
        (150.0, (0..3).map(|mu| if (k * 7 + mu).is_multiple_of(4) { 45.0 } else { 3.0 }).collect())
    };
    let levels: Vec<Level> = (0..60).map(level).collect();
    let (times, ids) = spikes(&levels, &mut stream);
    let patterns = blocks(3);
    let whole = Active::of_spikes(&patterns, (&times, &ids), &[(1000.0, 8000.0)], TWENTY);
    let mut looks = Looks::new(&patterns, (1000.0, 8000.0), TWENTY);
    for (times, ids) in times.chunks(97).zip(ids.chunks(97)) {
        looks.spikes(times, ids);
    }
    let (activations, numbers) = looks.finish(0);
    assert!(!activations.is_empty());
    assert_eq!((&activations, &numbers), (&whole.activations, &whole.looks));
    // A brute force: the rate of an assembly at every look, counted anew.
    for look in 0..numbers.iter().sum::<u64>() as usize {
        let from = 1000.0 + 5.0 * look as f64;
        let window =
            times.partition_point(|t| *t < from)..times.partition_point(|t| *t < from + 50.0);
        for mu in 0..3u64 {
            let count = ids[window.clone()].iter().filter(|id| **id / 100 == mu).count();
            let middle = from + 25.0;
            let inside = |one: &Activation| {
                one.assembly == mu as usize && middle > one.onset && middle < one.onset + one.dwell
            };
            let first_or_last = |one: &Activation| {
                (middle - one.onset).abs() < 3.0 || (one.onset + one.dwell - middle).abs() < 3.0
            };
            if let Some(own) = whole.activations.iter().find(|one| inside(one)) {
                // An activation begins and ends with looks above the bound: 100 spikes of 100 neurons in 50 ms are 20 Hz.
                assert!(!first_or_last(own) || count >= 100, "{look} {mu} {count}");
            }
        }
    }
}
