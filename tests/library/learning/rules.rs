//! The rules that are not local, or not incremental.

use super::{Setup, distance, matrix, random, rule, signed};
use attractor::learning::{descent, unstable};
use attractor::pattern::Patterns;
use attractor::random::Seed;
use attractor::synapse::Connect;

#[test]
fn storkey_is_the_literal_formula() {
    let (n, p) = (30, 12);
    let patterns = random(p, n, 0.5);
    let mut w = vec![vec![0.0; n]; n];
    for xi in signed(&patterns) {
        let old = w.clone();
        let h = |i: usize, j: usize| -> f64 {
            (0..n).filter(|&k| k != i && k != j).map(|k| old[i][k] * xi[k]).sum()
        };
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i) {
                w[i][j] += (xi[i] * xi[j] - xi[i] * h(j, i) - h(i, j) * xi[j]) / n as f64;
            }
        }
    }
    let couplings = Setup::full(patterns).learn(&rule("{ storkey = {} }"));
    assert!(distance(&matrix(&couplings), &w) < 1e-13);
    assert_eq!(couplings.symmetry().asymmetric, 0);
}

#[test]
fn storkey_keeps_more_patterns_than_hebb() {
    let patterns = random(20, 100, 0.5);
    let setup = Setup::full(patterns.clone());
    let errors = |text: &str| unstable(&setup.learn(&rule(text)), &patterns, &patterns);
    // N/(2 ln N) = 11 for Hebb, N/sqrt(2 ln N) = 33 for Storkey.
    let (hebb, storkey) = (errors("{ hebb = {} }"), errors("{ storkey = {} }"));
    assert!(storkey <= 2 && hebb >= 10, "{storkey} {hebb}");
}

#[test]
fn the_pseudo_inverse_makes_every_pattern_an_exact_fixed_point() {
    for (p, autapses) in [(1, false), (50, false), (90, false), (90, true), (100, true)] {
        let patterns = random(p, 100, 0.5);
        let setup = Setup::new(patterns.clone(), Connect::AllToAll, autapses);
        let couplings = setup.learn(&rule("{ pseudo_inverse = {} }"));
        assert_eq!(unstable(&couplings, &patterns, &patterns), 0, "{p} {autapses}");
        assert_eq!(couplings.symmetry().asymmetric, 0);
        if autapses {
            // J xi = xi; the condition of 100 random patterns costs a few digits.
            for mu in 0..p {
                let c = attractor::learning::crosstalk(&couplings, &patterns, &patterns, mu);
                assert!(c.iter().all(|c| c.abs() < 1e-8));
            }
            // A projection: its trace is its rank.
            let trace: f64 = (0..100).map(|i| couplings.weight(i, i)).sum();
            assert!((trace - p as f64).abs() < 1e-8);
        }
    }
}

/// M(W) of MacKay's algorithm, literally.
fn objective(w: &[f64], x: &[Vec<f64>], alpha: f64) -> f64 {
    let n = x[0].len();
    let mut sum = 0.0;
    for x in x {
        for i in 0..n {
            let a: f64 = (0..n).map(|j| x[j] * w[j * n + i]).sum();
            let y = 1.0 / (1.0 + (-a).exp());
            sum -= if x[i] > 0.0 { y.ln() } else { (1.0 - y).ln() };
        }
    }
    for i in 0..n {
        sum += (0..i).map(|j| 0.5 * alpha * w[i * n + j].powi(2)).sum::<f64>();
    }
    sum
}

#[test]
fn the_gradient_is_that_of_the_objective() {
    let (n, alpha) = (12, 0.1);
    let x = signed(&random(5, n, 0.5));
    let mut stream = Seed(4).stream("couplings", 0);
    let mut w = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..i {
            w[i * n + j] = 0.3 * stream.normal();
            w[j * n + i] = w[i * n + j];
        }
    }
    let step = descent(&w, &x, alpha);
    for i in 0..n {
        assert_eq!(step[i * n + i], 0.0);
        for j in 0..i {
            let at = |delta: f64| {
                let mut w = w.clone();
                w[i * n + j] += delta;
                w[j * n + i] += delta;
                objective(&w, &x, alpha)
            };
            // Central difference: error of order delta^2.
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope + step[i * n + j]).abs() < 1e-6, "{slope} {}", step[i * n + j]);
        }
    }
}

#[test]
fn the_gradient_rule_is_the_literal_algorithm() {
    let (n, eta, alpha) = (15, 0.01, 0.1);
    let patterns = random(4, n, 0.5);
    let x = signed(&patterns);
    let mut w = vec![vec![0.0; n]; n];
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        w[i][j] = x.iter().map(|x| x[i] * x[j]).sum();
    }
    for _ in 0..20 {
        (0..n).for_each(|i| w[i][i] = 0.0);
        let mut gw = vec![vec![0.0; n]; n];
        for x in &x {
            let a = |i: usize| -> f64 { (0..n).map(|j| x[j] * w[j][i]).sum() };
            let e = |i: usize| (x[i] + 1.0) / 2.0 - 1.0 / (1.0 + (-a(i)).exp());
            for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
                gw[i][j] += x[i] * e(j);
            }
        }
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            w[i][j] += eta * (gw[i][j] + gw[j][i] - alpha * w[i][j]);
        }
    }
    (0..n).for_each(|i| w[i][i] = 0.0);
    let couplings = Setup::full(patterns)
        .learn(&rule("{ gradient = { eta = 0.01, alpha = 0.1, loops = 20 } }"));
    assert!(distance(&matrix(&couplings), &w) < 1e-12);
}

/// D, J, C and M of MacKay's figure 42.3, and two letters more, on 5 x 5 pixels.
const LETTERS: [&str; 6] = [
    "####..#..#.#..#.#..#.###.",
    "#####...#....#.#..#.###..",
    ".#####....#....#.....####",
    "#...###.###.#.##...##...#",
    "#...#.#.#...#...#.#.#...#",
    "######....###..#....#####",
];

fn letters(number: usize) -> Patterns {
    let foreground = |letter: &&str| -> Vec<u32> {
        letter.bytes().zip(0..).filter(|(pixel, _)| *pixel == b'#').map(|(_, i)| i).collect()
    };
    Patterns::from_foreground(25, LETTERS[..number].iter().map(foreground).collect())
}

#[test]
fn six_letters_overload_hebb_and_are_learned_by_gradient_descent() {
    let errors = |number: usize, text: &str| {
        let patterns = letters(number);
        unstable(&Setup::full(patterns.clone()).learn(&rule(text)), &patterns, &patterns)
    };
    assert_eq!(errors(4, "{ hebb = {} }"), 0);
    assert!(errors(6, "{ hebb = {} }") > 0);
    assert_eq!(errors(6, "{ gradient = { eta = 0.01, alpha = 0.1, loops = 1000 } }"), 0);
}

#[test]
fn perceptrons_store_one_and_a_half_n_patterns_but_not_two_and_a_half() {
    let errors = |p: usize, loops: usize| {
        let patterns = random(p, 100, 0.5);
        let text = format!("{{ perceptron = {{ loops = {loops} }} }}");
        let couplings = Setup::full(patterns.clone()).learn(&rule(&text));
        unstable(&couplings, &patterns, &patterns)
    };
    assert_eq!(errors(150, 20_000), 0);
    // Cover 1965: 250 patterns are separable for a neuron of 99 inputs with probability 5e-4.
    assert!(errors(250, 200) > 100);
}

#[test]
fn a_margin_is_kept_also_on_a_sparse_graph() {
    let patterns = random(20, 200, 0.5);
    for connect in [Connect::AllToAll, Connect::Probability(0.4)] {
        let setup = Setup::new(patterns.clone(), connect, false);
        let couplings =
            setup.learn(&rule("{ perceptron = { margin = 0.5, loops = 1000, rate = 0.5 } }"));
        for xi in signed(&patterns) {
            let fields = couplings.fields(&xi);
            let least = (0..200)
                .map(|i| xi[i] * couplings.unit() * couplings.field(&fields, i, xi[i]))
                .fold(f64::INFINITY, f64::min);
            assert!(least > 0.5, "{least}");
        }
        assert!(couplings.symmetry().asymmetric > 0);
    }
}
