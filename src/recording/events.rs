//! Spikes in a recording: those of the neurons of one population, or those that they received from outside.

use super::CHUNK;
use super::header::Header;
use super::series::{Growing, Series};
#[cfg(feature = "hdf5")]
use super::store::Fault;
use super::store::{Attribute, Result, Store};
use crate::dynamics::Spike;
use crate::network::Placed;
use crate::tape::on_tape;
use std::ops::Range;

/// The growing columns of one population.
pub(super) struct Events {
    pub neurons: Range<usize>,
    timestamps: Series<f64>,
    node_ids: Series<u64>,
}

on_tape!(Events { timestamps, node_ids; not neurons });

impl Events {
    /// Columns in a group of `parent` for `population`.
    pub fn create(store: &mut dyn Store, parent: &str, population: &Placed) -> Result<Self> {
        let group = format!("{parent}/{}", population.name);
        store.group(&group)?;
        store.set(&group, "neurons", Attribute::Whole(population.neurons.len() as u64))?;
        store.set(&group, "sorting", Attribute::ByTime)?;
        let path = |name: &str| format!("{group}/{name}");
        Ok(Self {
            neurons: population.neurons.clone(),
            timestamps: Series::create(store, path("timestamps"), Some("ms"), None, CHUNK)?,
            node_ids: Series::create(store, path("node_ids"), None, None, CHUNK)?,
        })
    }

    /// Columns for the external spikes of the populations that receive some, if they are recorded.
    pub fn create_external(store: &mut dyn Store, header: &Header) -> Result<Vec<Option<Self>>> {
        if header.external.is_empty() {
            return Ok(Vec::new());
        }
        store.group("external")?;
        let each = header.populations.iter().zip(header.external);
        each.map(|(population, &recorded)| {
            recorded.then(|| Self::create(store, "external", population)).transpose()
        })
        .collect()
    }

    /// Takes a spike of one of these neurons.
    pub fn take(&mut self, spike: &Spike) {
        self.timestamps.buffer().push(spike.time);
        self.node_ids.buffer().push(u64::from(spike.neuron) - self.neurons.start as u64);
    }

    /// The spikes in this time (ms) that stand in the recording, in the numbering of the network.
    #[cfg(feature = "hdf5")]
    pub fn within(&self, store: &dyn Store, time: &Range<f64>) -> Result<Vec<Spike>> {
        let (mut found, mut to, mut before) = (Vec::new(), self.timestamps.rows(), false);
        while to > 0 && !before {
            let from = to.saturating_sub(CHUNK);
            let times: Vec<f64> = store.values(self.timestamps.path(), from..to)?;
            let ids: Vec<u64> = store.values(self.node_ids.path(), from..to)?;
            before = times.first().is_none_or(|first| *first < time.start);
            let (first, size) = (self.neurons.start as u32, self.neurons.len() as u64);
            if let Some(id) = ids.iter().find(|id| **id >= size) {
                let path = self.node_ids.path();
                return Err(Fault(format!("/{path} has neuron {id} of {size}")));
            }
            let all = times.into_iter().zip(ids).rev().filter(|(at, _)| time.contains(at));
            found.extend(all.map(|(time, id)| Spike { time, neuron: first + id as u32 }));
            to = from;
        }
        found.reverse();
        Ok(found)
    }

    /// Both columns.
    pub fn both(&mut self) -> [&mut dyn Growing; 2] {
        [&mut self.timestamps, &mut self.node_ids]
    }
}
