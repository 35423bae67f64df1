//! The memory of 8000 neurons with other connection probabilities, loads, coding levels and sizes, by one rule.

use super::super::{Check, Workshop};
use crate::analysis::Memory;
use crate::error::Result;

/// A network like that of models/memory-8000.toml.
#[derive(Clone, Copy)]
struct Scaled {
    /// Of E to E.
    probability: f64,
    patterns: f64,
    coding_level: f64,
    /// Of E.
    neurons: f64,
}

const STANDARD: Scaled =
    Scaled { probability: 0.1, patterns: 90.0, coding_level: 0.1, neurons: 8000.0 };

impl Scaled {
    /// How much noisier the fields of the patterns are than in the standard network: the more patterns a neuron belongs to,
    /// a P, and the fewer synapses it has from a foreground, a p N.
    fn noise(self) -> f64 {
        let of = |s: Self| s.patterns / (s.probability * s.neurons);
        of(self) / of(STANDARD)
    }

    /// The rule. Synapses E to E: efficacy times number of synapses from a foreground is kept. All other probabilities are
    /// kept, and efficacies fall as 1/N; E to I2 grows as 1/a, so that I2 turns on at the rate of one active pattern.
    /// Noise of the fields lets neurons outside the pattern fire, which excite all others: I1 subtracts 15 % more, and E
    /// to E excites 5 % more, for every 100 % of noise more.
    fn settings(self) -> Vec<String> {
        let Self { probability, patterns, coding_level, neurons } = self;
        let more = self.noise() - 1.0;
        let size = neurons / STANDARD.neurons;
        let foreground = coding_level * probability * neurons / 80.0;
        let mv = |key: &str, value: f64| format!("projection.{key}={value} mV");
        vec![
            format!("population.E.size={neurons}"),
            format!("population.I1.size={}", neurons / 4.0),
            format!("population.I2.size={}", neurons / 4.0),
            format!("patterns.E.random.number={patterns}"),
            format!("patterns.E.random.coding_level={coding_level}"),
            format!("projection.E_to_E.connect.probability={probability}"),
            mv("E_to_E.scale", 0.36 / foreground * (1.0 + 0.05 * more)),
            mv("E_to_I1.efficacy", 0.06 / size),
            mv("I1_to_E.scale", -0.044 / size * (1.0 + 0.15 * more)),
            mv("E_to_I2.efficacy", 0.15 / size * 0.1 / coding_level),
            mv("I2_to_E.efficacy", -0.4 / size),
        ]
    }

    fn name(self) -> String {
        let Self { probability, patterns, coding_level, neurons } = self;
        format!("p = {probability}, P = {patterns}, a = {coding_level}, N = {neurons}")
    }
}

pub fn d12(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut networks = vec![
        Scaled { probability: 0.05, ..STANDARD },
        STANDARD,
        Scaled { probability: 0.25, ..STANDARD },
        Scaled { patterns: 60.0, ..STANDARD },
        Scaled { patterns: 120.0, ..STANDARD },
        Scaled { patterns: 150.0, ..STANDARD },
        Scaled { coding_level: 0.05, ..STANDARD },
        Scaled { coding_level: 0.05, patterns: 200.0, ..STANDARD },
        Scaled { neurons: 16000.0, ..STANDARD },
    ];
    if workshop.is_thorough() {
        networks.push(Scaled { neurons: 32000.0, ..STANDARD });
        networks.push(Scaled { neurons: 16000.0, probability: 0.05, ..STANDARD });
    }
    let seeds = if workshop.is_thorough() { 1..=3 } else { 1..=1 };
    let mut checks = Vec::new();
    for network in networks {
        for seed in seeds.clone() {
            let name = format!("{}, seed {seed}", network.name());
            checks.extend(held(workshop, ("memory-8000", &name), network.settings(), seed, 6)?);
        }
    }
    // Better neurons: with adaptation, with escape noise; and too much adaptation loses every pattern.
    let too_much = || vec!["dynamics.spiking.E.adaptation.jump=1 mV".to_owned()];
    for (model, what, settings, expected) in [
        ("memory-8000-adapting", "adaptation, moving threshold", Vec::new(), 6),
        ("memory-8000-adapting", "five times that adaptation", too_much(), 0),
        ("memory-8000-escape", "escape noise", Vec::new(), 6),
    ] {
        for seed in seeds.clone() {
            let name = format!("{what}, seed {seed}");
            checks.extend(held(workshop, (model, &name), settings.clone(), seed, expected)?);
        }
    }
    Ok(checks)
}

/// Whether a model, as `settings` change it, holds so many of its six cues.
fn held(
    workshop: &Workshop,
    (model, name): (&str, &str),
    mut settings: Vec<String>,
    seed: u64,
    expected: usize,
) -> Result<Option<Check>> {
    settings.push(format!("seed={seed}"));
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let ran = workshop.run(model, &settings)?;
    let memory = Memory::of(&ran.recording, "E", ran.criterion, f64::INFINITY, None)?;
    let Some(memory) = memory else { return Ok(None) };
    let held = memory.held();
    let least = memory.cues.iter().filter_map(|found| Some(found.least?.0));
    let other = memory.cues.iter().filter_map(|found| Some(found.other?.of_cued));
    let measured = format!(
        "{} of {}; delay rate {:.1} Hz, least overlap {:.1} Hz, others up to {:.2} of it; before at most {:.2} Hz",
        held.number,
        held.of,
        memory.reference.unwrap_or(f64::NAN),
        least.fold(f64::INFINITY, f64::min),
        other.fold(0.0, f64::max),
        memory.spontaneous.map_or(f64::NAN, |s| s.overlap.abs())
    );
    let met = held.of == 6 && held.number == expected;
    let expected = format!("{name}: cues held: {expected} of 6");
    Ok(Some(Check::that(met, expected, measured)))
}
