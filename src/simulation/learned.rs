//! Which plastic synapses are recorded, and when.

use super::Simulation;
use crate::protocol;
use crate::recording::Learned;

impl Simulation {
    /// The plastic synapses whose efficacies are recorded, with the moments of this run: its start, and the ends of epochs.
    pub(super) fn learned(&self) -> Vec<Learned> {
        let Some(wanted) = &self.model.record.efficacies else { return Vec::new() };
        let ends = protocol::shown(&self.model.protocol, 0.0).into_iter();
        let ends = ends.filter(|epoch| epoch.end > self.beginning && wanted.is_at(&epoch.name));
        let moments: Vec<f64> =
            std::iter::once(self.beginning).chain(ends.map(|epoch| epoch.end)).collect();
        let projections = self.model.projection.iter().enumerate();
        let learned =
            projections.filter(|(_, (name, own))| own.plasticity.is_some() && wanted.has(name));
        learned
            .filter_map(|(index, (name, own))| {
                // Without synapses there is nothing to look at.
                let synapses = self.dynamics.plastic(index).filter(|s| !s.senders.is_empty())?;
                let ends = [own.from.clone(), own.to.clone()];
                let moments = moments.clone();
                Some(Learned { projection: (name.clone(), index), ends, synapses, moments })
            })
            .collect()
    }
}
