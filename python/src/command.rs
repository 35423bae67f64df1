//! The command `attractor`, in the same library.

use attractor::cli;
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
