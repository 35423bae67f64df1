//! Trials of a repeated stimulus: what they show, and what is told of them.

use crate::common::host;
use attractor::analysis::trials::Responses;
use attractor::experiment::Experiment;
use attractor::export::{Format, Selection, write};
use attractor::model::Document;
use attractor::recording::{Recording, Sink};
use attractor::report::{Outcome, Summary, Verification, measures};
use attractor::simulation::{Simulation, Wish};
use attractor::work::Threads;

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
