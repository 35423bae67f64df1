//! The command `attractor sweep`: kills cost nothing that had ended, and rows are those of single runs.

use attractor::recording::Recording;
use attractor::sweep::SweepTable;
use attractor::table::Column;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A small network with trials.
const TEXT: &str = include_str!("../data/small-sweep.toml");
const RECALL: &str = include_str!("../data/small-recall.toml");

fn attractor(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_attractor"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_single_run_repeats_a_row_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), TEXT).unwrap();
    let setting = "task.delayed_match.sample.poisson";
    let over = format!("{setting}=100 Hz:300 Hz:2");
    let done = attractor(
        folder.path(),
        &["sweep", "small.toml", "--over", &over, "--repeat", "2", "--keep", "kept"],
    );
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let table = SweepTable::open(&folder.path().join("small-sweep.h5")).unwrap();
    let Some(Column::Text(hashes)) = table.runs.column("data_hash") else { panic!() };
    let set = format!("{setting}=300 Hz");
    let done =
        attractor(folder.path(), &["run", "small.toml", "--seed", "4", "--set", &set, "--quiet"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    for single in ["small.h5", "kept/run-0004.h5"] {
        let recording = Recording::open(&folder.path().join(single)).unwrap();
        let hash = recording.provenance().unwrap().data_hash;
        assert_eq!(hash, hashes[3], "{single}");
    }
    // What is kept is not overwritten, and the table tells what it holds.
    let again = attractor(folder.path(), &["sweep", "small.toml", "--keep", "kept", "-o", "b.h5"]);
    assert_eq!(again.status.code(), Some(2));
    let info = attractor(folder.path(), &["info", "small-sweep.h5"]);
    let text = String::from_utf8(info.stdout).unwrap();
    assert!(text.contains("2 points, 2 runs each") && text.contains("held"), "{text}");
    let figure = ["plot", "small-sweep.h5", "--y", "rate_hz.E", "-o", "rate.svg"];
    assert_eq!(attractor(folder.path(), &figure).status.code(), Some(0));
    let svg = std::fs::read_to_string(folder.path().join("rate.svg")).unwrap();
    assert!(svg.contains(setting) && svg.contains("rate of E (Hz)"));
}

#[test]
fn a_small_run_leaves_the_same_row_whether_its_recording_is_kept_or_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("recall.toml"), RECALL).unwrap();
    let sweep = |more: &[&str]| {
        let words = ["sweep", "recall.toml", "--repeat", "3", "--quiet"];
        let done = attractor(folder.path(), &[&words, more].concat());
        assert_eq!(done.status.code(), Some(0), "{done:?}");
    };
    sweep(&["-o", "memory.h5"]);
    sweep(&["-o", "files.h5", "--keep", "kept"]);
    let table = |name: &str| SweepTable::open(&folder.path().join(name)).unwrap();
    let (memory, files) = (table("memory.h5"), table("files.h5"));
    assert_eq!(memory.table_hash, files.table_hash);
    let Some(Column::Text(hashes)) = memory.runs.column("data_hash") else { panic!() };
    let third = Recording::open(&folder.path().join("kept/run-0003.h5")).unwrap();
    assert_eq!(third.provenance().unwrap().data_hash, hashes[2]);
}

#[test]
fn theory_of_memories_stands_beside_sweeps_and_recordings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), TEXT).unwrap();
    let said = |arguments: &[&str], code: i32| {
        let done = attractor(folder.path(), arguments);
        assert_eq!(done.status.code(), Some(code), "{done:?}");
        String::from_utf8([done.stdout, done.stderr].concat()).unwrap()
    };
    let over = "projection.E_to_E.scale=0.2 mV,0.3 mV";
    said(&["sweep", "small.toml", "--over", over, "-o", "table.h5", "--quiet"], 0);
    let over = "projection.E_to_E.scale=0.2 mV:0.3 mV:3";
    let beside = ["--table", "table.h5", "-o", "beside.svg", "--force"];
    let told = said(&[&["theory", "small.toml", "--over", over], &beside[..]].concat(), 0);
    assert!(told.contains("2 points compared with simulation: none differs by more"), "{told}");
    let svg = std::fs::read_to_string(folder.path().join("beside.svg")).unwrap();
    assert!(svg.contains("scale of the efficacies, E → E (mV)") && svg.contains("spontaneous"));
    // Of another network.
    let other = ["--set", "dynamics.spiking.I.theta=21 mV"];
    let told = said(&[&["theory", "small.toml", "--over", over], &other[..], &beside].concat(), 2);
    assert!(told.contains("another network: its `dynamics` differs"), "{told}");
    // Two keys, of which the table has one, and the other way round.
    let number = "patterns.E.random.number=3,4";
    let two = ["theory", "small.toml", "--over", over, "--over", number];
    let told = said(&[&two, &beside[..]].concat(), 2);
    assert!(told.contains("found no `patterns.E.random.number` in the units of --over"), "{told}");
    let told = said(&[&["theory", "small.toml", "--over", number], &beside[..]].concat(), 2);
    assert!(told.contains("found a sweep over `projection.E_to_E.scale`"), "{told}");
    said(&[&two, &["-o", "region.svg"][..]].concat(), 0);
    let svg = std::fs::read_to_string(folder.path().join("region.svg")).unwrap();
    assert!(svg.contains("only a spontaneous state found") && svg.contains("number of patterns P"));
    let told = said(&["info", "table.h5", "--theory"], 2);
    assert!(told.contains("--theory: found the table of a sweep"), "{told}");

    said(&["run", "small.toml", "--quiet"], 0);
    let plain = said(&["info", "small.h5"], 0);
    assert!(!plain.contains("mean field"), "{plain}");
    let told = said(&["info", "small.h5", "--theory"], 0);
    assert!(told.contains("spontaneous     rate (Hz) mean field"), "{told}");
    assert!(told.contains("and theory found no stable memory"), "{told}");
}

#[test]
fn recall_is_drawn_beside_theory() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("recall.toml"), RECALL).unwrap();
    let told = |arguments: &[&str]| {
        let done = attractor(folder.path(), arguments);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let over = "patterns.N.random.number=5,10,20";
    told(&["sweep", "recall.toml", "--over", over, "-o", "table.h5", "--quiet"]);
    let drawn = |arguments: &[&str]| {
        told(&[&["plot"], arguments, &["-o", "figure.svg", "--force"]].concat());
        std::fs::read_to_string(folder.path().join("figure.svg")).unwrap()
    };
    let svg = drawn(&["table.h5", "--y", "overlap", "--x", "load", "--within", "0:0.3"]);
    for label in ["small recall", "load α = P/N", "Amit et al. 1985, N → ∞", "measured"] {
        assert!(svg.contains(&format!("aria-label=\"{label}\"")), "{label}");
    }
    assert!(drawn(&["table.h5", "--histogram", "errors"]).contains("P = 20, α = 0.2"));
    let info = told(&["info", "table.h5"]);
    assert!(info.contains("(theory)"), "{info}");
    let run = told(&["run", "recall.toml"]);
    assert!(run.contains("expected") && run.contains("½ erfc √(1/2α)"), "{run}");
    let svg = drawn(&["recall.h5", "--y", "overlap", "--x", "flipped"]);
    assert!(svg.contains("share of flipped neurons"));
    for wrong in
        [&["table.h5", "--y", "overlaps"][..], &["table.h5"], &["recall.h5", "--x", "load"]]
    {
        let done = attractor(folder.path(), &[&["plot"], wrong, &["--force"]].concat());
        assert_eq!(done.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_sweep_ends_in_time() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), TEXT).unwrap();
    let sweep = ["sweep", "small.toml", "--repeat", "40", "-o", "table.h5", "--for", "1ms"];
    let done = attractor(folder.path(), &sweep);
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.code() == Some(0) && text.contains("go on with --resume"), "{text}");
    assert!(
        folder.path().join("table.h5.part").exists() && !folder.path().join("table.h5").exists()
    );
    let rest =
        ["sweep", "small.toml", "--repeat", "40", "-o", "table.h5", "--resume", "--for", "1h"];
    let done = attractor(folder.path(), &rest);
    assert!(done.status.success() && folder.path().join("table.h5").exists(), "{done:?}");
    let plan = attractor(folder.path(), &["sweep", "small.toml", "--plan", "--for", "1h"]);
    assert_eq!(plan.status.code(), Some(2));
}

#[test]
fn a_failed_point_is_told_and_gives_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), TEXT).unwrap();
    let over = "projection.E_to_E.scale=0.1 mV,1000000 mV";
    let done = attractor(folder.path(), &["sweep", "small.toml", "--over", over, "--quiet"]);
    let told = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{told}");
    let expected = "1 of 2 runs failed: run 2 (projection.E_to_E.scale=1000000 mV, seed 3)\n";
    assert_eq!(told, expected);
}

#[test]
fn a_run_whose_neurons_are_saturated_has_that_in_its_row() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), TEXT).unwrap();
    let over = "dynamics.spiking.I.poisson.rate=1 kHz,1000 kHz";
    let sweep = ["sweep", "small.toml", "--over", over, "--repeat", "4"];
    let done = attractor(folder.path(), &sweep);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let path = folder.path().join("small-sweep.h5");
    let table = SweepTable::open(&path).unwrap();
    let Some(Column::Text(warnings)) = table.runs.column("warning") else { panic!() };
    let found = "dynamics.spiking.I: found that this population fires at ";
    let saturated: Vec<bool> = warnings.iter().map(|warning| warning.starts_with(found)).collect();
    assert_eq!(saturated, [false, false, false, false, true, true, true, true], "{warnings:?}");
    assert!(warnings[..4].iter().all(String::is_empty), "{warnings:?}");
    let told = String::from_utf8(done.stdout).unwrap();
    let first = "WARNING run 5 (dynamics.spiking.I.poisson.rate=1000 kHz, seed 3)\n";
    assert!(told.contains(first) && told.contains(found), "{told}");
    assert!(told.contains("WARNING 1 further run alike (the column `warning`"), "{told}");
    // Where nothing was found there is no such column.
    let done = attractor(folder.path(), &["sweep", "small.toml", "-o", "one.h5", "--quiet"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let table = SweepTable::open(&folder.path().join("one.h5")).unwrap();
    assert!(table.runs.column("warning").is_none() && table.warned().is_empty());
}

#[test]
fn a_sweep_that_is_killed_can_be_resumed() {
    // Recordings on disk, and in memory.
    killed(&TEXT.replace("50 ms", "1 s"), "projection.E_to_E.delay=1 ms:2 ms:3");
    killed(&RECALL.replace("size = 100", "size = 1500"), "patterns.N.random.number=5:25:3");
}

/// Kills a sweep of 24 runs.
fn killed(text: &str, over: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), text).unwrap();
    let part = folder.path().join("table.h5.part");
    let command = ["sweep", "small.toml", "--over", over, "--repeat", "8", "-o", "table.h5"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_attractor"))
        .current_dir(folder.path())
        .args(command)
        .args(["--threads", "1"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut rows = 0;
    while rows == 0 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(20));
        rows = SweepTable::open(&part).map_or(0, |table| table.runs.rows());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = SweepTable::open(&part).expect("it was killed in the middle, and the table opens");
    assert!(killed.runs.rows() > 0 && killed.runs.rows() < 24);

    let refused = attractor(folder.path(), &command);
    assert_eq!(refused.status.code(), Some(2));
    let resumed = attractor(folder.path(), &[&command[..], &["--resume", "--quiet"]].concat());
    assert_eq!(resumed.status.code(), Some(0), "{resumed:?}");
    assert!(!part.exists() && !folder.path().join("table.h5.runs").exists());
    let whole = attractor(folder.path(), &[&command[..6], &["-o", "whole.h5", "--quiet"]].concat());
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    let hash = |name: &str| SweepTable::open(&folder.path().join(name)).unwrap().table_hash;
    assert_eq!(hash("table.h5"), hash("whole.h5"));
}
