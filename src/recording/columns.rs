//! Tables in a recording: a group with one column per column.

use super::store::{Layout, Result, Store};
use crate::table::Table;

/// Writes the columns of `table` into `group`, and their order as its attribute `name`.
pub(crate) fn write(store: &mut dyn Store, group: &str, name: &str, table: &Table) -> Result<()> {
    for (name, column) in table.columns() {
        store.create(&format!("{group}/{name}"), Layout::default(), column)?;
    }
    let names: Vec<&str> = table.columns().map(|(name, _)| name).collect();
    store.set_text(group, name, &names.join(" "))
}

/// The table whose columns the attribute `name` of `group` tells.
pub(crate) fn read(store: &dyn Store, group: &str, name: &str) -> Result<Table> {
    store.text(group, name)?.split_whitespace().try_fold(Table::default(), |table, name| {
        Ok(table.with(name, store.read(&format!("{group}/{name}"), 0..usize::MAX)?))
    })
}
