//! Recordings: what a run leaves, a tree of named columns in an HDF5 file or in memory (a [`Store`](store::Store)).
//!
#![doc = include_str!("../../docs/recording.md")]

mod check;
mod checkpoint;
pub(crate) mod columns;
mod disk;
mod efficacies;
mod events;
#[cfg(feature = "hdf5")]
mod hdf5;
mod header;
mod lock;
mod looks;
mod memory;
mod moments;
mod output;
mod part;
mod population;
mod potentials;
mod probes;
mod reader;
mod recorder;
mod sampling;
mod saturation;
mod series;
pub mod store;
#[cfg(feature = "hdf5")]
mod twin;
#[cfg(feature = "hdf5")]
mod unended;

#[cfg(feature = "hdf5")]
pub use self::hdf5::Hdf5;
#[cfg(feature = "hdf5")]
pub(crate) use self::hdf5::{unicode, write_text};
pub use checkpoint::{LAYOUT, Owner, load_state, save_state};
#[cfg(feature = "hdf5")]
pub(crate) use disk::{sync, sync_folder};
pub use efficacies::{Learned, Snapshots};
pub use header::Header;
#[cfg(feature = "hdf5")]
pub(crate) use lock::{Lock, beside, refuse_special};
pub use looks::Looks;
pub use memory::Memory;
pub(crate) use moments::Stretch;
pub use output::Output;
pub use part::Part;
pub use potentials::{Probed, Watch};
pub use probes::{Probe, Probes, Schedule};
pub use reader::{LearnedEfficacies, Recording, Samples, StateSamples, Traces};
pub use recorder::{Ended, Finished, Recorder, Sink};
pub use sampling::{Sample, Sampler};
pub use saturation::{Saturated, Saturation};

#[cfg(feature = "hdf5")]
pub use unended::Unended;

use serde::{Deserialize, Serialize};

/// Where a recording comes from: the attributes of `/provenance`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The model file as its author wrote it.
    pub model_text: String,
    /// The model with every default and every `--set` in place; running it gives the same data.
    pub model_resolved: String,
    /// The seed of all random streams.
    pub seed: u64,
    /// Version of this crate.
    pub version: String,
    /// How the program was called.
    pub command_line: String,
    /// Start of the run, UTC.
    pub started: String,
    /// Its end, UTC.
    pub ended: String,
    /// How many threads ran it, on all ranks.
    pub threads: u64,
    /// SHA-256 of patterns, protocol and spikes (or states, or activity): independent of host, threads and time of day, of
    /// how often rates and overlaps are sampled, and of whether external spikes and single neurons are recorded.
    pub data_hash: String,
    /// SHA-256 of `/external`; empty if external spikes are not recorded.
    pub external_hash: String,
    /// Time of the run, on its clock; where trials end by themselves, the most that it could take.
    pub duration: f64,
    /// Seconds that the run took, without building the network.
    pub wall_s: f64,
    /// Seconds that building the network took.
    pub build_s: f64,
    /// Number of synapses, or of couplings J_ij.
    pub synapses: u64,
    /// Spikes delivered by synapses of the network.
    pub synaptic_events: u64,
    /// Spikes delivered from outside.
    pub external_events: u64,
    /// Largest memory of the process, in 10^6 bytes; 0 where the system does not tell.
    pub peak_rss_mb: f64,
    /// SHA-256 of the files of spikes that the model names, one after another; empty if it names none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub files_hash: String,
    /// Of a run that branched off from another: an [`Origin`] as JSON; empty of all others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
}

/// The past of a run that branched off from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The resolved model of the run that it branched off from.
    pub model_resolved: String,
    /// When it did, in the time of both.
    pub at: f64,
    /// The seed of random input from then on; of the model itself if there is none.
    pub future_seed: Option<u64>,
    /// SHA-256 of the files of spikes of that run; empty if there are none.
    #[serde(default)]
    pub files_hash: String,
}

/// Rows of a chunk of spikes.
const CHUNK: usize = 8192;
/// Rows of a chunk of rates and overlaps: what a kill may cost of them.
pub(crate) const SAMPLES: usize = 64;
/// SONATA's magic number.
#[cfg(feature = "hdf5")]
pub(crate) const MAGIC: u32 = 0x0A7A;

#[cfg(test)]
#[cfg(feature = "hdf5")]
mod tests;
