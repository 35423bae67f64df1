//! What arrives at a block.

use super::Plastic;
use crate::synapse::{Open, Packed, Rows, Shelf, Staggered};
use std::ops::Range;

/// The synapses of one projection onto the block.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// The sending neurons in the numbering of the network.
    pub senders: Range<usize>,
    /// The routes along which spikes arrive, one for every delay.
    pub routes: Vec<u32>,
    pub acts: Acts,
    pub synapses: Synapses,
    /// How their efficacies change, if they do: as they stand when the network starts.
    pub plastic: Option<Plastic>,
}

/// A pathway that is being read.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    pub acts: &'a Acts,
    pub rows: Open<'a>,
}

impl Pathway {
    /// The ports on which its kernel acts, if these are several.
    pub fn kernel(&self) -> Option<Vec<usize>> {
        let Acts::OnCurrents(parts) = &self.acts else { return None };
        Some(parts.iter().map(|(port, _)| *port).collect())
    }

    /// Finds out where everything stands, for all that is read in a window.
    pub fn way(&self) -> Way<'_> {
        Way { acts: &self.acts, rows: self.synapses.rows().open() }
    }
}

/// What synapses act on.
#[derive(Clone, Debug)]
pub enum Acts {
    /// V itself, at once: delta synapses.
    OnV,
    /// The current of a port.
    OnCurrent(usize),
    /// The currents of several ports, each with its weight.
    OnCurrents(Vec<(usize, f64)>),
}

/// How synapses stand.
#[derive(Clone, Debug)]
pub enum Synapses {
    /// All have the same delay.
    Even(Packed),
    /// They have several.
    Staggered(Staggered),
}

impl Synapses {
    /// Those of every delay, of which there is one at least, on a shelf that is still to be closed; those of one delay `in_place`
    /// if something else counts on the places that they have in their rows.
    pub fn new(mut by_delay: Vec<Rows>, in_place: bool, shelf: &mut Shelf) -> Self {
        match by_delay.len() {
            1 => Self::Even(Packed::new(by_delay.remove(0), in_place, shelf)),
            _ => Self::Staggered(Staggered::new(by_delay, shelf)),
        }
    }

    /// All of them.
    pub fn rows(&self) -> &Packed {
        match self {
            Self::Even(rows) => rows,
            Self::Staggered(staggered) => staggered.rows(),
        }
    }
}
