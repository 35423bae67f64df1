//! Projections: the section of a model that joins two populations.

use super::{Delayed, Efficacy, Lag, Strength, Transmission};
use crate::distribution::{Distribution, named};
use crate::error::{Error, Result};
use crate::learning::{Learning, Pathway, Signs, Storage};
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::ranks::Ranks;
use crate::synapse::{Connect, EdgeFile, Kernel, Plasticity, ShortTerm, Wiring};
use crate::units::{OfTime, Speed, Time};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Synapses from one population to another; the model's section `[projection.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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
    pub autapses: Option<bool>,
    /// Whether a pair may be connected more than once.
    #[serde(default)]
    pub multapses: bool,
    /// What the synapses learn: the rule by which their efficacies come from the patterns ...
    #[serde(default, deserialize_with = "named")]
    pub learning: Option<Learning>,
    /// ... on which scale: J of a sum over the patterns of 1. Needed where it is a voltage; otherwise a default of the rule
    /// keeps fields of order 1. A negative one inhibits.
    pub scale: Option<Strength>,
    /// The sign of that sum which this pathway carries.
    #[serde(default, skip_serializing_if = "is_both")]
    pub part: Signs,
    /// How strong synapses are that do not learn.
    pub efficacy: Option<Efficacy>,
    /// Time from a spike to its arrival, or sweeps between neurons that are updated together (0 if left out): their fields
    /// h(t) = J s(t - delay) decide on s(t + 1). A random one is rounded to a multiple of `delay_step`, at least one of them; a
    /// normal one without `min` is drawn again unless it reaches one step.
    pub delay: Option<Lag>,
    /// The grid of random delays; 0.1 ms if left out.
    pub delay_step: Option<Time>,
    /// How fast spikes travel, "0.3 m/s" or "20 deg/ms": to a neuron at the distance d they take d/speed more than `delay`, which
    /// is rounded to a multiple of `delay_step` with it. Without it no time is needed for the distance.
    pub speed: Option<Speed>,
    /// Time constant of the synaptic current; 0 for a delta synapse, which moves V at once. A table gives the current a rise
    /// time, a list several time constants.
    pub tau_syn: Option<Kernel>,
    /// Whether every neuron sends synapses of one sign only; spiking neurons. Without it a projection may have both, and asks
    /// nothing of the others.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub dale: bool,
    /// Depression and facilitation.
    pub short_term: Option<ShortTerm>,
    /// How spikes change the efficacies while the network runs.
    #[serde(default, deserialize_with = "named")]
    pub plasticity: Option<Plasticity>,
    /// Whether j is coupled to i wherever i is to j; binary neurons, sparse connections.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub symmetric: bool,
    /// How the couplings of binary neurons are kept.
    pub storage: Option<Storage>,
}

fn yes() -> bool {
    true
}

fn is_both(part: &Signs) -> bool {
    *part == Signs::Both
}

/// Where the efficacies of a projection come from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    Learned(&'a Learning),
    Given(&'a Efficacy),
    /// From the file of its synapses.
    Read,
}

/// What a projection has; a checked one has it.
const CHECKED: &str = "the synapses of a checked projection are complete";

impl Projection {
    /// Where the efficacies come from.
    pub(crate) fn source(&self) -> Source<'_> {
        match (&self.learning, &self.efficacy) {
            (Some(learning), _) => Source::Learned(learning),
            (None, Some(efficacy)) => Source::Given(efficacy),
            (None, None) => Source::Read,
        }
    }

    /// The delay of synapses between spiking neurons.
    pub fn delay(&self) -> Distribution<OfTime> {
        self.delay.and_then(Lag::time).expect(CHECKED)
    }

    /// After how many sweeps states of senders arrive.
    pub fn sweeps(&self) -> usize {
        self.delay.map_or(0, Lag::sweeps)
    }

    /// The same with the files that its efficacies name read.
    pub(super) fn read(mut self, folder: &Path) -> Result<Self> {
        let resolved = self.efficacy.as_ref().map(|efficacy| efficacy.resolve(folder));
        self.efficacy = resolved.transpose().map_err(|e| e.within("efficacy"))?;
        Ok(self)
    }

    /// The course of their current.
    pub(crate) fn kernel(&self) -> &Kernel {
        self.tau_syn.as_ref().expect(CHECKED)
    }

    /// The projection called `name` as rules see it; `patterns` are those of the populations.
    pub(crate) fn pathway<'a>(
        &self,
        name: &'a str,
        wiring: &'a Wiring,
        patterns: &'a IndexMap<String, Patterns>,
        seed: Seed,
    ) -> Pathway<'a> {
        let memories = (patterns.get(&self.from), patterns.get(&self.to));
        Pathway {
            scale: self.scale.map(Strength::value),
            part: self.part,
            symmetric: self.symmetric,
            storage: self.storage.unwrap_or_default(),
            delay: self.sweeps(),
            ..Pathway::new(name, wiring, memories, seed)
        }
    }

    /// Whether every synapse excites (`Some(true)`) or inhibits (`Some(false)`), where that is certain.
    pub(super) fn sign(&self) -> Option<bool> {
        if !self.dale {
            return None;
        }
        let learning = match self.source() {
            Source::Given(efficacy) => return efficacy.sign(),
            Source::Learned(learning) => learning,
            Source::Read => return None,
        };
        let positive = match self.part {
            Signs::Both => learning.is_positive().then_some(true),
            part => Some(part == Signs::Positive),
        };
        let excites = self.scale.is_none_or(|scale| scale.value() > 0.0);
        positive.map(|positive| positive == excites)
    }

    /// Refuses keys of other networks, and the lack of those that this one needs.
    pub(super) fn check_keys(&self, transmission: Transmission) -> Result<()> {
        let sweeps = self.delay.filter(|delay| delay.time().is_none());
        if let (Some(delay), Transmission::Spikes) = (sweeps, transmission) {
            return Err(Error::input(
                format!("found a delay of {} sweeps", delay.sweeps()),
                "spikes arrive after a time",
                "write for example \"1.5 ms\"",
            )
            .at("delay"));
        }
        self.delay.map_or(Ok(()), Lag::check_sweeps)?;
        if let (Connect::Total(_), Transmission::Activity) = (&self.connect, transmission) {
            return Err(Error::input(
                "found a total number of synapses",
                "it belongs to a projection between spiking neurons",
                "write for example connect = { probability = 0.1 }",
            )
            .at("connect.total"));
        }
        let delayed = [
            ("delay", self.delay.is_some() && sweeps.is_none()),
            ("tau_syn", self.tau_syn.is_some()),
            ("delay_step", self.delay_step.is_some()),
            ("speed", self.speed.is_some()),
            ("dale", !self.dale),
            ("short_term", self.short_term.is_some()),
            ("plasticity", self.plasticity.is_some()),
            ("multapses", self.multapses),
        ];
        let coupled = [("symmetric", self.symmetric), ("storage", self.storage.is_some())];
        let (needed, foreign, whose) = match transmission {
            // What a file may have.
            Transmission::Spikes if self.file().is_some() => {
                (&delayed[1..2], &coupled[..], "binary")
            }
            Transmission::Spikes => (&delayed[..2], &coupled[..], "binary"),
            Transmission::Activity => (&[][..], &delayed[..], "spiking"),
        };
        if let Some((key, _)) = foreign.iter().find(|(_, given)| *given) {
            return Err(Error::input(
                format!("found `{key}`"),
                format!("it belongs to a projection between {whose} neurons"),
                "delete it",
            )
            .at(*key));
        }
        self.check_file(transmission)?;
        self.check_source(transmission)?;
        if let Some((key, _)) = needed.iter().find(|(_, given)| !*given) {
            return Err(missing(key));
        }
        if transmission == Transmission::Activity && self.from == self.to && self.autapses.is_none()
        {
            return Err(Error::input(
                "found no `autapses`",
                "self-coupling decides which states are stable, so it is said",
                "add autapses = false (J_ii = 0) or autapses = true (J_ii is kept)",
            ));
        }
        Ok(())
    }

    /// The file of its synapses, if they stand in one.
    pub fn file(&self) -> Option<&EdgeFile> {
        if let Connect::File(file) = &self.connect { Some(file) } else { None }
    }

    /// Refuses files of couplings, and what a file says of its synapses.
    fn check_file(&self, transmission: Transmission) -> Result<()> {
        if self.file().is_none() {
            return Ok(());
        }
        if transmission == Transmission::Activity {
            return Err(self.without_file());
        }
        let learned = "it belongs to `learning`";
        let refused = [
            ("autapses", self.autapses.is_some(), "the file says which pairs are connected"),
            ("speed", self.speed.is_some(), "the file says how long spikes take, or `delay` alone"),
            ("scale", self.scale.is_some() && self.learning.is_none(), learned),
            ("part", self.part != Signs::Both && self.learning.is_none(), learned),
        ];
        refused.into_iter().find(|(_, given, _)| *given).map_or(Ok(()), |(key, _, allowed)| {
            let found = format!("found `{key}` beside a file of synapses");
            Err(Error::input(found, allowed, "delete the line").at(key))
        })
    }

    /// The error of plastic synapses with several delays.
    pub(super) fn several_delays(&self) -> Error {
        Error::input(
            "found plasticity in a projection with several delays",
            "all plastic synapses of a projection have one delay",
            "write one delay, or a projection for each",
        )
        .at("plasticity")
    }

    /// Refuses drawn or read synapses that cannot change as the rule says.
    pub(super) fn check_plastic(&self, synapses: &Delayed, ranks: &Ranks) -> Result<()> {
        let Some(plasticity) = &self.plasticity else { return Ok(()) };
        if synapses.bundles.len() > 1 {
            return Err(self.several_delays());
        }
        let rows = || synapses.rows().filter(|rows| rows.synapses() > 0);
        let sign = synapses.sign(ranks);
        if rows().next().is_some() && sign.is_none() {
            return Err(Error::input(
                "found plastic synapses of both signs",
                "those of a projection excite, or they inhibit",
                "make two projections of them",
            )
            .at("plasticity"));
        }
        let all = rows().flat_map(|rows| (0..rows.senders()).flat_map(|j| rows.synapses_of(j)));
        let largest = all.map(|(_, efficacy)| efficacy.abs()).fold(0.0, f64::max);
        plasticity.check_start(largest).map_err(|e| e.within("plasticity"))
    }

    /// The error of couplings in a file.
    pub(super) fn without_file(&self) -> Error {
        Error::input(
            "found a file of couplings",
            "a file holds the synapses of spiking neurons",
            "write them as efficacy = { matrix = [[...]] }, with connect = \"all_to_all\"",
        )
        .at("connect.file")
    }

    /// Refuses efficacies that are neither learned nor given, or both, and a scale that does not fit.
    fn check_source(&self, transmission: Transmission) -> Result<()> {
        let refuse = |found: &str| {
            Error::input(
                found,
                "efficacies are learned from patterns, on some scale, or given",
                "write for example learning = \"hebb\", or efficacy",
            )
        };
        let scaled = self.scale.is_some() || self.part != Signs::Both;
        let learning = match (&self.learning, &self.efficacy) {
            (Some(learning), None) => learning,
            (None, Some(_)) if !scaled => return Ok(()),
            (None, None) if self.file().is_some() => return Ok(()),
            (None, None) => return Err(refuse("found neither `learning` nor `efficacy`")),
            (None, Some(_)) => {
                return Err(refuse("found `scale` or `part` beside `efficacy`").at("efficacy"));
            }
            (Some(_), Some(_)) => {
                return Err(refuse("found `efficacy` beside `learning`").at("efficacy"));
            }
        };
        if transmission == Transmission::Spikes {
            if !learning.is_sum() {
                return Err(learning.not_a_sum("between spiking neurons").at("learning"));
            }
            learning.check_timeless()?;
            self.scale.ok_or_else(|| missing("scale"))?;
        }
        self.scale
            .map_or(Ok(()), |scale| scale.check_effect(transmission))
            .map_err(|e| e.at("scale"))
    }
}

fn missing(key: &str) -> Error {
    Error::input(
        format!("found no `{key}`"),
        "the section needs it",
        format!("add a line that starts with {key} ="),
    )
}
