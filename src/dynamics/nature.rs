//! What must be known of a dynamics before it runs.

use super::{Dynamics, ObservableKind};
use crate::error::Result;
use crate::network::{Network, Population, Transmission};
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::train::Arrivals;
use crate::units::Clock;
use indexmap::IndexMap;
use std::path::Path;

/// What everybody else must know of a dynamics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// What its neurons are called in sentences.
    pub neurons: &'static str,
    /// In what their time is counted.
    pub clock: Clock,
    /// What may be seen of them.
    pub observable: ObservableKind,
    /// What their synapses transmit.
    pub transmission: Transmission,
    /// What a stimulus does to them.
    pub senses: Senses,
    /// Whether trajectories come to rest, so that a trial may end when they have.
    pub relaxes: bool,
    /// Whether moments within a sweep do not exist.
    pub whole_sweeps: bool,
}

/// What a stimulus does to neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senses {
    /// It adds a current or Poisson input.
    Input,
    /// It adds to the local field, or puts them into a state.
    State,
}

/// The section of one dynamics in a model.
pub trait Section {
    /// What everybody else must know.
    fn nature(&self) -> Nature;

    /// Refuses what is impossible for these populations.
    ///
    /// # Errors
    /// At a key that begins with `dynamics` or `population`.
    fn check(&self, populations: &IndexMap<String, Population>) -> Result<()>;

    /// Puts a wired network in motion.
    fn start(&self, network: Network, given: Given, seed: Seed) -> Box<dyn Dynamics>;

    /// The activities that stand for an inactive and for an active neuron of `population`, of which graded activity is
    /// made comparable with patterns.
    fn levels(&self, _population: &str) -> [f64; 2] {
        [0.0, 1.0]
    }

    /// The shortest time between two spikes of a neuron of `population`, ms; 0 where none is known.
    fn refractory(&self, _population: &str) -> f64 {
        0.0
    }

    /// Whether neurons act on each other through synapses, or the patterns of the only population act on them.
    fn has_synapses(&self) -> bool {
        true
    }

    /// Of neurons that receive external spikes: from where.
    fn inputs(&self) -> Option<&dyn Inputs> {
        None
    }
}

/// What a network may need beside its synapses to be put in motion.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The stored patterns, by population.
    pub patterns: &'a IndexMap<String, Patterns>,
    /// The spikes of sources, by population.
    pub trains: &'a Trains,
}

/// Spikes that a model lists or names files of, by population.
pub type Trains = IndexMap<String, Arrivals>;

/// Where external spikes come from, population by population.
pub trait Inputs {
    /// Whether a population consists of sources of given spikes, on which nothing acts.
    fn is_source(&self, population: &str) -> bool;

    /// Whether a population has Poisson input, or consists of Poisson sources, to whose rate a stimulus can add.
    fn has_poisson(&self, population: &str) -> bool;

    /// Whether a population receives external spikes, drawn or from a file.
    fn has_any(&self, population: &str) -> bool;

    /// Drawn spikes per second and neuron: those that a population receives from outside, or those of Poisson sources.
    fn rate(&self, population: &str) -> f64;

    /// The files of spikes that the model names.
    fn files(&self) -> Vec<&str>;

    /// Reads them, for populations of these sizes; relative names start from `folder`.
    ///
    /// # Errors
    /// At the key of a file that cannot be read, or that holds what is no spike of the population.
    fn read(&self, populations: &IndexMap<String, Population>, folder: &Path) -> Result<Trains>;
}
