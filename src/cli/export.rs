//! `attractor export`: a network, or a recording, for other programs.

use super::host::now;
use super::{LARGEST_SEED, check_memory, check_output, open, peak_rss_mb, settings};
use crate::dynamics::{ObservableKind, Section};
use crate::error::{Error, Place, Result};
use crate::export::{self, Format, Selection};
use crate::model::Document;
use crate::ranks::Ranks;
use crate::work::cores;
use clap::Args;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The model whose network is written, or with --format the recording.
    input: PathBuf,
    /// The output [default of a recording: its name with -csv, .npz, .nwb or .nix, here].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Writes a recording: csv (a directory), npz (numpy), nwb, or neo-nix. Without it a model's network is written, in
    /// SONATA's layout (HDF5).
    #[arg(long)]
    format: Option<String>,
    /// Of a recording: this population only.
    #[arg(long, value_name = "NAME")]
    population: Option<String>,
    /// Of a recording: neurons A to before B only, from 0 within each population.
    #[arg(long, value_name = "A..B")]
    neurons: Option<String>,
    /// Of a model: seed of all random streams, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    seed: Option<u64>,
    /// Of a model: change a value.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Overwrite an existing output.
    #[arg(long)]
    force: bool,
}

impl Export {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        match &self.format {
            Some(name) => {
                let argument = Place::Argument(format!("--format {name}"));
                self.recording(Format::named(name).map_err(|e| e.placed(argument))?)
            }
            None => self.network(),
        }
    }

    /// Exports the network of a model.
    fn network(&self) -> Result<ExitCode> {
        if is_hdf5(&self.input) {
            return Err(Error::file(
                &self.input,
                "found a recording where a model stands",
                "say how to write it with --format csv, npz, nwb or neo-nix, or give a model",
            ));
        }
        for (name, given) in
            [("--population", self.population.is_some()), ("--neurons", self.neurons.is_some())]
        {
            if given {
                return Err(misplaced(
                    name,
                    "found a choice of neurons for a whole network",
                    "only the export of a recording takes it",
                    "add --format for a recording, or delete it",
                ));
            }
        }
        let Some(output) = &self.output else {
            return Err(Error::file(
                &self.input,
                "found no name for its network",
                "add for example -o network.h5",
            ));
        };
        let document = Document::read(&self.input, &settings(&self.settings, self.seed))?;
        let model = document.model()?;
        let nature = model.dynamics.nature();
        if nature.observable != ObservableKind::Spikes {
            let found = format!(
                "found {} neurons, whose couplings have no place in SONATA",
                nature.neurons
            );
            let error = Error::input(found, "networks of spiking neurons are exported", "give one");
            return Err(document.place(error.at("dynamics")));
        }
        check_output(&document, &model, output, self.force)?;
        check_memory(&document, &model)?;
        let clock = Instant::now();
        let ranks = Ranks::default().for_workers(cores());
        let network = model.wire_on(&model.draw_patterns(), &ranks);
        let network = network.map_err(|e| document.place(e))?;
        let built = clock.elapsed().as_secs_f64();
        export::network::write(&model, &network, output, self.force)?;
        say!(
            "{}: {} neurons, {:.2} million synapses wired in {built:.2} s, written in {:.2} s, {:.0} MB of memory",
            output.display(),
            network.neurons(),
            network.synapses() as f64 / 1e6,
            clock.elapsed().as_secs_f64() - built,
            peak_rss_mb()
        );
        Ok(ExitCode::SUCCESS)
    }

    /// Exports a recording.
    fn recording(&self, format: Format) -> Result<ExitCode> {
        for (name, given) in [("--seed", self.seed.is_some()), ("--set", !self.settings.is_empty())]
        {
            if given {
                return Err(misplaced(
                    name,
                    "found a change of a recording",
                    "a recording is made already",
                    "run the changed model, and export its recording",
                ));
            }
        }
        if self.input.is_file() && !is_hdf5(&self.input) {
            return Err(Error::file(
                &self.input,
                "found no recording, which --format would write",
                "run the model and give its recording, or leave out --format to write its network",
            ));
        }
        let recording = open(&self.input)?;
        if recording.observable() != ObservableKind::Spikes {
            return Err(Error::file(
                &self.input,
                "found a recording of neurons that have no spikes",
                "read its states with h5py; see `attractor info` and `attractor plot`",
            ));
        }
        let name = self.input.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.trim_end_matches(".part").trim_end_matches(".h5");
        let output = self.output.clone().unwrap_or_else(|| format.output(stem).into());
        if output.canonicalize().ok().is_some_and(|o| self.input.canonicalize().ok() == Some(o)) {
            return Err(Error::file(
                &output,
                "found the recording as the output",
                "choose another name with -o",
            ));
        }
        let neurons = self.neurons.as_deref().map(range).transpose()?;
        let selection = Selection { population: self.population.clone(), neurons };
        export::write(&recording, &selection, format, &output, self.force, &now())?;
        let until = match recording.is_complete() {
            true => String::new(),
            false => format!(
                ": the run did not end; all spikes are known of its first {} ms",
                recording.end()?
            ),
        };
        say!("{}{until}", output.display());
        Ok(ExitCode::SUCCESS)
    }
}

fn misplaced(name: &str, found: &str, allowed: &str, remedy: &str) -> Error {
    Error::input(found, allowed, remedy).placed(Place::Argument(name.to_owned()))
}

/// Neurons as they are written on the command line: A..B.
pub(super) fn range(text: &str) -> Result<Range<u64>> {
    let ends = text.split_once("..").map(|(from, to)| (from.parse(), to.parse()));
    match ends {
        Some((Ok(from), Ok(to))) => Ok(from..to),
        _ => Err(Error::input(
            format!("found `{text}`"),
            "A..B means neuron A to before neuron B, from 0",
            "write for example --neurons 0..100",
        )
        .placed(Place::Argument("--neurons".to_owned()))),
    }
}

/// Whether a file begins as every HDF5 file does.
fn is_hdf5(path: &Path) -> bool {
    let mut start = [0; 8];
    let read = crate::file::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"\x89HDF\r\n\x1a\n"
}
