//! Landscape: all states of a small binary network, and the end states of a large one.
//!
//! A network of up to [`MOST_NEURONS`] neurons has so few states that nothing needs to be sampled: every fixed point,
//! every cycle and every basin is found by looking at all 2^N states. Of a larger one a [`census`] counts what many
//! starts end in.
//!
//! A state is a whole number: bit i is 1 where neuron i is in its upper state. Its local fields are
//! h_i = sum_j J_ij s_j + H_i - theta_i, with s = +-1 or 0/1, and its energy is
//! E = -1/2 sum_ij J_ij s_i s_j - sum_i (H_i - theta_i) s_i.

mod basins;
mod census;
mod fields;
mod form;
pub mod graded;
mod network;
mod packed;
mod real;
mod recovery;
mod stable;
mod survey;
mod walk;
mod whole;

#[cfg(test)]
mod tests;

pub use basins::{Attractor, Basins, Map, Relaxer};
pub use census::{Census, End, EndKind, census, classify};
pub use network::{MOST_NEURONS, SmallNetwork};
pub use recovery::{Recovery, recovery};
pub use stable::FixedPoint;
pub use survey::{FixedPointRow, Memories, PeriodRow, Survey};
#[cfg(feature = "hdf5")]
pub(crate) use whole::check_couplings;
pub use whole::common_unit;
