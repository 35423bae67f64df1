//! What is known of a model without running it.

use crate::error::raised;
use crate::model::Model;
use crate::plain;
use attractor::cli;
use attractor::error::Result;
use attractor::model::Document;
use pyo3::prelude::*;
use serde_json::Value;

/// What theory says of a model.
#[pyfunction]
pub fn theory<'py>(py: Python<'py>, model: &Model) -> PyResult<Bound<'py, PyAny>> {
    told(py, model, cli::theory_of)
}

/// The fixed points of a model.
#[pyfunction]
pub fn states<'py>(py: Python<'py>, model: &Model) -> PyResult<Bound<'py, PyAny>> {
    told(py, model, cli::states_of)
}

fn told<'py>(
    py: Python<'py>,
    model: &Model,
    of: fn(&Document) -> Result<Value>,
) -> PyResult<Bound<'py, PyAny>> {
    let found = py.detach(|| of(model.document())).map_err(|error| raised(py, &error))?;
    plain::python(py, &found)
}
