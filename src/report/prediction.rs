//! Theory beside measurement: what mean-field theory predicts for every population of a recording.

use crate::error::Result;
use crate::model::Model;
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::theory::{Predicted, apart, predict};
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;

/// What theory says about a population, beside what was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// Measured rate, Hz.
    pub measured_hz: f64,
    /// Predicted rate, Hz.
    pub predicted_hz: f64,
    /// Mean input, mV, on the neurons' own scale of potentials: the mean of V if there were no threshold.
    pub mean_mv: f64,
    /// Standard deviation that V would have in time, mV.
    pub sd_mv: f64,
    /// Standard deviation of the mean input from neuron to neuron, mV.
    pub spread_mv: f64,
}

/// The predictions for a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Predictions {
    /// Where they belong: without patterns the longest epoch, of equal ones the last; else `spontaneous` or `held`.
    pub epoch: String,
    /// By population, or by what a pattern makes of it: `E foreground`.
    pub populations: IndexMap<String, Prediction>,
    /// Where theory and measurement do not stand side by side: why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Predictions {
    /// The state that is consistent with itself, and found from the measured rates. Populations to which theory
    /// does not apply send at their measured rates. `None` if it applies to no population, if there is no such state, and
    /// for a model with patterns, in which neurons differ by design.
    pub fn of(model: &Model, recording: &Recording) -> Result<Option<Self>> {
        let protocol = recording.protocol()?;
        let duration = |e: &EpochShown| e.end - e.start;
        let longest = protocol.iter().max_by(|a, b| duration(a).total_cmp(&duration(b)));
        let Some(epoch) = longest.filter(|_| model.patterns.is_empty()) else { return Ok(None) };
        let mut rates = IndexMap::new();
        for (name, neurons) in recording.populations() {
            let spikes = count(recording, &name, epoch)?;
            rates.insert(name, spikes as f64 / neurons as f64 / duration(epoch) * 1000.0);
        }
        let beside = |(name, p): (String, Predicted)| {
            let prediction = Prediction {
                measured_hz: rates[&name],
                predicted_hz: p.rate,
                mean_mv: p.mean,
                sd_mv: p.sd,
                spread_mv: p.spread,
            };
            (name, prediction)
        };
        let predicted = predict(model, &rates, &epoch.show)?;
        let populations: IndexMap<_, _> = predicted.into_iter().map(beside).collect();
        let apart = apart(model, &populations);
        let as_measured = |names: Vec<&str>| {
            let whom = names.join(", ");
            format!(
                "theory knows leaky integrate-and-fire neurons with synapses of constant efficacy, no slower than tau_m/4: {whom} taken to fire as measured"
            )
        };
        let notes = Some(apart).filter(|apart| !apart.is_empty()).map(as_measured);
        let notes = notes.into_iter().collect();
        let found = Self { epoch: epoch.name.clone(), populations, notes };
        Ok(Some(found).filter(|found| !found.populations.is_empty()))
    }
}

/// The number of spikes of a population in an epoch.
fn count(recording: &Recording, population: &str, epoch: &EpochShown) -> Result<usize> {
    let mut number = 0;
    recording.for_spikes(population, |times, _| {
        let before = |end: f64| times.partition_point(|&t| t < end);
        number += before(epoch.end) - before(epoch.start);
    })?;
    Ok(number)
}

impl fmt::Display for Predictions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let header = ("rate (Hz)", "mean field");
        writeln!(f, "  {:<14} {:>10} {:>10}  input (mV)", self.epoch, header.0, header.1)?;
        for (name, p) in &self.populations {
            let (mean, sd) = (p.mean_mv, p.sd_mv);
            write!(f, "  {name:<14} {:>10.2} {:>10.2}", p.measured_hz, p.predicted_hz)?;
            write!(f, "  {mean:.2} +- {sd:.2} in time")?;
            if p.spread_mv >= 0.005 {
                write!(f, ", +- {:.2} between neurons", p.spread_mv)?;
            }
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  {note}"))?;
        writeln!(f)
    }
}
