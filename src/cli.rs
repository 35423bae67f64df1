//! The command line.

/// Prints a line; see [`print::out`].
macro_rules! say {
    ($($line:tt)*) => { $crate::cli::print::out(format_args!($($line)*)) };
}

/// Prints a line to the error stream; see [`print::err`].
macro_rules! tell {
    ($($line:tt)*) => { $crate::cli::print::err(format_args!($($line)*)) };
}

mod analyze;
mod curves;
mod export;
mod graded;
mod help;
mod host;
mod landscape;
mod merge;
mod plot;
mod print;
mod probe;
mod progress;
mod ranks;
mod rehearsal;
mod report;
mod reproduce;
mod resources;
mod run;
mod sweep;
mod theory;
mod told;
mod verify;

pub use run::{go_on, is_complete, origin_of, part_of, time_of, without_part};
pub use sweep::check as check_sweep;
pub use told::{Subject, told};

use crate::dynamics::{ObservableKind, Section};
use crate::error::{Error, Kind, Place, Result, Warning, quoted};
use crate::experiment::Host;
use crate::hdf;
use crate::model::{Document, Model};
use crate::network::Projection;
use crate::recording::{Output, Recording, beside};
use crate::report::{Summary, Verification};
use crate::sweep::{self as table, SweepSummary, SweepTable};
use crate::synapse::give_back_at_once;
use crate::work::cores;
use analyze::Analyze;
use clap::{Args, Parser, Subcommand};
use export::Export;
use help::{Completions, ManPage};
use landscape::{States, WebPage};
use merge::Merge;
use plot::Plot;
use report::Report;
use reproduce::Reproduce;
use resources::{
    available_memory, check_disk, check_disk_of_sweep, check_memory, check_memory_of, peak_rss_mb,
};
use run::Run;
use serde::Serialize;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use sweep::Sweep;
use theory::Theory;
use verify::Verify;

/// Simulates attractor memories: event-driven spiking networks with exact spike times, and binary networks.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 good, 1 an [expect] was not met or what is verified differs, 2 bad input, 130 interrupted."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a model and record it.
    Run(Run),
    /// Run a model with every combination of some values.
    Sweep(Sweep),
    /// Put parts of a sweep together that were made apart, as one table.
    Merge(Merge),
    /// Find the states of a model in mean-field theory, without running it.
    Theory(Theory),
    /// Draw a recording, a column of its trials, or curves of a sweep.
    Plot(Plot),
    /// Write a page about a recording, to look at it in a browser.
    Report(Report),
    /// Write a model's wired network, or a recording's spikes and trials, for other programs.
    Export(Export),
    /// Resolve a model and estimate its size, without running it.
    Check(Check),
    /// Summarise a recording or a sweep.
    Info(Info),
    /// Verify a recording or a sweep: compute once more what follows from its data.
    Verify(Verify),
    /// Write tables and figures of the trials of a recording.
    Analyze(Analyze),
    /// List the fixed points of a binary or graded network, what they are and what leads to them; draw a graded one.
    States(States),
    /// Write a page on which to play with a binary network.
    Page(WebPage),
    /// Measure the systems of the teaching sources, row by row, beside what they should show.
    Reproduce(Reproduce),
    /// Print the JSON Schema of the model file, for editors.
    Schema,
    /// Print what a shell needs to complete this command.
    Completions(Completions),
    /// Print the man page.
    Man(ManPage),
}

impl Command {
    fn execute(&self) -> Result<ExitCode> {
        if !matches!(self, Self::Run(_)) {
            ranks::check_alone("attractor")?;
        }
        match self {
            Self::Run(run) => run.execute(),
            Self::Sweep(sweep) => sweep.execute(),
            Self::Merge(merge) => merge.execute(),
            Self::Theory(theory) => theory.execute(),
            Self::Plot(plot) => plot.execute(),
            Self::Report(report) => report.execute(),
            Self::Export(export) => export.execute(),
            Self::Check(check) => check.execute(),
            Self::Info(info) => info.execute(),
            Self::Verify(verify) => verify.execute(),
            Self::Analyze(analyze) => analyze.execute(),
            Self::States(states) => states.execute(),
            Self::Page(page) => page.execute(),
            Self::Reproduce(reproduce) => reproduce.execute(),
            Self::Schema => help::schema(),
            Self::Completions(completions) => completions.execute(),
            Self::Man(page) => page.execute(),
        }
    }
}

#[derive(Debug, Args)]
struct Check {
    /// The model file.
    model: PathBuf,
    /// Seed of all random streams, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    seed: Option<u64>,
    /// Change a value of the model.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

#[derive(Debug, Args)]
struct Info {
    /// The recording, or the table of a sweep.
    recording: PathBuf,
    /// Set what theory predicts of memories beside what was measured.
    #[arg(long)]
    theory: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// TOML's whole numbers end here.
const LARGEST_SEED: u64 = i64::MAX as u64;

/// Parses the command line of this process, does what it says, and tells the exit code.
pub fn main() -> ExitCode {
    give_back_at_once();
    // A file that may not grow any more (`ulimit -f`) cannot be written, and is told of like a full disk.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    command(std::env::args_os().collect())
}

/// Has every HDF5 file looked at, before this process opens it, by a helper that is called with `words` and then as this
/// command would call itself.
pub fn guard_with(words: Vec<OsString>) {
    probe::call_with(words);
    hdf::set_guard(probe::guard);
}

/// Does what a command line says, of which `words` are the words, its own name first, and tells the exit code.
pub fn command(words: Vec<OsString>) -> ExitCode {
    if words.get(1).is_some_and(|first| first == probe::ARGUMENT) {
        return probe::probe(&words.get(2).map(PathBuf::from).unwrap_or_default());
    }
    hdf::set_guard(probe::guard);
    host::typed(&words);
    if let Some(error) = help::misplaced(&words) {
        return ended(Err(error));
    }
    let cli = match Cli::try_parse_from(tied(words)) {
        Ok(cli) => cli,
        Err(said) => return help::told(&said),
    };
    ended(cli.command.execute())
}

/// The words with negative values such as -5ms tied to the options before them: alone they would be taken for options.
fn tied(words: Vec<OsString>) -> Vec<OsString> {
    let negative = |word: &OsString| {
        let number = word.to_str().and_then(|word| word.strip_prefix('-'));
        number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
    };
    let waits = |word: &OsString| {
        let option = word.to_str().and_then(|word| word.strip_prefix("--"));
        option.is_some_and(|option| !option.is_empty() && !option.contains('='))
    };
    let mut tied: Vec<OsString> = Vec::new();
    for word in words {
        match tied.last_mut() {
            Some(option) if negative(&word) && waits(option) => {
                option.push("=");
                option.push(word);
            }
            _ => tied.push(word),
        }
    }
    tied
}

/// The exit code of what was done, once all that was printed has arrived.
fn ended(done: Result<ExitCode>) -> ExitCode {
    done.and_then(|code| print::lost().map(|()| code)).unwrap_or_else(|error| {
        tell!("error: {error}");
        ExitCode::from(if error.kind() == Kind::Interrupt { 130 } else { 2 })
    })
}

impl Check {
    fn execute(&self) -> Result<ExitCode> {
        self.of(&Document::read(&self.model, &settings(&self.settings, self.seed))?)
    }

    /// The same of a document in which its settings are made.
    fn of(&self, document: &Document) -> Result<ExitCode> {
        let model = document.model()?;
        check_memory(document, &model)?;
        warn(&document.warnings(&model));
        say!("{}", model.to_toml());
        say!("# {:<12} {:>12} {:>14} {:>12}", "projection", "", "synapses", "memory (MB)");
        let (mut synapses, mut bytes) = (0.0, 0.0);
        let cuts = model.plan().cuts(cores());
        for (name, projection) in &model.projection {
            let expected = model.plan().expectation(projection, &cuts)?;
            synapses += expected.synapses;
            bytes += expected.bytes;
            let pair = format!("{} -> {}", projection.from, projection.to);
            say!(
                "# {name:<12} {pair:>12} {:>14.0} {:>12.1}",
                expected.synapses,
                expected.bytes / 1e6
            );
        }
        let neurons: usize = model.population.values().map(|p| p.size).sum();
        say!(
            "# {neurons} neurons, about {:.2} million synapses in {:.0} MB, about {:.0} MB in all, {}",
            synapses / 1e6,
            bytes / 1e6,
            model.memory(cores()) / 1e6,
            lasting(&model)
        );
        let spikes = match model.dynamics.nature().observable {
            ObservableKind::Spikes => {
                format!(
                    ", and {:.1} MB for every 10 Hz of mean rate",
                    model.recorded_spikes(10.0) / 1e6
                )
            }
            ObservableKind::States | ObservableKind::Graded => String::new(),
        };
        say!(
            "# about {:.1} MB on disk{spikes}; twice as much while it runs",
            model.recorded() / 1e6
        );
        Ok(ExitCode::SUCCESS)
    }
}

impl Info {
    fn execute(&self) -> Result<ExitCode> {
        if table::is_table(&self.recording) {
            if self.theory {
                let error = Error::input(
                    "found the table of a sweep",
                    "theory stands beside a recording",
                    "compare a sweep with `attractor theory MODEL --over ... --table TABLE -o FIGURE`",
                );
                return Err(error.placed(Place::Argument("--theory".to_owned())));
            }
            let summary = SweepSummary::of(&SweepTable::open(&self.recording)?);
            self.tell(&summary);
            return Ok(ExitCode::from(u8::from(!summary.failed.is_empty())));
        }
        let recording = open(&self.recording)?;
        let summary = match self.theory {
            true => Summary::with_theory(&recording)?,
            false => Summary::of(&recording)?,
        };
        self.tell(&summary);
        if !self.json && !recording.is_complete() {
            self.tell_how_to_go_on();
        }
        Ok(verdict(&summary))
    }

    /// Of a run that did not end and has left its state.
    fn tell_how_to_go_on(&self) {
        let output = self.recording.with_extension("");
        let is_part = self.recording.extension().is_some_and(|extension| extension == "part");
        if is_part && beside(&output, "checkpoint").exists() {
            say!("  go on with `attractor run --resume {}`", quoted(&output));
        }
    }

    fn tell(&self, summary: &(impl Serialize + Display)) {
        if self.json {
            let json = serde_json::to_string_pretty(summary).expect("a summary is plain data");
            say!("{json}");
        } else {
            say!("{summary}");
        }
    }
}

/// Opens a recording to tell of it: what holds no longer is not told. Recordings of other versions are taken as they are.
fn open(path: &Path) -> Result<Recording> {
    let recording = Recording::open(path)?;
    check_unchanged(&recording).map(|()| recording)
}

/// Refuses a recording of this version that does not hold what it says; of another version it is told that nobody looked.
fn check_unchanged(recording: &Recording) -> Result<()> {
    let version = recording.provenance()?.version;
    if version != env!("CARGO_PKG_VERSION") {
        let file = recording.path().display();
        tell!("{file}: recorded by version {version}, and not verified");
        return Ok(());
    }
    if let Some((what, differs)) = Verification::of(recording)?.differs() {
        let found = format!("found that the recording was changed ({what}: {differs})");
        return Err(Error::file(recording.path(), found, "run the model again"));
    }
    Ok(())
}

/// Tells what a model can be, but is hardly meant to be.
fn warn(warnings: &[Warning]) {
    warnings.iter().for_each(|warning| tell!("warning: {warning}"));
}

/// How long a model lasts.
fn lasting(model: &Model) -> String {
    match model.dynamics.nature().clock.seconds(model.duration()) {
        Some(seconds) => format!("{seconds} s of biological time"),
        None => format!("at most {} sweeps", model.duration()),
    }
}

/// `--seed N` is `--set seed=N`.
fn settings(settings: &[String], seed: Option<u64>) -> Vec<String> {
    let mut settings = settings.to_vec();
    settings.extend(seed.map(|seed| format!("seed={seed}")));
    settings
}

/// The name of `model` in the working directory, with another extension.
fn named_after(model: &Path, extension: &str) -> PathBuf {
    Path::new(model.file_stem().unwrap_or(model.as_os_str())).with_extension(extension)
}

/// What this process knows of its host, for a run that `command_line` tells.
pub fn host_of(command_line: String) -> Host {
    Host { command_line, ..host::host() }
}

/// The time of day, UTC.
pub fn now() -> String {
    host::now()
}

/// Refuses a run for which memory or disk lacks, or whose output would destroy something; without `output` it is recorded
/// in memory.
///
/// # Errors
/// What was found, and how much is there.
pub fn check_run(
    document: &Document,
    model: &Model,
    output: Option<&Path>,
    force: bool,
) -> Result<()> {
    check_share(document, model, output, force, (1.0, cores()))
}

/// The same where this share of the network stands on this machine, on which so many workers work.
fn check_share(
    document: &Document,
    model: &Model,
    output: Option<&Path>,
    force: bool,
    share: (f64, usize),
) -> Result<()> {
    output.map_or(Ok(()), |output| check_output(document, model, output, force))?;
    check_memory_of(document, model, share)?;
    output.map_or(Ok(()), |output| check_disk(document, model, output, 0.0))
}

/// Refuses an output that would destroy something: the file of the model, or one that it reads.
fn check_output(document: &Document, model: &Model, output: &Path, force: bool) -> Result<()> {
    Output::check(output, force)?;
    let is_output = |file: &Path| {
        output.canonicalize().ok().is_some_and(|o| file.canonicalize().ok() == Some(o))
    };
    let files = model.dynamics.inputs().map(|inputs| inputs.files()).unwrap_or_default();
    let found = if document.paths().any(is_output) {
        "found the model file as the output"
    } else if files.into_iter().any(|file| is_output(&document.folder().join(file))) {
        "found a file from which the model reads spikes as the output"
    } else if model.projection.values().filter_map(Projection::file).any(|f| is_output(&f.path())) {
        "found a file from which the model reads synapses as the output"
    } else if document.names_file(is_output) {
        "found a file that the model names as the output"
    } else {
        return Ok(());
    };
    Err(Error::file(output, found, "choose another name with -o"))
}

fn verdict(summary: &Summary) -> ExitCode {
    if summary.as_expected() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
