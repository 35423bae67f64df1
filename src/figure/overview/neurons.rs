//! The activity of single neurons, a panel for each.

use super::super::single::{Named, Singles};
use super::span::Span;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::plot::chart::{Marks, Panel, Row, Scale};
use crate::plot::population;
use crate::recording::Recording;

/// Height of a panel, pixels.
const HEIGHT: f64 = 70.0;
/// Room beyond the least and the largest activity, as a share of their distance.
const ROOM: f64 = 0.06;

/// Panels of the neurons that are named, or of three, made from what `panel` makes of an axis.
///
/// # Errors
/// If a neuron was not recorded, neurons fire spikes, or the recording is damaged.
pub fn rows(
    recording: &Recording,
    named: Option<&Named>,
    span: &Span,
    panel: impl Fn(Scale) -> Panel,
) -> Result<Vec<Row>> {
    if recording.observable() == ObservableKind::Spikes {
        let remedy = "draw their potentials with --as potentials";
        return Err(Error::file(recording.path(), "found neurons that fire spikes", remedy));
    }
    let singles = Singles::of(recording, named)?;
    let columns = singles.columns(named)?;
    let populations = recording.populations();
    let place = populations.iter().position(|p| p.0 == singles.population).unwrap_or(0);
    let curve = |column: &usize| {
        let values = singles.samples.column(*column);
        span.points(singles.samples.time.iter().copied().zip(values))
    };
    let curves: Vec<Vec<(f64, f64)>> = columns.iter().map(curve).collect();
    // Neurons are compared: they share a range.
    let values = || curves.iter().flatten().map(|point| point.1);
    let low = values().fold(0.0, f64::min);
    let high = values().fold(low, f64::max);
    let room = ROOM * (high - low);
    let row = |(column, points): (&usize, Vec<(f64, f64)>)| {
        let y = Scale::new(singles.name(*column)).noted("activity");
        let y = y.within(if low < 0.0 { low - room } else { low }, high + room);
        Row::new(HEIGHT, vec![panel(y).with("", population(place), Marks::line(points))])
    };
    Ok(columns.iter().zip(curves).map(row).collect())
}
