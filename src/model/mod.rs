//! Models: one TOML file describes an experiment.
//!
//! A model is read, resolved and checked before anything runs: what exists is valid. The sections are the
//! types of the modules that act on them; this module collects them and checks what no section can see
//! alone. Every error names its place in the file. A model may build on another with [`base`].

pub mod base;
mod check;
mod document;
mod landscape;
mod membranes;
mod schema;
mod size;
mod source;
mod translate;
mod warn;

pub use document::Document;
pub use schema::schema;

use crate::analysis::Expect;
use crate::digest::{add_file, hex};
use crate::dynamics::{DynamicsSection, Inputs, Section, Trains};
use crate::error::{Error, Result};
use crate::network::{Network, Plan, Population, Projection};
use crate::pattern::{PatternSource, Patterns};
use crate::protocol::{self, Epoch, RecordedCourses};
use crate::random::Seed;
use crate::ranks::Ranks;
use crate::recording::{Probes, Saturation, Snapshots};
use crate::task::{Task, Trials};
use crate::units::Duration;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// An experiment: network, protocol, recording, expectation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// One line for reports.
    pub title: String,
    /// Where the model comes from.
    pub source: String,
    /// What it shows.
    pub shows: String,
    /// The seed of all random streams.
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// Populations of neurons, by name.
    pub population: IndexMap<String, Population>,
    /// The patterns of a population, by its name.
    #[serde(default)]
    pub patterns: IndexMap<String, PatternSource>,
    /// Synapses from one population to another, by name.
    #[serde(default)]
    pub projection: IndexMap<String, Projection>,
    /// What neurons do.
    pub dynamics: DynamicsSection,
    /// What is shown, epoch by epoch.
    #[serde(default)]
    pub protocol: Vec<Epoch>,
    /// What follows the protocol: trials.
    pub task: Option<Task>,
    /// What is recorded, and how often.
    #[serde(default)]
    pub record: Record,
    /// What must come out.
    #[serde(default)]
    pub expect: Expect,
}

fn first_seed() -> u64 {
    1
}

/// What is sampled, and how often; the model's section `[record]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Interval over which rates and overlaps are averaged (10 ms if left out), or after which the state of binary
    /// neurons is looked at (1 sweep).
    pub interval: Option<Duration>,
    /// Whether every external spike of every neuron is recorded too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub input: bool,
    /// Whether the states of binary neurons are recorded, or only what follows from them.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub states: bool,
    /// Neurons whose membrane potentials and synaptic currents are recorded.
    #[serde(default, skip_serializing_if = "Probes::is_empty")]
    pub v: Probes,
    /// Neurons whose graded activity is recorded, whether or not all states are.
    #[serde(default, skip_serializing_if = "Probes::is_empty")]
    pub activity: Probes,
    /// Plastic efficacies that are recorded at the start and at the ends of epochs.
    pub efficacies: Option<Snapshots>,
    /// Whether what random courses come to is recorded: of those that all driven neurons share, and of some neurons that have their
    /// own.
    #[serde(default, skip_serializing_if = "RecordedCourses::is_none")]
    pub courses: RecordedCourses,
}

fn yes() -> bool {
    true
}

impl Default for Record {
    fn default() -> Self {
        let (v, activity) = (Probes::default(), Probes::default());
        let (interval, efficacies, courses) = (None, None, RecordedCourses::default());
        Self { interval, input: false, states: true, v, activity, efficacies, courses }
    }
}

impl Model {
    /// The model with every file in it read and every default that depends on the dynamics in place; names of files
    /// start from `folder`.
    ///
    /// # Errors
    /// At the key of a file that cannot be read.
    pub fn resolve(mut self, folder: &Path) -> Result<Self> {
        for (name, source) in &mut self.patterns {
            // Patterns of a population that does not exist are refused later.
            let Some(population) = self.population.get(name) else { continue };
            let resolved = source.resolve(folder, population.size);
            *source = resolved.map_err(|e| e.within(&format!("patterns.{name}")))?;
        }
        let complete = |name: &String| {
            let resolved = self.plan().resolve(name, folder);
            resolved.map_err(|e| e.within(&format!("projection.{name}")))
        };
        let resolved: Vec<Projection> =
            self.projection.keys().map(complete).collect::<Result<_>>()?;
        self.projection.values_mut().zip(resolved).for_each(|(own, resolved)| *own = resolved);
        self.record.interval.get_or_insert(self.dynamics.nature().clock.interval());
        Ok(self)
    }

    /// The interval over which rates and overlaps are averaged, ms, or after which states are looked at, sweeps.
    pub fn interval(&self) -> f64 {
        self.record.interval.unwrap_or_else(|| self.dynamics.nature().clock.interval()).value()
    }

    /// The network before any random choice.
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            populations: &self.population,
            patterns: &self.patterns,
            projections: &self.projection,
            transmission: self.dynamics.nature().transmission,
        }
    }

    /// The stored patterns.
    pub fn draw_patterns(&self) -> IndexMap<String, Patterns> {
        self.plan().draw_patterns(Seed(self.seed))
    }

    /// Who finds out whether populations, in their order, are saturated; none of those without spikes or refractoriness.
    pub fn saturation(&self) -> Vec<Option<Saturation>> {
        let of = |name: &String| {
            let neurons = self.dynamics.cells()?.get(name)?.neurons()?;
            Saturation::new(name, neurons.t_ref.mean(), self.interval())
        };
        self.population.keys().map(of).collect()
    }

    /// The network down to its synapses.
    ///
    /// # Errors
    /// If a rule cannot store these patterns, or if the drawn efficacies break Dale's law.
    pub fn wire(&self, patterns: &IndexMap<String, Patterns>) -> Result<Network> {
        self.plan().wire(patterns, Seed(self.seed))
    }

    /// The same of a network that is shared out among ranks; see [`Plan::wire_on`].
    ///
    /// # Errors
    /// Those of both.
    pub fn wire_on(&self, patterns: &IndexMap<String, Patterns>, ranks: &Ranks) -> Result<Network> {
        self.plan().wire_on(patterns, Seed(self.seed), ranks)
    }

    /// SHA-256 of the files of spikes that the model names, one after another; empty if it names none. Synapses in files have
    /// a hash in the resolved model, where all else stands that was read.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn files_hash(&self, folder: &Path) -> Result<String> {
        let inputs = self.dynamics.inputs();
        let files = inputs.map(|inputs| inputs.files()).unwrap_or_default();
        let mut hash = Sha256::new();
        for path in files.iter().map(|name| folder.join(name)) {
            add_file(&mut hash, &path).map_err(|e| {
                Error::file(&path, format!("found no readable file ({e})"), "check the name")
            })?;
        }
        Ok(if files.is_empty() { String::new() } else { hex(hash) })
    }

    /// The spikes that the model lists or names files of, by population; relative names start from `folder`.
    ///
    /// # Errors
    /// At the key of a file that cannot be read, or that holds what is no spike of the population.
    pub fn read_trains(&self, folder: &Path) -> Result<Trains> {
        let read = |inputs: &dyn Inputs| inputs.read(&self.population, folder);
        self.dynamics.inputs().map_or(Ok(Trains::new()), read)
    }

    /// The model as TOML, with every default in place; it reads back as the same model.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a model is plain data with string keys")
    }

    /// Time of the protocol, ms or sweeps.
    pub fn lead(&self) -> f64 {
        protocol::bounds(&self.protocol).last().map_or(0.0, |b| b.1)
    }

    /// Time of the protocol and all trials, ms or sweeps.
    pub fn duration(&self) -> f64 {
        let of_trials = |task: &Task| task.duration(Seed(self.seed));
        self.lead() + self.task.as_ref().map_or(0.0, of_trials)
    }

    /// Number of patterns of `population`, or if none is named of the only one with patterns.
    fn patterns_of(&self, population: Option<&String>) -> usize {
        let named = population.and_then(|name| self.patterns.get(name));
        named.or(self.patterns.values().next()).map_or(0, PatternSource::number)
    }

    /// The trials of the task, if there is one; they follow the protocol.
    pub fn trials(&self) -> Option<Trials> {
        let draw = |task: &Task| {
            task.draw(self.lead(), self.patterns_of(task.population()), Seed(self.seed))
        };
        self.task.as_ref().map(draw)
    }
}
