//! M. Fee, MIT 9.40 lecture on recurrent networks: binary networks (rows A13 to A25).

use super::{Check, Entry, Workshop};
use crate::error::Result;

pub const ROWS: &[Entry] =
    &[("A14", "one stored pattern is a fixed point, for any N and amplitude", a14)];

fn a14(workshop: &Workshop) -> Result<Vec<Check>> {
    let (mut runs, mut fixed) = (0, 0);
    for size in [1, 2, 3, 10, 101, 1000] {
        for amplitude in [0.001, 1.0, 7.5] {
            let text = format!(
                r#"
                title = "One pattern"
                source = "Fee, MIT 9.40"
                shows = "sgn(a N xi) = xi"
                population.N.size = {size}
                patterns.N.random = {{ number = 1, coding_level = 0.5, foreground = "bernoulli" }}
                projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = true, learning = {{ hebb = {{ amplitude = {amplitude} }} }} }}
                dynamics.binary = {{ states = "plus_minus", update = "synchronous", tie = "keep" }}
                task.recall = {{ trials = 1, sweeps = 5 }}
                "#
            );
            let ran = workshop.run_text(&text, &[])?;
            runs += 1;
            fixed += u64::from(ran.mean("first_step") == 0.0 && ran.mean("exact") == 1.0);
        }
    }
    Ok(vec![Check::exactly("fixed points of 18 networks", runs, fixed)])
}
