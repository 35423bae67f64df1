//! The table that a sweep left, read back.

use super::left::Left;
use super::written::{self, HASH, Identity, Making, RUNS, SHARD, WARNING};
use super::{Grid, Shard};
use crate::error::{Error, Result};
use crate::recording::store::{Attribute, Fault, Result as Stored, Store};
use crate::recording::{Hdf5, columns};
use crate::table::{Column, Table};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

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
            written::write(&mut store, &identity, &rows, &making)?;
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
