//! Whether the table of a sweep, read back, is what `docs/sweeps.md` promises.

use super::hash::{hash, hash_of_part};
use super::written::{WARNING, planned};
use super::{MOST_RUNS, SweepTable, Values};
use crate::model::Document;
use crate::recording::store::{Fault, Result};
use crate::table::Column;
use std::collections::HashSet;

impl SweepTable {
    /// Whether its rows were compared with a hash that it tells: older versions told none before the end.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Whether it has every run of its sweep.
    pub fn is_whole(&self) -> bool {
        self.complete && !self.shard.is_part()
    }

    /// Refuses a table that does not hold together, or whose rows have another hash than it tells, or `told` with what
    /// every run measured by itself.
    pub(super) fn check(&self, told: Option<&str>) -> Result<()> {
        self.check_grid()?;
        let (runs, trials) = (&self.runs, &self.trials);
        let of_part = told.is_some_and(|told| told != hash_of_part(runs, trials, &self.own));
        if of_part || (self.complete && self.table_hash != hash(&[runs, trials])) {
            return Err("its rows have another hash than it tells".into());
        }
        self.check_rows()?;
        // Older versions may have written values in other ways.
        if self.version == env!("CARGO_PKG_VERSION") { self.check_planned() } else { Ok(()) }
    }

    /// There are runs, and not more than a sweep may have.
    fn check_grid(&self) -> Result<()> {
        let lengths = self.grid.axes.iter().map(|axis| axis.values.len());
        let runs = lengths.chain([self.grid.repeat]).fold(1_usize, usize::saturating_mul);
        match (1..=MOST_RUNS).contains(&runs) {
            true => Ok(()),
            false => Err(Fault(format!("its grid has {runs} runs"))),
        }
    }

    /// Every run stands there once, in order, with its values, and owns its trials.
    fn check_rows(&self) -> Result<()> {
        let (rows, all) = (self.runs.rows(), self.grid.runs());
        let runs = self.shard.runs(all).len();
        if (self.complete && rows != runs) || (!self.is_whole() && rows != self.own.len()) {
            return Err(Fault(format!("/runs has {rows} rows of {runs} runs")));
        }
        let owners = match (self.trials.column("run"), self.trials.rows()) {
            (Some(Column::Whole(owners)), _) => &owners[..],
            (None, 0) => &[],
            _ => return Err("/trials does not tell whose they are".into()),
        };
        let Some(Column::Whole(numbers)) = self.runs.column("run") else {
            return Err("/runs has no numbers of runs".into());
        };
        let within = |number: &u64| {
            (1..=all as u64).contains(number) && self.shard.holds(*number as usize - 1)
        };
        if !numbers.is_sorted_by(|a, b| a < b) || !numbers.iter().all(within) {
            return Err("/runs/run is not in order".into());
        }
        if !owners.is_sorted() || !owners.iter().all(|run| numbers.binary_search(run).is_ok()) {
            return Err("/trials/run is not in order".into());
        }
        let mut known: HashSet<&str> =
            self.grid.axes.iter().map(|axis| axis.key.as_str()).collect();
        if let Some(twice) = self.measured.iter().find(|name| !known.insert(name)) {
            return Err(Fault(format!("/runs tells {twice} twice")));
        }
        let whole = ["repeat", "seed"].map(|name| (name, Column::Whole(Vec::new())));
        let text = ["data_hash", "error"].map(|name| (name, Column::Text(Vec::new())));
        let measured = self.measured.iter().map(|name| (name.as_str(), Column::Real(Vec::new())));
        let axes = self.grid.axes.iter().map(|axis| match axis.scale() {
            Values::Numbers { .. } => (axis.key.as_str(), Column::Real(Vec::new())),
            Values::Words(_) => (axis.key.as_str(), Column::Text(Vec::new())),
        });
        let optional = self.runs.column(WARNING).map(|_| (WARNING, Column::Text(Vec::new())));
        for (name, kind) in
            whole.into_iter().chain(optional).chain(text).chain(measured).chain(axes)
        {
            let found = self.runs.column(name);
            if !found.is_some_and(|c| std::mem::discriminant(c) == std::mem::discriminant(&kind)) {
                return Err(Fault(format!("/runs has no column {name} of its kind")));
            }
        }
        Ok(())
    }

    /// The rows are those of the grid, with seeds that follow that of the model, which has the values of the first point; and whatever
    /// else stands in them was measured.
    fn check_planned(&self) -> Result<()> {
        let model: toml::Table =
            self.model_resolved.parse().map_err(|_| Fault::from("its model cannot be read"))?;
        let seed = model.get("seed").and_then(toml::Value::as_integer);
        let seed = seed.ok_or_else(|| Fault::from("its model has no seed"))? as u64;
        let own = planned(&self.grid, seed, &self.numbers_of_runs());
        for (name, column) in own.columns() {
            let told = self.runs.column(name);
            if let Some(row) = told.and_then(|told| told.differs(column)) {
                return Err(Fault(format!("row {row} of /runs/{name} is not that of its grid")));
            }
        }
        let last = ["data_hash", "error", WARNING];
        let other = self.runs.columns().map(|(name, _)| name);
        let other = other.filter(|name| own.column(name).is_none() && !last.contains(name));
        if !other.eq(self.measured.iter().map(String::as_str)) {
            return Err("/runs tells other columns than were measured".into());
        }
        // Of a number alone it is certain that the model has it under its key.
        for axis in self.grid.axes.iter().filter(|a| matches!(a.scale(), Values::Numbers { .. })) {
            let settings = axis.settings(&axis.values[0]);
            let read = Document::new(&self.path, self.model_resolved.clone(), &settings);
            let model = read.and_then(|document| document.model());
            if model.is_ok_and(|model| model.to_toml() != self.model_resolved) {
                return Err(Fault(format!(
                    "its model has another {} than its first run",
                    axis.key
                )));
            }
        }
        Ok(())
    }
}
