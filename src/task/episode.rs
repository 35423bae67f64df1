//! Trials as the loop runs them: external fields that are held one after another.

use super::{Order, RecallTrial, Task, Trial, recall_to_table, to_table};
use crate::dynamics::Field;
use crate::error::Result;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::{self, Epoch, EpochShown};
use crate::random::Seed;
use crate::table::Table;
use indexmap::IndexMap;
use std::ops::Range;

/// A stretch of a run: the protocol, or a trial. Times count from its start, on the clock of the network.
#[derive(Clone, Debug)]
pub struct Episode {
    /// Fields, each held until its time; what ends when it begins is a moment's push.
    pub held: Vec<(Field, f64)>,
    /// Whether it ends as soon as an attractor has been reached.
    pub until_rest: bool,
    /// A state into which the network is put before, and the neurons of which it is asked how many would leave it.
    pub probe: Option<(Field, Range<usize>)>,
}

/// What an episode is made from besides what was drawn for it.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Of the network.
    pub populations: &'a [Placed],
    /// By population.
    pub patterns: &'a IndexMap<String, Patterns>,
    /// Of the model.
    pub seed: Seed,
}

impl Episode {
    /// Epochs, one after another.
    ///
    /// # Errors
    /// If a stimulus has no clear target.
    pub fn of(epochs: &[Epoch], setting: Setting) -> Result<Self> {
        let Setting { populations, patterns, seed } = setting;
        let held = epochs
            .iter()
            .zip(protocol::bounds(epochs))
            .map(|(epoch, (_, end))| {
                Ok((protocol::field(epoch, populations, patterns, seed)?, end))
            })
            .collect::<Result<_>>()?;
        Ok(Self { held, until_rest: false, probe: None })
    }
}

/// The trials of a task as they were drawn; all of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Trials {
    /// Of a delayed match to sample.
    DelayedMatch(Vec<Trial>),
    /// Of a recall.
    Recall(Vec<RecallTrial>),
}

impl Trials {
    /// How many there are.
    pub fn number(&self) -> usize {
        match self {
            Self::DelayedMatch(trials) => trials.len(),
            Self::Recall(trials) => trials.len(),
        }
    }

    /// The number of trial `k` (from 0) in the model, from 1, and when it starts and ends in the recording.
    pub fn place(&self, k: usize) -> (usize, Range<f64>) {
        match self {
            Self::DelayedMatch(trials) => (trials[k].number, trials[k].start..trials[k].end),
            Self::Recall(trials) => (trials[k].number, trials[k].start..trials[k].end),
        }
    }

    /// Leaves all out but number `number`, from 1.
    pub fn keep(&mut self, number: usize) {
        match self {
            Self::DelayedMatch(trials) => trials.retain(|trial| trial.number == number),
            Self::Recall(trials) => trials.retain(|trial| trial.number == number),
        }
    }

    /// One row each.
    pub fn table(&self) -> Table {
        match self {
            Self::DelayedMatch(trials) => to_table(trials),
            Self::Recall(trials) => recall_to_table(trials),
        }
    }
}

impl Task {
    /// The trials, of which the first starts at `start`, for a population with `patterns` patterns.
    pub fn draw(&self, start: f64, patterns: usize, seed: Seed) -> Trials {
        match self {
            Self::DelayedMatch(task) => Trials::DelayedMatch(task.draw(start, patterns, seed)),
            Self::Recall(task) => Trials::Recall(task.draw(start, patterns, seed)),
        }
    }

    /// Trial `k` (from 0) of `trials`, which are this task's.
    ///
    /// # Errors
    /// If a stimulus has no clear target.
    pub fn episode(&self, trials: &Trials, k: usize, setting: Setting) -> Result<Episode> {
        match (self, trials) {
            (Self::DelayedMatch(task), Trials::DelayedMatch(trials)) => {
                Episode::of(&task.epochs(&trials[k]), setting)
            }
            (Self::Recall(task), Trials::Recall(trials)) => task.episode(&trials[k], setting),
            // Trials of another task show nothing.
            _ => Ok(Episode { held: Vec::new(), until_rest: false, probe: None }),
        }
    }

    /// What the trials show, for the protocol in the recording.
    pub fn shown(&self, trials: &Trials) -> Vec<EpochShown> {
        match (self, trials) {
            (Self::DelayedMatch(task), Trials::DelayedMatch(trials)) => {
                let shown = |trial: &Trial| protocol::shown(&task.epochs(trial), trial.start);
                trials.iter().flat_map(shown).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether every trial starts where the one before ended, rather than from the state at the end of the protocol.
    pub fn in_sequence(&self) -> bool {
        match self {
            Self::DelayedMatch(task) => task.order == Order::InSequence,
            Self::Recall(_) => false,
        }
    }

    /// The population that holds the patterns of the trials, if the task names one.
    pub fn population(&self) -> Option<&String> {
        match self {
            Self::DelayedMatch(task) => task.population.as_ref(),
            Self::Recall(task) => task.population.as_ref(),
        }
    }
}
