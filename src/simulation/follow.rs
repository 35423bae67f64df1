//! Simulations that are shared out among ranks: the first one runs them, and the others follow.

use super::Simulation;
use crate::model::{Document, Model};
use crate::tape::{OnTape, Tape};
use crate::work::Threads;
use std::path::{Path, PathBuf};

/// Orders beside those for a network.
const BUILD: u64 = u64::MAX;
const DISMISS: u64 = u64::MAX - 1;

/// The order to build a model whose relative names start from `folder`, cut for so many workers.
pub(super) fn build(model: &Model, folder: &Path, workers: usize) -> Vec<u64> {
    let mut tape = Tape::blank();
    BUILD.clone().pass(&mut tape);
    (workers as u64).pass(&mut tape);
    model.to_toml().pass(&mut tape);
    folder.to_string_lossy().into_owned().pass(&mut tape);
    tape.into_words()
}

/// On a rank that does not lead: builds what the first one builds and does as that does with it, until it is dismissed.
/// Whatever fails is told by the first.
pub fn follow(threads: &Threads) {
    loop {
        let (mut order, mut tape) = (0, Tape::written(threads.ranks().hear()));
        order.pass(&mut tape);
        match order {
            BUILD => {
                let (mut workers, mut text, mut folder) = (0, String::new(), String::new());
                workers.pass(&mut tape);
                text.pass(&mut tape);
                folder.pass(&mut tape);
                let folder = PathBuf::from(folder);
                let read = Document::new(&folder.join("model"), text, &[]);
                let model = read.and_then(|document| document.model());
                let threads = &threads.for_workers(workers as usize);
                if let Ok(mut simulation) =
                    Simulation::build(model.map(Into::into), &folder, threads)
                {
                    threads.with(|| simulation.dynamics.follow());
                }
            }
            DISMISS => return,
            // Of a network that could not be built.
            _ => {}
        }
    }
}

/// Lets the other ranks go.
pub fn dismiss(threads: &Threads) {
    drop(threads.ranks().order(|| vec![DISMISS]));
}
