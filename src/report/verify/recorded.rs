//! What was to be recorded, and when, as the model tells.

use super::{Outcome, branching, trials_of};
use crate::dynamics::{ObservableKind, Section};
use crate::error::Result;
use crate::model::Model;
use crate::recording::{Provenance, Recording, Stretch};
use crate::simulation::{probed, stretches};
use crate::table::Column;

/// Patterns, as the model draws them.
pub(super) fn patterns(recording: &Recording, model: &Model) -> Result<Outcome> {
    let drawn = model.draw_patterns();
    for (name, _) in recording.populations() {
        if let Some(differs) = recording.patterns_differ(&name, drawn.get(&name))? {
            return Ok(Outcome::Differs(format!("of {name}: {differs}")));
        }
    }
    let number: usize = drawn.values().map(|patterns| patterns.number()).sum();
    Ok(Outcome::Holds(format!("{number} are drawn as they were")))
}

/// Units, intervals, groups and single neurons.
pub(super) fn record(
    recording: &Recording,
    model: &Model,
    provenance: &Provenance,
) -> Result<Outcome> {
    let found = record_differs(recording, model, provenance)?;
    let holds = "units, intervals, columns and neurons are those of the model";
    Ok(found.map_or_else(|| Outcome::Holds(holds.to_owned()), Outcome::Differs))
}

fn record_differs(
    recording: &Recording,
    model: &Model,
    provenance: &Provenance,
) -> Result<Option<String>> {
    let nature = model.dynamics.nature();
    if (recording.clock(), recording.observable()) != (nature.clock, nature.observable) {
        return Ok(Some("another clock is told, or other neurons, than the model has".to_owned()));
    }
    if let Some(differs) = recording.units_differ()? {
        return Ok(Some(differs));
    }
    if let Some(differs) = recording.intervals_differ(model.interval())? {
        return Ok(Some(differs));
    }
    let states = match nature.observable {
        ObservableKind::Spikes => None,
        ObservableKind::States => Some("states"),
        ObservableKind::Graded => Some("activity"),
    };
    if let Some(missing) =
        states.filter(|_| model.record.states).and_then(|kind| recording.group_missing(kind))
    {
        return Ok(Some(format!("nothing stands at /{missing}, which the model records")));
    }
    if states.is_some() && !recording.tells_of_energy()? {
        return Ok(Some("nothing tells of an energy, or why there is none".to_owned()));
    }
    let told: Vec<String> = recording.external()?.into_iter().map(|(name, _)| name).collect();
    let own = with_external(model);
    if told != own {
        let (told, own) = (told.join(" "), own.join(" "));
        return Ok(Some(format!(
            "external spikes of \"{told}\" are told, and the model records \"{own}\""
        )));
    }
    let unsure = |population: &str, tau: f64| model.may_lack(population, tau);
    if let Some(differs) = recording.probes_differ(&probed(model), &unsure)? {
        return Ok(Some(format!("single neurons: {differs}")));
    }
    if !recording.is_complete() {
        return Ok(None);
    }
    let (told, own) = (provenance.duration, duration(recording, model)?);
    let unit = nature.clock.unit();
    Ok((told != own).then(|| {
        format!("a duration of {told:?} {unit} is told, and the model has {own:?} {unit}")
    }))
}

/// The populations whose external spikes a model records.
pub(super) fn with_external(model: &Model) -> Vec<String> {
    let inputs = model.dynamics.inputs().filter(|_| model.record.input);
    let with = |name: &&String| inputs.is_some_and(|inputs| inputs.has_any(name));
    model.population.keys().filter(with).cloned().collect()
}

/// Time of the run, in which trials that were left out take none.
fn duration(recording: &Recording, model: &Model) -> Result<f64> {
    let lead = model.lead();
    let Some(trials) = trials_of(recording, model)?.filter(|trials| trials.number() > 0) else {
        return Ok(lead);
    };
    let left_out = trials.place(0).1.start - lead;
    Ok(trials.place(trials.number() - 1).1.end - left_out)
}

/// When the network and single neurons were looked at.
pub(super) fn moments(
    recording: &Recording,
    model: &Model,
    provenance: &Provenance,
) -> Result<Outcome> {
    if let Some(differs) = recording.times_differ()? {
        return Ok(Outcome::Differs(differs));
    }
    if provenance.version != env!("CARGO_PKG_VERSION") {
        let version = &provenance.version;
        return Ok(Outcome::Unchecked(format!("version {version} may have looked at others")));
    }
    let trials = trials_of(recording, model)?;
    let (beginning, _) = branching(provenance);
    let rests = trials.as_ref().is_some_and(|trials| trials.end_at_rest());
    let ended = recording.ended()?.filter(|_| rests);
    let lasted = match ended.as_ref().and_then(|ended| ended.column("duration")) {
        Some(Column::Real(lasted)) => Some(&lasted[..]),
        _ if rests => {
            return Ok(Outcome::Differs("nothing tells how long trials have lasted".to_owned()));
        }
        _ => None,
    };
    let mut all: Vec<Stretch> = stretches(model, trials.as_ref(), beginning, lasted)?;
    let ended = recording.ended_of_trials()?.unwrap_or(0).min(all.len() - 1);
    let goes_on = model.task.as_ref().is_some_and(|task| task.in_sequence());
    if !recording.is_complete() {
        all.truncate(1 + ended + usize::from(goes_on));
    }
    let interval = model.interval();
    if let Some(differs) = recording.looks_differ((&all, ended), interval)? {
        return Ok(Outcome::Differs(differs));
    }
    let watched = [recording.watched()?, recording.traced()?].concat();
    for own in probed(model).into_iter().filter(|own| watched.contains(&own.population)) {
        let whose = (&*own.population, own.every);
        if let Some(differs) = recording.watched_differ(&all, whose, interval)? {
            return Ok(Outcome::Differs(differs));
        }
    }
    Ok(Outcome::Holds(format!("every {interval} {}", recording.clock().unit())))
}
