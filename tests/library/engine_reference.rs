//! The engine against the slow reference, on random networks: the same spikes at the same times.
//!
//! `scripts/long-test networks` runs this over more networks; NETWORKS in the environment multiplies their number.

use crate::common::networks::{Family, PLAIN};
use crate::common::{engine, model};
use attractor::dynamics::Dynamics;

#[test]
fn random_networks_fire_as_the_reference_does() {
    assert!(PLAIN.compare() > 2000);
}

/// Windows as long as a time constant: bounds and tables at the end of their range.
#[test]
fn delays_longer_than_the_time_constants() {
    let family = Family {
        name: "long delays",
        delay: (20.0, 60.0),
        tau_absolute: &[0.3, 1.0, 2.0],
        tau_m: (3.0, 8.0),
        networks: 4,
        ..PLAIN
    };
    assert!(family.compare() > 3000);
}

/// Delays far below every time constant, and refractory periods of many windows.
#[test]
fn delays_shorter_than_the_refractory_period() {
    let family = Family {
        name: "short delays",
        delay: (0.051, 0.2),
        t_ref: &[0.3, 2.0, 11.0],
        networks: 4,
        duration: 250.0,
        ..PLAIN
    };
    assert!(family.compare() > 700);
}

/// Neurons that start alike fire together, so that most arrivals coincide.
#[test]
fn coincident_arrivals() {
    let family =
        Family { name: "alike", alike: true, networks: 4, duration: 250.0, drives: 0, ..PLAIN };
    assert!(family.compare() > 600);
}

/// More neurons than a block holds.
#[test]
fn several_blocks() {
    let family = Family {
        name: "several blocks",
        size: (1100.0, 1101.0),
        networks: 1,
        duration: 20.0,
        drives: 1,
        ..PLAIN
    };
    assert!(family.compare() > 2500);
}

const DELTA: Family =
    Family { name: "delta", delta: 1.0, strength: 0.3, networks: 4, duration: 300.0, ..PLAIN };

/// V jumps, and crosses threshold in jumps or between them.
#[test]
fn delta_synapses_alone() {
    assert!(DELTA.compare() > 1000);
}

#[test]
fn delta_and_exponential_synapses_on_the_same_neurons() {
    let family = Family { name: "mixed", delta: 0.5, ..DELTA };
    assert!(family.compare() > 600);
}

/// Neurons that start alike fire in the same instant, and excitation and inhibition arrive together.
#[test]
fn coincident_delta_arrivals() {
    for delta in [1.0, 0.5] {
        let family = Family { name: "alike delta", delta, alike: true, drives: 0, ..DELTA };
        assert!(family.compare() > 600);
    }
}

#[test]
fn every_neuron_has_its_own_time_constant_and_threshold() {
    for (name, delta) in [("spread", 0.0), ("spread mixed", 0.5), ("spread delta", 1.0)] {
        let family = Family { name, delta, spread: true, ..DELTA };
        assert!(family.compare() > 600);
    }
}

#[test]
fn every_synapse_has_its_own_delay_and_efficacy() {
    for (name, delta) in [("varied", 0.0), ("varied mixed", 0.5)] {
        let family = Family { name, delta, varied: true, delay: (0.5, 8.0), ..DELTA };
        assert!(family.compare() > 600);
    }
}

#[test]
fn short_term_plasticity() {
    for (name, delta) in [("plastic", 0.0), ("plastic mixed", 0.5)] {
        let family = Family { name, delta, plastic: true, strength: 1.0, ..DELTA };
        assert!(family.compare() > 600);
    }
}

/// One spike changes several currents of its target, some of which fall before they rise.
#[test]
fn rise_times_and_several_time_constants() {
    for (name, delta, spread) in
        [("shaped", 0.0, false), ("shaped mixed", 0.4, false), ("shaped spread", 0.0, true)]
    {
        let family = Family { name, delta, spread, shaped: true, strength: 0.6, ..DELTA };
        assert!(family.compare() > 600);
    }
    let family = Family {
        name: "shaped long",
        shaped: true,
        delay: (10.0, 40.0),
        tau_absolute: &[0.3, 1.0, 2.0],
        tau_m: (3.0, 8.0),
        networks: 4,
        ..PLAIN
    };
    assert!(family.compare() > 2000);
}

#[test]
fn adaptation_currents_and_moving_thresholds() {
    for (name, delta) in [("adapting", 0.0), ("adapting mixed", 0.5), ("adapting delta", 1.0)] {
        let family = Family { name, delta, adapting: true, strength: 1.0, networks: 6, ..DELTA };
        assert!(family.compare() > 600);
    }
    let family = Family { name: "adapting spread", adapting: true, spread: true, ..PLAIN };
    assert!(family.compare() > 600);
}

#[test]
fn sources_and_external_spikes() {
    for (name, delta) in [("outside", 0.0), ("outside mixed", 0.5), ("outside delta", 1.0)] {
        // External spikes are many, and the reference takes them one by one.
        let family = Family { name, delta, outside: true, networks: 3, ..DELTA };
        assert!(family.compare() > 300);
    }
}

#[test]
fn everything_together() {
    let family = Family {
        name: "everything",
        delta: 0.4,
        spread: true,
        varied: true,
        plastic: true,
        adapting: true,
        shaped: true,
        outside: true,
        delay: (0.5, 8.0),
        ..DELTA
    };
    assert!(family.compare() > 600);
}

#[test]
fn random_delays_that_no_synapse_has_are_none() {
    let text = "population.N.size = 1\n\
                [dynamics.spiking.N]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\nv_reset = \"10 mV\"\n\
                t_ref = \"1 ms\"\ncurrent = \"30 mV\"\n[projection.J]\nfrom = \"N\"\nto = \"N\"\n\
                connect = \"all_to_all\"\nautapses = false\nefficacy = \"1 mV\"\n\
                delay = { uniform = [\"1 ms\", \"2 ms\"] }\ntau_syn = \"5 ms\"\n";
    let mut network = engine(&model(text));
    network.advance(20.0).unwrap();
    // From V_reset to theta below 30 mV: tau_m ln (20/10).
    let first = network.observable().spikes()[0].time;
    assert!((first - 10.0 * 2f64.ln()).abs() < 1e-12, "{first}");
}
