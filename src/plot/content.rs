//! What a figure shows, read from a recording in memory that is bounded by what is drawn.

use super::page::{self, Colour, GREY, PATTERNS};
use super::selection;
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::{Recording, Samples};
use crate::task::Trial;

/// Columns of the time axis that can be told apart.
pub const COLUMNS: usize = 2048;
/// Neurons of a pattern, neurons of none, and neurons of another population.
const OF_PATTERN: usize = 40;
const OF_NONE: usize = 60;
const OF_POPULATION: usize = 40;
/// Neurons of all populations that have no pattern to show.
const OF_ALL_POPULATIONS: usize = 240;

/// Everything that a figure shows; times in s.
pub struct Content {
    pub title: String,
    /// End of the time axis, which starts at 0.
    pub end: f64,
    pub cues: Vec<Cue>,
    pub groups: Vec<Group>,
    pub rates: Vec<Curve>,
    pub overlaps: Option<Overlaps>,
}

/// A stimulus of an epoch.
pub struct Cue {
    pub start: f64,
    pub end: f64,
    pub colour: Colour,
    /// Counts the stimuli of one epoch.
    pub lane: usize,
}

/// Neurons that stand together in the raster.
pub struct Group {
    pub label: String,
    pub colour: Colour,
    population: String,
    neurons: Vec<u64>,
    /// Of every neuron, in which columns of the time axis it fires.
    pub rows: Vec<Row>,
}

/// The columns in which a neuron fires.
#[derive(Clone)]
pub struct Row([u64; COLUMNS / 64]);

/// Values over time.
pub struct Curve {
    pub label: String,
    pub colour: Colour,
    pub points: Vec<(f64, f64)>,
}

pub struct Overlaps {
    /// With the patterns on display.
    pub shown: Vec<Curve>,
    /// The largest of the others, if there are others.
    pub largest_other: Option<Curve>,
}

/// The population that holds the patterns on display, and these.
struct Memory {
    population: String,
    displayed: Vec<usize>,
}

impl Content {
    /// Of the whole recording, or of one trial with time 0 at its start.
    pub fn read(recording: &Recording, trial: Option<&Trial>) -> Result<Self> {
        let span = match trial {
            Some(trial) => Span { start: trial.start, end: trial.end },
            None => Span { start: 0.0, end: end(recording)? },
        };
        let protocol: Vec<EpochShown> =
            recording.protocol()?.into_iter().filter(|e| span.meets(e)).collect();
        let memory = Memory::find(recording, &protocol)?;
        let mut groups = groups(recording, memory.as_ref())?;
        for (population, _) in recording.populations() {
            mark(recording, &population, &mut groups, span)?;
        }
        let mut rates = Vec::new();
        for (k, (population, _)) in recording.populations().into_iter().enumerate() {
            let samples = span.of(recording.rates(&population)?);
            let points = curve(&samples, samples.column(0));
            rates.push(Curve { label: population, colour: page::population(k), points });
        }
        Ok(Self {
            title: title(recording, trial)?,
            end: span.length() / 1000.0,
            cues: cues(&protocol, memory.as_ref(), span),
            groups,
            rates,
            overlaps: memory.map(|m| m.overlaps(recording, span)).transpose()?.flatten(),
        })
    }
}

/// The stretch of a recording that is shown, ms.
#[derive(Clone, Copy)]
struct Span {
    start: f64,
    end: f64,
}

impl Span {
    fn length(self) -> f64 {
        self.end - self.start
    }

    fn meets(self, epoch: &EpochShown) -> bool {
        epoch.start < self.end && epoch.end > self.start
    }

    /// The samples within, in times from the start.
    fn of(self, samples: Samples) -> Samples {
        let rows = samples.within(self.start, self.end);
        let Samples { interval, time, width, values } = samples;
        Samples {
            interval,
            time: time[rows.clone()].iter().map(|t| t - self.start).collect(),
            width,
            values: values[rows.start * width..rows.end * width].to_vec(),
        }
    }
}

impl Memory {
    /// The population whose pattern is shown first, or else the first with patterns.
    fn find(recording: &Recording, protocol: &[EpochShown]) -> Result<Option<Self>> {
        let mut holders = Vec::new();
        for (population, _) in recording.populations() {
            if let Some(patterns) = recording.patterns(&population)?
                && patterns.number() > 0
            {
                holders.push((population, patterns.number()));
            }
        }
        let shown = shown(protocol);
        let first =
            shown.iter().find_map(|(p, _)| holders.iter().find(|h| p.as_ref() == Some(&h.0)));
        let Some((population, number)) = first.or(holders.first()) else { return Ok(None) };
        // A stimulus may leave out the population where there is only one with patterns.
        let own = shown.iter().filter(|(p, _)| p.as_ref().is_none_or(|p| p == population));
        let displayed = selection::displayed(own.map(|&(_, mu)| mu), *number);
        Ok(Some(Self { population: population.clone(), displayed }))
    }

    /// The colour of pattern `mu` of `population` if it is on display.
    fn colour(&self, population: Option<&String>, mu: usize) -> Option<Colour> {
        let here = population.is_none_or(|p| *p == self.population);
        let slot = self.displayed.iter().position(|&nu| nu == mu).filter(|_| here)?;
        Some(PATTERNS[slot])
    }

    fn overlaps(&self, recording: &Recording, span: Span) -> Result<Option<Overlaps>> {
        let samples = recording.overlaps(&self.population)?.map(|samples| span.of(samples));
        let Some(samples) = samples.filter(|s| s.width > 0) else { return Ok(None) };
        let shown = self.displayed.iter().zip(PATTERNS).map(|(&mu, colour)| Curve {
            label: format!("pattern {}", mu + 1),
            colour,
            points: curve(&samples, samples.column(mu)),
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
            points: curve(&samples, largest),
        });
        Ok(Some(Overlaps { shown: shown.collect(), largest_other }))
    }
}

/// Population (where it is given) and pattern, from 0, of the stimuli of the protocol.
fn shown(protocol: &[EpochShown]) -> Vec<(Option<String>, usize)> {
    let stimuli = protocol.iter().flat_map(|epoch| &epoch.show);
    stimuli.filter_map(|s| Some((s.population.clone(), s.pattern?.checked_sub(1)?))).collect()
}

/// The title of the model, or of a model without one the name of the file.
fn title(recording: &Recording, trial: Option<&Trial>) -> Result<String> {
    let model = recording.provenance()?.model_resolved;
    let model: Option<toml::Table> = model.parse().ok();
    let title = model.as_ref().and_then(|m| m.get("title")).and_then(toml::Value::as_str);
    let mut title = title.map(|t| t.trim().to_owned()).unwrap_or_default();
    if title.is_empty() {
        let name = recording.path().file_stem().unwrap_or_default();
        title = name.to_string_lossy().into_owned();
    }
    if let Some(trial) = trial {
        title = format!("Trial {} · {title}", trial.number);
    }
    if !recording.is_complete() {
        title.push_str(" (incomplete)");
    }
    Ok(title)
}

/// The time until which there is something to show, ms.
fn end(recording: &Recording) -> Result<f64> {
    let mut end: f64 = 0.0;
    for (population, _) in recording.populations() {
        let samples = recording.rates(&population)?;
        let last = samples.time.last().map_or(0.0, |t| t + 0.5 * samples.interval);
        end = end.max(last);
        if !recording.is_complete() {
            recording.for_spikes(&population, |times, _| {
                end = times.iter().copied().fold(end, f64::max);
            })?;
        }
    }
    if recording.is_complete() || end <= 0.0 {
        end = recording.protocol()?.iter().map(|epoch| epoch.end).fold(end, f64::max);
    }
    // The centre of an interval is half of it away from a round end.
    let end = (end * 1e6).round() / 1e6;
    Ok(if end.is_finite() && end > 0.0 { end } else { 1000.0 })
}

fn cues(protocol: &[EpochShown], memory: Option<&Memory>, span: Span) -> Vec<Cue> {
    let mut cues = Vec::new();
    for epoch in protocol {
        for (lane, stimulus) in epoch.show.iter().enumerate() {
            let mu = stimulus.pattern.and_then(|p| p.checked_sub(1));
            let colour =
                memory.zip(mu).and_then(|(m, mu)| m.colour(stimulus.population.as_ref(), mu));
            let inside = |time: f64| (time.clamp(span.start, span.end) - span.start) / 1000.0;
            let (start, end) = (inside(epoch.start), inside(epoch.end));
            cues.push(Cue { start, end, colour: colour.unwrap_or(GREY), lane });
        }
    }
    cues
}

/// The neurons that the raster shows, without their spikes.
fn groups(recording: &Recording, memory: Option<&Memory>) -> Result<Vec<Group>> {
    let populations = recording.populations();
    let share = (OF_ALL_POPULATIONS / populations.len().max(1)).max(4);
    let each = if memory.is_some() { share.min(OF_POPULATION) } else { share.min(120) };
    let mut groups = Vec::new();
    let mut add = |label: &str, colour, population: &str, neurons: Vec<u64>| {
        if !neurons.is_empty() {
            let rows = vec![Row::new(); neurons.len()];
            let (label, population) = (label.to_owned(), population.to_owned());
            groups.push(Group { label, colour, population, neurons, rows });
        }
    };
    for (k, (name, neurons)) in populations.iter().enumerate() {
        let own = memory.filter(|m| m.population == *name);
        match own.map(|m| Ok((m, recording.patterns(name)?))).transpose()? {
            Some((Memory { displayed, .. }, Some(patterns))) => {
                for (&mu, colour) in displayed.iter().zip(PATTERNS) {
                    let members = selection::members(&patterns, displayed, mu, OF_PATTERN);
                    add(&format!("pattern {}", mu + 1), colour, name, members);
                }
                add("others", GREY, name, selection::others(&patterns, displayed, OF_NONE));
            }
            _ => add(name, page::population(k), name, selection::any(*neurons, each)),
        }
    }
    Ok(groups)
}

/// Marks the spikes of `population` in its groups.
fn mark(recording: &Recording, population: &str, groups: &mut [Group], span: Span) -> Result<()> {
    let mut places: Vec<(u64, usize, usize)> = Vec::new();
    for (g, group) in groups.iter().enumerate().filter(|(_, g)| g.population == population) {
        places.extend(group.neurons.iter().enumerate().map(|(row, &neuron)| (neuron, g, row)));
    }
    places.sort_unstable();
    recording.for_spikes(population, |times, neurons| {
        for (time, neuron) in times.iter().zip(neurons) {
            if let Ok(k) = places.binary_search_by_key(neuron, |place| place.0) {
                let (_, group, row) = places[k];
                groups[group].rows[row].mark((time - span.start) / span.length());
            }
        }
    })
}

impl Row {
    fn new() -> Self {
        Self([0; COLUMNS / 64])
    }

    /// Marks the time at a `share` of the axis.
    fn mark(&mut self, share: f64) {
        if (0.0..=1.0).contains(&share) {
            let column = ((share * COLUMNS as f64) as usize).min(COLUMNS - 1);
            self.0[column / 64] |= 1 << (column % 64);
        }
    }

    /// First and last column of every run of marks that are less than `apart` columns from one another.
    pub fn runs(&self, apart: usize) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for column in (0..COLUMNS).filter(|c| self.0[c / 64] >> (c % 64) & 1 == 1) {
            match runs.last_mut() {
                Some((_, last)) if column - *last < apart => *last = column,
                _ => runs.push((column, column)),
            }
        }
        runs
    }
}

/// `values`, one to an interval of `samples`, as points that reach to the ends of the intervals.
fn curve(samples: &Samples, values: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> =
        samples.time.iter().map(|t| t / 1000.0).zip(values).filter(|p| p.1.is_finite()).collect();
    points = thinned(points);
    let half = 0.0005 * samples.interval;
    if let (Some(&first), Some(&last)) = (points.first(), points.last()) {
        points.insert(0, (first.0 - half, first.1));
        points.push((last.0 + half, last.1));
    }
    points
}

/// Of more points than can be told apart, the least and the largest of every stretch.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if points.len() <= 2 * COLUMNS {
        return points;
    }
    let stretch = points.len().div_ceil(COLUMNS);
    let extremes = |part: &[(f64, f64)]| {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let low = part.iter().min_by(by_value).copied();
        let high = part.iter().max_by(by_value).copied();
        let mut both: Vec<(f64, f64)> = low.into_iter().chain(high).collect();
        both.sort_by(|a, b| a.0.total_cmp(&b.0));
        both
    };
    points.chunks(stretch).flat_map(extremes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_touch_are_one_run() {
        let mut row = Row::new();
        for column in [0, 2, 3, 100, 103, COLUMNS - 1] {
            row.mark((column as f64 + 0.5) / COLUMNS as f64);
        }
        row.mark(1.0);
        row.mark(1.5);
        let last = COLUMNS - 1;
        assert_eq!(row.runs(3), [(0, 3), (100, 100), (103, 103), (last, last)]);
    }

    #[test]
    fn thinning_keeps_the_extremes() {
        let points: Vec<(f64, f64)> =
            (0..100_000).map(|k| (f64::from(k), f64::from(k * 7919 % 1000))).collect();
        let thin = thinned(points.clone());
        assert!(thin.len() <= 2 * COLUMNS && thin.is_sorted_by(|a, b| a.0 <= b.0));
        assert_eq!(thin.iter().map(|p| p.1).fold(0.0, f64::max), 999.0);
        assert_eq!(thinned(points[..10].to_vec()), points[..10]);
    }
}
