//! Trials of a repeated stimulus: what they show, and what is told of them.

use crate::common::host;
use crate::resuming::resumes;
use attractor::analysis::trials::Responses;
use attractor::experiment::Experiment;
use attractor::export::{Format, Selection, write};
use attractor::model::Document;
use attractor::network::Placed;
use attractor::pattern::Patterns;
use attractor::protocol::Chance;
use attractor::random::Seed;
use attractor::recording::{Recording, Sink};
use attractor::report::{Outcome, Summary, Verification, measures};
use attractor::simulation::{Simulation, Wish};
use attractor::task::{Setting, Task};
use attractor::work::Threads;
use std::collections::HashSet;

/// Neurons without synapses, of which each is driven by itself.
const MODEL: &str = r#"
title = "t"
source = "s"
shows = "w"
population.E.size = 100
patterns.E.assemblies = { number = 2, coding_level = 0.2 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "1.9 kHz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
protocol = [{ name = "rest", duration = "200 ms" }]
expect.stimulus = [
    { quantity = "rate_during", above = 30.0 },
    { quantity = "rate_during", group = "background", below = 15.0 },
    { quantity = "fano_during", below = 0.8 },
    { quantity = "quenching", above = 50.0 },
]
[task.stimulus]
trials = 24
before = "200 ms"
stimulus = { duration = "200 ms", poisson = "1 kHz" }
after = "100 ms"
"#;

fn document(order: &str) -> Document {
    Document::new("m.toml".as_ref(), format!("{MODEL}order = \"{order}\"\n"), &[]).unwrap()
}

fn record(order: &str, threads: usize) -> Recording {
    let document = document(order);
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let threads = Threads::new(threads).unwrap();
    Simulation::new(model, document.folder(), &threads).unwrap().record().unwrap()
}

#[test]
fn a_repeated_stimulus_is_shown_and_told_of() {
    for order in ["independent", "in_sequence"] {
        let recording = record(order, 2);
        let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
        assert_eq!(hash(&record(order, 1)), hash(&recording), "{order}");
        let verified = Verification::of(&recording).unwrap();
        assert_eq!(verified.differs(), None, "{verified}");
        let trials = recording.trials().unwrap().unwrap();
        assert_eq!(trials.len(), 24);
        let names: Vec<String> =
            recording.protocol().unwrap()[1..4].iter().map(|epoch| epoch.name.clone()).collect();
        assert_eq!(names, ["before", "stimulus", "after"]);

        // By hand: spikes in the last 100 ms before the onset and of the stimulus.
        let found = Responses::of(&recording, None, Some(50.0)).unwrap().unwrap();
        let (times, neurons) = recording.spikes("E").unwrap();
        let mut counts = [[0.0; 2]; 2];
        for trial in &trials {
            let own = 20 * trial.sample as u64..20 * (trial.sample as u64 + 1);
            for (&time, neuron) in times.iter().zip(&neurons) {
                let group = usize::from(!own.contains(neuron));
                for (w, end) in [trial.sample_onset, trial.delay_onset].into_iter().enumerate() {
                    if (end - 100.0..end).contains(&time) {
                        counts[group][w] += 1.0;
                    }
                }
            }
        }
        for (group, size) in [(0, 20.0), (1, 80.0)] {
            let rates = counts[group].map(|spikes| spikes / (24.0 * size * 0.1));
            let told = found.quenching[group].rates;
            let apart = |w: usize| (rates[w] - told[w]).abs();
            assert!(apart(0) < 1e-9 && apart(1) < 1e-9, "{order} {rates:?} {told:?}");
        }
        assert!(found.quenching[0].rates[1] > 3.0 * found.quenching[1].rates[1], "{found:?}");
        let tables = found.tables();
        let names: Vec<&str> = tables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["psth", "variability", "quenching"]);
        // 200 ms before to 300 ms after the onset; six curves; windows of two bins of two groups.
        assert_eq!((tables[0].1.rows(), tables[1].1.rows()), (6 * 10, 2 * 9));

        let measured = measures(&recording).unwrap();
        let of = |name: &str| measured.iter().find(|(own, _)| own == name).map(|own| own.1);
        let [foreground, background] = [&found.quenching[0], &found.quenching[1]];
        assert_eq!(of("trials"), Some(24.0));
        assert_eq!(of("rate_during_hz.foreground"), Some(foreground.rates[1]));
        assert_eq!(of("fano_before.background"), Some(background.fano[0].value));
        assert_eq!(of("quenching.foreground"), Some(foreground.quenching.value));
        // The rates of a driven neuron have no like before: none of its factors is matched.
        assert!(of("quenching_matched.foreground").unwrap().is_nan(), "{foreground:?}");
        let matched = of("quenching_matched.background").unwrap();
        assert!(matched.abs() < 4.0 * background.matched.error, "{background:?}");
        let summary = Summary::of(&recording).unwrap();
        let printed = summary.to_string();
        let line = printed.lines().find(|line| line.starts_with("  background")).unwrap();
        assert!(line.contains(&format!("{matched:.2} ± ")), "{printed}");
        let verdicts = summary.expect;
        let met: Vec<bool> = verdicts.iter().map(|verdict| verdict.met).collect();
        assert_eq!(met, [true, true, true, false], "{verdicts:?}");
    }
}

/// A rate in steps, of which the last one is held, and a current that is redrawn.
const COURSES: &str = "stimulus = { duration = [\"100 ms\", \"160 ms\"], \
    poisson = { steps = { values = [\"0 Hz\", \"2 kHz\"], every = \"50 ms\" } }, \
    current = { redrawn = { distribution = { uniform = [\"-1 mV\", \"3 mV\"] }, every = \"40 ms\" } } }";

fn in_time(order: &str) -> Document {
    let constant = "stimulus = { duration = \"200 ms\", poisson = \"1 kHz\" }";
    assert!(MODEL.contains(constant));
    let text = format!("{}order = \"{order}\"\n", MODEL.replace(constant, COURSES));
    Document::new("m.toml".as_ref(), text, &[]).unwrap()
}

#[test]
fn a_stimulus_that_changes_in_time_has_its_values_in_every_trial() {
    for order in ["independent", "in_sequence"] {
        let model = in_time(order).model().unwrap_or_else(|e| panic!("{e}"));
        let record = |threads| {
            let threads = Threads::new(threads).unwrap();
            Simulation::new(model.clone(), ".".as_ref(), &threads).unwrap().record().unwrap()
        };
        let recording = record(2);
        let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
        assert_eq!(hash(&record(1)), hash(&recording));
        let verified = Verification::of(&recording).unwrap();
        assert_eq!(verified.differs(), None, "{verified}");
        let (Some(Task::Stimulus(task)), seed) = (model.task.clone(), Seed(model.seed)) else {
            panic!()
        };
        let (own, task) = (task.draw(200.0, 2, seed), Task::Stimulus(task));
        let drawn = task.draw(200.0, 2, seed);
        let trials = recording.trials().unwrap().unwrap();
        assert_eq!(trials, own);
        let patterns = Patterns::from_foreground(2, vec![vec![0], vec![1]]);
        let patterns = [("E".to_owned(), patterns)].into_iter().collect();
        let populations = [Placed { name: "E".to_owned(), neurons: 0..2, space: None }];
        let chance = Chance { seed, later: None };
        let setting = Setting { populations: &populations, patterns: &patterns, seed, chance };
        let (times, neurons) = recording.spikes("E").unwrap();
        let ([mut before, mut after], mut seeds) = ([0, 0], HashSet::new());
        for (k, trial) in trials.iter().enumerate() {
            let shown = trial.sample_as_shown;
            assert!([100.0, 160.0].contains(&shown.duration));
            let of_steps = 2000.0 * (shown.duration - 50.0) / shown.duration;
            assert!((shown.poisson - of_steps).abs() < 1e-9 && shown.current == 1.0, "{shown:?}");
            let episode = task.episode(&drawn, k, setting).unwrap();
            let onset = trial.sample_onset;
            let mut moving = episode.held[1].before(onset, trial.start, episode.chance);
            // Random numbers of a trial are its own, number k for step k of the second epoch.
            let of_trial = episode.chance.seed;
            assert!(seeds.insert(of_trial.0));
            for ms in 0..shown.duration as u64 {
                moving.reach(onset + ms as f64);
                let (current, poisson) = moving.field().input(2);
                let uniform = of_trial.stream("course/1/0/current", ms / 40).uniform();
                let wanted = [-1.0 + 4.0 * uniform, if ms < 50 { 0.0 } else { 2000.0 }];
                assert_eq!([current[trial.sample], poisson[trial.sample]], wanted, "{k} {ms}");
                assert_eq!([current[1 - trial.sample], poisson[1 - trial.sample]], [0.0; 2]);
            }
            let first = 20 * trial.sample as u64;
            for (time, _) in
                times.iter().zip(&neurons).filter(|(_, i)| (first..first + 20).contains(*i))
            {
                before += usize::from((0.0..50.0).contains(&(time - onset)));
                after += usize::from((50.0..100.0).contains(&(time - onset)));
            }
        }
        assert!(after > 500 && after > 3 * before, "{before} {after}");
    }
    let body = |order: &str| {
        let text = in_time(order).text().to_owned();
        text.lines()
            .filter(|line| !["title", "source", "shows"].iter().any(|key| line.starts_with(key)))
            .collect::<Vec<_>>()
            .join("\n")
    };
    resumes("a stimulus in time", &body("independent"));
    resumes("a stimulus in time, in sequence", &body("in_sequence"));
}

#[test]
fn trials_that_are_not_those_of_the_model_are_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    let (document, host) = (document("independent"), host());
    let (model, target) =
        (document.model().unwrap(), (Sink::File { path: &path, force: false }, None));
    let threads = Threads::new(1).unwrap();
    let mut experiment = Experiment::begin(&document, model, target, &host, &threads).unwrap();
    experiment.run(|_| Wish::Continue).unwrap();
    drop(experiment.finish().unwrap());
    let of_trials = || {
        let verified = Verification::of(&Recording::open(&path).unwrap()).unwrap();
        verified.checks.into_iter().find(|(name, _)| name == "trials").unwrap().1
    };
    assert_eq!(of_trials(), Outcome::Holds("24 are drawn as they were".to_owned()));
    let file = hdf5::File::open_rw(&path).unwrap();
    let dataset = file.dataset("trials/pattern").unwrap();
    let drawn = dataset.read_raw::<u64>().unwrap();
    let other = drawn.iter().position(|pattern| *pattern != drawn[0]).unwrap();
    let mut swapped = drawn.clone();
    swapped.swap(0, other);
    dataset.write_raw(&swapped).unwrap();
    file.close().unwrap();
    let nix = directory.path().join("run.nix");
    let recording = Recording::open(&path).unwrap();
    write(&recording, &Selection::default(), Format::NeoNix, &nix, false, "2026-01-02T03:04:05Z")
        .unwrap();
    let tags = hdf5::File::open(&nix).unwrap().group("data/neo.block.session/multi_tags").unwrap();
    let events = tags.member_names().unwrap().into_iter().filter(|name| name.contains("event"));
    let events: Vec<String> = events.collect();
    assert_eq!(events, ["neo.event.after", "neo.event.stimulus"]);
    let differs = format!("pattern of trial 1 is {}, and the model draws {}", swapped[0], drawn[0]);
    assert_eq!(of_trials(), Outcome::Differs(differs));
    // Nor are there fewer.
    let file = hdf5::File::open_rw(&path).unwrap();
    file.dataset("trials/pattern").unwrap().write_raw(&drawn).unwrap();
    file.dataset("progress/trials").unwrap().as_writer().write_raw(&[20_u64]).unwrap();
    file.close().unwrap();
    let differs = "20 of 24 have ended in a recording that is complete, and the model has 24";
    assert_eq!(of_trials(), Outcome::Differs(differs.to_owned()));
}
