//! `attractor theory`.

use super::settings;
use crate::error::{Error, Place, Result, counted};
use crate::figure::theory::{self as figure, Along, Comparison, Map};
use crate::model::Document;
use crate::plot::Drawing;
use crate::recording::Output;
use crate::sweep::{Grid, SweepTable};
use crate::theory::Theory as Recall;
use crate::theory::memory::{Kind, MeanField as Spiking, State, Transfers};
use crate::theory::rate_memory::{self, MeanField, Retrieval};
use crate::work::Over;
use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Theory {
    /// The model file.
    model: PathBuf,
    /// A key of the model and its values, as for `sweep`; the states are found at every point of one or two of them.
    #[arg(long, value_name = "KEY=VALUES")]
    over: Vec<String>,
    /// Change a value of the model.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The figure to write, .png or .svg: rates against one key, or where memories exist against two.
    #[arg(short, long, requires = "over")]
    output: Option<PathBuf>,
    /// The table of a sweep over the same keys: what was held is drawn too, and compared.
    #[arg(long, value_name = "TABLE", requires = "output")]
    table: Option<PathBuf>,
    /// Overwrite an existing figure.
    #[arg(long)]
    force: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Stands above figures: titles of models name values that are swept.
const TITLE: &str = "States in mean-field theory";

/// The states at one point.
#[derive(Serialize)]
struct Point {
    settings: Vec<String>,
    #[serde(flatten)]
    found: Spiking,
}

/// The theory of a binary network.
#[derive(Serialize)]
struct Told<'a> {
    theory: &'a str,
    /// By the column of trials.
    expects: IndexMap<&'static str, f64>,
    /// The capacity.
    patterns_per_sender: Option<f64>,
}

/// The theory of a memory of firing rates.
#[derive(Serialize)]
struct ToldOfRates<'a> {
    theory: &'a str,
    /// P/K.
    load: f64,
    /// At this load, if a pattern is at rest.
    recall: Option<Retrieval>,
    /// At the largest load.
    last: Option<Retrieval>,
}

impl<'a> Told<'a> {
    fn of(recall: &Recall, theory: &'a str) -> Self {
        let columns = ["overlap", "errors", "activity", "first_step"];
        let each = columns.map(|column| Some((column, recall.expects(column, Some(0.0))?)));
        let expects = each.into_iter().flatten().collect();
        Self { theory, expects, patterns_per_sender: recall.capacity() }
    }
}

impl ToldOfRates<'_> {
    fn of(field: &MeanField, load: f64) -> Self {
        Self { theory: RATES, load, recall: field.retrieval(load), last: field.last() }
    }
}

const RATES: &str = "static mean field of Pereira and Brunel 2018";

impl Theory {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        let document = Document::read(&self.model, &settings(&self.settings, None))?;
        self.of(&document, &Over::default())
    }

    /// The same of a document in which its settings are made.
    pub(super) fn of(&self, document: &Document, over: &Over) -> Result<ExitCode> {
        let keys = self.over.iter().filter_map(|over| Some(over.split_once('=')?.0));
        if keys.flat_map(|keys| keys.split('+')).any(|key| key.trim() == "seed") {
            let (allowed, remedy) = ("theory is the same for all seeds", "leave it out");
            let error = Error::input("found the seed", allowed, remedy);
            return Err(error.placed(Place::Argument("--over".to_owned())));
        }
        let grid = Grid::parse(&self.over, 1)?;
        if grid.axes.len() > 2 {
            let found = format!("found {} keys", grid.axes.len());
            let error = Error::input(found, "theory is mapped over one or two", "leave some out");
            return Err(error.placed(Place::Argument("--over".to_owned())));
        }
        let simulated = self.table.as_ref().map(|path| SweepTable::open(path)).transpose()?;
        if let Some(output) = &self.output {
            Output::check(output, self.force)?;
            figure::check(&grid, simulated.as_ref())?;
        }
        let model = document.model()?;
        if let Some(recall) = Recall::of(&model) {
            return self.recall(&recall);
        }
        if let Some((rule, transfer, load)) = rate_memory::of(&model) {
            let population = model.population.keys().next().map_or("", String::as_str);
            self.maps_nothing("graded", &format!("cue_1.{population}.overlap"))?;
            return self.rates(&MeanField::new(rule, transfer), load);
        }
        if let Some(table) = &simulated {
            figure::same_network(&document.with(&table.grid.settings(0))?.model()?, table)?;
        }
        let mut transfers = Transfers::default();
        let mut points = Vec::new();
        for point in 0..grid.points() {
            over.heed()?;
            let document = document.with(&grid.settings(point))?;
            let model = document.model()?;
            let found = Spiking::of(&model, &mut transfers).map_err(|e| document.place(e))?;
            points.push(Point { settings: grid.settings(point), found });
        }
        if self.json {
            say!("{}", serde_json::to_string_pretty(&points).expect("states are plain data"));
        } else if grid.axes.is_empty() {
            points.iter().for_each(|point| tell(&model.title, &point.found));
        } else {
            table(&model.title, &points);
        }
        if let Some(output) = &self.output {
            let rows = || points.iter().flat_map(|p| &p.found.states).flat_map(|s| &s.rows);
            let mut populations: Vec<String> = Vec::new();
            for row in rows().filter(|row| row.part == "all") {
                if !populations.contains(&row.population) {
                    populations.push(row.population.clone());
                }
            }
            let population = rows().find(|row| row.part == "foreground").or_else(|| rows().next());
            let population = population.map(|row| row.population.clone()).unwrap_or_default();
            let along = Along { grid: &grid, table: simulated.as_ref(), title: TITLE.to_owned() };
            let found = points.iter().map(|p| &p.found).collect();
            let map = Map { population, populations, points: found };
            Drawing::from(along.figure(&map)?).save(output)?;
            if !self.json {
                along.comparison(&map)?.iter().for_each(beside);
                say!("  drawn in {}", output.display());
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Refuses to map the theory of `neurons` over keys, which stands beside `column` of a sweep.
    fn maps_nothing(&self, neurons: &str, column: &str) -> Result<()> {
        if self.over.is_empty() {
            return Ok(());
        }
        let found = format!("found a network of {neurons} neurons");
        let allowed = "only states of spiking neurons are mapped over keys";
        let remedy =
            format!("draw its theory beside a sweep with `attractor plot TABLE --y {column}`");
        let error = Error::input(found, allowed, remedy);
        Err(error.placed(Place::Argument("--over".to_owned())))
    }

    /// The theory of a memory of firing rates.
    fn rates(&self, field: &MeanField, load: f64) -> Result<ExitCode> {
        let told = ToldOfRates::of(field, load);
        let ToldOfRates { recall: state, last, .. } = told;
        if self.json {
            say!("{}", serde_json::to_string_pretty(&told).expect("numbers are plain data"));
            return Ok(ExitCode::SUCCESS);
        }
        say!("Recall in theory: {RATES}");
        say!("  {:<12} {load:.4} patterns per input", "load");
        match state {
            None => say!("  {:<12} no pattern is at rest", "overlap"),
            Some(state) => {
                say!("  {:<12} {:.4}", "overlap", state.overlap);
                say!("  {:<12} {:.4}", "mean rate", state.rate);
                say!("  {:<12} {:.4} (s.d.)", "other input", state.noise);
            }
        }
        if let Some(last) = last {
            say!("  {:<12} {:.4} patterns per input", "capacity", last.load);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The theory of a binary network.
    fn recall(&self, recall: &Recall) -> Result<ExitCode> {
        self.maps_nothing("binary", "overlap")?;
        let name = recall.name("overlap");
        let told = Told::of(recall, &name);
        if self.json {
            say!("{}", serde_json::to_string_pretty(&told).expect("numbers are plain data"));
            return Ok(ExitCode::SUCCESS);
        }
        say!("Recall in theory: {name}");
        told.expects.iter().for_each(|(column, value)| say!("  {column:<12} {value:.4}"));
        if let Some(capacity) = told.patterns_per_sender {
            say!("  {:<12} {capacity:.4} patterns per sender", "capacity");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether a table agrees with theory.
fn beside(Comparison { compared, differences }: &Comparison) {
    say!(
        "  {} compared with simulation: {} by more than 15 % and two standard errors, or in whether at least half of the cues are held",
        counted(*compared, "point"),
        match differences.len() {
            0 => "none differs".to_owned(),
            1 => "one differs".to_owned(),
            number => format!("{number} differ"),
        }
    );
    differences.iter().for_each(|difference| say!("    {difference}"));
}

/// The states of one model.
fn tell(title: &str, found: &Spiking) {
    say!("{title}: states in mean-field theory\n");
    let header = ("state", "stable", "population", "rate (Hz)");
    say!("  {:<12} {:<7} {:<16} {:>9}  input (mV)", header.0, header.1, header.2, header.3);
    for state in &found.states {
        let mut head = (state.kind.name(), if state.is_stable() { "yes" } else { "no" });
        for row in &state.rows {
            let part = if row.part == "all" { "" } else { row.part.as_str() };
            let whose = format!("{} {part}", row.population);
            let (mean, sd, spread) = (row.mean_mv, row.sd_mv, row.spread_mv);
            say!(
                "  {:<12} {:<7} {whose:<16} {:>9.2}  {mean:.2} +- {sd:.2} in time, +- {spread:.2} between neurons",
                head.0,
                head.1,
                row.rate_hz
            );
            head = ("", "");
        }
        let time = 1000.0 / state.growth_per_s.abs();
        let verb = if state.is_stable() { "decays" } else { "grows" };
        say!("  {:<20} a deviation {verb} within {time:.0} ms\n", "");
    }
    if found.states.is_empty() {
        say!("  none was found");
    }
    found.notes.iter().for_each(|note| say!("  {note}"));
}

/// The stable states at all points.
fn table(title: &str, points: &[Point]) {
    say!("{title}: stable states in mean-field theory\n");
    let rates = |state: Option<&State>| match state {
        None => "not found".to_owned(),
        Some(state) => {
            let each = state.rows.iter().filter(|row| row.part != "background");
            let each = each.map(|row| match row.part.as_str() {
                "all" => format!("{} {:.2}", row.population, row.rate_hz),
                part => format!("{part} {:.2}", row.rate_hz),
            });
            each.collect::<Vec<_>>().join(", ")
        }
    };
    for point in points {
        say!("  {}", point.settings.join(", "));
        for kind in [Kind::Spontaneous, Kind::Diffuse, Kind::Memory] {
            let state = point.found.stable(kind);
            if state.is_some() || kind != Kind::Diffuse {
                say!("    {:<12} {}", kind.name(), rates(state));
            }
        }
    }
    let mut notes: Vec<(&String, usize)> = Vec::new();
    for note in points.iter().flat_map(|p| &p.found.notes) {
        match notes.iter_mut().find(|known| known.0 == note) {
            Some(known) => known.1 += 1,
            None => notes.push((note, 1)),
        }
    }
    for (note, number) in notes {
        let of = counted(points.len(), "point");
        let at =
            if number < points.len() { format!(" (at {number} of {of})") } else { String::new() };
        say!("  {note}{at}");
    }
}
