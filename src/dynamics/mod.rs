//! Dynamics: the law by which a network's activity evolves.
//!
//! Only this varies between the relatives of an attractor memory; everything before it (patterns,
//! synapses) and after it (protocol, recording, analysis) is common to all.

pub mod spiking;

use crate::error::Result;
use crate::random::Seed;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Which dynamics a model has, and its neurons; the model's section `[dynamics]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DynamicsSection {
    /// Integrate-and-fire neurons and spike sources, by population.
    Spiking(IndexMap<String, spiking::Cells>),
}

/// The law by which a network's activity evolves.
pub trait Dynamics {
    /// Biological time in ms.
    fn time(&self) -> f64;

    /// Holds the external `field` from now on.
    fn drive(&mut self, field: &Field);

    /// Runs until `until` (ms). How often this is called never changes the trajectory.
    ///
    /// # Errors
    /// [`Kind::Divergence`](crate::error::Kind::Divergence) if the activity grows without bound.
    fn advance(&mut self, until: f64) -> Result<()>;

    /// The spikes of the last advance, by time, then by neuron.
    fn spikes(&self) -> &[Spike];

    /// Keeps the external spikes of every advance from now on, or no longer; it changes no trajectory.
    fn record_external(&mut self, _on: bool) {}

    /// The external spikes of the last advance, by time, then by receiving neuron; none unless they are kept.
    fn external_spikes(&self) -> &[Spike] {
        &[]
    }

    /// The same network in the same state, with random input of its own from the streams of `seed`; synapses are
    /// shared, not copied.
    ///
    /// The field is held on, listed spikes go on, and a new window begins: without random input the branch fires as this
    /// network would, to rounding, and to the last bit as after a drive at this moment. Its events count from 0. The
    /// streams are those of a network that starts with `seed`: where two branches, or a branch and the start of this
    /// network, are to receive independent input, they need different seeds.
    fn branch(&self, seed: Seed) -> Box<dyn Dynamics + Send>;

    /// What the run has cost so far.
    fn events(&self) -> Events;
}

/// A spike: when (ms), and which neuron in the numbering of the whole network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    pub time: f64,
    pub neuron: u32,
}

/// Numbers of events that were delivered to neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Spikes delivered by synapses of the network.
    pub synaptic: u64,
    /// Spikes delivered from outside.
    pub external: u64,
}

impl std::ops::Add for Events {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (synaptic, external) = (self.synaptic + other.synaptic, self.external + other.external);
        Self { synaptic, external }
    }
}

/// The external field, neuron by neuron in the numbering of the whole network: what a stimulus is.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Current times membrane resistance, mV, added to the constant drive.
    pub current: Vec<f64>,
    /// Rate in Hz, added to the rate of the external Poisson input.
    pub poisson: Vec<f64>,
}

impl Field {
    /// No stimulus to any of `neurons` neurons.
    pub fn none(neurons: usize) -> Self {
        Self { current: vec![0.0; neurons], poisson: vec![0.0; neurons] }
    }
}
