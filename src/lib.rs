//! Attractor memories: event-driven spiking networks with exact spike times, and binary networks in the same words.
//!
//! A network stores patterns in its synapses; a cue drives it; its dynamics relaxes to an attractor; the overlap
//! says which memory was retrieved. Every noun of this sentence is a module, and data flow one way:
//!
//! ```text
//! model file -> Model -> Patterns -> Network (populations, projections, synapses)
//!            -> Dynamics, driven by the protocol -> Recording (HDF5) -> analysis, figure, summary
//! ```
//!
//! # Laws
//!
//! 1. Observing does not disturb: the trajectory does not depend on what is recorded, or how often.
//! 2. A checked model cannot fail while it runs, except by divergence, which is detected in one place and
//!    reported.
//! 3. One seed, named streams: changing the wiring does not change the patterns. Only the command line reads a
//!    clock or the environment.
//! 4. Same model, same seed, same version: the same bytes in the recording's data, for any number of threads
//!    and any split of the run.
//! 5. Units at the border; f64 in ms, mV, Hz within, or in sweeps of single-neuron updates.
//! 6. J_ij: i receives, j sends; stored by sender.
//! 7. One order: a module uses only modules that stand above it in the list below.
//!
//! # A run in code
//!
//! ```
//! use attractor::dynamics::{Dynamics, spiking::Spiking};
//! use attractor::model::Document;
//! use attractor::{protocol, random::Seed};
//!
//! let model = Document::read("models/memory-1000.toml".as_ref(), &[])?.model()?;
//! let patterns = model.draw_patterns();
//! let network = model.wire(&patterns)?;
//! let populations = network.populations.clone();
//! let cells = model.dynamics.cells().expect("a model of spiking neurons");
//! let trains = model.read_trains("models".as_ref())?;
//! let mut dynamics = Spiking::new(network, cells, &trains, Seed(model.seed));
//!
//! let cue = &model.protocol[1];
//! dynamics.drive(&protocol::field(cue, &populations, &patterns, Seed(model.seed))?);
//! dynamics.advance(50.0)?;
//! assert!(dynamics.observable().spikes().is_sorted_by_key(|spike| spike.time));
//! # Ok::<(), attractor::error::Error>(())
//! ```

// Words
pub mod error;
pub mod units;
pub mod random;
pub mod table;
pub mod distribution;
pub mod statistics;
pub mod work;
// Memory
pub mod pattern;
// Synapses
pub mod synapse;
pub mod learning;
pub mod network;
// Dynamics
pub mod train;
pub mod dynamics;
// Experiment
pub mod protocol;
pub mod task;
pub mod recording;
// Understanding
pub mod analysis;
pub mod landscape;
// The whole
pub mod model;
pub mod theory;
pub mod simulation;
pub mod export;
pub mod report;
// Many runs
pub mod experiment;
pub mod sweep;
// Showing
pub mod plot;
pub mod figure;
pub mod reproduce;
pub mod cli;
