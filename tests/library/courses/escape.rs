//! Escape noise while its input changes in time: spikes have the law of a fine grid, and of the hazard in random networks.

use super::networks::{Network, drawn};
use super::{record, shown};
use crate::common::networks::{Family, PLAIN};
use crate::common::reference::Run;
use crate::common::{engine, run_recorded, stream};
use crate::escape::{FAR, Integrals};
use attractor::model::Model;
use attractor::network::Placed;
use attractor::protocol::{self, Chance};
use attractor::random::{Seed, Stream};

const NEURONS: usize = 2500;
/// ms.
const LASTS: f64 = 120.0;
/// Of the grid, ms.
const STEP: f64 = 0.01;

/// Neurons that nothing but the courses drives.
const NETWORK: &str = r#"
seed = 5
population.N.size = 2500
[dynamics.spiking.N]
tau_m = "10 ms"
theta = "20 mV"
v_reset = "5 mV"
t_ref = "3 ms"
escape = { exponential = { rate = "60 Hz", width = "2 mV" } }
poisson = { rate = "0 Hz", efficacy = "1.5 mV", tau_syn = "4 ms" }
"#;

/// A ramp with noise that all neurons share, and rates that are redrawn.
const COURSES: &str = r#"
{ population = "N", current = { ramp = { from = "-4 mV", to = "10 mV", every = "0.5 ms" } } },
{ population = "N", current = { ornstein_uhlenbeck = { mean = "0 mV", sd = "4 mV", tau = "15 ms", every = "2.5 ms" } } },
{ population = "N", poisson = { redrawn = { distribution = { uniform = ["200 Hz", "1500 Hz"] }, every = "10 ms" } } }"#;

/// When what is shown changes (ms), and current (mV) and rate (1/ms) from then on.
fn steps(model: &Model) -> Vec<(f64, [f64; 2])> {
    let placed = [Placed { name: "N".to_owned(), neurons: 0..NEURONS, space: None }];
    let seed = Seed(model.seed);
    let held = protocol::held(&model.protocol, &placed, &model.draw_patterns(), seed).unwrap();
    let mut moving = held[0].before(0.0, 0.0, Chance { seed, later: None });
    let mut found = Vec::new();
    let mut time = 0.0;
    while time < LASTS {
        moving.reach(time);
        let (currents, rates) = moving.field().input(NEURONS);
        found.push((time, [currents[0], rates[0] / 1000.0]));
        time = moving.next();
    }
    found
}

/// The first spikes of one neuron on the grid, ms, in which nothing but Bernoulli draws is random.
fn on_grid(steps: &[(f64, [f64; 2])], stream: &mut Stream) -> Vec<f64> {
    let (tau_m, tau_s, jump) = (10.0, 4.0, 1.5 * 10.0 / 4.0);
    let [decay, fade] = [tau_m, tau_s].map(|tau: f64| (-STEP / tau).exp());
    let hazard = |v: f64| 0.06 * ((v - 20.0) / 2.0).exp();
    let (mut v, mut current, mut free) = (5.0f64, 0.0f64, 0.0);
    let (mut spikes, mut place) = (Vec::new(), 0);
    for k in 0..(LASTS / STEP).round() as usize {
        let time = k as f64 * STEP;
        // A step of a course begins with one of the grid.
        while steps.get(place + 1).is_some_and(|(begins, _)| *begins < time + 0.5 * STEP) {
            place += 1;
        }
        let [mu, rate] = steps[place].1;
        let before = v;
        if time >= free {
            let fed = current * tau_s / (tau_s - tau_m) * (fade - decay);
            v = mu + (v - mu) * decay + fed;
            let mean = 0.5 * (hazard(before) + hazard(v)) * STEP;
            if stream.uniform() < -(-mean).exp_m1() {
                spikes.push(time + 0.5 * STEP);
                (v, free) = (5.0, time + 3.0 + 0.5 * STEP);
            }
        }
        current = current * fade + if stream.uniform() < rate * STEP { jump } else { 0.0 };
    }
    spikes
}

/// How far two samples are apart (Kolmogorov and Smirnov), in units in which 2.23 is the 99.99 % quantile.
fn apart(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let share = |of: &[f64], x: f64| of.partition_point(|y| *y <= x) as f64 / of.len() as f64;
    let all = a.iter().chain(&b);
    let most = all.map(|x| (share(&a, *x) - share(&b, *x)).abs()).fold(0.0, f64::max);
    let [n, m] = [a.len() as f64, b.len() as f64];
    most * (n * m / (n + m)).sqrt()
}

/// Of every neuron spike number `k`, which comes after the end where there is none.
fn number(k: usize, trains: &[Vec<f64>]) -> Vec<f64> {
    trains.iter().map(|train| train.get(k).copied().unwrap_or(f64::INFINITY)).collect()
}

#[test]
fn spikes_have_the_law_of_a_fine_grid() {
    let model = shown(NETWORK, &[(LASTS, COURSES.to_owned())]);
    let steps = steps(&model);
    assert!(steps.len() >= 240, "{}", steps.len());
    let recording = record(model, 2);
    let (times, ids) = recording.spikes("N").unwrap();
    let mut found = vec![Vec::new(); NEURONS];
    for (time, id) in times.into_iter().zip(ids) {
        found[id as usize].push(time);
    }
    let mut stream = stream("a fine grid", 1);
    let grid: Vec<Vec<f64>> = (0..NEURONS).map(|_| on_grid(&steps, &mut stream)).collect();
    let calm: Vec<_> = steps.iter().map(|(time, [_, rate])| (*time, [3.0, *rate])).collect();
    let calm: Vec<Vec<f64>> = (0..NEURONS).map(|_| on_grid(&calm, &mut stream)).collect();
    for k in [0, 1] {
        let (own, grid) = (number(k, &found), number(k, &grid));
        let fired = own.iter().filter(|time| time.is_finite()).count();
        assert!(fired > NEURONS / 2, "{k}: {fired}");
        let (far, without) = (apart(own.clone(), grid), apart(own, number(k, &calm)));
        println!("spike {k} of {fired} neurons: {far:.2}; from a constant current {without:.2}");
        assert!(far < FAR, "spike {k}: {far}");
        // The same current on average, that does not change, is told apart.
        assert!(without > 2.0 * FAR, "spike {k}: {without}");
    }
}

/// Networks with everything, whose hazards the slow reference integrates along the spikes that the engine drew.
#[test]
fn hazards_between_spikes_are_exponential_in_random_networks() {
    let plain =
        Family { escaping: true, networks: 2, duration: 600.0, size: (30.0, 60.0), ..PLAIN };
    let families = [
        Family { name: "courses escape", ..plain.clone() },
        Family { name: "courses escape delta", delta: 1.0, strength: 0.3, ..plain.clone() },
        Family {
            name: "courses escape spread",
            spread: true,
            adapting: true,
            networks: 5,
            ..plain.clone()
        },
        Family {
            name: "courses escape all",
            delta: 0.4,
            delay: (0.5, 8.0),
            adapting: true,
            outside: true,
            plastic: true,
            ..plain
        },
    ];
    for family in families {
        let (mut integrals, mut without) = (Integrals::default(), Integrals::default());
        for k in 0..family.networks {
            let Network { model, drives, .. } = drawn(&family, k);
            let (spikes, external) = run_recorded(&mut engine(&model), &drives, family.duration);
            let run = Run { external: &external, spikes: &spikes, ..Run::new(&model, &drives) };
            integrals.add(run.hazards(family.duration));
            // As if there were no courses of currents.
            without.add(Run { drives: &[], ..run }.hazards(family.duration));
        }
        let ([number, mean, far], [_, _, other]) = (integrals.told(), without.told());
        println!("{}: {number} spikes, mean {mean:.4}, {far:.2}; {other:.2}", family.name);
        assert!(number > 1000.0 && far < FAR, "{}: {number} {far}", family.name);
        assert!((mean - 1.0).abs() * number.sqrt() < 4.0, "{}: {mean}", family.name);
        assert!(other > 2.0 * FAR, "{}: {other}", family.name);
    }
}
