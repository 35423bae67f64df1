//! What ties the parts of a network on several ranks together.

use super::order::Order;
use crate::dynamics::Spike;
use crate::ranks::{Ranks, Turn};
use std::ops::Range;

/// The ranks of a network, and which of their networks it is. Whoever leads releases the others from it in the end.
#[derive(Debug, Default)]
pub struct Tie {
    ranks: Ranks,
    network: u64,
    /// Where the neurons of every rank end.
    ends: Vec<usize>,
}

impl Tie {
    /// That of a network of which this rank has its `own` neurons.
    pub fn new(ranks: &Ranks, own: &Range<usize>) -> Self {
        let ends = ranks.all(&[own.end as u64]).into_iter().map(|end| end as usize).collect();
        Self { ranks: ranks.clone(), network: ranks.next_network(), ends }
    }

    /// That of another network of the same neurons.
    pub fn another(&self) -> Self {
        let (ranks, ends) = (self.ranks.clone(), self.ends.clone());
        Self { network: ranks.next_network(), ranks, ends }
    }

    pub fn ranks(&self) -> &Ranks {
        &self.ranks
    }

    pub fn network(&self) -> u64 {
        self.network
    }

    /// The rank of a neuron.
    pub fn owner(&self, neuron: usize) -> usize {
        self.ends.partition_point(|end| *end <= neuron)
    }

    /// Tells the others what to do with this network, if this rank leads.
    pub fn tell(&self, order: Order) -> Turn<'_> {
        self.ranks.order(|| order.words(self.network))
    }

    /// Adds the spikes of the other ranks to those of the first.
    pub fn collect(&self, spikes: &mut Vec<Spike>) {
        if self.ranks.is_alone() {
            return;
        }
        let words = |spike: &Spike| [spike.time.to_bits(), u64::from(spike.neuron)];
        let own: Vec<u64> = spikes.iter().flat_map(words).collect();
        for words in self.ranks.gather(&own).into_iter().skip(1) {
            spikes.extend(
                words
                    .chunks_exact(2)
                    .map(|spike| Spike { time: f64::from_bits(spike[0]), neuron: spike[1] as u32 }),
            );
        }
    }
}

impl Drop for Tie {
    fn drop(&mut self) {
        // Nobody waits for orders of one who panics.
        if !self.ranks.is_alone() && !std::thread::panicking() {
            drop(self.tell(Order::Release));
        }
    }
}
