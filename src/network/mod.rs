//! The network: populations joined by projections, wired to individual synapses.
//!
//! This module knows neither dynamics nor protocol: a wired network does not act.

mod afferents;
mod delay;
#[cfg(feature = "hdf5")]
mod edges;
mod efficacies;
mod efficacy;
mod energy;
mod expected;
#[cfg_attr(not(feature = "hdf5"), path = "unread.rs")]
mod imported;
mod lag;
mod listed;
#[cfg(feature = "hdf5")]
mod matrix_file;
#[cfg(feature = "hdf5")]
mod origin;
mod projection;
#[cfg(feature = "hdf5")]
mod recorded;
mod share;
mod strength;
#[cfg(feature = "hdf5")]
mod weights;
mod wire;
mod wired;

pub use afferents::Afferents;
pub use efficacy::{Cities, Efficacy, Falling, Found, Gaussian, Matrix, Tour, Varied, distance};
pub use lag::Lag;
pub use listed::EdgeList;
pub use projection::Projection;
pub(crate) use projection::Source;
pub use strength::Strength;
pub use wired::{Bundle, Delayed, Network, Placed, Synapses, Wired};

use crate::error::{Error, Result};
use crate::learning::{Learning, Signs};
use crate::pattern::{PatternSource, Patterns, Shares};
use crate::random::Seed;
use crate::space::{Between, Grid, Ground, Space};
use crate::synapse::{Connect, ROOMS, Wiring};
use delay::Delays;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What synapses transmit, which the dynamics decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transmission {
    /// Spikes, after a delay: efficacies are in mV.
    Spikes,
    /// The activity of the sender: couplings J_ij have no unit.
    Activity,
}

/// A group of neurons with common properties; the model's section `[population.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Number of neurons.
    pub size: usize,
    /// Where they are: { ring = "360 deg" }, { line = "2 mm" } or { torus = ["1 mm", "1 mm"] }; nowhere if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<Space>,
}

impl Population {
    /// Its neurons and where they are.
    pub(crate) fn ground(&self) -> Ground {
        Ground { neurons: self.size, space: self.space }
    }

    /// The places of its neurons and of those of another population, if they are on the same space.
    fn between(&self, receivers: &Self) -> Option<Between> {
        let space = self.space.filter(|space| receivers.space == Some(*space))?;
        let grid = |number| Grid::new(space, number, "neurons").ok();
        Some(Between { senders: grid(self.size)?, receivers: grid(receivers.size)? })
    }

    /// Refuses a space on which so many neurons have no places.
    fn check_space(&self) -> Result<()> {
        let Some(space) = self.space else { return Ok(()) };
        space.check()?;
        Grid::new(space, self.size, "neurons").map(|_| ())
    }
}

/// Neurons are numbered by 32 bits.
const MOST_NEURONS: usize = 1 << 31;
/// So are the synapses of a projection onto one block of receivers.
const MOST_SYNAPSES: f64 = (1u64 << 32) as f64 * 0.99;

/// What a network is made of, before any random choice.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub(crate) populations: &'a IndexMap<String, Population>,
    pub(crate) patterns: &'a IndexMap<String, PatternSource>,
    pub(crate) projections: &'a IndexMap<String, Projection>,
    pub(crate) transmission: Transmission,
}

impl Plan<'_> {
    /// Refuses populations, patterns and projections that do not fit together.
    pub(crate) fn check(&self) -> Result<()> {
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
            population.check_space().map_err(|e| e.within(&format!("population.{name}.space")))?;
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
            let ground = self.population(name).map_err(|e| e.at(&key))?.ground();
            source.check(ground).map_err(|e| e.within(&key))?;
        }
        for (name, projection) in self.projections {
            let key = format!("projection.{name}");
            self.check_projection(name, projection).map_err(|e| e.within(&key))?;
        }
        match self.transmission {
            Transmission::Spikes => self.check_signs(),
            Transmission::Activity => Ok(()),
        }
    }

    /// Dale's law, as far as the signs of efficacies are known before they are drawn.
    fn check_signs(&self) -> Result<()> {
        for (name, projection) in self.projections.iter().filter(|(_, p)| p.dale) {
            if let Some(Efficacy::Varied(Varied::Distance(falling))) = &projection.efficacy
                && falling.sign().is_none()
            {
                let found =
                    format!("found that {name} excites and inhibits, depending on the distance");
                return Err(self.against_dale(found, name));
            }
        }
        for population in self.populations.keys() {
            let sent = || self.projections.iter().filter(|(_, p)| p.from == *population);
            let of = |sign| sent().find(|(_, p)| p.sign() == Some(sign));
            if let (Some((exciting, _)), Some((inhibiting, _))) = (of(true), of(false)) {
                let found = format!(
                    "found that population {population} excites through {exciting} and inhibits \
                     through {inhibiting}"
                );
                return Err(self.against_dale(found, inhibiting));
            }
        }
        Ok(())
    }

    fn against_dale(&self, found: String, inhibiting: &str) -> Error {
        let key = match self.projections.get(inhibiting) {
            Some(p) if p.part != Signs::Both => "part",
            Some(p) if p.scale.is_some() && p.sign().is_some() => "scale",
            Some(p) if p.learning.is_some() => "learning",
            Some(p) if p.efficacy.is_none() => "connect",
            _ => "efficacy",
        };
        Error::input(
            found,
            "by Dale's law a neuron sends synapses of one sign only",
            "give all projections from this population the same sign \
             (part = \"positive\" or \"negative\" for a rule that has both), or write dale = false",
        )
        .at(format!("projection.{inhibiting}.{key}"))
    }

    fn check_projection(&self, name: &str, projection: &Projection) -> Result<()> {
        projection.check_keys(self.transmission)?;
        let wiring = self.wiring(projection)?;
        wiring.check()?;
        if self.transmission == Transmission::Spikes {
            self.check_delayed(projection, &wiring)?;
        }
        wiring.check_symmetric(projection.symmetric)?;
        self.check_assemblies(projection)?;
        match projection.source() {
            Source::Given(efficacy) => {
                efficacy.check(&wiring, self.transmission).map_err(|e| e.within("efficacy"))
            }
            Source::Learned(learning) => {
                let number = |name: &str| self.patterns.get(name).map(PatternSource::number);
                let numbers = (number(&projection.from), number(&projection.to));
                let graded =
                    |name: &str| self.patterns.get(name).is_some_and(PatternSource::is_graded);
                let storage = projection.storage.unwrap_or_default();
                let (from, to) = (&projection.from, &projection.to);
                learning.check_graded(graded(from), graded(to), storage)?;
                let none = IndexMap::new();
                learning.check(&projection.pathway(name, &wiring, &none, Seed(0)), numbers)?;
                match (learning, self.patterns.get(from)) {
                    (Learning::Assemblies(rule), Some(source)) => rule
                        .check_mean(source.coding_level())
                        .map_err(|e| e.within("learning.assemblies")),
                    _ => Ok(()),
                }
            }
            Source::Read => Ok(()),
        }
    }

    /// Refuses connections that depend on patterns where there are none.
    fn check_assemblies(&self, projection: &Projection) -> Result<()> {
        let number = |name: &str| self.patterns.get(name).map(PatternSource::number);
        let (from, to) = (&projection.from, &projection.to);
        if let Connect::Assemblies(_) = projection.connect
            && (number(from).is_none() || number(from) != number(to))
        {
            let told = |name: &str| format!("{} in {name}", number(name).unwrap_or(0));
            return Err(Error::input(
                format!("found connections by assembly between {} and {} patterns", told(from), told(to)),
                "pattern 1 of the senders belongs to pattern 1 of the receivers, and so on",
                "give both populations the same number, for example with [patterns.POPULATION.assemblies]",
            )
            .at("connect.assemblies"));
        }
        Ok(())
    }

    /// Refuses delayed synapses that are too many, or whose constants have no meaning.
    fn check_delayed(&self, projection: &Projection, wiring: &Wiring) -> Result<()> {
        // Larger blocks have fewer synapses.
        let share = wiring.receivers.min(ROOMS[0]) as f64 / wiring.receivers as f64;
        let per_block = wiring.expected() * share;
        if per_block > MOST_SYNAPSES {
            return Err(Error::input(
                format!("found {per_block:.0} synapses onto a block of neurons"),
                format!("at most {MOST_SYNAPSES:.0} are possible"),
                "make the sending population smaller or its connections sparser",
            )
            .at("connect"));
        }
        if let Some(speed) = projection.speed {
            let space = *wiring.placed("delays").map_err(|e| e.at("speed"))?.senders.space();
            speed.check_measure(space.measure(), space).map_err(|e| e.at("speed"))?;
        }
        Delays::check(projection, wiring.expected(), wiring.longest())?;
        projection.kernel().check().map_err(|e| e.within("tau_syn"))?;
        if let Some(plasticity) = &projection.plasticity {
            plasticity.check().map_err(|e| e.within("plasticity"))?;
            if projection.file().is_none() && Delays::new(projection).constant().is_none() {
                return Err(projection.several_delays());
            }
            if !projection.dale {
                return Err(Error::input(
                    "found plasticity beside dale = false",
                    "an efficacy changes between 0 and a bound of its own sign",
                    "delete one of the two",
                )
                .at("plasticity"));
            }
        }
        projection.short_term.iter().try_for_each(|s| s.check().map_err(|e| e.within("short_term")))
    }

    fn population(&self, name: &str) -> Result<&Population> {
        self.populations.get(name).ok_or_else(|| {
            let known = self.populations.keys().map(String::as_str);
            Error::undefined("population", name, known)
                .mended(format!("write one of these, or add a section [population.{name}]"))
        })
    }

    /// How a projection is wired.
    pub(crate) fn wiring(&self, projection: &Projection) -> Result<Wiring> {
        let (from, to) = (self.patterns.get(&projection.from), self.patterns.get(&projection.to));
        let shares = match (&projection.connect, from.zip(to)) {
            (Connect::Assemblies(rule), Some((from, to))) => Shares::of(from, to, rule.cyclic),
            _ => Shares::default(),
        };
        let senders = self.population(&projection.from).map_err(|e| e.at("from"))?;
        let receivers = self.population(&projection.to).map_err(|e| e.at("to"))?;
        Ok(Wiring {
            connect: projection.connect.clone(),
            shares,
            between: senders.between(receivers),
            senders: senders.size,
            receivers: receivers.size,
            recurrent: projection.from == projection.to,
            autapses: projection.autapses.unwrap_or(false),
            multapses: projection.multapses,
        })
    }

    /// The projection called `name`, completed by the file of its synapses or cities if it has one; relative names start
    /// from `folder`.
    ///
    /// # Errors
    /// If the file cannot be read, or says what the projection says too.
    pub(crate) fn resolve(&self, name: &str, folder: &Path) -> Result<Projection> {
        let projection = &self.projections[name];
        let size = |name: &str| self.populations.get(name).map(|p| p.size);
        // What does not fit is refused later.
        let sizes = size(&projection.from).zip(size(&projection.to));
        match sizes.filter(|_| self.transmission == Transmission::Spikes) {
            Some(sizes) => projection.clone().completed(name, sizes, folder),
            None => projection.clone().read(folder),
        }
    }

    /// Draws the patterns of every population that has some. Graded ones get the image that the first projection from
    /// their population with such a rule leaves of them in its synapses.
    pub fn draw_patterns(&self, seed: Seed) -> IndexMap<String, Patterns> {
        let draw = |(name, source): (&String, &PatternSource)| {
            let patterns = source.draw(name, self.populations[name].ground(), seed);
            let mut sent = self.projections.values().filter(|p| p.from == *name);
            let image = sent.find_map(|p| p.learning.as_ref()?.image());
            let patterns = match image {
                Some((of, middle)) => patterns.with_image_of(of, middle),
                None => patterns,
            };
            (name.clone(), patterns)
        };
        self.patterns.iter().map(draw).collect()
    }
}

#[cfg(test)]
mod tests;
