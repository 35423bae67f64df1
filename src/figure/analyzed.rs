//! Everything that is found in a recording: tables, and figures of them.

use super::trials::Session;
use super::{Beside, Figure, assemblies, bump, choices, courses, geometry, load, responses};
use crate::analysis::assemblies::{Active, ActiveIf, tables};
use crate::analysis::geometry::Geometry;
use crate::analysis::items::HeldItems;
use crate::analysis::learned;
use crate::analysis::sequence;
use crate::analysis::trials::{Options, Responses};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Place, Result};
use crate::model::Model;
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording};
use crate::report::model_of;
use crate::sweep::SweepTable;
use crate::table::Table;
use crate::task::Task;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How a recording is analysed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Width of the bins of rates, around the stimuli of trials and of samples of the geometry, ms.
    pub bin: f64,
    /// Delay activity begins so long after the onset of the delay, ms.
    pub after: Option<f64>,
    /// The neurons of the population with patterns whose own rates are told; typical ones if left out.
    pub neurons: Option<Range<u64>>,
    /// An assembly is active where its rate is at least this, Hz; if left out, as the model expects.
    pub active_above: Option<f64>,
    /// In windows of this length, ms.
    pub active_window: Option<f64>,
}

/// The tables and figures of a recording, by name.
#[derive(Debug, Default)]
pub struct Analyzed {
    /// One row per trial, neuron, bin, component ...
    pub tables: Vec<(String, Table)>,
    /// What they look like.
    pub figures: Vec<(String, Figure)>,
    /// What they say, in sentences.
    pub says: Vec<String>,
}

impl Analyzed {
    /// Analyses the trials of a recording, sequences, active assemblies, bumps, the geometry of its activity, and how far another
    /// recording of the same network is apart.
    ///
    /// # Errors
    /// If there is nothing to analyse, or what is wanted does not fit the recording.
    pub fn of(recording: &Recording, wanted: &Wanted, beside: Option<&Recording>) -> Result<Self> {
        let model = model_of(&recording.provenance()?, recording.path())?;
        check(recording, &model, wanted)?;
        // Trials that end at rest are many, and tell what they found in their table.
        let geometry = match &model.task {
            Some(
                Task::Recall(_)
                | Task::Tour(_)
                | Task::Stimulus(_)
                | Task::Items(_)
                | Task::Decision(_),
            ) => None,
            _ => Geometry::of(recording, Part::Whole, wanted.bin)?,
        };
        let mut found = Self::default();
        match &model.task {
            Some(Task::DelayedMatch(task)) => {
                let options =
                    Options { bin: wanted.bin, after: wanted.after, ..Options::default() };
                let neurons = wanted.neurons.clone();
                let session = Session::of(recording, &model.title, task, options, neurons)?;
                found.tables = session.tables();
                found.figures = session.figures()?;
            }
            Some(Task::Stimulus(task)) => {
                let population = task.population.as_ref();
                let responses = Responses::needed(recording, population, Some(wanted.bin))?;
                found.tables = responses.tables();
                let figure = responses::figure(&model.title, &responses);
                found.add_figure("variability", figure);
            }
            Some(Task::Items(task)) => {
                let held = HeldItems::needed(recording, task)?;
                found.tables = held.tables();
                found.add_table("trials", SweepTable::of_recording(recording)?.trials);
                found.add_figure("load", load::figure(&model.title, &held));
            }
            Some(Task::Decision(task)) => {
                let made = choices::needed(recording, task)?;
                let by_coherence = made.by_coherence();
                found.tables = by_coherence.tables();
                found.add_table("trials", SweepTable::of_recording(recording)?.trials);
                found.add_figure(
                    "psychometric",
                    choices::figure(&model.title, &made, &by_coherence),
                );
            }
            None if geometry.is_some() || beside.is_some() => {}
            Some(Task::Recall(_) | Task::Tour(_)) => {
                found.add_table("trials", SweepTable::of_recording(recording)?.trials);
            }
            None => {
                return Err(Error::file(
                    recording.path(),
                    "found a recording without trials, and fewer than two samples of what single neurons did",
                    "give one of a longer run, with states recorded, or use `attractor info` and `attractor plot`",
                ));
            }
        }
        if let Some(geometry) = &geometry {
            if model.task.is_none() {
                let protocol = recording.protocol()?;
                found.tables.extend(sequence::tables(recording, &geometry.population, &protocol)?);
                found.add_assemblies(recording, &model, &protocol, wanted)?;
            }
            found.tables.extend(geometry.tables());
            found.add_figure("components", geometry::figure(&model.title, geometry));
        }
        if let Some(beside) = beside {
            let beside = Beside::of([recording, beside], None, None)?;
            found.add_table("distance", beside.table());
            found.add_figure("distance", beside.figure(None)?);
            found.says.push(beside.says());
        }
        if let Some(efficacies) = learned::histograms(recording)? {
            found.add_table("efficacies", efficacies);
        }
        if let Some(courses) = recording.courses()? {
            found.add_table("courses", courses);
            if let Some(figure) = courses::usual(recording)? {
                found.add_figure("courses", figure);
            }
        }
        found.add_bumps(recording, &model, wanted.bin)?;
        Ok(found)
    }

    fn add_table(&mut self, name: &str, table: Table) {
        self.tables.push((name.to_owned(), table));
    }

    fn add_figure(&mut self, name: &str, figure: Figure) {
        self.figures.push((name.to_owned(), figure));
    }

    /// Adds tables and figures of bumps. Where there are several the name of the population stands before: behind, `bump_drift_E`
    /// would be the drift of E and the bump of `drift_E`.
    fn add_bumps(&mut self, recording: &Recording, model: &Model, bin: f64) -> Result<()> {
        let all = bump::all(recording, bin)?;
        for bumps in &all {
            let own = |name: &str| match all.len() {
                1 => name.to_owned(),
                _ => format!("{}_{name}", bumps.population),
            };
            let tables = bumps.tables().into_iter();
            self.tables.extend(tables.map(|(name, table)| (own(&name), table)));
            self.add_figure(&own("bump"), bump::figure(&model.title, recording, bumps)?);
            self.says.extend(bumps.says());
        }
        Ok(())
    }

    /// Adds tables and the figure of active assemblies, if any was active.
    fn add_assemblies(
        &mut self,
        recording: &Recording,
        model: &Model,
        protocol: &[EpochShown],
        wanted: &Wanted,
    ) -> Result<()> {
        let active_if = active_if(model, wanted)?;
        if recording.observable() != ObservableKind::Spikes {
            return Ok(());
        }
        let epochs = Active::of_epochs(recording, protocol, active_if)?;
        let tables = tables(&epochs, active_if.step());
        if !tables.is_empty() {
            let figure = assemblies::figure(recording, Part::Whole, Some(active_if))?;
            self.add_figure("assemblies", figure);
        }
        self.tables.extend(tables);
        Ok(())
    }

    /// Writes every table as CSV and every figure as PNG into `folder`; returns the files.
    ///
    /// # Errors
    /// If the folder holds something and `force` is false, or cannot be written.
    pub fn write(&self, folder: &Path, force: bool) -> Result<Vec<PathBuf>> {
        begin(folder, force)?;
        let mut files = Vec::new();
        for (name, table) in &self.tables {
            let path = folder.join(name).with_extension("csv");
            crate::file::write(&path, table.to_csv()).map_err(|e| unwritable(&path, &e))?;
            files.push(path);
        }
        for (name, figure) in &self.figures {
            let path = folder.join(name).with_extension("png");
            figure.save(&path)?;
            files.push(path);
        }
        Ok(files)
    }
}

/// Refuses what is wanted of recordings that do not have it.
fn check(recording: &Recording, model: &Model, wanted: &Wanted) -> Result<()> {
    let (trials, spikes) = (model.task.is_some(), recording.observable() == ObservableKind::Spikes);
    let asked = wanted.active_above.is_some() || wanted.active_window.is_some();
    if asked && (trials || !spikes) {
        return Err(Error::file(
            recording.path(),
            "found a recording of trials, or without spikes, of which active assemblies are not told",
            "leave --active-above and --active-window out",
        ));
    }
    let of_trials = wanted.after.is_some() || wanted.neurons.is_some();
    let found = match &model.task {
        Some(Task::DelayedMatch(_)) => return Ok(()),
        Some(Task::Recall(_) | Task::Tour(_)) => {
            "found trials that end at rest, which have neither delays nor rates of neurons"
        }
        Some(Task::Stimulus(_)) => {
            "found trials of a repeated stimulus, which have no delays and tell no single neurons apart"
        }
        Some(Task::Items(_)) => {
            "found trials with several items, which tell no single neurons apart"
        }
        Some(Task::Decision(_)) => {
            "found trials of a decision, which have no delays and tell no single neurons apart"
        }
        None => {
            "found a recording of a model without a task, of which single neurons and delays are not told apart"
        }
    };
    if of_trials {
        return Err(Error::file(recording.path(), found, "leave --after and --neurons out"));
    }
    Ok(())
}

fn active_if(model: &Model, wanted: &Wanted) -> Result<ActiveIf> {
    let told = model.expect.active_if();
    let active_if = ActiveIf {
        above: wanted.active_above.unwrap_or(told.above),
        window: wanted.active_window.unwrap_or(told.window),
    };
    let argument = Place::Argument("--active-above, --active-window".to_owned());
    active_if.check().map_err(|e| e.at("").placed(argument))?;
    Ok(active_if)
}

/// Makes the folder, which must be empty unless `force` says that files in it may be overwritten.
fn begin(folder: &Path, force: bool) -> Result<()> {
    if folder.is_file() {
        return Err(Error::file(
            folder,
            "found a file where a folder stands",
            "give the name of a folder with -o",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|e| unwritable(folder, &e))?;
    let mut entries = std::fs::read_dir(folder).map_err(|e| unwritable(folder, &e))?;
    if entries.next().is_some() && !force {
        return Err(Error::file(
            folder,
            "found that the folder is not empty",
            "choose another one with -o, or overwrite files in it with --force",
        ));
    }
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::file(
        path,
        format!("found that it cannot be written ({error})"),
        "choose a writable folder with -o, or free space if the disk is full",
    )
}
