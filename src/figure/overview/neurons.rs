//! The activity of single neurons, a panel for each.

use super::super::single::{Named, Singles};
use super::span::Span;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::plot::chart::{Marks, Panel, Range, Row, Scale};
use crate::plot::population;
use crate::recording::Recording;

/// Height of a panel, pixels.
pub const HEIGHT: f64 = 70.0;
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
    let range = range(curves.iter().flatten().map(|point| point.1));
    let row = |(column, points): (&usize, Vec<(f64, f64)>)| {
        let y = Scale { range, ..Scale::new(singles.name(*column)).noted("activity") };
        Row::new(HEIGHT, vec![panel(y).with("", population(place), Marks::line(points))])
    };
    Ok(columns.iter().zip(curves).map(row).collect())
}

/// The range that neurons share, which are compared: of all their values and 0.
pub fn range(values: impl Iterator<Item = f64>) -> Range {
    let (low, high) = values.fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
    let room = ROOM * (high - low);
    Range::Given(if low < 0.0 { low - room } else { 0.0 }, high + room)
}
