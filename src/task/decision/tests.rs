//! Trials of a decision: balance, and who gets how much evidence.

use super::*;
use crate::task::{from_table, of_spikes_from_table, stimulus_from_table};

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
