//! Single neurons in a recording: membrane potentials, currents and moving thresholds, or graded activity.

use super::SAMPLES;
use super::probes::Schedule;
use super::series::{Growing, Series, Timed};
use super::store::{Attribute, Result, Store};
use crate::dynamics::{Cell, Dynamics, Observable, ObservableKind};
use crate::tape::on_tape;
use std::ops::Range;

/// The group of all potentials, and that of all graded activity.
pub(super) const POTENTIALS: &str = "potentials";
pub(super) const TRACES: &str = "traces";

/// Neurons whose potentials, or whose graded activity, will be recorded.
#[derive(Clone, Debug)]
pub struct Probed {
    /// Their population.
    pub population: String,
    /// The neurons, within the population.
    pub neurons: Range<usize>,
    /// The first neuron of the population, in the numbering of the whole network.
    pub first: usize,
    /// Time from one look to the next, ms.
    pub every: f64,
    /// What the neurons are, if they have membranes; the time constants of all are the same.
    pub cells: Vec<Cell>,
}

/// Looks at some neurons when it is time.
#[derive(Clone, Debug)]
pub struct Watch {
    /// In the numbering of the whole network.
    neurons: Range<usize>,
    /// How many currents, and moving thresholds, of every neuron.
    currents: usize,
    pub(crate) schedule: Schedule,
}

/// The growing columns of one population.
pub(super) struct Potentials {
    pub watch: Watch,
    /// Potentials, or graded activity.
    v: Timed<f64>,
    currents: Vec<Series<f64>>,
}

on_tape!(Watch { schedule; not neurons, currents });
on_tape!(Potentials { watch, v; each currents });

impl Watch {
    /// If the neurons are to be looked at at `time`, in what lasts until `end`: their potentials, and behind them their
    /// currents, time constant by time constant; or how active they are.
    pub(crate) fn look(&mut self, time: f64, end: f64, network: &dyn Dynamics) -> Option<Vec<f64>> {
        if !self.schedule.seen(time, end) {
            return None;
        }
        if let Observable::Graded { activity, .. } = network.observable() {
            return Some(activity[self.neurons.clone()].to_vec());
        }
        let network = network.membranes()?;
        let number = self.neurons.len();
        let (mut row, mut currents) =
            (vec![0.0; number * (1 + self.currents)], vec![0.0; self.currents]);
        for (k, neuron) in self.neurons.clone().enumerate() {
            row[k] = network.potential(neuron, &mut currents);
            currents.iter().enumerate().for_each(|(r, i)| row[(1 + r) * number + k] = *i);
        }
        Some(row)
    }
}

/// The column of moving thresholds.
pub const THRESHOLD: &str = "threshold";

/// What is seen of a neuron beside V: names of the columns, and their time constants (ms).
pub(super) fn beside(cell: &Cell) -> Vec<(String, f64)> {
    let synaptic = cell.tau_syn.iter().map(|tau| (format!("I_syn_{tau}ms"), *tau));
    let adaptation = cell.adaptation.map(|tau| ("I_adaptation".to_owned(), tau));
    let threshold = cell.moving_threshold.map(|tau| (THRESHOLD.to_owned(), tau));
    synaptic.chain(adaptation).chain(threshold).collect()
}

/// The attribute that tells the time constant of a column.
pub(super) fn tau_of(column: &str) -> &'static str {
    if column.starts_with("I_syn_") { "tau_syn_ms" } else { "tau_ms" }
}

impl Potentials {
    /// Columns for all that will be recorded, if anything is.
    pub fn create_all(
        store: &mut dyn Store,
        probes: &[Probed],
        observable: ObservableKind,
    ) -> Result<Vec<Self>> {
        if probes.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = probes.iter().map(|p| p.population.as_str()).collect();
        let graded = observable == ObservableKind::Graded;
        let root = if graded { TRACES } else { POTENTIALS };
        store.group(root)?;
        store.set_text(root, "populations", &names.join(" "))?;
        let create = |probed: &Probed| match graded {
            true => Self::of_activity(store, probed),
            false => Self::of_membranes(store, probed),
        };
        probes.iter().map(create).collect()
    }

    /// The group of a population in `root`, with what is told of all neurons.
    fn group(store: &mut dyn Store, root: &str, probed: &Probed) -> Result<String> {
        let group = format!("{root}/{}", probed.population);
        store.group(&group)?;
        store.set(&group, "every_ms", Attribute::Real(probed.every))?;
        let neurons = probed.neurons.clone().map(|n| n as u64).collect();
        store.put(&format!("{group}/neurons"), neurons)?;
        Ok(group)
    }

    fn of(probed: &Probed, v: Timed<f64>, currents: Vec<Series<f64>>) -> Self {
        let Range { start, end } = probed.neurons;
        let watch = Watch {
            neurons: probed.first + start..probed.first + end,
            currents: currents.len(),
            schedule: Schedule::new(probed.every),
        };
        Self { watch, v, currents }
    }

    fn of_activity(store: &mut dyn Store, probed: &Probed) -> Result<Self> {
        let group = Self::group(store, TRACES, probed)?;
        let width = Some(probed.neurons.len());
        let activity = Timed::create(store, &group, ("activity", "1"), width, "ms")?;
        Ok(Self::of(probed, activity, Vec::new()))
    }

    fn of_membranes(store: &mut dyn Store, probed: &Probed) -> Result<Self> {
        let Probed { neurons, cells, .. } = probed;
        let group = Self::group(store, POTENTIALS, probed)?;
        let width = Some(neurons.len());
        let columns = cells.first().map_or(Vec::new(), beside);
        let names: Vec<&str> = columns.iter().map(|column| column.0.as_str()).collect();
        store.set_text(&group, "currents", &names.join(" "))?;
        let (theta, v_reset) = cells.iter().map(|cell| (cell.theta, cell.v_reset)).unzip();
        for (name, values) in [("theta", theta), ("v_reset", v_reset)] {
            let path = format!("{group}/{name}");
            store.put::<f64>(&path, values)?;
            store.set_text(&path, "units", "mV")?;
        }
        let v = Timed::create(store, &group, ("V", "mV"), width, "ms")?;
        let current = |(name, tau): &(String, f64)| {
            let path = format!("{group}/{name}");
            let column = Series::create(store, path.clone(), Some("mV"), width, SAMPLES)?;
            store.set(&path, tau_of(name), Attribute::Real(*tau))?;
            Ok(column)
        };
        let currents = columns.iter().map(current).collect::<Result<Vec<_>>>()?;
        Ok(Self::of(probed, v, currents))
    }

    /// Takes what a [`Watch`] elsewhere has seen at `time`.
    pub fn take(&mut self, time: f64, row: &[f64]) {
        self.watch.schedule.taken();
        self.push(time, row);
    }

    /// Whether what was recorded is what it has looked at, in what began at `origin` and has come to `reached` (ms).
    #[cfg(feature = "hdf5")]
    pub fn have_looked(&self, store: &dyn Store, origin: f64, reached: f64) -> Result<bool> {
        Ok(self.watch.schedule.has_left(self.v.last(store)?, origin, reached))
    }

    /// Takes what its own [`Watch`] has seen at `time`.
    pub fn push(&mut self, time: f64, row: &[f64]) {
        let mut parts = row.chunks(self.watch.neurons.len());
        self.v.push(time, parts.next().unwrap_or_default().iter().copied());
        self.currents.iter_mut().zip(parts).for_each(|(i, part)| i.buffer().extend(part));
    }

    /// All columns.
    pub fn columns(&mut self) -> impl Iterator<Item = &mut dyn Growing> {
        let currents = self.currents.iter_mut().map(|current| current as &mut dyn Growing);
        currents.chain(self.v.both())
    }
}
