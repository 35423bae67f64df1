//! Noisy neurons: the overlap as a function of the temperature.

use super::super::{Check, Workshop};
use super::{course, mean};
use crate::error::Result;
use crate::theory::gain;
use std::f64::consts::PI;

/// The mean overlap from sweep 100 to sweep 100 + `sweeps`, from the pattern itself.
fn overlap(workshop: &Workshop, temperature: f64, sweeps: u32, settings: &[&str]) -> Result<f64> {
    let temperature = format!("dynamics.binary.temperature={temperature}");
    let duration = format!("protocol[0].duration={} sweeps", 100 + sweeps);
    let common = [
        &temperature[..],
        &duration,
        "protocol[1].duration=1 sweeps",
        "protocol[0].show[0].flipped=0.0",
        "record.states=false",
    ];
    let ran = workshop.run("stochastic", &[&common[..], settings].concat())?;
    let overlaps = course(&ran)?;
    let end = (101 + sweeps as usize).min(overlaps.len());
    Ok(mean(&overlaps[100.min(end)..end]))
}

pub fn d3(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    // Near T = 1 overlaps scatter more, and for longer.
    for (beta, sweeps) in [(1.2, 800), (1.5, 200), (2.0, 100), (3.0, 100)] {
        let m = overlap(workshop, 1.0 / beta, sweeps, &[])?;
        let theory = gain::fixed_point(libm::tanh, beta);
        checks.push(Check::near(
            &format!("m at beta = {beta}, N = 10^4, p = 3:"),
            round(theory),
            0.01,
            m,
        ));
    }
    let at_once = overlap(workshop, 1.0 / 1.5, 200, &["dynamics.binary.update=synchronous"])?;
    let theory = gain::fixed_point(libm::tanh, 1.5);
    checks.push(Check::near("m at beta = 1.5, all updated at once:", round(theory), 0.01, at_once));
    let erf = |x: f64| libm::erf(0.5 * PI.sqrt() * x);
    for (name, g) in
        [("erf", &erf as &dyn Fn(f64) -> f64), ("linear", &|x: f64| x.clamp(-1.0, 1.0))]
    {
        let m = overlap(workshop, 1.0 / 1.5, 200, &[&format!("dynamics.binary.gain={name}")])?;
        let what = format!("m at beta = 1.5 with the gain {name}:");
        checks.push(Check::near(&what, round(gain::fixed_point(g, 1.5)), 0.01, m));
    }
    // Without couplings to speak of, neurons see the field alone: m = 2 P(+1) - 1 where they should be on.
    let free = ["projection.J.scale=1e-12", "protocol[0].show[0]={ pattern = 1, field = 0.4 }"];
    for beta in [0.5, 2.0] {
        let m = overlap(workshop, 1.0 / beta, 20, &free)?;
        let what = format!("P(+1) in a field of 0.4 at beta = {beta}:");
        // 2 10^5 draws: a standard error of 0.001.
        let expected = 0.5 * (1.0 + libm::tanh(0.4 * beta));
        checks.push(Check::near(&what, round(expected), 0.005, 0.5 * (1.0 + m)));
    }
    Ok(checks)
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

pub fn d4(workshop: &Workshop) -> Result<Vec<Check>> {
    let fixed = gain::fixed_point(libm::tanh, 1.928);
    let mut checks = vec![
        Check::near("fixed point of m -> tanh(beta m), beta = 1.928:", 0.95, 5e-4, fixed),
        Check::near(
            "m in the network at T = 1/1.928:",
            0.95,
            0.01,
            overlap(workshop, 1.0 / 1.928, 100, &[])?,
        ),
    ];
    // A look scatters by sqrt((1 - m^2)/N), 0.01 at most.
    let from = |flipped: &str| -> Result<f64> {
        let flipped = format!("protocol[0].show[0].flipped={flipped}");
        let settings = [
            "dynamics.binary.update=synchronous",
            "protocol[0].duration=15 sweeps",
            &flipped,
            "record.states=false",
        ];
        let overlaps = course(&workshop.run("stochastic", &settings)?)?;
        let steps = overlaps[..16.min(overlaps.len())].windows(2);
        Ok(steps.map(|pair| (pair[1] - libm::tanh(1.928 * pair[0])).abs()).fold(0.0, f64::max))
    };
    for flipped in ["0.45", "0.2", "0.0"] {
        let what = format!("|next m - tanh(beta m)|, 15 steps from {flipped} flipped");
        checks.push(Check::at_most(&what, 0.04, from(flipped)?));
    }
    for temperature in [1.0, 1.001, 1.25] {
        let fixed = gain::fixed_point(libm::tanh, 1.0 / temperature);
        checks.push(Check::near(&format!("fixed point at T = {temperature}:"), 0.0, 1e-6, fixed));
    }
    // Looks scatter by 0.05 about 0, for some 5 sweeps.
    checks.push(Check::near(
        "m in the network at T = 1.25:",
        0.0,
        0.03,
        overlap(workshop, 1.25, 600, &[])?,
    ));
    Ok(checks)
}

pub fn d6(workshop: &Workshop) -> Result<Vec<Check>> {
    let ran = workshop.run("stochastic", &[])?;
    let (states, patterns) = (ran.recording.states("N")?, ran.recording.patterns("N")?);
    let Some((states, patterns)) = states.zip(patterns) else { return Ok(Vec::new()) };
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for look in (0..states.time.len()).filter(|&look| (50.0..100.0).contains(&states.time[look])) {
        let row = states.row(look);
        let share = |foreground: bool| {
            let those = (0..states.neurons).filter(|&i| patterns.contains(0, i) == foreground);
            mean(&those.map(|i| f64::from(row[i])).collect::<Vec<f64>>())
        };
        on.push(share(true));
        off.push(share(false));
    }
    let m = gain::fixed_point(libm::tanh, 1.928);
    // (1 +- m)/2; 50 looks at 5000 neurons each.
    Ok(vec![
        Check::near("activity of neurons that should be on, T = 0.519:", 0.975, 0.005, mean(&on)),
        Check::near("activity of neurons that should be off:", 0.025, 0.005, mean(&off)),
        Check::near("their difference, the overlap:", round(m), 0.01, mean(&on) - mean(&off)),
    ])
}
