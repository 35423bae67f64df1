//! Recordings: what a run leaves, as arrays.

use crate::arrays::{Sampled, Spikes, columns, list, rows};
use crate::error::raised;
use crate::network::pattern_rows;
use crate::picture::{self, Png, shown};
use crate::plain;
use crate::sweep::SweptTable;
use attractor::cli::{self, Subject};
use attractor::dynamics::ObservableKind;
use attractor::error::{Error, Result};
use attractor::export::{Format, Selection};
use attractor::figure::{self, Analyzed, Beside, Choice, Details, Drawing, Named, View, Wanted};
use attractor::recording::{self, Samples};
use attractor::report::{Outcome, Summary, Verification};
use attractor::sweep::SweepTable;
use attractor::units::{Rate, Time};
use attractor::work::Over;
use numpy::{PyArray1, PyArray2};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// An opened recording, of a file or in memory.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct Recording {
    /// None once it has been closed.
    recording: RwLock<Option<recording::Recording>>,
    /// Of one that stands in a file.
    path: Option<PathBuf>,
}

/// The times of looks, and the states of all neurons then.
type States<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<u8>>);

impl Recording {
    /// What stands in memory, or in the file `path`.
    pub fn of(recording: recording::Recording, path: Option<PathBuf>) -> Self {
        Self { recording: RwLock::new(Some(recording)), path }
    }

    /// Reads something while Python is free for others.
    pub fn read<T: Send>(
        &self,
        py: Python,
        read: impl FnOnce(&recording::Recording) -> Result<T> + Send,
    ) -> PyResult<T> {
        let found = py.detach(|| {
            let held = self.recording.read().unwrap_or_else(PoisonError::into_inner);
            held.as_ref().map(read)
        });
        let found =
            found.ok_or_else(|| PyRuntimeError::new_err("the recording has been closed"))?;
        found.map_err(|error| raised(py, &error))
    }

    /// Refuses an export that nobody could read, or that would destroy the recording.
    fn check_export(&self, recording: &recording::Recording, output: &Path) -> Result<()> {
        if recording.observable() != ObservableKind::Spikes {
            let found = "found a recording of neurons that have no spikes";
            return Err(Error::file(recording.path(), found, "take its arrays"));
        }
        let own = self.path.as_ref().and_then(|path| path.canonicalize().ok());
        if own.is_some() && output.canonicalize().ok() == own {
            let found = "found the recording as the output";
            return Err(Error::file(output, found, "choose another name"));
        }
        Ok(())
    }
}

/// What is seen of a network, in a word.
pub fn observed(kind: ObservableKind) -> &'static str {
    match kind {
        ObservableKind::Spikes => "spikes",
        ObservableKind::States => "states",
        ObservableKind::Graded => "graded",
    }
}

fn sampled(py: Python, samples: Samples) -> PyResult<Sampled> {
    let Samples { interval, time, width, values } = samples;
    Ok((interval, list(py, time), rows(py, width, values)?))
}

#[pymethods]
impl Recording {
    /// Opens the recording in a file.
    #[staticmethod]
    fn open(py: Python, path: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| recording::Recording::open(&path));
        opened.map(|found| Self::of(found, Some(path))).map_err(|error| raised(py, &error))
    }

    /// Its file, if it stands in one.
    #[getter]
    fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the run came to its end.
    #[getter]
    fn complete(&self, py: Python) -> PyResult<bool> {
        self.read(py, |recording| Ok(recording.is_complete()))
    }

    /// What is seen of the network: spikes, states or graded.
    #[getter]
    fn observable(&self, py: Python) -> PyResult<&'static str> {
        self.read(py, |recording| Ok(observed(recording.observable())))
    }

    /// The unit of its clock: ms or sweeps.
    #[getter]
    fn clock(&self, py: Python) -> PyResult<&'static str> {
        self.read(py, |recording| Ok(recording.clock().unit()))
    }

    /// Until when everything is known, on its clock.
    #[getter]
    fn end(&self, py: Python) -> PyResult<f64> {
        self.read(py, recording::Recording::end)
    }

    /// Name and number of neurons of every population.
    #[getter]
    fn populations(&self, py: Python) -> PyResult<Vec<(String, usize)>> {
        self.read(py, |recording| Ok(recording.populations()))
    }

    /// The populations of which something was recorded: spikes, rates, patterns, states, activity, traces or potentials.
    fn held(&self, py: Python, what: &str) -> PyResult<Vec<String>> {
        self.read(py, |recording| {
            let all = recording.populations().into_iter().map(|(name, _)| name);
            let holds = |name: &String| match what {
                "spikes" => Ok(recording.observable() == ObservableKind::Spikes),
                "patterns" => recording.patterns(name).map(|found| found.is_some()),
                "states" => recording.states_within(name, 0..0).map(|found| found.is_some()),
                "activity" => recording.activity_within(name, 0..0).map(|found| found.is_some()),
                "traces" => recording.traced().map(|names| names.contains(name)),
                "potentials" => recording.watched().map(|names| names.contains(name)),
                _ => Ok(true),
            };
            let sift = |name: String| Ok(holds(&name)?.then_some(name));
            let found: Result<Vec<Option<String>>> = all.map(sift).collect();
            Ok(found?.into_iter().flatten().collect())
        })
    }

    /// Where it comes from.
    fn provenance<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = self.read(py, recording::Recording::provenance)?;
        plain::python(py, &serde_json::to_value(found).unwrap_or_default())
    }

    /// Times (ms) and neurons of all spikes of a population.
    fn spikes<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Spikes<'py>> {
        let (times, neurons) = self.read(py, |recording| recording.spikes(population))?;
        Ok((list(py, times), list(py, neurons)))
    }

    /// Mean rate of a population (Hz), or its mean activity.
    fn rates<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Sampled<'py>> {
        sampled(py, self.read(py, |recording| recording.rates(population))?)
    }

    /// Overlaps with every pattern of a population, if it has patterns.
    fn overlaps<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Option<Sampled<'py>>> {
        let found = self.read(py, |recording| recording.overlaps(population))?;
        found.map(|samples| sampled(py, samples)).transpose()
    }

    /// The activity of every neuron of a population, if it was recorded.
    fn activity<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Option<Sampled<'py>>> {
        let found = self.read(py, |recording| recording.activity(population))?;
        found.map(|samples| sampled(py, samples)).transpose()
    }

    /// The activity of single neurons: which, and theirs, if it was recorded.
    fn traces<'py>(
        &self,
        py: Python<'py>,
        population: &str,
    ) -> PyResult<Option<(Bound<'py, PyArray1<u64>>, Sampled<'py>)>> {
        let found = self.read(py, |recording| recording.traces(population))?;
        let give = |(neurons, samples)| Ok((list(py, neurons), sampled(py, samples)?));
        found.map(give).transpose()
    }

    /// The energy of the network, if there is one.
    fn energy<'py>(&self, py: Python<'py>) -> PyResult<Option<Sampled<'py>>> {
        let found = self.read(py, recording::Recording::energy)?.and_then(std::result::Result::ok);
        found.map(|samples| sampled(py, samples)).transpose()
    }

    /// Times and states (0 or 1) of a population of two-state neurons, if they were recorded.
    fn states<'py>(&self, py: Python<'py>, population: &str) -> PyResult<Option<States<'py>>> {
        let found = self.read(py, |recording| recording.states(population))?;
        found.map(|s| Ok((list(py, s.time), rows(py, s.neurons, s.state)?))).transpose()
    }

    /// The patterns of a population, if it has some: states (0 or 1) or values, and their names.
    fn patterns<'py>(
        &self,
        py: Python<'py>,
        population: &str,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Vec<String>)>> {
        let Some(patterns) = self.read(py, |recording| recording.patterns(population))? else {
            return Ok(None);
        };
        Ok(Some((pattern_rows(py, &patterns)?, patterns.names().to_vec())))
    }

    /// Membrane potentials of some neurons of a population, if they were recorded: time, neurons, v, theta, v_reset, and
    /// currents by name with their time constants.
    fn potentials<'py>(
        &self,
        py: Python<'py>,
        population: &str,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(traces) = self.read(py, |recording| recording.potentials(population))? else {
            return Ok(None);
        };
        let (found, width) = (PyDict::new(py), traces.neurons.len());
        let currents = PyDict::new(py);
        for (name, tau, values) in traces.currents {
            currents.set_item(name, (tau, rows(py, width, values)?))?;
        }
        found.set_item("every", traces.every)?;
        found.set_item("time", list(py, traces.time))?;
        found.set_item("neurons", list(py, traces.neurons))?;
        found.set_item("v", rows(py, width, traces.v)?)?;
        found.set_item("theta", list(py, traces.theta))?;
        found.set_item("v_reset", list(py, traces.v_reset))?;
        found.set_item("currents", currents)?;
        Ok(Some(found))
    }

    /// The projections whose efficacies were recorded.
    fn learned(&self, py: Python) -> PyResult<Vec<String>> {
        self.read(py, recording::Recording::learned)
    }

    /// Efficacies of plastic synapses, if they were recorded: senders, receivers, delay, time and values.
    fn efficacies<'py>(
        &self,
        py: Python<'py>,
        projection: &str,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(learned) = self.read(py, |recording| recording.efficacies(projection))? else {
            return Ok(None);
        };
        let (found, width) = (PyDict::new(py), learned.senders.len());
        found.set_item("senders", list(py, learned.senders))?;
        found.set_item("receivers", list(py, learned.receivers))?;
        found.set_item("delay", learned.delay)?;
        found.set_item("time", list(py, learned.time))?;
        found.set_item("values", rows(py, width, learned.values)?)?;
        Ok(Some(found))
    }

    /// The trials that have ended, column by column: what was drawn, how they ended, and what was found.
    fn trials<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let table = self.read(py, |recording| {
            let Some(drawn) = recording.drawn()? else { return Ok(None) };
            let parts = [recording.ended()?, recording.results()?];
            Ok(Some(parts.into_iter().flatten().fold(drawn, |table, part| {
                // What a trial ended with may have been found once more.
                let new = part.columns().map(|(name, _)| name.to_owned());
                let new: Vec<String> = new.filter(|name| table.column(name).is_none()).collect();
                table.beside(part.only(&new))
            })))
        })?;
        table.map(|table| columns(py, &table)).transpose()
    }

    /// Name, start, end and stimuli (JSON) of every epoch.
    fn protocol(&self, py: Python) -> PyResult<Vec<(String, f64, f64, String)>> {
        let epochs = self.read(py, recording::Recording::protocol)?;
        let give = |epoch: attractor::protocol::EpochShown| {
            let show = serde_json::to_string(&epoch.show).unwrap_or_default();
            (epoch.name, epoch.start, epoch.end, show)
        };
        Ok(epochs.into_iter().map(give).collect())
    }

    /// What the command prints of it, and all of that as data; with `theory` beside what theory predicts.
    fn summary<'py>(&self, py: Python<'py>, theory: bool) -> PyResult<(String, Bound<'py, PyAny>)> {
        let of = if theory { Summary::with_theory } else { Summary::of };
        let summary = self.read(py, of)?;
        let data = serde_json::to_value(&summary).unwrap_or_default();
        Ok((summary.to_string(), plain::python(py, &data)?))
    }

    /// Computes once more what follows from its data: every check, whether it holds (None where it was not made), and what
    /// came of it.
    fn verify(&self, py: Python) -> PyResult<Vec<(String, Option<bool>, String)>> {
        let found = self.read(py, Verification::of)?;
        let give = |(what, outcome)| match outcome {
            Outcome::Holds(text) => (what, Some(true), text),
            Outcome::Differs(text) => (what, Some(false), text),
            Outcome::Unchecked(text) => (what, None, text),
        };
        Ok(found.checks.into_iter().map(give).collect())
    }

    /// A figure as PNG, or written to `path` as its extension says; `neurons` and `population` are as the command has them, and
    /// `missing` adds what overlaps lack to 1.
    #[pyo3(signature = (view, trial, epoch, neurons, population, missing, path, force))]
    #[expect(clippy::too_many_arguments, reason = "Python's own method has them by name")]
    fn draw<'py>(
        &self,
        py: Python<'py>,
        view: &str,
        trial: Option<usize>,
        epoch: Option<String>,
        neurons: Option<&str>,
        population: Option<String>,
        missing: bool,
        path: Option<PathBuf>,
        force: bool,
    ) -> PyResult<Png<'py>> {
        let details = Details { neurons: some_neurons(neurons)?, population, missing };
        let choice = match (trial, epoch) {
            (Some(number), _) => Choice::Trial(number),
            (None, Some(name)) => Choice::Epoch(name),
            (None, None) => Choice::Usual,
        };
        let bytes = self.read(py, |recording| {
            shown((path.as_deref(), force), || {
                figure::draw_with(recording, named(view)?, &choice, &details)
            })
        })?;
        Ok(picture::bytes(py, bytes))
    }

    /// This and another recording of the same network from another start, as PNG or written to `path`, and how far both are
    /// apart in words.
    #[pyo3(signature = (other, neurons, fit, path, force))]
    fn draw_beside<'py>(
        &self,
        py: Python<'py>,
        other: &Self,
        neurons: Option<&str>,
        fit: Option<(f64, f64)>,
        path: Option<PathBuf>,
        force: bool,
    ) -> PyResult<(Png<'py>, String)> {
        let neurons = some_neurons(neurons)?;
        let (bytes, says) = self.read(py, |own| {
            let held = other.recording.read().unwrap_or_else(PoisonError::into_inner);
            let Some(other) = held.as_ref() else {
                let found = "found a recording that has been closed";
                return Err(Error::file(own.path(), found, "open the other one"));
            };
            let beside = Beside::of([own, other], neurons.as_ref(), fit)?;
            let draw = || Ok(Drawing::from(beside.figure(neurons.as_ref())?));
            Ok((shown((path.as_deref(), force), draw)?, beside.says()))
        })?;
        Ok((picture::bytes(py, bytes), says))
    }

    /// What it measured and its trials, as the table of a sweep of one run.
    fn table(&self, py: Python) -> PyResult<SweptTable> {
        self.read(py, SweepTable::of_recording).map(SweptTable::of)
    }

    /// The tables of all that is found in it, by name; times are in ms.
    #[pyo3(signature = (bin, after, neurons, active_above, active_window))]
    fn tables<'py>(
        &self,
        py: Python<'py>,
        bin: &str,
        after: Option<&str>,
        neurons: Option<(u64, u64)>,
        active_above: Option<&str>,
        active_window: Option<&str>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let found = self.read(py, |recording| {
            let time = |key, text: &str| text.parse().map(Time::value).map_err(|e| e.at(key));
            let rate = |key, text: &str| text.parse().map(Rate::value).map_err(|e| e.at(key));
            let wanted = Wanted {
                bin: time("bin", bin)?,
                after: after.map(|text| time("after", text)).transpose()?,
                neurons: neurons.map(|(from, to)| from..to),
                active_above: active_above.map(|it| rate("active_above", it)).transpose()?,
                active_window: active_window.map(|it| time("active_window", it)).transpose()?,
            };
            Analyzed::of(recording, &wanted, None)
        })?;
        let tables = PyDict::new(py);
        for (name, table) in &found.tables {
            tables.set_item(name, columns(py, table)?)?;
        }
        Ok(tables)
    }

    /// Does what a command does with it; see [`crate::command::told`].
    fn told(&self, py: Python, words: Vec<OsString>) -> PyResult<(String, bool)> {
        self.read(py, |recording| cli::told(words, Subject::Recording(recording), &Over::default()))
    }

    /// Closes its file, or frees its memory.
    fn close(&self, py: Python) {
        // Whoever reads ends first.
        py.detach(|| *self.recording.write().unwrap_or_else(PoisonError::into_inner) = None);
    }

    /// Writes it for other programs, in a format as the command names them.
    #[pyo3(signature = (path, format, population, neurons, force))]
    fn export(
        &self,
        py: Python,
        path: PathBuf,
        format: &str,
        population: Option<String>,
        neurons: Option<(u64, u64)>,
        force: bool,
    ) -> PyResult<()> {
        let selection = Selection { population, neurons: neurons.map(|(from, to)| from..to) };
        self.read(py, |recording| {
            let format = Format::named(format)?;
            self.check_export(recording, &path)?;
            attractor::export::write(recording, &selection, format, &path, force, &cli::now())
        })
    }
}

/// Some neurons, as the command has them.
fn some_neurons(typed: Option<&str>) -> PyResult<Option<Named>> {
    typed.map(str::parse).transpose().map_err(PyValueError::new_err)
}

/// The view of this name.
fn named(name: &str) -> Result<View> {
    View::ALL.into_iter().find(|view| view.words().0 == name).ok_or_else(|| {
        let names = View::ALL.map(|view| format!("`{}`", view.words().0)).join(", ");
        Error::input(
            format!("found the view `{name}`"),
            format!("the views are {names}"),
            "write one of them",
        )
    })
}
