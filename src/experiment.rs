//! One experiment from a model file to its recording: built, run, recorded, and judged trial by trial.
//!
//! The common path of `attractor run` and of every point of a sweep.

use crate::analysis::judge;
use crate::error::Result;
use crate::model::{Document, Model};
use crate::recording::{Finished, Provenance, Recorder};
use crate::simulation::{Simulation, Wish};
use std::path::Path;

/// What only the command line knows: clocks, and the memory of the process.
#[derive(Clone, Debug)]
pub struct Host {
    pub command_line: String,
    /// Date and time of day, UTC.
    pub now: fn() -> String,
    /// Seconds since some moment.
    pub seconds: fn() -> f64,
    /// Largest memory of the process, in 10^6 bytes; 0 where the system does not tell.
    pub peak_rss_mb: fn() -> f64,
}

/// A model that is built and has its recording begun.
pub struct Experiment<'a> {
    document: &'a Document,
    model: &'a Model,
    host: &'a Host,
    pub simulation: Simulation<'a>,
    recorder: Recorder,
    provenance: Provenance,
}

/// Where the recording of an experiment goes, and how much of the experiment is run.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub path: &'a Path,
    /// Whether a file that stands there is overwritten.
    pub force: bool,
    /// This trial of the task alone, from 1.
    pub trial: Option<usize>,
}

impl<'a> Experiment<'a> {
    /// Builds the network of `model`, which `document` describes, and begins its recording.
    ///
    /// # Errors
    /// If the network cannot be built, there is no such trial, or the recording cannot be written.
    pub fn begin(
        document: &'a Document,
        model: &'a Model,
        target: Target,
        host: &'a Host,
    ) -> Result<Self> {
        let mut provenance = Provenance {
            model_text: document.text().to_owned(),
            model_resolved: model.to_toml(),
            seed: model.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command_line: host.command_line.clone(),
            started: (host.now)(),
            threads: rayon::current_num_threads() as u64,
            ..Provenance::default()
        };
        let begun = (host.seconds)();
        let mut simulation =
            Simulation::new(model, document.folder()).map_err(|e| document.place(e))?;
        if let Some(number) = target.trial {
            simulation.keep_trial(number)?;
        }
        provenance.simulated_ms = simulation.duration();
        provenance.build_s = (host.seconds)() - begun;
        provenance.synapses = simulation.synapses as u64;
        let recorder = simulation.recorder(target.path, target.force, &provenance)?;
        Ok(Self { document, model, host, simulation, recorder, provenance })
    }

    /// Runs it to the end; see [`Simulation::run`].
    pub fn run(&mut self, observe: impl FnMut(f64) -> Wish) -> Result<()> {
        let begun = (self.host.seconds)();
        let done = self.simulation.run(&mut self.recorder, observe);
        done.map_err(|e| self.document.place(e))?;
        self.provenance.wall_s = (self.host.seconds)() - begun;
        Ok(())
    }

    /// Ends the recording, adds what is found in its trials, and gives it its name.
    pub fn finish(self) -> Result<()> {
        let Self { model, host, simulation, recorder, mut provenance, .. } = self;
        let events = simulation.events();
        provenance.synaptic_events = events.synaptic;
        provenance.external_events = events.external;
        provenance.peak_rss_mb = (host.peak_rss_mb)();
        provenance.ended = (host.now)();
        let finished: Finished = recorder.finish(provenance)?;
        // The recording is closed before it is written again.
        let judged = match &model.task {
            Some(task) => judge(&finished.open()?, task)?,
            None => None,
        };
        if let Some(results) = judged.as_ref().or(simulation.recalled()) {
            finished.add_results(results)?;
        }
        finished.publish()
    }
}
