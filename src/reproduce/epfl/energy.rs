//! The energy picture: where it holds, and that memory does not need it.

use super::super::deck::energy::{course, never, of_random};
use super::super::{Check, Workshop};
use super::{fails, holds};
use crate::error::Result;

/// 0/1 neurons with a threshold and patterns of a mean that is not zero.
const GENERAL: &str = r#"
title = "Patterns of non-zero mean"
source = "J. J. Hopfield, PNAS 79:2554 (1982)"
shows = "The energy falls whatever the patterns are"
population.N.size = 30
patterns.N.random = { number = 8, coding_level = 0.3, foreground = "bernoulli" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = { low_activity = { a = 0.3 } } }
protocol = [{ name = "free", duration = "1 sweeps" }]
dynamics.binary = { states = "zero_one", update = "random", tie = "keep", threshold = 0.3 }
"#;

/// Half of all couplings are cut, each direction by itself.
const ASYMMETRIC: &str = r#"
title = "Diluted couplings without symmetry"
source = "W. Gerstner et al., Neuronal Dynamics, section 17.2"
shows = "Memory without an energy"
population.N.size = 1000
patterns.N.random = { number = 20, coding_level = 0.5 }
projection.J = { from = "N", to = "N", connect = { probability = 0.5 }, autapses = false, learning = { hebb = {} } }
dynamics.binary = { states = "plus_minus", update = "shuffled", tie = "keep" }
task.recall = { trials = 40, flipped = 0.2, sweeps = 50 }
"#;

pub fn d7(workshop: &Workshop) -> Result<Vec<Check>> {
    const FLIPS: u64 = 100_000;
    let of =
        |update, symmetry, temperature| of_random(workshop, (update, symmetry, temperature), FLIPS);
    let symmetric = of("random", 1.0, 0.0)?;
    let general = course(&workshop.build_text(GENERAL, &[])?, 1.0 / 30.0, FLIPS)?;
    let mut checks = vec![
        never("in 10^5 flips, asynchronous, symmetric, no noise", symmetric),
        never("with 0/1 neurons, thresholds, patterns of mean 0.3", general),
    ];
    let ended = format!("{} of {}", symmetric.fixed, symmetric.starts);
    let statement = "quiz 2: every trajectory ends in a minimum";
    checks.push(holds(statement, symmetric.fixed == symmetric.starts, ended));
    let mut refuted = |statement: &str, (update, symmetry, temperature)| -> Result<()> {
        let found = of(update, symmetry, temperature)?;
        let measured = format!("{} rises in {}", found.rises, found.steps);
        checks.push(fails(statement, found.rises > 0, measured));
        Ok(())
    };
    refuted("quiz 2: the energy falls for any couplings", ("random", 0.0, 0.0))?;
    refuted("quiz 2: the energy falls for synchronous updates", ("synchronous", 1.0, 0.0))?;
    refuted("quiz 2: the energy falls with noise (T = 0.5)", ("random", 1.0, 0.5))?;

    let ran = workshop.run_text(ASYMMETRIC, &[])?;
    let states = ran.summary.states.as_ref();
    let none = states.and_then(|states| states.without_energy.clone()).unwrap_or_default();
    checks.push(holds(
        "quiz 3: asymmetric couplings have no energy",
        !none.is_empty(),
        none.clone(),
    ));
    let m = ran.mean("overlap");
    let statement = "quiz 3: memory needs symmetric couplings";
    checks.push(fails(statement, m > 0.95, format!("m = {m:.3} from 20 % wrong, without")));
    let ran = workshop.run("low-activity", &["task.recall.trials=20"])?;
    let m = ran.mean("overlap");
    let statement = "quiz 3: memory needs patterns of half of the neurons";
    checks.push(fails(statement, m > 0.95, format!("m = {m:.3} with a = 0.1")));
    Ok(checks)
}
