//! What the random courses of a run come to, as a table.

use super::Simulation;
use crate::error::Result;
use crate::model::Model;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::{self, Chance, Epoch, EpochShown, Step, bounds, steps};
use crate::random::Seed;
use crate::table::Table;
use crate::task::Trials;
use indexmap::IndexMap;

/// The keys of strengths, and the columns in which their values stand.
const STRENGTHS: [(&str, &str); 3] =
    [("poisson", "poisson_hz"), ("current", "current_mv"), ("field", "field")];

/// A step, where it stands.
struct Row {
    /// From 1; 0 in the protocol.
    trial: usize,
    /// Among all epochs of the recording, from 1.
    epoch: usize,
    /// From 1; 0 of none.
    pattern: usize,
    population: String,
    step: Step,
}

impl Simulation {
    /// What its random courses come to, if that is recorded.
    pub(super) fn courses(&self) -> Result<Option<Table>> {
        if self.model.record.courses.is_none() {
            return Ok(None);
        }
        let network = (&self.populations[..], &self.patterns);
        let begins = (self.beginning, self.future);
        drawn_courses(&self.model, network, self.trials.as_ref(), begins).map(Some)
    }
}

/// What a run of a model shows that begins at the time `beginning`, in its protocol and in these `trials`.
pub fn epochs_shown(model: &Model, trials: Option<&Trials>, beginning: f64) -> Vec<EpochShown> {
    let mut shown = protocol::shown(&model.protocol, 0.0);
    shown.retain(|epoch| epoch.end > beginning);
    shown.iter_mut().for_each(|epoch| epoch.start = epoch.start.max(beginning));
    if let (Some(task), Some(trials)) = (&model.task, trials) {
        shown.extend(task.shown(trials));
    }
    shown
}

/// The values of the random courses that a model records, in the protocol and in these `trials`, of a run that begins at a time with a
/// seed of later random input if it branched off: one row for every step, with the trial (0 in the protocol), the epoch and the place
/// of the stimulus among those that it shows (both from 1), the population, the pattern (0 of none), the neuron where each has its
/// own, when the step begins, and the value, in a column for every kind of strength.
///
/// # Errors
/// If a stimulus has no clear target.
pub fn drawn_courses(
    model: &Model,
    (populations, patterns): (&[Placed], &IndexMap<String, Patterns>),
    trials: Option<&Trials>,
    (beginning, future): (f64, Option<Seed>),
) -> Result<Table> {
    let independent = model.record.courses.independent();
    let seed = Seed(model.seed);
    let chance = Chance { seed, later: future.map(|future| (beginning, future)) };
    // Epochs that ended before a run branched off are not in its recording.
    let ended = |(_, end): &(f64, f64)| *end <= beginning;
    let gone = bounds(&model.protocol).into_iter().filter(ended).count();
    let mut rows = Vec::new();
    let mut add =
        |(trial, before): (usize, usize), epochs: &[Epoch], start, chance| -> Result<()> {
            let row = |step: Step| {
                let stimulus = &epochs[step.epoch].show[step.stimulus];
                let population = stimulus.target(model.patterns.keys().map(String::as_str));
                let (pattern, population) =
                    (stimulus.pattern.unwrap_or(0), population.unwrap_or_default().to_owned());
                Row { trial, epoch: before + step.epoch + 1 - gone, pattern, population, step }
            };
            let network = (populations, patterns, seed);
            let all = steps(epochs, (start, chance), independent, network)?.into_iter();
            rows.extend(all.filter(|step| step.ends > beginning).map(row));
            Ok(())
        };
    add((0, 0), &model.protocol, 0.0, chance)?;
    if let (Some(task), Some(trials)) = (&model.task, trials) {
        // Independent trials do not know of what came before.
        let chance = if task.in_sequence() { chance } else { Chance { seed, later: None } };
        let mut before = model.protocol.len();
        for k in 0..trials.number() {
            let (number, place) = trials.place(k);
            let epochs = task.epochs(trials, k);
            add((number, before), &epochs, place.start, chance.of_trial(number))?;
            before += epochs.len();
        }
    }
    let whole = |of: fn(&Row) -> usize| rows.iter().map(|row| of(row) as u64).collect();
    let table = Table::default()
        .whole("trial", whole(|row| row.trial))
        .whole("epoch", whole(|row| row.epoch))
        .whole("stimulus", whole(|row| row.step.stimulus + 1))
        .text("population", rows.iter().map(|row| row.population.clone()).collect())
        .whole("pattern", whole(|row| row.pattern));
    let neuron = |row: &Row| row.step.neuron.map_or(f64::NAN, f64::from);
    let table = match independent {
        0 => table,
        _ => table.real("neuron", rows.iter().map(neuron).collect()),
    };
    let table = table.real("time", rows.iter().map(|row| row.step.begins).collect());
    Ok(STRENGTHS.iter().fold(table, |table, (key, column)| {
        let value = |row: &Row| if row.step.value.0 == *key { row.step.value.1 } else { f64::NAN };
        match rows.iter().any(|row| row.step.value.0 == *key) {
            true => table.real(*column, rows.iter().map(value).collect()),
            false => table,
        }
    }))
}
