//! Files that stay as they are, whatever a command is asked to overwrite.

use hdf5::File;
use std::path::Path;
use std::process::Command;

/// A small network with trials.
const SPIKING: &str = include_str!("../data/small-sweep.toml");

/// The exit code, and what is said.
fn attractor(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let done = command.current_dir(folder).args(words).output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.toml"), SPIKING).unwrap();
    folder
}

/// Refuses this with these words, and changes none of these files.
fn refuses(folder: &Path, words: &[&str], told: &str, kept: &[&str]) {
    let read = || kept.iter().map(|name| std::fs::read(folder.join(name)).unwrap());
    let before: Vec<Vec<u8>> = read().collect();
    let (code, said) = attractor(folder, words);
    assert!(code == Some(2) && said.contains(told), "{words:?}: {said}");
    assert!(read().eq(before), "{words:?}");
}

#[test]
fn what_a_model_reads_is_no_output() {
    let folder = folder();
    let folder = folder.path();
    let row = |mu: usize| (0..200).map(|i| if i % 10 == mu { "1 " } else { "0 " }).collect();
    let rows: [String; 2] = [0, 1].map(row);
    std::fs::write(folder.join("xi.csv"), rows.join("\n")).unwrap();
    let from = "patterns.E.random = { number = 4, coding_level = 0.1 }";
    let file = SPIKING.replace(from, "patterns.E.file = { path = \"xi.csv\" }");
    std::fs::write(folder.join("file.toml"), file).unwrap();
    for words in [
        &["run", "file.toml", "-o", "xi.csv", "--force"][..],
        &["run", "file.toml", "-o", "./xi.csv", "--force"],
        &["sweep", "file.toml", "-o", "xi.csv", "--force"],
    ] {
        refuses(folder, words, "found a file that the model names as the output", &["xi.csv"]);
    }
    assert_eq!(attractor(folder, &["run", "m.toml", "-o", "org.h5", "--quiet"]).0, Some(0));
    let branch = ["run", "m.toml", "--from", "org.h5", "--at", "50 ms", "-o", "org.h5", "--force"];
    refuses(folder, &branch, "from which the run branches off as its output", &["org.h5"]);
}

#[test]
fn what_did_not_end_stays_where_a_sweep_is_to_write() {
    let folder = folder();
    let folder = folder.path();
    let run = ["run", "m.toml", "-o", "w.h5", "--until", "60 ms", "--quiet"];
    assert_eq!(attractor(folder, &run).0, Some(0));
    let kept = ["w.h5.part", "w.h5.checkpoint"];
    for begin in ["--force", "--resume"] {
        let sweep = ["sweep", "m.toml", "-o", "w.h5", begin];
        refuses(folder, &sweep, "found no table of a sweep that did not end", &kept);
    }
    assert_eq!(attractor(folder, &["run", "--resume", "w.h5", "--quiet"]).0, Some(0));
}

#[test]
fn a_complete_recording_that_was_changed_takes_nobodys_place() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(attractor(folder, &["run", "m.toml", "-o", "g.h5", "--quiet"]).0, Some(0));
    std::fs::copy(folder.join("g.h5"), folder.join("other.h5")).unwrap();
    let anew = ["run", "m.toml", "-o", "g.h5", "--force", "--until", "60 ms", "--quiet"];
    assert_eq!(attractor(folder, &anew).0, Some(0));
    let kept = ["g.h5", "g.h5.part", "g.h5.checkpoint"];
    // Of another run than the state beside it.
    std::fs::copy(folder.join("other.h5"), folder.join("g.h5.part")).unwrap();
    let resume = ["run", "--resume", "g.h5"];
    refuses(folder, &resume, "cannot get its name", &kept);
    let file = File::open_rw(folder.join("g.h5.part")).unwrap();
    let rates = file.dataset("rates/E/rate").unwrap();
    let mut values = rates.read_raw::<f64>().unwrap();
    values[0] += 1.0;
    rates.write_raw(&values).unwrap();
    drop((rates, file));
    refuses(folder, &resume, "found that the recording was changed", &kept);
}

#[test]
fn a_run_goes_on_only_where_its_name_is_free() {
    let folder = folder();
    let folder = folder.path();
    let run = ["run", "m.toml", "-o", "f.h5", "--until", "60 ms", "--quiet"];
    assert_eq!(attractor(folder, &run).0, Some(0));
    std::fs::write(folder.join("f.h5"), "theirs").unwrap();
    let kept = ["f.h5", "f.h5.part", "f.h5.checkpoint"];
    let told = "found that the output exists already; move it away, then go on";
    refuses(folder, &["run", "--resume", "f.h5"], told, &kept);
    std::fs::remove_file(folder.join("f.h5")).unwrap();
    assert_eq!(attractor(folder, &["run", "--resume", "f.h5", "--quiet"]).0, Some(0));
    // A kill after it got its name has left its state.
    std::fs::write(folder.join("f.h5.checkpoint"), "attractor state\n").unwrap();
    assert_eq!(attractor(folder, &["run", "--resume", "f.h5", "--quiet"]).0, Some(0));
    assert!(!folder.join("f.h5.checkpoint").exists());
}
