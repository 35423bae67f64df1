//! Membrane potentials beneath the raster, a panel for each of some neurons.

use super::span::Span;
use crate::error::{Error, Result};
use crate::plot::chart::{Marks, Panel, Reference, Row, Scale};
use crate::plot::{Colour, INK, population};
use crate::recording::{Recording, Traces};
use std::ops::Range;

/// Most neurons, and the height of the panel of one, pixels.
const MOST: usize = 6;
const HEIGHT: f64 = 76.0;

/// Where the ticks of spikes begin and end, and the panel, above the threshold: shares of what lies below.
const TICKS: Range<f64> = 0.08..0.24;
const TOP: f64 = 0.28;

/// Panels of the neurons whose potentials were recorded, made from what `panel` makes of an axis.
///
/// # Errors
/// If no potentials were recorded, or the recording is damaged.
pub fn rows(
    recording: &Recording,
    span: &Span,
    panel: impl Fn(Scale) -> Panel,
) -> Result<Vec<Row>> {
    let watched = recording.watched()?;
    if watched.is_empty() {
        return Err(Error::file(
            recording.path(),
            "found no membrane potentials",
            "record some with [record] v = { population = \"E\", neurons = \"0..5\", every = \"0.1 ms\" }",
        ));
    }
    let share = (MOST / watched.len()).max(1);
    let populations = recording.populations();
    let mut rows = Vec::new();
    for name in watched.iter().take(MOST) {
        let Some(traces) = recording.potentials(name)? else { continue };
        let colour = population(populations.iter().position(|p| p.0 == *name).unwrap_or(0));
        let shown = traces.neurons.len().min(share);
        let mut spikes = vec![Vec::new(); shown];
        recording.for_spikes(name, |times, neurons| {
            for (time, neuron) in times.iter().zip(neurons) {
                let place = traces.neurons[..shown].iter().position(|own| own == neuron);
                place.into_iter().for_each(|k| spikes[k].push(*time));
            }
        })?;
        for (k, spikes) in spikes.iter().enumerate() {
            let y = Scale::new(format!("{name} {} (mV)", traces.neurons[k]));
            rows.push(Row::new(HEIGHT, vec![neuron(&traces, k, spikes, span, colour, panel(y))]));
        }
    }
    Ok(rows)
}

/// `panel` with V of the neuron in column `k`, its threshold and reset, and its spikes.
fn neuron(
    traces: &Traces,
    k: usize,
    spikes: &[f64],
    span: &Span,
    colour: Colour,
    mut panel: Panel,
) -> Panel {
    let (theta, v_reset) = (traces.theta[k], traces.v_reset[k]);
    let points: Vec<(f64, f64)> = traces.time.iter().copied().zip(traces.of(k)).collect();
    let points = span.points(points);
    let low = points.iter().map(|point| point.1).fold(v_reset, f64::min);
    let above = |share: f64| theta + share * (theta - low);
    let (from, to) = (above(TICKS.start), above(TICKS.end));
    let within = spikes.iter().filter(|time| (span.start..=span.end).contains(*time));
    let tick = |time: &f64| vec![(span.on_axis(*time), from), (span.on_axis(*time), to)];
    panel.y = panel.y.within(low - 0.05 * (theta - low), above(TOP));
    let level = |level| Reference::Level(level, String::new());
    panel.references = vec![level(theta), level(v_reset)];
    panel.with("", colour, Marks::Curves(vec![points])).with(
        "",
        INK,
        Marks::Curves(within.map(tick).collect()),
    )
}
