//! Space: where neurons are, how far they are from one another, and what falls with the distance.
//!
//! Neurons of a population are evenly spaced. Nobody else knows what a ring is: others ask for the distance of two places,
//! in deg or mm.

mod grid;
mod place;
mod profile;

pub use grid::{Between, Grid};
pub use place::{Ground, Position, Space};
pub use profile::Profile;
