//! Runs of a sweep, each on a thread of its own where there are enough of them.

use super::Sweep;
use super::left::Left;
use super::place::{Begin, Places};
use super::table::SweepTable;
use super::written::Making;
use crate::analysis::judge;
use crate::error::{Error, Kind, Place, Result};
use crate::experiment::{Experiment, Host};
use crate::recording::{Output, Recording, Saturation, Sink, beside};
use crate::report::{measures, model_of};
use crate::simulation::Wish;
use crate::table::Table;
use crate::work::{Crew, News, Order, Over, Threads};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a sweep may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resources {
    /// Threads of all runs together.
    pub threads: usize,
    /// Bytes; infinite if not known.
    pub memory: f64,
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    /// Runs of the sweep, or of the shard of it that is made.
    pub runs: usize,
    /// Those that have ended, also before it was resumed.
    pub ended: usize,
    /// Those of them that failed.
    pub failed: usize,
    /// Runs that have ended, with the parts of those that are under way.
    pub reached: f64,
}

/// Parts of a run in which its progress is counted.
const PARTS: f64 = 1000.0;

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
        if self.is_made(output, begin)? {
            return Ok(());
        }
        let places = Places::begin(output, begin, keep.map(|keep| (keep, self.shard)))?;
        let (identity, runs) = (self.identity(), self.runs().len());
        let mut rows = BTreeMap::new();
        let mut making = Making {
            command_line: host.command_line.clone(),
            started: (host.now)(),
            ended: String::new(),
        };
        if begin == Begin::Resume && places.part().exists() {
            (rows, making.started) = self.resumed(places.part())?;
        }
        places.commit(&identity, &rows, &making)?;
        let pending: Vec<usize> = self.runs().filter(|run| !rows.contains_key(run)).collect();
        let workers = self.workers(resources, pending.len());
        let crew =
            Crew { workers, threads: (resources.threads / workers).max(1), order: Order::Ended };
        // How far every run is that is under way.
        let parts: Vec<AtomicU64> = pending.iter().map(|_| AtomicU64::new(0)).collect();
        let work = |k: usize, threads: &Threads, over: &Over| {
            let part = &parts[k];
            let under_way = UnderWay { places: &places, host, threads, over, part };
            self.make(pending[k], under_way)
        };
        let mut collected = Collected { failure: None, rows };
        let mut tell = |news: News<Result<Left>>, over: &Over| {
            if let News::Ended(k, left) = news {
                collected.take(pending[k], left, over);
            }
            let mut wish = observe(collected.done(runs, &parts));
            if wish == Wish::Commit {
                places.commit(&identity, &collected.rows, &making)?;
                // At once, so that it learns how long that took.
                wish = observe(collected.done(runs, &parts));
            }
            if wish == Wish::Stop {
                over.set();
            }
            Ok(())
        };
        let ended = crew.work(0..pending.len(), work, &mut tell);
        let Collected { failure, rows } = collected;
        making.ended = (host.now)();
        places.commit(&identity, &rows, &making)?;
        ended?;
        failure.map_or(Ok(()), |(_, error)| Err(error))?;
        if rows.len() < runs {
            let found =
                format!("found that the sweep was stopped after {} of {runs} runs", rows.len());
            let remedy = "go on with --resume, or look at what was finished with `attractor info` and `plot`";
            return Err(Error::interrupt(places.part(), found, remedy));
        }
        places.publish()
    }

    /// How many runs go on at once, and with how many threads each.
    pub fn at_once(&self, resources: Resources) -> (usize, usize) {
        let workers = self.workers(resources, self.runs().len());
        (workers, (resources.threads / workers).max(1))
    }

    /// How many of `runs` go on at once: as many as there are threads, and as fit the memory.
    fn workers(&self, resources: Resources, runs: usize) -> usize {
        let fit = (resources.memory / self.memory().max(1.0)).floor().max(1.0);
        (fit.min(resources.threads as f64) as usize).min(runs).max(1)
    }

    /// Bytes of recordings that stand on disk at once: of those under way twice, because they are written in two files by
    /// turns, and of all runs if they are kept; a lower bound, for nobody knows how many spikes there will be.
    pub fn disk(&self, resources: Resources, keep: bool) -> f64 {
        let written =
            || self.needs().filter(|needs| keep || !needs.small).map(|needs| needs.recorded);
        let under_way = self.at_once(resources).0 as f64 * written().fold(0.0, f64::max);
        2.0 * under_way + if keep { written().sum() } else { 0.0 }
    }

    /// Whether nothing is left to do for the output `output`, because this sweep is resumed and its table stands there; a folder
    /// of its runs that a kill has left beside that is removed. Where this sweep was begun to replace the table, whatever that is
    /// of, it goes on.
    ///
    /// # Errors
    /// If another one stands there.
    pub fn is_made(&self, output: &Path, begin: Begin) -> Result<bool> {
        if begin != Begin::Resume {
            return Ok(false);
        }
        Output::check(output, true)?;
        if !output.exists() {
            return Ok(false);
        }
        // What --force began anew, and did not end, goes on.
        let part = beside(output, "part");
        if part.exists() && self.opened(&part).is_ok() {
            return Ok(false);
        }
        // Somebody may have given the beginning of a table its name.
        if !self.opened(output)?.complete {
            return Err(Error::file(
                output,
                "found a table that is not complete under the name of one that is",
                "rename it to what it was, which ends in .part, or choose another output with -o",
            ));
        }
        Places::clear_beside(output);
        Ok(true)
    }

    /// The rows of a table that did not come to its end, and when it was begun.
    fn resumed(&self, part: &Path) -> Result<(BTreeMap<usize, Left>, String)> {
        let table = self.opened(part)?;
        Ok((table.left()?.into_iter().collect(), table.started))
    }

    /// A table of this sweep, and of its shard.
    fn opened(&self, path: &Path) -> Result<SweepTable> {
        let table = SweepTable::open(path)?;
        let of_other = (table.shard != self.shard).then_some("whose --shard differs");
        let Some(differs) = table.differs(&self.identity()).or(of_other) else {
            return Ok(table);
        };
        let found = if table.complete { "a sweep" } else { "the beginning of a sweep" };
        Err(Error::file(
            path,
            format!("found {found} {differs}"),
            "go on with the command that began it, choose another output with -o, or overwrite it with --force",
        ))
    }

    /// Makes one run and measures it.
    fn make(&self, run: usize, under_way: UnderWay) -> Result<Left> {
        let UnderWay { places, host, threads, over, part } = under_way;
        let document = self.document_of(run)?;
        let model = document.model()?;
        let path = places.recording(run);
        let small = self.needs.get(&(run / self.grid.repeat)).is_some_and(|needs| needs.small);
        let record = move || {
            let sink = match small && !places.keeps() {
                true => Sink::Memory,
                false => Sink::File { path: &path, force: true },
            };
            let mut experiment = Experiment::begin(&document, model, (sink, None), host, threads)?;
            experiment.simulation.heed(over);
            let duration = experiment.simulation.duration();
            experiment.run(|time| {
                part.store((time / duration * PARTS) as u64, Ordering::Relaxed);
                if over.is_set() { Wish::Stop } else { Wish::Continue }
            })?;
            let saturated = experiment.saturation().filter_map(Saturation::warning);
            let warning = saturated.map(|found| found.to_string()).collect::<Vec<_>>().join(" ");
            Ok(Left { warning, ..measure(&experiment.finish()?)? })
        };
        let left = record().map_err(|e| places.lasting(e, run));
        part.store(0, Ordering::Relaxed);
        places.clear(run);
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

/// A run that is under way.
struct UnderWay<'a> {
    places: &'a Places,
    host: &'a Host,
    threads: &'a Threads,
    over: &'a Over,
    /// How much of it is done.
    part: &'a AtomicU64,
}

/// What has ended.
struct Collected {
    rows: BTreeMap<usize, Left>,
    /// The first run, in their order, that could not go on, so that the same mishap gives the same sentence.
    failure: Option<(usize, Error)>,
}

impl Collected {
    fn take(&mut self, run: usize, left: Result<Left>, over: &Over) {
        match left {
            Ok(left) => {
                self.rows.insert(run, left);
            }
            Err(error) => {
                over.set();
                let first = self.failure.as_ref().is_none_or(|(first, _)| run < *first);
                if error.kind() != Kind::Interrupt && first {
                    self.failure = Some((run, error));
                }
            }
        }
    }

    fn done(&self, runs: usize, parts: &[AtomicU64]) -> Done {
        let under_way: u64 = parts.iter().map(|part| part.load(Ordering::Relaxed)).sum();
        let failed = self.rows.values().filter(|left| !left.error.is_empty()).count();
        let ended = self.rows.len();
        Done { runs, ended, failed, reached: ended as f64 + under_way as f64 / PARTS }
    }
}

/// What a recording leaves in the table.
pub(super) fn measure(recording: &Recording) -> Result<Left> {
    // Of a run that was stopped what was found in its trials is not stored.
    let results = match recording.results()? {
        None => match &model_of(&recording.provenance()?, recording.path())?.task {
            Some(task) => judge(recording, task)?,
            None => None,
        },
        stored => stored,
    };
    let trials = match (recording.drawn()?, results) {
        (Some(drawn), Some(results)) => drawn.beside(results),
        (drawn, _) => drawn.unwrap_or_else(Table::default),
    };
    let data_hash = recording.provenance()?.data_hash;
    Ok(Left { data_hash, measured: measures(recording)?, trials, ..Left::default() })
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
            sweep.workers(Resources { threads, memory: networks * sweep.memory() }, runs)
        };
        assert_eq!(workers(8, f64::INFINITY, 20), 8);
        assert_eq!(workers(8, f64::INFINITY, 3), 3);
        assert_eq!(workers(8, 2.5, 20), 2);
        // The last one that fits was checked before; nothing is left to run when a table is whole.
        assert_eq!(workers(8, 0.5, 20), 1);
        assert_eq!(workers(8, 2.5, 0), 1);
    }
}
