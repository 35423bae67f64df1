//! A network in motion in Python's hands: what is shown, and for how long, is decided while it runs.

use crate::arrays::{Spikes, list};
use crate::error::raised;
use crate::plain;
use crate::watched::{Watch, watched};
use attractor::cli;
use attractor::dynamics::{Dynamics, Field, Given, Observable, Section};
use attractor::error::{Error, Kind, Result};
use attractor::model::Document;
use attractor::network::Placed;
use attractor::pattern::Patterns;
use attractor::protocol::{self, Epoch};
use attractor::random::Seed;
use attractor::simulation::Wish;
use attractor::tape::{OnTape, Tape};
use attractor::units::{Clock, Duration};
use attractor::work::Threads;
use indexmap::IndexMap;
use numpy::PyArray1;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// What all branches of a network share.
struct Common {
    model: Arc<attractor::model::Model>,
    document: Document,
    patterns: IndexMap<String, Patterns>,
    populations: Vec<Placed>,
    threads: Threads,
}

/// A network that runs as far as it is told, in the field that is shown.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct Simulation {
    common: Arc<Common>,
    /// None once it has been closed, or was interrupted in the middle of something.
    network: Mutex<Option<Network>>,
}

struct Network {
    dynamics: Box<dyn Dynamics>,
    /// Times and neurons of the last advance, by population.
    spikes: Vec<(Vec<f64>, Vec<u64>)>,
    /// When it began.
    begin: f64,
}

impl Network {
    fn new(dynamics: Box<dyn Dynamics>, populations: usize) -> Self {
        let (spikes, begin) = (vec![(Vec::new(), Vec::new()); populations], dynamics.time());
        Self { dynamics, spikes, begin }
    }

    /// Runs until `until`, or until somebody wants it to stop.
    fn advance(&mut self, common: &Common, until: f64, watch: &Watch) -> Result<()> {
        self.dynamics.heed(&watch.over);
        self.begin = self.dynamics.time();
        self.spikes.iter_mut().for_each(|(times, neurons)| {
            times.clear();
            neurons.clear();
        });
        // Looks cut nothing: the trajectory does not depend on them.
        let step = common.model.interval();
        while self.dynamics.time() < until {
            let next = (self.dynamics.time() + step).min(until);
            self.dynamics.advance(next)?;
            for spike in self.dynamics.observable().spikes() {
                let neuron = spike.neuron as usize;
                let k = common.populations.partition_point(|p| p.neurons.end <= neuron);
                let (times, neurons) = &mut self.spikes[k];
                times.push(spike.time);
                neurons.push((neuron - common.populations[k].neurons.start) as u64);
            }
            if watch.at(next) == Wish::Stop {
                break;
            }
        }
        Ok(())
    }
}

impl Simulation {
    /// The network of a model, wired, at its beginning, or in the state that `words` tell.
    pub fn start(
        py: Python,
        (document, model): (&Document, &Arc<attractor::model::Model>),
        threads: usize,
        words: Option<Vec<u64>>,
    ) -> PyResult<Self> {
        watched(py, None, |_| {
            cli::check_run(document, model, None, false)?;
            let threads = Threads::new(threads)?;
            let patterns = model.draw_patterns();
            let trains = model.read_trains(document.folder())?;
            let network = threads.with(|| model.wire(&patterns)).map_err(|e| document.place(e))?;
            let populations = network.populations.clone();
            let given = Given { patterns: &patterns, trains: &trains };
            let start = || model.dynamics.start(network, given, Seed(model.seed));
            let mut dynamics = threads.with(start);
            if let Some(words) = words {
                let mut tape = Tape::written(words);
                dynamics.pass(&mut tape);
                tape.end()?;
            }
            let network = Mutex::new(Some(Network::new(dynamics, populations.len())));
            let (model, document) = (Arc::clone(model), document.clone());
            let common = Common { model, document, patterns, populations, threads };
            Ok(Self { common: Arc::new(common), network })
        })
    }

    fn network(&self) -> MutexGuard<'_, Option<Network>> {
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `see` makes of the network.
    fn with<T>(&self, see: impl FnOnce(&mut Network) -> PyResult<T>) -> PyResult<T> {
        let mut held = match self.network.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            // Whoever waited here would keep Python from its other threads.
            Err(TryLockError::WouldBlock) => {
                return Err(PyRuntimeError::new_err("the simulation advances in another thread"));
            }
        };
        match held.as_mut() {
            Some(network) => see(network),
            None => Err(PyRuntimeError::new_err("the simulation has been closed or interrupted")),
        }
    }

    fn place(&self, population: &str) -> PyResult<usize> {
        let mut names = self.common.populations.iter().map(|placed| placed.name.as_str());
        let found = names.position(|name| name == population);
        found.ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(population.to_owned()))
    }
}

#[pymethods]
impl Simulation {
    /// Time on the clock of the network.
    #[getter]
    fn time(&self) -> PyResult<f64> {
        self.with(|network| Ok(network.dynamics.time()))
    }

    /// The time at which the last advance began.
    #[getter]
    fn begin(&self) -> PyResult<f64> {
        self.with(|network| Ok(network.begin))
    }

    /// Runs for so long.
    fn advance(&self, py: Python, duration: &str) -> PyResult<()> {
        let length = self.length(duration).map_err(|error| raised(py, &error))?;
        watched(py, None, |watch| {
            let mut held = self.network();
            let closed = || Error::input("found a simulation that was closed", "", "start another");
            let network = held.as_mut().ok_or_else(closed)?;
            let until = network.dynamics.time() + length;
            let common = &self.common;
            let done = common.threads.with(|| network.advance(common, until, watch));
            // In the middle of something a network is of no use.
            if done.is_err() {
                *held = None;
            }
            match done {
                Err(error) if error.kind() == Kind::Interrupt => Ok(()),
                done => done.map_err(|error| common.document.place(error)),
            }
        })
    }

    /// Shows these stimuli, as the model file has them, from now on, in place of what was shown.
    fn show(&self, py: Python, stimuli: &Bound<PyList>) -> PyResult<()> {
        let stimuli = plain::toml("show", stimuli)?;
        let field = self.field(stimuli).map_err(|error| raised(py, &error))?;
        self.with(|network| {
            network.dynamics.drive(&field);
            Ok(())
        })
    }

    /// The same network in the same state, with random input from the streams of another seed.
    fn branch(&self, seed: u64) -> PyResult<Self> {
        let branch = self.with(|network| Ok(network.dynamics.branch(Seed(seed))))?;
        let network = Network::new(branch, self.common.populations.len());
        Ok(Self { common: Arc::clone(&self.common), network: Mutex::new(Some(network)) })
    }

    /// Its state, from which it can go on.
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u64>>> {
        let words = self.with(|network| {
            let mut tape = Tape::blank();
            network.dynamics.pass(&mut tape);
            Ok(tape.into_words())
        })?;
        Ok(list(py, words))
    }

    /// Times (ms) and neurons of the spikes of the last advance.
    fn spikes<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Spikes<'py>> {
        let k = self.place(population)?;
        let (times, neurons) = self.with(|network| Ok(network.spikes[k].clone()))?;
        Ok((list(py, times), list(py, neurons)))
    }

    /// The states (bool) or the activity of a population now; nothing of neurons that spike.
    fn activity<'py>(
        &self,
        py: Python<'py>,
        population: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let neurons = self.common.populations[self.place(population)?].neurons.clone();
        self.with(|network| {
            Ok(match network.dynamics.observable() {
                Observable::Spikes(_) => None,
                Observable::States { active, .. } => {
                    Some(list(py, active[neurons].to_vec()).into_any())
                }
                Observable::Graded { activity, .. } => {
                    Some(list(py, activity[neurons].to_vec()).into_any())
                }
            })
        })
    }

    /// Ends it; its memory is free once no branch is left.
    fn close(&self, py: Python) {
        py.detach(|| *self.network() = None);
    }
}

impl Simulation {
    /// A time on the clock of the network.
    fn length(&self, duration: &str) -> Result<f64> {
        let parsed: Duration = duration.parse()?;
        let value = parsed.value();
        let own = match self.common.model.dynamics.nature().clock {
            Clock::Ms => Duration::ms(value),
            Clock::Sweeps => Duration::sweeps(value),
        };
        if parsed == own && value > 0.0 {
            return Ok(value);
        }
        // What is wrong with it is known to the checks of a model.
        Ok(self.epoch(duration.to_owned(), toml::Value::Array(Vec::new()))?.duration.value())
    }

    /// The field of stimuli.
    fn field(&self, stimuli: toml::Value) -> Result<Field> {
        let Common { model, patterns, populations, .. } = &*self.common;
        // Longer than what is recorded of it by default.
        let unit = model.dynamics.nature().clock.unit();
        let epoch = self.epoch(format!("1000 {unit}"), stimuli)?;
        protocol::field(&epoch, populations, patterns, Seed(model.seed))
    }

    /// An epoch that the checks of the model file let pass.
    fn epoch(&self, duration: String, stimuli: toml::Value) -> Result<Epoch> {
        let Common { model, document, .. } = &*self.common;
        let entries = [("name", "shown".into()), ("duration", duration.into()), ("show", stimuli)];
        let entries =
            entries.into_iter().map(|(key, value): (&str, toml::Value)| (key.to_owned(), value));
        let epoch: toml::Table = entries.collect();
        let mut table: toml::Table = model.to_toml().parse().unwrap_or_default();
        for key in ["task", "expect", "record"] {
            table.remove(key);
        }
        table.insert("protocol".to_owned(), vec![epoch].into());
        let path = document.folder().join(crate::model::MADE_UP);
        let shown = Document::new(&path, table.to_string(), &[])?.model()?;
        Ok(shown.protocol[0].clone())
    }
}
