//! Simulations in files: the model, and the state from which it goes on.

use crate::error::raised;
use crate::model::Model;
use crate::simulation::Simulation;
use attractor::error::{Error, Result};
use attractor::model::Document;
use attractor::recording::{LAYOUT, load_state};
use attractor::tape::{OnTape, Tape};
use attractor::train::Arrivals;
use attractor::work::Threads;
use pyo3::prelude::*;
use std::path::{Path, PathBuf};

/// What kind of state a file holds.
const KIND: &str = "simulation";

/// What stands in the file of a simulation before its state.
#[derive(Default)]
pub struct Saved {
    kind: String,
    version: String,
    layout: u64,
    /// The text of the model, and where it would stand.
    text: String,
    path: String,
    /// The model with every default and what files say.
    resolved: String,
    /// For how many workers its populations are cut.
    workers: u64,
}

impl OnTape for Saved {
    fn pass(&mut self, tape: &mut Tape) {
        let Self { kind, version, layout, text, path, resolved, workers } = self;
        [kind, version].into_iter().for_each(|text| text.pass(tape));
        layout.pass(tape);
        [text, path, resolved].into_iter().for_each(|text| text.pass(tape));
        workers.pass(tape);
    }
}

impl Saved {
    /// Of a simulation of this model, on these threads.
    pub fn of(document: &Document, model: &attractor::model::Model, threads: &Threads) -> Self {
        let path = std::path::absolute(document.path()).unwrap_or_default();
        Self {
            kind: KIND.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            layout: LAYOUT,
            text: document.whole().to_owned(),
            path: path.to_string_lossy().into_owned(),
            resolved: model.to_toml(),
            workers: threads.workers() as u64,
        }
    }

    /// The model, if this version can go on from its state.
    fn model(self, file: &Path) -> Result<Model> {
        if self.kind != KIND {
            let found = "found the state of a run, not of a simulation in Python's hands";
            return Err(Error::file(file, found, "go on with its recording, with attractor.go_on"));
        }
        if (&self.version[..], self.layout) != (env!("CARGO_PKG_VERSION"), LAYOUT) {
            let Self { version, layout, .. } = self;
            let found =
                format!("found a simulation saved by attractor {version} (layout {layout})");
            return Err(Error::file(file, found, "resume it with that version"));
        }
        let document = Document::new(Path::new(&self.path), self.text, &[])?;
        let model = Model::new(document)?;
        if model.model().to_toml() != self.resolved {
            let found = "found that a file of its model has changed since it was saved";
            return Err(Error::file(file, found, "bring that file back"));
        }
        Ok(model)
    }
}

/// A number that tells lists of spikes apart (FNV-1a, word by word).
pub fn fingerprint<'a>(trains: impl Iterator<Item = &'a Arrivals>) -> u64 {
    let words = trains.flatten().flat_map(|(time, neuron)| [time.to_bits(), u64::from(*neuron)]);
    words
        .fold(0xCBF2_9CE4_8422_2325, |hash, word| (hash ^ word).wrapping_mul(0x0000_0100_0000_01B3))
}

/// The simulation that was saved in the file `path`, and its model.
#[pyfunction]
pub fn resume(py: Python, path: PathBuf, threads: usize) -> PyResult<(Model, Simulation)> {
    let load = || {
        let mut tape = load_state(&path)?;
        let mut saved = Saved::default();
        saved.pass(&mut tape);
        let workers = saved.workers as usize;
        Ok((saved.model(&path)?, (tape, workers)))
    };
    let (model, saved) = py.detach(load).map_err(|error| raised(py, &error))?;
    let simulation = Simulation::start(py, &model, threads, Some(saved))?;
    Ok((model, simulation))
}
