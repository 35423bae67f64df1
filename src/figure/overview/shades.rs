//! The raster of graded activity: a shade of grey for every neuron and look.

use super::memory::Memory;
use super::raster::{groups, places};
use super::span::Span;
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::plot::chart::{Layer, Marks};
use crate::plot::population;
use crate::recording::Recording;

/// Columns of the time axis, of which each shows the mean of its looks.
const COLUMNS: usize = 600;
/// Shades that are told apart.
const SHADES: f64 = 64.0;

/// The activity of a neuron, from one time of the axis to another.
type Row = Vec<(f64, f64, f64)>;

/// The neurons that the raster shows and how active they are, and the activities that are white and black; nothing if
/// activity was not recorded.
///
/// These are the levels of inactive and active neurons, or what lies beyond them.
pub fn layers(
    recording: &Recording,
    memory: Option<&Memory>,
    span: &Span,
) -> Result<Option<(Vec<Layer>, [f64; 2])>> {
    let groups = groups(recording, memory)?;
    let mut rows: Vec<Vec<Row>> =
        groups.iter().map(|group| vec![Row::new(); group.size()]).collect();
    let mut range: Option<[f64; 2]> = None;
    for (population, _) in recording.populations() {
        let Some(samples) = recording.activity_within(&population, span.looks.clone())? else {
            continue;
        };
        let [low, high] = recording.levels(&population)?;
        let mut own = range.unwrap_or([f64::INFINITY, f64::NEG_INFINITY]);
        own = [own[0].min(low).min(high), own[1].max(low).max(high)];
        let cells = span.cells(&samples.time);
        let stretch = cells.len().div_ceil(COLUMNS).max(1);
        for (neuron, group, row) in places(&population, &groups) {
            let activity: Vec<f64> = samples.column(neuron as usize).collect();
            for (cells, values) in cells.chunks(stretch).zip(activity.chunks(stretch)) {
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                let (from, to) = (cells[0].0, cells[cells.len() - 1].1);
                rows[group][row].push((span.on_axis(from), span.on_axis(to), mean));
                own = [own[0].min(mean), own[1].max(mean)];
            }
        }
        range = Some(own);
    }
    let Some([low, high]) = range else { return Ok(None) };
    let shade = |x: f64| ((x - low) / (high - low) * SHADES).round() / SHADES;
    let row = |row: &Row| {
        let mut runs = Row::new();
        for &(from, to, x) in row {
            match runs.last_mut() {
                Some(last) if last.2 == shade(x) => last.1 = to,
                _ => runs.push((from, to, shade(x))),
            }
        }
        runs
    };
    let layers = groups.iter().zip(&rows).map(|(group, rows)| Layer {
        name: group.label.clone(),
        colour: group.colour,
        marks: Marks::Shades(rows.iter().map(row).collect()),
    });
    Ok(Some((layers.collect(), [low, high])))
}

/// So many neurons have a curve each.
const FEW: usize = 4;

/// The activity of every neuron of a graded recording, where there are few; nothing otherwise.
pub fn each(recording: &Recording, span: &Span) -> Result<Vec<Layer>> {
    let populations = recording.populations();
    let few = populations.iter().map(|p| p.1).sum::<usize>() <= FEW;
    if !few || recording.observable() != ObservableKind::Graded {
        return Ok(Vec::new());
    }
    let mut layers = Vec::new();
    for (name, size) in populations {
        let Some(samples) = recording.activity(&name)? else { return Ok(Vec::new()) };
        let samples = span.cut(samples);
        for neuron in 0..size {
            let curve = span.curve(&samples, samples.column(neuron).collect());
            let label = if size == 1 { name.clone() } else { format!("{name} {neuron}") };
            let colour = population(layers.len());
            layers.push(Layer { name: label, colour, marks: Marks::line(curve) });
        }
    }
    Ok(layers)
}
