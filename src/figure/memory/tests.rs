//! Pictures of small networks that were run.

use super::*;
use crate::figure::{Choice, View, draw};
use crate::model::Document;
use crate::recording::{Part, Provenance, Sink};
use crate::simulation::{Simulation, Wish};
use crate::work::Threads;
use std::fs;
use tempfile::TempDir;

/// One epoch that shows a D of which two pixels are wrong, then trials.
const LETTERS: &str = include_str!("../../../tests/data/one-letter.toml");

/// Words in a network without self-coupling.
const WORDS: &str = r#"
title = "Words"
source = "none"
shows = "words"
population.N.size = 20
patterns.N.words.list = ["oslo", "rome"]
dynamics.binary = { states = "plus_minus", update = "shuffled", tie = "keep" }
task.recall = { trials = 2, flipped = 0.1, sweeps = 10 }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = { pseudo_inverse = {} } }
"#;

fn run(text: &str, settings: &[&str], folder: &TempDir) -> Recording {
    let settings: Vec<String> = settings.iter().map(|s| s.to_string()).collect();
    let path = folder.path().join("run.toml");
    let model = Document::new(&path, text.to_owned(), &settings).unwrap().model().unwrap();
    let provenance = Provenance { model_resolved: model.to_toml(), ..Provenance::default() };
    let threads = Threads::new(2).unwrap();
    let mut simulation = Simulation::new(model, folder.path(), &threads).unwrap();
    let mut recorder = simulation.recorder(Sink::Memory, &provenance).unwrap();
    simulation.run(&mut recorder, |_| Wish::Commit).unwrap();
    recorder.finish(provenance).unwrap().publish().unwrap()
}

fn labels(svg: &str, label: &str) -> usize {
    svg.matches(&format!("aria-label=\"{label}\"")).count()
}

/// What is drawn, as SVG.
fn svg(recording: &Recording, view: View, choice: &Choice, folder: &TempDir) -> String {
    let path = folder.path().join("picture.svg");
    draw(recording, view, choice).unwrap().save(&path).unwrap();
    fs::read_to_string(path).unwrap()
}

/// Why a view is refused.
fn refused(recording: &Recording, view: View) -> String {
    draw(recording, view, &Choice::Usual).unwrap_err().to_string()
}

#[test]
fn the_overview_of_states_is_that_of_spikes_in_sweeps() {
    let folder = tempfile::tempdir().unwrap();
    let recording = run(LETTERS, &["task.recall.trials=3"], &folder);
    let whole = svg(&recording, View::Overview, &Choice::Usual, &folder);
    // The group and the curve of the letter that is shown, and the curves of the others.
    assert_eq!(["D", "others", "J", "M"].map(|label| labels(&whole, label)), [2, 1, 1, 1]);
    for label in ["time (sweeps)", "mean activity", "overlap", "energy", "cue"] {
        assert_eq!(labels(&whole, label), 1, "{label}");
    }
    assert!(!whole.contains("Hz"));
    let third = svg(&recording, View::Overview, &Choice::Trial(3), &folder);
    assert_eq!(labels(&third, "Trial 3: C · Four letters in 25 neurons"), 1);
    assert_eq!((labels(&third, "cue"), labels(&third, "C")), (0, 2));
}

#[test]
fn active_neurons_are_runs_in_the_raster() {
    let folder = tempfile::tempdir().unwrap();
    let recording = run(LETTERS, &["task.recall.trials=3"], &folder);
    let svg = svg(&recording, View::Overview, &Choice::Usual, &folder);
    // Every neuron of D is active in the end: 13 in all; two were flipped at the beginning.
    let states = recording.states("N").unwrap().unwrap();
    let runs: usize = (0..states.neurons)
        .map(|i| {
            let active: Vec<u8> = (0..6).map(|k| states.row(k)[i]).collect();
            active.chunk_by(|a, b| a == b).filter(|run| run[0] == 1).count()
        })
        .sum();
    let of = |colour: &str| -> usize {
        let fill = format!("fill=\"{colour}\"");
        let paths = svg.lines().filter(|l| l.contains(&fill) && !l.contains("aria-label"));
        paths.map(|line| line.matches('M').count()).sum()
    };
    // Of the colours of D and of the others: the bars of the two groups, and two cue bars, besides.
    assert_eq!(of("#0072b2") + of("#808080"), runs + 2 + 2);
}

#[test]
fn without_states_the_rest_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ["task.recall.trials=3", "record.states=false"];
    let recording = run(LETTERS, &settings, &folder);
    let svg = svg(&recording, View::Overview, &Choice::Usual, &folder);
    assert_eq!((labels(&svg, "others"), labels(&svg, "D"), labels(&svg, "energy")), (0, 1, 1));
    for view in [View::Strip, View::Animation, View::Spurious] {
        let error = refused(&recording, view);
        assert!(error.contains("found no states in the recording"), "{error}");
        assert!(error.ends_with("run the model with --set record.states=true."), "{error}");
    }
    for view in [View::Energy, View::Matrices] {
        draw(&recording, view, &Choice::Usual).unwrap();
    }
}

#[test]
fn a_strip_goes_from_the_cue_to_the_final_state() {
    let folder = tempfile::tempdir().unwrap();
    let recording = run(LETTERS, &["task.recall.trials=30"], &folder);
    let svg = svg(&recording, View::Strip, &Choice::Usual, &folder);
    for label in ["cue", "final", "target", "D", "m = 0.84", "m = 1.00"] {
        assert_eq!(labels(&svg, label), 1, "{label}");
    }
    assert_eq!(labels(&svg, "cue: D, settled after 1 sweep · Four letters in 25 neurons"), 1);
    let trials = recording.recall_trials().unwrap().unwrap();
    let memories = Memories::of(&recording).unwrap();
    let looks = |k: usize| memories.looks(Part::Recall(&trials[k])).unwrap();
    let results = memories.results().unwrap().unwrap();
    let (sweeps, errors) = (results.values("sweeps").unwrap(), results.values("errors").unwrap());
    for (k, trial) in trials.iter().enumerate() {
        let looks = looks(k);
        assert_eq!((looks.time[0], looks.time.last()), (0.0, Some(&sweeps[k])));
        let pattern = memories.patterns.state(trial.pattern);
        let wrong =
            looks.states.last().unwrap().iter().zip(&pattern).filter(|(a, b)| (**a > 0.0) != **b);
        assert_eq!(wrong.count() as f64, errors[k]);
    }
}

#[test]
fn every_view_can_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let recording = run(LETTERS, &[], &folder);
    let show = |view| svg(&recording, view, &Choice::Usual, &folder);
    let energy = show(View::Energy);
    assert_eq!(labels(&energy, "400 trials · Four letters in 25 neurons"), 1);
    let matrices = show(View::Matrices);
    assert_eq!((labels(&matrices, "1 pattern"), labels(&matrices, "4 patterns")), (1, 1));
    let landscape = show(View::Landscape);
    assert_eq!(labels(&landscape, "From D to J · Four letters in 25 neurons"), 1);
    let spurious = show(View::Spurious);
    assert!(
        spurious.contains("spurious state") && labels(&spurious, "on, but off in the mixture") == 1
    );
    for view in [View::Animation, View::Learning] {
        let drawing = draw(&recording, view, &Choice::Usual).unwrap();
        drawing.save(&folder.path().join("moves.gif")).unwrap();
        let error = drawing.save("moves.png".as_ref()).unwrap_err().to_string();
        assert!(error.ends_with("allowed: .gif."), "{error}");
    }
}

#[test]
fn words_are_shown_as_words() {
    let folder = tempfile::tempdir().unwrap();
    let recording = run(WORDS, &[], &folder);
    let show = |view| svg(&recording, view, &Choice::Usual, &folder);
    let strip = show(View::Strip);
    assert_eq!(labels(&strip, "target"), 1);
    assert!(labels(&strip, "l") >= 2, "a letter stands alone");
    // This rule learns all at once.
    let matrices = show(View::Matrices);
    assert_eq!(labels(&matrices, "all 2 patterns"), 1);
    let error = refused(&recording, View::Learning);
    assert!(error.contains("does not learn one pattern after another"), "{error}");
    let error = refused(&recording, View::Spurious);
    assert!(error.contains("found no end in a fixed point"), "{error}");
}

#[test]
fn an_asymmetric_network_has_no_energy_to_show() {
    let folder = tempfile::tempdir().unwrap();
    let rule = "projection.J.learning={ sequence = {} }";
    let recording = run(LETTERS, &[rule, "task.recall.trials=3"], &folder);
    assert_eq!(labels(&svg(&recording, View::Overview, &Choice::Usual, &folder), "energy"), 0);
    for view in [View::Energy, View::Landscape] {
        let error = refused(&recording, view);
        assert!(error.contains("found no energy: ") && error.contains("J_ij != J_ji"), "{error}");
    }
}

#[test]
fn spikes_have_no_pictures_of_memories() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
        title = "Spikes"
        source = "none"
        shows = "spikes"
        population.E.size = 10
        protocol = [{ name = "rest", duration = "20 ms" }]
        [dynamics.spiking.E]
        tau_m = "20 ms"
        theta = "20 mV"
        v_reset = "10 mV"
        t_ref = "2 ms"
    "#;
    let recording = run(text, &[], &folder);
    let Err(error) = Memories::of(&recording) else { panic!() };
    let error = error.to_string();
    assert!(error.contains("found a recording of spiking neurons, not of a binary"), "{error}");
    assert!(error.contains("leave --as out"), "{error}");
}

#[test]
fn graded_states_are_shaded_and_their_errors_counted() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
        title = "Greys"
        source = "none"
        shows = "a modern Hopfield network"
        population.N.size = 16
        patterns.N.random = { number = 6, coding_level = 0.5 }
        dynamics.modern.softmax.beta = 0.3
        protocol = [{ name = "cue", duration = "4 sweeps", show = [{ pattern = 2, state = "set", flipped = 0.125 }] }]
        task.recall = { trials = 12, flipped = 0.1, sweeps = 10 }
    "#;
    let recording = run(text, &[], &folder);
    let whole = svg(&recording, View::Overview, &Choice::Usual, &folder);
    for label in ["activity: −1 is white, 1 is black", "mean activity", "energy", "cue"] {
        assert_eq!(labels(&whole, label), 1, "{label}");
    }
    let strip = svg(&recording, View::Strip, &Choice::Usual, &folder);
    assert_eq!((labels(&strip, "cue"), labels(&strip, "target")), (1, 1));
    draw(&recording, View::Energy, &Choice::Usual).unwrap();
    for (view, why) in [
        (View::Spurious, "found graded activity"),
        (View::Landscape, "found modern Hopfield neurons"),
        (View::Matrices, "found a network without couplings"),
    ] {
        let error = refused(&recording, view);
        assert!(error.contains(why), "{error}");
    }
    // Errors are the distances of all neurons to their pattern, in spans.
    let memories = Memories::of(&recording).unwrap();
    let errors = memories.results().unwrap().unwrap().values("errors").unwrap();
    for (trial, errors) in memories.trials().unwrap().iter().zip(errors) {
        let looks = memories.looks(Part::Recall(trial)).unwrap();
        let pattern = memories.patterns.state(trial.pattern);
        let sign = |active: &bool| if *active { 1.0 } else { -1.0 };
        let last = looks.states.last().unwrap().iter().zip(&pattern);
        let apart: f64 = last.map(|(x, active)| 0.5 * (x - sign(active)).abs()).sum();
        assert_eq!(errors, apart.round());
    }
}
