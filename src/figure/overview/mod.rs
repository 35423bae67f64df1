//! The overview of a recording, read in memory that is bounded by what is drawn.

mod beside;
mod memory;
mod neurons;
mod potentials;
mod raster;
mod selection;
mod shades;
mod span;
#[cfg(test)]
mod tests;

use super::single::Named;
pub use beside::Beside;

use crate::dynamics::ObservableKind;
use crate::error::{Error, Place, Result};
use crate::plot::chart::{Figure, Marks, Panel, Reference, Row, Scale, Shading};
use crate::plot::{INK, population};
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording, Samples};
use crate::table::Column;
use memory::Memory;
pub(super) use span::Span;

/// Heights of the panels, pixels.
const RATES: f64 = 110.0;
const OVERLAPS: f64 = 180.0;
const ENERGY: f64 = 90.0;

/// Panels above one time axis, with time 0 at the start of a part of a recording.
///
/// From top to bottom: the spikes of some neurons of up to six patterns, of no such pattern, and of the other
/// populations, or when neurons are active; the mean rate, or the mean activity, of every population, or the activity of
/// every neuron where there are four at most; the overlaps with
/// these patterns beside the largest of all others; the energy, where there is one. Bars and shading mark what the
/// protocol shows.
///
/// # Errors
/// If the recording is damaged.
pub fn overview(recording: &Recording, part: Part) -> Result<Figure> {
    panels(recording, part, Beneath::Nothing, false)
}

/// What stands beneath the raster.
#[derive(Clone, Copy, Debug)]
pub(super) enum Beneath<'a> {
    Nothing,
    /// Membrane potentials.
    Potentials,
    /// The activity of neurons: those that are named, or three.
    Neurons(Option<&'a Named>),
}

/// The same with the membrane potentials of up to six neurons beneath the raster, threshold and reset dashed and spikes
/// on top.
///
/// # Errors
/// If no potentials were recorded, or the recording is damaged.
pub fn with_potentials(recording: &Recording, part: Part) -> Result<Figure> {
    panels(recording, part, Beneath::Potentials, false)
}

/// The overview with what stands beneath the raster, and if it is `missing` with 1 - overlap on a logarithmic axis below the
/// overlaps.
pub(super) fn panels(
    recording: &Recording,
    part: Part,
    beneath: Beneath,
    missing: bool,
) -> Result<Figure> {
    let span = Span::of(recording, part)?;
    let mut protocol = recording.protocol()?;
    protocol.retain(|epoch| span.meets(epoch));
    let memory = Memory::find(recording, part, &protocol)?;
    let named = memory::shadings(&protocol, memory.as_ref(), &span, matches!(part, Part::Trial(_)));
    // Names stand once, above the raster.
    let coloured = named.iter().filter(|shading| shading.colour.is_some()).cloned();
    let shadings: Vec<Shading> =
        coloured.map(|shading| Shading { name: String::new(), ..shading }).collect();
    let (unit, length) = recording.clock().axis();
    let (first, last) = span.ends();
    let time = Scale::new(format!("time ({unit})")).within(first, last);
    // A unit of the clock is not divided.
    let time = Scale { whole: length == 1.0, ..time };
    let panel = |y| Panel { shadings: shadings.clone(), ..Panel::new(time.clone(), y) };

    let mut rows = Vec::new();
    let (layers, scale) = if recording.observable() == ObservableKind::Graded {
        let shaded = shades::layers(recording, memory.as_ref(), &span)?;
        shaded.map_or_else(Default::default, |(layers, [low, high])| {
            let scale = format!("activity: {low:.3} is white, {high:.3} is black");
            (layers, scale.replace(".000", "").replace('-', "−"))
        })
    } else {
        (raster::layers(recording, memory.as_ref(), &span)?, String::new())
    };
    if !layers.is_empty() {
        let pitch = Some(raster::pitch(&layers));
        let raster =
            Panel { layers, pitch, title: scale, shadings: named, ..panel(Scale::new("")) };
        rows.push(Row::new(raster.height(), vec![raster]));
    }

    rows.extend(match beneath {
        Beneath::Nothing => Vec::new(),
        Beneath::Potentials => potentials::rows(recording, &span, panel)?,
        Beneath::Neurons(named) => neurons::rows(recording, named, &span, panel)?,
    });

    let [rate, overlap] = match recording.observable() {
        ObservableKind::Spikes => ["rate (Hz)", "overlap (Hz)"],
        ObservableKind::States | ObservableKind::Graded => ["mean activity", "overlap"],
    };
    let curve = |samples: &Samples| Marks::line(span.curve(samples, samples.column(0).collect()));
    let few = shades::each(recording, &span)?;
    let rates = match few.is_empty() {
        true => {
            let mut rates = panel(Scale::new(rate).with_zero());
            for (k, (name, _)) in recording.populations().into_iter().enumerate() {
                let samples = span.cut(recording.rates(&name)?);
                rates = rates.with(name, population(k), curve(&samples));
            }
            rates
        }
        false => Panel { layers: few, ..panel(Scale::new("activity").with_zero()) },
    };
    rows.push(Row::new(RATES, vec![rates]));

    let overlaps = memory.as_ref().map(|m| m.overlaps(recording, &span)).transpose()?.flatten();
    if let Some(layers) = overlaps {
        let note = memory.as_ref().map_or("", |memory| memory.overlap);
        let y = Scale::new(overlap).noted(note).with_zero();
        let references = vec![Reference::Level(0.0, String::new())];
        let overlaps = Panel { layers, references, bars: Some(String::new()), ..panel(y) };
        rows.push(Row::new(OVERLAPS, vec![overlaps]));
    }
    if missing {
        let layers = memory.as_ref().map(|m| m.missing(recording, &span)).transpose()?.flatten();
        let layers = layers.ok_or_else(|| {
            let found = "found no overlaps that end at 1";
            let allowed =
                "1 - overlap is drawn where an overlap of 1 is that of the pattern itself";
            let argument = Place::Argument("--one-minus-overlap".to_owned());
            Error::input(found, allowed, "leave it out").placed(argument)
        })?;
        let panel = Panel { layers, ..panel(Scale::new("1 − overlap").log()) };
        rows.push(Row::new(OVERLAPS, vec![panel]));
    }
    if let Some(Ok(samples)) = recording.energy()? {
        let samples = span.cut(samples);
        let marks = curve(&samples);
        rows.push(Row::new(ENERGY, vec![panel(Scale::new("energy")).with("", INK, marks)]));
    }
    let shown = if matches!(part, Part::Trial(_)) { "shown" } else { "cue" };
    rows[0].panels[0].bars = Some(shown.to_owned());
    let last = rows.len() - 1;
    rows[..last].iter_mut().for_each(|row| row.panels[0].x.drawn = false);
    Ok(Figure { title: title(recording, part, memory.as_ref())?, rows })
}

/// The model, as far as it is text.
fn model(recording: &Recording) -> Result<toml::Table> {
    Ok(recording.provenance()?.model_resolved.parse().unwrap_or_default())
}

/// What was found in a trial of delayed match to sample: whether its sample was held, and the ideal observer's answer.
fn outcome(recording: &Recording, number: usize) -> Result<Option<String>> {
    let (Some(drawn), Some(found)) = (recording.drawn()?, recording.results()?) else {
        return Ok(None);
    };
    let Some(Column::Whole(numbers)) = drawn.column("trial") else { return Ok(None) };
    let Some(row) = numbers.iter().position(|n| *n == number as u64) else { return Ok(None) };
    let flag = |name: &str| match found.column(name) {
        Some(Column::Flag(flags)) => flags.get(row).copied(),
        _ => None,
    };
    let (Some(held), Some(right), Some(Column::Text(answers))) =
        (flag("held"), flag("correct"), found.column("observer"))
    else {
        return Ok(None);
    };
    let answer = match answers.get(row).map_or("", String::as_str) {
        "" => "no answer".to_owned(),
        answer => format!("{answer}, {}", if right { "right" } else { "wrong" }),
    };
    Ok(Some(format!("sample {}, {answer}", if held { "held" } else { "not held" })))
}

/// The title of the model, or of a model without one the name of the file; and which part it is.
pub(super) fn title(recording: &Recording, part: Part, memory: Option<&Memory>) -> Result<String> {
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
        Part::Trial(trial) => match outcome(recording, trial.number)? {
            Some(outcome) => format!("Trial {}: {outcome} · {title}", trial.number),
            None => format!("Trial {} · {title}", trial.number),
        },
        Part::Recall(trial) => match memory {
            Some(memory) => {
                format!("Trial {}: {} · {title}", trial.number, memory.label(trial.pattern))
            }
            None => format!("Trial {} · {title}", trial.number),
        },
        Part::Tour(trial) => format!("Trial {} · {title}", trial.number),
    };
    if !recording.is_complete() {
        title.push_str(" (incomplete)");
    }
    Ok(title)
}
