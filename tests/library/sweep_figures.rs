//! Figures of sweeps hold the means of the right runs and trials, and theory where it applies.

use crate::common::host;
use attractor::figure::sweep::{Curves, Measured, Wanted};
use attractor::model::Document;
use attractor::simulation::Wish;
use attractor::sweep::{Begin, Grid, Resources, Sweep, SweepTable};
use attractor::table::Column;
use attractor::theory::{crosstalk, hopfield};

const SPIKING: &str = include_str!("../data/small-sweep.toml");
const RECALL: &str = include_str!("../data/small-recall.toml");

fn table(text: &str, settings: &[&str], over: &[&str], repeat: usize) -> SweepTable {
    let over: Vec<String> = over.iter().map(|o| (*o).to_owned()).collect();
    let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
    let document = Document::new("small.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let grid = Grid::parse(&over, repeat).unwrap();
    let sweep = Sweep::plan(&document, &settings, grid, |_, _| Ok(())).unwrap();
    let host = host();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.h5");
    let resources = Resources { threads: 2, memory: f64::INFINITY };
    sweep.run(&path, Begin::New, None, resources, &host, |_| Wish::Continue).unwrap();
    SweepTable::open(&path).unwrap()
}

fn wanted(y: &str, x: Option<&str>, series: Option<&str>) -> Wanted {
    let (x, series) = (x.map(str::to_owned), series.map(str::to_owned));
    Wanted { y: y.to_owned(), x, series, ..Wanted::default() }
}

fn names(curves: &Curves) -> Vec<&str> {
    curves.series.iter().map(|s| s.name.as_str()).collect()
}

fn column(table: &SweepTable, name: &str) -> Vec<f64> {
    match table.trials.column(name) {
        Some(Column::Real(values)) => values.clone(),
        Some(Column::Whole(values)) => values.iter().map(|v| *v as f64).collect(),
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn curves_of_runs_hold_means_and_errors_in_the_order_of_the_grid() {
    let over = [
        "projection.E_to_E.connect={ in_degree = 10 },{ probability = 0.1 }",
        "task.delayed_match.sample.poisson=100 Hz:1000 Hz:3",
    ];
    let table = table(SPIKING, &[], &over, 2);
    let curves = table.curves(&wanted("rate_hz.E", None, None)).unwrap();
    assert_eq!(curves.x.name, "task.delayed_match.sample.poisson (Hz)");
    assert_eq!(names(&curves), ["connect = { in_degree = 10 }", "connect = { probability = 0.1 }"]);
    assert!(curves.theory.is_empty() && curves.y.note == "mean ± s.e.m. over 2 runs");
    let rates = table.numbers("rate_hz.E").unwrap();
    for (k, point) in curves.series.iter().flat_map(|s| &s.points).enumerate() {
        let (a, b) = (rates[2 * k], rates[2 * k + 1]);
        assert_eq!(point.x, [100.0, 550.0, 1000.0][k % 3]);
        assert!((point.mean - 0.5 * (a + b)).abs() < 1e-12);
        // The s.e.m. of two values is half their difference.
        assert!((2.0 * point.sem - (a - b).abs()).abs() < 1e-12);
    }
    for (y, x, why) in [
        ("rate_hz.e", None, "did you mean `rate_hz.E`"),
        ("rate_hz.E", Some("colour"), "no swept key"),
        ("rate_hz.E", Some("overlap_hz"), "differs between trials"),
    ] {
        let error = table.curves(&wanted(y, x, None)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    // Words stand along x in the order of the table, and nothing lies between them.
    let words =
        table.curves(&wanted("rate_hz.E", Some("projection.E_to_E.connect"), None)).unwrap();
    assert_eq!(words.x.words, ["{ in_degree = 10 }", "{ probability = 0.1 }"]);
    assert!(!words.joined && words.theory.is_empty() && words.series.len() == 3);
    assert!(words.series.iter().all(|s| s.points.iter().map(|p| p.x).eq([0.0, 1.0])));
    table.histogram("overlap_hz", false).unwrap();
    let error = table.histogram("failure", false).unwrap_err().to_string();
    assert!(error.contains("column of trials with numbers"), "{error}");
}

#[test]
fn recall_against_load_stands_beside_the_theory_of_every_load() {
    let over = ["population.N.size=100,200", "patterns.N.random.number=5:30:6"];
    let table = table(RECALL, &[], &over, 2);
    let curves = table.curves(&wanted("overlap", Some("load"), None)).unwrap();
    assert_eq!(names(&curves), ["N = 100", "N = 200"]);
    assert!(curves.graded && curves.x.name == "load α = P/N");
    let loads: Vec<f64> = curves.series[1].points.iter().map(|p| p.x).collect();
    assert_eq!(loads, [0.025, 0.05, 0.075, 0.1, 0.125, 0.15]);
    // Of 10 trials in each of two runs: 100 neurons, 15 patterns are points 2 and runs 4 and 5.
    let (run, overlap) = (column(&table, "run"), column(&table, "overlap"));
    let of = |number: f64| {
        let own = run.iter().zip(&overlap).filter(|(run, _)| **run == number);
        own.map(|(_, m)| m).sum::<f64>() / 10.0
    };
    let point = curves.series[0].points[2];
    assert!((point.mean - 0.5 * (of(5.0) + of(6.0))).abs() < 1e-12);
    assert!((2.0 * point.sem - (of(5.0) - of(6.0)).abs()).abs() < 1e-12);
    // One line for both, between the points too, up to the capacity.
    let [line] = &curves.theory[..] else { panic!("{:?}", curves.theory) };
    assert!(line.name.contains("Amit") && line.points.len() > 20);
    assert!(line.points.iter().all(|&(x, m)| Some(m) == hopfield::overlap(x)));
    assert_eq!(curves.at.len(), 1);
    assert!((curves.at[0].0 - hopfield::capacity().load).abs() < 1e-12);

    let few = Wanted { within: Some((0.0, 0.12)), ..wanted("first_step", Some("load"), None) };
    let first = table.curves(&few).unwrap();
    assert!(first.y.log && first.at.is_empty());
    let points = first.theory.iter().flat_map(|line| &line.points);
    assert!(points.clone().count() > 10 && points.clone().all(|p| p.0 <= 0.12));
    let exact = |n: f64, x: f64| crosstalk::first_step_error((x * n - 1.0) / (n - 1.0), 1.0);
    for &(x, y) in points {
        assert!([100.0, 200.0].iter().any(|n| (exact(*n, x) - y).abs() < 1e-12), "{x} {y}");
    }
    let by_load = table.curves(&wanted("overlap", Some("overlap_start"), Some("load")));
    assert_eq!(by_load.unwrap().series[0].name, "α = 0.025");
}

#[test]
fn one_recording_is_drawn_like_a_sweep_of_one_run() {
    let whole = table(RECALL, &["task.recall.flipped=[0.0, 0.1, 0.4]"], &[], 1);
    let curves = whole.curves(&wanted("overlap", None, None)).unwrap();
    assert_eq!(curves.x.name, "share of flipped neurons");
    assert_eq!(curves.y.note, "mean ± s.e.m. over trials");
    assert!(curves.theory.is_empty(), "strongly degraded patterns are not all retrieved");
    let (flipped, overlap) = (column(&whole, "flipped"), column(&whole, "overlap"));
    for (point, level) in curves.series[0].points.iter().zip([0.0, 0.1, 0.4]) {
        let own: Vec<f64> =
            flipped.iter().zip(&overlap).filter(|p| *p.0 == level).map(|p| *p.1).collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        assert!(point.x == level && (point.mean - mean).abs() < 1e-12);
    }
    let error = whole.curves(&wanted("overlap", Some("load"), Some("load"))).unwrap_err();
    assert!(error.to_string().contains("what stands on the x axis"), "{error}");
}

#[test]
fn a_palimpsest_is_drawn_by_age_beside_its_theory() {
    let settings = [
        "projection.J.learning={ palimpsest = { strength = 4.0 } }",
        "patterns.N.random.number=50",
        "task.recall.trials=50",
        "task.recall.flipped=0.0",
    ];
    let table = table(RECALL, &settings, &[], 2);
    let curves = table.curves(&wanted("overlap", Some("age/N"), None)).unwrap();
    let points: &[Measured] = &curves.series[0].points;
    assert!(points[0].x < 0.02 && points[0].mean > 0.9, "the newest is known: {points:?}");
    assert!(points[points.len() - 1].mean < 0.5, "the oldest is not: {points:?}");
    let [line] = &curves.theory[..] else { panic!("{:?}", curves.theory) };
    let capacity = attractor::theory::palimpsest::capacity(4.0);
    assert!(line.points.iter().all(|p| p.0 <= capacity) && curves.at[0].0 == capacity);
    // The pattern of age 0 is the last one.
    let (age, pattern) = (column(&table, "age"), column(&table, "pattern"));
    assert!(age.iter().zip(&pattern).all(|(age, pattern)| age + pattern == 50.0));
}

#[test]
fn capacities_lie_between_the_loads_of_the_sweep() {
    let over = ["dynamics.binary.temperature=0.0,0.3", "patterns.N.random.number=5:65:5"];
    let table = table(RECALL, &["task.recall.flipped=0.0"], &over, 2);
    let capacity = |threshold, x: &str| {
        let capacity = Some(threshold);
        table.curves(&Wanted { capacity, ..wanted("overlap", Some(x), None) })
    };
    let curves = capacity(0.7, "temperature").unwrap();
    let points = &curves.series[0].points;
    assert_eq!((points.len(), points[1].x), (2, 0.3));
    assert!(points.iter().all(|p| (0.05..0.65).contains(&p.mean)), "{points:?}");
    // A mean is at most 1, and at least what remains of a pattern.
    assert!(capacity(1.1, "temperature").unwrap().series[0].points[0].mean.is_nan());
    let [line] = &curves.theory[..] else { panic!("{:?}", curves.theory) };
    assert_eq!(line.points[0], (0.0, hopfield::capacity().load));
    assert!(capacity(0.7, "load").is_err() && capacity(0.7, "flipped").is_err());
}

#[test]
fn memories_of_firing_rates_stand_beside_their_mean_field() {
    let text = include_str!("../../models/pereira-brunel-2018.toml");
    let text = text.split("[[expect.state]]").next().unwrap();
    let settings = [
        "population.E.size=400",
        "projection.EE.connect={ in_degree = 100 }",
        "protocol[0].duration=\"100 ms\"",
        "protocol[1].duration=\"200 ms\"",
        "protocol[2].duration=\"200 ms\"",
        "record.interval=\"20 ms\"",
    ];
    let table = table(text, &settings, &["patterns.E.gaussian.number=2,5,12"], 2);
    let curves = table.curves(&wanted("cue_1.E.overlap", Some("load"), None)).unwrap();
    assert_eq!(curves.y.name, "overlap with the cued pattern, cue 1 of E");
    let overlaps = table.numbers("cue_1.E.overlap").unwrap();
    for (point, pair) in curves.series[0].points.iter().zip(overlaps.chunks(2)) {
        assert!((point.mean - 0.5 * (pair[0] + pair[1])).abs() < 1e-12);
    }
    let [line] = &curves.theory[..] else { panic!("{:?}", curves.theory) };
    assert!(line.name.starts_with("static mean field") && curves.at.is_empty());
    // By iteration with other quadratures: 0.987 at 0.05, 0.976 at 0.12.
    let at = |x: f64| line.points.iter().find(|p| p.0 == x).unwrap().1;
    assert!((at(0.05) - 0.987).abs() < 6e-4 && (at(0.12) - 0.976).abs() < 6e-4);
}
