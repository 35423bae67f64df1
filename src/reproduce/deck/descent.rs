//! MacKay's learning algorithm: line for line, its gradient, and more memories than Hebb's rule holds.

use super::super::{Check, Workshop};
use super::{couplings, random_patterns};
use crate::error::Result;
use crate::learning::descent;
use crate::pattern::Patterns;
use crate::random::Seed;

fn signed(patterns: &Patterns) -> Vec<Vec<f64>> {
    let row = |mu| (0..patterns.neurons()).map(|i| patterns.value(mu, i)).collect();
    (0..patterns.number()).map(row).collect()
}

fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-a))
}

type Matrix = Vec<Vec<f64>>;

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let entry = |row: &Vec<f64>, k: usize| row.iter().zip(b).map(|(a, b)| a * b[k]).sum();
    a.iter().map(|row| (0..b[0].len()).map(|k| entry(row, k)).collect()).collect()
}

fn transposed(a: &Matrix) -> Matrix {
    (0..a[0].len()).map(|k| a.iter().map(|row| row[k]).collect()).collect()
}

fn each(a: &Matrix, f: impl Fn(usize, usize, f64) -> f64) -> Matrix {
    let row = |(i, row): (usize, &Vec<f64>)| {
        row.iter().enumerate().map(|(k, &a)| f(i, k, a)).collect::<Vec<f64>>()
    };
    a.iter().enumerate().map(row).collect()
}

/// Algorithm 42.9, a line for a line of it.
fn algorithm(x: &Matrix, (eta, alpha): (f64, f64), loops: usize) -> Matrix {
    let t = each(x, |_, _, x| if x > 0.0 { 1.0 } else { 0.0 });
    let without_diagonal = |w: &Matrix| each(w, |i, k, w| if i == k { 0.0 } else { w });
    let mut w = product(&transposed(x), x);
    for _ in 0..loops {
        w = without_diagonal(&w);
        let a = product(x, &w);
        let y = each(&a, |_, _, a| sigmoid(a));
        let e = each(&t, |n, i, t| t - y[n][i]);
        let gw = product(&transposed(x), &e);
        let gw = each(&gw, |i, k, g| g + gw[k][i]);
        w = each(&w, |i, k, w| w + eta * (gw[i][k] - alpha * w));
    }
    without_diagonal(&w)
}

/// M(W) by its definition.
fn objective(w: &Matrix, x: &Matrix, alpha: f64) -> f64 {
    let a = product(x, w);
    let mut m = 0.0;
    for (x, a) in x.iter().flatten().zip(a.iter().flatten()) {
        m -= libm::log(sigmoid(x * a));
    }
    let pairs = (0..w.len()).flat_map(|i| (0..i).map(move |k| (i, k)));
    m + 0.5 * alpha * pairs.map(|(i, k)| w[i][k].powi(2)).sum::<f64>()
}

/// The largest difference between the gradient and central differences of M, in units of the largest component.
fn gradient_error() -> f64 {
    let (n, h) = (12, 1e-4);
    let x = signed(&random_patterns(n, 5, Seed(3)));
    let mut stream = Seed(3).stream("couplings", 0);
    let drawn: Matrix = (0..n).map(|_| (0..n).map(|_| 0.2 * stream.normal()).collect()).collect();
    let w = each(&drawn, |i, k, w| if i == k { 0.0 } else { w + drawn[k][i] });
    let found = descent(&w.concat(), &x, 0.1);
    let largest = found.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
    let mut worst = 0.0f64;
    for i in 0..n {
        for k in 0..i {
            let at = |h: f64| {
                let moved =
                    each(&w, |a, b, w| w + if (a.max(b), a.min(b)) == (i, k) { h } else { 0.0 });
                objective(&moved, &x, 0.1)
            };
            let slope = (at(h) - at(-h)) / (2.0 * h);
            worst = worst.max((found[i * n + k] + slope).abs());
        }
    }
    worst / largest
}

/// D, J, C, M, and X and S of our own.
const SIX: [[&str; 5]; 6] = [
    ["####.", ".#..#", ".#..#", ".#..#", ".###."],
    ["#####", "...#.", "...#.", "#..#.", "###.."],
    [".####", "#....", "#....", "#....", ".####"],
    ["#...#", "##.##", "#.#.#", "#...#", "#...#"],
    ["#...#", ".#.#.", "..#..", ".#.#.", "#...#"],
    [".####", "#....", ".###.", "....#", "####."],
];

/// How many of the six letters are stable.
fn stable(workshop: &Workshop, learning: &str) -> Result<u64> {
    let rows = format!("patterns.N.bitmap.rows={SIX:?}");
    let names = r#"patterns.N.bitmap.names=["D", "J", "C", "M", "X", "S"]"#;
    let learning = couplings(learning);
    let ran = workshop.run("letters", &[&rows, names, &learning, "task.recall.trials=6"])?;
    Ok(ran.values("first_step").iter().filter(|&&share| share == 0.0).count() as u64)
}

fn below(what: &str, bound: f64, measured: f64) -> Check {
    Check::that(measured < bound, format!("{what} below {bound:e}"), format!("{measured:.1e}"))
}

pub fn c8(workshop: &Workshop) -> Result<Vec<Check>> {
    let built = workshop.build("capitals", &["projection.J.learning.gradient.loops=20"])?;
    let coupled = built.model.wire(&built.patterns)?;
    let line_by_line = algorithm(&signed(&built.patterns["N"]), (0.01, 0.1), 20);
    let mut apart = 0.0f64;
    for (i, row) in line_by_line.iter().enumerate() {
        for (k, w) in row.iter().enumerate() {
            apart = apart.max((coupled.efficacy(i, k) - w).abs());
        }
    }
    let hebb = stable(workshop, "learning = \"hebb\", scale = 1.0")?;
    let gradient =
        stable(workshop, "learning = { gradient = { eta = 0.01, alpha = 0.1, loops = 1000 } }")?;
    Ok(vec![
        below("distance from algorithm 42.9, line by line, after 20 loops", 1e-11, apart),
        below("relative error of the gradient against differences of M", 1e-6, gradient_error()),
        Check::that(
            hebb < 3,
            "stable of six letters with Hebb's rule: fewer than half",
            hebb.to_string(),
        ),
        Check::exactly("stable of six letters after 1000 loops", 6, gradient),
    ])
}
