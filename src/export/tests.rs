//! Exports hold what the recording holds.

use super::*;
use crate::dynamics::{Cell, Observable, Spike};
use crate::network::Placed;
use crate::protocol::{Epoch, shown};
use crate::recording::{Ended, Header, Probed, Provenance, Recorder, Sink};
use crate::table::Table;
use crate::task::{DelayedMatch, to_table};
use crate::units::Duration;
use indexmap::IndexMap;
use std::path::PathBuf;

const NOW: &str = "2026-01-02T03:04:05.678Z";

/// Two trials of 100 ms after a rest of 100 ms.
const TASK: &str = r#"
    trials = 2
    match_probability = 0.5
    fixation = "20 ms"
    sample = { duration = "20 ms", poisson = "1 Hz" }
    delay = "20 ms"
    test = { duration = "20 ms", poisson = "1 Hz" }
    inter_trial = "20 ms"
    observer = { above = "10 Hz", held_over = "10 ms", seen_over = "10 ms" }
"#;

/// (population 0 or 1, neuron, ms); ties in time, spikes on edges, and a neuron that never fires.
const SPIKES: [(usize, u32, f64); 8] = [
    (0, 1, 0.1),
    (1, 0, 99.0),
    (0, 2, 100.0),
    (1, 0, 100.0),
    (1, 4, 199.999),
    (0, 1, 200.0),
    (0, 2, 200.0),
    (1, 4, 299.0),
];

/// A recording with two populations `I` (3 neurons) and `E, all` (5), and its file.
fn recorded(trials: bool) -> (tempfile::TempDir, Recording) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    let placed = |name: &str, neurons| Placed { name: name.to_owned(), neurons, space: None };
    let populations = [placed("I", 0..3), placed("E, all", 3..8)];
    let rest = Epoch {
        name: "rest".to_owned(),
        duration: Duration::ms(100.0),
        show: Vec::new(),
        plasticity: true,
    };
    let task: DelayedMatch = toml::from_str(TASK).unwrap();
    let drawn = task.draw(100.0, 4, crate::random::Seed(1));
    let mut protocol = shown(&[rest], 0.0);
    protocol.extend(drawn.iter().flat_map(|trial| shown(&task.epochs(trial), trial.start)));
    let table = to_table(&drawn);
    let cell = Cell {
        theta: 20.0,
        v_reset: 10.0,
        tau_syn: vec![5.0],
        adaptation: None,
        moving_threshold: None,
    };
    let probed = Probed {
        population: "I".to_owned(),
        neurons: 1..3,
        first: 0,
        every: 0.5,
        cells: vec![cell; 2],
    };
    let (patterns, provenance) = (IndexMap::new(), Provenance::default());
    let header = Header {
        protocol: &protocol,
        trials: trials.then_some(&table),
        probes: &[probed],
        ..Header::of_spikes(&populations, &patterns, &provenance)
    };
    let mut recorder = Recorder::create(Sink::File { path: &path, force: false }, header).unwrap();
    for step in 1..=30 {
        let end = f64::from(step) * 10.0;
        let now = SPIKES.iter().filter(|(_, _, t)| (end - 10.0..end).contains(t));
        let spike = |(p, neuron, time): &(usize, u32, f64)| Spike {
            time: *time,
            neuron: populations[*p].neurons.start as u32 + neuron,
        };
        let now: Vec<Spike> = now.map(spike).collect();
        recorder.observe(end, Observable::Spikes(&now)).unwrap();
        if trials && (step == 20 || step == 30) {
            recorder.end_trial(Ended::default()).unwrap();
        }
    }
    recorder.take_watched(0, 0.0, &[11.0, 12.0, -1.0, -2.0]).unwrap();
    recorder.take_watched(0, 0.5, &[11.5, 12.25, -0.5, 0.0]).unwrap();
    let mut finished = recorder.finish(Provenance::default()).unwrap();
    if trials {
        let why = vec![String::new(), "lost, \"gone\"".to_owned()];
        let results = Table::default().flag("correct", vec![true, false]).text("failure", why);
        finished.add_results(&results).unwrap();
    }
    finished.publish().unwrap();
    let recording = Recording::open(&path).unwrap();
    (directory, recording)
}

fn exported(format: Format, selection: &Selection) -> (tempfile::TempDir, PathBuf) {
    let (directory, recording) = recorded(true);
    let path = directory.path().join(format.output("run"));
    write(&recording, selection, format, &path, false, NOW).unwrap();
    (directory, path)
}

fn chosen(population: Option<&str>, neurons: Option<std::ops::Range<u64>>) -> Selection {
    Selection { population: population.map(str::to_owned), neurons }
}

#[test]
fn tables_hold_every_spike_with_its_trial() {
    let (_directory, path) = exported(Format::Csv, &Selection::default());
    let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    // A trial is [start, end): the spike at 200 ms is in the second.
    let expected = "population,neuron,time_ms,trial\n\
        I,1,0.1,0\nI,2,100,1\nI,1,200,2\nI,2,200,2\n\
        \"E, all\",0,99,0\n\"E, all\",0,100,1\n\"E, all\",4,199.999,1\n\"E, all\",4,299,2\n";
    assert_eq!(read("spikes.csv"), expected);
    assert_eq!(read("populations.csv"), "population,neurons\nI,3\n\"E, all\",5\n");
    let expected =
        "population,neuron,time_ms,V_mV\nI,1,0,11\nI,1,0.5,11.5\nI,2,0,12\nI,2,0.5,12.25\n";
    assert_eq!(read("potentials.csv"), expected);
    let epochs = read("epochs.csv");
    let lines: Vec<&str> = epochs.lines().collect();
    assert_eq!(lines.len(), 1 + 1 + 2 * 5);
    assert_eq!(
        lines[..3],
        ["name,start_ms,end_ms,trial,show", "rest,0,100,0,[]", "fixation,100,120,1,[]"]
    );
    assert!(lines[11].starts_with("inter-trial interval,280,300,2"), "{}", lines[11]);
    let trials = read("trials.csv");
    assert!(trials.lines().next().unwrap().ends_with(",correct,failure"));
    assert!(trials.ends_with(",0,\"lost, \"\"gone\"\"\"\n"), "{trials}");
}

#[test]
fn a_choice_of_neurons_is_exported_alone() {
    let selection = chosen(Some("E, all"), Some(1..5));
    let (_directory, path) = exported(Format::Csv, &selection);
    let spikes = std::fs::read_to_string(path.join("spikes.csv")).unwrap();
    let expected = "population,neuron,time_ms,trial\n\"E, all\",4,199.999,1\n\"E, all\",4,299,2\n";
    assert_eq!(spikes, expected);
    assert!(!path.join("potentials.csv").exists());
    let (_directory, path) = exported(Format::Csv, &chosen(Some("I"), Some(2..3)));
    let potentials = std::fs::read_to_string(path.join("potentials.csv")).unwrap();
    assert_eq!(potentials, "population,neuron,time_ms,V_mV\nI,2,0,12\nI,2,0.5,12.25\n");

    let (_directory, path) = exported(Format::Nwb, &selection);
    let file = hdf5::File::open(&path).unwrap();
    let ends: Vec<u64> = file.dataset("units/spike_times_index").unwrap().read_raw().unwrap();
    assert_eq!(ends, [0, 0, 0, 2]);
    let times: Vec<f64> = file.dataset("units/spike_times").unwrap().read_raw().unwrap();
    assert_eq!(times, [199.999 / 1000.0, 299.0 / 1000.0]);
    let neurons: Vec<u64> = file.dataset("units/neuron").unwrap().read_raw().unwrap();
    assert_eq!(neurons, [1, 2, 3, 4]);
}

#[test]
fn a_choice_that_does_not_fit_is_refused() {
    let (directory, recording) = recorded(true);
    let path = directory.path().join("out");
    let refused = |selection: &Selection| {
        let done = write(&recording, selection, Format::Npz, &path, false, NOW);
        assert!(!path.exists());
        done.unwrap_err().to_string()
    };
    let sentence =
        "--population J: found no population J in the recording; use one of `I`, `E, all`.";
    assert_eq!(refused(&chosen(Some("J"), None)), sentence);
    let sentence = refused(&chosen(None, Some(0..4)));
    assert!(
        sentence.starts_with("--neurons 0..4: found neurons 0..4 of 3 neurons of population I;")
    );
    assert!(refused(&chosen(Some("I"), Some(2..2))).contains("found neurons 2..2 of 3 neurons"));
}

#[test]
fn arrays_are_read_back_as_they_were() {
    let (_directory, path) = exported(Format::Npz, &Selection::default());
    let written = std::fs::read(&path).unwrap();
    let archive = rawzip::ZipArchive::from_slice(&written).unwrap();
    let array = |name: &str| {
        let name = format!("{name}.npy");
        let mut entries = archive.entries();
        let entry = std::iter::from_fn(|| entries.next_entry().unwrap())
            .find(|entry| entry.file_path().as_ref() == name.as_bytes());
        let entry = archive.get_entry(entry.unwrap().wayfinder()).unwrap();
        let mut bytes = Vec::new();
        let mut verified = entry.verifying_reader(entry.data());
        std::io::Read::read_to_end(&mut verified, &mut bytes).unwrap();
        bytes
    };
    // The values of an array, which must be of this type, as bytes.
    let bytes = |name: &str, dtype: &str| {
        let mut bytes = array(name);
        let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = String::from_utf8(bytes[10..start].to_vec()).unwrap();
        assert!(start % 64 == 0 && header.contains(&format!("'descr': '{dtype}'")), "{header}");
        bytes.split_off(start)
    };
    let real = |name: &str| -> Vec<f64> {
        bytes(name, "<f8").as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
    };
    assert_eq!(real("I_times_ms"), [0.1, 100.0, 200.0, 200.0]);
    assert_eq!(real("trials_start_ms"), [100.0, 200.0]);
    assert_eq!(real("I_V_times_ms"), [0.0, 0.5]);
    assert_eq!(real("I_V"), [11.0, 12.0, 11.5, 12.25]);
    assert_eq!(real("I_I_syn_5ms"), [-1.0, -2.0, -0.5, 0.0]);
    let whole = |name: &str| -> Vec<u32> {
        bytes(name, "<u4").as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect()
    };
    assert_eq!(whole("I_neurons"), [1, 2, 1, 2]);
    assert_eq!(whole("E, all_trials"), [0, 1, 1, 2]);
    // Texts of one length, filled up with zeros.
    let text = |name: &str, longest: usize| -> Vec<String> {
        let bytes = bytes(name, &format!("<U{longest}"));
        let letter = |b: &[u8; 4]| char::from_u32(u32::from_le_bytes(*b)).unwrap();
        let letters: Vec<char> = bytes.as_chunks().0.iter().map(letter).collect();
        let texts = letters.chunks(longest).map(|text| text.iter().collect::<String>());
        texts.map(|text| text.trim_end_matches('\0').to_owned()).collect()
    };
    assert_eq!(text("trials_failure", 12), ["", "lost, \"gone\""]);
    assert_eq!(text("populations", 6), ["I", "E, all"]);
    assert_eq!(text("epochs_name", 20)[..2], ["rest", "fixation"]);
}

#[test]
fn nix_holds_trains_in_order_and_refuses_too_many() {
    let (directory, path) = exported(Format::NeoNix, &Selection::default());
    let file = hdf5::File::open(&path).unwrap();
    let tags = file.group("data/neo.block.session/multi_tags").unwrap().member_names().unwrap();
    // 8 spike trains, 2 epochs, 3 events.
    assert_eq!(tags.len(), 13);
    let positions = "data/neo.block.session/multi_tags/neo.spiketrain.E, all[4]/positions";
    let times: Vec<f64> = file.dataset(&format!("{positions}/data")).unwrap().read_raw().unwrap();
    assert_eq!(times, [199.999, 299.0]);
    drop(file);
    let recording = Recording::open(&directory.path().join("run.h5")).unwrap();
    let mut session = Session::new(&recording, &Selection::default()).unwrap();
    assert!(nix::check(&session).is_ok());
    session.populations[1].neurons = 0..4998;
    let sentence = nix::check(&session).unwrap_err().to_string();
    assert!(sentence.contains("found 5001 neurons;"), "{sentence}");
}

#[test]
fn without_a_task_there_are_no_trials() {
    let (directory, recording) = recorded(false);
    for format in Format::ALL {
        let path = directory.path().join(format.output("run"));
        write(&recording, &Selection::default(), format, &path, false, NOW).unwrap();
        if format == Format::Csv {
            assert!(!path.join("trials.csv").exists());
        }
        if format == Format::Nwb {
            assert!(!hdf5::File::open(&path).unwrap().link_exists("intervals/trials"));
        }
    }
}

#[test]
fn of_a_run_that_did_not_end_what_is_whole_is_exported() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    let populations = [
        Placed { name: "I".to_owned(), neurons: 0..3, space: None },
        Placed { name: "E".to_owned(), neurons: 3..8, space: None },
    ];
    let long = |name: &str| Epoch {
        name: name.into(),
        duration: Duration::ms(100.0),
        show: Vec::new(),
        plasticity: true,
    };
    let protocol = shown(&[long("one"), long("two"), long("three")], 0.0);
    let (patterns, provenance) = (IndexMap::new(), Provenance::default());
    let header =
        Header { protocol: &protocol, ..Header::of_spikes(&populations, &patterns, &provenance) };
    let mut recorder = Recorder::create(Sink::File { path: &path, force: false }, header).unwrap();
    // More than a chunk, until 122 ms; whatever was seen until 150 ms is committed.
    let spike = |k: u32| Spike { time: 10.0 + 100.0 * f64::from(k) / 8192.0, neuron: k % 3 };
    let spikes: Vec<Spike> = (0..9192).map(spike).collect();
    recorder.observe(150.0, Observable::Spikes(&spikes)).unwrap();
    recorder.commit().unwrap();
    drop(recorder);
    let recording = Recording::open(&path.with_extension("h5.part")).unwrap();
    let session = Session::new(&recording, &Selection::default()).unwrap();
    assert_eq!(session.end, 150.0);
    assert_eq!(session.spikes(&session.populations[0]).unwrap(), 9192);
    let Some(crate::table::Column::Real(ends)) = session.epochs.column("end_ms") else { panic!() };
    assert_eq!(ends, &[100.0, 150.0]);
}

#[test]
fn what_stands_at_the_output_is_kept_unless_forced() {
    let (directory, recording) = recorded(true);
    let everything = Selection::default();
    for format in Format::ALL {
        let path = directory.path().join(format.output("run"));
        let again = |force| write(&recording, &everything, format, &path, force, NOW);
        again(false).unwrap();
        let sentence = again(false).unwrap_err().to_string();
        assert!(sentence.contains("found that the output exists already"), "{sentence}");
        again(true).unwrap();
    }
    // A directory with anything else in it is never replaced.
    let path = directory.path().join("run-csv");
    std::fs::write(path.join("thesis.txt"), "precious").unwrap();
    let done = write(&recording, &everything, Format::Csv, &path, true, NOW);
    assert!(done.unwrap_err().to_string().contains("a directory with other files"));
    assert!(path.join("thesis.txt").exists() && path.join("spikes.csv").exists());
    assert!(!directory.path().join("run-csv.part").exists());
}
