//! The engine against the slow reference, on random networks: the same spikes at the same times.

mod common;

use attractor::random::Stream;
use common::{Drive, between, engine, model, reference, run, stream, trains};
use std::fmt::Write;

/// What a family of random networks looks like.
struct Family {
    name: &'static str,
    networks: u64,
    /// Neurons of E; I has a quarter of them.
    size: (f64, f64),
    /// Shortest and longest delay, ms; log-uniform.
    delay: (f64, f64),
    /// Strength of the synapses in units of 1 mV over the square root of the in-degree.
    strength: f64,
    t_ref: &'static [f64],
    tau_m: (f64, f64),
    /// Synaptic time constants are drawn from here, times tau_m of the receiver or not.
    tau_absolute: &'static [f64],
    tau_relative: &'static [f64],
    /// All neurons of a population start alike, and fire together: every arrival is a tie.
    alike: bool,
    duration: f64,
    drives: usize,
}

const PLAIN: Family = Family {
    name: "plain",
    networks: 6,
    size: (8.0, 60.0),
    delay: (0.1, 8.0),
    strength: 0.6,
    t_ref: &[0.0, 0.05, 1.0, 2.0, 5.0],
    tau_m: (5.0, 30.0),
    tau_absolute: &[1.0, 3.0, 5.0, 60.0, 500.0],
    tau_relative: &[1.0, 1.0 - 1e-9, 1.0 + 1e-9],
    alike: false,
    duration: 400.0,
    drives: 3,
};

/// Times agree within this (ms). The reference errs by rounding, which the network may amplify.
const TOLERANCE: f64 = 1e-9;

fn choose(stream: &mut Stream, values: &[f64]) -> f64 {
    values[stream.below(values.len() as u32) as usize]
}

fn log_uniform(stream: &mut Stream, (low, high): (f64, f64)) -> f64 {
    between(stream, low.ln(), high.ln()).exp()
}

fn draw(family: &Family, stream: &mut Stream) -> (String, usize) {
    let size = between(stream, family.size.0, family.size.1) as usize;
    let sizes = [("E", size, 1.0), ("I", (size / 4).max(2), -1.0)];
    let mut text = String::new();
    let mut tau_m = Vec::new();
    for (name, size, _) in sizes {
        tau_m.push(between(stream, family.tau_m.0, family.tau_m.1));
        let (t_ref, current) = (choose(stream, family.t_ref), between(stream, 20.5, 26.0));
        let v_initial = match family.alike {
            true => String::new(),
            false => "v_initial = { uniform = [\"-5 mV\", \"20 mV\"] }".to_owned(),
        };
        write!(
            text,
            "[population.{name}]\nsize = {size}\n[dynamics.spiking.{name}]\ntau_m = \"{} ms\"\n\
             theta = \"20 mV\"\nv_reset = \"10 mV\"\nt_ref = \"{t_ref} ms\"\nv_rest = \"-3 mV\"\n\
             current = \"{} mV\"\n{v_initial}\n",
            tau_m[tau_m.len() - 1],
            current + 3.0,
        )
        .unwrap();
    }
    // Two pathways between every pair of populations, of different delays and time constants.
    for (k, (from, senders, sign)) in sizes.iter().enumerate() {
        for (to, (name, ..)) in sizes.iter().enumerate() {
            for part in ["fast", "slow"] {
                let degree = ((0.3 * *senders as f64) as usize).max(1);
                let mean = sign * family.strength * if k == 1 { 6.0 } else { 1.0 }
                    / (degree as f64).sqrt();
                let tau = match stream.uniform() < 0.5 {
                    true => tau_m[to] * choose(stream, family.tau_relative),
                    false => choose(stream, family.tau_absolute),
                };
                write!(
                    text,
                    "[projection.{from}_{name}_{part}]\nfrom = \"{from}\"\nto = \"{name}\"\n\
                     connect = {{ in_degree = {degree} }}\nmultapses = true\n\
                     efficacy = {{ normal = {{ mean = \"{mean} mV\", sd = \"{} mV\" }} }}\n\
                     delay = \"{} ms\"\ntau_syn = \"{tau:?} ms\"\n",
                    0.3 * mean.abs(),
                    log_uniform(stream, family.delay),
                )
                .unwrap();
            }
        }
    }
    (text, size + (size / 4).max(2))
}

/// Fields at awkward times.
fn draw_drives(family: &Family, neurons: usize, stream: &mut Stream) -> Vec<Drive> {
    let part = family.duration / (family.drives + 1) as f64;
    (1..=family.drives)
        .map(|k| {
            let time = part * (k as f64 + between(stream, -0.4, 0.4));
            Drive::currents(time, (0..neurons).map(|_| between(stream, -6.0, 6.0)).collect())
        })
        .collect()
}

/// Compares all networks of a family; returns the number of spikes.
fn compare(family: &Family) -> usize {
    let (mut spikes, mut worst, mut active) = (0, 0f64, 0);
    for k in 0..family.networks {
        let mut stream = stream(family.name, k);
        let (text, neurons) = draw(family, &mut stream);
        let drives = draw_drives(family, neurons, &mut stream);
        let model = model(&format!("seed = {k}\n{text}"));
        let found = run(&mut engine(&model), &drives, family.duration);
        let expected = reference::simulate(&model, &drives, family.duration);
        assert!(found.is_sorted_by(|a, b| (a.time, a.neuron) <= (b.time, b.neuron)));
        let pairs = trains(&found, neurons).into_iter().zip(trains(&expected, neurons));
        for (n, (found, expected)) in pairs.enumerate() {
            active += usize::from(expected.len() > 1);
            for (spike, (a, b)) in found.iter().zip(&expected).enumerate() {
                assert!(
                    (a - b).abs() < TOLERANCE,
                    "{} {k}: spike {spike} of neuron {n} at {a}, not {b}\n{text}",
                    family.name
                );
                worst = worst.max((a - b).abs());
            }
            assert_eq!(
                found.len(),
                expected.len(),
                "{} {k}: neuron {n} {found:?} {expected:?}\n{text}",
                family.name
            );
        }
        spikes += found.len();
    }
    println!(
        "{}: {spikes} spikes of {active} neurons, largest difference {worst:.1e} ms",
        family.name
    );
    spikes
}

#[test]
fn random_networks_fire_as_the_reference_does() {
    assert!(compare(&PLAIN) > 2000);
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
    assert!(compare(&family) > 3000);
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
    assert!(compare(&family) > 700);
}

/// Neurons that start alike fire together, so that most arrivals coincide.
#[test]
fn coincident_arrivals() {
    let family =
        Family { name: "alike", alike: true, networks: 4, duration: 250.0, drives: 0, ..PLAIN };
    assert!(compare(&family) > 1000);
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
    assert!(compare(&family) > 2500);
}
