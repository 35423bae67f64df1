//! A recording as the NIX file that neo's NixIO writes and reads (NIX 1.2, `neo.io.NixIO`).
//!
//! ```text
//! Block                  name: title of the model; annotations data_hash, model
//!   Segment "recording"
//!     SpikeTrain         one per neuron, whole session, ms: name "E[0]", annotations population, neuron (from 0)
//!     Epoch "trials"     labels: number of the trial; array annotations: every column of the trials
//!     Epoch "epochs"     labels: sample, delay, test, ...; array annotations trial (0 outside), show (JSON)
//!     Event "sample", "delay", "test"    onsets; labels: the pattern shown, from 1 (of a delay, that of the sample);
//!           "stimulus", "after"          the same of a repeated stimulus, or the choice that it favours, and the time after it;
//!           "stimulus", "delay"          the same of several items, which the label lists
//! ```
//!
//! Trials are epochs of one continuous session, which is neo's own way: `neo.utils.cut_block_by_epochs` makes one
//! segment of each. A spike train is some fifteen objects of HDF5, which neo takes about 6 ms to read; hence the bound
//! on their number.

use super::Failure;
use super::hdf::{Ids, write_column};
use super::session::Session;
use crate::error::Error;
use crate::recording::write_text;
use crate::table::{Column, Table};
use hdf5::plist::group_create::LinkCreationOrder;
use hdf5::{File, Group, Location, Result};
use std::path::Path;

/// So many spike trains take neo half a minute to read, and 70 MB beside the spikes.
const MOST: usize = 5000;

/// The version of neo whose layout this is.
const NEO: &str = "0.14.6";
const BLOCK: &str = "neo.block.session";
const SEGMENT: &str = "neo.segment.recording";

/// What begins in trials, at the time in the column NAME_ms, and the column of the pattern that it is about; those that a task
/// does not have are left out.
const ONSETS: [(&str, &str); 9] = [
    ("sample", "sample"),
    ("delay", "sample"),
    ("test", "test"),
    ("stimulus", "pattern"),
    ("after", "pattern"),
    ("stimulus", "items"),
    ("delay", "items"),
    ("stimulus", "favoured"),
    ("after", "favoured"),
];

/// Refuses more spike trains than anyone would read.
pub(super) fn check(session: &Session) -> crate::error::Result<()> {
    let number: usize = session.populations.iter().map(|p| p.size()).sum();
    if number <= MOST {
        return Ok(());
    }
    Err(Error::input(
        format!("found {number} neurons"),
        format!("every neuron is many objects of a NIX file, which holds at most {MOST} here"),
        "choose some with --population and --neurons A..B, or write --format nwb, which neo reads as well",
    ))
}

/// Writes `session` to the file `path`.
pub(super) fn write(session: &Session, path: &Path, now: &str) -> Result<(), Failure> {
    let file = File::create(path)?;
    let nix = Nix::new(&file, session, now)?;
    for chosen in &session.populations {
        let trains = session.trains(chosen)?;
        for (times, neuron) in trains.each().zip(chosen.neurons.clone()) {
            nix.train(&chosen.name, neuron, times, session.end)?;
        }
    }
    if let Some(trials) = &session.trials {
        let labels = session.drawn.iter().map(|t| t.number.to_string()).collect();
        nix.epochs("trials", trials, labels, &|_| true)?;
        ONSETS.iter().try_for_each(|(name, pattern)| nix.onsets(name, trials, pattern))?;
    }
    if let Some(Column::Text(names)) = session.epochs.column("name") {
        let kept = |column: &str| ["trial", "show"].contains(&column);
        nix.epochs("epochs", &session.epochs, names.clone(), &kept)?;
    }
    drop(nix);
    Ok(file.close()?)
}

/// What a property is to neo.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Annotation,
    /// A time in ms.
    Time,
    /// One value per epoch.
    ArrayAnnotation,
}

/// Where things go in the file.
struct Nix {
    stamp: Stamp,
    /// Metadata of what is in the segment.
    sections: Group,
    arrays: Group,
    tags: Group,
    /// Links to the tags that belong to the segment.
    links: Group,
}

impl Nix {
    /// The block and its segment, as yet without data.
    fn new(file: &File, session: &Session, now: &str) -> Result<Self> {
        let about = &session.about;
        let stamp = Stamp { ids: Ids::new(&about.data_hash, now), date: compact(now) };
        write_text(file, "format", "nix")?;
        file.new_attr::<i32>().shape(3).create("version")?.write(&[1, 2, 1])?;
        write_text(file, "id", &stamp.ids.of("/"))?;
        stamp.date(file)?;
        let (data, metadata) = (ordered(file, "data")?, ordered(file, "metadata")?);
        let neo = stamp.entity(&metadata, "neo", "neo", "neo.metadata")?;
        stamp.property(&neo, "version", &Column::Text(vec![NEO.to_owned()]), Kind::Annotation)?;

        let block = stamp.entity(&data, BLOCK, BLOCK, "neo.block")?;
        let section = stamp.section(&metadata, BLOCK, "neo.block.metadata", &about.title)?;
        for (name, text) in [("data_hash", &about.data_hash), ("model", &about.model)] {
            let text = Column::Text(vec![text.clone()]);
            stamp.property(&section, name, &text, Kind::Annotation)?;
        }
        block.link_hard(&section.name(), "metadata")?;
        let (arrays, tags) = (ordered(&block, "data_arrays")?, ordered(&block, "multi_tags")?);

        let groups = ordered(&block, "groups")?;
        let segment = stamp.entity(&groups, SEGMENT, SEGMENT, "neo.segment")?;
        let sections = ordered(&section, "sections")?;
        let section = stamp.section(&sections, SEGMENT, "neo.segment.metadata", "recording")?;
        segment.link_hard(&section.name(), "metadata")?;
        let links = ordered(&segment, "multi_tags")?;
        Ok(Self { stamp, sections: ordered(&section, "sections")?, arrays, tags, links })
    }

    fn train(&self, population: &str, neuron: u64, times: &[f64], end: f64) -> Result<()> {
        let name = format!("{population}[{neuron}]");
        let section = self.tag("neo.spiketrain", &name, times, None, None)?;
        let property = |name, column, kind| self.stamp.property(&section, name, &column, kind);
        property("t_start", Column::Real(vec![0.0]), Kind::Time)?;
        property("t_stop", Column::Real(vec![end]), Kind::Time)?;
        property("population", Column::Text(vec![population.to_owned()]), Kind::Annotation)?;
        property("neuron", Column::Whole(vec![neuron]), Kind::Annotation)
    }

    /// One epoch per row of `table`, with the columns `kept`.
    fn epochs(
        &self,
        name: &str,
        table: &Table,
        labels: Vec<String>,
        kept: &dyn Fn(&str) -> bool,
    ) -> Result<()> {
        let (Some(Column::Real(starts)), Some(Column::Real(ends))) =
            (table.column("start_ms"), table.column("end_ms"))
        else {
            return Ok(());
        };
        let durations: Vec<f64> = starts.iter().zip(ends).map(|(start, end)| end - start).collect();
        let section = self.tag("neo.epoch", name, starts, Some(&durations), Some(labels))?;
        // NIX has no empty properties.
        let columns = table.columns().filter(|(name, column)| kept(name) && !column.is_empty());
        for (name, column) in columns {
            self.stamp.property(&section, name, column, Kind::ArrayAnnotation)?;
        }
        Ok(())
    }

    /// One event per trial, if there are such: its time, and the pattern that it is about.
    fn onsets(&self, name: &str, trials: &Table, pattern: &str) -> Result<()> {
        let (Some(Column::Real(times)), Some(patterns)) =
            (trials.column(&format!("{name}_ms")), trials.column(pattern))
        else {
            return Ok(());
        };
        let labels = (0..patterns.len()).map(|k| patterns.cell(k)).collect();
        self.tag("neo.event", name, times, None, Some(labels)).map(|_| ())
    }

    /// Times in ms (with durations, with labels) that belong to the segment, of the `kind` and with the name that neo
    /// gives them; returns their metadata.
    fn tag(
        &self,
        kind: &str,
        neo_name: &str,
        times: &[f64],
        durations: Option<&[f64]>,
        labels: Option<Vec<String>>,
    ) -> Result<Group> {
        let name = format!("{kind}.{neo_name}");
        let tag = self.stamp.entity(&self.tags, &name, &name, kind)?;
        let positions = self.array(&format!("{name}.times"), &format!("{kind}.times"), times)?;
        if let Some(labels) = labels {
            let dimension = ordered(&ordered(&positions, "dimensions")?, "1")?;
            write_text(&dimension, "dimension_type", "set")?;
            write_column(&dimension, "labels", &Column::Text(labels))?;
        }
        tag.link_hard(&positions.name(), "positions")?;
        if let Some(durations) = durations {
            let kind = format!("{kind}.durations");
            let extents = self.array(&format!("{name}.durations"), &kind, durations)?;
            tag.link_hard(&extents.name(), "extents")?;
        }
        let section =
            self.stamp.section(&self.sections, &name, &format!("{kind}.metadata"), neo_name)?;
        tag.link_hard(&section.name(), "metadata")?;
        self.links.link_hard(&tag.name(), &self.stamp.ids.of(&tag.name()))?;
        Ok(section)
    }

    /// Values in ms.
    fn array(&self, name: &str, kind: &str, values: &[f64]) -> Result<Group> {
        let array = self.stamp.entity(&self.arrays, name, name, kind)?;
        write_text(&array, "unit", "ms")?;
        array.new_dataset::<f64>().shape(values.len()).create("data")?.write(values)?;
        Ok(array)
    }
}

/// What every entity of NIX carries.
struct Stamp {
    ids: Ids,
    /// As NIX writes it: 20260102T030405.
    date: String,
}

impl Stamp {
    fn date(&self, object: &Location) -> Result<()> {
        write_text(object, "created_at", &self.date)?;
        write_text(object, "updated_at", &self.date)
    }

    fn describe(&self, object: &Location, name: &str) -> Result<()> {
        self.date(object)?;
        write_text(object, "entity_id", &self.ids.of(&object.name()))?;
        write_text(object, "name", name)
    }

    fn entity(&self, parent: &Group, link: &str, name: &str, kind: &str) -> Result<Group> {
        let group = ordered(parent, link)?;
        self.describe(&group, name)?;
        write_text(&group, "type", kind)?;
        Ok(group)
    }

    /// Metadata of something that neo calls `neo_name`.
    fn section(&self, parent: &Group, name: &str, kind: &str, neo_name: &str) -> Result<Group> {
        let section = self.entity(parent, name, name, kind)?;
        let name = Column::Text(vec![neo_name.to_owned()]);
        self.property(&section, "neo_name", &name, Kind::Annotation)?;
        Ok(section)
    }

    fn property(&self, section: &Group, name: &str, column: &Column, kind: Kind) -> Result<()> {
        let properties = match section.link_exists("properties") {
            true => section.group("properties")?,
            false => ordered(section, "properties")?,
        };
        let property = write_column(&properties, name, column)?;
        self.describe(&property, name)?;
        match kind {
            Kind::Annotation => Ok(()),
            Kind::Time => write_text(&property, "unit", "ms"),
            Kind::ArrayAnnotation => write_text(&property, "type", "ARRAYANNOTATION"),
        }
    }
}

/// A group whose members keep the order in which they were made, as NIX reads them.
fn ordered(parent: &Group, name: &str) -> Result<Group> {
    let order = LinkCreationOrder::Indexed;
    parent.create_group_builder().with_gcpl(|plist| plist.link_creation_order(order)).create(name)
}

/// A date as NIX writes it: 20260102T030405 for 2026-01-02T03:04:05.678Z.
fn compact(date: &str) -> String {
    let seconds = date.split(['.', 'Z']).next().unwrap_or_default();
    seconds.replace(['-', ':'], "")
}
