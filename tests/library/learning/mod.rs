//! Couplings and learning rules of binary networks, against slow and obvious versions and closed forms.

mod couplings;
mod fields;
mod local;
mod refusals;
mod rules;

use attractor::learning::{Learning, Pathway, Signs, Storage};
use attractor::network::{Efficacy, Transmission};
use attractor::pattern::{Foreground, PatternSource, Patterns, RandomPatterns, Shares};
use attractor::random::Seed;
use attractor::synapse::{Connect, Couplings, Wiring};

/// A projection of a population to itself.
pub struct Setup {
    pub patterns: Patterns,
    pub wiring: Wiring,
    pub scale: Option<f64>,
    pub part: Signs,
    pub symmetric: bool,
    pub storage: Storage,
}

impl Setup {
    pub fn new(patterns: Patterns, connect: Connect, autapses: bool) -> Self {
        let n = patterns.neurons();
        let wiring = Wiring {
            shares: Shares::default(),
            between: None,
            connect,
            senders: n,
            receivers: n,
            recurrent: true,
            autapses,
            multapses: false,
        };
        let (part, storage) = (Signs::Both, Storage::Matrix);
        Self { patterns, wiring, scale: None, part, symmetric: false, storage }
    }

    /// All coupled to all others.
    pub fn full(patterns: Patterns) -> Self {
        Self::new(patterns, Connect::AllToAll, false)
    }

    pub fn pathway(&self) -> Pathway<'_> {
        let memories = (Some(&self.patterns), Some(&self.patterns));
        Pathway {
            scale: self.scale,
            part: self.part,
            symmetric: self.symmetric,
            storage: self.storage,
            ..Pathway::new("J", &self.wiring, memories, Seed(1))
        }
    }

    pub fn check(&self, rule: &Learning) -> attractor::error::Result<()> {
        let number = Some(self.patterns.number());
        rule.check(&self.pathway(), (number, number))
    }

    pub fn learn(&self, rule: &Learning) -> Couplings {
        self.check(rule).unwrap();
        rule.learn(&self.pathway()).unwrap()
    }
}

/// The couplings of an efficacy as written in a model file.
pub fn given(setup: &Setup, text: &str) -> attractor::error::Result<Couplings> {
    #[derive(serde::Deserialize)]
    struct Section {
        efficacy: Efficacy,
    }
    let Section { efficacy } = toml::from_str(&format!("efficacy = {text}")).unwrap();
    efficacy.check(&setup.wiring, Transmission::Activity)?;
    efficacy.couplings(&setup.pathway())
}

/// The rule as written in a model file.
pub fn rule(text: &str) -> Learning {
    #[derive(serde::Deserialize)]
    struct Section {
        learning: Learning,
    }
    toml::from_str::<Section>(&format!("learning = {text}")).unwrap().learning
}

pub fn random(number: usize, neurons: usize, coding_level: f64) -> Patterns {
    let foreground = Foreground::Bernoulli;
    let source = PatternSource::Random(RandomPatterns { number, coding_level, foreground });
    source.draw("N", neurons, Seed(number as u64))
}

/// Patterns from rows of -1 and 1.
pub fn rows<const N: usize>(rows: &[[i8; N]]) -> Patterns {
    let foreground = |row: &[i8; N]| (0..N as u32).filter(|&i| row[i as usize] > 0).collect();
    Patterns::from_foreground(N, rows.iter().map(foreground).collect())
}

/// xi^mu of -1 and 1.
pub fn signed(patterns: &Patterns) -> Vec<Vec<f64>> {
    let sign = |x: &u8| 2.0 * f64::from(*x) - 1.0;
    patterns.rows().iter().map(|row| row.iter().map(sign).collect()).collect()
}

/// J_ij, i receives.
pub fn matrix(couplings: &Couplings) -> Vec<Vec<f64>> {
    let j = |i: usize, j: usize| couplings.unit() * couplings.weight(i, j);
    let row = |i: usize| (0..couplings.senders()).map(|s| j(i, s)).collect();
    (0..couplings.receivers()).map(row).collect()
}

/// The largest difference of two matrices.
pub fn distance(one: &[Vec<f64>], other: &[Vec<f64>]) -> f64 {
    let pairs = one.iter().flatten().zip(other.iter().flatten());
    pairs.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
}
