//! `run --resume`, `--until` and `--for`, as somebody types them.

use std::path::Path;
use std::process::Command;

fn attractor(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let output = command.current_dir(directory).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A run whose spikes come from a file, stopped at 50 ms; the name of its model.
fn stopped(directory: &Path) {
    let times: String = (0..200).map(|k| format!("{} {}\n", k % 3, 0.5 * f64::from(k))).collect();
    std::fs::write(directory.join("given.txt"), times).unwrap();
    let model = r#"
title = "t"
source = "s"
shows = "w"
record.interval = "10 ms"
population = { E = { size = 40 }, S = { size = 3 } }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "2 kHz", efficacy = "1 mV", tau_syn = "3 ms" } }
dynamics.spiking.S.spikes.file = "given.txt"
projection.S_to_E = { from = "S", to = "E", connect = { probability = 0.5 }, efficacy = "2 mV", tau_syn = "0 ms", delay = "1 ms" }
protocol = [{ name = "rest", duration = "100 ms" }]
"#;
    std::fs::write(directory.join("m.toml"), model).unwrap();
    let run = ["run", "m.toml", "-o", "out.h5", "--until", "50 ms"];
    let (code, out, error) = attractor(directory, &run);
    assert_eq!(code, Some(0), "{error}");
    let sentence =
        "found that the run was stopped at 50 ms; go on with `attractor run --resume out.h5`";
    assert!(out.contains(sentence), "{out}");
    assert!(directory.join("out.h5.part").exists() && directory.join("out.h5.checkpoint").exists());
    let (_, told, _) = attractor(directory, &["info", "out.h5.part"]);
    assert!(told.ends_with("  go on with `attractor run --resume out.h5`\n"), "{told}");
}

/// What `run --resume out.h5` refuses.
fn refused(directory: &Path, sentence: &str) {
    let (code, _, error) = attractor(directory, &["run", "--resume", "out.h5"]);
    assert!(code == Some(2) && error.contains(sentence), "{error}");
}

#[test]
fn a_run_goes_on_from_elsewhere_until_it_is_complete() {
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    stopped(directory.path());
    let output = directory.path().join("out.h5");
    let output = output.to_str().unwrap();
    // The files of the model are still found.
    let resume = ["run", "--resume", output, "--until", "70 ms"];
    let (code, out, error) = attractor(elsewhere.path(), &resume);
    assert!(code == Some(0) && error.contains("goes on at 50 ms"), "{error}");
    assert!(out.contains("stopped at 70 ms"), "{out}");
    let (code, out, error) = attractor(elsewhere.path(), &["run", "--resume", output]);
    assert!(code == Some(0) && out.contains("recorded in"), "{error}");
    let (code, out, _) = attractor(elsewhere.path(), &["run", "--resume", output]);
    assert!(code == Some(0) && out.contains("is complete: nothing is left to run"), "{out}");
    // What stood there has been taken away.
    let mut left: Vec<String> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["given.txt", "m.toml", "out.h5"]);
    assert_eq!(attractor(directory.path(), &["verify", "out.h5"]).0, Some(0));
    let whole = ["run", "m.toml", "-o", "whole.h5", "--quiet"];
    assert_eq!(attractor(directory.path(), &whole).0, Some(0));
    let hash = |name: &str| {
        let (_, told, _) = attractor(directory.path(), &["info", name, "--json"]);
        told.split("\"data_hash\": \"").nth(1).unwrap()[..64].to_owned()
    };
    assert_eq!(hash("out.h5"), hash("whole.h5"));
}

#[test]
fn a_run_that_takes_the_place_of_another_goes_on_too() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    stopped(directory);
    let resume = |name: &str| {
        let (code, out, error) = attractor(directory, &["run", "--resume", name]);
        assert_eq!(code, Some(0), "{error}");
        out
    };
    resume("out.h5");
    let anew = ["run", "m.toml", "-o", "out.h5", "--seed", "2", "--force", "--until", "30 ms"];
    assert_eq!(attractor(directory, &anew).0, Some(0));
    assert!(resume("out.h5.part").contains("(seed 2)"));
    assert!(!directory.join("out.h5.part").exists());
    // What only lacked its name gets it.
    std::fs::rename(directory.join("out.h5"), directory.join("out.h5.part")).unwrap();
    assert!(resume("out.h5").contains("out.h5 is complete: nothing is left to run"));
    assert!(directory.join("out.h5").exists() && !directory.join("out.h5.part").exists());
}

#[test]
fn a_run_ends_in_time() {
    let directory = tempfile::tempdir().unwrap();
    stopped(directory.path());
    let (code, out, error) =
        attractor(directory.path(), &["run", "--resume", "out.h5", "--for", "1ms"]);
    assert!(code == Some(0) && out.contains("go on with `attractor run --resume"), "{out}{error}");
    for (option, typed, allowed) in [
        ("--for", "soon", "allowed is a time above 0 such as 90s"),
        ("--for", "0s", "allowed is a time above 0 such as 90s"),
        ("--until", "10 sweeps", "the time of this network is counted in ms"),
        ("--until", "10", "which has no unit"),
        ("--seed", "1", "cannot be used with"),
    ] {
        let resume = ["run", "--resume", "out.h5", option, typed];
        let (code, _, error) = attractor(directory.path(), &resume);
        assert!(code == Some(2) && error.contains(allowed), "{option} {typed}: {error}");
    }
}

#[test]
fn a_run_that_did_not_come_to_its_first_look_in_time_is_none_to_go_on_with() {
    let directory = tempfile::tempdir().unwrap();
    // A look takes seconds, however fast the machine is: 10^9 events for every 10 ms, as all neurons fire every 0.3 ms.
    let model = |quiet: &str| {
        format!(
            r#"
title = "t"
source = "s"
shows = "w"
population = {{ E = {{ size = 6000 }} }}
dynamics.spiking.E = {{ tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "0.1 ms" }}
projection.E_to_E = {{ from = "E", to = "E", connect = "all_to_all", efficacy = "1 uV", tau_syn = "5 ms", delay = "1 ms" }}
protocol = [{quiet}{{ name = "busy", duration = "1 s", show = [{{ population = "E", current = "1 V" }}] }}]
"#
        )
    };
    let ends = |words: &[&str], sentence: &str| {
        let (code, _, error) = attractor(directory.path(), words);
        assert!(code == Some(130) && error.contains(sentence), "{code:?} {error}");
    };
    std::fs::write(directory.path().join("busy.toml"), model("")).unwrap();
    let run = ["run", "busy.toml", "-o", "out.h5", "--for", "1ms"];
    ends(&run, "run again with --force");
    // Nor does one that goes on come any further.
    let quiet = model("{ name = \"quiet\", duration = \"20 ms\" }, ");
    std::fs::write(directory.path().join("quiet.toml"), quiet).unwrap();
    let run = ["run", "quiet.toml", "-o", "late.h5", "--until", "20 ms"];
    let (code, _, error) = attractor(directory.path(), &run);
    assert_eq!(code, Some(0), "{error}");
    ends(
        &["run", "--resume", "late.h5", "--for", "1ms"],
        "found that the run was stopped at 20 ms; go on with",
    );
}

#[test]
fn a_run_goes_on_in_what_it_began_in() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    refused(directory, "found no recording of a run that did not end");
    stopped(directory);
    let state = directory.join("out.h5.checkpoint");
    let whole = std::fs::read(&state).unwrap();
    for at in [0, 16, 24, whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        std::fs::write(&state, damaged).unwrap();
        refused(directory, if at == 0 { "that is no state of a run" } else { "that is damaged" });
    }
    for length in [0, 10, 40, whole.len() - 1] {
        std::fs::write(&state, &whole[..length]).unwrap();
        refused(directory, "out.h5.checkpoint: found a");
    }
    std::fs::remove_file(&state).unwrap();
    refused(directory, "found no state of a run");
    std::fs::write(&state, &whole).unwrap();
    // Other files, another recording.
    let given = std::fs::read(directory.join("given.txt")).unwrap();
    std::fs::write(directory.join("given.txt"), "1.0 0\n").unwrap();
    refused(
        directory,
        "found a state that is damaged, or of another network than its model describes now",
    );
    std::fs::write(directory.join("given.txt"), given).unwrap();
    std::fs::rename(directory.join("out.h5.part"), directory.join("kept")).unwrap();
    refused(directory, "found no recording of a run that did not end");
    let other = ["run", "m.toml", "-o", "other.h5", "--until", "60 ms"];
    assert_eq!(attractor(directory, &other).0, Some(0));
    std::fs::copy(directory.join("other.h5.part"), directory.join("out.h5.part")).unwrap();
    refused(directory, "beside the recording of one that was at");
    let kept = std::fs::read(directory.join("kept")).unwrap();
    let part = directory.join("out.h5.part");
    std::fs::write(&part, &kept).unwrap();
    {
        let file = hdf5::File::open_rw(&part).unwrap();
        file.dataset("rates/E/rate").unwrap().write_slice(&[1.25], 0..1).unwrap();
    }
    refused(directory, "/rates/E/rate holds other values than were recorded");
    std::fs::write(&part, &kept).unwrap();
    {
        let file = hdf5::File::open_rw(&part).unwrap();
        file.dataset("spikes/S/timestamps").unwrap().write_slice(&[0.25], 0..1).unwrap();
    }
    refused(directory, "/spikes/S/timestamps holds other values than were recorded");
    {
        let file = hdf5::File::open_rw(&part).unwrap();
        file.dataset("rates/E/time").unwrap().resize(3).unwrap();
        file.dataset("rates/E/rate").unwrap().resize(3).unwrap();
    }
    refused(
        directory,
        "found a damaged recording (/rates/S/time has 5 rows and /rates/E/time has 3)",
    );
    std::os::unix::fs::symlink("elsewhere", directory.join("out.h5.checkpoint.next")).unwrap();
    refused(directory, "out.h5.checkpoint.next: found that the output is a symbolic link");
    std::fs::remove_file(directory.join("out.h5.checkpoint.next")).unwrap();
    std::fs::rename(directory.join("kept"), directory.join("out.h5.part")).unwrap();
    let (code, _, error) = attractor(directory, &["run", "--resume", "out.h5"]);
    assert_eq!(code, Some(0), "{error}");
}

#[test]
fn a_run_does_not_go_on_where_it_has_no_room() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    std::fs::copy("tests/data/small-sweep.toml", directory.join("m.toml")).unwrap();
    // 16 trials at once, which take about 2 GB.
    let settings =
        ["task.delayed_match.trials=16", "task.delayed_match.delay=30 s", "record.input=true"];
    let begin = ["run", "m.toml", "-o", "out.h5", "--until", "10 ms", "--quiet"];
    let settings = settings.iter().flat_map(|setting| ["--set", setting]);
    let begin: Vec<&str> = begin.into_iter().chain(settings).collect();
    let (code, _, error) = attractor(directory, &begin);
    assert_eq!(code, Some(0), "{error}");
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -v 1500000; exec \"$@\"", "bash", env!("CARGO_BIN_EXE_attractor")]);
    command.args(["run", "--resume", "out.h5", "--threads", "1"]).current_dir(directory);
    let done = command.output().unwrap();
    let error = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2), "{error}");
    let begins = "error: model in out.h5:60:2: task: found trials and a network that take about ";
    assert!(
        error.starts_with(begins) && error.contains(" MB are available; go on where"),
        "{error}"
    );
}

#[test]
fn a_branch_of_a_branch_is_one_of_the_first_run() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    stopped(directory);
    assert_eq!(attractor(directory, &["run", "--resume", "out.h5", "--quiet"]).0, Some(0));
    // The model `name` with another protocol, branched off from `from` at this time.
    let branch = |name: &str, protocol: &str, from: &str, more: &[&str]| {
        let text = std::fs::read_to_string(directory.join("m.toml")).unwrap();
        let rest = "protocol = [{ name = \"rest\", duration = \"100 ms\" }]";
        assert!(text.contains(rest));
        std::fs::write(directory.join(name), text.replace(rest, protocol)).unwrap();
        let output = name.replace("toml", "h5");
        let words = ["run", name, "--from", from, "-o", &output, "--quiet"];
        attractor(directory, &[&words, more].concat())
    };
    let push = "{ name = \"push\", duration = \"20 ms\", show = [{ population = \"E\", current = \"9 mV\" }] }";
    let first = format!(
        "protocol = [{{ name = \"rest\", duration = \"40 ms\" }}, {push}, {{ name = \"late\", duration = \"40 ms\" }}]"
    );
    let (code, _, error) =
        branch("b.toml", &first, "out.h5", &["--at", "30 ms", "--future-seed", "4"]);
    assert_eq!(code, Some(0), "{error}");
    let (code, _, error) = branch("c.toml", &first, "b.h5", &["--at", "70 ms"]);
    let sentence = "error: b.h5: found the recording of a run that has itself branched off, at 30 ms; branch off from the first \
                    run with --at \"30 ms\" --future-seed 4, in a model whose protocol begins with what this one was shown.\n";
    assert_eq!((code, &error[..]), (Some(2), sentence));
    // As it says.
    let other = first.replace(
        "{ name = \"late\", duration = \"40 ms\" }",
        &format!(
            "{{ name = \"late\", duration = \"10 ms\" }}, {}",
            push.replace("20 ms", "30 ms").replace("push", "again")
        ),
    );
    let (code, _, error) =
        branch("c.toml", &other, "out.h5", &["--at", "30 ms", "--future-seed", "4"]);
    assert_eq!(code, Some(0), "{error}");
    let spikes = |name: &str, from: f64, to: f64| {
        let recording = attractor::recording::Recording::open(&directory.join(name)).unwrap();
        let (times, neurons) = recording.spikes("E").unwrap();
        let spikes = times.into_iter().zip(neurons).map(|(time, neuron)| (time.to_bits(), neuron));
        spikes.filter(|(time, _)| (from..to).contains(&f64::from_bits(*time))).collect::<Vec<_>>()
    };
    assert_eq!(spikes("b.h5", 0.0, 70.0), spikes("c.h5", 0.0, 70.0));
    assert_ne!(spikes("b.h5", 70.0, 100.0), spikes("c.h5", 70.0, 100.0));
    assert!(spikes("b.h5", 0.0, 70.0).len() > 20);
}

/// A model of trials that begin where rounding has them, among spikes that are given.
fn given(spikes: &str, interval: &str, rest: &str) -> String {
    format!(
        r#"
title = "t"
source = "s"
shows = "w"
population = {{ E = {{ size = 10 }}, S = {{ size = 1 }} }}
patterns.E.random = {{ number = 2, coding_level = 0.5 }}
record.interval = "{interval}"
dynamics.spiking.E = {{ tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms" }}
dynamics.spiking.S.spikes.list = [[{spikes}]]
projection.J = {{ from = "S", to = "E", connect = "all_to_all", efficacy = "1 mV", tau_syn = "2 ms", delay = "1 ms" }}
{rest}
"#
    )
}

#[test]
fn a_spike_at_the_border_of_two_trials_is_in_either() {
    let trials = r#"task.stimulus = { trials = 12, order = "in_sequence", before = "10 ms", stimulus = { duration = "20.1 ms", current = "25 mV" }, after = "10 ms" }"#;
    // A trial takes 40.1 ms; the spikes are where the seventh, the eighth and the eleventh begin, and stops after these.
    let model = given(r#""280.7 ms", "401 ms", "240.6 ms""#, "1 s", trials);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("m.toml"), model).unwrap();
    let attractor = |arguments: &[&str]| {
        let (code, out, error) = attractor(directory.path(), arguments);
        assert_eq!(code, Some(0), "{arguments:?} {error}");
        out
    };
    let hash = |file: &str| {
        let told = attractor(&["info", file, "--json"]);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        told["data_hash"].as_str().unwrap().to_owned()
    };
    attractor(&["run", "m.toml", "-o", "whole.h5", "--threads", "1"]);
    for until in ["243 ms", "283 ms", "403 ms"] {
        attractor(&["run", "m.toml", "-o", "out.h5", "--force", "--until", until]);
        attractor(&["run", "--resume", "out.h5"]);
        assert_eq!(hash("out.h5"), hash("whole.h5"), "{until}");
    }
}

#[test]
fn a_spike_at_the_border_of_two_intervals_is_in_either() {
    let rest = r#"
protocol = [{ name = "a", duration = "73.4 ms" }]
task.stimulus = { trials = 1, order = "in_sequence", before = "3.3 ms", stimulus = { duration = "10.1 ms", current = "8 mV" }, after = "10 ms" }"#;
    let directory = tempfile::tempdir().unwrap();
    let model = given(r#""80 ms", "81 ms""#, "3.3 ms", rest);
    std::fs::write(directory.path().join("m.toml"), model).unwrap();
    for arguments in [&["run", "m.toml", "-o", "out.h5"][..], &["verify", "out.h5"]] {
        let (code, out, error) = attractor(directory.path(), arguments);
        assert_eq!(code, Some(0), "{out}{error}");
    }
}
