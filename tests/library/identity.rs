//! One network with everything that the engine can do gives the same spikes, bit for bit, in every run.

use crate::common::{Drive, bits, engine, model, run_in_steps, stream};
use attractor::dynamics::{Effect, Spike};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Several blocks of neurons, one of two portions, that differ or not, with currents or without, with every kind of synapse, delay and
/// input.
const TEXT: &str = r#"
seed = 11
population.E = { size = 4200 }
population.I = { size = 1100 }
population.J = { size = 600 }
population.LIST = { size = 3 }
population.RANDOM = { size = 1200 }
[dynamics.spiking.E]
tau_m = { normal = { mean = "20 ms", sd = "2 ms" } }
theta = { uniform = ["19 mV", "21 mV"] }
v_reset = "10 mV"
t_ref = "2 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "4 kHz", efficacy = "0.35 mV", tau_syn = "5 ms" }
[dynamics.spiking.I]
tau_m = "10 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "0 ms"
current = "20.5 mV"
v_initial = { uniform = ["0 mV", "20 mV"] }
[dynamics.spiking.J]
tau_m = "15 ms"
theta = "20 mV"
v_reset = "12 mV"
t_ref = "1 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "5 kHz", efficacy = "0.25 mV", tau_syn = "0 ms" }
[dynamics.spiking.LIST]
spikes = { list = [["20 ms", "20 ms", "55.3 ms"], [], ["20 ms", "71 ms"]] }
[dynamics.spiking.RANDOM]
spikes = { poisson = "30 Hz" }
[projection.EE]
from = "E"
to = "E"
connect = { probability = 0.025 }
efficacy = { lognormal = { mean = "0.1 mV", cv = 1.0 } }
delay = { normal = { mean = "1.7 ms", sd = "0.4 ms" } }
tau_syn = "60 ms"
short_term = { U = 0.2, tau_d = "200 ms", tau_f = "1500 ms" }
[projection.EI]
from = "E"
to = "I"
connect = { probability = 0.05 }
efficacy = "0.1 mV"
delay = { exponential = { mean = "2 ms" } }
delay_step = "0.5 ms"
tau_syn = "0 ms"
[projection.EJ]
from = "E"
to = "J"
connect = { in_degree = 80 }
efficacy = { uniform = ["0.05 mV", "0.15 mV"] }
delay = "1.1 ms"
tau_syn = "0 ms"
[projection.IE]
from = "I"
to = "E"
connect = { in_degree = 50 }
efficacy = { normal = { mean = "-0.1 mV", sd = "0.02 mV" } }
delay = "1.3 ms"
tau_syn = "20 ms"
[projection.II]
from = "I"
to = "I"
connect = { in_degree = 30 }
efficacy = "-0.2 mV"
delay = "0.7 ms"
tau_syn = "3 ms"
[projection.JE]
from = "J"
to = "E"
connect = { in_degree = 30 }
efficacy = "-0.3 mV"
delay = "1 ms"
tau_syn = "0 ms"
[projection.LE]
from = "LIST"
to = "E"
connect = "all_to_all"
efficacy = "1.5 mV"
delay = "1 ms"
tau_syn = "0 ms"
[projection.RJ]
from = "RANDOM"
to = "J"
connect = { in_degree = 20 }
efficacy = "0.3 mV"
delay = { uniform = ["0.5 ms", "3 ms"] }
tau_syn = "0 ms"
[projection.RI]
from = "RANDOM"
to = "I"
connect = { in_degree = 20 }
efficacy = { exponential = { mean = "0.3 mV" } }
delay = "0.9 ms"
tau_syn = "10 ms"
"#;

const NEURONS: usize = 7103;
const END: f64 = 100.0;

/// The hash of all spikes, in every profile and on every machine. If a change of the model's meaning or of its random
/// streams changes it on purpose, replace it by the one that the failing test prints, and say so in the commit; both
/// `cargo test --test library identity` and the same with `--release` must find it.
const GOLDEN: &str = "325c3779ea86164e1852f7c484f240b79b4d5d2ec6022f39f318a1c590f41a20";

/// Two changes of the field at awkward times; one shows more Poisson input too.
fn drives() -> Vec<Drive> {
    let mut first =
        Drive::currents(33.333_333, (0..NEURONS).map(|n| (n % 7) as f64 * 0.3).collect());
    first.field.add(0..500, Effect::Poisson(800.0));
    vec![first, Drive::currents(71.0 + 1e-9, vec![0.0; NEURONS])]
}

fn run(stops: &[f64]) -> Vec<Spike> {
    run_in_steps(&mut engine(&model(TEXT)), &drives(), stops)
}

/// The spikes of an undisturbed run.
fn undisturbed() -> &'static [Spike] {
    static SPIKES: OnceLock<Vec<Spike>> = OnceLock::new();
    SPIKES.get_or_init(|| run(&[END]))
}

#[test]
fn every_part_of_the_network_fires() {
    let mut first = 0;
    for size in [840, 840, 840, 840, 840, 550, 550, 600, 3, 600, 600] {
        let range = first..first + size;
        let number = undisturbed().iter().filter(|s| range.contains(&s.neuron)).count();
        println!("{range:?}: {number}");
        assert!(number > 500 || (size == 3 && number == 5), "{range:?}: {number}");
        first = range.end;
    }
    assert_eq!(first as usize, NEURONS);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for threads in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spikes = pool.install(|| run(&[END]));
        assert_eq!(bits(&spikes), bits(undisturbed()), "{threads} threads");
    }
}

#[test]
fn no_split_of_the_run_changes_anything() {
    let mut stream = stream("splits", 1);
    let mut stops: Vec<f64> = (0..300).map(|_| END * stream.uniform()).collect();
    for spike in undisturbed().iter().step_by(97) {
        stops.extend([spike.time.next_down(), spike.time, spike.time.next_up()]);
    }
    stops.extend((0..100).map(f64::from));
    stops.push(END);
    stops.sort_by(f64::total_cmp);
    assert_eq!(bits(&run(&stops)), bits(undisturbed()));
}

#[test]
fn every_profile_and_machine_finds_the_same_spikes() {
    let mut hash = Sha256::new();
    for (time, neuron) in bits(undisturbed()) {
        hash.update(time.to_le_bytes());
        hash.update(neuron.to_le_bytes());
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, GOLDEN);
}
