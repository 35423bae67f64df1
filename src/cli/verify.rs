//! `attractor verify`.

use crate::error::Result;
use crate::recording::Recording;
use crate::report::Verification;
use crate::sweep::{SweepTable, is_table};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The recording, or the table of a sweep; also of what did not end.
    file: PathBuf,
}

impl Verify {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        if is_table(&self.file) {
            // What differs is refused already when it is opened.
            let table = SweepTable::open(&self.file)?;
            let (outcome, of) = match (table.is_sealed(), table.complete) {
                (false, _) => ("-", format!("version {} told none before the end", table.version)),
                (true, true) => ("ok", table.table_hash),
                (true, false) => ("ok", "what has been committed".to_owned()),
            };
            let shard = match table.shard.is_part() {
                true => format!(" of shard {}", table.shard),
                false => String::new(),
            };
            say!("  ok       structure: {} runs{shard}", table.runs.rows());
            say!("  {outcome:<8} table hash: {of}");
            return Ok(ExitCode::SUCCESS);
        }
        let found = Verification::of(&Recording::open(&self.file)?)?;
        say!("{}", found.to_string().trim_end());
        Ok(ExitCode::from(u8::from(found.differs().is_some())))
    }
}
