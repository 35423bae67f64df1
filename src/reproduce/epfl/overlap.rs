//! Overlaps: what they are, which patterns are attractors, and the overlaps with the other patterns.

use super::super::{Check, Workshop};
use super::{fails, holds, largest, mean};
use crate::error::Result;
use crate::pattern::{StateOverlap, pack};

/// A Hopfield network with random patterns, recalled from the patterns.
fn hopfield(neurons: usize, patterns: usize, trials: usize) -> String {
    let random = format!("random = {{ number = {patterns}, coding_level = 0.5 }}");
    network(neurons, &random, trials)
}

/// The same with any patterns.
fn network(neurons: usize, patterns: &str, trials: usize) -> String {
    format!(
        r#"
        title = "Hopfield network"
        source = "W. Gerstner et al., Neuronal Dynamics, section 17.2"
        shows = "Which patterns are attractors"
        population.N.size = {neurons}
        patterns.N = {{ {patterns} }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, learning = {{ hebb = {{}} }} }}
        dynamics.binary = {{ states = "plus_minus", update = "shuffled", tie = "keep" }}
        protocol = [{{ name = "cue", duration = "5 sweeps", show = [{{ pattern = 1, state = "set", flipped = 0.0 }}] }}]
        task.recall = {{ trials = {trials}, sweeps = 200, flipped = 0.0 }}
        "#
    )
}

pub fn d1(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let ran = workshop.run_text(&network(64, "hadamard = { number = 20 }", 20), &[])?;
    let overlaps = ran.recording.overlaps("N")?;
    let row = overlaps.as_ref().map_or(&[][..], |samples| samples.row(0));
    let met = row.len() == 20 && row[0] == 1.0 && row[1..].iter().all(|&m| m == 0.0);
    let measured =
        format!("{}, {}", row.first().unwrap_or(&f64::NAN), largest(row.iter().skip(1).copied()));
    checks.push(Check::that(met, "recorded in an orthogonal pattern: m = 1, others 0", measured));
    let printed = ran.summary.to_string();
    let line = printed.lines().find(|line| line.contains("cue")).unwrap_or_default();
    let met = line.contains("pattern 1") && line.contains("1.00");
    let words: Vec<&str> = line.split_whitespace().take(6).collect();
    checks.push(Check::that(met, "printed: pattern 1, overlap 1.00", words.join(" ")));

    // From a wrong state of a loaded network, every look against the definition (1/N) sum_j p_j S_j.
    let ran = workshop.run_text(&hopfield(500, 60, 1), &["protocol[0].show[0].flipped=0.4"])?;
    let (states, overlaps) = (ran.recording.states("N")?, ran.recording.overlaps("N")?);
    let patterns = ran.recording.patterns("N")?;
    let mut apart = f64::NAN;
    if let (Some(states), Some(overlaps), Some(patterns)) = (states, overlaps, patterns) {
        for look in 0..states.time.len() {
            let spins = |i: usize| 2.0 * f64::from(states.row(look)[i]) - 1.0;
            for (mu, m) in overlaps.row(look).iter().enumerate() {
                let sum: f64 = (0..500).map(|i| patterns.value(mu, i) * spins(i)).sum();
                apart = apart.max((sum / 500.0 - m).abs());
            }
        }
    }
    let measured = format!("apart by {apart:.1e}");
    checks.push(Check::that(
        apart < 1e-12,
        "recorded m = (1/N) sum_j p_j S_j, 60 patterns",
        measured,
    ));

    let patterns = &workshop.build_text(&hopfield(1000, 60, 1), &[])?.patterns["N"];
    let of = StateOverlap::new(patterns);
    let (mut m, mut squares) = (Vec::new(), Vec::new());
    for mu in 0..60 {
        of.m(&pack(&patterns.state(mu)), &mut m);
        squares.extend(m[..mu].iter().map(|m| m * m));
    }
    // 1770 pairs: a standard error of 1.7 %.
    let what = "s.d. of the correlation of random pairs, in units of 1/sqrt(N):";
    checks.push(Check::near(what, 1.0, 0.06, (1000.0 * mean(&squares)).sqrt()));
    Ok(checks)
}

pub fn d2(workshop: &Workshop) -> Result<Vec<Check>> {
    let exact = |size: (usize, usize, usize), flipped: &str| -> Result<(u64, f64)> {
        let setting = format!("task.recall.flipped={flipped}");
        let ran = workshop.run_text(&hopfield(size.0, size.1, size.2), &[&setting])?;
        Ok((ran.values("exact").iter().sum::<f64>() as u64, ran.mean("overlap")))
    };
    let mut checks = Vec::new();
    let (few, _) = exact((1000, 10, 10), "0.0")?;
    checks.push(holds(
        "10 patterns in 1000 neurons are fixed points",
        few == 10,
        format!("{few} of 10"),
    ));
    let (from, _) = exact((1000, 10, 100), "0.2")?;
    let statement = "a fifth of the neurons may be wrong, and the pattern is found";
    checks.push(holds(statement, from == 100, format!("{from} of 100")));
    let (_, inverse) = exact((1000, 10, 10), "1.0")?;
    checks.push(holds(
        "the inverse of a pattern is an attractor too",
        inverse == -1.0,
        format!("m = {inverse}"),
    ));
    let (all, m) = exact((200, 200, 200), "0.0")?;
    let measured = format!("{all} of 200, mean m {m:.2}");
    checks.push(fails("N patterns in N neurons are attractors", all == 0, measured));
    // Four networks, 40 patterns each.
    let (mut number, mut overlaps) = (0, Vec::new());
    for seed in 1..=4 {
        let setting = format!("seed={seed}");
        let ran = workshop.run_text(&hopfield(1000, 200, 40), &[&setting])?;
        number += ran.values("exact").iter().sum::<f64>() as u64;
        overlaps.extend(ran.values("overlap"));
    }
    let statement = "200 patterns in 1000 neurons: fixed points have overlap 1";
    checks.push(fails(statement, number == 0, format!("{number} of 160 exact")));
    checks.push(Check::near("mean m of 200 patterns in 1000 neurons", 0.36, 0.03, mean(&overlaps)));
    Ok(checks)
}

pub fn d5(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (neurons, patterns) in [(1000, 10), (4000, 20)] {
        let text = hopfield(neurons, patterns, patterns);
        let ran = workshop.run_text(&text, &["task.recall.flipped=0.1"])?;
        let bound = 4.0 / (neurons as f64).sqrt();
        let what = format!("largest |m| of {patterns} - 1 others, N = {neurons}, 4/sqrt(N) =");
        let (others, m) = (largest(ran.values("other")), ran.mean("overlap"));
        checks.push(Check::that(
            others < bound && m > 0.99,
            format!("{what} {bound:.4}"),
            format!("{others:.4} (m = {m:.3})"),
        ));
    }
    let ran = workshop.run("stochastic", &["record.states=false"])?;
    if let Some(samples) = ran.recording.overlaps("N")? {
        let looks = samples.within(50.0, 100.0);
        let others = largest(looks.flat_map(|look| samples.row(look)[1..].to_vec()));
        let expected = "largest |m| of two others over 50 sweeps at T = 0.519 below 0.04";
        checks.push(Check::that(others < 0.04, expected, format!("{others:.4}")));
    }
    Ok(checks)
}
