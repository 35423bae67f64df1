//! The figures of sweeps, drawn from data that are made up.

use super::super::chart::Scale;
use super::super::page::{Colour, PATTERNS};
use super::super::tests::{check_labels, drawn};
use super::*;
use crate::random::{Seed, Stream};
use crate::theory::{crosstalk, diluted, gain, hopfield, low_activity, palimpsest, thermal};

impl Curves {
    /// Distinct, joined series.
    fn new(x: Scale, y: Scale, series: Vec<Series>) -> Self {
        Self { x, y, series, joined: true, ..Self::default() }
    }

    /// The same with a further line of theory.
    fn against(mut self, line: Line) -> Self {
        self.theory.push(line);
        self
    }

    /// The same with an upright line.
    fn marked(mut self, x: f64, name: &str) -> Self {
        self.at.push((x, name.to_owned()));
        self
    }
}

/// A panel of overlaps.
fn overlaps(x: &str, series: Vec<Series>) -> Curves {
    let y = Scale::new("retrieval overlap m").noted("mean ± s.e.m.").within(-0.05, 1.12);
    Curves::new(Scale::new(x).with_zero(), y, series)
}

fn against_load(series: Vec<Series>) -> Curves {
    Curves { graded: true, ..overlaps("load α = P/N", series) }
}

fn first_steps(series: Vec<Series>) -> Curves {
    let x = Scale::new("load α = P/N").with_zero();
    let y = Scale::new("first-step error").log();
    Curves { joined: false, ..Curves::new(x, y, series) }
}

fn basins(series: Vec<Series>) -> Curves {
    let axis = |name: &str| Scale::new(name).within(-0.05, 1.05);
    let panel = Curves::new(axis("initial overlap m(0)"), axis("final overlap m"), series);
    Curves { graded: true, diagonal: true, ..panel }
}

const WRONG: Told = Told { what: "number of wrong neurons", none: Some("exact"), log: false };

fn stream(index: u64) -> Stream {
    Seed(3).stream("made up", index)
}

/// Points that scatter around `f`.
fn series(name: &str, xs: &[f64], sem: f64, f: impl Fn(f64) -> f64) -> Series {
    let mut stream = stream(name.len() as u64);
    let points =
        xs.iter().map(|&x| Measured { x, mean: f(x) + sem * stream.normal(), sem, interval: None });
    Series { name: name.to_owned(), points: points.collect() }
}

fn range(from: f64, to: f64, number: u32) -> Vec<f64> {
    (0..=number).map(|k| from + (to - from) * f64::from(k) / f64::from(number)).collect()
}

/// A line of theory.
fn line(name: &str, xs: &[f64], f: impl Fn(f64) -> Option<f64>) -> Line {
    let points = xs.iter().filter_map(|&x| Some((x, f(x)?))).collect();
    Line { name: name.to_owned(), points, of: None }
}

/// What finite networks make of the transition.
fn rounded(neurons: f64) -> impl Fn(f64) -> f64 {
    move |load| {
        let retrieved = hopfield::overlap(load.min(0.137)).unwrap();
        let share = 1.0 / (1.0 + ((load - 0.145) * neurons.sqrt() * 6.0).exp());
        share * retrieved + (1.0 - share) * 0.35
    }
}

#[test]
fn overlap_against_load_is_drawn() {
    let loads = range(0.01, 0.2, 19);
    let all = [500.0, 1000.0, 2000.0, 4000.0]
        .map(|n| series(&format!("N = {n}"), &loads, 0.01, rounded(n)));
    let of = |t| line("theory", &range(0.0, 0.2, 400), |load| thermal::overlap(load, t));
    let panel = against_load(all.to_vec()).against(of(0.0)).marked(0.138, "α = 0.138");
    let svg = drawn(&curves("Capacity of the Hopfield network", &panel), "load");
    check_labels(
        &svg,
        &[("N = 4000", 1), ("theory", 1), ("α = 0.138", 1), ("load α = P/N", 1), ("1.0", 1)],
    );
    let warm = Curves { theory: vec![of(0.3)], ..panel };
    drawn(&curves("T = 0.3", &warm), "load-warm");
}

#[test]
fn overlap_against_temperature_is_drawn() {
    let m = |t: f64| gain::fixed_point(libm::tanh, 1.0 / t);
    let measured = series("N = 10000, P = 3", &range(0.1, 1.4, 13), 0.008, m);
    let theory = line("m = tanh(βm)", &range(0.01, 1.5, 400), |t| Some(m(t)));
    let panel = Curves { joined: false, ..overlaps("temperature T", vec![measured]) }
        .against(theory)
        .marked(1.0, "T = 1");
    let svg = drawn(&curves("Stochastic Hopfield network", &panel), "temperature");
    check_labels(&svg, &[("m = tanh(βm)", 1), ("T = 1", 1), ("temperature T", 1)]);
}

fn first_step(to: f64) -> Line {
    let error = |load| Some(crosstalk::first_step_error(load, 1.0));
    line("½ erfc √(1/2α)", &range(0.0, to, 400), error)
}

#[test]
fn first_step_errors_are_drawn() {
    let exact = |load| crosstalk::first_step_error(load, 1.0);
    let mut measured = series("N = 1000", &range(0.05, 0.65, 12), 0.0, exact);
    measured.points.iter_mut().for_each(|p| (p.mean, p.sem) = (p.mean * 1.03, 0.06 * p.mean));
    // Nothing was wrong: no logarithm.
    measured.points[0].mean = 0.0;
    let panel = first_steps(vec![measured]).against(first_step(0.7));
    let svg = drawn(&curves("Crosstalk at the first step", &panel), "first-step");
    check_labels(
        &svg,
        &[("first-step error", 1), ("½ erfc √(1/2α)", 1), ("0.001", 1), ("0.01", 1)],
    );
}

#[test]
fn palimpsest_and_diluted_networks_are_drawn() {
    let old =
        |u: f64| palimpsest::overlap(4.1, u).unwrap_or(0.1 + 0.6 * (-(u - 0.048) * 60.0).exp());
    let measured = series("N = 2000, ε = 4.1", &range(0.0, 0.12, 24), 0.012, old);
    let age = overlaps("age of the pattern μ/N", vec![measured]).against(line(
        "theory",
        &range(0.0, 0.12, 400),
        |u| palimpsest::overlap(4.1, u),
    ));
    let of = |name, shift: f64| {
        series(name, &range(0.05, 0.8, 15), 0.012, move |a| {
            diluted::overlap(a * shift, 0.0).unwrap()
        })
    };
    let all = vec![of("K/N = 1", 2.5), of("K/N = 0.1", 1.5), of("K/N = 0.01", 1.02)];
    let sparse = against_load(all)
        .against(line("K ≪ N", &range(0.0, 0.8, 800), |a| diluted::overlap(a, 0.0)))
        .marked(std::f64::consts::FRAC_2_PI, "2/π");
    let svg = drawn(&curves("Forgetting", &age), "age");
    check_labels(&svg, &[("age of the pattern μ/N", 1)]);
    let svg = drawn(&curves("Asymmetric dilution", &sparse), "dilution");
    check_labels(&svg, &[("2/π", 1), ("K/N = 0.01", 1)]);
}

#[test]
fn capacity_and_basins_are_drawn() {
    let levels = [0.5, 0.3, 0.2, 0.1, 0.05, 0.02];
    let measured = series("N = 2000", &levels, 0.0, |a| 0.13 / (2.0 * a).powf(1.2));
    let (x, y) = (Scale::new("coding level a").log(), Scale::new("capacity P/N").log());
    let capacity = Curves::new(x, y, vec![measured]).against(line(
        "theory",
        &[0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01],
        |a| Some(low_activity::capacity(a)?.load),
    ));
    let basin = |load: f64| {
        series(&format!("α = {load}"), &range(0.0, 1.0, 20), 0.02, move |m| {
            let end = hopfield::overlap(load).unwrap();
            end / (1.0 + (-30.0 * (m - 0.1 - 2.5 * load)).exp())
        })
    };
    let basins = basins([0.02, 0.06, 0.1, 0.12].map(basin).to_vec());
    let svg = drawn(&curves("Capacity", &capacity), "capacity");
    check_labels(&svg, &[("coding level a", 1)]);
    let svg = drawn(&curves("Basins", &basins), "basins");
    check_labels(&svg, &[("unchanged", 1), ("α = 0.12", 1)]);
}

#[test]
fn numbers_of_errors_are_drawn() {
    let mut stream = stream(0);
    // Some exact, most of the others with few errors, some lost.
    let mut of = |name: &str, exact: f64, lost: f64, trials: usize| {
        let mut one = || match stream.uniform() {
            u if u < exact => 0.0,
            u if u < 1.0 - lost => 1.0 + (6.0 * stream.uniform() * stream.uniform()).floor(),
            _ => 25.0 + (30.0 * stream.uniform()).floor(),
        };
        let values = (0..trials).map(|_| one()).collect();
        Sampled { name: name.to_owned(), values }
    };
    let all = [
        of("P = 5, α = 0.05", 1.0, 0.0, 200),
        of("P = 10, α = 0.10", 0.96, 0.0, 300),
        of("P = 15, α = 0.15", 0.7, 0.02, 300),
        of("P = 20, α = 0.20", 0.2, 0.3, 300),
    ];
    let svg = drawn(&histograms("Errors after recall, N = 100", WRONG, &all[..3]), "errors");
    check_labels(&svg, &[("P = 15, α = 0.15", 1), ("200 of 200 trials exact", 1)]);
    check_labels(&svg, &[("number of wrong neurons", 3), ("share of trials", 1)]);
    drawn(&histograms("Four loads", Told { log: true, ..WRONG }, &all), "errors-four");
    let values = (0..500).map(|k| f64::from(k % 437)).collect();
    drawn(
        &histograms("", WRONG, &[Sampled { name: "N = 1000".to_owned(), values }]),
        "errors-wide",
    );
    // Reaction times, which two of the trials do not have.
    let values =
        (0..40).map(|k| if k < 2 { f64::NAN } else { 30.0 + 1.37 * f64::from(k) }).collect();
    let told = Told { what: "reaction (ms)", none: None, log: false };
    let times = Sampled { name: "delay 1 s".to_owned(), values };
    let svg = drawn(&histograms("Reaction times", told, &[times]), "reaction");
    check_labels(&svg, &[("40 trials, 2 without a value", 1), ("reaction (ms)", 1)]);
}

#[test]
fn nothing_is_too_little_to_draw() {
    for (name, figure) in [
        ("no-curves", curves("", &Curves::default())),
        ("no-series", curves("", &against_load(Vec::new()))),
        ("no-points", curves("", &basins(vec![Series::default()]))),
        ("only-theory", curves("", &first_steps(Vec::new()).against(first_step(0.5)))),
        ("no-errors", histograms("", WRONG, &[])),
        ("no-trials", histograms("", WRONG, &[Sampled::default()])),
    ] {
        drawn(&figure, name);
    }
    let gap = Measured { x: 0.1, mean: f64::NAN, sem: f64::NAN, interval: None };
    let one = Measured { x: 0.1, mean: 0.5, sem: f64::NAN, interval: None };
    let some = Series { name: "one".to_owned(), points: vec![one, gap] };
    drawn(&curves("", &overlaps("age", vec![some.clone()])), "gaps");
    drawn(&curves("", &first_steps(vec![some])), "gaps-log");
}

#[test]
fn theory_beyond_a_logarithmic_axis_is_not_drawn_along_its_end() {
    let point = Measured { x: 0.2, mean: 0.01, sem: 0.001, interval: None };
    let measured = Series { name: "measured".to_owned(), points: vec![point] };
    let of = |points| Line { name: String::new(), points, of: Some(0) };
    let dashes = |line: Line| {
        let svg = drawn(&curves("", &first_steps(vec![measured.clone()]).against(line)), "cut");
        let Colour(r, g, b) = PATTERNS[0].shade(0.2);
        svg.matches(&format!("stroke=\"#{r:02x}{g:02x}{b:02x}\"")).count()
    };
    assert_eq!(dashes(of(vec![(0.1, 1e-30), (0.3, 1e-20)])), 0);
    assert!(dashes(of(vec![(0.1, 0.008), (0.3, 0.012)])) > 0);
}
