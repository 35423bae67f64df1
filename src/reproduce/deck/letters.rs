//! Letters: the four bitmaps of MacKay's figure 42.3, by enumeration.

use super::super::{Check, Workshop};
use crate::dynamics::binary::{States, Tie};
use crate::error::Result;
use crate::landscape::{FixedPoint, Map, Recovery, SmallNetwork, recovery};

/// The network of the model, and its patterns as states.
fn network(workshop: &Workshop) -> Result<(SmallNetwork, Vec<u32>)> {
    let built = workshop.build("letters", &[])?;
    let coupled = built.model.wire(&built.patterns)?;
    let n = coupled.neurons();
    let couplings: Vec<f64> = (0..n * n).map(|k| coupled.efficacy(k / n, k % n)).collect();
    let network = SmallNetwork::new(&couplings, &vec![0.0; n], States::PlusMinus, Tie::Plus)?;
    let patterns = &built.patterns["N"];
    let state = |mu: usize| patterns.foreground(mu).iter().map(|i| 1 << i).sum();
    Ok((network, (0..patterns.number()).map(state).collect()))
}

fn distance(a: u32, b: u32) -> u32 {
    (a ^ b).count_ones()
}

pub fn c7(workshop: &Workshop) -> Result<Vec<Check>> {
    let (network, letters) = network(workshop)?;
    let points = network.fixed_points()?;
    let count =
        |holds: &dyn Fn(&FixedPoint) -> bool| points.iter().filter(|p| holds(p)).count() as u64;
    let mut checks = vec![
        Check::exactly("strict fixed points", 14, count(&FixedPoint::strict)),
        Check::exactly("fixed points, 0 -> +1", 17, count(&|p| p.holds(Tie::Plus))),
        Check::exactly("fixed points, ties kept", 20, count(&|_| true)),
        Check::exactly(
            "letters that are strict fixed points",
            4,
            count(&|p| p.strict() && letters.contains(&p.state)),
        ),
    ];
    let energies: Vec<f64> = letters.iter().map(|&letter| network.energy(letter)).collect();
    let met = energies == [-288.0, -300.0, -292.0, -304.0];
    checks.push(Check::that(
        met,
        "energies of D, J, C, M -288, -300, -292, -304",
        format!("{energies:?}"),
    ));
    checks.extend(spurious(&points, &letters));
    let relax = network.relaxer(Map::Synchronous);
    checks.extend(recovered(&recovery(25, &letters, 5, |cue, _| relax(cue))));
    Ok(checks)
}

/// The strict fixed points that are shown beside the memories.
fn spurious(points: &[FixedPoint], letters: &[u32]) -> Vec<Check> {
    let strict: Vec<u32> = points.iter().filter(|p| p.strict()).map(|p| p.state).collect();
    let [_, j, c, m] = letters[..] else { return Vec::new() };
    let all = (1 << 25) - 1;
    let number = |holds: &dyn Fn(u32) -> bool| strict.iter().filter(|&&s| holds(s)).count() as u64;
    let between = |s: u32| distance(s, j) == 4 && distance(s, c) == 5;
    vec![
        Check::exactly("strict: 4 pixels from J and 5 from C", 2, number(&between)),
        Check::exactly("their inverses that are strict too", 2, number(&|s| between(s ^ all))),
        Check::exactly("strict: 2 pixels from M", 1, number(&|s| distance(s, m) == 2)),
    ]
}

/// From how many degraded letters the network finds back.
fn recovered(levels: &[Recovery]) -> Vec<Check> {
    let mut checks = Vec::new();
    let expected = [(98.0, ""), (94.0, ""), (89.0, ""), (82.6, " (the list says 82)"), (76.0, "")];
    for (level, (expected, note)) in levels.iter().zip(expected) {
        let flipped = level.flipped;
        let what = format!("% recovered of {} cues with {flipped} wrong{note}", level.cues);
        let share = 100.0 * level.recovered() as f64 / level.cues as f64;
        checks.push(Check::near(&what, expected, 0.5, share));
    }
    let slow = levels.first().map_or(1, |level| level.recovered() - level.within(1));
    checks.push(Check::exactly(
        "1-pixel errors corrected in more than 1 iteration",
        0,
        slow as u64,
    ));
    let fast = |level: &Recovery| level.within(2) as f64 / level.recovered() as f64;
    let least = levels.iter().map(fast).fold(f64::INFINITY, f64::min);
    checks.push(Check::at_least("share of the recovered within 2 iterations", 0.9, least));
    checks
}
