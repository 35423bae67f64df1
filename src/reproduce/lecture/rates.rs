//! Rate neurons that excite themselves and one another (A1 to A12).

use super::super::graded::{Graded, Text, autapses, fixed_points, grid};
use super::{Check, Workshop};
use crate::dynamics::rate::Transfer;
use crate::error::Result;
use std::f64::consts::{E, LN_2};

const SATURATING: &str = "{ saturating = { low = -1.0, high = 1.0 } }";
/// Of linear networks, whose solutions have closed forms.
const EXACT: &str = "solver = { adaptive = { tolerance = 1e-13 } }";

/// One neuron with an autapse of strength `lambda`.
fn one<'a>(matrix: &'a [Vec<f64>], transfer: &'a str, epochs: &'a [(f64, &'a [f64])]) -> Text<'a> {
    Text { matrix, transfer, dynamics: EXACT, epochs }
}

pub fn a1(workshop: &Workshop) -> Result<Vec<Check>> {
    let seen =
        one(&autapses(&[0.0]), "\"linear\"", &[(100.0, &[1.0]), (200.0, &[])]).run(workshop)?;
    let expected = 1.0 - 1.0 / E;
    Ok(vec![
        Check::near("v/h at t = tau", (expected * 1e12).round() / 1e12, 1e-12, seen.at(10.0, 0)),
        Check::at_most("v/h 20 tau after the input", 1e-8, seen.at(300.0, 0).abs()),
    ])
}

pub fn a2(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for lambda in [0.5_f64, 0.8] {
        let steady = (1e9 / (1.0 - lambda)).round() / 1e9;
        let tau = 10.0 * steady;
        let epochs: [(f64, &[f64]); 2] = [(40.0 * tau, &[1.0]), (40.0 * tau, &[])];
        let seen = one(&autapses(&[lambda]), "\"linear\"", &epochs).run(workshop)?;
        let name = |what: &str| format!("lambda = {lambda}: {what}");
        checks.push(Check::near(&name("steady state/h"), steady, 1e-9, seen.at(40.0 * tau, 0)));
        let share = seen.at(tau, 0) / steady;
        checks.push(Check::near(
            &name("share of it after tau/(1 - lambda)"),
            0.632_120_558_829,
            1e-11,
            share,
        ));
        checks.push(Check::at_most(&name("|v|/h in the end"), 1e-9, seen.at(80.0 * tau, 0).abs()));
    }
    Ok(checks)
}

pub fn a3(workshop: &Workshop) -> Result<Vec<Check>> {
    let seen = workshop.run("integrator", &[])?.recording;
    let Some(seen) = seen.activity("N")? else { return Ok(Vec::new()) };
    let at = |time: f64| {
        let k = seen.time.iter().position(|t| (t - time).abs() < 1e-9);
        k.map_or(f64::NAN, |k| seen.row(k)[0])
    };
    let slope = (at(35.0) - at(25.0)) / 10.0;
    // The same line of fixed points in a direction in which rounding has its say.
    let (sin, cos) = 0.7_f64.sin_cos();
    let turned = vec![vec![cos * cos, cos * sin], vec![cos * sin, sin * sin]];
    let input = [0.02 * cos, 0.02 * sin];
    let epochs: [(f64, &[f64]); 2] = [(20.0, &input), (1000.0, &[])];
    let turned = one(&turned, "\"linear\"", &epochs).run(workshop)?;
    let along = |time: f64| cos * turned.at(time, 0) + sin * turned.at(time, 1);
    let slip = (along(1020.0) / along(20.0) - 1.0).abs();
    let drift = (at(1040.0) / at(40.0) - 1.0).abs();
    Ok(vec![
        Check::near("slope/(h/tau) during the input", 1.0, 1e-12, slope / 0.002),
        Check::near("v after 0.02 for 20 ms", 0.04, 1e-13, at(40.0)),
        Check::at_most("relative drift over 100 tau", 1e-12, drift),
        Check::at_most("two neurons with eigenvalues 1 and 0: drift over 100 tau", 1e-12, slip),
        Check::near("v after -0.02 for 30 ms", -0.02, 1e-13, at(1070.0)),
    ])
}

pub fn a4(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for h in [0.01, -0.01] {
        let epochs: [(f64, &[f64]); 2] = [(20.0, &[h]), (100.0, &[])];
        let seen = one(&autapses(&[2.0]), "\"linear\"", &epochs).run(workshop)?;
        let (start, end) = (seen.at(20.0, 0), seen.at(120.0, 0));
        let doubling = 100.0 * LN_2 / (end / start).ln();
        checks.push(Check::near(
            &format!("h = {h}: doubling time after the input, ms"),
            6.931_471_806,
            1e-8,
            doubling,
        ));
        let met = start.signum() == h.signum() && end.abs() > 1000.0 * h.abs();
        checks.push(Check::that(met, "it runs away to the side of the input", format!("{end:.1}")));
    }
    Ok(checks)
}

pub fn a5(workshop: &Workshop) -> Result<Vec<Check>> {
    let text = one(&autapses(&[2.0]), SATURATING, &[(50.0, &[0.01]), (250.0, &[])]).toml();
    let seen =
        one(&autapses(&[2.0]), SATURATING, &[(50.0, &[0.01]), (250.0, &[])]).run(workshop)?;
    let mirror =
        one(&autapses(&[2.0]), SATURATING, &[(50.0, &[-0.01]), (250.0, &[])]).run(workshop)?;
    let network = Graded::of(workshop, &text)?;
    let relaxes =
        |start: f64| Ok::<_, crate::error::Error>(network.after(&[start], &[], 500.0)?[0]);
    // h (e^{t/tau} - 1) until 2 v + h = 1, then 1 - (1 - v) e^{-t/tau}.
    let (h, tau): (f64, f64) = (0.01, 10.0);
    let corner = 0.5 * (1.0 - h);
    let reached = tau * (1.0 + corner / h).ln();
    let closed = 1.0 - (1.0 - corner) * (-(50.0 - reached) / tau).exp();
    let ends = network.ends(&grid(1, 200), 1000.0)?;
    let below = (relaxes(1e-6)?, relaxes(-1e-6)?, relaxes(0.0)?);
    let (_, survey) = fixed_points(workshop, &text)?;
    let mut points: Vec<(f64, f64)> =
        survey.fixed_points.iter().map(|p| (p.activity[0], p.eigenvalues[0][0])).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let expected = [(-1.0, -0.1), (0.0, 0.1), (1.0, -0.1)];
    let near = |a: &(f64, f64), b: &(f64, f64)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-12;
    let same = points.len() == 3 && points.iter().zip(&expected).all(|(a, b)| near(a, b));
    Ok(vec![
        Check::near("v(50 ms) for h = 0.01", 0.828, 0.0005, seen.at(50.0, 0)),
        Check::near("its distance from the closed form", 0.0, 1e-12, seen.at(50.0, 0) - closed),
        Check::near("1 - v(300 ms), in 1e-12", 2.4, 0.6, (1.0 - seen.at(300.0, 0)) * 1e12),
        Check::near("v(50 ms) for h = -0.01", -0.828, 0.0005, mirror.at(50.0, 0)),
        Check::that(
            ends.len() == 2
                && (ends[0].0[0] + 1.0).abs() < 1e-9
                && (ends[1].0[0] - 1.0).abs() < 1e-9,
            "200 starts end in -1 or 1",
            format!("{ends:?}"),
        ),
        Check::that(
            same && survey.complete,
            "fixed points and growth rates (1/ms): -1 (-0.1), 0 (+0.1), 1 (-0.1), and no other",
            format!("{points:?}"),
        ),
        Check::that(
            below.0 > 0.999 && below.1 < -0.999 && below.2 == 0.0,
            "0 is a fixed point that starts of 1e-6 on either side leave",
            format!("{below:?}"),
        ),
    ])
}

pub fn a6(workshop: &Workshop) -> Result<Vec<Check>> {
    let phi = Transfer::Saturating { low: -1.0, high: 1.0, gain: 1.0 };
    let energy = |r: f64| -r * r + phi.cost(r).unwrap_or(f64::NAN);
    let points: Vec<f64> = (-100..=100).map(|k| f64::from(k) / 100.0).collect();
    let values: Vec<f64> = points.iter().map(|&r| energy(r)).collect();
    // From -1 it climbs to 0, then falls to 1.
    let double = values[..=100].windows(2).all(|w| w[1] > w[0])
        && values[100..].windows(2).all(|w| w[1] < w[0]);
    let mut highest = f64::NEG_INFINITY;
    let mut runs = 0;
    for start in [0.01, -0.01, 0.3] {
        let epochs: [(f64, &[f64]); 2] = [(1.0, &[start]), (300.0, &[])];
        let seen = one(&autapses(&[2.0]), SATURATING, &epochs).run(workshop)?;
        // Where the field ends another landscape begins.
        let free: Vec<f64> = seen
            .time
            .iter()
            .zip(&seen.energy)
            .filter(|(t, _)| **t > 1.5)
            .map(|(_, e)| *e)
            .collect();
        let rise = free.windows(2).map(|w| w[1] - w[0]).fold(f64::NEG_INFINITY, f64::max);
        highest = highest.max(rise);
        runs += usize::from(free.len() > 20 && (free[free.len() - 1] + 0.5).abs() < 1e-9);
    }
    Ok(vec![
        Check::that(
            double,
            "E rises from -1 to 0 and falls from 0 to 1: minima at -1 and 1, a maximum at 0",
            format!("E(-1, 0, 1) = {}, {}, {}", energy(-1.0), energy(0.0), energy(1.0)),
        ),
        Check::exactly("trajectories that end at the bottom, E = -0.5", 3, runs as u64),
        Check::at_most("largest rise of E between looks", 1e-12, highest),
    ])
}

/// The ends of a pair of neurons with these couplings, from a grid of 360 starts: those on the diagonals, which may separate
/// basins, are left out.
fn pair(workshop: &Workshop, matrix: &[Vec<f64>], transfer: &str) -> Result<Vec<Vec<f64>>> {
    let text = Text { matrix, transfer, dynamics: "", epochs: &[(10.0, &[])] }.toml();
    let starts: Vec<Vec<f64>> =
        grid(2, 20).into_iter().filter(|start| start[0].abs() != start[1].abs()).collect();
    let ends = Graded::of(workshop, &text)?.ends(&starts, 2000.0)?;
    Ok(ends.into_iter().map(|(end, _)| end).collect())
}

/// Whether these are the ends, to 1e-6.
fn are(ends: &[Vec<f64>], expected: &[[f64; 2]]) -> bool {
    let near = |end: &Vec<f64>, wanted: &[f64; 2]| {
        end.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6)
    };
    ends.len() == expected.len()
        && expected.iter().all(|wanted| ends.iter().any(|end| near(end, wanted)))
}

fn ends_are(what: &str, ends: &[Vec<f64>], expected: &[[f64; 2]]) -> Check {
    let rounded: Vec<Vec<f64>> = ends
        .iter()
        .map(|end| end.iter().map(|r| (r * 1e6).round() / 1e6 + 0.0).collect())
        .collect();
    Check::that(
        are(ends, expected),
        format!("{what} ends in {expected:?} alone"),
        format!("{rounded:?}"),
    )
}

/// That of all fixed points, of which none is missing, so many are stable and so many not.
fn stable_are(
    workshop: &Workshop,
    matrix: &[Vec<f64>],
    transfer: &str,
    (stable, unstable): (usize, usize),
) -> Result<Check> {
    let text = Text { matrix, transfer, dynamics: "", epochs: &[(10.0, &[])] }.toml();
    let (_, survey) = fixed_points(workshop, &text)?;
    let found = (survey.stable, survey.unstable);
    Ok(Check::that(
        survey.complete && found == (stable, unstable),
        format!("every piece solved: {stable} stable and {unstable} unstable fixed points"),
        format!("{} stable, {} unstable", found.0, found.1),
    ))
}

pub fn a7(workshop: &Workshop) -> Result<Vec<Check>> {
    let matrix = autapses(&[2.0, -2.0]);
    let ends = pair(workshop, &matrix, SATURATING)?;
    Ok(vec![
        ends_are("autapses 2 and -2: a grid of 360 starts", &ends, &[[-1.0, 0.0], [1.0, 0.0]]),
        stable_are(workshop, &matrix, SATURATING, (2, 1))?,
    ])
}

pub fn a8(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for s in [1.0, 2.0] {
        let transfer = format!("{{ saturating = {{ low = -{s:?}, high = {s:?} }} }}");
        let ends = pair(workshop, &autapses(&[2.0, 2.0]), &transfer)?;
        let corners = [[-s, -s], [-s, s], [s, -s], [s, s]];
        checks.push(ends_are(&format!("saturation at {s}: a grid of 360 starts"), &ends, &corners));
        checks.push(stable_are(workshop, &autapses(&[2.0, 2.0]), &transfer, (4, 5))?);
    }
    Ok(checks)
}

pub fn a9(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut found = Vec::new();
    for n in 1..=10 {
        let strengths = vec![2.0; n];
        let matrix = autapses(&strengths);
        let text =
            Text { matrix: &matrix, transfer: SATURATING, dynamics: "", epochs: &[(10.0, &[])] };
        // Starts in every orthant, half-way.
        let starts: Vec<Vec<f64>> = (0..1u32 << n)
            .map(|word| (0..n).map(|i| if word >> i & 1 == 1 { 0.3 } else { -0.3 }).collect())
            .collect();
        let ends = Graded::of(workshop, &text.toml())?.ends(&starts, 500.0)?;
        let corner = |end: &[f64]| end.iter().all(|r| (r.abs() - 1.0).abs() < 1e-6);
        let corners = ends.iter().all(|(end, _)| corner(end));
        let (_, survey) = fixed_points(workshop, &text.toml())?;
        // From every orthant, and of all fixed points: as many, and nothing else.
        let met = corners && survey.complete && survey.stable == ends.len();
        found.push(if met { ends.len() } else { 0 });
    }
    let expected: Vec<usize> = (1..=10).map(|n| 1 << n).collect();
    let held = workshop.run("register", &[])?.recording.activity("N")?;
    let word = held.map_or(Vec::new(), |seen| seen.row(seen.time.len() - 1).to_vec());
    let off = word.iter().zip([1.0, -1.0, 1.0]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    Ok(vec![
        Check::that(
            found == expected,
            format!("states of n = 1 .. 10 autapses: {expected:?}"),
            format!("{found:?}"),
        ),
        Check::at_most(
            "distance from the word 1, -1, 1 after 1000 tau",
            1e-6,
            if word.len() == 3 { off } else { f64::NAN },
        ),
    ])
}

pub fn a10(workshop: &Workshop) -> Result<Vec<Check>> {
    let coupled = |w: f64| vec![vec![2.0, w], vec![w, 2.0]];
    let excited = pair(workshop, &coupled(1.5), SATURATING)?;
    let inhibited = pair(workshop, &coupled(-1.5), SATURATING)?;
    Ok(vec![
        ends_are(
            "cross-excitation of 1.5: a grid of 360 starts",
            &excited,
            &[[-1.0, -1.0], [1.0, 1.0]],
        ),
        ends_are(
            "cross-inhibition of -1.5: a grid of 360 starts",
            &inhibited,
            &[[-1.0, 1.0], [1.0, -1.0]],
        ),
    ])
}

/// Points of the basin map along an axis.
const POINTS: usize = 100;

pub fn a11(workshop: &Workshop) -> Result<Vec<Check>> {
    let matrix = vec![vec![0.0, -2.0], vec![-2.0, 0.0]];
    let text = Text { matrix: &matrix, transfer: SATURATING, dynamics: "", epochs: &[(10.0, &[])] };
    let network = Graded::of(workshop, &text.toml())?;
    let (mut wrong, mut decided) = (0, 0);
    for start in grid(2, POINTS) {
        if start[0] == start[1] {
            continue;
        }
        decided += 1;
        let end = network.after(&start, &[], 2000.0)?;
        let first = start[0] > start[1];
        wrong += u64::from(end[0] < 0.999 && first || end[0] > -0.999 && !first);
    }
    let (landscape, survey) = fixed_points(workshop, &text.toml())?;
    let modes = landscape.modes().unwrap_or_default();
    let eigenvalues: Vec<f64> = modes.iter().map(|mode| mode.0).collect();
    let diagonal = |vector: &[f64], sign: f64| (vector[0] - sign * vector[1]).abs() < 1e-12;
    let met = eigenvalues.len() == 2
        && (eigenvalues[0] - 2.0).abs() < 1e-12
        && (eigenvalues[1] + 2.0).abs() < 1e-12
        && diagonal(&modes[0].1, -1.0)
        && diagonal(&modes[1].1, 1.0);
    Ok(vec![
        Check::that(
            met,
            "eigenvalues of M 2 and -2, eigenvectors at 45 degrees",
            format!("{modes:.4?}"),
        ),
        Check::that(
            (survey.stable, survey.unstable) == (2, 1) && survey.complete,
            "two stable fixed points and one saddle",
            format!("{} stable, {} unstable", survey.stable, survey.unstable),
        ),
        Check::exactly(
            "starts off the diagonal of a grid of 100 x 100",
            (POINTS * POINTS - POINTS) as u64,
            decided,
        ),
        Check::exactly(
            "of them, those that do not end with the larger one as the winner",
            0,
            wrong,
        ),
    ])
}

pub fn a12(workshop: &Workshop) -> Result<Vec<Check>> {
    let matrix = vec![vec![0.0, -2.0], vec![-2.0, 0.0]];
    let text = |epochs| Text { matrix: &matrix, transfer: SATURATING, dynamics: "", epochs };
    let decided = text(&[(30.0, &[0.11, 0.10]), (170.0, &[])]).run(workshop)?;
    let network = Graded::of(workshop, &text(&[(10.0, &[])]).toml())?;
    let flips = |h: f64, duration: f64| -> Result<bool> {
        let pushed = network.after(&[1.0, -1.0], &[0.0, h], duration)?;
        Ok(network.after(&pushed, &[], 1000.0)?[0] < 0.0)
    };
    let threshold = |duration: f64| -> Result<f64> {
        let (mut stays, mut flipped) = (0.0, 10.0);
        while flipped - stays > 1e-9 {
            let middle = 0.5 * (stays + flipped);
            if flips(middle, duration)? { flipped = middle } else { stays = middle }
        }
        Ok(0.5 * (stays + flipped))
    };
    let ran = workshop.run("flip-flop", &[])?;
    let met = ran.summary.as_expected();
    let (small, large) = (flips(1.5, 30.0)?, flips(2.0, 30.0)?);
    Ok(vec![
        Check::near("v1 after 0.11 against 0.10 for 30 ms", 1.0, 1e-6, decided.at(200.0, 0)),
        Check::near("v2", -1.0, 1e-6, decided.at(200.0, 1)),
        Check::that(
            !small && large,
            "30 ms of 1.5 do not flip it, of 2.0 do",
            format!("{small}, {large}"),
        ),
        Check::near("the threshold of a pulse of 2 s", 1.5, 1e-6, threshold(2000.0)?),
        Check::that(
            met,
            "models/flip-flop: decided, kicked, flipped, kicked back",
            format!("{met}"),
        ),
    ])
}
