//! What a model must be so that it can run: what no section can see alone.

mod number;
mod record;

use super::Model;
use crate::analysis::{MOST_CITIES, Watched};
use crate::dynamics::{ObservableKind, Section};
use crate::error::{Error, Result, counted};
use crate::network::{Efficacy, Tour};
use crate::pattern::PatternSource;
use crate::protocol::{self, Stage};
use crate::space::Space;
use crate::task::Task;
use crate::units::Duration;

impl Model {
    /// Refuses a model that could not run.
    ///
    /// # Errors
    /// The first mistake, with its key, and not yet its place.
    pub fn check(&self) -> Result<()> {
        self.check_names()?;
        self.plan().check()?;
        self.dynamics.check(&self.population)?;
        self.check_numbers()?;
        self.check_delays()?;
        self.check_memories()?;
        self.check_sources()?;
        self.check_record()?;
        let inputs = self.dynamics.inputs();
        let driven = |name: &str| inputs.is_some_and(|inputs| inputs.has_poisson(name));
        let populations: Vec<(&str, bool, usize)> =
            self.population.iter().map(|(name, p)| (name.as_str(), driven(name), p.size)).collect();
        let patterns: Vec<(&str, usize)> =
            self.patterns.iter().map(|(name, p)| (name.as_str(), p.number())).collect();
        let nature = self.dynamics.nature();
        let places =
            |name: &String| matches!(self.patterns.get(name), Some(PatternSource::Places(_)));
        let spaces: Vec<(&str, Space, bool)> = self
            .population
            .iter()
            .filter_map(|(name, p)| Some((name.as_str(), p.space?, places(name))))
            .collect();
        let stage =
            Stage { nature, populations: &populations, patterns: &patterns, spaces: &spaces };
        if self.protocol.is_empty() && self.task.is_none() {
            return Err(Error::input(
                "found no epoch",
                "a protocol has at least one",
                "add [[protocol]] with name = \"rest\" and duration = \"1 s\"",
            )
            .at("protocol"));
        }
        protocol::check(&self.protocol, stage)?;
        let learns = self.projection.values().any(|projection| projection.plasticity.is_some());
        if let Some(k) = self.protocol.iter().position(|epoch| !epoch.plasticity && !learns) {
            return Err(Error::input(
                "found `plasticity`, and no projection that has some",
                "an epoch can hold efficacies that change otherwise",
                "delete the line, or give a projection plasticity",
            )
            .at(format!("protocol[{k}].plasticity")));
        }
        self.task.iter().try_for_each(|task| task.check(stage))?;
        self.check_courses().map_err(|e| e.within("record.courses"))?;
        self.check_graded()?;
        self.check_tour()?;
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
        let sizes: Vec<(&str, usize)> =
            self.population.iter().map(|(name, p)| (name.as_str(), p.size)).collect();
        let watched = Watched {
            patterns: &numbers,
            sizes: &sizes,
            clock: nature.clock,
            epochs: &durations,
            interval: self.interval(),
            states: self.record.states,
        };
        self.expect
            .check(
                nature.observable,
                &populations,
                &epochs,
                self.task.as_ref(),
                &watched,
                &protocol::shown(&self.protocol, 0.0),
            )
            .map_err(|e| e.within("expect"))
    }

    /// Refuses delays in sweeps where states do not wait for one another, and trials that put a network into a state
    /// but not into its past.
    fn check_delays(&self) -> Result<()> {
        let Some((name, projection)) = self.projection.iter().find(|(_, p)| p.sweeps() > 0) else {
            return Ok(());
        };
        let key = format!("projection.{name}.delay");
        let sweeps = projection.sweeps();
        let found = format!("found a delay of {}", Duration::sweeps(sweeps as f64));
        let nature = self.dynamics.nature();
        if !nature.whole_sweeps || nature.observable != ObservableKind::States {
            return Err(Error::input(
                found,
                "states arrive after whole sweeps between binary neurons that are updated together",
                "write update = \"synchronous\" in [dynamics.binary], or delete the line",
            )
            .at(key));
        }
        if self.task.as_ref().is_some_and(|task| task.recall().is_some()) {
            return Err(Error::input(
                format!("{found} and trials of recall"),
                "a trial begins in a state, but what follows depends on those before it too",
                "clamp a pattern in the protocol for longer than the delay, and delete the task",
            )
            .at(key));
        }
        Ok(())
    }

    /// Refuses a task of a travelling salesman without cities, or whose end nobody sees.
    fn check_tour(&self) -> Result<()> {
        if self.task.as_ref().and_then(Task::tour).is_none() {
            return Ok(());
        }
        let refuse = |found: String, allowed: &str, remedy: &str, key: &str| {
            Err(Error::input(found, allowed, remedy).at(key))
        };
        let given = self.projection.values().filter_map(|p| p.efficacy.as_ref());
        let tours: Vec<&Tour> = given.filter_map(Efficacy::tour).collect();
        let [tour] = tours[..] else {
            return refuse(
                format!("found tours in {}", counted(tours.len(), "projection")),
                "the salesman of a task travels among the cities of one projection",
                "give one projection efficacy = { tour = { cities = { random = 5 }, distance = 0.3 } }",
                "task.tour",
            );
        };
        let number = tour.cities.number();
        if number > MOST_CITIES {
            let found = format!("found {number} cities");
            let allowed = format!("the shortest tour is searched among at most {MOST_CITIES}");
            let remedy = "leave some out, or delete the task and show a [[protocol]]";
            return refuse(found, &allowed, remedy, "task.tour");
        }
        if !self.record.states {
            return refuse(
                "found `states = false` beside tours".to_owned(),
                "a tour is told from the activity of every neuron",
                "delete the line",
                "record.states",
            );
        }
        Ok(())
    }

    /// Refuses graded patterns where activity is not graded, and to put neurons into them.
    fn check_graded(&self) -> Result<()> {
        let graded = |name: &str| self.patterns.get(name).is_some_and(PatternSource::is_graded);
        let Some(name) = self.patterns.keys().find(|name| graded(name)) else { return Ok(()) };
        let nature = self.dynamics.nature();
        if nature.observable != ObservableKind::Graded {
            return Err(Error::input(
                format!("found graded patterns of {} neurons", nature.neurons),
                "neurons keep graded patterns whose activity is graded",
                "write other patterns, or the dynamics of rates",
            )
            .at(format!("patterns.{name}")));
        }
        let currents = "the values of a graded pattern are currents";
        for (k, epoch) in self.protocol.iter().enumerate() {
            for (s, stimulus) in epoch.show.iter().enumerate() {
                let target = stimulus.target(self.patterns.keys().map(String::as_str))?;
                if stimulus.pattern.is_none() || !graded(target) {
                    continue;
                }
                let of_states = [
                    ("state", stimulus.state.is_some()),
                    ("flipped", stimulus.flipped.is_some()),
                    ("occluded", stimulus.occluded.is_some()),
                    ("noise", stimulus.noise.is_some()),
                ];
                if let Some((name, _)) = of_states.into_iter().find(|(_, given)| *given) {
                    let found = format!("found `{name}` of a graded pattern");
                    return Err(Error::input(found, currents, "write field = 1.0 alone")
                        .at(format!("protocol[{k}].show[{s}].{name}")));
                }
            }
        }
        match &self.task {
            Some(Task::Recall(_)) => Err(Error::input(
                "found recall from graded patterns",
                currents,
                "show them in the protocol with field = 1.0",
            )
            .at("task.recall")),
            _ => Ok(()),
        }
    }

    /// Refuses synapses where the patterns themselves act on the neurons, and neurons without patterns then.
    fn check_memories(&self) -> Result<()> {
        if self.dynamics.has_synapses() {
            return Ok(());
        }
        let neurons = self.dynamics.nature().neurons;
        if let Some(name) = self.projection.keys().next() {
            return Err(Error::input(
                format!("found synapses between {neurons} neurons"),
                "their state is compared with the stored patterns themselves",
                "delete the section",
            )
            .at(format!("projection.{name}")));
        }
        if self.population.len() != 1 {
            return Err(Error::input(
                format!("found {} populations of {neurons} neurons", self.population.len()),
                "one population holds the patterns with which its state is compared",
                "keep the one that has patterns",
            )
            .at("population"));
        }
        if self.patterns.values().all(|source| source.number() == 0) {
            return Err(Error::input(
                format!("found no patterns for {neurons} neurons"),
                "their state is compared with the stored patterns",
                "add a section [patterns.NAME] with the name of the population",
            )
            .at("patterns"));
        }
        match self.patterns.iter().find(|(_, source)| source.is_graded()) {
            None => Ok(()),
            Some((name, _)) => Err(Error::input(
                format!("found graded patterns of {neurons} neurons"),
                "their memories are of -1 and 1",
                "write other patterns, for example [patterns.NAME.random]",
            )
            .at(format!("patterns.{name}"))),
        }
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
        let clock = self.dynamics.nature().clock;
        if let Some(interval) = self.record.interval {
            let positive = interval.positive_on(clock, "a sampling interval");
            positive.map_err(|e| e.at("record.interval"))?;
        }
        // A trial of recall is looked at when it ends.
        let task = self.task.as_ref().and_then(Task::delayed_match);
        let task = task.map(|task| ("a trial", task.shortest_trial()));
        let protocol = (!self.protocol.is_empty()).then(|| ("the protocol", self.lead()));
        for (what, duration) in protocol.into_iter().chain(task) {
            if self.interval() > duration {
                let unit = clock.unit();
                let example = clock.interval();
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
        let Some(inputs) = self.dynamics.inputs() else { return Ok(()) };
        let is_source = |name: &str| inputs.is_source(name);
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
                if !is_source(target) {
                    continue;
                }
                if !inputs.has_poisson(target) {
                    let remedy = "show it to neurons, or write it into the spikes";
                    return Err(refuse("a stimulus to", target, remedy).at(key));
                }
                if stimulus.current.is_some() {
                    return Err(Error::input(
                        format!("found a current into {target}, which are sources"),
                        "a stimulus to Poisson sources adds to their rate",
                        "write for example poisson = \"40 Hz\"",
                    )
                    .at(format!("{key}.current")));
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
