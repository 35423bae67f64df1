//! Continuous states: the update is attention.

use super::memories::{Memories, softmax};
use crate::dynamics::{Attractor, Dynamics, Events, Field, Imposed, Observable, Relaxation};
use crate::error::Result;
use crate::random::Seed;
use crate::tape::{is_count, on_tape};
use crate::work::Over;
use std::ops::Range;

/// Where no neuron has changed by more than this in an update, the state rests: neurons are at most 1, and their sums are
/// good to some 1e-13.
const AT_REST: f64 = 1e-10;

/// A modern Hopfield network of continuous states in motion: an update of all neurons is a sweep.
///
/// ```text
/// xi_i := sum_mu x_i^mu softmax_mu(beta a),  a^mu = sum_i x_i^mu (xi_i + H_i)
/// E = -lse(beta, a) + xi.xi/2 + ln(P)/beta + N/2
/// ```
///
/// The energy never rises (Ramsauer et al., theorem 1): it is the concave -lse, of which the update takes the gradient,
/// beside a convex part. It lies between 0 and 2 N, as in the source, whose M^2 is N for patterns of -1 and 1.
#[derive(Clone)]
pub struct Attention {
    memories: Memories,
    beta: f64,
    state: Vec<f64>,
    external: Vec<f64>,
    clamped: Vec<bool>,
    /// Of the state to the memories, with the external field.
    similarities: Vec<f64>,
    sweeps: u64,
    at_rest: bool,
    over: Over,
}

on_tape!(Attention {
    sweeps, at_rest;
    each state, external, clamped, similarities;
    not memories, beta, over;
    if Attention::is_possible
});

impl Attention {
    /// Whether it counts as sweeps are, and its similarities are those of its state.
    fn is_possible(&self) -> bool {
        is_count(self.sweeps) && self.similarities == self.compared()
    }

    /// A network whose neurons start at -1 or 1 at random.
    pub fn new(memories: Memories, beta: f64, seed: Seed) -> Self {
        let neurons = memories.patterns().neurons();
        let mut initial = seed.stream("modern/initial", 0);
        let state = (0..neurons).map(|_| if initial.uniform() < 0.5 { 1.0 } else { -1.0 });
        let mut network = Self {
            state: state.collect(),
            external: vec![0.0; neurons],
            clamped: vec![false; neurons],
            similarities: Vec::new(),
            sweeps: 0,
            at_rest: false,
            over: Over::default(),
            memories,
            beta,
        };
        network.similarities = network.compared();
        network
    }

    /// The similarities of the present state to the memories, with the external field.
    fn compared(&self) -> Vec<f64> {
        let query: Vec<f64> = self.state.iter().zip(&self.external).map(|(x, h)| x + h).collect();
        self.memories.similarities(&query)
    }

    /// softmax(beta a): the share of every memory in the next state.
    pub fn weights(&self) -> Vec<f64> {
        softmax(self.beta, &self.similarities).0
    }

    /// What all neurons become if they are updated now.
    fn next(&self) -> Vec<f64> {
        self.memories.mixture(&self.weights())
    }

    fn update(&mut self) {
        let mut change: f64 = 0.0;
        let next = self.next();
        for ((x, next), _) in self.state.iter_mut().zip(next).zip(&self.clamped).filter(|p| !p.1) {
            change = change.max((next - *x).abs());
            *x = next;
        }
        self.similarities = self.compared();
        self.at_rest = change <= AT_REST;
        self.sweeps += 1;
    }

    fn energy(&self) -> f64 {
        let lse = softmax(self.beta, &self.similarities).1;
        let square: f64 = self.state.iter().map(|x| x * x).sum();
        let number = self.similarities.len() as f64;
        0.5 * square - lse + libm::log(number) / self.beta + 0.5 * self.state.len() as f64
    }
}

impl Dynamics for Attention {
    fn time(&self) -> f64 {
        self.sweeps as f64
    }

    fn drive(&mut self, field: &Field) {
        let (local, imposed) = field.on_states(self.state.len());
        for (i, imposed) in imposed.iter().enumerate() {
            self.clamped[i] = matches!(imposed, Imposed::Clamped(_));
            let share = match *imposed {
                Imposed::Free => continue,
                Imposed::Set(active) | Imposed::Clamped(active) => f64::from(u8::from(active)),
                Imposed::Placed(share) => share,
            };
            self.state[i] = 2.0 * share - 1.0;
        }
        self.external = local;
        self.similarities = self.compared();
        self.at_rest = false;
    }

    fn feels(&self, field: &Field) -> bool {
        let (local, imposed) = field.on_states(self.state.len());
        let alike = |(i, own): (usize, &Imposed)| {
            own.allows(self.clamped[i], |active| self.state[i] == if active { 1.0 } else { -1.0 })
        };
        self.external == local && imposed.iter().enumerate().all(alike)
    }

    fn heed(&mut self, over: &Over) {
        self.over = over.clone();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        while self.sweeps as f64 + 1.0 <= until + 1e-6 {
            self.over.heed()?;
            self.update();
        }
        Ok(())
    }

    fn observable(&self) -> Observable<'_> {
        Observable::Graded { activity: &self.state, energy: Some(self.energy()) }
    }

    fn branch(&self, _seed: Seed) -> Box<dyn Dynamics> {
        Box::new(Self { sweeps: 0, at_rest: false, ..self.clone() })
    }

    fn reseed(&mut self, _seed: Seed) {}

    fn events(&self) -> Events {
        Events::default()
    }

    fn relaxation(&self) -> Option<&dyn Relaxation> {
        Some(self)
    }
}

impl Relaxation for Attention {
    fn attractor(&self) -> Option<Attractor> {
        self.at_rest.then_some(Attractor::FixedPoint)
    }

    /// A neuron would change if it changed sides.
    fn unstable(&self, neurons: Range<usize>) -> usize {
        let next = self.next();
        neurons.filter(|&i| (next[i] > 0.0) != (self.state[i] > 0.0)).count()
    }
}
