//! What a model must be so that it can run: what no section can see alone.

use super::Model;
use crate::analysis::Watched;
use crate::dynamics::DynamicsSection;
use crate::dynamics::ObservableKind;
use crate::dynamics::binary::Update;
use crate::dynamics::spiking::Cells;
use crate::error::{Error, Result, suggest};
use crate::pattern::PatternSource;
use crate::protocol::{self, Stage};
use crate::task::Task;
use crate::units::{Clock, Duration};
use indexmap::IndexMap;

impl Model {
    /// Refuses a model that could not run; errors carry the key, not yet the place.
    pub fn check(&self) -> Result<()> {
        self.check_names()?;
        self.plan().check(self.dynamics.clock())?;
        match &self.dynamics {
            DynamicsSection::Spiking(sections) => self.check_cells(sections)?,
            DynamicsSection::Binary(law) => law.check().map_err(|e| e.within("dynamics.binary"))?,
        }
        self.check_sources()?;
        self.check_record()?;
        let driven = |name: &str| {
            self.dynamics.spiking().and_then(|s| s.get(name)).is_some_and(Cells::is_driven)
        };
        let populations: Vec<(&str, bool, usize)> =
            self.population.iter().map(|(name, p)| (name.as_str(), driven(name), p.size)).collect();
        let patterns: Vec<(&str, usize)> =
            self.patterns.iter().map(|(name, p)| (name.as_str(), p.number())).collect();
        let clock = self.dynamics.clock();
        let stage = Stage { clock, populations: &populations, patterns: &patterns };
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
        let durations: Vec<(&str, f64)> =
            self.protocol.iter().map(|e| (e.name.as_str(), e.duration.value())).collect();
        let numbers: Vec<(&str, usize)> = self
            .population
            .keys()
            .map(|name| (name.as_str(), self.patterns.get(name).map_or(0, PatternSource::number)))
            .collect();
        let observable = match clock {
            Clock::Ms => ObservableKind::Spikes,
            Clock::Sweeps => ObservableKind::States,
        };
        let watched = Watched {
            patterns: &numbers,
            clock,
            epochs: &durations,
            interval: self.interval(),
            states: self.record.states,
        };
        self.expect
            .check(observable, &populations, &epochs, self.task.as_ref(), &watched)
            .map_err(|e| e.within("expect"))
    }

    /// Refuses what cannot be recorded of these neurons, and moments between the updates of neurons that are updated
    /// together.
    fn check_record(&self) -> Result<()> {
        let refuse = |key: &str, found: &str, allowed: &str| {
            Err(Error::input(found, allowed, "delete the line").at(format!("record.{key}")))
        };
        match &self.dynamics {
            DynamicsSection::Spiking(_) if !self.record.states => {
                refuse("states", "found `states`", "only binary neurons have states")
            }
            DynamicsSection::Binary(_) if self.record.input => {
                refuse("input", "found `input`", "binary neurons receive no external spikes")
            }
            DynamicsSection::Binary(law) if law.update == Update::Synchronous => {
                let durations = self.protocol.iter().enumerate();
                let mut times: Vec<(String, Duration)> = durations
                    .map(|(k, e)| (format!("protocol[{k}].duration"), e.duration))
                    .collect();
                times.extend(self.record.interval.map(|i| ("record.interval".to_owned(), i)));
                match times.into_iter().find(|(_, time)| time.value().fract() != 0.0) {
                    None => Ok(()),
                    Some((key, time)) => Err(Error::input(
                        format!("found {time} of neurons that are updated together"),
                        "a sweep updates them all at once",
                        "write a whole number of sweeps",
                    )
                    .at(key)),
                }
            }
            _ => Ok(()),
        }
    }

    /// Refuses cells that do not fit the populations.
    fn check_cells(&self, sections: &IndexMap<String, Cells>) -> Result<()> {
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
        Ok(())
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
        let Some(task) = self.task.as_ref().and_then(Task::delayed_match) else { return Ok(()) };
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
        let clock = self.dynamics.clock();
        if let Some(interval) = self.record.interval {
            let positive = interval.positive_on(clock, "a sampling interval");
            positive.map_err(|e| e.at("record.interval"))?;
        }
        // A trial of recall is looked at when it ends.
        let task = self.task.as_ref().and_then(Task::delayed_match);
        let task = task.map(|task| ("a trial", task.trial_duration()));
        let protocol = (!self.protocol.is_empty()).then(|| ("the protocol", self.lead()));
        for (what, duration) in protocol.into_iter().chain(task) {
            if self.interval() > duration {
                let unit = clock.unit();
                let example = if clock == Clock::Ms { "10 ms" } else { "1 sweep" };
                return Err(Error::input(
                    format!("found a sampling interval of {} {unit}", self.interval()),
                    format!("{what} lasts {duration} {unit}"),
                    format!("write for example interval = \"{example}\""),
                )
                .at("record.interval"));
            }
        }
        Ok(())
    }

    /// Refuses what would act on a population of spike sources.
    fn check_sources(&self) -> Result<()> {
        let Some(sections) = self.dynamics.spiking() else { return Ok(()) };
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
        let Some(task) = self.task.as_ref().and_then(Task::delayed_match) else { return Ok(()) };
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
}
