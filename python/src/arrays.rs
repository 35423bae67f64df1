//! Columns as arrays of numpy, which take over the memory of their values.

use attractor::table::{Column, Table};
use numpy::ndarray::Array2;
use numpy::{Element, IntoPyArray, PyArray1, PyArray2};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Times, and the neurons that fired then.
pub type Spikes<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<u64>>);

/// Time from one row to the next, the times of all, and the rows.
pub type Sampled<'py> = (f64, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>);

/// A list.
pub fn list<T: Element>(py: Python<'_>, values: Vec<T>) -> Bound<'_, PyArray1<T>> {
    values.into_pyarray(py)
}

/// Rows of `width` values each.
///
/// # Errors
/// If the last row is not whole.
pub fn rows<T: Element>(
    py: Python<'_>,
    width: usize,
    values: Vec<T>,
) -> PyResult<Bound<'_, PyArray2<T>>> {
    let number = values.len().checked_div(width).unwrap_or(0);
    let rows = Array2::from_shape_vec((number, width), values);
    Ok(rows.map_err(|e| PyValueError::new_err(e.to_string()))?.into_pyarray(py))
}

/// Columns by name, in order: arrays, and lists of texts.
pub fn columns<'py>(py: Python<'py>, table: &Table) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for (name, column) in table.columns() {
        let values = match column.clone() {
            Column::Real(values) => list(py, values).into_any(),
            Column::Whole(values) => list(py, values).into_any(),
            Column::Flag(values) => list(py, values).into_any(),
            Column::Text(values) => values.into_bound_py_any(py)?,
        };
        found.set_item(name, values)?;
    }
    Ok(found)
}
