//! Tables in a recording: a group with one column per column.

use super::store::{Fault, Layout, Result, Store};
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
        let path = format!("{group}/{name}");
        let column = store.read(&path, 0..usize::MAX)?;
        let (known, length) = (table.columns().next().map(|(first, _)| first), column.len());
        match known {
            _ if store.shape(&path)?.1 != 1 => Err(Fault(format!("/{path} has several columns"))),
            Some(_) if table.column(name).is_some() => {
                Err(Fault(format!("/{group} has two columns {name}")))
            }
            Some(first) if length != table.rows() => {
                let rows = table.rows();
                Err(Fault(format!("/{path} has {length} rows and /{group}/{first} has {rows}")))
            }
            _ => Ok(table.with(name, column)),
        }
    })
}
