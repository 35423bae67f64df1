//! What a figure shows, read from a recording in memory that is bounded by what is drawn.

mod memory;
mod raster;
mod span;

pub use memory::Overlaps;
pub use raster::{COLUMNS, Group};

use super::page::{self, Colour, INK};
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording};
use crate::units::Clock;
use memory::Memory;
use span::Span;

/// Everything that a figure shows; times in s or sweeps.
pub struct Content {
    pub title: String,
    pub clock: Clock,
    /// Ends of the time axis, on which the beginning is 0.
    pub ends: (f64, f64),
    pub cues: Vec<Cue>,
    pub groups: Vec<Group>,
    /// Of every population, Hz, or its mean activity.
    pub rates: Vec<Curve>,
    pub overlaps: Option<Overlaps>,
    /// Where there is one.
    pub energy: Option<Curve>,
}

/// A stimulus of an epoch.
pub struct Cue {
    pub start: f64,
    pub end: f64,
    pub colour: Colour,
    /// Counts the stimuli of one epoch.
    pub lane: usize,
}

/// Values over time.
pub struct Curve {
    pub label: String,
    pub colour: Colour,
    pub points: Vec<(f64, f64)>,
}

impl Content {
    /// Of a part of a recording, with time 0 at its start.
    pub fn read(recording: &Recording, part: Part) -> Result<Self> {
        let span = Span::of(recording, part)?;
        let mut protocol = recording.protocol()?;
        protocol.retain(|epoch| span.meets(epoch));
        let memory = Memory::find(recording, part, &protocol)?;
        let groups = raster::raster(recording, memory.as_ref(), &span)?;
        let mut rates = Vec::new();
        for (k, (population, _)) in recording.populations().into_iter().enumerate() {
            let samples = span.cut(recording.rates(&population)?);
            let points = span.curve(&samples, samples.column(0));
            rates.push(Curve { label: population, colour: page::population(k), points });
        }
        let energy = recording.energy()?.and_then(|energy| energy.ok()).map(|samples| {
            let samples = span.cut(samples);
            let points = span.curve(&samples, samples.column(0));
            Curve { label: "energy".to_owned(), colour: INK, points }
        });
        Ok(Self {
            title: title(recording, part, memory.as_ref())?,
            clock: recording.clock(),
            ends: span.ends(),
            cues: memory::cues(&protocol, memory.as_ref(), &span),
            groups,
            rates,
            overlaps: memory.map(|m| m.overlaps(recording, &span)).transpose()?.flatten(),
            energy,
        })
    }
}

/// The model, as far as it is text.
fn model(recording: &Recording) -> Result<toml::Table> {
    Ok(recording.provenance()?.model_resolved.parse().unwrap_or_default())
}

/// The title of the model, or of a model without one the name of the file; and which part it is.
fn title(recording: &Recording, part: Part, memory: Option<&Memory>) -> Result<String> {
    let model = model(recording)?;
    let title = model.get("title").and_then(toml::Value::as_str);
    let mut title = title.map(|t| t.trim().to_owned()).unwrap_or_default();
    if title.is_empty() {
        let name = recording.path().file_stem().unwrap_or_default();
        title = name.to_string_lossy().into_owned();
    }
    title = match part {
        Part::Whole => title,
        Part::Epoch(EpochShown { name, .. }) => format!("{name} · {title}"),
        Part::Trial(trial) => format!("Trial {} · {title}", trial.number),
        Part::Recall(trial) => match memory {
            Some(memory) => {
                format!("Trial {}: {} · {title}", trial.number, memory.label(trial.pattern))
            }
            None => format!("Trial {} · {title}", trial.number),
        },
    };
    if !recording.is_complete() {
        title.push_str(" (incomplete)");
    }
    Ok(title)
}
