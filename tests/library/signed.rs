//! Synapses of both signs from one neuron, and matrices in files.

use attractor::model::{Document, Model};
use attractor::network::Network;
use attractor::simulation::Simulation;
use attractor::work::Threads;
use std::fmt::Write;
use std::path::Path;

const N: usize = 60;

/// J_ij of both signs: neuron i receives from j; some pairs are not connected.
fn efficacy(i: usize, j: usize) -> f64 {
    let x = (7 * i + 13 * j) % 23;
    if i == j || x < 5 { 0.0 } else { 0.25 * (x as f64 - 13.5) }
}

fn model(folder: &Path, tau_syn: &str, projections: &[&str]) -> Model {
    let mut text = format!(
        "title = 't'\nsource = 's'\nshows = 'x'\npopulation.E.size = {N}\n\
         dynamics.spiking.E = {{ tau_m = '20 ms', theta = '20 mV', v_reset = '10 mV', t_ref = '2 ms', current = '18 mV', \
         v_initial = {{ uniform = ['0 mV', '20 mV'] }}, poisson = {{ rate = '1 kHz', efficacy = '0.7 mV', tau_syn = '3 ms' }} }}\n\
         [[protocol]]\nname = 'rest'\nduration = '300 ms'\n"
    );
    for (k, own) in projections.iter().enumerate() {
        write!(
            text,
            "[projection.P{k}]\nfrom = 'E'\nto = 'E'\ndale = false\ndelay = '1.5 ms'\ntau_syn = '{tau_syn}'\n{own}\n"
        )
        .unwrap();
    }
    Document::new(&folder.join("m.toml"), text, &[]).unwrap().model().unwrap()
}

fn wired(model: &Model) -> Network {
    model.wire(&model.draw_patterns()).unwrap()
}

/// Times and neurons of all spikes.
fn spikes(model: &Model, folder: &Path, threads: usize) -> (Vec<f64>, Vec<u64>) {
    let threads = Threads::new(threads).unwrap();
    let simulation = Simulation::new(model.clone(), folder, &threads).unwrap();
    let (times, neurons) = simulation.record().unwrap().spikes("E").unwrap();
    (times, neurons)
}

/// The matrix of those efficacies that `part` keeps, as a model has it.
fn matrix(part: fn(f64) -> f64) -> String {
    let row = |i: usize| {
        let list: Vec<String> = (0..N).map(|j| format!("'{} mV'", part(efficacy(i, j)))).collect();
        format!("[{}]", list.join(", "))
    };
    let rows: Vec<String> = (0..N).map(row).collect();
    format!("connect = 'all_to_all'\nefficacy = {{ matrix = [{}] }}", rows.join(", "))
}

#[test]
fn both_signs_of_one_projection_act_as_two_projections() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let parts = [matrix(|j| j.max(0.0)), matrix(|j| j.min(0.0))];
    for tau_syn in ["5 ms", "0 ms"] {
        let one = model(folder, tau_syn, &[&matrix(|j| j)]);
        let two = model(folder, tau_syn, &[&parts[0], &parts[1]]);
        let network = wired(&one);
        assert!((0..N * N).all(|k| network.efficacy(k / N, k % N) == efficacy(k / N, k % N)));
        let (times, neurons) = spikes(&one, folder, 1);
        assert!(times.len() > 200, "{}", times.len());
        assert_eq!(spikes(&two, folder, 1), (times.clone(), neurons.clone()));
        assert_eq!(spikes(&one, folder, 2), (times, neurons));
    }
}

#[test]
fn a_matrix_in_a_file_is_that_in_the_model() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let mut entries = String::new();
    let mut number = 0;
    for (i, j) in (0..N * N).map(|k| (k / N, k % N)).filter(|&(i, j)| efficacy(i, j) != 0.0) {
        writeln!(entries, "{} {} {}", i + 1, j + 1, efficacy(i, j)).unwrap();
        number += 1;
    }
    let market =
        format!("%%MatrixMarket matrix coordinate real general\n{N} {N} {number}\n{entries}");
    std::fs::write(folder.join("w.mtx"), market).unwrap();
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({N}, {N}), }}");
    header.push('\n');
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.bytes());
    npy.extend((0..N * N).flat_map(|k| efficacy(k / N, k % N).to_le_bytes()));
    std::fs::write(folder.join("w.npy"), npy).unwrap();
    let given = wired(&model(folder, "5 ms", &[&matrix(|j| j)]));
    for name in ["w.mtx", "w.npy"] {
        let read = model(folder, "5 ms", &[&format!("connect = {{ file = '{name}' }}")]);
        // What a recording says of it reads back.
        let again = Document::new(&folder.join("m.toml"), read.to_toml(), &[]).unwrap();
        assert_eq!(again.model().unwrap(), read);
        assert_eq!(wired(&read).projections[0].listed(), given.projections[0].listed());
    }
    let graph =
        format!("%%MatrixMarket matrix coordinate pattern general\n{N} {N} 2\n1 2\n{N} 1\n");
    std::fs::write(folder.join("g.mtx"), graph).unwrap();
    let read = model(folder, "5 ms", &["connect = { file = 'g.mtx' }\nefficacy = '0.5 mV'"]);
    let listed = wired(&read).projections[0].listed();
    assert_eq!((listed.receivers, listed.senders), (vec![(N - 1) as u32, 0], vec![0, 1]));
    assert_eq!(listed.efficacies, [0.5, 0.5]);
}
