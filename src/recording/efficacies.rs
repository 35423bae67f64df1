//! Efficacies in a recording: those of plastic synapses when a run begins and at the ends of its epochs and trials.

use super::SAMPLES;
use super::series::{Growing, Series};
use super::store::{Attribute, Result, Store};
use crate::error;
use crate::error::Error;
use crate::network::EdgeList;
use crate::synapse::{GRAPH, hash_of_graph};
use crate::tape::{is_count, on_tape};
use serde::{Deserialize, Serialize};

/// The group of all of them.
pub(super) const EFFICACIES: &str = "efficacies";

/// More values than this of one projection are a mistake: 4 gigabytes of them.
const MOST: f64 = 5e8;

/// Which plastic efficacies are recorded, and when: at the start, and at the ends of epochs and of trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshots {
    /// Of which projections; of all that are plastic if left out.
    pub projections: Option<Vec<String>>,
    /// The epochs of the protocol at whose ends they are recorded; all of them if left out.
    pub epochs: Option<Vec<String>>,
    /// Whether they are recorded at the end of every trial, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trials: bool,
}

impl Snapshots {
    /// Whether those of a plastic projection of this name are recorded.
    pub fn has(&self, projection: &str) -> bool {
        self.projections.as_ref().is_none_or(|all| all.iter().any(|name| name == projection))
    }

    /// Whether they are at the end of an epoch of this name.
    pub fn is_at(&self, epoch: &str) -> bool {
        self.epochs.as_ref().is_none_or(|all| all.iter().any(|name| name == epoch))
    }

    /// At how many moments they are, in a protocol of these `epochs` and so many trials.
    pub(crate) fn moments<'a>(
        &self,
        epochs: impl Iterator<Item = &'a str>,
        trials: usize,
    ) -> usize {
        let trials = if self.trials { trials } else { 0 };
        1 + epochs.filter(|name| self.is_at(name)).count() + trials
    }

    /// Refuses what does not change or is not there: `plastic` has the name and the expected number of synapses of every plastic
    /// projection, `known` the names of all projections, `epochs` those of the protocol, before so many `trials`.
    pub(crate) fn check(
        &self,
        plastic: &[(&str, f64)],
        known: &[&str],
        (epochs, trials): (&[&str], usize),
    ) -> error::Result<()> {
        if plastic.is_empty() {
            return Err(Error::input(
                "found `efficacies`, and no projection with plasticity",
                "efficacies that do not change need not be recorded",
                "delete it, or give a projection plasticity",
            ));
        }
        let empty = |list: &Option<Vec<String>>| list.as_ref().is_some_and(Vec::is_empty);
        for (key, list) in [("projections", &self.projections), ("epochs", &self.epochs)] {
            if empty(list) {
                let allowed = "left out it means all of them";
                let found = Error::input("found an empty list", allowed, "delete the line");
                return Err(found.at(key));
            }
        }
        for name in self.projections.iter().flatten() {
            if !known.contains(&name.as_str()) {
                let known = known.iter().copied();
                return Err(Error::undefined("projection", name, known).at("projections"));
            }
            if !plastic.iter().any(|(own, _)| own == name) {
                return Err(Error::input(
                    format!("found the projection {name}"),
                    "its efficacies do not change",
                    "delete it from the list, or give it plasticity",
                )
                .at("projections"));
            }
        }
        if let Some(name) = self.epochs.iter().flatten().find(|n| !epochs.contains(&n.as_str())) {
            let known = epochs.iter().copied();
            return Err(Error::undefined("epoch", name, known).at("epochs"));
        }
        if self.trials && trials == 0 {
            let allowed = "only a task has trials";
            let error = Error::input("found `trials`, and no task", allowed, "delete the line");
            return Err(error.at("trials"));
        }
        let moments = self.moments(epochs.iter().copied(), trials);
        let number = |synapses: f64| synapses * moments as f64;
        match plastic.iter().find(|(name, own)| self.has(name) && number(*own) > MOST) {
            None => Ok(()),
            Some((name, own)) => Err(Error::input(
                format!("found {:.1e} values of {name}, at {moments} moments", number(*own)),
                format!("at most {MOST:.0e} of a projection are recorded"),
                match self.trials {
                    true => "name the epochs at whose ends you want them, or leave `trials` out",
                    false => "name the epochs at whose ends you want them",
                },
            )),
        }
    }
}

/// Plastic synapses whose efficacies will be recorded; there is at least one.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Their projection, and its index in the network.
    pub projection: (String, usize),
    /// The populations that they join: who sends, who receives.
    pub ends: [String; 2],
    /// The synapses, in the order in which the network gives them.
    pub synapses: EdgeList,
    /// When they are looked at: in ascending order.
    pub moments: Vec<f64>,
}

/// The growing columns of one projection.
pub(super) struct Efficacies {
    projection: usize,
    moments: Vec<f64>,
    /// Moments that have come.
    taken: usize,
    values: Series<f64>,
    time: Series<f64>,
}

on_tape!(Efficacies { taken, values, time; not projection, moments; if Efficacies::is_possible });

impl Efficacies {
    fn is_possible(&self) -> bool {
        is_count(self.taken as u64)
            && [self.values.rows(), self.time.rows()] == [self.taken; 2]
            && self.taken <= self.moments.len()
    }

    /// Columns for all that will be recorded, if anything is.
    pub fn create_all(store: &mut dyn Store, learned: &[Learned]) -> Result<Vec<Self>> {
        if learned.is_empty() {
            return Ok(Vec::new());
        }
        store.group(EFFICACIES)?;
        let names: Vec<&str> = learned.iter().map(|l| l.projection.0.as_str()).collect();
        store.set_text(EFFICACIES, "projections", &names.join(" "))?;
        learned.iter().map(|learned| Self::create(store, learned)).collect()
    }

    fn create(store: &mut dyn Store, learned: &Learned) -> Result<Self> {
        let Learned { projection: (name, index), ends: [from, to], synapses, moments } = learned;
        let group = format!("{EFFICACIES}/{name}");
        let path = |name: &str| format!("{group}/{name}");
        store.group(&group)?;
        let ids = |neurons: &[u32]| neurons.iter().map(|&n| u64::from(n)).collect::<Vec<_>>();
        let delay = synapses.delays.first().copied().unwrap_or(f64::NAN);
        store.set(&group, "delay", Attribute::Real(delay))?;
        for (column, population, neurons) in [
            ("source_node_id", from, &synapses.senders),
            ("target_node_id", to, &synapses.receivers),
        ] {
            let path = path(column);
            store.put::<u64>(&path, ids(neurons))?;
            store.set_text(&path, "node_population", population)?;
        }
        let graph = hash_of_graph(ids(&synapses.senders), ids(&synapses.receivers), delay);
        store.set_text(&group, GRAPH, &graph)?;
        let width = Some(synapses.senders.len());
        Ok(Self {
            projection: *index,
            moments: moments.clone(),
            taken: 0,
            // A row is long.
            values: Series::create(store, path("efficacy"), Some("mV"), width, 1)?,
            time: Series::create(store, path("time"), Some("ms"), None, SAMPLES)?,
        })
    }

    /// Takes what the projection `has` by its index, if its moment has come at `time`.
    pub fn look(&mut self, time: f64, has: &dyn Fn(usize) -> Vec<f64>) {
        let Some(due) = self.due(time) else { return };
        self.taken += 1;
        self.values.buffer().extend(has(self.projection));
        self.time.buffer().push(due);
    }

    /// The moment that has come at `time` and has not been taken, if there is one.
    pub fn due(&self, time: f64) -> Option<f64> {
        self.moments.get(self.taken).copied().filter(|due| time >= *due)
    }

    /// When they were looked at last, of the moments up to `time`, and what was found.
    #[cfg(feature = "hdf5")]
    pub fn last(&self, store: &dyn Store, time: f64) -> Result<Option<(f64, Vec<f64>)>> {
        let taken = self.moments[..self.taken].partition_point(|moment| *moment <= time);
        let Some(k) = taken.checked_sub(1) else { return Ok(None) };
        Ok(Some((self.moments[k], store.values(self.values.path(), k..taken)?)))
    }

    /// Which projection they are of, by its index.
    #[cfg(feature = "hdf5")]
    pub fn projection(&self) -> usize {
        self.projection
    }

    /// Both columns.
    pub fn both(&mut self) -> [&mut dyn Growing; 2] {
        [&mut self.values, &mut self.time]
    }
}
