//! What a run of a sweep leaves, when its recording is gone.

use super::hash::hash;
use crate::table::{Column, Table};

/// What one run leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Left {
    pub data_hash: String,
    pub measured: Vec<(String, f64)>,
    /// Without columns if there is no task.
    pub trials: Table,
    /// Why it failed.
    pub error: String,
    /// What was found of it, if it is hardly what was meant.
    pub warning: String,
}

impl Left {
    /// Whether `other` is what the same run left: a whole table does not tell which columns were a run's own.
    pub fn is_as(&self, other: &Self) -> bool {
        let measured = |left: &Self| {
            let value =
                |table: Table, (name, value): &(String, f64)| table.real(name, vec![*value]);
            left.measured.iter().fold(Table::default(), value)
        };
        // By their hash, for NaN is not equal to itself.
        let alike = |own: &Table, others: &Table| {
            let single = |column: &Column| hash(&[&Table::default().with("", column.clone())]);
            own.columns().all(|(name, column)| {
                others.column(name).is_none_or(|other| single(column) == single(other))
            })
        };
        self.data_hash == other.data_hash
            && self.error == other.error
            && self.warning == other.warning
            && self.trials.rows() == other.trials.rows()
            && alike(&measured(self), &measured(other))
            && alike(&self.trials, &other.trials)
    }
}
