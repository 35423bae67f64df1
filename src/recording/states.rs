//! What is recorded of a binary network: states, mean activity, overlaps and energy at moments in time.

use super::SAMPLES;
use super::series::{Series, write_text};
use crate::network::Placed;
use crate::pattern::{Patterns, StateOverlap, pack};
use hdf5::{File, Group};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// What a recording of states must know before the run.
#[derive(Clone, Debug, Default)]
pub struct StatesHeader {
    /// Whether the states themselves are recorded.
    pub states: bool,
    /// Why there is no energy, if there is none.
    pub without_energy: Option<String>,
}

/// The growing datasets of a binary network.
pub(super) struct States {
    populations: Vec<Population>,
    /// Energy and its time.
    energy: Option<(Series<f64>, Series<f64>)>,
    /// Of the states at the ends of epochs and trials.
    hash: Sha256,
}

struct Population {
    neurons: Range<usize>,
    activity: Series<f64>,
    time: Series<f64>,
    overlaps: Option<Overlaps>,
    states: Option<(Series<u8>, Series<f64>)>,
}

struct Overlaps {
    of: StateOverlap,
    m: Series<f64>,
    time: Series<f64>,
}

impl States {
    pub fn create(
        file: &File,
        header: &StatesHeader,
        populations: &[Placed],
        patterns: &IndexMap<String, Patterns>,
        interval: f64,
    ) -> hdf5::Result<Self> {
        let (rates, overlaps) = (file.create_group("rates")?, file.create_group("overlaps")?);
        let states = match header.states {
            true => Some(file.create_group("states")?),
            false => None,
        };
        let group = file.create_group("energy")?;
        let energy = match &header.without_energy {
            Some(why) => {
                write_text(&group, "none", why)?;
                None
            }
            None => Some((series(&group, "energy", "1")?, series(&group, "time", "sweeps")?)),
        };
        if energy.is_some() {
            write_interval(&group, interval)?;
        }
        let population = |placed: &Placed| -> hdf5::Result<Population> {
            let name = placed.name.as_str();
            let size = placed.neurons.len();
            let rate = rates.create_group(name)?;
            rate.new_attr::<u64>().create("neurons")?.write_scalar(&(size as u64))?;
            write_interval(&rate, interval)?;
            let overlaps = match patterns.get(name) {
                None => None,
                Some(patterns) => {
                    let group = overlaps.create_group(name)?;
                    write_interval(&group, interval)?;
                    Some(Overlaps {
                        of: StateOverlap::new(patterns),
                        m: Series::rows(&group, "m", "1", patterns.number(), SAMPLES)?,
                        time: series(&group, "time", "sweeps")?,
                    })
                }
            };
            let states = match &states {
                None => None,
                Some(parent) => {
                    let group = parent.create_group(name)?;
                    let state = Series::rows(&group, "state", "1", size, SAMPLES)?;
                    Some((state, series(&group, "time", "sweeps")?))
                }
            };
            Ok(Population {
                neurons: placed.neurons.clone(),
                activity: series(&rate, "rate", "1")?,
                time: series(&rate, "time", "sweeps")?,
                overlaps,
                states,
            })
        };
        let populations = populations.iter().map(population).collect::<hdf5::Result<_>>()?;
        Ok(Self { populations, energy, hash: Sha256::new() })
    }

    /// Takes the state at `time` sweeps.
    pub fn take(&mut self, time: f64, active: &[bool], energy: Option<f64>) {
        for population in &mut self.populations {
            let state = &active[population.neurons.clone()];
            let number = state.iter().filter(|&&active| active).count();
            population.activity.buffer().push(number as f64 / state.len() as f64);
            population.time.buffer().push(time);
            if let Some(overlaps) = &mut population.overlaps {
                let mut m = Vec::new();
                overlaps.of.m(&pack(state), &mut m);
                overlaps.m.buffer().extend(m);
                overlaps.time.buffer().push(time);
            }
            if let Some((states, times)) = &mut population.states {
                states.buffer().extend(state.iter().map(|&active| u8::from(active)));
                times.buffer().push(time);
            }
        }
        if let (Some((values, times)), Some(energy)) = (&mut self.energy, energy) {
            values.buffer().push(energy);
            times.buffer().push(time);
        }
    }

    /// Takes the state at the end of an epoch or a trial, which counts for the hash of the data.
    pub fn end(&mut self, active: &[bool]) {
        pack(active).iter().for_each(|word| self.hash.update(word.to_le_bytes()));
    }

    /// Does the same to every dataset, in a fixed order.
    pub fn each(
        &mut self,
        mut real: impl FnMut(&mut Series<f64>) -> hdf5::Result<()>,
        mut bits: impl FnMut(&mut Series<u8>) -> hdf5::Result<()>,
    ) -> hdf5::Result<()> {
        for population in &mut self.populations {
            if let Some((states, time)) = &mut population.states {
                bits(states)?;
                real(time)?;
            }
            if let Some(overlaps) = &mut population.overlaps {
                real(&mut overlaps.m)?;
                real(&mut overlaps.time)?;
            }
            real(&mut population.time)?;
            real(&mut population.activity)?;
        }
        if let Some((values, times)) = &mut self.energy {
            real(values)?;
            real(times)?;
        }
        Ok(())
    }

    /// Moments in the file.
    pub fn intervals(&self) -> usize {
        let energy = self.energy.as_ref().map_or(usize::MAX, |(values, _)| values.written());
        self.populations.iter().map(|p| p.activity.written()).min().unwrap_or(0).min(energy)
    }

    pub fn hash_into(&self, hash: &mut Sha256) {
        hash.update(self.hash.clone().finalize());
    }
}

fn series(group: &Group, name: &str, units: &str) -> hdf5::Result<Series<f64>> {
    Series::values(group, name, Some(units), SAMPLES)
}

fn write_interval(group: &Group, interval: f64) -> hdf5::Result<()> {
    group.new_attr::<f64>().create("interval_sweeps")?.write_scalar(&interval)
}
