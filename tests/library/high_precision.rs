//! A single neuron against arithmetic with 32 digits: no crossing is missed or invented, and spike times are
//! exact to rounding.
//!
//! `scripts/long-test precision` runs this over a million segments; SEGMENTS in the environment sets their number.

use crate::common::double::{Double, EXPONENTIALS, Real};
use crate::common::exact::{Arithmetic, First, Segment};
use crate::common::{between, choose, log_between, stream};
use attractor::dynamics::spiking::{Course, Lif};
use attractor::random::Stream;

/// Rounding of V in the engine is at most this many units of `f64::EPSILON` times what V is made of
/// (`Segment::scale`), times 1 + h over the shortest time constant. Nearer to threshold it may decide either way.
const GRAZING: f64 = 2.0;

/// The margin of the engine's bounds, mV: see `membrane`.
const BAR: f64 = 1e-9;

fn sign(stream: &mut Stream) -> f64 {
    if stream.uniform() < 0.5 { -1.0 } else { 1.0 }
}

/// `value` plus or minus a power of ten, or `value` itself.
fn beside(stream: &mut Stream, value: f64) -> f64 {
    match stream.below(10) {
        0 => value,
        _ => value + sign(stream) * log_between(stream, 1e-15, 1.0),
    }
}

/// A random segment and its horizon (ms). If `grazing`, threshold stands near the highest point of V, so that V
/// grazes it, or all but reaches it at the end. If `shaped`, currents come in pairs that cancel at the arrival, as with rise
/// times, and some time after it in part.
fn draw(stream: &mut Stream, grazing: bool, shaped: bool) -> (Segment, f64) {
    let tau_m = log_between(stream, 1.0, 100.0);
    let number = 1 + stream.below(4);
    let mut ports: Vec<(f64, f64)> = (0..number)
        .map(|_| {
            let tau = match stream.below(8) {
                0 => tau_m,
                1 => tau_m * (1.0 + sign(stream) * log_between(stream, 1e-16, 1e-9)),
                2 => tau_m * (1.0 + sign(stream) * log_between(stream, 1e-9, 1e-2)),
                _ => log_between(stream, 0.5, 200.0),
            };
            (tau, sign(stream) * log_between(stream, 1e-2, 1000.0))
        })
        .collect();
    if shaped {
        ports.truncate(2);
        for k in 0..ports.len() {
            let (decay, current) = ports[k];
            let rise = decay * choose(stream, &[0.1, 0.5, 0.9, 0.99]);
            let left = if stream.below(2) == 0 { 1.0 } else { stream.uniform() };
            ports.push((rise, -left * current));
        }
    }
    let mut theta = 20.0;
    let v_inf = match stream.below(4) {
        0 => beside(stream, theta),
        1 => between(stream, -80.0, 20.0),
        2 => between(stream, 20.0, 60.0),
        _ => between(stream, 15.0, 25.0),
    };
    let v = match stream.below(8) {
        0 => between(stream, -200.0, 0.0),
        1 => theta - log_between(stream, 1e-14, 1e-2),
        _ => theta - log_between(stream, 1e-2, 30.0),
    };
    let a = v - v_inf;
    // A threshold that moves stands higher, and V with it.
    let raise = (stream.below(3) == 0).then(|| {
        let tau = match stream.below(4) {
            0 => tau_m,
            1 => tau_m * (1.0 + sign(stream) * log_between(stream, 1e-16, 1e-2)),
            _ => log_between(stream, 0.5, 200.0),
        };
        (tau, log_between(stream, 1e-2, 100.0))
    });
    let a = a + raise.map_or(0.0, |(_, h)| h);
    let mut segment = Segment { tau_m, theta, v_inf, a, ports, raise };
    // A window of the engine, or far beyond.
    let h = segment.shortest()
        * match stream.below(6) {
            0 => between(stream, 1.0, 3.0),
            1..=3 => 1.0,
            _ => log_between(stream, 1e-3, 1.0),
        };
    if grazing {
        if stream.below(2) == 0 {
            // A slope at the start that the curvature has bent down within the horizon.
            let course = Segment { a: 0.0, ..segment.clone() };
            let slope = -between(stream, 0.0, h) * course.curvature_at_start();
            segment.a += segment.tau_m * (segment.slope(0.0) - slope);
        }
        theta += segment.top(0.0, h).0;
        segment.theta = beside(stream, theta);
    }
    (segment, h)
}

/// When the engine lets the neuron fire. The steps are those of a block that examines a neuron at a window's start and
/// looks at it, restated with the methods of [`Lif`] that it uses; the blocks themselves run in `properties.rs` and
/// `engine_reference.rs`.
fn engine(segment: &Segment, h: f64) -> Option<f64> {
    let &Segment { tau_m, theta, v_inf, a, ref ports, raise } = segment;
    // V - h in place of V, which a current of time constant tau_h drives.
    let a = a - raise.map_or(0.0, |(_, h)| h);
    let own = raise.map(|(tau, h)| (tau, -h * (1.0 - tau_m / tau)));
    let (tau, currents): (Vec<f64>, Vec<f64>) = ports.iter().copied().chain(own).unzip();
    let lif = Lif { tau_m, theta, v_reset: 0.0, tau: &tau };
    let state = |s: f64| {
        let decay_m = libm::exp(-s / tau_m);
        let mut departure = a * decay_m;
        let mut left = Vec::new();
        for (port, current) in currents.iter().enumerate() {
            let (response, decay) = lif.response(port, s, decay_m);
            departure += current * response;
            left.push(current * decay);
        }
        (departure, left)
    };
    let course = Course { v_inf, a, currents: &currents };
    if v_inf + a.max(state(h).0) + h * h / 8.0 * lif.bend(course) <= theta - BAR {
        return None;
    }
    let mut s = lif.earliest_crossing(course);
    while s < h {
        let (a, currents) = state(s);
        let course = Course { v_inf, a, currents: &currents };
        let crossing =
            if lif.crosses_now(course) { 0.0 } else { lif.first_crossing(course, h - s)? };
        if s + crossing == s {
            return Some(s);
        }
        s += crossing;
    }
    None
}

/// What the comparison of many segments has shown.
#[derive(Default)]
struct Tally {
    fires: usize,
    /// Of these, how many are below threshold again at the end.
    returns: usize,
    never: usize,
    /// Decided with 32 digits.
    near: usize,
    /// Not even by them.
    undecided: usize,
    /// The engine fires and the exact course does not, the reverse, or they fire more than 1e-6 ms apart: all of
    /// them grazing.
    invented: usize,
    missed: usize,
    other: usize,
    /// |V - theta| of the worst of these, in units of what GRAZING counts.
    worst_grazing: f64,
    /// Errors of spike times (ms), and of |V - theta| at them in the same units.
    errors: Vec<f64>,
    worst_height: f64,
}

impl Tally {
    fn compare(&mut self, segment: &Segment, h: f64) {
        let unit = f64::EPSILON * segment.scale() * (1.0 + h / segment.shortest());
        let (first, arithmetic) = segment.first_crossing(h);
        self.near += usize::from(arithmetic == Arithmetic::Double);
        let found = engine(segment, h);
        let mut grazes = |height: f64| {
            let distance = height.abs() / unit;
            assert!(distance < GRAZING, "{distance}: {segment:?} {h} {first:?} {found:?}");
            self.worst_grazing = self.worst_grazing.max(distance);
        };
        match (first, found) {
            (First::Undecided, _) => self.undecided += 1,
            (First::Never, None) => self.never += 1,
            (First::Never, Some(u)) => {
                grazes(segment.height::<Double>(u.into()).value());
                self.invented += 1;
            }
            (First::At(u), None) => {
                grazes(segment.top(u.value(), h).0);
                self.missed += 1;
            }
            (First::At(u), Some(found)) => {
                self.fires += 1;
                self.returns += usize::from(segment.height::<f64>(h) < 0.0);
                let error = (Double::from(found) - u).value();
                let height = segment.height::<Double>(found.into()).value().abs();
                if error.abs() > 1e-6 {
                    // What lies between is the grazing maximum.
                    let earlier =
                        if error > 0.0 { segment.top(u.value(), found - 1e-6).0 } else { height };
                    grazes(earlier);
                    self.other += 1;
                    return;
                }
                if found == 0.0 && error == 0.0 {
                    // V starts at theta or above it.
                    return self.errors.push(0.0);
                }
                // A crossing less than 1e-13 ms ahead is now.
                let height = height - 1e-13 * segment.slope(found).abs();
                assert!(height < GRAZING * unit, "{error}: {segment:?} {h} {first:?} {found}");
                self.worst_height = self.worst_height.max(height / unit);
                self.errors.push(error.abs());
            }
        }
    }

    /// Prints what was found; returns the median, 99.9 % and largest error.
    fn report(&mut self, family: &str) -> [f64; 3] {
        self.errors.sort_by(f64::total_cmp);
        let quantile = |q: f64| self.errors[((self.errors.len() - 1) as f64 * q) as usize];
        println!(
            "{family}: {} fire ({} of them below threshold at the end), {} do not; {} decided with 32 digits, \
             {} not decided\n  grazing: {} fire in the engine alone, {} in exact arithmetic alone, {} more than 1e-6 ms \
             apart; all within {:.2} units of rounding",
            self.fires,
            self.returns,
            self.never,
            self.near,
            self.undecided,
            self.invented,
            self.missed,
            self.other,
            self.worst_grazing,
        );
        let [half, most, worst] = [0.5, 0.999, 1.0].map(quantile);
        println!(
            "  error of a spike time, ms: median {half:.1e}, 99 % {:.1e}, 99.9 % {most:.1e}, 99.99 % {:.1e}, worst \
             {worst:.1e}; of V at it, {:.2} units",
            quantile(0.99),
            quantile(0.9999),
            self.worst_height,
        );
        [half, most, worst]
    }
}

#[test]
fn no_crossing_is_missed_or_invented_and_times_are_exact() {
    let number = std::env::var("SEGMENTS").map_or(20_000, |n| n.parse().expect("a number"));
    let mut tallies = [Tally::default(), Tally::default()];
    for k in 0..number {
        let mut stream = stream("segment", k as u64);
        let grazing = k % 4 == 0;
        let (segment, h) = draw(&mut stream, grazing, k % 3 == 1);
        tallies[usize::from(grazing)].compare(&segment, h);
    }
    let [plain, grazing] = &mut tallies;
    let [half, most, worst] = plain.report("random segments");
    assert!(half < 1e-12 && most < 1e-9 && worst < 1e-6);
    let [half, _, worst] = grazing.report("threshold near the maximum");
    assert!(half < 1e-9 && worst < 1e-6);
    // The segments are of every kind, and few are left open.
    for tally in &tallies {
        assert!(tally.fires > number / 16 && tally.never > number / 16, "{}", tally.fires);
        assert!(tally.returns > number / 400 && tally.undecided == 0, "{}", tally.returns);
    }
    let [plain, grazing] = tallies.map(|t| t.invented + t.missed + t.other);
    assert!(plain * 2_000 < number && grazing * 20 < number, "{plain} {grazing}");
}

#[test]
fn the_arithmetic_has_32_digits() {
    for (x, high, low) in EXPONENTIALS {
        let error = Double::from(x).exp() - Double { high, low };
        assert!(error.value().abs() < 5e-33 * (40.0 + x.abs()) * high, "{x}: {error:?}");
    }
    let third = Double::from(1.0) / 3.0.into();
    let rest = third * 3.0.into() - 1.0.into();
    assert!(rest.value().abs() < 1e-31, "{rest:?}");
}
