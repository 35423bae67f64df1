//! Trials of a decision: what they show, who wins, and that neither depends on how they are run.

use crate::common::host;
use crate::resuming::resumes;
use attractor::experiment::Experiment;
use attractor::figure::sweep::Wanted;
use attractor::model::{Document, Model};
use attractor::network::Placed;
use attractor::pattern::Patterns;
use attractor::protocol::Chance;
use attractor::random::Seed;
use attractor::recording::{Recording, Sink};
use attractor::report::{Summary, Verification, measures};
use attractor::simulation::{Simulation, Wish};
use attractor::statistics::Mean;
use attractor::sweep::SweepTable;
use attractor::table::Column;
use attractor::task::{DecisionTask, Setting, Task, Trial};
use attractor::work::Threads;
use std::collections::HashSet;

/// Neurons without synapses, of which those of two choices are driven by fluctuating evidence.
const NETWORK: &str = r#"
population.E.size = 100
patterns.E.assemblies = { number = 3, coding_level = 0.2 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "1.9 kHz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
protocol = [{ name = "rest", duration = "50 ms" }]
[task.decision]
trials = 24
choices = [3, 1]
before = "40 ms"
stimulus = { duration = "200 ms", every = "20 ms", poisson = { mean = "350 Hz", sd = "150 Hz" }, coherence = [0.0, 0.8] }
after = "60 ms"
decided = { above = "25 Hz", window = "50 ms" }
"#;

const EXPECT: &str = r#"
title = "t"
source = "s"
shows = "w"
expect.decision = [
    { quantity = "correct", at = 0.8, above = 0.9 },
    { quantity = "correct", up_to = 0.5, above = 0.95 },
    { quantity = "decided", above = 0.5 },
    { quantity = "reaction_ms", from = 0.5, below = 10.0 },
]
"#;

fn document(more: &str) -> Document {
    Document::new("m.toml".as_ref(), format!("{EXPECT}{NETWORK}{more}"), &[]).unwrap()
}

fn record(more: &str, threads: usize) -> Recording {
    let (document, threads, host) = (document(more), Threads::new(threads).unwrap(), host());
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let target = (Sink::Memory, None);
    let mut experiment = Experiment::begin(&document, model, target, &host, &threads).unwrap();
    experiment.run(|_| Wish::Continue).unwrap();
    experiment.finish().unwrap()
}

fn whole(recording: &Recording, name: &str) -> Vec<u64> {
    let results = recording.results().unwrap().unwrap();
    let Some(Column::Whole(values)) = results.column(name) else { panic!("{name}") };
    values.clone()
}

fn real(recording: &Recording, name: &str) -> Vec<f64> {
    let results = recording.results().unwrap().unwrap();
    let Some(Column::Real(values)) = results.column(name) else { panic!("{name}") };
    values.clone()
}

const IN_SEQUENCE: &str = "order = \"in_sequence\"\nreset = { duration = \"20 ms\", population = \"E\", current = \"-10 mV\" }\n";

#[test]
fn who_wins_and_when_is_told_from_all_spikes() {
    for (more, lasts) in [("", 260.0), (IN_SEQUENCE, 200.0)] {
        let recording = record(more, 2);
        let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
        assert_eq!(hash(&record(more, 1)), hash(&recording), "{more}");
        let verified = Verification::of(&recording).unwrap();
        assert_eq!(verified.differs(), None, "{verified}");
        let trials = recording.trials().unwrap().unwrap();
        let (times, neurons) = recording.spikes("E").unwrap();
        let (choices, reactions) = (whole(&recording, "choice"), real(&recording, "reaction_ms"));
        let rates = [real(&recording, "rate_1_hz"), real(&recording, "rate_3_hz")];
        for (k, trial) in trials.iter().enumerate() {
            let spikes = |from: f64, to: f64, of: u64| {
                let own = 20 * (of - 1)..20 * of;
                let all = times.iter().zip(&neurons);
                all.filter(move |(t, i)| (from..to).contains(*t) && own.contains(i)).map(|s| *s.0)
            };
            let [onset, end] = [trial.sample_onset, trial.sample_onset + lasts];
            // More than 25 spikes per second of 20 neurons are more than 25 in 50 ms.
            let count = |now: f64, of| {
                spikes(onset, end, of).filter(|t| *t <= now && t + 50.0 > now).count()
            };
            let mut moments: Vec<f64> = [1, 3]
                .into_iter()
                .flat_map(|of| spikes(onset, end, of).flat_map(|t| [t, t + 50.0]))
                .filter(|now| *now < end)
                .collect();
            moments.sort_by(f64::total_cmp);
            let first = moments.into_iter().find_map(|now| {
                let [one, three] = [count(now, 1), count(now, 3)];
                let choice = if one > three { 1 } else { 3 };
                (one.max(three) > 25 && one != three).then_some((choice, now - onset))
            });
            match first {
                Some(found) => assert_eq!((choices[k], reactions[k]), found, "{more} trial {k}"),
                None => assert!(choices[k] == 0 && reactions[k].is_nan(), "{more} trial {k}"),
            }
            for (of, rates) in [1, 3].into_iter().zip(&rates) {
                let last = spikes(trial.delay_onset - 50.0, trial.delay_onset, of).count();
                assert!((rates[k] - last as f64).abs() < 1e-9);
            }
        }
        assert!(choices.iter().any(|choice| *choice > 0));

        let summary = Summary::of(&recording).unwrap();
        let met: Vec<bool> = summary.expect.iter().map(|verdict| verdict.met).collect();
        assert_eq!(met, [true, false, true, false], "{:?}", summary.expect);
        let told = summary.to_string();
        assert!(told.contains("coherence") && told.contains("correct choices"), "{told}");
        let all = measures(&recording).unwrap();
        let mean = |name: &str| all.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
        let decided = choices.iter().filter(|choice| **choice > 0).count() as f64 / 24.0;
        assert_eq!(mean("decided"), Some(decided));
        let of_level = |coherence: f64| {
            let own = trials.iter().zip(&choices).filter(|(t, _)| t.coherence == coherence);
            let own: Vec<f64> = own.map(|(_, choice)| f64::from(u8::from(*choice > 0))).collect();
            Some(own.iter().sum::<f64>() / own.len() as f64)
        };
        assert_eq!(mean("decided.coherence_0"), of_level(0.0));
        assert_eq!(mean("decided.coherence_0.8"), of_level(0.8));

        let table = SweepTable::of_recording(&recording).unwrap();
        let drawn =
            |y: &str| table.curves(&Wanted { y: y.to_owned(), ..Wanted::default() }).unwrap();
        for (y, name, of) in [
            ("correct", "share of right answers", "trials with a choice"),
            ("decided", "share with a choice", "trials"),
        ] {
            let curves = drawn(y);
            assert_eq!((&*curves.x.name, &*curves.y.name), ("coherence", name));
            assert_eq!(curves.y.note, format!("of all {of}, with the 95 % interval (Wilson)"));
            let points = &curves.series[0].points;
            assert!(points.len() == 2 && points.iter().all(|p| p.interval.is_some()), "{points:?}");
            let at = |coherence: &str| mean(&format!("{y}.coherence_{coherence}")).unwrap();
            assert_eq!([points[0].mean, points[1].mean], [at("0"), at("0.8")]);
        }
        assert_eq!(drawn("reaction_ms").y.name, "reaction time (ms)");
        assert!(mean("correct").is_some() && mean("choice").is_none());
    }
}

#[test]
fn a_trial_by_itself_is_the_trial_among_all() {
    let all = record("", 2);
    let document = document("");
    let threads = Threads::new(1).unwrap();
    let model = document.model().unwrap();
    let mut alone = Simulation::new(model, document.folder(), &threads).unwrap();
    alone.keep_trial(17).unwrap();
    let alone = alone.record().unwrap();
    let verified = Verification::of(&alone).unwrap();
    assert_eq!(verified.differs(), None, "{verified}");
    let of = |recording: &Recording, k: usize| {
        let trial = recording.trials().unwrap().unwrap()[k].clone();
        assert_eq!(trial.number, 17);
        let (times, neurons) = recording.spikes("E").unwrap();
        let own = times.iter().zip(neurons).filter(|(t, _)| (trial.start..trial.end).contains(*t));
        own.map(|(t, i)| (t.to_bits(), i)).collect::<Vec<_>>()
    };
    let wanted = of(&all, 16);
    assert!(wanted.len() > 50);
    assert_eq!(wanted, of(&alone, 0));
}

#[test]
fn decisions_go_on_where_they_stood() {
    resumes("decisions", NETWORK);
    resumes("decisions in sequence", &format!("{NETWORK}{IN_SEQUENCE}"));
}

/// The trials with the rates of two neurons, one of each choice, in every step of the stimulus.
fn redrawn(model: &Model, trials: usize, seed: u64) -> Vec<(Trial, Vec<[f64; 2]>)> {
    let Some(Task::Decision(task)) = model.task.clone() else { panic!() };
    let (seed, all) = (Seed(seed), DecisionTask { trials, ..*task });
    let (own, task) = (all.draw(700.0, 3, seed), Task::Decision(Box::new(all)));
    let drawn = task.draw(700.0, 3, seed);
    let patterns = Patterns::from_foreground(3, vec![vec![0], vec![1], vec![2]]);
    let patterns = [("E".to_owned(), patterns)].into_iter().collect();
    let populations = [Placed { name: "E".to_owned(), neurons: 0..3, space: None }];
    let chance = Chance { seed, later: None };
    let setting = Setting { populations: &populations, patterns: &patterns, seed, chance };
    let steps = |(k, trial): (usize, Trial)| {
        let episode = task.episode(&drawn, k, setting).unwrap();
        let onset = 700.0 + episode.held[0].until;
        let mut moving = episode.held[1].before(onset, 700.0, episode.chance);
        let steps = (0..10).map(|step| {
            moving.reach(onset + 20.0 * f64::from(step));
            let rates = moving.field().input(3).1;
            [rates[0], rates[2]]
        });
        let steps = steps.collect();
        (trial, steps)
    };
    own.into_iter().enumerate().map(steps).collect()
}

#[test]
fn evidence_is_drawn_anew_in_every_step_of_every_trial() {
    let (own, mine) = (
        "poisson = { mean = \"350 Hz\", sd = \"150 Hz\" }, coherence = [0.0, 0.8]",
        "poisson = { mean = \"40 Hz\", sd = \"4 Hz\" }, coherence = [0.0, 0.5, 1.0]",
    );
    let text = format!("{EXPECT}{NETWORK}").replace(own, mine);
    let text = text.replace("at = 0.8", "at = 1.0");
    let model = Document::new("m.toml".as_ref(), text, &[]).unwrap().model();
    let model = model.unwrap_or_else(|e| panic!("{e}"));
    let all = redrawn(&model, 900, 4);
    assert_eq!(all[..9], redrawn(&model, 9, 4));
    let other_seed = redrawn(&model, 9, 5);
    assert!(all.iter().zip(&other_seed).all(|(one, other)| one.1 != other.1));
    // Mean 40 (1 +- c) Hz and s.d. 4 Hz; at 0 Hz half a normal, of mean 4 sqrt(2/pi).
    let half = 4.0 * (2.0 / std::f64::consts::PI).sqrt();
    for (coherence, other) in [(0.0, 40.0), (0.5, 20.0), (1.0, half)] {
        let of = |favoured: bool| -> Vec<f64> {
            let own = all.iter().filter(|(trial, _)| trial.coherence == coherence);
            let place = |trial: &Trial| usize::from((trial.sample == 2) == favoured);
            own.flat_map(|(trial, steps)| steps.iter().map(move |s| s[place(trial)])).collect()
        };
        let (favoured, others) = (of(true), of(false));
        assert_eq!(favoured.len(), 300 * 10);
        for (values, mean) in [(&favoured, 40.0 * (1.0 + coherence)), (&others, other)] {
            let found = Mean::of(values.iter().copied());
            assert!((found.value - mean).abs() < 4.5 * found.sem, "{coherence} {found:?}");
            let sd = found.sem * (values.len() as f64).sqrt();
            let expected = if mean < 5.0 { (16.0 - mean * mean).sqrt() } else { 4.0 };
            assert!((sd / expected - 1.0).abs() < 0.07, "{coherence} {sd}");
        }
        // One choice says nothing of the other, and a step nothing of the next.
        let correlation = |a: &[f64], b: &[f64]| {
            let (x, y) = (Mean::of(a.iter().copied()), Mean::of(b.iter().copied()));
            let products = a.iter().zip(b).map(|(a, b)| (a - x.value) * (b - y.value));
            Mean::of(products).value / (x.sem * y.sem * a.len() as f64)
        };
        let chance = 4.5 / (favoured.len() as f64).sqrt();
        assert!(correlation(&favoured, &others).abs() < chance);
        assert!(correlation(&favoured[1..], &favoured[..favoured.len() - 1]).abs() < chance);
    }
    let first: HashSet<u64> = all.iter().map(|(_, steps)| steps[0][0].to_bits()).collect();
    assert_eq!(first.len(), all.len());
}
