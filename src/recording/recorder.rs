//! Recording a network while it runs.

#[cfg(feature = "hdf5")]
mod past;
mod state;

use super::efficacies::Efficacies;
use super::events::Events;
use super::header::{COURSES, ENDED, Header, end_provenance};
use super::looks::Looks;
use super::output::Output;
use super::population::{Population, sampled};
use super::potentials::{Potentials, Watch};
use super::series::{Growing, Series, Timed};
use super::store::{Attribute, Fault, Result as Stored, Store};
use super::{Memory, Owner, Provenance, Recording, SAMPLES, Saturation, columns};
use crate::digest::hex;
use crate::dynamics::{Attractor, Dynamics, Observable, ObservableKind, Spike};
use crate::error::{Error, Result};
use crate::pattern::pack;
use crate::table::Table;
use crate::units::Clock;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Where a recording goes.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// To a file; without the feature `hdf5` it is refused.
    File {
        /// What it will be called once it is complete.
        path: &'a Path,
        /// Whether a file of this name is overwritten.
        force: bool,
    },
    /// To memory, until the last handle to it is gone.
    Memory,
}

/// What only the running network can tell of a trial that relaxes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ended {
    /// On the clock of the network.
    pub duration: f64,
    /// Where it has settled for certain.
    pub attractor: Option<Attractor>,
    /// Share of the neurons that would change if the network were in the pattern itself.
    pub unstable: Option<f64>,
}

/// Records what is seen of a network, and what follows from it, as the run goes on, in bounded memory.
///
/// # Errors
/// Whatever writes fails where it cannot, for example because the disk is full.
pub struct Recorder {
    store: Box<dyn Store>,
    /// Of a recording that goes to a file.
    output: Option<Output>,
    clock: Clock,
    populations: Vec<Population>,
    /// If there is one.
    energy: Option<Timed<f64>>,
    /// Of the states at the ends of epochs and trials.
    ends: Sha256,
    observable: ObservableKind,
    /// Of every population, if external spikes are recorded at all.
    external: Vec<Option<Events>>,
    potentials: Vec<Potentials>,
    efficacies: Vec<Efficacies>,
    /// How trials ended, if they end by themselves.
    ended: Option<[Series<f64>; 3]>,
    looks: Looks,
    /// Trials that have ended, if the run has a task.
    trials: Option<u64>,
    /// The time that has been recorded.
    reached: f64,
    /// Hash of what does not grow: patterns and protocol.
    fixed: Sha256,
    /// Of a run whose state is saved with what it recorded.
    owner: Option<Owner>,
    /// Whether it has been.
    saved: bool,
    /// The same, since it began or went on.
    saved_anew: bool,
    /// A clock, and when the run began on it.
    watch: Option<(fn() -> f64, f64)>,
}

impl Recorder {
    /// Starts a recording.
    ///
    /// # Errors
    /// If the file exists and may not be overwritten, or if nothing can be written there.
    pub fn create(sink: Sink, header: Header) -> Result<Self> {
        let (store, output): (Stored<Box<dyn Store>>, Option<Output>) = match sink {
            #[cfg(feature = "hdf5")]
            Sink::File { path, force } => {
                let output = Output::begin(path, force)?;
                let store = super::twin::Twin::create(output.part(), output.path());
                (store.map(|store| Box::new(store) as Box<dyn Store>), Some(output))
            }
            #[cfg(not(feature = "hdf5"))]
            Sink::File { path, .. } => {
                let found = "found a file for a recording, but this build knows no HDF5";
                return Err(Error::file(path, found, "build it with the feature hdf5"));
            }
            Sink::Memory => (Ok(Box::new(Memory::default())), None),
        };
        let begun = store.and_then(|store| Self::begin_in(store, &header));
        match (begun, output) {
            (Ok(recorder), output) => Ok(Self { output, ..recorder }),
            (Err(fault), Some(output)) => Err(output.discard(&fault)),
            (Err(fault), None) => Err(full(&fault)),
        }
    }

    fn begin_in(mut store: Box<dyn Store>, header: &Header) -> Stored<Self> {
        let tree = &mut *store;
        let fixed = header.write(tree)?;
        let raw = match header.observable {
            ObservableKind::Spikes => Some("spikes"),
            ObservableKind::States => header.states.then_some("states"),
            ObservableKind::Graded => header.states.then_some("activity"),
        };
        for group in ["rates", "overlaps"].into_iter().chain(raw) {
            tree.group(group)?;
        }
        let populations =
            (0..header.populations.len()).map(|k| Population::create(tree, header, k));
        let populations = populations.collect::<Stored<Vec<_>>>()?;
        let energy = match (header.observable, header.without_energy) {
            (ObservableKind::Spikes, _) => None,
            (_, None) => Some(sampled(tree, "energy", "energy", None, header)?),
            (_, Some(why)) => {
                tree.group("energy")?;
                tree.set_text("energy", "none", why)?;
                None
            }
        };
        let mut recorder = Self {
            external: Events::create_external(tree, header)?,
            potentials: Potentials::create_all(tree, header.probes, header.observable)?,
            efficacies: Efficacies::create_all(tree, header.efficacies)?,
            ended: if header.relaxes { Some(create_ended(tree, header)?) } else { None },
            output: None,
            clock: header.clock,
            populations,
            energy,
            ends: Sha256::new(),
            observable: header.observable,
            looks: Looks::new(header.observable, header.interval),
            trials: header.trials.map(|_| 0),
            reached: 0.0,
            fixed,
            owner: None,
            saved: false,
            saved_anew: false,
            watch: None,
            store,
        };
        recorder.create_progress(header)?;
        Ok(recorder)
    }

    /// Writes what random courses come to.
    pub(crate) fn write_courses(&mut self, courses: &Table) -> Result<()> {
        let tree = &mut *self.store;
        let written =
            tree.group(COURSES).and_then(|()| columns::write(tree, COURSES, "columns", courses));
        let unit = self.clock.unit();
        let written =
            written.and_then(|()| tree.set_text(&format!("{COURSES}/time"), "units", unit));
        written.map_err(|e| self.error(&e))
    }

    /// Lets every population that is not `None` be watched for saturation.
    pub fn watch_saturation(&mut self, watches: &[Option<Saturation>]) {
        let populations = self.populations.iter_mut().zip(watches);
        populations.for_each(|(population, watch)| population.saturation.clone_from(watch));
    }

    /// Begins to sample anew at `start`, with a whole interval: a trial, or an epoch of a network that is seen as states.
    pub fn begin(&mut self, start: f64) {
        self.populations.iter_mut().for_each(Population::forget);
        self.looks.begin(start);
        self.potentials.iter_mut().for_each(|p| p.watch.schedule.begin(start));
    }

    /// The next time, at `end` at the latest, at which the network must be observed.
    pub fn next_look(&self, end: f64) -> f64 {
        self.looks.next(end)
    }

    /// The next time at which single neurons must be, or `end`.
    pub fn next_watch(&self, end: f64) -> f64 {
        self.potentials.iter().map(|p| p.watch.schedule.next(end)).fold(end, f64::min)
    }

    /// The same looks for who runs elsewhere what will be observed here, from 0.
    pub fn looks(&self) -> Looks {
        let mut looks = self.looks.clone();
        looks.begin(0.0);
        looks
    }

    /// Likewise who looks at single neurons there.
    pub fn watches(&self) -> Vec<Watch> {
        let mut watches: Vec<Watch> = self.potentials.iter().map(|p| p.watch.clone()).collect();
        watches.iter_mut().for_each(|watch| watch.schedule.begin(0.0));
        watches
    }

    /// Takes what of single neurons is to be recorded at `time`, in what lasts until `end`.
    pub fn watch(&mut self, time: f64, end: f64, network: &dyn Dynamics) -> Result<()> {
        for potentials in &mut self.potentials {
            if let Some(row) = potentials.watch.look(time, end, network) {
                potentials.push(time, &row);
            }
        }
        self.write(false).map_err(|e| self.error(&e))
    }

    /// Takes what the watch with number `k`, elsewhere, has seen at `time`.
    pub fn take_watched(&mut self, k: usize, time: f64, row: &[f64]) -> Result<()> {
        self.potentials[k].take(time, row);
        self.write(false).map_err(|e| self.error(&e))
    }

    /// Takes what is seen of the network at `time`: its spikes since the last time, or its state at that moment.
    pub fn observe(&mut self, time: f64, seen: Observable) -> Result<()> {
        debug_assert_eq!(seen.kind(), self.observable);
        self.reached = time;
        let interval = self.looks.seen(time);
        let moment = match seen {
            Observable::Spikes(spikes) => {
                for spike in spikes {
                    // Populations follow one another in the numbering of neurons.
                    let neuron = spike.neuron as usize;
                    let k = self.populations.partition_point(|p| p.neurons.end <= neuron);
                    self.populations[k].take(spike);
                }
                interval
            }
            Observable::States { .. } | Observable::Graded { .. } => Some(time),
        };
        if let Some(moment) = moment {
            let interval = self.looks.interval;
            self.populations.iter_mut().for_each(|p| p.sample(moment, seen, interval));
            if let Some((column, energy)) = self.energy.as_mut().zip(seen.energy()) {
                column.push(moment, [energy]);
            }
        }
        self.write(false).map_err(|e| self.error(&e))
    }

    /// Takes the efficacies that are to be recorded at `time`, of what every plastic projection `has` by its index.
    pub fn take_efficacies(&mut self, time: f64, has: &dyn Fn(usize) -> Vec<f64>) -> Result<()> {
        self.efficacies.iter_mut().for_each(|efficacies| efficacies.look(time, has));
        self.write(false).map_err(|e| self.error(&e))
    }

    /// Takes the state at the end of an epoch or a trial, by which the data are known.
    pub fn end_state(&mut self, seen: Observable) {
        let mut add = |word: u64| self.ends.update(word.to_le_bytes());
        match seen {
            Observable::Spikes(_) => {}
            Observable::States { active, .. } => pack(active).into_iter().for_each(add),
            Observable::Graded { activity, .. } => activity.iter().for_each(|x| add(x.to_bits())),
        }
    }

    /// Ends a trial: what has been taken so far is written in full, so that the next commit holds the trial.
    pub fn end_trial(&mut self, ended: Ended) -> Result<()> {
        self.trials = self.trials.map(|trials| trials + 1);
        let period = match ended.attractor {
            Some(Attractor::FixedPoint) => 1.0,
            Some(Attractor::Cycle(period)) => period as f64,
            None => f64::NAN,
        };
        let values = [ended.duration, period, ended.unstable.unwrap_or(f64::NAN)];
        let columns = self.ended.iter_mut().flatten();
        columns.zip(values).for_each(|(column, value)| column.buffer().push(value));
        self.write(true).map_err(|e| self.error(&e))
    }

    /// Whether external spikes are recorded.
    pub fn wants_external(&self) -> bool {
        !self.external.is_empty()
    }

    /// Takes the external spikes of an advance.
    pub fn observe_external(&mut self, spikes: &[Spike]) -> Result<()> {
        for events in self.external.iter_mut().flatten() {
            let neurons = events.neurons.clone();
            let own = spikes.iter().filter(|s| neurons.contains(&(s.neuron as usize)));
            own.for_each(|spike| events.take(spike));
        }
        self.write(false).map_err(|e| self.error(&e))
    }

    /// Writes every chunk that is full, or all that is left.
    fn write(&mut self, all: bool) -> Stored<()> {
        self.each(|column, store| column.write(store, all))
    }

    /// Does something with every column.
    fn each(
        &mut self,
        mut act: impl FnMut(&mut dyn Growing, &mut dyn Store) -> Stored<()>,
    ) -> Stored<()> {
        let populations = self.populations.iter_mut().flat_map(Population::columns);
        let energy = self.energy.iter_mut().flat_map(Timed::both);
        let external = self.external.iter_mut().flatten().flat_map(Events::both);
        let ended = self.ended.iter_mut().flatten().map(|column| column as &mut dyn Growing);
        let potentials = self.potentials.iter_mut().flat_map(Potentials::columns);
        let efficacies = self.efficacies.iter_mut().flat_map(Efficacies::both);
        let rare = ended.chain(potentials).chain(efficacies);
        let mut columns = populations.chain(energy).chain(external).chain(rare);
        columns.try_for_each(|column| act(column, &mut *self.store))
    }

    /// Makes everything that has been observed so far survive whatever happens.
    pub fn commit(&mut self) -> Result<()> {
        self.output.as_mut().map_or(Ok(()), Output::keep)?;
        self.try_commit().map_err(|e| self.error(&e))
    }

    /// What has been written.
    pub fn open(&self) -> Result<Recording> {
        Recording::of(self.store.share().map_err(|e| self.error(&e))?)
    }

    fn try_commit(&mut self) -> Stored<()> {
        self.write(true)?;
        self.write_progress()?;
        self.store.flush()
    }

    fn create_progress(&mut self, header: &Header) -> Stored<()> {
        let (store, populations) = (&mut *self.store, header.populations);
        store.group("progress")?;
        store.put("progress/time", vec![0.0])?;
        store.set_text("progress/time", "units", header.clock.unit())?;
        let names = populations.iter().map(|p| p.name.clone()).collect();
        store.put::<String>("progress/populations", names)?;
        if self.trials.is_some() {
            store.put("progress/trials", vec![0u64])?;
        }
        Ok(())
    }

    fn write_progress(&mut self) -> Stored<()> {
        if let Some(trials) = self.trials {
            self.store.renew("progress/trials", vec![trials])?;
        }
        self.store.renew("progress/time", vec![self.reached])
    }

    /// Writes what is left and the provenance: the recording is complete, but has not got its name yet.
    pub fn finish(mut self, provenance: Provenance) -> Result<Finished> {
        let data_hash = self.try_finish(provenance).map_err(|e| self.error(&e))?;
        Ok(Finished { store: self.store, output: self.output, data_hash })
    }

    fn try_finish(&mut self, mut provenance: Provenance) -> Stored<String> {
        self.write(true)?;
        let mut hash = self.fixed.clone();
        let spikes = self.populations.iter_mut().filter_map(Population::spikes);
        spikes.flat_map(Events::both).for_each(|column| column.hash_into(&mut hash));
        if self.observable != ObservableKind::Spikes {
            hash.update(self.ends.clone().finalize());
        }
        provenance.data_hash = hex(hash);
        if self.wants_external() {
            let mut hash = Sha256::new();
            let external = self.external.iter_mut().flatten().flat_map(Events::both);
            external.for_each(|column| column.hash_into(&mut hash));
            provenance.external_hash = hex(hash);
        }
        self.each(|column, store| column.seal(store))?;
        end_provenance(&mut *self.store, &provenance)?;
        self.write_progress()?;
        self.store.set("", "complete", Attribute::Flag(true))?;
        Ok(provenance.data_hash)
    }

    fn error(&self, fault: &Fault) -> Error {
        self.output.as_ref().map_or_else(|| full(fault), |output| output.error(fault))
    }
}

/// A complete recording that has not got its name yet.
#[must_use = "a recording without its name is lost"]
pub struct Finished {
    store: Box<dyn Store>,
    output: Option<Output>,
    /// SHA-256 of patterns, protocol and spikes or states.
    pub data_hash: String,
}

impl Finished {
    /// The recording, to be analysed.
    pub fn open(&self) -> Result<Recording> {
        Recording::of(self.store.share().map_err(|e| self.error(&e))?)
    }

    /// Adds columns to the table of trials: what an analysis of the recording gives.
    pub fn add_results(&mut self, results: &Table) -> Result<()> {
        let written = columns::write(&mut *self.store, "trials", "results", results);
        written.map_err(|e| self.error(&e))
    }

    /// Commits it and gives the file its name; a recording in memory has none.
    pub fn publish(mut self) -> Result<Recording> {
        self.store.flush().map_err(|e| self.error(&e))?;
        #[cfg(feature = "hdf5")]
        if let Some(output) = self.output {
            drop(self.store);
            let path = output.path().to_owned();
            output.publish()?;
            let store = super::Hdf5::open_own(&path);
            return Recording::of(Box::new(store.map_err(|e| full(&e))?));
        }
        Recording::of(self.store)
    }

    fn error(&self, fault: &Fault) -> Error {
        self.output.as_ref().map_or_else(|| full(fault), |output| output.error(fault))
    }
}

/// What there is to say where a recording in memory cannot be written.
fn full(fault: &Fault) -> Error {
    Error::input(
        format!("found that the recording cannot be written ({fault})"),
        "",
        "record less, or to a file",
    )
}

/// Columns for how trials ended.
fn create_ended(store: &mut dyn Store, header: &Header) -> Stored<[Series<f64>; 3]> {
    let names = ["duration", "period", "first_step"];
    store.group(ENDED)?;
    store.set_text(ENDED, "columns", &names.join(" "))?;
    let mut column =
        |name, units| Series::create(store, format!("{ENDED}/{name}"), Some(units), None, SAMPLES);
    let [duration, period, first_step] = names;
    Ok([column(duration, header.clock.unit())?, column(period, "1")?, column(first_step, "1")?])
}
