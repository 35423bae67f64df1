//! A model as a [`System`].

use super::classes::Memories;
use super::senders::{Stationary, Strengths};
use super::system::{Group, Path, Sender, System};
use super::transfer::{Cell, Transfers};
use crate::dynamics::spiking::Neurons;
use crate::error::{Error, Result};
use crate::learning::Learning;
use crate::model::Model;
use crate::network::{Afferents, Projection};
use crate::pattern::PatternSource;
use crate::synapse::{Connect, Release};
use crate::theory::Siegert;

/// tau_syn / tau_m above which noise is well described as slow, and below which as fast.
const SLOW: f64 = 3.0;
const FAST: f64 = 0.25;

/// A system, and what its numbers mean.
#[derive(Debug)]
pub struct Described {
    pub system: System,
    /// Names of its groups.
    pub names: Vec<String>,
    /// V_rest of their neurons, mV.
    pub rests: Vec<f64>,
    /// What is beyond the range of the theory.
    pub notes: Vec<String>,
}

/// The system of a model of spiking neurons, without what is shown to it.
///
/// # Errors
/// If the model has what the theory does not know.
pub fn describe(model: &Model, transfers: &mut Transfers) -> Result<Described> {
    let Some(sections) = model.dynamics.cells() else {
        return Err(Error::input(
            "found a network of binary neurons",
            "mean-field theory of rates is about spiking neurons, and no theory of recall applies to this model",
            "choose another model",
        )
        .at("dynamics"));
    };
    let mut described = Described {
        system: System { groups: Vec::new(), paths: Vec::new() },
        names: Vec::new(),
        rests: Vec::new(),
        notes: Vec::new(),
    };
    let told: Vec<&String> = sections
        .iter()
        .filter(|(_, cells)| cells.neurons().is_some())
        .map(|(name, _)| name)
        .collect();
    for &name in &told {
        let Some(neurons) = sections[name].neurons() else { continue };
        let at = |e: Error, key: &str| e.at(format!("dynamics.spiking.{name}.{key}"));
        described.group(model, name, neurons, transfers).map_err(|(e, key)| at(e, key))?;
    }
    for (name, projection) in &model.projection {
        let Some(to) = told.iter().position(|other| **other == projection.to) else { continue };
        let source = sections[&projection.from].source();
        let from = match source {
            None => told.iter().position(|o| **o == projection.from).map(Sender::Group),
            Some(source) => source.spikes.rate().map(Sender::Given),
        };
        let at = |e: Error, key: &str| e.at(format!("projection.{name}.{key}"));
        let Some(from) = from else {
            return Err(at(unknown("spikes at given times", "Poisson sources"), "from"));
        };
        let strengths = strengths(model, projection).map_err(|(e, key)| at(e, key))?;
        let several =
            || at(unknown("currents of several time constants", "one time constant"), "tau_syn");
        let tau_syn = projection.kernel().plain().ok_or_else(several)?;
        if projection.plasticity.is_some() {
            return Err(at(unknown("efficacies that change", "fixed ones"), "plasticity"));
        }
        let short_term = projection.short_term.map(|s| Stationary {
            utilisation: s.utilisation,
            before_jump: s.release == Release::BeforeJump,
            tau_d: 0.001 * s.tau_d.value(),
            tau_f: 0.001 * s.tau_f.value(),
        });
        described.range(name, tau_syn / described.system.groups[to].tau_m);
        described.system.paths.push(Path { from, to, strengths, tau_syn, short_term });
    }
    Ok(described)
}

impl Described {
    fn group(
        &mut self,
        model: &Model,
        name: &str,
        neurons: &Neurons,
        transfers: &mut Transfers,
    ) -> std::result::Result<(), (Error, &'static str)> {
        let constant = |value: Option<f64>, key: &'static str| {
            value.ok_or_else(|| (unknown("values that differ between neurons", "one value"), key))
        };
        if neurons.input.is_some() {
            return Err((unknown("spikes from a file", "Poisson input"), "input"));
        }
        if let Some(key) = neurons.beyond_lif() {
            let what = "neurons that adapt, or fire at random";
            return Err((unknown(what, "leaky integrate-and-fire neurons"), key));
        }
        let v_rest = neurons.v_rest.value();
        let neuron = Siegert {
            tau_m: constant(neurons.tau_m.constant(), "tau_m")?,
            theta: constant(neurons.theta.constant(), "theta")? - v_rest,
            v_reset: neurons.v_reset.value() - v_rest,
            t_ref: constant(neurons.t_ref.constant(), "t_ref")?,
        };
        let to = self.system.groups.len();
        let mut current = constant(neurons.current.constant(), "current")?;
        let mut cell = Cell { neuron, tau_syn: 0.0, jump: 0.0, jumps: 0.0 };
        let mut outside = 0.0;
        if let Some(poisson) = &neurons.poisson {
            let rate = constant(poisson.rate.constant(), "poisson.rate")?;
            let jump = poisson.efficacy.value();
            let tau_syn = poisson.tau_syn.value();
            if jump > 0.0 && tau_syn <= neuron.tau_m {
                cell = Cell { neuron, tau_syn, jump, jumps: rate };
                current += 0.001 * neuron.tau_m * rate * jump;
                outside = 0.001 * neuron.tau_m * rate * jump * jump;
            } else {
                let strengths = Strengths::Given(Afferents::one(jump));
                let from = Sender::Given(rate);
                self.range(&format!("Poisson input of {name}"), tau_syn / neuron.tau_m);
                self.system.paths.push(Path { from, to, strengths, tau_syn, short_term: None });
            }
        } else {
            // The largest that is fast.
            let own = model.projection.values().filter(|p| p.to == name);
            let plain = own.filter_map(|p| p.kernel().plain());
            let fast = plain.filter(|t| *t <= FAST * neuron.tau_m);
            cell.tau_syn = fast.fold(0.0, f64::max);
        }
        let memories = match model.patterns.get(name) {
            None => None,
            Some(PatternSource::Random(random)) => {
                Some(Memories { number: random.number as f64, level: random.coding_level })
            }
            Some(_) => None,
        };
        let (transfer, tau_m) = (transfers.of(cell), neuron.tau_m);
        self.system.groups.push(Group { transfer, tau_m, current, outside, memories });
        self.names.push(name.to_owned());
        self.rests.push(v_rest);
        Ok(())
    }

    /// Notes a synaptic time constant that is neither fast nor slow.
    fn range(&mut self, name: &str, ratio: f64) {
        if ratio > FAST && ratio < SLOW {
            self.notes.push(format!(
                "{name}: tau_syn is {ratio:.2} tau_m, taken as {}; theory is good below {FAST} and above {SLOW}",
                if ratio > 1.0 { "slow" } else { "fast" }
            ));
        }
    }
}

/// The efficacies of a projection.
fn strengths(
    model: &Model,
    projection: &Projection,
) -> std::result::Result<Strengths, (Error, &'static str)> {
    if projection.file().is_some() {
        return Err((unknown("synapses from a file", "drawn ones"), "connect"));
    }
    if let Connect::Assemblies(_) = projection.connect {
        return Err((
            unknown("connections that depend on patterns", "those that do not"),
            "connect",
        ));
    }
    let scale = projection.scale.map_or(0.0, |s| s.value());
    let counted = || model.plan().afferents_of(projection, scale).map_err(|e| (e, "connect"));
    let random = |name: &String| matches!(model.patterns.get(name), Some(PatternSource::Random(_)));
    match &projection.learning {
        None => match model.plan().afferents(projection).map_err(|e| (e, "connect"))? {
            Some(afferents) => Ok(Strengths::Given(afferents)),
            None => {
                Err((unknown("efficacies that are written one by one", "drawn ones"), "efficacy"))
            }
        },
        Some(Learning::SharedPatterns { at_most: None })
            if random(&projection.from) && random(&projection.to) =>
        {
            Ok(Strengths::Shared(counted()?))
        }
        Some(Learning::Membership {}) if random(&projection.to) => {
            Ok(Strengths::Membership(counted()?))
        }
        Some(_) => Err((
            unknown(
                "a rule or patterns that it does not know",
                "shared_patterns and membership, of random patterns",
            ),
            "learning",
        )),
    }
}

/// The error of what the theory does not know.
fn unknown(found: &str, allowed: &str) -> Error {
    Error::input(
        format!("found {found}"),
        format!("mean-field theory knows {allowed}"),
        "simulate this model with `attractor run`, or change it with --set",
    )
}
