//! The states of a model, population by population.

use super::balance::{Balance, Search};
use super::describe::{Described, describe};
use super::system::{ClassState, LARGEST_ECHO, LARGEST_GAIN};
use super::transfer::Transfers;
use crate::error::Result;
use crate::model::Model;
use serde::Serialize;

/// What mean-field theory says of a model to which nothing is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeanField {
    /// All states that were found, by the rate of the foreground.
    pub states: Vec<State>,
    /// What is beyond the range of the theory, and where states may have been missed.
    pub notes: Vec<String>,
}

/// Which state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No pattern is active more than others: the one with the lowest rates.
    Spontaneous,
    /// The same, at higher rates.
    Diffuse,
    /// One pattern is active: its foreground exceeds that of the others by 10 Hz and fires more than twice as much.
    Memory,
    /// One pattern is more active than others, but less than in a memory.
    Mixed,
}

/// A consistent state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// Which.
    pub kind: Kind,
    /// The fastest growth of a small deviation, 1/s: stable below 0.
    pub growth_per_s: f64,
    /// Populations, and the parts into which the active pattern divides them.
    pub rows: Vec<Row>,
}

/// A population or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Name of the population.
    pub population: String,
    /// `all`, `foreground`, or `background`.
    pub part: String,
    /// Mean rate, Hz.
    pub rate_hz: f64,
    /// Mean input, mV, on the neurons' own scale of potentials.
    pub mean_mv: f64,
    /// Standard deviation that V would have in time, mV.
    pub sd_mv: f64,
    /// Standard deviation of the mean input between neurons, mV.
    pub spread_mv: f64,
}

/// By how much, and how many times, the foreground of a memory exceeds that of other patterns, Hz.
const ABOVE: f64 = 10.0;
const TIMES: f64 = 2.0;
/// The share of a population's rate that may be of neurons whose own rate comes back strongly.
const ECHOING: f64 = 0.01;
/// Rates of two patterns are the same if they differ by less than this, relative.
const EVEN: f64 = 0.5;

impl Kind {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spontaneous => "spontaneous",
            Self::Diffuse => "diffuse",
            Self::Memory => "memory",
            Self::Mixed => "mixed",
        }
    }
}

impl MeanField {
    /// The states of a model; `transfers` keeps what models with the same neurons share.
    ///
    /// # Errors
    /// If the model has what the theory does not know.
    pub fn of(model: &Model, transfers: &mut Transfers) -> Result<Self> {
        let described = describe(model, transfers)?;
        let mut states: Vec<State> = Vec::new();
        let range = described.notes.iter().map(|note| format!("out of range: {note}"));
        let mut notes: Vec<String> = range.collect();
        let mut search = Search::new(&described.system);
        for balance in search.states() {
            let known = states.iter().any(|state| state.kind == Kind::Spontaneous);
            let kind = match kind(&described, &balance) {
                Kind::Spontaneous if known => Kind::Diffuse,
                kind => kind,
            };
            notes.extend(approximate(&described, &balance, kind));
            let rows = rows(&described, &balance);
            states.push(State { kind, growth_per_s: balance.growth, rows });
        }
        let missed = search.missed(&described.names);
        notes.extend(missed.iter().map(|note| format!("{note}: states may be missing")));
        Ok(Self { states, notes })
    }

    /// The stable state of a kind; of several the one with the strongest foreground.
    pub fn stable(&self, kind: Kind) -> Option<&State> {
        self.states.iter().rev().find(|s| s.kind == kind && s.is_stable())
    }
}

impl State {
    /// Whether small deviations decay.
    pub fn is_stable(&self) -> bool {
        self.growth_per_s < 0.0
    }

    /// The rate of a part of a population, Hz.
    pub fn rate(&self, population: &str, part: &str) -> Option<f64> {
        let own = |row: &&Row| row.population == population && row.part == part;
        self.rows.iter().find(own).map(|row| row.rate_hz)
    }
}

/// What is not known of a state, and was taken as less than it is.
fn approximate(described: &Described, balance: &Balance, kind: Kind) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, outcome) in described.names.iter().zip(&balance.outcomes) {
        if outcome.gain > LARGEST_GAIN {
            notes.push(format!(
                "out of range: the {} state has chance overlaps in {name} that grow by themselves with a gain above {LARGEST_GAIN}, taken as {LARGEST_GAIN}",
                kind.name()
            ));
        }
        if outcome.echoing > ECHOING {
            notes.push(format!(
                "out of range: the {} state has neurons of {name} whose own rate comes back with a gain above {LARGEST_ECHO}, taken as {LARGEST_ECHO}",
                kind.name()
            ));
        }
    }
    notes
}

/// Mean over classes that are `wanted`, by their shares.
fn mean(
    classes: &[ClassState],
    wanted: impl Fn(&ClassState) -> bool,
    value: impl Fn(&ClassState) -> f64,
) -> f64 {
    let own = || classes.iter().filter(|c| wanted(c));
    let total: f64 = own().map(|c| c.class.weight).sum();
    own().map(|c| c.class.weight * value(c)).sum::<f64>() / total
}

fn kind(described: &Described, balance: &Balance) -> Kind {
    let groups = described.system.groups.iter().zip(&balance.outcomes);
    let with = groups.filter_map(|(g, o)| Some((g.memories?, &o.classes)));
    let Some((memories, classes)) =
        with.max_by(|a, b| balance.drive(a.1).total_cmp(&balance.drive(b.1)))
    else {
        return Kind::Spontaneous;
    };
    let active = mean(classes, |c| c.class.foreground, |c| c.rate);
    // Members of another pattern: the more likely the more patterns a neuron belongs to.
    let members = memories.others() * memories.level;
    let others = match members > 0.0 {
        true => mean(classes, |_| true, |c| c.rate * c.class.others) / members,
        false => mean(classes, |c| !c.class.foreground, |c| c.rate),
    };
    if active - others > ABOVE && active > TIMES * others {
        Kind::Memory
    } else if active < (1.0 + EVEN) * others {
        Kind::Spontaneous
    } else {
        Kind::Mixed
    }
}

fn rows(described: &Described, balance: &Balance) -> Vec<Row> {
    let mut rows = Vec::new();
    for (k, name) in described.names.iter().enumerate() {
        let classes = &balance.outcomes[k].classes;
        let mut add = |part: &str, wanted: &dyn Fn(&ClassState) -> bool| {
            let of = |value: &dyn Fn(&ClassState) -> f64| mean(classes, wanted, value);
            let mu = of(&|c| c.mu);
            rows.push(Row {
                population: name.clone(),
                part: part.to_owned(),
                rate_hz: of(&|c| c.rate),
                mean_mv: mu + described.rests[k],
                sd_mv: of(&|c| 0.5 * c.noise + c.slow).sqrt(),
                spread_mv: of(&|c| c.spread + (c.mu - mu).powi(2)).sqrt(),
            });
        };
        add("all", &|_| true);
        if described.system.groups[k].memories.is_some() {
            add("foreground", &|c| c.class.foreground);
            add("background", &|c| !c.class.foreground);
        }
    }
    rows
}
