//! The table that a sweep leaves, in one HDF5 file; `docs/sweeps.md` describes it.

use super::hash::{hash, hash_of_part};
use super::left::Left;
use super::{Grid, Shard, Values};
use crate::recording::columns;
use crate::recording::store::{Attribute, Result as Stored, Store};
use crate::table::Table;

/// The group that makes a file the table of a sweep.
pub(super) const RUNS: &str = "runs";
/// The attribute of /progress that holds the hash of what has been committed.
pub(super) const HASH: &str = "hash";
/// The attribute of /provenance of a part that tells which one it is.
pub(super) const SHARD: &str = "shard";

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

/// Of runs by their numbers from 0: these from 1, the values that the grid gives them, which repeat they are, and their seed, where
/// the first run of every point has `seed`.
pub(super) fn planned(grid: &Grid, seed: u64, numbers: &[usize]) -> Table {
    let each = || numbers.iter().copied();
    let mut table = Table::default().whole("run", each().map(|run| run as u64 + 1).collect());
    for (k, axis) in grid.axes.iter().enumerate() {
        let place = each().map(|run| grid.place(run / grid.repeat)[k]);
        table = match axis.scale() {
            Values::Numbers { values, .. } => {
                table.real(&*axis.key, place.map(|p| values[p]).collect())
            }
            Values::Words(words) => {
                table.text(&*axis.key, place.map(|p| words[p].clone()).collect())
            }
        };
    }
    table
        .whole("repeat", each().map(|run| (run % grid.repeat) as u64 + 1).collect())
        .whole("seed", each().map(|run| grid.seed_of(run, seed)).collect())
}

/// /runs of `rows`, and the names of what was measured.
fn runs(sweep: &Identity, rows: &Rows) -> (Table, Vec<String>) {
    let numbers: Vec<usize> = rows.iter().map(|(run, _)| *run).collect();
    let table = planned(sweep.grid, sweep.seed, &numbers);
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
