//! The loop: a protocol drives a network in motion, and a recording observes it.

use crate::dynamics::spiking::Spiking;
use crate::dynamics::{Dynamics, DynamicsSection, Events};
use crate::error::Result;
use crate::model::Model;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol;
use crate::random::Seed;
use crate::recording::{Header, Provenance, Recorder};
use indexmap::IndexMap;
use std::path::Path;

/// A model that has been built and is ready to run.
pub struct Simulation<'a> {
    model: &'a Model,
    pub patterns: IndexMap<String, Patterns>,
    pub populations: Vec<Placed>,
    /// Number of synapses.
    pub synapses: usize,
    dynamics: Box<dyn Dynamics>,
}

/// What the observer of a run may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    Continue,
    /// Make what has been recorded so far survive a kill, then go on.
    Commit,
}

impl<'a> Simulation<'a> {
    /// Draws the patterns of a checked model, reads its spikes from files and wires its network; relative names of
    /// files start from `folder`, that of the model.
    pub fn new(model: &'a Model, folder: &Path) -> Result<Self> {
        let trains = model.read_trains(folder)?;
        let patterns = model.draw_patterns();
        let network = model.wire(&patterns)?;
        let populations = network.populations.clone();
        let synapses = network.synapses();
        let DynamicsSection::Spiking(neurons) = &model.dynamics;
        let dynamics = Box::new(Spiking::new(network, neurons, &trains, Seed(model.seed)));
        Ok(Self { model, patterns, populations, synapses, dynamics })
    }

    /// Starts a recording of this simulation; see [`Recorder::create`].
    pub fn recorder(&self, path: &Path, force: bool, provenance: &Provenance) -> Result<Recorder> {
        let DynamicsSection::Spiking(sections) = &self.model.dynamics;
        let receives = |p: &Placed| sections[&p.name].has_external_input();
        let external: Vec<bool> = match self.model.record.input {
            true => self.populations.iter().map(receives).collect(),
            false => Vec::new(),
        };
        let header = Header {
            populations: &self.populations,
            patterns: &self.patterns,
            protocol: &self.model.protocol,
            interval: self.model.record.interval.value(),
            external: &external,
            provenance,
        };
        Recorder::create(path, force, header)
    }

    /// Runs the whole protocol. `observe` is told the time (ms) after every step; it cannot change the run.
    pub fn run(
        &mut self,
        recorder: &mut Recorder,
        mut observe: impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        self.dynamics.record_external(recorder.wants_external());
        let ends = protocol::bounds(&self.model.protocol);
        for (epoch, (_, end)) in self.model.protocol.iter().zip(ends) {
            let field = protocol::field(epoch, &self.populations, &self.patterns)?;
            self.dynamics.drive(&field);
            while self.dynamics.time() < end {
                self.dynamics.advance(end.min(recorder.next_sample()))?;
                recorder.observe_external(self.dynamics.external_spikes())?;
                recorder.observe(self.dynamics.spikes(), self.dynamics.time())?;
                if observe(self.dynamics.time()) == Wish::Commit {
                    recorder.commit()?;
                }
            }
        }
        Ok(())
    }

    /// What the run has cost so far.
    pub fn events(&self) -> Events {
        self.dynamics.events()
    }
}
