//! Dynamics: the law by which a network's activity evolves.
//!
//! Only this varies between the relatives of an attractor memory; everything before it (patterns,
//! synapses) and after it (protocol, recording, analysis) is common to all.

pub mod binary;
pub mod spiking;

use crate::error::Result;
use crate::random::Seed;
use crate::units::Clock;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Which dynamics a model has, and its neurons; the model's section `[dynamics]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DynamicsSection {
    /// Integrate-and-fire neurons and spike sources, by population.
    Spiking(IndexMap<String, spiking::Cells>),
    /// Two-state neurons: how all of them are updated.
    Binary(binary::Law),
}

impl DynamicsSection {
    /// On what clock the network lives.
    pub fn clock(&self) -> Clock {
        match self {
            Self::Spiking(_) => Clock::Ms,
            Self::Binary(_) => Clock::Sweeps,
        }
    }

    /// The cells of a spiking network.
    pub fn spiking(&self) -> Option<&IndexMap<String, spiking::Cells>> {
        match self {
            Self::Spiking(cells) => Some(cells),
            Self::Binary(_) => None,
        }
    }

    /// The law of a binary network.
    pub fn binary(&self) -> Option<&binary::Law> {
        match self {
            Self::Spiking(_) => None,
            Self::Binary(law) => Some(law),
        }
    }
}

/// The law by which a network's activity evolves.
pub trait Dynamics {
    /// Time on the network's clock: ms, or sweeps.
    fn time(&self) -> f64;

    /// Holds the external `field` from now on.
    fn drive(&mut self, field: &Field);

    /// Runs until `until` (ms or sweeps). How often this is called never changes the trajectory.
    ///
    /// # Errors
    /// [`Kind::Divergence`](crate::error::Kind::Divergence) if the activity grows without bound.
    fn advance(&mut self, until: f64) -> Result<()>;

    /// The spikes of the last advance, by time, then by neuron.
    fn spikes(&self) -> &[Spike] {
        &[]
    }

    /// Which neurons are active now, in the numbering of the whole network, where neurons have a state.
    fn active(&self) -> Option<&[bool]> {
        None
    }

    /// The energy of the present state, where one exists.
    fn energy(&self) -> Option<f64> {
        None
    }

    /// How many of `neurons` would change without noise if they were updated now, where neurons have a state.
    fn unstable(&self, _neurons: Range<usize>) -> Option<usize> {
        None
    }

    /// The attractor that has been reached for certain, as long as nothing else is shown.
    fn attractor(&self) -> Option<Attractor> {
        None
    }

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

/// Where a trajectory without noise ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attractor {
    /// No neuron changes any more.
    FixedPoint,
    /// The same states come again and again, after so many sweeps.
    Cycle(u64),
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
    /// Added to the local field of binary neurons.
    pub local: Vec<f64>,
    /// What becomes of the state of binary neurons.
    pub imposed: Vec<Imposed>,
}

/// What a stimulus does to the state of a binary neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Imposed {
    /// Nothing.
    #[default]
    Free,
    /// It becomes active, or inactive, now.
    Set(bool),
    /// The same, and it stays so as long as the field is held.
    Clamped(bool),
}

impl Field {
    /// No stimulus to any of `neurons` neurons.
    pub fn none(neurons: usize) -> Self {
        let none = || vec![0.0; neurons];
        Self {
            current: none(),
            poisson: none(),
            local: none(),
            imposed: vec![Imposed::Free; neurons],
        }
    }
}
