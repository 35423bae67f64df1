//! Recordings: what a run leaves, a tree of named columns in an HDF5 file or in memory (a [`Store`](store::Store)).
//!
//! ```text
//! /                                attributes magic, version (SONATA), complete (1 when the run has ended), clock (ms or
//!                                  sweeps: in what time is counted), observable (spikes, states or graded: what is seen)
//! /spikes/<population>             attributes sorting = by_time, neurons
//!     timestamps     f64  n        units = "ms"
//!     node_ids       u64  n        neuron within the population, from 0; ties in time are sorted by it
//! /external/<population>           with [record] input = true: every spike from outside; attributes as in /spikes
//!     timestamps     f64  n        units = "ms": arrival at the neuron
//!     node_ids       u64  n        the receiving neuron within the population
//! /overlaps/<population>
//!     m              f64  T x P    units = "Hz": mean rate of the foreground minus that of the background
//!     time           f64  T        units = "ms": centre of the interval
//! /rates/<population>
//!     rate           f64  T        units = "Hz": mean over the neurons
//!     time           f64  T        units = "ms"
//! /patterns/<population>
//!     xi             u8   P x N    pattern mu of the model stands in row mu - 1; attribute shape (rows, columns) of pictures
//!     names          str  P        if they have names
//! /protocol
//!     name, show     str  K        what is shown, as JSON
//!     start, end     f64  K        units = "ms"
//! /trials                          with a task: one dataset per column, one row per trial; attributes columns (what was
//!     trial, sample, ...           drawn) and results (what was found, once the run has ended) name them in order;
//!                                  u64 (patterns from 1, 0 for none), f64 (NaN for none), u8 (flags) or str
//! /ended                           of trials that end by themselves, one row per trial that has ended; attribute columns
//!     duration       f64           in the units of the clock
//!     period         f64           of a cycle, 1 for a fixed point, NaN for what is not settled
//!     first_step     f64           share of the neurons that would change if the network were in the pattern itself
//! /progress
//!     populations    str  S        their order in the model
//!     rows           u64  1 + 2S   [intervals, (committed, seen) spikes of every population]
//!     external       u64  S        committed external spikes of every population, if they are recorded
//!     trials         u64  1        with a task: trials that have ended and are committed
//!     time           f64  1        until when all is committed, in the units of the clock
//! /provenance                      attributes: see [`Provenance`]
//! ```
//!
//! Of a network that is seen as states (active or not) or as graded activity there are no spikes, but moments in time;
//! times are in the units of the clock, and an attribute is called interval_sweeps where those are sweeps:
//!
//! ```text
//! /states/<population>             unless the model says states = false
//!     state          u8   T x N    1 where the neuron is active
//!     time           f64  T
//! /activity/<population>           the same of graded activity
//!     activity       f64  T x N
//!     time           f64  T
//! /overlaps/<population>
//!     m              f64  T x P    mean activity of the foreground minus that of the background, between -1 and 1
//! /rates/<population>              attribute neurons
//!     rate           f64  T        mean activity, between 0 and 1
//! /energy                          attribute none says why there is none
//!     energy, time   f64  T
//! ```
//!
//! Its data hash covers patterns, protocol and the states (or the activity) at the ends of epochs and trials, from which
//! and from the seed everything else follows.
//!
//! A row of `m` and `rate` of spikes covers an interval [t - h/2, t + h/2), with t its `time` and h the attribute `interval_ms`.
//! Intervals follow one another from 0, and anew from the start of every trial; a last one that is not filled has no
//! row. Trials stand one after another on the time axis, also where each began from the same state. Spikes are
//! written while the run goes on, in whole chunks, to `NAME.part`; the file gets its name when the run has
//! ended. A `.part` file left by a run that was killed is an ordinary file, of which what stands below `/progress` is
//! valid: chunks are flushed before `/progress` is.

pub(crate) mod columns;
mod events;
#[cfg(feature = "hdf5")]
mod hdf5;
mod header;
mod looks;
mod memory;
mod output;
mod part;
mod population;
mod reader;
mod recorder;
mod sampling;
mod series;
pub mod store;

#[cfg(feature = "hdf5")]
pub use self::hdf5::Hdf5;
#[cfg(feature = "hdf5")]
pub(crate) use self::hdf5::{unicode, write_text};
pub use header::Header;
pub use looks::Looks;
pub use memory::Memory;
pub use output::Output;
pub use part::Part;
pub use reader::{Recording, Samples, StateSamples};
pub use recorder::{Ended, Finished, Recorder, Sink};

use serde::{Deserialize, Serialize};

/// Where a recording comes from: the attributes of `/provenance`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The model file as its author wrote it.
    pub model_text: String,
    /// The model with every default and every `--set` in place; running it gives the same data.
    pub model_resolved: String,
    pub seed: u64,
    /// Version of this crate.
    pub version: String,
    pub command_line: String,
    /// Start and end of the run, UTC.
    pub started: String,
    pub ended: String,
    pub threads: u64,
    /// SHA-256 of patterns, protocol and spikes: independent of host, threads and time of day, of how often rates and
    /// overlaps are sampled, and of whether external spikes are recorded.
    pub data_hash: String,
    /// SHA-256 of `/external`; empty if external spikes are not recorded.
    pub external_hash: String,
    /// Time of the run, on its clock; where trials end by themselves, the most that it could take.
    pub duration: f64,
    /// Seconds that the run took, without building the network.
    pub wall_s: f64,
    /// Seconds that building the network took.
    pub build_s: f64,
    pub synapses: u64,
    /// Spikes delivered by synapses of the network, and from outside.
    pub synaptic_events: u64,
    pub external_events: u64,
    /// Largest memory of the process, in 10^6 bytes; 0 where the system does not tell.
    pub peak_rss_mb: f64,
}

/// Rows of a chunk of spikes.
const CHUNK: usize = 8192;
/// Rows of a chunk of rates and overlaps: what a kill may cost of them.
const SAMPLES: usize = 64;
/// SONATA's magic number.
#[cfg(feature = "hdf5")]
pub(crate) const MAGIC: u32 = 0x0A7A;

#[cfg(test)]
mod tests;
