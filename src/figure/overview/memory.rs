//! The memory: which patterns are on display, and the overlaps with them.

use super::selection;
use super::span::Span;
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::plot::chart::{Layer, Marks, Shading};
use crate::plot::{Colour, GREY, PATTERNS};
use crate::protocol::{EpochShown, State, Stimulus};
use crate::recording::{Part, Recording};

/// Of the largest of the overlaps with all other patterns.
const OTHERS: Colour = Colour(172, 172, 172);

/// The population that holds the patterns on display, and these.
pub struct Memory {
    pub population: String,
    /// All populations with patterns.
    holders: Vec<String>,
    displayed: Vec<usize>,
    /// Those by which neurons are grouped in the raster.
    pub grouped: Vec<usize>,
    /// Of all patterns, or none.
    names: Vec<String>,
    /// What an overlap with them is.
    pub overlap: &'static str,
}

impl Memory {
    /// The population whose pattern is shown first, or else the first with patterns.
    pub fn find(
        recording: &Recording,
        part: Part,
        protocol: &[EpochShown],
    ) -> Result<Option<Self>> {
        let holders: Vec<String> = recording.with_patterns().map(str::to_owned).collect();
        let shown = match part {
            Part::Recall(trial) => vec![(recalled(recording, &holders)?, trial.pattern)],
            _ => shown(protocol, &holders),
        };
        let first = shown.iter().map(|(p, _)| p).find(|p| holders.contains(p));
        let Some(population) = first.or(holders.first()) else { return Ok(None) };
        let Some(patterns) = recording.patterns(population)? else { return Ok(None) };
        let own = || shown.iter().filter(|(p, _)| p == population);
        let displayed = selection::displayed(own().map(|&(_, mu)| mu), patterns.number());
        let mut grouped = displayed.clone();
        if recording.observable() != ObservableKind::Spikes && own().next().is_some() {
            // Of patterns of high activity few neurons would belong to one of six alone.
            grouped.retain(|&mu| own().any(|shown| shown.1 == mu));
        }
        let names = patterns.names().to_vec();
        let overlap = match patterns.values() {
            Some(_) => "correlation",
            None => "foreground − background",
        };
        let population = population.clone();
        Ok(Some(Self { population, holders, displayed, grouped, names, overlap }))
    }

    /// The pattern that stands first.
    pub fn first(&self) -> Option<usize> {
        self.displayed.first().copied()
    }

    /// What pattern `mu` is called.
    pub fn label(&self, mu: usize) -> String {
        self.names.get(mu).cloned().unwrap_or_else(|| format!("pattern {}", mu + 1))
    }

    /// The colour of the pattern of a stimulus if it is on display.
    fn colour(&self, stimulus: &Stimulus) -> Option<Colour> {
        let (population, mu) = target(stimulus, &self.holders)?;
        let here = population == self.population;
        let slot = self.displayed.iter().position(|&nu| nu == mu).filter(|_| here)?;
        Some(PATTERNS[slot])
    }

    /// The overlaps with the patterns on display, on top of the largest of the others.
    pub fn overlaps(&self, recording: &Recording, span: &Span) -> Result<Option<Vec<Layer>>> {
        let samples = recording.overlaps(&self.population)?.map(|samples| span.cut(samples));
        let Some(samples) = samples.filter(|s| s.width > 0) else { return Ok(None) };
        let shown = self.displayed.iter().zip(PATTERNS).map(|(&mu, colour)| {
            let marks = Marks::line(span.curve(&samples, samples.column(mu).collect()));
            Layer { name: self.label(mu), colour, marks }
        });
        let others: Vec<usize> =
            (0..samples.width).filter(|mu| !self.displayed.contains(mu)).collect();
        let largest = samples
            .values
            .chunks(samples.width)
            .map(|row| others.iter().map(|&mu| row[mu]).fold(0.0, f64::max));
        let largest = (!others.is_empty()).then(|| Layer {
            name: match others.len() {
                1 => "the other pattern".to_owned(),
                number => format!("largest of the other {number}"),
            },
            colour: OTHERS,
            marks: Marks::Area(span.curve(&samples, largest.collect())),
        });
        Ok(Some(largest.into_iter().chain(shown).collect()))
    }

    /// How much the overlaps with the patterns that are shown lack to 1; nothing of overlaps in Hz.
    pub fn missing(&self, recording: &Recording, span: &Span) -> Result<Option<Vec<Layer>>> {
        let samples = recording.overlaps(&self.population)?.map(|samples| span.cut(samples));
        let of_states = recording.observable() != ObservableKind::Spikes;
        let Some(samples) = samples.filter(|s| s.width > 0 && of_states) else { return Ok(None) };
        let shown = self.displayed.iter().zip(PATTERNS).filter(|(mu, _)| self.grouped.contains(mu));
        let layer = |(&mu, colour): (&usize, Colour)| {
            let missing = samples.column(mu).map(|m| 1.0 - m).collect();
            Layer {
                name: self.label(mu),
                colour,
                marks: Marks::line(span.curve(&samples, missing)),
            }
        };
        Ok(Some(shown.map(layer).collect()))
    }
}

/// Population and pattern, from 0, of a stimulus with a pattern.
fn target<'a>(stimulus: &'a Stimulus, holders: &'a [String]) -> Option<(&'a str, usize)> {
    let mu = stimulus.pattern?.checked_sub(1)?;
    Some((stimulus.target(holders.iter().map(String::as_str)).ok()?, mu))
}

/// Those of the stimuli of the protocol.
fn shown(protocol: &[EpochShown], holders: &[String]) -> Vec<(String, usize)> {
    let stimuli = protocol.iter().flat_map(|epoch| &epoch.show);
    stimuli.filter_map(|s| target(s, holders)).map(|(p, mu)| (p.to_owned(), mu)).collect()
}

/// The population of a recall: the one that the model names, or the only one with patterns.
fn recalled(recording: &Recording, holders: &[String]) -> Result<String> {
    let model = super::model(recording)?;
    let recall = model.get("task").and_then(|task| task.get("recall"));
    let name = recall.and_then(|recall| recall.get("population")).and_then(toml::Value::as_str);
    Ok(name.or(holders.first().map(String::as_str)).unwrap_or_default().to_owned())
}

/// What is shown when: a state that is set only at the onset.
///
/// In a trial every epoch has its name, since what is shown is told apart by when.
pub fn shadings(
    protocol: &[EpochShown],
    memory: Option<&Memory>,
    span: &Span,
    named: bool,
) -> Vec<Shading> {
    let mut shadings = Vec::new();
    let name = |epoch: &EpochShown| if named { epoch.name.clone() } else { String::new() };
    for epoch in protocol {
        for (lane, stimulus) in epoch.show.iter().enumerate() {
            let colour = memory.and_then(|memory| memory.colour(stimulus));
            let (from, to) = match is_momentary(stimulus) {
                true => span.onset(epoch.start),
                false => (epoch.start.max(span.start), epoch.end.min(span.end)),
            };
            let (from, to) = (span.on_axis(from), span.on_axis(to));
            let name = if lane == 0 { name(epoch) } else { String::new() };
            let colour = Some(colour.unwrap_or(GREY));
            shadings.push(Shading { from, to, name, colour, lane });
        }
        if epoch.show.is_empty() && named {
            let (from, to) = (epoch.start.max(span.start), epoch.end.min(span.end));
            let (from, to) = (span.on_axis(from), span.on_axis(to));
            shadings.push(Shading { from, to, name: name(epoch), colour: None, lane: 0 });
        }
    }
    shadings
}

/// Whether it acts at its onset alone.
fn is_momentary(stimulus: &Stimulus) -> bool {
    stimulus.state == Some(State::Set) && stimulus.field.is_none()
}
