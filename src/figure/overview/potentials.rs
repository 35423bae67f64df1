//! Membrane potentials beneath the raster, a panel for each of some neurons.

use super::span::Span;
use crate::error::{Error, Result};
use crate::plot::chart::{Marks, Panel, Reference, Row, Scale};
use crate::plot::{GREY, INK, population};
use crate::recording::Recording;
use std::ops::Range;

/// Most neurons, and the height of the panel of one, pixels.
const MOST: usize = 6;
const HEIGHT: f64 = 80.0;

/// Where the ticks of spikes begin and end, and the panel, above the threshold: shares of what lies below the highest.
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
        let curves: Vec<Vec<(f64, f64)>> = (0..shown)
            .map(|k| span.points(traces.time.iter().copied().zip(traces.of(k))))
            .collect();
        // Neurons of one population are compared: they share a range.
        let mut thresholds: Vec<Vec<(f64, f64)>> = (0..shown)
            .filter_map(|k| Some(traces.time.iter().copied().zip(traces.threshold_of(k)?)))
            .map(|points| span.points(points))
            .collect();
        let v = curves.iter().flatten().map(|point| point.1);
        let low = v.chain(traces.v_reset[..shown].iter().copied()).fold(f64::INFINITY, f64::min);
        let raised = thresholds.iter().chain(&curves).flatten().map(|point| point.1);
        let levels = traces.theta[..shown].iter().copied();
        let high = levels.chain(raised).fold(f64::NEG_INFINITY, f64::max);
        for (k, (points, spikes)) in curves.into_iter().zip(&spikes).enumerate() {
            let (theta, room) = (traces.theta[k], high - low);
            let (from, to) = (high + TICKS.start * room, high + TICKS.end * room);
            let tick = |time: f64| vec![(span.on_axis(time), from), (span.on_axis(time), to)];
            let ticks = spikes.iter().copied().filter(|time| span.holds(*time)).map(tick).collect();
            let v_reset = traces.v_reset[k];
            let moving = thresholds.get_mut(k).map(std::mem::take).into_iter().collect();
            let level = |level| Reference::Level(level, String::new());
            // Names at the lines would stand on spikes and curve.
            let y = Scale::new(format!("{name} {} (mV)", traces.neurons[k])).noted(format!(
                "θ {}, reset {}",
                tenths(theta),
                tenths(v_reset)
            ));
            let panel = panel(y.within(low - 0.05 * room, high + TOP * room))
                .against(level(theta))
                .against(level(v_reset))
                .with("", GREY, Marks::Curves(moving))
                .with("", colour, Marks::Curves(vec![points]))
                .with("", INK, Marks::Curves(ticks));
            rows.push(Row::new(HEIGHT, vec![panel]));
        }
    }
    Ok(rows)
}

/// A potential to 0.1 mV.
fn tenths(v: f64) -> String {
    format!("{}", (10.0 * v).round() / 10.0).replace('-', "−")
}
