//! The loop: a protocol drives a network in motion, and a recording observes it.

mod branch;
mod course;
mod drawn;
mod follow;
mod learned;
mod live;
mod log;
mod pace;
mod rehearsal;
mod resume;
mod stretches;
#[cfg(test)]
mod tests;
mod trials;

pub use drawn::{drawn_courses, epochs_shown};
pub use follow::{dismiss, follow};
pub(crate) use learned::are_held;
pub use pace::Pace;
pub(crate) use stretches::{probed, stretches};

use crate::dynamics::{Dynamics, Events, Given, Nature, ObservableKind, Section};
use crate::error::{Error, Kind, Place, Result};
use crate::model::{Model, Record};
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::Chance;
use crate::random::Seed;
use crate::recording::{Ended, Header, Probe, Probed, Provenance, Recorder, Recording, Sink};
use crate::tape::{Tape, on_tape};
use crate::task::{Episode, Setting, Trials};
use crate::work::{Over, Threads};
use branch::Past;
use course::Reached;
use indexmap::IndexMap;
use live::Live;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A model that has been built and is ready to run.
pub struct Simulation {
    model: Arc<Model>,
    threads: Threads,
    /// By population.
    pub patterns: IndexMap<String, Patterns>,
    /// In the numbering of the network.
    pub populations: Vec<Placed>,
    /// Number of synapses.
    pub synapses: usize,
    own: Range<usize>,
    without_energy: Option<String>,
    /// Those that will run, if the model has a task.
    trials: Option<Trials>,
    dynamics: Box<dyn Dynamics>,
    /// What trials have cost that started from a common state.
    in_trials: Events,
    over: Over,
    /// Where relative names of files start.
    folder: PathBuf,
    /// The only trial that is run, from 1, or 0 for all.
    only: u64,
    /// Where it goes on, if it does not start.
    from: Option<Position>,
    /// The time from which it is recorded.
    beginning: f64,
    /// What it branches off from, until it has begun.
    past: Option<Past>,
    /// The seed of random input after that, if it is not that of the model.
    future: Option<Seed>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Position {
    /// Trials that have ended, or none while the protocol before them runs.
    trial: Option<usize>,
    /// In the protocol, or in the trial that runs.
    reached: Reached,
}

on_tape!(Position { trial, reached });

/// What the observer of a run may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    Continue,
    /// Make what has been recorded so far survive a kill, and the state from which the run can go on; then go on.
    Commit,
    /// Make both survive, and end.
    Stop,
}

impl Wish {
    /// Does it; `state` passes the state of the run.
    fn grant(self, recorder: &mut Recorder, state: impl FnOnce(&mut Tape)) -> Result<()> {
        match self {
            Self::Continue => Ok(()),
            Self::Commit => recorder.save(state),
            Self::Stop => {
                recorder.save(state)?;
                Err(recorder.interrupted())
            }
        }
    }
}

impl Simulation {
    /// Draws the patterns of a checked model, reads its spikes from files and wires its network; relative names of
    /// files start from `folder`, that of the model.
    ///
    /// # Errors
    /// If a file cannot be read, or the network cannot be wired.
    pub fn new(model: impl Into<Arc<Model>>, folder: &Path, threads: &Threads) -> Result<Self> {
        let model = model.into();
        let threads = threads.for_workers(Self::workers(&model, threads));
        let _turn = threads.ranks().order(|| follow::build(&model, folder, threads.workers()));
        Self::build(Ok(model), folder, &threads)
    }

    /// What all ranks do together that share a model.
    fn build(model: Result<Arc<Model>>, folder: &Path, threads: &Threads) -> Result<Self> {
        let (threads, ranks) = (threads.clone(), threads.ranks());
        let model = ranks.agree(model)?;
        let (patterns, trains) = (model.draw_patterns(), ranks.agree(model.read_trains(folder))?);
        let network = threads.with(|| model.wire_on(&patterns, ranks))?;
        let (populations, own) = (network.populations.clone(), network.own.clone());
        let synapses = ranks.sum(network.synapses() as u64) as usize;
        let without_energy = network.without_energy().map(str::to_owned);
        let given = Given { patterns: &patterns, trains: &trains };
        let dynamics = threads.with(|| model.dynamics.start(network, given, Seed(model.seed)));
        let (trials, in_trials, over) = (model.trials(), Events::default(), Over::default());
        Ok(Self {
            model,
            threads,
            patterns,
            populations,
            synapses,
            own,
            without_energy,
            trials,
            dynamics,
            in_trials,
            over,
            folder: folder.to_owned(),
            only: 0,
            from: None,
            beginning: 0.0,
            past: None,
            future: None,
        })
    }

    /// Listens to `over` from now on: once it is set, the run ends within a moment, wherever it is, and what was recorded
    /// up to the last look is whole. Who can wait for the next look had better wish to [stop](Wish::Stop).
    pub fn heed(&mut self, over: &Over) {
        self.over = over.clone();
        self.dynamics.heed(over);
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
        let (Some(task), Some(trials)) = (&self.model.task, &mut self.trials) else {
            let found = "found a model without a task".to_owned();
            return refuse(found, "only a task has trials", "leave --trial out");
        };
        let all = trials.number();
        if !(1..=all).contains(&number) {
            let found = format!("found a model with {all} trials");
            let remedy = format!("choose one from 1 to {all}");
            return refuse(found, "trials are numbered from 1", &remedy);
        }
        if task.in_sequence() {
            let found = "found trials in sequence".to_owned();
            let allowed = "such a trial depends on those before it";
            return refuse(found, allowed, "run them all, or write order = \"independent\"");
        }
        trials.keep(number);
        self.only = number as u64;
        Ok(())
    }

    /// What its dynamics are.
    pub fn nature(&self) -> Nature {
        self.model.dynamics.nature()
    }

    /// How many threads it may use.
    pub fn threads(&self) -> usize {
        self.threads.number()
    }

    /// When every trial ends in the time of the run, in which trials that were left out take none.
    pub fn ends_of_trials(&self) -> Vec<f64> {
        let Some(trials) = self.trials.as_ref().filter(|trials| trials.number() > 0) else {
            return Vec::new();
        };
        let left_out = trials.place(0).1.start - self.model.lead();
        (0..trials.number()).map(|k| trials.place(k).1.end - left_out).collect()
    }

    /// Time of the protocol and the trials, ms or sweeps.
    pub fn duration(&self) -> f64 {
        self.ends_of_trials().last().copied().unwrap_or_else(|| self.model.lead())
    }

    /// Starts a recording of this simulation.
    ///
    /// # Errors
    /// Those of [`Recorder::create`].
    pub fn recorder(&self, sink: Sink, provenance: &Provenance) -> Result<Recorder> {
        let mut recorder = self.header(provenance, |header| Recorder::create(sink, header))?;
        self.courses()?.map_or(Ok(()), |courses| recorder.write_courses(&courses))?;
        if let Sink::File { force, .. } = sink {
            recorder.own(self.owner(provenance, force)?);
        }
        Ok(recorder)
    }

    /// What `make` makes of all that a recording of this simulation must know before.
    fn header<T>(
        &self,
        provenance: &Provenance,
        make: impl FnOnce(Header) -> Result<T>,
    ) -> Result<T> {
        let (model, nature) = (&*self.model, self.nature());
        let inputs = model.dynamics.inputs().filter(|_| model.record.input);
        let external: Vec<bool> = inputs.map_or(Vec::new(), |inputs| {
            self.populations.iter().map(|p| inputs.has_any(&p.name)).collect()
        });
        let trials = self.trials.as_ref();
        let protocol = epochs_shown(model, trials, self.beginning);
        let trials = trials.map(Trials::table);
        let levels: Vec<[f64; 2]> =
            self.populations.iter().map(|p| model.dynamics.levels(&p.name)).collect();
        let energy = self.dynamics.observable().energy();
        let none = energy.is_none().then_some("no energy: none is defined for this dynamics");
        let header = Header {
            populations: &self.populations,
            patterns: &self.patterns,
            protocol: &protocol,
            trials: trials.as_ref(),
            interval: model.interval(),
            external: &external,
            probes: &self.probed(),
            efficacies: &self.learned(),
            observable: nature.observable,
            levels: &levels,
            clock: nature.clock,
            states: model.record.states,
            without_energy: self.without_energy.as_deref().or(none),
            relaxes: self.trials.as_ref().is_some_and(Trials::end_at_rest),
            provenance,
        };
        make(header)
    }

    /// Whose membrane potentials, or whose activity, are recorded.
    fn probed(&self) -> Vec<Probed> {
        let probed = |probe: &Probe| {
            let placed = self.populations.iter().find(|p| p.name == probe.population)?;
            let (first, neurons) = (placed.neurons.start, probe.neurons.0.clone());
            let cell = |n: usize| self.dynamics.membranes()?.cell(first + n);
            let cells = neurons.clone().filter_map(cell).collect();
            let (population, every) = (probe.population.clone(), probe.every.value());
            Some(Probed { population, neurons, first, every, cells })
        };
        let Record { v, activity, .. } = &self.model.record;
        v.0.iter().chain(&activity.0).filter_map(probed).collect()
    }

    /// Runs the whole protocol, then all trials. `observe` is told the time (ms or sweeps) that has been run; it cannot
    /// change the run.
    ///
    /// # Errors
    /// If the activity diverges, the recording cannot be written, or `observe` wishes to stop.
    pub fn run(
        &mut self,
        recorder: &mut Recorder,
        mut observe: impl FnMut(f64) -> Wish + Send,
    ) -> Result<()> {
        let threads = self.threads.clone();
        threads.with(|| self.run_here(recorder, &mut observe))
    }

    fn run_here(
        &mut self,
        recorder: &mut Recorder,
        observe: &mut (impl FnMut(f64) -> Wish + Send),
    ) -> Result<()> {
        self.run_past(recorder, observe)?;
        self.dynamics.record_external(recorder.wants_external());
        let model = self.model.clone();
        let Position { trial, reached } = self.from.take().unwrap_or_default();
        // In the protocol, or in the trial that it is in, a run goes on from its place.
        let mut from = (reached != Reached::default()).then_some(reached);
        if trial.is_none() {
            let protocol = Episode::of(&model.protocol, self.setting())?;
            let position = Position { trial, reached };
            if from.is_none() {
                recorder.take_efficacies(0.0, &learned::by_projection(&*self.dynamics))?;
            }
            self.run_episode((&protocol, 0.0), position, from.take(), recorder, observe)?;
        }
        let (Some(task), Some(trials)) = (&model.task, self.trials.take()) else { return Ok(()) };
        if !task.in_sequence() {
            return self.run_independent(task, &trials, trial.unwrap_or(0), recorder, observe);
        }
        for k in trial.unwrap_or(0)..trials.number() {
            let Range { start, end } = trials.place(k).1;
            if from.is_none() {
                recorder.begin(start);
            }
            let episode = task.episode(&trials, k, self.setting())?;
            let position = Position { trial: Some(k), reached };
            let ended =
                self.run_episode((&episode, start), position, from.take(), recorder, observe)?;
            recorder.take_efficacies(end, &learned::by_projection(&*self.dynamics))?;
            recorder.end_trial(ended)?;
        }
        Ok(())
    }

    fn setting(&self) -> Setting<'_> {
        let (populations, patterns) = (&self.populations, &self.patterns);
        let (seed, later) = (Seed(self.model.seed), self.future.map(|seed| (self.beginning, seed)));
        Setting { populations, patterns, seed, chance: Chance { seed, later } }
    }

    /// Runs an episode that begins now, at its start, or goes on `from` a place; `position` tells which it is.
    fn run_episode(
        &mut self,
        (episode, start): (&Episode, f64),
        position: Position,
        from: Option<Reached>,
        recorder: &mut Recorder,
        observe: &mut impl FnMut(f64) -> Wish,
    ) -> Result<Ended> {
        let (in_trials, time) = (self.in_trials, from.map_or(start, |from| from.time));
        let mut live = Live {
            spikes: self.nature().observable == ObservableKind::Spikes,
            step: self.nature().clock.moment(),
            time,
            end: start,
            due: start,
            position,
            in_trials,
            recorder,
            observe,
        };
        let ended = course::run(&mut *self.dynamics, episode, start, from, &self.over, &mut live);
        if ended.as_ref().is_err_and(|e| e.kind() == Kind::Interrupt) {
            recorder.commit()?;
            return Err(recorder.interrupted());
        }
        ended
    }

    /// Runs it to its end and records it in memory.
    ///
    /// # Errors
    /// If the activity diverges.
    pub fn record(mut self) -> Result<Recording> {
        let provenance = Provenance {
            model_resolved: self.model.to_toml(),
            seed: self.model.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            threads: self.threads() as u64,
            duration: self.duration(),
            synapses: self.synapses as u64,
            ..Provenance::default()
        };
        let mut recorder = self.recorder(Sink::Memory, &provenance)?;
        self.run(&mut recorder, |_| Wish::Continue)?;
        let Events { synaptic: synaptic_events, external: external_events } = self.events();
        let ended = Provenance { synaptic_events, external_events, ..provenance };
        recorder.finish(ended)?.publish()
    }

    /// What the run has cost so far.
    pub fn events(&self) -> Events {
        self.dynamics.events() + self.in_trials
    }
}
