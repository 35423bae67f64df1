//! Modern Hopfield networks against slow, obvious versions, and against what must hold of every one.

use super::separation::Separation;
use super::*;
use crate::dynamics::binary::{Binary, Law as BinaryLaw};
use crate::dynamics::update::{Tie, Update};
use crate::dynamics::{Attractor, Dynamics, Effect, Field, put, relax};
use crate::model::Document;
use crate::pattern::{Foreground, PatternSource, Patterns, RandomPatterns};
use crate::random::{Seed, Stream};
use std::sync::Arc;

const UPDATES: [Update; 4] = [Update::Shuffled, Update::Random, Update::Fixed, Update::Synchronous];
const CUBE: Separation = Separation::Polynomial { degree: 3, rectified: false };

fn random(neurons: usize, number: usize, seed: u64) -> Patterns {
    let source = RandomPatterns { number, coding_level: 0.5, foreground: Foreground::Bernoulli };
    PatternSource::Random(source).draw("N", neurons, Seed(seed))
}

fn dense(patterns: &Patterns, separation: Separation, update: Update, seed: u64) -> Dense {
    Dense::new(Memories::new(patterns.clone()), separation, (update, Tie::Keep), Seed(seed))
}

fn states(network: &dyn Dynamics) -> Vec<bool> {
    network.observable().active().to_vec()
}

fn signs(state: &[bool]) -> Vec<f64> {
    state.iter().map(|&active| if active { 1.0 } else { -1.0 }).collect()
}

/// x^mu . s, pattern by pattern.
fn similarities(patterns: &Patterns, s: &[f64]) -> Vec<f64> {
    let of = |mu| (0..s.len()).map(|i| patterns.value(mu, i) * s[i]).sum();
    (0..patterns.number()).map(of).collect()
}

/// `state` with `number` neurons negated.
fn flipped(state: &[bool], number: usize, stream: &mut Stream) -> Vec<bool> {
    let mut state = state.to_vec();
    let order = stream.permutation(state.len());
    order[..number].iter().for_each(|&i| state[i as usize] ^= true);
    state
}

#[test]
fn an_update_is_softmax_attention_over_the_memories() {
    for (neurons, number, beta) in [(64, 100, 1.0), (64, 1000, 0.2), (30, 7, 0.05), (300, 70, 1.5)]
    {
        let patterns = random(neurons, number, 5);
        let mut network = Attention::new(Memories::new(patterns.clone()), beta, Seed(1));
        let mut field = Field::default();
        field.add((0..neurons / 3).map(|i| 2 * i), Effect::Local(0.3));
        network.drive(&field);
        for sweep in 1..4 {
            // Q is the state with the field, K and V hold the patterns as rows: softmax(beta q K') V.
            let h = |i: usize| if i.is_multiple_of(2) && i / 2 < neurons / 3 { 0.3 } else { 0.0 };
            let xi = network.observable().activity().to_vec();
            let q: Vec<f64> = (0..neurons).map(|i| xi[i] + h(i)).collect();
            let scores: Vec<f64> =
                similarities(&patterns, &q).iter().map(|a| (beta * a).exp()).collect();
            let sum: f64 = scores.iter().sum();
            network.advance(f64::from(sweep)).unwrap();
            for (i, x) in network.observable().activity().iter().enumerate() {
                let mixed = scores.iter().enumerate().map(|(mu, p)| patterns.value(mu, i) * p);
                let expected = mixed.sum::<f64>() / sum;
                assert!((x - expected).abs() < 1e-12, "neuron {i}: {x}, {expected}");
            }
        }
    }
}

#[test]
fn the_energy_of_continuous_states_never_rises() {
    for seed in 0..40 {
        let beta = [0.01, 0.05, 0.2, 1.0][seed % 4];
        let patterns = random(50, 5 + 10 * (seed % 3), seed as u64);
        let memories = Memories::new(patterns);
        let mut network = Attention::new(memories, beta, Seed(seed as u64));
        let mut field = Field::default();
        field.add(0..seed % 20, Effect::Local(0.7));
        network.drive(&field);
        let mut before = network.observable().energy().unwrap();
        assert!((0.0..=200.0).contains(&before));
        for sweep in 1..200 {
            network.advance(f64::from(sweep)).unwrap();
            let energy = network.observable().energy().unwrap();
            assert!(energy <= before + 1e-11, "seed {seed}, sweep {sweep}: {before} to {energy}");
            before = energy;
        }
        assert_eq!(network.relaxation().unwrap().attractor(), Some(Attractor::FixedPoint));
    }
}

/// The next state of one neuron, or all, with every sum of F taken anew.
struct Slow<'a> {
    patterns: &'a Patterns,
    f: fn(f64) -> f64,
    active: Vec<bool>,
}

impl Slow<'_> {
    fn next(&self, i: usize) -> bool {
        let mut s = signs(&self.active);
        let mut sum = |value: f64| {
            s[i] = value;
            similarities(self.patterns, &s).into_iter().map(self.f).sum::<f64>()
        };
        let (plus, minus) = (sum(1.0), sum(-1.0));
        if (plus - minus).abs() < 1e-9 * (plus.abs() + minus.abs()) {
            return self.active[i];
        }
        plus > minus
    }

    fn sweep(&mut self, update: Update, order: &mut Stream) {
        let n = self.active.len();
        let order: Vec<usize> = match update {
            Update::Shuffled => order.permutation(n).iter().map(|&i| i as usize).collect(),
            Update::Random => (0..n).map(|_| order.below(n as u32) as usize).collect(),
            Update::Fixed => (0..n).collect(),
            Update::Synchronous => {
                self.active = (0..n).map(|i| self.next(i)).collect();
                return;
            }
        };
        for i in order {
            self.active[i] = self.next(i);
        }
    }
}

#[test]
fn trajectories_of_two_states_are_those_of_the_slow_version() {
    type F = fn(f64) -> f64;
    let separations: [(Separation, F); 5] = [
        (Separation::Polynomial { degree: 2, rectified: false }, |a| a * a),
        (CUBE, |a| a * a * a),
        (Separation::Polynomial { degree: 4, rectified: false }, |a| a.powi(4)),
        (Separation::Polynomial { degree: 3, rectified: true }, |a| a.max(0.0).powi(3)),
        (Separation::Exponential, f64::exp),
    ];
    for update in UPDATES {
        for (separation, f) in separations {
            for seed in 0..8 {
                // An even number of patterns makes ties.
                let patterns = random(24, 70, seed);
                let mut fast = dense(&patterns, separation, update, seed);
                let mut slow = Slow { patterns: &patterns, f, active: states(&fast) };
                let mut order = Seed(seed).stream("modern/order", 0);
                for sweep in 1..5 {
                    fast.advance(f64::from(sweep)).unwrap();
                    slow.sweep(update, &mut order);
                    assert_eq!(states(&fast), slow.active, "{update:?} {separation:?} {seed}");
                }
            }
        }
    }
}

#[test]
fn of_degree_two_it_is_the_hopfield_network() {
    for seed in 0..20 {
        let text = r#"
            title = "t"
            source = "s"
            shows = "w"
            population.N.size = 60
            patterns.N.random = { number = 8, coding_level = 0.5, foreground = "bernoulli" }
            projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = "hebb" }
            dynamics.binary = { states = "plus_minus", update = "fixed", tie = "keep" }
            protocol = [{ name = "rest", duration = "1 sweep" }]
        "#;
        let settings = [format!("seed={seed}")];
        let model = Document::new("t.toml".as_ref(), text.into(), &settings).unwrap().model();
        let model = model.unwrap();
        let patterns = model.draw_patterns();
        let wired = Arc::new(model.wire(&patterns).unwrap());
        let law: &BinaryLaw = model.dynamics.law().unwrap();
        let mut hopfield = Binary::new(wired, law, Seed(seed));
        let square = Separation::Polynomial { degree: 2, rectified: false };
        let mut modern = dense(&patterns["N"], square, Update::Fixed, seed);
        put(&mut modern, 0, hopfield.observable().active());
        for sweep in 1..6 {
            hopfield.advance(f64::from(sweep)).unwrap();
            modern.advance(f64::from(sweep)).unwrap();
            assert_eq!(states(&hopfield), states(&modern), "seed {seed}");
            // -1/2 sum_(i != j) J_ij s_i s_j lacks the diagonal, P/2.
            let energies = (hopfield.observable().energy(), modern.observable().energy());
            let (of_hopfield, of_modern) = (energies.0.unwrap(), energies.1.unwrap());
            assert!((2.0 * of_hopfield - 8.0 - of_modern).abs() < 1e-9);
        }
    }
}

#[test]
fn the_energy_of_two_states_never_rises_in_a_million_updates() {
    let mut updates = 0;
    let degree = |degree, rectified| Separation::Polynomial { degree, rectified };
    let separations =
        [degree(2, false), CUBE, degree(5, true), degree(20, false), Separation::Exponential];
    for seed in 0.. {
        if updates >= 1_000_000 {
            break;
        }
        let separation = separations[seed % separations.len()];
        let patterns = random(100, 10 + seed % 60, seed as u64);
        let update = UPDATES[seed % 3];
        let mut network = dense(&patterns, separation, update, seed as u64);
        let mut stream = Seed(seed as u64).stream("kicks", 0);
        for _ in 0..100 {
            let start: Vec<bool> = (0..100).map(|_| stream.uniform() < 0.5).collect();
            put(&mut network, 0, &start);
            let begin = network.time();
            for part in 1..=20 {
                let before = network.observable().energy().unwrap();
                network.advance(begin + 0.25 * f64::from(part)).unwrap();
                let after = network.observable().energy().unwrap();
                let rounding = 1e-12 * before.abs();
                assert!(after <= before + rounding, "{separation:?}: {before} to {after}");
            }
            updates += 500;
        }
    }
}

#[test]
fn how_often_a_network_is_looked_at_changes_nothing_and_a_branch_goes_on_alike() {
    let patterns = random(50, 40, 2);
    for update in UPDATES {
        let mut whole = dense(&patterns, CUBE, update, 3);
        let mut parts = dense(&patterns, CUBE, update, 3);
        let mut branch = whole.branch(Seed(3));
        whole.advance(4.0).unwrap();
        branch.advance(4.0).unwrap();
        (1..=400).for_each(|step| parts.advance(f64::from(step) * 0.01).unwrap());
        assert_eq!(states(&whole), states(&parts), "{update:?}");
        assert_eq!(states(&whole), states(&*branch), "{update:?}");
        assert_eq!(whole.time(), parts.time());
    }
    let memories = Memories::new(patterns);
    let mut whole = Attention::new(memories.clone(), 0.05, Seed(3));
    let mut parts = Attention::new(memories, 0.05, Seed(3));
    whole.advance(4.0).unwrap();
    (1..=400).for_each(|step| parts.advance(f64::from(step) * 0.01).unwrap());
    assert_eq!(whole.observable().activity(), parts.observable().activity());
}

#[test]
fn a_pattern_is_recalled_in_one_step() {
    let patterns = random(64, 1000, 1);
    let memories = Memories::new(patterns.clone());
    let mut network = Attention::new(memories, 1.0, Seed(1));
    let mut stream = Seed(1).stream("cue", 0);
    for mu in 0..200 {
        put(&mut network, 0, &flipped(&patterns.state(mu), 6, &mut stream));
        network.advance(network.time() + 1.0).unwrap();
        let state = network.observable().activity();
        assert!((0..64).all(|i| (state[i] > 0.0) == patterns.contains(mu, i)), "pattern {mu}");
    }
}

#[test]
fn nothing_overflows_and_cues_that_stay_hold_their_pattern() {
    let patterns = random(2000, 50, 1);
    for separation in
        [Separation::Exponential, Separation::Polynomial { degree: 100, rectified: false }]
    {
        let mut network = dense(&patterns, separation, Update::Shuffled, 1);
        let mut stream = Seed(1).stream("cue", 0);
        put(&mut network, 0, &flipped(&patterns.state(3), 400, &mut stream));
        let found = relax(&mut network, 20).unwrap();
        assert_eq!((found, states(&network)), (Some(Attractor::FixedPoint), patterns.state(3)));
        assert!(network.observable().energy().unwrap().is_finite());
        // A field along another pattern is a cue that stays, and a clamped neuron does not move.
        let mut field = Field::default();
        for i in 0..2000 {
            field.add([i], Effect::Local(3.0 * patterns.value(7, i)));
        }
        field.impose(0, &[!patterns.contains(7, 0)], crate::dynamics::Imposed::Clamped);
        network.drive(&field);
        relax(&mut network, 20).unwrap();
        let mut expected = patterns.state(7);
        expected[0] ^= true;
        assert_eq!(states(&network), expected);
    }
}

#[test]
fn a_large_beta_and_a_small_one_give_a_pattern_and_the_mean() {
    let patterns = random(64, 30, 1);
    let mean: Vec<f64> =
        (0..64).map(|i| (0..30).map(|mu| patterns.value(mu, i)).sum::<f64>() / 30.0).collect();
    let end = |beta: f64| {
        let mut network = Attention::new(Memories::new(patterns.clone()), beta, Seed(1));
        put(&mut network, 0, &patterns.state(4));
        assert_eq!(relax(&mut network, 10_000).unwrap(), Some(Attractor::FixedPoint));
        (network.observable().activity().to_vec(), network.weights())
    };
    let (state, weights) = end(1.0);
    assert!(
        weights[4] > 1.0 - 1e-9 && (0..64).all(|i| (state[i] > 0.0) == patterns.contains(4, i))
    );
    let (state, weights) = end(1e-4);
    assert!(weights.iter().all(|w| (w * 30.0 - 1.0).abs() < 1e-2));
    assert!(state.iter().zip(&mean).all(|(x, mean)| (x - mean).abs() < 1e-2));
}
