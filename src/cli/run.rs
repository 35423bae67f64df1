//! `attractor run`.

use super::progress::Progress;
use super::{
    LARGEST_SEED, check_disk, check_memory, check_output, named_after, peak_rss_mb, settings,
    verdict,
};
use crate::error::Result;
use crate::experiment::{Experiment, Host};
use crate::model::{Document, Model};
use crate::recording::{Recording, Sink};
use crate::report::Summary;
use crate::work::Threads;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The model file.
    model: PathBuf,
    /// The recording to write [default: the model's name with .h5, here].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Seed of all random streams, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    seed: Option<u64>,
    /// Number of threads; the result does not depend on it [default: one per core].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Change a value of the model, for example --set projection.E_to_E.tau_syn="5 ms".
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Run this trial of the task only, from 1: its spikes are those of the whole run.
    #[arg(long, value_name = "N")]
    trial: Option<usize>,
    /// How often, in seconds, everything that was recorded is brought safely to disk: what a kill may cost.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = period)]
    commit: Duration,
    /// Overwrite an existing output.
    #[arg(long)]
    force: bool,
    /// Print nothing but errors and expectations that are not met.
    #[arg(long)]
    quiet: bool,
}

impl Run {
    pub fn execute(&self) -> Result<ExitCode> {
        let document = Document::read(&self.model, &settings(&self.settings, self.seed))?;
        let model = document.model()?;
        let threads = threads(self.threads)?;
        let output = self.output.clone().unwrap_or_else(|| named_after(&self.model, "h5"));
        check_output(&document, &model, &output, self.force)?;
        check_memory(&document, &model)?;
        check_disk(&document, &model, &output)?;
        let recording = self.simulate(&document, model, &output, &threads)?;

        let summary = Summary::of(&recording)?;
        if !self.quiet {
            say!("{summary}\n  recorded in {}", output.display());
        } else {
            // An exit code alone would not say what was missed.
            summary.missed().for_each(|verdict| tell!("{verdict}"));
        }
        Ok(verdict(&summary))
    }

    fn simulate(
        &self,
        document: &Document,
        model: Model,
        output: &Path,
        threads: &Threads,
    ) -> Result<Recording> {
        let target = (Sink::File { path: output, force: self.force }, self.trial);
        let mut experiment = Experiment::begin(document, model, target, &host(), threads)?;
        let mut progress = Progress::new(&experiment.simulation, self.quiet, self.commit)?;
        experiment.simulation.heed(progress.over());
        experiment.run(|time| progress.at(time))?;
        progress.finish();
        experiment.finish()
    }
}

/// A period in seconds, as it is typed.
fn period(typed: &str) -> std::result::Result<Duration, String> {
    let allowed = "allowed is a number of seconds from 0.01 to 1e6";
    match typed.parse::<f64>() {
        Ok(seconds) if (0.01..=1e6).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(allowed.to_owned()),
    }
}

/// The clocks and the memory of this process.
pub(super) fn host() -> Host {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    Host {
        command_line: command_line(),
        now,
        seconds: || BEGINNING.get_or_init(Instant::now).elapsed().as_secs_f64(),
        peak_rss_mb,
    }
}

/// As it was typed; names need not be texts.
fn command_line() -> String {
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    words.collect::<Vec<_>>().join(" ")
}

/// So many threads, or one per core.
pub(super) fn threads(number: Option<u16>) -> Result<Threads> {
    Threads::new(number.map_or(0, usize::from))
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}
