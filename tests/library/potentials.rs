//! Membrane potentials: exact, and looking at them changes nothing.

use crate::common::psp::{psp, response};
use crate::common::{Drive, bits, engine, model, run_in_steps};
use attractor::dynamics::spiking::Spiking;
use attractor::dynamics::{Dynamics, Effect, ExternalInput, Membranes, Spike};
use attractor::model::{Document, Model};
use attractor::recording::{Recording, Traces};
use attractor::simulation::Simulation;
use attractor::work::Threads;
use std::path::Path;

/// Sources, neurons with currents (of which one has the time constant of the membrane) and jumps, and neurons with jumps
/// alone; all of a population are connected with all of another.
const TEXT: &str = r#"
seed = 9
population = { S = { size = 6 }, E = { size = 4 }, I = { size = 3 } }
[dynamics.spiking.S]
spikes = { poisson = "60 Hz" }
[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "11 mV"
t_ref = "2 ms"
v_rest = "1 mV"
v_initial = "3 mV"
poisson = { rate = "900 Hz", efficacy = "0.5 mV", tau_syn = "5 ms" }
[dynamics.spiking.I]
tau_m = "10 ms"
theta = "18 mV"
v_reset = "5 mV"
t_ref = "1 ms"
v_initial = "2 mV"
current = "4 mV"
poisson = { rate = "700 Hz", efficacy = "1.1 mV", tau_syn = "0 ms" }
[projection.SE]
from = "S"
to = "E"
connect = "all_to_all"
efficacy = "0.9 mV"
delay = "1.5 ms"
tau_syn = "20 ms"
[projection.SE_jumps]
from = "S"
to = "E"
connect = "all_to_all"
efficacy = "0.7 mV"
delay = "0.3 ms"
tau_syn = "0 ms"
[projection.EI]
from = "E"
to = "I"
connect = "all_to_all"
efficacy = "2.5 mV"
delay = "1.1 ms"
tau_syn = "0 ms"
[projection.IE]
from = "I"
to = "E"
connect = "all_to_all"
efficacy = "-1.5 mV"
delay = "0.7 ms"
tau_syn = "3 ms"
"#;

const END: f64 = 600.0;
const E: std::ops::Range<usize> = 6..10;
const I: std::ops::Range<usize> = 10..13;
/// What a stimulus adds to the current, mV, from when to when.
const SHOWN: (f64, f64, f64) = (101.234_567, 317.77, 3.5);

fn drives() -> Vec<Drive> {
    let (from, to, current) = SHOWN;
    let mut first = Drive::currents(from, vec![current; 13]);
    first.field.add(E, Effect::Poisson(400.0));
    vec![first, Drive::currents(to, vec![0.0; 13])]
}

/// A neuron in closed form.
struct Neuron {
    tau_m: f64,
    v_reset: f64,
    t_ref: f64,
    v_initial: f64,
    v_inf: f64,
    /// Time, efficacy and time constant (0 of a jump).
    arrivals: Vec<(f64, f64, f64)>,
    fired: Vec<f64>,
}

impl Neuron {
    /// V just before `t`, from sums over everything since the last reset.
    fn v(&self, t: f64) -> f64 {
        let relax = |u: f64| (-u / self.tau_m).exp();
        let last = self.fired.iter().rev().find(|fired| **fired < t);
        let (from, start) =
            last.map_or((0.0, self.v_initial), |fired| (fired + self.t_ref, self.v_reset));
        if t <= from {
            return start;
        }
        let mut v = start * relax(t - from) + self.v_inf * (1.0 - relax(t - from));
        let (on, off, current) = SHOWN;
        let (on, off) = (on.clamp(from, t), off.clamp(from, t));
        v += current * (relax(t - off) - relax(t - on));
        for &(s, efficacy, tau) in self.arrivals.iter().filter(|arrival| arrival.0 < t) {
            v += match tau {
                0.0 if s < from => 0.0,
                0.0 => efficacy * relax(t - s),
                _ if s < from => {
                    let left = self.tau_m / tau * (-(from - s) / tau).exp();
                    efficacy * left * response(t - from, self.tau_m, tau)
                }
                _ => efficacy * psp(t - s, self.tau_m, tau),
            };
        }
        v
    }

    /// The current of time constant `tau` just before `t`.
    fn current(&self, tau: f64, t: f64) -> f64 {
        let own = self.arrivals.iter().filter(|arrival| arrival.0 < t && arrival.2 == tau);
        own.map(|&(s, efficacy, _)| efficacy * self.tau_m / tau * (-(t - s) / tau).exp()).sum()
    }

    /// Whether V jumps within rounding of `t`.
    fn jumps_at(&self, t: f64) -> bool {
        let arrives = self.arrivals.iter().any(|a| a.2 == 0.0 && (a.0 - t).abs() < 1e-9);
        arrives
            || self.fired.iter().any(|s| (s - t).abs() < 1e-9 || (s + self.t_ref - t).abs() < 1e-9)
    }
}

/// The neurons E and I with all that arrives at them.
fn neurons(spikes: &[Spike], external: &[Spike]) -> Vec<Neuron> {
    let of = |range: std::ops::Range<usize>, delay: f64, efficacy: f64, tau: f64| {
        let own = spikes.iter().filter(move |s| range.contains(&(s.neuron as usize)));
        own.map(move |s| (s.time + delay, efficacy, tau))
    };
    let neuron = |n: usize| {
        let fired = spikes.iter().filter(|s| s.neuron as usize == n).map(|s| s.time).collect();
        let outside = external.iter().filter(move |s| s.neuron as usize == n);
        if E.contains(&n) {
            let mut arrivals: Vec<_> = outside.map(|s| (s.time, 0.5, 5.0)).collect();
            arrivals.extend(of(0..6, 1.5, 0.9, 20.0).chain(of(0..6, 0.3, 0.7, 0.0)));
            arrivals.extend(of(I, 0.7, -1.5, 3.0));
            let (v_reset, v_initial, v_inf) = (11.0, 3.0, 1.0);
            Neuron { tau_m: 20.0, t_ref: 2.0, v_reset, v_initial, v_inf, arrivals, fired }
        } else {
            let mut arrivals: Vec<_> = outside.map(|s| (s.time, 1.1, 0.0)).collect();
            arrivals.extend(of(E, 1.1, 2.5, 0.0));
            let (v_reset, v_initial, v_inf) = (5.0, 2.0, 4.0);
            Neuron { tau_m: 10.0, t_ref: 1.0, v_reset, v_initial, v_inf, arrivals, fired }
        }
    };
    E.chain(I).map(neuron).collect()
}

#[test]
fn potentials_are_those_of_the_closed_form_and_looking_changes_no_spike() {
    let model = model(TEXT);
    let mut network = engine(&model);
    network.record(true);
    let (mut spikes, mut external, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    let look = |network: &Spiking, t: f64, seen: &mut Vec<(usize, f64, f64, [f64; 3])>| {
        for n in E.chain(I) {
            let mut currents = [0.0; 3];
            let ports = network.cell(n).unwrap().tau_syn.len();
            seen.push((n, t, network.potential(n, &mut currents[..ports]), currents));
        }
    };
    let mut drives_left = drives().into_iter().peekable();
    for k in 0..=(END * 10.0) as u32 {
        let t = f64::from(k) / 10.0;
        while let Some(drive) = drives_left.next_if(|drive| drive.time <= t) {
            network.advance(drive.time).unwrap();
            spikes.extend_from_slice(network.observable().spikes());
            external.extend_from_slice(network.recorded());
            network.drive(&drive.field);
            // Of a field that has just begun.
            look(&network, drive.time, &mut seen);
        }
        network.advance(t).unwrap();
        spikes.extend_from_slice(network.observable().spikes());
        external.extend_from_slice(network.recorded());
        look(&network, t, &mut seen);
    }
    assert_eq!(bits(&spikes), bits(&run_in_steps(&mut engine(&model), &drives(), &[END])));
    assert!(network.cell(0).is_none() && network.potential(0, &mut []).is_nan());
    assert_eq!(network.cell(E.start).unwrap().tau_syn, [3.0, 5.0, 20.0]);
    assert_eq!(network.cell(I.start).unwrap().tau_syn, [0.0; 0]);

    let neurons = neurons(&spikes, &external);
    for neuron in &neurons {
        assert!(neuron.fired.len() > 5 && neuron.arrivals.len() > 100, "{}", neuron.fired.len());
    }
    let (mut worst, mut compared) = (0.0f64, 0);
    for (n, t, v, currents) in seen {
        let neuron = &neurons[n - E.start];
        if neuron.jumps_at(t) {
            continue;
        }
        compared += 1;
        worst = worst.max((v - neuron.v(t)).abs());
        if E.contains(&n) {
            for (tau, current) in [3.0, 5.0, 20.0].into_iter().zip(currents) {
                worst = worst.max((current - neuron.current(tau, t)).abs());
            }
        }
    }
    println!("{compared} potentials, largest error {worst:.1e} mV");
    assert!(compared > 40_000 && worst < 1e-9, "{compared} {worst}");
}

/// Two populations, a protocol that starts stimuli off the grid, and trials.
const TRIALS: &str = r#"
title = "t"
source = "s"
shows = "x"
seed = 4
population = { E = { size = 1200 }, I = { size = 300 } }
patterns.E.random = { number = 4, coding_level = 0.1 }
[dynamics.spiking.E]
tau_m = { normal = { mean = "20 ms", sd = "2 ms" } }
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "1 kHz", efficacy = "1 mV", tau_syn = "5 ms" }
[dynamics.spiking.I]
tau_m = "10 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "1 ms"
poisson = { rate = "1 kHz", efficacy = "1.9 mV", tau_syn = "0 ms" }
[projection.EE]
from = "E"
to = "E"
connect = { in_degree = 40 }
learning = "shared_patterns"
scale = "0.3 mV"
delay = { uniform = ["1 ms", "3 ms"] }
tau_syn = "60 ms"
[projection.EI]
from = "E"
to = "I"
connect = { in_degree = 40 }
efficacy = "0.4 mV"
delay = { uniform = ["0.5 ms", "1.5 ms"] }
tau_syn = "0 ms"
[[protocol]]
name = "rest"
duration = "33.3 ms"
[[protocol]]
name = "cue"
duration = "20.25 ms"
show = [{ pattern = 1, poisson = "1 kHz" }]
[task.delayed_match]
trials = 4
match_probability = 0.5
fixation = "5.1 ms"
sample = { duration = "10.3 ms", poisson = "1 kHz" }
delay = "20 ms"
test = { duration = "10 ms", poisson = "1 kHz" }
inter_trial = "5 ms"
observer = { above = "10 Hz", held_over = "10 ms", seen_over = "10 ms" }
"#;

fn record(settings: &[&str], threads: usize) -> Recording {
    let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
    let document = Document::new(Path::new("test.toml"), TRIALS.to_owned(), &settings).unwrap();
    let model: Model = document.model().unwrap_or_else(|e| panic!("{e}"));
    let threads = Threads::new(threads).unwrap();
    Simulation::new(model, Path::new("."), &threads).unwrap().record().unwrap()
}

#[test]
fn recording_potentials_changes_no_bit_on_any_number_of_threads() {
    let watched = "record.v=[{ population = \"I\", neurons = \"7..9\", every = \"0.3 ms\" }, \
                   { population = \"E\", neurons = \"1190..1200\", every = \"0.1 ms\" }]";
    for order in ["independent", "in_sequence"] {
        let order = format!("task.delayed_match.order=\"{order}\"");
        let plain = record(&[&order], 2);
        assert_eq!(plain.watched().unwrap(), Vec::<String>::new());
        let mut first: Option<[Traces; 2]> = None;
        for (threads, interval) in [(1, "10 ms"), (2, "1.7 ms"), (3, "20 ms")] {
            let interval = format!("record.interval=\"{interval}\"");
            let full = record(&[&order, watched, &interval], threads);
            let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
            assert_eq!(hash(&full), hash(&plain));
            for population in ["E", "I"] {
                assert_eq!(full.spikes(population).unwrap(), plain.spikes(population).unwrap());
            }
            assert_eq!(full.watched().unwrap(), ["I", "E"]);
            let traces = ["I", "E"].map(|name| full.potentials(name).unwrap().unwrap());
            let known = first.get_or_insert_with(|| traces.clone());
            assert_eq!(*known, traces);
        }
        let [i, e] = first.unwrap();
        assert_eq!((i.neurons, i.currents.len(), i.every), (vec![7, 8], 0, 0.3));
        let names: Vec<&str> = e.currents.iter().map(|c| c.0.as_str()).collect();
        assert_eq!(names, ["I_syn_5ms", "I_syn_60ms"]);
        // 53.55 ms of protocol and four trials of 50.4 ms, each from its start.
        assert_eq!(e.time.len(), 536 + 4 * 504);
        assert!(e.time.is_sorted_by(|a, b| a < b));
        assert_eq!(e.time[..3], [0.0, 0.1, 0.2]);
        assert_eq!((e.time[535], e.time[536], e.time[537]), (53.5, 53.55, 53.65));
        assert_eq!(e.v.len(), 10 * e.time.len());
        assert!(e.v.iter().all(|v| *v < 20.0) && e.v_reset == [10.0; 10]);
        assert!(e.of(3).any(|v| v == 10.0), "neurons fire");
    }
}
