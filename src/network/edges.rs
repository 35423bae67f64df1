//! Edges in SONATA's layout, in an HDF5 file.
//!
//! ```text
//! /edges/<name>/source_node_id, target_node_id    attribute node_population
//!               edge_group_id, edge_group_index   where they stand in group 0
//!               0/syn_weight, delay, tau_syn      attribute units; in mV and ms without one
//! ```
//!
//! An exported network says beside its efficacies of which numbers they are made, so that they come back to the last bit.

use super::weights::{Efficacies, Kind};
use crate::digest::{add_file, hex};
use crate::error::{Error, Result, list, reason, suggest};
use crate::hdf;
use crate::synapse::{EdgeFile, Kernel, Release, SHORTEST, Shape, ShortTerm};
use crate::units::{Dimension, OfTime, OfVoltage, Quantity, Time};
use hdf5::types::{FixedAscii, FixedUnicode, VarLenAscii, VarLenUnicode};
use hdf5::{Attribute, Dataset, Group, H5Type, Location};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// More edges would not be counted by the 32 bits that number them.
const MOST_EDGES: usize = u32::MAX as usize;

/// The edges of a projection in an open file.
pub(super) struct Edges {
    /// As the file calls them.
    pub name: String,
    /// Of the file.
    pub sha256: String,
    /// How many there are.
    pub number: usize,
    path: PathBuf,
    group: Group,
}

/// Whose edges are looked for: of the projection `name`, between populations of these names and sizes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought<'a> {
    pub name: &'a str,
    pub from: (&'a str, usize),
    pub to: (&'a str, usize),
}

/// The columns of [`Edges`], each with the value of every edge.
#[derive(Debug)]
pub(super) struct Columns {
    pub senders: Vec<u32>,
    pub receivers: Vec<u32>,
    pub efficacies: Option<Efficacies>,
    pub delays: Option<Delays>,
}

/// Delays of edges, ms.
#[derive(Debug)]
pub(super) struct Delays {
    pub of: Vec<f64>,
    /// That there are others, even if no edge has them.
    pub known: Vec<f64>,
}

impl Edges {
    /// Opens `file` and finds there what is `sought`.
    ///
    /// # Errors
    /// If the file cannot be read, is not the one that the model means, or has no such edges.
    pub fn open(file: &EdgeFile, sought: Sought) -> Result<Self> {
        let path = file.path();
        let sha256 = hash(file)?;
        let open = || hdf::own_group(&hdf::open(&path)?, "edges");
        let edges = open().map_err(|e| {
            refuse(
                format!("found a file {} without edges ({})", path.display(), reason(&e)),
                "SONATA has them in /edges/NAME",
                "give another file, write one with `attractor export`, or record [record] efficacies",
            )
        })?;
        let name = choose(&edges, file, sought)?;
        // The hash covers no other file.
        let own = |group: Group| hdf::stands_in(&group, &edges).map(|()| group);
        let group = edges.group(&name).and_then(own).map_err(|e| damaged(&path, &e))?;
        let mut found = Self { name, sha256, number: 0, path, group };
        let (senders, receivers) = (found.whole("source_node_id")?, found.whole("target_node_id")?);
        found.number = senders.size();
        let targets = receivers.size();
        if targets != found.number {
            let number = found.number;
            return Err(found.refuse(
                format!("{number} senders of {targets} receivers"),
                "every edge has both",
                "write the file again",
            ));
        }
        if found.number == 0 || found.number > MOST_EDGES {
            return Err(found.refuse(
                format!("{targets} edges"),
                &format!("there are between 1 and {MOST_EDGES}"),
                "give another file, or delete the projection",
            ));
        }
        // A column that is the same for every edge takes no room in a file; that of both ends does not exist.
        if hdf::within_file(&senders).is_err() {
            hdf::within_file(&receivers).map_err(|e| damaged(&found.path, &e))?;
        }
        Ok(found)
    }

    /// The one course of the currents of all edges, if the file has any.
    pub fn kernel(&self) -> Result<Option<Kernel>> {
        let Some(values) = self.quantities::<OfTime>("tau_syn")? else {
            return Ok(self.shapes());
        };
        match values.iter().find(|tau| **tau != values[0]) {
            None => Ok(Some(Kernel::Plain(Time::new(values[0])))),
            Some(other) => Err(self.refuse(
                format!("synapses with a tau_syn of {} ms and of {other} ms", values[0]),
                "all synapses of a projection have the same",
                "write a file of edges for each, or tau_syn for all of them",
            )),
        }
    }

    /// Currents with rise times or several time constants, if the file has them.
    fn shapes(&self) -> Option<Kernel> {
        let values = |name: &str| self.group.attr(name).ok()?.read_raw::<f64>().ok();
        let rises = values("kernel_rise")?;
        let shares = values("kernel_share")?;
        let decays = values("kernel_decay")?;
        let shape = |((decay, rise), share): ((f64, f64), f64)| Shape {
            decay: Time::new(decay),
            rise: (rise > 0.0).then(|| Time::new(rise)),
            share,
        };
        let shapes: Vec<Shape> = decays.into_iter().zip(rises).zip(shares).map(shape).collect();
        Some(if let [only] = shapes[..] { Kernel::Shaped(only) } else { Kernel::Several(shapes) })
    }

    /// Depression and facilitation, if the file has them.
    pub fn short_term(&self) -> Option<ShortTerm> {
        let value = |name: &str| self.group.attr(name).ok()?.read_scalar::<f64>().ok();
        let (tau_d, tau_f) = (Time::new(value("tau_d")?), Time::new(value("tau_f")?));
        let release =
            if value("before_jump").is_some() { Release::BeforeJump } else { Release::AfterJump };
        Some(ShortTerm { utilisation: value("U")?, tau_d, tau_f, release })
    }

    /// Whether there is a column for this quantity of the synapses.
    pub fn has(&self, column: &str) -> bool {
        self.own(column).is_some()
    }

    /// All edges, for populations of these sizes.
    pub fn read(&self, sought: Sought) -> Result<Columns> {
        if let Ok(groups) = self.group.dataset("edge_group_id") {
            let groups: Vec<i64> = self.read_raw(&groups, "edge_group_id")?;
            if let Some(other) = groups.iter().find(|group| **group != 0) {
                return Err(self.refuse(
                    format!("an edge of group {other}"),
                    "all edges of a projection are in group 0",
                    "write a file of edges for each group",
                ));
            }
        }
        let efficacies = self.quantities::<OfVoltage>("syn_weight")?;
        let delays = self.quantities::<OfTime>("delay")?;
        if let Some((row, delay)) =
            delays.iter().flatten().enumerate().find(|(_, delay)| **delay < SHORTEST)
        {
            return Err(self.refuse(
                format!("a delay of {delay} ms in row {row}"),
                &format!("a delay is at least {}", Time::new(SHORTEST)),
                "correct the column `delay`",
            ));
        }
        Ok(Columns {
            senders: self.neurons("source_node_id", sought.from)?,
            receivers: self.neurons("target_node_id", sought.to)?,
            efficacies: efficacies.map(|values| self.efficacies(&values)).transpose()?,
            delays: delays.map(|of| Delays { of, known: self.known_delays() }),
        })
    }

    fn known_delays(&self) -> Vec<f64> {
        let values = self.own("delay").and_then(|delays| delays.attr("values").ok());
        let values: Option<Vec<f64>> = values.and_then(|values| values.read_raw().ok());
        let within = SHORTEST..=OfTime::LARGEST;
        values.into_iter().flatten().filter(|delay| within.contains(delay)).collect()
    }

    fn efficacies(&self, values: &[f64]) -> Result<Efficacies> {
        let column = self.own("syn_weight");
        let unit = column.as_ref().and_then(|c| c.attr("unit").ok()?.read_scalar::<f64>().ok());
        let kind = column.as_ref().and_then(|c| text(c, "numbers"));
        let kind = match (kind.as_deref(), unit) {
            (Some("one"), Some(unit)) => Kind::One(unit),
            (Some("counts"), Some(unit)) => Kind::Counts(unit),
            (Some("reals"), Some(unit)) => Kind::Reals(unit),
            (Some("exact"), Some(unit @ (1.0 | -1.0))) => Kind::Exact(unit),
            (Some("exact"), _) => {
                return Err(self.refuse(
                    "exact efficacies (`syn_weight`) of another unit".to_owned(),
                    "the attribute `unit` of exact ones is 1 or -1, their sign",
                    "correct it, or delete the attribute `numbers`",
                ));
            }
            _ if values.iter().all(|value| *value == values[0]) => Kind::One(values[0]),
            _ => Kind::Reals(1.0),
        };
        Efficacies::new(kind, values).map_err(|(row, allowed)| {
            let found = format!("an efficacy of {} mV in row {row}", values[row]);
            self.refuse(found, allowed, "correct the column `syn_weight`")
        })
    }

    /// The neurons in a column, which `population` has.
    fn neurons(&self, name: &str, (population, size): (&str, usize)) -> Result<Vec<u32>> {
        let ids: Vec<i64> = self.read_raw(&self.whole(name)?, name)?;
        let within = |(row, id): (usize, &i64)| match (0..size as i64).contains(id) {
            true => Ok(*id as u32),
            false => Err(self.refuse(
                format!("neuron {id} in row {row} of {name}"),
                &format!("population {population} has the neurons 0 to {}", size - 1),
                "make the population as large as that of the file",
            )),
        };
        ids.iter().enumerate().map(within).collect()
    }

    /// A column of the synapses, in the order of the edges and in the base unit.
    fn quantities<D: Dimension>(&self, name: &str) -> Result<Option<Vec<f64>>> {
        let Some(column) = self.own(name) else { return Ok(None) };
        let mut values: Vec<f64> = self.read_raw(&column, name)?;
        if let Some(unit) = text(&column, "units") {
            let one = format!("1 {unit}").parse::<Quantity<D>>().map_err(|_| {
                let allowed = format!("it is {} such as {}", D::NAME, D::EXAMPLE);
                self.refuse(format!("a `{name}` in `{unit}`"), &allowed, "convert the column")
            })?;
            values.iter_mut().filter(|_| one.value() != 1.0).for_each(|v| *v *= one.value());
        }
        if let Some((row, value)) =
            values.iter().enumerate().find(|(_, v)| v.is_nan() || v.abs() > D::LARGEST)
        {
            return Err(self.refuse(
                format!("a `{name}` of {value} in row {row}"),
                &format!("{} is finite and at most {}", D::NAME, Quantity::<D>::new(D::LARGEST)),
                "correct the file",
            ));
        }
        self.in_order(values).map(Some)
    }

    /// Puts the values of group 0 into the order of the edges.
    fn in_order(&self, values: Vec<f64>) -> Result<Vec<f64>> {
        let Ok(places) = self.group.dataset("edge_group_index") else { return Ok(values) };
        let places: Vec<u64> = self.read_raw(&places, "edge_group_index")?;
        if places.iter().copied().eq(0..values.len() as u64) {
            return Ok(values);
        }
        let value = |place: &u64| {
            let value = usize::try_from(*place).ok().and_then(|place| values.get(place));
            value.copied().ok_or_else(|| {
                self.refuse(
                    format!("an edge_group_index of {place}"),
                    &format!("group 0 has {} rows", values.len()),
                    "write the file again",
                )
            })
        };
        places.iter().map(value).collect()
    }

    /// A column of group 0.
    fn own(&self, name: &str) -> Option<Dataset> {
        let group = self.group.link_exists("0").then(|| self.group.group("0").ok())??;
        group.link_exists(name).then(|| group.dataset(name).ok())?
    }

    /// A column that there must be.
    fn whole(&self, name: &str) -> Result<Dataset> {
        self.group.dataset(name).map_err(|_| {
            self.refuse(
                format!("no column `{name}`"),
                "an edge has a sender and a receiver",
                "write the file again",
            )
        })
    }

    /// The values of all edges in a column.
    fn read_raw<T: H5Type>(&self, column: &Dataset, name: &str) -> Result<Vec<T>> {
        if column.size() != self.number {
            return Err(self.refuse(
                format!("{} values of `{name}` of {} edges", column.size(), self.number),
                "every edge has one",
                "write the file again",
            ));
        }
        let own = hdf::has_values_in(column, &self.group).and_then(|()| hdf::unpacks(column));
        own.and_then(|()| column.read_raw()).map_err(|e| damaged(&self.path, &e))
    }

    /// Refuses what was `found` among these edges.
    pub fn refuse(&self, found: String, allowed: &str, remedy: &str) -> Error {
        let found = format!("found {found} in /edges/{} of {}", self.name, self.path.display());
        refuse(found, allowed, remedy)
    }
}

/// Which edges are meant: those that the model says, else those of the projection's name, else the only ones between
/// populations of these names.
pub(super) fn choose(edges: &Group, file: &EdgeFile, sought: Sought) -> Result<String> {
    let path = file.path();
    let mut found = edges.member_names().unwrap_or_default();
    found.sort();
    let known: Vec<&str> = found.iter().map(String::as_str).collect();
    if let Some(chosen) = &file.keys.edges {
        if known.contains(&chosen.as_str()) {
            return Ok(chosen.clone());
        }
        return Err(refuse(
            format!("found no edges `{chosen}` in {}", path.display()),
            suggest(chosen, known),
            "write the name of some in the file",
        ));
    }
    let population = |name: &str, column: &str| {
        let column = edges.dataset(&format!("{name}/{column}")).ok()?;
        text(&column, "node_population")
    };
    // Without the attribute there is nothing that speaks against it.
    let joins = |name: &str| {
        let agrees = |column, own| population(name, column).is_none_or(|found| found == own);
        agrees("source_node_id", sought.from.0) && agrees("target_node_id", sought.to.0)
    };
    let fitting: Vec<&str> = known.iter().copied().filter(|name| joins(name)).collect();
    match fitting[..] {
        [only] => Ok(only.to_owned()),
        _ if fitting.contains(&sought.name) => Ok(sought.name.to_owned()),
        _ => Err(refuse(
            format!("found the edges {} in {}", list(&known), path.display()),
            format!(
                "none of them is called {}, and not exactly one joins {} to {}",
                sought.name, sought.from.0, sought.to.0
            ),
            "say which with connect = { file = { path = \"net.h5\", edges = \"NAME\" } }",
        )),
    }
}

/// SHA-256 of a file, in hexadecimal digits.
///
/// # Errors
/// If it cannot be read, or is not the one that the model means.
pub(super) fn hash(file: &EdgeFile) -> Result<String> {
    let path = file.path();
    let mut hash = Sha256::new();
    add_file(&mut hash, &path).map_err(|e| {
        refuse(
            format!("found no readable file {} ({e})", path.display()),
            "",
            "check the name, which starts from the folder of the model",
        )
    })?;
    let sha256 = hex(hash);
    match file.keys.sha256.as_ref().filter(|meant| **meant != sha256) {
        None => Ok(sha256),
        Some(meant) => Err(refuse(
            format!("found that {} is another file (SHA-256 {sha256})", path.display()),
            format!("the model means {meant}"),
            "bring that file back, or delete `sha256` and `synapses`",
        )),
    }
}

pub(super) fn text(at: &Location, name: &str) -> Option<String> {
    let attribute = at.attr(name).ok()?;
    // Every program has its own kind of text.
    fn of<T: H5Type + ToString>(attribute: &Attribute) -> Option<String> {
        attribute.read_scalar::<T>().ok().map(|text| text.to_string())
    }
    of::<VarLenUnicode>(&attribute)
        .or_else(|| of::<VarLenAscii>(&attribute))
        .or_else(|| of::<FixedUnicode<256>>(&attribute))
        .or_else(|| of::<FixedAscii<256>>(&attribute))
}

pub(super) fn damaged(path: &Path, error: &hdf5::Error) -> Error {
    let found = format!("found that {} cannot be read ({})", path.display(), reason(error));
    refuse(found, "", "write the file again")
}

/// Refuses what was `found` in the file of synapses.
pub(super) fn refuse(found: String, allowed: impl Into<String>, remedy: &str) -> Error {
    Error::input(found, allowed, remedy).at("connect.file")
}
