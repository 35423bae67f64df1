//! When a run is looked at, and at whom, as its model tells without a network.

use crate::error::Result;
use crate::model::{Model, Record};
use crate::protocol::{Chance, bounds};
use crate::random::Seed;
use crate::recording::{Probe, Probed, Stretch};
use crate::task::{Episode, Setting, Trials};

/// The protocol and these `trials` of a model, as they are run from the time `beginning` on; trials that end by themselves have
/// `lasted` so long, as far as they have ended.
///
/// # Errors
/// If a stimulus has no clear target.
pub(crate) fn stretches(
    model: &Model,
    trials: Option<&Trials>,
    beginning: f64,
    lasted: Option<&[f64]>,
) -> Result<Vec<Stretch>> {
    let seed = Seed(model.seed);
    let chance = Chance { seed, later: None };
    let (populations, patterns) = (&model.plan().place()[..], &model.draw_patterns());
    let setting = Setting { populations, patterns, seed, chance };
    let mut held: Vec<(f64, bool)> = Vec::new();
    for own in Episode::of(&model.protocol, setting)?.held {
        let imposes = own.field.imposes();
        if own.until > beginning {
            // A state that begins to be recorded is.
            held.push((own.until, imposes || held.is_empty()));
        }
    }
    let lead = model.lead();
    let mut all = vec![Stretch { place: beginning..lead, apart: None, held, lasted: None }];
    let (Some(task), Some(trials)) = (&model.task, trials) else { return Ok(all) };
    for k in 0..trials.number() {
        let place = trials.place(k).1;
        let apart = (!task.in_sequence()).then_some(lead);
        let begin = apart.unwrap_or(place.start);
        let held = match lasted {
            Some(_) => vec![(f64::INFINITY, true)],
            None => {
                let epochs = bounds(&task.epochs(trials, k)).into_iter().enumerate();
                epochs.map(|(number, (_, end))| (begin + end, number == 0)).collect()
            }
        };
        let lasted = lasted.map(|lasted| lasted.get(k).copied().unwrap_or(0.0));
        all.push(Stretch { place, apart, held, lasted });
    }
    Ok(all)
}

/// Whose membrane potentials, or whose activity, are recorded.
pub(crate) fn probed(model: &Model) -> Vec<Probed> {
    let places = model.plan().place();
    let probed = |probe: &Probe| {
        let placed = places.iter().find(|placed| placed.name == probe.population)?;
        let first = placed.neurons.start;
        let neurons = probe.neurons.0.clone();
        let all = model.membranes(&probe.population);
        let cells = all.get(neurons.clone()).unwrap_or_default().to_vec();
        let (population, every) = (probe.population.clone(), probe.every.value());
        Some(Probed { population, neurons, first, every, cells })
    };
    let Record { v, activity, .. } = &model.record;
    v.0.iter().chain(&activity.0).filter_map(probed).collect()
}
