//! Sweeps: one model with every combination of some values, and the table that they leave.

use crate::arrays::columns;
use crate::error::{raised, sentence};
use crate::model::Model;
use crate::picture::{self, Png, Target, shown};
use crate::plain;
use crate::watched::{Watch, watched};
use attractor::cli;
use attractor::error::{Kind, Result};
use attractor::figure::sweep::Wanted;
use attractor::figure::{Drawing, Figure};
use attractor::hdf::trust;
use attractor::recording::Output;
use attractor::simulation::Wish;
use attractor::sweep::{Begin, Done, Grid, Places, Shard, Sweep, SweepSummary, SweepTable};
use attractor::work::{Over, Threads};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a sweep is committed.
const COMMIT_EVERY: Duration = Duration::from_secs(2);

/// The table of a sweep.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct SweptTable {
    table: SweepTable,
}

/// Tells how far a sweep is, and when it is committed.
fn observer(watch: &Watch) -> impl FnMut(Done) -> Wish + '_ {
    let (mut committed, mut safe) = (Instant::now(), 0);
    move |done| match watch.at(done.reached) {
        Wish::Continue if done.ended > safe && committed.elapsed() >= COMMIT_EVERY => {
            (committed, safe) = (Instant::now(), done.ended);
            Wish::Commit
        }
        wish => wish,
    }
}

/// Runs `model` with the values of `over`, each KEY=VALUES as the command has them, and `repeat` seeds, or of these runs those
/// of a shard (I/N), and writes the table `out`; `tell` is told how many runs have ended. Returns it with what the models are
/// hardly meant to be; after `limit` seconds what it has then.
#[pyfunction]
#[pyo3(signature = (model, over, repeat, out, threads, keep, begin, tell, shard, limit))]
#[expect(clippy::too_many_arguments, reason = "Python's own function has them by name")]
pub fn sweep(
    py: Python,
    model: &Model,
    over: Vec<String>,
    repeat: usize,
    out: PathBuf,
    threads: usize,
    keep: Option<PathBuf>,
    begin: &str,
    tell: Option<&Bound<PyAny>>,
    shard: Option<&str>,
    limit: Option<f64>,
) -> PyResult<(SweptTable, Vec<String>)> {
    let begun = Instant::now();
    let host = cli::host_of("sweep of Python".to_owned());
    let begin = begin_of(begin);
    watched(py, tell, |watch| {
        let threads = Threads::new(threads)?;
        let shard = shard_of(shard)?;
        let plan = planned(model, (&over, repeat, shard), (&threads, &watch.over))?;
        if plan.is_made(&out, begin)? {
            trust(&out);
            return Ok((SweptTable { table: SweepTable::open(&out)? }, Vec::new()));
        }
        let target = (&*out, begin != Begin::New);
        let resources = cli::check_sweep(&plan, threads.number(), target, keep.as_deref())?;
        let (mut observe, mut late) = (observer(watch), false);
        let observe = |done| {
            late |= limit.is_some_and(|limit| begun.elapsed().as_secs_f64() >= limit);
            if late { Wish::Stop } else { observe(done) }
        };
        let ran = plan.run(&out, begin, keep.as_deref(), resources, &host, observe);
        let made = match ran {
            Err(error) if late && error.kind() == Kind::Interrupt => cli::part_of(&out),
            ran => ran.map(|()| out)?,
        };
        trust(&made);
        Ok((SweptTable { table: SweepTable::open(&made)? }, warnings_of(&plan)))
    })
}

fn begin_of(word: &str) -> Begin {
    match word {
        "over" => Begin::Over,
        "resume" => Begin::Resume,
        _ => Begin::New,
    }
}

fn shard_of(typed: Option<&str>) -> Result<Shard> {
    typed.map_or(Ok(Shard::WHOLE), str::parse)
}

/// A sweep, or a shard of it, of which every point has been checked, unless it is over.
fn planned(
    model: &Model,
    (values, repeat, shard): (&[String], usize, Shard),
    (threads, over): (&Threads, &Over),
) -> Result<Sweep> {
    let grid = Grid::parse(values, repeat)?;
    let check = |document: &_, model: &_| {
        over.heed()?;
        cli::check_run(document, model, None, false)
    };
    threads.with(|| Sweep::plan_part(model.document(), &[], grid, shard, check))
}

fn warnings_of(plan: &Sweep) -> Vec<String> {
    plan.warnings().iter().map(|warning| sentence(warning.as_error())).collect()
}

/// A sweep that others make: nobody else writes its table until this is closed.
#[pyclass(frozen, module = "attractor._attractor")]
pub struct Claim {
    places: Mutex<Option<Places>>,
    /// What the models are hardly meant to be.
    #[pyo3(get)]
    warnings: Vec<String>,
}

#[pymethods]
impl Claim {
    /// Checks a sweep and its places as [`sweep`] does before its first run.
    #[new]
    fn new(
        py: Python,
        model: &Model,
        over: Vec<String>,
        repeat: usize,
        out: PathBuf,
        keep: Option<PathBuf>,
        begin: &str,
    ) -> PyResult<Self> {
        let begin = begin_of(begin);
        watched(py, None, |watch| {
            let threads = Threads::new(0)?;
            let plan = planned(model, (&over, repeat, Shard::WHOLE), (&threads, &watch.over))?;
            let target = (&*out, begin != Begin::New);
            cli::check_sweep(&plan, threads.number(), target, keep.as_deref())?;
            let kept = keep.as_deref().map(|folder| (folder, Shard::WHOLE));
            let places = Places::begin(&out, begin, kept)?;
            Ok(Self { places: Mutex::new(Some(places)), warnings: warnings_of(&plan) })
        })
    }

    /// Leaves the place to the table.
    fn close(&self) {
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Puts the tables of shards together in the table `out`; nobody looks first at those that are trusted.
#[pyfunction]
pub fn merge(
    py: Python,
    parts: Vec<PathBuf>,
    out: PathBuf,
    force: bool,
    trusted: bool,
) -> PyResult<SweptTable> {
    let host = cli::host_of("merge of Python".to_owned());
    let merged = py.detach(|| {
        parts.iter().filter(|_| trusted).for_each(|part| trust(part));
        attractor::sweep::merge(&parts, &out, force, &host)?;
        trust(&out);
        SweepTable::open(&out)
    });
    merged.map(SweptTable::of).map_err(|error| raised(py, &error))
}

/// How many runs a sweep has, or a shard of it (I/N).
#[pyfunction]
#[pyo3(signature = (over, repeat, shard))]
pub fn runs_of(
    py: Python,
    over: Vec<String>,
    repeat: usize,
    shard: Option<&str>,
) -> PyResult<usize> {
    let runs = || Ok(shard_of(shard)?.runs(Grid::parse(&over, repeat)?.runs()).len());
    runs().map_err(|error| raised(py, &error))
}

/// Refuses an output that exists, unless `force`.
#[pyfunction]
pub fn check_output(py: Python, out: PathBuf, force: bool) -> PyResult<()> {
    Output::check(&out, force).map_err(|error| raised(py, &error))
}

impl SweptTable {
    /// That of these rows.
    pub fn of(table: SweepTable) -> Self {
        Self { table }
    }
}

#[pymethods]
impl SweptTable {
    /// Opens the table in a file.
    #[staticmethod]
    fn open(py: Python, path: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| SweepTable::open(&path));
        opened.map(|table| Self { table }).map_err(|error| raised(py, &error))
    }

    /// Writes it to the new file `path`.
    fn save(&self, py: Python, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.table.save(&path)).map_err(|error| raised(py, &error))
    }

    /// Whether the sweep came to its end.
    #[getter]
    fn complete(&self) -> bool {
        self.table.complete
    }

    /// Which of the runs stand in it, I/N, if not all of them are meant to.
    #[getter]
    fn shard(&self) -> Option<String> {
        let shard = self.table.shard;
        shard.is_part().then(|| shard.to_string())
    }

    /// The hash of all that is in it.
    #[getter]
    fn table_hash(&self) -> &str {
        &self.table.table_hash
    }

    /// The keys that were swept.
    #[getter]
    fn keys(&self) -> Vec<&str> {
        self.table.grid.axes.iter().map(|axis| &*axis.key).collect()
    }

    /// What was measured of every run.
    #[getter]
    fn measured(&self) -> Vec<&str> {
        self.table.measured.iter().map(String::as_str).collect()
    }

    /// A row per run, column by column.
    fn runs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns(py, &self.table.runs)
    }

    /// A row per trial of every run, column by column.
    fn trials<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns(py, &self.table.trials)
    }

    /// What the command prints of it, and the same as data.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<(String, Bound<'py, PyAny>)> {
        let summary = SweepSummary::of(&self.table);
        let data = serde_json::to_value(&summary).unwrap_or_default();
        Ok((summary.to_string(), plain::python(py, &data)?))
    }

    /// The shares of trials by a column as PNG, or written to `path` as its extension says.
    #[pyo3(signature = (column, log_y, path, force))]
    fn histogram<'py>(
        &self,
        py: Python<'py>,
        column: &str,
        log_y: bool,
        path: Option<PathBuf>,
        force: bool,
    ) -> PyResult<Png<'py>> {
        drawn(py, (path.as_deref(), force), || self.table.histogram(column, log_y))
    }

    /// Curves of a column as PNG, or written to `path` as its extension says.
    #[pyo3(signature = (y, x, series, capacity, log_y, within, path, force))]
    #[expect(clippy::too_many_arguments, reason = "Python's own method has them by name")]
    fn draw<'py>(
        &self,
        py: Python<'py>,
        y: String,
        x: Option<String>,
        series: Option<String>,
        capacity: Option<f64>,
        log_y: bool,
        within: Option<(f64, f64)>,
        path: Option<PathBuf>,
        force: bool,
    ) -> PyResult<Png<'py>> {
        let wanted = Wanted { y, x, series, capacity, log_y, within };
        drawn(py, (path.as_deref(), force), || self.table.figure(&wanted))
    }
}

/// A figure as PNG, or written to `target`.
fn drawn<'py>(
    py: Python<'py>,
    target: Target,
    figure: impl FnOnce() -> Result<Figure> + Send,
) -> PyResult<Png<'py>> {
    let png = py.detach(|| shown(target, || Ok(Drawing::from(figure()?))));
    Ok(picture::bytes(py, png.map_err(|error| raised(py, &error))?))
}
