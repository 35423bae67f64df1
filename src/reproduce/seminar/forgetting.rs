//! B14: palimpsests.

use super::super::{Check, Workshop};
use super::of_seeds;
use crate::error::Result;
use crate::theory::palimpsest;
use crate::work::each;

const SIZE: usize = 500;
const NETWORKS: u64 = 8;
/// Marginalist decay, and bounded couplings.
const RULES: [(&str, &str); 2] = [
    ("decay", "{ palimpsest = { strength = 4.108 } }"),
    ("bounds", "{ palimpsest = { strength = 1.0, bound = 0.35 } }"),
];

/// The share of networks that retrieve the pattern of every age, the newest first, after `number` were learned.
fn kept(workshop: &Workshop, rule: &str, number: usize) -> Result<Vec<f64>> {
    // The newest hundred, or fewer, and the oldest ten.
    let newest = (number + 1).saturating_sub(100).max(1)..=number;
    let oldest = 1..=10usize.min(newest.start() - 1);
    let patterns: Vec<String> = newest.rev().chain(oldest).map(|mu| mu.to_string()).collect();
    // Of the model, all but what is shown and expected.
    let network = workshop.text("palimpsest")?.split("[[protocol]]").next().unwrap_or_default();
    let text = format!(
        "{network}\n[task.recall]\ntrials = {}\npatterns = [{}]\nsweeps = 100\n[record]\nstates = false\n",
        patterns.len(),
        patterns.join(", ")
    );
    let settings = [
        format!("population.N.size={SIZE}"),
        format!("patterns.N.random.number={number}"),
        format!("projection.J.learning={rule}"),
    ];
    let networks = of_seeds(NETWORKS, |seed| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed]).collect();
        Ok(workshop.run_text(&text, &settings)?.values("overlap"))
    })?;
    let share = |age: usize| {
        networks.iter().filter(|m| m[age] > 0.9).count() as f64 / networks.len() as f64
    };
    Ok((0..patterns.len()).map(share).collect())
}

pub fn b14(workshop: &Workshop) -> Result<Vec<Check>> {
    let numbers = [150, 400, 1000];
    let measure = |rule: &str| -> Result<Vec<Vec<f64>>> {
        each(numbers, |number| kept(workshop, rule, number)).into_iter().collect()
    };
    let mut checks = Vec::new();
    for (name, rule) in RULES {
        let curves = measure(rule)?;
        let newest = curves.iter().map(|c| c[..5].iter().sum::<f64>() / 5.0).fold(1.0, f64::min);
        checks.push(Check::at_least(&format!("{name}: newest 5 retrieved, share"), 0.95, newest));
        let oldest = curves.iter().map(|c| c[100..].iter().sum::<f64>() / 10.0).fold(0.0, f64::max);
        checks.push(Check::at_most(&format!("{name}: oldest 10 retrieved, share"), 0.05, oldest));
        let stored: Vec<f64> = curves.iter().map(|c| c[..100].iter().sum()).collect();
        let mean = stored.iter().sum::<f64>() / 3.0;
        let list: Vec<String> = stored.iter().map(|n| format!("{n:.1}")).collect();
        let theory = match name {
            "decay" => {
                format!(
                    " (theory, N to infinity: {:.1})",
                    palimpsest::capacity(4.108) * SIZE as f64
                )
            }
            _ => String::new(),
        };
        checks.push(Check::that(
            stored.iter().all(|n| (n / mean - 1.0).abs() < 0.1),
            format!("{name}: as many are kept (± 10 %) of 150, 400 and 1000 patterns"),
            list.join(", ") + &theory,
        ));
    }
    let hebb = kept(workshop, "{ hebb = {} }", 400)?;
    checks.push(Check::at_most(
        "Hebb's rule, P = 400 in N = 500: retrieved of all ages, share",
        0.02,
        hebb.iter().sum::<f64>() / hebb.len() as f64,
    ));
    Ok(checks)
}
