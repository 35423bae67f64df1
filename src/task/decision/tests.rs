//! Trials of a decision: balance, and the law of what is redrawn.

use super::*;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::Chance;
use crate::statistics::Mean;
use crate::task::{Episode, Setting, Task, from_table, of_spikes_from_table, stimulus_from_table};
use indexmap::IndexMap;

fn task(more: &str) -> DecisionTask {
    let text = format!(
        "choices = [1, 3]\nbefore = '100 ms'\nafter = '50 ms'\n\
         decided = {{ above = '15 Hz', window = '50 ms' }}\n{more}"
    );
    toml::from_str(&text).unwrap()
}

const FLUCTUATING: &str = "trials = 600\nstimulus = { duration = ['1 s', '500 ms'], every = '50 ms', \
     poisson = { mean = '40 Hz', sd = '4 Hz' }, coherence = [0.0, 0.5, 1.0] }";

#[test]
fn trials_go_to_their_table_and_back() {
    let task = task(FLUCTUATING);
    let trials = task.draw(1000.0, 3, Seed(4));
    let table = decision_to_table(&trials);
    assert_eq!(decision_from_table(&table).as_ref(), Some(&trials));
    assert_eq!(of_spikes_from_table(&table).as_ref(), Some(&trials));
    for of in [from_table, stimulus_from_table] {
        assert_eq!(of(&table), None);
    }
    for (trial, next) in trials.iter().zip(&trials[1..]) {
        let epochs = task.epochs(trial);
        let names: Vec<&str> = epochs.iter().map(|epoch| epoch.name.as_str()).collect();
        assert_eq!(names, ["before", "stimulus", "after"]);
        let lasts: f64 = epochs.iter().map(|epoch| epoch.duration.value()).sum();
        assert!((lasts - (next.start - trial.start)).abs() < 1e-9);
        assert_eq!(trial.sample_onset, trial.start + 100.0);
        assert_eq!(epochs[1].duration.value(), trial.sample_as_shown.duration);
    }
}

#[test]
fn every_block_has_every_pair_of_coherence_and_choice_once() {
    let trials = task(FLUCTUATING).draw(0.0, 3, Seed(4));
    let mut orders = Vec::new();
    for block in trials.chunks(6) {
        let pair = |trial: &Trial| (trial.sample, (2.0 * trial.coherence) as usize);
        let order: Vec<(usize, usize)> = block.iter().map(pair).collect();
        let mut pairs = order.clone();
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)]);
        orders.push(order);
    }
    orders.sort_unstable();
    orders.dedup();
    assert!(orders.len() > 60, "{} of 100 blocks are different", orders.len());
}

#[test]
fn evidence_is_shared_out_by_coherence() {
    let constant =
        "trials = 1\nstimulus = { duration = '1 s', current = { mean = '3 mV' }, coherence = 0.5 }";
    let trial = Trial { sample: 2, coherence: 0.5, ..Trial::default() };
    let given = |task: &DecisionTask| -> Vec<(usize, f64)> {
        let of =
            |s: &Stimulus| (s.pattern.unwrap(), s.current.as_ref().unwrap().constant().unwrap());
        task.evidence(&trial).iter().map(of).collect()
    };
    assert_eq!(given(&task(constant)), [(1, 1.5), (3, 4.5)]);
    let of_three = DecisionTask { choices: vec![3, 1, 2], ..task(constant) };
    assert_eq!(given(&of_three), [(3, 4.5), (1, 2.25), (2, 2.25)]);
    let whole = Trial { coherence: 1.0, ..trial };
    assert_eq!(task(constant).evidence(&whole).len(), 1);
}

/// The rates of two neurons, one of each choice, in every step of the stimuli of all trials.
fn redrawn(task: &DecisionTask, seed: u64) -> Vec<(Trial, Vec<[f64; 2]>)> {
    let (seed, drawn) = (Seed(seed), Task::Decision(Box::new(task.clone())));
    let trials = drawn.draw(700.0, 3, seed);
    let patterns = Patterns::from_foreground(3, vec![vec![0], vec![1], vec![2]]);
    let patterns = IndexMap::from([("E".to_owned(), patterns)]);
    let populations = [Placed { name: "E".to_owned(), neurons: 0..3, space: None }];
    let chance = Chance { seed, later: None };
    let setting = Setting { populations: &populations, patterns: &patterns, seed, chance };
    let own = task.draw(700.0, 3, seed);
    let steps = |(k, trial): (usize, Trial)| {
        let Episode { held, chance, .. } = drawn.episode(&trials, k, setting).unwrap();
        let onset = 700.0 + held[0].until;
        let mut moving = held[1].before(onset, 700.0, chance);
        let steps = (0..(trial.sample_as_shown.duration / 50.0) as usize).map(|step| {
            moving.reach(onset + 50.0 * step as f64);
            let rates = moving.field().input(3).1;
            [rates[0], rates[2]]
        });
        let steps = steps.collect();
        (trial, steps)
    };
    own.into_iter().enumerate().map(steps).collect()
}

#[test]
fn evidence_is_drawn_anew_in_every_step_of_every_trial() {
    let task = task(FLUCTUATING);
    let all = redrawn(&task, 4);
    assert_eq!(all[..9], redrawn(&DecisionTask { trials: 9, ..task.clone() }, 4)[..]);
    assert_ne!(all[..9], redrawn(&DecisionTask { trials: 9, ..task }, 5)[..]);
    // Whatever falls into place is as (mean, s.d.) say: 40 (1 +- c) and 4, but half a normal at 0, mean 4 sqrt(2/pi).
    for (coherence, other) in
        [(0.0, 40.0), (0.5, 20.0), (1.0, 4.0 * (2.0 / std::f64::consts::PI).sqrt())]
    {
        let own = || all.iter().filter(|(trial, _)| trial.coherence == coherence);
        let of = |favoured: bool| -> Vec<f64> {
            let place = |trial: &Trial| usize::from((trial.sample == 2) == favoured);
            own().flat_map(|(t, steps)| steps.iter().map(move |s| s[place(t)])).collect()
        };
        let (favoured, others) = (of(true), of(false));
        assert_eq!(favoured.len(), 200 * 15);
        for (values, mean) in [(&favoured, 40.0 * (1.0 + coherence)), (&others, other)] {
            let found = Mean::of(values.iter().copied());
            assert!((found.value - mean).abs() < 4.5 * found.sem, "{coherence} {found:?}");
            let sd = found.sem * (values.len() as f64).sqrt();
            let expected = if mean < 5.0 { (16.0 - mean * mean).sqrt() } else { 4.0 };
            assert!((sd / expected - 1.0).abs() < 0.06, "{coherence} {sd}");
        }
        // One choice says nothing of the other, and a step nothing of the next.
        let correlation = |a: &[f64], b: &[f64]| {
            let (x, y) = (Mean::of(a.iter().copied()), Mean::of(b.iter().copied()));
            let products = a.iter().zip(b).map(|(a, b)| (a - x.value) * (b - y.value));
            Mean::of(products).value / (x.sem * y.sem * a.len() as f64)
        };
        let n = (favoured.len() as f64).sqrt();
        assert!(correlation(&favoured, &others).abs() < 4.5 / n);
        assert!(correlation(&favoured[1..], &favoured[..favoured.len() - 1]).abs() < 4.5 / n);
    }
    let first: Vec<u64> = all.iter().map(|(_, steps)| steps[0][0].to_bits()).collect();
    let different: std::collections::HashSet<u64> = first.iter().copied().collect();
    assert_eq!(different.len(), first.len());
}
