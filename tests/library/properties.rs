//! The awkward situations of a single neuron, each through the engine: against the reference, closed forms, and
//! arithmetic with 32 digits.

use crate::common::double::Real;
use crate::common::exact::{First, Segment};
use crate::common::networks::compare;
use crate::common::psp::{psp, response};
use crate::common::{between, choose, engine, log_between, model, run, stream, summit, trains};
use attractor::model::Model;
use attractor::random::Stream;
use std::fmt::Write;

/// Spikes that arrive at a neuron through one kind of synapse.
#[derive(Clone, Debug)]
struct Fan {
    /// mV, and ms; 0 for delta synapses.
    efficacy: f64,
    tau: f64,
    delay: f64,
    /// When they are sent, ms.
    times: Vec<f64>,
}

/// Neurons that receive nothing else, and what is constant for them.
#[derive(Clone, Debug)]
struct Receivers {
    number: usize,
    tau_m: f64,
    theta: f64,
    v_reset: f64,
    t_ref: f64,
    /// V_inf, mV.
    current: f64,
    /// Range of V(0), mV.
    v: (f64, f64),
}

const RECEIVERS: Receivers = Receivers {
    number: 6,
    tau_m: 10.0,
    theta: 20.0,
    v_reset: 10.0,
    t_ref: 2.0,
    current: 12.0,
    v: (5.0, 19.0),
};

/// The receivers, which are the first neurons of the network, and their sources.
fn network(receivers: &Receivers, fans: &[Fan]) -> Model {
    let &Receivers { number, tau_m, theta, v_reset, t_ref, current, v } = receivers;
    let v = match v.0 == v.1 {
        true => format!("\"{:?} mV\"", v.0),
        false => format!("{{ uniform = [\"{:?} mV\", \"{:?} mV\"] }}", v.0, v.1),
    };
    let mut text = format!(
        "[population.R]\nsize = {number}\n[dynamics.spiking.R]\ntau_m = \"{tau_m:?} ms\"\n\
         theta = \"{theta:?} mV\"\nv_reset = \"{v_reset:?} mV\"\nt_ref = \"{t_ref:?} ms\"\n\
         current = \"{current:?} mV\"\nv_initial = {v}\n"
    );
    for (k, Fan { efficacy, tau, delay, times }) in fans.iter().enumerate() {
        let times: Vec<String> = times.iter().map(|t| format!("\"{t:?} ms\"")).collect();
        write!(
            text,
            "[population.S{k}]\nsize = 1\n[dynamics.spiking.S{k}]\nspikes = {{ list = [[{}]] }}\n\
             [projection.S{k}]\nfrom = \"S{k}\"\nto = \"R\"\nconnect = \"all_to_all\"\n\
             efficacy = \"{efficacy:?} mV\"\ndelay = \"{delay:?} ms\"\ntau_syn = \"{tau:?} ms\"\n",
            times.join(", ")
        )
        .unwrap();
    }
    model(&text)
}

/// Up to 30 spikes in 100 ms, through up to 4 kinds of synapses whose time constants are drawn from `taus`.
fn draw(stream: &mut Stream, taus: &[f64], efficacies: (f64, f64)) -> Vec<Fan> {
    (0..1 + stream.below(4))
        .map(|_| Fan {
            efficacy: between(stream, efficacies.0, efficacies.1),
            tau: choose(stream, taus),
            delay: log_between(stream, 0.1, 5.0),
            times: (0..1 + stream.below(30)).map(|_| between(stream, 0.0, 100.0)).collect(),
        })
        .collect()
}

/// Compares random cases with the reference; returns the number of spikes of the receivers.
fn check(name: &str, cases: u64, draw: impl Fn(&mut Stream) -> (Receivers, Vec<Fan>)) -> usize {
    let mut spikes = 0;
    let mut worst = 0f64;
    for k in 0..cases {
        let (receivers, fans) = draw(&mut stream(name, k));
        let model = network(&receivers, &fans);
        let neurons = receivers.number + fans.len();
        let compared = compare(&format!("{name} {k}"), &model, &[], neurons, 120.0);
        spikes += compared.spikes - fans.iter().map(|f| f.times.len()).sum::<usize>();
        worst = worst.max(compared.worst);
    }
    println!("{name}: {spikes} spikes, largest difference {worst:.1e} ms");
    spikes
}

const TAUS: [f64; 6] = [0.0, 0.5, 3.0, 10.0, 40.0, 200.0];

#[test]
fn v_below_rest() {
    let spikes = check("below rest", 40, |stream| {
        let depth = -log_between(stream, 20.0, 1000.0);
        let receivers = Receivers { v: (depth, 0.0), v_reset: depth, ..RECEIVERS };
        (receivers, draw(stream, &TAUS, (-5.0, 40.0)))
    });
    assert!(spikes > 300);
}

#[test]
fn negative_currents() {
    let spikes = check("negative", 40, |stream| {
        let receivers = Receivers { current: between(stream, 20.5, 40.0), ..RECEIVERS };
        (receivers, draw(stream, &TAUS, (-20.0, 0.0)))
    });
    assert!(spikes > 300);
}

#[test]
fn synapses_as_slow_as_the_membrane() {
    let spikes = check("equal", 40, |stream| {
        let tau_m = log_between(stream, 2.0, 50.0);
        let near = |d: f64| [tau_m * (1.0 + d), tau_m * (1.0 - d)];
        let taus = [near(0.0), near(2.3e-16), near(1e-12), near(1e-9), near(1e-6), near(1e-3)];
        let receivers = Receivers { tau_m, current: between(stream, 10.0, 22.0), ..RECEIVERS };
        (receivers, draw(stream, taus.as_flattened(), (-5.0, 12.0)))
    });
    assert!(spikes > 300);
}

/// More spikes fall into the refractory periods than between them; delta synapses lose them, currents do not.
#[test]
fn arrivals_in_the_refractory_period() {
    let spikes = check("refractory", 40, |stream| {
        let t_ref = choose(stream, &[0.3, 2.0, 9.0]);
        let receivers = Receivers { t_ref, current: 24.0, v_reset: 17.0, ..RECEIVERS };
        (receivers, draw(stream, &TAUS, (-3.0, 9.0)))
    });
    assert!(spikes > 1000);
    // One of each kind, the first and the last moment of the period included: V(0) = 0 reaches theta at 10 ms ln 2.
    let fired = 10.0 * std::f64::consts::LN_2;
    for (late, delta) in [(1e-9, 0.0), (0.5, 0.0), (1.9, 0.0), (1.9, 5.0), (2.1, 0.0)] {
        let receivers = Receivers { number: 1, current: 40.0, v: (0.0, 0.0), ..RECEIVERS };
        let fan = Fan { efficacy: 8.0, tau: delta, delay: 1.0, times: vec![fired + late - 1.0] };
        let found = trains(&run(&mut engine(&network(&receivers, &[fan])), &[], 15.0), 2).remove(0);
        // From 10 to 20 mV towards 40 mV: 10 ms ln 1.5, or less.
        let usual = 10.0 * 1.5f64.ln() + fired + 2.0;
        let lost = late < 2.0 && delta == 0.0;
        assert!((found[0] - fired).abs() < 1e-12);
        assert_eq!((found[1] - usual).abs() < 1e-11, lost, "{late} {delta} {found:?} {usual}");
    }
}

#[test]
fn simultaneous_arrivals() {
    let spikes = check("simultaneous", 40, |stream| {
        let taus = choose(stream, &[&TAUS[..], &TAUS[..1], &TAUS[1..]]);
        let mut fans = draw(stream, taus, (-12.0, 14.0));
        let (times, delay) = (fans[0].times.clone(), fans[0].delay);
        for fan in &mut fans {
            fan.times.truncate(3);
            fan.times.extend(&times);
            fan.delay = delay;
        }
        (RECEIVERS, fans)
    });
    assert!(spikes > 300);
}

/// The place and height of the highest V - V_inf before `end`.
fn highest(receivers: &Receivers, fans: &[Fan], end: f64) -> (f64, f64) {
    let v = |t: f64| {
        let arrivals = fans.iter().flat_map(|f| f.times.iter().map(move |s| (s + f.delay, f)));
        let driven = arrivals.map(|(s, f)| f.efficacy * psp(t - s, receivers.tau_m, f.tau));
        (receivers.v.0 - receivers.current) * (-t / receivers.tau_m).exp() + driven.sum::<f64>()
    };
    let step = 0.01;
    let number = (end / step) as usize;
    let best = (1..number).max_by(|&i, &j| v(i as f64 * step).total_cmp(&v(j as f64 * step)));
    let best = best.unwrap_or_default() as f64 * step;
    let top = summit(best - step, best + step, v);
    (top, v(top))
}

/// The highest of all maxima stands a little above threshold, or a little below: a spike or none.
#[test]
fn grazing_maxima() {
    let mut cases = 0;
    for k in 0..60 {
        let mut stream = stream("grazing", k);
        let taus: Vec<f64> = (0..4).map(|_| log_between(&mut stream, 0.5, 100.0)).collect();
        let mut fans = draw(&mut stream, &[taus[0], taus[1], 10.0], (-3.0, 8.0));
        fans.iter_mut().for_each(|f| f.times.truncate(4));
        let start = between(&mut stream, -5.0, 5.0);
        let receivers = Receivers { number: 1, current: 3.0, v: (start, start), ..RECEIVERS };
        let (top, height) = highest(&receivers, &fans, 110.0);
        let theta = receivers.current + height;
        // Neither at the start nor at the end.
        if !(0.1..=108.0).contains(&top) || height < start - 3.0 + 0.1 {
            continue;
        }
        cases += 1;
        for excess in [1e-6, 1e-9, 1e-11, -1e-11, -1e-9] {
            let theta = theta - excess;
            let receivers = Receivers { theta, v_reset: -900.0, t_ref: 500.0, ..receivers.clone() };
            let spikes = run(&mut engine(&network(&receivers, &fans)), &[], 119.0);
            let found = trains(&spikes, 1 + fans.len()).remove(0);
            assert_eq!(found.len(), usize::from(excess > 0.0), "{k} {excess} {top}");
            // As far ahead of the maximum as a parabola says, if it is not a kink.
            assert!(found.iter().all(|t| *t < top + 1e-6 && *t > top - 0.1), "{k} {found:?} {top}");
        }
    }
    assert!(cases > 30, "{cases}");
}

/// V rises, falls and rises again within one window of the engine; threshold is near the maximum.
#[test]
fn two_extrema_within_a_window() {
    const WINDOW: f64 = 8.0;
    let (mut first, mut later, mut never) = (0, 0, 0);
    for k in 0..1000 {
        let mut stream = stream("extrema", k);
        let tau_m = log_between(&mut stream, WINDOW, 60.0);
        let taus = [0; 3].map(|_| log_between(&mut stream, WINDOW, 300.0));
        let (top, bottom) = (between(&mut stream, 0.1, 4.0), between(&mut stream, 4.1, 7.9));
        // V' = -a/tau_m e^{-u/tau_m} + sum_r I_r g_r'(u) is to vanish at both for a = -100 mV, I_3 = 50 mV.
        let (a, last) = (-100.0, 50.0);
        let slope = |r: usize, u: f64| ((-u / taus[r]).exp() - response(u, tau_m, taus[r])) / tau_m;
        let rest = |u: f64| a / tau_m * (-u / tau_m).exp() - last * slope(2, u);
        let determinant = slope(0, top) * slope(1, bottom) - slope(1, top) * slope(0, bottom);
        let solved = |x: f64, y: f64| (x * rest(top) - y * rest(bottom)) / determinant;
        let currents = [
            solved(slope(1, bottom), slope(1, top)),
            -solved(slope(0, bottom), slope(0, top)),
            last,
        ];
        let v_inf = between(&mut stream, -20.0, 20.0);
        let segment = |sign: f64| {
            let ports = taus.iter().zip(currents).map(|(tau, i)| (*tau, sign * i)).collect();
            Segment { tau_m, theta: 0.0, v_inf, a: sign * a, ports, raise: None }
        };
        // The other sign makes a maximum of a minimum.
        let is_maximum = |s: &Segment| s.height(top) > s.height(bottom);
        let segment = Some(segment(1.0)).filter(is_maximum).unwrap_or_else(|| segment(-1.0));
        let v = v_inf + segment.a * (WINDOW / tau_m).exp();
        let depth = segment.height(top) - segment.height(bottom);
        if segment.scale() > 1e4 || depth < 1e-6 {
            continue;
        }
        let fans: Vec<Fan> = segment
            .ports
            .iter()
            .map(|(tau, i)| Fan {
                efficacy: i * tau / tau_m,
                tau: *tau,
                delay: WINDOW,
                times: vec![0.0],
            })
            .collect();
        let (height, _) = segment.top(top - 0.01, top + 0.01);
        for excess in [0.1 * depth, 1e-9, -1e-9] {
            let segment = Segment { theta: height - excess, ..segment.clone() };
            if segment.theta <= v.max(v_inf + segment.a) {
                continue;
            }
            let receivers = Receivers {
                number: 1,
                tau_m,
                theta: segment.theta,
                v_reset: segment.theta - 1.0,
                t_ref: 100.0,
                current: v_inf,
                v: (v, v),
            };
            let spikes = run(&mut engine(&network(&receivers, &fans)), &[], 2.0 * WINDOW - 0.01);
            let found = trains(&spikes, 4).remove(0);
            let (First::At(u), _) = segment.first_crossing(WINDOW - 0.01) else {
                assert!(found.is_empty(), "{k} {excess}");
                never += 1;
                continue;
            };
            let error = found[0] - WINDOW - u.value();
            // V is known to some roundings of what it is made of; where it is flat, a time is known to the root.
            let known = 1e-15 * segment.scale() / segment.slope(u.value());
            assert!(error.abs() < 1e-12 + known, "{k} {excess} {error} {known}");
            if excess > 0.0 { first += 1 } else { later += 1 }
        }
    }
    println!("{first} cross before the maximum, {later} after the minimum, {never} do not");
    assert!(first > 100 && later > 50 && never > 50);
}
