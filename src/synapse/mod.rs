//! Synapses: which neuron sends to which, with what efficacy.
//!
//! J_ij is the efficacy of the synapse by which i receives from j. Synapses are stored by sender
//! and by block of receivers ([`Rows`]): a spike of j is one pass over row j of every block. [`Couplings`] are
//! those of networks whose neurons flip instead of spiking.

mod assemblies;
mod by_distance;
mod by_sign;
mod cells;
mod connect;
mod couplings;
mod cut;
mod degrees;
mod edge_file;
mod kernel;
mod laid;
mod learned;
mod memory;
mod packed;
mod plasticity;
mod placed;
mod rows;
mod short_term;
mod staggered;
mod store;

pub use assemblies::{ByAssembly, Memories};
pub use by_distance::ByDistance;
pub(crate) use cells::expected_bytes;
pub use connect::{Connect, Wiring};
pub(crate) use couplings::{Block, Graph, STRIP, Votes, counted};
pub use couplings::{Couplings, Fields, Symmetry};
pub(crate) use cut::{Cut, Inflow, PORTION, ROOMS, portions};
pub use edge_file::{EdgeFile, EdgeKeys};
pub use kernel::{Kernel, Shape};
pub(crate) use kernel::{MOST_EXPONENTIALS, SHORTEST};
pub(crate) use laid::{Few, HEAD, LEAST_RUN, runs_of};
pub(crate) use learned::{GRAPH, hash_of_graph, out_of_order, out_of_range};
pub use memory::give_back_at_once;
pub(crate) use memory::prefetch;
pub(crate) use packed::{FEW, Open, Packed, Part};
pub use plasticity::{Inhibitory, Law, Pair, Plasticity, Triplet};
pub use rows::Rows;
pub(crate) use rows::RowsBuilder;
#[cfg(feature = "hdf5")]
pub(crate) use rows::Weights;
pub use short_term::{Release, Resources, ShortTerm};
pub(crate) use staggered::Staggered;
pub(crate) use store::{HUGE, Shelf};
