//! When a run is looked at, and at whom, as its model tells without a network.

use crate::dynamics::Cell;
use crate::error::Result;
use crate::model::{Model, Record};
use crate::network::Projection;
use crate::protocol::{Chance, bounds};
use crate::random::Seed;
use crate::recording::{Probe, Probed, Stretch};
use crate::synapse::Connect;
use crate::task::{Episode, Setting, Trials};

/// Where so many synapses are expected, there are some.
const MANY: f64 = 100.0;

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
    let mut first = 0;
    let places = model.population.iter().map(|(name, population)| {
        first += population.size;
        (name, first - population.size)
    });
    let places: Vec<(&String, usize)> = places.collect();
    let probed = |probe: &Probe| {
        let first = places.iter().find(|(name, _)| **name == probe.population)?.1;
        let neurons = probe.neurons.0.clone();
        let all = cells(model, &probe.population);
        let cells = all.get(neurons.clone()).unwrap_or_default().to_vec();
        let (population, every) = (probe.population.clone(), probe.every.value());
        Some(Probed { population, neurons, first, every, cells })
    };
    let Record { v, activity, .. } = &model.record;
    v.0.iter().chain(&activity.0).filter_map(probed).collect()
}

/// What the neurons of a population are, if they have membranes.
fn cells(model: &Model, population: &str) -> Vec<Cell> {
    let cells = model.dynamics.cells().and_then(|cells| cells.get(population));
    let Some(neurons) = cells.and_then(|cells| cells.neurons()) else { return Vec::new() };
    let received = model.projection.values().filter(|projection| projection.to == population);
    let taus = received.flat_map(|projection| projection.kernel().exponentials());
    let mut tau_syn: Vec<f64> = taus
        .chain(neurons.external().map(|(_, tau)| (tau, 1.0)))
        .map(|(tau, _)| tau)
        .filter(|tau| *tau > 0.0)
        .collect();
    tau_syn.sort_unstable_by(f64::total_cmp);
    tau_syn.dedup();
    let drawn = neurons.draw(population, model.population[population].size, Seed(model.seed));
    let cell = |theta: &f64| Cell {
        theta: *theta,
        v_reset: neurons.v_reset.value(),
        tau_syn: tau_syn.clone(),
        adaptation: neurons.adaptation.map(|own| own.tau.value()),
        moving_threshold: neurons.moving_threshold.map(|own| own.tau.value()),
    };
    drawn.theta.iter().map(cell).collect()
}

/// Whether a population may have no synapses with this time constant (ms): all those that would have it are drawn by chance, or read.
pub(crate) fn may_lack(model: &Model, population: &str, tau: f64) -> bool {
    let cells = model.dynamics.cells().and_then(|cells| cells.get(population));
    let external = cells.and_then(|cells| cells.neurons()?.external());
    let mut received = model.projection.values().filter(|projection| {
        let all = projection.kernel().exponentials();
        projection.to == population && all.iter().any(|one| one.0 == tau)
    });
    let may_be_empty = |projection: &Projection| {
        let expected = model.plan().wiring(projection).map_or(0.0, |wiring| wiring.expected());
        expected
            < match projection.connect {
                Connect::Probability(_) | Connect::Assemblies(_) | Connect::Distance(_) => MANY,
                Connect::File(_) => f64::INFINITY,
                _ => 1.0,
            }
    };
    external.is_none_or(|(_, own)| own != tau) && received.all(may_be_empty)
}
