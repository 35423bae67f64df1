//! Random networks of every family while their input changes in time: the engine against the slow reference.

use super::{record, shown};
use crate::common::networks::{Family, PLAIN, compare};
use crate::common::{Drive, between, bits, engine, run, stream};
use attractor::dynamics::Spike;
use attractor::model::Model;
use attractor::network::Placed;
use attractor::protocol::{self, Chance};
use attractor::random::{Seed, Stream};

/// Courses begin after this share of the time.
const REST: f64 = 0.1;

/// Noisy currents of E, a ramp of I, and where there are sources and Poisson input, rates that are redrawn and stepped.
fn courses(family: &Family, duration: f64, stream: &mut Stream) -> String {
    let every = between(stream, 0.015, 0.15) * duration;
    let own = !family.alike;
    let mut show = format!(
        "{{ population = \"E\", current = {{ ornstein_uhlenbeck = {{ mean = \"0 mV\", sd = \"3 mV\", tau = \"20 ms\", every = \"{every:?} ms\", independent = {own} }} }} }}, \
         {{ population = \"I\", current = {{ ramp = {{ from = \"-4 mV\", to = \"4 mV\", every = \"{:?} ms\" }} }} }}",
        0.0365 * duration
    );
    if family.outside {
        let (short, long) = (0.021 * duration, 0.1 * duration);
        show += &format!(
            ", {{ population = \"E\", poisson = {{ redrawn = {{ distribution = {{ exponential = {{ mean = \"200 Hz\" }} }}, every = \"{short:?} ms\", independent = true }} }} }}, \
             {{ population = \"RANDOM\", poisson = {{ steps = {{ values = [\"0 Hz\", \"200 Hz\", \"50 Hz\"], every = \"{long:?} ms\" }} }} }}"
        );
    }
    show
}

/// What the courses of the second epoch come to, step by step.
fn drives(model: &Model, placed: &[Placed], (rest, end): (f64, f64)) -> Vec<Drive> {
    let seed = Seed(model.seed);
    let held = protocol::held(&model.protocol, placed, &model.draw_patterns(), seed).unwrap();
    let mut moving = held[1].before(rest, 0.0, Chance { seed, later: None });
    let drive = |time, field| Drive { time, field, learns: true };
    let mut drives = vec![drive(rest, moving.field().clone())];
    while moving.next() < end {
        let time = moving.next();
        moving.reach(time);
        drives.push(drive(time, moving.field().clone()));
    }
    drives
}

/// A network of a family whose input changes in time.
pub struct Network {
    pub model: Model,
    /// What its courses come to.
    pub drives: Vec<Drive>,
    placed: Vec<Placed>,
    neurons: usize,
}

/// Number `k` of a family.
pub fn drawn(family: &Family, k: u64) -> Network {
    let mut stream = stream(family.name, k);
    let (network, neurons) = family.draw(&mut stream);
    let (rest, end) = (REST * family.duration, family.duration);
    let show = courses(family, end - rest, &mut stream);
    let epochs = [(rest, String::new()), (end - rest, show)];
    let model = shown(&format!("seed = {k}\n{network}"), &epochs);
    let mut placed: Vec<Placed> = Vec::new();
    for (name, population) in &model.population {
        let first = placed.last().map_or(0, |before| before.neurons.end);
        let neurons = first..first + population.size;
        placed.push(Placed { name: name.clone(), neurons, space: None });
    }
    let drives = drives(&model, &placed, (rest, end));
    assert!(drives.len() > 28, "{}", drives.len());
    Network { model, drives, placed, neurons }
}

/// Compares the networks of a family; a run of the whole program has the same spikes, to the last bit. Returns their number.
fn spikes_of(family: &Family) -> usize {
    let mut number = 0;
    for k in 0..family.networks {
        let (Network { model, drives, placed, neurons }, end) = (drawn(family, k), family.duration);
        let name = format!("{} {k}", family.name);
        number += compare(&name, &model, &drives, neurons, end).spikes;
        let driven = run(&mut engine(&model), &drives, end);
        let recording = record(model, 1);
        let mut found = Vec::new();
        for Placed { name, neurons, .. } in &placed {
            let (times, ids) = recording.spikes(name).unwrap();
            let spike = |(time, id): (f64, u64)| {
                let neuron = neurons.start as u32 + id as u32;
                Spike { time, neuron }
            };
            found.extend(times.into_iter().zip(ids).map(spike));
        }
        found.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
        assert_eq!(bits(&found), bits(&driven), "{name}");
    }
    println!("{}: {number} spikes", family.name);
    number
}

/// The families of `engine_reference` and of `plasticity`, each with fewer networks.
#[test]
fn random_networks_of_every_family_fire_as_the_reference_does() {
    let family = |name| Family { name, networks: 2, duration: 200.0, ..PLAIN };
    let delta = |name, delta| Family {
        delta,
        strength: if delta > 0.0 { 0.3 } else { 0.6 },
        ..family(name)
    };
    let strong = |name, delta| Family { delta, strength: 1.0, ..family(name) };
    let families = [
        Family { networks: 4, ..family("courses") },
        Family {
            delay: (20.0, 60.0),
            tau_absolute: &[0.3, 1.0, 2.0],
            tau_m: (3.0, 8.0),
            ..family("courses long delays")
        },
        Family { delay: (0.051, 0.2), t_ref: &[0.3, 2.0, 11.0], ..family("courses short delays") },
        Family {
            size: (1100.0, 1101.0),
            networks: 1,
            duration: 20.0,
            ..family("courses several blocks")
        },
        Family { alike: true, ..family("courses alike") },
        Family { alike: true, ..delta("courses alike delta", 1.0) },
        delta("courses delta", 1.0),
        delta("courses mixed", 0.5),
        Family { spread: true, ..delta("courses spread", 0.0) },
        Family { spread: true, ..delta("courses spread mixed", 0.5) },
        Family { varied: true, delay: (0.5, 8.0), ..delta("courses varied", 0.0) },
        Family { varied: true, delay: (0.5, 8.0), ..delta("courses varied mixed", 0.5) },
        Family { plastic: true, ..strong("courses plastic", 0.0) },
        Family { plastic: true, ..strong("courses plastic mixed", 0.5) },
        Family { shaped: true, ..delta("courses shaped", 0.0) },
        Family { shaped: true, spread: true, ..delta("courses shaped mixed", 0.4) },
        Family { adapting: true, ..strong("courses adapting", 0.0) },
        Family { adapting: true, ..strong("courses adapting mixed", 0.5) },
        Family { outside: true, ..delta("courses outside", 0.0) },
        Family { outside: true, ..delta("courses outside mixed", 0.5) },
        Family { learning: true, ..strong("courses learning", 0.0) },
        Family { learning: true, ..strong("courses learning delta", 1.0) },
        Family {
            spread: true,
            varied: true,
            plastic: true,
            adapting: true,
            shaped: true,
            outside: true,
            delay: (0.5, 8.0),
            ..delta("courses everything", 0.4)
        },
    ];
    for family in families {
        let number = spikes_of(&family);
        assert!(number > 100, "{}: {number}", family.name);
    }
}
