//! `attractor analyze`: tables and figures of the trials of a recording, and of the geometry of its activity.

use super::export::range;
use super::open;
use crate::error::Result;
use crate::figure::{Analyzed, Wanted};
use crate::recording::Recording;
use crate::report::Summary;
use crate::units::{Rate, Time};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Analyze {
    /// The recording; also that of a run that did not end.
    recording: PathBuf,
    /// The folder to write [default: the recording's name with -analysis, here].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Width of the bins of rates, around sample, delay and test and of samples of the geometry.
    #[arg(long, default_value = "50 ms")]
    bin: Time,
    /// Delay activity begins this long after the onset of the delay [default: 300 ms, or half the delay if it is shorter].
    #[arg(long)]
    after: Option<Time>,
    /// Neurons A to before B of the population with patterns are those whose own rates are written and drawn (the first
    /// 12) [default: three typical ones].
    #[arg(long, value_name = "A..B")]
    neurons: Option<String>,
    /// An assembly is active where its rate is at least this [default: what [[expect.assemblies]] says, or 20 Hz] ...
    #[arg(long, value_name = "RATE")]
    active_above: Option<Rate>,
    /// ... in a window of this length, of which nothing shorter counts [default: what [[expect.assemblies]] says, or 50 ms].
    #[arg(long, value_name = "TIME")]
    active_window: Option<Time>,
    /// A recording of the same network from another start: how far both are apart at every look.
    #[arg(long, value_name = "OTHER.h5")]
    beside: Option<PathBuf>,
    /// Overwrite files in the folder.
    #[arg(long)]
    force: bool,
}

impl Analyze {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        self.of(&open(&self.recording)?)
    }

    /// The same of a recording that is open.
    pub(super) fn of(&self, recording: &Recording) -> Result<ExitCode> {
        let wanted = Wanted {
            bin: self.bin.value(),
            after: self.after.map(Time::value),
            neurons: self.neurons.as_deref().map(range).transpose()?,
            active_above: self.active_above.map(Rate::value),
            active_window: self.active_window.map(Time::value),
        };
        let beside = self.beside.as_deref().map(open).transpose()?;
        let analyzed = Analyzed::of(recording, &wanted, beside.as_ref())?;
        let folder = self.output.clone().unwrap_or_else(|| {
            let name = self.recording.file_name().unwrap_or_default().to_string_lossy();
            let name = name.trim_end_matches(".part").trim_end_matches(".h5");
            PathBuf::from(format!("{name}-analysis"))
        });
        let files = analyzed.write(&folder, self.force)?;
        let summary = Summary::of(recording)?;
        say!("{summary}");
        analyzed.says.iter().for_each(|says| say!("  {says}\n"));
        files.iter().for_each(|file| say!("  {}", file.display()));
        Ok(ExitCode::SUCCESS)
    }
}
