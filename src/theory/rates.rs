//! Which mean-field theory applies to the populations of a model of spiking neurons, and what it predicts of them.

use super::{Equilibrium, Pathway, Population, Sender, Siegert, solve};
use crate::dynamics::spiking::Neurons;
use crate::error::Result;
use crate::model::Model;
use crate::network::Afferents;
use crate::protocol::{Intensity, Stimulus};
use crate::train::Spikes;
use indexmap::IndexMap;

/// Largest tau_syn / tau_m for which the correction for slow synapses holds to some per cent.
const SLOWEST: f64 = 0.25;

/// What theory says about a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    /// Hz.
    pub rate: f64,
    /// Mean input, mV, on the neurons' own scale of potentials: the mean of V if there were no threshold.
    pub mean: f64,
    /// Standard deviation that V would have in time, mV.
    pub sd: f64,
    /// Standard deviation of the mean input from neuron to neuron, mV.
    pub spread: f64,
}

/// The populations of neurons that are not among the `predicted`: those of which the theory does not know.
pub fn apart<'a, T>(model: &'a Model, predicted: &IndexMap<String, T>) -> Vec<&'a str> {
    let sections = model.dynamics.cells().into_iter().flatten();
    let neurons = sections.filter(|(_, section)| section.source().is_none());
    let names = neurons.map(|(name, _)| name.as_str());
    names.filter(|name| !predicted.contains_key(*name)).collect()
}

/// What is predicted of all populations to which theory applies, given the measured `rates` (Hz) and what is shown.
/// Those to which it does not apply send at their measured rates. Nothing if no state is consistent with itself.
///
/// # Errors
/// If the synapses of a projection cannot be told from the model.
pub fn predict(
    model: &Model,
    rates: &IndexMap<String, f64>,
    shown: &[Stimulus],
) -> Result<IndexMap<String, Predicted>> {
    // Where input changes in time nothing that it reaches has a stationary state.
    if shown.iter().any(|stimulus| stimulus.course().is_some()) {
        return Ok(IndexMap::new());
    }
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
    let beside = |((name, (v_rest, ..)), state): ((&&String, &(f64, _, _)), Equilibrium)| {
        let prediction = Predicted {
            rate: state.rate,
            mean: state.mu + v_rest,
            sd: state.sigma * std::f64::consts::FRAC_1_SQRT_2,
            spread: state.spread,
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
    let neurons = model.dynamics.cells()?[name]
        .neurons()
        .filter(|n| n.input.is_none() && n.beyond_lif().is_none())?;
    let Neurons { v_rest, v_reset, t_ref, current, .. } = neurons;
    let v_rest = v_rest.value();
    let neuron = Siegert {
        tau_m: neurons.tau_m.constant()?,
        theta: neurons.theta.constant()? - v_rest,
        v_reset: v_reset.value() - v_rest,
        t_ref: t_ref.constant()?,
    };
    let shown = || shown.iter().filter(|s| s.population.as_deref() == Some(name));
    let added =
        |of: fn(&Stimulus) -> Option<Option<f64>>| -> Option<f64> { shown().filter_map(of).sum() };
    let added_current = added(|s| s.current.as_ref().map(Intensity::constant))?;
    let added_rate = added(|s| s.poisson.as_ref().map(Intensity::constant))?;
    let mut pathways = Vec::new();
    if let Some(poisson) = &neurons.poisson {
        let efficacy = poisson.efficacy.value();
        pathways.push(Pathway {
            from: Sender::Given(poisson.rate.constant()? + added_rate),
            afferents: Afferents::one(efficacy),
            tau_syn: poisson.tau_syn.value(),
        });
    }
    let population = Population { neuron, current: current.constant()? + added_current, pathways };
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
        let quick = projection.kernel().plain().filter(|tau_syn| *tau_syn <= SLOWEST * tau_m);
        let fixed = projection.short_term.is_none() && projection.plasticity.is_none();
        let known = quick.filter(|_| stationary && fixed);
        match model.plan().afferents(projection)?.zip(known) {
            Some((afferents, tau_syn)) => inputs.push(Input { from, afferents, tau_syn }),
            None => return Ok(None),
        }
    }
    Ok(Some(inputs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;

    fn predicted(model: &str, settings: &[&str], rate: f64) -> IndexMap<String, Predicted> {
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
                assert!((found[name].rate - rate).abs() < 0.006, "{state} {found:?}");
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
        assert!((there["E"].rate - here["E"].rate).abs() < 1e-6);
        assert!((there["E"].mean + 100.0 - here["E"].mean).abs() < 1e-6);
    }

    #[test]
    fn nothing_is_said_about_what_the_theory_does_not_know() {
        for setting in [
            "projection.I_to_E.tau_syn=6 ms",
            "projection.I_to_E.tau_syn={ decay = \"1 ms\", rise = \"0.5 ms\" }",
            "projection.I_to_E.short_term={ U = 0.2, tau_d = \"200 ms\", tau_f = \"1500 ms\" }",
            "dynamics.spiking.E.tau_m={ uniform = [\"15 ms\", \"25 ms\"] }",
        ] {
            // I is predicted from the measured rate of E.
            let found = predicted("models/brunel-2000.toml", &[setting], 30.0);
            assert!(found.keys().eq(["I"]), "{setting} {found:?}");
        }
    }
}
