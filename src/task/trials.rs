//! The trials of any task.

use super::{Episode, Order, RecallTrial, Setting, Task, TourTrial, Trial};
use super::{decision_from_table, from_table, items_from_table, stimulus_from_table};
use super::{decision_to_table, items_to_table, recall_to_table};
use super::{stimulus_to_table, to_table, tour_to_table};
use crate::error::Result;
use crate::protocol::{self, Epoch, EpochShown};
use crate::random::Seed;
use crate::table::Table;
use std::ops::Range;

/// The trials of spiking neurons of a table that one of their tasks made; `None` if a column is missing.
pub fn of_spikes_from_table(table: &Table) -> Option<Vec<Trial>> {
    let kinds = [from_table, stimulus_from_table, items_from_table, decision_from_table];
    kinds.into_iter().find_map(|of| of(table))
}

/// The trials of a task as they were drawn; all of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Trials {
    /// Of a delayed match to sample.
    DelayedMatch(Vec<Trial>),
    /// Of a repeated stimulus.
    Stimulus(Vec<Trial>),
    /// Of several items; the largest number of them that the task shows.
    Items(Vec<Trial>, usize),
    /// Of a decision.
    Decision(Vec<Trial>),
    /// Of a recall.
    Recall(Vec<RecallTrial>),
    /// Of a travelling salesman.
    Tour(Vec<TourTrial>),
}

impl Trials {
    /// How many there are.
    pub fn number(&self) -> usize {
        match self {
            Self::DelayedMatch(trials)
            | Self::Stimulus(trials)
            | Self::Items(trials, _)
            | Self::Decision(trials) => trials.len(),
            Self::Recall(trials) => trials.len(),
            Self::Tour(trials) => trials.len(),
        }
    }

    /// The number of trial `k` (from 0) in the model, from 1, and when it starts and ends in the recording.
    pub fn place(&self, k: usize) -> (usize, Range<f64>) {
        match self {
            Self::DelayedMatch(trials)
            | Self::Stimulus(trials)
            | Self::Items(trials, _)
            | Self::Decision(trials) => (trials[k].number, trials[k].start..trials[k].end),
            Self::Recall(trials) => (trials[k].number, trials[k].start..trials[k].end),
            Self::Tour(trials) => (trials[k].number, trials[k].start..trials[k].end),
        }
    }

    /// Leaves all out but number `number`, from 1.
    pub fn keep(&mut self, number: usize) {
        match self {
            Self::DelayedMatch(trials)
            | Self::Stimulus(trials)
            | Self::Items(trials, _)
            | Self::Decision(trials) => {
                trials.retain(|trial| trial.number == number);
            }
            Self::Recall(trials) => trials.retain(|trial| trial.number == number),
            Self::Tour(trials) => trials.retain(|trial| trial.number == number),
        }
    }

    /// One row each.
    pub fn table(&self) -> Table {
        match self {
            Self::DelayedMatch(trials) => to_table(trials),
            Self::Stimulus(trials) => stimulus_to_table(trials),
            Self::Items(trials, most) => items_to_table(trials, *most),
            Self::Decision(trials) => decision_to_table(trials),
            Self::Recall(trials) => recall_to_table(trials),
            Self::Tour(trials) => tour_to_table(trials),
        }
    }

    /// Whether each ends as soon as the network has come to rest.
    pub fn end_at_rest(&self) -> bool {
        matches!(self, Self::Recall(_) | Self::Tour(_))
    }
}

impl Task {
    /// The trials, of which the first starts at `start`, for a population with `patterns` patterns.
    pub fn draw(&self, start: f64, patterns: usize, seed: Seed) -> Trials {
        match self {
            Self::DelayedMatch(task) => Trials::DelayedMatch(task.draw(start, patterns, seed)),
            Self::Stimulus(task) => Trials::Stimulus(task.draw(start, patterns, seed)),
            Self::Items(task) => Trials::Items(task.draw(start, patterns, seed), task.most()),
            Self::Decision(task) => Trials::Decision(task.draw(start, patterns, seed)),
            Self::Recall(task) => Trials::Recall(task.draw(start, patterns, seed)),
            Self::Tour(task) => Trials::Tour(task.draw(start, seed)),
        }
    }

    /// Trial `k` (from 0) of `trials`, which are this task's.
    ///
    /// # Errors
    /// If a stimulus has no clear target.
    pub fn episode(&self, trials: &Trials, k: usize, setting: Setting) -> Result<Episode> {
        let setting = Setting { chance: setting.chance.of_trial(trials.place(k).0), ..setting };
        match (self, trials) {
            (Self::Recall(task), Trials::Recall(trials)) => task.episode(&trials[k], setting),
            (Self::Tour(task), Trials::Tour(trials)) => Ok(task.episode(&trials[k], setting)),
            _ => Episode::of(&self.epochs(trials, k), setting),
        }
    }

    /// The epochs of trial `k` (from 0) of `trials`, one after another; none of trials that end at rest, and of another task.
    pub fn epochs(&self, trials: &Trials, k: usize) -> Vec<Epoch> {
        match (self, trials) {
            (Self::DelayedMatch(task), Trials::DelayedMatch(trials)) => task.epochs(&trials[k]),
            (Self::Stimulus(task), Trials::Stimulus(trials)) => task.epochs(&trials[k]),
            (Self::Items(task), Trials::Items(trials, _)) => task.epochs(&trials[k]),
            (Self::Decision(task), Trials::Decision(trials)) => task.epochs(&trials[k]),
            _ => Vec::new(),
        }
    }

    /// What the trials show, for the protocol in the recording.
    pub fn shown(&self, trials: &Trials) -> Vec<EpochShown> {
        let shown = |k| protocol::shown(&self.epochs(trials, k), trials.place(k).1.start);
        (0..trials.number()).flat_map(shown).collect()
    }

    /// Whether every trial starts where the one before ended, rather than from the state at the end of the protocol.
    pub fn in_sequence(&self) -> bool {
        match self {
            Self::DelayedMatch(task) => task.order == Order::InSequence,
            Self::Stimulus(task) => task.order == Order::InSequence,
            Self::Items(task) => task.order == Order::InSequence,
            Self::Decision(task) => task.order == Order::InSequence,
            Self::Recall(_) | Self::Tour(_) => false,
        }
    }

    /// The population that holds the patterns of the trials, if the task names one.
    pub fn population(&self) -> Option<&String> {
        match self {
            Self::DelayedMatch(task) => task.population.as_ref(),
            Self::Stimulus(task) => task.population.as_ref(),
            Self::Items(task) => task.population.as_ref(),
            Self::Decision(task) => task.population.as_ref(),
            Self::Recall(task) => task.population.as_ref(),
            Self::Tour(_) => None,
        }
    }
}
