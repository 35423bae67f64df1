//! Recordings and tables that were damaged, or changed by somebody: each is refused in one sentence.

mod links;
mod synapses;
mod verified;

use hdf5::types::VarLenUnicode;
use hdf5::{Extent, File, H5Type};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A small spiking network with trials, and a small Hopfield network.
const SPIKING: &str = include_str!("../data/small-sweep.toml");
const RECALL: &str = include_str!("../data/small-recall.toml");

fn attractor(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.current_dir(folder).args(arguments).output().unwrap()
}

/// A folder with recordings of both networks, that of the second with its states.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, set) in
        [("spiking", SPIKING, "record.input=true"), ("recall", RECALL, "record.states=true")]
    {
        let model = format!("{name}.toml");
        std::fs::write(folder.path().join(&model), text).unwrap();
        let done = attractor(folder.path(), &["run", &model, "--quiet", "--set", set]);
        assert!(done.status.success(), "{done:?}");
    }
    folder
}

/// A copy of a recording, changed.
fn changed(folder: &Path, name: &str, change: impl FnOnce(&File)) -> PathBuf {
    let path = folder.join("changed.h5");
    std::fs::copy(folder.join(name), &path).unwrap();
    let file = File::open_rw(&path).unwrap();
    change(&file);
    path
}

/// Puts values in place of a column, in any shape.
fn put<T: H5Type>(file: &File, path: &str, shape: &[usize], values: &[T]) {
    file.unlink(path).unwrap();
    let made = file.new_dataset::<T>().shape(shape).create(path).unwrap();
    if !values.is_empty() {
        made.write_raw(values).unwrap();
    }
}

/// Puts zeros in place of a column, of which so much is unpacked at once that they take no room in the file.
fn pack(file: &File, path: &str, rows: usize) {
    file.unlink(path).unwrap();
    let packed = file.new_dataset::<f64>().chunk([1 << 22]).deflate(9);
    let made = packed.shape([Extent::resizable(rows)]).create(path).unwrap();
    made.write_raw(&vec![0.0; rows]).unwrap();
}

/// A column whose values are changed by `change`.
fn edit<T: H5Type>(file: &File, path: &str, change: impl FnOnce(&mut Vec<T>)) {
    let dataset = file.dataset(path).unwrap();
    let mut values = dataset.read_raw::<T>().unwrap();
    change(&mut values);
    dataset.write_raw(&values).unwrap();
}

/// What is said of it, with exit code 2.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let done = attractor(folder, arguments);
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    said.trim_end().to_owned()
}

type Change = fn(&File);

/// Changes of a recording of spikes, and what is found.
const OF_SPIKES: [(Change, &str); 19] = [
    (|file| put::<f64>(file, "provenance", &[1], &[1.0]), "/provenance does not tell its version"),
    (|file| file.unlink("trials").unwrap(), "nothing stands at /trials, and the model has a task"),
    (|file| file.unlink("spikes/E/node_ids").unwrap(), "nothing stands at /spikes/E/node_ids"),
    (|file| put::<u64>(file, "rates/E/rate", &[], &[]), "/rates/E/rate has the shape []"),
    (
        |file| put::<f64>(file, "rates/E/rate", &[2, 2, 2], &[0.0; 8]),
        "/rates/E/rate has the shape [2, 2, 2]",
    ),
    (
        |file| put::<u64>(file, "rates/E/time", &[2], &[0; 2]),
        "rates/E/time holds values of another kind",
    ),
    (
        |file| put::<f64>(file, "overlaps/E/m", &[3, 4], &[0.0; 12]),
        "/overlaps/E/m has 3 rows and /overlaps/E/time has ",
    ),
    (
        |file| put::<f64>(file, "overlaps/E/m", &[3, 5], &[0.0; 15]),
        "/overlaps/E/m has 5 values in a row in place of 4",
    ),
    (
        |file| put::<u64>(file, "trials/test", &[4], &[1; 4]),
        "/trials/test has 4 rows and /trials/trial has 3",
    ),
    (
        |file| put::<u64>(file, "progress/trials", &[0], &[]),
        "/progress/trials has 0 values in place of one",
    ),
    (
        |file| put::<u8>(file, "patterns/E/xi", &[800], &[0; 800]),
        "/patterns/E/xi has 1 values in a row in place of 200",
    ),
    (
        |file| edit::<u64>(file, "trials/sample", |sample| sample[1] = 99),
        "row 1 of /trials has pattern 99 of 4",
    ),
    (
        |file| edit::<f64>(file, "spikes/E/timestamps", |times| times[3] = f64::NAN),
        "row 3 of /spikes/E/timestamps is NaN, where a time from ",
    ),
    (
        |file| edit::<u64>(file, "spikes/E/node_ids", |ids| ids[3] = 200),
        "row 3 of /spikes/E/node_ids is 200 of 200 neurons",
    ),
    (
        |file| edit::<f64>(file, "rates/E/rate", |rate| rate[0] = 1e308),
        "row 0 of /rates/E/rate has the value 1e308",
    ),
    (|file| pack(file, "rates/E/rate", 8), "/rates/E/rate is compressed in chunks of [4194304]"),
    (
        |file| {
            let group = file.group("spikes/E").unwrap();
            group.attr("neurons").unwrap().write_scalar(&1_000_000_000_u64).unwrap();
        },
        "population E has 1000000000 neurons and 200 in the model",
    ),
    (|file| file.delete_attr("complete").unwrap(), "/ does not tell whether the run has ended"),
    (
        |file| file.attr("complete").unwrap().write_scalar(&0_u8).unwrap(),
        "/ tells that the run did not end, and /provenance when it did",
    ),
];

#[test]
fn what_is_damaged_is_refused_with_what_was_found() {
    let folder = recorded();
    let folder = folder.path();
    for (change, found) in OF_SPIKES {
        changed(folder, "spiking.h5", change);
        for command in ["info", "analyze", "report", "verify"] {
            let said = refused(folder, &[command, "changed.h5"]);
            let sentence = format!("error: changed.h5: found a damaged recording ({found}");
            assert!(said.starts_with(&sentence), "{command}: {said}");
            assert!(said.ends_with("; run the model again."), "{command}: {said}");
        }
    }
    changed(folder, "recall.h5", |file| put::<u8>(file, "states/N/state", &[7, 3], &[0; 21]));
    let said = refused(folder, &["info", "changed.h5"]);
    assert!(said.contains("(/states/N/state has 3 values in a row in place of 100)"), "{said}");
}

#[test]
fn what_a_file_cannot_hold_is_refused_before_room_is_made_for_it() {
    let folder = recorded();
    let folder = folder.path();
    changed(folder, "spiking.h5", |file| {
        for path in ["external/E/timestamps", "external/E/node_ids"] {
            file.unlink(path).unwrap();
            let builder = file.new_dataset::<f64>().chunk([8192]);
            builder.shape([1_usize << 40]).create(path).unwrap();
        }
    });
    let said = refused(folder, &["info", "changed.h5"]);
    let found = "(/external/E/timestamps has the shape [1099511627776] in 0 bytes)";
    assert!(said.contains(found), "{said}");
    let drawn = "poisson = { rate = \"500 Hz\", efficacy = \"2 mV\", tau_syn = \"5 ms\" }";
    let read = "input = { file = \"changed.h5\", efficacy = \"2 mV\", tau_syn = \"5 ms\" }";
    let shown = SPIKING.replace("poisson = \"1 kHz\"", "current = \"5 mV\"");
    std::fs::write(folder.join("replay.toml"), shown.replace(drawn, read)).unwrap();
    let said = refused(folder, &["run", "replay.toml", "-o", "replayed.h5"]);
    assert!(said.contains("has the shape [1099511627776] in 0 bytes"), "{said}");
}

#[test]
fn a_text_that_is_not_utf_8_is_refused() {
    let folder = recorded();
    let folder = folder.path();
    let mut bytes = std::fs::read(folder.join("spiking.h5")).unwrap();
    let title = b"title = \"small\"";
    let places: Vec<usize> =
        (0..bytes.len() - title.len()).filter(|&k| bytes[k..].starts_with(title)).collect();
    assert!(!places.is_empty());
    places.iter().for_each(|place| bytes[place + 9] = 0xe9);
    std::fs::write(folder.join("changed.h5"), bytes).unwrap();
    let said = refused(folder, &["info", "changed.h5"]);
    assert_eq!(
        said,
        "error: changed.h5: found a damaged recording (model_resolved of /provenance holds a text that is not UTF-8); \
         run the model again."
    );
}

#[test]
fn what_the_hdf5_library_does_not_survive_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy("tests/data/hostile/heap-that-never-ends.h5", folder.path().join("hangs.h5"))
        .unwrap();
    for command in ["info", "plot", "verify"] {
        let said = refused(folder.path(), &[command, "hangs.h5"]);
        assert_eq!(
            said,
            "error: hangs.h5: found no recording (it is damaged: the HDF5 library reads it for more than 5 s); give a \
             file that `attractor run` has written."
        );
    }
}

#[test]
fn a_trial_alone_that_did_not_end_has_the_epochs_of_its_model() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spiking.toml"), SPIKING).unwrap();
    let run =
        ["run", "spiking.toml", "--trial", "2", "--until", "30 ms", "-o", "out.h5", "--quiet"];
    assert_eq!(attractor(folder.path(), &run).status.code(), Some(0));
    let done = attractor(folder.path(), &["verify", "out.h5.part"]);
    assert!(done.status.success(), "{done:?}");
    assert!(String::from_utf8(done.stdout).unwrap().contains("protocol"));
}

#[test]
fn a_recording_is_verified_against_its_data() {
    let folder = recorded();
    let folder = folder.path();
    for (name, lines) in [("spiking.h5", 14), ("recall.h5", 9)] {
        let done = attractor(folder, &["verify", name]);
        let said = String::from_utf8(done.stdout).unwrap();
        assert_eq!(done.status.code(), Some(0), "{said}");
        assert_eq!(said.lines().count(), lines, "{said}");
    }
    // In order, and of a neuron that there is.
    changed(folder, "spiking.h5", |file| {
        edit::<u64>(file, "spikes/E/node_ids", |ids| ids[20] = (ids[20] + 1) % 200);
    });
    let done = attractor(folder, &["verify", "changed.h5"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("  DIFFERS  data hash: the data have "), "{said}");
    for command in ["info", "plot", "analyze", "report"] {
        let said = refused(folder, &[command, "changed.h5"]);
        let found = "error: changed.h5: found that the recording was changed (";
        assert!(said.starts_with(found) && said.ends_with("); run the model again."), "{said}");
    }
    // Of a run that did not end no hash tells of its protocol.
    let begun = ["run", "spiking.toml", "--quiet", "-o", "begun.h5", "--until", "70 ms"];
    assert!(attractor(folder, &begun).status.success());
    let moved: [(Change, &str); 4] = [
        (
            |file| edit::<f64>(file, "protocol/end", |end| end[0] += 1e-9),
            "epoch 1 ends at 50.000000001 ms, and at 50.0 ms in the model",
        ),
        (
            |file| edit::<VarLenUnicode>(file, "protocol/name", |name| name.swap(1, 2)),
            "epoch 2 is called \"delay\", and \"sample\" in the model",
        ),
        (
            |file| edit::<VarLenUnicode>(file, "protocol/show", |show| show.swap(0, 1)),
            "epoch 1 shows [{\"pattern\":2,\"poisson\":\"1000 Hz\"}], and [] in the model",
        ),
        (
            |file| {
                let seed = file.group("provenance").unwrap().attr("seed").unwrap();
                seed.write_scalar(&7_u64).unwrap();
            },
            "seed 7 is told, and the model has 3",
        ),
    ];
    for (change, found) in moved {
        for name in ["spiking.h5", "begun.h5.part"] {
            changed(folder, name, change);
            let done = attractor(folder, &["verify", "changed.h5"]);
            let said = String::from_utf8(done.stdout).unwrap();
            assert_eq!(done.status.code(), Some(1), "{said}");
            assert!(said.contains(&format!("  DIFFERS  protocol: {found}")), "{name}: {said}");
        }
    }
    changed(folder, "spiking.h5", |file| edit::<f64>(file, "overlaps/E/m", |m| m[2] += 1.0));
    let done = attractor(folder, &["verify", "changed.h5"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(
        said.contains("  DIFFERS  rates and overlaps of E: the overlap with pattern 3 at "),
        "{said}"
    );
    changed(folder, "recall.h5", |file| edit::<f64>(file, "rates/N/rate", |rate| rate[2] += 0.01));
    let done = attractor(folder, &["verify", "changed.h5"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("  DIFFERS  rates and overlaps of N: the rate at "), "{said}");
    changed(folder, "recall.h5", |file| edit::<f64>(file, "energy/energy", |e| e[3] -= 1e-9));
    let done = attractor(folder, &["verify", "changed.h5"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    let differs =
        "  DIFFERS  hashes of columns: /energy/energy holds other values than were recorded";
    assert!(said.contains(differs), "{said}");
}

/// Versions may tell one stimulus in several ways: a key that has its default may stand there or not.
#[test]
fn a_protocol_that_is_told_in_other_words_is_the_same() {
    let folder = recorded();
    let folder = folder.path();
    let begun = ["run", "spiking.toml", "--quiet", "-o", "begun.h5", "--until", "70 ms"];
    assert!(attractor(folder, &begun).status.success());
    changed(folder, "begun.h5.part", |file| {
        edit::<VarLenUnicode>(file, "protocol/show", |show| {
            assert_eq!(&*show[1], "[{\"pattern\":2,\"poisson\":\"1000 Hz\"}]");
            let other = "[ { \"poisson\": \"1 kHz\", \"pattern\": 2 } ]";
            show[1] = other.parse().unwrap();
        });
    });
    let done = attractor(folder, &["verify", "changed.h5"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{said}");
}

/// What is planned of trials is what the model draws, whether they have run or not.
#[test]
fn a_trial_to_come_that_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("spiking.toml"), SPIKING).unwrap();
    let begun = ["run", "spiking.toml", "--quiet", "-o", "begun.h5", "--until", "70 ms"];
    assert!(attractor(folder, &begun).status.success());
    let changes: [(Change, &str); 3] = [
        (
            |file| edit::<f64>(file, "trials/delay_ms", |delay| delay[2] = 1e308),
            "delay_ms of trial 3 is 1e308, and the model draws 280.0",
        ),
        (
            |file| edit::<f64>(file, "trials/test_hz", |rate| rate[1] = rate[1].next_up()),
            "test_hz of trial 2 is 1000.0000000000001, and the model draws 1000.0",
        ),
        (
            |file| edit::<u64>(file, "trials/trial", |trial| trial[1] = 7),
            "trial of trial 2 is 7, and the model draws 2",
        ),
    ];
    for (change, found) in changes {
        let path = changed(folder, "begun.h5.part", change);
        let part = folder.join("changed.h5.part");
        std::fs::rename(path, &part).unwrap();
        std::fs::copy(folder.join("begun.h5.checkpoint"), folder.join("changed.h5.checkpoint"))
            .unwrap();
        let sentence = format!(
            "error: changed.h5.part: found that the recording was changed (trials: {found}"
        );
        for command in [&["info", "changed.h5.part"][..], &["run", "--resume", "changed.h5"]] {
            let said = refused(folder, command);
            assert!(said.starts_with(&sentence), "{said}");
        }
        let done = attractor(folder, &["verify", "changed.h5.part"]);
        let said = String::from_utf8(done.stdout).unwrap();
        assert_eq!(done.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("  DIFFERS  trials: {found}")), "{said}");
    }
}

#[test]
fn names_may_be_longer_than_any_line() {
    let folder = tempfile::tempdir().unwrap();
    let name = "x".repeat(70_000);
    // Without what it expects of the epoch by its name.
    let letters = include_str!("../../models/letters.toml").split("[[expect").next().unwrap();
    for (text, own) in [(SPIKING, "name = \"rest\""), (letters, "name = \"D\"")] {
        assert_eq!(text.matches(own).count(), 1);
        let model = text.replace(own, &format!("name = \"{name}\""));
        std::fs::write(folder.path().join("long.toml"), model).unwrap();
        let done = attractor(folder.path(), &["run", "long.toml", "--force"]);
        let told = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.code() < Some(2) && told.contains(&name), "{:?}", done.status);
        assert!(told.len() < 4 * name.len(), "{}", told.len());
    }
}

#[test]
fn a_table_that_was_changed_is_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("recall.toml"), RECALL).unwrap();
    let sweep = ["sweep", "recall.toml", "--over", "patterns.N.random.number=2,3", "--repeat", "2"];
    let done = attractor(folder, &[&sweep[..], &["-o", "table.h5", "--quiet"]].concat());
    assert!(done.status.success(), "{done:?}");
    assert!(attractor(folder, &["verify", "table.h5"]).status.success());
    changed(folder, "table.h5", |file| {
        edit::<f64>(file, "runs/overlap", |overlap| overlap[0] = 0.123)
    });
    let sentence = |name: &str, found: &str| {
        format!("error: {name}: found a damaged table of a sweep ({found}); make the sweep again.")
    };
    for command in ["info", "verify"] {
        let said = refused(folder, &[command, "changed.h5"]);
        assert_eq!(said, sentence("changed.h5", "its rows have another hash than it tells"));
    }
    // What had been committed when it was stopped, changed since.
    let path = changed(folder, "table.h5", |file| {
        file.attr("complete").unwrap().write_scalar(&0_u8).unwrap();
        let progress = file.create_group("progress").unwrap();
        let text: VarLenUnicode = "0".repeat(64).parse().unwrap();
        progress.new_attr::<VarLenUnicode>().create("hash").unwrap().write_scalar(&text).unwrap();
        let own: Vec<VarLenUnicode> = vec!["[[],[]]".parse().unwrap(); 4];
        progress.new_dataset_builder().with_data(&own).create("columns").unwrap();
    });
    let older = folder.join("older.h5");
    std::fs::copy(&path, &older).unwrap();
    std::fs::rename(path, folder.join("on.h5.part")).unwrap();
    let said = refused(folder, &[&sweep[..], &["-o", "on.h5", "--resume", "--quiet"]].concat());
    assert_eq!(said, sentence("on.h5.part", "its rows have another hash than it tells"));
    // Of an older version, which told no such hash, it is not said to hold.
    {
        let file = File::open_rw(&older).unwrap();
        file.group("progress").unwrap().delete_attr("hash").unwrap();
        let version: VarLenUnicode = "0.1.0".parse().unwrap();
        let provenance = file.group("provenance").unwrap();
        provenance.attr("version").unwrap().write_scalar(&version).unwrap();
    }
    let done = attractor(folder, &["verify", "older.h5"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(
        said.lines().last(),
        Some("  -        table hash: version 0.1.0 told none before the end")
    );
    changed(folder, "table.h5", |file| {
        let provenance = file.group("provenance").unwrap();
        let grid = provenance.attr("grid").unwrap();
        let text = grid.read_scalar::<VarLenUnicode>().unwrap().to_string();
        let none: VarLenUnicode = text.replace("\"repeat\":2", "\"repeat\":0").parse().unwrap();
        grid.write_scalar(&none).unwrap();
    });
    let said = refused(folder, &["info", "changed.h5"]);
    assert_eq!(said, sentence("changed.h5", "its grid has 0 runs"));
}
