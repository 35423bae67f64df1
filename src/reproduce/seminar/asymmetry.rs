//! B16: asymmetric couplings.

use super::super::{Check, Workshop};
use super::{of_seeds, told};
use crate::dynamics::Dynamics;
use crate::error::Result;
use crate::work::each;

const ASYMMETRIES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

fn symmetry(asymmetry: f64) -> String {
    format!("projection.noise.efficacy.gaussian.symmetry={}", 1.0 - asymmetry)
}

/// Shares of trials from random states that end in a fixed point, in a cycle, and not within 500 sweeps.
fn ends(workshop: &Workshop, size: usize, asymmetry: f64) -> Result<[f64; 3]> {
    let settings = [
        format!("population.N.size={size}"),
        symmetry(asymmetry),
        "task.recall.trials=20".to_owned(),
        "record.interval=\"500 sweeps\"".to_owned(),
    ];
    let networks = of_seeds(10, |seed| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed]).collect();
        Ok(workshop.run("asymmetric", &settings)?.values("period"))
    })?;
    let periods: Vec<f64> = networks.concat();
    let share = |holds: fn(f64) -> bool| super::share(&periods, holds);
    Ok([share(|p| p == 1.0), share(|p| p > 1.0), share(f64::is_nan)])
}

pub fn b16(workshop: &Workshop) -> Result<Vec<Check>> {
    let measure = |size: usize| -> Result<Vec<[f64; 3]>> {
        each(ASYMMETRIES, |asymmetry| ends(workshop, size, asymmetry)).into_iter().collect()
    };
    let (small, large) = (measure(30)?, measure(200)?);
    let list = |ends: &[[f64; 3]], which: usize| -> String {
        let all: Vec<String> = ends.iter().map(|e| format!("{:.0}", 100.0 * e[which])).collect();
        all.join(", ") + " %"
    };
    let falls = |ends: &[[f64; 3]]| ends.windows(2).all(|e| e[1][0] <= e[0][0] + 0.05);
    let mut checks = vec![
        Check::that(
            small[0][0] == 1.0 && falls(&small) && small[4][0] < 0.7,
            "asymmetry 0, 1/4, 1/2, 3/4, 1: N = 30, fixed points fall from 100 %, to below 70 %",
            list(&small, 0),
        ),
        Check::that(
            small[0][1] == 0.0 && small[4][1] > 0.3,
            "N = 30: cycles instead, from none to over 30 %",
            list(&small, 1),
        ),
        Check::that(
            large[0][0] == 1.0 && large[4][0] == 0.0,
            "N = 200: fixed points, from all to none",
            list(&large, 0),
        ),
        Check::that(
            large[0][2] == 0.0 && large[4][2] > 0.9,
            "N = 200: neither within 500 sweeps (chaos)",
            list(&large, 2),
        ),
    ];
    checks.extend(rises(workshop)?);
    let ran = workshop.run("asymmetric", &["task.recall.trials=1", "task.recall.sweeps=5"])?;
    let told = told(&ran);
    let line = told.lines().find(|line| line.contains("no energy")).unwrap_or_default().trim();
    checks.push(Check::that(line.contains("J_ij != J_ji"), "the run says why: no energy", line));
    checks.extend(sequence(workshop)?);
    Ok(checks)
}

/// Updates in which -1/2 s J s rises, neuron by neuron, without and with asymmetry.
fn rises(workshop: &Workshop) -> Result<Vec<Check>> {
    let count = |asymmetry: f64| -> Result<u64> {
        let settings = [symmetry(asymmetry)];
        let mut built = workshop.build("asymmetric", &settings.each_ref().map(|s| s.as_str()))?;
        let network = &mut built.network;
        let size = network.observable().active().len();
        let form = |network: &crate::dynamics::binary::Binary| -> f64 {
            let active = network.observable().active();
            let sign = |i: usize| if active[i] { 1.0 } else { -1.0 };
            -0.5 * (0..size).map(|i| sign(i) * network.local_field(i)).sum::<f64>()
        };
        let (mut last, mut rises) = (form(network), 0);
        for update in 1..=20 * size {
            network.advance(update as f64 / size as f64)?;
            let now = form(network);
            rises += u64::from(now > last + 1e-9);
            last = now;
        }
        Ok(rises)
    };
    Ok(vec![
        Check::exactly("asymmetry 0: rises of -1/2 s J s in 4000 updates", 0, count(0.0)?),
        Check::at_least("asymmetry 1: rises of it in 4000 updates", 10.0, count(1.0)? as f64),
    ])
}

/// The sequence rule walks the list in order.
fn sequence(workshop: &Workshop) -> Result<Vec<Check>> {
    let walks = of_seeds(10, |seed| {
        let ran = workshop.run("sequence", &[seed])?;
        let Some(overlaps) = ran.recording.overlaps("N")? else { return Ok((0, 0)) };
        let nearest = |k: &usize| {
            let m = overlaps.row(*k);
            m.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(mu, _)| mu)
        };
        let looks: Vec<usize> = (0..overlaps.time.len())
            .filter(|&k| (1.0..=24.0).contains(&overlaps.time[k]))
            .take(24)
            .collect();
        let right = looks.iter().filter(|k| nearest(k) == overlaps.time[**k] as usize % 8).count();
        Ok((right, looks.len()))
    })?;
    let (right, looks) = walks.iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let cycles = of_seeds(10, |seed| Ok(workshop.run("sequence", &[seed])?.values("period")))?;
    let periods = cycles.concat();
    Ok(vec![
        Check::exactly(
            "8 patterns as a sequence: of 240 sweeps, in the pattern that is due",
            looks as u64,
            right as u64,
        ),
        Check::exactly(
            "trials of 80 that end in a cycle of 8",
            80,
            periods.iter().filter(|p| **p == 8.0).count() as u64,
        ),
    ])
}
