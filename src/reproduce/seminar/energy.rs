//! B7 and B8: the energy, flip by flip, and the numbers of states and couplings.

use super::super::{Check, Workshop};
use super::{tiny, told};
use crate::dynamics::{Dynamics, put};
use crate::error::Result;

pub fn b7(workshop: &Workshop) -> Result<Vec<Check>> {
    // Hot, so that about half of all updates flip a neuron.
    let settings = [
        "population.N.size=400",
        "patterns.N.random.number=20",
        "dynamics.binary.temperature=2",
        "dynamics.binary.update=\"random\"",
    ];
    let mut built = workshop.build("capacity", &settings)?;
    let coupled = built.model.wire(&built.patterns)?;
    let size = coupled.neurons();
    let state = |network: &dyn Dynamics| -> Vec<f64> {
        let active = network.observable().active();
        active.iter().map(|&on| if on { 1.0 } else { -1.0 }).collect()
    };
    let energy = |s: &[f64]| -> f64 {
        let row = |i: usize| (0..size).map(|j| coupled.efficacy(i, j) * s[j]).sum::<f64>();
        -0.5 * (0..size).map(|i| s[i] * row(i)).sum::<f64>()
    };
    // Every neuron once, from a random state: Delta E = 2 s_i h_i.
    let mut off: f64 = 0.0;
    for i in 0..size {
        let before = state(&built.network);
        let expected = 2.0 * before[i] * built.network.local_field(i);
        put(&mut built.network, i, &[before[i] < 0.0]);
        off = off.max((energy(&state(&built.network)) - energy(&before) - expected).abs());
    }
    let begin = built.network.events().synaptic;
    let mut sweeps = built.network.time();
    let flips = |network: &dyn Dynamics| (network.events().synaptic - begin) / (size as u64 - 1);
    while flips(&built.network) < 1_000_000 {
        sweeps += 100.0;
        built.network.advance(sweeps)?;
    }
    let running = built.network.observable().energy().unwrap_or(f64::NAN);
    let full = energy(&state(&built.network));
    Ok(vec![
        tiny("400 flips: E changes by 2 s_i h_i, to", 1e-10, off),
        tiny(
            &format!("E after {} flips is the sum over all pairs, to", flips(&built.network)),
            1e-9,
            ((running - full) / full).abs(),
        ),
    ])
}

pub fn b8(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (size, couplings) in [(100, 9900), (1000, 999_000)] {
        let settings = [format!("population.N.size={size}"), "patterns.N.random.number=5".into()];
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let ran = workshop.run("capacity", &settings)?;
        let expected = format!("(2^{size} states), {couplings} couplings");
        let told = told(&ran);
        let line = told.lines().find(|line| line.contains("states)")).unwrap_or_default();
        checks.push(Check::that(told.contains(&expected), expected, line.trim()));
    }
    Ok(checks)
}
