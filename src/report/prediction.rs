//! Theory beside measurement: what mean-field theory predicts for every population of a recording, from its parameters.

use crate::dynamics::spiking::Neurons;
use crate::error::Result;
use crate::model::Model;
use crate::network::Afferents;
use crate::protocol::EpochShown;
use crate::protocol::Stimulus;
use crate::recording::Recording;
use crate::theory::{Pathway, Population, Sender, Siegert, State, solve};
use crate::train::Spikes;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;

/// Largest tau_syn / tau_m for which the correction for slow synapses holds to some per cent.
const SLOWEST: f64 = 0.25;

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
    /// The epoch to which they belong: the longest, of equal ones the last.
    pub epoch: String,
    pub populations: IndexMap<String, Prediction>,
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
        let predicted = predict(model, &rates, &epoch.show)?;
        Ok((!predicted.is_empty())
            .then(|| Self { epoch: epoch.name.clone(), populations: predicted }))
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

/// The predictions for all populations to which theory applies, given the measured `rates` (Hz).
fn predict(
    model: &Model,
    rates: &IndexMap<String, f64>,
    shown: &[Stimulus],
) -> Result<IndexMap<String, Prediction>> {
    let mut found: IndexMap<&String, (f64, Vec<Input>, Population)> = IndexMap::new();
    for name in rates.keys() {
        if let Some((v_rest, population)) = neurons(model, name, shown)
            && let Some(inputs) = inputs(model, name)?
        {
            found.insert(name, (v_rest, inputs, population));
        }
    }
    let names: Vec<&String> = found.keys().copied().collect();
    let populations: Vec<Population> = found
        .values()
        .map(|(_, inputs, population)| {
            let mut population = population.clone();
            population.pathways.extend(inputs.iter().map(|input| {
                let index = names.iter().position(|name| *name == input.from);
                let from = index.map_or(Sender::Given(rates[input.from]), Sender::Population);
                Pathway { from, afferents: input.afferents, tau_syn: input.tau_syn }
            }));
            population
        })
        .collect();
    let start: Vec<f64> = names.iter().map(|name| rates[*name]).collect();
    let states = solve(&populations, &start).unwrap_or_default();
    let beside = |((name, (v_rest, ..)), state): ((&&String, &(f64, _, _)), State)| {
        let prediction = Prediction {
            measured_hz: rates[*name],
            predicted_hz: state.rate,
            mean_mv: state.mu + v_rest,
            sd_mv: state.sigma * std::f64::consts::FRAC_1_SQRT_2,
            spread_mv: state.spread,
        };
        ((*name).clone(), prediction)
    };
    Ok(found.iter().zip(states).map(beside).collect())
}

/// Synapses from a population of the model.
struct Input<'a> {
    from: &'a String,
    afferents: Afferents,
    tau_syn: f64,
}

/// V_rest (mV) and the neurons of `name` with their external input, if these are what the theory knows.
fn neurons(model: &Model, name: &str, shown: &[Stimulus]) -> Option<(f64, Population)> {
    let neurons = model.dynamics.cells()?[name].neurons().filter(|n| n.input.is_none())?;
    let Neurons { v_rest, v_reset, t_ref, current, .. } = neurons;
    let v_rest = v_rest.value();
    let neuron = Siegert {
        tau_m: neurons.tau_m.constant()?,
        theta: neurons.theta.constant()? - v_rest,
        v_reset: v_reset.value() - v_rest,
        t_ref: t_ref.value(),
    };
    let shown = || shown.iter().filter(|s| s.population.as_deref() == Some(name));
    let added: f64 = shown().filter_map(|s| s.current).map(|v| v.value()).sum();
    let mut pathways = Vec::new();
    if let Some(poisson) = &neurons.poisson {
        let added: f64 = shown().filter_map(|s| s.poisson).map(|rate| rate.value()).sum();
        let efficacy = poisson.efficacy.value();
        pathways.push(Pathway {
            from: Sender::Given(poisson.rate.value() + added),
            afferents: Afferents::one(efficacy),
            tau_syn: poisson.tau_syn.value(),
        });
    }
    let population = Population { neuron, current: current.value() + added, pathways };
    let quick = population.pathways.iter().all(|p| p.tau_syn <= SLOWEST * neuron.tau_m);
    quick.then_some((v_rest, population))
}

/// What `name` receives from other populations, if it is what the theory knows: stationary and quick.
fn inputs<'a>(model: &'a Model, name: &str) -> Result<Option<Vec<Input<'a>>>> {
    let Some(sections) = model.dynamics.cells() else { return Ok(None) };
    let tau_m = sections[name].neurons().and_then(|n| n.tau_m.constant()).unwrap_or_default();
    let mut inputs = Vec::new();
    for projection in model.projection.values().filter(|p| p.to == name) {
        let from = &projection.from;
        let stationary =
            sections[from].source().is_none_or(|s| matches!(s.spikes, Spikes::Poisson(_)));
        let tau_syn = projection.tau_syn().value();
        let known = stationary && projection.short_term.is_none() && tau_syn <= SLOWEST * tau_m;
        match model.plan().afferents(projection)?.filter(|_| known) {
            Some(afferents) => inputs.push(Input { from, afferents, tau_syn }),
            None => return Ok(None),
        }
    }
    Ok(Some(inputs))
}

impl fmt::Display for Predictions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let header = ("rate (Hz)", "mean field");
        writeln!(f, "  {:<12} {:>10} {:>10}  input (mV)", self.epoch, header.0, header.1)?;
        for (name, p) in &self.populations {
            let (mean, sd) = (p.mean_mv, p.sd_mv);
            write!(f, "  {name:<12} {:>10.2} {:>10.2}", p.measured_hz, p.predicted_hz)?;
            write!(f, "  {mean:.2} +- {sd:.2} in time")?;
            if p.spread_mv >= 0.005 {
                write!(f, ", +- {:.2} between neurons", p.spread_mv)?;
            }
            writeln!(f)?;
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;

    fn predicted(model: &str, settings: &[&str], rate: f64) -> IndexMap<String, Prediction> {
        let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
        let document = Document::read(model.as_ref(), &settings).unwrap();
        let model = document.model().unwrap();
        let rates = model.population.keys().map(|name| (name.clone(), rate)).collect();
        predict(&model, &rates, &model.protocol[0].show).unwrap()
    }

    #[test]
    fn the_states_of_brunel_2000_are_those_of_its_theory() {
        for (state, start, rate) in
            [("", 30.0, 37.95), ("-si-fast", 60.0, 55.84), ("-si-slow", 5.0, 6.52)]
        {
            let found = predicted(&format!("models/brunel-2000{state}.toml"), &[], start);
            for name in ["E", "I"] {
                assert!((found[name].predicted_hz - rate).abs() < 0.006, "{state} {found:?}");
                assert_eq!(found[name].measured_hz, start);
            }
        }
    }

    #[test]
    fn potentials_are_on_the_neurons_own_scale() {
        // The same neurons, 100 mV lower.
        let shifts = [
            "dynamics.spiking.E.theta=-80 mV",
            "dynamics.spiking.E.v_reset=-90 mV",
            "dynamics.spiking.E.v_rest=-100 mV",
            "dynamics.spiking.E.v_initial=-90 mV",
        ];
        let (there, here) = (
            predicted("models/brunel-2000.toml", &shifts, 38.0),
            predicted("models/brunel-2000.toml", &[], 38.0),
        );
        assert!((there["E"].predicted_hz - here["E"].predicted_hz).abs() < 1e-6);
        assert!((there["E"].mean_mv + 100.0 - here["E"].mean_mv).abs() < 1e-6);
    }

    #[test]
    fn nothing_is_said_about_what_the_theory_does_not_know() {
        for setting in [
            "projection.I_to_E.tau_syn=6 ms",
            "projection.I_to_E.short_term={ U = 0.2, tau_d = \"200 ms\", tau_f = \"1500 ms\" }",
            "dynamics.spiking.E.tau_m={ uniform = [\"15 ms\", \"25 ms\"] }",
        ] {
            // I is predicted from the measured rate of E.
            let found = predicted("models/brunel-2000.toml", &[setting], 30.0);
            assert!(found.keys().eq(["I"]), "{setting} {found:?}");
        }
    }
}
