//! The memory: which patterns are on display, and the overlaps with them.

use super::super::page::{Colour, GREY, PATTERNS};
use super::super::selection;
use super::span::Span;
use super::{Cue, Curve};
use crate::error::Result;
use crate::protocol::{EpochShown, State, Stimulus};
use crate::recording::{Part, Recording};
use crate::units::Clock;

/// Overlaps over time.
pub struct Overlaps {
    /// With the patterns on display.
    pub shown: Vec<Curve>,
    /// The largest of the others, if there are others.
    pub largest_other: Option<Curve>,
}

/// The population that holds the patterns on display, and these.
pub struct Memory {
    pub population: String,
    displayed: Vec<usize>,
    /// Those by which neurons are grouped in the raster.
    pub grouped: Vec<usize>,
    /// Of all patterns, or none.
    names: Vec<String>,
}

impl Memory {
    /// The population whose pattern is shown first, or else the first with patterns.
    pub fn find(
        recording: &Recording,
        part: Part,
        protocol: &[EpochShown],
    ) -> Result<Option<Self>> {
        let mut holders = Vec::new();
        for (population, _) in recording.populations() {
            if let Some(patterns) = recording.patterns(&population)?
                && patterns.number() > 0
            {
                holders.push((population, patterns));
            }
        }
        let shown = match part {
            Part::Recall(trial) => vec![(recalled(recording)?, trial.pattern)],
            _ => shown(protocol),
        };
        let first =
            shown.iter().find_map(|(p, _)| holders.iter().find(|h| p.as_ref() == Some(&h.0)));
        let Some((population, patterns)) = first.or(holders.first()) else { return Ok(None) };
        // A stimulus may leave out the population where there is only one with patterns.
        let own = || shown.iter().filter(|(p, _)| p.as_ref().is_none_or(|p| p == population));
        let displayed = selection::displayed(own().map(|&(_, mu)| mu), patterns.number());
        let mut grouped = displayed.clone();
        if recording.clock() == Clock::Sweeps && own().next().is_some() {
            // Of patterns of high activity few neurons would belong to one of six alone.
            grouped.retain(|&mu| own().any(|shown| shown.1 == mu));
        }
        let names = patterns.names().to_vec();
        Ok(Some(Self { population: population.clone(), displayed, grouped, names }))
    }

    /// What pattern `mu` is called.
    pub fn label(&self, mu: usize) -> String {
        self.names.get(mu).cloned().unwrap_or_else(|| format!("pattern {}", mu + 1))
    }

    /// The colour of pattern `mu` of `population` if it is on display.
    fn colour(&self, population: Option<&String>, mu: usize) -> Option<Colour> {
        let here = population.is_none_or(|p| *p == self.population);
        let slot = self.displayed.iter().position(|&nu| nu == mu).filter(|_| here)?;
        Some(PATTERNS[slot])
    }

    pub fn overlaps(&self, recording: &Recording, span: &Span) -> Result<Option<Overlaps>> {
        let samples = recording.overlaps(&self.population)?.map(|samples| span.cut(samples));
        let Some(samples) = samples.filter(|s| s.width > 0) else { return Ok(None) };
        let shown = self.displayed.iter().zip(PATTERNS).map(|(&mu, colour)| Curve {
            label: self.label(mu),
            colour,
            points: span.curve(&samples, samples.column(mu)),
        });
        let others: Vec<usize> =
            (0..samples.width).filter(|mu| !self.displayed.contains(mu)).collect();
        let largest = samples
            .values
            .chunks(samples.width)
            .map(|row| others.iter().map(|&mu| row[mu]).fold(0.0, f64::max));
        let largest_other = (!others.is_empty()).then(|| Curve {
            label: match others.len() {
                1 => "the other pattern".to_owned(),
                number => format!("largest of the other {number}"),
            },
            colour: GREY,
            points: span.curve(&samples, largest),
        });
        Ok(Some(Overlaps { shown: shown.collect(), largest_other }))
    }
}

/// Population (where it is given) and pattern, from 0, of the stimuli of the protocol.
fn shown(protocol: &[EpochShown]) -> Vec<(Option<String>, usize)> {
    let stimuli = protocol.iter().flat_map(|epoch| &epoch.show);
    stimuli.filter_map(|s| Some((s.population.clone(), s.pattern?.checked_sub(1)?))).collect()
}

/// The population of a recall, where the model names it.
fn recalled(recording: &Recording) -> Result<Option<String>> {
    let model = super::model(recording)?;
    let recall = model.get("task").and_then(|task| task.get("recall"));
    let name = recall.and_then(|recall| recall.get("population")).and_then(toml::Value::as_str);
    Ok(name.map(str::to_owned))
}

/// What is shown when: a state that is set only at the onset.
pub fn cues(protocol: &[EpochShown], memory: Option<&Memory>, span: &Span) -> Vec<Cue> {
    let mut cues = Vec::new();
    for epoch in protocol {
        for (lane, stimulus) in epoch.show.iter().enumerate() {
            let mu = stimulus.pattern.and_then(|p| p.checked_sub(1));
            let colour =
                memory.zip(mu).and_then(|(m, mu)| m.colour(stimulus.population.as_ref(), mu));
            let (from, to) = match is_momentary(stimulus) {
                true => span.onset(epoch.start),
                false => (epoch.start.max(span.start), epoch.end.min(span.end)),
            };
            let (start, end) = (span.on_axis(from), span.on_axis(to));
            cues.push(Cue { start, end, colour: colour.unwrap_or(GREY), lane });
        }
    }
    cues
}

/// Whether it acts at its onset alone.
fn is_momentary(stimulus: &Stimulus) -> bool {
    stimulus.state == Some(State::Set) && stimulus.field.is_none()
}
