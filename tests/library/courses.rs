//! Stimuli that change in time: as exact as constant ones, as random as they are said to be, and the same however they are run.

mod escape;
mod networks;
mod recorded;

use crate::common::{between, stream};
use crate::resuming::{COUPLED, GAUSS, HEBB, SPIKING, branches, rate, resumes};
use attractor::dynamics::Field;
use attractor::model::{Document, Model};
use attractor::network::Placed;
use attractor::protocol::{self, Chance, Held};
use attractor::random::Seed;
use attractor::recording::Recording;
use attractor::simulation::Simulation;
use attractor::work::Threads;
use std::fmt::Write;
use std::path::Path;

/// Neurons with Poisson input, and sources that are silent unless they are shown something.
const NETWORK: &str = r#"
seed = 3
population = { E = { size = 300 }, S = { size = 40 } }
patterns.E.random = { number = 2, coding_level = 0.2 }
dynamics.spiking.S = { spikes = { poisson = "0 Hz" } }
[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
v_initial = { uniform = ["0 mV", "20 mV"] }
poisson = { rate = "3 kHz", efficacy = "0.3 mV", tau_syn = "3 ms" }
[projection.EE]
from = "E"
to = "E"
connect = { probability = 0.1 }
efficacy = "0.1 mV"
delay = "1.3 ms"
tau_syn = "5 ms"
[projection.SE]
from = "S"
to = "E"
connect = { probability = 0.2 }
efficacy = "1 mV"
delay = "0.9 ms"
tau_syn = "0 ms"
"#;

/// The model with this protocol: a name, a duration and what is shown.
fn shown(network: &str, epochs: &[(f64, String)]) -> Model {
    let mut text = format!("title = \"t\"\nsource = \"s\"\nshows = \"x\"\n{network}\n");
    for (k, (duration, show)) in epochs.iter().enumerate() {
        writeln!(
            text,
            "[[protocol]]\nname = \"{k}\"\nduration = \"{duration:?} ms\"\nshow = [{show}]"
        )
        .unwrap();
    }
    let document = Document::new(Path::new("test.toml"), text, &[]).unwrap();
    document.model().unwrap_or_else(|e| panic!("{e}"))
}

fn record(model: Model, threads: usize) -> Recording {
    let threads = Threads::new(threads).unwrap();
    Simulation::new(model, Path::new("."), &threads).unwrap().record().unwrap()
}

/// The spikes of these populations, as bits.
fn spikes(recording: &Recording, populations: &[&str]) -> Vec<(u64, u64)> {
    let of = |name: &&str| {
        let (times, neurons) = recording.spikes(name).unwrap();
        times.into_iter().map(f64::to_bits).zip(neurons).collect::<Vec<_>>()
    };
    populations.iter().flat_map(of).collect()
}

/// The slow way to say the same: an epoch for every step.
fn as_epochs(steps: &[(f64, Vec<f64>)], show: impl Fn(&[f64]) -> String) -> Vec<(f64, String)> {
    steps.iter().map(|(duration, values)| (*duration, show(values))).collect()
}

#[test]
fn a_course_is_what_epochs_with_its_values_are() {
    let epochs = |first: String, last: &[(f64, String)]| {
        let mut epochs = vec![(30.5, String::new()), (100.0, first)];
        epochs.splice(1..1, last.iter().cloned());
        epochs
    };
    let both = |course: String, steps: &[(f64, String)]| {
        let course = shown(NETWORK, &epochs(course, &[]));
        let mut slow = epochs(String::new(), steps);
        slow.pop();
        let [course, slow] = [course, shown(NETWORK, &slow)].map(|m| record(m, 1));
        let (a, b) = (spikes(&course, &["E", "S"]), spikes(&slow, &["E", "S"]));
        assert!(a.len() > 300 && a == b, "{} {}", a.len(), b.len());
        assert!(!course.spikes("S").unwrap().0.is_empty());
    };
    let sources = "{ population = \"S\", poisson = \"80 Hz\" }";
    // A ramp in 8 steps of which the last is shorter, beside steps that end before the epoch does.
    let ramp = format!(
        "{sources}, {{ pattern = 1, current = {{ ramp = {{ from = \"-2 mV\", to = \"8 mV\", every = \"13 ms\" }} }} }}"
    );
    let staircase: Vec<(f64, Vec<f64>)> = (0..8)
        .map(|k| {
            let (from, to) = (13.0 * f64::from(k), (13.0 * f64::from(k + 1)).min(100.0));
            (to - from, vec![-2.0 + 10.0 * (0.5 * (from + to) / 100.0)])
        })
        .collect();
    let steps = as_epochs(&staircase, |v| {
        format!("{sources}, {{ pattern = 1, current = \"{:?} mV\" }}", v[0])
    });
    both(ramp, &steps);
    let rates = r#"{ population = "S", poisson = { steps = { values = ["50 Hz", "0 Hz", "200 Hz"], every = "20 ms" } } },
        { pattern = 2, left_out = 0.3, poisson = { steps = { values = ["1 kHz", "2 kHz"], every = "20 ms" } } }"#;
    let values =
        [(20.0, vec![50.0, 1000.0]), (20.0, vec![0.0, 2000.0]), (60.0, vec![200.0, 2000.0])];
    let steps = as_epochs(&values, |v| {
        format!(
            "{{ population = \"S\", poisson = \"{} Hz\" }}, {{ pattern = 2, left_out = 0.3, poisson = \"{} Hz\" }}",
            v[0], v[1]
        )
    });
    both(rates.to_owned(), &steps);
    // Random numbers come from streams with names, number k for step k.
    let course = |seed: u64, k: u64| Seed(seed).stream("course/1/0/poisson", k);
    let redrawn = "{ population = \"S\", poisson = { redrawn = { distribution = { uniform = [\"20 Hz\", \"90 Hz\"] }, every = \"25 ms\" } } }";
    let values: Vec<(f64, Vec<f64>)> =
        (0..4).map(|k| (25.0, vec![20.0 + 70.0 * course(3, k).uniform()])).collect();
    let steps =
        as_epochs(&values, |v| format!("{{ population = \"S\", poisson = \"{:?} Hz\" }}", v[0]));
    both(redrawn.to_owned(), &steps);
    let noise = "{ population = \"S\", poisson = { ornstein_uhlenbeck = { mean = \"30 Hz\", sd = \"60 Hz\", tau = \"8 ms\", every = \"10 ms\" } } }";
    let mut x = 0.0;
    let values: Vec<(f64, Vec<f64>)> = (0..10)
        .map(|k| {
            let (normal, decay) = (course(3, k).normal(), (-10.0f64 / 8.0).exp());
            x = match k {
                0 => 60.0 * normal,
                _ => x * decay + 60.0 * (1.0 - decay * decay).sqrt() * normal,
            };
            (10.0, vec![(30.0 + x).max(0.0)])
        })
        .collect();
    assert!(values.iter().any(|(_, v)| v[0] == 0.0));
    // Its rates differ by rounding alone, and so do spike times; their number does not.
    let steps =
        as_epochs(&values, |v| format!("{{ population = \"S\", poisson = \"{:?} Hz\" }}", v[0]));
    let mut slow = epochs(String::new(), &steps);
    slow.pop();
    let [course, slow] =
        [epochs(noise.to_owned(), &[]), slow].map(|epochs| record(shown(NETWORK, &epochs), 1));
    let ((a, _), (b, _)) = (course.spikes("S").unwrap(), slow.spikes("S").unwrap());
    assert!(a.len() > 50 && a.len() == b.len(), "{} {}", a.len(), b.len());
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-9));
}

/// What `show` holds in an epoch of `duration` ms, for one population of `neurons`.
fn held(show: &str, duration: f64, neurons: usize) -> Held {
    let network = format!(
        "population.E.size = {neurons}\n[dynamics.spiking.E]\ntau_m = \"20 ms\"\ntheta = \"20 mV\"\n\
         v_reset = \"10 mV\"\nt_ref = \"2 ms\"\npoisson = {{ rate = \"1 Hz\", efficacy = \"1 mV\", tau_syn = \"0 ms\" }}\n"
    );
    let model = shown(&network, &[(duration, show.to_owned())]);
    let placed = [Placed { name: "E".to_owned(), neurons: 0..neurons, space: None }];
    let held = protocol::held(&model.protocol, &placed, &model.draw_patterns(), Seed(1));
    held.unwrap().remove(0)
}

/// Its fields, with the times at which they begin, in an episode that begins at `begin`.
fn fields(held: &Held, begin: f64, chance: Chance) -> Vec<(f64, Field)> {
    let mut moving = held.before(begin, begin, chance);
    let mut fields = vec![(begin, moving.field().clone())];
    while moving.next() < begin + held.until {
        let time = moving.next();
        assert!(moving.reach(time));
        fields.push((time, moving.field().clone()));
    }
    fields
}

const CHANCE: Chance = Chance { seed: Seed(8), later: None };

#[test]
fn the_ornstein_uhlenbeck_process_has_its_moments_and_its_memory() {
    let noise = |more: &str| {
        format!(
            "{{ population = \"E\", current = {{ ornstein_uhlenbeck = {{ mean = \"2 mV\", sd = \"3 mV\", tau = \"10 ms\", every = \"4 ms\"{more} }} }} }}"
        )
    };
    // 2000 independent processes of 50 steps.
    let (neurons, steps) = (2000, 50);
    let held = held(&noise(", independent = true"), 200.0, neurons);
    let x: Vec<Vec<f64>> =
        fields(&held, 0.0, CHANCE).into_iter().map(|(_, field)| field.input(neurons).0).collect();
    assert_eq!(x.len(), steps);
    let n = neurons as f64;
    for lag in [0, 1, 3, 10] {
        let rho = (-4.0 * lag as f64 / 10.0f64).exp();
        for k in [0, 17, steps - 1 - lag] {
            let product = |i: usize| (x[k][i] - 2.0) * (x[k + lag][i] - 2.0);
            let covariance = (0..neurons).map(product).sum::<f64>() / n;
            // The variance of a product of two normal numbers is (1 + rho^2) sd^4.
            let error = 9.0 * ((1.0 + rho * rho) / n).sqrt();
            assert!((covariance - 9.0 * rho).abs() < 5.0 * error, "{lag} {k}: {covariance}");
        }
    }
    let mean = |row: &Vec<f64>| row.iter().sum::<f64>() / n;
    assert!(x.iter().all(|row| (mean(row) - 2.0).abs() < 5.0 * 3.0 / n.sqrt()));
    // Without `independent` all neurons have the same.
    let held = self::held(&noise(""), 200.0, 3);
    for (_, field) in fields(&held, 0.0, CHANCE) {
        let x = field.input(3).0;
        assert!(x[0] == x[1] && x[1] == x[2]);
    }
}

#[test]
fn a_course_has_its_values_wherever_one_begins_to_look() {
    let show = r#"{ population = "E", current = { ornstein_uhlenbeck = { mean = "2 mV", sd = "3 mV", tau = "10 ms", every = "0.7 ms", independent = true } } },
        { population = "E", poisson = { redrawn = { distribution = { normal = { mean = "40 Hz", sd = "40 Hz" } }, every = "1.1 ms", independent = true } } },
        { population = "E", current = { steps = { values = ["1 mV", "-1 mV"], every = "5 ms" } } }"#;
    let (held, begin) = (held(show, 30.0, 20), 1000.3);
    let all = fields(&held, begin, CHANCE);
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0) && all.len() > 60);
    assert!(all.iter().all(|(_, field)| field.input(20).1.iter().all(|rate| *rate >= 0.0)));
    let mut stream = stream("looks", 0);
    let on_steps = all[1..].iter().map(|(time, _)| *time);
    for time in (0..100).map(|_| between(&mut stream, begin, begin + 30.0)).chain(on_steps) {
        // Before a step begins, and when it has begun.
        let mut moving = held.before(time, begin, CHANCE);
        let last = |begun: &dyn Fn(f64) -> bool| {
            all.iter().rev().find(|(from, _)| begun(*from) || *from == begin).unwrap().1.input(20)
        };
        assert_eq!(moving.field().input(20), last(&|from| from < time), "{time}");
        moving.reach(time);
        assert_eq!(moving.field().input(20), last(&|from| from <= time), "{time}");
    }
    // Another future.
    let later = Some((begin + 12.0, Seed(9)));
    let other = fields(&held, begin, Chance { later, ..CHANCE });
    for ((time, a), (_, b)) in all.iter().zip(&other) {
        assert_eq!(a == b, *time < begin + 12.0, "{time}");
    }
}

/// tau dV/dt = -V + I(t) with I linear in time: a(t - tau) + (V0 + a tau) e^{-t/tau}.
#[test]
fn a_ramp_in_small_steps_is_a_ramp() {
    let network = "population.E.size = 1\nrecord.v = { population = \"E\", neurons = \"0..1\", every = \"1 ms\" }\n\
         [dynamics.spiking.E]\ntau_m = \"20 ms\"\ntheta = \"20 mV\"\nv_reset = \"3 mV\"\nt_ref = \"2 ms\"\n";
    let mut worst = [0f64; 2];
    for (worst, every) in worst.iter_mut().zip(["1 ms", "0.1 ms"]) {
        let show = format!(
            "{{ population = \"E\", current = {{ ramp = {{ from = \"0 mV\", to = \"15 mV\", every = \"{every}\" }} }} }}"
        );
        let recording = record(shown(network, &[(100.0, show)]), 1);
        let traces = recording.potentials("E").unwrap().unwrap();
        for (time, v) in traces.time.iter().zip(&traces.v) {
            let (slope, tau) = (0.15, 20.0);
            let exact = slope * (time - tau) + (3.0 + slope * tau) * (-time / tau).exp();
            *worst = worst.max((v - exact).abs());
        }
        assert!(traces.time.len() > 98);
    }
    // At the ends of steps the error is of second order: (every/tau_m)^2/24 of the step, and that a sum over tau_m.
    assert!(worst[0] < 0.15 * 1.0 * 1.0 / 20.0 && worst[1] < worst[0] / 50.0, "{worst:?}");
}

#[test]
fn threads_and_looks_change_nothing() {
    let epochs = [(
        60.0,
        "{ population = \"S\", poisson = { redrawn = { distribution = { exponential = { mean = \"50 Hz\" } }, every = \"3.3 ms\", independent = true } } }, \
         { pattern = 1, current = { ornstein_uhlenbeck = { mean = \"1 mV\", sd = \"2 mV\", tau = \"5 ms\", every = \"0.5 ms\", independent = true } } }"
            .to_owned(),
    )];
    let network = NETWORK.replace("size = 300", "size = 1300");
    let run = |threads, interval: &str| {
        let network = format!("{network}\n[record]\ninterval = \"{interval}\"\n");
        spikes(&record(shown(&network, &epochs), threads), &["E", "S"])
    };
    let first = run(1, "10 ms");
    assert!(first.len() > 500);
    assert_eq!(first, run(2, "0.7 ms"));
}

/// The spiking network of the other tests of resuming, with courses of all kinds; and sources that are driven.
fn noisy() -> String {
    let noise = "{ ornstein_uhlenbeck = { mean = \"3 mV\", sd = \"2 mV\", tau = \"5 ms\", every = \"1.7 ms\", independent = true } }";
    let redrawn = "{ redrawn = { distribution = { normal = { mean = \"300 Hz\", sd = \"99 Hz\" } }, every = \"3 ms\" } }";
    let ramp = "{ ramp = { from = \"0 Hz\", to = \"90 Hz\", every = \"4 ms\" } }";
    let recorded =
        SPIKING.replace("efficacies = {}", "efficacies = {}, courses = { independent = 3 }");
    recorded.replace("current = \"3 mV\"", &format!("current = {noise}")).replace(
        "poisson = \"300 Hz\" }",
        &format!("poisson = {redrawn} }}, {{ population = \"S\", poisson = {ramp} }}"),
    )
}

#[test]
fn runs_with_courses_go_on_and_branch_off() {
    let noisy = noisy();
    assert!(["ramp", "ornstein", "courses"].iter().all(|word| noisy.contains(word)));
    resumes("noisy", &noisy);
    // Where a step begins; below also between two.
    for at in [26.3, 47.1] {
        let text = noisy.replace("\"7 ms\"", "\"0.35 ms\"");
        let text = if at > 40.0 { text.replace("pattern = 2", "pattern = 3") } else { text };
        branches("noisy", &text, "E", at, true);
    }
    let noise = |unit: &str| {
        format!(
            "record = {{ interval = \"1 {unit}\", courses = true }}\nprotocol = [{{ name = \"cue\", duration = \"20 {unit}\", show = [{{ pattern = 1, state = \"set\", \
             field = {{ ornstein_uhlenbeck = {{ mean = 0.1, sd = 0.5, tau = \"5 {unit}\", every = \"2 {unit}\" }} }} }}] }}]\n"
        )
    };
    let graded = format!("{COUPLED}{GAUSS}{}{}", noise("ms"), rate("\"adaptive\"", ""));
    let binary = format!(
        "{COUPLED}{HEBB}{}dynamics.binary = {{ states = \"plus_minus\", update = \"shuffled\", tie = \"keep\", temperature = 0.4 }}\n",
        noise("sweeps")
    );
    for (case, text) in [("noisy graded", graded), ("noisy binary", binary)] {
        resumes(case, &text);
        branches(case, &text, "N", 8.0, true);
        branches(case, &text, "N", 7.0, true);
    }
}

/// Neurons that were put into a state are free afterwards, whatever changes.
#[test]
fn a_state_that_is_set_is_set_once() {
    let text = |field: &str| {
        format!(
            "population.N.size = 50\npatterns.N.random = {{ number = 1, coding_level = 0.5 }}\n\
             [dynamics.rate]\nunits.N = {{ tau = \"10 ms\", transfer = \"linear\" }}\n\
             [[protocol]]\nname = \"cue\"\nduration = \"40 ms\"\nshow = [{{ pattern = 1, state = \"set\", field = {field} }}]\n"
        )
    };
    let last = |field: &str| {
        let text = format!("title = \"t\"\nsource = \"s\"\nshows = \"x\"\n{}", text(field));
        let document = Document::new(Path::new("test.toml"), text, &[]).unwrap();
        let rates = record(document.model().unwrap(), 1).rates("N").unwrap();
        rates.values[rates.values.len() - 1]
    };
    let (constant, steps) =
        (last("1e-9"), last("{ steps = { values = [1e-9, 2e-9], every = \"20 ms\" } }"));
    assert!(constant < 0.02 && (constant - steps).abs() < 1e-8, "{constant} {steps}");
}

#[test]
fn only_what_nobody_feels_is_warned_of() {
    let warnings = |show: &str| {
        let warnings = shown(NETWORK, &[(100.0, show.to_owned())]).warnings();
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let course = |rates: &str| {
        format!(
            "{{ population = \"S\", poisson = {{ steps = {{ values = [{rates}], every = \"50 ms\" }} }} }}"
        )
    };
    assert_eq!(warnings(&course("\"0 Hz\", \"5 Hz\"")), [""; 0]);
    let silent = warnings(&course("\"0 Hz\", \"0 Hz\""));
    assert!(silent.iter().any(|w| w.contains("found a stimulus of strength 0")), "{silent:?}");
    assert!(silent.iter().any(|w| w.contains("found no spike of S before")), "{silent:?}");
}
