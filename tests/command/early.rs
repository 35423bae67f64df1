//! Mistakes are told before or while they cost time, and where they stand.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A population that its own strong synapses drive as fast as it can.
const SATURATED: &str = "
title = 'saturated'
source = 'none'
shows = 'a mistake'
population.E.size = 100
[dynamics.spiking.E]
tau_m = '20 ms'
theta = '20 mV'
v_reset = '10 mV'
t_ref = '2 ms'
poisson = { rate = '1 kHz', efficacy = '2 mV', tau_syn = '5 ms' }
[projection.E_to_E]
from = 'E'
to = 'E'
connect = { in_degree = 50 }
efficacy = '9 mV'
delay = '1 ms'
tau_syn = '5 ms'
[[protocol]]
name = 'rest'
duration = '200 ms'
";

fn attractor(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.current_dir(folder).args(words).stdin(Stdio::null()).output().unwrap()
}

/// Processes that cannot speak with each other would write over each other.
#[cfg(not(feature = "mpi"))]
#[test]
fn a_launcher_of_ranks_is_told_that_this_build_knows_none() {
    let folder = folder(SATURATED);
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.current_dir(folder.path()).args(["run", "m.toml"]).env("OMPI_COMM_WORLD_SIZE", "3");
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(
        said(&done),
        "error: attractor run: found that 3 processes were started to share out a network; this build knows no MPI; build \
         it with --features mpi, or start one process.\n"
    );
    assert_eq!(done.status.code(), Some(2));
    assert!(!folder.path().join("m.h5").exists());
}

fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

fn folder(model: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.toml"), model).unwrap();
    folder
}

#[test]
fn what_a_model_is_hardly_meant_to_be_is_told_before_it_runs() {
    let folder = folder(&SATURATED.replace("1 kHz", "0 Hz"));
    let sentence = "warning: m.toml:5:12: population.E: found that nothing reaches population E; without synapses from \
                    neurons that are active, external spikes, current or stimulus it stays at rest; add what was \
                    forgotten, or leave the population out.\n";
    for words in [&["check", "m.toml"][..], &["run", "m.toml", "--quiet", "-o", "r.h5"]] {
        let done = attractor(folder.path(), words);
        assert_eq!((done.status.code(), said(&done).as_str()), (Some(0), sentence));
    }
    let rate = "dynamics.spiking.E.poisson.rate=1 kHz,0 Hz";
    let words = ["sweep", "m.toml", "--over", rate, "--quiet", "-o", "t.h5"];
    let done = attractor(folder.path(), &words);
    let at = sentence.replace("warning: ", "warning: at dynamics.spiking.E.poisson.rate=0 Hz: ");
    assert_eq!((done.status.code(), said(&done)), (Some(0), at));
}

#[test]
fn saturation_is_told_once_while_it_runs_and_with_the_recording() {
    let folder = folder(SATURATED);
    let done = attractor(folder.path(), &["run", "m.toml", "--quiet", "-o", "r.h5"]);
    let (code, told) = (done.status.code(), said(&done));
    assert_eq!((code, told.lines().count()), (Some(0), 1), "{told}");
    let place = "m.toml:6:1: ";
    let found = format!("warning: {place}dynamics.spiking.E: found that this population fires at ");
    assert!(told.starts_with(&found), "{told}");
    assert!(told.contains(" ms; a refractory period of 2 ms allows 500 Hz:"), "{told}");
    let info = String::from_utf8(attractor(folder.path(), &["info", "r.h5"]).stdout).unwrap();
    assert!(
        info.contains(&format!("\n  WARNING  {}", &told["warning: ".len() + place.len()..])),
        "{info}"
    );
    let json = attractor(folder.path(), &["info", "r.h5", "--json"]).stdout;
    assert!(String::from_utf8(json).unwrap().contains("\"saturated\": [\n"));
    let done = attractor(folder.path(), &["plot", "r.h5"]);
    assert_eq!((done.status.code(), said(&done).as_str()), (Some(0), ""));
}

#[test]
fn a_pipe_under_the_name_of_a_file_is_not_waited_for() {
    let folder = folder(SATURATED);
    let pipe = folder.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let kind = "it is a pipe, a device or a socket";
    let patterns = "patterns.E={ file = { path = \"pipe.toml\" } }";
    for (words, sentence) in [
        (
            &["run", "pipe.toml"][..],
            format!("pipe.toml: found no readable model file ({kind}); check the name."),
        ),
        (
            &["check", "/dev/zero"],
            format!("/dev/zero: found no readable model file ({kind}); check the name."),
        ),
        (
            &["info", "pipe.toml"],
            format!("pipe.toml: found no readable file ({kind}); check the name."),
        ),
        (
            &["verify", "pipe.toml"],
            format!("pipe.toml: found no readable file ({kind}); check the name."),
        ),
        (
            &["check", "m.toml", "--set", patterns],
            format!(
                "--set {patterns}: patterns.E.file.path: found no readable file pipe.toml ({kind}); check the name, \
                     which starts from the folder of the model."
            ),
        ),
    ] {
        let done = attractor(folder.path(), words);
        assert_eq!(
            (done.status.code(), said(&done)),
            (Some(2), format!("error: {sentence}\n")),
            "{words:?}"
        );
    }
    // Who means a pipe names it.
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.args(["check", "/dev/stdin"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(SATURATED.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// `/proc/kmsg` says that it is empty, is no device, and is waited for; anybody may read another file of this kind.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_the_system_makes_up_is_refused_by_every_command() {
    let folder = folder(SATURATED);
    let made_up = "(it says that it is empty, but gives something: no ordinary file does)";
    let status = "/proc/self/status";
    let refused = |words: &[&str], place: &str| {
        let done = attractor(folder.path(), words);
        let told = said(&done);
        assert_eq!(done.status.code(), Some(2), "{words:?}: {told}");
        assert!(told.contains(made_up) && told.contains(place), "{words:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{words:?}: {told}");
    };
    for command in ["check", "run", "theory", "page"] {
        refused(&[command, status], "found no readable model file");
    }
    refused(&["sweep", status, "--repeat", "2"], "found no readable model file");
    for command in ["info", "verify", "plot", "analyze"] {
        refused(&[command, status], "found no readable file");
    }
    for setting in [
        "patterns.E={ file = { path = 'FILE' } }",
        "patterns.E={ image = { files = ['FILE'] } }",
        "dynamics.spiking.E={ spikes = { file = 'FILE' } }",
        "projection.P={ from = 'E', to = 'E', connect = { file = 'FILE' }, tau_syn = '5 ms' }",
    ] {
        let setting = setting.replace("FILE", status);
        let mut words = vec!["run", "m.toml", "-o", "r.h5", "--set", &setting];
        // Nothing acts on sources.
        if setting.contains("spikes") {
            words.extend(["--set", "projection={}"]);
        }
        refused(&words, "found no readable file");
    }
    let built_on = format!("base = '{status}'\n{SATURATED}");
    std::fs::write(folder.path().join("m.toml"), built_on).unwrap();
    refused(&["run", "m.toml", "-o", "r.h5"], "base: found no readable model file");
}

/// What nobody can have meant takes no memory.
#[test]
fn a_file_that_is_far_too_large_is_not_read() {
    let folder = folder(SATURATED);
    let set = |setting: &str| ["check", "m.toml", "--set", setting].map(str::to_owned).to_vec();
    let matrix = "projection.E_to_E={ from = 'E', to = 'E', connect = { file = 'large.npy' }, tau_syn = '5 ms' }";
    let cases = [
        (
            "large.toml",
            2,
            vec!["check".to_owned(), "large.toml".to_owned()],
            "(it has more than 2 MiB)",
        ),
        (
            "large.png",
            64,
            set("patterns.E={ image = { files = ['large.png'] } }"),
            "(it has more than 64 MiB)",
        ),
        // 128 bytes for each number, and comments.
        ("large.npy", 2, set(matrix), "larger than a matrix of 100 rows and 100 columns can be"),
    ];
    for (name, size, words, found) in cases {
        let file = std::fs::File::create(folder.path().join(name)).unwrap();
        file.set_len((size + 1) << 20).unwrap();
        let done = attractor(folder.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
        let told = said(&done);
        assert_eq!(done.status.code(), Some(2), "{name}: {told}");
        assert!(told.contains(found), "{name}: {told}");
        assert_eq!(told.lines().count(), 1, "{name}: {told}");
    }
}

/// Whoever means a pipe may wait for it, but not take all memory.
#[test]
fn a_pipe_that_has_no_end_is_refused() {
    let folder = folder(SATURATED);
    let mut endless = Command::new("cat").arg("/dev/zero").stdout(Stdio::piped()).spawn().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.args(["check", "/dev/stdin"]).stdin(endless.stdout.take().unwrap());
    let told = said(&command.output().unwrap());
    let found = "found no readable model file (it has more than 2 MiB); give long lists, such as patterns, in files of their own.";
    assert_eq!(told, format!("error: /dev/stdin: {found}\n"));
    // Nobody reads on.
    drop(command);
    endless.wait().unwrap();
    // Spikes are read twice.
    let set = "dynamics.spiking.E={ spikes = { file = '/dev/stdin' } }";
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.current_dir(folder.path()).args([
        "run",
        "m.toml",
        "--set",
        set,
        "--set",
        "projection={}",
    ]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdin.take());
    let told = said(&child.wait_with_output().unwrap());
    assert!(
        told.contains("(it is a pipe, which can be read only once: save what it gives to a file)"),
        "{told}"
    );
}

/// The command with files of at most so many KiB, as on a full disk.
fn limited(folder: &Path, kib: u32, words: &[&str]) -> Output {
    let mut command = Command::new("bash");
    command.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\""));
    command.args(["bash", env!("CARGO_BIN_EXE_attractor")]).args(words).current_dir(folder);
    // Where it counts what it runs through, the file of that would fall under the limit too.
    command.env("LLVM_PROFILE_FILE", "/dev/null").output().unwrap()
}

#[test]
fn what_cannot_be_written_leaves_no_part_of_it() {
    let folder = folder(&std::fs::read_to_string("tests/data/small-sweep.toml").unwrap());
    assert!(attractor(folder.path(), &["run", "m.toml", "--quiet", "-o", "r.h5"]).status.success());
    let letters = std::path::absolute("models/letters.toml").unwrap();
    let letters = letters.to_str().unwrap();
    for words in [["page", letters, "-o", "out.html"], ["run", letters, "-o", "out.h5"]] {
        assert_eq!(limited(folder.path(), 0, &words).status.code(), Some(2), "{words:?}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 2, "{words:?}");
    }
    let done = limited(folder.path(), 0, &["analyze", "r.h5", "-o", "tables"]);
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    let table =
        "error: tables/trials.csv: found that it cannot be written (File too large (os error 27));";
    assert!(said(&done).starts_with(table), "{}", said(&done));
    assert_eq!(folder.path().join("tables").read_dir().unwrap().count(), 0);
}

#[test]
fn a_sweep_on_a_full_disk_names_files_that_are_there() {
    let folder = folder(SATURATED);
    let words = ["sweep", "m.toml", "--repeat", "2", "--quiet", "-o", "t.h5", "--threads", "1"];
    let done = limited(folder.path(), 100, &words);
    let told = said(&done);
    assert_eq!(done.status.code(), Some(2), "{told}");
    assert!(
        told.starts_with("error: t.h5: found that the output cannot be written any further ("),
        "{told}"
    );
    let remedy = "then go on with --resume; the runs that have ended stand in t.h5.part.\n";
    assert!(told.ends_with(remedy), "{told}");
    assert!(folder.path().join("t.h5.part").exists() && !folder.path().join("t.h5.runs").exists());
    let resumed = attractor(folder.path(), &[&words[..], &["--resume"]].concat());
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
}
