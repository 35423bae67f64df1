//! Random networks, and the comparison of the engine with the reference on them.

use super::reference::Run;
use super::{Drive, between, choose, engine, log_between, model, run_recorded, stream, trains};
use attractor::model::Model;
use attractor::random::Stream;
use std::fmt::Write;

/// What a family of random networks looks like.
#[derive(Clone, Debug)]
pub struct Family {
    pub name: &'static str,
    pub networks: u64,
    /// Neurons of E; I has a quarter of them.
    pub size: (f64, f64),
    /// Shortest and longest delay, ms; log-uniform.
    pub delay: (f64, f64),
    /// Strength of the synapses in units of 1 mV over the square root of the in-degree.
    pub strength: f64,
    pub t_ref: &'static [f64],
    pub tau_m: (f64, f64),
    /// Synaptic time constants are drawn from here, times tau_m of the receiver or not.
    pub tau_absolute: &'static [f64],
    pub tau_relative: &'static [f64],
    /// The share of delta synapses among the projections.
    pub delta: f64,
    /// All neurons of a population start alike, and fire together: every arrival is a tie.
    pub alike: bool,
    /// tau_m and theta differ from neuron to neuron.
    pub spread: bool,
    /// Delays and efficacies differ from synapse to synapse.
    pub varied: bool,
    /// Projections of E have short-term plasticity.
    pub plastic: bool,
    /// Neurons adapt, and their thresholds move.
    pub adapting: bool,
    /// Neurons fire at random.
    pub escaping: bool,
    /// Currents have rise times, or several time constants.
    pub shaped: bool,
    /// Efficacies of slow projections change at spikes.
    pub learning: bool,
    /// Sources, listed and Poisson, and Poisson input.
    pub outside: bool,
    pub duration: f64,
    pub drives: usize,
}

pub const PLAIN: Family = Family {
    name: "plain",
    networks: 6,
    size: (8.0, 60.0),
    delay: (0.1, 8.0),
    strength: 0.6,
    t_ref: &[0.0, 0.05, 1.0, 2.0, 5.0],
    tau_m: (5.0, 30.0),
    tau_absolute: &[1.0, 3.0, 5.0, 60.0, 500.0],
    tau_relative: &[1.0, 1.0 - 1e-9, 1.0 + 1e-9],
    delta: 0.0,
    alike: false,
    spread: false,
    varied: false,
    plastic: false,
    adapting: false,
    escaping: false,
    learning: false,
    shaped: false,
    outside: false,
    duration: 400.0,
    drives: 3,
};

/// Times agree within this (ms). The reference errs by rounding, too, and a network may amplify that.
pub const TOLERANCE: f64 = 1e-9;

/// A network amplifies errors too much for that tolerance if the reference itself, started with potentials that
/// differ by so little (mV), moves a spike by more than the engine's error.
const SHIFT: f64 = 1e-12;

/// The nearest multiple of 2^-20 ms. Along chains of neurons that fire on arrivals, sums of such delays are exact in
/// any order, so that arrivals which coincide in exact arithmetic do so for the engine and the reference alike.
fn binary(delay: f64) -> f64 {
    (delay * f64::from(1 << 20)).round() / f64::from(1 << 20)
}

/// A current with a rise time or several time constants, the first of which is `tau` (ms); some are near to each other.
fn shaped(stream: &mut Stream, tau: f64) -> String {
    let mut shape = |decay: f64, rise: bool| {
        let share = between(stream, 0.2, 3.0);
        let rise = match rise {
            true => {
                let part = choose(stream, &[0.1, 0.5, 0.99]);
                format!(", rise = \"{} ms\"", (decay * part).max(0.05))
            }
            false => String::new(),
        };
        format!("{{ decay = \"{decay:?} ms\"{rise}, share = {share} }}")
    };
    let other = if tau < 10.0 { 7.0 * tau } else { 0.2 * tau };
    let made = [
        shape(tau, true),
        format!("[{}, {}]", shape(tau, false), shape(other, false)),
        format!("[{}, {}]", shape(tau, true), shape(other, false)),
        format!("[{}, {}]", shape(tau, true), shape(other, true)),
    ];
    made[stream.below(4) as usize].clone()
}

/// Sources of each kind.
const SOURCES: usize = 5;

impl Family {
    /// A network: its model, and the number of its neurons and sources.
    pub fn draw(&self, stream: &mut Stream) -> (String, usize) {
        let size = between(stream, self.size.0, self.size.1) as usize;
        let sizes = [("E", size, 1.0), ("I", (size / 4).max(2), -1.0)];
        let mut text = String::new();
        let mut tau_m = Vec::new();
        for (name, size, _) in sizes {
            tau_m.push(between(stream, self.tau_m.0, self.tau_m.1));
            self.write_neurons(stream, &mut text, name, size, tau_m[tau_m.len() - 1]);
        }
        // Two pathways between every pair of populations, of different delays and time constants.
        for (k, (from, senders, sign)) in sizes.iter().enumerate() {
            for (to, (name, ..)) in sizes.iter().enumerate() {
                for part in ["fast", "slow"] {
                    let degree = ((0.3 * *senders as f64) as usize).max(1);
                    let mean = sign * self.strength * if k == 1 { 6.0 } else { 1.0 }
                        / (degree as f64).sqrt();
                    let ends = (*from, *name, part);
                    self.write_projection(stream, &mut text, ends, degree, mean, tau_m[to]);
                }
            }
        }
        let mut number = size + (size / 4).max(2);
        if self.outside {
            self.write_sources(stream, &mut text, &tau_m);
            number += 2 * SOURCES;
        }
        (text, number)
    }

    fn write_neurons(
        &self,
        stream: &mut Stream,
        text: &mut String,
        name: &str,
        size: usize,
        tau_m: f64,
    ) {
        let (t_ref, current) = (choose(stream, self.t_ref), between(stream, 20.5, 26.0));
        let current = if self.outside { current - 4.0 } else { current };
        let v_initial = match self.alike {
            true => String::new(),
            false => "v_initial = { uniform = [\"-5 mV\", \"20 mV\"] }".to_owned(),
        };
        let mut tau = format!("\"{tau_m} ms\"");
        let mut theta = "\"20 mV\"".to_owned();
        let current = current + 3.0;
        let [mut refractory, mut constant] =
            [format!("\"{t_ref} ms\""), format!("\"{current} mV\"")];
        if self.spread {
            tau = match stream.below(2) {
                0 => format!("{{ uniform = [\"{} ms\", \"{} ms\"] }}", 0.7 * tau_m, 1.4 * tau_m),
                _ => format!("{{ normal = {{ mean = {tau}, sd = \"{} ms\" }} }}", 0.05 * tau_m),
            };
            refractory = format!("{{ uniform = [\"{t_ref} ms\", \"{} ms\"] }}", 2.0 * t_ref + 0.1);
            constant = format!("{{ normal = {{ mean = {constant}, sd = \"0.5 mV\" }} }}");
            theta = "{ normal = { mean = \"20 mV\", sd = \"1 mV\", min = \"16 mV\" } }".to_owned();
        }
        write!(
            text,
            "[population.{name}]\nsize = {size}\n[dynamics.spiking.{name}]\ntau_m = {tau}\n\
             theta = {theta}\nv_reset = \"10 mV\"\nt_ref = {refractory}\nv_rest = \"-3 mV\"\n\
             current = {constant}\n{}\n",
            if self.spread { v_initial.replace("20 mV", "15 mV") } else { v_initial },
        )
        .unwrap();
        if self.adapting {
            // Each alone and both, with time constants beside tau_m and equal to it.
            let tau = |stream: &mut Stream| match stream.below(3) {
                0 => tau_m,
                _ => log_between(stream, 3.0, 400.0),
            };
            let which = stream.below(3);
            for (_, key) in
                [(0, "adaptation"), (1, "moving_threshold")].iter().filter(|k| k.0 != which)
            {
                let (jump, tau) = (log_between(stream, 0.1, 5.0), tau(stream));
                writeln!(text, "{key} = {{ jump = \"{jump} mV\", tau = \"{tau} ms\" }}").unwrap();
            }
        }
        if self.escaping {
            let form = choose(stream, &["exponential", "sigmoid", "linear"]);
            let (rate, width) = (log_between(stream, 20.0, 500.0), log_between(stream, 0.2, 4.0));
            writeln!(
                text,
                "escape = {{ {form} = {{ rate = \"{rate} Hz\", width = \"{width} mV\" }} }}"
            )
            .unwrap();
        }
        if self.outside {
            // Few strong spikes, or many weak ones in every window; some inhibit.
            let (rate, efficacy) = match stream.below(3) {
                0 => (between(stream, 8e3, 16e3), between(stream, 0.005, 0.02)),
                1 => (between(stream, 100.0, 500.0), between(stream, -0.3, -0.1)),
                _ => (between(stream, 100.0, 1000.0), between(stream, 0.1, 0.4)),
            };
            writeln!(
                text,
                "poisson = {{ rate = \"{rate} Hz\", efficacy = \"{efficacy} mV\", tau_syn = \"{} ms\" }}",
                choose(stream, &[0.0, 0.0, 2.0, tau_m]),
            )
            .unwrap();
        }
    }

    fn write_projection(
        &self,
        stream: &mut Stream,
        text: &mut String,
        (from, to, part): (&str, &str, &str),
        degree: usize,
        mean: f64,
        tau_m: f64,
    ) {
        let tau = if stream.uniform() < self.delta {
            0.0
        } else if stream.uniform() < 0.5 {
            tau_m * choose(stream, self.tau_relative)
        } else {
            choose(stream, self.tau_absolute)
        };
        let delay = binary(log_between(stream, self.delay.0, self.delay.1));
        let mut delay_text = format!("\"{delay} ms\"");
        let mut efficacy =
            format!("{{ normal = {{ mean = \"{mean} mV\", sd = \"{} mV\" }} }}", 0.3 * mean.abs());
        let mut more = String::new();
        if self.varied {
            let step = binary(delay / between(stream, 2.0, 9.0));
            more = format!("delay_step = \"{step} ms\"\n");
            delay_text = match stream.below(3) {
                0 => format!("{{ exponential = {{ mean = \"{delay} ms\" }} }}"),
                1 => format!("{{ uniform = [\"{} ms\", \"{} ms\"] }}", step, 2.0 * delay),
                _ => format!(
                    "{{ normal = {{ mean = \"{delay} ms\", sd = \"{} ms\" }} }}",
                    0.5 * delay
                ),
            };
            efficacy = match stream.below(4) {
                0 => efficacy,
                1 => format!("{{ exponential = {{ mean = \"{mean} mV\" }} }}"),
                2 => format!("{{ lognormal = {{ mean = \"{mean} mV\", cv = 1.0 }} }}"),
                _ => {
                    let (a, b) = (0.5 * mean, 1.5 * mean);
                    format!("{{ uniform = [\"{} mV\", \"{} mV\"] }}", a.min(b), a.max(b))
                }
            };
        }
        if self.learning && part == "slow" {
            let max = 4.0 * mean.abs();
            let mut size = || log_between(stream, 0.01, 0.3) * mean.abs();
            let [a, b, c, d] = [size(), size(), size(), size()];
            let mut tau = || log_between(stream, 5.0, 120.0);
            let [s, t, u, v] = [tau(), tau(), tau(), tau()];
            let rule = match stream.below(4) {
                0 => format!(
                    "pair = {{ potentiation = \"{a} mV\", depression = \"{b} mV\", tau_pre = \"{s} ms\", tau_post = \"{t} ms\""
                ),
                1 => format!(
                    "pair = {{ soft = true, potentiation = \"{a} mV\", depression = \"{b} mV\", tau_pre = \"{s} ms\", tau_post = \"{t} ms\""
                ),
                2 => format!(
                    "triplet = {{ pair_potentiation = \"{a} mV\", triplet_potentiation = \"{b} mV\", pair_depression = \"{c} mV\", \
                     triplet_depression = \"{d} mV\", tau_plus = \"{s} ms\", tau_x = \"{t} ms\", tau_minus = \"{u} ms\", \
                     tau_y = \"{v} ms\""
                ),
                _ => format!(
                    "inhibitory = {{ learning_rate = \"{a} mV\", target = \"10 Hz\", tau = \"{s} ms\""
                ),
            };
            writeln!(more, "plasticity.{rule}, max = \"{max} mV\" }}").unwrap();
        }
        if self.plastic && from == "E" && part == "slow" {
            writeln!(
                more,
                "short_term = {{ U = {}, tau_d = \"{} ms\", tau_f = \"{} ms\", release = \"{}_jump\" }}",
                between(stream, 0.1, 0.9),
                log_between(stream, 10.0, 500.0),
                log_between(stream, 10.0, 1500.0),
                choose(stream, &["before", "after"]),
            )
            .unwrap();
        }
        write!(
            text,
            "[projection.{from}_{to}_{part}]\nfrom = \"{from}\"\nto = \"{to}\"\n\
             connect = {{ in_degree = {degree} }}\nmultapses = true\nefficacy = {efficacy}\n\
             delay = {delay_text}\ntau_syn = {}\n{more}",
            if self.shaped && tau > 0.0 { shaped(stream, tau) } else { format!("\"{tau:?} ms\"") },
        )
        .unwrap();
    }

    fn write_sources(&self, stream: &mut Stream, text: &mut String, tau_m: &[f64]) {
        let mut trains = Vec::new();
        for _ in 0..SOURCES {
            let number = 1 + stream.below(20);
            // Some at the same times.
            let mut time = || match stream.below(3) {
                0 => f64::from(stream.below(20)) * 0.05 * self.duration,
                _ => between(stream, 0.0, self.duration),
            };
            let times: Vec<String> = (0..number).map(|_| format!("\"{} ms\"", time())).collect();
            trains.push(format!("[{}]", times.join(", ")));
        }
        let listed = format!("list = [{}]", trains.join(", "));
        for (name, spikes) in [("LIST", listed.as_str()), ("RANDOM", "poisson = \"20 Hz\"")] {
            write!(
                text,
                "[population.{name}]\nsize = {SOURCES}\n\
                 [dynamics.spiking.{name}]\nspikes = {{ {spikes} }}\n"
            )
            .unwrap();
            for (to, tau_m) in ["E", "I"].iter().zip(tau_m) {
                self.write_projection(stream, text, (name, to, "slow"), 3, 1.0, *tau_m);
            }
        }
    }

    /// Fields at awkward times.
    pub fn draw_drives(&self, neurons: usize, stream: &mut Stream) -> Vec<Drive> {
        let part = self.duration / (self.drives + 1) as f64;
        (1..=self.drives)
            .map(|k| {
                let time = part * (k as f64 + between(stream, -0.4, 0.4));
                Drive::currents(time, (0..neurons).map(|_| between(stream, -6.0, 6.0)).collect())
            })
            .collect()
    }

    /// Compares all networks of the family; returns the number of spikes.
    pub fn compare(&self) -> usize {
        let (mut spikes, mut worst, mut active) = (0, 0f64, 0);
        let times = std::env::var("NETWORKS").map_or(1, |n| n.parse().expect("a number"));
        for k in 0..self.networks * times {
            let mut stream = stream(self.name, k);
            let (text, neurons) = self.draw(&mut stream);
            let drives = self.draw_drives(neurons, &mut stream);
            let model = model(&format!("seed = {k}\n{text}"));
            let name = format!("{} {k}", self.name);
            let compared = compare(&name, &model, &drives, neurons, self.duration);
            spikes += compared.spikes;
            active += compared.active;
            worst = worst.max(compared.worst);
        }
        println!(
            "{}: {spikes} spikes of {active} neurons, largest difference {worst:.1e} ms",
            self.name
        );
        spikes
    }
}

/// What a comparison has found: the same spikes.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub spikes: usize,
    /// Neurons with more than one spike.
    pub active: usize,
    /// The largest difference of two times, ms.
    pub worst: f64,
}

/// Runs a model of `neurons` in the engine and in the reference, which must find the same spikes: to the end, or
/// until shortly before the first that is moved as much by a change of the start in its last digits.
pub fn compare(name: &str, model: &Model, drives: &[Drive], neurons: usize, end: f64) -> Compared {
    let (found, external) = run_recorded(&mut engine(model), drives, end);
    let run = Run { external: &external, spikes: &found, ..Run::new(model, drives) };
    let expected = run.until(end);
    assert!(found.is_sorted_by(|a, b| (a.time, a.neuron) <= (b.time, b.neuron)));
    let (mut worst, mut active) = (0f64, 0);
    let pairs = trains(&found, neurons).into_iter().zip(trains(&expected, neurons));
    for (n, (found, expected)) in pairs.enumerate() {
        active += usize::from(expected.len() > 1);
        for (spike, (a, b)) in found.iter().zip(&expected).enumerate() {
            if (a - b).abs() >= TOLERANCE {
                let shifted = trains(&Run { shift: SHIFT, ..run.clone() }.until(end), neurons);
                let moved = shifted[n].get(spike).is_none_or(|c| (c - b).abs() > (a - b).abs());
                let text = model.to_toml();
                assert!(moved, "{name}: spike {spike} of neuron {n} at {a}, not {b}\n{text}");
                println!(
                    "{name}: compared to 0.9 of {b} ms, where {SHIFT:.0e} mV at the start move a spike more"
                );
                return compare(name, model, drives, neurons, 0.9 * b);
            }
            worst = worst.max((a - b).abs());
        }
        assert_eq!(
            found.len(),
            expected.len(),
            "{name}: neuron {n} {found:?} {expected:?}\n{}",
            model.to_toml()
        );
    }
    Compared { spikes: found.len(), active, worst }
}
