//! The synapses of a projection one by one, as other programs have them.

use super::{Synapses, Wired};
use crate::tape::on_tape;

/// Synapses one by one: column k of every list is synapse k. Neurons are counted in their populations, from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeList {
    /// Who sends.
    pub senders: Vec<u32>,
    /// Who receives.
    pub receivers: Vec<u32>,
    /// J_ij, mV; without a unit between neurons that have no spikes.
    pub efficacies: Vec<f64>,
    /// ms, or sweeps of couplings.
    pub delays: Vec<f64>,
}

on_tape!(EdgeList { senders, receivers, efficacies, delays });

impl EdgeList {
    fn with_room(synapses: usize) -> Self {
        let ends = || Vec::with_capacity(synapses);
        let values = || Vec::with_capacity(synapses);
        Self { senders: ends(), receivers: ends(), efficacies: values(), delays: values() }
    }

    /// Adds a synapse.
    pub(crate) fn push(&mut self, (sender, receiver): (usize, usize), efficacy: f64, delay: f64) {
        self.senders.push(sender as u32);
        self.receivers.push(receiver as u32);
        self.efficacies.push(efficacy);
        self.delays.push(delay);
    }
}

impl EdgeList {
    /// Those of all these lists by sender, then by receiver; none of no list.
    pub(crate) fn joined(lists: Vec<Self>) -> Option<Self> {
        if lists.is_empty() {
            return None;
        }
        let edge = |list: &Self, k: usize| {
            (list.senders[k], list.receivers[k], list.efficacies[k], list.delays[k])
        };
        let all = lists.iter().flat_map(|list| (0..list.senders.len()).map(move |k| edge(list, k)));
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|&(sender, receiver, ..)| (sender, receiver));
        let mut joined = Self::with_room(all.len());
        for (sender, receiver, efficacy, delay) in all {
            joined.push((sender as usize, receiver as usize), efficacy, delay);
        }
        Some(joined)
    }
}

impl Wired {
    /// All its synapses, by delay, then by sender, then by receiver; of couplings those that are not 0.
    pub fn listed(&self) -> EdgeList {
        let mut listed = EdgeList::with_room(self.number());
        match &self.synapses {
            Synapses::Delayed(delayed) => {
                for bundle in &delayed.bundles {
                    for sender in 0..self.senders.len() {
                        for (rows, block) in bundle.blocks.iter().zip(&delayed.blocks) {
                            for (target, efficacy) in rows.synapses_of(sender) {
                                let receiver = block.start + target;
                                listed.push((sender, receiver), efficacy, bundle.delay);
                            }
                        }
                    }
                }
            }
            Synapses::Coupled(couplings) => {
                for sender in 0..self.senders.len() {
                    for receiver in 0..self.receivers.len() {
                        let efficacy = couplings.unit() * couplings.weight(receiver, sender);
                        if efficacy != 0.0 {
                            listed.push((sender, receiver), efficacy, self.delay as f64);
                        }
                    }
                }
            }
        }
        listed
    }
}
