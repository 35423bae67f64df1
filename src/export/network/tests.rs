//! Round trips through the file.

use super::*;
use crate::model::Document;

const MODEL: &str = r#"
title = "t"
source = "s"
shows = "x"
[population]
S = { size = 7 }
E = { size = 1500 }
[patterns.E.random]
number = 5
coding_level = 0.2
[dynamics.spiking.S]
spikes = { poisson = "10 Hz" }
[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
current = { normal = { mean = "1 mV", sd = "0.5 mV" } }
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "1 kHz", efficacy = "0.5 mV", tau_syn = "5 ms" }
[projection.S_to_E]
from = "S"
to = "E"
connect = "all_to_all"
efficacy = "0.25 mV"
delay = "1.5 ms"
tau_syn = "3 ms"
[projection.E_to_E]
from = "E"
to = "E"
connect = { probability = 0.1 }
learning = "shared_patterns"
scale = "0.3 mV"
delay = { uniform = ["1 ms", "1.5 ms"] }
tau_syn = "5 ms"
[[protocol]]
name = "rest"
duration = "200 ms"
"#;

fn model() -> Model {
    Document::new("t.toml".as_ref(), MODEL.to_owned(), &[]).unwrap().model().unwrap()
}

/// The network of the model, and the file it was written to.
fn exported() -> (Network, File) {
    let model = model();
    let network = model.wire(&model.draw_patterns()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("net.h5");
    write(&model, &network, &path, false).unwrap();
    assert!(!directory.path().join("net.h5.part").exists());
    let file = File::open(&path).unwrap();
    (network, file)
}

fn column<T: H5Type>(file: &File, name: &str) -> Vec<T> {
    file.dataset(name).unwrap().read_raw().unwrap()
}

#[test]
fn every_synapse_stands_in_the_file() {
    let (network, file) = exported();
    for (wired, synapses) in network.delayed() {
        let name = |column: &str| format!("edges/{}/{column}", wired.name);
        let mut expected = Vec::new();
        for Bundle { delay, blocks } in &synapses.bundles {
            for (rows, block) in blocks.iter().zip(&synapses.blocks) {
                for sender in 0..rows.senders() {
                    let synapses = rows.synapses_of(sender);
                    let receiver = |i: usize| (block.start + i) as u32;
                    expected.extend(synapses.map(|(i, j)| (sender as u32, receiver(i), j, *delay)));
                }
            }
        }
        assert!(expected.len() > 10_000);
        let sources: Vec<u32> = column(&file, &name("source_node_id"));
        let targets: Vec<u32> = column(&file, &name("target_node_id"));
        let weights: Vec<f64> = column(&file, &name("0/syn_weight"));
        let delays: Vec<f64> = column(&file, &name("0/delay"));
        let n = expected.len();
        let mut found: Vec<(u32, u32, f64, f64)> =
            (0..n).map(|k| (sources[k], targets[k], weights[k], delays[k])).collect();
        expected.sort_by(|a, b| a.partial_cmp(b).unwrap());
        found.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!((found, sources.len()), (expected, n));

        let tau_syn = synapses.kernel.plain().unwrap();
        assert_eq!(column::<f64>(&file, &name("0/tau_syn")), vec![tau_syn; n]);
        assert_eq!(column::<u32>(&file, &name("edge_group_id")), vec![0; n]);
        let indices: Vec<u64> = column(&file, &name("edge_group_index"));
        assert!(indices.into_iter().eq(0..n as u64));
    }
}

#[test]
fn neurons_start_in_the_file_as_they_start_in_a_run() {
    let (_, file) = exported();
    let model = model();
    let sections = model.dynamics.cells().unwrap();
    let neurons = sections["E"].neurons().unwrap();
    let second = neurons.draw_portion("E", 1, 750, Seed(model.seed));
    let v: Vec<f64> = column(&file, "nodes/E/0/v_initial");
    assert_eq!((v.len(), &v[750..]), (1500, &second.v[..]));
    // What is random is a column, what is not an attribute.
    assert_eq!(column::<f64>(&file, "nodes/E/0/current")[750..], second.current);
    assert_eq!(column::<f64>(&file, "nodes/E/0/tau_m"), vec![20.0; 1500]);
    assert_eq!(column::<u32>(&file, "nodes/S/node_id"), [0, 1, 2, 3, 4, 5, 6]);
    let attribute = |name: &str| {
        file.group("nodes/E/0").unwrap().attr(name).unwrap().read_scalar::<f64>().unwrap()
    };
    assert_eq!(attribute("external_weight"), 0.5);
    assert_eq!(attribute("t_ref"), 2.0);
    let text = file.attr("model_resolved").unwrap();
    let text = text.read_scalar::<hdf5::types::VarLenUnicode>().unwrap().to_string();
    assert_eq!(Document::new("again".as_ref(), text, &[]).unwrap().model().unwrap(), model);
}

#[test]
fn an_existing_file_is_kept_unless_forced() {
    let model = model();
    let network = model.wire(&model.draw_patterns()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("net.h5");
    std::fs::write(&path, "precious").unwrap();
    let message = write(&model, &network, &path, false).unwrap_err().to_string();
    assert!(message.contains("exists already"), "{message}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    write(&model, &network, &path, true).unwrap();
    assert!(File::open(&path).is_ok());
}
