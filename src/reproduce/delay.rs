//! Delay activity, and inhibition that learns, in published spiking networks (rows P8 to P11): what the articles claim, on networks
//! that the bounds of the models had not seen; but the control of P8 is the network of its model.

use super::published::within;
use super::{Check, Entry, Workshop};
use crate::error::Result;
use crate::report::measures;
use crate::statistics::Mean;
use crate::work::each;
use std::ops::RangeInclusive;

pub const ROWS: &[Entry] = &[
    ("P8", "global spontaneous and local delay activity (Amit and Brunel 1997)", p8),
    ("P9", "sparse random memories in two-valued synapses (Curti 2004)", p9),
    ("P10", "irregular persistent activity (Barbieri and Brunel 2008)", p10),
    ("P11", "inhibitory plasticity balances excitation (Vogels 2011)", p11),
];

/// Networks on which nothing was chosen, and those of controls that take as long.
const SEEDS: RangeInclusive<u64> = 2..=6;
const FEW: RangeInclusive<u64> = 2..=3;

/// What a sweep tells of these quantities of a model, network by network.
fn networks<const N: usize>(
    workshop: &Workshop,
    (model, settings): (&str, &[&str]),
    seeds: RangeInclusive<u64>,
    names: [&str; N],
) -> Result<Vec<[f64; N]>> {
    let one = |seed: u64| {
        let seed = format!("seed={seed}");
        let all: Vec<&str> = [&*seed].into_iter().chain(settings.iter().copied()).collect();
        let found = measures(&workshop.run(model, &all)?.recording)?;
        let of = |name: &str| found.iter().find(|own| own.0 == name).map_or(f64::NAN, |own| own.1);
        Ok(names.map(of))
    };
    each(seeds, one).into_iter().collect()
}

fn mean<const N: usize>(networks: &[[f64; N]], k: usize) -> Mean {
    Mean::of(networks.iter().map(|values| values[k]))
}

/// Cues after which the pattern was held, of all, from their share and their number.
fn held(networks: &[[f64; 2]]) -> (f64, f64) {
    networks.iter().fold((0.0, 0.0), |(held, of), [share, number]| {
        (held + (share * number).round(), of + number)
    })
}

const CUES: [&str; 2] = ["cues_held", "cues"];

/// That the pattern was held after every cue, or after none.
fn all_or_none(what: &str, all: bool, found: &[[f64; 2]]) -> Check {
    let (held, of) = held(found);
    let met = of > 0.0 && held == if all { of } else { 0.0 };
    Check::that(met, what, format!("{held} of {of}"))
}

/// The first quantities of every network.
fn first<const N: usize>(networks: &[[f64; N]]) -> Vec<[f64; 2]> {
    networks.iter().map(|values| [values[0], values[1]]).collect()
}

/// That a quantity lies in a range in each network.
fn in_each<const N: usize>(
    what: &str,
    range: RangeInclusive<f64>,
    networks: &[[f64; N]],
    k: usize,
) -> Check {
    let met = networks.iter().filter(|values| range.contains(&values[k])).count();
    Check::that(met == networks.len(), what, format!("{met} of {}", networks.len()))
}

fn p8(workshop: &Workshop) -> Result<Vec<Check>> {
    let names = ["cues_held", "cues", "delay_rate_hz.E"];
    let found = networks(workshop, ("amit-brunel-1997", &[]), SEEDS, names)?;
    let weak = networks(workshop, ("amit-brunel-1997-weak", &[]), 1..=1, CUES)?;
    Ok(vec![
        all_or_none("five networks: groups held after their cue: all", true, &first(&found)),
        in_each("the group fires at 20 to 40 Hz in the delay: in each", 20.0..=40.0, &found, 2),
        all_or_none("potentiation 2.2 instead of 2.7: held: none", false, &weak),
    ])
}

fn p9(workshop: &Workshop) -> Result<Vec<Check>> {
    let names = ["cues_held", "cues", "delay_rate_hz.E"];
    let found = networks(workshop, ("curti-2004", &[]), SEEDS, names)?;
    let weak = ["projection.E_to_E.learning.assemblies.w_plus=3.0"];
    let weak = networks(workshop, ("curti-2004", &weak), FEW, CUES)?;
    Ok(vec![
        all_or_none("five networks: patterns held after their cue: all", true, &first(&found)),
        in_each("their neurons fire at 50 to 70 Hz in the delay: in each", 50.0..=70.0, &found, 2),
        all_or_none("potentiated synapses 3 times as strong, not 4: none", false, &weak),
    ])
}

fn p10(workshop: &Workshop) -> Result<Vec<Check>> {
    let names = ["cues_held", "cues", "delay_rate_hz.E", "cv_isi_delay.E", "cv_isi.E.spontaneous"];
    let found = networks(workshop, ("barbieri-brunel-2008", &[]), SEEDS, names)?;
    let weak = ["projection.E_to_E.learning.assemblies.w_plus=7.0"];
    let weak = networks(workshop, ("barbieri-brunel-2008", &weak), FEW, CUES)?;
    let cv = mean(&found, 3);
    let more = found.iter().filter(|values| values[3] > values[4]).count();
    Ok(vec![
        all_or_none("five networks: held after the cue: all", true, &first(&found)),
        within("the group fires at 20 to 40 Hz in the delay", (20.0, 40.0), &mean(&found, 2)),
        Check::that(
            cv.value > 1.0,
            "CV of its intervals above 1",
            format!("{:.3} ± {:.3}", cv.value, cv.sem),
        ),
        Check::that(
            more == found.len(),
            "larger than that of all neurons before the cue: in each",
            format!("{more} of {}", found.len()),
        ),
        all_or_none("potentiation 7 instead of 8.5: held: none", false, &weak),
    ])
}

fn p11(workshop: &Workshop) -> Result<Vec<Check>> {
    let found = networks(workshop, ("vogels-2011", &[]), SEEDS, ["expect_met"])?;
    let what = "five networks, E: 40 to 150 Hz before learning, 3 to 4.5 Hz with CVs of 0.6 to 0.8 after it: in each";
    Ok(vec![in_each(what, 1.0..=1.0, &found, 0)])
}
