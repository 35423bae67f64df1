//! Spike trains that come from outside the network: written in the model, read from a file, or drawn.
//!
//! A model that names a file is checked without opening it; the file is read when the simulation is built. A
//! relative name starts from the folder of the model.

mod file;
#[cfg(feature = "hdf5")]
mod sonata;
mod wanted;

use crate::error::{Error, Result};
use crate::synapse::SHORTEST;
use crate::units::{Rate, Time, Voltage};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::path::Path;

/// Spikes from outside: (time in ms, neuron in its population), in order of time, then of neuron.
///
/// A neuron may stand twice at the same time: its spikes then count twice.
pub type Arrivals = Vec<(f64, u32)>;

/// The spikes of a source population; the key `spikes` of `[dynamics.spiking.POPULATION]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(into = "Keys")]
pub enum Spikes {
    /// Spike times of neuron 0, 1, ...; neurons without a list are silent.
    List(Vec<Vec<Time>>),
    /// Spikes in a file.
    File(SpikeFile),
    /// Independent Poisson trains of this rate, one per neuron and shared by all its targets.
    Poisson(Rate),
}

/// A file of spikes: two columns of text, neuron from 0 and time in ms, or SONATA's layout in HDF5.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeFile {
    /// Where it is.
    pub file: String,
    /// Whose spikes, where the file holds those of several populations.
    pub population: Option<String>,
}

/// External spikes read from a file, neuron by neuron and without delay; the key `input` of
/// `[dynamics.spiking.POPULATION]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Where the spikes are: a recording with `[record] input = true`, or any file of spikes.
    pub file: String,
    /// Whose spikes; left out, those of the population of the same name, or of the only one in the file.
    pub population: Option<String>,
    /// Efficacy of one spike.
    pub efficacy: Voltage,
    /// Time constant of the synaptic current; 0 for delta synapses.
    pub tau_syn: Time,
}

/// [`Spikes`] as a model writes them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    list: Option<Vec<Vec<Time>>>,
    file: Option<String>,
    population: Option<String>,
    poisson: Option<Rate>,
}

impl From<Spikes> for Keys {
    fn from(spikes: Spikes) -> Self {
        match spikes {
            Spikes::List(list) => Self { list: Some(list), ..Self::default() },
            Spikes::File(SpikeFile { file, population }) => {
                Self { file: Some(file), population, ..Self::default() }
            }
            Spikes::Poisson(rate) => Self { poisson: Some(rate), ..Self::default() },
        }
    }
}

impl<'de> Deserialize<'de> for Spikes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Keys::deserialize(deserializer)? {
            Keys { list: Some(list), file: None, population: None, poisson: None } => {
                Ok(Self::List(list))
            }
            Keys { list: None, file: Some(file), population, poisson: None } => {
                Ok(Self::File(SpikeFile { file, population }))
            }
            Keys { list: None, file: None, population: None, poisson: Some(rate) } => {
                Ok(Self::Poisson(rate))
            }
            _ => {
                let error = Error::input(
                    "found spikes that do not come from exactly one place",
                    "they are a list, a file (with the population whose spikes they are, if there are several), or \
                     Poisson",
                    "write for example spikes = { poisson = \"10 Hz\" }",
                );
                Err(de::Error::custom(error.to_message()))
            }
        }
    }
}

impl Spikes {
    /// The rate of drawn trains, Hz.
    pub fn rate(&self) -> Option<f64> {
        match self {
            Self::Poisson(rate) => Some(rate.value()),
            Self::List(_) | Self::File(_) => None,
        }
    }

    /// Refuses what has no meaning for a population of `neurons`; opens no file.
    pub(crate) fn check(&self, neurons: usize) -> Result<()> {
        match self {
            Self::List(trains) if trains.len() > neurons => Err(Error::input(
                format!("found {} spike trains for {neurons} neurons", trains.len()),
                "the list holds one train per neuron",
                "delete trains, or make the population larger",
            )
            .at("list")),
            Self::File(SpikeFile { file, .. }) => check_name(file),
            Self::List(_) | Self::Poisson(_) => Ok(()),
        }
    }

    /// The spikes of `population` of `neurons`, unless they are drawn; `folder` is that of the model.
    ///
    /// # Errors
    /// At the key of the file, if it cannot be read or holds what is no spike of the population.
    pub(crate) fn read(
        &self,
        population: &str,
        neurons: usize,
        folder: &Path,
    ) -> Result<Option<Arrivals>> {
        match self {
            Self::Poisson(_) => Ok(None),
            Self::List(trains) => {
                let each = |(neuron, train): (u32, &Vec<Time>)| -> Vec<(f64, u32)> {
                    train.iter().map(|time| (time.value(), neuron)).collect()
                };
                Ok(Some(sorted((0..).zip(trains).flat_map(each).collect())))
            }
            Self::File(SpikeFile { file, population: chosen }) => {
                let wanted = wanted::Wanted {
                    groups: &["spikes"],
                    chosen: chosen.as_deref(),
                    population,
                    neurons,
                };
                file::read(&folder.join(file), wanted).map(Some)
            }
        }
    }
}

impl Replay {
    /// Refuses what has no meaning; opens no file.
    pub(crate) fn check(&self) -> Result<()> {
        check_name(&self.file)?;
        let tau_syn = self.tau_syn.zero_or_at_least(SHORTEST, "a synaptic time constant");
        tau_syn.map(|_| ()).map_err(|e| e.at("tau_syn"))
    }

    /// The external spikes of `population` of `neurons`; `folder` is that of the model.
    ///
    /// # Errors
    /// At the key of the file, if it cannot be read or holds what is no spike of the population.
    pub(crate) fn read(&self, population: &str, neurons: usize, folder: &Path) -> Result<Arrivals> {
        let wanted = wanted::Wanted {
            groups: &["external", "spikes"],
            chosen: self.population.as_deref(),
            population,
            neurons,
        };
        file::read(&folder.join(&self.file), wanted)
    }
}

fn check_name(file: &str) -> Result<()> {
    if !file.trim().is_empty() {
        return Ok(());
    }
    let found = "found a file without a name";
    let allowed = "it holds spikes, as two columns of text or in SONATA's layout";
    Err(Error::value("file", found, allowed, "\"stimulus.txt\""))
}

/// In the order of [`Arrivals`].
fn sorted(mut arrivals: Arrivals) -> Arrivals {
    arrivals.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    arrivals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Section {
        spikes: Spikes,
    }

    fn parse(text: &str) -> Spikes {
        toml::from_str::<Section>(text).unwrap().spikes
    }

    #[test]
    fn a_list_is_put_in_order() {
        let spikes = parse(r#"spikes = { list = [["9 ms", "5 ms"], [], ["5 ms", "1 us"]] }"#);
        spikes.check(3).unwrap();
        let read = spikes.read("S", 3, Path::new("")).unwrap().unwrap();
        assert_eq!(read, [(0.001, 2), (5.0, 0), (5.0, 2), (9.0, 0)]);
        let message = spikes.check(2).unwrap_err().to_string();
        assert!(message.starts_with("list: found 3 spike trains for 2 neurons"), "{message}");
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            r#"spikes = { list = [["9 ms"], []] }"#,
            r#"spikes = { file = "a.h5", population = "S" }"#,
            r#"spikes = { file = "a.txt" }"#,
            r#"spikes = { poisson = "10 Hz" }"#,
        ] {
            let spikes = parse(text);
            let again = toml::to_string(&Section { spikes: spikes.clone() }).unwrap();
            assert_eq!(parse(&again), spikes, "{again}");
        }
    }

    #[test]
    fn spikes_come_from_one_place() {
        for text in [
            "spikes = {}",
            r#"spikes = { population = "S" }"#,
            r#"spikes = { file = "a", poisson = "1 Hz" }"#,
            r#"spikes = { list = [], population = "S" }"#,
        ] {
            let message = toml::from_str::<Section>(text).unwrap_err().to_string();
            assert!(message.contains("exactly one place"), "{message}");
        }
    }
}
