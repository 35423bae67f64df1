//! Escape noise: spike times have the law of the hazard.
//!
//! Whatever drives a neuron, the integral of its hazard from one spike to the next is exponential with mean 1 (time
//! rescaling). `scripts/long-test networks` runs this over more networks; NETWORKS in the environment multiplies their number.

use crate::common::networks::{Family, PLAIN};
use crate::common::reference::Run;
use crate::common::{engine, model, run, run_recorded, stream};
use attractor::dynamics::Spike;

/// The distance of an empirical distribution from a law, times the root of the number, has this 99.99 % quantile
/// (Kolmogorov).
pub const FAR: f64 = 2.23;

fn distance(sample: &mut [f64], law: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let off = |(k, x): (usize, &f64)| {
        let expected = law(*x);
        (expected - k as f64 / n).abs().max((expected - (k + 1) as f64 / n).abs())
    };
    sample.iter().enumerate().map(off).fold(0.0, f64::max) * n.sqrt()
}

fn intervals(spikes: &[Spike], neurons: usize) -> Vec<f64> {
    let mut last = vec![None; neurons];
    let interval =
        |spike: &Spike| Some(spike.time - last[spike.neuron as usize].replace(spike.time)?);
    spikes.iter().filter_map(interval).collect()
}

/// A hundred neurons that nothing but a current drives.
fn alone(escape: &str, current: f64, v_reset: f64, more: &str) -> attractor::model::Model {
    model(&format!(
        "population.N.size = 100\n[dynamics.spiking.N]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\n\
         v_reset = \"{v_reset} mV\"\nt_ref = \"3 ms\"\ncurrent = \"{current} mV\"\nescape = {{ {escape} }}\n{more}"
    ))
}

/// V stands at V_reset: a Poisson process with dead time.
#[test]
fn intervals_at_a_constant_potential_are_exponential() {
    for (escape, v, rate) in [
        ("exponential = { rate = \"50 Hz\", width = \"2 mV\" }", 19.0, 0.05 * (-0.5f64).exp()),
        ("sigmoid = { rate = \"80 Hz\", width = \"1 mV\" }", 18.0, 0.08 / (1.0 + 2f64.exp())),
    ] {
        let mut engine = engine(&alone(escape, v, v, ""));
        let mut found = intervals(&run(&mut engine, &[], 20_000.0), 100);
        assert!(found.len() > 10_000, "{}", found.len());
        let far = distance(&mut found, |x| 1.0 - (-rate * (x - 3.0).max(0.0)).exp());
        assert!(far < FAR, "{escape}: {far}");
    }
}

/// V relaxes from V_reset to V_inf: hazards that rise from 0, whose integral has a closed form.
#[test]
fn linear_poisson_neurons_follow_a_rising_potential() {
    let escape = "linear = { rate = \"100 Hz\", width = \"4 mV\" }";
    let (current, v_reset) = (26.0, 10.0);
    let mut engine = engine(&alone(escape, current, v_reset, ""));
    let mut found = intervals(&run(&mut engine, &[], 20_000.0), 100);
    assert!(found.len() > 20_000, "{}", found.len());
    let start = 10.0 * ((current - v_reset) / (current - 20.0)).ln();
    // From `start` on V - theta = 6 mV (1 - e^{-(u - start)/tau_m}).
    let integral = |u: f64| {
        let since = (u - start).max(0.0);
        0.1 / 4.0 * 6.0 * (since - 10.0 * (1.0 - (-since / 10.0).exp()))
    };
    let far = distance(&mut found, |x| 1.0 - (-integral(x - 3.0)).exp());
    assert!(far < FAR, "{far}");
}

/// Without width there is no noise: a neuron fires where V reaches theta.
#[test]
fn a_hazard_without_width_is_a_threshold() {
    let escape = "exponential = { rate = \"1 kHz\", width = \"0.000001 mV\" }";
    let adaptation = "adaptation = { jump = \"1 mV\", tau = \"30 ms\" }";
    let noisy = alone(escape, 30.0, 0.0, adaptation);
    let plain = model(&format!(
        "population.N.size = 1\n[dynamics.spiking.N]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\n\
         v_reset = \"0 mV\"\nt_ref = \"3 ms\"\ncurrent = \"30 mV\"\n{adaptation}"
    ));
    let expected = run(&mut engine(&plain), &[], 500.0);
    let found = run(&mut engine(&noisy), &[], 500.0);
    assert!(expected.len() > 15);
    for neuron in 0..100 {
        let own = found.iter().filter(|spike| spike.neuron == neuron);
        let pairs: Vec<_> = own.zip(&expected).collect();
        assert_eq!(pairs.len(), expected.len());
        // A hazard of 10^9 per ms is reached 14 nV above theta, where V rises by more than 0.5 mV/ms.
        assert!(pairs.iter().all(|(a, b)| (a.time - b.time).abs() < 1e-3), "{pairs:?}");
    }
}

/// Integrals of hazards between spikes: of all neurons end to end they are those of one Poisson process of rate 1.
#[derive(Default)]
pub struct Integrals {
    sample: Vec<f64>,
    since: f64,
}

impl Integrals {
    /// Those of the neurons of a network, each with what has come together since its last spike.
    pub fn add(&mut self, neurons: Vec<Vec<f64>>) {
        for own in neurons {
            let (last, whole) = own.split_last().unwrap();
            for hazard in whole {
                self.sample.push(self.since + hazard);
                self.since = 0.0;
            }
            self.since += last;
        }
    }

    /// How many there are, their mean, and how far they are from the exponential law.
    pub fn told(mut self) -> [f64; 3] {
        let number = self.sample.len() as f64;
        let mean = self.sample.iter().sum::<f64>() / number;
        [number, mean, distance(&mut self.sample, |x| 1.0 - (-x).exp())]
    }
}

/// Networks with everything, whose hazards the slow reference integrates along the spikes that the engine drew.
#[test]
fn hazards_between_spikes_are_exponential_in_random_networks() {
    let plain =
        Family { escaping: true, networks: 2, duration: 800.0, size: (30.0, 60.0), ..PLAIN };
    let all = Family { adapting: true, outside: true, plastic: true, ..plain.clone() };
    let families = [
        Family { name: "escape", ..plain.clone() },
        Family { name: "escape delta", delta: 1.0, strength: 0.3, ..plain.clone() },
        Family { name: "escape spread", spread: true, adapting: true, ..plain },
        Family { name: "escape all", delta: 0.4, delay: (0.5, 8.0), ..all },
    ];
    for family in families {
        let mut integrals = Integrals::default();
        let times = std::env::var("NETWORKS").map_or(1, |n| n.parse().expect("a number"));
        for k in 0..family.networks * times {
            let mut stream = stream(family.name, k);
            let (text, neurons) = family.draw(&mut stream);
            let drives = family.draw_drives(neurons, &mut stream);
            let model = model(&format!("seed = {k}\n{text}"));
            let (spikes, external) = run_recorded(&mut engine(&model), &drives, family.duration);
            let run = Run { external: &external, spikes: &spikes, ..Run::new(&model, &drives) };
            integrals.add(run.hazards(family.duration));
        }
        let [number, mean, far] = integrals.told();
        println!("{}: {number} spikes, mean {mean:.4}, distance {far:.2}", family.name);
        assert!(number > 1000.0 * times as f64 && far < FAR, "{}: {number} {far}", family.name);
        assert!((mean - 1.0).abs() * number.sqrt() < 4.0, "{}: {mean}", family.name);
    }
}
