//! Efficacies that are recorded are those of the network in motion, and come back to the last bit.

use crate::common::host;
use attractor::analysis::learned::histograms;
use attractor::dynamics::Dynamics;
use attractor::experiment::Experiment;
use attractor::export::network;
use attractor::model::Document;
use attractor::network::{EdgeList, Network};
use attractor::recording::{Recording, Sink};
use attractor::report::Verification;
use attractor::table::Column;
use attractor::work::Threads;
use std::path::Path;

const NEURONS: &str = r#"
title = "t"
source = "s"
shows = "w"
seed = 3
population = { E = { size = 1300 }, I = { size = 200 } }
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "2.6 kHz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
dynamics.spiking.I = { tau_m = "10 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", poisson = { rate = "5 kHz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
"#;

/// Depression drives many synapses of E to 0; those of I grow.
const LEARNING: &str = r#"
projection.E_to_E = { from = "E", to = "E", connect = { probability = 0.05 }, efficacy = { uniform = ["0.01 mV", "0.1 mV"] }, tau_syn = "5 ms", delay = "1.1 ms", plasticity.pair = { potentiation = "0.01 mV", depression = "0.04 mV", tau_pre = "20 ms", tau_post = "20 ms", max = "0.2 mV" } }
projection.I_to_E = { from = "I", to = "E", connect = { in_degree = 20 }, multapses = true, efficacy = "-0.3 mV", tau_syn = "4 ms", delay = "0.9 ms", plasticity.inhibitory = { learning_rate = "0.05 mV", target = "3 Hz", tau = "20 ms", max = "2 mV" } }
protocol = [
    { name = "early", duration = "40 ms" },
    { name = "late", duration = "50.3 ms" },
    { name = "held", duration = "20 ms", plasticity = false },
]
"#;

fn document(folder: &Path, text: &str) -> Document {
    let text = format!("{NEURONS}{text}");
    Document::new(&folder.join("m.toml"), text, &[]).unwrap()
}

fn run(document: &Document, path: &Path, threads: usize) -> Recording {
    let host = host();
    let target = (Sink::File { path, force: false }, None);
    let threads = Threads::new(threads).unwrap();
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let mut experiment = Experiment::begin(document, model, target, &host, &threads).unwrap();
    experiment.run(|_| attractor::simulation::Wish::Continue).unwrap();
    experiment.finish().unwrap()
}

fn wired(document: &Document) -> Network {
    let model = document.model().unwrap_or_else(|e| panic!("{e}"));
    model.wire(&model.draw_patterns()).unwrap()
}

/// Sender, receiver, and the bits of the efficacy and of the delay.
type Edge = (u32, u32, u64, u64);

fn edges(list: &EdgeList) -> Vec<Edge> {
    let edge = |k: usize| {
        let bits = (list.efficacies[k].to_bits(), list.delays[k].to_bits());
        (list.senders[k], list.receivers[k], bits.0, bits.1)
    };
    let mut edges: Vec<Edge> = (0..list.senders.len()).map(edge).collect();
    edges.sort_unstable();
    edges
}

/// Those of a recording at moment `k`.
fn recorded(recording: &Recording, projection: &str, k: usize) -> Vec<Edge> {
    let found = recording.efficacies(projection).unwrap().unwrap();
    edges(&EdgeList {
        senders: found.senders.iter().map(|&n| n as u32).collect(),
        receivers: found.receivers.iter().map(|&n| n as u32).collect(),
        efficacies: found.at(k).to_vec(),
        delays: vec![found.delay; found.senders.len()],
    })
}

fn assert_sound(recording: &Recording) {
    let verified = Verification::of(recording).unwrap();
    assert_eq!(verified.differs(), None, "{verified}");
    let names: Vec<&str> = verified.checks.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"efficacies of E_to_E"), "{names:?}");
}

#[test]
fn what_was_learned_is_recorded_and_comes_back_to_the_last_bit() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let unrecorded = run(&document(folder, LEARNING), &folder.join("plain.h5"), 1);
    let learning = document(folder, &format!("record.efficacies = {{}}\n{LEARNING}"));
    let recording = run(&learning, &folder.join("run.h5"), 2);
    assert_sound(&recording);
    let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
    assert_eq!(hash(&recording), hash(&unrecorded));
    assert_eq!(recording.learned().unwrap(), ["E_to_E", "I_to_E"]);
    assert!(unrecorded.learned().unwrap().is_empty());

    // 40 bins up to the largest |J|, at four moments.
    let table = histograms(&recording).unwrap().unwrap();
    assert_eq!((table.rows(), histograms(&unrecorded).unwrap()), (2 * 4 * 40, None));
    let Some(Column::Real(from)) = table.column("from_mv") else { panic!() };
    let Some(Column::Real(to)) = table.column("to_mv") else { panic!() };
    let Some(Column::Whole(number)) = table.column("synapses") else { panic!() };
    for (p, name) in ["E_to_E", "I_to_E"].into_iter().enumerate() {
        let found = recording.efficacies(name).unwrap().unwrap();
        for k in 0..4 {
            let mut counted = 0;
            for row in (4 * p + k) * 40..(4 * p + k + 1) * 40 {
                let last = row % 40 == 39;
                let within = |j: &&f64| from[row] <= j.abs() && (j.abs() < to[row] || last);
                let slow = found.at(k).iter().filter(within).count() as u64;
                assert_eq!(number[row], slow, "{name} {k} {}", from[row]);
                counted += slow;
            }
            assert_eq!(counted as usize, found.senders.len());
        }
    }

    // As wired, as in the network in motion, and held.
    let (network, mut engine) =
        (wired(&learning), crate::common::engine(&learning.model().unwrap()));
    for (k, own) in network.projections.iter().enumerate() {
        let of = |moment: usize| recorded(&recording, &own.name, moment);
        assert_eq!(of(0), edges(&own.listed()), "{}", own.name);
        let moments = recording.efficacies(&own.name).unwrap().unwrap().time;
        assert_eq!(moments, [0.0, 40.0, 90.3, 110.3]);
        for moment in [1, 2] {
            engine.advance(moments[moment]).unwrap();
            assert_eq!(of(moment), edges(&engine.plastic(k).unwrap()), "{} {moment}", own.name);
            assert_ne!(of(moment), of(moment - 1));
        }
        assert_eq!(of(3), of(2));
        engine = crate::common::engine(&learning.model().unwrap());
    }
    let nothing = |bits: u64| f64::from_bits(bits) == 0.0;
    assert!(recorded(&recording, "E_to_E", 2).iter().filter(|edge| nothing(edge.2)).count() > 100);

    // They come back: the last ones, those of an epoch, held by the rule or without it, and by way of an export.
    let loaded = |keys: &str, rule: &str| {
        let projection = |name: &str, rule: &str| {
            let from = &name[..1];
            format!(
                "projection.{name} = {{ from = \"{from}\", to = \"E\", tau_syn = \"5 ms\", connect = {{ file = {{ path = \
                 \"run.h5\"{keys} }} }}{rule} }}\n"
            )
        };
        let text = [projection("E_to_E", rule), projection("I_to_E", "")].concat();
        let held = if rule.is_empty() { "" } else { ", plasticity = false" };
        document(
            folder,
            &format!("{text}protocol = [{{ name = \"on\", duration = \"200 ms\"{held} }}]\n"),
        )
    };
    let rule = ", plasticity.pair = { potentiation = \"0.01 mV\", depression = \"0.04 mV\", tau_pre = \"20 ms\", tau_post = \
                \"20 ms\", max = \"0.2 mV\" }";
    for (keys, moment) in [("", 3), (", epoch = \"early\"", 1), (", epoch = \"late\"", 2)] {
        for rule in ["", rule] {
            let again = wired(&loaded(keys, rule));
            for own in &again.projections {
                assert_eq!(edges(&own.listed()), recorded(&recording, &own.name, moment), "{keys}");
            }
        }
    }
    let (free, held) = (loaded("", ""), loaded("", rule));
    let first = run(&free, &folder.join("free.h5"), 1);
    assert!(first.spikes("E").unwrap().0.len() > 200);
    assert_eq!(hash(&run(&held, &folder.join("held.h5"), 2)), hash(&first));
    let network = wired(&free);
    network::write(&free.model().unwrap(), &network, &folder.join("net.h5"), false).unwrap();
    let text = "projection.E_to_E = { from = \"E\", to = \"E\", connect = { file = \"net.h5\" } }\n\
                protocol = [{ name = \"on\", duration = \"60 ms\" }]\n";
    let exported = wired(&document(folder, text));
    assert_eq!(exported.projections[0].listed(), network.projections[0].listed());

    let column = "edges/E_to_E/0/syn_weight";
    let file = hdf5::File::open_rw(folder.join("net.h5")).unwrap();
    file.dataset(column).unwrap().attr("unit").unwrap().write_scalar(&0.5).unwrap();
    file.close().unwrap();
    let read = document(folder, text).model();
    let read = read.and_then(|model| model.wire(&model.draw_patterns()).map(|_| ()));
    let refused = read.unwrap_err().to_string();
    assert!(refused.contains("exact efficacies (`syn_weight`) of another unit"), "{refused}");

    let refused = loaded(", epoch = \"lat\"", "").model().unwrap_err().to_string();
    assert!(refused.contains("found no efficacies at the end of an epoch `lat`"), "{refused}");
    assert!(refused.contains("ends of `early`, `late`, `held`; did you mean `late`"), "{refused}");
    let refused =
        document(folder, &text.replace("\"net.h5\"", "{ path = \"net.h5\", epoch = \"on\" }"));
    let refused = refused.model().unwrap_err().to_string();
    assert!(refused.contains("it is no recording with `[record] efficacies`"), "{refused}");
}

/// Of chosen projections and epochs.
#[test]
fn what_is_named_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let some = "record.efficacies = { projections = [\"E_to_E\"], epochs = [\"late\"] }\n";
    let recording = run(&document(folder, &format!("{some}{LEARNING}")), &folder.join("run.h5"), 1);
    assert_sound(&recording);
    assert_eq!(recording.learned().unwrap(), ["E_to_E"]);
    assert_eq!(recording.efficacies("E_to_E").unwrap().unwrap().time, [0.0, 90.3]);
    assert_eq!(recording.efficacies("I_to_E").unwrap(), None);
}

/// What the rule could not have left is told.
#[test]
fn efficacies_beyond_their_bounds_differ() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5");
    let learning = document(directory.path(), &format!("record.efficacies = {{}}\n{LEARNING}"));
    drop(run(&learning, &path, 1));
    let change = |name: &str, row: usize, value: f64| {
        let file = hdf5::File::open_rw(&path).unwrap();
        let column = file.dataset(name).unwrap();
        let before = column.read_slice_1d::<f64, _>((row, 0..1)).unwrap()[0];
        column.write_slice(&[value], (row, 0..1)).unwrap();
        before
    };
    let told = || {
        let recording = Recording::open(&path).unwrap();
        let verified = Verification::of(&recording).unwrap();
        let outcome = verified.checks.into_iter().find(|(name, _)| name == "efficacies of E_to_E");
        format!("{:?}", outcome.unwrap().1)
    };
    let name = "efficacies/E_to_E/efficacy";
    for (row, value, expected) in
        [(1, 0.3, "beyond"), (2, -0.1, "not of the sign"), (3, 0.1234, "held")]
    {
        let before = change(name, row, value);
        let told = told();
        assert!(told.starts_with("Differs") && told.contains(expected), "{told}");
        change(name, row, before);
    }
    assert!(told().starts_with("Holds"));
}

/// Puts other values in the place of a column, with the attribute of neurons.
fn replaced<T: hdf5::H5Type>(file: &hdf5::File, path: &str, shape: &[usize], values: &[T]) {
    file.unlink(path).unwrap();
    let column = file.new_dataset::<T>().shape(shape).create(path).unwrap();
    column.write_raw(values).unwrap();
    let population: hdf5::types::VarLenUnicode = "E".parse().unwrap();
    let attribute = column.new_attr::<hdf5::types::VarLenUnicode>().create("node_population");
    attribute.unwrap().write_scalar(&population).unwrap();
}

/// What a recording holds of learned synapses, changed by others, is neither loaded nor verified.
#[test]
fn hostile_efficacies_are_refused() {
    type Change = fn(&hdf5::File);
    const GROUP: &str = "efficacies/E_to_E";
    const OTHER: &str = "stands in another file";
    const GRAPH: &str = "the hash that stands beside them is of others";
    fn column(file: &hdf5::File, name: &str) -> hdf5::Dataset {
        file.dataset(&format!("{GROUP}/{name}")).unwrap()
    }
    fn elsewhere(file: &hdf5::File, path: &str) {
        file.unlink(path).unwrap();
        file.link_external("other.h5", path, path).unwrap();
    }
    let changes: [(Change, &str, &str); 14] = [
        (|file| elsewhere(file, "efficacies"), OTHER, OTHER),
        (|file| elsewhere(file, GROUP), OTHER, OTHER),
        (|file| elsewhere(file, "efficacies/E_to_E/efficacy"), OTHER, OTHER),
        (
            |file| column(file, "efficacy").write_slice(&[1e300], (3, 0..1)).unwrap(),
            "an efficacy of 1e300 mV of synapse 0",
            "has the value 1e300 mV",
        ),
        (
            |file| column(file, "efficacy").write_slice(&[-0.1], (3, 0..1)).unwrap(),
            "all of them are finite and of one sign",
            "-0.1 mV is not of the sign of",
        ),
        (
            |file| column(file, "time").write_slice(&[f64::NAN], 2..3).unwrap(),
            "the time NaN after 40.0 ms",
            "is NaN after 40.0",
        ),
        (
            |file| column(file, "time").write_slice(&[10.0], 2..3).unwrap(),
            "the time 10.0 after 40.0 ms",
            "is 10.0 after 40.0",
        ),
        (
            |file| {
                let ids = column(file, "source_node_id").read_raw::<f64>().unwrap();
                replaced(file, "efficacies/E_to_E/source_node_id", &[ids.len()], &ids);
            },
            "a column `source_node_id` of float64",
            "another kind",
        ),
        (
            |file| {
                let before = column(file, "efficacy");
                let values = vec![0_u64; before.size()];
                replaced(file, "efficacies/E_to_E/efficacy", &before.shape(), &values);
            },
            "a column `efficacy` of uint64",
            "another kind",
        ),
        (
            |file| file.group("efficacies").unwrap().delete_attr("projections").unwrap(),
            "the attribute `projections` does not name them",
            "projections",
        ),
        (
            |file| {
                let name: hdf5::types::VarLenUnicode = "I_to_E".parse().unwrap();
                let all = file.group("efficacies").unwrap();
                all.attr("projections").unwrap().write_scalar(&name).unwrap();
            },
            "the attribute `projections` does not name them",
            "efficacies of E_to_E: nothing tells that they were recorded",
        ),
        (
            |file| column(file, "target_node_id").write_slice(&[1299_u64], 0..1).unwrap(),
            GRAPH,
            "holds other synapses than were recorded",
        ),
        (
            |file| {
                let delay = file.group(GROUP).unwrap().attr("delay").unwrap();
                delay.write_scalar(&2.0).unwrap();
            },
            GRAPH,
            "holds other synapses than were recorded",
        ),
        (
            |file| {
                let synapses = column(file, "source_node_id").size();
                column(file, "time").resize([1]).unwrap();
                column(file, "efficacy").resize([1, synapses]).unwrap();
            },
            "the run had not come to the end of an epoch",
            "holds other values than were recorded",
        ),
    ];
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let learning = document(folder, &format!("record.efficacies = {{}}\n{LEARNING}"));
    drop(run(&learning, &folder.join("other.h5"), 1));
    for (k, (change, loader, verify)) in changes.into_iter().enumerate() {
        let path = folder.join(format!("{k}.h5"));
        std::fs::copy(folder.join("other.h5"), &path).unwrap();
        let file = hdf5::File::open_rw(&path).unwrap();
        change(&file);
        file.close().unwrap();
        let text = format!(
            "projection.E_to_E = {{ from = \"E\", to = \"E\", tau_syn = \"5 ms\", connect = {{ file = \"{k}.h5\" }} }}\n\
             protocol = [{{ name = \"on\", duration = \"20 ms\" }}]\n"
        );
        let loaded = document(folder, &text).model();
        let loaded = loaded.and_then(|model| model.wire(&model.draw_patterns()).map(|_| ()));
        let refused = loaded.unwrap_err().to_string();
        assert!(refused.contains(loader), "{k}: {refused}");
        let verified = Recording::open(&path).and_then(|recording| Verification::of(&recording));
        let told = match verified {
            Ok(verified) => format!("{verified}"),
            Err(damaged) => damaged.to_string(),
        };
        let lines = || told.lines().filter(|line| !line.trim_start().starts_with("ok"));
        assert!(lines().any(|line| line.contains(verify)), "{k}: {told}");
    }
}
