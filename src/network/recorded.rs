//! Synapses whose efficacies a run has recorded at the ends of its epochs, in its recording.
//!
//! ```text
//! /efficacies/<projection>/source_node_id, target_node_id   attribute node_population; attribute delay of the group, ms
//!                          efficacy, time                   a row for every moment
//! /protocol/name, end                                       which moment is the end of which epoch
//! ```
//!
//! They come back to the last bit.

use super::edges::{Columns, Delays, Sought, choose, damaged, hash, refuse, text};
use super::weights::{Efficacies, Kind};
use crate::error::{Error, Result, list, reason, suggest};
use crate::hdf;
use crate::synapse::{EdgeFile, GRAPH, SHORTEST, hash_of_graph, out_of_order, out_of_range};
use crate::units::{Dimension, OfTime, OfVoltage, Voltage};
use hdf5::types::{TypeDescriptor, VarLenUnicode};
use hdf5::{Dataset, File, H5Type};
use std::path::PathBuf;

/// The group of all of them.
const EFFICACIES: &str = "efficacies";
/// How what is damaged is mended.
const AGAIN: &str = "record them again";

/// The synapses of a projection at one moment of an open recording.
pub(super) struct Recorded {
    /// As the recording calls them.
    pub name: String,
    /// Of the file.
    pub sha256: String,
    /// How many there are.
    pub number: usize,
    /// At whose end, if one names the moment.
    pub epoch: Option<String>,
    path: PathBuf,
    file: File,
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
        let all = hdf::own_group(&whole, EFFICACIES).map_err(|e| damaged(&path, &e))?;
        let name = choose(&all, file, sought)?;
        let told = text(&all, "projections").unwrap_or_default();
        let mut found = Self { name, sha256, number: 0, epoch: None, row: 0, path, file: whole };
        if !told.split_whitespace().any(|own| own == found.name) {
            let allowed = "the attribute `projections` does not name them";
            return Err(found.refuse("synapses".to_owned(), allowed, AGAIN));
        }
        found.number = found.column("source_node_id")?.size();
        let moments = found.reals("time")?;
        if let Some((row, before)) = out_of_order(&moments) {
            let wrong = format!("the time {:?} after {before:?} ms", moments[row]);
            return Err(found.refuse(wrong, "times go up from 0", AGAIN));
        }
        (found.row, found.epoch) = found.moment(&moments, file.keys.epoch.as_deref())?;
        let shape = found.column("efficacy")?.shape();
        if shape != [moments.len(), found.number] {
            let expected = (moments.len(), found.number);
            return Err(found.refuse(
                format!("efficacies of the shape {shape:?} in place of {expected:?}"),
                "there is one of every synapse at every moment",
                AGAIN,
            ));
        }
        Ok(found)
    }

    /// The row of the last end of `epoch`, or the last one of all, and the epoch that names it.
    fn moment(&self, moments: &[f64], epoch: Option<&str>) -> Result<(usize, Option<String>)> {
        let names: Vec<VarLenUnicode> = self.read(&self.at("protocol/name")?)?;
        let ends: Vec<f64> = self.read(&self.at("protocol/end")?)?;
        let row = |end: &f64| moments.iter().position(|moment| moment == end);
        let known: Vec<(&str, usize)> = names
            .iter()
            .zip(&ends)
            .filter_map(|(name, end)| Some((name.as_str(), row(end)?)))
            .collect();
        let last = |epoch: &str| known.iter().rev().find(|(name, _)| *name == epoch);
        // The first moment is the start.
        if moments.len() < 2 && epoch.is_none_or(|name| last(name).is_none()) {
            let found = "no efficacies but those at the start".to_owned();
            let allowed = "the run had not come to the end of an epoch";
            return Err(self.refuse(found, allowed, "let it run longer"));
        }
        let Some(epoch) = epoch else {
            let row = moments.len() - 1;
            let name = known.iter().rev().find(|(_, own)| *own == row).map(|(name, _)| *name);
            let name = name.filter(|name| last(name).is_some_and(|(_, own)| *own == row));
            return Ok((row, name.map(str::to_owned)));
        };
        last(epoch).map(|(_, row)| (*row, Some(epoch.to_owned()))).ok_or_else(|| {
            let mut names: Vec<&str> = Vec::new();
            for (name, _) in &known {
                if !names.contains(name) {
                    names.push(name);
                }
            }
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
        self.check_kind(&column, "efficacy", is_real)?;
        let values = column.read_slice_1d::<f64, _>((self.row, ..));
        let values = values.map_err(|e| damaged(&self.path, &e))?.to_vec();
        if let Some(k) = out_of_range(&values) {
            let found = format!("an efficacy of {:e} mV of synapse {k}", values[k]);
            let allowed = format!("it is at most {}", Voltage::new(OfVoltage::LARGEST));
            return Err(self.refuse(found, &allowed, AGAIN));
        }
        let unit = if values.first().is_some_and(|w| w.is_sign_negative()) { -1.0 } else { 1.0 };
        let efficacies = Efficacies::new(Kind::Exact(unit), &values).map_err(|(k, allowed)| {
            let found = format!("an efficacy of {} mV of synapse {k}", values[k]);
            self.refuse(found, allowed, AGAIN)
        })?;
        let group = hdf::own_group(&self.file, &format!("{EFFICACIES}/{}", self.name));
        let group = group.map_err(|e| damaged(&self.path, &e))?;
        let delay: f64 = group
            .attr("delay")
            .and_then(|delay| delay.read_scalar())
            .map_err(|e| damaged(&self.path, &e))?;
        if !(SHORTEST..=OfTime::LARGEST).contains(&delay) {
            let found = format!("a delay of {delay} ms");
            return Err(self.refuse(found, "it is a positive time", AGAIN));
        }
        let senders = self.neurons("source_node_id", sought.from)?;
        let receivers = self.neurons("target_node_id", sought.to)?;
        let ids = |neurons: &[u32]| neurons.iter().map(|&n| u64::from(n)).collect::<Vec<_>>();
        if text(&group, GRAPH) != Some(hash_of_graph(ids(&senders), ids(&receivers), delay)) {
            let allowed = "the hash that stands beside them is of others, or none does";
            return Err(self.refuse("synapses".to_owned(), allowed, AGAIN));
        }
        Ok(Columns {
            senders,
            receivers,
            efficacies: Some(efficacies),
            delays: Some(Delays { of: vec![delay; self.number], known: vec![delay] }),
        })
    }

    /// The neurons in a column, which `population` has.
    fn neurons(&self, name: &str, (population, size): (&str, usize)) -> Result<Vec<u32>> {
        let column = self.column(name)?;
        self.check_kind(&column, name, is_unsigned)?;
        let ids: Vec<u64> = self.read(&column)?;
        if ids.len() != self.number {
            let found = format!("{} neurons in {name} of {} synapses", ids.len(), self.number);
            return Err(self.refuse(found, "every synapse has one", AGAIN));
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
        self.at(&format!("{EFFICACIES}/{}/{name}", self.name))
    }

    /// The column at a path, which the hash of the file covers.
    fn at(&self, path: &str) -> Result<Dataset> {
        let open = || {
            let column = hdf::own_column(&self.file, path)?;
            hdf::within_file(&column).map(|()| column)
        };
        open().map_err(|e| {
            let found = format!("found that /{path} of {} {}", self.path.display(), reason(&e));
            refuse(found, "", AGAIN)
        })
    }

    /// A column of real numbers.
    fn reals(&self, name: &str) -> Result<Vec<f64>> {
        let column = self.column(name)?;
        self.check_kind(&column, name, is_real)?;
        self.read(&column)
    }

    fn check_kind(
        &self,
        column: &Dataset,
        name: &str,
        of: fn(&TypeDescriptor) -> bool,
    ) -> Result<()> {
        let kind = column.dtype().and_then(|kind| kind.to_descriptor());
        let kind = kind.map_err(|e| damaged(&self.path, &e))?;
        if of(&kind) {
            return Ok(());
        }
        let found = format!("a column `{name}` of {kind}");
        let allowed = "neurons are unsigned, times and efficacies real numbers";
        Err(self.refuse(found, allowed, AGAIN))
    }

    fn read<T: H5Type>(&self, column: &Dataset) -> Result<Vec<T>> {
        column.read_raw().map_err(|e| damaged(&self.path, &e))
    }

    /// Refuses what was `found` among them.
    pub fn refuse(&self, found: String, allowed: &str, remedy: &str) -> Error {
        let path = self.path.display();
        refuse(format!("found {found} in /{EFFICACIES}/{} of {path}", self.name), allowed, remedy)
    }
}

fn is_real(kind: &TypeDescriptor) -> bool {
    matches!(kind, TypeDescriptor::Float(_))
}

fn is_unsigned(kind: &TypeDescriptor) -> bool {
    matches!(kind, TypeDescriptor::Unsigned(_))
}
