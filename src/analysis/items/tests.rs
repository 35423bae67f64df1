//! Items in made-up trains, whose answers are known.

use super::*;
use crate::dynamics::{Observable, Spike};
use crate::network::Placed;
use crate::random::Seed;
use crate::recording::{Ended, Header, Provenance, Recorder, Sink};
use crate::task::items_to_table;
use crate::units::Rate;
use indexmap::IndexMap;

const NEURONS: usize = 24;

const TASK: &str = r#"
    trials = 30
    load = [1, 2, 3]
    shown = "one_by_one"
    between = "50 ms"
    before = "100 ms"
    stimulus = { duration = "100 ms", poisson = "1 Hz" }
    delay = "400 ms"
    held = { above = "10 Hz", window = "100 ms" }
"#;

/// Two patterns that share a neuron, and two more; eight neurons are in none.
fn patterns() -> Patterns {
    let foreground =
        vec![vec![0, 1, 2, 3], vec![3, 4, 5, 6, 7], (8..12).collect(), (12..16).collect()];
    Patterns::from_foreground(NEURONS, foreground)
}

/// What is active in a trial: of its items all but the one at this place, and in every third trial a pattern of no item.
fn active(trial: &Trial) -> (Vec<bool>, Option<usize>) {
    let lost = trial.number % 4;
    let held = (0..trial.items.len()).map(|j| j != lost).collect();
    let is_item = |mu: &usize| trial.items.iter().any(|item| item.pattern == *mu);
    (held, [2, 3].into_iter().find(|mu| trial.number.is_multiple_of(3) && !is_item(mu)))
}

/// Active neurons fire three times in the window, others of no pattern once; all fire once before it, and once when it has ended.
fn spikes(trial: &Trial, patterns: &Patterns) -> Vec<Spike> {
    let (held, intruder) = active(trial);
    let items = trial.items.iter().zip(held).filter(|(_, held)| *held);
    let on: Vec<usize> = items.map(|(item, _)| item.pattern).chain(intruder).collect();
    let end = trial.test_onset;
    let mut spikes = Vec::new();
    for i in 0..NEURONS {
        let times: &[f64] = match on.iter().any(|&mu| patterns.contains(mu, i)) {
            true => &[-100.1, -100.0, -50.0, -0.1, 0.0],
            false if i >= 16 => &[-100.1, -30.0, 0.0],
            false => &[-100.1, 0.0],
        };
        spikes.extend(times.iter().map(|t| Spike { time: end + t, neuron: i as u32 }));
    }
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
    spikes
}

fn record(task: &ItemsTask) -> Recording {
    let (trials, patterns) = (task.draw(0.0, 4, Seed(3)), patterns());
    let populations = [Placed { name: "E".to_owned(), neurons: 0..NEURONS, space: None }];
    let by_name = IndexMap::from([("E".to_owned(), patterns.clone())]);
    let provenance = Provenance::default();
    let header = Header {
        trials: Some(&items_to_table(&trials, task.most())),
        interval: 100.0,
        ..Header::of_spikes(&populations, &by_name, &provenance)
    };
    let mut recorder = Recorder::create(Sink::Memory, header).unwrap();
    for trial in &trials {
        recorder.begin(trial.start);
        // What fires when the delay ends is of the next trial, where this one has no time after it.
        let mut own = spikes(trial, &patterns);
        own.retain(|spike| spike.time < trial.end);
        recorder.observe(trial.end, Observable::Spikes(&own)).unwrap();
        recorder.end_trial(Ended::default()).unwrap();
    }
    recorder.finish(Provenance::default()).unwrap().publish().unwrap()
}

/// The overlap of a pattern by its definition, neuron by neuron.
fn overlap(trial: &Trial, mu: usize, patterns: &Patterns) -> f64 {
    let all = spikes(trial, patterns);
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for i in 0..NEURONS {
        let shown = |item: &Item| item.pattern != mu && patterns.contains(item.pattern, i);
        if !trial.items.iter().any(shown) {
            let window = trial.test_onset - 100.0..trial.test_onset;
            let is_own = |s: &&Spike| s.neuron as usize == i && window.contains(&s.time);
            let rate = 10.0 * all.iter().filter(is_own).count() as f64;
            if patterns.contains(mu, i) { own.push(rate) } else { other.push(rate) }
        }
    }
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    mean(&own) - mean(&other)
}

#[test]
fn what_is_held_of_several_items_is_known_by_construction() {
    let task: ItemsTask = toml::from_str(TASK).unwrap();
    let (recording, patterns) = (record(&task), patterns());
    let found = HeldItems::of(&recording, &task).unwrap().unwrap();
    assert_eq!(found.trials, task.draw(0.0, 4, Seed(3)));
    let (mut both, mut intruded) = (0, 0);
    for (trial, found) in found.trials.iter().zip(&found.found) {
        let (held, intruder) = active(trial);
        assert_eq!(
            (&found.held, &found.intruders),
            (&held, &Vec::from_iter(intruder)),
            "{trial:?}"
        );
        for (item, m) in trial.items.iter().zip(&found.overlaps) {
            let expected = overlap(trial, item.pattern, &patterns);
            assert!((m - expected).abs() < 1e-12, "{trial:?} {found:?} {expected}");
        }
        let shown: Vec<usize> = trial.items.iter().map(|item| item.pattern).collect();
        both += usize::from(shown.contains(&0) && shown.contains(&1));
        intruded += found.intruders.len();
    }
    assert!(both > 2 && intruded > 2, "{both} {intruded}");

    // Load by load, and place by place.
    let loads = found.loads();
    assert_eq!(
        loads.iter().map(|at| (at.load, at.trials)).collect::<Vec<_>>(),
        [(1, 10), (2, 10), (3, 10)]
    );
    for at in loads.iter().chain([&found.all()]) {
        let meant = |trial: &&Trial| at.trials == 30 || trial.items.len() == at.load;
        let own: Vec<&Trial> = found.trials.iter().filter(meant).collect();
        let held = |trial: &&Trial| active(trial).0.iter().filter(|held| **held).count() as f64;
        let mean = own.iter().map(held).sum::<f64>() / own.len() as f64;
        assert!((at.held.value - mean).abs() < 1e-12 && at.held.number == own.len(), "{at:?}");
        for (j, share) in at.positions.iter().enumerate() {
            let shown = own.iter().filter(|trial| trial.items.len() > j);
            let expected = Share::of(shown.map(|trial| active(trial).0[j]));
            assert_eq!(*share, expected, "{at:?}");
        }
        assert_eq!(at.positions.len(), at.load);
    }
    let tables = found.tables();
    let rows: Vec<(&str, usize)> = tables.iter().map(|(n, t)| (n.as_str(), t.rows())).collect();
    assert_eq!(rows, [("load", 3), ("position", 6)]);
    let csv = found.table().to_csv();
    assert!(csv.starts_with("items_held,which_held,intrusions,intruders,overlap_1_hz,"), "{csv}");

    // A bound that nothing reaches, and items without an order.
    let held = HeldIf { above: Rate::new(31.0), ..task.held };
    let high = ItemsTask { shown: Presented::Together, between: None, held, ..task };
    let none = HeldItems::of(&record(&high), &high).unwrap().unwrap();
    assert_eq!(none.all().held.value, 0.0);
    assert!(none.all().positions.is_empty() && none.tables().len() == 1);
}

#[test]
fn a_foreground_within_others_is_never_held_and_no_background_is_silent() {
    let patterns = Patterns::from_foreground(4, vec![vec![0, 1], vec![0, 1], vec![2, 3]]);
    let held: HeldIf = toml::from_str("above = '5 Hz'\nwindow = '100 ms'").unwrap();
    let item = |pattern| Item { pattern, onset: 0.0 };
    let trial = |items: &[usize]| Trial {
        items: items.iter().map(|mu| item(*mu)).collect(),
        test_onset: 100.0,
        ..Trial::default()
    };
    let (times, ids) = ([10.0, 20.0, 30.0, 40.0], [0, 1, 2, 3]);
    let found = observe(&trial(&[0, 1]), &patterns, held, &times, &ids);
    assert!(found.overlaps.iter().all(|m| m.is_nan()) && found.held == [false, false], "{found:?}");
    // All neurons are shown: 10 Hz above nothing. Of the other pattern no neuron is left.
    let found = observe(&trial(&[0, 2]), &patterns, held, &times, &ids);
    assert_eq!(
        (found.overlaps, found.held, found.intruders),
        (vec![10.0; 2], vec![true; 2], vec![])
    );
}
