//! The section of spiking neurons in a model: cells by population.

use super::{Cells, Spiking};
use crate::dynamics::{Dynamics, Given, Inputs, Nature, ObservableKind, Section, Senses, Trains};
use crate::error::{Error, Result, suggest};
use crate::network::{Network, Population, Transmission};
use crate::random::Seed;
use crate::units::Clock;
use indexmap::IndexMap;
use std::path::Path;

impl Section for IndexMap<String, Cells> {
    fn nature(&self) -> Nature {
        Nature {
            neurons: "spiking",
            clock: Clock::Ms,
            observable: ObservableKind::Spikes,
            transmission: Transmission::Spikes,
            senses: Senses::Input,
            relaxes: false,
            whole_sweeps: false,
        }
    }

    fn refractory(&self, population: &str) -> f64 {
        match self.get(population) {
            Some(Cells::Neurons(neurons)) => neurons.t_ref.support().0.max(0.0),
            Some(Cells::Source(_)) | None => 0.0,
        }
    }

    /// Refuses cells that do not fit the populations.
    fn check(&self, populations: &IndexMap<String, Population>) -> Result<()> {
        if let Some(name) = self.keys().find(|name| !populations.contains_key(*name)) {
            return Err(Error::input(
                format!(
                    "found neurons for the population `{name}`, which the model does not define"
                ),
                suggest(name, populations.keys().map(String::as_str)),
                "write the name of a population",
            )
            .at(format!("dynamics.spiking.{name}")));
        }
        for (name, population) in populations {
            let cells = self.get(name).ok_or_else(|| {
                Error::input(
                    format!("found no neurons for population {name}"),
                    "every population of a spiking network has a section",
                    format!("add [dynamics.spiking.{name}] with tau_m, theta, v_reset and t_ref"),
                )
                .at(format!("population.{name}"))
            })?;
            let key = format!("dynamics.spiking.{name}");
            cells.check(population.size).map_err(|e| e.within(&key))?;
        }
        Ok(())
    }

    fn start(&self, network: Network, given: Given, seed: Seed) -> Box<dyn Dynamics> {
        Box::new(Spiking::new(network, self, given.trains, seed))
    }

    fn inputs(&self) -> Option<&dyn Inputs> {
        Some(self)
    }
}

impl Inputs for IndexMap<String, Cells> {
    fn is_source(&self, population: &str) -> bool {
        self.get(population).is_some_and(|cells| cells.source().is_some())
    }

    fn has_poisson(&self, population: &str) -> bool {
        self.get(population).is_some_and(Cells::is_driven)
    }

    fn has_any(&self, population: &str) -> bool {
        self.get(population).is_some_and(Cells::has_external_input)
    }

    fn rate(&self, population: &str) -> f64 {
        self.get(population).map_or(0.0, Cells::rate)
    }

    fn files(&self) -> Vec<&str> {
        self.values().filter_map(Cells::file).collect()
    }

    fn read(&self, populations: &IndexMap<String, Population>, folder: &Path) -> Result<Trains> {
        let mut trains = Trains::new();
        for (name, cells) in self {
            let read = cells.read_trains(name, populations[name].size, folder);
            let read = read.map_err(|e| e.within(&format!("dynamics.spiking.{name}")))?;
            trains.extend(read.map(|read| (name.clone(), read)));
        }
        Ok(trains)
    }
}
