//! Sweeps that are divided: whatever the number of shards, their parts make the table of one machine.

use crate::common::host;
use attractor::error::{Error, Kind};
use attractor::model::{Document, Model};
use attractor::simulation::Wish;
use attractor::sweep::{Begin, Done, Grid, Resources, Shard, Sweep, SweepTable, merge};
use attractor::work::{Over, Threads};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A small network with trials.
const TEXT: &str = include_str!("../data/small-sweep.toml");

/// Its first run diverges, and measures nothing.
const OVER: &str = "projection.E_to_E.scale=1000000 mV,0.1 mV,0.2 mV";

fn plan(text: &str, over: &str, repeat: usize) -> Sweep {
    let document = Document::new("small.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let grid = Grid::parse(&[over.to_owned()], repeat).unwrap();
    Sweep::plan(&document, &[], grid, |_, _| Ok(())).unwrap()
}

fn refusal() -> Error {
    "x".parse::<Shard>().unwrap_err()
}

const ALONE: Resources = Resources { threads: 1, memory: f64::INFINITY };

fn made(sweep: &Sweep, path: &Path) {
    sweep.run(path, Begin::Resume, None, ALONE, &host(), |_| Wish::Commit).unwrap();
}

/// All shards of `sweep`, of so many.
fn parts(sweep: &Sweep, of: usize, folder: &Path) -> Vec<PathBuf> {
    let part = |number| {
        let path = folder.join(format!("{number}-of-{of}.h5"));
        made(&sweep.clone().part(Shard::new(number, of).unwrap()), &path);
        path
    };
    (1..=of).map(part).collect()
}

fn refused(parts: &[PathBuf], output: &Path) -> String {
    merge(parts, output, false, &host()).unwrap_err().to_string()
}

#[test]
fn parts_make_the_table_of_one_machine() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sweep = plan(TEXT, OVER, 2);
    let one = folder.join("one.h5");
    made(&sweep, &one);
    let table = SweepTable::open(&one).unwrap();
    assert!(table.is_whole() && table.failures().len() == 2 && table.measured.len() > 5);
    let like_one = |parts: &[PathBuf], name: &str| {
        let output = folder.join(name);
        merge(parts, &output, false, &host()).unwrap();
        let merged = SweepTable::open(&output).unwrap();
        assert!(merged.is_whole());
        assert_eq!(merged.table_hash, table.table_hash, "{name}");
        assert_eq!(merged.runs.to_csv(), table.runs.to_csv());
        assert_eq!(merged.trials.to_csv(), table.trials.to_csv());
        assert_eq!(merged.measured, table.measured);
        assert_eq!(merged.model_text, table.model_text);
    };
    // Shards in which all runs fail, and more shards than runs.
    for of in [1, 2, 3, 6, 7] {
        let mut parts = parts(&sweep, of, folder);
        like_one(&parts, &format!("of-{of}"));
        parts.reverse();
        like_one(&parts, &format!("reversed-of-{of}"));
    }
    let part = |name: &str| folder.join(format!("{name}.h5"));
    let mixed = ["1-of-2", "1-of-3", "1-of-2", "2-of-6", "6-of-6"].map(part);
    like_one(&mixed, "mixed");
    like_one(&[part("1-of-2"), one.clone()], "with-whole");

    let told = SweepTable::open(&part("3-of-6")).unwrap();
    assert!(told.complete && !told.is_whole() && told.shard.to_string() == "3/6");
    assert_eq!(told.numbers("run"), Some(vec![3.0]));
    assert_eq!(SweepTable::open(&part("7-of-7")).unwrap().runs.rows(), 0);

    let out = folder.join("missing");
    let said = refused(&["1-of-3", "2-of-6"].map(part), &out);
    assert!(said.contains("found that 3 runs of 6 are missing: runs 3, 5, 6; the table"), "{said}");
    let said = refused(&["2-of-6", "4-of-6"].map(part), &out);
    assert!(said.contains("4 runs of 6 are missing: shards 1/6, 3/6, 5/6, 6/6; "), "{said}");
    assert!(!out.exists());
}

#[test]
fn a_part_that_was_stopped_goes_on_and_a_whole_one_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sweep = plan(TEXT, OVER, 3);
    let half = sweep.clone().part(Shard::new(2, 2).unwrap());
    let path = folder.join("part.h5");
    let one = |done: Done| if done.ended > 0 { Wish::Stop } else { Wish::Continue };
    let stopped = half.run(&path, Begin::New, None, ALONE, &host(), one).unwrap_err();
    assert_eq!(stopped.kind(), Kind::Interrupt, "{stopped}");
    assert!(stopped.to_string().contains(" of 4 runs"), "{stopped}");
    let unended = folder.join("part.h5.part");
    let begun = SweepTable::open(&unended).unwrap();
    assert!(!begun.complete && begun.runs.rows() < 4);
    // Its runs are told one by one, since the shard has left something.
    let other = parts(&sweep, 2, folder).remove(0);
    let said = refused(&[other.clone(), unended], &folder.join("merged.h5"));
    assert!(said.contains("are missing: run"), "{said}");

    let not_this = sweep.clone().part(Shard::new(1, 2).unwrap());
    let resumed =
        |sweep: &Sweep| sweep.run(&path, Begin::Resume, None, ALONE, &host(), |_| Wish::Continue);
    let said = resumed(&not_this).unwrap_err().to_string();
    assert!(said.contains("the beginning of a sweep whose --shard differs"), "{said}");
    resumed(&half).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    resumed(&half).unwrap();
    assert_eq!(bytes, std::fs::read(&path).unwrap());
    let said = resumed(&sweep).unwrap_err().to_string();
    assert!(said.contains("found a sweep whose --shard differs"), "{said}");

    let (merged, whole) = (folder.join("merged.h5"), folder.join("whole.h5"));
    merge(&[path, other], &merged, false, &host()).unwrap();
    made(&sweep, &whole);
    let hash = |path: &Path| SweepTable::open(path).unwrap().table_hash;
    assert_eq!(hash(&merged), hash(&whole));
}

#[test]
fn parts_of_different_sweeps_are_refused_and_runs_that_differ_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let of = |name: &str, text: &str, over: &str, repeat: usize| {
        let inside = folder.join(name);
        std::fs::create_dir(&inside).unwrap();
        parts(&plan(text, over, repeat), 2, &inside)
    };
    let over = "task.delayed_match.sample.poisson=100 Hz,200 Hz";
    let here = of("here", TEXT, over, 1);
    let out = folder.join("table.h5");
    for (name, text, over, repeat, why) in [
        ("model", TEXT.replace("500 Hz", "501 Hz"), over, 1, "model, --set or --seed differ"),
        ("seed", TEXT.replace("seed = 3", "seed = 4"), over, 1, "model, --set or --seed differ"),
        ("repeat", TEXT.to_owned(), over, 2, "--over or --repeat differ"),
        ("grid", TEXT.to_owned(), "task.delayed_match.sample.poisson=100 Hz,300 Hz", 1, "--over"),
    ] {
        let there = of(name, &text, over, repeat);
        let said = refused(&[here[0].clone(), there[1].clone()], &out);
        assert!(said.contains("found beside") && said.contains(why), "{said}");
    }
    // Somebody's run that is not what it should be, in a table that holds together.
    let other = of("other", TEXT, over, 1);
    let file = hdf5::File::open_rw(&other[0]).unwrap();
    let rate = file.dataset("runs/rate_hz.E").unwrap();
    rate.write(&rate.read_1d::<f64>().unwrap().map(|rate| rate + 1.0)).unwrap();
    drop((rate, file));
    let said = refused(&other, &out);
    assert!(
        said.contains("found a damaged table of a sweep (its rows have another hash"),
        "{said}"
    );
    assert!(!out.exists());
}

#[test]
fn recordings_of_all_shards_are_kept_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = plan(TEXT, "task.delayed_match.sample.poisson=100 Hz,200 Hz", 2);
    let keep = folder.path().join("kept");
    let run = |number: usize, name: &str| {
        let part = sweep.clone().part(Shard::new(number, 3).unwrap());
        let output = folder.path().join(name);
        part.run(&output, Begin::New, Some(&keep), ALONE, &host(), |_| Wish::Continue)
    };
    for number in 1..=3 {
        run(number, &format!("{number}.h5")).unwrap();
    }
    assert_eq!(std::fs::read_dir(&keep).unwrap().count(), 4);
    let said = run(1, "again.h5").unwrap_err().to_string();
    assert!(said.contains("found that the folder is not empty"), "{said}");
}

#[test]
fn a_start_tells_how_long_a_run_takes() {
    let sweep = plan(TEXT, "task.delayed_match.sample.poisson=100 Hz,200 Hz", 1);
    let threads = Threads::new(1).unwrap();
    let whole = sweep.start(1, 1.0, (&threads, &Over::default()), &host()).unwrap();
    assert!(whole.whole && whole.reached == whole.duration && whole.seconds() == 0.0);
    // At once.
    let begun = sweep.start(0, 0.0, (&threads, &Over::default()), &host()).unwrap();
    assert!(!begun.whole && begun.reached < begun.duration);
    let told =
        attractor::sweep::Start { build: 1.0, wall: 2.0, reached: 10.0, duration: 100.0, ..begun };
    assert_eq!(told.seconds(), 21.0);
    let failing = plan(TEXT, OVER, 1);
    assert_eq!(
        failing.start(0, 9.0, (&threads, &Over::default()), &host()).unwrap_err().kind(),
        Kind::Divergence
    );
    assert!(failing.memory() > 1e7);
}

#[test]
fn a_shard_checks_its_own_points_alone() {
    let document = Document::new("small.toml".as_ref(), TEXT.to_owned(), &[]).unwrap();
    let over = "population.E.size=100,200,300,400,500".to_owned();
    let checked = |repeat: usize, shard: Shard| {
        let seen = Mutex::new(Vec::new());
        let check = |_: &Document, model: &Model| {
            seen.lock().unwrap().push(model.population["E"].size);
            // That of shard 2/2 alone.
            if model.population["E"].size == 400 { Err(refusal()) } else { Ok(()) }
        };
        let grid = Grid::parse(std::slice::from_ref(&over), repeat).unwrap();
        let planned = Sweep::plan_part(&document, &[], grid, shard, check);
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        (planned, seen)
    };
    let (first, seen) = checked(1, Shard::new(1, 2).unwrap());
    assert_eq!(seen, [100, 300, 500]);
    let whole = Grid::parse(std::slice::from_ref(&over), 1).unwrap();
    let whole = Sweep::plan(&document, &[], whole, |_, _| Ok(())).unwrap();
    assert_eq!(first.unwrap().memory(), whole.part(Shard::new(1, 2).unwrap()).memory());
    assert!(checked(1, Shard::new(2, 2).unwrap()).0.is_err());
    // Several runs of a point are one check; what is refused is the first in order, whoever looks first.
    let (planned, seen) = checked(3, Shard::WHOLE);
    assert!(planned.is_err() && seen.starts_with(&[100, 200, 300, 400]));
}

#[test]
fn a_table_is_written_as_it_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = plan(TEXT, OVER, 2);
    let half = sweep.clone().part(Shard::new(2, 2).unwrap());
    for (name, sweep) in [("whole", &sweep), ("half", &half)] {
        let (from, to) = (folder.path().join(name), folder.path().join(format!("{name}-again")));
        made(sweep, &from);
        let table = SweepTable::open(&from).unwrap();
        table.save(&to).unwrap();
        let again = SweepTable::open(&to).unwrap();
        assert_eq!((again.complete, again.shard), (table.complete, table.shard));
        assert_eq!(again.table_hash, table.table_hash);
        assert_eq!((&again.measured, &again.grid), (&table.measured, &table.grid));
        assert_eq!(again.model_resolved, table.model_resolved);
        // As text, for NaN is not equal to itself.
        let text = |table: &SweepTable| format!("{:?} {:?}", table.runs, table.trials);
        assert_eq!(text(&again), text(&table));
        assert!(table.save(&folder.path().join("nowhere/table.h5")).is_err());
    }
}

#[test]
fn all_shards_take_what_the_sweep_takes() {
    let sweep = plan(TEXT, "population.E.size=100:400:4", 1);
    let shards = (1..=2).map(|k| sweep.clone().part(Shard::new(k, 2).unwrap()));
    let [first, second] = shards.collect::<Vec<_>>().try_into().unwrap();
    assert!(first.memory() < second.memory() && second.memory() == sweep.memory());
    // Besides what is under way, which stands on disk twice.
    let kept = |sweep: &Sweep| sweep.disk(ALONE, true) - sweep.disk(ALONE, false);
    assert!((kept(&first) + kept(&second) - kept(&sweep)).abs() < 1.0);
}
