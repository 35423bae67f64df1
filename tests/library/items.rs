//! Trials with several items: what they show, and what is told of them.

use attractor::analysis::items::HeldItems;
use attractor::figure::{Analyzed, Choice, View, Wanted, draw};
use attractor::model::Document;
use attractor::recording::Recording;
use attractor::report::{Outcome, Summary, Verification, measures};
use attractor::simulation::Simulation;
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

fn record(more: &str, threads: usize) -> (Recording, Task) {
    let document = Document::new("m.toml".as_ref(), format!("{MODEL}{more}"), &[]).unwrap();
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let (task, threads) = (model.task.clone().unwrap(), Threads::new(threads).unwrap());
    (Simulation::new(model, document.folder(), &threads).unwrap().record().unwrap(), task)
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
        // Nobody has judged what a simulation alone records.
        let told = "18 are drawn as they were, and nothing tells what was found in them";
        let told = Outcome::Unchecked(told.to_owned());
        assert!(verified.checks.contains(&("trials".to_owned(), told)), "{verified}");

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
        assert_eq!(tables.collect::<Vec<_>>(), [("load", 3), ("position", 6)]);
        assert_eq!(analyzed.figures[0].0, "load");
        draw(&recording, View::Load, &Choice::Usual).unwrap();
        let measured = measures(&recording).unwrap();
        let of = |name: &str| measured.iter().find(|(own, _)| own == name).map(|own| own.1);
        assert_eq!(of("held.load_3"), Some(at.held.value));
        assert_eq!(of("share.load_1"), Some(found.loads()[0].share.value));
        let summary = Summary::of(&recording).unwrap();
        let printed = summary.to_string();
        assert!(printed.contains("  18 trials with several items\n"), "{printed}");
        let met: Vec<bool> = summary.expect.iter().map(|verdict| verdict.met).collect();
        assert_eq!(met, [true, true, true, false], "{printed}");
    }
}
