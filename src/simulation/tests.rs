//! Observing does not disturb, and an interrupt keeps what was found.

use super::{Simulation, Wish};
use crate::analysis::judge;
use crate::model::Document;
use crate::recording::{Provenance, Sink};
use crate::table::{Column, Table};
use crate::work::Threads;
use std::path::Path;

/// Random couplings without symmetry, so that some trials end in cycles, at whole sweeps.
const TEXT: &str = r#"
title = "t"
source = "s"
shows = "w"
seed = 3
population.N.size = 24
patterns.N.random = { number = 3, coding_level = 0.5, foreground = "bernoulli" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, efficacy = { gaussian = { sd = 1.0, symmetry = 0.0 } } }
dynamics.binary = { states = "plus_minus", update = "fixed", tie = "keep" }
task.recall = { trials = 70, flipped = 0.1, sweeps = 60 }
"#;

/// Runs the model, which is told to stop after so many trials; its hash, if it came to its end, and its results.
fn run(settings: &[&str], threads: usize, trials: usize) -> (String, Table) {
    let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
    let document = Document::new("t.toml".as_ref(), TEXT.to_owned(), &settings).unwrap();
    let model = document.model().unwrap();
    let task = model.task.clone().unwrap();
    let threads = Threads::new(threads).unwrap();
    let mut simulation = Simulation::new(model, Path::new("."), &threads).unwrap();
    let mut recorder = simulation.recorder(Sink::Memory, &Provenance::default()).unwrap();
    let stop = |time: f64| if time >= 60.0 * trials as f64 { Wish::Stop } else { Wish::Continue };
    if simulation.run(&mut recorder, stop).is_err() {
        let part = recorder.open().unwrap();
        assert_eq!(part.recall_trials().unwrap().unwrap().len(), trials);
        return (String::new(), judge(&part, &task).unwrap().unwrap());
    }
    let finished = recorder.finish(Provenance::default()).unwrap();
    let results = judge(&finished.open().unwrap(), &task).unwrap().unwrap();
    (finished.data_hash, results)
}

/// As text, in which NaN equals NaN: without symmetry there is no energy.
fn text(table: &Table) -> String {
    format!("{table:?}")
}

#[test]
fn how_often_states_are_looked_at_and_by_how_many_threads_changes_nothing() {
    let whole = run(&[], 1, 1000);
    let Some(Column::Text(outcome)) = whole.1.column("outcome") else { panic!() };
    assert!(
        outcome.iter().any(|o| o.starts_with("cycle")) && outcome.contains(&"fixed point".into())
    );
    for (interval, threads) in [("0.3", 2), ("0.7", 1), ("1.5", 3), ("60", 8), ("1e8", 2)] {
        let setting = format!("record.interval={interval} sweeps");
        let other = run(&[&setting], threads, 1000);
        assert_eq!((other.0, text(&other.1)), (whole.0.clone(), text(&whole.1)), "{interval}");
    }
}

#[test]
fn what_was_found_before_an_interrupt_is_kept() {
    let (_, whole) = run(&[], 2, 1000);
    let (_, part) = run(&[], 2, 40);
    assert_eq!(text(&part), text(&whole.head(40)));
}
