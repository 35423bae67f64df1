//! Patterns of low activity: three forms of the rule, and the capacity.

use super::super::{Check, Workshop};
use super::{largest, mean};
use crate::error::Result;
use crate::theory::low_activity;

/// Share of recalls with m > 0.9, and the median activity.
fn recalled(overlaps: &[f64], mut activities: Vec<f64>) -> (f64, f64) {
    activities.sort_by(f64::total_cmp);
    let found = overlaps.iter().filter(|&&m| m > 0.9).count() as f64;
    let median = activities.get(activities.len() / 2).copied().unwrap_or(f64::NAN);
    (found / overlaps.len() as f64, median)
}

pub fn d8(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    // The other patterns disturb the field with a variance proportional to <(xi - b)^2>: a, a (1 - a), 1 - a. With b = 1
    // it is nine times as large, and some of 90 patterns are lost.
    for (b, threshold, noise, least) in
        [(0.0, 0.5, "0.2", 1.0), (0.1, 0.4, "0.2", 1.0), (1.0, -0.5, "0.0", 0.8)]
    {
        let settings = [
            format!("projection.J.learning.low_activity.b={b:?}"),
            format!("dynamics.binary.threshold={threshold:?}"),
            format!("task.recall.noise={noise}"),
        ];
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let ran = workshop.run("low-activity", &settings)?;
        let what = |what: &str| format!("b = {b}: {what}");
        let (share, activity) = recalled(&ran.values("overlap"), ran.values("activity"));
        checks.push(Check::at_least(&what("share of 90 patterns recalled"), least, share));
        checks.push(Check::near(&what("median activity"), 0.1, 0.002, activity));
        let others = ran.values("other");
        let measured = format!("{:.4} ({:.4} of all)", mean(&others), largest(others.clone()));
        let expected = what("largest other overlap, mean, at most 0.07");
        checks.push(Check::that(mean(&others) <= 0.07, expected, measured));
        let none = ran.summary.states.as_ref().and_then(|states| states.without_energy.clone());
        let met = none.is_some() == (b != 0.1);
        let expected = what(if b == 0.1 { "symmetric" } else { "not symmetric" });
        checks.push(Check::that(met, expected, none.unwrap_or("symmetric".to_owned())));
    }
    let (mut overlaps, mut activities) = (Vec::new(), Vec::new());
    for seed in 1..=4 {
        let seed = format!("seed={seed}");
        let settings = [
            "projection.J.learning.low_activity.b=1.0",
            "dynamics.binary.threshold=-0.5",
            "dynamics.binary.update=synchronous",
            "patterns.N.random.number=200",
            "task.recall.trials=40",
            "task.recall.noise=0.0",
            &seed,
        ];
        let ran = workshop.run("low-activity", &settings)?;
        overlaps.extend(ran.values("overlap"));
        activities.extend(ran.values("activity"));
    }
    // Networks of 40 recalls scatter by 0.06.
    let what = "b = 1, P = 200, updated at once: activity";
    checks.push(Check::near(what, 0.28, 0.1, mean(&activities)));
    let share = recalled(&overlaps, activities).0;
    let error = (share * (1.0 - share) / overlaps.len() as f64).sqrt();
    checks.push(Check::that(
        share + 3.0 * error < 1.0,
        "b = 1, P = 200: not all are kept (by 3 standard errors)",
        format!("{share:.3} ± {error:.3} are"),
    ));
    Ok(checks)
}

/// Neurons of the networks whose capacity is measured.
const NEURONS: f64 = 2000.0;

/// A network at the threshold that is best at capacity; only starts and ends are kept.
fn network(a: f64, patterns: usize, threshold: f64, seed: u64) -> String {
    format!(
        r#"
        title = "Capacity"
        source = "M. V. Tsodyks and M. V. Feigelman, Europhys. Lett. 6:101 (1988)"
        shows = "Mean overlap after relaxation from a pattern"
        seed = {seed}
        population.N.size = {NEURONS}
        patterns.N.random = {{ number = {patterns}, coding_level = {a} }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, learning = {{ low_activity = {{ a = {a} }} }} }}
        dynamics.binary = {{ states = "zero_one", update = "shuffled", tie = "keep", threshold = {threshold:?} }}
        task.recall = {{ trials = 20, sweeps = 30 }}
        record = {{ interval = "100 sweeps", states = false }}
        "#
    )
}

/// The load at which the mean overlap after relaxation from a pattern falls below that of theory at capacity, m_c.
///
/// At a = 0.1 it lies above the replica-symmetric load by 17, 15 and 14 % (+- 3) with N = 1000, 2000 and 4000, one network
/// each: N alone may not explain it. Relaxation starts at the pattern, while theory is about the state of equilibrium.
fn measured(workshop: &Workshop, a: f64, theory: &low_activity::Retrieval) -> Result<f64> {
    let mut before = (0.0, 1.0);
    for share in [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5] {
        let patterns = (share * theory.load * NEURONS).round();
        let mut overlaps = Vec::new();
        for seed in 1..=2 {
            let text = network(a, patterns as usize, theory.network_threshold(), seed);
            overlaps.extend(workshop.run_text(&text, &[])?.values("overlap"));
        }
        let (load, m) = (patterns / NEURONS, mean(&overlaps));
        if m < theory.overlap {
            let part = (before.1 - theory.overlap) / (before.1 - m);
            return Ok(before.0 + part * (load - before.0));
        }
        before = (load, m);
    }
    Ok(f64::NAN)
}

pub fn d17(workshop: &Workshop) -> Result<Vec<Check>> {
    let (mut checks, mut loads) = (Vec::new(), Vec::new());
    for a in [0.5, 0.2, 0.1, 0.05, 0.02] {
        let Some(theory) = low_activity::capacity(a) else { continue };
        let load = measured(workshop, a, &theory)?;
        let measured = format!("{load:.3} ({:.2} times)", load / theory.load);
        let expected = format!(
            "P/N where m < {:.3}, N = 2000, a = {a}: {:.3} ± 25 %",
            theory.overlap, theory.load
        );
        checks.push(Check::that((load / theory.load - 1.0).abs() < 0.25, expected, measured));
        loads.push(load);
    }
    let grows = loads.len() == 5 && loads.windows(2).all(|pair| pair[1] > pair[0]);
    checks.push(Check::that(grows, "it grows as a falls from 0.5 to 0.02", grows.to_string()));
    Ok(checks)
}
