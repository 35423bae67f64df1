//! Which plastic synapses are recorded, and when.

use super::Simulation;
use crate::dynamics::Dynamics;
use crate::model::Model;
use crate::network::Projection;
use crate::protocol;
use crate::recording::{Learned, Snapshots};
use std::ops::Range;

impl Simulation {
    /// The plastic synapses whose efficacies are recorded, with the moments of this run: its start, and the ends of epochs and trials.
    pub(super) fn learned(&self) -> Vec<Learned> {
        let Some(wanted) = &self.model.record.efficacies else { return Vec::new() };
        let ends = protocol::shown(&self.model.protocol, 0.0).into_iter();
        let ends = ends.filter(|epoch| epoch.end > self.beginning && wanted.is_at(&epoch.name));
        let trials = self.trials.as_ref().filter(|_| wanted.trials);
        let trials =
            trials.into_iter().flat_map(|all| (0..all.number()).map(|k| all.place(k).1.end));
        let moments: Vec<f64> = std::iter::once(self.beginning)
            .chain(ends.map(|epoch| epoch.end))
            .chain(trials)
            .collect();
        projections_in(&self.model, wanted)
            .filter_map(|(index, name, own)| {
                // Without synapses there is nothing to look at.
                let synapses = self.dynamics.plastic(index).filter(|s| !s.senders.is_empty())?;
                let ends = [own.from.clone(), own.to.clone()];
                let moments = moments.clone();
                Some(Learned { projection: (name.to_owned(), index), ends, synapses, moments })
            })
            .collect()
    }
}

/// Whether the protocol holds efficacies throughout this time.
pub(crate) fn are_held(model: &Model, time: &Range<f64>) -> bool {
    let mut epochs = protocol::bounds(&model.protocol).into_iter().zip(&model.protocol);
    epochs.all(|((start, end), epoch)| end <= time.start || start >= time.end || !epoch.plasticity)
}

/// What plastic projections of a model have learned at the end of a trial that has a `network` of its own, by their indices; nothing
/// where that is not recorded.
pub(super) fn in_trial(model: &Model, network: &dyn Dynamics) -> Vec<(usize, Vec<f64>)> {
    let wanted = model.record.efficacies.iter().filter(|wanted| wanted.trials);
    let has = by_projection(network);
    wanted.flat_map(|wanted| projections_in(model, wanted)).map(|(k, ..)| (k, has(k))).collect()
}

/// The efficacies of a plastic projection, by its index.
pub(super) fn by_projection(network: &dyn Dynamics) -> impl Fn(usize) -> Vec<f64> {
    |k| network.plastic(k).map_or(Vec::new(), |synapses| synapses.efficacies)
}

/// The plastic projections of which efficacies are recorded: index, name and section.
fn projections_in<'a>(
    model: &'a Model,
    wanted: &'a Snapshots,
) -> impl Iterator<Item = (usize, &'a str, &'a Projection)> {
    let all = model.projection.iter().enumerate();
    let plastic = all.filter(|(_, (name, own))| own.plasticity.is_some() && wanted.has(name));
    plastic.map(|(k, (name, own))| (k, name.as_str(), own))
}
