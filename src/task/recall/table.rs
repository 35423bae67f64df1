//! Trials of recall as a table, one row each, with patterns from 1, and back.

use super::RecallTrial;
use crate::table::{Column, Table};

/// The table of trials.
pub fn recall_to_table(trials: &[RecallTrial]) -> Table {
    let real = |value: fn(&RecallTrial) -> f64| trials.iter().map(value).collect();
    let whole = |value: fn(&RecallTrial) -> u64| trials.iter().map(value).collect();
    Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .whole("pattern", whole(|t| t.pattern as u64 + 1))
        .real("flipped", real(|t| t.flipped))
        .real("occluded", real(|t| t.occluded))
        .real("noise", real(|t| t.noise))
        .real("start", real(|t| t.start))
        .real("end", real(|t| t.end))
}

/// The trials of a table that [`recall_to_table`] made; `None` if a column is missing.
pub fn recall_from_table(table: &Table) -> Option<Vec<RecallTrial>> {
    let real = |name: &str| match table.column(name) {
        Some(Column::Real(values)) => Some(values),
        _ => None,
    };
    let whole = |name: &str| match table.column(name) {
        Some(Column::Whole(values)) => Some(values),
        _ => None,
    };
    let trial = |k: usize| {
        Some(RecallTrial {
            number: whole("trial")?[k] as usize,
            seed: whole("seed")?[k],
            pattern: (whole("pattern")?[k] as usize).checked_sub(1)?,
            flipped: real("flipped")?[k],
            occluded: real("occluded")?[k],
            noise: real("noise")?[k],
            start: real("start")?[k],
            end: real("end")?[k],
        })
    };
    (0..table.rows()).map(trial).collect()
}
