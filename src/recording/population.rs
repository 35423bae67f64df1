//! What is recorded of one population.

use super::series::Series;
use super::{CHUNK, Header, SAMPLES, Sorting};
use crate::dynamics::Spike;
use crate::network::Placed;
use crate::pattern::OverlapCounter;
use hdf5::Group;
use sha2::Sha256;

/// The growing datasets of one population.
pub(super) struct Recorded {
    first: u32,
    /// Its neurons end here, in the numbering of the network.
    pub end: u32,
    timestamps: Series<f64>,
    node_ids: Series<u64>,
    rate: Series<f64>,
    rate_time: Series<f64>,
    overlaps: Option<Overlaps>,
    spikes_in_interval: u64,
    spikes: u64,
}

struct Overlaps {
    counter: OverlapCounter,
    m: Series<f64>,
    time: Series<f64>,
}

impl Recorded {
    pub fn create(
        population: &Placed,
        header: Header,
        spikes: &Group,
        rates: &Group,
        overlaps: &Group,
    ) -> hdf5::Result<Self> {
        let name = population.name.as_str();
        let group = spikes.create_group(name)?;
        let neurons = population.neurons.len() as u64;
        group.new_attr::<u64>().create("neurons")?.write_scalar(&neurons)?;
        group.new_attr::<Sorting>().create("sorting")?.write_scalar(&Sorting::by_time)?;
        let (rate_group, interval) = (rates.create_group(name)?, header.interval);
        rate_group.new_attr::<f64>().create("interval_ms")?.write_scalar(&interval)?;
        let overlaps = match header.patterns.get(name) {
            None => None,
            Some(patterns) => {
                let group = overlaps.create_group(name)?;
                group.new_attr::<f64>().create("interval_ms")?.write_scalar(&interval)?;
                Some(Overlaps {
                    counter: OverlapCounter::new(patterns),
                    m: Series::rows(&group, "m", "Hz", patterns.number(), SAMPLES)?,
                    time: Series::values(&group, "time", Some("ms"), SAMPLES)?,
                })
            }
        };
        Ok(Self {
            first: population.neurons.start as u32,
            end: population.neurons.end as u32,
            timestamps: Series::values(&group, "timestamps", Some("ms"), CHUNK)?,
            node_ids: Series::values(&group, "node_ids", None, CHUNK)?,
            rate: Series::values(&rate_group, "rate", Some("Hz"), SAMPLES)?,
            rate_time: Series::values(&rate_group, "time", Some("ms"), SAMPLES)?,
            overlaps,
            spikes_in_interval: 0,
            spikes: 0,
        })
    }

    /// Intervals in the file.
    pub fn intervals(&self) -> usize {
        self.rate.written()
    }

    /// Spikes in the file, and spikes taken so far.
    pub fn progress(&self) -> [u64; 2] {
        [self.timestamps.written() as u64, self.spikes]
    }

    pub fn take(&mut self, spike: &Spike) {
        let id = spike.neuron - self.first;
        self.timestamps.buffer().push(spike.time);
        self.node_ids.buffer().push(u64::from(id));
        self.spikes_in_interval += 1;
        self.spikes += 1;
        if let Some(overlaps) = &mut self.overlaps {
            overlaps.counter.count(id as usize);
        }
    }

    pub fn sample(&mut self, centre: f64, interval: f64) {
        let neurons = f64::from(self.end - self.first);
        self.rate.buffer().push(self.spikes_in_interval as f64 / neurons / interval * 1000.0);
        self.rate_time.buffer().push(centre);
        self.spikes_in_interval = 0;
        if let Some(overlaps) = &mut self.overlaps {
            overlaps.counter.take(interval, overlaps.m.buffer());
            overlaps.time.buffer().push(centre);
        }
    }

    /// Forgets the spikes of an interval that is not sampled.
    pub fn forget(&mut self) {
        self.spikes_in_interval = 0;
        self.overlaps.iter_mut().for_each(|o| o.counter.forget());
    }

    /// Does the same to every dataset, in a fixed order.
    pub fn each(
        &mut self,
        mut real: impl FnMut(&mut Series<f64>) -> hdf5::Result<()>,
        mut whole: impl FnMut(&mut Series<u64>) -> hdf5::Result<()>,
    ) -> hdf5::Result<()> {
        real(&mut self.timestamps)?;
        whole(&mut self.node_ids)?;
        if let Some(overlaps) = &mut self.overlaps {
            real(&mut overlaps.m)?;
            real(&mut overlaps.time)?;
        }
        real(&mut self.rate_time)?;
        real(&mut self.rate)
    }

    /// Rates and overlaps follow from the spikes and from how often they are sampled.
    pub fn hash_into(&self, hash: &mut Sha256) {
        self.timestamps.hash_into(hash);
        self.node_ids.hash_into(hash);
    }
}
