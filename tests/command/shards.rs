//! Sweeps beyond one machine: plans, shards and their merging, and the script for Slurm.

use attractor::sweep::SweepTable;
use std::path::Path;
use std::process::{Command, Output};

/// A small network with trials.
const TEXT: &str = include_str!("../data/small-sweep.toml");

/// 12 runs.
const SWEEP: [&str; 6] = [
    "small.toml",
    "--over",
    "task.delayed_match.sample.poisson=100Hz:600Hz:6",
    "--repeat",
    "2",
    "--quiet",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), TEXT).unwrap();
    folder
}

fn attractor(folder: &Path, arguments: &[&[&str]]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.current_dir(folder).args(arguments.concat()).output().unwrap()
}

/// What it prints, whose exit code is this.
fn said(folder: &Path, arguments: &[&[&str]], code: i32) -> String {
    let done = attractor(folder, arguments);
    assert_eq!(done.status.code(), Some(code), "{arguments:?}: {done:?}");
    String::from_utf8([done.stdout, done.stderr].concat()).unwrap()
}

fn hash(folder: &Path, name: &str) -> String {
    SweepTable::open(&folder.join(name)).unwrap().table_hash
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_plan_tells_what_a_sweep_takes_and_writes_nothing() {
    let folder = folder();
    let folder = folder.path();
    let plan = ["--plan", "--threads", "2"];
    let told = said(folder, &[&["sweep"], &SWEEP, &plan], 0);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines[..2],
        ["6 points, 2 runs each: 12 runs", "  2 runs at once, on 1 thread each"]
    );
    for (line, begins) in lines[2..].iter().zip([
        "  memory  at most about ",
        "  disk    about ",
        "  time    run 1 (task.delayed_match.sample.poisson=100 Hz, seed 3): ",
        "  time    run 12 (task.delayed_match.sample.poisson=600 Hz, seed 4): ",
        "  time    about ",
    ]) {
        assert!(line.starts_with(begins), "{told}");
    }
    let json = said(folder, &[&["sweep"], &SWEEP, &plan, &["--json", "--shard", "2/5"]], 0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["shard"], &json["runs"]), (&"2/5".into(), &3.into()));
    assert_eq!((&json["starts"][0]["run"], &json["starts"][1]["run"]), (&2.into(), &12.into()));
    assert!(json["seconds"].as_f64().unwrap() > 0.0 && json["memory_mb"].as_f64().unwrap() > 10.0);
    // A point that fails is a row of a sweep, and no reason to refuse it.
    let fails = ["small.toml", "--over", "projection.E_to_E.scale=1000000 mV", "--plan"];
    let told = said(folder, &[&["sweep"], &fails], 0);
    assert!(told.contains("seed 3): fails: ") && told.contains("time    not known"), "{told}");
    assert_eq!(names(folder), ["small.toml"]);
    // Of small networks without spikes nothing stands on disk unless it is kept.
    std::fs::write(folder.join("recall.toml"), include_str!("../data/small-recall.toml")).unwrap();
    let recall: [&[&str]; 2] = [&["sweep", "recall.toml", "--repeat", "3"], &plan];
    let told = said(folder, &recall, 0);
    assert!(
        told.contains("disk    none but for the table: recordings are made in memory"),
        "{told}"
    );
    let told = said(folder, &[recall[0], recall[1], &["--keep", "kept"]], 0);
    assert!(told.contains("disk    about ") && !told.contains("disk    about 0.0"), "{told}");
    assert_eq!(names(folder), ["recall.toml", "small.toml"]);
}

#[test]
fn shards_are_read_drawn_and_merged() {
    let folder = folder();
    let folder = folder.path();
    said(folder, &[&["sweep"], &SWEEP, &["-o", "one.h5"]], 0);
    said(folder, &[&["sweep"], &SWEEP, &["--shard", "1/2", "-o", "a.h5"]], 0);
    said(folder, &[&["sweep"], &SWEEP, &["--shard", "2/2"]], 0);
    let second = "small-sweep-2-of-2.h5";
    let told = said(folder, &[&["verify", second]], 0);
    assert!(told.contains("structure: 6 runs of shard 2/2"), "{told}");
    let told = said(folder, &[&["info", second]], 0);
    assert!(
        told.contains("  shard 2/2, which has 6 runs") && !told.contains("INCOMPLETE"),
        "{told}"
    );
    said(folder, &[&["plot", second, "--y", "rate_hz.E", "-o", "rate.svg"]], 0);
    let again = said(folder, &[&["sweep"], &SWEEP[..5], &["--shard", "2/2", "--resume"]], 0);
    assert!(again.starts_with("small-sweep-2-of-2.h5 is complete: nothing is left"), "{again}");

    let told = said(folder, &[&["merge", second, "a.h5", "-o", "table.h5"]], 0);
    assert!(told.contains("6 points, 2 runs each") && !told.contains("shard"), "{told}");
    assert_eq!(hash(folder, "table.h5"), hash(folder, "one.h5"));
    said(folder, &[&["verify", "table.h5"]], 0);

    let refused = |words: &[&str]| said(folder, &[&["merge"], words], 2);
    assert!(
        refused(&["a.h5", second, "-o", "one.h5"])
            .starts_with("error: one.h5: found that the output exists")
    );
    let told = refused(&["a.h5", second, "-o", "a.h5", "--force"]);
    assert!(told.starts_with("error: a.h5: found a part as the output; "), "{told}");
    let told = refused(&["a.h5", "-o", "b.h5"]);
    let sentence = "error: merge: found that 6 runs of 12 are missing: shard 2/2; the table of a sweep has them all; add \
                    the parts that have them; a part that did not end is gone on with first.\n";
    assert_eq!(told, sentence);
    said(folder, &[&["run", "small.toml", "--quiet", "-o", "run.h5"]], 0);
    let told = refused(&["a.h5", "run.h5", "-o", "b.h5"]);
    assert!(
        told.starts_with("error: run.h5: found no table of a sweep (it has no /runs)"),
        "{told}"
    );
    said(folder, &[&["merge", "a.h5", second, "-o", "one.h5", "--force", "--quiet"]], 0);
    assert!(!folder.join("b.h5").exists());
}

#[test]
fn runs_that_fail_are_told_by_parts_and_by_the_table() {
    let folder = folder();
    let over = ["small.toml", "--over", "projection.E_to_E.scale=0.1 mV,1000000 mV", "--quiet"];
    let part = |shard: &[&str], code| said(folder.path(), &[&["sweep"], &over, shard], code);
    assert_eq!(part(&["--shard", "1/2", "-o", "a.h5"], 0), "");
    let told = part(&["--shard", "2/2", "-o", "b.h5"], 1);
    let failed = "run 2 (projection.E_to_E.scale=1000000 mV, seed 3)";
    assert_eq!(told, format!("1 of 1 runs failed: {failed}\n"));
    let told = said(folder.path(), &[&["merge", "a.h5", "b.h5", "-o", "c.h5", "--quiet"]], 1);
    assert_eq!(told, format!("1 of 2 runs failed: {failed}\n"));
}

#[test]
fn parts_that_read_other_files_are_not_put_together() {
    let folder = folder();
    let folder = folder.path();
    let spikes = |text: &str| std::fs::write(folder.join("spikes.txt"), text).unwrap();
    let drawn = "poisson = { rate = \"500 Hz\", efficacy = \"2 mV\", tau_syn = \"5 ms\" }";
    let read = "input = { file = \"spikes.txt\", efficacy = \"2 mV\", tau_syn = \"5 ms\" }";
    let text = TEXT.replace(drawn, read).replace("poisson = \"1 kHz\"", "current = \"5 mV\"");
    std::fs::write(folder.join("small.toml"), text).unwrap();
    let over = ["small.toml", "--over", "task.delayed_match.trials=1,2", "--quiet"];
    let part = |shard, name| said(folder, &[&["sweep"], &over, &["--shard", shard, "-o", name]], 0);
    spikes("0 1.5\n");
    part("1/2", "a.h5");
    part("2/2", "b.h5");
    said(folder, &[&["merge", "a.h5", "b.h5", "-o", "whole.h5", "--quiet"]], 0);
    spikes("0 2.5\n");
    part("2/2", "c.h5");
    let told = said(folder, &[&["merge", "a.h5", "c.h5", "-o", "mixed.h5"]], 2);
    let sentence = "error: c.h5: found beside a.h5 a sweep whose files of spikes, synapses or patterns differ; ";
    assert!(told.starts_with(sentence) && told.lines().count() == 1, "{told}");
    assert!(!folder.join("mixed.h5").exists());
    // Nor is it taken for made.
    let again = ["--shard", "1/2", "-o", "a.h5", "--resume"];
    let told = said(folder, &[&["sweep"], &over, &again], 2);
    assert!(
        told.contains("found a sweep whose files of spikes, synapses or patterns differ"),
        "{told}"
    );
}

/// The script of an array of jobs, as Slurm would run it.
#[cfg(unix)]
mod slurm {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Child, Stdio};
    use std::time::Duration;

    /// Job `task` of an array of `shards`.
    fn job(folder: &Path, task: usize, shards: usize) -> Child {
        let script = Path::new("examples/cluster/slurm.sh").canonicalize().unwrap();
        let commands = Path::new(env!("CARGO_BIN_EXE_attractor")).parent().unwrap();
        let path = format!(
            "{}:{}:{}",
            folder.display(),
            commands.display(),
            std::env::var("PATH").unwrap()
        );
        Command::new("bash")
            .arg(script)
            .arg(shards.to_string())
            .args(&SWEEP[..5])
            .current_dir(folder)
            .env("PATH", path)
            .env("SLURM_ARRAY_JOB_ID", "7")
            .env("SLURM_ARRAY_TASK_ID", task.to_string())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    fn an_array_of_jobs_makes_the_table() {
        let folder = folder();
        let folder = folder.path();
        for task in 1..=3 {
            assert!(job(folder, task, 3).wait().unwrap().success());
        }
        // Submitted again, it ends at once.
        assert!(job(folder, 2, 3).wait().unwrap().success());
        assert_eq!(job(folder, 4, 3).wait().unwrap().code(), Some(2));
        let parts = ["parts/1-of-3.h5", "parts/2-of-3.h5", "parts/3-of-3.h5"];
        said(folder, &[&["merge"], &parts, &["-o", "table.h5", "--quiet"]], 0);
        said(folder, &[&["sweep"], &SWEEP, &["-o", "one.h5"]], 0);
        assert_eq!(hash(folder, "table.h5"), hash(folder, "one.h5"));
    }

    #[test]
    fn a_job_whose_time_is_up_stands_in_line_again() {
        let folder = folder();
        let folder = folder.path();
        std::fs::write(folder.join("small.toml"), TEXT.replace("50 ms", "2 s")).unwrap();
        // What Slurm would be asked.
        let scontrol = folder.join("scontrol");
        std::fs::write(&scontrol, "#!/bin/sh\necho \"$@\" > asked\n").unwrap();
        std::fs::set_permissions(&scontrol, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut first = job(folder, 1, 1);
        let begun =
            || SweepTable::open(&folder.join("parts/1-of-1.h5.part")).map_or(0, |t| t.runs.rows());
        while begun() == 0 && first.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let term = Command::new("kill").args(["-TERM", &first.id().to_string()]).status().unwrap();
        assert!(term.success() && first.wait().unwrap().success());
        assert_eq!(std::fs::read_to_string(folder.join("asked")).unwrap(), "requeue 7_1\n");
        assert!((1..12).contains(&begun()));
        assert!(job(folder, 1, 1).wait().unwrap().success());
        said(folder, &[&["sweep"], &SWEEP, &["-o", "one.h5"]], 0);
        assert_eq!(hash(folder, "parts/1-of-1.h5"), hash(folder, "one.h5"));
    }
}
