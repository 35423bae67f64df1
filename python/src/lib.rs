//! The Python package `attractor`: its classes over the crate, without logic of their own.
//!
//! What stands here is what Python needs: conversions, exceptions, a released interpreter, and Ctrl-C. How it looks to
//! users, with pandas, xarray and others, stands in the package's Python files.

mod arrays;
mod command;
mod error;
mod model;
mod network;
mod picture;
mod plain;
mod recording;
mod saved;
mod simulation;
mod sweep;
mod watched;

use pyo3::prelude::*;

#[pymodule]
mod _attractor {
    #[pymodule_export]
    use crate::command::{command, schema, told};
    #[pymodule_export]
    use crate::model::{Model, go_on};
    #[pymodule_export]
    use crate::network::{Network, write_edges};
    #[pymodule_export]
    use crate::recording::Recording;
    #[pymodule_export]
    use crate::saved::resume;
    #[pymodule_export]
    use crate::simulation::Simulation;
    #[pymodule_export]
    use crate::sweep::{Claim, SweptTable, check_output, merge, runs_of, sweep};
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        crate::command::guard(module.py())
    }
}
