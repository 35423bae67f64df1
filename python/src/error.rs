//! Errors of the crate as exceptions of the package.

use attractor::error::{Error, Kind, Place};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::Path;

pyo3::import_exception!(attractor._errors, DivergenceError);
pyo3::import_exception!(attractor._errors, FileError);
pyo3::import_exception!(attractor._errors, ModelError);

/// The exception that tells `error`.
pub fn raised(py: Python, error: &Error) -> PyErr {
    match details(py, error) {
        Ok(details) => match error.kind() {
            Kind::Input => of::<ModelError>(py, error, &details),
            Kind::File => of::<FileError>(py, error, &details),
            Kind::Divergence => of::<DivergenceError>(py, error, &details),
            Kind::Interrupt => PyKeyboardInterrupt::new_err(sentence(error)),
        },
        Err(failed) => failed,
    }
}

fn of<E: pyo3::PyTypeInfo>(py: Python, error: &Error, details: &Bound<PyDict>) -> PyErr {
    match py.get_type::<E>().call((sentence(error),), Some(details)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failed) => failed,
    }
}

/// A file that stands for no file: the model was made in Python.
pub fn is_made_up(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == crate::model::MADE_UP)
}

/// The sentence of an error, as Python users may say what it concerns: once.
pub fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let (place, kept) = match error.place() {
        Place::Line { file, .. } | Place::File(file) if is_made_up(file) => {
            (format!("{}: ", error.place()), String::new())
        }
        Place::Argument(argument) => match argument.strip_prefix("--set ") {
            Some(change) => (format!("{argument}: "), format!("{change}: ")),
            None => return text,
        },
        _ => return text,
    };
    text.strip_prefix(&place).map_or(text.clone(), |rest| format!("{kept}{rest}"))
}

/// Its parts: path, line, column, key, found, allowed, remedy; without those that it has not.
fn details<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyDict>> {
    let details = PyDict::new(py);
    match error.place() {
        Place::File(file) if !is_made_up(file) => details.set_item("path", file)?,
        Place::Line { file, line, column } if !is_made_up(file) => {
            details.set_item("path", file)?;
            details.set_item("line", line)?;
            details.set_item("column", column)?;
        }
        _ => {}
    }
    let texts = [
        ("key", error.key()),
        ("found", error.found()),
        ("allowed", error.allowed()),
        ("remedy", error.remedy()),
    ];
    for (name, text) in texts {
        details.set_item(name, text)?;
    }
    Ok(details)
}
