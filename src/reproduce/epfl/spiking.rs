//! Spiking neurons: refractoriness, the f-I curve, and excitation apart from inhibition.

use super::super::{Check, Ran, Workshop};
use super::largest;
use crate::error::Result;
use indexmap::IndexMap;

/// A neuron that a constant current drives, and nothing else.
const NEURON: &str = r#"
title = "One integrate-and-fire neuron"
source = "W. Gerstner, EPFL lecture"
shows = "its f-I curve"
seed = 1
[population]
E = { size = 1 }
[dynamics.spiking.E]
tau_m = "20 ms"
theta = "20 mV"
v_reset = "10 mV"
t_ref = "2 ms"
[[protocol]]
name = "current"
duration = "10 s"
"#;

/// Spike times of every neuron of a population, ms.
fn trains(ran: &Ran, population: &str, neurons: usize) -> Result<Vec<Vec<f64>>> {
    let mut trains = vec![Vec::new(); neurons];
    ran.recording.for_spikes(population, |times, ids| {
        times.iter().zip(ids).for_each(|(time, id)| trains[*id as usize].push(*time));
    })?;
    Ok(trains)
}

pub fn d9(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let memory = [("E", 2.0), ("I1", 1.0), ("I2", 1.0)];
    let others = [("E", 2.0), ("I", 2.0)];
    let short = ["protocol[1].duration=500 ms", "protocol[3].duration=500 ms"];
    for (name, settings, refractory) in [
        ("memory-1000", &[][..], &memory[..]),
        ("brunel-2000-si-fast", &[], &others),
        ("mongillo-2008", &short, &others),
    ] {
        let ran = workshop.run(name, settings)?;
        let sizes: IndexMap<String, usize> = ran.recording.populations().into_iter().collect();
        let (mut intervals, mut below) = (0, 0);
        for (population, t_ref) in refractory {
            for train in trains(&ran, population, sizes[*population])? {
                // A time is rounded to the last bit of the end of the run.
                let least = t_ref * (1.0 - 1e-12);
                intervals += train.len().saturating_sub(1);
                below += train.windows(2).filter(|pair| pair[1] - pair[0] < least).count() as u64;
            }
        }
        let what = format!("{name}: of {intervals} intervals those below the refractory period");
        checks.push(Check::exactly(&what, 0, below));
    }
    let mut errors = Vec::new();
    for current in [20.001_f64, 20.1, 21.0, 25.0, 30.0, 50.0, 100.0, 1000.0] {
        let setting = format!("dynamics.spiking.E.current={current} mV");
        let ran = workshop.run_text(NEURON, &[&setting])?;
        let train = trains(&ran, "E", 1)?.remove(0);
        let ends = train.first().zip(train.last());
        let rate = ends.map_or(f64::NAN, |(a, b)| (train.len() as f64 - 1.0) / (b - a));
        let expected = 1.0 / (2.0 + 20.0 * ((current - 10.0) / (current - 20.0)).ln());
        errors.push(rate / expected - 1.0);
    }
    checks.push(Check::at_most(
        "f-I curve against 1/(t_ref + tau ln((mu - v_reset)/(mu - theta))), 8 currents, largest relative difference",
        1e-9,
        largest(errors),
    ));
    let below = workshop.run_text(NEURON, &["dynamics.spiking.E.current=20 mV"])?;
    let spikes = trains(&below, "E", 1)?[0].len() as u64;
    checks.push(Check::exactly("spikes of a neuron whose mean input is its threshold", 0, spikes));
    Ok(checks)
}

/// The two parts of the couplings of models/low-activity.toml, as projections of their own.
const SPLIT: &str = r#"
[projection.P]
from = "N"
to = "N"
connect = "all_to_all"
autapses = false
learning = { low_activity = { a = 0.1, b = 0.0 } }
part = "positive"

[projection.Q]
from = "N"
to = "N"
connect = "all_to_all"
autapses = false
learning = { low_activity = { a = 0.1, b = 0.0 } }
part = "negative"
"#;

pub fn d10(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    // Whoever writes a rule with both signs between spiking neurons is told which neuron breaks Dale's law.
    let signed = [
        "projection.E_to_E={ from = \"E\", to = \"E\", connect = { probability = 0.8 }, learning = { low_activity = { a = 0.2, b = 0.0 } }, scale = \"0.2 mV\", delay = \"1 ms\", tau_syn = \"100 ms\" }",
    ];
    let refused = workshop.run("memory-1000", &signed).err().map(|e| e.to_string());
    let told = refused.unwrap_or_else(|| "it runs".to_owned());
    checks.push(Check::that(
        told.contains("excites through E_to_E and inhibits through E_to_E"),
        "a spiking network whose neurons excite and inhibit is refused, and the neuron is named",
        told.split(';').next().and_then(|t| t.split_once("found that ")).map_or("", |t| t.1),
    ));
    // Inhibition that acts at once is the negative part of the rule, carried by synapses of its own.
    let whole = workshop.text("low-activity")?;
    let (head, rest) = whole.split_once("[projection.J]").unwrap_or((whole, ""));
    let split =
        format!("{head}{SPLIT}\n[dynamics{}", rest.split_once("[dynamics").unwrap_or_default().1);
    let settings = ["task.recall.trials=30"];
    let (one, two) = (workshop.run_text(whole, &settings)?, workshop.run_text(&split, &settings)?);
    let ends = one.values("overlap").into_iter().zip(two.values("overlap"));
    let same = ends.filter(|(a, b)| a == b).count() as u64;
    checks.push(Check::exactly(
        "excitation and instantaneous inhibition as projections of their own: of 30 recalls those that end as with signed couplings",
        30,
        same,
    ));
    let equal = one.recording.states("N")? == two.recording.states("N")?;
    let states = one.recording.states("N")?.map_or(0, |states| states.time.len());
    checks.push(Check::that(
        equal && states > 0,
        "and all states on the way",
        format!("{states} states of 2000 neurons"),
    ));
    Ok(checks)
}
