//! A network that is shared out among ranks, which here are threads of one process, is the network of one process.

mod engine;

use crate::common::host;
use attractor::dynamics::Events;
use attractor::error::Result;
use attractor::experiment::Experiment;
use attractor::model::Document;
use attractor::ranks::Ranks;
use attractor::recording::{Recording, Sink};
use attractor::report::{Summary, Verification};
use attractor::simulation::{Simulation, Wish, dismiss, follow};
use attractor::table::Column;
use attractor::work::Threads;
use std::path::Path;

const HEAD: &str = r#"
title = "t"
source = "s"
shows = "w"
seed = 5
"#;

/// Populations of several blocks and of one, with all that spiking neurons and their synapses can have.
fn text() -> String {
    std::fs::read_to_string("tests/data/ranks.toml").unwrap()
}

/// Its network alone.
fn network() -> String {
    let text = text();
    text[text.find("\npopulation =").unwrap()..].to_owned()
}

const TRIALS: &str = r#"
record = { interval = "2 ms", efficacies = { trials = true } }
protocol = [{ name = "rest", duration = "5 ms" }]
task.delayed_match = { trials = 3, patterns = [1, 2], match_probability = 0.5, fixation = "5 ms", sample = { duration = "5 ms", poisson = "300 Hz" }, delay = "5 ms", test = { duration = "5 ms", poisson = "300 Hz" }, observer = { above = "15 Hz", held_over = "2 ms", seen_over = "2 ms" } }
"#;

/// Populations so large that one process cuts them into larger blocks than several do, with counts and without.
const LARGE: &str = r#"
record = { interval = "5 ms" }
protocol = [{ name = "rest", duration = "12 ms" }, { name = "cue", duration = "6 ms", show = [{ pattern = 1, poisson = "900 Hz" }] }]
population = { E = { size = 9000 }, R = { size = 70000 } }
patterns.E.random = { number = 9, coding_level = 0.3 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", v_initial = { uniform = ["5 mV", "20 mV"] }, poisson = { rate = "1 kHz", efficacy = "1 mV", tau_syn = "3 ms" } }
dynamics.spiking.R = { tau_m = "10 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", v_initial = { uniform = ["0 mV", "20 mV"] }, poisson = { rate = "1 kHz", efficacy = "1.5 mV", tau_syn = "0 ms" } }
projection.E_to_E = { from = "E", to = "E", connect = { probability = 0.003 }, learning.shared_patterns = {}, scale = "0.3 mV", tau_syn = "5 ms", delay = "1.5 ms" }
projection.R_to_E = { from = "R", to = "E", connect = { in_degree = 3 }, efficacy = "-0.7 mV", tau_syn = "4 ms", delay = "0.9 ms", plasticity = { inhibitory = { learning_rate = "0.1 mV", target = "5 Hz", tau = "20 ms", max = "9 mV" } } }
projection.E_to_R = { from = "E", to = "R", connect = { total = 200000 }, multapses = true, efficacy = "0.3 mV", tau_syn = [{ decay = "5 ms" }, { decay = "2 ms" }], delay = "1.1 ms" }
projection.R_to_R = { from = "R", to = "R", connect = { in_degree = 4 }, efficacy = { normal = { mean = "-0.4 mV", sd = "0.1 mV" } }, tau_syn = "0 ms", delay = { uniform = ["0.8 ms", "2.4 ms"] } }
"#;

fn document(parts: &[&str]) -> Document {
    let text = [&[HEAD], parts].concat().concat();
    Document::new("ranks.toml".as_ref(), text, &[]).unwrap()
}

/// Trials that leave efficacies.
fn trials(order: &str) -> Document {
    let task = TRIALS.replace("trials = 3,", &format!("trials = 3, order = \"{order}\","));
    document(&[&network(), &task])
}

/// Courses of every neuron, cut by the blocks of several ranks: of a part of a pattern, of all by their places, and of sources.
const COURSES: &str = r#"
record = { interval = "7 ms", courses = { independent = 5 } }
protocol = [
    { name = "rest", duration = "3.3 ms" },
    { name = "noise", duration = "20 ms", show = [
        { pattern = 2, left_out = 0.4, poisson = { redrawn = { distribution = { uniform = ["0 Hz", "900 Hz"] }, every = "4 ms", independent = true } } },
        { population = "E", centre = "180 deg", profile = { gaussian = "60 deg" }, current = { ornstein_uhlenbeck = { mean = "3 mV", sd = "3 mV", tau = "9 ms", every = "1.7 ms", independent = true } } },
        { population = "S", poisson = { ornstein_uhlenbeck = { mean = "90 Hz", sd = "60 Hz", tau = "5 ms", every = "2 ms", independent = true } } },
        { population = "R", current = { redrawn = { distribution = { normal = { mean = "1 mV", sd = "2 mV" } }, every = "3 ms" } } },
    ] },
]
"#;

/// They are shown to the network on a ring.
fn noisy() -> Document {
    let ring =
        network().replace("E = { size = 4300 }", "E = { size = 4300, space.ring = \"360 deg\" }");
    assert!(ring.contains("ring"));
    document(&[&ring, COURSES])
}

fn whole() -> Document {
    Document::new("ranks.toml".as_ref(), text(), &[]).unwrap()
}

/// What the first of so many ranks gives that `leads`, while the others do as it says.
fn shared<R: Send>(number: usize, threads: usize, leads: impl FnOnce(&Threads) -> R + Send) -> R {
    let mut ranks = Ranks::threads(number).into_iter();
    let mut on = || Threads::new(threads).unwrap().on(ranks.next().unwrap());
    let first = on();
    std::thread::scope(|scope| {
        for _ in 1..number {
            let own = on();
            scope.spawn(move || follow(&own));
        }
        let led = leads(&first);
        dismiss(&first);
        led
    })
}

fn recorded(document: &Document, threads: &Threads) -> Result<Recording> {
    Simulation::new(document.model()?, document.folder(), threads)?.record()
}

/// Everything that can be read in a recording, but for how it came about.
fn told(recording: &Recording) -> (String, Vec<f64>, Events, u64) {
    let provenance = recording.provenance().unwrap();
    let hashes = format!("{} {}", provenance.data_hash, provenance.external_hash);
    let mut values = Vec::new();
    for population in ["E", "R"] {
        if let Some(v) = recording.potentials(population).unwrap() {
            values.extend(v.time);
            values.extend(v.v);
            v.currents.into_iter().for_each(|(_, _, current)| values.extend(current));
        }
    }
    if let Some(learned) = recording.efficacies("I_to_E").unwrap() {
        values.extend(&learned.time);
        (0..learned.time.len()).for_each(|k| values.extend(learned.at(k)));
    }
    if let Some(drawn) = recording.courses().unwrap() {
        for name in ["neuron", "time", "poisson_hz", "current_mv"] {
            let Some(Column::Real(column)) = drawn.column(name) else { panic!("{name}") };
            // What has no value is NaN, which is not itself.
            values.extend(column.iter().map(|x| if x.is_nan() { -1.0 } else { *x }));
        }
    }
    let (synaptic, external) = (provenance.synaptic_events, provenance.external_events);
    (hashes, values, Events { synaptic, external }, provenance.synapses)
}

#[test]
fn the_recording_of_any_number_of_ranks_is_that_of_one() {
    for (name, document) in [
        ("protocol", whole()),
        ("trials", trials("independent")),
        ("in sequence", trials("in_sequence")),
        ("courses", noisy()),
        ("large", document(&[LARGE])),
    ] {
        let one = told(&recorded(&document, &Threads::new(2).unwrap()).unwrap());
        assert!(one.2.synaptic > 10_000, "{name}: {:?}", one.2);
        for (ranks, threads) in [(1, 1), (2, 1), (3, 2), (4, 1), (7, 1)] {
            let own = shared(ranks, threads, |on| told(&recorded(&document, on).unwrap()));
            assert!(own == one, "{name} on {ranks} ranks with {threads} threads");
        }
    }
}

/// The sentences of all ranks.
fn refused(number: usize, document: &Document) -> String {
    shared(number, 1, |threads| match recorded(document, threads) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    })
}

#[test]
fn what_is_refused_is_refused_in_one_sentence() {
    let one = |document: &Document| match recorded(document, &Threads::new(1).unwrap()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    let cells =
        r#"tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "0 ms", current = "50 mV""#;
    let with = |projections: &str| {
        document(&[
            "population = { A = { size = 3000 }, B = { size = 1500 } }\n",
            &format!("dynamics.spiking = {{ A = {{ {cells} }}, B = {{ {cells} }} }}\n"),
            projections,
            "protocol = [{ name = \"rest\", duration = \"60 ms\" }]\n",
        ])
    };
    let projection = |name: &str, to: &str, keys: &str| {
        format!(
            "projection.{name} = {{ from = \"A\", to = \"{to}\", delay = \"1 ms\", tau_syn = \"0 ms\", {keys} }}\n"
        )
    };
    // So few synapses that both signs of a neuron stand on different ranks.
    let learned = "connect = { probability = 0.0008 }, learning = { low_activity = { a = 0.1, b = 0.1 } }, scale = \"1 mV\"";
    let both = "patterns.A.random = { number = 5, coding_level = 0.1 }\n".to_owned()
        + &projection("A_to_A", "A", learned);
    let strong = projection("A_to_B", "B", "connect = { in_degree = 20 }, efficacy = \"30 mV\"");
    let fires = strong.replace("from = \"A\"", "from = \"B\"").replace("0 ms", "5 ms");
    for (projections, words) in [(both, "Dale's law"), (fires, "population B fires without bound")]
    {
        let document = with(&projections);
        let sentence = one(&document);
        assert!(sentence.contains(words), "{sentence}");
        for number in [2, 3] {
            assert_eq!(refused(number, &document), sentence);
        }
    }
    assert_eq!(
        refused(7, &with("")),
        "found 7 ranks for 5 blocks of neurons; a rank has one block at least; use fewer ranks."
    );
    let binary = document(&[
        "population.N.size = 60\npatterns.N.random = { number = 3, coding_level = 0.5 }\n\
         projection.J = { from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, learning = \"hebb\" }\n\
         dynamics.binary = { states = \"plus_minus\", update = \"shuffled\", tie = \"keep\" }\n\
         protocol = [{ name = \"rest\", duration = \"3 sweeps\" }]\n",
    ]);
    assert_eq!(
        refused(2, &binary),
        "dynamics: found 2 ranks for a network without spikes; networks of spiking neurons are shared out among ranks; \
         run it as one process."
    );
}

/// The recording of a run that stops when it was looked at so many times, or of what is left of it.
fn part(document: &Document, path: &Path, threads: &Threads, looks: usize) -> Option<Recording> {
    let host = host();
    let target = (Sink::File { path, force: false }, None);
    let mut experiment = match path.with_extension("h5.part").exists() {
        true => Experiment::go_on(path, &host, threads).unwrap(),
        false => {
            let model = document.model().unwrap();
            Experiment::begin(document, model, target, &host, threads).unwrap()
        }
    };
    let mut left = looks;
    let ran = experiment.run(|_| {
        left -= 1;
        if left == 0 { Wish::Stop } else { Wish::Continue }
    });
    ran.ok().map(|()| experiment.finish().unwrap())
}

#[test]
fn a_run_goes_on_with_any_number_of_ranks() {
    // Populations are cut as for the ranks that begin, one of which larger blocks are for.
    for (document, parts) in [
        (whole(), [(3, 12), (1, 14), (4, 1000)]),
        (trials("independent"), [(3, 4), (1, 1), (4, 1000)]),
        (trials("in_sequence"), [(2, 14), (3, 9), (1, 1000)]),
        (document(&[LARGE]), [(1, 2), (3, 2), (2, 1000)]),
    ] {
        let one = told(&recorded(&document, &Threads::new(2).unwrap()).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.h5");
        let mut done = None;
        for (ranks, looks) in parts {
            assert!(done.is_none());
            done = shared(ranks, 1, |threads| part(&document, &path, threads, looks));
        }
        let recording = done.expect("the run has come to its end");
        assert!(told(&recording) == one);
        assert!(Verification::of(&recording).unwrap().differs().is_none());
        assert!(!Summary::of(&recording).unwrap().to_string().is_empty());
    }
}
