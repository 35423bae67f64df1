//! Trials with several items: what they show, and what is told of them.

use crate::common::host;
use attractor::analysis::items::HeldItems;
use attractor::experiment::Experiment;
use attractor::export::{Format, Selection, write};
use attractor::figure::sweep::Wanted as Figure;
use attractor::figure::{Analyzed, Choice, View, Wanted, draw};
use attractor::model::Document;
use attractor::recording::{Recording, Sink};
use attractor::report::{Outcome, Summary, Verification, measures};
use attractor::simulation::Wish;
use attractor::sweep::SweepTable;
use attractor::task::Task;
use attractor::work::Threads;

/// Neurons without synapses: those that are driven fire for some ms more, which is all that is held.
const MODEL: &str = r#"
title = "t"
source = "s"
shows = "w"
population.E.size = 120
patterns.E.assemblies = { number = 5, coding_level = 0.2 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "1.5 kHz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
protocol = [{ name = "rest", duration = "100 ms" }]
expect.items = [
    { quantity = "held", load = 3, above = 0.8, below = 1.4 },
    { quantity = "share", load = 1, above = 1.0 },
    { quantity = "intrusions", below = 0.3 },
    { quantity = "held", above = 2.0 },
]
[task.items]
trials = 18
load = [1, 2, 3]
before = "50 ms"
stimulus = { duration = "80 ms", poisson = "4 kHz" }
delay = "10 ms"
inter_trial = "50 ms"
"#;

/// Of several items the last one alone is held.
const IN_TURN: &str = "shown = \"one_by_one\"\nbetween = \"30 ms\"\nheld = { above = \"15 Hz\", window = \"10 ms\" }\n";

fn record_to(target: (Sink, Option<usize>), more: &str, threads: usize) -> (Recording, Task) {
    let document = Document::new("m.toml".as_ref(), format!("{MODEL}{more}"), &[]).unwrap();
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let (task, threads, host) =
        (model.task.clone().unwrap(), Threads::new(threads).unwrap(), host());
    let mut experiment = Experiment::begin(&document, model, target, &host, &threads).unwrap();
    experiment.run(|_| Wish::Continue).unwrap();
    (experiment.finish().unwrap(), task)
}

fn record(more: &str, threads: usize) -> (Recording, Task) {
    record_to((Sink::Memory, None), more, threads)
}

/// What is said of the trials of a recording.
fn of_trials(recording: &Recording) -> Outcome {
    let checks = Verification::of(recording).unwrap().checks;
    checks.into_iter().find(|(name, _)| name == "trials").unwrap().1
}

#[test]
fn items_are_shown_and_told_of() {
    for order in ["independent", "in_sequence"] {
        let more = format!("{IN_TURN}order = \"{order}\"\n");
        let (recording, task) = record(&more, 2);
        let Task::Items(task) = task else { panic!() };
        let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
        assert_eq!(hash(&record(&more, 1).0), hash(&recording), "{order}");
        let verified = Verification::of(&recording).unwrap();
        assert_eq!(verified.differs(), None, "{verified}");
        let told = Outcome::Holds("18 are drawn and judged as they were".to_owned());
        assert_eq!(of_trials(&recording), told);

        let found = HeldItems::of(&recording, &task).unwrap().unwrap();
        // By hand: rates of assemblies, and of neurons of no item, in the last 10 ms of the delay.
        let (times, neurons) = recording.spikes("E").unwrap();
        for (trial, found) in found.trials.iter().zip(&found.found) {
            let mut counts = [0.0; 5];
            for (&time, &neuron) in times.iter().zip(&neurons) {
                if (trial.test_onset - 10.0..trial.test_onset).contains(&time) {
                    counts[neuron as usize / 24] += 1.0;
                }
            }
            let shown: Vec<usize> = trial.items.iter().map(|item| item.pattern).collect();
            let others = (0..5).filter(|mu| !shown.contains(mu)).map(|mu| counts[mu]);
            let others = others.sum::<f64>() / (5.0 - shown.len() as f64);
            for (mu, m) in shown.iter().zip(&found.overlaps) {
                let expected = (counts[*mu] - others) / (24.0 * 0.01);
                assert!((m - expected).abs() < 1e-9, "{order} {trial:?} {found:?} {expected}");
            }
        }
        let at = &found.loads()[2];
        assert!((at.load, at.trials) == (3, 6) && at.positions.len() == 3, "{at:?}");
        let wanted = Wanted { bin: 50.0, ..Wanted::default() };
        let analyzed = Analyzed::of(&recording, &wanted, None).unwrap();
        let tables = analyzed.tables.iter().map(|(name, table)| (name.as_str(), table.rows()));
        assert_eq!(tables.collect::<Vec<_>>(), [("load", 3), ("position", 6), ("trials", 18)]);
        assert_eq!(analyzed.figures[0].0, "load");
        draw(&recording, View::Load, &Choice::Usual).unwrap();
        let measured = measures(&recording).unwrap();
        let of = |name: &str| measured.iter().find(|(own, _)| own == name).map(|own| own.1);
        assert_eq!(of("items_held.load_3"), Some(at.held.value));
        assert_eq!(of("share.load_1"), Some(found.loads()[0].share.value));
        let summary = Summary::of(&recording).unwrap();
        let printed = summary.to_string();
        assert!(printed.contains("  18 trials with several items\n"), "{printed}");
        let met: Vec<bool> = summary.expect.iter().map(|verdict| verdict.met).collect();
        assert_eq!(met, [true, true, true, false], "{printed}");
    }
}

#[test]
fn a_trial_with_few_items_is_verified_by_itself() {
    let (all, _) = record(IN_TURN, 2);
    let trials = all.trials().unwrap().unwrap();
    for load in 1..=3 {
        let number = trials.iter().find(|trial| trial.items.len() == load).unwrap().number;
        let (alone, _) = record_to((Sink::Memory, Some(number)), IN_TURN, 2);
        let verified = Verification::of(&alone).unwrap();
        assert_eq!(verified.differs(), None, "{load} items\n{verified}");
        let told = Outcome::Holds("1 are drawn and judged as they were".to_owned());
        assert_eq!(of_trials(&alone), told);
        let row = |recording: &Recording, k: usize| {
            let results = recording.results().unwrap().unwrap().to_csv();
            let mut lines = results.lines().map(str::to_owned);
            (lines.next().unwrap(), lines.nth(k).unwrap())
        };
        assert_eq!(row(&alone, 0), row(&all, number - 1));
    }
}

#[test]
fn another_number_of_items_held_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    drop(record_to((Sink::File { path: &path, force: false }, None), IN_TURN, 2));
    let nwb = directory.path().join("run.nwb");
    let recording = Recording::open(&path).unwrap();
    write(&recording, &Selection::default(), Format::Nwb, &nwb, false, "2026-01-02T03:04:05Z")
        .unwrap();
    drop(recording);
    let exported = hdf5::File::open(&nwb).unwrap();
    for (column, means) in [
        ("items_held", "number of patterns that were shown and held at the end of the delay"),
        ("left_out", "share of the foreground of every item that was not driven"),
        ("intrusions", "number of patterns that were held and not shown"),
        ("overlap_3_hz", "overlap of item 3 at the end of the delay, Hz"),
    ] {
        let column = exported.dataset(&format!("intervals/trials/{column}")).unwrap();
        let told = column.attr("description").unwrap();
        let told = told.read_scalar::<hdf5::types::VarLenUnicode>().unwrap();
        assert_eq!(told.as_str(), means);
    }

    let file = hdf5::File::open_rw(&path).unwrap();
    let dataset = file.dataset("trials/items_held").unwrap();
    let mut held = dataset.read_raw::<u64>().unwrap();
    held[4] += 1;
    dataset.write_raw(&held).unwrap();
    file.close().unwrap();
    let differs = Outcome::Differs("trial 5 is judged in another way".to_owned());
    assert_eq!(of_trials(&Recording::open(&path).unwrap()), differs);
}

#[test]
fn figures_count_items_against_how_many_were_shown() {
    let (recording, task) = record(IN_TURN, 2);
    let Task::Items(task) = task else { panic!() };
    let table = SweepTable::of_recording(&recording).unwrap();
    let wanted = |y: &str| Figure { y: y.to_owned(), ..Figure::default() };
    let curves = table.curves(&wanted("items_held")).unwrap();
    assert_eq!(
        (&*curves.x.name, &*curves.y.name, &*curves.y.note),
        ("number of items shown", "number of items held", "mean ± s.e.m. over trials")
    );
    let found = HeldItems::of(&recording, &task).unwrap().unwrap();
    let points = &curves.series[0].points;
    assert_eq!(points.len(), 3);
    for (at, point) in found.loads().iter().zip(points) {
        assert_eq!((point.x, point.mean), (at.load as f64, at.held.value));
        assert!(point.interval.is_none());
    }
    let error = table.curves(&wanted("held")).unwrap_err().to_string();
    assert!(error.contains("found no column `held`"), "{error}");
}
