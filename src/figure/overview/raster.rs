//! The raster: which neurons it shows, and when they are active.

use super::memory::Memory;
use super::selection;
use super::span::{COLUMNS, Span};
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::plot::chart::{Layer, Marks};
use crate::plot::{Colour, GREY, INK, PATTERNS, population};
use crate::recording::Recording;

/// Neurons of a pattern, neurons of none, and neurons of another population.
const OF_PATTERN: usize = 40;
const OF_NONE: usize = 60;
const OF_POPULATION: usize = 40;
/// Neurons of all populations that have no pattern to show.
const OF_ALL_POPULATIONS: usize = 240;

/// Height of all rows together, and of one, pixels.
const ALL: f64 = 540.0;
const ONE: (f64, f64) = (1.2, 8.0);

/// Neurons that stand together in the raster.
pub struct Group {
    pub label: String,
    pub colour: Colour,
    population: String,
    neurons: Vec<u64>,
}

/// Of every neuron of a group, in which columns of the time axis it is active.
type Rows = Vec<Active>;

/// The columns in which a neuron is active.
#[derive(Clone)]
struct Active([u64; COLUMNS / 64]);

/// The neurons that the raster shows, and their spikes, or when they are active.
pub fn layers(recording: &Recording, memory: Option<&Memory>, span: &Span) -> Result<Vec<Layer>> {
    let observable = recording.observable();
    if observable != ObservableKind::Spikes && !recording.has_states() {
        return Ok(Vec::new());
    }
    let groups = groups(recording, memory)?;
    let mut rows: Vec<Rows> =
        groups.iter().map(|group| vec![Active::new(); group.neurons.len()]).collect();
    for (population, _) in recording.populations() {
        let places = places(&population, &groups);
        match observable {
            ObservableKind::Spikes => {
                mark_spikes(recording, &population, &places, &mut rows, span)?;
            }
            _ => mark_states(recording, &population, &places, &mut rows, span)?,
        }
    }
    let (low, high) = span.ends();
    let time = |column: usize| low + (column as f64 + 0.5) / COLUMNS as f64 * (high - low);
    let row = |row: &Active| row.runs().into_iter().map(|(a, b)| (time(a), time(b))).collect();
    let layer = |(group, rows): (&Group, &Rows)| Layer {
        name: group.label.clone(),
        colour: group.colour,
        marks: Marks::Rows(rows.iter().map(row).collect()),
    };
    Ok(groups.iter().zip(&rows).map(layer).collect())
}

/// How high a row is.
pub fn pitch(layers: &[Layer]) -> f64 {
    let rows: usize = layers.iter().map(Layer::rows).sum();
    (ALL / rows.max(1) as f64).clamp(ONE.0, ONE.1)
}

/// The neurons that the raster shows, without what they do.
pub fn groups(recording: &Recording, memory: Option<&Memory>) -> Result<Vec<Group>> {
    let populations = recording.populations();
    let share = (OF_ALL_POPULATIONS / populations.len().max(1)).max(4);
    let each = if memory.is_some() { share.min(OF_POPULATION) } else { share.min(120) };
    let mut groups = Vec::new();
    let mut add = |label: &str, colour, population: &str, neurons: Vec<u64>| {
        if !neurons.is_empty() {
            let (label, population) = (label.to_owned(), population.to_owned());
            groups.push(Group { label, colour, population, neurons });
        }
    };
    for (k, (name, neurons)) in populations.iter().enumerate() {
        let own = memory.filter(|m| m.population == *name);
        match own.map(|m| Ok((m, recording.patterns(name)?))).transpose()? {
            Some((memory, Some(patterns))) => {
                let grouped = &memory.grouped;
                for (&mu, colour) in grouped.iter().zip(PATTERNS) {
                    let members = selection::members(&patterns, grouped, mu, OF_PATTERN);
                    add(&memory.label(mu), colour, name, members);
                }
                if recording.observable() != ObservableKind::Spikes {
                    // Patterns of high activity share most of their neurons.
                    let several = selection::several(&patterns, grouped, OF_NONE);
                    add("several", INK, name, several);
                }
                add("others", GREY, name, selection::others(&patterns, grouped, OF_NONE));
            }
            _ => add(name, population(k), name, selection::any(*neurons, each)),
        }
    }
    Ok(groups)
}

/// Where a neuron stands: neuron, group and row.
pub type Place = (u64, usize, usize);

/// Where the neurons of `population` stand, in order of neurons.
pub fn places(population: &str, groups: &[Group]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (g, group) in groups.iter().enumerate().filter(|(_, g)| g.population == population) {
        places.extend(group.neurons.iter().enumerate().map(|(row, &neuron)| (neuron, g, row)));
    }
    places.sort_unstable();
    places
}

/// Marks the spikes of `population` in the rows of its groups.
fn mark_spikes(
    recording: &Recording,
    population: &str,
    places: &[Place],
    rows: &mut [Rows],
    span: &Span,
) -> Result<()> {
    recording.for_spikes(population, |times, neurons| {
        for (time, neuron) in times.iter().zip(neurons) {
            if let Ok(k) = places.binary_search_by_key(neuron, |place| place.0) {
                let (_, group, row) = places[k];
                rows[group][row].mark(span.share(*time));
            }
        }
    })
}

/// Marks when neurons of `population` are active in the rows of its groups.
fn mark_states(
    recording: &Recording,
    population: &str,
    places: &[Place],
    rows: &mut [Rows],
    span: &Span,
) -> Result<()> {
    let Some(states) = recording.states_within(population, span.looks.clone())? else {
        return Ok(());
    };
    for (k, (from, to)) in span.cells(&states.time).into_iter().enumerate() {
        let state = states.row(k);
        for &(_, group, row) in places.iter().filter(|place| state[place.0 as usize] != 0) {
            rows[group][row].fill(span.share(from), span.share(to));
        }
    }
    Ok(())
}

impl Group {
    /// How many neurons it shows.
    pub fn size(&self) -> usize {
        self.neurons.len()
    }
}

impl Active {
    fn new() -> Self {
        Self([0; COLUMNS / 64])
    }

    fn set(&mut self, column: usize) {
        self.0[column / 64] |= 1 << (column % 64);
    }

    /// Marks the time at a `share` of the axis.
    fn mark(&mut self, share: f64) {
        if (0.0..=1.0).contains(&share) {
            self.set(((share * COLUMNS as f64) as usize).min(COLUMNS - 1));
        }
    }

    /// Marks all of the axis from one share of it to another.
    fn fill(&mut self, from: f64, to: f64) {
        let column = |share: f64| (share.clamp(0.0, 1.0) * COLUMNS as f64).round() as usize;
        let first = column(from).min(COLUMNS - 1);
        (first..column(to).max(first + 1)).for_each(|column| self.set(column));
    }

    /// First and last column of every run of marks that touch.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for column in (0..COLUMNS).filter(|c| self.0[c / 64] >> (c % 64) & 1 == 1) {
            match runs.last_mut() {
                Some((_, last)) if column - *last < 2 => *last = column,
                _ => runs.push((column, column)),
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_touch_are_one_run() {
        let mut row = Active::new();
        for column in [0, 2, 3, 100, 103, COLUMNS - 1] {
            row.mark((column as f64 + 0.5) / COLUMNS as f64);
        }
        row.mark(1.0);
        row.mark(1.5);
        let last = COLUMNS - 1;
        assert_eq!(row.runs(), [(0, 0), (2, 3), (100, 100), (103, 103), (last, last)]);
    }

    #[test]
    fn activity_fills_its_time() {
        let mut row = Active::new();
        row.fill(0.25, 0.5);
        row.fill(0.5, 0.75);
        row.fill(1.0, 1.0);
        assert_eq!(row.runs(), [(512, 1535), (2047, 2047)]);
    }
}
