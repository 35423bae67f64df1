//! Models: one TOML file describes an experiment.
//!
//! A model is read, resolved and checked before anything runs: what exists is valid. The sections are the
//! types of the modules that act on them; this module collects them and checks what no section can see
//! alone. Every error names its place in the file.

mod document;
mod translate;

pub use document::Document;

use crate::analysis::Expect;
use crate::dynamics::DynamicsSection;
use crate::error::{Error, Result, suggest};
use crate::network::{Network, Plan, Population, Projection};
use crate::pattern::{PatternSource, Patterns};
use crate::protocol::{self, Epoch, Stage};
use crate::random::Seed;
use crate::task::{Task, Trial};
use crate::train::Arrivals;
use crate::units::Time;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// An experiment: network, protocol, recording, expectation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    pub population: IndexMap<String, Population>,
    #[serde(default)]
    pub patterns: IndexMap<String, PatternSource>,
    #[serde(default)]
    pub projection: IndexMap<String, Projection>,
    pub dynamics: DynamicsSection,
    #[serde(default)]
    pub protocol: Vec<Epoch>,
    /// What follows the protocol: trials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    #[serde(default)]
    pub record: Record,
    #[serde(default)]
    pub expect: Expect,
}

fn first_seed() -> u64 {
    1
}

/// What is sampled, and how often; the model's section `[record]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Interval over which rates and overlaps are averaged.
    #[serde(default = "interval")]
    pub interval: Time,
    /// Whether every external spike of every neuron is recorded too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub input: bool,
}

fn interval() -> Time {
    Time::new(10.0)
}

impl Default for Record {
    fn default() -> Self {
        Self { interval: interval(), input: false }
    }
}

impl Model {
    /// Refuses a model that could not run; errors carry the key, not yet the place.
    pub fn check(&self) -> Result<()> {
        self.check_names()?;
        self.plan().check()?;
        let DynamicsSection::Spiking(sections) = &self.dynamics;
        for name in sections.keys() {
            if !self.population.contains_key(name) {
                return Err(Error::input(
                    format!(
                        "found neurons for the population `{name}`, which the model does not define"
                    ),
                    suggest(name, self.population.keys().map(String::as_str)),
                    "write the name of a population",
                )
                .at(format!("dynamics.spiking.{name}")));
            }
        }
        for (name, population) in &self.population {
            let key = format!("dynamics.spiking.{name}");
            let section = sections.get(name).ok_or_else(|| {
                Error::input(
                    format!("found no neurons for population {name}"),
                    "every population of a spiking network has a section",
                    format!("add [dynamics.spiking.{name}] with tau_m, theta, v_reset and t_ref"),
                )
                .at(format!("population.{name}"))
            })?;
            section.check(population.size).map_err(|e| e.within(&key))?;
        }
        self.check_sources()?;
        let populations: Vec<(&str, bool)> =
            sections.iter().map(|(name, s)| (name.as_str(), s.is_driven())).collect();
        let patterns: Vec<(&str, usize)> =
            self.patterns.iter().map(|(name, p)| (name.as_str(), p.number())).collect();
        let stage = Stage { populations: &populations, patterns: &patterns };
        if self.protocol.is_empty() && self.task.is_none() {
            return Err(Error::input(
                "found no epoch",
                "a protocol has at least one",
                "add [[protocol]] with name = \"rest\" and duration = \"1 s\"",
            )
            .at("protocol"));
        }
        protocol::check(&self.protocol, stage)?;
        self.task.iter().try_for_each(|task| task.check(stage))?;
        self.check_replaced()?;
        self.check_interval()?;
        let populations: Vec<(&str, bool)> =
            self.population.keys().map(|n| (n.as_str(), self.patterns.contains_key(n))).collect();
        let epochs: Vec<&str> = self.protocol.iter().map(|e| e.name.as_str()).collect();
        let task = self.task.as_ref().map(|Task::DelayedMatch(task)| task);
        self.expect.check(&populations, &epochs, task).map_err(|e| e.within("expect"))
    }

    /// Refuses to replace more of a foreground than there is background.
    fn check_replaced(&self) -> Result<()> {
        let check = |population: Option<&str>, share: f64, key: String| {
            let source = match population {
                Some(name) => self.patterns.get(name),
                None => self.patterns.values().next(),
            };
            let a = source.map_or(0.0, PatternSource::coding_level);
            if share * a <= 1.0 - a {
                return Ok(());
            }
            Err(Error::input(
                format!("found that {share} of the foreground is to be replaced"),
                format!("the background is {:.3} times as large as the foreground", (1.0 - a) / a),
                "make it smaller, or leave neurons out",
            )
            .at(key))
        };
        for (k, epoch) in self.protocol.iter().enumerate() {
            for (s, stimulus) in epoch.show.iter().enumerate() {
                let key = format!("protocol[{k}].show[{s}].replaced");
                check(stimulus.population.as_deref(), stimulus.replaced.unwrap_or(0.0), key)?;
            }
        }
        let Some(Task::DelayedMatch(task)) = &self.task else { return Ok(()) };
        for (name, shown) in [("sample", &task.sample), ("test", &task.test)] {
            for &share in shown.replaced.iter().flat_map(|levels| &levels.0) {
                let key = format!("task.delayed_match.{name}.replaced");
                check(task.population.as_deref(), share, key)?;
            }
        }
        Ok(())
    }

    /// Refuses a sampling interval longer than what is sampled.
    fn check_interval(&self) -> Result<()> {
        let interval = self.record.interval;
        interval.positive("a sampling interval").map_err(|e| e.at("record.interval"))?;
        let task =
            self.task.as_ref().map(|Task::DelayedMatch(task)| ("a trial", task.trial_duration()));
        let protocol = (!self.protocol.is_empty()).then(|| ("the protocol", self.lead()));
        for (what, duration) in protocol.into_iter().chain(task) {
            if interval.value() > duration {
                return Err(Error::input(
                    format!("found a sampling interval of {interval}"),
                    format!("{what} lasts {duration} ms"),
                    "write for example interval = \"10 ms\"",
                )
                .at("record.interval"));
            }
        }
        Ok(())
    }

    /// Refuses what would act on a population of spike sources.
    fn check_sources(&self) -> Result<()> {
        let DynamicsSection::Spiking(sections) = &self.dynamics;
        let is_source = |name: &str| sections.get(name).is_some_and(|s| s.source().is_some());
        let refuse = |what: &str, name: &str, remedy: &str| {
            Error::input(
                format!("found {what} {name}, whose spikes are given"),
                "nothing acts on a population of spike sources",
                remedy,
            )
        };
        for (name, projection) in &self.projection {
            if is_source(&projection.to) {
                return Err(refuse("synapses onto", &projection.to, "let it only send")
                    .at(format!("projection.{name}.to")));
            }
        }
        for (k, epoch) in self.protocol.iter().enumerate() {
            for (s, stimulus) in epoch.show.iter().enumerate() {
                let key = format!("protocol[{k}].show[{s}]");
                // A stimulus without a clear target is refused with the protocol.
                let Ok(target) = stimulus.target(self.patterns.keys().map(String::as_str)) else {
                    continue;
                };
                if is_source(target) {
                    let remedy = "show it to neurons, or write it into the spikes";
                    return Err(refuse("a stimulus to", target, remedy).at(key));
                }
            }
        }
        let Some(Task::DelayedMatch(task)) = &self.task else { return Ok(()) };
        let holder = task.population.as_deref().or(self.patterns.keys().next().map(String::as_str));
        let reset = task.reset.as_ref().map(|reset| reset.population.as_str());
        for (key, target) in [("population", holder), ("reset.population", reset)] {
            if let Some(target) = target.filter(|name| is_source(name)) {
                return Err(refuse(
                    "a task that shows patterns to",
                    target,
                    "show them to neurons",
                )
                .at(format!("task.delayed_match.{key}")));
            }
        }
        Ok(())
    }

    /// Names become parts of paths and keys.
    fn check_names(&self) -> Result<()> {
        let populations = self.population.keys().map(|n| ("population", n));
        let projections = self.projection.keys().map(|n| ("projection", n));
        for (kind, name) in populations.chain(projections) {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if name.is_empty() || !name.chars().all(plain) {
                return Err(Error::input(
                    format!("found a {kind} called \"{name}\""),
                    "a name consists of letters, digits, _ and -",
                    "rename it",
                )
                .at(kind));
            }
        }
        Ok(())
    }

    /// The network before any random choice.
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            populations: &self.population,
            patterns: &self.patterns,
            projections: &self.projection,
        }
    }

    /// The stored patterns.
    pub fn draw_patterns(&self) -> IndexMap<String, Patterns> {
        self.plan().draw_patterns(Seed(self.seed))
    }

    /// The network down to its synapses.
    ///
    /// # Errors
    /// If the drawn efficacies break Dale's law.
    pub fn wire(&self, patterns: &IndexMap<String, Patterns>) -> Result<Network> {
        self.plan().wire(patterns, Seed(self.seed))
    }

    /// The spikes that the model lists or names files of, by population; relative names start from `folder`.
    ///
    /// # Errors
    /// At the key of a file that cannot be read, or that holds what is no spike of the population.
    pub fn read_trains(&self, folder: &Path) -> Result<IndexMap<String, Arrivals>> {
        let DynamicsSection::Spiking(sections) = &self.dynamics;
        let mut trains = IndexMap::new();
        for (name, section) in sections {
            let size = self.population[name].size;
            if let Some(read) = section
                .read_trains(name, size, folder)
                .map_err(|e| e.within(&format!("dynamics.spiking.{name}")))?
            {
                trains.insert(name.clone(), read);
            }
        }
        Ok(trains)
    }

    /// The model as TOML, with every default in place; it reads back as the same model.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a model is plain data with string keys")
    }

    /// Memory that the model takes while it runs, in bytes; an estimate to some 20 %, above some 20 MB.
    pub fn memory(&self) -> f64 {
        let plan = self.plan();
        let synapses: f64 = self
            .projection
            .values()
            .filter_map(|p| plan.expectation(p).ok())
            .map(|expected| expected.bytes)
            .sum();
        let neurons: f64 = self.population.values().map(|p| p.size as f64).sum();
        // Bits, lists of the foreground by pattern and by neuron, rows as they are written, buffered overlaps.
        let patterns: f64 = self
            .patterns
            .iter()
            .map(|(name, source)| {
                let number = source.number() as f64;
                let size = self.population.get(name).map_or(0, |p| p.size) as f64;
                number * size * (2.125 + 8.0 * source.coding_level()) + number * 64.0 * 16.0
            })
            .sum();
        20e6 + synapses + neurons * 200.0 + patterns + self.memory_of_trials(neurons)
    }

    /// What independent trials add: their protocol, and those that are under way or wait to be written (16 on a machine
    /// with 8 threads), with some 10 spikes per neuron and second (and 1000 external ones, if they are recorded) of each.
    fn memory_of_trials(&self, neurons: f64) -> f64 {
        let Some(Task::DelayedMatch(task)) = &self.task else { return 0.0 };
        let rate = if self.record.input { 1010.0 } else { 10.0 };
        let spikes = neurons * rate * task.trial_duration() / 1000.0;
        let under_way = task.trials.min(16) as f64;
        2000.0 * task.trials as f64 + under_way * (16.0 * spikes + 500.0 * neurons)
    }

    /// Biological time of the protocol, ms.
    pub fn lead(&self) -> f64 {
        protocol::bounds(&self.protocol).last().map_or(0.0, |b| b.1)
    }

    /// Biological time of the protocol and all trials, ms.
    pub fn duration(&self) -> f64 {
        let of_trials =
            |Task::DelayedMatch(task): &Task| task.trials as f64 * task.trial_duration();
        self.lead() + self.task.as_ref().map_or(0.0, of_trials)
    }

    /// The trials of the task, if there is one; they follow the protocol.
    pub fn trials(&self) -> Vec<Trial> {
        let Some(Task::DelayedMatch(task)) = &self.task else { return Vec::new() };
        // The only population with patterns if the task names none.
        let named = task.population.as_ref().and_then(|name| self.patterns.get(name));
        let patterns = named.or(self.patterns.values().next()).map_or(0, PatternSource::number);
        task.draw(self.lead(), patterns, Seed(self.seed))
    }
}
