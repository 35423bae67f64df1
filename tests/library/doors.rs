//! What other front ends do with networks: synapses one by one, spikes given on the way, states in files, commands on what is
//! at hand.

use attractor::cli::{Subject, told};
use attractor::dynamics::{Dynamics, Given, Section, Spike};
use attractor::error::Kind;
use attractor::export::network::write_lists;
use attractor::model::{Document, Model};
use attractor::network::{EdgeList, Network};
use attractor::random::Seed;
use attractor::recording::{load_state, save_state};
use attractor::tape::{OnTape, Tape};
use attractor::work::Over;
use std::path::Path;

const HEAD: &str = r#"
title = "t"
source = "s"
shows = "x"
population = { S = { size = 40 }, E = { size = 1100 } }
dynamics.spiking.S = { spikes = { list = LIST } }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "500 Hz", efficacy = "2 mV", tau_syn = "5 ms" } }
protocol = [{ name = "rest", duration = "100 ms" }]
"#;
const DRAWN: &str = "[projection.S_to_E]\nfrom = 'S'\nto = 'E'\nconnect = { in_degree = 7 }\nmultapses = true\n\
                     efficacy = { lognormal = { mean = '2 mV', cv = 0.5 } }\ndelay = { uniform = ['1 ms', '3 ms'] }\n\
                     tau_syn = '5 ms'\n";

fn model(list: &str, projection: &str, folder: &Path) -> Model {
    let text = format!("{}{projection}", HEAD.replace("LIST", list));
    Document::new(&folder.join("m.toml"), text, &[]).unwrap().model().unwrap()
}

fn wired(model: &Model) -> Network {
    model.wire(&model.draw_patterns()).unwrap()
}

fn started(model: &Model) -> Box<dyn Dynamics> {
    let (patterns, trains) = (model.draw_patterns(), model.read_trains(Path::new("")).unwrap());
    let given = Given { patterns: &patterns, trains: &trains };
    model.dynamics.start(wired(model), given, Seed(model.seed))
}

/// All spikes until `until`, looked at every 3 ms.
fn spikes(network: &mut dyn Dynamics, until: f64) -> Vec<Spike> {
    let mut seen = Vec::new();
    while network.time() < until {
        network.advance((network.time() + 3.0).min(until)).unwrap();
        seen.extend_from_slice(network.observable().spikes());
    }
    seen
}

/// Spikes of sources, as a list of a model and one by one.
fn trains() -> (String, Vec<Spike>) {
    let times = |n: usize| (0..4).map(move |k| ((n * 37 + k * 211) % 900) as f64 / 9.0);
    let lists =
        (0..40).map(|n| times(n).map(|t| format!("'{t} ms'")).collect::<Vec<_>>().join(","));
    let lists = lists.map(|list| format!("[{list}]")).collect::<Vec<_>>().join(",");
    let spike = |n: usize| times(n).map(move |time| Spike { time, neuron: n as u32 });
    (format!("[{lists}]"), (0..40).flat_map(spike).collect())
}

#[test]
fn given_spikes_are_as_if_they_had_been_listed() {
    let (list, given) = trains();
    let folder = Path::new("");
    let listed = spikes(&mut *started(&model(&list, DRAWN, folder)), 100.0);
    let mut network = started(&model("[]", DRAWN, folder));
    network.external_input().unwrap().fire(&given).unwrap();
    assert_eq!(spikes(&mut *network, 100.0), listed);
    // In two halves, the second one long before its time.
    let mut network = started(&model("[]", DRAWN, folder));
    let (early, late): (Vec<Spike>, Vec<Spike>) = given.iter().partition(|s| s.time < 50.0);
    network.external_input().unwrap().fire(&early).unwrap();
    let mut seen = spikes(&mut *network, 20.0);
    network.external_input().unwrap().fire(&late).unwrap();
    seen.extend(spikes(&mut *network, 100.0));
    assert_eq!(seen, listed);
    assert!(listed.iter().filter(|spike| spike.neuron >= 40).count() > 100);
}

#[test]
fn a_spike_within_the_window_that_runs_comes_in_time() {
    let mut network = started(&model("[['2.5 ms']]", DRAWN, Path::new("")));
    network.advance(2.1).unwrap();
    network.external_input().unwrap().fire(&[Spike { time: 2.2, neuron: 5 }]).unwrap();
    let own: Vec<Spike> =
        spikes(&mut *network, 10.0).into_iter().filter(|spike| spike.neuron < 40).collect();
    let expected = [Spike { time: 2.2, neuron: 5 }, Spike { time: 2.5, neuron: 0 }];
    assert_eq!(own, expected);
    let late = network.external_input().unwrap().fire(&[Spike { time: 9.9, neuron: 5 }]);
    assert!(late.unwrap_err().to_string().contains("what is past cannot be changed"));
    let drawn = network.external_input().unwrap().fire(&[Spike { time: 99.0, neuron: 50 }]);
    assert!(drawn.unwrap_err().to_string().starts_with("dynamics.spiking.E: found a spike"));
}

#[test]
fn given_spikes_are_part_of_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let (_, given) = trains();
    let model = model("[]", DRAWN, folder.path());
    let mut network = started(&model);
    network.external_input().unwrap().fire(&given).unwrap();
    network.advance(33.3).unwrap();
    let path = folder.path().join("network.state");
    let mut tape = Tape::blank();
    network.pass(&mut tape);
    save_state(&path, tape).unwrap();
    let mut again = started(&model);
    let mut tape = load_state(&path).unwrap();
    again.pass(&mut tape);
    tape.end().unwrap();
    assert_eq!(spikes(&mut *again, 100.0), spikes(&mut *network, 100.0));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(load_state(&path).unwrap_err().to_string().contains("damaged"));
    assert!(save_state(&folder.path().join("no/state"), Tape::blank()).is_err());
}

#[test]
fn synapses_are_listed_and_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let file = "[projection.S_to_E]\nfrom = 'S'\nto = 'E'\nconnect = { file = 'net.h5' }\ntau_syn = '5 ms'\n";
    // Whole multiples come back exactly, others in single precision.
    for (efficacy, within) in
        [("{ lognormal = { mean = '2 mV', cv = 0.5 } }", 1e-7), ("'0.3 mV'", 0.0)]
    {
        let drawn = DRAWN.replace("{ lognormal = { mean = '2 mV', cv = 0.5 } }", efficacy);
        let listed = wired(&model("[]", &drawn, folder)).projections[0].listed();
        assert_eq!(listed.senders.len(), 7 * 1100);
        write_lists(&[("S_to_E", ["S", "E"], listed.clone())], &folder.join("net.h5"), true)
            .unwrap();
        let again = wired(&model("[]", file, folder)).projections[0].listed();
        assert_eq!((&again.senders, &again.receivers), (&listed.senders, &listed.receivers));
        assert_eq!(again.delays, listed.delays);
        let pairs = again.efficacies.iter().zip(&listed.efficacies);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() <= within * b.abs()), "{efficacy}");
    }
    let counts = EdgeList {
        senders: vec![3, 3, 4],
        receivers: vec![0, 1, 1],
        efficacies: [1.0, 7.0, 63.0].map(|n| 0.23 * n).to_vec(),
        delays: vec![1.0; 3],
    };
    write_lists(&[("S_to_E", ["S", "E"], counts.clone())], &folder.join("net.h5"), true).unwrap();
    assert_eq!(wired(&model("[]", file, folder)).projections[0].listed(), counts);
    assert!(write_lists(&[], &folder.join("net.h5"), false).is_err());
}

#[test]
fn couplings_are_listed_without_those_that_are_not() {
    let document = Document::read("models/letters.toml".as_ref(), &[]).unwrap();
    let network = wired(&document.model().unwrap());
    let listed = network.projections[0].listed();
    let ends = listed.senders.iter().zip(&listed.receivers).zip(&listed.efficacies);
    for ((&j, &i), &efficacy) in ends {
        assert_eq!(efficacy, network.efficacy(i as usize, j as usize));
    }
    let (n, all) = (network.neurons(), listed.efficacies.len());
    let zeros = (0..n * n).filter(|k| network.efficacy(k / n, k % n) == 0.0).count();
    assert_eq!(all + zeros, n * n);
}

fn words(line: &str) -> Vec<std::ffi::OsString> {
    line.split_whitespace().map(Into::into).collect()
}

#[test]
fn a_command_works_on_what_is_at_hand() {
    let document = Document::read("models/letters.toml".as_ref(), &[]).unwrap();
    let (text, good) =
        told(words("attractor states M --json"), Subject::Model(&document), &Over::default())
            .unwrap();
    assert!(good && text.contains("fixed_points"), "{text}");
    let (list, _) =
        told(words("attractor reproduce --list"), Subject::Named, &Over::default()).unwrap();
    assert!(list.lines().count() > 20);
    let refused =
        |line: &str, subject| told(words(line), subject, &Over::default()).unwrap_err().to_string();
    let error = refused("attractor run models/letters.toml", Subject::Named);
    assert!(error.contains("listens to the keyboard"), "{error}");
    let error = refused("attractor statse", Subject::Named);
    assert!(error.starts_with("unrecognized subcommand 'statse'"), "{error}");
    // What takes long ends when nobody waits for it any more.
    let over = Over::default();
    over.set();
    let ended = |line: &str, name: &str| {
        let document = Document::read(name.as_ref(), &[]).unwrap();
        let told = told(words(line), Subject::Model(&document), &over);
        assert_eq!(told.unwrap_err().kind(), Kind::Interrupt, "{line}");
    };
    ended("attractor states M", "models/letters.toml");
    ended("attractor states M", "models/flip-flop.toml");
    ended("attractor theory M", "models/memory-1000.toml");
    ended("attractor sweep M --plan --json", "models/memory-1000.toml");
    let error = refused("attractor states M --starts 3", Subject::Model(&document));
    assert!(error.starts_with("--starts: found a binary network"), "{error}");
}
