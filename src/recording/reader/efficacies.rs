//! Reading plastic efficacies.

use super::Recording;
use super::values::check_times;
use crate::error::Result;
use crate::recording::efficacies::EFFICACIES;
use crate::recording::store::{Attribute, Fault, Result as Stored};
use crate::synapse::{GRAPH, hash_of_graph, out_of_range};

/// The plastic synapses of a projection, and their efficacies at every moment at which they were recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedEfficacies {
    /// The sender of every synapse, within its population.
    pub senders: Vec<u64>,
    /// The receiver of every synapse, within its population.
    pub receivers: Vec<u64>,
    /// Of all synapses, ms.
    pub delay: f64,
    /// The moments, ms.
    pub time: Vec<f64>,
    /// J_ij, mV, moment by moment.
    pub values: Vec<f64>,
}

impl LearnedEfficacies {
    /// The efficacies of all synapses at moment `k`.
    pub fn at(&self, k: usize) -> &[f64] {
        let number = self.senders.len();
        &self.values[k * number..][..number]
    }
}

impl Recording {
    /// The projections whose efficacies were recorded, in the order of the model.
    pub fn learned(&self) -> Result<Vec<String>> {
        if !self.store.exists(EFFICACIES) {
            return Ok(Vec::new());
        }
        let names = self.sound(self.store.text(EFFICACIES, "projections"))?;
        Ok(names.split_whitespace().map(str::to_owned).collect())
    }

    /// The synapses and efficacies of a projection, if they were recorded.
    pub fn efficacies(&self, projection: &str) -> Result<Option<LearnedEfficacies>> {
        if !self.learned()?.iter().any(|name| name == projection) {
            return Ok(None);
        }
        self.sound(self.read_efficacies(&format!("{EFFICACIES}/{projection}"))).map(Some)
    }

    /// What differs between the synapses of a projection and the hash that is told of them.
    pub(crate) fn graph_differs(
        &self,
        projection: &str,
        found: &LearnedEfficacies,
    ) -> Result<Option<String>> {
        let group = format!("{EFFICACIES}/{projection}");
        let told = self.sound(self.store.attribute(&group, GRAPH))?;
        let LearnedEfficacies { senders, receivers, delay, .. } = found;
        let again = hash_of_graph(senders.iter().copied(), receivers.iter().copied(), *delay);
        Ok(match told {
            Some(Attribute::Text(told)) if told == again => None,
            Some(_) => Some(format!("/{group} holds other synapses than were recorded")),
            None => Some(format!("/{group} tells no hash of its synapses")),
        })
    }

    /// Whether there are synapses of a projection, even if nothing tells of them.
    pub(crate) fn has_efficacies(&self, projection: &str) -> bool {
        self.store.exists(EFFICACIES) && self.store.exists(&format!("{EFFICACIES}/{projection}"))
    }

    fn read_efficacies(&self, group: &str) -> Stored<LearnedEfficacies> {
        let path = |name: &str| format!("{group}/{name}");
        let delay = match self.store.attribute(group, "delay")? {
            Some(Attribute::Real(delay)) => delay,
            _ => return Err(Fault(format!("/{group} does not tell its delay"))),
        };
        let neurons = |column: &str| -> Stored<Vec<u64>> {
            let path = path(column);
            let population = self.store.text(&path, "node_population")?;
            let size = self.populations.iter().find(|p| p.name == population);
            let size = size.map_or(0, |p| p.neurons as u64);
            let ids: Vec<u64> = self.store.all(&path)?;
            match ids.iter().find(|id| **id >= size) {
                None => Ok(ids),
                Some(id) => {
                    Err(Fault(format!("/{path} has neuron {id} of {size} in {population}")))
                }
            }
        };
        let time: Vec<f64> = self.store.all(&path("time"))?;
        check_times(group, &time)?;
        let values: Vec<f64> = self.store.all(&path("efficacy"))?;
        if let Some(k) = out_of_range(&values) {
            return Err(Fault(format!("/{} has the value {:e} mV", path("efficacy"), values[k])));
        }
        let (senders, receivers) = (neurons("source_node_id")?, neurons("target_node_id")?);
        Ok(LearnedEfficacies { senders, receivers, delay, time, values })
    }
}
