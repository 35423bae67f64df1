//! Memories of firing rates: steady and chaotic delay activity (Pereira and Brunel 2018).

use super::super::{Check, Workshop};
use super::{largest, mean};
use crate::dynamics::{Dynamics, Effect, Field, Given, Imposed, Section, Shadow, Trains};
use crate::error::Result;
use crate::learning::Learning;
use crate::pattern::{GradedOverlap, Patterns};
use crate::random::Seed;
use crate::theory::rate_memory::MeanField;

/// How long the parts of a run last, ms; the models themselves wait longer.
struct Plan {
    background: f64,
    cue: f64,
    delay: f64,
    /// For which a shadow trajectory is followed after the delay.
    shadow: f64,
}

/// What is seen in the second half of the delay; rates in Hz.
#[derive(Debug, Default)]
struct Seen {
    /// Overlap with the cued pattern: mean over time, and its range.
    overlap: f64,
    range: f64,
    /// The largest mean overlap with another one.
    other: f64,
    /// Standard deviation of the rate of a neuron over time, mean over neurons, and the share of those above 1 Hz.
    sd: f64,
    fluctuating: f64,
    /// Root mean square difference of a neuron's rates from two starts: mean and at the end; and of two neurons' rates.
    apart: f64,
    last: f64,
    unrelated: f64,
    /// Difference of the overlaps of both, mean.
    overlaps_apart: f64,
    /// Of differences, in units of 1/tau.
    exponent: f64,
}

/// Time between looks, ms.
const LOOK: f64 = 10.0;
/// tau, ms.
const TAU: f64 = 20.0;
/// Steps of the models, ms.
const STEP: f64 = 1.0;

fn root(sum: f64, number: usize) -> f64 {
    (sum / number as f64).sqrt()
}

/// Difference of two states.
fn difference(a: &[f64], b: impl Iterator<Item = f64>) -> f64 {
    root(a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum(), a.len())
}

/// A network of the model `name` that starts from two states drawn from `seed`, is cued with pattern 1, and left alone; in steps
/// of so many ms.
fn measure(workshop: &Workshop, name: &str, seed: u64, plan: &Plan, step: f64) -> Result<Seen> {
    let settings =
        [format!("seed={seed}"), format!("dynamics.rate.solver.euler.step=\"{step} ms\"")];
    let model = workshop.document(name, &[&settings[0], &settings[1]])?.model()?;
    let patterns = model.draw_patterns();
    let network = model.wire(&patterns)?;
    let given = Given { patterns: &patterns, trains: &Trains::new() };
    let levels = model.dynamics.levels("E");
    let network = model.dynamics.start(network, given, Seed(seed));
    let memories = &patterns["E"];
    let overlap = GradedOverlap::new(memories, levels);
    let mut both = [network.branch(Seed(seed)), network.branch(Seed(seed))];
    for (k, network) in both.iter_mut().enumerate() {
        begin(&mut **network, memories, Seed(seed).stream("start", k as u64), plan)?;
    }
    let neurons = memories.neurons();
    let (mut sums, mut squares) = (vec![0.0; neurons], vec![0.0; neurons]);
    let (mut m, mut course, mut apart) = (Vec::new(), [Vec::new(), Vec::new()], Vec::new());
    let mut others = vec![0.0; memories.number()];
    let mut unrelated = 0.0;
    let looks = (0.5 * plan.delay / LOOK) as usize;
    for _ in 0..looks {
        for (network, course) in both.iter_mut().zip(&mut course) {
            let until = network.time() + LOOK;
            network.advance(until)?;
            overlap.m(network.observable().activity(), &mut m);
            course.push(m[0]);
            others.iter_mut().zip(&m).for_each(|(sum, m)| *sum += m / looks as f64 / 2.0);
        }
        let [one, other] = [&both[0], &both[1]].map(|network| network.observable().activity());
        apart.push(difference(one, other.iter().copied()));
        // The rates of a neuron and of the next one, which has other values in all patterns.
        unrelated = difference(one, other.iter().cycle().skip(1).copied());
        for (i, r) in one.iter().enumerate() {
            sums[i] += r;
            squares[i] += r * r;
        }
    }
    let number = looks as f64;
    let sd = |i: usize| (squares[i] / number - (sums[i] / number).powi(2)).max(0.0).sqrt();
    let sds: Vec<f64> = (0..neurons).map(sd).collect();
    let shadow =
        Shadow { distance: 1e-6, interval: 20.0, intervals: (plan.shadow / 20.0) as usize };
    let of_neurons = vec![levels; neurons];
    let growth = shadow.growth(&*both[0], &Field::default(), &of_neurons, Seed(seed))?;
    let range = |course: &[f64]| {
        let least = course.iter().copied().fold(f64::INFINITY, f64::min);
        course.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least
    };
    let between = course[0].iter().zip(&course[1]).map(|(a, b)| (a - b).abs());
    Ok(Seen {
        overlap: 0.5 * (mean(&course[0]) + mean(&course[1])),
        range: range(&course[0]).max(range(&course[1])),
        other: largest(others[1..].iter().copied()),
        sd: mean(&sds),
        fluctuating: sds.iter().filter(|sd| **sd > 1.0).count() as f64 / neurons as f64,
        apart: mean(&apart),
        last: apart.last().copied().unwrap_or(f64::NAN),
        unrelated,
        overlaps_apart: mean(&between.collect::<Vec<_>>()),
        // In the first half the difference turns to where it grows fastest.
        exponent: TAU * mean(&growth[growth.len() / 2..]),
    })
}

/// Random rates, then background, the cue, and the first half of the delay.
fn begin(
    network: &mut dyn Dynamics,
    memories: &Patterns,
    mut start: crate::random::Stream,
    plan: &Plan,
) -> Result<()> {
    let (mut placed, mut cue) = (Field::default(), Field::default());
    for i in 0..memories.neurons() {
        // About the rate without input, which is 0.116 of the largest.
        placed.add([i], Effect::Imposed(Imposed::Placed(0.232 * start.uniform())));
        cue.add([i], Effect::Local(memories.direction(0, i)));
    }
    let parts = [(placed, plan.background), (cue, plan.cue), (Field::default(), 0.5 * plan.delay)];
    for (field, duration) in parts {
        network.drive(&field);
        let until = network.time() + duration;
        network.advance(until)?;
    }
    Ok(())
}

/// All values, none selected.
fn list(seen: &[Seen], of: impl Fn(&Seen) -> f64, digits: usize) -> String {
    seen.iter().map(|seen| format!("{:.digits$}", of(seen))).collect::<Vec<_>>().join(", ")
}

pub fn d14(workshop: &Workshop) -> Result<Vec<Check>> {
    let all = |name: &str, plan: &Plan| -> Result<Vec<Seen>> {
        workshop.seeds().map(|seed| measure(workshop, name, seed, plan, STEP)).collect()
    };
    let plan = Plan { background: 200.0, cue: 300.0, delay: 800.0, shadow: 200.0 };
    let steady = all("pereira-brunel-2018", &plan)?;
    let every = |what: &str,
                 seen: &[Seen],
                 of: &dyn Fn(&Seen) -> f64,
                 digits: usize,
                 met: &dyn Fn(f64) -> bool| {
        Check::that(seen.iter().all(|seen| met(of(seen))), what, list(seen, of, digits))
    };
    let theory = workshop.document("pereira-brunel-2018", &[])?.model()?;
    let rules = theory.projection.values().find_map(|p| match &p.learning {
        Some(Learning::NonlinearHebb(rule)) => Some(MeanField::new(rule, rule.transfer?)),
        _ => None,
    });
    let predicted = rules.as_ref().and_then(|field| field.retrieval(0.12));
    let predicted = predicted.map_or(f64::NAN, |state| state.overlap);
    let ends = rules.map(|field| [0.56, 0.57].map(|load| field.retrieval(load).is_some()));
    let mut checks = vec![
        every(
            &format!(
                "P = 30, every seed: overlap in the delay, {predicted:.3} ± 0.03 by the static mean field"
            ),
            &steady,
            &|s| s.overlap,
            3,
            &|m| (m - predicted).abs() <= 0.03,
        ),
        every(
            "... the rates of a neuron are constant: s.d. in time below 0.01 Hz",
            &steady,
            &|s| s.sd,
            4,
            &|sd| sd < 0.01,
        ),
        every("... two starts end in one state: within 0.01 Hz", &steady, &|s| s.last, 4, &|d| {
            d < 0.01
        }),
        every(
            "... differences die out: exponent times tau below 0",
            &steady,
            &|s| s.exponent,
            3,
            &|e| e < 0.0,
        ),
        Check::that(
            ends == Some([true, false]),
            "the static mean field recalls up to alpha = 0.56 to 0.57",
            ends.map_or(String::new(), |[below, above]| {
                format!("at 0.56: {below}, at 0.57: {above}")
            }),
        ),
    ];
    let plan = Plan { background: 500.0, cue: 500.0, delay: 1600.0, shadow: 400.0 };
    let chaotic = all("pereira-brunel-2018-chaotic", &plan)?;
    checks.extend([
        every(
            "P = 140, 3 A, every seed: overlap in the delay, at least 0.5",
            &chaotic,
            &|s| s.overlap,
            3,
            &|m| m >= 0.5,
        ),
        every("... that of every other pattern at most 0.1", &chaotic, &|s| s.other, 3, &|m| {
            m <= 0.1
        }),
        every("... it is stable: range in 0.8 s at most 0.1", &chaotic, &|s| s.range, 3, &|m| {
            m <= 0.1
        }),
        every(
            "... while rates fluctuate: mean s.d. in time at least 1 Hz",
            &chaotic,
            &|s| s.sd,
            2,
            &|sd| sd >= 1.0,
        ),
        every(
            "... share of neurons with an s.d. above 1 Hz, at least 0.1",
            &chaotic,
            &|s| s.fluctuating,
            3,
            &|share| share >= 0.1,
        ),
        every(
            "... the overlaps from two starts agree within 0.03",
            &chaotic,
            &|s| s.overlaps_apart,
            3,
            &|m| m <= 0.03,
        ),
        every(
            "... a neuron's rates from two starts differ by at least 1 Hz (r.m.s.)",
            &chaotic,
            &|s| s.apart,
            2,
            &|d| d >= 1.0,
        ),
        every(
            "... yet by less than 0.8 of those of different neurons",
            &chaotic,
            &|s| s.apart / s.unrelated,
            3,
            &|d| d < 0.8,
        ),
        every(
            "... small differences grow: exponent times tau above 0",
            &chaotic,
            &|s| s.exponent,
            3,
            &|e| e > 0.0,
        ),
    ]);
    checks.extend(shorter(workshop, &plan, &chaotic)?);
    Ok(checks)
}

/// Whether what was `seen` in chaotic networks is so with shorter steps.
fn shorter(workshop: &Workshop, plan: &Plan, seen: &[Seen]) -> Result<Vec<Check>> {
    let steps: &[(f64, u64)] =
        if workshop.is_thorough() { &[(0.5, 3), (0.25, 1)] } else { &[(0.5, 1)] };
    let mut checks = Vec::new();
    for &(step, networks) in steps {
        let again = (1..=networks)
            .map(|seed| measure(workshop, "pereira-brunel-2018-chaotic", seed, plan, step))
            .collect::<Result<Vec<_>>>()?;
        let pairs = || again.iter().zip(seen);
        let mut same = |what: &str, most: f64, digits, of: fn(&Seen) -> f64| {
            let met = pairs().all(|(new, old)| (of(new) - of(old)).abs() <= most);
            let expected = format!(
                "steps of tau/{:.0} and tau/{:.0}: {what} within {most}",
                TAU / step,
                TAU / STEP
            );
            let shown = [list(&again, of, digits), list(&seen[..again.len()], of, digits)];
            checks.push(Check::that(met, expected, shown.join(" and ")));
        };
        same("overlap", 0.03, 3, |s| s.overlap);
        same("s.d. of a rate in time, Hz,", 0.3, 2, |s| s.sd);
        same("distance of two starts, Hz,", 1.0, 2, |s| s.apart);
        same("exponent times tau", 0.05, 3, |s| s.exponent);
    }
    Ok(checks)
}
