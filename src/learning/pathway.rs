//! What a rule learns from, and what it writes to.

use crate::error::{Error, Result};
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::synapse::{Connect, Graph, Wiring};
use serde::{Deserialize, Serialize};

/// How the couplings of a projection are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// Every coupling: dense, or sparse where not all neurons are coupled.
    #[default]
    Matrix,
    /// The patterns alone, which vote; for local rules that add up.
    Votes,
}

/// A projection that learns.
#[derive(Clone, Copy, Debug)]
pub struct Pathway<'a> {
    /// Name of the projection, of which its random streams are called.
    pub name: &'a str,
    pub wiring: &'a Wiring,
    /// j -> i is coupled exactly if i -> j is.
    pub symmetric: bool,
    pub storage: Storage,
    pub senders: Option<&'a Patterns>,
    pub receivers: Option<&'a Patterns>,
    pub seed: Seed,
}

impl<'a> Pathway<'a> {
    /// The connected pairs.
    pub fn graph(&self) -> Graph {
        Graph::draw(self.wiring, self.symmetric, self.name, self.seed)
    }

    /// The patterns of receivers and senders.
    pub fn patterns(&self) -> Result<(&'a Patterns, &'a Patterns)> {
        check_patterns(self.senders.map(Patterns::number), self.receivers.map(Patterns::number))?;
        Ok(self.receivers.zip(self.senders).expect("the check has just seen them"))
    }
}

/// Refuses populations without patterns, or with different numbers of them.
pub fn check_patterns(senders: Option<usize>, receivers: Option<usize>) -> Result<()> {
    let (Some(p), Some(q)) = (senders, receivers) else {
        let population = if receivers.is_none() { "receiving" } else { "sending" };
        return Err(Error::input(
            format!("found a learning rule, but the {population} population has no patterns"),
            "a rule learns patterns",
            "add a section [patterns.POPULATION]",
        ));
    };
    if p != q {
        return Err(Error::input(
            format!("found {p} patterns in the sending and {q} in the receiving population"),
            "a rule pairs pattern 1 with pattern 1, and so on",
            "give both populations the same number of patterns",
        ));
    }
    Ok(())
}

/// Refuses an amplitude that is not positive.
pub fn check_amplitude(amplitude: Option<f64>) -> Result<()> {
    match amplitude.filter(|a| !(*a > 0.0 && a.is_finite())) {
        None => Ok(()),
        Some(found) => Err(Error::input(
            format!("found an amplitude of {found}"),
            "what a pattern adds to a coupling has a positive amplitude",
            "write for example 1.0, or delete the line",
        )
        .at("amplitude")),
    }
}

/// Refuses a strength that is not positive.
pub fn check_strength(strength: f64) -> Result<()> {
    if strength > 0.0 && strength.is_finite() {
        return Ok(());
    }
    Err(Error::input(
        format!("found a strength of {strength}"),
        "what a pattern adds to a coupling has a positive strength",
        "write for example strength = 1.0",
    )
    .at("strength"))
}

/// Refuses symmetric dilution where it has no meaning.
pub fn check_symmetric(wiring: &Wiring, symmetric: bool) -> Result<()> {
    if !symmetric {
        return Ok(());
    }
    if !wiring.recurrent {
        return Err(Error::input(
            "found symmetric = true between two populations",
            "couplings go both ways within one population",
            "delete the line",
        )
        .at("symmetric"));
    }
    if let Connect::InDegree(_) = wiring.connect {
        return Err(Error::input(
            "found symmetric = true with a fixed in-degree",
            "pairs are coupled in both directions with a probability",
            "write for example connect = { probability = 0.1 }",
        )
        .at("symmetric"));
    }
    Ok(())
}
