//! Reading a recording.

mod samples;

pub use samples::{Samples, StateSamples};

use super::{CHUNK, Provenance, columns};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result, reason};
use crate::pattern::{Patterns, Shape};
use crate::protocol::EpochShown;
use crate::table::Table;
use crate::task::{self, RecallTrial, Trial};
use crate::units::Clock;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group, H5Type};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// An opened recording.
#[derive(Debug)]
pub struct Recording {
    file: File,
    path: PathBuf,
    /// Of every population, in the order of the model.
    populations: Vec<Population>,
    complete: bool,
    clock: Clock,
}

#[derive(Debug)]
struct Population {
    name: String,
    neurons: usize,
    /// Spikes that may be read.
    spikes: usize,
    intervals: usize,
}

impl Recording {
    /// Opens a recording; of one whose run did not end, what was committed.
    pub fn open(path: &Path) -> Result<Self> {
        if let Err(e) = std::fs::File::open(path) {
            return Err(Error::file(
                path,
                format!("found no readable file ({e})"),
                "check the name",
            ));
        }
        Self::open_file(path).map_err(|e| {
            Error::file(
                path,
                format!("found no recording ({})", reason(&e)),
                "give a file that `attractor run` has written",
            )
        })
    }

    fn open_file(path: &Path) -> hdf5::Result<Self> {
        let file = File::open(path)?;
        let complete = file.attr("complete")?.read_scalar::<u8>()? == 1;
        let rows: Vec<u64> = file.dataset("progress/rows")?.read_raw()?;
        let names = names(&file)?;
        if rows.len() != 1 + 2 * names.len() {
            return Err("its /progress does not fit its populations".into());
        }
        let mut populations = Vec::new();
        let clock = match file.attr("clock") {
            Ok(clock) => Clock::of_unit(&clock.read_scalar::<VarLenUnicode>()?),
            Err(_) => Clock::Ms,
        };
        let group = if clock == Clock::Ms { "spikes" } else { "rates" };
        for (k, name) in names.into_iter().enumerate() {
            let size =
                file.group(&format!("{group}/{name}"))?.attr("neurons")?.read_scalar::<u64>()?;
            populations.push(Population {
                neurons: size as usize,
                spikes: rows[1 + 2 * k] as usize,
                intervals: rows[0] as usize,
                name,
            });
        }
        Ok(Self { file, path: path.to_owned(), populations, complete, clock })
    }

    /// Whether the run came to its end.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What may be seen of the network.
    pub fn observable(&self) -> ObservableKind {
        match self.clock {
            Clock::Ms => ObservableKind::Spikes,
            Clock::Sweeps => ObservableKind::States,
        }
    }

    /// In what time is counted.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Until when every spike is in the recording, ms: its end, or the last whole commit of a run that did not end.
    /// Trials that ended are whole in any case.
    pub fn end(&self) -> Result<f64> {
        let read = || -> hdf5::Result<f64> {
            let mut end = self.file.dataset("progress/time")?.read_raw::<f64>()?[0];
            let rows: Vec<u64> = self.file.dataset("progress/rows")?.read_raw()?;
            for (population, counts) in self.populations.iter().zip(rows[1..].chunks(2)) {
                // Spikes that were seen but not written came after the last one that was.
                if counts[0] < counts[1] {
                    let group = self.file.group(&format!("spikes/{}", population.name))?;
                    let written = counts[0] as usize;
                    let last = slice(&group.dataset("timestamps")?, written.max(1) - 1, written)?;
                    end = end.min(last.first().copied().unwrap_or(0.0));
                }
            }
            Ok(end)
        };
        let trial = self.trials()?.and_then(|trials| trials.last().map(|trial| trial.end));
        Ok(read().map_err(|e| self.error(&e))?.max(trial.unwrap_or(0.0)))
    }

    /// Name and number of neurons of every population, in the order of the model.
    pub fn populations(&self) -> Vec<(String, usize)> {
        self.populations.iter().map(|p| (p.name.clone(), p.neurons)).collect()
    }

    /// Hands over the spikes of a population in order, piece by piece: (times in ms, neurons).
    pub fn for_spikes(&self, population: &str, mut each: impl FnMut(&[f64], &[u64])) -> Result<()> {
        let Some(found) = self.populations.iter().find(|p| p.name == population) else {
            return Ok(());
        };
        if self.clock == Clock::Sweeps {
            return Ok(());
        }
        let mut read = || -> hdf5::Result<()> {
            let group = self.file.group(&format!("spikes/{population}"))?;
            let (times, ids) = (group.dataset("timestamps")?, group.dataset("node_ids")?);
            let mut from = 0;
            while from < found.spikes {
                let to = (from + 16 * CHUNK).min(found.spikes);
                each(&slice::<f64>(&times, from, to)?, &slice::<u64>(&ids, from, to)?);
                from = to;
            }
            Ok(())
        };
        read().map_err(|e| self.error(&e))
    }

    /// All spikes of a population: (times in ms, neurons).
    pub fn spikes(&self, population: &str) -> Result<(Vec<f64>, Vec<u64>)> {
        let mut all = (Vec::new(), Vec::new());
        self.for_spikes(population, |times, ids| {
            all.0.extend_from_slice(times);
            all.1.extend_from_slice(ids);
        })?;
        Ok(all)
    }

    /// How many external spikes were recorded of every population that received some.
    pub fn external(&self) -> Result<Vec<(String, u64)>> {
        if !self.file.link_exists("external") {
            return Ok(Vec::new());
        }
        let read = || -> hdf5::Result<Vec<(String, u64)>> {
            let committed: Vec<u64> = self.file.dataset("progress/external")?.read_raw()?;
            let names = self.populations.iter().map(|p| p.name.clone()).zip(committed);
            Ok(names.filter(|(n, _)| self.file.link_exists(&format!("external/{n}"))).collect())
        };
        read().map_err(|e| self.error(&e))
    }

    /// Whether states of binary neurons were recorded.
    pub fn has_states(&self) -> bool {
        self.file.link_exists("states")
    }

    /// The states of a population of binary neurons, if they were recorded.
    pub fn states(&self, population: &str) -> Result<Option<StateSamples>> {
        self.states_within(population, 0..usize::MAX)
    }

    /// The states at the `looks`, which count as those of [`rates`](Self::rates) do.
    pub fn states_within(
        &self,
        population: &str,
        looks: Range<usize>,
    ) -> Result<Option<StateSamples>> {
        let name = format!("states/{population}");
        if !self.file.link_exists(&name) {
            return Ok(None);
        }
        let read = || -> hdf5::Result<StateSamples> {
            let group = self.file.group(&name)?;
            let dataset = group.dataset("state")?;
            let neurons = dataset.shape()[1];
            let intervals = self.populations.first().map_or(0, |p| p.intervals);
            let to = looks.end.min(dataset.shape()[0]).min(intervals);
            let from = looks.start.min(to);
            let time = slice(&group.dataset("time")?, from, to)?;
            let state = dataset.read_slice_2d::<u8, _>((from..to, ..))?;
            Ok(StateSamples { time, neurons, state: state.into_iter().collect() })
        };
        read().map(Some).map_err(|e| self.error(&e))
    }

    /// The energy over time, or why there is none; nothing of spiking neurons.
    pub fn energy(&self) -> Result<Option<std::result::Result<Samples, String>>> {
        if !self.file.link_exists("energy") {
            return Ok(None);
        }
        if self.file.link_exists("energy/energy") {
            return self.samples("energy", "energy").map(|samples| Some(Ok(samples)));
        }
        let why = || self.file.group("energy")?.attr("none")?.read_scalar::<VarLenUnicode>();
        why().map(|why| Some(Err(why.to_string()))).map_err(|e| self.error(&e))
    }

    /// Overlaps with every pattern of a population (Hz, or a number from -1 to 1), if it has patterns.
    pub fn overlaps(&self, population: &str) -> Result<Option<Samples>> {
        if !self.file.link_exists(&format!("overlaps/{population}")) {
            return Ok(None);
        }
        self.samples(&format!("overlaps/{population}"), "m").map(Some)
    }

    /// Mean rate of a population (Hz), or its mean activity.
    pub fn rates(&self, population: &str) -> Result<Samples> {
        self.samples(&format!("rates/{population}"), "rate")
    }

    fn samples(&self, group: &str, name: &str) -> Result<Samples> {
        let read = || -> hdf5::Result<Samples> {
            let group = self.file.group(group)?;
            let values = group.dataset(name)?;
            let width = values.shape().get(1).copied().unwrap_or(1);
            let intervals = self.populations.first().map_or(0, |p| p.intervals);
            let rows = values.shape()[0].min(intervals);
            let mut time: Vec<f64> = group.dataset("time")?.read_raw()?;
            let mut values: Vec<f64> = values.read_raw()?;
            time.truncate(rows);
            values.truncate(rows * width);
            let interval = match self.clock {
                Clock::Ms => group.attr("interval_ms")?.read_scalar()?,
                Clock::Sweeps => group.attr("interval_sweeps")?.read_scalar()?,
            };
            Ok(Samples { interval, time, width, values })
        };
        read().map_err(|e| self.error(&e))
    }

    /// The trials of recall that have ended, if that was the task.
    pub fn recall_trials(&self) -> Result<Option<Vec<RecallTrial>>> {
        Ok(self.trial_table("columns")?.as_ref().and_then(task::recall_from_table))
    }

    /// The trials of a delayed match to sample that have ended, if that was the task.
    pub fn trials(&self) -> Result<Option<Vec<Trial>>> {
        if self.clock == Clock::Sweeps {
            return Ok(None);
        }
        let Some(table) = self.trial_table("columns")? else { return Ok(None) };
        let damaged = || self.error(&"a column of its trials is missing".into());
        task::from_table(&table).ok_or_else(damaged).map(Some)
    }

    /// What was drawn for the trials that have ended, as a table, if the run had a task.
    pub fn drawn(&self) -> Result<Option<Table>> {
        self.trial_table("columns")
    }

    /// What was found in the trials, once that has been added.
    pub fn results(&self) -> Result<Option<Table>> {
        self.trial_table("results")
    }

    /// How trials of recall ended, which only the running network could tell: duration (sweeps), period (1 of a fixed
    /// point, NaN of none) and first_step.
    pub fn ended(&self) -> Result<Option<Table>> {
        self.trial_table("ended")
    }

    fn trial_table(&self, part: &str) -> Result<Option<Table>> {
        let read = || -> hdf5::Result<Option<Table>> {
            if !self.file.link_exists("trials") || self.file.group("trials")?.attr(part).is_err() {
                return Ok(None);
            }
            let ended = self.file.dataset("progress/trials")?.read_raw::<u64>()?[0] as usize;
            let table = columns::read(&self.file.group("trials")?, part)?;
            Ok(Some(table.head(ended.min(table.rows()))))
        };
        read().map_err(|e| self.error(&e))
    }

    /// Hands over the spikes of a population trial by trial: (number of the trial from 0, times in ms of the
    /// recording, neurons); all spikes in [start, end) of every one of `trials`, which stand in order of time.
    pub fn for_trials(
        &self,
        population: &str,
        trials: &[Trial],
        mut each: impl FnMut(usize, &[f64], &[u64]),
    ) -> Result<()> {
        let (mut times, mut ids) = (Vec::new(), Vec::new());
        let mut next = 0;
        self.for_spikes(population, |new_times, new_ids| {
            times.extend_from_slice(new_times);
            ids.extend_from_slice(new_ids);
            let mut taken = 0;
            while let Some(trial) = trials.get(next)
                && times.last().is_some_and(|last| *last >= trial.end)
            {
                let from = taken + times[taken..].partition_point(|t| *t < trial.start);
                let to = from + times[from..].partition_point(|t| *t < trial.end);
                each(next, &times[from..to], &ids[from..to]);
                (taken, next) = (to, next + 1);
            }
            times.drain(..taken);
            ids.drain(..taken);
        })?;
        for (k, trial) in trials.iter().enumerate().skip(next) {
            let from = times.partition_point(|t| *t < trial.start);
            let to = times.partition_point(|t| *t < trial.end);
            each(k, &times[from..to], &ids[from..to]);
        }
        Ok(())
    }

    /// The stored patterns of a population, if it has some.
    pub fn patterns(&self, population: &str) -> Result<Option<Patterns>> {
        let name = format!("patterns/{population}");
        if !self.file.link_exists(&name) {
            return Ok(None);
        }
        let read = || -> hdf5::Result<Patterns> {
            let group = self.file.group(&name)?;
            let xi = group.dataset("xi")?;
            let neurons = xi.shape()[1];
            let xi: Vec<u8> = xi.read_raw()?;
            let members =
                |row: &[u8]| (0..neurons as u32).filter(|&i| row[i as usize] != 0).collect();
            let patterns =
                Patterns::from_foreground(neurons, xi.chunks(neurons).map(members).collect());
            let shape = match group.attr("shape") {
                Err(_) => None,
                Ok(shape) => match shape.read_raw::<u64>()?[..] {
                    [rows, columns] => {
                        Some(Shape { columns: columns as usize, rows: rows as usize })
                    }
                    _ => return Err("the shape of its patterns has not two numbers".into()),
                },
            };
            let names = match group.link_exists("names") {
                false => Vec::new(),
                true => group.dataset("names")?.read_raw::<VarLenUnicode>()?,
            };
            let names = names.iter().map(|name| name.to_string()).collect();
            Ok(patterns.with_shape(shape).with_names(names))
        };
        read().map(Some).map_err(|e| self.error(&e))
    }

    /// The protocol.
    pub fn protocol(&self) -> Result<Vec<EpochShown>> {
        let read = || -> hdf5::Result<Vec<EpochShown>> {
            let group = self.file.group("protocol")?;
            let text = |name| group.dataset(name)?.read_raw::<VarLenUnicode>();
            let number = |name| group.dataset(name)?.read_raw::<f64>();
            let (start, end) = (number("start")?, number("end")?);
            let epochs =
                text("name")?.into_iter().zip(text("show")?).zip(start.into_iter().zip(end));
            epochs
                .map(|((name, show), (start, end))| {
                    let show = serde_json::from_str(&show).map_err(|e| e.to_string())?;
                    Ok(EpochShown { name: name.to_string(), start, end, show })
                })
                .collect()
        };
        read().map_err(|e| self.error(&e))
    }

    /// Where the recording comes from; of an incomplete one, the model only.
    pub fn provenance(&self) -> Result<Provenance> {
        let read = || -> hdf5::Result<Provenance> {
            let group = self.file.group("provenance")?;
            let has = |name: &str| group.attr(name).is_ok();
            let text = |name: &str| -> hdf5::Result<String> {
                if !has(name) {
                    return Ok(String::new());
                }
                Ok(group.attr(name)?.read_scalar::<VarLenUnicode>()?.to_string())
            };
            Ok(Provenance {
                model_text: text("model_text")?,
                model_resolved: text("model_resolved")?,
                seed: scalar(&group, "seed")?,
                version: text("version")?,
                command_line: text("command_line")?,
                started: text("started")?,
                ended: text("ended")?,
                threads: scalar(&group, "threads")?,
                data_hash: text("data_hash")?,
                external_hash: text("external_hash")?,
                simulated_ms: scalar(&group, "simulated_ms")?,
                wall_s: scalar(&group, "wall_s")?,
                build_s: scalar(&group, "build_s")?,
                synapses: scalar(&group, "synapses")?,
                synaptic_events: scalar(&group, "synaptic_events")?,
                external_events: scalar(&group, "external_events")?,
                peak_rss_mb: scalar(&group, "peak_rss_mb")?,
            })
        };
        read().map_err(|e| self.error(&e))
    }

    fn error(&self, error: &hdf5::Error) -> Error {
        Error::file(
            &self.path,
            format!("found a damaged recording ({})", reason(error)),
            "run the model again",
        )
    }
}

/// The populations in the order of the model, which is the order of their creation.
fn names(file: &File) -> hdf5::Result<Vec<String>> {
    let names = file.dataset("progress/populations")?.read_raw::<VarLenUnicode>()?;
    Ok(names.into_iter().map(|n| n.to_string()).collect())
}

fn slice<T: H5Type + Clone>(dataset: &Dataset, from: usize, to: usize) -> hdf5::Result<Vec<T>> {
    Ok(dataset.read_slice_1d::<T, _>(from..to)?.to_vec())
}

fn scalar<T: H5Type + Default>(group: &Group, name: &str) -> hdf5::Result<T> {
    match group.attr(name) {
        Ok(attribute) => attribute.read_scalar(),
        Err(_) => Ok(T::default()),
    }
}
