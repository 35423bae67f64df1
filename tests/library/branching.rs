//! A network in motion branches: the branch goes on as the network would, and neither knows of the other.

use crate::common::networks::{Family, PLAIN, TOLERANCE};
use crate::common::{Drive, between, bits, choose, engine, model, stream, trains};
use attractor::dynamics::{Dynamics, Effect, Events, ExternalInput, Field, Spike};
use attractor::model::Model;
use attractor::random::{Seed, Stream};
use std::fmt::Write;

/// The spikes until `end`.
fn run(dynamics: &mut dyn Dynamics, end: f64) -> Vec<Spike> {
    dynamics.advance(end).unwrap();
    dynamics.observable().spikes().to_vec()
}

/// The same stimulus in a network without Poisson input; it ends the window nevertheless.
fn same(field: &Field) -> Field {
    let mut field = field.clone();
    field.add([0], Effect::Poisson(1.0));
    field
}

/// Events of `late` that were not there `early`.
fn since(early: Events, late: Events) -> Events {
    Events { synaptic: late.synaptic - early.synaptic, external: late.external - early.external }
}

/// Times of which many are on a grid, in order.
fn times(stream: &mut Stream, number: u32, end: f64) -> Vec<f64> {
    let mut times: Vec<f64> = (0..number)
        .map(|_| match stream.below(2) {
            0 => f64::from(stream.below((2.0 * end) as u32)) / 2.0,
            _ => between(stream, 0.0, end),
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times
}

/// A network without any random input while it runs: its neurons have constant currents, and receive listed spikes
/// both one by one and from sources.
fn deterministic(k: u64, stream: &mut Stream, folder: &std::path::Path) -> (Model, usize) {
    let family = Family {
        delta: [0.0, 0.5, 1.0][k as usize % 3],
        spread: k % 2 == 1,
        varied: k % 4 > 1,
        plastic: k % 5 > 1,
        ..PLAIN
    };
    let (mut text, neurons) = family.draw(stream);
    let file = folder.join(format!("{k}.txt"));
    let mut input = String::new();
    for neuron in 0..8 {
        times(stream, 60, 150.0).iter().for_each(|t| writeln!(input, "{neuron} {t:?}").unwrap());
    }
    std::fs::write(&file, input).unwrap();
    let (efficacy, tau) = (choose(stream, &[0.4, -0.4]), choose(stream, &[0.0, 3.0]));
    text = text.replace(
        "[dynamics.spiking.E]\n",
        &format!(
            "[dynamics.spiking.E]\ninput = {{ file = {file:?}, efficacy = \"{efficacy} mV\", \
             tau_syn = \"{tau} ms\" }}\n"
        ),
    );
    let train = |_| {
        let times = times(stream, 40, 150.0);
        let times: Vec<String> = times.iter().map(|t| format!("\"{t:?} ms\"")).collect();
        format!("[{}]", times.join(", "))
    };
    let list: Vec<String> = (0..3).map(train).collect();
    write!(
        text,
        "[population.S]\nsize = 3\n[dynamics.spiking.S]\nspikes = {{ list = [{}] }}\n\
         [projection.S_E]\nfrom = \"S\"\nto = \"E\"\nconnect = \"all_to_all\"\n\
         efficacy = \"0.3 mV\"\ndelay = \"1.5 ms\"\ntau_syn = \"{} ms\"\n",
        list.join(", "),
        choose(stream, &[0.0, 5.0]),
    )
    .unwrap();
    (model(&format!("seed = {k}\n{text}")), neurons + 3)
}

#[test]
fn without_random_input_a_branch_fires_as_the_network_does() {
    let folder = tempfile::tempdir().unwrap();
    let (mut number, mut worst) = (0, 0f64);
    for k in 0..60 {
        let mut stream = stream("branching", k);
        let (model, neurons) = deterministic(k, &mut stream, folder.path());
        let mut currents = |time| {
            Drive::currents(time, (0..neurons).map(|_| between(&mut stream, -3.0, 3.0)).collect())
        };
        let (first, later) = (currents(0.7), currents(75.0));
        let start = || {
            let mut network = engine(&model);
            network.advance(first.time).unwrap();
            network.drive(&first.field);
            network
        };
        let mut alone = start();
        let undisturbed = run(&mut alone, later.time);
        // On the grid of listed spikes, at a spike or just after it, in refractoriness, or anywhere.
        let spike = undisturbed[stream.below(undisturbed.len() as u32) as usize].time;
        let time = match stream.below(5) {
            0 => f64::from(2 + stream.below(100)) / 2.0,
            1 => spike,
            2 => spike.next_up(),
            3 => spike + 0.04,
            _ => between(&mut stream, 1.0, 60.0),
        };
        let mut network = start();
        network.record(true);
        let early = run(&mut network, time);
        let before = network.events();
        // A branch of a branch that has not moved is the same again.
        let mut branch = network.branch(Seed(1)).branch(Seed(2));
        assert!(branch.time() == network.time() && branch.observable().spikes().is_empty());
        assert_eq!(branch.events(), Events::default());
        network.drive(&same(&first.field));
        let mut found = Vec::new();
        let mut expected = Vec::new();
        for (end, field) in [(later.time, &later.field), (120.0, &first.field)] {
            found.extend(run(&mut *branch, end));
            assert!(branch.external_input().unwrap().recorded().is_empty());
            expected.extend(run(&mut network, end));
            branch.drive(field);
            network.drive(field);
        }
        assert_eq!(bits(&found), bits(&expected), "{k}: {time}");
        assert_eq!(branch.events(), since(before, network.events()), "{k}: {time}");
        number += found.len();
        // Nobody disturbed this one, until the field changes.
        let before_later = early.into_iter().chain(found).filter(|s| s.time < later.time);
        let found = trains(&before_later.collect::<Vec<_>>(), neurons);
        for (n, (found, all)) in found.iter().zip(trains(&undisturbed, neurons)).enumerate() {
            assert_eq!(found.len(), all.len(), "{k}: neuron {n}, {time}: {found:?} {all:?}");
            for (a, b) in found.iter().zip(all) {
                worst = worst.max((a - b).abs());
                assert!((a - b).abs() < TOLERANCE, "{k}: neuron {n} at {a}, not {b}");
            }
        }
    }
    println!("{number} spikes, at most {worst:.1e} ms away from an undisturbed run");
    assert!(number > 10_000, "{number}");
}

/// Two blocks, so that threads share them, with random input of every kind.
const NOISY: &str = r#"
seed = 3
population.E = { size = 1400 }
population.P = { size = 50 }
[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "4 kHz", efficacy = "0.25 mV", tau_syn = "3 ms" }
[dynamics.spiking.P]
spikes = { poisson = "30 Hz" }
[projection.E_to_E]
from = "E"
to = "E"
connect = { in_degree = 50 }
efficacy = "-0.1 mV"
delay = "1.7 ms"
tau_syn = "5 ms"
[projection.P_to_E]
from = "P"
to = "E"
connect = { in_degree = 10 }
efficacy = "0.2 mV"
delay = "1 ms"
tau_syn = "0 ms"
"#;

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn only_the_seed_decides_what_a_branch_does() {
    const END: f64 = 60.0;
    let model = model(NOISY);
    let mut network = engine(&model);
    network.advance(23.45).unwrap();
    let branch = |seed| network.branch(Seed(seed));
    let expected: Vec<Vec<Spike>> =
        (0..4).map(|seed| in_pool(1, || run(&mut *network.branch(Seed(seed)), END))).collect();
    for (k, spikes) in expected.iter().enumerate() {
        assert!(spikes.len() > 200, "{}", spikes.len());
        assert!(expected[..k].iter().all(|other| bits(other) != bits(spikes)), "{k}");
        // The blocks have streams of their own.
        let of = |from: u32| spikes.iter().filter(move |s| (from..from + 700).contains(&s.neuron));
        assert!(of(0).zip(of(700)).any(|(a, b)| a.time != b.time));
    }
    for threads in [2, 3] {
        let mut branch = branch(2);
        let spikes = in_pool(threads, || run(&mut *branch, END));
        assert_eq!(bits(&spikes), bits(&expected[2]), "{threads} threads");
    }
    // In another order, and all at once.
    let branches: Vec<_> = [3, 1, 0, 2, 1].map(|seed| (seed, branch(seed))).into();
    let check = |(seed, mut branch): (u64, Box<dyn Dynamics>)| {
        let spikes = in_pool(1, || run(&mut *branch, END));
        assert_eq!(bits(&spikes), bits(&expected[seed as usize]), "seed {seed}");
    };
    std::thread::scope(|scope| {
        branches.into_iter().for_each(|branch| drop(scope.spawn(move || check(branch))));
    });
}

#[test]
fn a_network_does_not_know_its_branches() {
    let model = model(NOISY);
    let stops: Vec<f64> = (1..30).map(|k| 1.37 * f64::from(k)).collect();
    let run = |branches: bool| {
        let mut network = engine(&model);
        network.record(true);
        let (mut spikes, mut external) = (Vec::new(), Vec::new());
        for (k, &stop) in stops.iter().enumerate() {
            network.advance(stop).unwrap();
            if branches {
                // One moves while its parent stands, the other never does.
                let mut branch = network.branch(Seed(k as u64));
                let _other = network.branch(Seed(3));
                branch.advance(stop + 3.0).unwrap();
            }
            spikes.extend_from_slice(network.observable().spikes());
            external.extend_from_slice(network.recorded());
        }
        (bits(&spikes), bits(&external), network.events())
    };
    let undisturbed = run(false);
    assert!(undisturbed.0.len() > 300 && undisturbed.1.len() > 10_000);
    assert!(run(true) == undisturbed);
}

#[test]
fn many_branches_fire_and_receive_as_often_as_the_network() {
    const BRANCHES: u64 = 400;
    // In the middle of a window, when the network has come to rest; what all branches share is forgotten later.
    const START: f64 = 200.123;
    const LATER: f64 = 280.0;
    const END: f64 = 325.3;
    let text = NOISY.replace("1400", "70").replace("in_degree = 50", "in_degree = 20");
    let mut network = engine(&model(&text));
    network.advance(START).unwrap();
    let (mut spikes, mut from_sources, mut external) = (0u32, 0u32, 0);
    for seed in 0..BRANCHES {
        let mut branch = network.branch(Seed(1000 + seed));
        for spike in run(&mut *branch, END) {
            from_sources += u32::from(spike.neuron >= 70);
            spikes += u32::from(spike.neuron < 70 && spike.time >= LATER);
        }
        external += branch.events().external;
    }
    // 4 kHz to 70 neurons, and 50 sources of 30 Hz.
    for (found, rate) in [(external as f64, 280.0), (f64::from(from_sources), 1.5)] {
        let expected = rate * BRANCHES as f64 * (END - START);
        assert!((found - expected).abs() < 4.0 * expected.sqrt(), "{found}, not {expected}");
    }
    let whole = run(&mut network, START + BRANCHES as f64 * (END - LATER));
    let expected = whole.iter().filter(|s| s.neuron < 70).count() as f64;
    println!("{spikes} spikes in {BRANCHES} branches, {expected} in the network");
    // Inhibition makes spikes less random than Poisson.
    let error = (2.0 * expected).sqrt();
    assert!(expected > 10_000.0 && (f64::from(spikes) - expected).abs() < 3.0 * error);
}

#[test]
fn every_listed_spike_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.txt");
    for k in 0..200 {
        let mut stream = stream("listed", k);
        // Decimal times, some of them equal, and branches at such times, too.
        let decimal = |stream: &mut Stream| f64::from(1 + stream.below(300)) / 10.0;
        let mut listed: Vec<f64> = (0..60).map(|_| decimal(&mut stream)).collect();
        listed.sort_unstable_by(f64::total_cmp);
        let lines: Vec<String> = listed.iter().map(|t| format!("{} {t}\n", k % 2)).collect();
        std::fs::write(&file, lines.concat()).unwrap();
        let list: Vec<String> = listed.iter().map(|t| format!("\"{t} ms\"")).collect();
        // Too weak and strong enough to fire: added at once, and one by one.
        let efficacy = choose(&mut stream, &[1e-3, 15.0]);
        let tau = choose(&mut stream, &[0.0, 4.0]);
        let model = model(&format!(
            "[population.S]\nsize = 2\n[dynamics.spiking.S]\nspikes = {{ list = [[], [{}]] }}\n\
             [population.R]\nsize = 2\n[dynamics.spiking.R]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\n\
             v_reset = \"10 mV\"\nt_ref = \"0.5 ms\"\n\
             input = {{ file = {file:?}, efficacy = \"{efficacy} mV\", tau_syn = \"{tau} ms\" }}\n",
            list.join(", ")
        ));
        let mut times: Vec<f64> = (0..4)
            .map(|_| match stream.below(3) {
                0 => between(&mut stream, 0.0, 30.0),
                _ => decimal(&mut stream),
            })
            .collect();
        times.extend([0.2, 0.9]);
        times.sort_unstable_by(f64::total_cmp);
        let mut dynamics: Box<dyn Dynamics> = Box::new(engine(&model));
        let (mut fired, mut received) = (Vec::new(), 0);
        for time in times.into_iter().chain([31.0]) {
            fired.extend(run(&mut *dynamics, time).iter().filter(|s| s.neuron < 2).copied());
            received += dynamics.events().external;
            dynamics = dynamics.branch(Seed(k));
        }
        assert_eq!((fired.len(), received), (60, 60), "{k}");
        for (spike, time) in fired.iter().zip(listed) {
            assert!(spike.neuron == 1 && (spike.time - time).abs() < 1e-14, "{k} {spike:?} {time}");
        }
    }
}
