//! Projections: the section of a model that joins two populations.

use super::Efficacy;
use crate::distribution::Distribution;
use crate::error::{Error, Result};
use crate::learning::{Learning, Storage};
use crate::synapse::{Connect, ShortTerm};
use crate::units::{Clock, OfTime, Time};
use serde::{Deserialize, Serialize};

/// Synapses from one population to another; the model's section `[projection.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projection {
    /// The sending population.
    pub from: String,
    /// The receiving population.
    pub to: String,
    /// Which pairs are connected.
    pub connect: Connect,
    /// Whether a neuron may connect to itself; no if left out. Self-coupling decides what a binary network does, so
    /// there it must be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autapses: Option<bool>,
    /// Whether a pair may be connected more than once.
    #[serde(default)]
    pub multapses: bool,
    /// How strong the synapses of spiking neurons are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub efficacy: Option<Efficacy>,
    /// Time from a spike to its arrival. A random one is rounded to a multiple of `delay_step`, at least one of them; a
    /// normal one without `min` is drawn again unless it reaches one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Distribution<OfTime>>,
    /// The grid of random delays; 0.1 ms if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_step: Option<Time>,
    /// Time constant of the synaptic current; 0 for a delta synapse, which moves V at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau_syn: Option<Time>,
    /// Depression and facilitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_term: Option<ShortTerm>,
    /// The rule by which the couplings of binary neurons come from the patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning: Option<Learning>,
    /// Whether j is coupled to i wherever i is to j; binary neurons, sparse connections.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub symmetric: bool,
    /// How the couplings of binary neurons are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// What a projection between spiking neurons has; a checked one has it.
const CHECKED: &str = "the synapses of a checked projection are complete";

impl Projection {
    /// The efficacy of synapses between spiking neurons.
    pub fn efficacy(&self) -> &Efficacy {
        self.efficacy.as_ref().expect(CHECKED)
    }

    /// Their delay.
    pub fn delay(&self) -> Distribution<OfTime> {
        self.delay.expect(CHECKED)
    }

    /// The time constant of their current.
    pub fn tau_syn(&self) -> Time {
        self.tau_syn.expect(CHECKED)
    }

    /// Refuses keys of the other dynamics, and the lack of those that this one needs.
    pub(super) fn check_keys(&self, clock: Clock) -> Result<()> {
        let spiking = [
            ("efficacy", self.efficacy.is_some()),
            ("delay", self.delay.is_some()),
            ("tau_syn", self.tau_syn.is_some()),
            ("delay_step", self.delay_step.is_some()),
            ("short_term", self.short_term.is_some()),
            ("multapses", self.multapses),
        ];
        let binary = [
            ("learning", self.learning.is_some()),
            ("symmetric", self.symmetric),
            ("storage", self.storage.is_some()),
        ];
        let (needed, foreign, whose) = match clock {
            Clock::Ms => (&spiking[..3], &binary[..], "binary"),
            Clock::Sweeps => (&binary[..1], &spiking[..], "spiking"),
        };
        if let Some((key, _)) = foreign.iter().find(|(_, given)| *given) {
            return Err(Error::input(
                format!("found `{key}`"),
                format!("it belongs to a projection between {whose} neurons"),
                "delete it",
            )
            .at(*key));
        }
        if let Some((key, _)) = needed.iter().find(|(_, given)| !*given) {
            return Err(Error::input(
                format!("found no `{key}`"),
                "the section needs it",
                format!("add a line that starts with {key} ="),
            ));
        }
        if clock == Clock::Sweeps && self.from == self.to && self.autapses.is_none() {
            return Err(Error::input(
                "found no `autapses`",
                "self-coupling decides which states are stable, so it is said",
                "add autapses = false (J_ii = 0) or autapses = true (J_ii is kept)",
            ));
        }
        Ok(())
    }
}
