//! Continuous Hopfield networks: the four letters in units x = tanh(a) (C4, C5).

use super::super::graded::Graded;
use super::{Check, Workshop};
use crate::error::Result;
use crate::random::Seed;

/// The letters of C7 as a rate network with these lines.
fn letters(dynamics: &str, units: &str) -> String {
    let clock = if dynamics.contains("sweeps") { "sweep" } else { "ms" };
    format!(
        r######"
title = "Four letters in graded neurons"
source = "D. J. C. MacKay (2003), sections 42.6 and 42.7"
shows = "What is measured"
population.N.size = 25
record.interval = "1 {clock}"
protocol = [{{ name = "rest", duration = "1 {clock}" }}]
projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, learning = "hebb", scale = 1.0 }}
[patterns.N.bitmap]
rows = [
    ["####.", ".#..#", ".#..#", ".#..#", ".###."],
    ["#####", "...#.", "...#.", "#..#.", "###.."],
    [".####", "#....", "#....", "#....", ".####"],
    ["#...#", "##.##", "#.#.#", "#...#", "#...#"],
]
[dynamics.rate]
{dynamics}
[dynamics.rate.units.N]
{units}
"######
    )
}

const SWEEPS: &str = "solver = { sweeps = \"fixed\" }";
/// Of the potential, as Hopfield (1984) and MacKay.
const TIME: &str = "variable = \"potential\"\nsolver = { adaptive = { tolerance = 1e-12 } }";

fn tanh(gain: f64, tau: &str) -> String {
    format!("{tau}transfer = {{ tanh = {{ gain = {gain:?} }} }}")
}

/// Random states inside the cube.
fn starts(number: usize) -> Vec<Vec<f64>> {
    let mut stream = Seed(4).stream("starts", 0);
    (0..number).map(|_| (0..25).map(|_| 1.98 * stream.uniform() - 0.99).collect()).collect()
}

/// The largest eigenvalue of the couplings of the letters, which have a positive one, by the power method.
fn largest_eigenvalue(j: &[Vec<f64>]) -> f64 {
    // With the most negative one out of the way.
    let shift = j.iter().map(|row| row.iter().map(|w| w.abs()).sum::<f64>()).fold(0.0, f64::max);
    let mut v: Vec<f64> = (0..j.len()).map(|i| 1.0 + 0.01 * i as f64).collect();
    let mut eigenvalue = 0.0;
    for _ in 0..20_000 {
        let next: Vec<f64> = j
            .iter()
            .zip(&v)
            .map(|(row, own)| row.iter().zip(&v).map(|(w, x)| w * x).sum::<f64>() + shift * own)
            .collect();
        eigenvalue = next.iter().map(|x| x * x).sum::<f64>().sqrt();
        v = next.into_iter().map(|x| x / eigenvalue).collect();
    }
    eigenvalue - shift
}

pub fn c4(workshop: &Workshop) -> Result<Vec<Check>> {
    let built = workshop.build("letters", &[])?;
    let strict: Vec<u32> = built
        .small()?
        .fixed_points()?
        .into_iter()
        .filter(|point| point.strict())
        .map(|point| point.state)
        .collect();
    let j = built.efficacies();
    // Far above the inverse of the smallest field, so that all neurons are saturated to rounding.
    let steep = Graded::of(workshop, &letters(SWEEPS, &tanh(1000.0, "")))?;
    let mut kept = 0;
    for point in &strict {
        let state: Vec<f64> =
            (0..25).map(|i| if point >> i & 1 == 1 { 1.0 } else { -1.0 }).collect();
        kept += u64::from(steep.after(&state, &[], 100.0)? == state);
    }
    let field =
        |state: &[f64], i: usize| -> f64 { j[i].iter().zip(state).map(|(w, x)| w * x).sum() };
    let mut settled = 0;
    for start in starts(1000) {
        let end = steep.after(&start, &[], 200.0)?;
        settled += u64::from((0..25).all(|i| end[i].abs() == 1.0 && end[i] * field(&end, i) > 0.0));
    }
    let largest = largest_eigenvalue(&j);
    let flat = |factor: f64| -> Result<(u64, u64)> {
        let network = Graded::of(workshop, &letters(SWEEPS, &tanh(factor / largest, "")))?;
        let (mut zero, mut number) = (0, 0);
        for start in starts(200) {
            let end = network.after(&start, &[], 2000.0)?;
            zero += u64::from(end.iter().all(|x| x.abs() < 1e-9));
            number += 1;
        }
        Ok((zero, number))
    };
    let (below, above) = (flat(0.95)?, flat(1.05)?);
    Ok(vec![
        Check::exactly(
            "strict fixed points of the binary network that the graded one keeps at gain 1000",
            strict.len() as u64,
            kept,
        ),
        Check::that(
            settled == 1000,
            "1000 random starts at gain 1000 end in strict fixed points of the binary network",
            settled.to_string(),
        ),
        Check::that(
            below == (200, 200),
            "gain 0.95/lambda_max: 200 of 200 random starts end in x = 0",
            format!("{} (lambda_max {largest:.4})", below.0),
        ),
        Check::that(above.0 == 0, "gain 1.05/lambda_max: none does", above.0.to_string()),
    ])
}

pub fn c5(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for gain in [0.05, 0.1, 1.0] {
        let time = Graded::of(workshop, &letters(TIME, &tanh(gain, "tau = \"10 ms\"\n")))?;
        let sweeps = Graded::of(workshop, &letters(SWEEPS, &tanh(gain, "")))?;
        let (mut far, mut trivial) = (0.0_f64, 0);
        for start in starts(100) {
            let end = time.after(&start, &[], 20_000.0)?;
            let settled = sweeps.after(&end, &[], 1000.0)?;
            let moved = end.iter().zip(&settled).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            far = far.max(moved);
            trivial += usize::from(end.iter().all(|x| x.abs() < 1e-6));
        }
        let what = format!(
            "gain {gain}: steady states of 100 starts in continuous time, moved by 1000 sweeps of C4 ({trivial} at 0), at most"
        );
        checks.push(Check::at_most(&what, 1e-9, far));
    }
    let text = letters(TIME, &tanh(0.2, "tau = \"10 ms\"\ninitial = { uniform = [-2.0, 2.0] }\n"));
    let (mut rise, mut fall) = (f64::NEG_INFINITY, 0.0_f64);
    for seed in 1..=20 {
        let settings = [
            format!("seed={seed}"),
            "protocol=[{ name = \"free\", duration = \"300 ms\" }]".to_owned(),
        ];
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let recording = workshop.run_text(&text, &settings)?.recording;
        let Some(Ok(energy)) = recording.energy()? else { return Ok(Vec::new()) };
        let steps = energy.values.windows(2).map(|w| w[1] - w[0]);
        rise = steps.fold(rise, f64::max);
        fall = fall.max(energy.values[0] - energy.values[energy.values.len() - 1]);
    }
    checks.push(Check::at_most(
        "largest rise of E in 1 ms, over 20 trajectories of 300 ms",
        1e-9,
        rise,
    ));
    checks.push(Check::at_least("it falls by", 10.0, fall));
    Ok(checks)
}
