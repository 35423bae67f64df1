//! States of -1 and 1: dense associative memories.

use super::memories::Memories;
use super::separation::{Differences, Separation};
use crate::dynamics::sweeps::Sweeps;
use crate::dynamics::update::{Tie, Update};
use crate::dynamics::{Attractor, Dynamics, Events, Field, Imposed, Observable, Relaxation};
use crate::error::Result;
use crate::random::Seed;
use crate::tape::on_tape;
use crate::work::Over;
use std::ops::Range;

/// A dense associative memory in motion.
///
/// ```text
/// s_i := sgn sum_mu [F(a^mu if s_i = 1) - F(a^mu if s_i = -1)],  a^mu = sum_i x_i^mu (s_i + H_i)
/// E = -N sum_mu (a^mu / N)^n,  or  -ln sum_mu exp(a^mu)
/// ```
///
/// Similarities follow every flip, and with them the differences of F that decide on the next, so that a neuron that does
/// not flip costs P additions. One neuron at a time the energy never rises: a neuron is updated to where sum_mu F(a^mu) is
/// larger.
#[derive(Clone)]
pub struct Dense {
    memories: Memories,
    separation: Separation,
    tie: Tie,
    active: Vec<bool>,
    clamped: Vec<bool>,
    /// sum_i x_i^mu s_i, whole numbers; and what the external field adds to them.
    overlaps: Vec<f64>,
    added: Vec<f64>,
    differences: Differences,
    energy: f64,
    sweeps: Sweeps,
    over: Over,
}

on_tape!(Dense {
    differences, energy, sweeps;
    each active, clamped, overlaps, added;
    not memories, separation, tie, over;
    if Dense::is_possible
});

impl Dense {
    /// Whether its similarities, and what follows from them, are those of its states.
    fn is_possible(&self) -> bool {
        let mut anew = self.clone();
        anew.compare();
        // A power of what is felt may be beyond all numbers.
        let energy = self.energy == anew.energy || anew.energy.is_nan();
        energy && (&self.overlaps, &self.differences) == (&anew.overlaps, &anew.differences)
    }

    /// A network whose neurons start at -1 or 1 at random.
    pub(super) fn new(
        memories: Memories,
        separation: Separation,
        (update, tie): (Update, Tie),
        seed: Seed,
    ) -> Self {
        let (neurons, number) = (memories.patterns().neurons(), memories.patterns().number());
        let mut initial = seed.stream("modern/initial", 0);
        let mut network = Self {
            active: (0..neurons).map(|_| initial.uniform() < 0.5).collect(),
            clamped: vec![false; neurons],
            overlaps: Vec::new(),
            added: vec![0.0; number],
            differences: Differences::default(),
            energy: 0.0,
            sweeps: Sweeps::new(update, neurons, seed.stream("modern/order", 0)),
            over: Over::default(),
            memories,
            separation,
            tie,
        };
        network.compare();
        network
    }

    fn value(&self, i: usize) -> f64 {
        if self.active[i] { 1.0 } else { -1.0 }
    }

    /// Compares the state with the memories.
    fn compare(&mut self) {
        let state: Vec<f64> = (0..self.active.len()).map(|i| self.value(i)).collect();
        self.overlaps = self.memories.similarities(&state);
        self.separate();
        self.energy = self.full_energy();
    }

    fn similarities(&self) -> Vec<f64> {
        self.overlaps.iter().zip(&self.added).map(|(a, b)| a + b).collect()
    }

    fn separate(&mut self) {
        let similarities = self.similarities();
        self.separation.differences(&similarities, &mut self.differences);
    }

    fn full_energy(&self) -> f64 {
        self.separation.energy(&self.similarities(), self.active.len())
    }

    /// The local field of a neuron in some unit; 0 where its parts cancel to rounding (1e-12 of them).
    fn field(&self, i: usize) -> f64 {
        let Differences { up, down } = &self.differences;
        let own = if self.active[i] { u64::MAX } else { 0 };
        let (mut keep, mut size) = (0.0, 0.0);
        let patterns = self.memories.patterns();
        for ((bits, up), down) in patterns.bits(i).iter().zip(up.chunks(64)).zip(down.chunks(64)) {
            // Set where the neuron is as in the pattern, which then loses by its flip.
            let alike = !(bits ^ own);
            for (k, (up, down)) in up.iter().zip(down).enumerate() {
                let part = if alike >> k & 1 == 1 { *down } else { -up };
                keep += part;
                size += part.abs();
            }
        }
        if keep.abs() <= 1e-12 * size { 0.0 } else { keep * self.value(i) }
    }

    fn next(&self, i: usize) -> bool {
        self.tie.next(self.field(i), self.active[i])
    }

    /// Flips neurons, all at once.
    fn flip(&mut self, neurons: &[usize]) {
        for &i in neurons {
            self.active[i] = !self.active[i];
            let change = 2.0 * self.value(i);
            let patterns = self.memories.patterns();
            for (mu, overlap) in self.overlaps.iter_mut().enumerate() {
                *overlap += change * patterns.value(mu, i);
            }
            self.sweeps.changed();
        }
        if !neurons.is_empty() {
            self.separate();
        }
    }

    fn update_one(&mut self) {
        let i = self.sweeps.next();
        if !self.clamped[i] && self.next(i) != self.active[i] {
            self.flip(&[i]);
        }
        if self.sweeps.count(1) {
            self.end_sweep();
        }
    }

    fn update_all(&mut self) {
        let changes = |&i: &usize| !self.clamped[i] && self.next(i) != self.active[i];
        let changing: Vec<usize> = (0..self.active.len()).filter(changes).collect();
        self.flip(&changing);
        self.sweeps.count(self.active.len() as u64);
        self.end_sweep();
    }

    fn end_sweep(&mut self) {
        let sweeps = &self.sweeps;
        let stable = |i: usize| self.clamped[i] || self.next(i) == self.active[i];
        let rests = sweeps.is_quiet() && (sweeps.takes_all() || (0..self.active.len()).all(stable));
        self.sweeps.end(rests, &self.active);
    }
}

impl Dynamics for Dense {
    fn time(&self) -> f64 {
        self.sweeps.time()
    }

    fn drive(&mut self, field: &Field) {
        let (local, imposed) = field.on_states(self.active.len());
        for (i, imposed) in imposed.iter().enumerate() {
            self.clamped[i] = matches!(imposed, Imposed::Clamped(_));
            self.active[i] = match *imposed {
                Imposed::Free => continue,
                Imposed::Set(active) | Imposed::Clamped(active) => active,
                Imposed::Placed(share) => share >= 0.5,
            };
        }
        self.added = self.memories.similarities(&local);
        self.compare();
        self.sweeps.disturb();
    }

    fn feels(&self, field: &Field) -> bool {
        let (local, imposed) = field.on_states(self.active.len());
        let alike = |(i, own): (usize, &Imposed)| {
            own.allows(self.clamped[i], |active| self.active[i] == active)
        };
        self.added == self.memories.similarities(&local) && imposed.iter().enumerate().all(alike)
    }

    fn heed(&mut self, over: &Over) {
        self.over = over.clone();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        while let Some(updates) = self.sweeps.due(until) {
            self.sweeps.heed(&self.over)?;
            if updates == 1 { self.update_one() } else { self.update_all() }
        }
        self.energy = self.full_energy();
        Ok(())
    }

    fn observable(&self) -> Observable<'_> {
        Observable::States { active: &self.active, energy: Some(self.energy) }
    }

    fn branch(&self, seed: Seed) -> Box<dyn Dynamics> {
        let mut branch = self.clone();
        branch.reseed(seed);
        branch.sweeps.restart();
        Box::new(branch)
    }

    fn reseed(&mut self, seed: Seed) {
        self.sweeps.choose(seed.stream("modern/order", 0));
    }

    fn events(&self) -> Events {
        Events::default()
    }

    fn relaxation(&self) -> Option<&dyn Relaxation> {
        Some(self)
    }
}

impl Relaxation for Dense {
    fn attractor(&self) -> Option<Attractor> {
        self.sweeps.attractor()
    }

    fn unstable(&self, neurons: Range<usize>) -> usize {
        neurons.filter(|&i| self.next(i) != self.active[i]).count()
    }
}
