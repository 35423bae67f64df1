//! The slow and obvious search as oracle, small networks with known answers, and the four letters.

use super::*;
use crate::random::{Seed, Stream};
use std::collections::{BTreeMap, BTreeSet};

const LETTERS: [(&str, &str); 4] = [
    ("D", "####. .#..# .#..# .#..# .###."),
    ("J", "##### ...#. ...#. #..#. ###.."),
    ("C", ".#### #.... #.... #.... .####"),
    ("M", "#...# ##.## #.#.# #...# #...#"),
];

/// The pixels of a picture of `#` and `.`, row by row.
fn bitmap(picture: &str) -> Vec<u8> {
    let pixels = picture.chars().filter(|c| *c != ' ');
    pixels.map(|c| u8::from(c == '#')).collect()
}

fn bits(pattern: &[u8]) -> u32 {
    pattern.iter().enumerate().map(|(i, &x)| u32::from(x) << i).sum()
}

/// Sum of outer products of +-1 patterns, without diagonal.
fn hebb(patterns: &[Vec<u8>], amplitude: f64) -> Vec<f64> {
    let n = patterns[0].len();
    let xi = |p: &[u8], i: usize| 2.0 * f64::from(p[i]) - 1.0;
    let coupling = |i: usize, j: usize| match i == j {
        true => 0.0,
        false => amplitude * patterns.iter().map(|p| xi(p, i) * xi(p, j)).sum::<f64>(),
    };
    (0..n * n).map(|k| coupling(k / n, k % n)).collect()
}

fn letters() -> (SmallNetwork, Vec<Vec<u8>>) {
    let patterns: Vec<Vec<u8>> = LETTERS.iter().map(|(_, picture)| bitmap(picture)).collect();
    let couplings = hebb(&patterns, 1.0);
    let network = SmallNetwork::new(&couplings, &[0.0; 25], States::PlusMinus, Tie::Keep);
    (network.unwrap(), patterns)
}

/// A network of `n` neurons: whole, whole but in parts of 0.1, or real couplings; symmetric or not.
fn drawn(n: usize, kind: u32, states: States, tie: Tie, random: &mut Stream) -> SmallNetwork {
    let mut value = |spread: u32| match kind % 3 {
        0 => f64::from(random.below(2 * spread + 1)) - f64::from(spread),
        1 => 0.1 * (f64::from(random.below(2 * spread + 1)) - f64::from(spread)),
        _ => random.normal(),
    };
    let mut couplings: Vec<f64> = (0..n * n).map(|_| value(3)).collect();
    if kind / 3 == 0 {
        for i in 0..n {
            for j in 0..i {
                couplings[i * n + j] = couplings[j * n + i];
            }
        }
    }
    let fields: Vec<f64> = (0..n).map(|_| value(1)).collect();
    SmallNetwork::new(&couplings, &fields, states, tie).unwrap()
}

/// Attractors by following every state for as many steps as there are states.
fn slow_basins(states: u32, map: impl Fn(u32) -> u32) -> BTreeSet<(u32, usize, usize)> {
    let mut basins: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for start in 0..states {
        let end = (0..states).fold(start, |state, _| map(state));
        let mut cycle = vec![end];
        while map(*cycle.last().unwrap()) != end {
            cycle.push(map(*cycle.last().unwrap()));
        }
        let entry = basins.entry(*cycle.iter().min().unwrap()).or_insert((cycle.len(), 0));
        entry.1 += 1;
    }
    basins.into_iter().map(|(state, (period, basin))| (state, period, basin)).collect()
}

fn found_basins(network: &SmallNetwork, map: Map) -> BTreeSet<(u32, usize, usize)> {
    let basins = network.basins(map);
    basins.attractors.iter().map(|a| (a.state, a.period, a.basin)).collect()
}

#[test]
fn every_search_agrees_with_the_definition() {
    let mut random = Seed(1).stream("landscape", 0);
    let mut cycles = 0;
    for case in 0..72 {
        let n = 1 + random.below(6) as usize;
        let states = if case % 2 == 0 { States::PlusMinus } else { States::ZeroOne };
        let tie = Tie::ALL[case as usize / 2 % 3];
        let network = drawn(n, case / 6 % 6, states, tie, &mut random);
        let order = || 0..n;
        let all = 1 << n;

        let fixed: BTreeSet<u32> = (0..all).filter(|&s| network.sweep(s, order()) == s).collect();
        let points = network.fixed_points().unwrap();
        let holding = points.iter().filter(|p| p.holds(tie)).map(|p| p.state);
        assert_eq!(holding.collect::<BTreeSet<_>>(), fixed, "case {case}");
        let strict = (0..all).filter(|&s| {
            (0..n).all(|i| {
                let h = network.local_field(s, i);
                if s >> i & 1 == 1 { h > 0.0 } else { h < 0.0 }
            })
        });
        let found = points.iter().filter(|p| p.strict()).map(|p| p.state);
        assert_eq!(found.collect::<BTreeSet<_>>(), strict.collect(), "case {case}");

        // Rounding may hide a tie of energies, where numbers are real.
        let slack = if network.whole() { 0.0 } else { 1e-12 };
        let lowest = (0..all).filter(|&s| {
            (0..n).all(|i| network.energy(s ^ (1 << i)) - network.energy(s) >= -slack - 1e-12)
        });
        let minima = network.minima().unwrap();
        let minima: BTreeSet<u32> = minima.iter().map(|p| p.state).collect();
        assert_eq!(minima, lowest.collect(), "case {case}");

        let synchronous = found_basins(&network, Map::Synchronous);
        assert_eq!(synchronous, slow_basins(all, |s| network.synchronous(s)), "case {case}");
        let sweep = found_basins(&network, Map::Sweep);
        assert_eq!(sweep, slow_basins(all, |s| network.sweep(s, order())), "case {case}");
        cycles += synchronous.iter().filter(|(_, period, _)| *period > 2).count();
    }
    assert!(cycles > 0, "long cycles were tested");
}

#[test]
fn larger_networks_agree_with_the_definition_in_every_width() {
    let mut random = Seed(2).stream("landscape", 1);
    for (scale, kind) in [(1.0, 0), (40.0, 0), (3000.0, 3), (1.0, 2), (1.0, 5)] {
        for tie in Tie::ALL {
            let n = 13;
            let draft = drawn(n, kind, States::PlusMinus, tie, &mut random);
            // The largest does not divide the others, so that the unit stays 1.
            let mut couplings: Vec<f64> =
                (0..n * n).map(|k| scale * draft.coupling(k / n, k % n)).collect();
            couplings[0] += if scale > 1.0 { 1.0 } else { 0.0 };
            let network = SmallNetwork::new(&couplings, &[0.0; 13], States::PlusMinus, tie);
            let network = network.unwrap();
            for map in [Map::Synchronous, Map::Sweep] {
                let table = network.successors(map);
                for state in 0..1 << n {
                    let expected = match map {
                        Map::Synchronous => network.synchronous(state),
                        Map::Sweep => network.sweep(state, 0..n),
                    };
                    assert_eq!(table[state as usize], expected, "{scale} {kind} {tie:?} {map:?}");
                }
            }
        }
    }
}

#[test]
fn two_neurons_that_copy_each_other_at_once_alternate() {
    let couplings = [0.0, 1.0, 1.0, 0.0];
    let network = SmallNetwork::new(&couplings, &[0.0; 2], States::PlusMinus, Tie::Keep).unwrap();
    let basins = network.basins(Map::Synchronous);
    let cycle = basins.attractors.iter().find(|a| a.period == 2).unwrap();
    assert_eq!((cycle.name().as_str(), cycle.state, cycle.basin), ("cycle of 2", 0b01, 2));
    assert_eq!(network.relaxer(Map::Synchronous)(0b01), None);
    // One after another, the second follows the first, whose field is the second's.
    assert_eq!(network.relaxer(Map::Sweep)(0b01), Some((0b00, 1)));
    assert_eq!(basins.by_period(), BTreeMap::from([(1, (2, 2)), (2, (1, 2))]));
}

#[test]
fn energies_of_two_neurons_that_inhibit_each_other() {
    let couplings = [0.0, -2.0, -2.0, 0.0];
    let network = SmallNetwork::new(&couplings, &[0.0; 2], States::PlusMinus, Tie::Keep).unwrap();
    assert_eq!([0b01, 0b10, 0b00, 0b11].map(|s| network.energy(s)), [-2.0, -2.0, 2.0, 2.0]);
    let points = network.fixed_points().unwrap();
    assert_eq!(points.iter().map(|p| p.state).collect::<Vec<_>>(), [0b01, 0b10]);
}

#[test]
fn all_states_of_the_letters() {
    let (network, patterns) = letters();
    let points = network.fixed_points().unwrap();
    let count = |tie| points.iter().filter(|p| p.holds(tie)).count();
    assert_eq!(points.iter().filter(|p| p.strict()).count(), 14);
    assert_eq!([count(Tie::Keep), count(Tie::Plus)], [20, 17]);
    // Every state has an inverse, in which plus and minus are exchanged.
    assert_eq!(count(Tie::Minus), 17);
    let energies: Vec<f64> = patterns.iter().map(|p| network.energy(bits(p))).collect();
    assert_eq!(energies, [-288.0, -300.0, -292.0, -304.0]);
    for pattern in &patterns {
        let point = points.iter().find(|p| p.state == bits(pattern)).unwrap();
        assert!(point.strict());
    }
    // Ties stay ties if Hebb's rule has the amplitude 1/N.
    let scaled =
        SmallNetwork::new(&hebb(&patterns, 1.0 / 25.0), &[0.0; 25], States::PlusMinus, Tie::Keep);
    assert!(scaled.unwrap().whole());
}

#[test]
fn degraded_letters_are_recovered_as_published() {
    let (network, patterns) = letters();
    let states: Vec<u32> = patterns.iter().map(|p| bits(p)).collect();
    let relax = network.with_tie(Tie::Plus).relaxer(Map::Synchronous);
    let levels = recovery(25, &states, 5, |cue, _| relax(cue));
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
    let recovered: Vec<f64> =
        levels.iter().map(|level| percent(level.recovered(), level.cues).round()).collect();
    assert_eq!(levels.iter().map(|l| l.cues).sum::<usize>(), 4 * 68_405);
    assert_eq!(recovered, [98.0, 94.0, 89.0, 82.0, 76.0]);
    assert_eq!(levels[0].within(1), levels[0].recovered());
    for level in &levels {
        assert!(percent(level.within(2), level.recovered()) >= 90.0, "{level:?}");
    }
}
