//! Tables in a recording: a group with one dataset per column.

use super::series::{unicode, write_text};
use crate::table::{Column, Table};
use hdf5::types::{TypeDescriptor, VarLenUnicode};
use hdf5::{Dataset, Group, Result};

/// Writes the columns of `table` into `group`, and their order as its attribute `name`.
pub(crate) fn write(group: &Group, name: &str, table: &Table) -> Result<()> {
    for (name, column) in table.columns() {
        let shape = table.rows();
        match column {
            Column::Real(values) => {
                group.new_dataset::<f64>().shape(shape).create(name)?.write(values)?;
            }
            Column::Whole(values) => {
                group.new_dataset::<u64>().shape(shape).create(name)?.write(values)?;
            }
            Column::Flag(values) => {
                let values: Vec<u8> = values.iter().map(|&flag| u8::from(flag)).collect();
                group.new_dataset::<u8>().shape(shape).create(name)?.write(&values)?;
            }
            Column::Text(values) => {
                let values: Vec<VarLenUnicode> = values.iter().map(|text| unicode(text)).collect();
                group.new_dataset::<VarLenUnicode>().shape(shape).create(name)?.write(&values)?;
            }
        }
    }
    let names: Vec<&str> = table.columns().map(|(name, _)| name).collect();
    write_text(group, name, &names.join(" "))
}

/// The table whose columns the attribute `name` of `group` tells.
pub(crate) fn read(group: &Group, name: &str) -> Result<Table> {
    let names = group.attr(name)?.read_scalar::<VarLenUnicode>()?;
    names.split_whitespace().try_fold(Table::default(), |table, name| {
        Ok(table.with(name, read_column(&group.dataset(name)?)?))
    })
}

fn read_column(dataset: &Dataset) -> Result<Column> {
    Ok(match dataset.dtype()?.to_descriptor()? {
        TypeDescriptor::Float(_) => Column::Real(dataset.read_raw()?),
        TypeDescriptor::Unsigned(size) if size as usize == 1 => {
            Column::Flag(dataset.read_raw::<u8>()?.into_iter().map(|flag| flag != 0).collect())
        }
        TypeDescriptor::Unsigned(_) => Column::Whole(dataset.read_raw()?),
        _ => {
            let texts = dataset.read_raw::<VarLenUnicode>()?;
            Column::Text(texts.into_iter().map(|text| text.to_string()).collect())
        }
    })
}
