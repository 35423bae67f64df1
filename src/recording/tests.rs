//! What a recording holds does not depend on what else it holds.

use super::*;
use crate::dynamics::{Observable, ObservableKind, Spike};
use crate::network::Placed;
use crate::protocol::{Epoch, shown};
use crate::units::{Clock, Duration};
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// Two populations, of which the second receives external spikes.
fn populations() -> [Placed; 2] {
    [Placed { name: "I".to_owned(), neurons: 0..3 }, Placed { name: "E".to_owned(), neurons: 3..8 }]
}

fn spike(time: f64, neuron: u32) -> Spike {
    Spike { time, neuron }
}

/// Records 100 ms, with `each` external spikes per ms if `external` says so.
fn recorder(path: &Path, external: &[bool], each: usize) -> Recorder {
    let rest = Epoch { name: "rest".to_owned(), duration: Duration::ms(100.0), show: Vec::new() };
    let header = Header {
        populations: &populations(),
        patterns: &IndexMap::new(),
        protocol: &shown(&[rest], 0.0),
        trials: None,
        interval: 10.0,
        external,
        relaxes: false,
        observable: ObservableKind::Spikes,
        clock: Clock::Ms,
        states: false,
        without_energy: None,
        provenance: &Provenance::default(),
    };
    let mut recorder = Recorder::create(Sink::File { path, force: false }, header).unwrap();
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

fn in_directory() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    (directory, path)
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
    let plain = finished(recorder(&without, &[], 0));
    assert_eq!(plain, finished(recorder(&with, &[false, true], 100)));
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

#[test]
fn what_was_committed_of_external_spikes_survives_a_kill() {
    let (_directory, path) = in_directory();
    let mut killed = recorder(&path, &[false, true], 1000);
    killed.commit().unwrap();
    // The file is closed without the end of the run.
    drop(killed);
    let part = Recording::open(&path.with_extension("h5.part")).unwrap();
    assert!(!part.is_complete());
    // 100 000 spikes are twelve whole chunks and some more.
    assert_eq!(part.external().unwrap(), [("E".to_owned(), 12 * CHUNK as u64)]);
}
