//! Networks from files: what was exported comes back to the last bit, and what other programs wrote as far as it tells.

use attractor::export::network;
use attractor::model::{Document, Model};
use attractor::network::Network;
use attractor::recording::Recording;
use attractor::simulation::Simulation;
use attractor::work::Threads;
use hdf5::File;
use std::path::Path;

const HEAD: &str = r#"
title = "t"
source = "s"
shows = "x"
population.E.size = 1100
population.I.size = 300
patterns.E.random = { number = 30, coding_level = 0.2 }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", v_initial = { uniform = ["0 mV", "20 mV"] }, poisson = { rate = "1.2 kHz", efficacy = "1 mV", tau_syn = "2 ms" } }
dynamics.spiking.I = { tau_m = { uniform = ["8 ms", "12 ms"] }, theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", poisson = { rate = "1.5 kHz", efficacy = "1 mV", tau_syn = "2 ms" } }
[[protocol]]
name = "rest"
duration = "150 ms"
"#;

/// E to E and I to E, connected as `own` and `back` say.
fn model(folder: &Path, own: &str, back: &str) -> Result<Model, String> {
    let text = format!(
        "{HEAD}[projection.E_to_E]\nfrom = 'E'\nto = 'E'\n{own}\n[projection.I_to_E]\nfrom = 'I'\nto = 'E'\n{back}\n"
    );
    let document = Document::new(&folder.join("m.toml"), text, &[]).unwrap();
    let model = document.model().map_err(|e| e.to_string())?;
    // The model of a recording is the same.
    let again = Document::new(&folder.join("m.toml"), model.to_toml(), &[]).unwrap().model();
    assert_eq!(again.map_err(|e| e.to_string()), Ok(model.clone()));
    Ok(model)
}

fn wired(model: &Model) -> Result<Network, String> {
    model.wire(&model.draw_patterns()).map_err(|e| e.to_string())
}

fn record(model: &Model, folder: &Path, threads: usize) -> Recording {
    let threads = Threads::new(threads).unwrap();
    Simulation::new(model.clone(), folder, &threads).unwrap().record().unwrap()
}

const BACK: &str = "connect = { in_degree = 40 }\nmultapses = true\ndelay = '1 ms'\ntau_syn = '3 ms'\n\
                    efficacy = { normal = { mean = '-0.3 mV', sd = '0.2 mV' } }";
const FILE: &str = "connect = { file = 'net.h5' }";

/// Exports the network of `own` and its run, and compares with those of the file.
fn assert_returns(own: &str) {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let original = model(folder, own, BACK).unwrap();
    let network = wired(&original).unwrap();
    network::write(&original, &network, &folder.join("net.h5"), false).unwrap();
    let copied = model(folder, FILE, FILE).unwrap();
    let copy = wired(&copied).unwrap();
    for (copy, first) in copy.delayed().zip(network.delayed()) {
        assert!(copy.1.bundles == first.1.bundles, "{own}: {}", first.0.name);
        assert_eq!((&copy.1.kernel, copy.1.short_term), (&first.1.kernel, first.1.short_term));
    }
    let [first, again] = [record(&original, folder, 2), record(&copied, folder, 1)];
    let spikes = first.spikes("E").unwrap().0.len();
    assert!(spikes > 100, "{spikes}");
    let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
    assert_eq!(hash(&again), hash(&first), "{own}");
    // An exported copy is the same file of synapses.
    network::write(&copied, &copy, &folder.join("again.h5"), false).unwrap();
    let exported = |name: &str| File::open(folder.join(name)).unwrap();
    let column = |file: &File, name: &str| file.dataset(name).unwrap().read_raw::<f64>().unwrap();
    let all = ["source_node_id", "target_node_id", "0/syn_weight", "0/delay", "0/tau_syn"];
    let kernel = &network.delayed().next().unwrap().1.kernel;
    let plain = usize::from(kernel.plain().is_some());
    for name in &all[..4 + plain] {
        let name = format!("edges/E_to_E/{name}");
        assert_eq!(column(&exported("again.h5"), &name), column(&exported("net.h5"), &name));
    }
}

#[test]
fn an_exported_network_runs_as_it_did() {
    let rule = "connect = { probability = 0.1 }\ntau_syn = '5 ms'";
    for own in [
        "efficacy = '0.1 mV'\ndelay = '1.5 ms'",
        "efficacy = '0.1 mV'\ndelay = { uniform = ['0.5 ms', '3 ms'] }",
        "efficacy = { lognormal = { mean = '0.1 mV', cv = 2.0 } }\ndelay = '1 ms'",
        "efficacy = { exponential = { mean = '0.1 mV' } }\ndelay = { normal = { mean = '2 ms', sd = '1 ms' } }\n\
         delay_step = '0.3 ms'",
        "learning = 'shared_patterns'\nscale = '0.03 mV'\ndelay = '1 ms'",
        "learning = 'shared_patterns'\nscale = '0.03 mV'\ndelay = { exponential = { mean = '2 ms' } }",
        "learning = 'hebb'\npart = 'positive'\nscale = '0.1 mV'\ndelay = { uniform = ['1 ms', '2 ms'] }",
        "efficacy = '0.3 mV'\ndelay = '1 ms'\nshort_term = { U = 0.2, tau_d = '200 ms', tau_f = '1.5 s' }",
        "efficacy = '0.3 mV'\ndelay = '1 ms'\n\
         short_term = { U = 0.2, tau_d = '200 ms', tau_f = '1.5 s', release = 'before_jump' }",
    ] {
        assert_returns(&format!("{rule}\n{own}"));
    }
    for course in [
        "{ decay = '3 ms', rise = '1 ms' }",
        "[{ decay = '3 ms', share = 0.3 }, { decay = '50 ms', rise = '2 ms' }]",
    ] {
        assert_returns(&format!(
            "connect = {{ probability = 0.1 }}\nefficacy = '0.1 mV'\ndelay = '1 ms'\ntau_syn = {course}"
        ));
    }
    assert_returns(
        "connect = 'all_to_all'\nautapses = true\nefficacy = '0.01 mV'\ndelay = '1 ms'\ntau_syn = '0 ms'",
    );
}

#[test]
fn counts_that_do_not_fit_beside_their_target_come_back() {
    let many = HEAD.replace("number = 30, coding_level = 0.2", "number = 200, coding_level = 0.5");
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let model = |own: &str| {
        let text = format!("{many}[projection.E_to_E]\nfrom = 'E'\nto = 'E'\n{own}\n");
        Document::new(&folder.join("m.toml"), text, &[]).unwrap().model().unwrap()
    };
    let original = model(
        "connect = { probability = 0.02 }\ntau_syn = '5 ms'\ndelay = '1 ms'\nlearning = 'shared_patterns'\n\
         scale = '0.001 mV'",
    );
    let network = wired(&original).unwrap();
    network::write(&original, &network, &folder.join("net.h5"), false).unwrap();
    let copy = wired(&model(FILE)).unwrap();
    let bundles = |network: &Network| network.projections[0].delayed().unwrap().bundles.clone();
    assert!(bundles(&copy) == bundles(&network));
}

/// What another program might write: /edges/`name` from E to E.
struct Foreign {
    file: File,
}

impl Foreign {
    fn new(folder: &Path, name: &str, senders: &[i64], receivers: &[i64]) -> Self {
        let file = File::create(folder.join("net.h5")).unwrap();
        let edges = file.create_group("edges").unwrap().create_group(name).unwrap();
        edges.create_group("0").unwrap();
        for (name, ids) in [("source_node_id", senders), ("target_node_id", receivers)] {
            edges.new_dataset_builder().with_data(ids).create(name).unwrap();
        }
        Self { file }
    }

    fn column(self, name: &str, values: &[f64], units: Option<&str>) -> Self {
        let data = self.file.new_dataset_builder().with_data(values).create(name).unwrap();
        if let Some(units) = units {
            let units: hdf5::types::VarLenUnicode = units.parse().unwrap();
            let attribute = data.new_attr::<hdf5::types::VarLenUnicode>().create("units").unwrap();
            attribute.write_scalar(&units).unwrap();
        }
        self
    }

    fn close(self) {
        self.file.close().unwrap();
    }
}

/// All synapses of E to E: (sender, receiver, efficacy, delay).
fn synapses(network: &Network) -> Vec<(usize, usize, f64, f64)> {
    let mut all = Vec::new();
    for bundle in &network.projections[0].delayed().unwrap().bundles {
        let mut first = 0;
        for rows in &bundle.blocks {
            for j in 0..rows.senders() {
                let own = rows.synapses_of(j);
                all.extend(own.map(|(target, w)| (j, first + target, w, bundle.delay)));
            }
            // 1100 neurons are two blocks.
            first += 550;
        }
    }
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all
}

#[test]
fn edges_of_others_are_read_as_far_as_they_tell() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let tau = format!("{FILE}\ntau_syn = '5 ms'");
    let read = |own: &str| wired(&model(folder, own, BACK).unwrap());
    let named = |name: &str| {
        Foreign::new(folder, name, &[7, 1099, 0, 7], &[1099, 3, 0, 2])
            .column(&format!("edges/{name}/0/syn_weight"), &[0.5, 0.25, 1.0, 2.0], None)
            .column(&format!("edges/{name}/0/delay"), &[2.0, 1.0, 1.0, 2.0], None)
    };
    named("x_to_y").close();
    let expected = [(0, 0, 1.0, 1.0), (7, 2, 2.0, 2.0), (7, 1099, 0.5, 2.0), (1099, 3, 0.25, 1.0)];
    assert_eq!(synapses(&read(&tau).unwrap()), expected);

    // Units are converted, and places in the group are kept.
    Foreign::new(folder, "E", &[0, 1, 2], &[5, 6, 7])
        .column("edges/E/0/syn_weight", &[0.002, 0.001, 0.003], Some("V"))
        .column("edges/E/0/delay", &[1000.0, 1000.0, 2400.0], Some("us"))
        .column("edges/E/edge_group_index", &[1.0, 0.0, 2.0], None)
        .close();
    let expected = [(0, 5, 1.0, 1.0), (1, 6, 2.0, 1.0), (2, 7, 3.0, 2.4)];
    let found = synapses(&read(&tau).unwrap());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!((found.0, found.1, found.3), (expected.0, expected.1, expected.3));
        assert!((found.2 / expected.2 - 1.0).abs() < 1e-7, "{found:?}");
    }
    assert_eq!(found.len(), 3);
    // A step rounds the delays of the file.
    let rounded = synapses(&read(&format!("{tau}\ndelay_step = '0.5 ms'")).unwrap());
    assert_eq!(rounded.iter().map(|s| s.3).collect::<Vec<_>>(), [1.0, 1.0, 2.5]);

    // What the file lacks the model says, of every synapse or at random.
    Foreign::new(folder, "E", &[0, 1, 1, 2], &[5, 600, 6, 7]).close();
    let given = format!("{tau}\nefficacy = '0.3 mV'\ndelay = '1.5 ms'");
    let expected = [(0, 5), (1, 6), (1, 600), (2, 7)].map(|(j, i)| (j, i, 0.3, 1.5));
    assert_eq!(synapses(&read(&given).unwrap()), expected);
    let random = format!(
        "{tau}\nefficacy = {{ uniform = ['1 mV', '2 mV'] }}\ndelay = {{ uniform = ['1 ms', '3 ms'] }}"
    );
    let found = synapses(&read(&random).unwrap());
    assert_eq!(found.iter().map(|s| (s.0, s.1)).collect::<Vec<_>>(), expected.map(|s| (s.0, s.1)));
    assert!(found.iter().all(|s| (1.0..2.0).contains(&s.2) && (1.0..=3.0).contains(&s.3)));
    assert!(found[0].2 != found[1].2);
}

#[test]
fn too_many_delays_are_refused_until_a_step_rounds_them() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let ids: Vec<i64> = (0..5000).map(|k| k % 1100).collect();
    let delays: Vec<f64> = (0..5000).map(|k| 1.0 + f64::from(k) * 1e-3).collect();
    Foreign::new(folder, "E_to_E", &ids, &ids)
        .column("edges/E_to_E/0/syn_weight", &vec![0.1; 5000], None)
        .column("edges/E_to_E/0/delay", &delays, None)
        .close();
    let read = |step: &str| {
        wired(&model(folder, &format!("{FILE}\ntau_syn = '5 ms'\n{step}"), BACK).unwrap())
    };
    let message = read("").unwrap_err();
    assert!(message.contains("found 5000 different delays in /edges/E_to_E of"), "{message}");
    assert!(message.contains("at most 4096") && message.contains("delay_step"), "{message}");
    let network = read("delay_step = '0.1 ms'").unwrap();
    let bundles = &network.projections[0].delayed().unwrap().bundles;
    let delays: Vec<f64> = bundles.iter().map(|bundle| bundle.delay).collect();
    assert_eq!((delays.len(), delays[0], delays[50]), (51, 1.0, 6.0));
}

#[test]
fn the_order_of_edges_does_not_matter() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let own = "connect = { probability = 0.05 }\ntau_syn = '5 ms'\ndelay = { uniform = ['1 ms', '2 ms'] }\n\
               efficacy = { lognormal = { mean = '0.1 mV', cv = 1.0 } }";
    let original = model(folder, own, BACK).unwrap();
    let network = wired(&original).unwrap();
    let mut all = synapses(&network);
    // Some other order.
    all.sort_by_key(|s| (s.1 * 7919 + s.0 * 104_729) % 65_537);
    let ids = |of: fn(&(usize, usize, f64, f64)) -> usize| -> Vec<i64> {
        all.iter().map(|s| of(s) as i64).collect()
    };
    Foreign::new(folder, "E_to_E", &ids(|s| s.0), &ids(|s| s.1))
        .column("edges/E_to_E/0/syn_weight", &all.iter().map(|s| s.2).collect::<Vec<_>>(), None)
        .column("edges/E_to_E/0/delay", &all.iter().map(|s| s.3).collect::<Vec<_>>(), None)
        .close();
    let copy = wired(&model(folder, &format!("{FILE}\ntau_syn = '5 ms'"), BACK).unwrap()).unwrap();
    let bundles = |network: &Network| network.projections[0].delayed().unwrap().bundles.clone();
    assert!(bundles(&copy) == bundles(&network));
}

#[test]
fn a_recording_is_read_without_the_file_but_only_that_file_is_run_again() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let written = |weight: f64| {
        Foreign::new(folder, "E_to_E", &[0, 1], &[1, 2])
            .column("edges/E_to_E/0/syn_weight", &[weight, weight], None)
            .column("edges/E_to_E/0/delay", &[1.0, 1.0], None)
            .close();
    };
    written(0.5);
    let resolved = model(folder, &format!("{FILE}\ntau_syn = '5 ms'"), BACK).unwrap();
    let again = || Document::new(&folder.join("m.toml"), resolved.to_toml(), &[]).unwrap().model();
    std::fs::remove_file(folder.join("net.h5")).unwrap();
    assert_eq!(again().unwrap(), resolved);
    let message = wired(&resolved).unwrap_err();
    assert!(message.contains("no readable file"), "{message}");
    written(0.25);
    let message = wired(&resolved).unwrap_err();
    assert!(message.contains("is another file") && message.contains("SHA-256"), "{message}");
    written(0.5);
}
