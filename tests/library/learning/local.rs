//! The local rules.

use super::{Setup, distance, matrix, random, rows, rule, signed};
use attractor::learning::{Learning, Signs, crosstalk};
use attractor::pattern::Patterns;
use attractor::synapse::Connect;

/// J_ij <- B( lambda J_ij + A g_post(xi_i^{mu+s}) g_pre(xi_j^mu) ), literally.
struct Literal {
    scale: f64,
    post: fn(f64) -> f64,
    pre: fn(f64) -> f64,
    lambda: f64,
    bound: f64,
    /// mu + s for every mu that is learned.
    next: fn(usize, usize) -> Option<usize>,
}

impl Literal {
    fn matrix(&self, patterns: &Patterns) -> Vec<Vec<f64>> {
        let (n, p) = (patterns.neurons(), patterns.number());
        let x = |mu: usize, i: usize| if patterns.contains(mu, i) { 1.0 } else { 0.0 };
        let mut j = vec![vec![0.0; n]; n];
        for mu in 0..p {
            let Some(next) = (self.next)(mu, p) else { continue };
            for (receiver, row) in j.iter_mut().enumerate() {
                for (sender, j) in row.iter_mut().enumerate().filter(|(s, _)| *s != receiver) {
                    let g = (self.post)(x(next, receiver)) * (self.pre)(x(mu, sender));
                    *j = (self.lambda * *j + self.scale * g).clamp(-self.bound, self.bound);
                }
            }
        }
        j
    }
}

const N: usize = 40;

fn oracles() -> Vec<(&'static str, Literal)> {
    let sign: fn(f64) -> f64 = |x| 2.0 * x - 1.0;
    let plain = || Literal {
        scale: 1.0 / N as f64,
        post: sign,
        pre: sign,
        lambda: 1.0,
        bound: f64::INFINITY,
        next: |mu, _| Some(mu),
    };
    let n = N as f64;
    vec![
        ("{ hebb = {} }", plain()),
        (
            "{ low_activity = { a = 0.2 } }",
            Literal {
                scale: 1.0 / (n * 0.2 * 0.8),
                post: |x| x - 0.2,
                pre: |x| x - 0.2,
                ..plain()
            },
        ),
        (
            "{ low_activity = { a = 0.2, b = 1.0 } }",
            Literal {
                scale: 1.0 / (n * 0.2 * 0.8),
                post: |x| x - 1.0,
                pre: |x| x - 0.2,
                ..plain()
            },
        ),
        ("{ shared_patterns = {} }", Literal { post: |x| x, pre: |x| x, ..plain() }),
        ("{ membership = {} }", Literal { post: |x| x, pre: |_| 1.0, ..plain() }),
        (
            "{ sequence = {} }",
            Literal { next: |mu, p| Some(mu + 1).filter(|next| *next < p), ..plain() },
        ),
        (
            "{ sequence = { cyclic = true } }",
            Literal { next: |mu, p| Some((mu + 1) % p), ..plain() },
        ),
        (
            "{ palimpsest = { strength = 4.0 } }",
            Literal { scale: 4.0 / n, lambda: (-8.0 / n).exp(), ..plain() },
        ),
        (
            // Three steps: 3/40 = 0.4744/sqrt(40).
            "{ palimpsest = { strength = 1.0, bound = 0.48 } }",
            Literal { bound: 3.0 / n, ..plain() },
        ),
        (
            "{ palimpsest = { strength = 1.0, bound = 0.48, decay = 0.9 } }",
            Literal { bound: 3.0 / n, lambda: 0.9, ..plain() },
        ),
    ]
}

#[test]
fn every_local_rule_is_the_literal_loop() {
    let patterns = random(70, N, 0.3);
    for (text, literal) in oracles() {
        let couplings = Setup::full(patterns.clone()).learn(&rule(text));
        let wanted = literal.matrix(&patterns);
        let distance_of = |couplings| distance(&matrix(couplings), &wanted);
        // 70 additions, each rounded to 1e-16 of at most 70.
        assert!(distance_of(&couplings) < 1e-12, "{text}");
        if !rule(text).is_sum() {
            continue;
        }
        // Another scale, and the sum from its two parts.
        let with = |scale: f64, part: Signs| {
            let setup = Setup { scale: Some(scale), part, ..Setup::full(patterns.clone()) };
            matrix(&setup.learn(&rule(text)))
        };
        let (whole, up) = (with(-2.0, Signs::Both), with(-2.0, Signs::Positive));
        // Counts have no negative part, and are refused one.
        let counts = text.contains("shared_patterns") || text.contains("membership");
        let down = if counts { vec![vec![0.0; N]; N] } else { with(-2.0, Signs::Negative) };
        for (i, j) in (0..N).flat_map(|i| (0..N).map(move |j| (i, j))) {
            assert!((literal.scale * whole[i][j] + 2.0 * wanted[i][j]).abs() < 1e-11, "{text}");
            let sum = up[i][j] + down[i][j];
            assert!(up[i][j] <= 0.0 && down[i][j] >= 0.0 && (sum - whole[i][j]).abs() < 1e-12);
        }
    }
}

#[test]
fn learning_one_after_another_equals_learning_all_bit_for_bit() {
    for (connect, symmetric) in [
        (Connect::AllToAll, false),
        (Connect::Probability(0.3), true),
        (Connect::InDegree(7), false),
    ] {
        let setup = Setup { symmetric, ..Setup::new(random(70, N, 0.3), connect, false) };
        for (text, _) in oracles() {
            let rule = rule(text);
            let mut learner = rule.learner(&setup.pathway()).unwrap().unwrap();
            while learner.learn_next() {}
            let pairs = if text == "{ sequence = {} }" { 69 } else { 70 };
            assert_eq!(learner.learned(), pairs);
            let (one, all) = (matrix(&learner.couplings()), matrix(&setup.learn(&rule)));
            let bits =
                |j: &[Vec<f64>]| -> Vec<u64> { j.iter().flatten().map(|j| j.to_bits()).collect() };
            assert_eq!(bits(&one), bits(&all), "{text}");
        }
    }
    let none = rule("{ storkey = {} }");
    assert!(none.learner(&Setup::full(random(2, 5, 0.5)).pathway()).unwrap().is_none());
}

#[test]
fn one_pattern_of_three_neurons_gives_its_outer_product() {
    let setup = Setup::new(rows(&[[1, 1, -1]]), Connect::AllToAll, true);
    let couplings = Setup { scale: Some(1.0), ..setup }.learn(&rule("{ hebb = {} }"));
    assert_eq!(matrix(&couplings), [[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]);
    let fields = couplings.fields(&[1.0, 1.0, -1.0]);
    let fields = [0, 1, 2].map(|i| couplings.field(&fields, i, 0.0));
    assert_eq!(fields, [3.0, 3.0, -3.0]);
}

#[test]
fn plain_sums_of_p_patterns_are_whole_numbers_from_minus_p_to_p() {
    for p in 1..=6 {
        let couplings = Setup::full(random(p, 200, 0.5)).learn(&rule("{ hebb = {} }"));
        let mut found: Vec<i64> = (0..200)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| couplings.weight(i, j) as i64)
            .collect();
        found.sort_unstable();
        found.dedup();
        let p = p as i64;
        assert_eq!(found, (-p..=p).step_by(2).collect::<Vec<i64>>());
    }
}

#[test]
fn orthogonal_patterns_have_no_crosstalk() {
    // Rows of Sylvester's Hadamard matrix: (-1)^(number of bits that row and column share).
    let foreground =
        (0..20u32).map(|r| (0..64).filter(|c| (r & c).count_ones() % 2 == 0).collect());
    let patterns = Patterns::from_foreground(64, foreground.collect());
    let setup = Setup::new(patterns.clone(), Connect::AllToAll, true);
    let couplings = setup.learn(&rule("{ hebb = {} }"));
    for mu in 0..20 {
        let crosstalk = crosstalk(&couplings, &patterns, &patterns, mu);
        assert!(crosstalk.iter().all(|c| *c == 0.0), "{crosstalk:?}");
    }
}

#[test]
fn the_crosstalk_of_random_patterns_has_variance_p_minus_1_over_n() {
    let (n, p) = (1000, 201);
    let patterns = random(p, n, 0.5);
    let setup = Setup::full(patterns.clone());
    let couplings = setup.learn(&rule("{ hebb = {} }"));
    let xi = signed(&patterns);
    let mut square = 0.0;
    for (mu, xi) in xi.iter().enumerate() {
        let crosstalk = crosstalk(&couplings, &patterns, &patterns, mu);
        square += crosstalk.iter().map(|c| c * c).sum::<f64>();
        if mu == 0 {
            // The crosstalk is the field minus the pattern.
            let field: f64 = (0..n).map(|j| couplings.weight(7, j) * xi[j]).sum();
            assert!((field * couplings.unit() - xi[7] - crosstalk[7]).abs() < 1e-12);
        }
    }
    let variance = square / (n * p) as f64;
    let expected = (p as f64 - 1.0) / n as f64;
    // 20,100 pairs of patterns: five standard errors of their mean square overlap are 5 %.
    assert!((variance / expected - 1.0).abs() < 0.05, "{variance} {expected}");
}

#[test]
fn the_marginalist_palimpsest_weighs_patterns_exponentially_by_age() {
    let (n, p, epsilon) = (60, 200, 3.0);
    let patterns = random(p, n, 0.5);
    let couplings =
        Setup::full(patterns.clone()).learn(&rule("{ palimpsest = { strength = 3.0 } }"));
    let xi = signed(&patterns);
    let weight = |mu: usize| {
        let age = (p - 1 - mu) as f64;
        epsilon / n as f64 * (-epsilon * epsilon * age / (2.0 * n as f64)).exp()
    };
    for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let closed: f64 = (0..p).map(|mu| weight(mu) * xi[mu][i] * xi[mu][j]).sum();
        assert!((couplings.unit() * couplings.weight(i, j) - closed).abs() < 1e-13);
    }
    // sum_j J_ij^2 tends to 1: the weights add up to N (eps/N)^2 / (1 - exp(-eps^2/N)) = 1.08; the mean over
    // 60 x 59 / 2 pairs scatters by a few per cent.
    let j = matrix(&couplings);
    let square = j.iter().flatten().map(|j| j * j).sum::<f64>() / n as f64;
    assert!((square - 1.06).abs() < 0.15, "{square}");
}

#[test]
fn bounded_couplings_stay_in_bounds_and_reach_them() {
    let (n, p) = (50, 300);
    let setup = Setup::full(random(p, n, 0.5));
    let rule: Learning = rule("{ palimpsest = { strength = 1.0, bound = 0.6 } }");
    let bound = 0.6 / (n as f64).sqrt();
    let mut learner = rule.learner(&setup.pathway()).unwrap().unwrap();
    let mut most = 0.0f64;
    while learner.learn_next() {
        if learner.learned().is_multiple_of(20) {
            let j = matrix(&learner.couplings());
            most = j.iter().flatten().fold(most, |most, j| most.max(j.abs()));
        }
    }
    // Four whole steps of 1/N fit below 0.6 sqrt(N)/N = 4.2/N.
    assert!(most <= bound && (most - 4.0 / n as f64).abs() < 1e-15, "{most} {bound}");
}
