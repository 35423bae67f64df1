//! The network: populations joined by projections, wired to individual synapses.
//!
//! This module knows neither dynamics nor protocol: a wired network does not act.

mod afferents;
mod coupled;
mod delay;
mod efficacy;
mod projection;
mod wire;

pub use afferents::Afferents;
pub use coupled::{Coupled, Coupling};
pub use efficacy::{Efficacy, EfficacyRule, Memories};
pub use projection::Projection;

use crate::error::{Error, Result};
use crate::pattern::{PatternSource, Patterns};
use crate::random::Seed;
use crate::synapse::{Rows, ShortTerm, Wiring, blocks};
use crate::units::Clock;
use delay::Delays;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A group of neurons with common properties; the model's section `[population.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Number of neurons.
    pub size: usize,
}

/// Neurons are numbered by 32 bits.
const MOST_NEURONS: usize = 1 << 31;
/// So are the synapses of a projection onto one block of receivers.
const MOST_SYNAPSES: f64 = (1u64 << 32) as f64 * 0.99;

/// What a network is made of, before any random choice.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub populations: &'a IndexMap<String, Population>,
    pub patterns: &'a IndexMap<String, PatternSource>,
    pub projections: &'a IndexMap<String, Projection>,
}

/// A population's place in the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub name: String,
    /// Its neurons in the numbering of the whole network.
    pub neurons: Range<usize>,
}

/// A wired projection.
#[derive(Clone, Debug)]
pub struct Wired {
    pub name: String,
    /// Index of the sending population.
    pub from: usize,
    /// Index of the receiving population.
    pub to: usize,
    /// ms; 0 for delta synapses.
    pub tau_syn: f64,
    pub short_term: Option<ShortTerm>,
    /// The synapses by delay, ascending.
    pub bundles: Vec<Bundle>,
}

/// The synapses of a projection that have the same delay.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// ms.
    pub delay: f64,
    /// One entry per block of the receiving population.
    pub blocks: Vec<Rows>,
}

/// A network down to its synapses.
#[derive(Clone, Debug)]
pub struct Network {
    pub populations: Vec<Placed>,
    pub projections: Vec<Wired>,
}

/// What a projection is expected to hold; see [`Plan::expectation`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expectation {
    pub synapses: f64,
    pub bytes: f64,
}

impl Plan<'_> {
    /// Refuses populations, patterns and projections that do not fit together in a network that lives on `clock`.
    pub fn check(&self, clock: Clock) -> Result<()> {
        if self.populations.is_empty() {
            return Err(Error::input(
                "found no population",
                "a network has at least one",
                "add a section [population.E] with size = 8000",
            )
            .at("population"));
        }
        for (name, population) in self.populations {
            if population.size == 0 || population.size > MOST_NEURONS {
                return Err(Error::input(
                    format!("found a size of {}", population.size),
                    format!("a population has between 1 and {MOST_NEURONS} neurons"),
                    "write for example size = 8000",
                )
                .at(format!("population.{name}.size")));
            }
        }
        let neurons: f64 = self.populations.values().map(|p| p.size as f64).sum();
        if neurons > MOST_NEURONS as f64 {
            return Err(Error::input(
                format!("found {neurons} neurons"),
                format!("a network has at most {MOST_NEURONS}"),
                "make the populations smaller",
            )
            .at("population"));
        }
        for (name, source) in self.patterns {
            let key = format!("patterns.{name}");
            let size = self.population(name).map_err(|e| e.at(&key))?.size;
            source.check(size).map_err(|e| e.within(&key))?;
        }
        for (name, projection) in self.projections {
            let key = format!("projection.{name}");
            projection.check_keys(clock).map_err(|e| e.within(&key))?;
            match clock {
                Clock::Ms => self.check_synapses(projection).map_err(|e| e.within(&key))?,
                Clock::Sweeps => self.check_couplings(projection).map_err(|e| e.within(&key))?,
            }
        }
        match clock {
            Clock::Ms => self.check_dale(),
            Clock::Sweeps => Ok(()),
        }
    }

    /// Dale's law, as far as the signs of efficacies are known before they are drawn.
    fn check_dale(&self) -> Result<()> {
        for population in self.populations.keys() {
            let sent = || self.projections.iter().filter(|(_, p)| p.from == *population);
            let of = |sign| sent().find(|(_, p)| p.efficacy().sign() == Some(sign));
            if let (Some((exciting, _)), Some((inhibiting, _))) = (of(true), of(false)) {
                let found = format!(
                    "found that population {population} excites through {exciting} and inhibits \
                     through {inhibiting}"
                );
                return Err(against_dale(found, inhibiting));
            }
        }
        Ok(())
    }

    fn check_synapses(&self, projection: &Projection) -> Result<()> {
        let wiring = self.wiring(projection)?;
        wiring.check()?;
        let per_block = wiring.expected() / blocks(wiring.receivers).len() as f64;
        if per_block > MOST_SYNAPSES {
            return Err(Error::input(
                format!("found {per_block:.0} synapses onto a block of neurons"),
                format!("at most {MOST_SYNAPSES:.0} are possible"),
                "make the sending population smaller or its connections sparser",
            )
            .at("connect"));
        }
        Delays::check(projection, wiring.expected())?;
        projection
            .tau_syn()
            .positive_or_zero("a synaptic time constant")
            .map_err(|e| e.at("tau_syn"))?;
        if let Some(short_term) = &projection.short_term {
            short_term.check().map_err(|e| e.within("short_term"))?;
        }
        let number = |population: &str| self.patterns.get(population).map(PatternSource::number);
        projection
            .efficacy()
            .check(number(&projection.from), number(&projection.to))
            .map_err(|e| e.within("efficacy"))
    }

    fn population(&self, name: &str) -> Result<&Population> {
        self.populations.get(name).ok_or_else(|| {
            Error::input(
                format!("found the population `{name}`, which the model does not define"),
                crate::error::suggest(name, self.populations.keys().map(String::as_str)),
                format!("write one of these, or add a section [population.{name}]"),
            )
        })
    }

    /// How a projection is wired.
    pub fn wiring(&self, projection: &Projection) -> Result<Wiring> {
        Ok(Wiring {
            connect: projection.connect.clone(),
            senders: self.population(&projection.from).map_err(|e| e.at("from"))?.size,
            receivers: self.population(&projection.to).map_err(|e| e.at("to"))?.size,
            recurrent: projection.from == projection.to,
            autapses: projection.autapses.unwrap_or(false),
            multapses: projection.multapses,
        })
    }

    /// Expected number of synapses of a projection, and the memory they take.
    pub fn expectation(&self, projection: &Projection) -> Result<Expectation> {
        if let Some(learning) = &projection.learning {
            return self.couplings_expected(projection, learning);
        }
        let wiring = self.wiring(projection)?;
        let level = |name: &str| self.patterns.get(name).map_or(0.0, PatternSource::coding_level);
        let number = self.patterns.get(&projection.to).map_or(0, PatternSource::number);
        let (share, bytes) = projection.efficacy().expectation(
            level(&projection.from),
            level(&projection.to),
            number,
        );
        let synapses = wiring.expected() * share;
        let rows = wiring.senders * blocks(wiring.receivers).len();
        let starts = 4.0 * rows as f64 * Delays::new(projection).expected(wiring.expected());
        Ok(Expectation { synapses, bytes: synapses * bytes as f64 + starts })
    }

    /// Draws the patterns of every population that has some.
    pub fn draw_patterns(&self, seed: Seed) -> IndexMap<String, Patterns> {
        self.patterns
            .iter()
            .map(|(name, source)| {
                (name.clone(), source.draw(name, self.populations[name].size, seed))
            })
            .collect()
    }
}

fn against_dale(found: String, inhibiting: &str) -> Error {
    Error::input(
        found,
        "by Dale's law a neuron sends synapses of one sign only",
        "give all projections from this population the same sign \
         (part = \"positive\" or \"negative\" for the low-activity rule)",
    )
    .at(format!("projection.{inhibiting}.efficacy"))
}

impl Network {
    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.populations.last().map_or(0, |p| p.neurons.end)
    }

    /// Number of synapses.
    pub fn synapses(&self) -> usize {
        self.projections.iter().flat_map(Wired::rows).map(Rows::synapses).sum()
    }

    /// Dale's law: all synapses that a neuron sends have the same sign.
    fn check_dale(&self) -> Result<()> {
        for (index, population) in self.populations.iter().enumerate() {
            let sent: Vec<&Wired> = self.projections.iter().filter(|p| p.from == index).collect();
            let signs: Vec<Option<bool>> = sent.iter().map(|p| p.sign()).collect();
            let uniform = |excites| signs.iter().all(|&s| s == Some(excites));
            if uniform(true) || uniform(false) {
                continue;
            }
            for neuron in 0..population.neurons.len() {
                let of = |excites: bool| {
                    sent.iter().find(|p| {
                        p.rows()
                            .flat_map(|r| r.synapses_of(neuron))
                            .any(|(_, j)| (j > 0.0) == excites)
                    })
                };
                if let (Some(exciting), Some(inhibiting)) = (of(true), of(false)) {
                    let found = format!(
                        "found that neuron {neuron} of population {} excites through {} and \
                         inhibits through {}",
                        population.name, exciting.name, inhibiting.name
                    );
                    return Err(against_dale(found, &inhibiting.name));
                }
            }
        }
        Ok(())
    }
}

impl Wired {
    /// The rows of all delays and blocks.
    pub fn rows(&self) -> impl Iterator<Item = &Rows> {
        self.bundles.iter().flat_map(|b| &b.blocks)
    }

    /// Whether all synapses excite (`Some(true)`) or inhibit (`Some(false)`), if all do the same.
    pub fn sign(&self) -> Option<bool> {
        let mut signs = self.rows().filter(|r| r.synapses() > 0).map(Rows::sign);
        let first = signs.next()??;
        signs.all(|s| s == Some(first)).then_some(first)
    }
}

#[cfg(test)]
mod tests;
