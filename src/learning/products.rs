//! Sums over graded patterns: one number for every receiver, sender and pattern.

use super::sequence::Shown;
use super::tiles::{BLOCK, STRANDS, Tiles};
use super::{Pathway, Signs};
use crate::pattern::Patterns;
use crate::statistics::dot;
use crate::synapse::{Couplings, Graph};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What a pattern recalls.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Recalls {
    /// The receivers learn the pattern of the senders.
    #[default]
    Itself,
    /// They learn the pattern after it in its sequence.
    Next,
    /// They learn the pattern after it, and after the last one the first.
    Cycle,
}

impl Recalls {
    /// The sequences of `length` that are learned, if patterns do not recall themselves.
    pub(super) fn shown(self, length: Option<usize>) -> Option<Shown> {
        match self {
            Self::Itself => None,
            Self::Next => Some(Shown::new(false, None, length)),
            Self::Cycle => Some(Shown::new(true, None, length)),
        }
    }
}

/// w_ij = sum_mu f(xi_i^{mu+s}) g(xi_j^mu).
#[derive(Clone, Debug)]
pub(super) struct Products {
    /// f of every receiver, neuron after neuron, filled up with zeros to whole rounds of [`STRANDS`].
    post: Vec<f64>,
    /// g of every sender.
    pre: Vec<f64>,
    /// Values of a neuron.
    width: usize,
}

impl Products {
    /// Of the patterns of receivers and senders, as many, which recall themselves or what follows them where it is `shown`.
    pub fn new(
        (receivers, senders): (&Patterns, &Patterns),
        shown: Option<Shown>,
        f: impl Fn(f64) -> f64 + Sync,
        g: impl Fn(f64) -> f64 + Sync,
    ) -> Self {
        let number = senders.number();
        let itself = || (0..number).map(|mu| (mu, mu)).collect();
        let pairs = shown.map_or_else(itself, |shown| shown.pairs(number, 0));
        let width = pairs.len().next_multiple_of(STRANDS);
        let (pre, post) = pairs.into_iter().unzip();
        Self { post: by_neuron(receivers, post, f), pre: by_neuron(senders, pre, g), width }
    }

    /// w_ij.
    #[inline]
    fn weight(&self, i: usize, j: usize) -> f64 {
        let row = |neuron: usize| neuron * self.width..(neuron + 1) * self.width;
        dot(&self.post[row(i)], &self.pre[row(j)])
    }

    /// J_ij = unit w_ij on the pathway, as far as it carries the sign of w_ij.
    pub fn learn(&self, unit: f64, part: Signs, pathway: &Pathway) -> Couplings {
        let graph = pathway.graph();
        let weights = self.weights(part, &graph);
        Couplings::real(graph, unit, weights)
    }

    /// The weights of all synapses, as [`Graph::fill`] returns them.
    fn weights(&self, part: Signs, graph: &Graph) -> Vec<f64> {
        if let Graph::Listed(_) = graph {
            return graph.fill(|i, j| part.of(self.weight(i, j)));
        }
        let tiles = Tiles::new(&self.post, &self.pre, self.width);
        graph.fill_blocks(BLOCK, |block| tiles.fill(block, |w| part.of(w)))
    }
}

/// `of` xi_i^mu for the patterns in `order`, neuron after neuron.
fn by_neuron(patterns: &Patterns, order: Vec<usize>, of: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
    let width = order.len().next_multiple_of(STRANDS);
    let mut values = vec![0.0; patterns.neurons() * width];
    values.par_chunks_mut(width.max(1)).enumerate().for_each(|(i, row)| {
        row.iter_mut().zip(&order).for_each(|(value, &mu)| *value = of(patterns.direction(mu, i)));
    });
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::{Learning, Logistic, NonlinearHebb, Sigmoid};
    use crate::pattern::{GaussianPatterns, PatternSource, Shares};
    use crate::random::Seed;
    use crate::synapse::{Connect, Wiring};

    const N: usize = 60;

    fn learned(rule: &Learning, connect: Connect) -> (Patterns, Couplings) {
        let source = PatternSource::Gaussian(GaussianPatterns { number: 11 });
        let patterns = source.draw("E", N, Seed(4));
        let wiring = Wiring {
            shares: Shares::default(),
            between: None,
            connect,
            senders: N,
            receivers: N,
            recurrent: true,
            autapses: false,
            multapses: false,
        };
        let memories = (Some(&patterns), Some(&patterns));
        let couplings = rule.learn(&Pathway::new("J", &wiring, memories, Seed(1))).unwrap();
        (patterns, couplings)
    }

    #[test]
    fn tiles_of_pairs_learn_what_pairs_learn_one_by_one() {
        let draw = |neurons, number, seed| {
            let source = PatternSource::Gaussian(GaussianPatterns { number });
            source.draw("E", neurons, Seed(seed))
        };
        // Receivers and senders that fill no tile, block or strip, and more of them; one pattern, a round, and some.
        for (receivers, senders) in [(1, 1), (5, 100), (50, 7), (101, 197)] {
            for (number, part) in [(1, Signs::Both), (8, Signs::Both), (29, Signs::Positive)] {
                let (one, other) = (draw(receivers, number, 4), draw(senders, number, 5));
                let products = Products::new((&one, &other), None, |xi| xi + 0.1, |xi| xi);
                let graph = Graph::Full { senders, receivers, diagonal: true };
                let weights = products.weights(part, &graph);
                let bits = |weights: Vec<f64>| weights.into_iter().map(f64::to_bits);
                assert!(bits(weights).eq(bits(graph.fill(|i, j| part.of(products.weight(i, j))))));
            }
        }
        let patterns = draw(N, 11, 4);
        let products = Products::new((&patterns, &patterns), None, |xi| xi, |xi| xi);
        let graph = Graph::Full { senders: N, receivers: N, diagonal: false };
        let one_by_one = graph.fill(|i, j| products.weight(i, j));
        assert_eq!(products.weights(Signs::Both, &graph), one_by_one);
    }

    #[test]
    fn couplings_are_sums_of_products_of_the_values() {
        let sigmoid = |q, at| Sigmoid { q: Some(q), slope: Some(0.5), at };
        let rule = NonlinearHebb {
            strength: 3.0,
            transfer: Some(Logistic { r_max: 40.0, beta: 0.9, h0: 1.0 }),
            f: sigmoid(0.8, 15.0),
            g: sigmoid(0.9, 12.0),
            recalls: Recalls::Cycle,
            length: None,
        };
        let phi = |xi: f64| 40.0 / (1.0 + libm::exp(-0.9 * (xi - 1.0)));
        let of = |q: f64, at: f64, xi: f64| q - 0.5 + 0.5 * libm::tanh(0.5 * (phi(xi) - at));
        let plain = |post: f64, pre: f64| post * pre;
        let rates = |post: f64, pre: f64| of(0.8, 15.0, post) * of(0.9, 12.0, pre);
        type Product<'a> = &'a dyn Fn(f64, f64) -> f64;
        let cases: [(Learning, Product, f64, usize, bool); 4] = [
            (Learning::Hebb {}, &plain, 1.0, 0, true),
            (Learning::Sequence { cyclic: false, hold: None, length: None }, &plain, 1.0, 1, false),
            (Learning::Sequence { cyclic: true, hold: None, length: None }, &plain, 1.0, 1, true),
            (Learning::NonlinearHebb(rule), &rates, 3.0, 1, true),
        ];
        for (rule, product, strength, shift, cyclic) in &cases {
            for (connect, degree) in [(Connect::AllToAll, N as f64), (Connect::InDegree(12), 12.0)]
            {
                let (patterns, couplings) = learned(rule, connect);
                assert_eq!(couplings.unit(), strength / degree);
                let xi = |mu: usize, i| patterns.direction(mu % 11, i);
                let last = if *cyclic { 11 } else { 10 };
                for (i, j) in (0..N).flat_map(|i| (0..N).map(move |j| (i, j))) {
                    let w = couplings.weight(i, j);
                    let expected: f64 =
                        (0..last).map(|mu| product(xi(mu + shift, i), xi(mu, j))).sum();
                    let coupled = w != 0.0 || (degree == N as f64 && i != j);
                    let expected = if coupled { expected } else { 0.0 };
                    assert!((w - expected).abs() < 1e-12, "{w} {expected}");
                }
                let pairs = if degree == 12.0 { N * 12 } else { N * (N - 1) };
                assert_eq!(couplings.synapses(), pairs);
            }
        }
    }
}
