//! How a network is shared out among ranks: which neurons each of them wires.

use super::{Placed, Plan, Transmission};
use crate::error::{Error, Result};
use crate::ranks::Ranks;
use crate::synapse::Cut;
use std::ops::Range;

/// Which receivers of a projection belong to this rank.
pub(super) struct Share<'a> {
    /// Counted in their population; whole blocks.
    own: Range<usize>,
    /// How their population is cut.
    pub cut: &'a Cut,
    pub ranks: &'a Ranks,
}

impl<'a> Share<'a> {
    /// Those of its `own` neurons that are among `receivers`, both in the numbering of the network; these are cut so.
    pub fn new(
        own: &Range<usize>,
        (receivers, cut): (&Range<usize>, &'a Cut),
        ranks: &'a Ranks,
    ) -> Self {
        let Range { start, end } = *receivers;
        let place = |neuron: usize| neuron.clamp(start, end) - start;
        Self { own: place(own.start)..place(own.end), cut, ranks }
    }

    /// The portions of every block of this rank.
    pub fn blocks(&self) -> Vec<Range<usize>> {
        let is_own = |block: &&Range<usize>| self.own.contains(&self.cut.neurons(block).start);
        self.cut.blocks().iter().filter(is_own).cloned().collect()
    }

    /// The neurons of every block of this rank.
    pub fn neurons(&self) -> Vec<Range<usize>> {
        self.blocks().iter().map(|block| self.cut.neurons(block)).collect()
    }
}

impl Plan<'_> {
    /// The neurons that belong to this rank.
    pub(super) fn share(
        &self,
        populations: &[Placed],
        cuts: &[Cut],
        ranks: &Ranks,
    ) -> Result<Range<usize>> {
        if ranks.number() > 1 && self.transmission == Transmission::Activity {
            return Err(Error::input(
                format!("found {} ranks for a network without spikes", ranks.number()),
                "networks of spiking neurons are shared out among ranks",
                "run it as one process",
            )
            .at("dynamics"));
        }
        let placed = |(population, cut): (&Placed, &Cut)| -> Vec<Range<usize>> {
            let start = population.neurons.start;
            let neurons = cut.blocks().iter().map(|block| cut.neurons(block));
            neurons.map(|block| start + block.start..start + block.end).collect()
        };
        ranks.own(&populations.iter().zip(cuts).flat_map(placed).collect::<Vec<_>>())
    }
}
