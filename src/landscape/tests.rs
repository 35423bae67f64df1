//! The slow and obvious search as oracle, small networks with known answers, and the four letters.

use super::*;
use crate::dynamics::binary::{States, Tie};
use crate::random::{Seed, Stream};
use crate::work::Over;
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

        // Energies are rounded.
        let rise = |s: u32, i: usize| network.energy(s ^ (1 << i)) - network.energy(s);
        let lowest = (0..all).filter(|&s| (0..n).all(|i| rise(s, i) >= -1e-12));
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
    assert_eq!((cycle.period, cycle.state, cycle.basin), (2, 0b01, 2));
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
    // Spurious states of MacKay's figure 42.3, as distances from D, J, C, M: a mixture of J and C, one two pixels off M,
    // one four off J and its inverse.
    let strict = points.iter().filter(|p| p.strict());
    let distances: Vec<Vec<u32>> = strict
        .map(|p| patterns.iter().map(|pattern| (p.state ^ bits(pattern)).count_ones()).collect())
        .collect();
    let number = |is: &dyn Fn(&[u32]) -> bool| distances.iter().filter(|d| is(d)).count();
    assert!(number(&|d| d[1] == 4 && d[2] == 5) >= 1);
    assert_eq!(number(&|d| d[3] == 2), 1);
    assert_eq!([4, 21].map(|pixels| number(&|d| d[1] == pixels)), [2, 2]);
}

#[test]
fn ties_stay_ties_if_hebbs_rule_has_the_amplitude_1_over_n() {
    let (network, patterns) = letters();
    let couplings = hebb(&patterns, 1.0 / 25.0);
    let scaled = SmallNetwork::new(&couplings, &[0.0; 25], States::PlusMinus, Tie::Keep).unwrap();
    assert!(scaled.whole());
    for state in (0..1 << 25).step_by(104_729) {
        assert_eq!(scaled.synchronous(state), network.synchronous(state));
        let ratio = scaled.energy(state) * 25.0;
        assert!((ratio - network.energy(state)).abs() < 1e-9);
    }
}

#[test]
fn degraded_letters_are_recovered() {
    let (network, patterns) = letters();
    let states: Vec<u32> = patterns.iter().map(|p| bits(p)).collect();
    let relax = network.with_tie(Tie::Plus).relaxer(Map::Synchronous);
    let levels = recovery(25, &states, 5, |cue, _| relax(cue));
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
    let recovered: Vec<f64> =
        levels.iter().map(|level| percent(level.recovered(), level.cues).round()).collect();
    assert_eq!(levels.iter().map(|l| l.cues).sum::<usize>(), 4 * 68_405);
    // 98.00, 94.33, 89.26, 82.63 and 75.57 %.
    assert_eq!(recovered, [98.0, 94.0, 89.0, 83.0, 76.0]);
    assert_eq!(levels[0].within(1), levels[0].recovered());
    for level in &levels {
        assert!(percent(level.within(2), level.recovered()) >= 90.0, "{level:?}");
    }
}

#[test]
fn three_letters_lead_nearly_all_neighbours_to_the_nearest_memory() {
    let (_, mut patterns) = letters();
    patterns.pop();
    let couplings = hebb(&patterns, 1.0);
    let network = SmallNetwork::new(&couplings, &[0.0; 25], States::PlusMinus, Tie::Keep).unwrap();
    let states: Vec<u32> = patterns.iter().map(|p| bits(p)).collect();
    let share = |levels: &[Recovery]| {
        let nearest: usize = levels.iter().map(|level| level.nearest).sum();
        nearest as f64 / levels.iter().map(|level| level.cues).sum::<usize>() as f64
    };
    let relax = network.relaxer(Map::Sweep);
    let levels = recovery(25, &states, 4, |cue, _| relax(cue));
    assert_eq!(levels[1].nearest, levels[1].cues, "two wrong pixels are always mended");
    assert!((share(&levels) - 0.9832).abs() < 1e-4, "{}", share(&levels));

    let random = |mut state, k| {
        let stream = &mut Seed(1).stream("order", k);
        (0..=100).find_map(|done| {
            let order = stream.permutation(25).into_iter().map(|i| i as usize);
            let next = network.sweep(state, order);
            let settled = next == state;
            state = next;
            settled.then_some((state, done))
        })
    };
    let levels = recovery(25, &states, 3, random);
    assert_eq!(levels.iter().map(|level| level.unsettled).sum::<usize>(), 0);
    assert!(share(&levels) > 0.99, "{}", share(&levels));
}

#[test]
fn an_overloaded_network_has_more_than_twice_as_many_end_states_as_patterns() {
    let distinct = |number: usize| {
        let n = 60;
        let mut random = Seed(4).stream("patterns", number as u64);
        let patterns: Vec<Vec<u8>> =
            (0..number).map(|_| (0..n).map(|_| random.below(2) as u8).collect()).collect();
        let couplings = hebb(&patterns, 1.0);
        let relax = |start: usize| {
            let mut random = Seed(4).stream("start", start as u64);
            let mut state: Vec<f64> =
                (0..n).map(|_| f64::from(2 * random.below(2)) - 1.0).collect();
            let field = |state: &[f64], i: usize| -> f64 {
                couplings[i * n..(i + 1) * n].iter().zip(state).map(|(j, s)| j * s).sum()
            };
            while let Some(i) = (0..n).find(|&i| field(&state, i) * state[i] < 0.0) {
                (i..n).chain(0..i).for_each(|i| {
                    if field(&state, i) * state[i] < 0.0 {
                        state[i] = -state[i];
                    }
                });
            }
            let energy = (0..n).map(|i| -0.5 * state[i] * field(&state, i)).sum();
            Some((state.iter().map(|s| u8::from(*s > 0.0)).collect(), energy))
        };
        let census = census(10_000, &patterns, 0.0, relax);
        assert_eq!(census.ends.iter().map(|end| end.starts).sum::<usize>(), 10_000);
        assert_eq!((census.settled, census.unsettled), (10_000, 0));
        census
    };
    let few = distinct(2);
    assert!(few.distinct() <= 8, "{few:?}");
    let [memories, inverses, ..] = few.by_kind();
    assert_eq!((memories.1, inverses.1), (2, 2), "{few:?}");
    let many = distinct(12);
    assert!(many.distinct() > 24, "{many:?}");
}

#[test]
fn a_mixture_is_known_by_its_parents() {
    let mut random = Seed(5).stream("patterns", 0);
    let n = 101;
    let patterns: Vec<Vec<u8>> =
        (0..6).map(|_| (0..n).map(|_| random.below(2) as u8).collect()).collect();
    let vote = |i: usize| patterns[1][i] + (1 - patterns[2][i]) + patterns[5][i];
    let mut state: Vec<u8> = (0..n).map(|i| u8::from(vote(i) >= 2)).collect();
    let parents = EndKind::Mixture(vec![(1, false), (2, true), (5, false)]);
    assert_eq!(classify(&state, &patterns, 0.0), (parents.clone(), 0));
    state[7] = 1 - state[7];
    assert_eq!(classify(&state, &patterns, 0.0).0, EndKind::Other);
    assert_eq!(classify(&state, &patterns, 0.01), (parents.clone(), 1));
    let names: Vec<String> = "ABCDEF".chars().map(String::from).collect();
    assert_eq!(parents.describe(&names), "mixture B - C + F");
    let inverse: Vec<u8> = patterns[3].iter().map(|x| 1 - x).collect();
    assert_eq!(classify(&inverse, &patterns, 0.0).0.describe(&names), "inverse of D");
    assert_eq!(classify(&patterns[4], &patterns, 0.0), (EndKind::Memory(4), 0));
}

#[test]
fn the_report_shows_every_fixed_point() {
    let patterns = [bitmap("##. .#. .##"), bitmap("#.# #.# ###")];
    let couplings = hebb(&patterns, 1.0);
    let network = SmallNetwork::new(&couplings, &[0.0; 9], States::PlusMinus, Tie::Keep).unwrap();
    let names = ["S".to_owned(), "U".to_owned()];
    let memories = Memories { names: &names, patterns: &patterns, shape: Some((3, 3)) };
    let report = Survey::of(&network, &memories, &Over::default()).unwrap();
    let text = report.to_string();
    assert_eq!(report.sweep.iter().map(|row| row.states).sum::<usize>(), 512);
    assert!(text.contains("All 512 states of 9 neurons"), "{text}");
    assert!(text.contains("inverse of U") && text.contains("##."), "{text}");
    assert!(serde_json::to_string(&report).unwrap().contains("\"strict\":"));

    let wrong = Memories { shape: Some((2, 4)), ..memories };
    let error = Survey::of(&network, &wrong, &Over::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "found 2 x 4 pixels for 9 neurons; each neuron is a pixel; correct the shape."
    );
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let new = |couplings: &[f64], n: usize| {
        SmallNetwork::new(couplings, &vec![0.0; n], States::ZeroOne, Tie::Keep)
    };
    let error =
        |network: Result<SmallNetwork, crate::error::Error>| network.unwrap_err().to_string();
    assert!(error(new(&[0.0; 900], 30)).contains("30 neurons, which have 2^30 states"));
    assert!(error(new(&[0.0; 5], 2)).contains("5 couplings for 2 neurons"));
    assert!(error(new(&[0.0, f64::NAN, 0.0, 0.0], 2)).contains("NaN"));
    let free = new(&[0.0; 625], 25).unwrap();
    assert!(free.fixed_points().unwrap_err().to_string().contains("1048576 fixed points"));
}
