//! A network in motion in Python's hands: what is shown, and for how long, is decided while it runs.

use crate::arrays::{Sampled, Spikes, list, rows};
use crate::error::raised;
use crate::model::Model;
use crate::network::Edges;
use crate::plain;
use crate::saved::{Saved, fingerprint};
use crate::watched::{Watch, watched};
use attractor::cli;
use attractor::dynamics::{Dynamics, Field, Given, Observable, Section, Spike};
use attractor::error::{Error, Kind, Result};
use attractor::model::Document;
use attractor::network::{EdgeList, Placed};
use attractor::pattern::Patterns;
use attractor::protocol::{self, Epoch, Stimulus};
use attractor::random::Seed;
use attractor::recording::{Output, Sampler, save_state};
use attractor::simulation::Wish;
use attractor::tape::{OnTape, Tape};
use attractor::units::{Clock, Duration};
use attractor::work::Threads;
use indexmap::IndexMap;
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// What all branches of a network share.
struct Common {
    model: Arc<attractor::model::Model>,
    document: Document,
    patterns: IndexMap<String, Patterns>,
    populations: Vec<Placed>,
    /// Tells the spikes apart that the model lists or reads.
    trains: u64,
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
    /// By population.
    seen: Vec<Seen>,
    /// When the last advance began.
    begin: f64,
}

/// What was seen of a population in the last advance.
struct Seen {
    sampler: Sampler,
    /// Times and neurons.
    spikes: (Vec<f64>, Vec<u64>),
    /// When samples were taken, or the middles of their intervals, and the overlaps then.
    overlaps: (Vec<f64>, Vec<f64>),
}

impl Network {
    fn new(dynamics: Box<dyn Dynamics>, common: &Common) -> Self {
        let kind = common.model.dynamics.nature().observable;
        let seen = |placed: &Placed| {
            let levels = common.model.dynamics.levels(&placed.name);
            let sampler = Sampler::new(kind, common.patterns.get(&placed.name), levels);
            Seen { sampler, spikes: Default::default(), overlaps: Default::default() }
        };
        let seen = common.populations.iter().map(seen).collect();
        let begin = dynamics.time();
        Self { dynamics, seen, begin }
    }

    /// Runs until `until`, or until somebody wants it to stop.
    fn advance(&mut self, common: &Common, until: f64, watch: &Watch) -> Result<()> {
        self.dynamics.heed(&watch.over);
        self.begin = self.dynamics.time();
        self.seen.iter_mut().for_each(|seen| {
            (seen.spikes, seen.overlaps) = Default::default();
        });
        // Looks cut nothing: the trajectory does not depend on them.
        let step = common.model.interval();
        while self.dynamics.time() < until {
            let last = self.dynamics.time();
            let next = (last + step).min(until);
            self.dynamics.advance(next)?;
            let observable = self.dynamics.observable();
            for spike in observable.spikes() {
                let neuron = spike.neuron as usize;
                let k = common.populations.partition_point(|p| p.neurons.end <= neuron);
                let first = common.populations[k].neurons.start;
                let seen = &mut self.seen[k];
                seen.sampler.count(spike, first);
                seen.spikes.0.push(spike.time);
                seen.spikes.1.push((neuron - first) as u64);
            }
            let time = match observable {
                Observable::Spikes(_) => 0.5 * (last + next),
                Observable::States { .. } | Observable::Graded { .. } => next,
            };
            for (seen, placed) in self.seen.iter_mut().zip(&common.populations) {
                let sampled = seen.sampler.sample(observable, placed.neurons.clone(), next - last);
                seen.overlaps.0.push(time);
                seen.overlaps.1.extend(sampled.m);
            }
            if watch.at(next) == Wish::Stop {
                break;
            }
        }
        Ok(())
    }
}

impl Simulation {
    /// The network of a model, wired, at its beginning, or in the state that a tape tells, of a network that was cut for so many
    /// workers.
    pub fn start(
        py: Python,
        model: &Model,
        threads: usize,
        saved: Option<(Tape, usize)>,
    ) -> PyResult<Self> {
        let (document, model) = (model.document(), model.model());
        watched(py, None, |_| {
            cli::check_run(document, model, None, false)?;
            let threads = Threads::new(threads)?;
            let workers = saved.as_ref().map_or(threads.workers(), |(_, workers)| *workers);
            let threads = threads.for_workers(workers);
            let patterns = model.draw_patterns();
            let read = model.read_trains(document.folder())?;
            let network = threads.with(|| model.wire_on(&patterns, threads.ranks()));
            let network = network.map_err(|e| document.place(e))?;
            let populations = network.populations.clone();
            let given = Given { patterns: &patterns, trains: &read };
            let start = || model.dynamics.start(network, given, Seed(model.seed));
            let mut dynamics = threads.with(start);
            let trains = fingerprint(read.values());
            let (model, document) = (Arc::clone(model), document.clone());
            let common = Common { model, document, patterns, populations, trains, threads };
            if let Some((mut tape, _)) = saved {
                tape.same(trains);
                dynamics.pass(&mut tape);
                tape.end()?;
            }
            let network = Mutex::new(Some(Network::new(dynamics, &common)));
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
        let network = Network::new(branch, &self.common);
        Ok(Self { common: Arc::clone(&self.common), network: Mutex::new(Some(network)) })
    }

    /// Saves its model and its state in the file `path`, from which [`resume`] goes on.
    fn save(&self, py: Python, path: PathBuf, force: bool) -> PyResult<()> {
        Output::check(&path, force).map_err(|error| raised(py, &error))?;
        let tape = self.with(|network| {
            let mut tape = Tape::blank();
            Saved::of(&self.common.document, &self.common.model, &self.common.threads)
                .pass(&mut tape);
            tape.same(self.common.trains);
            network.dynamics.pass(&mut tape);
            Ok(tape)
        })?;
        let saved = py.detach(|| save_state(&path, tape));
        saved.map_err(|error| raised(py, &error))
    }

    /// Lets neurons of `population`, each with a time (ms), fire or receive a spike then.
    fn fire(
        &self,
        py: Python,
        population: &str,
        times: PyReadonlyArray1<f64>,
        neurons: PyReadonlyArray1<u64>,
    ) -> PyResult<()> {
        let placed = self.common.populations[self.place(population)?].neurons.clone();
        let (times, neurons) = (times.as_slice()?, neurons.as_slice()?);
        let given = spikes(times, neurons, &placed).map_err(|error| raised(py, &error))?;
        self.with(|network| {
            let fired = match network.dynamics.external_input() {
                Some(input) => input.fire(&given),
                None => Err(Error::input(
                    "found spikes given to neurons that have none",
                    "only spiking networks take spikes",
                    "show them a stimulus",
                )),
            };
            fired.map_err(|error| raised(py, &error))
        })
    }

    /// Of a population with patterns: when overlaps were taken in the last advance, and what they were (time, pattern).
    fn overlaps<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Option<Sampled<'py>>> {
        let k = self.place(population)?;
        let Some(patterns) = self.common.patterns.get(population) else { return Ok(None) };
        let (time, values) = self.with(|network| Ok(network.seen[k].overlaps.clone()))?;
        let values = rows(py, patterns.number(), values)?;
        Ok(Some((self.common.model.interval(), list(py, time), values)))
    }

    /// The names of the patterns of every population that has some, or no names.
    fn patterns(&self) -> Vec<(&str, &[String])> {
        let all = self.common.patterns.iter();
        all.map(|(population, patterns)| (population.as_str(), patterns.names())).collect()
    }

    /// Times (ms) and neurons of the spikes of the last advance.
    fn spikes<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Spikes<'py>> {
        let k = self.place(population)?;
        let (times, neurons) = self.with(|network| Ok(network.seen[k].spikes.clone()))?;
        Ok((list(py, times), list(py, neurons)))
    }

    /// The projections whose efficacies change while the network runs.
    fn learning(&self) -> Vec<&str> {
        let all = self.common.model.projection.iter();
        all.filter(|(_, p)| p.plasticity.is_some()).map(|(name, _)| name.as_str()).collect()
    }

    /// Their synapses now: senders, receivers, efficacies (mV) and delays (ms); nothing of others.
    fn plastic<'py>(&self, py: Python<'py>, projection: &str) -> PyResult<Option<Edges<'py>>> {
        let Some(k) = self.common.model.projection.get_index_of(projection) else {
            return Err(pyo3::exceptions::PyKeyError::new_err(projection.to_owned()));
        };
        let found = self.with(|network| Ok(network.dynamics.plastic(k)))?;
        // A projection may have no synapse at all.
        let learns = self.common.model.projection[k].plasticity.is_some();
        let found = found.or_else(|| learns.then(EdgeList::default));
        Ok(found.map(|EdgeList { senders, receivers, efficacies, delays }| {
            (list(py, senders), list(py, receivers), list(py, efficacies), list(py, delays))
        }))
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

/// Spikes of a population, in the numbering of the network.
///
/// # Errors
/// If not every spike has a time and a neuron of the population.
fn spikes(times: &[f64], neurons: &[u64], population: &Range<usize>) -> Result<Vec<Spike>> {
    if times.len() != neurons.len() {
        return Err(Error::input(
            format!("found {} times of {} neurons", times.len(), neurons.len()),
            "every spike has both",
            "give arrays of the same length",
        ));
    }
    let size = population.len() as u64;
    if let Some(other) = neurons.iter().find(|neuron| **neuron >= size) {
        return Err(Error::input(
            format!("found neuron {other}"),
            format!("the population has the neurons 0 to {}", size - 1),
            "give neurons that it has",
        ));
    }
    let spike = |(time, neuron): (&f64, &u64)| Spike {
        time: *time,
        neuron: (population.start as u64 + neuron) as u32,
    };
    Ok(times.iter().zip(neurons).map(spike).collect())
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
        if let Some((key, course)) = epoch.show.iter().find_map(Stimulus::course) {
            return Err(Error::input(
                format!("found that `{key}` changes in time, {course}"),
                "what is shown here is held until something else is shown",
                "show one value after another, or write it into the protocol of a model",
            ));
        }
        let held = protocol::held(&[epoch], populations, patterns, Seed(model.seed))?;
        Ok(held.into_iter().next().map(|held| held.field).unwrap_or_default())
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
