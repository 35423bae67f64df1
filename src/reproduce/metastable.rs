//! Clusters that become active and silent again (row P7).

use super::{Check, Entry, Workshop};
use crate::analysis::assemblies::{Active, ActiveIf};
use crate::error::Result;
use crate::work::each;

pub const ROWS: &[Entry] = &[(
    "P7",
    "the more neurons adapt, the sooner clusters fall silent (Schmitt, Nawrot)",
    adapting,
)];

/// Jumps of the adaptation current, mV: the authors' largest three. At their fourth, 1.2 mV, a cluster stays active for 15 s.
const JUMPS: [f64; 3] = [3.0, 2.4, 1.8];
/// Networks.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=3;
/// What is looked at, ms.
const LOOKED_AT: (f64, f64) = (1000.0, 21_000.0);

/// How long a cluster of one network stays active, ms: the time that clusters are active by the number of times that one falls silent,
/// so that what is cut off at the end counts.
fn dwell(workshop: &Workshop, jump: f64, seed: u64) -> Result<f64> {
    let settings = [
        format!("seed={seed}"),
        format!("dynamics.spiking.E.adaptation.jump={jump} mV"),
        "protocol[1].duration=20 s".to_owned(),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let ran = workshop.run("sfa-clusters", &settings)?;
    let active_if = ActiveIf::default();
    let active = Active::of(&ran.recording, "E", &[LOOKED_AT], active_if)?;
    let all = || active.iter().flat_map(|active| &active.activations);
    // The last window ends where the stretch does, and its middle half a window before.
    let last = LOOKED_AT.1 - 0.5 * active_if.window;
    let ends = all().filter(|one| one.onset + one.dwell < last).count();
    Ok(all().map(|one| one.dwell).sum::<f64>() / ends as f64)
}

fn adapting(workshop: &Workshop) -> Result<Vec<Check>> {
    let of = |seed: u64| JUMPS.iter().map(|&jump| dwell(workshop, jump, seed)).collect();
    let found: Vec<Vec<f64>> = each(SEEDS, of).into_iter().collect::<Result<_>>()?;
    let longer = |k: usize| {
        let of = |k: usize| {
            found.iter().map(|dwells| format!("{:.0}", dwells[k])).collect::<Vec<_>>().join(", ")
        };
        let (now, before) = (JUMPS[k], JUMPS[k - 1]);
        Check::that(
            found.iter().all(|dwells| dwells[k] > dwells[k - 1]),
            format!(
                "jumps of {now} instead of {before} mV: clusters stay active for longer in each of three networks"
            ),
            format!("{} instead of {} ms", of(k), of(k - 1)),
        )
    };
    Ok((1..JUMPS.len()).map(longer).collect())
}
