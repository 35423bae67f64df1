//! One experiment from a model to its recording: built, run, recorded, and judged trial by trial.
//!
//! The common path of `attractor run`, of every point of a sweep, and of the rows that are reproduced.

use crate::analysis::judge;
use crate::error::{Error, Result};
use crate::model::{Document, Model};
use crate::random::Seed;
#[cfg(feature = "hdf5")]
use crate::recording::Unended;
use crate::recording::{Origin, Provenance, Recorder, Recording, Saturation, Sink};
use crate::simulation::{Simulation, Wish};
use crate::work::Threads;
#[cfg(feature = "hdf5")]
use std::path::Path;
use std::sync::Arc;

/// What only the host knows: clocks, and the memory of the process.
#[derive(Clone, Debug)]
pub struct Host {
    /// As it was typed.
    pub command_line: String,
    /// Date and time of day, UTC.
    pub now: fn() -> String,
    /// Seconds since some moment.
    pub seconds: fn() -> f64,
    /// Largest memory of the process, in 10^6 bytes; 0 where the system does not tell.
    pub peak_rss_mb: fn() -> f64,
}

/// A model that is built and has its recording begun.
pub struct Experiment {
    document: Document,
    model: Arc<Model>,
    host: Host,
    /// What runs.
    pub simulation: Simulation,
    /// Of every population: whether it is found to be saturated while it runs.
    saturation: Vec<Option<Saturation>>,
    recorder: Recorder,
    provenance: Provenance,
}

impl Experiment {
    /// Builds the network of `model`, which `document` describes, and begins its recording; with `trial` that trial of
    /// the task runs alone.
    ///
    /// # Errors
    /// If the network cannot be built, there is no such trial, or the recording cannot be written.
    pub fn begin(
        document: &Document,
        model: impl Into<Arc<Model>>,
        (sink, trial): (Sink, Option<usize>),
        host: &Host,
        threads: &Threads,
    ) -> Result<Self> {
        Self::begin_at(None, document, model.into(), (sink, trial), host, threads)
    }

    /// The same for a run that branches off from another, with that one's past: [`Simulation::branch_off`].
    ///
    /// # Errors
    /// Those of both, and if the network is not that of the other run.
    pub fn branch(
        origin: &Origin,
        document: &Document,
        model: impl Into<Arc<Model>>,
        (sink, trial): (Sink, Option<usize>),
        host: &Host,
        threads: &Threads,
    ) -> Result<Self> {
        Self::begin_at(Some(origin), document, model.into(), (sink, trial), host, threads)
    }

    fn begin_at(
        origin: Option<&Origin>,
        document: &Document,
        model: Arc<Model>,
        (sink, trial): (Sink, Option<usize>),
        host: &Host,
        threads: &Threads,
    ) -> Result<Self> {
        let past = origin.map(|origin| past_of(origin, document, &model)).transpose()?;
        let (document, host) = (document.clone(), host.clone());
        let mut provenance = Provenance {
            model_text: document.text().to_owned(),
            model_resolved: model.to_toml(),
            seed: model.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command_line: host.command_line.clone(),
            started: (host.now)(),
            threads: (threads.number() * threads.ranks().number()) as u64,
            ..Provenance::default()
        };
        let begun = (host.seconds)();
        let simulation = Simulation::new(model.clone(), document.folder(), threads);
        let mut simulation = simulation.map_err(|e| document.place(e))?;
        trial.map_or(Ok(()), |number| simulation.keep_trial(number))?;
        provenance.files_hash = simulation.files_hash()?;
        if let Some((origin, past)) = origin.zip(past) {
            if origin.files_hash != provenance.files_hash {
                return Err(Error::input(
                    "found other files of spikes than in the run that this one is to branch off from",
                    "a run that branches off has the same past",
                    "bring those files back",
                ));
            }
            let future = origin.future_seed.map(Seed);
            simulation.branch_off(&past.protocol, origin.at, future)?;
            provenance.origin = serde_json::to_string(origin).unwrap_or_default();
        }
        provenance.duration = simulation.duration();
        provenance.build_s = (host.seconds)() - begun;
        provenance.synapses = simulation.synapses as u64;
        let mut recorder = simulation.recorder(sink, &provenance)?;
        let saturation = model.saturation();
        recorder.watch_saturation(&saturation);
        Ok(Self { document, model, host, simulation, saturation, recorder, provenance })
    }

    /// Those who learn which populations are saturated, as the run goes on.
    pub fn saturation(&self) -> impl Iterator<Item = &Saturation> {
        self.saturation.iter().flatten()
    }

    /// Goes on with the run whose recording, which will be called `output`, did not end: in the same model, from the state
    /// that was saved last.
    ///
    /// # Errors
    /// If there is no such recording, its state is lost, or files that the model names have changed.
    #[cfg(feature = "hdf5")]
    pub fn go_on(output: &Path, host: &Host, threads: &Threads) -> Result<Self> {
        let unended = Unended::open(output)?;
        let mut provenance = unended.provenance.clone();
        // Where its sentences are read.
        let name = format!("model in {}", output.file_name().unwrap_or_default().to_string_lossy());
        let folder = Path::new(&unended.owner.folder);
        // A folder that was moved took its recordings along.
        let moved = output.parent().unwrap_or(folder);
        let place = if folder.is_dir() { folder } else { moved }.join(name);
        let document = Document::new(&place, provenance.model_resolved.clone(), &[])?;
        let model = Arc::new(document.model()?);
        let begun = (host.seconds)();
        let threads = threads.for_workers(unended.owner.workers as usize);
        let simulation = Simulation::new(model.clone(), document.folder(), &threads);
        let mut simulation = simulation.map_err(|e| document.place(e))?;
        if let number @ 1.. = unended.owner.trial {
            let kept = simulation.keep_trial(number as usize);
            kept.map_err(|e| {
                let why = e.found().strip_prefix("found ").unwrap_or(e.found());
                unended.refuse(
                    format!("found the state of a run of trial {number} alone beside {why}"),
                    "put back the state that the run left, or run it anew with --force",
                )
            })?;
        }
        if let Ok(origin) = serde_json::from_str::<Origin>(&provenance.origin) {
            simulation.began_at(origin.at, origin.future_seed.map(Seed));
        }
        provenance.duration = simulation.duration();
        provenance.build_s = (host.seconds)() - begun;
        let mut recorder = simulation.go_on(unended)?;
        let saturation = model.saturation();
        recorder.watch_saturation(&saturation);
        let host = host.clone();
        Ok(Self { document, model, host, simulation, saturation, recorder, provenance })
    }

    /// What describes it.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Its model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Runs it to the end; see [`Simulation::run`].
    ///
    /// # Errors
    /// Those of the run, with their place in the model file.
    pub fn run(&mut self, observe: impl FnMut(f64) -> Wish + Send) -> Result<()> {
        self.recorder.time_with(self.host.seconds);
        let done = self.simulation.run(&mut self.recorder, observe);
        done.map_err(|e| self.document.place(e))?;
        self.provenance.wall_s = self.recorder.wall_s();
        Ok(())
    }

    /// Whether there is a state from which the run can go on further than from where it began.
    pub fn is_saved(&self) -> bool {
        self.recorder.is_saved()
    }

    /// Ends the recording, adds what is found in its trials, and gives it its name.
    ///
    /// # Errors
    /// If the recording cannot be written.
    pub fn finish(self) -> Result<Recording> {
        let Self { model, host, simulation, recorder, mut provenance, .. } = self;
        let events = simulation.events();
        provenance.synaptic_events = events.synaptic;
        provenance.external_events = events.external;
        provenance.peak_rss_mb = (host.peak_rss_mb)();
        provenance.ended = (host.now)();
        let mut finished = recorder.finish(provenance)?;
        let judged = match &model.task {
            Some(task) => judge(&finished.open()?, task)?,
            None => None,
        };
        judged.map_or(Ok(()), |results| finished.add_results(&results))?;
        finished.publish()
    }
}

/// The model of the run that `origin` tells, whose network must be that of `model`.
fn past_of(origin: &Origin, document: &Document, model: &Model) -> Result<Model> {
    let past = Document::new(document.path(), origin.model_resolved.clone(), &[])?.model()?;
    let differ = [
        ("seed", past.seed != model.seed),
        ("population", past.population != model.population),
        ("patterns", past.patterns != model.patterns),
        ("projection", past.projection != model.projection),
        ("dynamics", past.dynamics != model.dynamics),
    ];
    match differ.into_iter().find(|(_, differs)| *differs) {
        None => Ok(past),
        Some((section, _)) => Err(document.place(
            Error::input(
                format!("found another `{section}` than in the run that this one is to branch off from"),
                "a run that branches off has the same network; protocol, task, record and expect may differ",
                "give it the network of that run, which `attractor info --json` tells",
            )
            .at(section),
        )),
    }
}
