//! A rate network as a vector field: what its neurons do in any state, while a field is held.

use super::equations::{Equations, Held, System};
use super::{Equation, Transfer};
use crate::ode::Flow;
use std::sync::Arc;

/// The vector field of a rate network without noise.
///
/// ```text
/// tau_i dy_i/dt = target_i(y) - y_i
/// target = phi(J y + I)   of activities,    J phi(y) + I   of potentials
/// ```
///
/// Where neurons are updated in sweeps, which have the same fixed points, all tau are 1 sweep.
#[derive(Clone, Debug)]
pub struct VectorField {
    system: Arc<System>,
    held: Held,
    tau: Vec<f64>,
    conserves: bool,
}

impl VectorField {
    pub(super) fn new(system: Arc<System>, held: Held, conserves: bool) -> Self {
        let tau = match system.tau.is_empty() {
            true => vec![1.0; held.input.len()],
            false => system.tau.clone(),
        };
        Self { system, held, tau, conserves }
    }

    fn equations(&self) -> Equations<'_> {
        Equations { system: &self.system, held: &self.held }
    }

    /// Number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.tau.len()
    }

    /// Of what the equation is.
    pub fn equation(&self) -> Equation {
        self.system.equation
    }

    /// Time constants: ms, or sweeps.
    pub fn tau(&self) -> &[f64] {
        &self.tau
    }

    /// Whether neurons are updated in sweeps.
    pub fn in_sweeps(&self) -> bool {
        self.system.tau.is_empty()
    }

    /// J_ij row by row; i receives.
    pub fn couplings(&self) -> Vec<f64> {
        let n = self.neurons();
        (0..n * n).map(|k| self.system.network.efficacy(k / n, k % n)).collect()
    }

    /// From the input of neuron `i` to its activity.
    pub fn transfer(&self, i: usize) -> Transfer {
        self.system.group(i).transfer
    }

    /// The activities that stand for an inactive and an active neuron.
    pub fn levels(&self, i: usize) -> [f64; 2] {
        self.system.group(i).levels
    }

    /// The smallest and the largest activity of neuron `i`; infinite where there is none.
    pub fn range(&self, i: usize) -> (f64, f64) {
        self.system.group(i).transfer.range()
    }

    /// The variable of neuron `i` that stands for this share of the way from inactive to active.
    pub fn placed(&self, i: usize, share: f64) -> f64 {
        self.system.placed(i, share)
    }

    /// The activities in the state `y`.
    pub fn activity(&self, y: &[f64]) -> Vec<f64> {
        self.system.activity(y)
    }

    /// tau dy/dt in the state `y`.
    pub fn residual(&self, y: &[f64]) -> Vec<f64> {
        self.equations().target(y).iter().zip(y).map(|(target, y)| target - y).collect()
    }

    /// phi' of every neuron at its argument: its input of activities, its variable of potentials; at a corner the slope
    /// above it.
    pub fn slopes(&self, y: &[f64]) -> Vec<f64> {
        let slope = |(i, h): (usize, f64)| self.system.group(i).transfer.slope(h);
        self.argument(y).into_iter().enumerate().map(slope).collect()
    }

    /// What phi is taken of: the input of activities, the variable of potentials.
    pub fn argument(&self, y: &[f64]) -> Vec<f64> {
        match self.equation() {
            Equation::Rate => self.equations().field(y),
            Equation::Potential => y.to_vec(),
        }
    }

    /// Constant input, with that of a stimulus that is held.
    pub fn input(&self) -> &[f64] {
        &self.held.input
    }

    /// Of a neuron whose transfer function is linear in pieces: slope and value at 0 of every piece's formula; `None` if
    /// it is curved.
    pub fn pieces(&self, i: usize) -> Option<Vec<(f64, f64)>> {
        let group = self.system.group(i);
        if !group.transfer.is_piecewise_linear() {
            return None;
        }
        let at = |h: f64, piece: usize| group.transfer.extended(h, piece as u8);
        let line = |piece| (at(1.0, piece) - at(0.0, piece), at(0.0, piece));
        Some((0..=group.edges.len()).map(line).collect())
    }

    /// E of activities, where an energy exists that never rises.
    pub fn energy(&self, activity: &[f64]) -> Option<f64> {
        self.conserves.then(|| self.system.energy(activity, &self.held))
    }
}

impl Flow for VectorField {
    fn derivative(&self, y: &[f64], pieces: &[u8], out: &mut [f64]) {
        let target = self.equations().target_within(y, pieces);
        for (i, out) in out.iter_mut().enumerate() {
            *out = (target[i] - y[i]) / self.tau[i];
        }
    }

    fn edges(&self, i: usize) -> &[f64] {
        &self.system.group(i).edges
    }

    fn arguments(&self, y: &[f64], out: &mut [f64]) -> bool {
        self.equations().arguments(y, out)
    }
}
