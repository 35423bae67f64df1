//! What random courses come to, in a recording.

use super::{NETWORK, record, shown};
use crate::common::host;
use attractor::experiment::Experiment;
use attractor::figure::{Choice, View, draw};
use attractor::model::Document;
use attractor::network::Placed;
use attractor::protocol::{self, Chance};
use attractor::random::Seed;
use attractor::recording::{Recording, Sink};
use attractor::report::{Outcome, Verification};
use attractor::simulation::Wish;
use attractor::table::{Column, Table};
use attractor::work::Threads;
use std::path::Path;

fn whole(table: &Table, name: &str) -> Vec<u64> {
    let Some(Column::Whole(values)) = table.column(name) else { panic!("{name}") };
    values.clone()
}

fn words(table: &Table, name: &str) -> Vec<String> {
    let Some(Column::Text(values)) = table.column(name) else { panic!("{name}") };
    values.clone()
}

fn real(table: &Table, name: &str) -> Vec<f64> {
    let Some(Column::Real(values)) = table.column(name) else { panic!("{name}") };
    values.clone()
}

/// A noisy current into pattern 2 and a redrawn rate of sources, beside a course that is written and one of single neurons.
fn epochs() -> Vec<(f64, String)> {
    let noisy = "ornstein_uhlenbeck = { mean = \"0 mV\", sd = \"2 mV\", tau = \"9 ms\"";
    let show = format!(
        "{{ pattern = 1, current = {{ ramp = {{ from = \"0 mV\", to = \"5 mV\", every = \"3 ms\" }} }} }}, \
         {{ pattern = 2, current = {{ {noisy}, every = \"7 ms\" }} }} }}, \
         {{ population = \"E\", current = {{ {noisy}, every = \"5 ms\", independent = true }} }} }}, \
         {{ population = \"S\", poisson = {{ ornstein_uhlenbeck = {{ mean = \"10 Hz\", sd = \"30 Hz\", tau = \"20 ms\", every = \"4 ms\" }} }} }}"
    );
    vec![(20.5, String::new()), (50.0, show)]
}

#[test]
fn the_steps_of_shared_random_courses_are_recorded() {
    let text = |courses: &str| format!("{NETWORK}[record]\ninput = false\n{courses}");
    let recording = record(shown(&text("courses = true\n"), &epochs()), 2);
    let without = record(shown(&text(""), &epochs()), 2);
    assert_eq!(without.courses().unwrap(), None);
    let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
    assert_eq!(hash(&recording), hash(&without));
    let table = recording.courses().unwrap().unwrap();
    // 8 steps of the current, the last of them shorter, and 13 of the rate.
    assert_eq!(table.rows(), 8 + 13);
    assert!(whole(&table, "trial").iter().all(|trial| *trial == 0));
    assert!(whole(&table, "epoch").iter().all(|epoch| *epoch == 2));
    let [stimulus, pattern] = ["stimulus", "pattern"].map(|name| whole(&table, name));
    let [time, rate, current] = ["time", "poisson_hz", "current_mv"].map(|name| real(&table, name));
    let population = words(&table, "population");
    assert!(table.column("field").is_none());
    // What is held, looked at step by step: each course alone.
    let model = shown(&text(""), &epochs());
    let placed = [
        Placed { name: "E".to_owned(), neurons: 0..300, space: None },
        Placed { name: "S".to_owned(), neurons: 300..340, space: None },
    ];
    let patterns = model.draw_patterns();
    let held = |only: usize| {
        let mut protocol = model.protocol.clone();
        let keep = |(s, stimulus): (usize, protocol::Stimulus)| match s == only {
            true => stimulus,
            // It keeps its place, and drives nobody.
            false => protocol::Stimulus {
                poisson: None,
                current: Some(attractor::units::Voltage::new(0.0).into()),
                ..stimulus
            },
        };
        let show = std::mem::take(&mut protocol[1].show);
        protocol[1].show = show.into_iter().enumerate().map(keep).collect();
        protocol::held(&protocol, &placed, &patterns, Seed(3)).unwrap().remove(1)
    };
    let (first, chance) =
        (patterns["E"].foreground(1)[0] as usize, Chance { seed: Seed(3), later: None });
    let mut silent = 0;
    for k in 0..table.rows() {
        let held = held(stimulus[k] as usize - 1);
        let mut moving = held.before(20.5, 0.0, chance);
        moving.reach(time[k]);
        let (currents, rates) = moving.field().input(340);
        assert_eq!(population[k], if stimulus[k] == 2 { "E" } else { "S" });
        match (stimulus[k], pattern[k]) {
            (2, 2) => assert!(rate[k].is_nan() && current[k] == currents[first], "{k}"),
            (4, 0) => assert!(current[k].is_nan() && rate[k] == rates[300], "{k}"),
            other => panic!("{other:?}"),
        }
        silent += usize::from(rate[k] == 0.0);
        let steps = (time[k] - 20.5) / if pattern[k] == 2 { 7.0 } else { 4.0 };
        assert!((steps - steps.round()).abs() < 1e-9 && time[k] < 70.5);
    }
    // A rate below 0 acts as 0.
    assert!(silent > 0);
}

/// Trials in which a rate is redrawn, in a file.
const TRIALS: &str = r#"
title = "t"
source = "s"
shows = "w"
population.E.size = 40
patterns.E.assemblies = { number = 2, coding_level = 0.5 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "1.9 kHz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
protocol = [{ name = "rest", duration = "50 ms" }]
record.courses = true
[task.stimulus]
trials = 6
before = "20 ms"
after = "10 ms"
stimulus = { duration = "60 ms", poisson = { redrawn = { distribution = { uniform = ["100 Hz", "900 Hz"] }, every = "25 ms" } } }
"#;

#[test]
fn those_of_trials_are_drawn_again_by_verify() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    let document = Document::new("m.toml".as_ref(), TRIALS.to_owned(), &[]).unwrap();
    let threads = Threads::new(2).unwrap();
    let run = |trial: Option<usize>, force| {
        let (model, host) = (document.model().unwrap(), host());
        let target = (Sink::File { path: &path, force }, trial);
        let mut experiment = Experiment::begin(&document, model, target, &host, &threads).unwrap();
        experiment.run(|_| Wish::Continue).unwrap();
        let table = experiment.finish().unwrap().courses().unwrap().unwrap();
        (table, Recording::open(&path).unwrap())
    };
    let of_courses = |recording: &Recording| {
        let verified = Verification::of(recording).unwrap();
        verified.checks.into_iter().find(|(name, _)| name == "courses").unwrap().1
    };
    let holds = |steps| Outcome::Holds(format!("{steps} steps are drawn as they were"));
    let (alone, recording) = run(Some(5), false);
    assert_eq!(of_courses(&recording), holds(3));
    drop(recording);
    let (all, recording) = run(None, true);
    assert_eq!(of_courses(&recording), holds(18));
    let value = |table: &Table, k: usize| real(table, "poisson_hz")[k].to_bits();
    for k in 0..3 {
        assert_eq!(value(&alone, k), value(&all, 12 + k));
    }
    let trials = recording.trials().unwrap().unwrap();
    let epochs = recording.protocol().unwrap();
    let (time, pattern) = (real(&all, "time"), whole(&all, "pattern"));
    for (k, number) in whole(&all, "trial").into_iter().enumerate() {
        let trial = &trials[number as usize - 1];
        assert_eq!(pattern[k], trial.sample as u64 + 1);
        assert_eq!(time[k], trial.sample_onset + 25.0 * (k % 3) as f64);
        let epoch = &epochs[whole(&all, "epoch")[k] as usize - 1];
        assert!(epoch.name == "stimulus" && epoch.start == trial.sample_onset);
    }
    drop(recording);
    let file = hdf5::File::open_rw(&path).unwrap();
    let dataset = file.dataset("courses/poisson_hz").unwrap();
    let mut values = dataset.read_raw::<f64>().unwrap();
    values.swap(3, 4);
    dataset.write_raw(&values).unwrap();
    file.close().unwrap();
    let Outcome::Differs(differs) = of_courses(&Recording::open(&path).unwrap()) else { panic!() };
    assert!(differs.contains("poisson_hz of step 4 is"), "{differs}");
}

/// What a run of a model leaves in a file.
fn run(text: &str, path: &Path) -> Recording {
    let document = Document::new("m.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let (host, threads) = (host(), Threads::new(1).unwrap());
    let target = (Sink::File { path, force: true }, None);
    let mut experiment = Experiment::begin(&document, model, target, &host, &threads).unwrap();
    experiment.run(|_| Wish::Continue).unwrap();
    experiment.finish().unwrap();
    Recording::open(path).unwrap()
}

/// The same trials, of a decision.
fn decision(evidence: &str) -> String {
    let (network, _) = TRIALS.split_once("[task.stimulus]").unwrap();
    format!(
        r#"{network}
[task.decision]
trials = 4
choices = [1, 2]
before = "20 ms"
after = "10 ms"
stimulus = {{ duration = "60 ms", every = "20 ms", coherence = 0.1, poisson = {{ {evidence} }} }}
decided = {{ above = "30 Hz", window = "20 ms" }}
"#
    )
}

#[test]
fn evidence_without_fluctuations_has_no_steps_and_is_no_mistake() {
    let folder = tempfile::tempdir().unwrap();
    for (sd, steps) in [("0 Hz", 0), ("40 Hz", 4 * 2 * 3)] {
        let evidence = format!("mean = \"300 Hz\", sd = \"{sd}\"");
        let recording = run(&decision(&evidence), &folder.path().join("run.h5"));
        let table = recording.courses().unwrap().unwrap();
        assert_eq!(table.rows(), steps);
        let verified = Verification::of(&recording).unwrap();
        assert_eq!(verified.differs(), None, "{verified}");
        let drawn = draw(&recording, View::Courses, &Choice::Usual);
        if steps == 0 {
            let told = drawn.unwrap_err().to_string();
            assert!(told.contains("found no step of a random course"), "{told}");
            continue;
        }
        let path = folder.path().join("courses.svg");
        drawn.unwrap().save(&path).unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        for label in ["rate (Hz)", "pattern 1 of E", "pattern 2 of E", "stimulus", "time (s)"] {
            assert_eq!(svg.matches(&format!("aria-label=\"{label}\"")).count(), 1, "{label}");
        }
        assert!(svg.contains("Random courses · Trial 1"));
        let other = draw(&recording, View::Courses, &Choice::Epoch("rest".to_owned()));
        let told = other.unwrap_err().to_string();
        assert!(told.contains("found no random course in this part"), "{told}");
    }
}

/// Redrawn rates of part of a pattern and noise of a whole population, of each neuron its own, beside noise that all share.
fn independent() -> Vec<(f64, String)> {
    let noisy = "ornstein_uhlenbeck = { mean = \"0 mV\", sd = \"2 mV\", tau = \"9 ms\"";
    let redrawn =
        "redrawn = { distribution = { uniform = [\"0 Hz\", \"900 Hz\"] }, every = \"20 ms\"";
    let show = format!(
        "{{ pattern = 2, left_out = 0.3, poisson = {{ {redrawn}, independent = true }} }} }}, \
         {{ population = \"E\", current = {{ {noisy}, every = \"7 ms\" }} }} }}, \
         {{ population = \"E\", current = {{ {noisy}, every = \"5 ms\", independent = true }} }} }}"
    );
    vec![(20.5, String::new()), (50.0, show)]
}

#[test]
fn those_of_some_neurons_that_have_their_own_are_recorded_too() {
    let text = |courses: &str| format!("{NETWORK}[record]\n{courses}");
    let recording = record(shown(&text("courses = { independent = 4 }\n"), &independent()), 2);
    let shared = record(shown(&text("courses = true\n"), &independent()), 1);
    let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
    assert_eq!(hash(&recording), hash(&shared));
    let (table, shared) =
        (recording.courses().unwrap().unwrap(), shared.courses().unwrap().unwrap());
    assert!(shared.column("neuron").is_none() && shared.rows() == 8);
    assert_eq!(table.rows(), 4 * 3 + 8 + 4 * 10);
    let model = shown(&text(""), &independent());
    let placed = [
        // As if E did not come first.
        Placed { name: "S".to_owned(), neurons: 0..40, space: None },
        Placed { name: "E".to_owned(), neurons: 40..340, space: None },
    ];
    let patterns = model.draw_patterns();
    let held = protocol::held(&model.protocol, &placed, &patterns, Seed(3)).unwrap().remove(1);
    let driven: Vec<usize> = {
        let mut moving = held.before(20.5, 0.0, Chance { seed: Seed(3), later: None });
        moving.reach(20.5);
        (0..300).filter(|i| moving.field().input(340).1[40 + i] > 0.0).collect()
    };
    assert_eq!(driven.len(), 42);
    let stimulus = whole(&table, "stimulus");
    let [neuron, time, rate, current] =
        ["neuron", "time", "poisson_hz", "current_mv"].map(|name| real(&table, name));
    let at = |time: f64| {
        let mut moving = held.before(20.5, 0.0, Chance { seed: Seed(3), later: None });
        moving.reach(time);
        moving.field().input(340)
    };
    // The noise that all share adds to that of each.
    let all = |at: f64| {
        let k = (0..table.rows()).rfind(|&k| stimulus[k] == 2 && at >= time[k]);
        current[k.unwrap()]
    };
    let mut found = Vec::new();
    for k in 0..table.rows() {
        let (currents, rates) = at(time[k]);
        let i = neuron[k] as usize;
        match stimulus[k] {
            1 => assert!(rate[k] == rates[40 + i] && current[k].is_nan(), "{k}"),
            2 => assert!(neuron[k].is_nan() && rate[k].is_nan(), "{k}"),
            _ => assert!((current[k] + all(time[k]) - currents[40 + i]).abs() < 1e-12, "{k}"),
        }
        if found.last() != Some(&(stimulus[k], i)) && stimulus[k] != 2 {
            found.push((stimulus[k], i));
        }
    }
    let expected = driven[..4].iter().map(|i| (1, *i)).chain((0..4).map(|i| (3, i)));
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[test]
fn those_of_neurons_in_trials_are_drawn_again_and_shown() {
    let text = TRIALS
        .replace("record.courses = true", "record.courses = { independent = 3 }")
        .replace("every = \"25 ms\"", "every = \"25 ms\", independent = true");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let recording = run(&text, &path);
    let verified = |recording: &Recording| {
        let checks = Verification::of(recording).unwrap().checks;
        checks.into_iter().find(|(name, _)| name == "courses").unwrap().1
    };
    assert_eq!(verified(&recording), Outcome::Holds("54 steps are drawn as they were".to_owned()));
    let svg = folder.path().join("courses.svg");
    draw(&recording, View::Courses, &Choice::Trial(1)).unwrap().save(&svg).unwrap();
    let svg = std::fs::read_to_string(&svg).unwrap();
    let table = recording.courses().unwrap().unwrap();
    let neurons = real(&table, "neuron");
    let pattern = whole(&table, "pattern")[0];
    for k in [0, 3, 6] {
        let label = format!("aria-label=\"pattern {pattern} of E, neuron {}\"", neurons[k]);
        assert_eq!(svg.matches(&label).count(), 1, "{label}");
    }
    drop(recording);
    let file = hdf5::File::open_rw(&path).unwrap();
    let dataset = file.dataset("courses/neuron").unwrap();
    let mut values = dataset.read_raw::<f64>().unwrap();
    values[4] += 1.0;
    dataset.write_raw(&values).unwrap();
    file.close().unwrap();
    let Outcome::Differs(differs) = verified(&Recording::open(&path).unwrap()) else { panic!() };
    assert!(differs.contains("neuron of step 5 is"), "{differs}");
}

/// Epochs that show random courses of every kind with every key: the one that all share, and of each neuron its own.
fn every_kind(keys: &[(&str, &str)]) -> String {
    let mut show = Vec::new();
    for (key, unit) in keys {
        let value = |number: &str| match *unit {
            "" => number.to_owned(),
            unit => format!("\"{number} {unit}\""),
        };
        let [low, high] = ["1", "9"].map(value);
        for kind in [
            format!("redrawn = {{ distribution = {{ uniform = [{low}, {high}] }}, EVERY }}"),
            format!("ornstein_uhlenbeck = {{ mean = {high}, sd = {low}, tau = \"8 ms\", EVERY }}"),
        ] {
            for every in ["every = \"10 ms\"", "every = \"10 ms\", independent = true"] {
                let course = kind.replace("EVERY", every);
                show.push(format!("{{ pattern = 2, {key} = {{ {course} }} }}"));
            }
        }
    }
    format!("protocol = [{{ name = \"cue\", duration = \"25 ms\", show = [{}] }}]", show.join(", "))
}

#[test]
fn whatever_is_changed_in_them_is_found() {
    let (spiking, _) = TRIALS.split_once("protocol").unwrap();
    let rate = "title = \"t\"\nsource = \"s\"\nshows = \"w\"\npopulation.E.size = 40\n\
                patterns.E.assemblies = { number = 2, coding_level = 0.5 }\n\
                dynamics.rate = { solver = \"adaptive\", units.E = { tau = \"10 ms\", transfer = { tanh = { gain = 3.0 } } } }\n";
    let spiking = format!("{spiking}{}", every_kind(&[("poisson", "Hz"), ("current", "mV")]));
    let rate = format!("{rate}{}", every_kind(&[("field", "")]));
    let folder = tempfile::tempdir().unwrap();
    for (network, keys) in [(spiking, 2), (rate, 1)] {
        let path = folder.path().join("run.h5");
        let recording = run(&format!("{network}\nrecord.courses.independent = 2\n"), &path);
        let table = recording.courses().unwrap().unwrap();
        // Three steps of each kind: of the one that all share, and of two neurons.
        assert_eq!((table.rows(), table.columns().count()), (keys * 2 * 3 * (1 + 2), 7 + keys));
        assert_eq!(Verification::of(&recording).unwrap().differs(), None);
        let columns: Vec<(String, Column)> =
            table.columns().map(|(name, column)| (name.to_owned(), column.clone())).collect();
        drop(recording);
        let whole = std::fs::read(&path).unwrap();
        for (name, column) in columns {
            for k in 0..table.rows() {
                std::fs::write(&path, &whole).unwrap();
                let file = hdf5::File::open_rw(&path).unwrap();
                let dataset = file.dataset(&format!("courses/{name}")).unwrap();
                match column.clone() {
                    Column::Whole(mut values) => {
                        values[k] ^= 1;
                        dataset.write_raw(&values).unwrap();
                    }
                    Column::Real(mut values) => {
                        values[k] = if values[k].is_nan() { 0.0 } else { values[k].next_up() };
                        dataset.write_raw(&values).unwrap();
                    }
                    _ => {
                        let mut values = dataset.read_raw::<hdf5::types::VarLenUnicode>().unwrap();
                        values[k] = "I".parse().unwrap();
                        dataset.write_raw(&values).unwrap();
                    }
                }
                drop((dataset, file));
                let verified = Recording::open(&path).and_then(|r| Verification::of(&r));
                let verified = verified.unwrap_or_else(|e| panic!("{name} of step {k}: {e}"));
                let (what, how) = verified.differs().unwrap();
                assert!(
                    what == "courses" && how.starts_with(&format!("{name} of step {} is", k + 1)),
                    "{name} of step {k}: {what}: {how}"
                );
            }
        }
    }
}
