//! Synapses: which neuron sends to which, with what efficacy.
//!
//! J_ij is the efficacy of the synapse by which i receives from j. Synapses are stored by sender
//! and by block of receivers ([`Rows`]): a spike of j is one pass over row j of every block. [`Couplings`] are
//! those of networks whose neurons flip instead of spiking.

mod connect;
mod couplings;
mod cut;
mod edge_file;
mod prefetch;
mod rows;
mod short_term;

pub use connect::{Connect, Wiring};
pub use couplings::{Couplings, Fields, Symmetry};
pub(crate) use couplings::{Graph, Votes, counted};
pub use cut::blocks;
pub(crate) use cut::{BLOCK, PORTION, portions, portions_by_block};
pub use edge_file::{EdgeFile, EdgeKeys};
pub use rows::Rows;
pub(crate) use rows::{COUNTS, RowsBuilder, TARGET_BITS, Weights};
pub use short_term::{Resources, ShortTerm};
