//! The table that a sweep leaves, in one HDF5 file; `docs/sweeps.md` describes it.

use super::hash::{hash, hash_of_part};
use super::left::Left;
use super::{Grid, Shard, Values};
use crate::error::{Error, Result};
use crate::recording::store::{Attribute, Fault, Result as Stored, Store};
use crate::recording::{Hdf5, columns};
use crate::table::{Column, Table};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The group that makes a file the table of a sweep.
pub(super) const RUNS: &str = "runs";
/// The attribute of /progress that holds the hash of what has been committed.
const HASH: &str = "hash";
/// The attribute of /provenance of a part that tells which one it is.
const SHARD: &str = "shard";

/// What makes a table that of a sweep, or of a part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Identity<'a> {
    pub model_text: &'a str,
    /// KEY=VALUE that all runs share.
    pub settings: &'a [String],
    /// The model of the first run, with every default in place.
    pub model_resolved: &'a str,
    /// SHA-256 of the files of spikes that the model of the first run names; empty if there are none, or not all of them.
    pub inputs_hash: &'a str,
    pub grid: &'a Grid,
    /// Of the first run of every point.
    pub seed: u64,
    pub shard: Shard,
}

/// How and when a table was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Making {
    pub command_line: String,
    pub started: String,
    pub ended: String,
}

/// The column of /runs of what is hardly meant; of a table in which nothing is there is none.
pub(super) const WARNING: &str = "warning";

/// Runs by their number from 0, in order.
pub(super) type Rows<'a> = [(usize, &'a Left)];

/// /runs of `rows`, and the names of what was measured.
fn runs(sweep: &Identity, rows: &Rows) -> (Table, Vec<String>) {
    let grid = sweep.grid;
    let numbers = || rows.iter().map(|(run, _)| *run);
    let mut table = Table::default().whole("run", numbers().map(|run| run as u64 + 1).collect());
    for (k, axis) in grid.axes.iter().enumerate() {
        let place = numbers().map(|run| grid.place(run / grid.repeat)[k]);
        table = match axis.scale() {
            Values::Numbers { values, .. } => {
                table.real(&*axis.key, place.map(|p| values[p]).collect())
            }
            Values::Words(words) => {
                table.text(&*axis.key, place.map(|p| words[p].clone()).collect())
            }
        };
    }
    table = table
        .whole("repeat", numbers().map(|run| (run % grid.repeat) as u64 + 1).collect())
        .whole("seed", numbers().map(|run| grid.seed_of(run, sweep.seed)).collect());
    // With its number a run that measured nothing has its row all the same.
    let one = |(run, left): &(usize, &Left)| {
        let column = |table: Table, (name, value): &(String, f64)| table.real(name, vec![*value]);
        left.measured.iter().fold(Table::default().whole("run", vec![*run as u64]), column)
    };
    let each: Vec<Table> = rows.iter().map(one).collect();
    let measured = Table::stacked(each.iter());
    let names: Vec<String> = measured.columns().skip(1).map(|(name, _)| name.to_owned()).collect();
    let table = table.beside(measured.only(&names));
    let text = |of: fn(&Left) -> &String| rows.iter().map(|(_, left)| of(left).clone()).collect();
    let table = table.text("data_hash", text(|l| &l.data_hash)).text("error", text(|l| &l.error));
    let warnings = text(|left| &left.warning);
    let warned = warnings.iter().any(|warning| !warning.is_empty());
    (if warned { table.text(WARNING, warnings) } else { table }, names)
}

/// /trials of `rows`.
fn trials(rows: &Rows) -> Table {
    let with_run = |(run, left): &(usize, &Left)| {
        let run = vec![*run as u64 + 1; left.trials.rows()];
        Table::default().whole("run", run).beside(left.trials.clone())
    };
    let each: Vec<Table> =
        rows.iter().filter(|(_, left)| left.trials.rows() > 0).map(with_run).collect();
    Table::stacked(each.iter())
}

/// Writes the table of `rows` to an empty store; it is complete if these are all runs of the shard.
pub(super) fn write(
    store: &mut dyn Store,
    sweep: &Identity,
    rows: &Rows,
    making: &Making,
) -> Stored<()> {
    let (runs, measured) = runs(sweep, rows);
    let trials = trials(rows);
    let complete = rows.len() == sweep.shard.runs(sweep.grid.runs()).len();
    let hash = if complete { hash(&[&runs, &trials]) } else { String::new() };
    store.set("", "complete", Attribute::Flag(complete))?;
    store.group(RUNS)?;
    columns::write(store, RUNS, "columns", &runs)?;
    store.set_text(RUNS, "measured", &measured.join(" "))?;
    let keys: Vec<&str> = sweep.grid.axes.iter().map(|axis| axis.key.as_str()).collect();
    store.set_text(RUNS, "swept", &keys.join(" "))?;
    for axis in sweep.grid.axes.iter().filter(|axis| !axis.scale().unit().is_empty()) {
        store.set_text(&format!("{RUNS}/{}", axis.key), "units", axis.scale().unit())?;
    }
    if trials.rows() > 0 {
        store.group("trials")?;
        columns::write(store, "trials", "columns", &trials)?;
    }
    store.group("provenance")?;
    let json = |value: serde_json::Result<String>| value.expect("plain data");
    for (name, text) in [
        ("model_text", sweep.model_text),
        ("settings", &json(serde_json::to_string(sweep.settings))),
        ("model_resolved", sweep.model_resolved),
        ("inputs_hash", sweep.inputs_hash),
        ("grid", &json(serde_json::to_string(sweep.grid))),
        ("version", env!("CARGO_PKG_VERSION")),
        ("command_line", &making.command_line),
        ("started", &making.started),
        ("ended", &making.ended),
        ("table_hash", &hash),
    ] {
        store.set_text("provenance", name, text)?;
    }
    if sweep.shard.is_part() {
        store.set_text("provenance", SHARD, &sweep.shard.to_string())?;
    }
    if !complete || sweep.shard.is_part() {
        store.group("progress")?;
        let own = own_columns(rows);
        store.set_text("progress", HASH, &hash_of_part(&runs, &trials, &own))?;
        store.put("progress/columns", own)?;
    }
    Ok(())
}

/// What every run measured by itself: columns of the table are those of any run.
fn own_columns(rows: &Rows) -> Vec<String> {
    let own = |(_, left): &(usize, &Left)| {
        let measured: Vec<&str> = left.measured.iter().map(|(name, _)| name.as_str()).collect();
        let trials: Vec<&str> = left.trials.columns().map(|(name, _)| name).collect();
        serde_json::to_string(&(measured, trials)).expect("names")
    };
    rows.iter().map(own).collect()
}

/// The table of a sweep, read back.
#[derive(Clone, Debug)]
pub struct SweepTable {
    /// The file it was read from.
    pub path: PathBuf,
    /// Whether every run of its shard has ended.
    pub complete: bool,
    /// Which of the runs it has.
    pub shard: Shard,
    /// What was swept.
    pub grid: Grid,
    /// One row per run, in the order of the grid.
    pub runs: Table,
    /// Without columns if there is no task.
    pub trials: Table,
    /// The columns of `runs` that were measured.
    pub measured: Vec<String>,
    /// The model file as its author wrote it.
    pub model_text: String,
    /// KEY=VALUE that all runs share.
    pub settings: Vec<String>,
    /// The model of the first run, with every default in place.
    pub model_resolved: String,
    /// SHA-256 of the files of spikes that the model of the first run names; empty if there are none or that is not known.
    pub inputs_hash: String,
    /// Version of this crate.
    pub version: String,
    /// UTC.
    pub started: String,
    /// UTC; of a sweep that has not ended, empty or when it was stopped.
    pub ended: String,
    /// SHA-256 of what was measured.
    pub table_hash: String,
    /// Unless it is whole: what every run measured by itself.
    pub(super) own: Vec<String>,
    /// Whether it told the hash of its rows.
    pub(super) sealed: bool,
}

impl SweepTable {
    /// Opens a table; of a sweep that has not ended, what has been finished.
    ///
    /// # Errors
    /// If it is no table of a sweep, or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let store = Hdf5::open(path).map_err(|fault| unreadable(path, &fault))?;
        if !store.exists(RUNS) {
            return Err(unreadable(path, &"it has no /runs".into()));
        }
        Self::of(&store).map_err(|fault| damaged(path, &fault))
    }

    fn of(store: &dyn Store) -> Stored<Self> {
        let text = |name: &str| store.text("provenance", name);
        let trials = match store.exists("trials") {
            true => columns::read(store, "trials", "columns")?,
            false => Table::default(),
        };
        let measured = store.text(RUNS, "measured")?;
        let complete = store.attribute("", "complete")? == Some(Attribute::Flag(true));
        let shard = match store.attribute("provenance", SHARD)? {
            Some(Attribute::Text(shard)) => {
                shard.parse().map_err(|e: Error| Fault(e.to_string()))?
            }
            _ => Shard::WHOLE,
        };
        let whole = complete && !shard.is_part();
        let mut table = Self {
            path: store.place().to_owned(),
            complete,
            shard,
            grid: serde_json::from_str(&text("grid")?)?,
            measured: measured.split_whitespace().map(str::to_owned).collect(),
            runs: columns::read(store, RUNS, "columns")?,
            trials,
            model_text: text("model_text")?,
            settings: serde_json::from_str(&text("settings")?)?,
            model_resolved: text("model_resolved")?,
            inputs_hash: match store.attribute("provenance", "inputs_hash")? {
                Some(Attribute::Text(hash)) => hash,
                _ => String::new(),
            },
            version: text("version")?,
            started: text("started")?,
            ended: text("ended")?,
            table_hash: text("table_hash")?,
            own: if whole { Vec::new() } else { store.all("progress/columns")? },
            sealed: false,
        };
        let told = match whole {
            true => None,
            false => match store.attribute("progress", HASH)? {
                Some(Attribute::Text(hash)) => Some(hash),
                // Older versions, which this one does not go on with, told none.
                _ if table.version != env!("CARGO_PKG_VERSION") => None,
                _ => return Err("/progress does not tell the hash of its rows".into()),
            },
        };
        table.check(told.as_deref())?;
        table.sealed = complete || told.is_some();
        Ok(table)
    }

    /// Writes it to the new file `path`: its rows, and of which sweep it is.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let left = self.left()?;
        let rows: Vec<(usize, &Left)> = left.iter().map(|(run, left)| (*run, left)).collect();
        let identity = Identity {
            model_text: &self.model_text,
            settings: &self.settings,
            model_resolved: &self.model_resolved,
            inputs_hash: &self.inputs_hash,
            grid: &self.grid,
            seed: self.first_seed(),
            shard: self.shard,
        };
        let (started, ended) = (self.started.clone(), self.ended.clone());
        let making = Making { command_line: String::new(), started, ended };
        let written = Hdf5::create(path).and_then(|mut store| {
            write(&mut store, &identity, &rows, &making)?;
            store.close()
        });
        written.map_err(|fault| Error::file(path, fault.0, "choose a writable place"))
    }

    /// That of the first run of every point.
    fn first_seed(&self) -> u64 {
        match (self.runs.column("seed"), self.numbers_of_runs().first()) {
            (Some(Column::Whole(seeds)), Some(run)) => seeds[0] - (run % self.grid.repeat) as u64,
            _ => 0,
        }
    }

    /// What it differs in from the table of `sweep`, of this version: then their runs do not belong together.
    pub(super) fn differs(&self, sweep: &Identity) -> Option<&'static str> {
        if self.grid != *sweep.grid {
            Some("whose --over or --repeat differ")
        } else if self.model_resolved != sweep.model_resolved {
            Some("whose model, --set or --seed differ")
        } else if self.inputs_hash != sweep.inputs_hash
            && !self.inputs_hash.is_empty()
            && !sweep.inputs_hash.is_empty()
        {
            Some("whose files of spikes, synapses or patterns differ")
        } else if self.version != env!("CARGO_PKG_VERSION") {
            Some("by another version of attractor")
        } else {
            None
        }
    }

    /// Of the model, without what is no longer true of every run because a number in it is swept.
    pub fn title(&self) -> String {
        let model = self.model_resolved.parse::<toml_edit::DocumentMut>().ok();
        let title = model.as_ref().and_then(|model| model.get("title")?.as_str());
        let title = title.unwrap_or_default();
        let written = self.model_text.parse::<toml_edit::DocumentMut>().ok();
        let swept = self.grid.axes.iter().flat_map(super::Axis::keys);
        let set = self.settings.iter().filter_map(|setting| Some(setting.split_once('=')?.0));
        let values = swept.chain(set).filter_map(|key| number_at(written.as_ref()?, key));
        values.fold(title.to_owned(), |title, value| without_number(&title, &value))
    }

    /// The values of a column of /runs as numbers, if it has some.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        match self.runs.column(name)? {
            Column::Real(values) => Some(values.clone()),
            Column::Whole(values) => Some(values.iter().map(|v| *v as f64).collect()),
            _ => None,
        }
    }

    /// The number of every row's run, from 0.
    pub fn numbers_of_runs(&self) -> Vec<usize> {
        match self.runs.column("run") {
            Some(Column::Whole(runs)) => {
                runs.iter().map(|run| (*run as usize).wrapping_sub(1)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The words of a column of /runs.
    pub(super) fn words(&self, name: &str) -> &[String] {
        match self.runs.column(name) {
            Some(Column::Text(words)) => words,
            _ => &[],
        }
    }

    /// What every run left, by its number from 0; of a whole table with the columns of all.
    pub(super) fn left(&self) -> Result<Vec<(usize, Left)>> {
        self.read_left().map_err(|fault| damaged(&self.path, &fault))
    }

    fn read_left(&self) -> Stored<Vec<(usize, Left)>> {
        let owners = match self.trials.column("run") {
            Some(Column::Whole(runs)) => &runs[..],
            _ => &[],
        };
        let [hashes, errors, warnings] =
            ["data_hash", "error", WARNING].map(|name| self.words(name));
        let of_trials = self.trials.columns().skip(1).map(|(name, _)| name.to_owned()).collect();
        let of_all: (Vec<String>, Vec<String>) = (self.measured.clone(), of_trials);
        let mut left = Vec::new();
        for (k, run) in self.numbers_of_runs().into_iter().enumerate() {
            let (measured, columns) = match self.own.get(k) {
                Some(own) => serde_json::from_str(own)?,
                None => of_all.clone(),
            };
            if columns.iter().any(|name| name == "run") {
                return Err("a run has a column run of its own".into());
            }
            let mut of_runs: HashSet<&String> = self.measured.iter().collect();
            let value = |name: String| match self.runs.column(&name) {
                // Once each.
                Some(Column::Real(values)) if of_runs.remove(&name) => Ok((name, values[k])),
                _ => Err(Fault(format!("it has no column {name}"))),
            };
            let from = owners.partition_point(|owner| *owner < run as u64 + 1);
            let to = owners.partition_point(|owner| *owner <= run as u64 + 1);
            let trials = if columns.is_empty() {
                Table::default()
            } else {
                self.trials.slice(from, to).only(&columns)
            };
            left.push((
                run,
                Left {
                    data_hash: hashes[k].clone(),
                    measured: measured.into_iter().map(value).collect::<Stored<_>>()?,
                    trials,
                    error: errors[k].clone(),
                    warning: warnings.get(k).cloned().unwrap_or_default(),
                },
            ));
        }
        Ok(left)
    }
}

/// The number that stands at a key of a model.
fn number_at(document: &toml_edit::DocumentMut, key: &str) -> Option<String> {
    let item = key.split('.').try_fold(document.as_item(), |item, part| item.get(part))?;
    match item.as_value()? {
        toml_edit::Value::Integer(value) => Some(value.value().to_string()),
        toml_edit::Value::Float(value) => Some(value.value().to_string()),
        _ => None,
    }
}

/// A title without the part that tells a number: what follows its colon, or else the number itself.
fn without_number(title: &str, number: &str) -> String {
    let tells =
        |text: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '.')).any(|w| w == number);
    match title.split_once(':') {
        Some((head, tail)) if tells(tail) => head.to_owned(),
        _ if tells(title) => {
            let words = title.split(' ').map(|word| if word == number { "…" } else { word });
            words.collect::<Vec<_>>().join(" ")
        }
        _ => title.to_owned(),
    }
}

fn unreadable(path: &Path, fault: &Fault) -> Error {
    Error::file(
        path,
        format!("found no table of a sweep ({fault})"),
        "give a file that `attractor sweep` has written",
    )
}

fn damaged(path: &Path, fault: &Fault) -> Error {
    Error::file(path, format!("found a damaged table of a sweep ({fault})"), "make the sweep again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_tells_no_number_that_is_swept() {
        let title = "Spiking attractor memory in small: 6 patterns in 1000 neurons";
        assert_eq!(without_number(title, "6"), "Spiking attractor memory in small");
        assert_eq!(without_number(title, "60"), title);
        assert_eq!(without_number("6 patterns in 60 neurons", "6"), "… patterns in 60 neurons");
    }
}
