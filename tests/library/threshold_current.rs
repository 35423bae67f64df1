//! A constant current that holds V_inf at threshold, or a hair beside it: V tends to V_inf and rounding must not
//! take it across, however long it lasts.

use crate::common::{Drive, engine, model, run, run_in_steps, trains};
use attractor::dynamics::Dynamics;
use attractor::model::Model;

/// After 745 tau_m e^{-t/tau_m} is below the smallest number.
const LONG: f64 = 2000.0;

/// Neurons of 1 ms held at V_inf = `current` mV, theta = 20 mV, with what else the text says.
fn held(current: f64, more: &str, synapses: &str) -> Model {
    model(&format!(
        "[population.R]\nsize = 4\n[dynamics.spiking.R]\ntheta = \"20 mV\"\nv_reset = \"10 mV\"\n\
         t_ref = \"2 ms\"\nv_rest = \"-3 mV\"\ncurrent = \"{current:?} mV\"\n{more}\n\
         [population.S]\nsize = 1\n[dynamics.spiking.S]\nspikes = {{ list = [[\"5.1 ms\", \"7 ms\"]] }}\n{synapses}"
    ))
}

fn synapses(tau: f64, delay: f64) -> String {
    format!(
        "[projection.P{tau}]\nfrom = \"S\"\nto = \"R\"\nconnect = \"all_to_all\"\nefficacy = \"-4 mV\"\n\
         delay = \"{delay} ms\"\ntau_syn = \"{tau} ms\"\n"
    )
}

/// Networks whose neurons, in the engine, have currents or none, one time constant or several, short windows or
/// windows of a whole time constant.
fn networks(current: f64) -> Vec<(String, Model)> {
    let taus = [
        "tau_m = \"1 ms\"",
        "tau_m = \"1.3 ms\"\nv_initial = { uniform = [\"-50 mV\", \"20 mV\"] }",
        "tau_m = { uniform = [\"1 ms\", \"2 ms\"] }\nv_initial = \"19.999999 mV\"",
    ];
    let wirings = [
        String::new(),
        synapses(0.0, 0.7),
        synapses(0.0, 50.0),
        synapses(2.0, 0.7),
        synapses(1.0, 50.0),
        synapses(0.0, 50.0) + &synapses(3.0, 50.0),
        synapses(1.0, 0.2) + &synapses(40.0, 0.9),
    ];
    let mut all = Vec::new();
    for tau in taus {
        for wiring in &wirings {
            all.push((format!("{tau}\n{wiring}"), held(current, tau, wiring)));
        }
    }
    all
}

#[test]
fn the_threshold_current_excites_no_spike_however_long_it_lasts() {
    for (name, model) in networks(23.0) {
        let spikes = run(&mut engine(&model), &[], LONG);
        assert!(trains(&spikes, 5)[..4].iter().all(Vec::is_empty), "{name}\n{spikes:?}");
    }
}

/// The same where the run is cut into pieces, and where a stimulus has moved V_inf to threshold.
#[test]
fn nor_in_pieces_nor_after_a_stimulus() {
    let stops: Vec<f64> = (1..=800).map(|k| f64::from(k) * 2.5).collect();
    for (name, model) in networks(23.0) {
        let spikes = run_in_steps(&mut engine(&model), &[], &stops);
        assert!(trains(&spikes, 5)[..4].iter().all(Vec::is_empty), "{name}\n{spikes:?}");
    }
    for (name, model) in networks(15.0) {
        let currents = |time: f64, current: f64| Drive::currents(time, vec![current; 5]);
        let drives = [currents(3.3, 8.0), currents(900.0, 0.0), currents(901.0, 8.0)];
        let mut engine = engine(&model);
        let spikes = run(&mut engine, &drives, LONG);
        assert_eq!(engine.time(), LONG);
        assert!(trains(&spikes, 5)[..4].iter().all(Vec::is_empty), "{name}\n{spikes:?}");
    }
}

/// V_inf is the next number above theta, 3.6e-15 mV away: V crosses after 36 time constants.
#[test]
fn a_hair_more_excites_spikes_in_their_time() {
    // V_inf = v_rest + current is to be rounded up once.
    let current = (1..9).map(|k| 23.0 + f64::from(k) * 3.5e-15).find(|c| c - 3.0 > 20.0).unwrap();
    let v_inf = current - 3.0;
    for (name, model) in networks(current) {
        // What the slowest current leaves is far below V_inf - theta at the end.
        let spikes = run(&mut engine(&model), &[], 2500.0);
        for (n, train) in trains(&spikes, 5)[..4].iter().enumerate() {
            assert!(train.len() >= 2, "{name} {n}: {train:?}");
            if name.contains("tau_m = \"1 ms\"") {
                // From 10 mV, after the last arrival has been forgotten.
                let period = 2.0 + f64::ln((v_inf - 10.0) / (v_inf - 20.0));
                let last = train[train.len() - 1] - train[train.len() - 2];
                assert!((last - period).abs() < 1e-9, "{name} {n}: {train:?} {period}");
            }
        }
    }
}

/// A jump decides by what it adds, down to the rounding of V.
#[test]
fn a_jump_across_threshold_excites_a_spike() {
    for (v, jump) in [(12.0, 8.0), (18.0, 2.0)] {
        for (excess, spikes) in [(1e-12, vec![6.0]), (-1e-12, vec![])] {
            let text = synapses(0.0, 0.9).replace("-4 mV", &format!("{:?} mV", jump + excess));
            // Alone, and beside a current that never acts.
            for more in ["", &synapses(3.0, 0.9).replace("-4 mV", "1e-200 mV")] {
                let start = format!("tau_m = \"1 ms\"\nv_initial = \"{v:?} mV\"");
                let model = held(v + 3.0, &start, &format!("{text}{more}"));
                let found = trains(&run(&mut engine(&model), &[], 7.5), 5);
                assert_eq!(found[0], spikes, "{v} {excess} {more}");
            }
        }
    }
}
