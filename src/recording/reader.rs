//! Reading a recording.

mod efficacies;
mod graded;
mod moments;
mod patterns;
mod samples;
mod told;
mod traces;
mod trials;
mod values;
mod verify;

pub use efficacies::LearnedEfficacies;
pub use samples::{Samples, StateSamples};
pub use traces::Traces;

use super::check::Outline;
use super::header::{ENDED, read_provenance};
#[cfg(feature = "hdf5")]
use super::lock::beside;
use super::store::{Attribute, Fault, Result as Stored, Store};
use super::{CHUNK, Provenance};
use crate::dynamics::ObservableKind;
#[cfg(feature = "hdf5")]
use crate::error::quoted;
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::table::Table;
use crate::task::{self, RecallTrial, TourTrial, Trial};
use crate::units::Clock;
use std::ops::Range;
use std::path::Path;
use values::{Drawn, InOrder, check_protocol, check_samples, check_times, check_trials};

/// An opened recording.
///
/// # Errors
/// Whatever reads it fails where it is damaged.
#[derive(Debug)]
pub struct Recording {
    store: Box<dyn Store>,
    /// Of every population, in the order of the model.
    populations: Vec<Population>,
    complete: bool,
    observable: ObservableKind,
    clock: Clock,
    /// Whether its trials, if it has some, end by themselves.
    relaxes: bool,
}

#[derive(Debug)]
struct Population {
    name: String,
    neurons: usize,
    spikes: usize,
    patterns: usize,
}

impl Recording {
    /// Opens the recording in a file; of one whose run did not end, what was committed.
    #[cfg(feature = "hdf5")]
    pub fn open(path: &Path) -> Result<Self> {
        if let Err(e) = crate::file::open(path) {
            let found = format!("found no readable file ({e})");
            let part = beside(path, "part");
            let remedy = if part.exists() {
                format!(
                    "its run has not ended: give {}, or go on with it by `attractor run --resume`",
                    quoted(&part)
                )
            } else if is_begun(path) {
                "a run that writes it has begun and not committed anything yet; wait for some seconds".to_owned()
            } else {
                "check the name".to_owned()
            };
            return Err(Error::file(path, found, remedy));
        }
        match super::Hdf5::open(path) {
            Ok(store) => Self::of(Box::new(store)),
            Err(fault) => Err(no_recording(path, &fault)),
        }
    }

    /// The recording in a store.
    pub fn of(store: Box<dyn Store>) -> Result<Self> {
        let place = store.place().to_owned();
        let recording = Self::of_store(store).map_err(|fault| no_recording(&place, &fault))?;
        recording.sound(recording.outline().check())?;
        Ok(recording)
    }

    fn outline(&self) -> Outline<'_> {
        Outline {
            store: &*self.store,
            observable: self.observable,
            unit: self.clock.unit(),
            populations: self.populations.iter().map(|p| (p.name.as_str(), p.neurons)).collect(),
            complete: self.complete,
        }
    }

    fn of_store(store: Box<dyn Store>) -> Stored<Self> {
        let complete = store.attribute("", "complete")? == Some(Attribute::Flag(true));
        let names: Vec<String> = store.all("progress/populations")?;
        let clock = match store.attribute("", "clock")? {
            Some(Attribute::Text(unit)) => Clock::of_unit(&unit),
            _ => Clock::default(),
        };
        // Before there was a name for what is seen, it was told by what is there.
        let (observable, relaxes) = match store.attribute("", "observable")? {
            Some(Attribute::Text(name)) => match ObservableKind::of_name(&name) {
                Some(observable) => (observable, store.exists(ENDED)),
                None => {
                    return Err(Fault(format!(
                        "it is of {name}, which this version does not know"
                    )));
                }
            },
            _ if store.exists("spikes") => (ObservableKind::Spikes, false),
            _ => (ObservableKind::States, true),
        };
        let spiking = observable == ObservableKind::Spikes;
        let population = |name: String| {
            let group = format!("{}/{name}", if spiking { "spikes" } else { "rates" });
            let neurons = store.whole(&group, "neurons")? as usize;
            let spikes = if spiking { store.shape(&format!("{group}/timestamps"))?.0 } else { 0 };
            let xi = format!("patterns/{name}/xi");
            let patterns = if store.exists(&xi) { store.shape(&xi)?.0 } else { 0 };
            Ok(Population { name, neurons, spikes, patterns })
        };
        let populations = names.into_iter().map(population).collect::<Stored<_>>()?;
        Ok(Self { store, populations, complete, observable, clock, relaxes })
    }

    /// Whether the run came to its end.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What may be seen of the network.
    pub fn observable(&self) -> ObservableKind {
        self.observable
    }

    /// In what time is counted.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        self.store.place()
    }

    /// Until when everything is in the recording, in the units of the clock: its end, or the last commit of a run that did
    /// not end.
    pub fn end(&self) -> Result<f64> {
        let reached = self.sound(self.store.first::<f64>("progress/time"))?;
        if !(reached >= 0.0 && reached.is_finite()) {
            return self.sound(Err(Fault(format!("/progress/time is {reached:?}"))));
        }
        let trial = self.trials()?.and_then(|trials| trials.last().map(|trial| trial.end));
        Ok(reached.max(trial.unwrap_or(0.0)))
    }

    /// Name and number of neurons of every population, in the order of the model.
    pub fn populations(&self) -> Vec<(String, usize)> {
        self.populations.iter().map(|p| (p.name.clone(), p.neurons)).collect()
    }

    /// The populations that hold patterns, by name.
    pub fn with_patterns(&self) -> impl Iterator<Item = &str> {
        self.populations.iter().filter(|p| p.patterns > 0).map(|p| &*p.name)
    }

    /// Hands over the spikes of a population in order, piece by piece: (times in ms, neurons).
    pub fn for_spikes(&self, population: &str, mut each: impl FnMut(&[f64], &[u64])) -> Result<()> {
        let known = self.populations.iter().find(|p| p.name == population);
        let Some(found) = known.filter(|_| self.observable == ObservableKind::Spikes) else {
            return Ok(());
        };
        let group = format!("spikes/{population}");
        let path = |name: &str| format!("{group}/{name}");
        let mut order = InOrder::new(&group, found.neurons, self.end()?);
        for rows in pieces(found.spikes) {
            let times = self.sound(self.store.values(&path("timestamps"), rows.clone()))?;
            let ids = self.sound(self.store.values(&path("node_ids"), rows))?;
            self.sound(order.check(&times, &ids))?;
            each(&times, &ids);
        }
        Ok(())
    }

    /// All spikes of a population: (times in ms, neurons).
    pub fn spikes(&self, population: &str) -> Result<(Vec<f64>, Vec<u64>)> {
        let known = self.populations.iter().find(|p| p.name == population);
        let number = known.map_or(0, |found| found.spikes);
        let mut all = (Vec::with_capacity(number), Vec::with_capacity(number));
        self.for_spikes(population, |times, ids| {
            all.0.extend_from_slice(times);
            all.1.extend_from_slice(ids);
        })?;
        Ok(all)
    }

    /// How many external spikes were recorded of every population that received some.
    pub fn external(&self) -> Result<Vec<(String, u64)>> {
        if !self.store.exists("external") {
            return Ok(Vec::new());
        }
        let names = self.populations.iter().map(|p| p.name.clone());
        let recorded = names.filter(|name| self.store.exists(&format!("external/{name}")));
        let count = |name: String| {
            let (spikes, _) = self.store.shape(&format!("external/{name}/timestamps"))?;
            Ok((name, spikes as u64))
        };
        self.sound(recorded.map(count).collect())
    }

    /// Whether states of two-state neurons were recorded.
    pub fn has_states(&self) -> bool {
        self.store.exists("states")
    }

    /// The states of a population of two-state neurons, if they were recorded.
    pub fn states(&self, population: &str) -> Result<Option<StateSamples>> {
        self.states_within(population, 0..usize::MAX)
    }

    /// The states at the `looks`, which count as those of [`rates`](Self::rates) do.
    pub fn states_within(
        &self,
        population: &str,
        looks: Range<usize>,
    ) -> Result<Option<StateSamples>> {
        let path = |name: &str| format!("states/{population}/{name}");
        if !self.store.exists(&path("state")) {
            return Ok(None);
        }
        let read = || -> Stored<StateSamples> {
            let (_, neurons) = self.store.shape(&path("state"))?;
            let time: Vec<f64> = self.store.values(&path("time"), looks.clone())?;
            check_times(&format!("states/{population}"), &time)?;
            let state = self.store.values::<bool>(&path("state"), looks)?;
            let state = state.into_iter().map(u8::from).collect();
            Ok(StateSamples { time, neurons, state })
        };
        self.sound(read()).map(Some)
    }

    /// The energy over time, or why there is none; nothing of spiking neurons.
    pub fn energy(&self) -> Result<Option<std::result::Result<Samples, String>>> {
        if !self.store.exists("energy") {
            return Ok(None);
        }
        if self.store.exists("energy/energy") {
            return self.samples("energy", "energy").map(|samples| Some(Ok(samples)));
        }
        self.sound(self.store.text("energy", "none")).map(|why| Some(Err(why)))
    }

    /// Overlaps with every pattern of a population (Hz, or a number from -1 to 1), if it has patterns.
    pub fn overlaps(&self, population: &str) -> Result<Option<Samples>> {
        if !self.store.exists(&format!("overlaps/{population}")) {
            return Ok(None);
        }
        self.samples(&format!("overlaps/{population}"), "m").map(Some)
    }

    /// Mean rate of a population (Hz), or its mean activity.
    pub fn rates(&self, population: &str) -> Result<Samples> {
        self.samples(&format!("rates/{population}"), "rate")
    }

    fn samples(&self, group: &str, name: &str) -> Result<Samples> {
        let read = self.interval(group).and_then(|interval| self.timed(group, name, interval));
        self.sound(read)
    }

    /// How often a group is sampled.
    fn interval(&self, group: &str) -> Stored<f64> {
        match self.store.attribute(group, &format!("interval_{}", self.clock.unit()))? {
            Some(Attribute::Real(interval)) => Ok(interval),
            _ => Err(Fault(format!("/{group} does not tell its interval"))),
        }
    }

    fn timed(&self, group: &str, name: &str, interval: f64) -> Stored<Samples> {
        let path = format!("{group}/{name}");
        let (_, width) = self.store.shape(&path)?;
        let time = self.store.all(&format!("{group}/time"))?;
        let samples = Samples { interval, time, width, values: self.store.all(&path)? };
        check_samples(group, name, &samples, self.observable)?;
        Ok(samples)
    }

    /// The trials of recall that have ended, if that was the task.
    pub fn recall_trials(&self) -> Result<Option<Vec<RecallTrial>>> {
        self.drawn_as(self.relaxes && !self.has_tours()?, task::recall_from_table)
    }

    /// The trials of a travelling salesman that have ended, if that was the task.
    pub fn tour_trials(&self) -> Result<Option<Vec<TourTrial>>> {
        self.drawn_as(self.has_tours()?, task::tour_from_table)
    }

    /// Whether the trials are those of a travelling salesman, which alone start from a range of activities.
    fn has_tours(&self) -> Result<bool> {
        Ok(self.drawn()?.is_some_and(|table| table.column("initial_least").is_some()))
    }

    /// The trials of a delayed match to sample, a repeated stimulus, several items or a decision that
    /// have ended, if that was the task.
    pub fn trials(&self) -> Result<Option<Vec<Trial>>> {
        self.drawn_as(!self.relaxes, task::of_spikes_from_table)
    }

    /// The trials that have ended, if this was the task.
    fn drawn_as<T: Drawn>(
        &self,
        was: bool,
        of: fn(&Table) -> Option<Vec<T>>,
    ) -> Result<Option<Vec<T>>> {
        let Some(table) = self.drawn()?.filter(|_| was) else { return Ok(None) };
        let missing = || Fault::from("a column of its trials is missing");
        let trials = of(&table).ok_or_else(missing);
        let most = self.populations.iter().map(|p| p.patterns).max().unwrap_or(0);
        self.sound(trials.and_then(|t| check_trials(&t, most).map(|()| t))).map(Some)
    }

    /// The protocol.
    pub fn protocol(&self) -> Result<Vec<EpochShown>> {
        let patterns = self.populations.iter().filter(|p| p.patterns > 0);
        let patterns: Vec<(&str, usize)> = patterns.map(|p| (&*p.name, p.patterns)).collect();
        let read = || -> Stored<Vec<EpochShown>> {
            let text = |name: &str| self.store.all::<String>(&format!("protocol/{name}"));
            let number = |name: &str| self.store.all::<f64>(&format!("protocol/{name}"));
            let times = number("start")?.into_iter().zip(number("end")?);
            let epochs = text("name")?.into_iter().zip(text("show")?).zip(times);
            epochs
                .map(|((name, show), (start, end))| {
                    let show = serde_json::from_str(&show)?;
                    Ok(EpochShown { name, start, end, show })
                })
                .collect::<Stored<Vec<_>>>()
                .and_then(|epochs| check_protocol(&epochs, &patterns).map(|()| epochs))
        };
        self.sound(read())
    }

    /// Where the recording comes from; of an incomplete one, what was known before the run.
    pub fn provenance(&self) -> Result<Provenance> {
        self.sound(read_provenance(&*self.store))
    }

    fn sound<T>(&self, read: Stored<T>) -> Result<T> {
        read.map_err(|fault| {
            Error::file(
                self.path(),
                format!("found a damaged recording ({fault})"),
                "run the model again",
            )
        })
    }
}

/// Parts of so many rows, each of which is read at once.
fn pieces(rows: usize) -> impl Iterator<Item = Range<usize>> {
    const PIECE: usize = 16 * CHUNK;
    (0..rows).step_by(PIECE).map(move |from| from..rows.min(from + PIECE))
}

/// Whether somebody holds the output of which `path` would be the `.part`.
#[cfg(feature = "hdf5")]
fn is_begun(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.strip_suffix(".part").is_some_and(|output| beside(Path::new(output), "lock").exists())
}

fn no_recording(place: &Path, fault: &Fault) -> Error {
    Error::file(
        place,
        format!("found no recording ({fault})"),
        "give a file that `attractor run` has written",
    )
}
