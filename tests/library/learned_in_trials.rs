//! Efficacies at the ends of trials: those of a network that was shown the same in its protocol, to the last bit.

use crate::common::host;
use attractor::experiment::Experiment;
use attractor::model::Document;
use attractor::recording::{LearnedEfficacies, Recording, Sink};
use attractor::report::Verification;
use attractor::simulation::Wish;
use attractor::task::AsShown;
use attractor::work::Threads;
use std::fmt::Write;
use std::path::Path;

/// Nothing in it is random once it runs, so that a trial is what its epochs are. What is shown changes where the first one begins, where
/// a trial begins a window of the engine anyway, and all times are sums without rounding: nothing else tells them apart.
const NETWORK: &str = r#"
title = "t"
source = "s"
shows = "w"
seed = 4
population.E.size = 120
patterns.E.assemblies = { number = 2, coding_level = 0.5 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "24 mV", v_initial = { uniform = ["0 mV", "20 mV"] } }
projection.E_to_E = { from = "E", to = "E", connect = { probability = 0.3 }, efficacy = "0.05 mV", tau_syn = "5 ms", delay = "1.1 ms", plasticity.pair = { potentiation = "0.004 mV", depression = "0.005 mV", tau_pre = "20 ms", tau_post = "20 ms", max = "0.2 mV" } }
[record]
efficacies = { trials = true }
[[protocol]]
name = "rest"
duration = "30.5 ms"
show = [{ population = "E", current = "0.5 mV" }]
"#;

fn task(order: &str) -> String {
    format!(
        "[task.stimulus]\ntrials = 4\norder = \"{order}\"\nbefore = \"10 ms\"\nafter = \"15.25 ms\"\n\
         stimulus = {{ duration = [\"40 ms\", \"25 ms\"], current = [\"3 mV\", \"8 mV\"] }}\n"
    )
}

fn run(text: &str, trial: Option<usize>, threads: usize, path: &Path) -> Recording {
    let document = Document::new("m.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let (host, threads) = (host(), Threads::new(threads).unwrap());
    let target = (Sink::File { path, force: true }, trial);
    let mut experiment = Experiment::begin(&document, model, target, &host, &threads).unwrap();
    experiment.run(|_| Wish::Continue).unwrap();
    drop(experiment.finish().unwrap());
    let recording = Recording::open(path).unwrap();
    let verified = Verification::of(&recording).unwrap();
    assert_eq!(verified.differs(), None, "{verified}");
    recording
}

fn learned(recording: &Recording) -> LearnedEfficacies {
    recording.efficacies("E_to_E").unwrap().unwrap()
}

/// The trials, written as epochs of a protocol.
fn as_epochs(recording: &Recording, trials: &[usize]) -> String {
    let drawn = recording.trials().unwrap().unwrap();
    let mut text = NETWORK.replace("{ trials = true }", "{}");
    for &k in trials {
        let AsShown { duration, current, .. } = drawn[k].sample_as_shown;
        let pattern = drawn[k].sample + 1;
        write!(
            text,
            "[[protocol]]\nname = \"before\"\nduration = \"10 ms\"\n[[protocol]]\nname = \"stimulus\"\nduration = \"{duration} ms\"\n\
             show = [{{ pattern = {pattern}, current = \"{current} mV\" }}]\n[[protocol]]\nname = \"after\"\nduration = \"15.25 ms\"\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn a_trial_leaves_what_its_epochs_leave() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for order in ["independent", "in_sequence"] {
        let text = format!("{NETWORK}{}", task(order));
        let recording = run(&text, None, 1, &path("all.h5"));
        let found = learned(&recording);
        let ends: Vec<f64> = recording.trials().unwrap().unwrap().iter().map(|t| t.end).collect();
        assert_eq!(found.time[..2], [0.0, 30.5]);
        assert_eq!(found.time[2..], ends);
        for k in 0..4 {
            let before: Vec<usize> =
                if order == "independent" { vec![k] } else { (0..=k).collect() };
            let written = learned(&run(&as_epochs(&recording, &before), None, 1, &path("slow.h5")));
            let last = written.time.len() - 1;
            assert_eq!(found.at(2 + k), written.at(last), "{order} {k}");
            assert_ne!(found.at(2 + k), found.at(1 + k));
        }
        let threads = run(&text, None, 3, &path("threads.h5"));
        assert_eq!(learned(&threads), found);
        drop(threads);
        if order == "independent" {
            let alone = learned(&run(&text, Some(3), 1, &path("alone.h5")));
            assert_eq!((alone.time.len(), alone.at(2)), (3, found.at(4)));
        }
    }
}
