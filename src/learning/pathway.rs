//! What a rule learns from, and what it writes to.

use crate::error::{Error, Result};
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::synapse::{Graph, Memories, Wiring};
use serde::{Deserialize, Serialize};

/// How the couplings of a projection are stored.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// Every coupling: dense, or sparse where not all neurons are coupled.
    #[default]
    Matrix,
    /// The patterns alone, which vote; for local rules that add up.
    Votes,
}

/// Which sign of a sum over patterns becomes synapses.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Signs {
    /// max(sum, 0): for excitatory senders.
    Positive,
    /// min(sum, 0): for inhibitory senders.
    Negative,
    /// The whole sum; Dale's law refuses it if both signs occur.
    #[default]
    Both,
}

impl Signs {
    /// What this pathway carries of `sum`.
    #[inline]
    pub(crate) fn of(self, sum: f64) -> f64 {
        match self {
            Self::Positive => sum.max(0.0),
            Self::Negative => sum.min(0.0),
            Self::Both => sum,
        }
    }
}

/// A projection that learns.
#[derive(Clone, Copy, Debug)]
pub struct Pathway<'a> {
    /// Name of the projection, of which its random streams are called.
    pub name: &'a str,
    /// How it is connected.
    pub wiring: &'a Wiring,
    /// J of w = 1 where the rule is a sum over patterns, unless its default is meant.
    pub scale: Option<f64>,
    /// What it carries of a rule that has both signs.
    pub part: Signs,
    /// j -> i is coupled exactly if i -> j is.
    pub symmetric: bool,
    /// How its couplings are kept.
    pub storage: Storage,
    /// After how many sweeps the states of senders arrive; rules of sequences learn what follows them.
    pub delay: usize,
    /// Patterns of the sending population.
    pub senders: Option<&'a Patterns>,
    /// Patterns of the receiving population.
    pub receivers: Option<&'a Patterns>,
    /// Of the streams by which it is connected and learns.
    pub seed: Seed,
}

impl<'a> Pathway<'a> {
    /// A pathway from senders to receivers with these patterns that carries all that a rule writes to it, as usual.
    pub fn new(
        name: &'a str,
        wiring: &'a Wiring,
        (senders, receivers): (Option<&'a Patterns>, Option<&'a Patterns>),
        seed: Seed,
    ) -> Self {
        let (part, storage) = (Signs::Both, Storage::Matrix);
        let (scale, symmetric, delay) = (None, false, 0);
        Self { name, wiring, scale, part, symmetric, storage, delay, senders, receivers, seed }
    }

    /// The patterns of senders and receivers, where both have some.
    pub(crate) fn memories(&self) -> Memories<'a> {
        self.senders.zip(self.receivers)
    }

    /// The connected pairs.
    pub(crate) fn graph(&self) -> Graph {
        Graph::draw(self.wiring, self.memories(), self.symmetric, (self.name, self.seed))
    }

    /// Whether its patterns are graded.
    pub(crate) fn is_graded(&self) -> bool {
        self.senders.or(self.receivers).is_some_and(|patterns| patterns.values().is_some())
    }

    /// The patterns of receivers and senders.
    pub(crate) fn patterns(&self) -> Result<(&'a Patterns, &'a Patterns)> {
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
