//! The local rules: one formula, one loop.

use super::{Pathway, Storage};
use crate::error::Result;
use crate::pattern::Patterns;
use crate::synapse::{Couplings, Graph, Votes, counted};

/// J_ij = unit * w_ij with w_ij <- B( lambda w_ij + f (xi_i^{mu+s} - b)(xi_j^mu - a) ) for mu = 1 .. P, xi of 0
/// and 1; a = b = 1/2 and f = 4 make it the product of patterns of -1 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// J of w = 1, the amplitude A.
    pub unit: f64,
    /// Offset of the sender.
    pub a: f64,
    /// Offset of the receiver.
    pub b: f64,
    /// f.
    pub factor: f64,
    /// lambda.
    pub decay: f64,
    /// B clips w to -bound .. bound.
    pub bound: Option<f64>,
    /// The receivers learn the next pattern, s = 1; `Some(true)` if the last is followed by the first.
    pub next: Option<bool>,
}

impl Local {
    /// w_ij = sum_mu xi_i^mu xi_j^mu for xi of -1 and 1.
    pub fn signed(unit: f64) -> Self {
        Self { unit, a: 0.5, b: 0.5, factor: 4.0, decay: 1.0, bound: None, next: None }
    }

    /// Whether every pattern adds the same, whenever it was learned.
    pub fn is_sum(&self) -> bool {
        self.decay == 1.0 && self.bound.is_none()
    }

    /// Whether all w_ij are whole numbers.
    pub fn is_whole(&self) -> bool {
        let whole = |x: f64| x == x.round();
        let Self { a, b, factor, decay, .. } = *self;
        decay == 1.0 && [factor, factor * a, factor * b, factor * a * b].into_iter().all(whole)
    }

    /// w after a pattern that has xi_i = `post` and xi_j = `pre`.
    #[inline]
    fn step(&self, w: f64, post: bool, pre: bool) -> f64 {
        let product = (f64::from(u8::from(post)) - self.b) * (f64::from(u8::from(pre)) - self.a);
        let w = self.decay * w + self.factor * product;
        self.bound.map_or(w, |bound| w.clamp(-bound, bound))
    }

    /// w of a sum over `patterns` patterns: n shared, `k.0` of the receiver, `k.1` of the sender.
    #[inline]
    fn sum(&self, n: f64, k: (f64, f64), patterns: f64) -> f64 {
        self.factor * counted(n, k, patterns, (self.a, self.b))
    }

    /// The pairs of patterns that receivers and senders learn together.
    fn pairs(&self, pathway: &Pathway) -> Result<(Patterns, Patterns)> {
        let (receivers, senders) = pathway.patterns()?;
        let Some(cyclic) = self.next else {
            return Ok((receivers.clone(), senders.clone()));
        };
        let number = senders.number();
        let part = |patterns: &Patterns, order: Vec<usize>| {
            let lists = order.into_iter().map(|mu| patterns.foreground(mu).to_vec()).collect();
            Patterns::from_foreground(patterns.neurons(), lists)
        };
        let last = if cyclic { number } else { number - 1 };
        let following = (0..last).map(|mu| (mu + 1) % number).collect();
        Ok((part(receivers, following), part(senders, (0..last).collect())))
    }

    /// Learns all patterns of the pathway.
    pub fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let (receivers, senders) = self.pairs(pathway)?;
        let graph = pathway.graph();
        if let (Storage::Votes, Graph::Full { diagonal, .. }) = (pathway.storage, &graph) {
            let votes =
                Votes::new((&receivers, &senders), (self.a, self.b), self.factor, *diagonal);
            return Ok(Couplings::votes(self.unit, votes));
        }
        let number = senders.number();
        if !self.is_sum() {
            let weights = graph.fill(|i, j| {
                (0..number).fold(0.0, |w, mu| {
                    self.step(w, receivers.contains(mu, i), senders.contains(mu, j))
                })
            });
            return Ok(Couplings::real(graph, self.unit, weights));
        }
        let k = |patterns: &Patterns| -> Vec<f64> {
            (0..patterns.neurons()).map(|i| f64::from(patterns.memberships(i))).collect()
        };
        let (k_i, k_j) = (k(&receivers), k(&senders));
        let weight = |i: usize, j: usize| {
            let n = f64::from(receivers.shared(i, &senders, j));
            self.sum(n, (k_i[i], k_j[j]), number as f64)
        };
        if self.is_whole() && self.factor * number as f64 <= f64::from(i16::MAX) {
            let weights = graph.fill(|i, j| weight(i, j) as i16);
            return Ok(Couplings::whole(graph, self.unit, weights));
        }
        let weights = graph.fill(weight);
        Ok(Couplings::real(graph, self.unit, weights))
    }
}

/// Learns one pattern after another; in the end the couplings are those of [`Local::learn`], bit for bit.
#[derive(Clone, Debug)]
pub struct Learner {
    local: Local,
    graph: Graph,
    receivers: Patterns,
    senders: Patterns,
    learned: usize,
    /// By synapse: shared patterns where every pattern adds the same, otherwise w_ij.
    trace: Vec<f64>,
    /// Learned patterns of every receiver and sender.
    k: (Vec<f64>, Vec<f64>),
}

impl Learner {
    /// A learner that has not yet learned anything.
    pub fn new(local: Local, pathway: &Pathway) -> Result<Self> {
        let (receivers, senders) = local.pairs(pathway)?;
        let graph = pathway.graph();
        let trace = vec![0.0; graph.places()];
        let k = (vec![0.0; receivers.neurons()], vec![0.0; senders.neurons()]);
        Ok(Self { local, graph, receivers, senders, learned: 0, trace, k })
    }

    /// Number of patterns learned so far.
    pub fn learned(&self) -> usize {
        self.learned
    }

    /// Learns the next pattern; false if there is none.
    pub fn learn_next(&mut self) -> bool {
        let mu = self.learned;
        if mu == self.senders.number() {
            return false;
        }
        self.receivers.foreground(mu).iter().for_each(|&i| self.k.0[i as usize] += 1.0);
        self.senders.foreground(mu).iter().for_each(|&j| self.k.1[j as usize] += 1.0);
        let (local, receivers, senders) = (&self.local, &self.receivers, &self.senders);
        let sum = local.is_sum();
        self.graph.update(&mut self.trace, |i, j, own| {
            let (post, pre) = (receivers.contains(mu, i), senders.contains(mu, j));
            if sum {
                *own += f64::from(u8::from(post && pre));
            } else {
                *own = local.step(*own, post, pre);
            }
        });
        self.learned += 1;
        true
    }

    /// The couplings so far.
    pub fn couplings(&self) -> Couplings {
        let mut weights = self.trace.clone();
        if self.local.is_sum() {
            let patterns = self.learned as f64;
            self.graph.update(&mut weights, |i, j, own| {
                *own = self.local.sum(*own, (self.k.0[i], self.k.1[j]), patterns);
            });
        }
        Couplings::real(self.graph.clone(), self.local.unit, weights)
    }
}
