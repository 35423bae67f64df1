//! What stands beside theory in a summary: whom it does not know is told, and fires there as it was measured.

use crate::common::model;
use attractor::report::Summary;
use attractor::simulation::Simulation;
use attractor::work::Threads;

const ADAPTS: &str = r#"adaptation = { jump = "0.5 mV", tau = "80 ms" }, "#;

/// Two populations under external spikes, E onto I with 100 synapses of 0.2 mV; what else a neuron of each has.
fn summary(of_e: &str, of_i: &str) -> Summary {
    let model = model(&format!(
        r#"
population = {{ E = {{ size = 200 }}, I = {{ size = 50 }} }}
dynamics.spiking.E = {{ {of_e}tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = {{ rate = "10 kHz", efficacy = "0.12 mV", tau_syn = "0 ms" }} }}
dynamics.spiking.I = {{ {of_i}tau_m = "10 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", poisson = {{ rate = "5 kHz", efficacy = "0.3 mV", tau_syn = "0 ms" }} }}
projection.E_to_I = {{ from = "E", to = "I", connect = {{ in_degree = 100 }}, efficacy = "0.2 mV", tau_syn = "0 ms", delay = "1 ms" }}
"#
    ));
    let simulation = Simulation::new(model, "".as_ref(), &Threads::new(1).unwrap()).unwrap();
    Summary::of(&simulation.record().unwrap()).unwrap()
}

#[test]
fn whom_theory_does_not_know_is_taken_to_fire_as_measured() {
    let summary = summary(ADAPTS, "");
    let [theory] = &summary.theory[..] else { panic!("{:?}", summary.theory) };
    let note = "theory knows leaky integrate-and-fire neurons with synapses of constant efficacy, no slower than tau_m/4: E taken to \
                fire as measured";
    assert_eq!(theory.notes, [note]);
    assert!(summary.to_string().contains(&format!("  {note}\n")));
    assert_eq!(theory.populations.keys().collect::<Vec<_>>(), ["I"]);
    // 5 spikes a ms of 0.3 mV from outside, and 100 neurons that fire as those of E did, over 10 ms.
    let rate = summary.rates_hz["E"];
    assert!(rate > 1.0, "{rate}");
    let mean = 10.0 * (5.0 * 0.3 + 100.0 * 0.2 * rate / 1000.0);
    assert!((theory.populations["I"].mean_mv - mean).abs() < 1e-9 * mean);
}

#[test]
fn where_theory_knows_all_or_nobody_no_note_stands() {
    let all = summary("", "");
    assert!(all.theory.len() == 1 && all.theory[0].notes.is_empty());
    assert_eq!(all.theory[0].populations.len(), 2);
    assert!(summary(ADAPTS, ADAPTS).theory.is_empty());
}
