//! Models: read from files, texts and dictionaries, changed, and run.

use crate::error::{raised, sentence};
use crate::network::Network;
use crate::plain;
use crate::recording::{Recording, observed};
use crate::simulation::Simulation;
use crate::watched::{Watch, watched};
use attractor::cli::{self, Subject};
use attractor::dynamics::Section;
use attractor::error::{Error, Kind};
use attractor::experiment::Experiment;
use attractor::model::Document;
use attractor::recording::{self, Sink};
use attractor::simulation::Wish;
use attractor::work::Threads;
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The name of the file that a model made in Python does not have.
pub const MADE_UP: &str = "<python>";

/// A checked model, and the text that it was read from.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct Model {
    document: Document,
    model: Arc<attractor::model::Model>,
}

impl Model {
    /// The model that a document describes.
    ///
    /// # Errors
    /// At its first mistake.
    pub fn new(document: Document) -> Result<Self, Error> {
        let model = Arc::new(document.model()?);
        Ok(Self { document, model })
    }

    fn of(py: Python, document: Result<Document, Error>) -> PyResult<Self> {
        document.and_then(Self::new).map_err(|error| raised(py, &error))
    }

    /// The text that it was read from.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What the text says.
    pub fn model(&self) -> &Arc<attractor::model::Model> {
        &self.model
    }
}

#[pymethods]
impl Model {
    /// The model in a file.
    #[staticmethod]
    fn from_toml(py: Python, path: PathBuf) -> PyResult<Self> {
        Self::of(py, Document::read(&path, &[]))
    }

    /// The model that a text describes; names of files start from `folder`, which may end with the name of its file.
    #[staticmethod]
    fn from_text(py: Python, text: String, path: PathBuf) -> PyResult<Self> {
        Self::of(py, Document::new(&path, text, &[]))
    }

    /// The model that a dictionary describes; names of files start from `folder`.
    #[staticmethod]
    fn from_dict(py: Python, values: &Bound<PyMapping>, folder: PathBuf) -> PyResult<Self> {
        let table = plain::table("", values)?;
        Self::of(py, Document::new(&folder.join(MADE_UP), plain::text(&table), &[]))
    }

    /// The same model with other values at dotted keys.
    fn changed(&self, py: Python, changes: &Bound<PyMapping>) -> PyResult<Self> {
        let changes = plain::table("", changes)?;
        let settings: Vec<String> =
            changes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Self::of(py, self.document.with(&settings))
    }

    /// The text that it was read from, with all changes and all that it builds on.
    #[getter]
    fn text(&self) -> &str {
        self.document.whole()
    }

    /// Its file, which need not exist: names of files start from where it would stand.
    #[getter]
    fn path(&self) -> &Path {
        self.document.path()
    }

    /// What it can be, but is hardly meant to be.
    fn warnings(&self) -> Vec<String> {
        let all = self.document.warnings(&self.model);
        all.iter().map(|warning| sentence(warning.as_error())).collect()
    }

    /// With every default in place.
    fn to_toml(&self) -> String {
        self.model.to_toml()
    }

    /// Time of the protocol and all trials, on its clock.
    #[getter]
    fn duration(&self) -> f64 {
        self.model.duration()
    }

    /// The unit of its clock: ms or sweeps.
    #[getter]
    fn clock(&self) -> &'static str {
        self.model.dynamics.nature().clock.unit()
    }

    /// What is seen of its network: spikes, states or graded.
    #[getter]
    fn observable(&self) -> &'static str {
        observed(self.model.dynamics.nature().observable)
    }

    /// Bytes that it takes while it runs, about.
    #[getter]
    fn memory(&self) -> f64 {
        self.model.memory(attractor::work::cores())
    }

    /// Runs it, in memory or to the file `out`, a `trial` of it alone, or from where another run was at a time; `tell` is told
    /// the time that it has reached, several times a second. Returns what was recorded, and warnings of it.
    #[pyo3(signature = (out, threads, force, tell, trial, origin, limits))]
    #[expect(clippy::too_many_arguments, reason = "Python's own method has them by name")]
    fn run(
        &self,
        py: Python,
        out: Option<PathBuf>,
        threads: usize,
        force: bool,
        tell: Option<&Bound<PyAny>>,
        trial: Option<usize>,
        origin: Option<(PyRef<Recording>, String, Option<u64>)>,
        limits: Limits,
    ) -> PyResult<(Recording, Vec<String>)> {
        let host = cli::host_of("Model.run of Python".to_owned());
        let origin = origin.as_ref().map(|(of, at, future_seed)| {
            of.read(py, |recording| {
                let at = at.parse()?;
                cli::origin_of(recording, at, *future_seed, &self.model, out.as_deref())
            })
        });
        let origin = origin.transpose()?;
        watched(py, tell, |watch| {
            cli::check_run(&self.document, &self.model, out.as_deref(), force)?;
            let threads = Threads::new(threads)?;
            let sink = match &out {
                Some(path) => Sink::File { path, force },
                None => Sink::Memory,
            };
            let (model, target) = (Arc::clone(&self.model), (sink, trial));
            let experiment = match &origin {
                None => Experiment::begin(&self.document, model, target, &host, &threads),
                Some(origin) => {
                    Experiment::branch(origin, &self.document, model, target, &host, &threads)
                }
            };
            recorded(experiment?, out, &limits, watch)
        })
    }

    /// Its network, wired, at its beginning.
    fn start(&self, py: Python, threads: usize) -> PyResult<Simulation> {
        Simulation::start(py, self, threads, None)
    }

    /// Its network, wired.
    fn wire(&self, py: Python, threads: usize) -> PyResult<Network> {
        Network::wire(py, self, threads)
    }

    /// Does what a command does with it; see [`crate::command::told`].
    fn told(&self, py: Python, words: Vec<OsString>) -> PyResult<(String, bool)> {
        watched(py, None, |watch| cli::told(words, Subject::Model(&self.document), &watch.over))
    }
}

/// Goes on with the run whose recording `out` did not end; returns what [`Model::run`] does.
#[pyfunction]
#[pyo3(signature = (out, threads, tell, limits))]
pub fn go_on(
    py: Python,
    out: PathBuf,
    threads: usize,
    tell: Option<&Bound<PyAny>>,
    limits: Limits,
) -> PyResult<(Recording, Vec<String>)> {
    let host = cli::host_of("go_on of Python".to_owned());
    let out = cli::without_part(&out);
    watched(py, tell, |watch| {
        if cli::is_complete(&out)? {
            let recording = recording::Recording::open(&out)?;
            return Ok((Recording::of(recording, Some(out)), Vec::new()));
        }
        let experiment = cli::go_on(&out, &host, &Threads::new(threads)?)?;
        recorded(experiment, Some(out), &limits, watch)
    })
}

/// How far a run goes: a time of its network, and seconds of the clock on the wall; after how many seconds it is committed.
type Limits = (Option<String>, Option<f64>, f64);

/// Runs an experiment that is recorded in the file `out`, or in memory, and tells what it is hardly meant to be.
fn recorded(
    mut experiment: Experiment,
    out: Option<PathBuf>,
    (until, limit, commit): &Limits,
    watch: &Watch,
) -> Result<(Recording, Vec<String>), Error> {
    let clock = experiment.simulation.nature().clock;
    let until = match until {
        Some(until) => Some(cli::time_of(until.parse()?, clock, "until")?),
        None => None,
    };
    experiment.simulation.heed(&watch.over);
    let (begun, mut planned) = (Instant::now(), false);
    let is_late = || limit.is_some_and(|limit| begun.elapsed().as_secs_f64() >= limit);
    let ran = match &out {
        Some(_) => {
            let mut observe = watch.committing(Duration::from_secs_f64(*commit));
            experiment.run(|time| {
                let wish = observe(time);
                planned = wish != Wish::Stop && (until.is_some_and(|end| time >= end) || is_late());
                if planned { Wish::Stop } else { wish }
            })
        }
        None => experiment.run(|time| watch.at(time)),
    };
    let saturated = experiment.saturation().filter_map(|found| found.warning());
    let document = experiment.document();
    let warnings = saturated.map(|warning| sentence(warning.map(|e| document.place(e)).as_error()));
    let warnings = warnings.collect();
    let recording = match ran {
        Err(error) if planned && error.kind() == Kind::Interrupt => {
            let part = out.map(|out| cli::part_of(&out)).unwrap_or_default();
            drop(experiment);
            Recording::of(recording::Recording::open(&part)?, Some(part))
        }
        ran => {
            ran?;
            Recording::of(experiment.finish()?, out)
        }
    };
    Ok((recording, warnings))
}
