//! Trials of a repeated stimulus: what they show, and what is told of them.

use attractor::analysis::trials::Responses;
use attractor::model::Document;
use attractor::recording::Recording;
use attractor::report::{Summary, Verification};
use attractor::simulation::Simulation;
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

fn record(order: &str, threads: usize) -> Recording {
    let text = format!("{MODEL}order = \"{order}\"\n");
    let document = Document::new("m.toml".as_ref(), text, &[]).unwrap();
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

        let verdicts = Summary::of(&recording).unwrap().expect;
        let met: Vec<bool> = verdicts.iter().map(|verdict| verdict.met).collect();
        assert_eq!(met, [true, true, true, false], "{verdicts:?}");
    }
}
