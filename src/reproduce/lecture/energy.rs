//! Energy and its minima (A18, A25).

use super::{Check, Text, Workshop};
use crate::dynamics::{Attractor, Dynamics};
use crate::error::Result;
use crate::landscape::{Census, census};
use crate::random::Seed;

pub fn a18(workshop: &Workshop) -> Result<Vec<Check>> {
    let matrix = |strength: f64| {
        let learning = format!(
            "autapses = false, efficacy = {{ matrix = [[0.0, {strength:?}], [{strength:?}, 0.0]] }}"
        );
        let text = Text {
            neurons: 2,
            patterns: "",
            learning: &learning,
            update: "shuffled",
            tie: "keep",
            recall: "",
        };
        workshop.build_text(&text.toml(), &[])
    };
    let (built, half) = (matrix(-2.0)?, matrix(-1.0)?);
    let states = [[true, false], [false, true], [true, true], [false, false]];
    let energies = states.map(|state| built.at(&state).observable().energy().unwrap_or(f64::NAN));
    let quoted = states.map(|state| half.at(&state).observable().energy().unwrap_or(f64::NAN));
    let m = built.efficacies();
    // Of any activity, as on the surface.
    let energy = |x: f64, y: f64| {
        let v = [x, y];
        let term = |i: usize, j: usize| -0.5 * m[i][j] * v[i] * v[j];
        term(0, 0) + term(0, 1) + term(1, 0) + term(1, 1)
    };
    let minima: Vec<(u32, f64)> =
        built.small()?.minima()?.iter().map(|point| (point.state, point.energy)).collect();
    Ok(vec![
        Check::that(
            energies == [-2.0, -2.0, 2.0, 2.0],
            "E of (1,-1), (-1,1), (1,1), (-1,-1): -2, -2, 2, 2, with weights of -2 (T3)",
            format!("{energies:?}"),
        ),
        Check::that(
            quoted[..2] == [-1.0, -1.0],
            "the lecture's -1, -1 belong to weights of -1",
            format!("{:?}", &quoted[..2]),
        ),
        Check::that(
            minima == [(0b01, -2.0), (0b10, -2.0)],
            "its minima are the two attractors (1,-1) and (-1,1)",
            format!(
                "{} minima, E {:?}",
                minima.len(),
                minima.iter().map(|m| m.1).collect::<Vec<_>>()
            ),
        ),
        valleys(&energy),
        saddle(&energy),
    ])
}

/// Steps of the surface from 0 to 1.
const STEPS: i32 = 50;

/// Places on the surface without a lower neighbour.
fn valleys(energy: &dyn Fn(f64, f64) -> f64) -> Check {
    let at =
        |x: i32, y: i32| energy(f64::from(x) / f64::from(STEPS), f64::from(y) / f64::from(STEPS));
    let inside = |k: i32| (-STEPS..=STEPS).contains(&k);
    let mut found = Vec::new();
    for (x, y) in (-STEPS..=STEPS).flat_map(|x| (-STEPS..=STEPS).map(move |y| (x, y))) {
        let mut around = (-1..=1).flat_map(|a| (-1..=1).map(move |b| (x + a, y + b)));
        if around.all(|(a, b)| !inside(a) || !inside(b) || at(a, b) >= at(x, y)) {
            found.push((x / STEPS, y / STEPS));
        }
    }
    Check::that(
        found == [(-1, 1), (1, -1)],
        "valleys of the surface between -1 and 1: (-1,1) and (1,-1)",
        format!("{found:?} on a grid of 101 x 101"),
    )
}

/// Slices through 0, from valley to valley and across.
fn saddle(energy: &dyn Fn(f64, f64) -> f64) -> Check {
    let places: Vec<f64> = (-STEPS..=STEPS).map(|k| f64::from(k) / f64::from(STEPS)).collect();
    let slice = |side: f64| places.iter().map(|&t| energy(t, side * t)).collect::<Vec<f64>>();
    let (along, across) = (slice(-1.0), slice(1.0));
    let top = along.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bottom = across.iter().copied().fold(f64::INFINITY, f64::min);
    Check::that(
        energy(0.0, 0.0) == 0.0
            && top == 0.0
            && bottom == 0.0
            && along[0] == -2.0
            && across[0] == 2.0,
        "saddle at 0, E = 0: top of the slice from valley to valley, bottom of the one across",
        format!(
            "top {:?}, bottom {:?}; ends {:?} and {:?}",
            top + 0.0,
            bottom + 0.0,
            along[0],
            across[0]
        ),
    )
}

/// Number of random starts in each network of A25.
const STARTS: usize = 10_000;

pub fn a25(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for p in [1, 2, 5, 15, 25] {
        let census = minima(workshop, p)?;
        let distinct = census.distinct();
        let [_, _, mixtures, others] = census.by_kind();
        let measured =
            format!("{distinct}, of which {} mixtures and {} others", mixtures.1, others.1);
        let unsettled = census.unsettled == 0;
        checks.push(if p <= 2 {
            let expected =
                format!("{p} memories: minima only at them and their inverses, {}", 2 * p);
            Check::that(unsettled && distinct == 2 * p, expected, measured)
        } else {
            let expected = format!("{p} memories in 100 neurons: more than 2p = {} minima", 2 * p);
            Check::that(unsettled && distinct > 2 * p, expected, measured)
        });
    }
    Ok(checks)
}

/// The minima that random starts lead to with `p` memories in 100 neurons.
fn minima(workshop: &Workshop, p: usize) -> Result<Census> {
    let number = format!("patterns.N.random.number={p}");
    let built = workshop.build("hopfield-1982", &[&number, "seed=1"])?;
    let memories = built.memories().map(|m| m.rows()).unwrap_or_default();
    Ok(census(STARTS, &memories, 0.0, |start| {
        let seed = Seed(25).child("start", start as u64);
        let mut stream = seed.stream("state", 0);
        let state: Vec<bool> = (0..100).map(|_| stream.below(2) == 1).collect();
        let end = built.relax(&state, 1000, seed).ok()?;
        let settled = end.attractor == Some(Attractor::FixedPoint);
        settled.then(|| (end.state.iter().map(|&s| u8::from(s)).collect(), end.energy))
    }))
}
