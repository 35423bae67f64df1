//! Wired networks: synapses as arrays, and arrays as files of synapses.

use crate::arrays::{list, rows};
use crate::error::raised;
use crate::model::Model;
use attractor::cli;
use attractor::error::{Error, Result};
use attractor::export::network::{write, write_lists};
use attractor::network::{self, EdgeList, Wired};
use attractor::pattern::Patterns;
use attractor::work::Threads;
use indexmap::IndexMap;
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Senders, receivers, efficacies and delays.
pub type Edges<'py> = (
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
);

/// The same of a projection from Python: its name, those of its two populations, and columns that may be left out.
type Given<'py> = (
    String,
    [String; 2],
    PyReadonlyArray1<'py, u32>,
    PyReadonlyArray1<'py, u32>,
    Option<PyReadonlyArray1<'py, f64>>,
    Option<PyReadonlyArray1<'py, f64>>,
);

/// The network of a model, down to its synapses.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct Network {
    model: Arc<attractor::model::Model>,
    network: network::Network,
    patterns: IndexMap<String, Patterns>,
}

impl Network {
    /// The network of `model`, wired by so many threads.
    pub fn wire(py: Python, model: &Model, threads: usize) -> PyResult<Self> {
        let (document, own) = (model.document(), model.model());
        let wired = py.detach(|| {
            cli::check_run(document, own, None, false)?;
            let patterns = own.draw_patterns();
            let threads = Threads::new(threads)?;
            let threads = threads.for_workers(threads.workers());
            let network = threads.with(|| own.wire_on(&patterns, threads.ranks()));
            Ok((network.map_err(|error| document.place(error))?, patterns))
        });
        let (network, patterns) = wired.map_err(|error| raised(py, &error))?;
        Ok(Self { model: Arc::clone(own), network, patterns })
    }

    fn projection(&self, name: &str) -> PyResult<&Wired> {
        let found = self.network.projections.iter().find(|projection| projection.name == name);
        found.ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(name.to_owned()))
    }
}

#[pymethods]
impl Network {
    /// Name, sender, receiver and number of synapses of every projection.
    fn projections(&self) -> Vec<(&str, &str, &str, usize)> {
        let name = |k: usize| self.network.populations[k].name.as_str();
        let all = self.network.projections.iter();
        all.map(|it| (it.name.as_str(), name(it.from), name(it.to), it.number())).collect()
    }

    /// The synapses of a projection one by one: senders, receivers, efficacies (mV, or numbers) and delays (ms, or sweeps).
    fn edges<'py>(&self, py: Python<'py>, projection: &str) -> PyResult<Edges<'py>> {
        let projection = self.projection(projection)?;
        let EdgeList { senders, receivers, efficacies, delays } = py.detach(|| projection.listed());
        Ok((list(py, senders), list(py, receivers), list(py, efficacies), list(py, delays)))
    }

    /// The patterns of a population, if it has some: states (0 or 1) or values.
    fn patterns<'py>(
        &self,
        py: Python<'py>,
        population: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(patterns) = self.patterns.get(population) else { return Ok(None) };
        pattern_rows(py, patterns).map(Some)
    }

    /// Writes it in SONATA's layout.
    fn export(&self, py: Python, path: PathBuf, force: bool) -> PyResult<()> {
        let written = py.detach(|| {
            if self.network.delayed().next().is_none() {
                return Err(Error::file(
                    &path,
                    "found couplings, which have no place in SONATA",
                    "take them as arrays",
                ));
            }
            write(&self.model, &self.network, &path, force)
        });
        written.map_err(|error| raised(py, &error))
    }
}

/// Patterns row by row: states (0 or 1), or values.
pub fn pattern_rows<'py>(py: Python<'py>, patterns: &Patterns) -> PyResult<Bound<'py, PyAny>> {
    Ok(match patterns.values() {
        Some(values) => rows(py, patterns.neurons(), values.to_vec())?.into_any(),
        None => rows(py, patterns.neurons(), patterns.rows().concat())?.into_any(),
    })
}

/// Writes synapses that Python has to the file `path`, in SONATA's layout.
#[pyfunction]
pub fn write_edges(
    py: Python,
    path: PathBuf,
    projections: Vec<Given>,
    force: bool,
) -> PyResult<()> {
    let values = |column: &Option<PyReadonlyArray1<f64>>| match column {
        Some(column) => Ok(column.as_slice()?.to_vec()),
        None => PyResult::Ok(Vec::new()),
    };
    let mut lists = Vec::new();
    for (name, ends, senders, receivers, efficacies, delays) in &projections {
        let list = EdgeList {
            senders: senders.as_slice()?.to_vec(),
            receivers: receivers.as_slice()?.to_vec(),
            efficacies: values(efficacies)?,
            delays: values(delays)?,
        };
        lists.push((name.as_str(), ends.each_ref().map(String::as_str), list));
    }
    let written: Result<()> = py.detach(|| {
        lists.iter().try_for_each(|(name, _, list)| check(list).map_err(|e| e.at(*name)))?;
        write_lists(&lists, &path, force)
    });
    written.map_err(|error| raised(py, &error))
}

/// Refuses columns of different lengths, or without a synapse.
fn check(list: &EdgeList) -> Result<()> {
    let number = list.senders.len();
    if number == 0 && list.receivers.is_empty() {
        return Err(Error::input(
            "found no synapse",
            "a projection has at least one",
            "delete the projection from the model",
        ));
    }
    let columns = [
        ("receivers", list.receivers.len()),
        ("efficacies", if list.efficacies.is_empty() { number } else { list.efficacies.len() }),
        ("delays", if list.delays.is_empty() { number } else { list.delays.len() }),
    ];
    columns.into_iter().find(|column| column.1 != number).map_or(Ok(()), |(what, other)| {
        Err(Error::input(
            format!("found {number} senders and {other} {what}"),
            "every synapse has one of each",
            "make the columns equally long",
        ))
    })
}
