//! Models: read from files, texts and dictionaries, changed, and run.

use crate::error::{raised, sentence};
use crate::plain;
use crate::recording::Recording;
use crate::simulation::Simulation;
use crate::watched::watched;
use attractor::cli;
use attractor::dynamics::Section;
use attractor::error::Error;
use attractor::experiment::Experiment;
use attractor::model::Document;
use attractor::recording::Sink;
use attractor::work::Threads;
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of the file that a model made in Python does not have.
pub const MADE_UP: &str = "<python>";

/// A checked model, and the text that it was read from.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct Model {
    document: Document,
    model: Arc<attractor::model::Model>,
}

impl Model {
    fn of(py: Python, document: Result<Document, Error>) -> PyResult<Self> {
        let checked = document.and_then(|document| {
            let model = Arc::new(document.model()?);
            Ok(Self { document, model })
        });
        checked.map_err(|error| raised(py, &error))
    }

    /// The text that it was read from.
    pub fn document(&self) -> &Document {
        &self.document
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

    /// Bytes that it takes while it runs, about.
    #[getter]
    fn memory(&self) -> f64 {
        self.model.memory()
    }

    /// Runs it, in memory or to the file `out`; `tell` is told the time that it has reached, several times a second.
    #[pyo3(signature = (out, threads, force, tell))]
    fn run(
        &self,
        py: Python,
        out: Option<PathBuf>,
        threads: usize,
        force: bool,
        tell: Option<&Bound<PyAny>>,
    ) -> PyResult<Recording> {
        let host = cli::host_of("Model.run of Python".to_owned());
        let found = watched(py, tell, |watch| {
            cli::check_run(&self.document, &self.model, out.as_deref(), force)?;
            let threads = Threads::new(threads)?;
            let sink = match &out {
                Some(path) => Sink::File { path, force },
                None => Sink::Memory,
            };
            let model = Arc::clone(&self.model);
            let mut experiment =
                Experiment::begin(&self.document, model, (sink, None), &host, &threads)?;
            experiment.simulation.heed(&watch.over);
            match &out {
                Some(_) => experiment.run(watch.committing())?,
                None => experiment.run(|time| watch.at(time))?,
            }
            experiment.finish()
        });
        Ok(Recording::of(found?, out))
    }

    /// Its network, wired, at its beginning or in a state that was saved.
    #[pyo3(signature = (threads, state))]
    fn start(&self, py: Python, threads: usize, state: Option<Vec<u64>>) -> PyResult<Simulation> {
        Simulation::start(py, (&self.document, &self.model), threads, state)
    }
}
