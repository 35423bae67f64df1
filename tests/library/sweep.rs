//! Sweeps: any number of threads and of interrupts give the same table.

use crate::common::host;
use attractor::error::Kind;
use attractor::model::Document;
use attractor::simulation::Wish;
use attractor::sweep::{Begin, Done, Grid, Resources, Sweep, SweepTable};
use attractor::table::Column;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A small network with trials.
const TEXT: &str = include_str!("../data/small-sweep.toml");

/// Words, numbers with a unit, and repeats: 12 runs.
const OVER: [&str; 2] = [
    "projection.E_to_E.connect={ in_degree = 10 },{ probability = 0.1 }",
    "task.delayed_match.sample.poisson=100 Hz:1 kHz:3",
];

fn plan(text: &str, over: &[&str], repeat: usize) -> Sweep {
    let over: Vec<String> = over.iter().map(|o| o.replace("1 kHz", "1000 Hz")).collect();
    let document = Document::new("small.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let grid = Grid::parse(&over, repeat).unwrap();
    Sweep::plan(&document, &[], grid, |_, _| Ok(())).unwrap()
}

fn threads(threads: usize) -> Resources {
    Resources { threads, memory: f64::INFINITY }
}

fn in_folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.h5");
    (folder, table)
}

/// The files beside one another in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn whole(sweep: &Sweep, number: usize) -> SweepTable {
    let (folder, path) = in_folder();
    sweep.run(&path, Begin::New, None, threads(number), &host(), |_| Wish::Commit).unwrap();
    assert_eq!(names(folder.path()), ["table.h5"], "temporary files are left");
    SweepTable::open(&path).unwrap()
}

fn words<'a>(table: &'a SweepTable, name: &str) -> &'a [String] {
    match table.runs.column(name) {
        Some(Column::Text(words)) => words,
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn the_table_is_the_same_on_any_number_of_threads() {
    let sweep = plan(TEXT, &OVER, 2);
    let one = whole(&sweep, 1);
    assert!(one.complete && one.runs.rows() == 12 && one.trials.rows() == 36);
    for number in [2, 8] {
        let other = whole(&sweep, number);
        assert_eq!(other.table_hash, one.table_hash, "{number} threads");
        assert_eq!(other.runs.to_csv(), one.runs.to_csv());
        assert_eq!(other.trials.to_csv(), one.trials.to_csv());
    }
    // Runs differ: by their point, and by their seed.
    let mut hashes = words(&one, "data_hash").to_vec();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 12);
    assert_eq!(one.numbers("seed").unwrap(), [3.0, 4.0].repeat(6));
    let rates = [100.0, 100.0, 550.0, 550.0, 1000.0, 1000.0].repeat(2);
    assert_eq!(one.numbers("task.delayed_match.sample.poisson").unwrap(), rates);
    assert_eq!(words(&one, "projection.E_to_E.connect")[11], "{ probability = 0.1 }");
    let measured = ["trials", "held", "overlap_hz", "rate_hz.E", "cv_isi.I.spontaneous"];
    assert!(measured.iter().all(|name| one.measured.iter().any(|m| m == name)), "{one:?}");
}

#[test]
fn what_is_measured_is_the_mean_over_the_trials_of_the_run() {
    let table = whole(&plan(TEXT, &OVER, 1), 2);
    let Some(Column::Real(overlap)) = table.trials.column("overlap_hz") else { panic!() };
    let Some(Column::Whole(run)) = table.trials.column("run") else { panic!() };
    let measured = table.numbers("overlap_hz").unwrap();
    for (k, value) in measured.iter().enumerate() {
        let own = run.iter().zip(overlap).filter(|(run, _)| **run == k as u64 + 1);
        let own: Vec<f64> = own.map(|(_, overlap)| *overlap).collect();
        assert_eq!(own.len(), 3);
        assert_eq!(own.iter().sum::<f64>() / 3.0, *value);
    }
}

#[test]
fn a_sweep_that_is_stopped_again_and_again_ends_with_the_same_table() {
    let sweep = plan(TEXT, &OVER, 1);
    let (folder, path) = in_folder();
    let part = folder.path().join("table.h5.part");
    let mut stops = 0;
    loop {
        let mut before = None;
        let observe = |done: Done| {
            let before = *before.get_or_insert(done.ended);
            if done.ended > before { Wish::Stop } else { Wish::Continue }
        };
        // A new sweep begins in the same way.
        match sweep.run(&path, Begin::Resume, None, threads(1 + stops % 3), &host(), observe) {
            Ok(()) => break,
            Err(error) => {
                assert_eq!(error.kind(), Kind::Interrupt, "{error}");
                let table = SweepTable::open(&part).unwrap();
                assert!(!table.complete && table.runs.rows() > stops && table.runs.rows() < 6);
                assert_eq!(names(folder.path()), ["table.h5.part"]);
                stops += 1;
            }
        }
    }
    assert!(stops > 0);
    let resumed = SweepTable::open(&path).unwrap();
    let whole = whole(&sweep, 2);
    assert_eq!(resumed.runs.to_csv(), whole.runs.to_csv());
    assert_eq!(resumed.trials.to_csv(), whole.trials.to_csv());
    assert_eq!(resumed.table_hash, whole.table_hash);
}

#[test]
fn only_the_beginning_of_the_same_sweep_is_resumed() {
    let (folder, path) = in_folder();
    let part = folder.path().join("table.h5.part");
    let run =
        |sweep: &Sweep, begin| sweep.run(&path, begin, None, threads(1), &host(), |_| Wish::Stop);
    let begun = plan(TEXT, &OVER, 1);
    assert_eq!(run(&begun, Begin::New).unwrap_err().kind(), Kind::Interrupt);
    let bytes = std::fs::read(&part).unwrap();
    let refused = |sweep: &Sweep, begin, why: &str| {
        let error = run(sweep, begin).unwrap_err();
        assert!(error.kind() == Kind::File && error.to_string().contains(why), "{error}");
        assert_eq!(std::fs::read(&part).unwrap(), bytes, "the beginning has changed");
    };
    refused(&begun, Begin::New, "--resume");
    refused(&plan(TEXT, &OVER[..1], 1), Begin::Resume, "--over or --repeat");
    refused(&plan(TEXT, &OVER, 2), Begin::Resume, "--over or --repeat");
    let other = TEXT.replace("500 Hz", "501 Hz");
    refused(&plan(&other, &OVER, 1), Begin::Resume, "model, --set or --seed");
    std::fs::write(&part, "no table").unwrap();
    let error = run(&begun, Begin::Resume).unwrap_err().to_string();
    assert!(error.contains("found no table of a sweep"), "{error}");
}

#[test]
fn a_point_that_diverges_is_named_and_the_others_go_on() {
    let over = ["projection.E_to_E.scale=0.1 mV,1000000 mV,0.2 mV"];
    let sweep = plan(TEXT, &over, 1);
    let table = whole(&sweep, 2);
    let errors = words(&table, "error");
    assert!(errors[0].is_empty() && errors[2].is_empty());
    assert!(errors[1].contains("population E fires without bound"), "{}", errors[1]);
    let failures = table.failures();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].run, "run 2 (projection.E_to_E.scale=1000000 mV, seed 3)");
    let rates = table.numbers("rate_hz.E").unwrap();
    assert!(rates[0] > 0.0 && rates[1].is_nan() && rates[2] > 0.0);
    assert_eq!(table.points()[1].failed, [1]);
}

/// Neurons by themselves, all of whose activity is looked at every ms.
fn graded(duration: usize) -> String {
    format!(
        "title = \"t\"\nsource = \"s\"\nshows = \"w\"\nseed = 3\npopulation.N.size = 4000\nrecord.interval = \"1 ms\"\n\
         protocol = [{{ name = \"rest\", duration = \"{duration} ms\" }}]\n\
         dynamics.rate = {{ solver = {{ euler = {{ step = \"0.5 ms\" }} }}, units.N = {{ tau = \"10 ms\", transfer = \"tanh\", \
         initial = {{ uniform = [-1.0, 1.0] }} }} }}\n"
    )
}

/// The most that a recording in memory takes, as docs/sweeps.md has it.
const SMALL: f64 = 64e6;

#[test]
fn recordings_below_64_mb_are_made_in_memory_and_larger_ones_on_disk() {
    let most = |duration: usize| {
        let document = Document::new("m.toml".as_ref(), graded(duration), &[]).unwrap();
        document.model().unwrap().recorded_at_most()
    };
    let last = (1000..).find(|duration| most(duration + 1) > SMALL).unwrap();
    let [small, large] = [last, last + 1].map(|duration| plan(&graded(duration), &[], 1));
    assert_eq!(small.disk(threads(2), false), 0.0);
    let written = small.disk(threads(2), true);
    assert!(written > 2.9 * 0.9 * SMALL, "{written}");
    assert!(large.disk(threads(2), false) > 1.9 * 0.9 * SMALL);
    // What is recorded in memory counts there.
    assert!(small.memory() > large.memory() + SMALL);
    let run = |sweep: &Sweep| {
        let (folder, path) = in_folder();
        // Nothing can be written where the recording of the first run would stand.
        std::fs::create_dir_all(folder.path().join("table.h5.runs/run-0001.h5.part/x")).unwrap();
        let ran = sweep.run(&path, Begin::New, None, threads(1), &host(), |_| Wish::Continue);
        ran.map(|()| SweepTable::open(&path).unwrap())
    };
    let table = run(&small).unwrap();
    let refused = run(&large).unwrap_err();
    assert_eq!(refused.kind(), Kind::File, "{refused}");
    // Its recording is kept on disk, with the same data, and is no larger than was told.
    let (folder, path) = in_folder();
    let kept = folder.path().join("kept");
    small.run(&path, Begin::New, Some(&kept), threads(1), &host(), |_| Wish::Continue).unwrap();
    assert_eq!(SweepTable::open(&path).unwrap().table_hash, table.table_hash);
    let bytes = std::fs::metadata(kept.join("run-0001.h5")).unwrap().len() as f64;
    assert!(bytes <= most(last) && bytes > 0.9 * most(last), "{bytes}");
}

#[test]
fn a_run_in_memory_that_is_stopped_within_is_made_anew() {
    let text = graded(20_000).replace("\"1 ms\"", "\"200 ms\"").replace("4000", "400");
    let sweep = plan(&text, &[], 3);
    assert_eq!(sweep.disk(threads(1), false), 0.0);
    let (folder, path) = in_folder();
    let part = folder.path().join("table.h5.part");
    let mut within = false;
    let ran = sweep.run(&path, Begin::New, None, threads(1), &host(), |done| {
        let made = done.reached - done.ended as f64;
        within |= done.ended == 1 && made > 0.0 && made < 1.0;
        if within { Wish::Stop } else { Wish::Continue }
    });
    assert_eq!(ran.unwrap_err().kind(), Kind::Interrupt);
    assert!(within);
    assert_eq!(names(folder.path()), ["table.h5.part"]);
    assert_eq!(SweepTable::open(&part).unwrap().runs.rows(), 1);
    sweep.run(&path, Begin::Resume, None, threads(2), &host(), |_| Wish::Continue).unwrap();
    let resumed = SweepTable::open(&path).unwrap();
    assert!(resumed.complete);
    assert_eq!(resumed.table_hash, whole(&sweep, 2).table_hash);
}

/// A sweep that is killed once its table has its name has not removed the folder of its runs.
#[test]
fn the_folder_that_a_kill_left_beside_a_whole_table_is_removed() {
    let (sweep, (folder, path)) = (plan(TEXT, &OVER, 1), in_folder());
    let resume =
        || sweep.run(&path, Begin::Resume, None, threads(1), &host(), |_| Wish::Continue).unwrap();
    resume();
    let runs = folder.path().join("table.h5.runs");
    let leave = |others: &[&str]| {
        std::fs::create_dir(&runs).unwrap();
        for name in ["table.h5", "run-0001.h5.part", "run-0002.h5"].iter().chain(others) {
            std::fs::write(runs.join(name), "half").unwrap();
        }
    };
    leave(&[]);
    resume();
    assert_eq!(names(folder.path()), ["table.h5"]);
    // Another's files stay, and what a link leads to.
    leave(&["run-notes.txt", "run-0001.h5.copy", "run-1.h5"]);
    resume();
    assert_eq!(names(&runs), ["run-0001.h5.copy", "run-1.h5", "run-notes.txt"]);
    std::fs::remove_dir_all(&runs).unwrap();
    let refused = |keep: Option<&Path>| {
        let ran = sweep.run(&path, Begin::Over, keep, threads(1), &host(), |_| Wish::Continue);
        ran.unwrap_err().to_string()
    };
    for keep in [runs.clone(), folder.path().join("elsewhere/../table.h5.runs")] {
        std::fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
        assert!(refused(Some(&keep)).contains("which it removes; choose another one with --keep"));
    }
    std::fs::remove_dir(folder.path().join("elsewhere")).unwrap();
    leave(&[]);
    #[cfg(unix)]
    {
        let elsewhere = folder.path().join("elsewhere");
        std::fs::rename(&runs, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &runs).unwrap();
        resume();
        assert_eq!(names(&elsewhere).len(), 3);
        assert!(refused(None).contains("something else than the folder in which the sweep works"));
        assert!(refused(Some(&elsewhere)).contains("which it removes; choose another one"));
    }
    assert_eq!(SweepTable::open(&path).unwrap().table_hash, whole(&sweep, 1).table_hash);
}

/// What was to overwrite a whole table, and was stopped, goes on, whatever that table is of; the part of another sweep is left
/// alone.
#[test]
fn a_sweep_that_was_to_overwrite_its_table_goes_on() {
    let (sweep, (folder, path)) = (plan(TEXT, &OVER, 1), in_folder());
    let run = |begin, observe: fn(Done) -> Wish| {
        sweep.run(&path, begin, None, threads(1), &host(), observe)
    };
    run(Begin::New, |_| Wish::Continue).unwrap();
    let stop = |done: Done| if done.ended < 3 { Wish::Continue } else { Wish::Stop };
    assert_eq!(run(Begin::Over, stop).unwrap_err().kind(), Kind::Interrupt);
    assert_eq!(names(folder.path()), ["table.h5", "table.h5.part"]);
    let (other, runs) = (folder.path().join("other.h5"), folder.path().join("table.h5.runs"));
    let fewer = plan(TEXT, &OVER[..1], 1);
    fewer.run(&other, Begin::New, None, threads(1), &host(), |_| Wish::Continue).unwrap();
    std::fs::copy(&other, &path).unwrap();
    assert!(!sweep.is_made(&path, Begin::Resume).unwrap());
    let written = || std::fs::metadata(&path).unwrap().modified().unwrap();
    let before = written();
    let go_on = |done: Done| {
        assert!(done.ended >= 3);
        Wish::Continue
    };
    run(Begin::Resume, go_on).unwrap();
    assert_ne!(written(), before);
    assert_eq!(names(folder.path()), ["other.h5", "table.h5"]);
    assert_eq!(SweepTable::open(&path).unwrap().table_hash, whole(&sweep, 1).table_hash);
    // Of another sweep, with its folder.
    std::fs::rename(&other, folder.path().join("table.h5.part")).unwrap();
    std::fs::create_dir(&runs).unwrap();
    std::fs::write(runs.join("run-0001.h5.part"), "half").unwrap();
    assert!(sweep.is_made(&path, Begin::Resume).unwrap());
    run(Begin::Resume, |_| Wish::Continue).unwrap();
    assert_eq!(names(folder.path()), ["table.h5", "table.h5.part", "table.h5.runs"]);
    assert_eq!(names(&runs), ["run-0001.h5.part"]);
}

/// What somebody puts there while a sweep goes on is not overwritten.
#[test]
fn a_sweep_that_goes_on_overwrites_nothing() {
    let (sweep, (folder, path)) = (plan(TEXT, &OVER, 1), in_folder());
    let stop = |done: Done| if done.ended < 3 { Wish::Continue } else { Wish::Stop };
    let stopped = sweep.run(&path, Begin::New, None, threads(1), &host(), stop).unwrap_err();
    assert_eq!(stopped.kind(), Kind::Interrupt);
    let put = |_| {
        std::fs::write(&path, "theirs").unwrap();
        Wish::Continue
    };
    let refused = sweep.run(&path, Begin::Resume, None, threads(1), &host(), put).unwrap_err();
    assert!(refused.to_string().contains("cannot get its name"), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
    assert!(SweepTable::open(&folder.path().join("table.h5.part")).unwrap().complete);
}
