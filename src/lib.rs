//! attractor
pub mod analysis;
pub mod cli;
pub mod dynamics;
pub mod error;
pub mod learning;
pub mod model;
pub mod network;
pub mod pattern;
pub mod plot;
pub mod protocol;
pub mod random;
pub mod recording;
pub mod report;
pub mod simulation;
pub mod synapse;
pub mod units;
