//! Spikes from outside: what a model lists is fired, and what one run received can drive another.

use attractor::model::{Document, Model};
use attractor::recording::{Provenance, Recording, Sink};
use attractor::simulation::{Simulation, Wish};
use attractor::work::Threads;
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
    let mut simulation = Simulation::new(model.clone(), folder, &Threads::new(2).unwrap())
        .unwrap_or_else(|e| panic!("{e}"));
    let path = folder.join(name);
    let provenance = Provenance { model_resolved: model.to_toml(), ..Provenance::default() };
    let mut recorder =
        simulation.recorder(Sink::File { path: &path, force: false }, &provenance).unwrap();
    simulation.run(&mut recorder, |_| Wish::Continue).unwrap();
    recorder.finish(provenance).unwrap().publish().unwrap();
    Recording::open(&path).unwrap()
}

fn external(path: &Path, population: &str) -> (Vec<f64>, Vec<u64>) {
    let file = hdf5::File::open(path).unwrap();
    let group = file.group(&format!("external/{population}")).unwrap();
    let column = |name: &str| group.dataset(name).unwrap();
    (column("timestamps").read_raw().unwrap(), column("node_ids").read_raw().unwrap())
}

/// E excites itself and is driven as `drive` says.
fn driven(drive: &str) -> String {
    format!(
        "population.E.size = 1500\n[projection.E_to_E]\nfrom = 'E'\nto = 'E'\nconnect = {{ in_degree = 50 }}\n\
         efficacy = '0.2 mV'\ndelay = '1 ms'\ntau_syn = '5 ms'\n[record]\ninput = true\n\
         [dynamics.spiking.E]{NEURONS}v_initial = {{ uniform = ['0 mV', '20 mV'] }}\n{drive}"
    )
}

/// Records `drawn` and then runs with what was recorded in place of Poisson input: the same to the last bit.
fn assert_replays(rate: &str, efficacy: &str, tau_syn: &str, tau_m: &str) {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let kind = format!("efficacy = '{efficacy}', tau_syn = '{tau_syn}'");
    let run = |drive: &str, name: &str| {
        let sections = driven(drive).replace("tau_m = \"20 ms\"", &format!("tau_m = {tau_m}"));
        assert!(sections.contains(tau_m));
        record(&model(&folder.join("m.toml"), &sections), folder, name)
    };
    let first = run(&format!("poisson = {{ rate = '{rate}', {kind} }}"), "first.h5");
    let second = run(&format!("input = {{ file = 'first.h5', {kind} }}"), "second.h5");
    let input = external(&folder.join("first.h5"), "E");
    assert!(input.0.len() > 400_000, "{}", input.0.len());
    assert!(input == external(&folder.join("second.h5"), "E"), "other input");
    let (first, second) = (first.spikes("E").unwrap(), second.spikes("E").unwrap());
    assert!(first.1.len() > 2000, "{} spikes show little", first.1.len());
    assert!(first == second, "other spikes: {rate} {tau_syn} {tau_m}");
}

#[test]
fn a_run_that_is_driven_by_a_recorded_input_repeats_its_spikes_to_the_last_bit() {
    // Few and many spikes per window, which are drawn in different ways; one tau_m and many.
    for tau_m in ["\"20 ms\"", "{ uniform = ['15 ms', '25 ms'] }"] {
        assert_replays("1 kHz", "1.1 mV", "5 ms", tau_m);
        assert_replays("6 kHz", "0.18 mV", "5 ms", tau_m);
        assert_replays("6 kHz", "0.18 mV", "0 ms", tau_m);
    }
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
    let cells = model.dynamics.cells().unwrap();
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

#[test]
fn a_spike_at_the_end_of_refractoriness_comes_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    // Two spikes of 15 mV fire the neuron at 19 ms, and one at the very end of its refractory period does so again.
    std::fs::write(folder.join("tie.txt"), "0 19\n0 19\n0 21\n0 21.5\n").unwrap();
    let sections = format!(
        "population.E.size = 1\n[dynamics.spiking.E]{NEURONS}\
         input = {{ file = 'tie.txt', efficacy = '15 mV', tau_syn = '0 ms' }}\n"
    );
    let recording = record(&model(&folder.join("m.toml"), &sections), folder, "tie.h5");
    assert_eq!(recording.spikes("E").unwrap().0, [19.0, 21.0]);
}
