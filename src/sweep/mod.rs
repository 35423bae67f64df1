//! Sweeps: one model, run with every combination of some values, several times each.
//!
//! A run of a sweep is what `attractor run --seed S --set KEY=VALUE` does, to the last bit: it is recorded, in memory or to a
//! temporary file, measured, and becomes one row of a table. Nothing in the table depends on the number of threads, on which run
//! ended first, on how often the sweep was interrupted, or among how many machines it was divided.

mod check;
mod grid;
mod hash;
mod left;
mod merge;
mod one;
mod place;
mod point;
mod run;
mod shard;
mod start;
mod written;
mod table;
mod summary;
mod value;

pub use grid::{Axis, Grid, MOST_RUNS, Spacing};
pub use merge::merge;
pub use place::{Begin, Places};
pub use point::{Failure, Point, Warned};
pub use run::{Done, Resources};
pub use shard::Shard;
pub use start::Start;
pub use summary::{PointSummary, SweepSummary};
pub use table::SweepTable;
pub use value::Values;

use crate::error::{Error, Place, Result, Warning};
use crate::model::{Document, Model};
use crate::recording::Hdf5;
use crate::recording::store::Store;
use crate::work::each;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use written::Identity;

/// A sweep, or a shard of it, of which every point has been checked.
#[derive(Clone, Debug)]
pub struct Sweep {
    document: Document,
    /// KEY=VALUE that all runs share.
    settings: Vec<String>,
    grid: Grid,
    /// Of the first run of every point.
    seed: u64,
    /// The model of the first run, with every default in place.
    resolved: String,
    /// Of every point that has been checked.
    needs: BTreeMap<usize, Needs>,
    warnings: Vec<Warning>,
    /// SHA-256 of the files of spikes that the model of the first run names.
    inputs_hash: String,
    /// Which of its runs are made.
    shard: Shard,
}

/// Bytes that a run takes.
#[derive(Clone, Copy, Debug)]
struct Needs {
    memory: f64,
    /// Of its recording, as far as that is known before.
    recorded: f64,
    /// Whether that is made in memory, unless it is kept.
    small: bool,
}

/// Recordings of certainly no more bytes than this are made in memory: a small network runs in less time than it takes to
/// write a file and to read it again.
const SMALL: f64 = 64e6;

impl Sweep {
    /// Checks the model of every point of `grid`; `settings` hold for all of them, and `check` sees each.
    ///
    /// # Errors
    /// That of the first point, in the order of the grid, whose model or `check` refuses.
    pub fn plan(
        document: &Document,
        settings: &[String],
        grid: Grid,
        check: impl Fn(&Document, &Model) -> Result<()> + Sync,
    ) -> Result<Self> {
        Self::plan_part(document, settings, grid, Shard::WHOLE, check)
    }

    /// The same of the runs of `shard` alone: their points are checked, and no others.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub fn plan_part(
        document: &Document,
        settings: &[String],
        grid: Grid,
        shard: Shard,
        check: impl Fn(&Document, &Model) -> Result<()> + Sync,
    ) -> Result<Self> {
        let mut sweep = Self {
            document: document.clone(),
            settings: settings.to_vec(),
            grid,
            seed: 0,
            resolved: String::new(),
            needs: BTreeMap::new(),
            warnings: Vec::new(),
            inputs_hash: String::new(),
            shard,
        };
        sweep.check_settings()?;
        let mut points: Vec<usize> = sweep.runs().map(|run| run / sweep.grid.repeat).collect();
        points.dedup();
        // Nobody asks about those after one that is refused.
        let refused = AtomicUsize::new(usize::MAX);
        let checked = each(points, |point| {
            if point >= refused.load(Ordering::Relaxed) {
                return None;
            }
            let settings = sweep.settings_of(point);
            let see = || {
                let document = sweep.document.with(&settings)?;
                let model = document.model()?;
                check(&document, &model)?;
                let needs = Needs::of(&model);
                Ok((point, needs, document.warnings(&model)))
            };
            Some(see().map_err(|e| {
                refused.fetch_min(point, Ordering::Relaxed);
                sweep.named(e, point)
            }))
        });
        for checked in checked.into_iter().flatten() {
            let (point, needs, warnings): (usize, Needs, Vec<Warning>) = checked?;
            sweep.needs.insert(point, needs);
            for warning in warnings {
                let known = sweep.warnings.iter().any(|known| known.key() == warning.key());
                if !known {
                    sweep.warnings.push(warning.map(|e| sweep.named(e, point)));
                }
            }
        }
        let first =
            sweep.document.with(&sweep.settings_of(0)).and_then(|document| document.model());
        // Also of a shard that does not make it: by it the sweep is known.
        let first = first.map_err(|e| sweep.named(e, 0))?;
        let last = i64::MAX as u64 - (sweep.grid.repeat as u64).min(i64::MAX as u64);
        if first.seed > last {
            return Err(Error::input(
                format!("found {} repeats from the seed {}", sweep.grid.repeat, first.seed),
                "their seeds end at 9223372036854775807",
                "choose a smaller seed",
            )
            .placed(Place::Argument("--repeat".to_owned())));
        }
        (sweep.seed, sweep.resolved) = (first.seed, first.to_toml());
        // A run without its file fails in its own words.
        sweep.inputs_hash = first.files_hash(document.folder()).unwrap_or_default();
        Ok(sweep)
    }

    /// The same sweep, of which only the runs of `shard` are made: a part, to be put together with others by [`merge`].
    pub fn part(self, shard: Shard) -> Self {
        Self { shard, ..self }
    }

    /// Which of its runs are made.
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The runs that are made, from 0, in order.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = usize> {
        self.shard.runs(self.grid.runs())
    }

    /// Most memory that a run of them takes, in bytes; an estimate.
    pub fn memory(&self) -> f64 {
        self.needs().map(|needs| needs.memory).fold(0.0, f64::max)
    }

    fn needs(&self) -> impl Iterator<Item = Needs> {
        self.runs().filter_map(|run| self.needs.get(&(run / self.grid.repeat)).copied())
    }

    /// What makes it this sweep.
    fn identity(&self) -> Identity<'_> {
        Identity {
            model_text: self.document.whole(),
            settings: &self.settings,
            model_resolved: &self.resolved,
            inputs_hash: &self.inputs_hash,
            grid: &self.grid,
            seed: self.seed,
            shard: self.shard,
        }
    }

    /// What is swept.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What its models can be, but are hardly meant to be; of several points the first one stands for all.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The seed of run `run`, counted from 0.
    pub fn seed_of(&self, run: usize) -> u64 {
        self.grid.seed_of(run, self.seed)
    }

    /// Refuses a swept key that is set for all runs too.
    fn check_settings(&self) -> Result<()> {
        for setting in &self.settings {
            let key = setting.split('=').next().unwrap_or_default().trim();
            if self.grid.axes.iter().flat_map(Axis::keys).any(|swept| swept == key) {
                return Err(Error::input(
                    "found a key that is swept too",
                    "a key has either one value or those of --over",
                    "delete one of the two",
                )
                .placed(Place::Argument(format!("--set {setting}"))));
            }
        }
        Ok(())
    }

    fn settings_of(&self, point: usize) -> Vec<String> {
        let mut settings = self.settings.clone();
        settings.extend(self.grid.settings(point));
        settings
    }

    /// The document of run `run`, counted from 0.
    ///
    /// # Errors
    /// Those of [`Document::with`].
    pub fn document_of(&self, run: usize) -> Result<Document> {
        let mut settings = self.settings_of(run / self.grid.repeat);
        settings.push(format!("seed={}", self.seed_of(run)));
        self.document.with(&settings)
    }

    /// The same error, with the point at which the model is wrong.
    fn named(&self, error: Error, point: usize) -> Error {
        let settings = self.grid.settings(point);
        if settings.is_empty() {
            return error;
        }
        let swept = |argument: &str| {
            settings.iter().any(|setting| argument.strip_prefix("--set ") == Some(setting))
        };
        let mut at = format!("at {}", settings.join(", "));
        match error.place() {
            Place::Nowhere => {}
            Place::Argument(argument) if swept(argument) => {}
            place => at = format!("{at}: {place}"),
        }
        let broken = |axis: &&Axis| {
            axis.keys().any(|key| key == error.key())
                && axis.spacing != Spacing::List
                && axis.has_fractions()
        };
        let whole = error.to_string().contains("a whole number");
        let error = match self.grid.axes.iter().find(broken) {
            Some(_) if whole => error
                .mended("choose FROM, TO and STEPS so that every value is whole, or write a list"),
            _ => error,
        };
        error.placed(Place::Argument(at))
    }
}

impl Needs {
    fn of(model: &Model) -> Self {
        let most = model.recorded_at_most();
        let small = most <= SMALL;
        // Columns grow by doubling.
        let memory = model.memory(1) + if small { 2.0 * most } else { 0.0 };
        Self { memory, recorded: model.recorded(), small }
    }
}

/// Whether `path` is the table of a sweep, whole or not, rather than a recording.
pub fn is_table(path: &Path) -> bool {
    Hdf5::open(path).is_ok_and(|store| store.exists(written::RUNS))
}
