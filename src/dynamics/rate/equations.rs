//! The equations of a rate network, while a field is held.

use super::Transfer;
use crate::network::Network;
use crate::ode::Flow;
use crate::tape::on_tape;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Corners of more neurons than this are left to the control of errors: a step for each would take longer.
const MOST_EDGED: usize = 256;
/// Neurons whose activity one task computes.
const CHUNK: usize = 4096;
/// How far from the end of a range that is only approached a potential is put.
const INSIDE: f64 = 0.005;

/// Of what the equation of a rate network is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Equation {
    /// Of the activity: tau dr/dt = -r + phi(J r + I).
    #[default]
    Rate,
    /// Of the potential: tau du/dt = -u + J phi(u) + I; the activity is phi(u).
    Potential,
}

/// What does not change while a network runs.
#[derive(Debug)]
pub(super) struct System {
    pub network: Network,
    pub equation: Equation,
    pub groups: Vec<Group>,
    /// Time constants, ms; empty where neurons are updated in sweeps.
    pub tau: Vec<f64>,
    /// Constant input.
    pub input: Vec<f64>,
}

/// The neurons of a population.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub neurons: Range<usize>,
    pub transfer: Transfer,
    /// Where its transfer function has corners or steps.
    pub edges: Vec<f64>,
    /// The activities of an inactive and an active neuron.
    pub levels: [f64; 2],
}

impl Group {
    pub fn new(neurons: Range<usize>, transfer: Transfer, levels: [f64; 2]) -> Self {
        Self { neurons, transfer, edges: transfer.edges(), levels }
    }
}

/// What is held from outside.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// All input but that of other neurons.
    pub input: Vec<f64>,
    /// Which neurons stay as they are.
    pub clamped: Vec<bool>,
}

/// The system with what is held: a flow.
pub(super) struct Equations<'a> {
    pub system: &'a System,
    pub held: &'a Held,
}

on_tape!(Held { ; each input, clamped });

impl System {
    /// The population of a neuron.
    pub fn group(&self, neuron: usize) -> &Group {
        &self.groups[self.groups.partition_point(|group| group.neurons.end <= neuron)]
    }

    /// The variable of neuron `i` that stands for this share of the way from inactive to active.
    pub fn placed(&self, i: usize, share: f64) -> f64 {
        let Group { transfer, levels: [low, high], .. } = self.group(i);
        let activity = low + share * (high - low);
        if self.equation == Equation::Rate {
            return activity;
        }
        let margin = INSIDE * (high - low);
        let inside = activity.clamp(low + margin, high - margin);
        let found = [activity, inside].map(|r| transfer.input_for(r));
        found.into_iter().find(|u| u.is_finite()).unwrap_or(activity)
    }

    /// Replaces every input h_i in `values` by the activity phi(h_i); by the formula of a given piece if there are `pieces`.
    fn activate(&self, values: &mut [f64], pieces: &[u8]) {
        for Group { neurons, transfer, edges, .. } in &self.groups {
            let values = &mut values[neurons.clone()];
            if edges.is_empty() || pieces.is_empty() {
                values.par_chunks_mut(CHUNK).for_each(|chunk| {
                    chunk.iter_mut().for_each(|value| *value = transfer.value(*value));
                });
                continue;
            }
            for (value, &piece) in values.iter_mut().zip(&pieces[neurons.clone()]) {
                *value = transfer.extended(*value, piece);
            }
        }
    }

    /// The activities r in the state `y`.
    pub fn activity(&self, y: &[f64]) -> Vec<f64> {
        self.activity_within(y, &[])
    }

    fn activity_within(&self, y: &[f64], pieces: &[u8]) -> Vec<f64> {
        let mut activity = y.to_vec();
        if self.equation == Equation::Potential {
            self.activate(&mut activity, pieces);
        }
        activity
    }

    /// Adds J r to `out`.
    pub fn add_recurrent(&self, activity: &[f64], out: &mut [f64]) {
        for (projection, couplings) in self.network.coupled() {
            let senders = &activity[projection.senders.clone()];
            couplings.add_product(senders, &mut out[projection.receivers.clone()]);
        }
    }

    /// E = -1/2 r.Jr - input.r + sum_i G(r_i), where every transfer function has a cost G.
    pub fn energy(&self, activity: &[f64], held: &Held) -> f64 {
        let mut field = vec![0.0; activity.len()];
        self.add_recurrent(activity, &mut field);
        let terms = activity.iter().zip(&field).zip(&held.input);
        let bilinear: f64 = terms.map(|((r, h), input)| -(0.5 * h + input) * r).sum();
        let costs = self.groups.iter().flat_map(|Group { neurons, transfer, .. }| {
            // Activities begin within the range and leave it by errors of the solver alone.
            let (low, high) = transfer.range();
            let cost = move |r: &f64| transfer.cost(r.clamp(low, high)).unwrap_or(f64::NAN);
            activity[neurons.clone()].iter().map(cost)
        });
        bilinear + costs.sum::<f64>()
    }
}

impl Equations<'_> {
    /// h = J r + input, in the state `y`.
    pub fn field(&self, y: &[f64]) -> Vec<f64> {
        self.field_within(y, &[])
    }

    fn field_within(&self, y: &[f64], pieces: &[u8]) -> Vec<f64> {
        let mut field = self.held.input.clone();
        match self.system.equation {
            Equation::Rate => self.system.add_recurrent(y, &mut field),
            Equation::Potential => {
                self.system.add_recurrent(&self.system.activity_within(y, pieces), &mut field);
            }
        }
        field
    }

    /// Where every neuron would go if its input stayed as it is in the state `y`: phi(h), or h where the variable is the
    /// potential.
    pub fn target(&self, y: &[f64]) -> Vec<f64> {
        self.target_within(y, &[])
    }

    /// The same, by the formula of a given piece if there are `pieces`.
    pub fn target_within(&self, y: &[f64], pieces: &[u8]) -> Vec<f64> {
        let mut target = self.field_within(y, pieces);
        if self.system.equation == Equation::Rate {
            self.system.activate(&mut target, pieces);
        }
        target
    }

    /// The largest |tau dy/dt| of a neuron that is free.
    pub fn residual(&self, y: &[f64]) -> f64 {
        let target = self.target(y);
        let free = (0..y.len()).filter(|&i| !self.held.clamped[i]);
        free.map(|i| (target[i] - y[i]).abs()).fold(0.0, f64::max)
    }
}

impl Flow for Equations<'_> {
    fn derivative(&self, y: &[f64], pieces: &[u8], out: &mut [f64]) {
        let target = self.target_within(y, pieces);
        for (i, out) in out.iter_mut().enumerate() {
            let free = !self.held.clamped[i];
            *out = if free { (target[i] - y[i]) / self.system.tau[i] } else { 0.0 };
        }
    }

    fn edges(&self, i: usize) -> &[f64] {
        &self.system.group(i).edges
    }

    fn arguments(&self, y: &[f64], out: &mut [f64]) -> bool {
        let groups = &self.system.groups;
        let edged: usize =
            groups.iter().filter(|g| !g.edges.is_empty()).map(|g| g.neurons.len()).sum();
        let steps = groups.iter().any(|g| matches!(g.transfer, Transfer::Step { .. }));
        if edged == 0 || (edged > MOST_EDGED && !steps) {
            return false;
        }
        match self.system.equation {
            // Of all pieces the field alone is asked, which has none.
            Equation::Rate => out.copy_from_slice(&self.field(y)),
            Equation::Potential => out.copy_from_slice(y),
        }
        true
    }
}
