//! Runs that go on where they stood.

use super::course::Reached;
#[cfg(feature = "hdf5")]
use super::learned;
use super::{Position, Simulation};
#[cfg(feature = "hdf5")]
use crate::dynamics::{Field, ObservableKind};
use crate::error::Result;
#[cfg(feature = "hdf5")]
use crate::protocol::Moving;
use crate::recording::{Owner, Provenance};
#[cfg(feature = "hdf5")]
use crate::recording::{Recorder, Unended};
#[cfg(feature = "hdf5")]
use crate::tape::OnTape;
#[cfg(feature = "hdf5")]
use crate::task::{Episode, Trials};
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
        if within && !position.reached.is_driven() {
            return Err(recorder.astray());
        }
        let (model, lead) = (&*self.model, self.model.lead());
        // Trials that all begin where the protocol ends are left between two of them, all others within one.
        let apart = model.task.as_ref().is_some_and(|task| !task.in_sequence());
        let placed = match position.trial {
            None => within,
            Some(_) => self.trials.is_some() && within != apart,
        };
        let reached = if within { position.reached.time } else { lead };
        if !placed || !self.is_at(reached) {
            return Err(recorder.elsewhere());
        }
        let in_trials = position.trial.is_some_and(|trial| within || trial > 0);
        if !within {
            recorder.check_between((!in_trials).then_some(lead))?;
            if !self.feels_what_was_last()? {
                return Err(recorder.astray());
            }
        }
        if self.nature().observable == ObservableKind::Spikes {
            recorder.check_looks(Some(self.sampled_from(&position, within)))?;
        } else if within || !in_trials {
            recorder.check_looks(None)?;
        }
        if !in_trials {
            // What has ended with the protocol counts.
            recorder.check_ends(if within { reached } else { lead.next_up() })?;
        }
        recorder.check_past(&*self.dynamics, (self.beginning, within))?;
        let now = self.dynamics.time();
        if now <= lead {
            let has = learned::by_projection(&*self.dynamics);
            recorder.check_learned(now, &has, &|time| learned::are_held(model, &time))?;
        }
        self.from = Some(position);
        Ok(recorder)
    }

    /// Whether the network stands where it stands that was told to come to `time`.
    #[cfg(feature = "hdf5")]
    fn is_at(&self, time: f64) -> bool {
        let neurons = self.populations.last().map_or(0, |placed| placed.neurons.end);
        self.nature().clock.stands(time, neurons).contains(&self.dynamics.time())
    }

    /// Whether the network feels at the end of the protocol what is shown then.
    #[cfg(feature = "hdf5")]
    fn feels_what_was_last(&self) -> Result<bool> {
        let lead = self.model.lead();
        // It was the protocol of another run that led to where this one branched off.
        if self.beginning > 0.0 && self.beginning == lead {
            return Ok(true);
        }
        let protocol = Episode::of(&self.model.protocol, self.setting())?;
        let last = protocol.held.last().map(|held| held.before(lead, 0.0, protocol.chance));
        Ok(self.dynamics.feels(last.as_ref().map_or(&Field::default(), Moving::field)))
    }

    /// Where sampling began of the spikes of the episode in which the run stands, or of the last one that has ended.
    #[cfg(feature = "hdf5")]
    fn sampled_from(&self, position: &Position, within: bool) -> f64 {
        let number = position.trial.and_then(|k| if within { Some(k) } else { k.checked_sub(1) });
        let placed = number.zip(self.trials.as_ref()).map(|(k, trials)| trials.place(k).1.start);
        placed.unwrap_or(self.beginning)
    }
}
