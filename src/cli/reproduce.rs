//! `attractor reproduce`.

use super::host::host;
use super::run::threads;
use crate::error::Result;
use crate::reproduce::{Workshop, chosen};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Reproduce {
    /// The rows, for example A14 or c7 [default: all].
    ids: Vec<String>,
    /// Print what the rows are, and measure nothing.
    #[arg(long)]
    list: bool,
    /// Print a table in Markdown.
    #[arg(long, conflicts_with = "list")]
    markdown: bool,
    /// Measure twenty networks where three are the default, and larger ones; this takes the better part of an hour.
    #[arg(long, conflicts_with = "list")]
    thorough: bool,
    /// Number of threads; the result does not depend on it [default: one per core].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Reproduce {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        let rows = chosen(&self.ids)?;
        if self.list {
            rows.iter().for_each(|row| say!("{:<4} {}", row.id, row.what));
            return Ok(ExitCode::SUCCESS);
        }
        let folder =
            std::env::temp_dir().join(format!("attractor-reproduce-{}", std::process::id()));
        let threads = threads(self.threads)?;
        let workshop = Workshop::new(&folder, host(), threads.clone(), self.thorough)?;
        if self.markdown {
            say!("| row | what | expected | measured | verdict |\n|---|---|---|---|---|");
        }
        let mut met = 0;
        for row in &rows {
            let reproduced = threads.with(|| row.reproduce(&workshop));
            met += usize::from(reproduced.is_met());
            match self.markdown {
                true => say!("{}", reproduced.to_markdown()),
                false => say!("{reproduced}"),
            }
        }
        let _ = std::fs::remove_dir_all(&folder);
        say!("\n{met} of {} rows met", rows.len());
        Ok(if met == rows.len() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
