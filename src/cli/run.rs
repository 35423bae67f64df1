//! `attractor run`.

use super::progress::Progress;
use super::{
    LARGEST_SEED, check_memory, check_output, named_after, peak_rss_mb, settings, verdict,
};
use crate::error::{Error, Place, Result};
use crate::model::{Document, Model};
use crate::recording::{Provenance, Recording};
use crate::report::{Summary, decisions};
use crate::simulation::Simulation;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

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
    /// Overwrite an existing output.
    #[arg(long)]
    force: bool,
    /// Print nothing but errors.
    #[arg(long)]
    quiet: bool,
}

impl Run {
    pub fn execute(&self) -> Result<ExitCode> {
        let document = Document::read(&self.model, &settings(&self.settings, self.seed))?;
        let model = document.model()?;
        let threads = self.threads.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| {
            Error::input(
                format!("found that no threads can be started ({e})"),
                "",
                "lower --threads",
            )
            .placed(Place::Argument("--threads".to_owned()))
        })?;
        let output = self.output.clone().unwrap_or_else(|| named_after(&self.model, "h5"));
        check_output(&document, &model, &output, self.force)?;
        check_memory(&document, &model)?;
        pool.install(|| self.simulate(&document, &model, &output))?;

        let summary = Summary::of(&Recording::open(&output)?)?;
        if !self.quiet {
            say!("{summary}\n  recorded in {}", output.display());
        }
        Ok(verdict(&summary))
    }

    fn simulate(&self, document: &Document, model: &Model, output: &Path) -> Result<()> {
        let mut provenance = Provenance {
            model_text: document.text().to_owned(),
            model_resolved: model.to_toml(),
            seed: model.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command_line: std::env::args().collect::<Vec<_>>().join(" "),
            started: now(),
            threads: rayon::current_num_threads() as u64,
            ..Provenance::default()
        };
        let clock = Instant::now();
        let mut simulation =
            Simulation::new(model, document.folder()).map_err(|e| document.place(e))?;
        if let Some(number) = self.trial {
            simulation.keep_trial(number)?;
        }
        provenance.simulated_ms = simulation.duration();
        provenance.build_s = clock.elapsed().as_secs_f64();
        provenance.synapses = simulation.synapses as u64;
        let mut recorder = simulation.recorder(output, self.force, &provenance)?;

        let mut progress = Progress::new(&simulation, self.quiet)?;
        let clock = Instant::now();
        simulation.run(&mut recorder, |time| progress.at(time)).map_err(|e| document.place(e))?;
        provenance.wall_s = clock.elapsed().as_secs_f64();
        progress.finish();

        let events = simulation.events();
        provenance.synaptic_events = events.synaptic;
        provenance.external_events = events.external;
        provenance.peak_rss_mb = peak_rss_mb();
        provenance.ended = now();
        let finished = recorder.finish(provenance)?;
        // The recording is closed before it is written again.
        let judged = decisions(&finished.open()?, model)?;
        let decided = judged.map(|decisions| decisions.table());
        if let Some(results) = decided.as_ref().or(simulation.recalled()) {
            finished.add_results(results)?;
        }
        finished.publish()
    }
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}
