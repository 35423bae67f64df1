//! Trials of a decision: what they show, who wins, and that neither depends on how they are run.

use crate::resuming::resumes;
use attractor::model::Document;
use attractor::recording::Recording;
use attractor::report::{Summary, Verification, measures};
use attractor::simulation::Simulation;
use attractor::table::Column;
use attractor::work::Threads;

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

fn simulation(more: &str, threads: usize) -> Simulation {
    let document = Document::new("m.toml".as_ref(), format!("{EXPECT}{NETWORK}{more}"), &[]);
    let document = document.unwrap();
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    Simulation::new(model, document.folder(), &Threads::new(threads).unwrap()).unwrap()
}

fn record(more: &str, threads: usize) -> Recording {
    simulation(more, threads).record().unwrap()
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
        assert!(mean("correct").is_some() && mean("choice").is_none());
    }
}

#[test]
fn a_trial_by_itself_is_the_trial_among_all() {
    let all = record("", 2);
    let mut alone = simulation("", 1);
    alone.keep_trial(17).unwrap();
    let alone = alone.record().unwrap();
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
    assert_eq!(real(&all, "rate_1_hz")[16], real(&alone, "rate_1_hz")[0]);
}

#[test]
fn decisions_go_on_where_they_stood() {
    resumes("decisions", NETWORK);
    resumes("decisions in sequence", &format!("{NETWORK}{IN_SEQUENCE}"));
}
