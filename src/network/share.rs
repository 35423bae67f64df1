//! How a network is shared out among ranks: which neurons each of them wires.

use super::{Placed, Plan, Transmission};
use crate::error::{Error, Result};
use crate::ranks::Ranks;
use crate::synapse::{blocks, portions_by_block};
use std::ops::Range;

/// Which receivers of a projection belong to this rank.
pub(super) struct Share<'a> {
    /// Counted in their population; whole blocks.
    own: Range<usize>,
    pub ranks: &'a Ranks,
}

impl<'a> Share<'a> {
    /// Those of its `own` neurons that are among `receivers`, both in the numbering of the network.
    pub fn new(own: &Range<usize>, receivers: &Range<usize>, ranks: &'a Ranks) -> Self {
        let Range { start, end } = *receivers;
        let place = |neuron: usize| neuron.clamp(start, end) - start;
        Self { own: place(own.start)..place(own.end), ranks }
    }

    /// Which of `portions` every block of this rank consists of.
    pub fn blocks(&self, portions: &[Range<usize>]) -> Vec<Range<usize>> {
        let receivers = portions.last().map_or(0, |portion| portion.end);
        let is_own = |block: &Range<usize>| self.own.contains(&portions[block.start].start);
        portions_by_block(receivers).into_iter().filter(is_own).collect()
    }
}

impl Plan<'_> {
    /// The neurons that belong to this rank.
    pub(super) fn share(&self, populations: &[Placed], ranks: &Ranks) -> Result<Range<usize>> {
        if ranks.number() > 1 && self.transmission == Transmission::Activity {
            return Err(Error::input(
                format!("found {} ranks for a network without spikes", ranks.number()),
                "networks of spiking neurons are shared out among ranks",
                "run it as one process",
            )
            .at("dynamics"));
        }
        let placed = |population: &Placed| {
            let Range { start, end } = population.neurons;
            blocks(end - start).into_iter().map(move |b| start + b.start..start + b.end)
        };
        ranks.own(&populations.iter().flat_map(placed).collect::<Vec<_>>())
    }
}
