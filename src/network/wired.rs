//! A wired network: every synapse, drawn or learned.

use crate::ranks::Ranks;
use crate::space::Space;
use crate::synapse::{Couplings, Cut, Kernel, Plasticity, Rows, ShortTerm};
use std::ops::{BitOr, Range};

/// A population's place in the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// As the model calls it.
    pub name: String,
    /// Its neurons in the numbering of the whole network.
    pub neurons: Range<usize>,
    /// Where they are.
    pub space: Option<Space>,
}

/// A network down to its synapses.
#[derive(Clone, Debug)]
pub struct Network {
    /// One behind the other, in the order of the model.
    pub populations: Vec<Placed>,
    /// How each of them is cut.
    pub(crate) cuts: Vec<Cut>,
    /// They add up.
    pub projections: Vec<Wired>,
    /// The neurons that are wired here: all of them, unless the network is shared out among ranks.
    pub own: Range<usize>,
    pub(crate) ranks: Ranks,
    pub(super) without_energy: Option<String>,
}

/// A wired projection.
#[derive(Clone, Debug)]
pub struct Wired {
    /// As the model calls it.
    pub name: String,
    /// Index of the sending population.
    pub from: usize,
    /// Index of the receiving population.
    pub to: usize,
    /// The sending neurons, in the numbering of the whole network.
    pub senders: Range<usize>,
    /// The receiving neurons, likewise.
    pub receivers: Range<usize>,
    /// After how many sweeps couplings act; 0 of spikes, each of which has a delay of its own.
    pub delay: usize,
    /// Every one.
    pub synapses: Synapses,
}

/// The synapses of a projection, by what they transmit.
#[derive(Clone, Debug)]
pub enum Synapses {
    /// Spikes, after a delay.
    Delayed(Delayed),
    /// The activity of the sender, at once or after sweeps.
    Coupled(Couplings),
}

/// Synapses that transmit spikes.
#[derive(Clone, Debug)]
pub struct Delayed {
    /// The course of the current that a spike causes.
    pub kernel: Kernel,
    /// Depression and facilitation, if there is any.
    pub short_term: Option<ShortTerm>,
    /// How efficacies change, if they do.
    pub plasticity: Option<Plasticity>,
    /// The neurons of every block of the receiving population that is wired here, counted in that.
    pub blocks: Vec<Range<usize>>,
    /// The synapses by delay, ascending.
    pub bundles: Vec<Bundle>,
}

/// The synapses of a projection that have the same delay.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// ms.
    pub delay: f64,
    /// Those onto every block of [`Delayed::blocks`].
    pub blocks: Vec<Rows>,
}

impl Network {
    /// The same for a dynamics whose activity is graded: couplings stand as their products are made fastest.
    pub fn by_receiver(mut self) -> Self {
        let by_receiver = |projection: Wired| {
            let synapses = match projection.synapses {
                Synapses::Coupled(couplings) => Synapses::Coupled(couplings.by_receiver()),
                delayed => delayed,
            };
            Wired { synapses, ..projection }
        };
        self.projections = self.projections.into_iter().map(by_receiver).collect();
        self
    }

    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.populations.last().map_or(0, |p| p.neurons.end)
    }

    /// Number of synapses that are wired here.
    pub fn synapses(&self) -> usize {
        self.projections.iter().map(Wired::number).sum()
    }

    /// The projections that transmit spikes.
    pub fn delayed(&self) -> impl Iterator<Item = (&Wired, &Delayed)> {
        self.projections.iter().filter_map(|p| Some((p, p.delayed()?)))
    }

    /// The projections that transmit activity.
    pub fn coupled(&self) -> impl Iterator<Item = (&Wired, &Couplings)> {
        self.projections.iter().filter_map(|p| Some((p, p.coupled()?)))
    }

    /// Why couplings have no energy, if they have none.
    pub fn without_energy(&self) -> Option<&str> {
        self.without_energy.as_deref()
    }

    /// J_ij, i receives; the sum over all projections.
    pub fn efficacy(&self, i: usize, j: usize) -> f64 {
        let joins = |p: &&Wired| p.receivers.contains(&i) && p.senders.contains(&j);
        let of = |p: &Wired| p.efficacy(i - p.receivers.start, j - p.senders.start);
        self.projections.iter().filter(joins).map(of).sum()
    }
}

impl Wired {
    /// Whether a population projects to itself.
    pub(crate) fn is_recurrent(&self) -> bool {
        self.senders == self.receivers
    }

    /// Number of synapses.
    pub fn number(&self) -> usize {
        match &self.synapses {
            Synapses::Delayed(delayed) => delayed.rows().map(Rows::synapses).sum(),
            Synapses::Coupled(couplings) => couplings.synapses(),
        }
    }

    /// Mean number of targets of a sender.
    pub(crate) fn out_degree(&self) -> usize {
        self.number() / self.senders.len().max(1)
    }

    /// The synapses, if they transmit spikes.
    pub fn delayed(&self) -> Option<&Delayed> {
        if let Synapses::Delayed(delayed) = &self.synapses { Some(delayed) } else { None }
    }

    /// The synapses, if they transmit activity.
    pub fn coupled(&self) -> Option<&Couplings> {
        if let Synapses::Coupled(couplings) = &self.synapses { Some(couplings) } else { None }
    }

    /// J of the synapses from sender j to receiver i, counted in their populations.
    fn efficacy(&self, i: usize, j: usize) -> f64 {
        match &self.synapses {
            Synapses::Coupled(couplings) => couplings.unit() * couplings.weight(i, j),
            Synapses::Delayed(delayed) => {
                let own = delayed.blocks.iter().position(|block| block.contains(&i));
                let Some(k) = own else { return 0.0 };
                let rows = delayed.bundles.iter().map(|bundle| &bundle.blocks[k]);
                let synapses = rows.flat_map(|rows| rows.synapses_of(j));
                let first = delayed.blocks[k].start;
                synapses.filter(|(target, _)| first + target == i).map(|(_, w)| w).sum()
            }
        }
    }
}

impl Delayed {
    /// The rows of all delays and blocks.
    pub fn rows(&self) -> impl Iterator<Item = &Rows> {
        self.bundles.iter().flat_map(|b| &b.blocks)
    }

    /// The same with excitation and inhibition in bundles of their own where a bundle has both, on whichever of `ranks`: a spike is
    /// delivered by rows of one sign.
    pub(super) fn by_sign(self, ranks: &Ranks) -> Self {
        let both = |bundle: &Bundle| bundle.blocks.iter().any(|rows| rows.sign().is_none());
        let mut split_of: Vec<u64> = self.bundles.iter().map(|b| both(b).into()).collect();
        ranks.any(&mut split_of);
        let split = |(bundle, split): (Bundle, u64)| {
            if split == 0 {
                return vec![bundle];
            }
            let (delay, blocks) = (bundle.delay, bundle.blocks.into_iter());
            let (exciting, inhibiting) = blocks.map(|rows| rows.by_sign().into()).unzip();
            [exciting, inhibiting].map(|blocks| Bundle { delay, blocks }).into()
        };
        let bundles = self.bundles.into_iter().zip(split_of).flat_map(split).collect();
        Self { bundles, ..self }
    }

    /// Whether all synapses excite (`Some(true)`) or inhibit (`Some(false)`), if all do the same, on whichever of `ranks`.
    pub(crate) fn sign(&self, ranks: &Ranks) -> Option<bool> {
        match self.does(ranks) {
            EXCITES => Some(true),
            INHIBITS => Some(false),
            _ => None,
        }
    }

    /// Whether any synapse excites, and whether any inhibits, on whichever of `ranks`: a bit each.
    pub(super) fn does(&self, ranks: &Ranks) -> u64 {
        let bits = |rows: &Rows| rows.sign().map_or(BOTH, bit);
        let mut does = [self.rows().filter(|r| r.synapses() > 0).map(bits).fold(0, BitOr::bitor)];
        ranks.any(&mut does);
        does[0]
    }

    /// Of each of `senders` senders whether any of its synapses excites, and whether any inhibits, on whichever of `ranks`.
    pub(super) fn signs(&self, senders: usize, ranks: &Ranks) -> Vec<[bool; 2]> {
        let mut signs = vec![0; senders];
        for rows in self.rows() {
            for (sender, signs) in signs.iter_mut().enumerate() {
                *signs |= rows.synapses_of(sender).map(|(_, j)| bit(j > 0.0)).fold(0, BitOr::bitor);
            }
        }
        ranks.any(&mut signs);
        signs.into_iter().map(|signs| [EXCITES, INHIBITS].map(|bit| signs & bit != 0)).collect()
    }
}

/// What synapses do, a bit each.
const EXCITES: u64 = 1;
const INHIBITS: u64 = 2;
pub(super) const BOTH: u64 = EXCITES | INHIBITS;

fn bit(excites: bool) -> u64 {
    if excites { EXCITES } else { INHIBITS }
}
