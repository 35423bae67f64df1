//! The trajectory is the same, bit for bit, however it is computed and observed.

use crate::common::{Drive, between, bits, engine, model, run_in_steps, stream, wire};
use attractor::dynamics::{Effect, Field, Spike};
use attractor::model::Model;
use attractor::network::Network;
use attractor::recording::{Provenance, Recording, Sink};
use attractor::simulation::{Simulation, Wish};
use attractor::units::Duration;
use attractor::work::Threads;
use std::path::Path;
use std::sync::OnceLock;

/// Five blocks, external input, patterns, several delays, refractory periods of 0 and of many windows.
const TEXT: &str = r#"
seed = 5
population.E = { size = 2100 }
population.I = { size = 1100 }
patterns.E.random = { number = 10, coding_level = 0.1 }
[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "4 kHz", efficacy = "0.5 mV", tau_syn = "5 ms" }
moving_threshold = { jump = "0.1 mV", tau = "30 ms" }
escape.sigmoid = { rate = "300 Hz", width = "1 mV" }
[dynamics.spiking.I]
tau_m = "10 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "0 ms"
current = "20.5 mV"
adaptation = { jump = "0.02 mV", tau = "80 ms" }
v_initial = { uniform = ["0 mV", "20 mV"] }
[projection.EE]
from = "E"
to = "E"
connect = { probability = 0.05 }
learning = "shared_patterns"
scale = "0.2 mV"
delay = "1.7 ms"
tau_syn = "60 ms"
[projection.EI]
from = "E"
to = "I"
connect = { probability = 0.05 }
efficacy = "0.1 mV"
delay = "1 ms"
tau_syn = "5 ms"
[projection.IE]
from = "I"
to = "E"
connect = { in_degree = 50 }
efficacy = { normal = { mean = "-0.1 mV", sd = "0.02 mV" } }
delay = "1.3 ms"
tau_syn = "20 ms"
plasticity.inhibitory = { learning_rate = "0.01 mV", target = "5 Hz", tau = "20 ms", max = "1 mV" }
"#;

const NEURONS: usize = 3200;
const END: f64 = 120.0;

/// Two changes of the field at awkward times; one shows more Poisson input too.
fn drives() -> Vec<Drive> {
    let mut first =
        Drive::currents(33.333_333, (0..NEURONS).map(|n| (n % 7) as f64 * 0.3).collect());
    first.field.add(0..500, Effect::Poisson(800.0));
    vec![first, Drive::currents(71.0 + 1e-9, vec![0.0; NEURONS])]
}

/// The spikes of an undisturbed run.
fn undisturbed() -> &'static [Spike] {
    static SPIKES: OnceLock<Vec<Spike>> = OnceLock::new();
    SPIKES.get_or_init(|| {
        let spikes = run_in_steps(&mut engine(&model(TEXT)), &drives(), &[END]);
        let of = |range: std::ops::Range<u32>| {
            spikes.iter().filter(|s| range.contains(&s.neuron)).count()
        };
        let blocks = [0..1050, 1050..2100, 2100..2650, 2650..3200].map(of);
        assert!(blocks.iter().all(|&n| n > 1000), "{blocks:?}");
        spikes
    })
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for threads in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        // Wiring and running, both.
        let spikes = pool.install(|| run_in_steps(&mut engine(&model(TEXT)), &drives(), &[END]));
        assert_eq!(bits(&spikes), bits(undisturbed()), "{threads} threads");
    }
}

#[test]
fn no_split_of_the_run_changes_anything() {
    for k in 0..3 {
        let mut stream = stream("splits", k);
        // Irregular steps of all sizes, and times close to the ends of windows of 1 ms before the first drive.
        let mut stops: Vec<f64> = (0..200).map(|_| between(&mut stream, 0.0, END)).collect();
        for window in 1..30 {
            let end = f64::from(window);
            stops.extend([end - 1e-9, end.next_down(), end, end.next_up(), end + 1e-13]);
        }
        stops.extend(undisturbed().iter().skip(k as usize).step_by(97).map(|s| s.time));
        stops.push(END);
        stops.sort_by(f64::total_cmp);
        let spikes = run_in_steps(&mut engine(&model(TEXT)), &drives(), &stops);
        assert_eq!(bits(&spikes), bits(undisturbed()), "{k}");
    }
}

#[test]
fn a_drive_that_changes_nothing_changes_nothing() {
    let mut drives = drives();
    let mut stream = stream("same", 0);
    for (first, drive) in [(0.0, None), (34.0, Some(0)), (72.0, Some(1))] {
        for _ in 0..10 {
            let field = drive.map_or(Field::default(), |d: usize| self::drives()[d].field.clone());
            drives.push(Drive {
                time: first + between(&mut stream, 0.0, 33.0),
                field,
                learns: true,
            });
        }
    }
    drives.sort_by(|a, b| a.time.total_cmp(&b.time));
    let spikes = run_in_steps(&mut engine(&model(TEXT)), &drives, &[END]);
    assert_eq!(bits(&spikes), bits(undisturbed()));
}

/// The spikes in the recording of a simulation that samples every `interval` ms.
fn recorded(interval: f64, wish: Wish) -> Vec<(Vec<u64>, Vec<u64>)> {
    let mut model = model(TEXT);
    model.record.interval = Some(Duration::ms(interval));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let threads = Threads::new(2).unwrap();
    let mut simulation = Simulation::new(model, Path::new("."), &threads).unwrap();
    let sink = Sink::File { path: &path, force: false };
    let mut recorder = simulation.recorder(sink, &Provenance::default()).unwrap();
    simulation.run(&mut recorder, |_| wish).unwrap();
    recorder.finish(Provenance::default()).unwrap().publish().unwrap();
    let recording = Recording::open(&path).unwrap();
    ["E", "I"]
        .map(|name| {
            let (times, ids) = recording.spikes(name).unwrap();
            (times.iter().map(|t| t.to_bits()).collect(), ids)
        })
        .to_vec()
}

#[test]
fn the_recording_interval_and_commits_change_nothing() {
    let usual = recorded(10.0, Wish::Continue);
    assert!(usual.iter().all(|(times, _)| times.len() > 1000));
    assert_eq!(recorded(0.37, Wish::Continue), usual);
    assert_eq!(recorded(1000.0, Wish::Commit), usual);
}

/// Streams are named: what one projection draws does not move another's, nor the patterns.
#[test]
fn the_wiring_of_one_projection_changes_neither_patterns_nor_other_projections() {
    let before: Model = model(TEXT);
    let changed: Model = model(&TEXT.replace(
        "probability = 0.05 }\nefficacy = \"0.1",
        "probability = 0.06 }\nefficacy = \"0.1",
    ));
    assert_ne!(before.projection["EI"], changed.projection["EI"]);
    let (a, b) = (before.draw_patterns(), changed.draw_patterns());
    for mu in 0..10 {
        assert_eq!(a["E"].foreground(mu), b["E"].foreground(mu));
    }
    let (a, b) = (wire(&before), wire(&changed));
    let bundles = |n: &Network, k: usize| n.projections[k].delayed().unwrap().bundles.clone();
    assert_eq!(bundles(&a, 0), bundles(&b, 0));
    assert_ne!(bundles(&a, 1), bundles(&b, 1));
    assert_eq!(bundles(&a, 2), bundles(&b, 2));
}
