//! Writing a recording while the run goes on.

use super::Recording;
use super::external::External;
use super::output::Output;
use super::population::Recorded;
use super::series::{Series, unicode, write_text};
use super::states::{States, StatesHeader};
use super::{MAGIC, Provenance, columns};
use crate::dynamics::Spike;
use crate::error::{Error, Result};
use crate::network::Placed;
use crate::pattern::{Patterns, Shape};
use crate::protocol::EpochShown;
use crate::table::Table;
use crate::units::Clock;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use std::path::Path;

/// What a recording must know before the run.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    pub populations: &'a [Placed],
    pub patterns: &'a IndexMap<String, Patterns>,
    pub protocol: &'a [EpochShown],
    /// The trials that the run will have, if it has a task.
    pub trials: Option<&'a Table>,
    /// Length of a sampling interval, ms.
    pub interval: f64,
    /// Whether the external spikes of a population are recorded: one entry per population, or none at all.
    pub external: &'a [bool],
    /// Of a binary network: states are recorded in place of spikes.
    pub states: Option<&'a StatesHeader>,
    /// What is known of [`Provenance`] before the run.
    pub provenance: &'a Provenance,
}

impl Header<'_> {
    fn clock(&self) -> Clock {
        if self.states.is_some() { Clock::Sweeps } else { Clock::Ms }
    }
}

/// Writes spikes, rates and overlaps to a file as the run produces them, in bounded memory.
pub struct Recorder {
    file: File,
    output: Output,
    /// Of spiking neurons.
    populations: Vec<Recorded>,
    /// Of binary neurons.
    states: Option<States>,
    /// Of every population, if external spikes are recorded at all.
    external: Vec<Option<External>>,
    progress: Progress,
    interval: f64,
    /// Where sampling began last, ms, and intervals since.
    origin: f64,
    samples: u64,
    /// Trials that have ended, and the time that has been recorded, ms.
    trials: u64,
    reached: f64,
    /// Hash of what does not grow: patterns and protocol.
    fixed: Sha256,
}

/// How much of a file is valid.
struct Progress {
    rows: Dataset,
    time: Dataset,
    /// Trials that have ended, if the run has a task.
    trials: Option<Dataset>,
    /// External spikes, if they are recorded.
    external: Option<Dataset>,
}

impl Recorder {
    /// Starts a recording that will be called `path` once it is complete.
    ///
    /// # Errors
    /// If `path` exists and `force` is false, or if nothing can be written there.
    pub fn create(path: &Path, force: bool, header: Header) -> Result<Self> {
        let output = Output::begin(path, force)?;
        Self::create_in(&output, header).map_err(|e| output.discard(&e))
    }

    fn create_in(output: &Output, header: Header) -> hdf5::Result<Self> {
        let file = File::create(output.part())?;
        file.new_attr::<u32>().create("magic")?.write_scalar(&MAGIC)?;
        file.new_attr::<u32>().shape(2).create("version")?.write(&[0, 1])?;
        file.new_attr::<u8>().create("complete")?.write_scalar(&0)?;
        write_text(&file, "clock", header.clock().unit())?;
        let provenance = file.create_group("provenance")?;
        write_provenance(&provenance, header.provenance, |name| BEFORE.contains(&name))?;

        let mut fixed = Sha256::new();
        write_patterns(&file, header.patterns, &mut fixed)?;
        write_protocol(&file, header, &mut fixed)?;
        if let Some(trials) = header.trials {
            columns::write(&file.create_group("trials")?, "columns", trials)?;
        }
        let (populations, states) = match header.states {
            None => (create_spikes(&file, header)?, None),
            Some(states) => {
                let Header { populations, patterns, interval, .. } = header;
                let states = States::create(&file, states, populations, patterns, interval)?;
                (Vec::new(), Some(states))
            }
        };
        let external = create_external(&file, header)?;
        let group = file.create_group("progress")?;
        let rows =
            group.new_dataset::<u64>().shape(1 + 2 * header.populations.len()).create("rows")?;
        let time = group.new_dataset::<f64>().shape(1).create("time")?;
        write_text(&time, "units", header.clock().unit())?;
        let names: Vec<VarLenUnicode> =
            header.populations.iter().map(|p| unicode(&p.name)).collect();
        let order =
            group.new_dataset::<VarLenUnicode>().shape(names.len()).create("populations")?;
        order.write(&names)?;
        let progress = Progress {
            rows,
            time,
            trials: match header.trials {
                None => None,
                Some(_) => Some(group.new_dataset::<u64>().shape(1).create("trials")?),
            },
            external: match external.len() {
                0 => None,
                n => Some(group.new_dataset::<u64>().shape(n).create("external")?),
            },
        };
        let mut recorder = Self {
            file,
            output: output.clone(),
            populations,
            states,
            external,
            progress,
            interval: header.interval,
            origin: 0.0,
            samples: 0,
            trials: 0,
            reached: 0.0,
            fixed,
        };
        // From now on a run that is killed leaves a file that opens.
        recorder.try_commit()?;
        Ok(recorder)
    }

    /// Begins to sample anew at `start` ms, with a whole interval.
    pub fn begin(&mut self, start: f64) {
        self.populations.iter_mut().for_each(Recorded::forget);
        (self.origin, self.samples) = (start, 0);
    }

    /// The end of the interval that is being sampled, ms.
    pub fn next_sample(&self) -> f64 {
        self.origin + (self.samples + 1) as f64 * self.interval
    }

    /// Takes the spikes of an advance that ended at `time`; call it at least at every [`Recorder::next_sample`].
    pub fn observe(&mut self, spikes: &[Spike], time: f64) -> Result<()> {
        for spike in spikes {
            // Populations follow one another in the numbering of neurons.
            let k = self.populations.partition_point(|p| p.end <= spike.neuron);
            self.populations[k].take(spike);
        }
        if time >= self.next_sample() {
            let centre = self.origin + (self.samples as f64 + 0.5) * self.interval;
            for population in &mut self.populations {
                population.sample(centre, self.interval);
            }
            self.samples += 1;
        }
        self.reached = time;
        let write = |p: &mut Recorded| p.each(Series::write_chunks, Series::write_chunks);
        self.populations.iter_mut().try_for_each(write).map_err(|e| self.output.error(&e))
    }

    /// Takes the state of a binary network at `time` sweeps, which every interval of sampling looks at.
    pub fn observe_state(&mut self, time: f64, active: &[bool], energy: Option<f64>) -> Result<()> {
        self.reached = time;
        let Some(states) = &mut self.states else { return Ok(()) };
        states.take(time, active, energy);
        states.each(Series::write_chunks, Series::write_chunks).map_err(|e| self.output.error(&e))
    }

    /// Takes the state at the end of an epoch or a trial, by which the data are known.
    pub fn end_state(&mut self, active: &[bool]) {
        self.states.iter_mut().for_each(|states| states.end(active));
    }

    /// Ends a trial: what has been taken so far is written in full, so that the next commit holds the trial.
    pub fn end_trial(&mut self) -> Result<()> {
        self.trials += 1;
        self.write_all().map_err(|e| self.output.error(&e))
    }

    fn write_all(&mut self) -> hdf5::Result<()> {
        for population in &mut self.populations {
            population.each(Series::finish, Series::finish)?;
        }
        if let Some(states) = &mut self.states {
            states.each(Series::finish, Series::finish)?;
        }
        self.external.iter_mut().flatten().try_for_each(External::finish)
    }

    /// Adds what was found in the trials that have ended, where a run is told to stop.
    pub fn add_results(&mut self, results: &Table) -> Result<()> {
        let add = || {
            columns::write(&self.file.group("trials")?, "results", results)?;
            self.file.flush()
        };
        add().map_err(|e| self.output.error(&e))
    }

    /// Whether external spikes are recorded.
    pub fn wants_external(&self) -> bool {
        !self.external.is_empty()
    }

    /// Takes the external spikes of an advance.
    pub fn observe_external(&mut self, spikes: &[Spike]) -> Result<()> {
        let take = |external: &mut External| {
            external.take(spikes);
            external.write_chunks()
        };
        self.external.iter_mut().flatten().try_for_each(take).map_err(|e| self.output.error(&e))
    }

    /// Makes what has been written so far survive a kill.
    pub fn commit(&mut self) -> Result<()> {
        self.try_commit().map_err(|e| self.output.error(&e))
    }

    /// The error of a run that was told to stop.
    pub fn interrupted(&self) -> Error {
        let found = match self.progress.trials {
            Some(_) => format!("found that the run was stopped after {} trials", self.trials),
            None => {
                let unit = if self.states.is_some() { "sweeps" } else { "ms" };
                format!("found that the run was stopped at {} {unit}", self.reached)
            }
        };
        let remedy = "read what was recorded with `attractor info`, `plot` or `analyze`, or run again with --force";
        Error::interrupt(self.output.part(), found, remedy)
    }

    /// Chunks first, then the number of rows that are valid: a reader never goes beyond it.
    fn try_commit(&mut self) -> hdf5::Result<()> {
        self.file.flush()?;
        self.write_progress()?;
        self.file.flush()
    }

    fn write_progress(&mut self) -> hdf5::Result<()> {
        let intervals = match &self.states {
            Some(states) => states.intervals(),
            None => self.populations.iter().map(Recorded::intervals).min().unwrap_or(0),
        };
        let mut rows = vec![intervals as u64];
        rows.extend(self.populations.iter().flat_map(Recorded::progress));
        rows.resize(self.progress.rows.size(), 0);
        self.progress.rows.write(&rows)?;
        if let Some(external) = &self.progress.external {
            let written = |e: &Option<External>| e.as_ref().map_or(0, External::written);
            external.write(&self.external.iter().map(written).collect::<Vec<_>>())?;
        }
        if let Some(trials) = &self.progress.trials {
            trials.write(&[self.trials])?;
        }
        self.progress.time.write(&[self.reached])
    }

    /// Writes what is left and the provenance: the recording is complete, but has not got its name yet.
    pub fn finish(mut self, provenance: Provenance) -> Result<Finished> {
        let data_hash = self.try_finish(provenance).map_err(|e| self.output.error(&e))?;
        let Self { file, output, populations, states, external, progress, .. } = self;
        drop((populations, states, external, progress));
        file.close().map_err(|e| output.error(&e))?;
        Ok(Finished { output, data_hash })
    }

    fn try_finish(&mut self, mut provenance: Provenance) -> hdf5::Result<String> {
        self.write_all()?;
        let mut hash = self.fixed.clone();
        self.populations.iter().for_each(|p| p.hash_into(&mut hash));
        self.states.iter().for_each(|states| states.hash_into(&mut hash));
        provenance.data_hash = hex(hash);
        if self.wants_external() {
            let mut hash = Sha256::new();
            self.external.iter().flatten().for_each(|external| external.hash_into(&mut hash));
            provenance.external_hash = hex(hash);
        }
        let group = self.file.group("provenance")?;
        write_provenance(&group, &provenance, |name| !BEFORE.contains(&name))?;
        self.write_progress()?;
        self.file.attr("complete")?.write_scalar(&1u8)?;
        self.file.flush()?;
        Ok(provenance.data_hash)
    }
}

/// A complete recording that has not got its name yet.
#[must_use = "a recording without its name is lost"]
pub struct Finished {
    output: Output,
    pub data_hash: String,
}

impl Finished {
    /// The recording, to be analysed.
    pub fn open(&self) -> Result<Recording> {
        Recording::open(self.output.part())
    }

    /// Adds columns to the table of trials: what an analysis of the recording gives.
    pub fn add_results(&self, results: &Table) -> Result<()> {
        let add = || -> hdf5::Result<()> {
            let file = File::open_rw(self.output.part())?;
            columns::write(&file.group("trials")?, "results", results)?;
            file.close()
        };
        add().map_err(|e| self.output.error(&e))
    }

    /// Gives the file its name.
    pub fn publish(self) -> Result<()> {
        self.output.publish()
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Groups for the spikes, rates and overlaps of spiking neurons.
fn create_spikes(file: &File, header: Header) -> hdf5::Result<Vec<Recorded>> {
    let (spikes, rates) = (file.create_group("spikes")?, file.create_group("rates")?);
    let overlaps = file.create_group("overlaps")?;
    let create = |population| Recorded::create(population, header, &spikes, &rates, &overlaps);
    header.populations.iter().map(create).collect()
}

/// Groups for the external spikes of the populations that receive some, if they are recorded.
fn create_external(file: &File, header: Header) -> hdf5::Result<Vec<Option<External>>> {
    if header.external.is_empty() {
        return Ok(Vec::new());
    }
    let parent = file.create_group("external")?;
    let create = |(population, &recorded): (&Placed, &bool)| {
        recorded.then(|| External::create(population, &parent)).transpose()
    };
    header.populations.iter().zip(header.external).map(create).collect()
}

fn write_patterns(
    file: &File,
    patterns: &IndexMap<String, Patterns>,
    hash: &mut Sha256,
) -> hdf5::Result<()> {
    let group = file.create_group("patterns")?;
    for (name, patterns) in patterns {
        let xi = patterns.rows().concat();
        hash.update(name);
        hash.update(&xi);
        let shape = (patterns.number(), patterns.neurons());
        let group = group.create_group(name)?;
        group.new_dataset::<u8>().shape(shape).create("xi")?.write_raw(&xi)?;
        if let Some(Shape { columns, rows }) = patterns.shape() {
            let shape = group.new_attr::<u64>().shape(2).create("shape")?;
            shape.write(&[rows as u64, columns as u64])?;
        }
        if !patterns.names().is_empty() {
            let names: Vec<VarLenUnicode> = patterns.names().iter().map(|n| unicode(n)).collect();
            let dataset =
                group.new_dataset::<VarLenUnicode>().shape(names.len()).create("names")?;
            dataset.write(&names)?;
        }
    }
    Ok(())
}

fn write_protocol(file: &File, header: Header, hash: &mut Sha256) -> hdf5::Result<()> {
    let protocol = header.protocol;
    let group = file.create_group("protocol")?;
    let text = |name: &str, texts: Vec<String>| -> hdf5::Result<()> {
        let texts: Vec<VarLenUnicode> = texts.iter().map(|t| unicode(t)).collect();
        group.new_dataset::<VarLenUnicode>().shape(texts.len()).create(name)?.write(&texts)
    };
    let show: Vec<String> = protocol
        .iter()
        .map(|e| serde_json::to_string(&e.show).expect("stimuli are plain data"))
        .collect();
    for (epoch, show) in protocol.iter().zip(&show) {
        hash.update(&epoch.name);
        hash.update(show);
        hash.update(epoch.start.to_le_bytes());
        hash.update(epoch.end.to_le_bytes());
    }
    text("name", protocol.iter().map(|e| e.name.clone()).collect())?;
    text("show", show)?;
    for (name, values) in [
        ("start", protocol.iter().map(|epoch| epoch.start).collect::<Vec<f64>>()),
        ("end", protocol.iter().map(|epoch| epoch.end).collect()),
    ] {
        let dataset = group.new_dataset::<f64>().shape(values.len()).create(name)?;
        dataset.write(&values)?;
        write_text(&dataset, "units", header.clock().unit())?;
    }
    Ok(())
}

/// The attributes of `/provenance` that are known before the run.
const BEFORE: [&str; 8] = [
    "model_text",
    "model_resolved",
    "seed",
    "version",
    "command_line",
    "started",
    "threads",
    "synapses",
];

fn write_provenance(
    group: &Group,
    provenance: &Provenance,
    wanted: impl Fn(&str) -> bool,
) -> hdf5::Result<()> {
    let value = serde_json::to_value(provenance).expect("provenance is plain data");
    let attributes = value.as_object().into_iter().flatten();
    for (name, value) in attributes.filter(|(name, _)| wanted(name)) {
        if let Some(text) = value.as_str() {
            write_text(group, name, text)?;
        } else if let Some(whole) = value.as_u64() {
            group.new_attr::<u64>().create(name.as_str())?.write_scalar(&whole)?;
        } else if let Some(real) = value.as_f64() {
            group.new_attr::<f64>().create(name.as_str())?.write_scalar(&real)?;
        }
    }
    Ok(())
}
