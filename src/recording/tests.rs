//! What a recording holds does not depend on what else it holds.

use super::*;
use crate::dynamics::{Attractor, Cell, Observable, ObservableKind, Spike};
use crate::experiment::{Experiment, Host};
use crate::model::Document;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::{Epoch, shown};
use crate::report::Summary;
use crate::simulation::Wish;
use crate::table::{Column, Table};
use crate::tape::{OnTape, Tape};
use crate::units::{Clock, Duration};
use crate::work::Threads;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// Two populations, of which the second receives external spikes.
fn populations() -> [Placed; 2] {
    [
        Placed { name: "I".to_owned(), neurons: 0..3, space: None },
        Placed { name: "E".to_owned(), neurons: 3..8, space: None },
    ]
}

fn spike(time: f64, neuron: u32) -> Spike {
    Spike { time, neuron }
}

/// Records 100 ms, with `each` external spikes per ms if `external` says so.
fn recorder(sink: Sink, external: &[bool], each: usize) -> Recorder {
    recorder_of(100.0, sink, external, each)
}

/// Records 100 ms of a run of this duration (ms).
fn recorder_of(duration: f64, sink: Sink, external: &[bool], each: usize) -> Recorder {
    let rest = Epoch {
        name: "rest".to_owned(),
        duration: Duration::ms(duration),
        show: Vec::new(),
        plasticity: true,
    };
    let (populations, patterns) = (populations(), IndexMap::new());
    let (protocol, provenance) = (shown(&[rest], 0.0), Provenance::default());
    let header = Header::of_spikes(&populations, &patterns, &provenance);
    let header = Header { protocol: &protocol, external, ..header };
    let mut recorder = Recorder::create(sink, header).unwrap();
    for step in 1..=10 {
        let end = f64::from(step) * 10.0;
        if recorder.wants_external() {
            let n = 10 * each;
            let time = |k: usize| end - 10.0 + 10.0 * k as f64 / n as f64;
            let spikes: Vec<Spike> = (0..n).map(|k| spike(time(k), 3 + k as u32 % 5)).collect();
            recorder.observe_external(&spikes).unwrap();
        }
        recorder
            .observe(end, Observable::Spikes(&[spike(end - 5.0, 1), spike(end - 4.0, 7)]))
            .unwrap();
    }
    recorder
}

fn file(path: &Path) -> Sink<'_> {
    Sink::File { path, force: false }
}

fn in_directory() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    (directory, path)
}

#[test]
fn potentials_come_back_as_they_were_seen() {
    let (populations, patterns, provenance) =
        (populations(), IndexMap::new(), Provenance::default());
    let cell = |theta| Cell {
        theta,
        v_reset: 10.0,
        tau_syn: vec![5.0, 60.0],
        adaptation: None,
        moving_threshold: None,
    };
    let probed = Probed {
        population: "E".to_owned(),
        neurons: 1..3,
        first: 3,
        every: 0.5,
        cells: vec![cell(19.0), cell(21.0)],
    };
    let header =
        Header { probes: &[probed], ..Header::of_spikes(&populations, &patterns, &provenance) };
    let (_directory, path) = in_directory();
    let mut recorder = Recorder::create(file(&path), header).unwrap();
    assert_eq!((recorder.next_look(30.0), recorder.next_watch(30.0)), (10.0, 0.0));
    for k in 0..200 {
        let v = f64::from(k);
        let row = [v, -v, 0.1 * v, 0.2 * v, 0.3 * v, 0.4 * v];
        recorder.take_watched(0, 0.5 * v, &row).unwrap();
    }
    recorder.commit().unwrap();
    let some = recorder.open().unwrap().potentials("E").unwrap().unwrap();
    assert_eq!((some.time.len(), some.v.len()), (200, 400));
    let finished = recorder.finish(Provenance::default()).unwrap().publish().unwrap();
    assert_eq!(finished.watched().unwrap(), ["E"]);
    assert!(finished.potentials("I").unwrap().is_none());
    let all = finished.potentials("E").unwrap().unwrap();
    assert_eq!((all.time.len(), all.time[199], all.every), (200, 99.5, 0.5));
    assert_eq!(
        (all.neurons, all.theta, all.v_reset),
        (vec![1, 2], vec![19.0, 21.0], vec![10.0; 2])
    );
    assert_eq!(all.v[398..], [199.0, -199.0]);
    let [(name, tau, _), (_, _, slow)] = &all.currents[..] else { panic!("two currents") };
    assert_eq!((name.as_str(), *tau), ("I_syn_5ms", 5.0));
    assert_eq!(slow[2..4], [0.3, 0.4]);
}

#[test]
fn external_spikes_are_recorded_beside_the_data_and_change_no_hash() {
    let (_one, without) = in_directory();
    let (_two, with) = in_directory();
    let finished = |recorder: Recorder| {
        let finished = recorder.finish(Provenance::default()).unwrap();
        let hash = finished.data_hash.clone();
        finished.publish().unwrap();
        hash
    };
    let plain = finished(recorder(file(&without), &[], 0));
    assert_eq!(plain, finished(recorder(file(&with), &[false, true], 100)));
    let (plain, full) = (Recording::open(&without).unwrap(), Recording::open(&with).unwrap());
    assert_eq!(plain.spikes("E").unwrap(), full.spikes("E").unwrap());
    assert_eq!(plain.external().unwrap(), []);
    assert_eq!(full.external().unwrap(), [("E".to_owned(), 10_000)]);
    assert_eq!(plain.provenance().unwrap().external_hash, "");
    assert_eq!(full.provenance().unwrap().external_hash.len(), 64);

    let replay = crate::train::Replay {
        file: with.to_str().unwrap().to_owned(),
        population: None,
        efficacy: crate::units::Voltage::new(1.0),
        tau_syn: crate::units::Time::new(0.0),
    };
    let read = replay.read("E", 5, Path::new("")).unwrap();
    assert_eq!(read.len(), 10_000);
    assert_eq!((read[0], read[1003]), ((0.0, 0), (10.0 + 10.0 * 3.0 / 1000.0, 3)));
}

/// What a recording of [`recorder`] holds: spikes of E, external spikes, and until when.
fn held(recording: &Recording) -> (usize, u64, f64) {
    let external = recording.external().unwrap().iter().map(|(_, spikes)| spikes).sum();
    (recording.spikes("E").unwrap().0.len(), external, recording.end().unwrap())
}

#[test]
fn every_commit_is_whole_and_the_file_that_others_see_is_closed() {
    let (_directory, path) = in_directory();
    let part = path.with_extension("h5.part");
    let mut running = recorder_of(150.0, file(&path), &[false, true], 1000);
    assert!(!part.exists(), "what is not committed has no name");
    running.commit().unwrap();
    let first = Recording::open(&part).unwrap();
    // Not only whole chunks.
    assert_eq!(held(&first), (10, 100_000, 100.0));
    assert!(!first.is_complete());
    // A file that somebody reads is left to them.
    for step in 1..=5 {
        let end = 100.0 + 10.0 * f64::from(step);
        running.observe(end, Observable::Spikes(&[spike(end - 5.0, 3)])).unwrap();
        running.commit().unwrap();
        let now = Recording::open(&part).unwrap();
        assert_eq!(held(&now), (10 + step as usize, 100_000, end));
        assert_eq!(held(&first), (10, 100_000, 100.0));
    }
    let mut kept = recorder_of(150.0, Sink::Memory, &[false, true], 1000);
    kept.commit().unwrap();
    assert_eq!(held(&kept.open().unwrap()), held(&first));
    drop((first, running));
    let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "the last commit alone is left: {left:?}");
}

#[test]
fn what_a_killed_run_left_beside_its_recording_is_in_nobodys_way() {
    let (directory, path) = in_directory();
    for (leftover, begun) in
        [("next", ""), ("last", "\0\0\0"), ("lock", "process 1 on elsewhere\n")]
    {
        std::fs::write(path.with_extension(format!("h5.{leftover}")), begun).unwrap();
    }
    let mut running = recorder(file(&path), &[], 0);
    running.commit().unwrap();
    running.finish(Provenance::default()).unwrap().publish().unwrap();
    let names: Vec<_> =
        directory.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["run.h5"]);
}

/// Two trials of made-up activity of two neurons whose only pattern is the first one.
fn graded(sink: Sink, states: bool) -> Recorder {
    let populations = [Placed { name: "N".to_owned(), neurons: 0..2, space: None }];
    let patterns = IndexMap::from([(
        "N".to_owned(),
        Patterns::from_foreground(2, vec![vec![0]]).with_names(vec!["one".to_owned()]),
    )]);
    let provenance = Provenance { seed: 7, duration: 40.0, ..Provenance::default() };
    let trials = Table::default().whole("trial", vec![1, 2]);
    let header = Header {
        observable: ObservableKind::Graded,
        trials: Some(&trials),
        probes: &[],
        efficacies: &[],
        relaxes: true,
        states,
        ..Header::of_spikes(&populations, &patterns, &provenance)
    };
    let mut recorder = Recorder::create(sink, header).unwrap();
    for (start, end) in [(0.0, 20.0), (20.0, 35.0)] {
        recorder.begin(start);
        let mut time = start;
        loop {
            let activity = [0.5 + time / 100.0, 0.25];
            let seen = Observable::Graded { activity: &activity, energy: Some(-time) };
            recorder.observe(time, seen).unwrap();
            if time == end {
                recorder.end_state(seen);
                break;
            }
            time = recorder.next_look(end);
        }
        let attractor = (start > 0.0).then_some(Attractor::Cycle(2));
        recorder
            .end_trial(Ended { duration: end - start, attractor, unstable: Some(0.5) })
            .unwrap();
    }
    recorder
}

#[test]
fn graded_patterns_come_back_with_their_image() {
    let populations = [Placed { name: "N".to_owned(), neurons: 0..2, space: None }];
    let plain = Patterns::from_values(2, vec![0.5, -1.5, 2.0, 0.1]);
    let stored = plain.clone().with_image_of(|xi| xi * xi, 1.0);
    for patterns in [plain, stored] {
        let by_name = IndexMap::from([("N".to_owned(), patterns.clone())]);
        let provenance = Provenance::default();
        let header = Header {
            observable: ObservableKind::Graded,
            ..Header::of_spikes(&populations, &by_name, &provenance)
        };
        let (_directory, path) = in_directory();
        for sink in [Sink::Memory, file(&path)] {
            let recorder = Recorder::create(sink, header).unwrap();
            let recorded = recorder.finish(Provenance::default()).unwrap();
            assert_eq!(recorded.open().unwrap().patterns("N").unwrap(), Some(patterns.clone()));
        }
    }
}

#[test]
fn graded_activity_is_recorded_in_memory_as_in_a_file() {
    let (_one, path) = in_directory();
    let (_two, other) = in_directory();
    let finish = |recorder: Recorder| recorder.finish(Provenance::default()).unwrap();
    let memory = finish(graded(Sink::Memory, true));
    let in_file = finish(graded(file(&path), true));
    let hash = in_file.data_hash.clone();
    assert_eq!(memory.data_hash, hash);
    assert_eq!(finish(graded(file(&other), false)).data_hash, hash);
    in_file.publish().unwrap();
    for recording in [memory.open().unwrap(), Recording::open(&path).unwrap()] {
        assert_eq!(recording.observable(), ObservableKind::Graded);
        assert_eq!(recording.clock(), Clock::Ms);
        assert!(recording.is_complete());
        assert_eq!(recording.populations(), [("N".to_owned(), 2)]);
        let time = [0.0, 10.0, 20.0, 20.0, 30.0, 35.0];
        let activity = recording.activity("N").unwrap().unwrap();
        assert_eq!((&activity.time[..], activity.width), (&time[..], 2));
        assert_eq!(activity.row(5), [0.5 + 0.35, 0.25]);
        assert_eq!(recording.rates("N").unwrap().values[1], (0.6 + 0.25) / 2.0);
        let m = recording.overlaps("N").unwrap().unwrap();
        assert_eq!((m.width, m.values[1], m.interval), (1, 0.6 - 0.25, 10.0));
        let energy = recording.energy().unwrap().unwrap().unwrap();
        assert_eq!(energy.values, time.map(|t| -t));
        let ended = recording.ended().unwrap().unwrap();
        assert_eq!(ended.to_csv(), "duration,period,first_step\n20,,0.5\n15,2,0.5\n");
        assert_eq!(recording.patterns("N").unwrap().unwrap().names(), ["one"]);
        assert_eq!(recording.provenance().unwrap().data_hash, hash);
        assert_eq!(recording.states("N").unwrap(), None);
        assert_eq!(recording.spikes("N").unwrap(), (vec![], vec![]));
        // A table of trials without the columns of its task is damaged, not absent.
        let error = recording.recall_trials().unwrap_err();
        assert!(error.to_string().contains("a column of its trials is missing"), "{error}");
        assert_eq!(recording.trials().unwrap(), None);
    }
}

/// The summary of a run of a model, and the results of its trials.
fn summary(text: &str, sink: Sink) -> (serde_json::Value, Option<Table>) {
    let host = Host {
        command_line: String::new(),
        now: String::new,
        seconds: || 0.0,
        peak_rss_mb: || 0.0,
    };
    let document = Document::new("t.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let (model, threads) = (document.model().unwrap(), Threads::new(1).unwrap());
    let mut experiment =
        Experiment::begin(&document, model, (sink, None), &host, &threads).unwrap();
    experiment.run(|_| Wish::Commit).unwrap();
    let recording = experiment.finish().unwrap();
    let summary = serde_json::to_value(Summary::of(&recording).unwrap()).unwrap();
    assert_eq!(summary["data_hash"].as_str().unwrap().len(), 64);
    (summary, recording.results().unwrap())
}

#[test]
fn a_run_has_the_same_hash_and_summary_in_memory_and_in_a_file() {
    let spiking = include_str!("../../tests/data/small-sweep.toml");
    let states = include_str!("../../tests/data/small-recall.toml");
    for text in [spiking, states] {
        let (_directory, path) = in_directory();
        assert_eq!(summary(text, file(&path)), summary(text, Sink::Memory));
    }
}

#[test]
fn the_data_hash_is_of_all_that_was_seen_or_of_the_states_at_the_ends() {
    let hash = |recorder: Recorder| recorder.finish(Provenance::default()).unwrap().data_hash;
    let spiking = |more: &[Spike]| {
        let mut recorder = recorder(Sink::Memory, &[], 0);
        recorder.observe(110.0, Observable::Spikes(more)).unwrap();
        hash(recorder)
    };
    let ended = |end: &[f64]| {
        let mut recorder = graded(Sink::Memory, true);
        recorder.end_state(Observable::Graded { activity: end, energy: None });
        hash(recorder)
    };
    let hashes = [
        spiking(&[]),
        spiking(&[spike(105.0, 1)]),
        spiking(&[spike(105.0, 2)]),
        spiking(&[spike(106.0, 2)]),
        ended(&[0.1, 0.2]),
        ended(&[0.1, 0.3]),
    ];
    let different: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), hashes.len());
}

#[test]
fn a_store_gives_back_what_was_put_into_it() {
    use store::{Attribute, Layout, Store};
    let (_directory, path) = in_directory();
    let twin = twin::Twin::create(&path.with_extension("part"), &path).unwrap();
    let stores: [Box<dyn Store>; 3] =
        [Box::new(Memory::default()), Box::new(Hdf5::create(&path).unwrap()), Box::new(twin)];
    for mut store in stores {
        store.group("a").unwrap();
        for (name, value) in [
            ("real", Attribute::Real(0.5)),
            ("whole", Attribute::Whole(7)),
            ("flag", Attribute::Flag(true)),
            ("text", Attribute::Text("é".to_owned())),
            ("pair", Attribute::Pair([1, 2])),
            ("sorting", Attribute::ByTime),
        ] {
            store.set("a", name, value.clone()).unwrap();
            assert_eq!(store.attribute("a", name).unwrap(), Some(value));
        }
        store.set("a", "flag", Attribute::Flag(false)).unwrap();
        assert_eq!(store.attribute("a", "flag").unwrap(), Some(Attribute::Flag(false)));
        assert_eq!(store.attribute("", "none").unwrap(), None);
        let layout = Layout { width: Some(2), chunk: Some(3) };
        store.create("a/grows", layout, &Column::Flag(vec![])).unwrap();
        store.append("a/grows", &Column::Flag(vec![true, false])).unwrap();
        store.append("a/grows", &Column::Flag(vec![true, true, false, false])).unwrap();
        assert_eq!(store.shape("a/grows").unwrap(), (3, 2));
        let rows = store.share().unwrap().values::<bool>("a/grows", 1..9).unwrap();
        assert_eq!(rows, [true, true, false, false]);
        assert!(store.values::<bool>("a/grows", 7..9).unwrap().is_empty());
        store.put("a/texts", vec!["one".to_owned(), String::new()]).unwrap();
        assert_eq!(store.all::<String>("a/texts").unwrap(), ["one", ""]);
        store.put("a/fixed", vec![1u64, 2]).unwrap();
        store.renew("a/fixed", vec![3u64, 4]).unwrap();
        assert_eq!(store.first::<u64>("a/fixed").unwrap(), 3);
        assert!(store.all::<f64>("a/fixed").unwrap_err().0.contains("another kind"));
        assert!(store.exists("a/fixed") && !store.exists("a/b") && !store.exists("b"));
        assert!(store.all::<f64>("b").is_err());
    }
}

/// What an earlier build meant by the word at which this one reads `force` nobody knows.
#[test]
fn a_complete_recording_takes_the_place_of_another_only_if_a_state_of_this_build_says_so() {
    let published = |layout: u64| {
        let (_kept, path) = in_directory();
        let complete = recorder(file(&path), &[], 0).finish(Provenance::default()).unwrap();
        std::fs::write(&path, "another").unwrap();
        assert!(complete.publish().is_err());
        let mut tape = Tape::blank();
        Owner {
            layout,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            force: true,
            ..Owner::default()
        }
        .pass(&mut tape);
        checkpoint::save(&path, tape).unwrap();
        let published = Unended::publish(&path, |_| Ok(())).is_ok();
        (published, std::fs::read(&path).unwrap() != b"another")
    };
    assert_eq!(published(LAYOUT), (true, true));
    assert_eq!(published(LAYOUT - 1), (false, false));
}
