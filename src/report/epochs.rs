//! What every epoch of the protocol shows.

use crate::analysis::Memory;
use crate::error::widest;
use crate::protocol::{EpochShown, State, Stimulus};
use crate::space::Profile;
use serde::Serialize;
use std::fmt;

/// What an epoch showed, and what stands out in its second half.
#[derive(Clone, Debug, Serialize)]
pub struct EpochSummary {
    name: String,
    start_ms: f64,
    end_ms: f64,
    shown: String,
    memories: Vec<EpochMemorySummary>,
}

/// The largest overlap in a population.
#[derive(Clone, Debug, Serialize)]
struct EpochMemorySummary {
    population: String,
    /// The pattern that stands out, from 1; none if no overlap does.
    retrieved: Option<usize>,
    /// The largest mean overlap.
    overlap_hz: f64,
}

impl EpochSummary {
    /// The `k`-th epoch of the protocol.
    pub(super) fn of(k: usize, epoch: &EpochShown, memories: &[Memory]) -> Self {
        let of_memory = |memory: &Memory| {
            let found = (*memory.epochs.get(k)?)?;
            Some(EpochMemorySummary {
                population: memory.population.clone(),
                retrieved: found.retrieved.map(|mu| mu + 1),
                overlap_hz: found.overlap,
            })
        };
        Self {
            name: epoch.name.clone(),
            start_ms: epoch.start,
            end_ms: epoch.end,
            shown: epoch.show.iter().map(describe).collect::<Vec<_>>().join(", "),
            memories: memories.iter().filter_map(of_memory).collect(),
        }
    }

    /// All of them, as a table.
    pub(super) fn write(epochs: &[Self], f: &mut fmt::Formatter) -> fmt::Result {
        let width = widest(epochs.iter().map(|epoch| &epoch.name), 5);
        let (a, b, c, d, e) = ("epoch", "from (s)", "to (s)", "retrieved", "m (Hz)");
        writeln!(f, "  {a:<width$} {b:>8} {c:>8}  {d:<12} {e:>7}  shown")?;
        for epoch in epochs {
            let (start, end) = (epoch.start_ms / 1000.0, epoch.end_ms / 1000.0);
            write!(f, "  {:<width$} {start:>8.3} {end:>8.3}", epoch.name)?;
            if epoch.memories.is_empty() {
                write!(f, "  {:<12} {:>7}", "-", "-")?;
            }
            for memory in &epoch.memories {
                let mut what =
                    memory.retrieved.map_or("none".to_owned(), |mu| format!("pattern {mu}"));
                if epoch.memories.len() > 1 {
                    what = format!("{}: {what}", memory.population);
                }
                write!(f, "  {what:<12} {:>7.2}", super::rounded(memory.overlap_hz))?;
            }
            writeln!(f, "  {}", epoch.shown)?;
        }
        writeln!(f)
    }
}

pub(super) fn describe(stimulus: &Stimulus) -> String {
    let what = match (stimulus.pattern, &stimulus.population) {
        (Some(pattern), Some(population)) => format!("pattern {pattern} of {population}"),
        (Some(pattern), None) => format!("pattern {pattern}"),
        (None, Some(population)) => population.clone(),
        (None, None) => String::new(),
    };
    let graded = describe_profile(stimulus);
    if stimulus.is_of_states() {
        return describe_states(&what, stimulus) + &graded;
    }
    let poisson = stimulus.poisson.as_ref().map(|rate| match rate.constant() {
        Some(_) => format!("+{rate}"),
        None => rate.to_string(),
    });
    let current = stimulus.current.as_ref().map(|mv| format!("{mv}"));
    let strength: Vec<String> = [poisson, current].into_iter().flatten().collect();
    let changed = [("left out", stimulus.left_out), ("replaced", stimulus.replaced)];
    let changed =
        changed.iter().filter_map(|(name, share)| Some(format!(", {} {name}", (*share)?)));
    format!("{what} {}{graded}{}", strength.join(" and "), changed.collect::<String>())
}

/// How a stimulus falls with the distance, if it does.
fn describe_profile(stimulus: &Stimulus) -> String {
    let profile = match stimulus.profile {
        None => return String::new(),
        Some(Profile::Gaussian(sigma)) => format!("Gaussian of {sigma}"),
        Some(Profile::Exponential(lambda)) => format!("exponential of {lambda}"),
        Some(Profile::Box(reach)) => format!("box of {reach}"),
        Some(Profile::Cosine) => "cosine".to_owned(),
    };
    let centre = stimulus.centre.map(|centre| format!(" at {centre}")).unwrap_or_default();
    format!(", {profile}{centre}")
}

/// A stimulus of binary neurons.
fn describe_states(what: &str, stimulus: &Stimulus) -> String {
    let state = stimulus.state.map(|state| match state {
        State::Set => "set".to_owned(),
        State::Clamped => "clamped".to_owned(),
    });
    let field = stimulus.field.as_ref().map(|field| format!("field {field}"));
    let shares =
        [("flipped", stimulus.flipped), ("occluded", stimulus.occluded), ("noise", stimulus.noise)];
    let shares = shares.iter().filter_map(|(name, share)| Some(format!("{} {name}", (*share)?)));
    let neurons = stimulus.neurons.as_ref().map(|n| format!("neurons {}..{}", n.0.start, n.0.end));
    let how: Vec<String> =
        [state, field].into_iter().flatten().chain(shares).chain(neurons).collect();
    format!("{what} {}", how.join(", "))
}
