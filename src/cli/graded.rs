//! `attractor states` of a graded network: fixed points, figures, and both against a key.

mod along;

use crate::error::{Error, Place, Result};
use crate::export::page::{GradedPage, MOST_FLOWING, Shown};
use crate::figure::states::{Branches, Measure, States, View};
use crate::landscape::Memories;
use crate::landscape::graded::{Graded, GradedSurvey, Sought};
use crate::model::{Document, Model};
use crate::network::{Placed, Population};
use crate::plot::Drawing;
use crate::protocol;
use crate::random::Seed;
use crate::recording::Output;
use crate::sweep::Grid;
use crate::work::Over;
use along::{Along, Diagram, tell};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Random starts, and starts along an axis of a plane.
const STARTS: usize = 200;
const GRID: usize = 100;
/// More values of a key would take long and not be told apart.
const MOST_VALUES: usize = 2000;

/// What `attractor states` is asked for of graded networks only.
#[derive(Debug, Args)]
pub(super) struct Drawn {
    /// Of a graded network: a key of the model and its values, as for `sweep`; fixed points are sought at every value.
    #[arg(long, value_name = "KEY=VALUES")]
    over: Option<String>,
    /// Of a graded network: the figure to write, .png or .svg; with --over fixed points against the key.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// What the figure shows.
    #[arg(long = "as", value_name = "KIND", requires = "output", conflicts_with = "over")]
    view: Option<View>,
    /// The neuron, from 1, whose activity is drawn against the key [default: the overlap with the first pattern, or neuron 1 where there is none].
    #[arg(long, value_name = "N", requires = "over", value_parser = clap::value_parser!(u64).range(1..))]
    neuron: Option<u64>,
    /// Of a graded network: random starts from which fixed points are sought, and of which is counted where they lead [default: 200].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    starts: Option<u64>,
    /// Starts along either axis of a phase portrait [default: 100].
    #[arg(long, value_name = "N", requires = "output", value_parser = clap::value_parser!(u64).range(2..=480))]
    grid: Option<u64>,
    /// Write the fixed points at every value as a table.
    #[arg(long, value_name = "FILE.csv", requires = "over")]
    csv: Option<PathBuf>,
    /// Overwrite an existing figure or table.
    #[arg(long)]
    force: bool,
}

impl ValueEnum for View {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = self.words();
        Some(PossibleValue::new(name).help(help))
    }
}

/// A network with its fixed points and its patterns.
struct Found {
    network: Graded,
    survey: GradedSurvey,
    /// From where it runs.
    start: Vec<f64>,
    /// The neurons of the first population that holds patterns.
    neurons: Range<usize>,
    names: Vec<String>,
    patterns: Vec<Vec<u8>>,
    /// Columns and rows of pictures.
    shape: Option<(usize, usize)>,
}

impl Found {
    fn of(document: &Document, model: &Model, starts: usize, over: &Over) -> Result<Self> {
        let mut drawn = model.draw_patterns();
        let (network, start) = model.graded_from(&drawn).map_err(|e| document.place(e))?;
        // Those of the first population that holds some.
        let placed = placed(model);
        let mut own =
            placed.into_iter().find_map(|p| Some((p.neurons, drawn.shift_remove(&p.name)?)));
        let (neurons, own) = own.take().map_or((0..0, None), |(neurons, own)| (neurons, Some(own)));
        let names: Vec<String> =
            own.iter().flat_map(|own| (0..own.number()).map(|mu| own.name(mu))).collect();
        let shape = own.as_ref().and_then(|own| own.shape());
        let shape = shape.map(|shape| (shape.columns, shape.rows));
        let patterns = own.map(|own| own.rows()).unwrap_or_default();
        let memories = Memories { names: &names, patterns: &patterns, shape: None };
        let sought = Sought { starts, seed: Seed(model.seed), memories, neurons: &neurons, over };
        let survey = network.survey(&sought)?;
        Ok(Self { network, survey, start, neurons, names, patterns, shape })
    }
}

/// Where the neurons of populations stand among all.
fn placed(model: &Model) -> Vec<Placed> {
    let mut start = 0;
    let of = |(name, population): (&String, &Population)| {
        let neurons = start..start + population.size;
        start = neurons.end;
        Placed { name: name.clone(), neurons, space: population.space }
    };
    model.population.iter().map(of).collect()
}

/// The page of a graded network.
pub(super) fn page(document: &Document, model: &Model) -> Result<String> {
    let size: usize = model.population.values().map(|p| p.size).sum();
    let starts = if size > MOST_FLOWING { 0 } else { STARTS };
    let found = Found::of(document, model, starts, &Over::default())?;
    let (placed, patterns) = (placed(model), model.draw_patterns());
    for (k, epoch) in model.protocol.iter().enumerate() {
        for (s, stimulus) in epoch.show.iter().enumerate() {
            let Some((key, course)) = stimulus.course() else { continue };
            let error = Error::input(
                format!("found a field that changes in time, {course}"),
                "a page shows fields that are held as long as an epoch lasts",
                "write it as one value, or as an epoch for every step",
            );
            return Err(document.place(error.at(format!("protocol[{k}].show[{s}].{key}"))));
        }
    }
    let held = protocol::held(&model.protocol, &placed, &patterns, Seed(model.seed));
    let held = held.map_err(|e| document.place(e))?;
    let epochs: Vec<Shown> = model
        .protocol
        .iter()
        .zip(held)
        .map(|(epoch, held)| Shown {
            name: epoch.name.clone(),
            duration: epoch.duration.value(),
            field: held.field,
        })
        .collect();
    let memories = Memories { names: &found.names, patterns: &found.patterns, shape: found.shape };
    let page = GradedPage {
        title: &model.title,
        network: &found.network,
        survey: &found.survey,
        memories,
        neurons: &found.neurons,
        start: &found.start,
        epochs: &epochs,
    };
    page.html().map_err(|e| document.place(e))
}

impl Drawn {
    /// Refuses what is only of graded networks.
    pub(super) fn check_unused(&self) -> Result<()> {
        let given = [
            ("--over", self.over.is_some()),
            ("--output", self.output.is_some()),
            ("--starts", self.starts.is_some()),
        ];
        given.iter().filter(|given| given.1).try_for_each(|(name, _)| {
            let allowed = "of binary neurons all states are listed";
            let error = Error::input("found a binary network", allowed, "leave it out");
            Err(error.placed(Place::Argument((*name).to_owned())))
        })
    }

    pub(super) fn execute(&self, document: &Document, json: bool, over: &Over) -> Result<ExitCode> {
        for path in [&self.output, &self.csv].into_iter().flatten() {
            Output::check(path, self.force)?;
        }
        match &self.over {
            Some(key) => self.along(document, key, json, over),
            None => self.one(document, json, over),
        }
    }

    fn find(&self, document: &Document, model: &Model, over: &Over) -> Result<Found> {
        Found::of(document, model, self.starts.map_or(STARTS, |starts| starts as usize), over)
    }

    fn one(&self, document: &Document, json: bool, over: &Over) -> Result<ExitCode> {
        let model = document.model()?;
        let Found { network, survey, .. } = self.find(document, &model, over)?;
        let drawing = self.output.as_ref().map(|output| -> Result<_> {
            let states = States { title: &model.title, network: &network, survey: &survey };
            let side = self.grid.map_or(GRID, |side| side as usize);
            Ok((output, states.draw(self.view.unwrap_or(View::Portrait), side)?))
        });
        let drawing = drawing.transpose()?;
        if json {
            say!("{}", serde_json::to_string_pretty(&survey).expect("a survey is plain data"));
        } else {
            say!("{}\n\n{survey}", model.title);
        }
        let Some((output, drawing)) = drawing else { return Ok(ExitCode::SUCCESS) };
        save(&drawing, output, json)
    }

    fn along(&self, document: &Document, key: &str, json: bool, over: &Over) -> Result<ExitCode> {
        let grid = Grid::parse(&[key.to_owned()], 1)?;
        if grid.points() > MOST_VALUES {
            let found = format!("found {} values", grid.points());
            let allowed = format!("fixed points are sought at no more than {MOST_VALUES}");
            let error = Error::input(found, allowed, "write fewer steps");
            return Err(error.placed(Place::Argument("--over".to_owned())));
        }
        let (title, mut found, mut names) = (document.model()?.title, Vec::new(), Vec::new());
        for point in 0..grid.points() {
            let document = document.with(&grid.settings(point))?;
            let at = self.find(&document, &document.model()?, over)?;
            found.push(at.survey);
            names = at.names;
        }
        let measure = match (self.neuron, names.first()) {
            (None, Some(name)) => Measure::Overlap(0, name.clone()),
            (neuron, _) => Measure::Activity(neuron.map_or(0, |neuron| neuron as usize - 1)),
        };
        self.check_neuron(&measure, &found)?;
        let followed = Along::of(document, &grid, &found, over);
        if json {
            let told = Diagram::of(&grid, &found, followed.as_ref());
            say!("{}", serde_json::to_string_pretty(&told).expect("surveys are plain data"));
        } else {
            say!("{title}\n");
            tell(&grid, &found);
            followed.iter().for_each(|along| along.tell(&grid.axes[0].key));
        }
        if self.output.is_none() && self.csv.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
        let mut branches = Branches::new(&title, &grid, found, measure)?;
        if let Some(Along { branches: followed, alone }) = followed {
            branches = branches.following(followed, alone);
        }
        if let Some(path) = &self.csv {
            crate::file::write(path, branches.table().to_csv()).map_err(|e| {
                let found = format!("found that the table cannot be written ({e})");
                Error::file(path, found, "choose a writable place")
            })?;
            if !json {
                say!("  written to {}", path.display());
            }
        }
        match &self.output {
            Some(output) => save(&branches.figure().into(), output, json),
            None => Ok(ExitCode::SUCCESS),
        }
    }

    fn check_neuron(&self, measure: &Measure, found: &[GradedSurvey]) -> Result<()> {
        let least = found.iter().map(|survey| survey.neurons).min().unwrap_or(0);
        match measure {
            Measure::Activity(i) if *i >= least => {
                let allowed = format!("there are {least}, counted from 1");
                let error =
                    Error::input(format!("found neuron {}", i + 1), allowed, "name another");
                Err(error.placed(Place::Argument("--neuron".to_owned())))
            }
            _ => Ok(()),
        }
    }
}

fn save(drawing: &Drawing, output: &Path, json: bool) -> Result<ExitCode> {
    drawing.save(output)?;
    if !json {
        say!("  drawn in {}", output.display());
    }
    Ok(ExitCode::SUCCESS)
}
