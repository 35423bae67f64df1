//! Trials of recall as a table, one row each, with patterns from 1, and back.

use super::RecallTrial;
use crate::table::{Real, Table};

const REALS: [Real<RecallTrial>; 5] = [
    ("flipped", |t| &mut t.flipped),
    ("occluded", |t| &mut t.occluded),
    ("noise", |t| &mut t.noise),
    ("start", |t| &mut t.start),
    ("end", |t| &mut t.end),
];

/// The table of trials.
pub fn recall_to_table(trials: &[RecallTrial]) -> Table {
    let whole = |value: fn(&RecallTrial) -> u64| trials.iter().map(value).collect();
    Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .whole("pattern", whole(|t| t.pattern as u64 + 1))
        .reals("", &REALS, &mut trials.to_vec())
}

/// The trials of a table that [`recall_to_table`] made; `None` if a column is missing.
pub fn recall_from_table(table: &Table) -> Option<Vec<RecallTrial>> {
    let trial = |k: usize| {
        let mut trial = RecallTrial {
            number: table.whole_at("trial", k)? as usize,
            seed: table.whole_at("seed", k)?,
            pattern: (table.whole_at("pattern", k)? as usize).checked_sub(1)?,
            ..RecallTrial::default()
        };
        table.fill("", &REALS, k, &mut trial)?;
        Some(trial)
    };
    (0..table.rows()).map(trial).collect()
}
