//! What follows from the model and from other columns: whatever of it is changed or taken away, `verify` tells.

use super::{Change, RECALL, SPIKING, attractor, changed, edit};
use hdf5::File;
use hdf5::types::VarLenUnicode;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Five letters of two states, shown one after another, and their energy.
const LETTERS: &str = include_str!("../../../models/letters.toml");

/// What is recorded beside the data.
const RECORD: [&str; 4] = [
    "--set",
    "record.input=true",
    "--set",
    "record.v={population=\"E\",neurons=\"0..2\",every=\"1 ms\"}",
];

/// A folder with complete recordings of all models, and with what the first had recorded when it was stopped.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let letters = LETTERS.split("[[expect").next().unwrap();
    for (name, text) in [("spiking", SPIKING), ("recall", RECALL), ("letters", letters)] {
        std::fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
    }
    let states = ["--set", "record.states=true"];
    let stopped = ["-o", "begun.h5", "--until", "135 ms"];
    for arguments in [
        [&["run", "spiking.toml"], &RECORD[..]].concat(),
        [&["run", "spiking.toml"], &RECORD[..], &stopped[..]].concat(),
        [&["run", "recall.toml"], &states[..]].concat(),
        vec!["run", "letters.toml"],
    ] {
        let done = attractor(folder.path(), &[&arguments[..], &["--quiet"]].concat());
        assert_eq!(done.status.code(), Some(0), "{done:?}");
    }
    folder
}

/// What `verify` says of a recording that was changed, and that it is not whole.
fn told(folder: &Path, name: &str, change: impl FnOnce(&File)) -> String {
    changed(folder, name, change);
    let done = attractor(folder, &["verify", "changed.h5"]);
    let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    assert!(matches!(done.status.code(), Some(1 | 2)), "{said}");
    let info = attractor(folder, &["info", "changed.h5"]);
    assert_eq!(info.status.code(), Some(2), "{info:?}");
    said
}

fn each(folder: &Path, name: &str, cases: &[(Change, &str)]) {
    for (change, found) in cases {
        let said = told(folder, name, change);
        assert!(said.contains(found), "{name}: {said}");
    }
}

/// Keeps the first rows of columns, with their hashes as they are then.
fn cut(file: &File, rows: usize) {
    for group in ["rates/E", "rates/I", "overlaps/E"] {
        for column in file.group(group).unwrap().member_names().unwrap() {
            let column = file.dataset(&format!("{group}/{column}")).unwrap();
            let mut shape = column.shape();
            shape[0] = rows;
            column.resize(shape).unwrap();
            let Ok(seal) = column.attr("sha256") else { continue };
            let mut hash = Sha256::new();
            column.read_raw::<f64>().unwrap().iter().for_each(|x| hash.update(x.to_le_bytes()));
            let text = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            seal.write_scalar(&text.parse::<VarLenUnicode>().unwrap()).unwrap();
        }
    }
}

fn say(file: &File, path: &str, name: &str, text: &str) {
    let place = file.group(path).map(|group| group.attr(name).unwrap());
    let place = place.unwrap_or_else(|_| file.dataset(path).unwrap().attr(name).unwrap());
    place.write_scalar(&text.parse::<VarLenUnicode>().unwrap()).unwrap();
}

fn count(file: &File, path: &str, name: &str, number: f64) {
    file.group(path).unwrap().attr(name).unwrap().write_scalar(&number).unwrap();
}

#[test]
fn a_run_has_come_to_its_end_and_no_further() {
    let folder = recorded();
    let folder = folder.path();
    let further: Change = |file| edit::<f64>(file, "progress/time", |time| time[0] = 1e9);
    let less: Change = |file| edit::<f64>(file, "progress/time", |time| time[0] *= 0.9);
    let none: Change = |file| edit::<f64>(file, "progress/time", |time| time[0] = f64::NAN);
    for name in ["spiking.h5", "recall.h5", "letters.h5"] {
        each(
            folder,
            name,
            &[(further, "/progress/time is 1000000000.0, where "), (less, "where ")],
        );
        each(folder, name, &[(none, "/progress/time is NaN")]);
    }
    each(folder, "begun.h5.part", &[(further, "where at most "), (less, "  DIFFERS  moments: ")]);
}

#[test]
fn what_was_to_be_recorded_is_missed() {
    let folder = recorded();
    let folder = folder.path();
    let lost = "  DIFFERS  what was recorded: ";
    let both: [(Change, &str); 3] = [
        (|file| file.unlink("potentials").unwrap(), lost),
        (|file| file.unlink("external").unwrap(), lost),
        (|file| file.unlink("external/I").unwrap(), lost),
    ];
    each(folder, "spiking.h5", &both);
    each(folder, "begun.h5.part", &both);
    each(
        folder,
        "spiking.h5",
        &[
            (|file| say(file, "provenance", "data_hash", ""), "  DIFFERS  data hash: none is told"),
            (|file| say(file, "provenance", "external_hash", ""), "  DIFFERS  external hash: none"),
            (unseal, "  DIFFERS  hashes of columns: /"),
        ],
    );
    each(
        folder,
        "letters.h5",
        &[
            (|file| file.unlink("states").unwrap(), lost),
            (|file| file.unlink("energy").unwrap(), lost),
        ],
    );
}

/// Takes away all hashes of columns.
fn unseal(file: &File) {
    for kind in ["rates", "overlaps", "potentials"] {
        for population in file.group(kind).unwrap().groups().unwrap() {
            for column in population.datasets().unwrap() {
                if column.attr("sha256").is_ok() {
                    column.delete_attr("sha256").unwrap();
                }
            }
        }
    }
}

#[test]
fn what_follows_from_the_model_is_compared_with_it() {
    let folder = recorded();
    let folder = folder.path();
    let recorded = "  DIFFERS  what was recorded: ";
    each(
        folder,
        "spiking.h5",
        &[
            (|file| edit::<u64>(file, "potentials/E/neurons", |n| n[1] = 7), recorded),
            (|file| edit::<f64>(file, "potentials/E/theta", |theta| theta[1] = 21.0), recorded),
            (|file| edit::<f64>(file, "potentials/E/v_reset", |v| v[0] = 0.0), recorded),
            (|file| count(file, "potentials/E", "every_ms", 2.0), recorded),
            (|file| say(file, "potentials/E", "currents", ""), recorded),
            (|file| say(file, "potentials", "populations", ""), recorded),
            (|file| count(file, "overlaps/E", "interval_ms", 9.0), recorded),
            (|file| count(file, "provenance", "duration", 1.0), "a duration of 1.0 ms is told"),
            (|file| say(file, "protocol/start", "units", "s"), recorded),
            (
                |file| {
                    let current = file.dataset("potentials/E/I_syn_5ms").unwrap();
                    current.attr("tau_syn_ms").unwrap().write_scalar(&6.0).unwrap();
                },
                recorded,
            ),
        ],
    );
    let xi: Change = |file| edit::<u8>(file, "patterns/N/xi", |xi| xi.reverse());
    each(folder, "recall.h5", &[(xi, "  DIFFERS  patterns: of N: pattern 1 is another one")]);
    each(
        folder,
        "letters.h5",
        &[
            (
                |file| edit::<VarLenUnicode>(file, "patterns/N/names", |names| names.reverse()),
                "  DIFFERS  patterns: of N: pattern 1 is called ",
            ),
            (
                |file| {
                    let shape = file.group("patterns/N").unwrap().attr("shape").unwrap();
                    shape.write_raw(&[1_u64, 25]).unwrap();
                },
                "  DIFFERS  patterns: of N: their shape",
            ),
            (|file| count(file, "energy", "interval_sweeps", 9.0), recorded),
        ],
    );
}

#[test]
fn no_moment_is_missing_and_all_are_the_same() {
    let folder = recorded();
    let folder = folder.path();
    let shift = |file: &File, path: &str, by: f64| {
        edit::<f64>(file, path, |times| times.iter_mut().for_each(|time| *time += by));
    };
    each(folder, "spiking.h5", &[(|file| cut(file, 5), "  DIFFERS  moments: row 5 is missing")]);
    let moments = "  DIFFERS  moments: ";
    for (path, by) in [("overlaps/E/time", 7.0), ("rates/I/time", 1.0), ("potentials/E/time", 0.3)]
    {
        let said = told(folder, "begun.h5.part", |file| shift(file, path, by));
        assert!(said.contains(moments), "{path}: {said}");
    }
    each(
        folder,
        "begun.h5.part",
        &[
            (|file| cut(file, 5), moments),
            (
                |file| {
                    for column in ["time", "V", "I_syn_5ms"] {
                        edit::<f64>(file, &format!("potentials/E/{column}"), |all| all.fill(0.0));
                    }
                },
                moments,
            ),
            (
                |file| {
                    edit::<f64>(file, "external/E/timestamps", |times| times.reverse());
                    edit::<u64>(file, "external/E/node_ids", |ids| ids.reverse());
                },
                "  DIFFERS  external spikes: row 1 of /external/E/timestamps is ",
            ),
        ],
    );
    for path in ["energy/time", "states/N/time"] {
        let said = told(folder, "letters.h5", |file| shift(file, path, 0.5));
        assert!(said.contains(moments), "{path}: {said}");
    }
}

#[test]
fn rows_of_a_sweep_are_those_of_its_grid() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("recall.toml"), RECALL).unwrap();
    let sweep = ["sweep", "recall.toml", "--over", "patterns.N.random.number=2,3", "--repeat", "2"];
    let done = attractor(folder, &[&sweep[..], &["-o", "table.h5", "--quiet"]].concat());
    assert!(done.status.success(), "{done:?}");
    let measured = {
        let file = File::open(folder.join("table.h5")).unwrap();
        let measured = file.group("runs").unwrap().attr("measured").unwrap();
        measured.read_scalar::<VarLenUnicode>().unwrap().to_string()
    };
    let first = format!("{} ", measured.split_whitespace().next().unwrap());
    let write = |file: &File, group: &str, name: &str, from: &str, to: &str| {
        let text = file.group(group).unwrap().attr(name).unwrap();
        let text = text.read_scalar::<VarLenUnicode>().unwrap().to_string();
        assert!(text.contains(from), "{text}");
        say(file, group, name, &text.replacen(from, to, 1));
    };
    for (group, name, from, to, found) in [
        (
            "provenance",
            "grid",
            "\"3\"",
            "\"9\"",
            "row 2 of /runs/patterns.N.random.number is not that",
        ),
        ("provenance", "grid", "\"repeat\":2", "\"repeat\":1", "/runs has 4 rows of 2 runs"),
        ("provenance", "model_resolved", "seed = 3", "seed = 4", "row 0 of /runs/seed is not that"),
        (
            "provenance",
            "model_resolved",
            "number = 2",
            "number = 3",
            "its model has another patterns.N",
        ),
        ("runs", "measured", &first, "", "/runs tells other columns than were measured"),
    ] {
        changed(folder, "table.h5", |file| write(file, group, name, from, to));
        let done = attractor(folder, &["verify", "changed.h5"]);
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.code() == Some(2) && said.contains(found), "{said}");
    }
}

/// Whatever is seen of a network, complete or not, on its clock, with trials of every kind, alone and in branches.
#[test]
fn honest_recordings_hold() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let model = |name: &str| models.join(format!("{name}.toml")).to_str().unwrap().to_owned();
    std::fs::write(folder.join("spiking.toml"), SPIKING).unwrap();
    std::fs::write(folder.join("recall.toml"), RECALL).unwrap();
    let sequence = SPIKING.replace("trials = 3", "trials = 3\norder = \"in_sequence\"");
    std::fs::write(folder.join("sequence.toml"), sequence).unwrap();
    let odd = "record.interval=0.7 sweeps";
    for (name, options) in [
        ("spiking.toml", vec!["--until", "133.3 ms", "--set", "record.interval=0.7 ms"]),
        ("sequence.toml", vec!["--until", "133.3 ms", "--set", "record.interval=0.7 ms"]),
        ("sequence.toml", vec!["--until", "60 ms"]),
        ("spiking.toml", vec!["--trial", "2"]),
        ("sequence.toml", vec!["--set", "record.interval=0.1 ms"]),
        ("recall.toml", vec!["--trial", "3", "--set", "record.states=true", "--set", odd]),
        ("recall.toml", vec!["--until", "20 sweeps", "--set", odd]),
        ("recall.toml", vec!["--set", "record.interval=0.1 sweeps"]),
        (&model("letters"), vec!["--until", "7 sweeps"]),
        (&model("letters"), vec!["--set", "record.interval=2 sweeps"]),
        (&model("continuous-hopfield"), vec![]),
        (&model("continuous-hopfield"), vec!["--until", "33 ms"]),
    ] {
        for of in [&RECORD[..], &[]] {
            let of = if name == "spiking.toml" || name == "sequence.toml" { of } else { &[] };
            let run = [&["run", name, "-o", "out.h5", "--quiet", "--force"], &options[..], of];
            let done = attractor(folder, &run.concat());
            assert!(matches!(done.status.code(), Some(0 | 1)), "{name} {options:?} {done:?}");
            let part = folder.join("out.h5.part");
            let left = if part.exists() { "out.h5.part" } else { "out.h5" };
            let done = attractor(folder, &["verify", left]);
            assert_eq!(done.status.code(), Some(0), "{name} {options:?} {done:?}");
            if part.exists() {
                let on = attractor(folder, &["run", "--resume", "out.h5", "--quiet"]);
                assert!(matches!(on.status.code(), Some(0 | 1)), "{name} {options:?} {on:?}");
                let done = attractor(folder, &["verify", "out.h5"]);
                assert_eq!(done.status.code(), Some(0), "{name} {options:?} {done:?}");
            }
        }
    }
    let branch = ["run", "spiking.toml", "--from", "out.h5", "--at", "20 ms", "-o", "branch.h5"];
    let origin = ["run", "spiking.toml", "-o", "out.h5", "--quiet", "--force"];
    assert!(attractor(folder, &origin).status.success());
    let done = attractor(folder, &[&branch[..], &["--quiet"], &RECORD[..]].concat());
    assert!(done.status.success(), "{done:?}");
    let done = attractor(folder, &["verify", "branch.h5"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
}

#[test]
fn of_another_version_it_is_told_that_nobody_verified_it() {
    let folder = recorded();
    let folder = folder.path();
    changed(folder, "spiking.h5", |file| {
        let version: VarLenUnicode = "0.1.0".parse().unwrap();
        let told = file.group("provenance").unwrap().attr("version").unwrap();
        told.write_scalar(&version).unwrap();
    });
    let done = attractor(folder, &["info", "changed.h5"]);
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success() && said.contains("version 0.1.0, and not verified"), "{said}");
}
