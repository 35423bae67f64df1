//! Words: the nine capitals.

use super::super::{Check, Workshop};
use super::couplings;
use crate::error::Result;
use crate::learning::descent;
use crate::pattern::{PatternSource, Patterns};
use crate::random::Seed;

/// Misspelt words, and the memory (from 0) that is meant.
const MISSPELT: [(&str, usize); 2] = [("otowa-------canada", 5), ("egindurrh-sxotland", 4)];

/// Of two misspelt words, how many are corrected whatever the order of updates (20 of them, and all at once); and of
/// nine capitals, of which the first half is held, how many are completed.
fn tested(workshop: &Workshop, learning: &str) -> Result<(u64, u64)> {
    let learning = couplings(learning);
    let mut corrected = [true; 2];
    for (update, orders) in [("synchronous", 1), ("shuffled", 20)] {
        let update = format!("dynamics.binary.update={update}");
        let built = workshop.build("capitals", &[&learning, &update])?;
        let Some(PatternSource::Words(words)) = built.model.patterns.get("N") else { continue };
        for ((cue, meant), corrected) in MISSPELT.iter().zip(&mut corrected) {
            let memory = built.patterns["N"].state(*meant);
            for seed in 0..orders {
                *corrected &= built.relax(&words.state(cue), 200, Seed(seed))?.state == memory;
            }
        }
    }
    let ran = workshop.run("capitals", &[&learning, "task.recall.trials=9"])?;
    let completed = ran.values("exact").iter().sum::<f64>() as u64;
    Ok((corrected.iter().filter(|&&c| c).count() as u64, completed))
}

fn gradient(loops: usize) -> String {
    format!("learning = {{ gradient = {{ eta = 0.01, alpha = 0.1, loops = {loops} }} }}")
}

/// The couplings of the same descent from 0, as they stand in a model.
fn from_nothing(patterns: &Patterns, loops: usize) -> String {
    let (n, p) = (patterns.neurons(), patterns.number());
    let x: Vec<Vec<f64>> =
        (0..p).map(|mu| (0..n).map(|i| patterns.value(mu, i)).collect()).collect();
    let mut w = vec![0.0; n * n];
    for _ in 0..loops {
        let step = descent(&w, &x, 0.1);
        w.iter_mut().zip(step).for_each(|(w, step)| *w += 0.01 * step);
    }
    let rows: Vec<&[f64]> = w.chunks(n).collect();
    format!("efficacy = {{ matrix = {rows:?} }}")
}

pub fn c6(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (loops, expected) in [(0, 1), (10, 2), (100, 5), (1000, 9)] {
        let learning = couplings(&gradient(loops));
        let ran = workshop.run("capitals", &[&learning, "task.recall.trials=9"])?;
        let stable = ran.values("first_step").iter().filter(|&&share| share == 0.0).count();
        checks.push(Check::exactly(
            &format!("stable after {loops} loops"),
            expected,
            stable as u64,
        ));
    }
    let mut both = |when: &str, learning: &str, expected: (u64, u64)| -> Result<()> {
        let (corrected, completed) = tested(workshop, learning)?;
        checks.push(Check::exactly(
            &format!("misspelt words corrected {when}"),
            expected.0,
            corrected,
        ));
        checks.push(Check::exactly(&format!("countries completed {when}"), expected.1, completed));
        Ok(())
    };
    // The descent has one minimum and forgets its start as (1 - eta alpha)^loops, 0.37 after 1000. The list has the
    // stable memories of a start from Hebb's x'x, and the other numbers of the minimum.
    both("after 3000 loops from x'x", &gradient(3000), (2, 9))?;
    both("after 1000 (list: 2, 9; 37 % of x'x is left)", &gradient(1000), (0, 1))?;
    let patterns = &workshop.build("capitals", &[&couplings(&gradient(0))])?.patterns["N"];
    both("after 1000 loops from w = 0", &from_nothing(patterns, 1000), (2, 9))?;
    Ok(checks)
}
