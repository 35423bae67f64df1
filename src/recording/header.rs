//! What a recording holds from its beginning: patterns, protocol, trials that will run, and where it comes from.

use super::store::{Attribute, Cell, Layout, Result, Store};
use super::{Learned, Probed, Provenance, columns};
use crate::dynamics::ObservableKind;
use crate::network::Placed;
use crate::pattern::{Patterns, Shape};
use crate::protocol::EpochShown;
use crate::table::{Column, Table};
use crate::units::Clock;
use indexmap::IndexMap;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The group of what is told of trials that have ended.
pub(super) const ENDED: &str = "ended";
/// The group of what random courses come to.
pub(super) const COURSES: &str = "courses";

/// What a recording must know before the run.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// In the order of the model.
    pub populations: &'a [Placed],
    /// By population; only of those that have some.
    pub patterns: &'a IndexMap<String, Patterns>,
    /// What will be shown, trials included.
    pub protocol: &'a [EpochShown],
    /// The trials that the run will have, if it has a task.
    pub trials: Option<&'a Table>,
    /// Whether trials end by themselves, so that how each ended is recorded.
    pub relaxes: bool,
    /// Time between samples, on the clock.
    pub interval: f64,
    /// Whether the external spikes of a population are recorded: one entry per population, or none at all.
    pub external: &'a [bool],
    /// Whose membrane potentials, or whose graded activity, are recorded.
    pub probes: &'a [Probed],
    /// Plastic synapses whose efficacies are recorded.
    pub efficacies: &'a [Learned],
    /// What is seen of the network.
    pub observable: ObservableKind,
    /// Of graded activity: what stands for an inactive and for an active neuron of every population; 0 and 1 if the list
    /// is empty.
    pub levels: &'a [[f64; 2]],
    /// In what time is counted.
    pub clock: Clock,
    /// Whether states or graded activity are recorded as they are; spikes always are.
    pub states: bool,
    /// Of a network that is seen as states or graded activity: why there is no energy, if there is none.
    pub without_energy: Option<&'a str>,
    /// What is known of [`Provenance`] before the run.
    pub provenance: &'a Provenance,
}

#[cfg(test)]
impl<'a> Header<'a> {
    /// Of spikes that are sampled every 10 ms, without protocol or trials.
    pub(crate) fn of_spikes(
        populations: &'a [Placed],
        patterns: &'a IndexMap<String, Patterns>,
        provenance: &'a Provenance,
    ) -> Self {
        Header {
            populations,
            patterns,
            protocol: &[],
            trials: None,
            interval: 10.0,
            external: &[],
            probes: &[],
            efficacies: &[],
            relaxes: false,
            observable: ObservableKind::Spikes,
            levels: &[],
            clock: Clock::Ms,
            states: true,
            without_energy: None,
            provenance,
        }
    }
}

impl Header<'_> {
    /// Writes all that does not grow; returns its hash, to which what grows is added.
    pub(super) fn write(&self, store: &mut dyn Store) -> Result<Sha256> {
        store.set("", "magic", Attribute::Sonata)?;
        store.set("", "complete", Attribute::Flag(false))?;
        store.set_text("", "clock", self.clock.unit())?;
        store.set_text("", "observable", self.observable.name())?;
        store.group("provenance")?;
        write_provenance(store, self.provenance, |name| BEFORE.contains(&name))?;
        let mut hash = Sha256::new();
        self.write_patterns(store, &mut hash)?;
        self.write_protocol(store, &mut hash)?;
        if let Some(trials) = self.trials {
            store.group("trials")?;
            columns::write(store, "trials", "columns", trials)?;
        }
        Ok(hash)
    }

    fn write_patterns(&self, store: &mut dyn Store, hash: &mut Sha256) -> Result<()> {
        store.group("patterns")?;
        for (name, patterns) in self.patterns {
            hash_patterns(hash, name, patterns);
            let group = format!("patterns/{name}");
            store.group(&group)?;
            let layout = Layout { width: Some(patterns.neurons()), chunk: None };
            if let Some(values) = patterns.values() {
                store.create(&format!("{group}/xi"), layout, &Column::Real(values.to_vec()))?;
            } else {
                // Of very many patterns there is room for one copy.
                let mut xi = Vec::with_capacity(patterns.number() * patterns.neurons());
                let each = (0..patterns.number()).map(|mu| patterns.row(mu));
                each.for_each(|row| xi.extend(row.into_iter().map(|xi| xi != 0)));
                store.create(&format!("{group}/xi"), layout, &Column::Flag(xi))?;
            }
            if let Some((values, middle)) = patterns.image() {
                let path = format!("{group}/image");
                store.create(&path, layout, &Column::Real(values.to_vec()))?;
                store.set(&path, "middle", Attribute::Real(middle))?;
            }
            if let Some(Shape { columns, rows }) = patterns.shape() {
                store.set(&group, "shape", Attribute::Pair([rows as u64, columns as u64]))?;
            }
            if !patterns.names().is_empty() {
                store.put(&format!("{group}/names"), patterns.names().to_vec())?;
            }
        }
        Ok(())
    }

    fn write_protocol(&self, store: &mut dyn Store, hash: &mut Sha256) -> Result<()> {
        store.group("protocol")?;
        let show: Vec<String> = self.protocol.iter().map(text_of_show).collect();
        for (epoch, show) in self.protocol.iter().zip(&show) {
            hash_epoch(hash, epoch, show);
        }
        store.put("protocol/name", self.protocol.iter().map(|e| e.name.clone()).collect())?;
        store.put("protocol/show", show)?;
        let (start, end) = self.protocol.iter().map(|e| (e.start, e.end)).unzip();
        for (path, times) in [("protocol/start", start), ("protocol/end", end)] {
            store.put::<f64>(path, times)?;
            store.set_text(path, "units", self.clock.unit())?;
        }
        Ok(())
    }
}

/// Adds the patterns of a population.
pub(super) fn hash_patterns(hash: &mut Sha256, name: &str, patterns: &Patterns) {
    hash.update(name);
    match patterns.values() {
        Some(values) => values.iter().for_each(|xi| xi.hash(hash)),
        None => (0..patterns.number()).for_each(|mu| hash.update(patterns.row(mu))),
    }
}

/// What an epoch shows, as JSON.
pub(super) fn text_of_show(epoch: &EpochShown) -> String {
    serde_json::to_string(&epoch.show).expect("stimuli are plain data")
}

/// Adds an epoch, of which `show` is what it shows as JSON.
pub(super) fn hash_epoch(hash: &mut Sha256, epoch: &EpochShown, show: &str) {
    hash.update(&epoch.name);
    hash.update(show);
    hash.update(epoch.start.to_le_bytes());
    hash.update(epoch.end.to_le_bytes());
}

/// The attributes of `/provenance` that are known before the run.
const BEFORE: [&str; 10] = [
    "model_text",
    "model_resolved",
    "seed",
    "version",
    "command_line",
    "started",
    "threads",
    "synapses",
    "origin",
    "files_hash",
];

fn write_provenance(
    store: &mut dyn Store,
    provenance: &Provenance,
    wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    let value = serde_json::to_value(provenance)?;
    for (name, value) in value.as_object().into_iter().flatten().filter(|(name, _)| wanted(name)) {
        let value = match value {
            Value::String(text) => Attribute::Text(text.clone()),
            _ => match value.as_u64() {
                Some(whole) => Attribute::Whole(whole),
                None => Attribute::Real(value.as_f64().unwrap_or(f64::NAN)),
            },
        };
        store.set("provenance", name, value)?;
    }
    Ok(())
}

/// Writes what is known of the provenance after the run.
pub(super) fn end_provenance(store: &mut dyn Store, provenance: &Provenance) -> Result<()> {
    write_provenance(store, provenance, |name| !BEFORE.contains(&name))
}

/// The provenance as far as it was written.
pub(super) fn read_provenance(store: &dyn Store) -> Result<Provenance> {
    let mut value = serde_json::to_value(Provenance::default())?;
    // They are left out where they are empty.
    value["origin"] = "".into();
    value["files_hash"] = "".into();
    for (name, value) in value.as_object_mut().into_iter().flatten() {
        let mut found = store.attribute("provenance", name)?;
        if found.is_none() && name == "duration" {
            // As version 0.1 called it.
            found = store.attribute("provenance", "simulated_ms")?;
        }
        match found {
            Some(Attribute::Text(text)) => *value = text.into(),
            Some(Attribute::Whole(whole)) => *value = whole.into(),
            Some(Attribute::Real(real)) => *value = real.into(),
            _ => {}
        }
    }
    Ok(serde_json::from_value(value)?)
}
