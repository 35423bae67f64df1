//! Spikes from outside: what a model lists is fired, and what one run received can drive another.

use attractor::dynamics::DynamicsSection;
use attractor::model::{Document, Model};
use attractor::recording::{Provenance, Recording};
use attractor::simulation::{Simulation, Wish};
use std::path::Path;

const NEURONS: &str = r#"
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
"#;

fn model(path: &Path, sections: &str) -> Model {
    let text = format!(
        "title = 't'\nsource = 's'\nshows = 'x'\n{sections}\n[[protocol]]\nname = 'rest'\nduration = '300 ms'\n"
    );
    Document::new(path, text, &[]).unwrap().model().unwrap_or_else(|e| panic!("{e}"))
}

/// Runs the model, whose files are in `folder`, and records it there as `name`.
fn record(model: &Model, folder: &Path, name: &str) -> Recording {
    let mut simulation = Simulation::new(model, folder).unwrap_or_else(|e| panic!("{e}"));
    let path = folder.join(name);
    let provenance = Provenance { model_resolved: model.to_toml(), ..Provenance::default() };
    let mut recorder = simulation.recorder(&path, false, &provenance).unwrap();
    simulation.run(&mut recorder, |_| Wish::Continue).unwrap();
    recorder.finish(provenance).unwrap();
    Recording::open(&path).unwrap()
}

fn external(path: &Path, population: &str) -> (Vec<f64>, Vec<u64>) {
    let file = hdf5::File::open(path).unwrap();
    let group = file.group(&format!("external/{population}")).unwrap();
    let column = |name: &str| group.dataset(name).unwrap();
    (column("timestamps").read_raw().unwrap(), column("node_ids").read_raw().unwrap())
}

/// The largest difference between two columns of equal length.
fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// E excites itself and is driven as `drive` says.
fn driven(drive: &str) -> String {
    format!(
        "population.E.size = 1500\n[projection.E_to_E]\nfrom = 'E'\nto = 'E'\nconnect = {{ in_degree = 50 }}\n\
         efficacy = '0.2 mV'\ndelay = '1 ms'\ntau_syn = '5 ms'\n[record]\ninput = true\n\
         [dynamics.spiking.E]{NEURONS}v_initial = {{ uniform = ['0 mV', '20 mV'] }}\n{drive}"
    )
}

#[test]
fn a_run_that_is_driven_by_a_recorded_input_repeats_its_spikes() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let drawn = driven("poisson = { rate = '1 kHz', efficacy = '1.1 mV', tau_syn = '5 ms' }");
    let first = record(&model(&folder.join("m.toml"), &drawn), folder, "first.h5");
    let read = driven("input = { file = 'first.h5', efficacy = '1.1 mV', tau_syn = '5 ms' }");
    let second = record(&model(&folder.join("m.toml"), &read), folder, "second.h5");

    // The same arrivals at the same neurons; their places within a window are rounded once more.
    let input = external(&folder.join("first.h5"), "E");
    let again = external(&folder.join("second.h5"), "E");
    assert!((400_000..500_000).contains(&input.0.len()), "{}", input.0.len());
    assert!(input.1 == again.1, "other neurons received the input");
    assert!(apart(&input.0, &again.0) < 1e-12, "the input came at other times");
    let (first, second) = (first.spikes("E").unwrap(), second.spikes("E").unwrap());
    assert!(first.1.len() > 5000, "{} spikes show little", first.1.len());
    assert!(first.1 == second.1, "other neurons fired");
    let worst = apart(&first.0, &second.0);
    assert!(worst < 1e-9, "{worst} ms");
}

#[test]
fn sources_fire_as_listed_and_a_poisson_source_at_its_rate() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    std::fs::write(folder.join("s.txt"), "1 7.25\n0 7.25\n1 0\n0 299.5\n1 400\n").unwrap();
    let sections = format!(
        "[population]\nL = {{ size = 3 }}\nF = {{ size = 2 }}\nP = {{ size = 2000 }}\nE = {{ size = 10 }}\n\
         [dynamics.spiking]\nL.spikes = {{ list = [['9 ms', '5 ms'], [], ['5 ms']] }}\n\
         F.spikes = {{ file = 's.txt' }}\nP.spikes = {{ poisson = '20 Hz' }}\n[dynamics.spiking.E]{NEURONS}\
         [projection.L_to_E]\nfrom = 'L'\nto = 'E'\nconnect = 'all_to_all'\nefficacy = '200 mV'\n\
         delay = '1.5 ms'\ntau_syn = '5 ms'\n"
    );
    let model = model(&folder.join("m.toml"), &sections);
    let DynamicsSection::Spiking(cells) = &model.dynamics;
    assert!(cells["L"].source().is_some() && cells["E"].neurons().is_some());
    let recording = record(&model, folder, "run.h5");
    assert_eq!(recording.spikes("L").unwrap(), (vec![5.0, 5.0, 9.0], vec![0, 2, 0]));
    let from_file = (vec![0.0, 7.25, 7.25, 299.5], vec![1, 0, 1, 0]);
    assert_eq!(recording.spikes("F").unwrap(), from_file);
    // Binomial: 12 000 spikes with a standard deviation of 110.
    let drawn = recording.spikes("P").unwrap().1.len();
    assert!((11_450..12_550).contains(&drawn), "{drawn}");
    // Strong synapses: E fires soon after the arrival at 6.5 ms, all at once.
    let (times, ids) = recording.spikes("E").unwrap();
    assert_eq!(ids[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(times[..10].iter().all(|t| *t == times[0] && (6.5..7.0).contains(t)), "{times:?}");
}
