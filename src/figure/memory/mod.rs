//! Pictures of the memories of a recorded binary network.
//!
//! What happened is read from the recording, and couplings are learned anew from the model in it.

mod couplings;
mod energy;
mod landscape;
mod recall;
mod spurious;
#[cfg(test)]
mod tests;

use crate::analysis::RecallTrials;
use crate::dynamics::binary::{Binary, Law};
use crate::dynamics::{Dynamics, Given, ObservableKind, Section, Trains, put};
use crate::error::{Error, Result, counted};
use crate::model::Model;
use crate::pattern::{PatternSource, Patterns};
use crate::plot::memory::{Appearance, Shape};
use crate::protocol::EpochShown;
use crate::random::Seed;
use crate::recording::Recording;
use crate::report::model_of;
use crate::task::{RecallTrial, Task};
use std::ops::Range;
use std::sync::Arc;

/// A recorded network of states, two or graded, and its memories.
pub struct Memories<'a> {
    recording: &'a Recording,
    model: Model,
    /// Of a binary network.
    law: Option<Law>,
    /// The population that holds the memories, and its neurons in the numbering of the network.
    holder: String,
    neurons: Range<usize>,
    source: PatternSource,
    patterns: Patterns,
    protocol: Vec<EpochShown>,
}

impl<'a> Memories<'a> {
    /// # Errors
    /// If the recording is not of a network of states with patterns, or is damaged.
    pub fn of(recording: &'a Recording) -> Result<Self> {
        let model = model_of(&recording.provenance()?, recording.path())?;
        let refuse = |found: &str| {
            let remedy = "leave --as out for the figure of spikes or states";
            Err(Error::file(recording.path(), found, remedy))
        };
        if recording.observable() == ObservableKind::Spikes {
            return refuse("found a recording of spiking neurons, not of a binary network");
        }
        let law = model.dynamics.law().cloned();
        let names: Vec<&str> = model.patterns.keys().map(String::as_str).collect();
        let recall = model.task.as_ref().and_then(Task::recall);
        let holder =
            match recall.and_then(|recall| recall.holder(&names).ok()).or(names.first().copied()) {
                Some(holder) => holder.to_owned(),
                None => return refuse("found a network without patterns"),
            };
        let (mut start, mut neurons) = (0, 0..0);
        for (name, population) in &model.population {
            if *name == holder {
                neurons = start..start + population.size;
            }
            start += population.size;
        }
        let Some(patterns) = recording.patterns(&holder)?.filter(|p| p.number() > 0) else {
            return refuse("found a recording without patterns");
        };
        let source = model.patterns[&holder].clone();
        let protocol = recording.protocol()?;
        Ok(Self { recording, law, holder, neurons, source, patterns, protocol, model })
    }

    fn trials(&self) -> Result<Vec<RecallTrial>> {
        Ok(self.recording.recall_trials()?.unwrap_or_default())
    }

    /// What was found in the trials that have ended.
    fn results(&self) -> Result<Option<RecallTrials>> {
        RecallTrials::of(self.recording, self.model.task.as_ref())
    }

    fn title(&self, what: &str) -> String {
        match what {
            "" => self.model.title.trim().to_owned(),
            what => format!("{what} · {}", self.model.title.trim()),
        }
    }

    /// What pattern `mu` is called.
    fn name(&self, mu: usize) -> String {
        let name = self.patterns.names().get(mu).cloned();
        name.unwrap_or_else(|| format!("pattern {}", mu + 1))
    }

    fn shape(&self) -> Shape {
        match self.patterns.shape() {
            Some(shape) => Shape::Grid { columns: shape.columns, rows: shape.rows },
            None => Shape::Free,
        }
    }

    /// The picture of a state of the population, from -1 to 1, or its letters.
    fn appearance(&self, state: &[f64]) -> Appearance {
        let active: Vec<bool> = state.iter().map(|&x| x > 0.0).collect();
        match self.source.text(&active) {
            Some(word) => Appearance::Word(word),
            None => Appearance::Neurons(state.to_vec()),
        }
    }

    /// Likewise of two states.
    fn appearance_of(&self, active: &[bool]) -> Appearance {
        let sign = |&active: &bool| if active { 1.0 } else { -1.0 };
        self.appearance(&active.iter().map(sign).collect::<Vec<f64>>())
    }

    fn pattern(&self, mu: usize) -> Appearance {
        self.appearance_of(&self.patterns.state(mu))
    }

    /// The patterns that the protocol or the trials show, in this order, then the others.
    fn by_appearance(&self) -> Result<Vec<usize>> {
        let trials = self.trials()?;
        let shown = self.protocol.iter().flat_map(|epoch| &epoch.show).filter_map(|s| s.pattern);
        let shown = shown.map(|mu| mu - 1).chain(trials.iter().map(|t| t.pattern));
        let mut order = Vec::new();
        for mu in shown.chain(0..self.patterns.number()) {
            if mu < self.patterns.number() && !order.contains(&mu) {
                order.push(mu);
            }
        }
        Ok(order)
    }

    /// The network, learned anew, as it stands before anything is shown.
    fn network(&self) -> Result<Box<dyn Dynamics>> {
        let (patterns, trains) = (self.model.draw_patterns(), Trains::new());
        let coupled = self.model.wire(&patterns)?;
        let given = Given { patterns: &patterns, trains: &trains };
        Ok(self.model.dynamics.start(coupled, given, Seed(self.model.seed)))
    }

    /// Likewise a binary one, whose local fields are seen, and its law.
    fn binary(&self) -> Result<(Binary, &Law)> {
        let Some(law) = &self.law else {
            return Err(Error::file(
                self.recording.path(),
                format!("found {} neurons", self.model.dynamics.nature().neurons),
                "a landscape is drawn of binary neurons; choose for example --as energy",
            ));
        };
        let coupled = self.model.wire(&self.model.draw_patterns())?;
        Ok((Binary::new(Arc::new(coupled), law, Seed(self.model.seed)), law))
    }

    /// Puts the population into a state.
    fn put(&self, network: &mut dyn Dynamics, active: &[bool]) {
        put(network, self.neurons.start, active);
    }

    /// Refuses a network without energy, and one of which the memories are only a part.
    fn check_energy(&self) -> Result<()> {
        if let Some(Err(why)) = self.recording.energy()? {
            return Err(Error::file(
                self.recording.path(),
                format!("found {why}"),
                "choose another picture, for example --as strip",
            ));
        }
        Ok(())
    }

    /// Whether the population is the whole network, so that a pattern has an energy.
    fn is_whole(&self) -> bool {
        self.model.population.len() == 1
    }

    fn without_states(&self) -> Error {
        Error::file(
            self.recording.path(),
            "found no states in the recording",
            "run the model with --set record.states=true",
        )
    }
}
