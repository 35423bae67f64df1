//! Crosstalk and how many random patterns are kept (A23, A24).

use super::{Check, Text, Workshop};
use crate::error::Result;
use crate::learning::{crosstalk, unstable};
use crate::reproduce::Built;
use crate::work::each;

pub fn a23(workshop: &Workshop) -> Result<Vec<Check>> {
    let random = "random = { number = 100, coding_level = 0.5, foreground = \"bernoulli\" }";
    let similar =
        "correlated = { number = 40, coding_level = 0.5, correlation = 0.5, with = \"prototype\" }";
    let random = build(workshop, 1000, random, false)?;
    let orthogonal = build(workshop, 256, "hadamard = { number = 40 }", true)?;
    let similar = build(workshop, 256, similar, true)?;

    let terms = all_crosstalk(&random);
    let variance = terms.iter().map(|c| c * c).sum::<f64>() / terms.len() as f64;
    let largest = all_crosstalk(&orthogonal).into_iter().map(f64::abs).fold(0.0, f64::max);
    let (wrong, wrong_similar) = (all_unstable(&orthogonal), all_unstable(&similar));
    let (from_sum, from_field) = differences(&random);
    Ok(vec![
        Check::at_most(
            "|crosstalk - (field - xi)|, 100 patterns in 1000 neurons",
            1e-12,
            from_field,
        ),
        Check::at_most("|crosstalk - the sum over the other patterns|", 1e-12, from_sum),
        Check::near(
            "variance of the crosstalk of random patterns, (p-1)/N =",
            0.099,
            0.05 * 0.099,
            variance,
        ),
        Check::at_most("|crosstalk| of 40 orthogonal patterns (Hadamard, N = 256)", 0.0, largest),
        Check::exactly("their bits that are not stable", 0, wrong as u64),
        Check::at_least(
            "share of unstable bits in 40 similar patterns (correlation 0.5)",
            0.05,
            wrong_similar as f64 / (40.0 * 256.0),
        ),
    ])
}

fn build(workshop: &Workshop, neurons: usize, patterns: &str, autapses: bool) -> Result<Built> {
    let learning = format!("autapses = {autapses}, learning = {{ hebb = {{}} }}");
    let text = Text {
        neurons,
        patterns,
        learning: &learning,
        update: "shuffled",
        tie: "keep",
        recall: "",
    };
    workshop.build_text(&text.toml(), &[])
}

/// The crosstalk at every neuron of every pattern.
fn all_crosstalk(built: &Built) -> Vec<f64> {
    let Some((memories, couplings)) = built.learned() else { return Vec::new() };
    let of = |mu| crosstalk(couplings, memories, memories, mu);
    (0..memories.number()).flat_map(of).collect()
}

fn all_unstable(built: &Built) -> usize {
    built.learned().map_or(0, |(memories, couplings)| unstable(couplings, memories, memories))
}

/// How far the crosstalk lies from its definition, and from the field of the network minus xi, at most.
///
/// Without self-coupling C_i = 1/N sum_(nu != mu) xi_i^nu sum_(j != i) xi_j^nu xi_j^mu, and the field at the pattern has
/// xi_i^mu (N - 1)/N besides.
fn differences(built: &Built) -> (f64, f64) {
    let Some((memories, couplings)) = built.learned() else { return (f64::NAN, f64::NAN) };
    let (n, p) = (memories.neurons(), memories.number());
    let xi = |mu: usize| (0..n).map(|i| memories.value(mu, i)).collect::<Vec<f64>>();
    let xi: Vec<Vec<f64>> = (0..p).map(xi).collect();
    let at = |mu: usize| {
        let network = built.at(&memories.state(mu));
        let told = crosstalk(couplings, memories, memories, mu);
        let product = |nu: usize| xi[nu].iter().zip(&xi[mu]).map(|(a, b)| a * b).sum::<f64>();
        let products: Vec<f64> = (0..p).map(product).collect();
        let (mut from_sum, mut from_field) = (0.0f64, 0.0f64);
        for i in 0..n {
            let others = (0..p).filter(|&nu| nu != mu);
            let each = others.map(|nu| xi[nu][i] * products[nu] - xi[mu][i]);
            let sum = (each.sum::<f64>() - xi[mu][i]) / n as f64;
            from_sum = from_sum.max((told[i] - sum).abs());
            from_field = from_field.max((told[i] - (network.local_field(i) - xi[mu][i])).abs());
        }
        (from_sum, from_field)
    };
    let largest = |a: (f64, f64), b: (f64, f64)| (a.0.max(b.0), a.1.max(b.1));
    (0..p).map(at).fold((0.0, 0.0), largest)
}

/// Networks of 15 patterns each in A24.
const NETWORKS: u64 = 200;

pub fn a24(workshop: &Workshop) -> Result<Vec<Check>> {
    let errors = |seed: u64| {
        let seed = format!("seed={seed}");
        let ran = workshop.run("hopfield-1982", &["task.recall.trials=15", &seed])?;
        Ok(ran.values("errors"))
    };
    let errors: Vec<Vec<f64>> = each(1..=NETWORKS, errors).into_iter().collect::<Result<_>>()?;
    let errors = errors.concat();
    let percent = |most: f64| {
        100.0 * errors.iter().filter(|&&e| e <= most).count() as f64 / errors.len() as f64
    };
    Ok(vec![
        Check::near("% of 15 patterns in 100 neurons that are exact", 71.0, 5.0, percent(0.0)),
        Check::near("% within 5 bits", 90.0, 5.0, percent(5.0)),
    ])
}
