//! attractor
pub mod error;
pub mod units;
pub mod random;
pub mod pattern;
pub mod synapse;
pub mod learning;
pub mod network;
pub mod dynamics;
pub mod protocol;
pub mod recording;
pub mod analysis;
pub mod model;
pub mod simulation;
pub mod theory;
