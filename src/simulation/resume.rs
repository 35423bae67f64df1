//! Runs that go on where they stood.

use super::course::Reached;
#[cfg(feature = "hdf5")]
use super::learned;
use super::{Position, Simulation};
#[cfg(feature = "hdf5")]
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::recording::{Owner, Provenance};
#[cfg(feature = "hdf5")]
use crate::recording::{Recorder, Unended};
#[cfg(feature = "hdf5")]
use crate::tape::OnTape;
#[cfg(feature = "hdf5")]
use crate::task::Trials;
use std::path::Path;

impl Simulation {
    /// Time of the run up to which it has come, ms or sweeps.
    pub fn time(&self) -> f64 {
        match self.from {
            Some(Position { trial: Some(trial), reached }) if reached == Reached::default() => {
                let ended = self.trials.as_ref().filter(|_| trial > 0);
                ended.map_or(self.dynamics.time(), |trials| trials.place(trial - 1).1.end)
            }
            _ => self.dynamics.time(),
        }
    }

    /// SHA-256 of the files of spikes that the model names, one after another; empty if it names none.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn files_hash(&self) -> Result<String> {
        self.model.files_hash(&self.folder)
    }

    /// Into how many blocks the network is cut, on all ranks.
    fn blocks(&self) -> u64 {
        let cuts = self.model.plan().cuts(self.threads.workers()).of;
        cuts.iter().map(|cut| cut.blocks().len() as u64).sum()
    }

    /// Whose state is saved.
    pub(super) fn owner(&self, provenance: &Provenance, force: bool) -> Result<Owner> {
        // A folder that has no name by which it could be found later is still that of the files.
        let here = Path::new(".").join(&self.folder);
        let folder = std::path::absolute(&here).unwrap_or(here);
        Ok(Owner {
            version: provenance.version.clone(),
            started: provenance.started.clone(),
            folder: folder.to_string_lossy().into_owned(),
            trial: self.only,
            model: Owner::hash_of_model(provenance),
            workers: self.threads.workers() as u64,
            blocks: self.blocks(),
            force,
            files: self.files_hash()?,
            ..Owner::default()
        })
    }

    /// Goes on where the run stood whose recording is `unended`, with what is left of that; [`Simulation::run`] follows.
    ///
    /// # Errors
    /// Those of [`Recorder::go_on`], and if its state is of another network.
    #[cfg(feature = "hdf5")]
    pub fn go_on(&mut self, unended: Unended) -> Result<Recorder> {
        let provenance = unended.provenance.clone();
        let Owner { files, workers, blocks, .. } = unended.owner.clone();
        if blocks != self.blocks() {
            let own = self.blocks();
            return Err(unended.refuse(
                format!("found the state of a network in {blocks} blocks, of which {workers} workers make {own}"),
                "put back the state that the run left, or run it anew with --force",
            ));
        }
        let begun = self.header(&provenance, |header| Recorder::go_on(unended, &header));
        let (mut recorder, mut tape) = begun?;
        if self.owner(&provenance, false)?.files != files {
            return Err(recorder.changed());
        }
        let mut position = Position::default();
        position.pass(&mut tape);
        self.in_trials.pass(&mut tape);
        self.dynamics.pass(&mut tape);
        tape.end().map_err(|_| recorder.changed())?;
        let trials = self.trials.as_ref().map_or(0, Trials::number);
        let within = position.reached != Reached::default();
        let most = if within { trials.saturating_sub(1) } else { trials };
        if position.trial.is_some_and(|trial| trial > most) {
            return Err(recorder.changed());
        }
        recorder.check_ended(position.trial.unwrap_or(0) as u64)?;
        recorder.check_committed()?;
        let neurons = self.populations.last().map_or(0, |placed| placed.neurons.end);
        let (clock, observable) = (self.nature().clock, self.nature().observable);
        if within && !position.reached.is_driven() {
            return Err(recorder.astray());
        }
        if within && !position.reached.is_at(self.dynamics.time(), clock, neurons) {
            return Err(recorder.elsewhere());
        }
        if observable == ObservableKind::Spikes {
            recorder.check_looks(Some(self.sampled_from(&position, within)))?;
        } else if within {
            recorder.check_looks(None)?;
        }
        recorder.check_ends(position.reached.time)?;
        recorder.check_past(&*self.dynamics, (self.beginning, within))?;
        let (model, now) = (&*self.model, self.dynamics.time());
        if now <= model.lead() {
            let has = learned::by_projection(&*self.dynamics);
            recorder.check_learned(now, &has, &|time| learned::are_held(model, &time))?;
        }
        self.from = Some(position);
        Ok(recorder)
    }

    /// Where sampling began of the spikes of the episode in which the run stands, or of the last one that has ended.
    #[cfg(feature = "hdf5")]
    fn sampled_from(&self, position: &Position, within: bool) -> f64 {
        let number = position.trial.and_then(|k| if within { Some(k) } else { k.checked_sub(1) });
        let placed = number.zip(self.trials.as_ref()).map(|(k, trials)| trials.place(k).1.start);
        placed.unwrap_or(self.beginning)
    }
}
