//! Trials: any number of threads gives the same recording, a trial alone is that of the whole run, and what has been
//! finished survives.

use attractor::analysis::Decisions;
use attractor::analysis::trials::Options;
use attractor::error::Kind;
use attractor::figure::trials::Session;
use attractor::model::{Document, Model};
use attractor::recording::{Provenance, Recorder, Recording, Sink};
use attractor::simulation::{Simulation, Wish};
use attractor::table::{Column, Table};
use attractor::task::{DelayedMatch, Levels, Order, Task, Trial, Trials};
use attractor::units::Time;
use attractor::work::Threads;
use std::path::Path;

/// A small network that holds nothing, with delays, delta synapses, refractoriness and plasticity.
const TEXT: &str = r#"
title = "trials"
source = "none"
shows = "trials"
seed = 3
population = { E = { size = 1100 }, I = { size = 60 } }
patterns.E.random = { number = 4, coding_level = 0.1 }

[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "500 Hz", efficacy = "2 mV", tau_syn = "5 ms" }

[dynamics.spiking.I]
tau_m = "10 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "1 ms"
poisson = { rate = "1 kHz", efficacy = "1.5 mV", tau_syn = "5 ms" }

[projection.E_to_E]
from = "E"
to = "E"
connect = { in_degree = 40 }
learning = "shared_patterns"
scale = "0.3 mV"
delay = { uniform = ["1 ms", "3 ms"] }
tau_syn = "60 ms"
short_term = { U = 0.2, tau_d = "200 ms", tau_f = "1500 ms" }

[projection.I_to_E]
from = "I"
to = "E"
connect = { in_degree = 20 }
efficacy = "-0.3 mV"
delay = "1.5 ms"
tau_syn = "0 ms"

[[protocol]]
name = "rest"
duration = "83.3 ms"

[record]
interval = "7 ms"

[task.delayed_match]
trials = 9
match_probability = 0.5
fixation = "10.1 ms"
sample = { duration = "30.3 ms", poisson = "1 kHz", left_out = [0.0, 0.3] }
delay = "50 ms"
test = { duration = "20 ms", poisson = "1 kHz" }
inter_trial = "20 ms"
reset = { duration = "10 ms", population = "E", current = "-30 mV" }
distractor = [{ after = "10 ms", duration = "20 ms", poisson = ["0 Hz", "300 Hz"] }]
observer = { above = "5 Hz", held_over = "20 ms", seen_over = "20 ms" }

[task.delayed_match.readout.I]
population = "I"
window = "15 ms"
speaks_for = "match"

[task.delayed_match.readout.E]
population = "E"
neurons = "test_foreground"
window = "15 ms"
speaks_for = "match"

[task.delayed_match.readout.late]
population = "E"
neurons = "sample_foreground"
onset = "5 ms"
window = "15 ms"
speaks_for = "match"

[task.delayed_match.readout.some]
population = "I"
neurons = "10..30"
window = "15 ms"
speaks_for = "match"

[task.delayed_match.readout.third]
population = "E"
neurons = { foreground = 3 }
onset = "10 ms"
window = "5 ms"
speaks_for = "nonmatch"
"#;

fn model(change: impl Fn(&mut DelayedMatch)) -> Model {
    let mut model =
        Document::new("trials.toml".as_ref(), TEXT.to_owned(), &[]).unwrap().model().unwrap();
    let Some(Task::DelayedMatch(task)) = &mut model.task else { panic!() };
    change(task);
    model
}

fn task(model: &Model) -> &DelayedMatch {
    model.task.as_ref().and_then(Task::delayed_match).unwrap()
}

/// What a run leaves that must not depend on how it was run.
#[derive(Clone, Debug, PartialEq)]
struct Left {
    hash: String,
    external_hash: String,
    trials: Vec<Trial>,
    decisions: String,
    overlaps: Vec<u64>,
    events: (u64, u64),
}

fn left(recording: &Recording, model: &Model) -> Left {
    let provenance = recording.provenance().unwrap();
    let decisions = Decisions::of(recording, task(model)).unwrap().unwrap();
    let overlaps = recording.overlaps("E").unwrap().unwrap();
    Left {
        hash: provenance.data_hash,
        external_hash: provenance.external_hash,
        trials: recording.trials().unwrap().unwrap(),
        decisions: decisions.table().to_csv() + &decisions.roc_table().to_csv(),
        overlaps: overlaps.time.iter().chain(&overlaps.values).map(|v| v.to_bits()).collect(),
        events: (provenance.synaptic_events, provenance.external_events),
    }
}

fn begin(
    model: &Model,
    threads: usize,
    trial: Option<usize>,
    path: &Path,
) -> (Simulation, Recorder) {
    let threads = Threads::new(threads).unwrap();
    let mut simulation = Simulation::new(model.clone(), Path::new("."), &threads).unwrap();
    trial.iter().for_each(|&n| simulation.keep_trial(n).unwrap());
    let sink = Sink::File { path, force: true };
    let recorder = simulation.recorder(sink, &Provenance::default()).unwrap();
    (simulation, recorder)
}

/// Runs the model on so many threads, all trials or one.
fn run(model: &Model, threads: usize, trial: Option<usize>, path: &Path) -> Recording {
    let (mut simulation, mut recorder) = begin(model, threads, trial, path);
    simulation.run(&mut recorder, |_| Wish::Commit).unwrap();
    let events = simulation.events();
    let provenance = Provenance {
        synaptic_events: events.synaptic,
        external_events: events.external,
        ..Provenance::default()
    };
    recorder.finish(provenance).unwrap().publish().unwrap();
    Recording::open(path).unwrap()
}

/// The spikes of a population within a trial, to the last bit.
fn spikes(recording: &Recording, population: &str, number: usize) -> Vec<(u64, u64)> {
    let trials = recording.trials().unwrap().unwrap();
    let wanted: Vec<Trial> = trials.into_iter().filter(|t| t.number == number).collect();
    let mut spikes = Vec::new();
    let take = |_: usize, times: &[f64], ids: &[u64]| {
        spikes.extend(times.iter().map(|t| t.to_bits()).zip(ids.iter().copied()));
    };
    recording.for_trials(population, &wanted, take).unwrap();
    spikes
}

#[test]
fn trials_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for order in [Order::Independent, Order::InSequence] {
        let mut model = model(|task| task.order = order);
        model.record.input = true;
        let runs = [1, 2, 3, 8].map(|threads| {
            left(&run(&model, threads, None, &folder.path().join("run.h5")), &model)
        });
        assert_eq!(runs[0].trials.len(), 9);
        assert!(runs[0].events.0 > 1000);
        for other in &runs[1..] {
            assert_eq!(*other, runs[0], "{order:?}");
        }
    }
}

#[test]
fn a_trial_alone_is_that_of_the_whole_run() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(|_| ());
    let whole = run(&model, 2, None, &folder.path().join("whole.h5"));
    for number in [1, 4, 9] {
        let alone = run(&model, 2, Some(number), &folder.path().join("alone.h5"));
        assert_eq!(alone.trials().unwrap().unwrap().len(), 1);
        for population in ["E", "I"] {
            let alone = spikes(&alone, population, number);
            assert!(alone.len() > 5);
            assert_eq!(alone, spikes(&whole, population, number), "trial {number}");
        }
    }
}

#[test]
fn trials_differ_and_further_trials_change_none() {
    let folder = tempfile::tempdir().unwrap();
    let (few, many) = (model(|task| task.trials = 3), model(|_| ()));
    let few = run(&few, 2, None, &folder.path().join("few.h5"));
    let many = run(&many, 2, None, &folder.path().join("many.h5"));
    for number in 1..=3 {
        assert_eq!(spikes(&few, "E", number), spikes(&many, "E", number));
    }
    let relative = |number: usize| -> Vec<u64> {
        spikes(&many, "E", number).into_iter().map(|(_, neuron)| neuron).collect()
    };
    assert!((1..9).all(|n| relative(n) != relative(n + 1)));
}

#[test]
fn every_spike_of_a_trial_lies_within_it_and_intervals_begin_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(|_| ());
    let recording = run(&model, 2, None, &folder.path().join("run.h5"));
    let trials = recording.trials().unwrap().unwrap();
    let (times, _) = recording.spikes("E").unwrap();
    assert!(times.is_sorted());
    let mut counted = times.iter().filter(|t| **t < 83.3).count();
    recording.for_trials("E", &trials, |_, times, _| counted += times.len()).unwrap();
    assert_eq!(counted, times.len());
    let end = 83.3 + 9.0 * task(&model).longest_trial();
    assert!((trials[8].end - end).abs() < 1e-9 && *times.last().unwrap() < trials[8].end);
    let overlaps = recording.overlaps("E").unwrap().unwrap();
    // 11 whole intervals before the trials, 18 in each.
    assert_eq!(overlaps.time.len(), 11 + 9 * 18);
    for (k, trial) in trials.iter().enumerate() {
        assert!((overlaps.time[11 + 18 * k] - (trial.start + 3.5)).abs() < 1e-9);
    }
}

/// The table called `name`.
fn table<'a>(tables: &'a [(String, Table)], name: &str) -> &'a Table {
    &tables.iter().find(|table| table.0 == name).unwrap().1
}

#[test]
fn trials_of_different_lengths_are_those_of_one_length() {
    let folder = tempfile::tempdir().unwrap();
    let levels = |of: &[f64]| Levels(of.iter().copied().map(Time::new).collect());
    let vary = |task: &mut DelayedMatch| {
        (task.delay, task.sample.duration) = (levels(&[50.0, 80.0]), levels(&[30.3, 15.0]));
    };
    let (varied, one) = (model(vary), model(|_| ()));
    let several = run(&varied, 3, None, &folder.path().join("several.h5"));
    let one = run(&one, 2, None, &folder.path().join("one.h5"));
    let trials = several.trials().unwrap().unwrap();
    let neurons = |recording: &Recording, number| -> Vec<u64> {
        spikes(recording, "E", number).into_iter().map(|(_, neuron)| neuron).collect()
    };
    let like: Vec<bool> =
        trials.iter().map(|t| (t.delay, t.sample_as_shown.duration) == (50.0, 30.3)).collect();
    assert!((2..=4).contains(&like.iter().filter(|like| **like).count()));
    for (trial, like) in trials.iter().zip(like) {
        assert_eq!(neurons(&several, trial.number) == neurons(&one, trial.number), like);
    }
    let alone = run(&varied, 2, Some(7), &folder.path().join("alone.h5"));
    assert_eq!(spikes(&alone, "E", 7), spikes(&several, "E", 7));
    let in_sequence = model(|task| (task.order, _) = (Order::InSequence, vary(task)));
    let in_sequence = run(&in_sequence, 2, None, &folder.path().join("sequence.h5"));
    assert_eq!(in_sequence.trials().unwrap().unwrap(), trials);

    // What is analysed is what all trials have.
    let options = Options { bin: 5.0, after: Some(20.0), most: 20 };
    let session = Session::of(&several, "lengths", task(&varied), options, None).unwrap();
    let tables = session.tables();
    assert_eq!(table(&tables, "levels_delay_duration_ms").rows(), 2);
    assert_eq!(table(&tables, "levels_sample_duration_ms").rows(), 2);
    let reals = |of: &str, name: &str| match table(&tables, of).column(name) {
        Some(Column::Real(values)) => values.clone(),
        other => panic!("{name}: {other:?}"),
    };
    assert!(reals("statistics", "delay_to_ms").iter().all(|end| *end == 50.0));
    let (from, to) = (reals("psth", "from_ms"), reals("psth", "to_ms"));
    // Around the sample until the shortest ends, in the shortest delay, and from the test on.
    assert!(from.iter().all(|from| *from >= -10.1) && to.iter().all(|to| *to <= 50.0), "{to:?}");
    assert!(session.figures().unwrap().iter().any(|figure| figure.0 == "delay_duration_ms"));
}

#[test]
fn an_interrupted_run_keeps_the_trials_that_have_ended() {
    let folder = tempfile::tempdir().unwrap();
    for order in [Order::Independent, Order::InSequence] {
        let model = model(|task| task.order = order);
        let whole = run(&model, 2, None, &folder.path().join("whole.h5"));
        let path = folder.path().join("stopped.h5");
        let (mut simulation, mut recorder) = begin(&model, 2, None, &path);
        let ends = simulation.ends_of_trials();
        // The run is told to stop in the fifth trial, or at its end.
        let stop = |time: f64| if time > ends[3] + 1.0 { Wish::Stop } else { Wish::Continue };
        let stopped = simulation.run(&mut recorder, stop).unwrap_err();
        assert_eq!(stopped.kind(), Kind::Interrupt);
        drop(recorder);
        let part = Recording::open(&folder.path().join("stopped.h5.part")).unwrap();
        let ended = part.trials().unwrap().unwrap().len();
        assert_eq!(ended, if order == Order::Independent { 5 } else { 4 }, "{stopped}");
        for number in 1..=ended {
            assert_eq!(spikes(&part, "E", number), spikes(&whole, "E", number));
        }
        let decisions = Decisions::of(&part, task(&model)).unwrap().unwrap();
        let all = Decisions::of(&whole, task(&model)).unwrap().unwrap();
        assert_eq!(decisions.observed[..], all.observed[..ended]);
        std::fs::remove_file(folder.path().join("stopped.h5.part")).unwrap();
    }
}

#[test]
fn counts_of_read_outs_are_those_of_the_spikes_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(|_| ());
    let recording = run(&model, 2, None, &folder.path().join("run.h5"));
    let decisions = Decisions::of(&recording, task(&model)).unwrap().unwrap();
    let patterns = recording.patterns("E").unwrap().unwrap();
    let (mut total, patterns) = ([0; 5], &patterns);
    for (k, trial) in decisions.trials.iter().enumerate() {
        let count = |population: &str, onset: f64, window: f64, wanted: &dyn Fn(u64) -> bool| {
            let onset = trial.test_onset + onset;
            let inside = |(time, neuron): &(u64, u64)| {
                let time = f64::from_bits(*time);
                time >= onset && time < onset + window && wanted(*neuron)
            };
            spikes(&recording, population, trial.number).iter().filter(|s| inside(s)).count() as u64
        };
        let own = |mu: usize| move |i: u64| patterns.foreground(mu).contains(&(i as u32));
        let expected = [
            count("I", 0.0, 15.0, &|_| true),
            count("E", 0.0, 15.0, &own(trial.test)),
            count("E", 5.0, 15.0, &own(trial.sample)),
            count("I", 0.0, 15.0, &|i| (10..30).contains(&i)),
            count("E", 10.0, 5.0, &own(2)),
        ];
        let found: Vec<u64> = decisions.readouts.iter().map(|read| read.counts[k]).collect();
        assert_eq!(found, expected);
        total.iter_mut().zip(expected).for_each(|(total, count)| *total += count);
        for read in &decisions.readouts {
            // Reactions count from the onset of the test, whenever counting begins.
            let onset = if read.name == "late" { 5.0 } else { 0.0 };
            assert!(read.reaction[k].is_nan() || read.reaction[k] >= onset);
        }
    }
    assert!(!total.contains(&0), "{total:?}");
}

#[test]
fn a_trial_that_diverges_is_named_and_those_before_it_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    // Without a refractory period a strong sample makes nearly all neurons fire without bound, in one of three trials.
    let text = [
        ("t_ref = \"2 ms\"", "t_ref = \"0 ms\""),
        ("coding_level = 0.1", "coding_level = 0.9"),
        ("\"1 kHz\", left_out", "\"1 kHz\", current = [\"0 mV\", \"0 mV\", \"900 V\"], left_out"),
    ]
    .iter()
    .fold(TEXT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from));
        text.replace(from, to)
    });
    let document = Document::new("trials.toml".as_ref(), text, &[]).unwrap();
    let model = document.model().unwrap();
    let Some(Trials::DelayedMatch(trials)) = model.trials() else { panic!() };
    let strong = trials.iter().position(|t| t.sample_as_shown.current > 0.0).unwrap();
    for threads in [1, 2] {
        let path = folder.path().join(format!("{threads}.h5"));
        let (mut simulation, mut recorder) = begin(&model, threads, None, &path);
        let error = simulation.run(&mut recorder, |_| Wish::Continue).unwrap_err();
        drop(recorder);
        assert_eq!(error.kind(), Kind::Divergence);
        let named = format!("of trial {}", strong + 1);
        assert!(error.to_string().contains(&named), "{error}");
        let part = Recording::open(&folder.path().join(format!("{threads}.h5.part"))).unwrap();
        assert_eq!(part.trials().unwrap().unwrap().len(), strong);
    }
}
