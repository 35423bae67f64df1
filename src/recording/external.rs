//! What is recorded of the external spikes of one population.

use super::series::Series;
use super::{CHUNK, Sorting};
use crate::dynamics::Spike;
use crate::network::Placed;
use hdf5::{Group, Result};
use sha2::Sha256;
use std::ops::Range;

/// The growing datasets of one population: when its neurons received an external spike.
pub(super) struct External {
    neurons: Range<usize>,
    timestamps: Series<f64>,
    node_ids: Series<u64>,
}

impl External {
    /// Datasets in a group of `parent` for `population`.
    pub fn create(population: &Placed, parent: &Group) -> Result<Self> {
        let group = parent.create_group(&population.name)?;
        let neurons = population.neurons.len() as u64;
        group.new_attr::<u64>().create("neurons")?.write_scalar(&neurons)?;
        group.new_attr::<Sorting>().create("sorting")?.write_scalar(&Sorting::by_time)?;
        Ok(Self {
            neurons: population.neurons.clone(),
            timestamps: Series::values(&group, "timestamps", Some("ms"), CHUNK)?,
            node_ids: Series::values(&group, "node_ids", None, CHUNK)?,
        })
    }

    /// Takes those of `spikes` that neurons of this population received.
    pub fn take(&mut self, spikes: &[Spike]) {
        let own = spikes.iter().filter(|s| self.neurons.contains(&(s.neuron as usize)));
        for spike in own {
            self.timestamps.buffer().push(spike.time);
            self.node_ids.buffer().push(u64::from(spike.neuron) - self.neurons.start as u64);
        }
    }

    /// Writes every chunk that is full.
    pub fn write_chunks(&mut self) -> Result<()> {
        self.timestamps.write_chunks()?;
        self.node_ids.write_chunks()
    }

    /// Writes what is left.
    pub fn finish(&mut self) -> Result<()> {
        self.timestamps.finish()?;
        self.node_ids.finish()
    }

    /// Spikes in the file.
    pub fn written(&self) -> u64 {
        self.node_ids.written() as u64
    }

    pub fn hash_into(&self, hash: &mut Sha256) {
        self.timestamps.hash_into(hash);
        self.node_ids.hash_into(hash);
    }
}
