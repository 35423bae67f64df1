//! The command `attractor`, in the same library.

use crate::watched::watched;
use attractor::cli::{self, Subject};
use pyo3::prelude::*;
use std::ffi::OsString;
use std::process::ExitCode;

/// Does what a command line says, of which these are the words, its own name first; returns the exit code.
#[pyfunction]
pub fn command(py: Python, words: Vec<OsString>) -> u8 {
    let code = py.detach(|| cli::command(words));
    // Whoever calls it can tell the code only to the system.
    (0..=u8::MAX).find(|&number| ExitCode::from(number) == code).unwrap_or(u8::MAX)
}

/// Does what a command line says, as [`command`] does, but returns what it prints, and whether all was as expected.
#[pyfunction]
pub fn told(py: Python, words: Vec<OsString>) -> PyResult<(String, bool)> {
    watched(py, None, |watch| cli::told(words, Subject::Named, &watch.over))
}

/// The JSON Schema of the model file, as JSON.
#[pyfunction]
pub fn schema() -> String {
    attractor::model::schema()
}

/// Has HDF5 files looked at by an interpreter of their own before this one opens them.
///
/// # Errors
/// If `sys` cannot be imported.
pub fn guard(py: Python) -> PyResult<()> {
    let interpreter: Option<OsString> = py.import("sys")?.getattr("executable")?.extract()?;
    // Who is no program of Python, but has it inside, opens files as they are.
    if let Some(interpreter) = interpreter.filter(|program| !program.is_empty()) {
        let words = ["-P", "-m", "attractor"].map(OsString::from);
        cli::guard_with([interpreter].into_iter().chain(words).collect());
    }
    Ok(())
}
