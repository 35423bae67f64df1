//! `attractor merge`.

use super::host::host;
use super::sweep::conclude;
use crate::error::Result;
use crate::sweep::merge;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The tables of the shards of a sweep, in any order.
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// The table to write: that of the sweep on one machine, with its hash.
    #[arg(short, long, value_name = "TABLE.h5")]
    output: PathBuf,
    /// Overwrite an existing table.
    #[arg(long)]
    force: bool,
    /// Print nothing but errors and failed runs.
    #[arg(long)]
    quiet: bool,
}

impl Merge {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        merge(&self.parts, &self.output, self.force, &host())?;
        conclude(&self.output, self.quiet)
    }
}
