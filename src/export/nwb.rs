//! A recording in NWB 2 (Neurodata Without Borders), the layout of the core schema, in HDF5.
//!
//! ```text
//! /identifier, /session_description, /session_start_time, /timestamps_reference_time, /file_create_date
//! /general/                 experiment_description, session_id, source_script (the model)
//! /intervals/trials         start_time, stop_time (s), and every column of the trials under its own name, whose last
//!                           part is its unit (sample_ms is in ms of the recording); absent without a task
//! /intervals/epochs         start_time, stop_time (s), tags (the name), trial (from 1, 0 outside), show (JSON)
//! /units                    one row per neuron, also of those that never fire: spike_times (s), obs_intervals (s),
//!                           population, neuron (from 0)
//! ```
//!
//! Time 0 is the start of the run. Seconds are the milliseconds of the recording divided by 1000. The spikes of one
//! population at a time are in memory.

use super::Failure;
use super::hdf::{Ids, write_column, write_scalar};
use super::session::Session;
use crate::recording::{unicode, write_text};
use crate::table::{Column, Table};
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group, Location, ObjectReference1, Result};
use std::path::Path;

/// The version of the core schema; nothing here has changed from 2.1 to 2.9.
const VERSION: &str = "2.8.0";

/// Writes `session` to the file `path`.
pub(super) fn write(session: &Session, path: &Path, now: &str) -> Result<(), Failure> {
    let file = File::create(path)?;
    let nwb = Nwb { file: &file, ids: Ids::new(&session.about.data_hash, now) };
    nwb.head(session, now)?;
    let intervals = file.create_group("intervals")?;
    let seconds = |table: &Table, name: &str| match table.column(name) {
        Some(Column::Real(ms)) => ms.iter().map(|ms| ms / 1000.0).collect(),
        _ => Vec::new(),
    };
    let bounds = |table: &Table, start: &str, end: &str| {
        let table = [("start_time", start), ("stop_time", end)]
            .map(|(name, ms)| (name, seconds(table, ms)));
        table.into_iter().fold(Table::default(), |table, (name, values)| table.real(name, values))
    };
    if let Some(trials) = &session.trials {
        let table = bounds(trials, "start_ms", "end_ms").beside(trials.clone());
        nwb.table(&intervals, "trials", "TimeIntervals", "trials of the task", &table)?;
    }
    let mut table = bounds(&session.epochs, "start_ms", "end_ms");
    for (name, column) in [("tags", "name"), ("trial", "trial"), ("show", "show")] {
        if let Some(column) = session.epochs.column(column) {
            table = table.with(name, column.clone());
        }
    }
    nwb.table(&intervals, "epochs", "TimeIntervals", "what was shown, and when", &table)?;
    nwb.units(session)?;
    Ok(file.close()?)
}

struct Nwb<'a> {
    file: &'a File,
    ids: Ids,
}

impl Nwb<'_> {
    /// Says what an object is.
    fn declare(&self, object: &Location, namespace: &str, kind: &str) -> Result<()> {
        write_text(object, "namespace", namespace)?;
        write_text(object, "neurodata_type", kind)?;
        write_text(object, "object_id", &self.ids.of(&object.name()))
    }

    /// Everything that is no table.
    fn head(&self, session: &Session, now: &str) -> Result<()> {
        let (file, about) = (self.file, &session.about);
        self.declare(file, "core", "NWBFile")?;
        write_text(file, "nwb_version", VERSION)?;
        let identifier = match about.data_hash.as_str() {
            "" => self.ids.of("/identifier"),
            hash => hash.to_owned(),
        };
        let started = if about.started.is_empty() { now.to_owned() } else { about.started.clone() };
        for (name, text) in [
            ("identifier", &identifier),
            ("session_description", &about.title),
            ("session_start_time", &started),
            ("timestamps_reference_time", &started),
        ] {
            write_scalar(file, name, text)?;
        }
        write_column(file, "file_create_date", &Column::Text(vec![now.to_owned()]))?;
        for name in
            ["acquisition", "analysis", "processing", "stimulus/presentation", "stimulus/templates"]
        {
            file.create_group(name)?;
        }
        let general = file.create_group("general")?;
        for (name, text) in
            [("experiment_description", &about.shows), ("session_id", &about.data_hash)]
        {
            if !text.is_empty() {
                write_scalar(&general, name, text)?;
            }
        }
        let script = write_scalar(&general, "source_script", &about.model)?;
        write_text(&script, "file_name", &format!("{}.toml", about.stem))
    }

    /// A group that is a table of `kind`, as yet without columns.
    fn begin(
        &self,
        group: &Group,
        name: &str,
        kind: &str,
        description: &str,
        columns: &[&str],
        rows: usize,
    ) -> Result<Group> {
        let table = group.create_group(name)?;
        self.declare(&table, "core", kind)?;
        write_text(&table, "description", description)?;
        let columns: Vec<VarLenUnicode> = columns.iter().map(|name| unicode(name)).collect();
        let names = table.new_attr::<VarLenUnicode>().shape(columns.len()).create("colnames")?;
        names.write(&columns)?;
        let ids: Vec<i64> = (0..rows as i64).collect();
        let dataset = table.new_dataset::<i64>().shape(rows).create("id")?;
        dataset.write(&ids)?;
        self.declare(&dataset, "hdmf-common", "ElementIdentifiers")?;
        Ok(table)
    }

    fn table(
        &self,
        group: &Group,
        name: &str,
        kind: &str,
        about: &str,
        table: &Table,
    ) -> Result<()> {
        let names: Vec<&str> = table.columns().map(|(name, _)| name).collect();
        let group = self.begin(group, name, kind, about, &names, table.rows())?;
        table.columns().try_for_each(|(name, column)| {
            let dataset = write_column(&group, name, column)?;
            self.column(&dataset, &meaning(name, table))
        })
    }

    fn column(&self, dataset: &Dataset, description: &str) -> Result<()> {
        self.declare(dataset, "hdmf-common", "VectorData")?;
        write_text(dataset, "description", description)
    }

    /// The index of a column of lists: where the list of every row ends.
    fn index(&self, table: &Group, name: &str, ends: &[u64]) -> Result<()> {
        let index =
            table.new_dataset::<u64>().shape(ends.len()).create(&*format!("{name}_index"))?;
        index.write(ends)?;
        self.declare(&index, "hdmf-common", "VectorIndex")?;
        write_text(&index, "description", &format!("where the {name} of a row end"))?;
        let target = table.reference::<ObjectReference1>(name)?;
        index.new_attr::<ObjectReference1>().create("target")?.write_scalar(&target)
    }

    fn units(&self, session: &Session) -> Result<(), Failure> {
        let populations = &session.populations;
        let rows = populations.iter().map(|p| p.size()).sum();
        let columns = ["spike_times", "obs_intervals", "population", "neuron"];
        let about = "neurons of the network; all their spikes are known";
        let table = self.begin(self.file, "units", "Units", about, &columns, rows)?;

        let number = populations.iter().map(|p| session.spikes(p)).sum::<Result<u64, _>>()?;
        let spikes = table.new_dataset::<f64>().shape(number as usize).create("spike_times")?;
        self.column(&spikes, "spike times in s, exact up to rounding")?;
        let (mut ends, mut written) = (Vec::with_capacity(rows), 0);
        for chosen in populations {
            let trains = session.trains(chosen)?;
            let times: Vec<f64> = trains.times().iter().map(|ms| ms / 1000.0).collect();
            let end = written + times.len();
            if end > written {
                spikes.write_slice(&times, written..end)?;
            }
            ends.extend(trains.ends().iter().map(|end| written as u64 + end));
            written = end;
        }
        self.index(&table, "spike_times", &ends)?;

        let observed = table.new_dataset::<f64>().shape((rows, 2)).create("obs_intervals")?;
        observed.write_raw(&[0.0, session.end / 1000.0].repeat(rows))?;
        self.column(&observed, "when the neuron was observed, s: during the whole recording")?;
        self.index(&table, "obs_intervals", &(1..=rows as u64).collect::<Vec<_>>())?;

        let names = populations.iter().flat_map(|p| p.neurons.clone().map(|_| p.name.clone()));
        let dataset = write_column(&table, "population", &Column::Text(names.collect()))?;
        self.column(&dataset, "population of the neuron")?;
        let neurons = populations.iter().flat_map(|p| p.neurons.clone()).collect();
        let dataset = write_column(&table, "neuron", &Column::Whole(neurons))?;
        Ok(self.column(&dataset, "number of the neuron within its population, from 0")?)
    }
}

/// What a column of this table of trials or epochs means.
fn meaning(name: &str, table: &Table) -> String {
    let has = |column: &str| table.column(column).is_some();
    let (items, decision) = (has("items"), has("favoured"));
    let shown = if items {
        "every item"
    } else if has("pattern") {
        "the pattern"
    } else {
        "the sample"
    };
    // What has a number in its name: the choice, or the place of an item.
    let numbered = |start: &str, end: &str| {
        let number = name.strip_prefix(start)?.strip_suffix(end)?;
        number.parse::<usize>().ok()
    };
    if let Some(choice) = numbered("rate_", "_hz").filter(|_| decision) {
        return format!(
            "mean rate of the neurons of choice {choice} in the last window of the stimulus, Hz"
        );
    }
    if let Some(item) = numbered("overlap_", "_hz").filter(|_| items) {
        return format!("overlap of item {item} at the end of the delay, Hz");
    }
    if let Some(item) = numbered("item_", "_ms").filter(|_| items) {
        return format!("onset of item {item}, ms");
    }
    let known = match name {
        "start_time" => "start, s",
        "stop_time" => "end, s",
        "tags" => "name of the epoch",
        "show" => "what was shown, as JSON of the model's stimuli",
        "trial" => "number of the trial, from 1; 0 outside trials",
        "seed" => "seed of the model",
        "sample" => "pattern shown as sample, from 1",
        "test" => "pattern shown as test, from 1",
        "pattern" => "pattern that was shown, from 1",
        "items_shown" => "number of patterns that were shown",
        "items" => "patterns that were shown, from 1, in order",
        "items_held" => "number of patterns that were shown and held at the end of the delay",
        "which_held" => "patterns that were shown and held at the end of the delay, from 1",
        "intrusions" => "number of patterns that were held and not shown",
        "intruders" => "patterns that were held and not shown, from 1",
        "match" => "whether the test is the sample",
        "left_out" => return format!("share of the foreground of {shown} that was not driven"),
        "replaced" => {
            return format!("share of the foreground of {shown} that was replaced by background");
        }
        "holds" => "pattern held at the end of the delay, from 1; 0 for none",
        "held" => "whether the pattern held is the sample",
        "seen" => "pattern seen in the test, from 1; 0 for none",
        "observer" => "decision of the ideal observer",
        "favoured" => "choice with the most evidence, from 1",
        "choice" => "pattern that was chosen, from 1; 0 for none",
        "decided" => "whether a choice was made",
        "coherence" => "how much one choice was favoured, from 0 to 1",
        "correct" if decision => {
            "whether the favoured choice was made, 1 or 0; missing without a choice"
        }
        "reaction_ms" if decision => {
            "from the onset of the stimulus to the choice, ms; missing without a choice"
        }
        "correct" => "whether the ideal observer is right",
        "failure" => "why a trial failed; empty if it did not",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    match name.rsplit_once('_') {
        Some((what, "ms")) => format!("{}, ms", what.replace('_', " ")),
        Some((what, "hz")) => format!("{}, Hz", what.replace('_', " ")),
        Some((what, "mv")) => format!("{}, mV", what.replace('_', " ")),
        _ => name.replace('_', " "),
    }
}
