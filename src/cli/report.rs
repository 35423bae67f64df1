//! `attractor report`: a page about a recording.

use super::open;
use crate::error::{Error, Result};
use crate::recording::{Output, Recording};
use crate::web;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Report {
    /// The recording; also that of a run that did not end.
    recording: PathBuf,
    /// The page to write, .html or .htm [default: the recording's name with -report.html].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Overwrite an existing page.
    #[arg(long)]
    force: bool,
}

impl Report {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        self.check_output(&self.recording)?;
        self.of(&open(&self.recording)?)
    }

    /// Refuses an output that exists, that is the recording in the file `own`, or that is no page.
    fn check_output(&self, own: &Path) -> Result<()> {
        let output = self.output();
        Output::check(&output, self.force)?;
        if output.canonicalize().ok().is_some_and(|o| own.canonicalize().ok() == Some(o)) {
            let found = "found the recording as the output";
            return Err(Error::file(&output, found, "choose another name with -o"));
        }
        let extension = output.extension().and_then(|e| e.to_str()).map(str::to_lowercase);
        if !matches!(extension.as_deref(), Some("html" | "htm")) {
            let found = "found the name of something that is no page";
            return Err(Error::file(&output, found, "name a file that ends in .html"));
        }
        Ok(())
    }

    /// The same of a recording that is open.
    pub(super) fn of(&self, recording: &Recording) -> Result<ExitCode> {
        self.check_output(recording.path())?;
        let page = web::page(recording)?;
        let output = Output::begin(&self.output(), self.force)?;
        if let Err(error) = std::fs::write(output.part(), &page) {
            return Err(output.discard(&error.to_string().as_str().into()));
        }
        let path = output.path().to_owned();
        output.publish()?;
        say!("{}: {:.1} MB", path.display(), page.len() as f64 / 1e6);
        Ok(ExitCode::SUCCESS)
    }

    fn output(&self) -> PathBuf {
        self.output.clone().unwrap_or_else(|| named_after(&self.recording))
    }
}

/// Beside the recording; its name with .html is what `attractor page` writes of its model.
fn named_after(recording: &Path) -> PathBuf {
    let mut name = recording.file_stem().unwrap_or_default().to_owned();
    name.push("-report.html");
    recording.with_file_name(name)
}
