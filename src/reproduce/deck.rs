//! Lectures on Hopfield networks after MacKay, chapter 42, and their modern relatives (rows C1 to C11).

mod descent;
pub(super) mod energy;
mod graded;
mod letters;
mod modern;
mod salesman;
mod words;

use super::{Check, Entry, Workshop};
use crate::error::Result;
use crate::pattern::{Foreground, PatternSource, Patterns, RandomPatterns};
use crate::random::Seed;
use std::ops::Range;

pub const ROWS: &[Entry] = &[
    ("C1", "Hebbian learning from a stream of patterns converges to the batch couplings", c1),
    ("C2", "two neurons updated at once alternate for ever, detected as a 2-cycle", c2),
    ("C3", "asynchronous updates in fixed or random order converge with symmetric couplings", c3),
    ("C4", "graded units x = tanh(a): the limits of large and small gain", graded::c4),
    ("C5", "the same in continuous time: steady states and energy", graded::c5),
    (
        "C6",
        "nine capitals and countries of 18 characters: learned, completed, corrected",
        words::c6,
    ),
    ("C7", "D, J, C, M in 25 neurons: all 2^25 states", letters::c7),
    ("C8", "MacKay's learning algorithm", descent::c8),
    (
        "C9",
        "the energy never rises if updates are asynchronous and couplings symmetric",
        energy::c9,
    ),
    ("C10", "the travelling salesman among four cities: valid and shortest tours", salesman::c10),
    (
        "C11",
        "modern Hopfield networks: retrieval in one step, attention, three kinds of minima, capacity",
        modern::c11,
    ),
];

/// Random patterns of coding level 1/2.
fn random_patterns(neurons: usize, number: usize, seed: Seed) -> Patterns {
    let foreground = Foreground::Bernoulli;
    let source = RandomPatterns { number, coding_level: 0.5, foreground };
    PatternSource::Random(source).draw("N", neurons, seed)
}

/// `whole` patterns drawn one after another, each moving the couplings by (x x' - w)/t, against their mean <x x'>: the
/// mean square distance in units of the 1/t that independent draws leave.
fn online(patterns: &Patterns, draws: u32, seeds: Range<u64>) -> f64 {
    let (n, p) = (patterns.neurons(), patterns.number());
    let x: Vec<Vec<f64>> =
        (0..p).map(|mu| (0..n).map(|i| patterns.value(mu, i)).collect()).collect();
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
    let mean = |(i, j): (usize, usize)| x.iter().map(|x| x[i] * x[j]).sum::<f64>() / p as f64;
    let batch: Vec<f64> = pairs.iter().map(|&pair| mean(pair)).collect();
    let variance: f64 = batch.iter().map(|c| 1.0 - c * c).sum();
    let number = (seeds.end - seeds.start) as f64;
    let square = |seed: u64| {
        let mut stream = Seed(seed).stream("presentation", 0);
        let mut w = vec![0.0; pairs.len()];
        for t in 1..=draws {
            let x = &x[stream.below(p as u32) as usize];
            let update = |(w, &(i, j)): (&mut f64, &(usize, usize))| {
                *w += (x[i] * x[j] - *w) / f64::from(t);
            };
            w.iter_mut().zip(&pairs).for_each(update);
        }
        w.iter().zip(&batch).map(|(w, c)| (w - c).powi(2)).sum::<f64>()
    };
    f64::from(draws) * seeds.map(square).sum::<f64>() / number / variance
}

fn c1(_: &Workshop) -> Result<Vec<Check>> {
    let patterns = random_patterns(20, 6, Seed(1));
    // 200 streams of 5 independent counts: 0.045 standard errors.
    let check = |draws: u32| {
        let what = format!("<(w - <x x'>)^2> after {draws} draws, in units of var(x x')/{draws}:");
        Check::near(&what, 1.0, 0.2, online(&patterns, draws, 0..200))
    };
    Ok(vec![check(20), check(200), check(2000)])
}

/// The setting that gives the only projection of a model other couplings.
fn couplings(keys: &str) -> String {
    format!(
        "projection.J={{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, {keys} }}"
    )
}

/// Two neurons with w12 = w21 = 1 and the state (1, -1).
const PAIR: &str = r##"
title = "Two neurons"
source = "D. J. C. MacKay (2003), exercise 42.4"
shows = "Updated at once two neurons that excite each other exchange their states"
population.N.size = 2
patterns.N.bitmap.rows = [["#."]]
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, efficacy = { matrix = [[0.0, 1.0], [1.0, 0.0]] } }
dynamics.binary = { states = "plus_minus", update = "synchronous", tie = "keep" }
task.recall = { trials = 1, sweeps = 1000 }
"##;

fn c2(workshop: &Workshop) -> Result<Vec<Check>> {
    let period = |update: &str| -> Result<u64> {
        let setting = format!("dynamics.binary.update={update}");
        Ok(workshop.run_text(PAIR, &[&setting])?.mean("period") as u64)
    };
    Ok(vec![
        Check::exactly("period if updated at once", 2, period("synchronous")?),
        Check::exactly("period if updated in fixed order", 1, period("fixed")?),
        Check::exactly("period if updated in random order", 1, period("shuffled")?),
    ])
}

/// Random symmetric couplings, which have nothing but their symmetry.
const SYMMETRIC: &str = r#"
title = "Random symmetric couplings"
source = "J. J. Hopfield, PNAS 79:2554 (1982)"
shows = "One neuron at a time, every trajectory ends in a fixed point"
population.N.size = 100
patterns.N.random = { number = 1, coding_level = 0.5, foreground = "bernoulli" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, efficacy = { gaussian = { sd = 1.0, symmetry = 1.0 } } }
dynamics.binary = { states = "plus_minus", update = "fixed", tie = "keep" }
task.recall = { trials = 300, start = "random", sweeps = 10000 }
"#;

fn c3(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for update in ["fixed", "shuffled", "random"] {
        let setting = format!("dynamics.binary.update={update}");
        let ran = workshop.run_text(SYMMETRIC, &[&setting])?;
        let what = format!("of 300 starts in {update} order end in a fixed point");
        checks.push(Check::exactly(&what, 300, ran.values("settled").iter().sum::<f64>() as u64));
        let said =
            ran.summary.provenance.model_resolved.contains(&format!("update = \"{update}\""));
        checks.push(Check::that(said, "the recording says the order", said.to_string()));
    }
    let ran = workshop.run_text(SYMMETRIC, &["dynamics.binary.update=synchronous"])?;
    let periods = ran.values("period");
    let longest = periods.iter().copied().fold(0.0, f64::max);
    let ended = periods.iter().all(|period| !period.is_nan());
    let met = ended && longest == 2.0;
    checks.push(Check::that(met, "all at once: cycles of 2 at most", format!("longest {longest}")));
    Ok(checks)
}
