//! Attractor memories: event-driven spiking networks with exact spike times, and binary, rate and modern networks in the
//! same words.
//!
//! A network stores patterns in its synapses; a cue drives it; its dynamics relaxes to an attractor; the overlap
//! says which memory was retrieved. Every noun of this sentence is a module, and data flow one way:
//!
//! ```text
//! model file -> Model -> Patterns -> Network (populations, projections, synapses)
//!            -> Dynamics, driven by the protocol -> Recording (HDF5, memory) -> analysis, figure, summary
//! ```
//!
//! # Laws
//!
//! 1. Observing does not disturb: the trajectory does not depend on what is recorded, or how often.
//! 2. A checked model cannot fail while it runs, except by divergence, which is detected in one place and
//!    reported.
//! 3. One seed, named streams: changing the wiring does not change the patterns. Only the command line reads a
//!    clock or the environment.
//! 4. Same model, same seed, same version: the same bytes in the recording's data, for any number of threads and of ranks,
//!    and any split of the run.
//! 5. Units at the border; f64 in ms, mV, Hz within, or in sweeps of single-neuron updates.
//! 6. J_ij: i receives, j sends; stored by sender.
//! 7. One order: a module uses only modules that stand above it in the list below.
//!
//! # A run in code
//!
//! ```
//! use attractor::model::Document;
//! use attractor::report::Summary;
//! use attractor::simulation::Simulation;
//! use attractor::work::Threads;
//!
//! let document = Document::read("models/memory-1000.toml".as_ref(), &[])?;
//! let simulation = Simulation::new(document.model()?, document.folder(), &Threads::new(0)?)?;
//! let recording = simulation.record()?;
//! let (times, neurons) = recording.spikes("E")?;
//! let overlaps = recording.overlaps("E")?.expect("E holds patterns");
//! println!("{} spikes, overlaps at {} moments", times.len(), overlaps.time.len());
//! println!("{}", Summary::of(&recording)?);
//! # assert!(times.is_sorted() && neurons.len() == times.len());
//! # Ok::<(), attractor::error::Error>(())
//! ```
//!
//! # Features
//!
//! Without features the crate draws patterns, learns, wires, runs models into memory and analyses what it recorded.
//! `hdf5` adds recordings and tables of sweeps in files, `figures` their pictures, `cli` the command `attractor`, `mpi` networks
//! over many processes.

#![deny(missing_docs)]

// Words
pub mod error;
mod file;
pub mod units;
pub mod tape;
mod digest;
pub mod random;
pub mod table;
pub mod distribution;
pub mod statistics;
mod normal;
pub mod siegert;
pub mod ranks;
pub mod work;
#[cfg(feature = "hdf5")]
pub mod hdf;
pub mod ode;
// Memory
pub mod space;
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
#[cfg(feature = "hdf5")]
pub mod export;
pub mod report;
// Many runs
pub mod experiment;
#[cfg(feature = "hdf5")]
pub mod sweep;
// Showing
#[cfg(feature = "figures")]
mod plot;
#[cfg(feature = "figures")]
pub mod figure;
#[cfg(feature = "figures")]
pub mod web;
#[cfg(feature = "cli")]
mod reproduce;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
