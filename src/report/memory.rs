//! The theory of memories beside what was measured.

use super::{Prediction, Predictions};
use crate::analysis::{Decisions, Memory, mean_rate};
use crate::error::Result;
use crate::model::Model;
use crate::recording::Recording;
use crate::task::Task;
use crate::theory::memory::{Kind, MeanField, Row, State, Transfers};
use indexmap::IndexMap;

/// Spontaneous activity is measured from this share of the time before the first stimulus on: it takes time to settle.
const SETTLED: f64 = 0.5;
const NOTHING_HELD: &str = "nothing was measured while a pattern was held";

/// What theory predicts of the spontaneous state and of a held pattern, beside rates over the second half of the time before
/// the first stimulus, and over all delays in which a cued pattern was held.
///
/// Where theory does not know the model, has no such state, or nothing was held, a note says so.
pub fn beside_memories(model: &Model, recording: &Recording) -> Result<Vec<Predictions>> {
    let (spontaneous, held) = (calm(recording)?, delays(model, recording)?);
    let found = match MeanField::of(model, &mut Transfers::default()) {
        Ok(found) => found,
        Err(error) => {
            let notes = vec![format!("theory does not apply: {error}")];
            let (epoch, populations) = ("theory".to_owned(), IndexMap::new());
            return Ok(vec![Predictions { epoch, populations, notes }]);
        }
    };
    let stable = |kind: Kind| found.stable(kind);
    let mut beside = vec![
        side_by_side("spontaneous", &spontaneous, stable(Kind::Spontaneous)),
        side_by_side("held", &held, stable(Kind::Memory)),
    ];
    if let Some(last) = beside.last_mut() {
        last.notes.extend(found.notes.iter().cloned());
    }
    Ok(beside)
}

/// Measured rates (Hz) of populations and their parts.
type Rates = Vec<(String, &'static str, f64)>;

fn side_by_side(epoch: &str, rates: &Rates, state: Option<&State>) -> Predictions {
    let mut found =
        Predictions { epoch: epoch.to_owned(), populations: IndexMap::new(), notes: Vec::new() };
    let row = |(name, part, measured): &(String, &'static str, f64)| {
        let own = |row: &&Row| row.population == *name && row.part == *part;
        let row = state?.rows.iter().find(own)?;
        let name = if *part == "all" { name.clone() } else { format!("{name} {part}") };
        Some((
            name,
            Prediction {
                measured_hz: *measured,
                predicted_hz: row.rate_hz,
                mean_mv: row.mean_mv,
                sd_mv: row.sd_mv,
                spread_mv: row.spread_mv,
            },
        ))
    };
    found.populations = rates.iter().filter_map(row).collect();
    let note = match (rates.is_empty(), state) {
        (false, None) => Some(format!("theory found no stable {} state", word(epoch))),
        (true, Some(state)) if epoch == "held" => Some(match strongest(state) {
            Some((name, rate)) => {
                format!("{NOTHING_HELD}; theory has a stable memory, {name} at {rate:.2} Hz")
            }
            None => NOTHING_HELD.to_owned(),
        }),
        (true, None) if epoch == "held" => {
            Some(format!("{NOTHING_HELD}, and theory found no stable memory"))
        }
        (true, _) => Some("nothing was recorded before the first stimulus".to_owned()),
        (false, Some(_)) => None,
    };
    found.notes.extend(note);
    found
}

fn word(epoch: &str) -> &str {
    if epoch == "held" { "memory" } else { epoch }
}

/// The foreground that fires most.
fn strongest(state: &State) -> Option<(&str, f64)> {
    let rows = state.rows.iter().filter(|row| row.part == "foreground");
    let most = rows.max_by(|a, b| a.rate_hz.total_cmp(&b.rate_hz))?;
    Some((&most.population, most.rate_hz))
}

/// Rates before the first stimulus.
fn calm(recording: &Recording) -> Result<Rates> {
    let protocol = recording.protocol()?;
    let shown = protocol.iter().find(|epoch| !epoch.show.is_empty());
    // A run that was stopped has no later spikes.
    let recorded = recording.end()?;
    let end = shown.map_or(recorded, |epoch| epoch.start.min(recorded));
    let mut rates = Rates::new();
    for (name, _) in recording.populations() {
        let rate = mean_rate(recording, &name, &[(SETTLED * end, end)])?;
        rates.extend(rate.map(|rate| (name, "all", rate)));
    }
    Ok(rates)
}

/// Rates in held delays: of the parts of populations that hold patterns, and of all other neurons meanwhile.
fn delays(model: &Model, recording: &Recording) -> Result<Rates> {
    let decisions = match model.task.as_ref().and_then(Task::delayed_match) {
        Some(task) => Decisions::of(recording, task)?,
        None => None,
    };
    let lead = if model.task.is_some() { model.lead() } else { f64::INFINITY };
    let (mut rates, mut stretches) = (Rates::new(), Vec::new());
    let mut others = Vec::new();
    for (name, _) in recording.populations() {
        let own = decisions.as_ref().filter(|d| d.population == name);
        let memory = Memory::of(recording, &name, model.expect.criterion(), lead, own)?;
        let Some(memory) = memory else {
            others.push(name);
            continue;
        };
        if let (Some(foreground), Some(background)) = (memory.reference, memory.background) {
            rates.push((name.clone(), "foreground", foreground));
            rates.push((name, "background", background));
            stretches.extend(memory.delays.iter().map(|d| (d.start, d.end)));
        }
    }
    for name in others {
        let rate = mean_rate(recording, &name, &stretches)?;
        rates.extend(rate.map(|rate| (name, "all", rate)));
    }
    Ok(rates)
}
