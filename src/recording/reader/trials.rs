//! What stands in a recording of its trials, and of random courses in them and in the protocol.

use super::Recording;
use crate::error::Result;
use crate::recording::columns;
use crate::recording::header::{COURSES, ENDED};
use crate::recording::store::Result as Stored;
use crate::table::Table;
use crate::task::Trial;

impl Recording {
    /// What was drawn for the trials that have ended, as a table, if the run had a task.
    pub fn drawn(&self) -> Result<Option<Table>> {
        self.trial_table("trials", "columns")
    }

    /// The same of all trials that the run has, whether they have ended or not.
    pub fn planned(&self) -> Result<Option<Table>> {
        let read = || match self.store.exists("trials") {
            true => columns::read(&*self.store, "trials", "columns").map(Some),
            false => Ok(None),
        };
        self.sound(read())
    }

    /// How many trials have ended, as the recording tells; nothing of a run without any.
    pub fn ended_of_trials(&self) -> Result<Option<usize>> {
        if !self.store.exists("trials") {
            return Ok(None);
        }
        self.sound(self.store.first::<u64>("progress/trials")).map(|ended| Some(ended as usize))
    }

    /// How the trials ended that end by themselves: duration, period (NaN for one that is not settled), and first_step,
    /// the share of the neurons that would change if the network were in the pattern itself.
    pub fn ended(&self) -> Result<Option<Table>> {
        self.trial_table(ENDED, "columns")
    }

    /// What was found in the trials, once that has been added.
    pub fn results(&self) -> Result<Option<Table>> {
        self.trial_table("trials", "results")
    }

    /// What random courses came to that all driven neurons share, step by step, if that was recorded: those of the whole run, also in
    /// a recording that is not complete.
    pub fn courses(&self) -> Result<Option<Table>> {
        match self.store.exists(COURSES) {
            true => self.sound(columns::read(&*self.store, COURSES, "columns")).map(Some),
            false => Ok(None),
        }
    }

    fn trial_table(&self, group: &str, part: &str) -> Result<Option<Table>> {
        let read = || -> Stored<Option<Table>> {
            if !self.store.exists(group) || self.store.attribute(group, part)?.is_none() {
                return Ok(None);
            }
            let ended = self.store.first::<u64>("progress/trials")? as usize;
            let table = columns::read(&*self.store, group, part)?;
            Ok(Some(table.head(ended.min(table.rows()))))
        };
        self.sound(read())
    }

    /// Hands over the spikes of a population trial by trial: (number of the trial from 0, times in ms of the
    /// recording, neurons); all spikes in [start, end) of every one of `trials`, which stand in order of time.
    pub fn for_trials(
        &self,
        population: &str,
        trials: &[Trial],
        mut each: impl FnMut(usize, &[f64], &[u64]),
    ) -> Result<()> {
        let (mut times, mut ids) = (Vec::new(), Vec::new());
        let mut next = 0;
        self.for_spikes(population, |new_times, new_ids| {
            times.extend_from_slice(new_times);
            ids.extend_from_slice(new_ids);
            let mut taken = 0;
            while let Some(trial) = trials.get(next)
                && times.last().is_some_and(|last| *last >= trial.end)
            {
                let from = taken + times[taken..].partition_point(|t| *t < trial.start);
                let to = from + times[from..].partition_point(|t| *t < trial.end);
                each(next, &times[from..to], &ids[from..to]);
                (taken, next) = (to, next + 1);
            }
            // What lies before the next trial is of none.
            let start = trials.get(next).map_or(f64::INFINITY, |trial| trial.start);
            taken += times[taken..].partition_point(|t| *t < start);
            times.drain(..taken);
            ids.drain(..taken);
        })?;
        for (k, trial) in trials.iter().enumerate().skip(next) {
            let from = times.partition_point(|t| *t < trial.start);
            let to = times.partition_point(|t| *t < trial.end);
            each(k, &times[from..to], &ids[from..to]);
        }
        Ok(())
    }
}
