//! The loop: a protocol drives a network in motion, and a recording observes it.

mod recall;
mod states;
mod trials;

use crate::dynamics::binary::Binary;
use crate::dynamics::spiking::{Cells, Spiking};
use crate::dynamics::{Dynamics, DynamicsSection, Events};
use crate::error::{Error, Place, Result};
use crate::model::Model;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::{self, Epoch};
use crate::random::Seed;
use crate::recording::{Header, Provenance, Recorder, StatesHeader};
use crate::table::Table;
use crate::task::{self, DelayedMatch, Order, RecallTrial, Task, Trial};
use crate::units::Clock;
use indexmap::IndexMap;
use std::path::Path;
use std::sync::Arc;

/// A model that has been built and is ready to run.
pub struct Simulation<'a> {
    model: &'a Model,
    pub patterns: IndexMap<String, Patterns>,
    pub populations: Vec<Placed>,
    /// Number of synapses.
    pub synapses: usize,
    /// The trials that will run, if the model has a delayed match to sample ...
    pub trials: Vec<Trial>,
    /// ... or a recall.
    pub recall: Vec<RecallTrial>,
    /// What was found in the trials of recall that have ended.
    recalled: Option<Table>,
    /// Of a binary network.
    states: Option<StatesHeader>,
    dynamics: Box<dyn Dynamics>,
    /// What trials have cost that started from a common state.
    in_trials: Events,
}

/// What the observer of a run may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    Continue,
    /// Make what has been recorded so far survive a kill, then go on.
    Commit,
    /// Make what has been recorded so far survive, and end.
    Stop,
}

impl Wish {
    fn grant(self, recorder: &mut Recorder) -> Result<()> {
        match self {
            Self::Continue => Ok(()),
            Self::Commit => recorder.commit(),
            Self::Stop => {
                recorder.commit()?;
                Err(recorder.interrupted())
            }
        }
    }
}

impl<'a> Simulation<'a> {
    /// Draws the patterns of a checked model, reads its spikes from files and wires its network; relative names of
    /// files start from `folder`, that of the model.
    pub fn new(model: &'a Model, folder: &Path) -> Result<Self> {
        let patterns = model.draw_patterns();
        let seed = Seed(model.seed);
        let network = model.wire(&patterns)?;
        let (populations, synapses) = (network.populations.clone(), network.synapses());
        let (states, dynamics): (_, Box<dyn Dynamics>) = match &model.dynamics {
            DynamicsSection::Spiking(cells) => {
                let trains = model.read_trains(folder)?;
                let dynamics = Spiking::new(network, cells, &trains, seed);
                (None, Box::new(dynamics))
            }
            DynamicsSection::Binary(law) => {
                let states = StatesHeader {
                    states: model.record.states,
                    without_energy: network.without_energy().map(str::to_owned),
                };
                let dynamics = Binary::new(Arc::new(network), law, seed);
                (Some(states), Box::new(dynamics))
            }
        };
        Ok(Self {
            model,
            patterns,
            populations,
            synapses,
            trials: model.trials(),
            recall: model.recall_trials(),
            recalled: None,
            states,
            dynamics,
            in_trials: Events::default(),
        })
    }

    /// Leaves all trials out but number `number`, from 1.
    ///
    /// # Errors
    /// If there is no such trial, or if it depends on those before.
    pub fn keep_trial(&mut self, number: usize) -> Result<()> {
        let refuse = |found: String, allowed: &str, remedy: &str| {
            Err(Error::input(found, allowed, remedy)
                .placed(Place::Argument(format!("--trial {number}"))))
        };
        let all = self.trials.len() + self.recall.len();
        if self.model.task.is_none() {
            let found = "found a model without a task".to_owned();
            return refuse(found, "only a task has trials", "leave --trial out");
        }
        if !(1..=all).contains(&number) {
            let found = format!("found that the model has {all} trials");
            let remedy = format!("choose one from 1 to {all}");
            return refuse(found, "trials are numbered from 1", &remedy);
        }
        if self.task().is_some_and(|task| task.order == Order::InSequence) {
            let found = "found trials in sequence".to_owned();
            let allowed = "such a trial depends on those before it";
            return refuse(found, allowed, "run them all, or write order = \"independent\"");
        }
        self.trials.retain(|trial| trial.number == number);
        self.recall.retain(|trial| trial.number == number);
        Ok(())
    }

    fn task(&self) -> Option<&'a DelayedMatch> {
        self.model.task.as_ref().and_then(Task::delayed_match)
    }

    /// Time of the protocol and the trials, ms or sweeps.
    pub fn duration(&self) -> f64 {
        let each = self.model.task.as_ref().map_or(0.0, Task::trial_duration);
        self.model.lead() + (self.trials.len() + self.recall.len()) as f64 * each
    }

    /// In what time is counted.
    pub fn clock(&self) -> Clock {
        self.model.dynamics.clock()
    }

    /// What was found in the trials of recall, once they have run.
    pub fn recalled(&self) -> Option<&Table> {
        self.recalled.as_ref()
    }

    /// Starts a recording of this simulation; see [`Recorder::create`].
    pub fn recorder(&self, path: &Path, force: bool, provenance: &Provenance) -> Result<Recorder> {
        let receives = |p: &Placed| {
            let cells = self.model.dynamics.spiking().and_then(|cells| cells.get(&p.name));
            cells.is_some_and(Cells::has_external_input)
        };
        let external: Vec<bool> = match self.model.record.input {
            true => self.populations.iter().map(receives).collect(),
            false => Vec::new(),
        };
        let mut protocol = protocol::shown(&self.model.protocol, 0.0);
        if let Some(task) = self.task() {
            let shown = |trial| protocol::shown(&task.epochs(trial), trial.start);
            protocol.extend(self.trials.iter().flat_map(shown));
        }
        let trials = self.model.task.as_ref().map(|task| match task {
            Task::DelayedMatch(_) => task::to_table(&self.trials),
            Task::Recall(_) => task::recall_to_table(&self.recall),
        });
        let header = Header {
            populations: &self.populations,
            patterns: &self.patterns,
            protocol: &protocol,
            trials: trials.as_ref(),
            interval: self.model.interval(),
            external: &external,
            states: self.states.as_ref(),
            provenance,
        };
        Recorder::create(path, force, header)
    }

    /// Runs the whole protocol, then all trials. `observe` is told the biological time (ms) that has been run; it
    /// cannot change the run.
    pub fn run(
        &mut self,
        recorder: &mut Recorder,
        mut observe: impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        if self.states.is_some() {
            self.run_states(recorder, &mut observe)?;
            return self.run_recall(recorder, &mut observe);
        }
        self.dynamics.record_external(recorder.wants_external());
        self.run_epochs(&self.model.protocol, 0.0, recorder, &mut observe)?;
        let Some(task) = self.task() else { return Ok(()) };
        match task.order {
            Order::Independent => self.run_independent(task, recorder, &mut observe),
            Order::InSequence => {
                for trial in std::mem::take(&mut self.trials) {
                    recorder.begin(trial.start);
                    self.run_epochs(&task.epochs(&trial), trial.start, recorder, &mut observe)?;
                    recorder.end_trial()?;
                }
                Ok(())
            }
        }
    }

    /// Runs epochs of which the first begins now, at `start`.
    fn run_epochs(
        &mut self,
        epochs: &[Epoch],
        start: f64,
        recorder: &mut Recorder,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<()> {
        for (epoch, (_, end)) in epochs.iter().zip(protocol::bounds(epochs)) {
            let seed = Seed(self.model.seed);
            let field = protocol::field(epoch, &self.populations, &self.patterns, seed)?;
            self.dynamics.drive(&field);
            while self.dynamics.time() < start + end {
                self.dynamics.advance((start + end).min(recorder.next_sample()))?;
                if let Some(input) = self.dynamics.external_input() {
                    recorder.observe_external(input.recorded())?;
                }
                recorder.observe(self.dynamics.observable().spikes(), self.dynamics.time())?;
                observe(self.dynamics.time()).grant(recorder)?;
            }
        }
        Ok(())
    }

    /// What the run has cost so far.
    pub fn events(&self) -> Events {
        self.dynamics.events() + self.in_trials
    }
}
