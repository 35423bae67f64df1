//! Synapses whose efficacies a run has recorded at the ends of its epochs, in its recording.
//!
//! ```text
//! /efficacies/<projection>/source_node_id, target_node_id   attribute node_population; attribute delay of the group, ms
//!                          efficacy, time                   a row for every moment
//! /protocol/name, end                                       which moment is the end of which epoch
//! ```
//!
//! They come back to the last bit.

use super::edges::{Columns, Delays, Sought, choose, damaged, hash, refuse};
use super::weights::{Efficacies, Kind};
use crate::error::{Error, Result, list, suggest};
use crate::hdf;
use crate::synapse::{EdgeFile, SHORTEST};
use crate::units::{Dimension, OfTime};
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group, H5Type};
use std::path::PathBuf;

/// The group of all of them.
const EFFICACIES: &str = "efficacies";

/// The synapses of a projection at one moment of an open recording.
pub(super) struct Recorded {
    /// As the recording calls them.
    pub name: String,
    /// Of the file.
    pub sha256: String,
    /// How many there are.
    pub number: usize,
    path: PathBuf,
    group: Group,
    /// Of the moment.
    row: usize,
}

impl Recorded {
    /// Whether `file` can be read and is a recording with efficacies.
    pub fn is_meant(file: &EdgeFile) -> bool {
        hdf::open(&file.path()).is_ok_and(|file| file.link_exists(EFFICACIES))
    }

    /// Opens `file` and finds there what is `sought`, at the end of the epoch that it says, or of the last one.
    ///
    /// # Errors
    /// If the file is not the one that the model means, or has no such synapses or moment.
    pub fn open(file: &EdgeFile, sought: Sought) -> Result<Self> {
        let (path, sha256) = (file.path(), hash(file)?);
        let whole = hdf::open(&path).map_err(|e| damaged(&path, &e))?;
        let all = whole.group(EFFICACIES).map_err(|e| damaged(&path, &e))?;
        let name = choose(&all, file, sought)?;
        let group = all.group(&name).map_err(|e| damaged(&path, &e))?;
        let mut found = Self { name, sha256, number: 0, row: 0, path, group };
        found.number = found.column("source_node_id")?.size();
        let moments: Vec<f64> = found.read(&found.column("time")?)?;
        found.row = found.moment(&whole, &moments, file.keys.epoch.as_deref())?;
        let shape = found.column("efficacy")?.shape();
        if shape != [moments.len(), found.number] {
            let expected = (moments.len(), found.number);
            return Err(found.refuse(
                format!("efficacies of the shape {shape:?} in place of {expected:?}"),
                "there is one of every synapse at every moment",
                "record them again",
            ));
        }
        Ok(found)
    }

    /// The row of the last end of `epoch`, or the last one of all.
    fn moment(&self, whole: &File, moments: &[f64], epoch: Option<&str>) -> Result<usize> {
        let Some(epoch) = epoch else {
            return moments.len().checked_sub(1).ok_or_else(|| {
                let allowed = "the run had not come to the end of an epoch";
                self.refuse("no moment".to_owned(), allowed, "let it run longer")
            });
        };
        let column = |name: &str| {
            whole.dataset(&format!("protocol/{name}")).map_err(|e| damaged(&self.path, &e))
        };
        let names: Vec<VarLenUnicode> = self.read(&column("name")?)?;
        let ends: Vec<f64> = self.read(&column("end")?)?;
        let row = |end: &f64| moments.iter().position(|moment| moment == end);
        let known: Vec<(&str, usize)> = names
            .iter()
            .zip(&ends)
            .filter_map(|(name, end)| Some((name.as_str(), row(end)?)))
            .collect();
        let own = known.iter().rev().find(|(name, _)| *name == epoch);
        own.map(|(_, row)| *row).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            Error::input(
                format!(
                    "found no efficacies at the end of an epoch `{epoch}` in {}",
                    self.path.display()
                ),
                format!("the recording has those at the ends of {}", list(&names)),
                suggest(epoch, names),
            )
            .at("connect.file.epoch")
        })
    }

    /// All synapses, for populations of these sizes.
    pub fn read_all(&self, sought: Sought) -> Result<Columns> {
        let column = self.column("efficacy")?;
        let values = column.read_slice_1d::<f64, _>((self.row, ..));
        let values = values.map_err(|e| damaged(&self.path, &e))?.to_vec();
        let unit = if values.first().is_some_and(|w| w.is_sign_negative()) { -1.0 } else { 1.0 };
        let efficacies = Efficacies::new(Kind::Exact(unit), &values).map_err(|(k, allowed)| {
            let found = format!("an efficacy of {} mV of synapse {k}", values[k]);
            self.refuse(found, allowed, "record them again")
        })?;
        let delay: f64 = self
            .group
            .attr("delay")
            .and_then(|delay| delay.read_scalar())
            .map_err(|e| damaged(&self.path, &e))?;
        if !(SHORTEST..=OfTime::LARGEST).contains(&delay) {
            let found = format!("a delay of {delay} ms");
            return Err(self.refuse(found, "it is a positive time", "record them again"));
        }
        Ok(Columns {
            senders: self.neurons("source_node_id", sought.from)?,
            receivers: self.neurons("target_node_id", sought.to)?,
            efficacies: Some(efficacies),
            delays: Some(Delays { of: vec![delay; self.number], known: vec![delay] }),
        })
    }

    /// The neurons in a column, which `population` has.
    fn neurons(&self, name: &str, (population, size): (&str, usize)) -> Result<Vec<u32>> {
        let ids: Vec<u64> = self.read(&self.column(name)?)?;
        if ids.len() != self.number {
            let found = format!("{} neurons in {name} of {} synapses", ids.len(), self.number);
            return Err(self.refuse(found, "every synapse has one", "record them again"));
        }
        match ids.iter().find(|id| **id >= size as u64) {
            None => Ok(ids.into_iter().map(|id| id as u32).collect()),
            Some(id) => Err(self.refuse(
                format!("neuron {id} in {name}"),
                &format!("population {population} has the neurons 0 to {}", size - 1),
                "make the population as large as that of the recording",
            )),
        }
    }

    fn column(&self, name: &str) -> Result<Dataset> {
        let column = self.group.dataset(name).map_err(|e| damaged(&self.path, &e))?;
        hdf::within_file(&column).map_err(|e| damaged(&self.path, &e))?;
        Ok(column)
    }

    fn read<T: H5Type>(&self, column: &Dataset) -> Result<Vec<T>> {
        hdf::within_file(column)
            .and_then(|()| column.read_raw())
            .map_err(|e| damaged(&self.path, &e))
    }

    /// Refuses what was `found` among them.
    pub fn refuse(&self, found: String, allowed: &str, remedy: &str) -> Error {
        let path = self.path.display();
        refuse(format!("found {found} in /{EFFICACIES}/{} of {path}", self.name), allowed, remedy)
    }
}
