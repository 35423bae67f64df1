//! Clusters that become active and silent again (row P7).

use super::published::{Clusters, Looked, agrees, clusters_in};
use super::{Check, Entry, Workshop};
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
/// For how long clusters are active, among what is found of a network.
const DWELL: usize = 5;
/// What is looked at, ms.
const LOOKED_AT: (f64, f64) = (1000.0, 21_000.0);

/// These networks with the first jump as NEST 3.10 has them, like those of P1; an adaptation current is one of the neuron's own spikes.
const NEST: [Clusters; 3] = [
    [4.9921, 7.2443, 4.2832, 0.8888, 0.7950, 121.37],
    [4.7972, 7.0155, 4.1614, 0.9084, 0.7875, 122.09],
    [3.8268, 5.9381, 2.8252, 1.0087, 0.6600, 89.19],
];
const BRIEFLY: Looked = Looked { counts: 400.0, active: (50.0, 20.0) };

fn measured(workshop: &Workshop, jump: f64, seed: u64) -> Result<Clusters> {
    let settings = [
        format!("seed={seed}"),
        format!("dynamics.spiking.E.adaptation.jump={jump} mV"),
        "protocol[1].duration=20 s".to_owned(),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    clusters_in(&workshop.run("sfa-clusters", &settings)?, LOOKED_AT, &BRIEFLY)
}

fn adapting(workshop: &Workshop) -> Result<Vec<Check>> {
    let of = |seed: u64| JUMPS.iter().map(|&jump| measured(workshop, jump, seed)).collect();
    let found: Vec<Vec<Clusters>> = each(SEEDS, of).into_iter().collect::<Result<_>>()?;
    let longer = |k: usize| {
        let of = |k: usize| {
            found.iter().map(|own| format!("{:.0}", own[k][DWELL])).collect::<Vec<_>>().join(", ")
        };
        let (now, before) = (JUMPS[k], JUMPS[k - 1]);
        Check::that(
            found.iter().all(|own| own[k][DWELL] > own[k - 1][DWELL]),
            format!(
                "jumps of {now} instead of {before} mV: clusters stay active for longer in each of three networks"
            ),
            format!("{} instead of {} ms", of(k), of(k - 1)),
        )
    };
    let first: Vec<Clusters> = found.iter().map(|own| own[0]).collect();
    let both = [&first[..], &NEST];
    let like_nest = [
        agrees("jumps of 3 mV, the same three networks for 20 s: rate of E, Hz", 0, 0.02, both),
        agrees("rate of I, Hz", 1, 0.02, both),
        agrees("Fano factor of E in windows of 400 ms", 2, 0.08, both),
        agrees("CV2 of E", 3, 0.02, both),
        agrees("clusters above 20 Hz in windows of 50 ms, at once", 4, 0.08, both),
        // Some 400 dwells of a standard deviation of half their mean in each simulator: 2 s.e. are 7 %.
        agrees("for how long, ms", DWELL, 0.07, both),
    ];
    Ok(like_nest.into_iter().chain((1..JUMPS.len()).map(longer)).collect())
}
