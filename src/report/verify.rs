//! Whether a recording holds what it says: everything that can be computed from its data is, once more.

mod recorded;

use super::model_of;
use crate::analysis::judge;
use crate::dynamics::{ObservableKind, Section};
use crate::error::Result;
use crate::model::Model;
use crate::random::Seed;
use crate::recording::{Origin, Provenance, Recording};
use crate::simulation::{are_held, drawn_courses, epochs_shown};
use crate::task::Trials;
use std::fmt;

/// Rounding of the time between two spikes, in parts.
const ROUNDING: f64 = 1e-9;

/// What came of a check.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It holds; of what.
    Holds(String),
    /// What differs.
    Differs(String),
    /// Why it was not checked.
    Unchecked(String),
}

/// The checks of a recording, in order: what was checked, and what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verification {
    /// Name and outcome of every check.
    pub checks: Vec<(String, Outcome)>,
}

impl Verification {
    /// Verifies a recording. Its structure has been checked when it was opened, and order and ranges of what is read are
    /// checked while it is.
    ///
    /// # Errors
    /// If the recording is damaged, so that it cannot be read to its end.
    pub fn of(recording: &Recording) -> Result<Self> {
        let mut found = Self::default();
        let provenance = recording.provenance()?;
        let model = model_of(&provenance, recording.path())?;
        found.add("structure", Outcome::Holds("as its documents say".to_owned()));
        found.add("protocol", protocol_of(recording, &model, &provenance)?);
        // Other versions may draw and record in other ways.
        let is_own = provenance.version == env!("CARGO_PKG_VERSION");
        if is_own {
            found.add("patterns", recorded::patterns(recording, &model)?);
            found.add("what was recorded", recorded::record(recording, &model, &provenance)?);
        }
        found.add("moments", recorded::moments(recording, &model, &provenance)?);
        for (name, neurons) in recording.populations() {
            if recording.observable() == ObservableKind::Spikes {
                let t_ref = model.dynamics.refractory(&name);
                found.add(&format!("spikes of {name}"), spikes(recording, &name, neurons, t_ref)?);
            }
            let outcome = match recording.samples_again(&name)? {
                Some(Ok(0)) => {
                    Outcome::Unchecked("spikes lie at the ends of all intervals".to_owned())
                }
                Some(Ok(compared)) => Outcome::Holds(format!("those of {compared} moments")),
                Some(Err(differs)) => Outcome::Differs(differs),
                None => Outcome::Unchecked("neither states nor activity were recorded".to_owned()),
            };
            found.add(&format!("rates and overlaps of {name}"), outcome);
        }
        if recording.is_complete() {
            let outcome = match recording.columns_again(is_own)? {
                Ok(0) => Outcome::Unchecked("this version told none".to_owned()),
                Ok(compared) => Outcome::Holds(format!("those of {compared} columns")),
                Err(differs) => Outcome::Differs(differs),
            };
            found.add("hashes of columns", outcome);
        }
        let learned = recording.learned()?;
        let untold = |name: &&String| recording.has_efficacies(name) && !learned.contains(name);
        if let Some(name) = model.projection.keys().find(untold) {
            let differs = "nothing tells that they were recorded".to_owned();
            found.add(&format!("efficacies of {name}"), Outcome::Differs(differs));
        }
        for name in learned {
            found.add(&format!("efficacies of {name}"), efficacies(recording, &model, &name)?);
        }
        found.add("trials", trials(recording, &model)?);
        if !model.record.courses.is_none() || recording.courses()?.is_some() {
            found.add("courses", courses(recording, &model, &provenance)?);
        }
        let must = is_own && recording.is_complete();
        let hash = |told: &str, again: Option<String>| match again {
            _ if told.is_empty() && must => Outcome::Differs("none is told".to_owned()),
            _ if told.is_empty() => Outcome::Unchecked("there is none".to_owned()),
            None => Outcome::Unchecked("it is of states that were not recorded".to_owned()),
            Some(again) if again == told => Outcome::Holds(again),
            Some(again) => Outcome::Differs(format!("the data have {again}, and {told} is told")),
        };
        found.add("data hash", hash(&provenance.data_hash, recording.hash_of_data()?));
        if !recording.external()?.is_empty() {
            let outcome = match recording.external_differs()? {
                Some(differs) => Outcome::Differs(differs),
                None => Outcome::Holds("in order".to_owned()),
            };
            found.add("external spikes", outcome);
            let again = recording.hash_of_external()?;
            found.add("external hash", hash(&provenance.external_hash, Some(again)));
        }
        Ok(found)
    }

    fn add(&mut self, what: &str, outcome: Outcome) {
        self.checks.push((what.to_owned(), outcome));
    }

    /// What differs first, and how.
    pub fn differs(&self) -> Option<(&str, &str)> {
        self.checks.iter().find_map(|(what, outcome)| match outcome {
            Outcome::Differs(how) => Some((what.as_str(), how.as_str())),
            _ => None,
        })
    }
}

/// Seed and epochs, as the model has them.
fn protocol_of(recording: &Recording, model: &Model, provenance: &Provenance) -> Result<Outcome> {
    let (told, own) = (provenance.seed, model.seed);
    if told != own {
        return Ok(Outcome::Differs(format!("seed {told} is told, and the model has {own}")));
    }
    let (beginning, _) = branching(provenance);
    let epochs = epochs_shown(model, trials_of(recording, model)?.as_ref(), beginning);
    Ok(match recording.protocol_differs(&epochs)? {
        Some(differs) => Outcome::Differs(differs),
        None => Outcome::Holds(format!("seed {own}, {} epochs", epochs.len())),
    })
}

/// When a run began that branched off, and with which seed of what came then; else 0 ms.
fn branching(provenance: &Provenance) -> (f64, Option<Seed>) {
    let origin = serde_json::from_str::<Origin>(&provenance.origin).ok();
    origin.map_or((0.0, None), |origin| (origin.at, origin.future_seed.map(Seed)))
}

/// The trials of a run, which may have had one of them alone.
fn trials_of(recording: &Recording, model: &Model) -> Result<Option<Trials>> {
    let mut trials = model.trials();
    if let (Some(trials), Some(planned)) = (&mut trials, recording.planned()?)
        && let (1, Some(only)) = (planned.rows(), planned.whole_at("trial", 0))
    {
        trials.keep(only as usize);
    }
    Ok(trials)
}

/// Refractory periods of at least `t_ref` ms; a trial begins anew.
fn spikes(recording: &Recording, name: &str, neurons: usize, t_ref: f64) -> Result<Outcome> {
    let starts: Vec<f64> = recording.trials()?.iter().flatten().map(|trial| trial.start).collect();
    let mut last = vec![f64::NEG_INFINITY; neurons];
    let (mut begun, mut number, mut early) = (0, 0, None);
    recording.for_spikes(name, |times, ids| {
        number += times.len();
        for (&time, &id) in times.iter().zip(ids) {
            if starts.get(begun).is_some_and(|start| *start <= time) {
                last.fill(f64::NEG_INFINITY);
                begun += starts[begun..].partition_point(|start| *start <= time);
            }
            let before = std::mem::replace(&mut last[id as usize], time);
            if time - before < t_ref * (1.0 - ROUNDING) {
                early = early.or(Some((id, before, time)));
            }
        }
    })?;
    Ok(match early {
        Some((id, before, time)) => Outcome::Differs(format!(
            "neuron {id} fires at {before:?} and {time:?} ms, within a refractory period of {t_ref} ms"
        )),
        None => Outcome::Holds(format!("{number} in order, at least {t_ref} ms apart in a neuron")),
    })
}

/// Efficacies of one sign and within the bounds of their rule, looked at when the run begins and where its epochs end, and the
/// same at both ends of an epoch that holds them.
fn efficacies(recording: &Recording, model: &Model, name: &str) -> Result<Outcome> {
    let rule = model.projection.get(name).and_then(|projection| projection.plasticity);
    let (Some(rule), Some(found)) = (rule, recording.efficacies(name)?) else {
        return Ok(Outcome::Differs("the model has no such plastic projection".to_owned()));
    };
    if let Some(differs) = recording.graph_differs(name, &found)? {
        return Ok(Outcome::Differs(differs));
    }
    let Some(first) = found.values.first() else {
        return Ok(Outcome::Differs("they were recorded at no moment".to_owned()));
    };
    let other = |w: &&f64| w.is_sign_negative() != first.is_sign_negative();
    if let Some(w) = found.values.iter().find(other) {
        return Ok(Outcome::Differs(format!("{w:?} mV is not of the sign of {first:?} mV")));
    }
    if let Some(w) = found.values.iter().find(|w| !rule.allows(w.abs())) {
        return Ok(Outcome::Differs(format!("{w:?} mV is beyond the bounds of the rule")));
    }
    let epochs = recording.protocol()?;
    let begins = epochs.first().map_or(0.0, |epoch| epoch.start);
    let trials = recording.trials()?.unwrap_or_default();
    let is_end = |time: f64| {
        time == begins
            || epochs.iter().any(|epoch| epoch.end == time)
            || trials.iter().any(|trial| trial.end == time)
    };
    if let Some(time) = found.time.iter().find(|time| !is_end(**time)) {
        return Ok(Outcome::Differs(format!("no epoch or trial ends at {time:?} ms")));
    }
    let of_protocol = found.time.iter().filter(|time| **time <= model.lead()).count();
    for (k, time) in found.time[..of_protocol].windows(2).enumerate() {
        if are_held(model, &(time[0]..time[1])) && found.at(k) != found.at(k + 1) {
            let [from, to] = [time[0], time[1]];
            return Ok(Outcome::Differs(format!(
                "they are held from {from} to {to} ms, and change"
            )));
        }
    }
    let (synapses, moments) = (found.senders.len(), found.time.len());
    Ok(Outcome::Holds(format!("{synapses} synapses at {moments} moments, within bounds")))
}

/// What trials show, as the model draws it, whether they have ended or not, and their results, as the judge finds them.
fn trials(recording: &Recording, model: &Model) -> Result<Outcome> {
    let (Some(task), Some(told), Some(ended)) =
        (&model.task, recording.planned()?, recording.ended_of_trials()?)
    else {
        return Ok(Outcome::Unchecked("there are none".to_owned()));
    };
    let (all, number) = (told.rows(), model.trials().map_or(0, |trials| trials.number()));
    // A run may have had one of them alone.
    let few = recording.is_complete() && ended != all;
    if few || ![1, number].contains(&all) {
        let whole = if recording.is_complete() { " in a recording that is complete" } else { "" };
        return Ok(Outcome::Differs(format!(
            "{ended} of {all} have ended{whole}, and the model has {number}"
        )));
    }
    let drawn = trials_of(recording, model)?.map(|trials| trials.table()).unwrap_or_default();
    if let Some(differs) = told.differs(&drawn, "trial") {
        return Ok(Outcome::Differs(differs));
    }
    let (told, again) = (recording.results()?, judge(recording, task)?);
    let drawn_alike = format!("{all} are drawn as they were");
    let (Some(told), Some(again)) = (&told, &again) else {
        return Ok(match (told, again) {
            (None, None) => Outcome::Holds(drawn_alike),
            (None, _) => Outcome::Unchecked(format!(
                "{drawn_alike}, and nothing tells what was found in them"
            )),
            (Some(_), _) => {
                Outcome::Differs("something was found in them, and nothing is judged".to_owned())
            }
        });
    };
    // As text, in which a missing number is one.
    let (told, again) = (told.to_csv(), again.to_csv());
    let other = told.lines().zip(again.lines()).position(|(told, again)| told != again);
    Ok(match other {
        None if told.len() == again.len() => {
            Outcome::Holds(format!("{all} are drawn and judged as they were"))
        }
        Some(row) if row > 0 => Outcome::Differs(format!("trial {row} is judged in another way")),
        _ => Outcome::Differs("other columns or rows are found".to_owned()),
    })
}

/// What random courses came to, as the model draws them once more.
fn courses(recording: &Recording, model: &Model, provenance: &Provenance) -> Result<Outcome> {
    let (false, Some(told)) = (model.record.courses.is_none(), recording.courses()?) else {
        return Ok(Outcome::Differs("they were not to be recorded, or are lost".to_owned()));
    };
    let (trials, begins) = (trials_of(recording, model)?, branching(provenance));
    let (populations, patterns) = (model.plan().place(), model.draw_patterns());
    let again = drawn_courses(model, (&populations, &patterns), trials.as_ref(), begins)?;
    if let Some(differs) = told.differs(&again, "step") {
        return Ok(Outcome::Differs(differs));
    }
    Ok(Outcome::Holds(format!("{} steps are drawn as they were", told.rows())))
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (what, outcome) in &self.checks {
            let (word, text) = match outcome {
                Outcome::Holds(text) => ("ok", text),
                Outcome::Differs(text) => ("DIFFERS", text),
                Outcome::Unchecked(text) => ("-", text),
            };
            writeln!(f, "  {word:<8} {what}: {text}")?;
        }
        Ok(())
    }
}
