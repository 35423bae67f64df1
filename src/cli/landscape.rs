//! `attractor states` and `attractor page`: a network as a whole, without a run.

use super::graded::{self, Drawn};
use super::{check_memory, check_output, named_after, settings};
use crate::dynamics::binary::Law;
use crate::dynamics::{ObservableKind, Section};
use crate::error::{Error, Result};
use crate::export::page::Page;
use crate::landscape::{MOST_NEURONS, Memories, SmallNetwork, Survey};
use crate::model::{Document, Model};
use crate::network::Network;
use crate::pattern::Patterns;
use crate::work::Over;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct States {
    /// The model file, of a binary network with at most 25 neurons, or of a graded one.
    model: PathBuf,
    /// Seed of all random streams, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=super::LARGEST_SEED))]
    seed: Option<u64>,
    /// Change a value of the model.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    drawn: Drawn,
}

#[derive(Debug, Args)]
pub(super) struct WebPage {
    /// The model file, of a binary network, or of a graded one with at most 100 neurons.
    model: PathBuf,
    /// The page to write [default: the model's name with .html, here].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Seed of all random streams, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=super::LARGEST_SEED))]
    seed: Option<u64>,
    /// Change a value of the model.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Overwrite an existing page.
    #[arg(long)]
    force: bool,
}

/// A binary network with what it has learned.
struct Learned {
    law: Law,
    network: Network,
    /// Of the population that holds patterns; those of a network with several are refused.
    patterns: Patterns,
}

impl Learned {
    /// Builds the network of a model with at most `most` neurons.
    fn of(document: &Document, model: &Model, most: usize, takes: &str) -> Result<Self> {
        let refuse = |key: &str, found: String, allowed: String, remedy: &str| {
            Err(document.place(Error::input(found, allowed, remedy).at(key)))
        };
        let Some(law) = model.dynamics.law() else {
            let found = format!("found {} neurons", model.dynamics.nature().neurons);
            let remedy = "give a model with [dynamics.binary]";
            return refuse("dynamics", found, format!("this command takes {takes} ones"), remedy);
        };
        if model.population.len() > 1 {
            let found = format!("found {} populations", model.population.len());
            let allowed = "this command takes one".to_owned();
            return refuse("population", found, allowed, "give a model of one population");
        }
        if let Some((name, _)) = model.projection.iter().find(|(_, p)| p.sweeps() > 0) {
            let found = "found couplings that act after a delay".to_owned();
            let allowed = "what follows a state then depends on those before it too".to_owned();
            let key = format!("projection.{name}.delay");
            return refuse(&key, found, allowed, "delete the line");
        }
        let size: usize = model.population.values().map(|p| p.size).sum();
        if size > most {
            let found = format!("found {size} neurons");
            let allowed = format!("this command takes at most {most}");
            return refuse("population", found, allowed, "make the population smaller");
        }
        check_memory(document, model)?;
        let mut patterns = model.draw_patterns();
        let network = model.wire(&patterns).map_err(|e| document.place(e))?;
        let none = || Patterns::from_foreground(size, Vec::new());
        let patterns = patterns.swap_remove_index(0).map_or_else(none, |(_, patterns)| patterns);
        Ok(Self { law: law.clone(), network, patterns })
    }

    /// J_ij, row by row; i receives.
    fn matrix(&self) -> Vec<f64> {
        let n = self.network.neurons();
        (0..n * n).map(|k| self.network.efficacy(k / n, k % n)).collect()
    }

    /// H_i - theta_i without any stimulus.
    fn fields(&self) -> Vec<f64> {
        vec![-self.law.threshold; self.network.neurons()]
    }

    fn names(&self) -> Vec<String> {
        (0..self.patterns.number()).map(|mu| self.patterns.name(mu)).collect()
    }

    /// Columns and rows of pictures.
    fn shape(&self) -> Option<(usize, usize)> {
        self.patterns.shape().map(|shape| (shape.columns, shape.rows))
    }
}

impl States {
    pub fn execute(&self) -> Result<ExitCode> {
        let document = Document::read(&self.model, &settings(&self.settings, self.seed))?;
        self.of(&document, &Over::default())
    }

    /// The same of a document in which its settings are made.
    pub(super) fn of(&self, document: &Document, over: &Over) -> Result<ExitCode> {
        let model = document.model()?;
        if model.dynamics.nature().observable == ObservableKind::Graded {
            return self.drawn.execute(document, self.json, over);
        }
        self.drawn.check_unused()?;
        let (learned, report) = surveyed(document, &model, over)?;
        if self.json {
            say!("{}", serde_json::to_string_pretty(&report).expect("a report is plain data"));
        } else {
            say!("{}\n\n{report}", model.title);
            if learned.law.temperature > 0.0 {
                say!("without noise: the temperature of the model is left out");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// All states of a binary network with few neurons, and what it has learned.
fn surveyed(document: &Document, model: &Model, over: &Over) -> Result<(Learned, Survey)> {
    let learned = Learned::of(document, model, MOST_NEURONS, "binary and graded")?;
    let Law { states, tie, .. } = learned.law;
    let network = SmallNetwork::new(&learned.matrix(), &learned.fields(), states, tie)?;
    let (names, patterns) = (learned.names(), learned.patterns.rows());
    let memories = Memories { names: &names, patterns: &patterns, shape: learned.shape() };
    let report = Survey::of(&network, &memories, over)?;
    Ok((learned, report))
}

/// Beyond this pixels are too small to click at, and the page too large.
const MOST_ON_PAGE: usize = 2000;

impl WebPage {
    pub fn execute(&self) -> Result<ExitCode> {
        self.of(&Document::read(&self.model, &settings(&self.settings, self.seed))?)
    }

    /// The same of a document in which its settings are made.
    pub(super) fn of(&self, document: &Document) -> Result<ExitCode> {
        let model = document.model()?;
        let output = self.output.clone().unwrap_or_else(|| named_after(&self.model, "html"));
        check_output(document, &model, &output, self.force)?;
        let html = match model.dynamics.nature().observable {
            ObservableKind::Graded => graded::page(document, &model)?,
            _ => Self::binary(document, &model)?,
        };
        crate::file::write(&output, html).map_err(|e| {
            let found = format!("found that the page cannot be written ({e})");
            Error::file(&output, found, "choose a writable place with -o")
        })?;
        say!("{}", output.display());
        Ok(ExitCode::SUCCESS)
    }

    fn binary(document: &Document, model: &Model) -> Result<String> {
        let learned = Learned::of(document, model, MOST_ON_PAGE, "binary and graded")?;
        let page = Page {
            title: &model.title,
            memories: Memories {
                names: &learned.names(),
                patterns: &learned.patterns.rows(),
                shape: learned.shape(),
            },
            couplings: &learned.matrix(),
            fields: &learned.fields(),
            states: learned.law.states,
            tie: learned.law.tie,
            update: learned.law.update,
        };
        page.html()
    }
}
