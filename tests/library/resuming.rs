//! A run that was stopped anywhere, and goes on with any number of threads, gives the recording of one that was not.

use crate::common::host;
use attractor::dynamics::ObservableKind;
use attractor::error::Kind;
use attractor::experiment::Experiment;
use attractor::model::Document;
use attractor::random::Seed;
use attractor::recording::{Origin, Provenance, Recording, Sink};
use attractor::report::{Summary, Verification};
use attractor::simulation::Wish;
use attractor::table::Column;
use attractor::work::{Over, Threads};
use std::path::Path;

const HEAD: &str = r#"
title = "t"
source = "s"
shows = "w"
seed = 5
"#;

/// Two populations with all that spiking neurons and their synapses can have, and epochs that end within windows.
pub const SPIKING: &str = r#"
population = { E = { size = 1300 }, I = { size = 60 }, S = { size = 20 } }
patterns.E.random = { number = 3, coding_level = 0.1 }
record = { interval = "7 ms", input = true, v = { population = "E", neurons = "0..3", every = "0.7 ms" }, efficacies = {} }
protocol = [
    { name = "rest", duration = "20.3 ms" },
    { name = "cue", duration = "20 ms", show = [{ pattern = 2, poisson = "300 Hz" }] },
    { name = "push", duration = "15 ms", show = [{ pattern = 3, current = "3 mV" }] },
    { name = "delay", duration = "25 ms" },
]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = { uniform = ["1 ms", "3 ms"] }, poisson = { rate = "2500 Hz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
dynamics.spiking.I = { tau_m = "10 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", poisson = { rate = "9 kHz", efficacy = "0.2 mV", tau_syn = "0 ms" } }
dynamics.spiking.S = { spikes = { poisson = "40 Hz" } }
projection.E_to_E = { from = "E", to = "E", connect = { probability = 0.05 }, efficacy = "0.2 mV", tau_syn = "5 ms", delay = { uniform = ["0.7 ms", "2.4 ms"] }, short_term = { U = 0.3, tau_d = "200 ms", tau_f = "900 ms" } }
projection.E_to_I = { from = "E", to = "I", connect = { probability = 0.1 }, efficacy = "0.3 mV", tau_syn = "0 ms", delay = "1.1 ms" }
projection.I_to_E = { from = "I", to = "E", connect = { probability = 0.2 }, efficacy = "-0.7 mV", tau_syn = "4 ms", delay = "0.9 ms", plasticity.inhibitory = { learning_rate = "0.05 mV", target = "3 Hz", tau = "20 ms", max = "2 mV" } }
projection.S_to_E = { from = "S", to = "E", connect = { probability = 0.3 }, efficacy = "1 mV", tau_syn = "0 ms", delay = "0.8 ms" }
"#;

pub const COUPLED: &str = r#"
population.N.size = 60
patterns.N.random = { number = 3, coding_level = 0.5, foreground = "bernoulli" }
"#;

pub const HEBB: &str = r#"projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = "hebb" }
"#;

pub const GAUSS: &str = r#"projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, efficacy = { gaussian = { sd = 0.3, symmetry = 0.0 } } }
"#;

const SHOW: &str = r#"{ pattern = 1, state = "set", flipped = 0.2 }"#;

/// A protocol on the clock whose unit is `unit`, with times that no step ends at.
fn protocol(unit: &str) -> String {
    format!(
        "record.interval = \"2.3 {unit}\"\nprotocol = [\n{{ name = \"rest\", duration = \"9.3 {unit}\" }},\n\
         {{ name = \"cue\", duration = \"11 {unit}\", show = [{SHOW}] }},\n{{ name = \"delay\", duration = \"8 {unit}\" }},\n]\n"
    )
}

pub fn rate(solver: &str, noise: &str) -> String {
    format!(
        "[dynamics.rate]\nsolver = {solver}\nunits.N = {{ tau = \"10 ms\", transfer = {{ tanh = {{ gain = 3.0 }} }}, \
         initial = {{ uniform = [-1.0, 1.0] }}{noise} }}\n"
    )
}

/// Runs it, or goes on with it, until it has been looked at so many times.
fn part(document: &Document, path: &Path, threads: usize, looks: usize) -> Option<Recording> {
    part_from(None, document, path, threads, looks)
}

/// The same of a run that branches off.
fn part_from(
    origin: Option<&Origin>,
    document: &Document,
    path: &Path,
    threads: usize,
    looks: usize,
) -> Option<Recording> {
    let threads = Threads::new(threads).unwrap();
    let (target, model) = ((Sink::File { path, force: false }, None), document.model().unwrap());
    let experiment = match origin {
        _ if path.with_extension("h5.part").exists() => Experiment::go_on(path, &host(), &threads),
        None => Experiment::begin(document, model, target, &host(), &threads),
        Some(origin) => Experiment::branch(origin, document, model, target, &host(), &threads),
    };
    let mut experiment = experiment.unwrap_or_else(|e| panic!("{e}"));
    let (mut left, over) = (looks, Over::default());
    experiment.simulation.heed(&over);
    let past = origin.map_or(0.0, |origin| origin.at);
    let ran = experiment.run(|time| {
        if time <= past {
            return Wish::Continue;
        }
        left -= 1;
        match (left, looks % 2) {
            (0, 0) => Wish::Stop,
            // What is recorded after a state, and committed, does not count.
            (1, 1) => Wish::Commit,
            (0, 1) => {
                over.set();
                Wish::Continue
            }
            _ => Wish::Continue,
        }
    });
    match ran {
        Ok(()) => Some(experiment.finish().unwrap()),
        Err(error) => {
            assert_eq!(error.kind(), Kind::Interrupt, "{error}");
            None
        }
    }
}

/// All columns of a recording, bit by bit, and its hashes.
fn content(path: &Path) -> Vec<(String, Vec<u8>)> {
    let file = hdf5::File::open(path).unwrap();
    let mut found = Vec::new();
    let mut groups = vec![file.as_group().unwrap()];
    while let Some(group) = groups.pop() {
        groups.extend(group.groups().unwrap());
        for column in group.datasets().unwrap() {
            let kind = column.dtype().unwrap();
            if kind.is::<f64>() {
                let values = column.read_raw::<f64>().unwrap();
                found.push((column.name(), values.iter().flat_map(|x| x.to_le_bytes()).collect()));
            } else if kind.is::<u64>() {
                let values = column.read_raw::<u64>().unwrap();
                found.push((column.name(), values.iter().flat_map(|x| x.to_le_bytes()).collect()));
            } else if kind.is::<u8>() {
                found.push((column.name(), column.read_raw::<u8>().unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The model gives the same recording however it is stopped and goes on.
pub fn resumes(case: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{HEAD}{text}");
    let document = Document::new(&folder.path().join("t.toml"), text, &[]).unwrap();
    let whole = folder.path().join("whole.h5");
    let recording = part(&document, &whole, 2, usize::MAX).unwrap_or_else(|| panic!("{case}"));
    let provenance = recording.provenance().unwrap();
    let wanted = content(&whole);
    assert!(wanted.len() > 5, "{case}");
    let mut random = Seed(7).stream(case, 0);
    for most in [2, 7] {
        let path = folder.path().join(format!("{most}.h5"));
        let mut parts = 0;
        let resumed = loop {
            let (threads, looks) = (1 + random.below(3) as usize, 2 + random.below(most) as usize);
            parts += 1;
            if let Some(recording) = part(&document, &path, threads, looks) {
                break recording.provenance().unwrap();
            }
        };
        assert!(parts > 1, "{case} was never stopped");
        let resumed = Provenance { threads: provenance.threads, ..resumed };
        assert_eq!(resumed, provenance, "{case}");
        let found = content(&path);
        assert_eq!(found.len(), wanted.len(), "{case}");
        for (one, other) in found.iter().zip(&wanted) {
            assert!(one == other, "{case}: {} and {} differ", one.0, other.0);
        }
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        let left =
            |name: &str| names.iter().any(|entry| entry.as_ref().unwrap().file_name() == name);
        assert!(!left(&format!("{most}.h5.checkpoint")) && !left(&format!("{most}.h5.part")));
    }
}

#[test]
fn spiking_networks_go_on() {
    resumes("spiking", SPIKING);
}

#[test]
fn rate_networks_go_on() {
    let ms = protocol("ms");
    for (case, solver, noise) in [
        ("adaptive", "\"adaptive\"", ""),
        ("euler", "{ euler = { step = \"0.6 ms\" } }", ""),
        ("white", "{ euler = { step = \"0.6 ms\" } }", ", noise = { sd = 0.2 }"),
        ("coloured", "{ euler = { step = \"0.6 ms\" } }", ", noise = { sd = 0.2, tau = \"3 ms\" }"),
    ] {
        resumes(case, &format!("{COUPLED}{GAUSS}{ms}{}", rate(solver, noise)));
    }
    let linear =
        rate("\"adaptive\"", "").replace("{ tanh = { gain = 3.0 } }", "\"threshold_linear\"");
    let linear = linear.replace("[-1.0, 1.0]", "[0.0, 1.0]");
    let weak = GAUSS.replace("sd = 0.3", "sd = 0.05");
    resumes("pieces", &format!("{COUPLED}{weak}{ms}{linear}"));
    let sweeps = protocol("sweeps");
    for order in ["shuffled", "random", "fixed"] {
        let law = rate(&format!("{{ sweeps = \"{order}\" }}"), "").replace("tau = \"10 ms\", ", "");
        resumes(order, &format!("{COUPLED}{HEBB}{sweeps}{law}"));
    }
}

#[test]
fn networks_of_states_go_on() {
    let sweeps = protocol("sweeps");
    for update in ["shuffled", "random", "fixed"] {
        for temperature in ["0.0", "0.4"] {
            let law = format!(
                "dynamics.binary = {{ states = \"plus_minus\", update = \"{update}\", tie = \"keep\", temperature = {temperature} }}\n"
            );
            resumes(update, &format!("{COUPLED}{HEBB}{sweeps}{law}"));
        }
        let law = format!(
            "dynamics.modern.polynomial = {{ degree = 3, update = \"{update}\", tie = \"keep\" }}\n"
        );
        resumes(update, &format!("{COUPLED}{sweeps}{law}"));
    }
    let whole = sweeps.replace("2.3 sweeps", "2 sweeps").replace("9.3", "9");
    let delayed = HEBB.replace("learning = \"hebb\"", "learning = \"hebb\", delay = \"3 sweeps\"");
    let law =
        "dynamics.binary = { states = \"plus_minus\", update = \"synchronous\", tie = \"keep\" }\n";
    resumes(
        "delays",
        &format!("{COUPLED}{HEBB}{}{whole}{law}", delayed.replace("projection.J", "projection.K")),
    );
    resumes("softmax", &format!("{COUPLED}{whole}dynamics.modern.softmax = {{ beta = 1.0 }}\n"));
}

/// The spiking network with a task.
fn with_task(task: &str) -> String {
    let spiking = SPIKING.split("protocol = [").next().unwrap();
    let rest = SPIKING.split("]\ndynamics").nth(1).unwrap();
    let protocol = "protocol = [{ name = \"rest\", duration = \"15 ms\" }]";
    format!("{spiking}dynamics{rest}\n{protocol}\n{task}")
}

/// The same with a delayed match.
fn trials(order: &str) -> String {
    with_task(&format!(
        "[task.delayed_match]\ntrials = 4\n\
         order = \"{order}\"\nfixation = \"5.1 ms\"\nsample = {{ duration = \"9 ms\", poisson = \"1 kHz\" }}\n\
         delay = \"12 ms\"\ntest = {{ duration = \"9 ms\", poisson = \"1 kHz\" }}\nmatch_probability = 0.5\n\
         observer = {{ above = \"5 Hz\", held_over = \"5 ms\", seen_over = \"5 ms\" }}\n"
    ))
}

#[test]
fn tasks_go_on() {
    let recall = std::fs::read_to_string("tests/data/small-recall.toml").unwrap();
    let recall =
        recall.replace("title = \"small recall\"\nsource = \"none\"", "").replace("seed = 3", "");
    let recall = recall.replace("shows = \"recall from degraded patterns\"", "");
    resumes("recall", &recall);
    for order in ["independent", "in_sequence"] {
        resumes(order, &trials(order));
        let learned = trials(order).replace("efficacies = {}", "efficacies = { trials = true }");
        resumes("learned", &learned);
        resumes(
            "items",
            &with_task(&format!(
                "[task.items]\ntrials = 4\norder = \"{order}\"\nload = [1, 2]\nshown = \"one_by_one\"\n\
             between = \"3.3 ms\"\nbefore = \"5.1 ms\"\n\
             stimulus = {{ duration = \"9 ms\", poisson = \"1 kHz\" }}\ndelay = \"12 ms\"\n\
             held = {{ above = \"5 Hz\", window = \"5 ms\" }}\n"
            )),
        );
    }
}

/// What was recorded of a population, spikes or activity, after `at`.
fn after(recording: &Recording, population: &str, at: f64) -> Vec<(u64, Vec<u64>)> {
    let from = |time: f64, row: Vec<u64>| (time > at).then_some((time.to_bits(), row));
    if recording.observable() == ObservableKind::Spikes {
        let (times, neurons) = recording.spikes(population).unwrap();
        let spikes = times.iter().zip(&neurons);
        return spikes.filter_map(|(time, neuron)| from(*time, vec![*neuron])).collect();
    }
    let samples = recording.rates(population).unwrap();
    let rows = samples.time.iter().zip(&samples.values);
    rows.filter_map(|(time, rate)| from(*time, vec![rate.to_bits()])).collect()
}

/// The steps of random courses that begin after `at`, whose values are those of single neurons or of all.
fn drawn_after(recording: &Recording, at: f64) -> Vec<[u64; 5]> {
    let Some(table) = recording.courses().unwrap() else { return Vec::new() };
    let columns = ["time", "neuron", "poisson_hz", "current_mv", "field"].map(|name| {
        match table.column(name) {
            Some(Column::Real(values)) => values.clone(),
            _ => vec![f64::NAN; table.rows()],
        }
    });
    let row = |k: usize| columns.each_ref().map(|column| column[k].to_bits());
    (0..table.rows()).filter(|&k| columns[0][k] > at).map(row).collect()
}

/// A run branches off from another: to the same end, if nothing else is shown, and to others with another future.
pub fn branches(case: &str, text: &str, population: &str, at: f64, random: bool) {
    let folder = tempfile::tempdir().unwrap();
    let document = |text: &str| {
        let text = format!("{HEAD}{text}");
        Document::new(&folder.path().join("t.toml"), text, &[]).unwrap()
    };
    let whole = folder.path().join("whole.h5");
    let whole = part(&document(text), &whole, 2, usize::MAX).unwrap();
    let model_resolved = whole.provenance().unwrap().model_resolved;
    let branch = |name: &str, text: &str, future_seed: Option<u64>, looks: usize| {
        let files_hash = String::new();
        let origin = Origin { model_resolved: model_resolved.clone(), at, future_seed, files_hash };
        let path = folder.path().join(name);
        let branch = loop {
            if let Some(done) = part_from(Some(&origin), &document(text), &path, 2, looks) {
                break done;
            }
        };
        let protocol = branch.protocol().unwrap();
        assert_eq!(protocol[0].start, at, "{case}");
        let verified = Verification::of(&branch).unwrap();
        assert_eq!(verified.differs(), None, "{case}");
        let seen = (after(&branch, population, at), drawn_after(&branch, at));
        (seen, branch.provenance().unwrap())
    };
    let wanted = (after(&whole, population, at), drawn_after(&whole, at));
    assert!(wanted.0.len() > 2, "{case}");
    assert_eq!(wanted.1.is_empty(), !text.contains("courses"), "{case}");
    let (same, provenance) = branch("same.h5", text, None, usize::MAX);
    assert!(same.0 == wanted.0, "{case} goes elsewhere");
    assert_eq!(same.1, wanted.1, "{case}");
    assert_eq!(serde_json::from_str::<Origin>(&provenance.origin).unwrap().at, at);
    let (resumed, told) = branch("resumed.h5", text, None, 3);
    assert!(resumed == wanted && told.data_hash == provenance.data_hash, "{case}");
    let (other, _) = branch("other.h5", text, Some(11), usize::MAX);
    assert_eq!(other.0 != wanted.0, random, "{case} with another future");
    assert_eq!(other.1 != wanted.1, text.contains("courses"), "{case} with another future");
    let (shown, _) =
        branch("shown.h5", &text.replace("pattern = 2", "pattern = 1"), None, usize::MAX);
    assert_eq!(shown.0 != wanted.0, text.contains("pattern = 2"), "{case} with another protocol");
}

#[test]
fn runs_branch_off() {
    for at in [3.5, 20.3, 37.1, 70.0] {
        let text = SPIKING.replace("\"7 ms\"", "\"0.35 ms\"");
        let text = if at > 40.0 { text.replace("pattern = 2", "pattern = 3") } else { text };
        branches("spiking", &text, "E", at, true);
    }
    for order in ["independent", "in_sequence"] {
        branches(order, &trials(order), "E", 10.0, true);
    }
    let ms = protocol("ms").replace("2.3 ms", "0.5 ms").replace("pattern = 1", "pattern = 2");
    for (case, solver, noise, random) in [
        ("adaptive", "\"adaptive\"", "", false),
        ("noise", "{ euler = { step = \"0.5 ms\" } }", ", noise = { sd = 0.2 }", true),
    ] {
        let text = format!("{COUPLED}{GAUSS}{ms}{}", rate(solver, noise));
        branches(case, &text, "N", 4.0, random);
    }
    let sweeps = ms.replace(" ms", " sweeps").replace("9.3", "9");
    let law = "dynamics.binary = { states = \"plus_minus\", update = \"shuffled\", tie = \"keep\", temperature = 0.8 }\n";
    branches("binary", &format!("{COUPLED}{HEBB}{sweeps}{law}"), "N", 4.5, true);
    // What begins at the border is shown anew, also where it is the same.
    let again = sweeps.replace(
        "{ name = \"delay\",",
        &format!("{{ name = \"again\", show = [{}],", SHOW.replace("= 1", "= 2")),
    );
    branches("border", &format!("{COUPLED}{HEBB}{again}{law}"), "N", 20.0, true);
}

#[test]
fn what_was_over_before_a_branch_is_not_expected_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let of = |epoch: &str| {
        format!(
            "{{ population = \"E\", epoch = \"{epoch}\", above = \"0 Hz\", below = \"1 kHz\" }}"
        )
    };
    // No network is as quiet as that.
    let quiet = "expect.spontaneous.overlap_within = \"1e-9 Hz\"\n";
    let text = format!("{HEAD}{SPIKING}{quiet}expect.rate = [{}, {}]\n", of("rest"), of("delay"));
    let document = Document::new(&folder.path().join("t.toml"), text, &[]).unwrap();
    let expected = |recording: &Recording| {
        let verdicts = Summary::of(recording).unwrap().expect;
        verdicts.into_iter().map(|v| (v.expectation, v.met)).collect::<Vec<_>>()
    };
    let whole = part(&document, &folder.path().join("whole.h5"), 1, usize::MAX).unwrap();
    let all = expected(&whole);
    assert_eq!(all.iter().map(|(_, met)| *met).collect::<Vec<_>>(), [false, true, true]);
    let origin = Origin {
        model_resolved: whole.provenance().unwrap().model_resolved,
        at: 30.0,
        future_seed: None,
        files_hash: String::new(),
    };
    let path = folder.path().join("branch.h5");
    let branch = part_from(Some(&origin), &document, &path, 1, usize::MAX).unwrap();
    assert_eq!(expected(&branch), all[2..]);

    // Who stops it before that is not told to read what is not there.
    let (path, threads) = (folder.path().join("early.h5"), Threads::new(1).unwrap());
    let (target, model) =
        ((Sink::File { path: &path, force: false }, None), document.model().unwrap());
    let begun = Experiment::branch(&origin, &document, model, target, &host(), &threads);
    let stopped = begun.unwrap().run(|time| if time < 20.0 { Wish::Continue } else { Wish::Stop });
    let stopped = stopped.unwrap_err();
    assert_eq!(stopped.kind(), Kind::Interrupt);
    let said = stopped.to_string();
    assert!(
        said.contains("before anything was recorded of what follows its past; run it again"),
        "{said}"
    );
}
