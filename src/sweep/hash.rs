//! Hashes by which tables are compared.

use crate::digest::hex;
use crate::table::{Column, Table};
use sha2::{Digest, Sha256};

/// SHA-256 of names and values; whatever NaN a value is, it is the same.
pub(super) fn hash(tables: &[&Table]) -> String {
    let mut hash = Sha256::new();
    for (name, column) in tables.iter().flat_map(|table| table.columns()) {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update((column.len() as u64).to_le_bytes());
        match column {
            Column::Real(values) => values.iter().for_each(|v| {
                let value = if v.is_nan() { f64::NAN } else { *v };
                hash.update(value.to_bits().to_le_bytes());
            }),
            Column::Whole(values) => values.iter().for_each(|v| hash.update(v.to_le_bytes())),
            Column::Flag(values) => values.iter().for_each(|v| hash.update([u8::from(*v)])),
            Column::Text(values) => values.iter().for_each(|v| {
                hash.update((v.len() as u64).to_le_bytes());
                hash.update(v);
            }),
        }
    }
    hex(hash)
}

/// SHA-256 of a table that is not whole, with what every run measured by itself.
pub(super) fn hash_of_part(runs: &Table, trials: &Table, own: &[String]) -> String {
    hash(&[runs, trials, &Table::default().text("own", own.to_vec())])
}
