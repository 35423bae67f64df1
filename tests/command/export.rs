//! `attractor export` with a recording: what is refused, in which words, and what is kept.

use std::path::Path;
use std::process::Command;

/// Exit code and what was printed as error.
fn attractor(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let done = command.current_dir(directory).args(arguments).output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

/// A directory with a short recording `run.h5`.
fn recorded() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let model = std::path::absolute("models/memory-1000.toml").unwrap();
    let short = "protocol[0].duration=20 ms";
    let arguments = ["run", model.to_str().unwrap(), "-o", "run.h5", "--quiet", "--set", short];
    // So short a beginning need not meet what the model expects.
    let (code, printed) = attractor(directory.path(), &arguments);
    assert!(matches!(code, Some(0 | 1)), "{printed}");
    directory
}

#[test]
fn what_cannot_be_exported_gets_its_sentence() {
    let directory = recorded();
    for (arguments, sentence) in [
        (
            "run.h5 -o out",
            "run.h5: found a recording where a model stands; say how to write it with --format csv, npz, nwb or \
             neo-nix, or give a model.",
        ),
        (
            "run.h5 --format npz -o ./run.h5 --force",
            "./run.h5: found the recording as the output; choose another name with -o.",
        ),
        (
            "run.h5 --format csv -o run.h5",
            "run.h5: found the recording as the output; choose another name with -o.",
        ),
        (
            "run.h5 --format npz --neurons 3-5",
            "--neurons: found `3-5`; A..B means neuron A to before neuron B, from 0; write for example --neurons 0..100.",
        ),
        (
            "run.h5 --format npz --population I1 --neurons 0..251",
            "--neurons 0..251: found neurons 0..251 of 250 neurons of population I1; A..B means neuron A to before \
             neuron B, from 0; write for example --population I1 --neurons 0..100.",
        ),
        (
            "missing.h5 --format npz",
            "missing.h5: found no readable file (No such file or directory (os error 2)); check the name.",
        ),
    ] {
        let mut all = vec!["export"];
        all.extend(arguments.split(' '));
        let (code, printed) = attractor(directory.path(), &all);
        assert_eq!((code, printed), (Some(2), format!("error: {sentence}\n")), "{arguments}");
        // Nothing but the recording is there.
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "{arguments}");
    }
}

#[test]
fn an_export_is_named_after_its_recording_and_kept() {
    let directory = recorded();
    for (format, name) in
        [("csv", "run-csv"), ("npz", "run.npz"), ("nwb", "run.nwb"), ("neo-nix", "run.nix")]
    {
        let arguments = ["export", "run.h5", "--format", format, "--population", "I1"];
        assert_eq!(attractor(directory.path(), &arguments), (Some(0), String::new()));
        assert!(directory.path().join(name).exists());
        let (code, printed) = attractor(directory.path(), &arguments);
        let sentence = format!(
            "error: {name}: found that the output exists already; choose another name with -o, or overwrite it with --force.\n"
        );
        assert_eq!((code, printed), (Some(2), sentence));
        let forced = [&arguments[..], &["--force"]].concat();
        assert_eq!(attractor(directory.path(), &forced), (Some(0), String::new()));
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 5);
}
