//! Where rows are measured: models, and a folder for their recordings.

use crate::analysis::{Criterion, RecallTrials};
use crate::dynamics::binary::{Binary, Law};
use crate::dynamics::{Attractor, Dynamics, put, relax};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, Host};
use crate::landscape::SmallNetwork;
use crate::model::{Document, Model};
use crate::network::Network;
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::recording::{Recording, Sink};
use crate::report::Summary;
use crate::simulation::Wish;
use crate::synapse::Couplings;
use crate::work::Threads;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The models of this crate that rows run, by name.
const MODELS: &[(&str, &str)] = &[
    ("amit-brunel-1997", include_str!("../../models/amit-brunel-1997.toml")),
    ("amit-brunel-1997-weak", include_str!("../../models/amit-brunel-1997-weak.toml")),
    ("asymmetric", include_str!("../../models/asymmetric.toml")),
    ("barbieri-brunel-2008", include_str!("../../models/barbieri-brunel-2008.toml")),
    ("capacity", include_str!("../../models/capacity.toml")),
    ("capitals", include_str!("../../models/capitals.toml")),
    ("cuba", include_str!("../../models/cuba.toml")),
    ("curti-2004", include_str!("../../models/curti-2004.toml")),
    ("dense-associative", include_str!("../../models/dense-associative.toml")),
    ("diluted", include_str!("../../models/diluted.toml")),
    ("flip-flop", include_str!("../../models/flip-flop.toml")),
    ("integrator", include_str!("../../models/integrator.toml")),
    ("register", include_str!("../../models/register.toml")),
    ("hansel-mato-2013", include_str!("../../models/hansel-mato-2013.toml")),
    ("herz-1988", include_str!("../../models/herz-1988.toml")),
    ("hopfield-1982", include_str!("../../models/hopfield-1982.toml")),
    ("images", include_str!("../../models/images.toml")),
    ("letters", include_str!("../../models/letters.toml")),
    ("brunel-2000", include_str!("../../models/brunel-2000.toml")),
    ("brunel-2000-si-fast", include_str!("../../models/brunel-2000-si-fast.toml")),
    ("delayed-match-1000", include_str!("../../models/delayed-match-1000.toml")),
    ("lim-goldman-2013", include_str!("../../models/lim-goldman-2013.toml")),
    ("lim-goldman-2013-equal", include_str!("../../models/lim-goldman-2013-equal.toml")),
    ("litwin-kumar-doiron-2012", include_str!("../../models/litwin-kumar-doiron-2012.toml")),
    ("low-activity", include_str!("../../models/low-activity.toml")),
    ("memory-1000", include_str!("../../models/memory-1000.toml")),
    ("memory-8000", include_str!("../../models/memory-8000.toml")),
    ("memory-8000-all-to-all", include_str!("../../models/memory-8000-all-to-all.toml")),
    ("memory-8000-adapting", include_str!("../../models/memory-8000-adapting.toml")),
    ("memory-8000-escape", include_str!("../../models/memory-8000-escape.toml")),
    ("memory-8000-irregular", include_str!("../../models/memory-8000-irregular.toml")),
    ("microcircuit", include_str!("../../models/microcircuit.toml")),
    ("microcircuit-tenth", include_str!("../../models/microcircuit-tenth.toml")),
    ("modern-hopfield", include_str!("../../models/modern-hopfield.toml")),
    ("modern-images", include_str!("../../models/modern-images.toml")),
    ("mongillo-2008", include_str!("../../models/mongillo-2008.toml")),
    ("palimpsest", include_str!("../../models/palimpsest.toml")),
    ("pereira-brunel-2018", include_str!("../../models/pereira-brunel-2018.toml")),
    ("pereira-brunel-2018-chaotic", include_str!("../../models/pereira-brunel-2018-chaotic.toml")),
    ("pseudo-inverse", include_str!("../../models/pseudo-inverse.toml")),
    ("ring", include_str!("../../models/ring.toml")),
    ("rostami-2024", include_str!("../../models/rostami-2024.toml")),
    ("sfa-clusters", include_str!("../../models/sfa-clusters.toml")),
    ("salesman", include_str!("../../models/salesman.toml")),
    ("sequence", include_str!("../../models/sequence.toml")),
    ("spurious", include_str!("../../models/spurious.toml")),
    ("stochastic", include_str!("../../models/stochastic.toml")),
    ("storkey", include_str!("../../models/storkey.toml")),
    ("vogels-2011", include_str!("../../models/vogels-2011.toml")),
];

/// The pictures that they read.
const PICTURES: &[(&str, &[u8])] = &[
    ("face", include_bytes!("../../models/pictures/face.png")),
    ("world", include_bytes!("../../models/pictures/world.png")),
    ("penguin", include_bytes!("../../models/pictures/penguin.png")),
];

/// A folder in which rows are measured.
pub struct Workshop {
    folder: PathBuf,
    host: Host,
    threads: Threads,
    /// Whether many networks are measured where a few tell enough for a first look.
    thorough: bool,
}

/// A model that was run.
pub struct Ran {
    pub recording: Recording,
    pub summary: Summary,
    /// When its model counts a cued pattern as held.
    pub criterion: Criterion,
    /// Of a recall.
    pub trials: Option<RecallTrials>,
}

impl Ran {
    /// The mean of a result over all trials of recall; NaN without trials.
    pub fn mean(&self, column: &str) -> f64 {
        let mean = |trials: &RecallTrials| trials.mean(column, &trials.all()).value;
        self.trials.as_ref().map_or(f64::NAN, mean)
    }

    /// A column of the trials of recall, as numbers; nothing without trials.
    pub fn values(&self, column: &str) -> Vec<f64> {
        self.trials.as_ref().and_then(|trials| trials.values(column)).unwrap_or_default()
    }
}

/// A binary network that was built but not run.
pub struct Built {
    pub model: Model,
    pub patterns: IndexMap<String, Patterns>,
    /// Its couplings.
    pub coupled: Arc<Network>,
    pub law: Law,
    pub network: Binary,
}

/// Where a network came to rest, or was when it was left.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxed {
    pub state: Vec<bool>,
    /// NaN where none exists.
    pub energy: f64,
    /// Nothing if it had not settled.
    pub attractor: Option<Attractor>,
}

impl Built {
    /// The patterns of the first population that has some.
    pub fn memories(&self) -> Option<&Patterns> {
        self.patterns.values().next()
    }

    /// The patterns of the first population that has some, and the couplings of the first projection.
    pub fn learned(&self) -> Option<(&Patterns, &Couplings)> {
        Some((self.memories()?, self.coupled.coupled().next()?.1))
    }

    /// J_ij of all neurons, row i receives.
    pub fn efficacies(&self) -> Vec<Vec<f64>> {
        let n = self.coupled.neurons();
        (0..n).map(|i| (0..n).map(|j| self.coupled.efficacy(i, j)).collect()).collect()
    }

    /// The network, put into `state`.
    pub fn at(&self, state: &[bool]) -> Binary {
        let mut network = self.network.clone();
        put(&mut network, 0, state);
        network
    }

    /// What becomes of `state` within so many sweeps; orders of updates come from `seed`.
    pub fn relax(&self, state: &[bool], sweeps: usize, seed: Seed) -> Result<Relaxed> {
        let mut network = self.network.branch(seed);
        put(&mut *network, 0, state);
        let attractor = relax(&mut *network, sweeps)?;
        Ok(Relaxed {
            state: network.observable().active().to_vec(),
            energy: network.observable().energy().unwrap_or(f64::NAN),
            attractor,
        })
    }

    /// The same network for a search through all of its states.
    pub fn small(&self) -> Result<SmallNetwork> {
        let Law { states, tie, .. } = self.law;
        let fields = vec![-self.law.threshold; self.coupled.neurons()];
        SmallNetwork::new(&self.efficacies().concat(), &fields, states, tie)
    }
}

impl Workshop {
    /// Makes the folder if need be; models and pictures are written into it.
    pub fn new(folder: &Path, host: Host, threads: Threads, thorough: bool) -> Result<Self> {
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder.join("pictures"))?;
            for (name, bytes) in PICTURES {
                std::fs::write(folder.join(format!("pictures/{name}.png")), bytes)?;
            }
            // Some build on others.
            for (name, text) in MODELS {
                std::fs::write(folder.join(format!("{name}.toml")), text)?;
            }
            Ok(())
        };
        write().map_err(|e| {
            let found = format!("found that nothing can be written here ({e})");
            Error::file(folder, found, "set TMPDIR to a folder that can be written")
        })?;
        Ok(Self { folder: folder.to_owned(), host, threads, thorough })
    }

    /// The text of a model of this crate.
    pub fn text(&self, name: &str) -> Result<&'static str> {
        let found = MODELS.iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| *text).ok_or_else(|| {
            Error::input(format!("found no model `{name}`"), "", "build it into this crate")
        })
    }

    /// A model from its text, with KEY=VALUE changes.
    pub fn document_of(&self, text: &str, settings: &[&str]) -> Result<Document> {
        let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
        Document::new(&self.folder.join("model.toml"), text.to_owned(), &settings)
    }

    /// Whether many networks are measured where a few tell enough for a first look.
    pub fn is_thorough(&self) -> bool {
        self.thorough
    }

    /// Seeds of networks that are measured alike: three, or twenty.
    pub fn seeds(&self) -> std::ops::RangeInclusive<u64> {
        1..=if self.thorough { 20 } else { 3 }
    }

    /// The model called `name`, with KEY=VALUE changes.
    pub fn document(&self, name: &str, settings: &[&str]) -> Result<Document> {
        self.document_of(self.text(name)?, settings)
    }

    /// Runs the model called `name`, with KEY=VALUE changes, as `attractor run` does.
    pub fn run(&self, name: &str, settings: &[&str]) -> Result<Ran> {
        self.run_text(self.text(name)?, settings)
    }

    /// Runs a model from its text, with KEY=VALUE changes.
    pub fn run_text(&self, text: &str, settings: &[&str]) -> Result<Ran> {
        let document = self.document_of(text, settings)?;
        let model = Arc::new(document.model()?);
        let target = (Sink::Memory, None);
        let mut experiment =
            Experiment::begin(&document, model.clone(), target, &self.host, &self.threads)?;
        experiment.run(|_| Wish::Continue)?;
        let recording = experiment.finish()?;
        let summary = Summary::of(&recording)?;
        let trials = RecallTrials::of(&recording, model.task.as_ref())?;
        let criterion = model.expect.criterion();
        Ok(Ran { recording, summary, criterion, trials })
    }

    /// Builds the binary network of the model called `name`, with KEY=VALUE changes, in its initial state.
    pub fn build(&self, name: &str, settings: &[&str]) -> Result<Built> {
        self.build_text(self.text(name)?, settings)
    }

    /// Builds the binary network of a model from its text.
    pub fn build_text(&self, text: &str, settings: &[&str]) -> Result<Built> {
        let model = self.document_of(text, settings)?.model()?;
        let Some(law) = model.dynamics.law() else {
            return Err(Error::input("found a model without binary neurons", "", "build another"));
        };
        let patterns = model.draw_patterns();
        let coupled = Arc::new(model.wire(&patterns)?);
        let network = Binary::new(coupled.clone(), law, Seed(model.seed));
        Ok(Built { law: law.clone(), network, coupled, model, patterns })
    }
}
