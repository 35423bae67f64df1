//! Reading single neurons: membrane potentials, and graded activity.

use super::values::{check_samples, check_times};
use super::{Recording, Samples};
use crate::error::Result;
use crate::recording::potentials::{POTENTIALS, THRESHOLD, TRACES, tau_of};
use crate::recording::store::{Attribute, Fault, Result as Stored};

/// Membrane potentials and synaptic currents of some neurons of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Traces {
    /// Time from one look to the next, ms.
    pub every: f64,
    /// Of the looks, ms.
    pub time: Vec<f64>,
    /// The neurons, within the population.
    pub neurons: Vec<u64>,
    /// Their thresholds, mV.
    pub theta: Vec<f64>,
    /// Their potentials during refractoriness, mV.
    pub v_reset: Vec<f64>,
    /// V, mV, look by look.
    pub v: Vec<f64>,
    /// Name, time constant (ms) and values (mV, look by look) of the currents, and of moving thresholds.
    pub currents: Vec<(String, f64, Vec<f64>)>,
}

impl Traces {
    /// V of the neuron in column `k`, over time.
    pub fn of(&self, k: usize) -> impl Iterator<Item = f64> + '_ {
        self.v.iter().skip(k).step_by(self.neurons.len()).copied()
    }

    /// The moving threshold of the neuron in column `k` over time, if thresholds move.
    pub fn threshold_of(&self, k: usize) -> Option<impl Iterator<Item = f64> + '_> {
        let (_, _, values) = self.currents.iter().find(|column| column.0 == THRESHOLD)?;
        Some(values.iter().skip(k).step_by(self.neurons.len()).copied())
    }

    /// Those of some of the neurons.
    pub fn only(self, wanted: impl Fn(u64) -> bool) -> Self {
        let keep: Vec<bool> = self.neurons.iter().map(|&neuron| wanted(neuron)).collect();
        let chosen = |values: Vec<f64>| {
            let kept = values.into_iter().zip(keep.iter().cycle()).filter(|(_, keep)| **keep);
            kept.map(|(value, _)| value).collect()
        };
        let currents = self.currents.into_iter();
        Self {
            currents: currents.map(|(name, tau, values)| (name, tau, chosen(values))).collect(),
            neurons: self.neurons.iter().copied().filter(|&neuron| wanted(neuron)).collect(),
            theta: chosen(self.theta),
            v_reset: chosen(self.v_reset),
            v: chosen(self.v),
            ..self
        }
    }
}

impl Recording {
    /// The populations of which membrane potentials were recorded, in the order of the model's list.
    pub fn watched(&self) -> Result<Vec<String>> {
        self.named_in(POTENTIALS)
    }

    /// The populations of which the graded activity of some neurons was recorded, likewise.
    pub fn traced(&self) -> Result<Vec<String>> {
        self.named_in(TRACES)
    }

    fn named_in(&self, group: &str) -> Result<Vec<String>> {
        if !self.store.exists(group) {
            return Ok(Vec::new());
        }
        let names = self.sound(self.store.text(group, "populations"))?;
        Ok(names.split_whitespace().map(str::to_owned).collect())
    }

    /// The neurons of a population whose graded activity was recorded by `[record] activity`, and that activity, a column for
    /// each.
    pub fn traces(&self, population: &str) -> Result<Option<(Vec<u64>, Samples)>> {
        if !self.traced()?.iter().any(|name| name == population) {
            return Ok(None);
        }
        let path = |name: &str| format!("{TRACES}/{population}/{name}");
        let read = || -> Stored<(Vec<u64>, Samples)> {
            let interval = self.number(&format!("{TRACES}/{population}"), "every_ms")?;
            let neurons: Vec<u64> = self.store.all(&path("neurons"))?;
            let (time, values) =
                (self.store.all(&path("time"))?, self.store.all(&path("activity"))?);
            let width = neurons.len();
            let samples = Samples { interval, time, width, values };
            let group = format!("{TRACES}/{population}");
            check_samples(&group, "activity", &samples, self.observable)?;
            Ok((neurons, samples))
        };
        self.sound(read()).map(Some)
    }

    fn number(&self, path: &str, name: &str) -> Stored<f64> {
        match self.store.attribute(path, name)? {
            Some(Attribute::Real(number)) => Ok(number),
            _ => Err(Fault(format!("/{path} does not tell its {name}"))),
        }
    }

    /// The membrane potentials of some neurons of a population, if they were recorded.
    pub fn potentials(&self, population: &str) -> Result<Option<Traces>> {
        if !self.watched()?.iter().any(|name| name == population) {
            return Ok(None);
        }
        self.sound(self.read_potentials(&format!("{POTENTIALS}/{population}"))).map(Some)
    }

    fn read_potentials(&self, group: &str) -> Stored<Traces> {
        let path = |name: &str| format!("{group}/{name}");
        let current = |name: &str| {
            let values = self.store.all(&path(name))?;
            Ok((name.to_owned(), self.number(&path(name), tau_of(name))?, values))
        };
        let names = self.store.text(group, "currents")?;
        let time: Vec<f64> = self.store.all(&path("time"))?;
        check_times(group, &time)?;
        Ok(Traces {
            every: self.number(group, "every_ms")?,
            time,
            neurons: self.store.all(&path("neurons"))?,
            theta: self.store.all(&path("theta"))?,
            v_reset: self.store.all(&path("v_reset"))?,
            v: self.store.all(&path("V"))?,
            currents: names.split_whitespace().map(current).collect::<Stored<_>>()?,
        })
    }
}
