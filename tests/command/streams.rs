//! What becomes of a run whose output goes where nothing can be written, or where something else than a file stands.

use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

fn attractor(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.current_dir(directory).args(arguments);
    command
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn what_is_lost_of_the_standard_output_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let done = attractor(directory.path(), &["schema"]).stdout(full()).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    let said = String::from_utf8(done.stderr).unwrap();
    let sentence = "error: the standard output: found that what was to be printed cannot be written (No space left on \
                    device (os error 28)); free space where it goes, or print it elsewhere.\n";
    assert_eq!(said, sentence);
    // Whoever stops reading has read enough.
    let mut reads_little = attractor(directory.path(), &["schema"]);
    let mut child = reads_little.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn help_that_is_lost_is_told_too() {
    let directory = tempfile::tempdir().unwrap();
    for words in ["--help", "--version", "run --help", "help sweep", "completions bash", "man"] {
        let words: Vec<&str> = words.split(' ').collect();
        let done = attractor(directory.path(), &words).stdout(full()).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.starts_with("error: the standard output: found that"), "{words:?}: {said}");
        let done = attractor(directory.path(), &words).output().unwrap();
        assert!(done.status.success() && !done.stdout.is_empty() && done.stderr.is_empty());
    }
    let done = attractor(directory.path(), &["rum"]).output().unwrap();
    assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0));
}

#[test]
fn an_error_that_nobody_reads_ends_with_its_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    let mut told_to_nobody = attractor(directory.path(), &["run", "missing.toml"]);
    assert_eq!(told_to_nobody.stderr(full()).status().unwrap().code(), Some(2));
    let mut closed = attractor(directory.path(), &["run", "missing.toml"]);
    let mut child = closed.stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let model = std::path::absolute("tests/data/small-recall.toml").unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"run-\xff.h5");
    let mut run = attractor(directory.path(), &["run", model.to_str().unwrap(), "--quiet", "-o"]);
    let done = run.arg(odd).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.contains("found that the name of the output is no text in UTF-8"), "{said}");
    // Other names need not be.
    let mut info = attractor(directory.path(), &["info"]);
    assert_eq!(info.arg(odd).status().unwrap().code(), Some(2));
}

#[test]
fn what_is_no_file_is_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let model = std::path::absolute("tests/data/small-recall.toml").unwrap();
    std::os::unix::fs::symlink("nowhere", at("link.h5")).unwrap();
    std::os::unix::fs::symlink("nowhere", at("other.h5.part")).unwrap();
    std::os::unix::fs::symlink("nowhere", at("third.h5.next")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe.h5")).status().unwrap().success());
    let nothing_but = ["link.h5", "other.h5.part", "pipe.h5", "third.h5.next"];
    for (output, what) in [
        ("/dev/null", "/dev/null: found that the output is a device, a pipe or a socket"),
        ("pipe.h5", "pipe.h5: found that the output is a device, a pipe or a socket"),
        ("link.h5", "link.h5: found that the output is a symbolic link"),
        ("other.h5", "other.h5.part: found that the output is a symbolic link"),
        ("third.h5", "third.h5.next: found that the output is a symbolic link"),
    ] {
        let arguments = ["run", model.to_str().unwrap(), "-o", output, "--force", "--quiet"];
        let done = attractor(directory.path(), &arguments).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{output}: {said}");
        assert!(said.starts_with(&format!("error: {what}")), "{output}: {said}");
        let mut left: Vec<_> =
            directory.path().read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, nothing_but);
    }
}

/// A run that goes on for long, with its output `run.h5`, once that is held.
fn long_run(directory: &Path, before: &[&str]) -> std::process::Child {
    let model = std::path::absolute("models/memory-1000.toml").unwrap();
    let mut words: Vec<&str> = before.to_vec();
    words.extend([env!("CARGO_BIN_EXE_attractor"), "run", model.to_str().unwrap(), "-o", "run.h5"]);
    words.extend(["--set", "protocol[0].duration=1000 s", "--quiet", "--commit", "0.1"]);
    let mut command = Command::new(words[0]);
    let child = command.args(&words[1..]).current_dir(directory).stderr(Stdio::null()).spawn();
    let child = child.unwrap();
    while !directory.join("run.h5.part").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child
}

fn send(signal: &str, child: &std::process::Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

#[test]
fn a_sweep_does_not_take_the_output_of_a_run() {
    let directory = tempfile::tempdir().unwrap();
    let mut run = long_run(directory.path(), &[]);
    let model = std::path::absolute("tests/data/small-sweep.toml").unwrap();
    let over = ["--over", "population.I.size=20,40", "-o", "run.h5", "--force", "--quiet"];
    let mut arguments = vec!["sweep", model.to_str().unwrap()];
    arguments.extend(over);
    let done = attractor(directory.path(), &arguments).output().unwrap();
    send("-KILL", &run);
    run.wait().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2), "{said}");
    let holder = format!("found that process {}", run.id());
    assert!(said.contains(&holder) && said.contains("is writing this output"), "{said}");
}

#[test]
fn a_folder_that_is_removed_is_missed_at_the_next_commit() {
    let directory = tempfile::tempdir().unwrap();
    let mut run = long_run(directory.path(), &[]);
    // The run may make a file in it just then.
    let gone = (0..1000).any(|_| std::fs::remove_dir_all(directory.path()).is_ok());
    assert!(gone, "the folder can be removed");
    let removed = std::time::Instant::now();
    assert_eq!(run.wait().unwrap().code(), Some(2));
    // A commit is due every tenth of a second; other tests compute beside it.
    assert!(removed.elapsed().as_secs_f64() < 5.0, "{:?}", removed.elapsed());
}

#[test]
fn a_run_heeds_what_ends_it_and_not_what_it_was_told_to_ignore() {
    let directory = tempfile::tempdir().unwrap();
    let mut run = long_run(directory.path(), &["nohup"]);
    send("-HUP", &run);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(run.try_wait().unwrap().is_none(), "nohup protects it");
    send("-TERM", &run);
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert!(directory.path().join("run.h5.part").exists());
}

#[test]
fn a_limit_of_the_size_of_files_is_told_like_a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let model = std::path::absolute("models/memory-1000.toml").unwrap();
    let limited = "ulimit -f 2000; exec \"$@\"";
    let mut run = Command::new("sh");
    run.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_attractor"), "run"]).arg(model);
    run.args([
        "-o",
        "run.h5",
        "--set",
        "protocol[0].duration=1000 s",
        "--quiet",
        "--commit",
        "0.1",
    ]);
    let done = run.current_dir(directory.path()).output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2), "{said}");
    let found = "error: run.h5: found that the output cannot be written any further (";
    assert!(said.starts_with(found), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    // What was committed before can be read.
    let read = attractor(directory.path(), &["verify", "run.h5.part"]).output().unwrap();
    assert!(read.status.success(), "{read:?}");
}
