//! Clusters that become active and silent again (row P10).

use super::{Check, Entry, Workshop};
use crate::analysis::assemblies::{Active, ActiveIf};
use crate::error::Result;
use crate::statistics::Mean;
use rayon::prelude::*;

pub const ROWS: &[Entry] = &[(
    "P10",
    "the more neurons adapt, the sooner clusters fall silent (Schmitt, Nawrot)",
    adapting,
)];

/// Jumps of the adaptation current, mV: those of the authors, and none.
const JUMPS: [f64; 5] = [3.0, 2.4, 1.8, 1.2, 0.0];

/// The dwells, ms, of clusters of one network in 20 s.
fn dwells(workshop: &Workshop, jump: f64, seed: u64) -> Result<Vec<f64>> {
    let settings = [
        format!("seed={seed}"),
        format!("dynamics.spiking.E.adaptation.jump={jump} mV"),
        "protocol[1].duration=20 s".to_owned(),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let ran = workshop.run("sfa-clusters", &settings)?;
    let active = Active::of(&ran.recording, "E", &[(1000.0, 21_000.0)], ActiveIf::default())?;
    Ok(active.iter().flat_map(Active::whole).map(|activation| activation.dwell).collect())
}

fn adapting(workshop: &Workshop) -> Result<Vec<Check>> {
    let runs: Vec<(f64, u64)> = JUMPS.iter().flat_map(|&j| (1..=3).map(move |s| (j, s))).collect();
    let found: Vec<Vec<f64>> = runs
        .into_par_iter()
        .map(|(jump, seed)| dwells(workshop, jump, seed))
        .collect::<Result<_>>()?;
    let means: Vec<Mean> =
        found.chunks(3).map(|own| Mean::of(own.iter().flatten().copied())).collect();
    let longer = |k: usize| {
        let (before, now) = (means[k - 1], means[k]);
        let error = before.sem.hypot(now.sem);
        Check::that(
            now.value - before.value > 2.0 * error,
            format!(
                "jumps of {} instead of {} mV: clusters stay active for longer, by more than two standard errors",
                JUMPS[k],
                JUMPS[k - 1]
            ),
            format!(
                "{:.0} ± {:.0} instead of {:.0} ± {:.0} ms",
                now.value, now.sem, before.value, before.sem
            ),
        )
    };
    Ok((1..JUMPS.len()).map(longer).collect())
}
