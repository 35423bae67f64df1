//! Runs of a sweep, each on a thread of its own where there are enough of them.

use super::Sweep;
use super::place::{Begin, Places};
use super::table::{Left, Origin, SweepTable};
use crate::error::{Error, Kind, Place, Result};
use crate::experiment::{Experiment, Host, Target};
use crate::recording::{Output, Recording};
use crate::report::measures;
use crate::simulation::Wish;
use crate::table::Table;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// What a sweep may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resources {
    pub threads: usize,
    /// Bytes; infinite if not known.
    pub memory: f64,
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    /// Runs of the sweep, those that have ended (also before it was resumed), and those of them that failed.
    pub runs: usize,
    pub ended: usize,
    pub failed: usize,
    /// Runs that have ended, with the parts of those that are under way.
    pub reached: f64,
}

/// How often whoever waits for a run asks whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);
/// Parts of a run in which its progress is counted.
const PARTS: f64 = 1000.0;

/// What became of a run; an outer error is a panic.
type Outcome = std::thread::Result<Result<Left>>;

/// What the threads of a sweep share.
struct Shared<'a> {
    sweep: &'a Sweep,
    places: &'a Places,
    host: &'a Host,
    /// The runs that are left, and how many of them have been begun.
    pending: &'a [usize],
    begun: AtomicUsize,
    /// How far every thread is with its run.
    parts: Vec<AtomicU64>,
    /// Set when no further run is wanted.
    over: AtomicBool,
    /// Threads of one run.
    threads: usize,
}

impl Sweep {
    /// Makes all runs and writes their table to `output`; recordings are kept in the folder `keep`, if one is named.
    /// `observe` is asked several times a second; it cannot change what is found.
    ///
    /// # Errors
    /// If the table cannot be written, is there already, or is that of another sweep; if `observe` wishes to stop. A
    /// run that fails is no error: its row says why.
    pub fn run(
        &self,
        output: &Path,
        begin: Begin,
        keep: Option<&Path>,
        resources: Resources,
        host: &Host,
        mut observe: impl FnMut(Done) -> Wish,
    ) -> Result<()> {
        let places = Places::begin(output, begin, keep)?;
        let mut rows = BTreeMap::new();
        let mut origin = Origin {
            command_line: host.command_line.clone(),
            started: (host.now)(),
            ended: String::new(),
        };
        if begin == Begin::Resume && places.part().exists() {
            (rows, origin.started) = self.resumed(places.part())?;
        }
        places.commit(self, &rows, &origin)?;
        let pending: Vec<usize> =
            (0..self.grid.runs()).filter(|run| !rows.contains_key(run)).collect();
        let workers = self.workers(resources, pending.len());
        let shared = Shared {
            sweep: self,
            places: &places,
            host,
            pending: &pending,
            begun: AtomicUsize::new(0),
            parts: (0..workers).map(|_| AtomicU64::new(0)).collect(),
            over: AtomicBool::new(false),
            threads: (resources.threads / workers).max(1),
        };
        let (back, ended) = channel();
        let collected = std::thread::scope(|scope| {
            // Whatever way this ends, the threads go home.
            let _end = End { over: &shared.over };
            for worker in 0..workers {
                let (back, shared) = (back.clone(), &shared);
                scope.spawn(move || shared.work(worker, &back));
            }
            drop(back);
            shared.collect(&ended, &mut rows, &origin, &mut observe)
        });
        origin.ended = (host.now)();
        places.commit(self, &rows, &origin)?;
        collected?;
        if rows.len() < self.grid.runs() {
            let found = format!(
                "found that the sweep was stopped after {} of {} runs",
                rows.len(),
                self.grid.runs()
            );
            let remedy = "go on with --resume, or look at what was finished with `attractor info` and `plot`";
            return Err(Error::interrupt(places.part(), found, remedy));
        }
        Output::adopt(output, begin == Begin::Over).publish()
    }

    /// How many runs go on at once: as many as there are threads, and as fit the memory.
    fn workers(&self, resources: Resources, runs: usize) -> usize {
        let fit = (resources.memory / self.memory.max(1.0)).floor().max(1.0);
        (fit.min(resources.threads as f64) as usize).min(runs).max(1)
    }

    /// The rows of a table that did not come to its end, and when it was begun.
    fn resumed(&self, part: &Path) -> Result<(BTreeMap<usize, Left>, String)> {
        let table = SweepTable::open(part)?;
        let differs = if table.grid != self.grid {
            "whose --over or --repeat differ"
        } else if table.model_resolved != self.resolved {
            "whose model, --set or --seed differ"
        } else if table.version != env!("CARGO_PKG_VERSION") {
            "by another version of attractor"
        } else {
            return Ok((table.left()?.into_iter().collect(), table.started));
        };
        Err(Error::file(
            part,
            format!("found the beginning of a sweep {differs}"),
            "go on with the command that began it, choose another output with -o, or overwrite it with --force",
        ))
    }

    /// Makes one run and measures it.
    fn make(&self, run: usize, shared: &Shared, worker: usize) -> Result<Left> {
        let document = self.document_of(run)?;
        let model = document.model()?;
        let path = shared.places.recording(run);
        let target = Target { path: &path, force: true, trial: None };
        let record = || {
            let mut experiment = Experiment::begin(&document, &model, target, shared.host)?;
            let duration = experiment.simulation.duration();
            experiment.run(|time| {
                let parts = (time / duration * PARTS) as u64;
                shared.parts[worker].store(parts, Ordering::Relaxed);
                if shared.over.load(Ordering::Relaxed) { Wish::Stop } else { Wish::Continue }
            })?;
            experiment.finish()?;
            measure(&Recording::open(&path)?)
        };
        let left = record();
        shared.parts[worker].store(0, Ordering::Relaxed);
        shared.places.clear(run);
        match left {
            // A model that only fails while it is built or runs is found out here; others may do well.
            Err(e) if matches!(e.kind(), Kind::Input | Kind::Divergence) => {
                // Where the model stands is no property of the run.
                let error = e.placed(Place::Nowhere).to_string();
                Ok(Left { error, ..Left::default() })
            }
            left => left,
        }
    }
}

/// What a recording leaves in the table.
pub(super) fn measure(recording: &Recording) -> Result<Left> {
    let trials = match (recording.drawn()?, recording.results()?) {
        (Some(drawn), Some(results)) => drawn.beside(results),
        (drawn, _) => drawn.unwrap_or_else(Table::default),
    };
    let data_hash = recording.provenance()?.data_hash;
    Ok(Left { data_hash, measured: measures(recording)?, trials, error: String::new() })
}

/// Sends the threads home.
struct End<'a> {
    over: &'a AtomicBool,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl Shared<'_> {
    /// Makes one run after another as long as there are some.
    fn work(&self, worker: usize, back: &Sender<(usize, Outcome)>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build();
        while let Some(&run) = self.pending.get(self.begun.fetch_add(1, Ordering::Relaxed)) {
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let make = || self.sweep.make(run, self, worker);
            // Whoever waits for this run must learn of a panic.
            let outcome = catch_unwind(AssertUnwindSafe(|| match &pool {
                Ok(pool) => pool.install(make),
                Err(_) => make(),
            }));
            if back.send((run, outcome)).is_err() {
                return;
            }
        }
    }

    /// Takes what the threads send until all have gone home.
    fn collect(
        &self,
        ended: &Receiver<(usize, Outcome)>,
        rows: &mut BTreeMap<usize, Left>,
        origin: &Origin,
        observe: &mut impl FnMut(Done) -> Wish,
    ) -> Result<()> {
        let mut failure = None;
        let mut failed = rows.values().filter(|left| !left.error.is_empty()).count();
        loop {
            match ended.recv_timeout(PATIENCE) {
                Ok((run, Ok(Ok(left)))) => {
                    failed += usize::from(!left.error.is_empty());
                    rows.insert(run, left);
                }
                Ok((run, Ok(Err(error)))) => {
                    self.over.store(true, Ordering::Relaxed);
                    if error.kind() != Kind::Interrupt {
                        // Of the first run that could not go on, so that the same mishap gives the same sentence.
                        failure = match failure {
                            Some((first, e)) if first < run => Some((first, e)),
                            _ => Some((run, error)),
                        };
                    }
                }
                Ok((_, Err(panic))) => resume_unwind(panic),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let under_way: u64 = self.parts.iter().map(|parts| parts.load(Ordering::Relaxed)).sum();
            let reached = rows.len() as f64 + under_way as f64 / PARTS;
            let runs = self.sweep.grid.runs();
            let done = Done { runs, ended: rows.len(), failed, reached };
            let mut wish = observe(done);
            if wish == Wish::Commit {
                self.places.commit(self.sweep, rows, origin)?;
                // At once, so that it learns how long that took.
                wish = observe(done);
            }
            if wish == Wish::Stop {
                self.over.store(true, Ordering::Relaxed);
            }
        }
        failure.map_or(Ok(()), |(_, error)| Err(error))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Grid;
    use super::*;
    use crate::model::Document;

    #[test]
    fn so_many_runs_go_on_at_once_as_there_are_threads_and_as_fit_the_memory() {
        let document = Document::read("models/memory-1000.toml".as_ref(), &[]).unwrap();
        let grid = Grid::parse(&[], 20).unwrap();
        let sweep = Sweep::plan(&document, &[], grid, |_, _| Ok(())).unwrap();
        let workers = |threads, networks: f64, runs| {
            sweep.workers(Resources { threads, memory: networks * sweep.memory }, runs)
        };
        assert_eq!(workers(8, f64::INFINITY, 20), 8);
        assert_eq!(workers(8, f64::INFINITY, 3), 3);
        assert_eq!(workers(8, 2.5, 20), 2);
        // The last one that fits was checked before; nothing is left to run when a table is whole.
        assert_eq!(workers(8, 0.5, 20), 1);
        assert_eq!(workers(8, 2.5, 0), 1);
    }
}
