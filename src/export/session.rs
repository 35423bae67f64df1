//! What an export tells of a recording.

use super::Failure;
use crate::error::{Error, Place, Result, suggest};
use crate::recording::{Recording, Traces};
use crate::table::Table;
use crate::task::Trial;
use std::ops::Range;

/// The neurons that are exported.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Of this population only.
    pub population: Option<String>,
    /// These only, numbered from 0 within each population.
    pub neurons: Option<Range<u64>>,
}

/// A recording as it is exported.
#[derive(Debug)]
pub(super) struct Session<'a> {
    recording: &'a Recording,
    pub populations: Vec<Chosen>,
    /// One row per trial that ended, with what was drawn and what was found; none without a task.
    pub trials: Option<Table>,
    /// name, start_ms, end_ms, trial (from 1, 0 outside trials), show (JSON).
    pub epochs: Table,
    /// The trials that ended, in order of time.
    pub drawn: Vec<Trial>,
    /// Until when every spike is known, ms; it begins at 0.
    pub end: f64,
    pub about: About,
}

/// The chosen neurons of a population.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    pub name: String,
    /// From 0, within the population.
    pub neurons: Range<u64>,
    whole: bool,
}

impl Chosen {
    /// How many neurons they are.
    pub fn size(&self) -> usize {
        (self.neurons.end - self.neurons.start) as usize
    }
}

/// Where a recording comes from; empty where that is not known.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    pub title: String,
    /// What the model shows.
    pub shows: String,
    /// The model with every default in place.
    pub model: String,
    pub data_hash: String,
    /// Beginning of the run, UTC.
    pub started: String,
    /// Name of the recording without extension.
    pub stem: String,
}

/// The spikes of a population, neuron by neuron.
#[derive(Debug)]
pub(super) struct Trains {
    times: Vec<f64>,
    /// Where the spikes of a neuron end.
    ends: Vec<u64>,
}

impl Trains {
    /// All times in ms: those of the first neuron in order, then those of the next.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Where the spikes of every neuron end among all.
    pub fn ends(&self) -> &[u64] {
        &self.ends
    }

    /// The spike times of every neuron, ms.
    pub fn each(&self) -> impl Iterator<Item = &[f64]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&from, &to)| &self.times[from as usize..to as usize])
    }
}

impl<'a> Session<'a> {
    /// # Errors
    /// If the selection does not fit the recording, or this cannot be read.
    pub fn new(recording: &'a Recording, selection: &Selection) -> Result<Self> {
        let drawn = recording.trials()?;
        let mut trials = recording.drawn()?.filter(|_| drawn.is_some());
        if let Some(results) = recording.results()? {
            trials = trials.map(|drawn| drawn.beside(results));
        }
        let drawn = drawn.unwrap_or_default();
        let end = recording.end()?;
        Ok(Self {
            recording,
            populations: choose(recording, selection)?,
            trials,
            epochs: epochs(recording, &drawn, end)?,
            drawn,
            end,
            about: About::of(recording)?,
        })
    }

    /// Hands over the chosen spikes of a population in order of time, piece by piece: (times in ms, neurons).
    pub fn for_spikes(
        &self,
        chosen: &Chosen,
        mut each: impl FnMut(&[f64], &[u64]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut done = Ok(());
        let (mut some_times, mut some_ids) = (Vec::new(), Vec::new());
        self.recording.for_spikes(&chosen.name, |times, ids| {
            if done.is_err() {
                return;
            }
            // Later ones may be missing in other populations.
            let number = times.partition_point(|time| *time < self.end);
            let (times, ids) = (&times[..number], &ids[..number]);
            if chosen.whole {
                done = each(times, ids);
                return;
            }
            some_times.clear();
            some_ids.clear();
            for (time, id) in times.iter().zip(ids).filter(|(_, id)| chosen.neurons.contains(id)) {
                some_times.push(*time);
                some_ids.push(*id);
            }
            done = each(&some_times, &some_ids);
        })?;
        done
    }

    /// The membrane potentials of chosen neurons, if some were recorded.
    pub fn potentials(&self, chosen: &Chosen) -> Result<Option<Traces>, Failure> {
        let all = self.recording.potentials(&chosen.name)?;
        let own = all.map(|traces| traces.only(|neuron| chosen.neurons.contains(&neuron)));
        Ok(own.filter(|traces| !traces.neurons.is_empty()))
    }

    /// How many spikes are chosen of a population.
    pub fn spikes(&self, chosen: &Chosen) -> Result<u64, Failure> {
        let mut number = 0;
        self.for_spikes(chosen, |times, _| {
            number += times.len() as u64;
            Ok(())
        })?;
        Ok(number)
    }

    /// The chosen spikes of a population, sorted by neuron: 8 bytes per spike in memory.
    pub fn trains(&self, chosen: &Chosen) -> Result<Trains, Failure> {
        let index = |id: &u64| (id - chosen.neurons.start) as usize;
        let mut next = vec![0u64; chosen.size()];
        self.for_spikes(chosen, |_, ids| {
            ids.iter().for_each(|id| next[index(id)] += 1);
            Ok(())
        })?;
        let mut number = 0;
        for count in &mut next {
            (*count, number) = (number, number + *count);
        }
        let mut times = vec![0.0; number as usize];
        self.for_spikes(chosen, |new_times, ids| {
            for (time, id) in new_times.iter().zip(ids) {
                let place = &mut next[index(id)];
                times[*place as usize] = *time;
                *place += 1;
            }
            Ok(())
        })?;
        Ok(Trains { times, ends: next })
    }

    /// The number of the trial that `time` (ms) lies in, 0 outside.
    pub fn trial_at(&self, time: f64) -> u64 {
        trial_at(&self.drawn, time)
    }
}

/// Trials follow one another; each lasts for [start, end).
fn trial_at(trials: &[Trial], time: f64) -> u64 {
    let begun = trials.partition_point(|trial| trial.start <= time);
    let last = begun.checked_sub(1).map(|k| &trials[k]);
    last.filter(|trial| time < trial.end).map_or(0, |trial| trial.number as u64)
}

/// The epochs that have begun; the last one ends where the recording does.
fn epochs(recording: &Recording, trials: &[Trial], until: f64) -> Result<Table> {
    let mut epochs = recording.protocol()?;
    epochs.retain(|epoch| epoch.start < until);
    // A time that was added up in another order may differ in its last bits.
    let middle = |start: f64, end: f64| 0.5 * (start + end);
    let show = |epoch| serde_json::to_string(epoch).expect("stimuli are plain data");
    Ok(Table::default()
        .text("name", epochs.iter().map(|e| e.name.clone()).collect())
        .real("start_ms", epochs.iter().map(|e| e.start).collect())
        .real("end_ms", epochs.iter().map(|e| e.end.min(until)).collect())
        .whole("trial", epochs.iter().map(|e| trial_at(trials, middle(e.start, e.end))).collect())
        .text("show", epochs.iter().map(|e| show(&e.show)).collect()))
}

fn choose(recording: &Recording, selection: &Selection) -> Result<Vec<Chosen>> {
    let mut populations = recording.populations();
    if let Some(wanted) = &selection.population {
        let names: Vec<&str> = populations.iter().map(|(name, _)| name.as_str()).collect();
        if !names.contains(&wanted.as_str()) {
            let found = format!("found no population {wanted} in the recording");
            return Err(Error::input(found, "", suggest(wanted, names))
                .placed(Place::Argument(format!("--population {wanted}"))));
        }
        populations.retain(|(name, _)| name == wanted);
    }
    populations
        .into_iter()
        .map(|(name, size)| of_population(name, size as u64, selection))
        .collect()
}

fn of_population(name: String, size: u64, selection: &Selection) -> Result<Chosen> {
    let all = 0..size;
    let neurons = selection.neurons.clone().unwrap_or(all.clone());
    if neurons.is_empty() || neurons.end > size {
        let Range { start, end } = neurons;
        return Err(Error::input(
            format!("found neurons {start}..{end} of {size} neurons of population {name}"),
            "A..B means neuron A to before neuron B, from 0",
            format!("write for example --population {name} --neurons 0..{}", size.min(100)),
        )
        .placed(Place::Argument(format!("--neurons {start}..{end}"))));
    }
    Ok(Chosen { name, whole: neurons == all, neurons })
}

impl About {
    fn of(recording: &Recording) -> Result<Self> {
        let provenance = recording.provenance()?;
        let model: toml::Table = toml::from_str(&provenance.model_resolved).unwrap_or_default();
        let text = |key: &str| model.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        let stem = recording.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self {
            title: text("title").unwrap_or_else(|| stem.clone()),
            shows: text("shows").unwrap_or_default(),
            model: provenance.model_resolved,
            data_hash: provenance.data_hash,
            started: provenance.started,
            stem,
        })
    }
}
