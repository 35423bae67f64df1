//! `attractor sweep`.

mod plan;

use super::host::host;
use super::progress::{Stopped, stopped};
use super::run::{threads, walltime};
use super::{
    LARGEST_SEED, available_memory, check_disk_of_sweep, check_memory, check_output, settings, warn,
};
use crate::error::{Error, Kind, Place, Result};
use crate::model::{Document, Model};
use crate::simulation::Wish;
use crate::sweep::{Begin, Done, Grid, Resources, Shard, Sweep as Plan, SweepSummary, SweepTable};
use crate::work::Over;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
pub(super) struct Sweep {
    /// The model file.
    model: PathBuf,
    /// A key of the model and its values: KEY=FROM:TO:STEPS for STEPS values with both ends, KEY=FROM:TO:STEPS:log for
    /// equal factors, or KEY=A,B,C; KEY+KEY=VALUES gives several keys the same value. Several --over make a grid; the first
    /// varies most slowly.
    #[arg(long, value_name = "KEY=VALUES")]
    over: Vec<String>,
    /// Runs of every point, with successive seeds.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// The table to write [default: the model's name with -sweep.h5, here; of shard 2/4 with -sweep-2-of-4.h5].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Seed of the first run of every point, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    seed: Option<u64>,
    /// Number of threads; the result does not depend on it [default: one per core].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Change a value of the model for all runs.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Keep the recordings of all runs in this folder, as run-0001.h5 and so on.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Make only every N-th run, from run I on: number I, from 1, of N parts for as many machines; `attractor merge` puts
    /// them together.
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Tell what the sweep takes, and make none of its runs: how many there are, memory, disk, and the time of a run, found
    /// in a start of the first and of the last one of at most two seconds each. Nothing is written.
    #[arg(long, conflicts_with_all = ["force", "resume"])]
    plan: bool,
    /// With --plan: print JSON.
    #[arg(long, requires = "plan")]
    json: bool,
    /// End after so much time of the clock on the wall, for example 55min, "1h 30m", 11:45:00 or 1-12:00:00; --resume goes
    /// on, and makes the runs anew that were under way.
    #[arg(long = "for", value_name = "WALLTIME", value_parser = walltime, conflicts_with = "plan")]
    limit: Option<Duration>,
    /// Overwrite an existing table.
    #[arg(long, conflicts_with = "resume")]
    force: bool,
    /// Go on with a sweep that did not end; the same command begins one, and leaves one alone that has ended, unless --force
    /// had begun it anew.
    #[arg(long)]
    resume: bool,
    /// Print nothing but errors, warnings and failed runs.
    #[arg(long)]
    quiet: bool,
}

impl Sweep {
    pub fn execute(&self) -> Result<ExitCode> {
        self.of(&Document::read(&self.model, &[])?, &Over::default())
    }

    /// Whether only what it takes is told.
    pub(super) fn is_plan(&self) -> bool {
        self.plan
    }

    /// The same of a document in which its settings are not made yet.
    pub(super) fn of(&self, document: &Document, over: &Over) -> Result<ExitCode> {
        let grid = Grid::parse(&self.over, self.repeat as usize)?;
        let settings = settings(&self.settings, self.seed);
        let shard = self.shard()?;
        let output = self.output.clone().unwrap_or_else(|| self.usual_name(shard));
        let threads = threads(self.threads)?;
        let check_point = |document: &Document, model: &Model| {
            over.heed()?;
            check_memory(document, model)
        };
        let plan = || Plan::plan_part(document, &settings, grid, shard, check_point);
        let plan = threads.with(plan)?;
        if self.plan {
            return plan::tell(&plan, (threads.number(), over), self.keep.is_some(), self.json);
        }
        let begin = match (self.force, self.resume) {
            (true, _) => Begin::Over,
            (_, true) => Begin::Resume,
            _ => Begin::New,
        };
        if plan.is_made(&output, begin)? {
            if !self.quiet {
                say!("{} is complete: nothing is left to run", output.display());
            }
            return conclude(&output, self.quiet);
        }
        let keep = self.keep.as_deref();
        let resources = check(&plan, threads.number(), (&output, begin != Begin::New), keep)?;
        warn(plan.warnings());
        let mut progress = Progress::new(plan.runs().len(), self.quiet, self.limit)?;
        let observe = |done| progress.at(done);
        let made = plan.run(&output, begin, keep, resources, &host(), observe);
        progress.finish();
        match made {
            Err(error) if progress.planned && error.kind() == Kind::Interrupt => {
                if !self.quiet {
                    say!("{error}");
                }
                return Ok(ExitCode::SUCCESS);
            }
            made => made?,
        }
        conclude(&output, self.quiet)
    }

    /// Which of the runs are made.
    fn shard(&self) -> Result<Shard> {
        let Some(typed) = &self.shard else { return Ok(Shard::WHOLE) };
        typed.parse().map_err(|e: Error| e.placed(Place::Argument(format!("--shard {typed}"))))
    }

    /// The model's, with the shard.
    fn usual_name(&self, shard: Shard) -> PathBuf {
        let name = self.model.file_stem().unwrap_or(self.model.as_os_str()).to_string_lossy();
        let shard = match shard.is_part() {
            true => format!("-{shard}").replace('/', "-of-"),
            false => String::new(),
        };
        PathBuf::from(format!("{name}-sweep{shard}.h5"))
    }
}

/// Tells what the table at `output` holds, and of runs that failed.
pub(super) fn conclude(output: &Path, quiet: bool) -> Result<ExitCode> {
    let table = SweepTable::open(output)?;
    let failures: Vec<String> = table.failures().into_iter().map(|f| f.run).collect();
    if !quiet {
        say!("{}\n  recorded in {}", SweepSummary::of(&table), output.display());
    }
    if failures.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    tell!("{} of {} runs failed: {}", failures.len(), table.runs.rows(), failures.join(", "));
    Ok(ExitCode::from(1))
}

/// Refuses a sweep whose `output`, which may be overwritten if the flag beside it says so, would destroy something, or for
/// which the disk lacks; tells what it may use.
///
/// # Errors
/// What was found, and how much is there.
pub fn check(
    plan: &Plan,
    threads: usize,
    (output, force): (&Path, bool),
    keep: Option<&Path>,
) -> Result<Resources> {
    let first = plan.document_of(0)?;
    check_output(&first, &first.model()?, output, force)?;
    let resources = Resources { threads, memory: available_memory() };
    check_disk_of_sweep(plan.disk(resources, keep.is_some()), keep, output)?;
    Ok(resources)
}

/// Tells how far a sweep is, and when it is committed.
struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    stopped: Stopped,
    /// Of the clock on the wall, and whether it ended the sweep.
    limit: Option<Duration>,
    planned: bool,
    clock: Instant,
    told: Instant,
    /// Runs that are committed, since when, how long that took, and when a commit was asked for that goes on.
    safe: usize,
    committed: Instant,
    cost: Duration,
    asked: Option<Instant>,
    /// Runs that had ended before this sweep was resumed.
    before: Option<usize>,
}

/// How often a plain line is printed, and a sweep is committed; a commit takes a twentieth of the time at most.
const TELL_EVERY: Duration = Duration::from_secs(5);
const COMMIT_EVERY: Duration = Duration::from_millis(200);
const COMMIT_SHARE: u32 = 20;

impl Progress {
    fn new(runs: usize, quiet: bool, limit: Option<Duration>) -> Result<Self> {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("  {bar:40} {msg}");
            ProgressBar::new(1000 * runs as u64)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let (stopped, now) = (stopped()?, Instant::now());
        let (clock, told, committed) = (now, now, now);
        let (safe, cost, asked, before) = (0, Duration::ZERO, None, None);
        Ok(Self {
            bar,
            quiet,
            stopped,
            limit,
            planned: false,
            clock,
            told,
            safe,
            committed,
            cost,
            asked,
            before,
        })
    }

    fn at(&mut self, done: Done) -> Wish {
        let now = Instant::now();
        if let Some(asked) = self.asked.take() {
            (self.cost, self.committed, self.safe) = (now - asked, now, done.ended);
            return Wish::Continue;
        }
        let before = *self.before.get_or_insert(done.ended) as f64;
        let message = || {
            let speed = self.clock.elapsed().as_secs_f64() / (done.reached - before).max(1e-9);
            let left = speed * (done.runs as f64 - done.reached);
            let failed = match done.failed {
                0 => String::new(),
                failed => format!(", {failed} failed"),
            };
            let left =
                if done.reached > before { format!(", {left:.0} s left") } else { String::new() };
            format!("{} of {} runs{failed}{left}", done.ended, done.runs)
        };
        if let Some(bar) = &self.bar {
            bar.set_position((1000.0 * done.reached) as u64);
            bar.set_message(message());
        } else if !self.quiet && now - self.told >= TELL_EVERY {
            tell!("  {}", message());
            self.told = now;
        }
        self.planned |= self.limit.is_some_and(|wall| (host().seconds)() >= wall.as_secs_f64());
        if self.planned || self.stopped.is_set() {
            return Wish::Stop;
        }
        let due = now - self.committed >= COMMIT_EVERY.max(COMMIT_SHARE * self.cost);
        if due && done.ended > self.safe {
            self.asked = Some(now);
            return Wish::Commit;
        }
        Wish::Continue
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
