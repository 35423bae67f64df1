//! Theory: what a network should do, computed from its parameters.
//!
//! Analysis reads recordings, theory reads parameters. This module knows no recordings. Which theory applies to a model is
//! decided here too: [`Theory`] of recall in a binary network, and [`predict`] for the rates of a spiking one.
//!
//! Of spiking networks: the rate of a neuron ([`Siegert`]), of populations ([`solve`]), and all states with patterns ([`memory`]). Of binary ones: [`hopfield`]
//! and [`thermal`] at high load, [`gain`] with few patterns, [`diluted`], [`low_activity`] and [`palimpsest`] variants,
//! [`modern`] ones, [`rate_memory`] and [`rate_sequence`] of graded neurons, and what follows from fields alone ([`crosstalk`]) or from counting
//! ([`capacity`]). Functions of loads take alpha = P/N.

pub mod capacity;
pub mod crosstalk;
pub mod diluted;
pub mod gain;
pub mod hopfield;
pub mod low_activity;
mod linear;
mod mean_field;
pub mod memory;
pub mod modern;
mod noise;
pub mod palimpsest;
pub mod rate_memory;
pub mod rate_sequence;
mod rates;
mod recall;
mod root;
pub mod thermal;

pub use crate::siegert::Siegert;
pub use mean_field::{Equilibrium, Pathway, Population, Sender, solve};
pub use rates::{Predicted, apart, predict};
pub use recall::Theory;
