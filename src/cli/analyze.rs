//! `attractor analyze`: tables and figures of the trials of a recording, and of the geometry of its activity.

use super::export::range;
use super::open;
use crate::analysis::assemblies::{self, Active, ActiveIf};
use crate::analysis::geometry::Geometry;
use crate::analysis::sequence;
use crate::analysis::trials::{Options, Responses};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Place, Result};
use crate::figure::trials::{self, Session};
use crate::figure::{self, Beside, Figure};
use crate::model::Model;
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording};
use crate::report::{Summary, model_of};
use crate::sweep::SweepTable;
use crate::table::Table;
use crate::task::Task;
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

    /// Adds tables and the figure of active assemblies, if any was active.
    fn assemblies(
        &self,
        recording: &Recording,
        model: &Model,
        protocol: &[EpochShown],
        tables: &mut Vec<(String, Table)>,
        figures: &mut Vec<(String, Figure)>,
    ) -> Result<()> {
        let told = model.expect.active_if();
        let active_if = ActiveIf {
            above: self.active_above.map_or(told.above, Rate::value),
            window: self.active_window.map_or(told.window, Time::value),
        };
        let argument = Place::Argument("--active-above, --active-window".to_owned());
        active_if.check().map_err(|e| e.at("").placed(argument))?;
        if recording.observable() != ObservableKind::Spikes {
            return Ok(());
        }
        let epochs = Active::of_epochs(recording, protocol, active_if)?;
        let found = assemblies::tables(&epochs, active_if.step());
        if !found.is_empty() {
            let figure = figure::assemblies_of(recording, Part::Whole, Some(active_if))?;
            figures.push(("assemblies".to_owned(), figure));
        }
        tables.extend(found);
        Ok(())
    }

    /// The same of a recording that is open.
    pub(super) fn of(&self, recording: &Recording) -> Result<ExitCode> {
        let model = model_of(&recording.provenance()?, recording.path())?;
        let asked = self.active_above.is_some() || self.active_window.is_some();
        if asked && (model.task.is_some() || recording.observable() != ObservableKind::Spikes) {
            return Err(Error::file(
                &self.recording,
                "found a recording of trials, or without spikes, of which active assemblies are not told",
                "leave --active-above and --active-window out",
            ));
        }
        // Trials that end at rest are many, and tell what they found in their table.
        let geometry = match &model.task {
            Some(Task::Recall(_) | Task::Tour(_) | Task::Stimulus(_)) => None,
            _ => Geometry::of(recording, Part::Whole, self.bin.value())?,
        };
        let (mut tables, mut figures) = match &model.task {
            Some(Task::DelayedMatch(task)) => {
                let options = Options {
                    bin: self.bin.value(),
                    after: self.after.map(Time::value),
                    ..Options::default()
                };
                let neurons = self.neurons.as_deref().map(range).transpose()?;
                let session = Session::of(recording, &model.title, task, options, neurons)?;
                (session.tables(), session.figures()?)
            }
            Some(Task::Stimulus(task)) if self.after.is_none() && self.neurons.is_none() => {
                let named = task.population.as_ref();
                let found = Responses::needed(recording, named, self.bin.value())?;
                let figure = figure::responses::figure(&model.title, &found);
                (found.tables(), vec![("variability".to_owned(), figure)])
            }
            Some(Task::Stimulus(_)) => {
                return Err(Error::file(
                    &self.recording,
                    "found trials of a repeated stimulus, which have no delays and tell no single neurons apart",
                    "leave --after and --neurons out",
                ));
            }
            None if self.after.is_some() || self.neurons.is_some() => {
                return Err(Error::file(
                    &self.recording,
                    "found a recording of a model without a task, of which single neurons and delays are not told apart",
                    "leave --after and --neurons out",
                ));
            }
            None if geometry.is_some() || self.beside.is_some() => (Vec::new(), Vec::new()),
            Some(Task::Recall(_) | Task::Tour(_))
                if self.after.is_none() && self.neurons.is_none() =>
            {
                let table = SweepTable::of_recording(recording)?.trials;
                (vec![("trials".to_owned(), table)], Vec::new())
            }
            Some(Task::Recall(_) | Task::Tour(_)) => {
                return Err(Error::file(
                    &self.recording,
                    "found trials that end at rest, which have neither delays nor rates of neurons",
                    "leave --after and --neurons out",
                ));
            }
            None => {
                return Err(Error::file(
                    &self.recording,
                    "found a recording without trials, and fewer than two samples of what single neurons did",
                    "give one of a longer run, with states recorded, or use `attractor info` and `attractor plot`",
                ));
            }
        };
        if let Some(geometry) = &geometry {
            if model.task.is_none() {
                let protocol = recording.protocol()?;
                tables.extend(sequence::tables(recording, &geometry.population, &protocol)?);
                self.assemblies(recording, &model, &protocol, &mut tables, &mut figures)?;
            }
            tables.extend(geometry.tables());
            figures.push(("components".to_owned(), figure::components_of(&model.title, geometry)));
        }
        let bumps = figure::bump::of(recording, self.bin.value())?;
        if let Some(bumps) = &bumps {
            tables.extend(bumps.tables());
            figures
                .push(("bump".to_owned(), figure::bump::figure(&model.title, recording, bumps)?));
        }
        let mut apart = None;
        if let Some(other) = &self.beside {
            let other = open(other)?;
            let beside = Beside::of([recording, &other], None, None)?;
            tables.push(("distance".to_owned(), beside.table()));
            figures.push(("distance".to_owned(), beside.figure(None)?));
            apart = Some(beside.says());
        }
        let folder = self.output.clone().unwrap_or_else(|| {
            let name = self.recording.file_name().unwrap_or_default().to_string_lossy();
            let name = name.trim_end_matches(".part").trim_end_matches(".h5");
            PathBuf::from(format!("{name}-analysis"))
        });
        let files = trials::write(&folder, self.force, tables, figures)?;
        let summary = Summary::of(recording)?;
        say!("{summary}");
        let wandered = bumps.and_then(|bumps| bumps.says());
        apart.into_iter().chain(wandered).for_each(|says| say!("  {says}\n"));
        files.iter().for_each(|file| say!("  {}", file.display()));
        Ok(ExitCode::SUCCESS)
    }
}
