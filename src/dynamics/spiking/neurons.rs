//! The neurons of a population as a model describes them: `[dynamics.spiking.POPULATION]`.

use crate::error::{Error, Result};
use crate::random::{Seed, Stream};
use crate::train::Replay;
use crate::units::{Rate, Time, Voltage};
use serde::{Deserialize, Serialize};

/// Leaky integrate-and-fire neurons and what they receive from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neurons {
    /// Membrane time constant.
    pub tau_m: Time,
    /// Threshold.
    pub theta: Voltage,
    /// Potential during refractoriness, and after it.
    pub v_reset: Voltage,
    /// Refractory period.
    pub t_ref: Time,
    /// Potential without any input.
    #[serde(default = "zero")]
    pub v_rest: Voltage,
    /// Constant current times membrane resistance.
    #[serde(default = "zero")]
    pub current: Voltage,
    /// Potential at the start; without it, all neurons start at `v_reset`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v_initial: Option<Initial>,
    /// External spikes, independent for every neuron.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poisson: Option<PoissonInput>,
    /// External spikes from a file, instead of drawn ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Replay>,
}

fn zero() -> Voltage {
    Voltage::new(0.0)
}

/// Distribution of the potentials at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Initial {
    /// All the same.
    Constant(Voltage),
    /// Independent and uniform between two values.
    Uniform(Voltage, Voltage),
}

/// Independent Poisson spike trains through exponential synapses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoissonInput {
    /// Spikes per second and neuron.
    pub rate: Rate,
    /// Efficacy of one spike.
    pub efficacy: Voltage,
    /// Time constant of the synaptic current.
    pub tau_syn: Time,
}

impl Neurons {
    /// Refuses impossible neurons.
    pub fn check(&self) -> Result<()> {
        self.tau_m.positive("a membrane time constant").map_err(|e| e.at("tau_m"))?;
        if self.v_reset >= self.theta {
            return Err(Error::input(
                format!("found v_reset = {} and theta = {}", self.v_reset, self.theta),
                "the reset lies below the threshold, or the neuron would fire for ever",
                "lower v_reset or raise theta",
            )
            .at("v_reset"));
        }
        if let Some(poisson) = &self.poisson {
            poisson
                .tau_syn
                .positive("a synaptic time constant")
                .map_err(|e| e.at("poisson.tau_syn"))?;
        }
        match self.v_initial {
            Some(Initial::Constant(v)) if v >= self.theta => Err(self.initial_error(v)),
            Some(Initial::Uniform(_, high)) if high > self.theta => Err(self.initial_error(high)),
            Some(Initial::Uniform(low, high)) if low > high => Err(Error::input(
                format!("found a range from {low} to {high}"),
                "the lower end comes first",
                "exchange the two",
            )
            .at("v_initial.uniform")),
            _ => Ok(()),
        }
    }

    fn initial_error(&self, v: Voltage) -> Error {
        Error::input(
            format!("found an initial potential of {v} at a threshold of {}", self.theta),
            "neurons start below threshold",
            "lower v_initial",
        )
        .at("v_initial")
    }

    /// Constant part of V_inf, mV.
    pub fn v_inf(&self) -> f64 {
        self.v_rest.value() + self.current.value()
    }

    /// Potentials at the start of `number` neurons, mV.
    pub fn initial(&self, number: usize, stream: &mut Stream) -> Vec<f64> {
        match self.v_initial {
            None => vec![self.v_reset.value(); number],
            Some(Initial::Constant(v)) => vec![v.value(); number],
            Some(Initial::Uniform(low, high)) => {
                let width = high.value() - low.value();
                (0..number).map(|_| low.value() + width * stream.uniform()).collect()
            }
        }
    }

    /// Efficacy (mV) and synaptic time constant (ms) of external spikes, if there are any.
    pub fn external(&self) -> Option<(f64, f64)> {
        let drawn = self.poisson.as_ref().map(|p| (p.efficacy, p.tau_syn));
        let read = self.input.as_ref().map(|i| (i.efficacy, i.tau_syn));
        drawn.or(read).map(|(efficacy, tau)| (efficacy.value(), tau.value()))
    }

    pub fn draw(&self, population: &str, block: usize, number: usize, seed: Seed) -> Drawn {
        let mut stream = seed.stream(&format!("initial/{population}"), block as u64);
        Drawn {
            tau_m: vec![self.tau_m.value(); number],
            theta: vec![self.theta.value(); number],
            v: self.initial(number, &mut stream),
        }
    }
}

/// What differs from neuron to neuron of a block.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub tau_m: Vec<f64>,
    pub theta: Vec<f64>,
    pub v: Vec<f64>,
}

impl Drawn {
    /// tau_m and theta, if they are the same for all neurons.
    pub fn alike(&self) -> Option<(f64, f64)> {
        let (tau_m, theta) = (*self.tau_m.first()?, *self.theta.first()?);
        let alike = self.tau_m.iter().all(|t| *t == tau_m) && self.theta.iter().all(|t| *t == theta);
        alike.then_some((tau_m, theta))
    }
}
