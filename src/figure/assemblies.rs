//! Active assemblies of a recording.

use crate::analysis::assemblies::{Active, ActiveIf, dwell_shares};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::plot::assemblies as plot;
use crate::plot::chart::Figure;
use crate::recording::{Part, Recording};
use crate::report::model_of;
use crate::statistics::Share;

/// The figure of a part of a recording; of all of it, when an assembly is active is told by the model, or by `active_if`.
///
/// # Errors
/// If it has no spikes, no population has patterns, or it is damaged.
pub fn figure(recording: &Recording, part: Part, active_if: Option<ActiveIf>) -> Result<Figure> {
    let model = model_of(&recording.provenance()?, recording.path())?;
    let active_if = active_if.unwrap_or_else(|| model.expect.active_if());
    let stretches = stretches(recording, part)?;
    let mut holders = Vec::new();
    for (population, _) in recording.populations() {
        if recording.patterns(&population)?.is_some() {
            holders.push(population);
        }
    }
    let found = match (recording.observable(), holders.first()) {
        (ObservableKind::Spikes, Some(holder)) => {
            Active::of(recording, holder, &stretches, active_if)?.map(|active| (holder, active))
        }
        _ => None,
    };
    let Some((holder, active)) = found else {
        return Err(Error::file(
            recording.path(),
            "found no spikes of a population with patterns",
            "choose another picture, or give the population a section [patterns]",
        ));
    };
    let title = format!("Active assemblies of {holder} · {}", model.title.trim());
    Ok(plot::assemblies(&title, &data(&active, &stretches)))
}

fn data(active: &Active, stretches: &[(f64, f64)]) -> plot::Assemblies {
    let mut rows = vec![Vec::new(); active.assemblies];
    for one in &active.activations {
        let end = one.onset + one.dwell;
        rows[one.assembly].push((one.onset / 1000.0, end / 1000.0));
    }
    let dwells = dwell_shares(active.whole().map(|one| one.dwell));
    let dwells = dwells.into_iter().map(|(from, to, share)| (from, to, share.value(), share.sem()));
    let row = |row: &Vec<Share>| row.iter().map(|share| share.number).collect();
    plot::Assemblies {
        active: rows,
        span: (
            stretches.first().map_or(0.0, |stretch| stretch.0 / 1000.0),
            stretches.last().map_or(0.0, |stretch| stretch.1 / 1000.0),
        ),
        at_once: (0..active.looks.len()).map(|n| active.share(n).value()).collect(),
        dwells: dwells.collect(),
        dwell: active.dwell().mean,
        transitions: active.transitions().iter().map(row).collect(),
    }
}

/// What is looked at: of all of a recording every epoch of the protocol, and every trial, by itself.
fn stretches(recording: &Recording, part: Part) -> Result<Vec<(f64, f64)>> {
    Ok(match part {
        Part::Epoch(epoch) => vec![(epoch.start, epoch.end)],
        Part::Trial(trial) => vec![(trial.start, trial.end)],
        Part::Recall(trial) => vec![(trial.start, trial.end)],
        Part::Tour(trial) => vec![(trial.start, trial.end)],
        Part::Whole => {
            let trials = recording.trials()?.unwrap_or_default();
            let before = trials.first().map_or(recording.end()?, |trial| trial.start);
            let trials = trials.iter().map(|trial| (trial.start, trial.end));
            // As the tables have them: what reaches the border of an epoch is not whole.
            let protocol = recording.protocol()?;
            let epochs = protocol.iter().map(|epoch| (epoch.start, epoch.end));
            epochs.filter(|epoch| epoch.1 <= before).chain(trials).collect()
        }
    })
}
