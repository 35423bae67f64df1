//! What a model says of its dynamics.

use super::{Dynamics, Given, Inputs, Nature, Section, binary, modern, rate, spiking};
use crate::error::Result;
use crate::network::{Network, Population};
use crate::random::Seed;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Which dynamics a model has, and its neurons; the model's section `[dynamics]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DynamicsSection {
    /// Integrate-and-fire neurons and spike sources, by population.
    Spiking(IndexMap<String, spiking::Cells>),
    /// Two-state neurons: how all of them are updated.
    Binary(binary::Law),
    /// Graded neurons: their equation, how it is solved, and their properties by population.
    Rate(rate::Law),
    /// Modern Hopfield networks, whose state is compared with the stored patterns themselves.
    Modern(modern::Law),
}

impl DynamicsSection {
    /// The cells of integrate-and-fire neurons, by population, for who needs their parameters.
    pub fn cells(&self) -> Option<&IndexMap<String, spiking::Cells>> {
        if let Self::Spiking(cells) = self { Some(cells) } else { None }
    }

    /// The law of two-state neurons, for who needs its parameters.
    pub fn law(&self) -> Option<&binary::Law> {
        if let Self::Binary(law) = self { Some(law) } else { None }
    }

    /// The law of graded neurons, for who needs its parameters.
    pub fn rate(&self) -> Option<&rate::Law> {
        if let Self::Rate(law) = self { Some(law) } else { None }
    }

    /// The law of a modern Hopfield network, for who needs its parameters.
    pub fn modern(&self) -> Option<&modern::Law> {
        if let Self::Modern(law) = self { Some(law) } else { None }
    }

    /// The section itself, whichever it is.
    fn section(&self) -> &dyn Section {
        match self {
            Self::Spiking(cells) => cells,
            Self::Binary(law) => law,
            Self::Rate(law) => law,
            Self::Modern(law) => law,
        }
    }
}

impl Section for DynamicsSection {
    fn nature(&self) -> Nature {
        self.section().nature()
    }

    fn check(&self, populations: &IndexMap<String, Population>) -> Result<()> {
        self.section().check(populations)
    }

    fn start(&self, network: Network, given: Given, seed: Seed) -> Box<dyn Dynamics> {
        self.section().start(network, given, seed)
    }

    fn levels(&self, population: &str) -> [f64; 2] {
        self.section().levels(population)
    }

    fn refractory(&self, population: &str) -> f64 {
        self.section().refractory(population)
    }

    fn has_synapses(&self) -> bool {
        self.section().has_synapses()
    }

    fn inputs(&self) -> Option<&dyn Inputs> {
        self.section().inputs()
    }
}
