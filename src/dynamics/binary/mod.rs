//! Networks of two-state neurons: Hopfield networks and their generalisations.
//!
//! ```text
//! h_i = sum_j J_ij s_j + H_i - theta          local field, with the external field H_i; s_j(t - d) after a delay of d sweeps
//! s_i := active if h_i > 0, inactive if h_i < 0; with probability g(h_i/T) active at a temperature T
//! E = -1/2 sum_ij J_ij s_i s_j - sum_i (H_i - theta) s_i
//! ```
//!
//! A flip is a spike: the couplings carry it to the local fields of its targets, which are kept up to date, so that a
//! neuron that does not flip costs a comparison. An update of neuron i by Delta s changes the energy by
//! -Delta s h_i - J_ii (Delta s)^2 / 2; where J is symmetric, J_ii >= 0 and neurons are updated one at a time without
//! noise, it never rises. Time is counted in sweeps of N single-neuron updates.
//!
//! Delays need neurons that are updated together: s(t + 1) then follows from h(t), and the states of the last sweeps are kept.
//! Before the first sweep the network has always been in its initial state.
//!
//! Sources: W. A. Little, Math. Biosci. 19:101 (1974); J. J. Hopfield, PNAS 79:2554 (1982); R. J. Glauber, J. Math.
//! Phys. 4:294 (1963) for the temperature; A. Herz, B. Sulzer, R. Kühn, J. L. van Hemmen, Biol. Cybern. 60:457 (1989)
//! for delays.

mod law;
mod past;
#[cfg(test)]
mod tests;

pub use super::update::{Tie, Update};
pub use law::{Gain, Law, States};

use super::sweeps::Sweeps;
use super::{Attractor, Dynamics, Events, Field, Imposed, Observable, Relaxation};
use crate::error::Result;
use crate::network::Network;
use crate::random::{Seed, Stream};
use crate::synapse::Fields;
use crate::tape::on_tape;
use crate::work::Over;
use past::Past;
use std::ops::Range;
use std::sync::Arc;

/// A binary network in motion.
#[derive(Clone)]
pub struct Binary {
    network: Arc<Network>,
    law: Law,
    /// Whether an energy exists.
    conserves: bool,
    active: Vec<bool>,
    past: Past,
    /// What every coupling contributes to the local fields.
    fields: Vec<Fields>,
    external: Vec<f64>,
    clamped: Vec<bool>,
    energy: f64,
    sweeps: Sweeps,
    noise: Stream,
    events: Events,
    over: Over,
}

on_tape!(Binary {
    past, energy, sweeps, noise, events;
    each active, external, clamped, fields;
    not network, law, conserves, over;
    if Binary::is_possible
});

impl Binary {
    /// A network whose neurons start active with the probability `initial_activity` of the law.
    pub fn new(network: Arc<Network>, law: &Law, seed: Seed) -> Self {
        let neurons = network.neurons();
        let mut initial = seed.stream("binary/initial", 0);
        let active: Vec<bool> =
            (0..neurons).map(|_| initial.uniform() < law.initial_activity).collect();
        let longest = network.coupled().map(|(p, _)| p.delay).max().unwrap_or_default();
        let mut binary = Self {
            past: Past::new(longest, &active),
            conserves: network.without_energy().is_none(),
            fields: Vec::new(),
            external: vec![0.0; neurons],
            clamped: vec![false; neurons],
            energy: 0.0,
            sweeps: Sweeps::new(law.update, neurons, seed.stream("binary/order", 0)),
            noise: seed.stream("binary/noise", 0),
            events: Events::default(),
            over: Over::default(),
            network,
            law: law.clone(),
            active,
        };
        binary.fields = binary.fields_anew();
        binary.energy = binary.full_energy();
        binary
    }

    fn value(&self, i: usize) -> f64 {
        self.law.states.value(self.active[i])
    }

    /// Whether its fields are those of its states, which are exact, and its energy is that of its fields, to rounding.
    fn is_possible(&self) -> bool {
        if self.fields != self.fields_anew() {
            return false;
        }
        if !self.conserves {
            return true;
        }
        // An update adds to the energy, and a field may count as 0.
        let (sweeps, neurons) = (self.sweeps.time(), self.active.len() as f64);
        let rounding = f64::EPSILON * sweeps * neurons + 1e-12 * (1.0 + sweeps);
        (self.energy - self.full_energy()).abs() <= rounding * self.most_energy()
    }

    /// The contributions to all local fields, from the states alone.
    fn fields_anew(&self) -> Vec<Fields> {
        let values = |states: &[bool]| -> Vec<f64> {
            states.iter().map(|&active| self.law.states.value(active)).collect()
        };
        let coupled = self.network.coupled().map(|(p, j)| {
            let sent = self.past.sent(p.delay, &self.active);
            j.fields(&values(&sent[p.senders.clone()]))
        });
        coupled.collect()
    }

    /// |E| of no state is larger.
    fn most_energy(&self) -> f64 {
        let coupled = self.network.coupled().map(|(_, j)| j.most() * j.synapses() as f64);
        let shifts = self.external.iter().map(|h| (h - self.law.threshold).abs());
        coupled.chain(shifts).sum()
    }

    /// h_i; 0 where its parts cancel to rounding (1e-12 of them), so that J = 0.1 three times meets theta = 0.3.
    pub fn local_field(&self, i: usize) -> f64 {
        let own = self.value(i);
        let mut h = self.external[i] - self.law.threshold;
        let mut size = self.external[i].abs() + self.law.threshold.abs();
        for ((projection, couplings), fields) in self.network.coupled().zip(&self.fields) {
            if projection.receivers.contains(&i) {
                let local = i - projection.receivers.start;
                let part = couplings.unit() * couplings.field(fields, local, own);
                h += part;
                size += part.abs();
            }
        }
        if h.abs() <= 1e-12 * size { 0.0 } else { h }
    }

    /// J_ii.
    fn self_coupling(&self, i: usize) -> f64 {
        self.network.efficacy(i, i)
    }

    /// E of the present state, from the fields.
    fn full_energy(&self) -> f64 {
        let of = |i: usize| {
            let shift = self.external[i] - self.law.threshold;
            let h = self.local_field(i);
            -(0.5 * (h - shift) + shift) * self.value(i)
        };
        (0..self.active.len()).map(of).sum()
    }

    fn flip(&mut self, i: usize) {
        let before = self.value(i);
        let h = if self.conserves { self.local_field(i) } else { 0.0 };
        self.active[i] = !self.active[i];
        let delta = self.value(i) - before;
        if self.conserves {
            self.energy -= delta * (h + 0.5 * delta * self.self_coupling(i));
        }
        for ((projection, couplings), fields) in self.network.coupled().zip(&mut self.fields) {
            if projection.delay == 0 && projection.senders.contains(&i) {
                couplings.change(fields, i - projection.senders.start, delta);
                self.events.synaptic += projection.out_degree() as u64;
            }
        }
        self.sweeps.changed();
    }

    /// What neuron `i` becomes if it is updated now.
    fn next(&mut self, i: usize) -> bool {
        let h = self.local_field(i);
        if self.law.temperature > 0.0 {
            let p = self.law.gain().probability(h / self.law.temperature);
            return self.noise.uniform() < p;
        }
        self.law.becomes(h, self.active[i])
    }

    /// Updates the next neuron of a sweep.
    fn update_one(&mut self) {
        let i = self.sweeps.next();
        if !self.clamped[i] && self.next(i) != self.active[i] {
            self.flip(i);
        }
        if self.sweeps.count(1) {
            self.end_sweep();
        }
    }

    /// Updates all neurons at once.
    fn update_all(&mut self) {
        let neurons = self.active.len();
        let changing: Vec<usize> =
            (0..neurons).filter(|&i| !self.clamped[i] && self.next(i) != self.active[i]).collect();
        self.arrive();
        changing.into_iter().for_each(|i| self.flip(i));
        self.sweeps.count(neurons as u64);
        self.end_sweep();
    }

    /// What was sent some sweeps ago reaches its targets, and the present state is on its way.
    fn arrive(&mut self) {
        for ((projection, couplings), fields) in self.network.coupled().zip(&mut self.fields) {
            let senders = projection.senders.clone();
            if projection.delay == 0 {
                continue;
            }
            let arriving = self.past.arriving(projection.delay, &self.active);
            for (j, active) in arriving.into_iter().filter(|(j, _)| senders.contains(j)) {
                let delta = self.law.states.value(active) - self.law.states.value(!active);
                couplings.change(fields, j - senders.start, delta);
                self.events.synaptic += projection.out_degree() as u64;
            }
        }
        self.past.keep(&self.active);
    }

    /// Looks whether the trajectory has come to its end.
    fn end_sweep(&mut self) {
        if self.law.temperature > 0.0 {
            return self.sweeps.disturb();
        }
        let sweeps = &self.sweeps;
        let rests = sweeps.is_quiet()
            && match sweeps.takes_all() {
                true => self.past.is_still(&self.active),
                false => self.is_fixed_point(),
            };
        // A sweep is a function of the state, and of those on their way.
        match self.past.is_empty() {
            true => self.sweeps.end(rests, &self.active),
            false => self.sweeps.end(rests, &self.past.with(&self.active)),
        }
    }

    /// Whether no neuron would change without noise.
    pub fn is_fixed_point(&self) -> bool {
        (0..self.active.len()).all(|i| self.clamped[i] || self.is_stable(i))
    }

    fn is_stable(&self, i: usize) -> bool {
        self.law.becomes(self.local_field(i), self.active[i]) == self.active[i]
    }
}

impl Dynamics for Binary {
    fn time(&self) -> f64 {
        self.sweeps.time()
    }

    fn drive(&mut self, field: &Field) {
        self.clamped.fill(false);
        let (local, imposed) = field.on_states(self.active.len());
        for (i, imposed) in imposed.iter().enumerate() {
            let wanted = match *imposed {
                Imposed::Free => continue,
                Imposed::Set(wanted) | Imposed::Clamped(wanted) => wanted,
                Imposed::Placed(share) => share >= 0.5,
            };
            if self.active[i] != wanted {
                self.flip(i);
            }
            self.clamped[i] = matches!(imposed, Imposed::Clamped(_));
        }
        self.external = local;
        if self.conserves {
            self.energy = self.full_energy();
        }
        self.sweeps.disturb();
    }

    fn feels(&self, field: &Field) -> bool {
        let (local, imposed) = field.on_states(self.active.len());
        let alike = |(i, own): (usize, &Imposed)| {
            own.allows(self.clamped[i], |active| self.active[i] == active)
        };
        self.external == local && imposed.iter().enumerate().all(alike)
    }

    fn heed(&mut self, over: &Over) {
        self.over = over.clone();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        while let Some(updates) = self.sweeps.due(until) {
            self.sweeps.heed(&self.over)?;
            if updates == 1 { self.update_one() } else { self.update_all() }
        }
        Ok(())
    }

    fn observable(&self) -> Observable<'_> {
        Observable::States { active: &self.active, energy: self.conserves.then_some(self.energy) }
    }

    fn branch(&self, seed: Seed) -> Box<dyn Dynamics> {
        let mut branch = self.clone();
        branch.reseed(seed);
        branch.sweeps.restart();
        branch.events = Events::default();
        Box::new(branch)
    }

    fn reseed(&mut self, seed: Seed) {
        self.sweeps.choose(seed.stream("binary/order", 0));
        self.noise = seed.stream("binary/noise", 0);
    }

    fn events(&self) -> Events {
        self.events
    }

    fn relaxation(&self) -> Option<&dyn Relaxation> {
        Some(self)
    }
}

impl Relaxation for Binary {
    fn attractor(&self) -> Option<Attractor> {
        self.sweeps.attractor()
    }

    fn unstable(&self, neurons: Range<usize>) -> usize {
        neurons.filter(|&i| !self.is_stable(i)).count()
    }
}
