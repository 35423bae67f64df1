//! The local rules: one formula, one loop.

use super::assemblies::{Assemblies, Kin};
use super::pathway::check_patterns;
use super::sequence::Shown;
use super::shared::{LANES, Shared};
use super::{Pathway, Signs, Storage};
use crate::error::Result;
use crate::pattern::Patterns;
use crate::synapse::{Couplings, Graph, Votes, counted};
use multiversion::multiversion;
use std::borrow::Cow;

/// J_ij = unit * w_ij with w_ij <- B( lambda w_ij + f (xi_i^{mu+s} - b)(xi_j^mu - a) ) for mu = 1 .. P, xi of 0
/// and 1; a = b = 1/2 and f = 4 make it the product of patterns of -1 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// J of w = 1, the scale A.
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
    /// The receivers learn what follows, of sequences.
    pub shown: Option<Shown>,
    /// The patterns of the senders play no part: xi_j = 0.
    pub blind: bool,
    /// A count of shared patterns grows up to here.
    pub at_most: Option<u32>,
    /// w is this function of membership instead.
    pub assemblies: Option<Assemblies>,
    /// The sign of w that becomes synapses.
    pub part: Signs,
}

impl Local {
    /// w_ij = sum_mu xi_i^mu xi_j^mu for xi of -1 and 1.
    pub fn signed(unit: f64) -> Self {
        Self {
            unit,
            a: 0.5,
            b: 0.5,
            factor: 4.0,
            decay: 1.0,
            bound: None,
            shown: None,
            blind: false,
            at_most: None,
            assemblies: None,
            part: Signs::Both,
        }
    }

    /// w_ij = sum_mu xi_i^mu xi_j^mu for xi of 0 and 1.
    pub fn counts(unit: f64) -> Self {
        Self { a: 0.0, b: 0.0, factor: 1.0, ..Self::signed(unit) }
    }

    /// The same rule with the scale and the part of a pathway.
    pub fn on(self, pathway: &Pathway) -> Self {
        Self { unit: pathway.scale.unwrap_or(self.unit), part: pathway.part, ..self }
    }

    /// How often every pattern is learned.
    pub fn times(&self) -> usize {
        self.shown.map_or(1, |shown| shown.hold)
    }

    /// Whether every pattern adds the same, whenever it was learned.
    pub fn is_sum(&self) -> bool {
        self.decay == 1.0 && self.bound.is_none()
    }

    /// Whether w is no more than what the patterns add, so that they may vote.
    pub fn adds_up(&self) -> bool {
        self.is_sum() && self.at_most.is_none() && self.assemblies.is_none()
    }

    /// Whether all w_ij are whole numbers.
    pub fn is_whole(&self) -> bool {
        if self.assemblies.is_some() {
            return false;
        }
        let whole = |x: f64| x == x.round();
        let Self { a, b, factor, decay, .. } = *self;
        decay == 1.0 && [factor, factor * a, factor * b, factor * a * b].into_iter().all(whole)
    }

    /// Whether all w_ij are counts of patterns, 0 or larger.
    pub fn is_count(&self) -> bool {
        let counts = (self.factor, self.b) == (1.0, 0.0);
        counts && self.assemblies.is_none() && self.a == if self.blind { -1.0 } else { 0.0 }
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
        let n = self.at_most.map_or(n, |most| n.min(f64::from(most)));
        self.part.of(self.factor * counted(n, k, patterns, (self.a, self.b)))
    }

    /// The pairs of patterns that receivers and senders learn together. Senders without patterns count as background.
    fn pairs<'a>(&self, pathway: &Pathway<'a>) -> Result<Pairs<'a>> {
        let number = |patterns: Option<&Patterns>| patterns.map(Patterns::number);
        let senders = pathway.senders.filter(|_| !self.blind);
        check_patterns(number(senders.or(pathway.receivers)), number(pathway.receivers))?;
        let receivers = pathway.receivers.expect("the check has just seen them");
        let none = || {
            let lists = vec![Vec::new(); receivers.number()];
            Cow::Owned(Patterns::from_foreground(pathway.wiring.senders, lists))
        };
        let senders = senders.map_or_else(none, Cow::Borrowed);
        let Some(shown) = self.shown else {
            return Ok((Cow::Borrowed(receivers), senders));
        };
        let part = |patterns: &Patterns, order: Vec<usize>| {
            let lists = order.into_iter().map(|mu| patterns.foreground(mu).to_vec()).collect();
            Cow::Owned(Patterns::from_foreground(patterns.neurons(), lists))
        };
        let (seen, following) = shown.pairs(senders.number(), pathway.delay).into_iter().unzip();
        Ok((part(receivers, following), part(&senders, seen)))
    }

    /// The weights of a rule that is a sum, from the patterns of the pathway.
    pub fn sums<'a>(&self, pathway: &Pathway<'a>) -> Result<Sums<'a>> {
        let (receivers, senders) = self.pairs(pathway)?;
        let k = |patterns: &Patterns| -> Vec<f64> {
            (0..patterns.neurons()).map(|i| f64::from(patterns.memberships(i))).collect()
        };
        let k = (k(&receivers), k(&senders));
        let local = match &self.assemblies {
            None => self.clone(),
            Some(rule) => {
                // Patterns that are drawn neuron by neuron have another level than they should.
                rule.check_mean(senders.level()).map_err(|e| e.within("learning.assemblies"))?;
                Self { assemblies: Some(rule.resolved(senders.level())), ..self.clone() }
            }
        };
        Ok(Sums { local, receivers, senders, k })
    }

    /// Learns all patterns of the pathway.
    pub fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let sums = self.sums(pathway)?;
        let Sums { receivers, senders, .. } = &sums;
        let graph = pathway.graph();
        if let (Storage::Votes, Graph::Full { diagonal, .. }) = (pathway.storage, &graph) {
            let votes = Votes::new((receivers, senders), (self.a, self.b), self.factor, *diagonal);
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
        if self.is_whole() && self.factor * number as f64 <= f64::from(i16::MAX) {
            let weights = sums.weights(&graph);
            return Ok(Couplings::whole(graph, self.unit, weights));
        }
        let weights = sums.weights(&graph);
        Ok(Couplings::real(graph, self.unit, weights))
    }
}

/// Patterns of receivers and senders, as many.
type Pairs<'a> = (Cow<'a, Patterns>, Cow<'a, Patterns>);

/// The weights w_ij of a rule that is a sum over patterns, from counts of patterns.
#[derive(Clone, Debug)]
pub struct Sums<'a> {
    local: Local,
    receivers: Cow<'a, Patterns>,
    senders: Cow<'a, Patterns>,
    /// Patterns of every receiver and sender.
    k: (Vec<f64>, Vec<f64>),
}

impl Sums<'_> {
    /// J of w = 1.
    pub fn unit(&self) -> f64 {
        self.local.unit
    }

    /// Whether all w_ij are counts of patterns, 0 or larger.
    pub fn is_count(&self) -> bool {
        self.local.is_count()
    }

    /// All that w_ij may be, if these are a few numbers of which none is below 0.
    pub fn values(&self) -> Option<Vec<f32>> {
        Some(self.local.assemblies.as_ref()?.values().into_iter().map(|w| w as f32).collect())
    }

    /// w_ij.
    #[inline]
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        let n = match self.local.blind {
            true => 0.0,
            false => f64::from(self.receivers.shared(i, &self.senders, j)),
        };
        let Some(rule) = &self.local.assemblies else {
            return self.local.sum(n, (self.k.0[i], self.k.1[j]), self.receivers.number() as f64);
        };
        let (common, selective) = (n > 0.0, self.k.0[i] > 0.0);
        let follows = !common
            && rule.w_next.is_some()
            && self.receivers.follows(i, &self.senders, j, rule.cyclic);
        self.local.part.of(rule.weight(Kin { common, follows, selective }))
    }

    /// The weights of all synapses, as [`Graph::fill`] returns them.
    fn weights<T: Weight>(&self, graph: &Graph) -> Vec<T> {
        let plain = !self.local.blind && self.local.assemblies.is_none();
        if !(plain && matches!(graph, Graph::Full { .. })) {
            return graph.fill(|i, j| T::of(self.weight(i, j)));
        }
        let (shared, number) = (Shared::new(&self.receivers, &self.senders), self.senders.number());
        graph.fill_blocks(LANES, |mut block| {
            let (first, senders) = (block.first, block.sender..);
            for (weights, j) in block.rows().zip(senders) {
                let k = (&self.k.0[first..], self.k.1[j]);
                weigh(&self.local, &shared.counts(first, j), k, number as f64, weights);
            }
        })
    }
}

/// What w_ij is kept as.
trait Weight: Copy + Default + Send + Sync {
    fn of(w: f64) -> Self;
}

impl Weight for f64 {
    fn of(w: f64) -> Self {
        w
    }
}

/// Of whole numbers that fit.
impl Weight for i16 {
    fn of(w: f64) -> Self {
        w as Self
    }
}

/// w_ij of some receivers from the patterns that they share with sender j.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512bitalg", "x86_64+avx2"))]
fn weigh<T: Weight>(
    local: &Local,
    counts: &[i32; LANES],
    k: (&[f64], f64),
    patterns: f64,
    weights: &mut [T],
) {
    for ((weight, &n), &k_i) in weights.iter_mut().zip(counts).zip(k.0) {
        *weight = T::of(local.sum(f64::from(n), (k_i, k.1), patterns));
    }
}

/// Learns one pattern after another; in the end the couplings are those of [`super::Learning::learn`], bit for bit.
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
    pub(crate) fn new(local: Local, pathway: &Pathway) -> Result<Self> {
        let (receivers, senders) = local.pairs(pathway)?;
        let graph = pathway.graph();
        let trace = vec![0.0; graph.places()];
        let k = (vec![0.0; receivers.neurons()], vec![0.0; senders.neurons()]);
        let (receivers, senders) = (receivers.into_owned(), senders.into_owned());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Foreground, PatternSource, RandomPatterns, Shares};
    use crate::random::Seed;
    use crate::synapse::{Connect, Wiring};

    fn alike<T: Weight + PartialEq + std::fmt::Debug>(sums: &Sums, graph: &Graph) {
        assert_eq!(sums.weights::<T>(graph), graph.fill(|i, j| T::of(sums.weight(i, j))));
    }

    #[test]
    fn blocks_of_receivers_learn_what_pairs_learn_one_by_one() {
        let draw = |neurons, seed| {
            let (coding_level, foreground) = (0.4, Foreground::Bernoulli);
            let source = RandomPatterns { number: 30, coding_level, foreground };
            PatternSource::Random(source).draw("E", neurons, Seed(seed))
        };
        // Receivers that fill no block, and senders that fill no strip.
        let (one, other) = (draw(270, 1), draw(40, 2));
        for (senders, recurrent) in [(&one, true), (&other, false)] {
            let wiring = Wiring {
                connect: Connect::AllToAll,
                senders: senders.neurons(),
                receivers: one.neurons(),
                recurrent,
                autapses: false,
                multapses: false,
                shares: Shares::default(),
                between: None,
            };
            let pathway = Pathway::new("J", &wiring, (Some(senders), Some(&one)), Seed(1));
            for (local, part) in [
                (Local::signed(1.0), Signs::Both),
                (Local::signed(1.0), Signs::Negative),
                (Local { at_most: Some(2), ..Local::counts(1.0) }, Signs::Both),
                (Local { a: 0.4, b: 0.3, ..Local::counts(1.0) }, Signs::Positive),
            ] {
                let sums = Local { part, ..local }.sums(&pathway).unwrap();
                alike::<f64>(&sums, &pathway.graph());
                alike::<i16>(&sums, &pathway.graph());
            }
        }
    }
}
