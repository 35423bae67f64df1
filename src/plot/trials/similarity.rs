//! Basins of attraction: how like its pattern a sample must be.

use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::{Estimate, GROUPS};

/// Samples degraded, or weakened, in one way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Degradation {
    /// Stands in the legend: `left out`, `replaced`.
    pub name: String,
    pub levels: Vec<DegradedLevel>,
}

/// The trials with one level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DegradedLevel {
    /// Share of the foreground that is left out or replaced, in [0, 1], or the strength.
    pub share: f64,
    /// Share of trials in which the sample is held at the end of the delay, in [0, 1].
    pub held: Estimate,
    /// Overlap with the whole pattern at the end of the delay, Hz.
    pub overlap: Estimate,
}

/// Share held, and overlap at the end of the delay, against what `axis` names: the share of the foreground that is not
/// shown, or the strength of the sample.
pub fn similarity(title: &str, axis: &str, degradations: &[Degradation]) -> Figure {
    let panel = |y: Scale, estimate: fn(&DegradedLevel) -> Estimate| {
        let share = Scale::new(axis);
        degradations.iter().zip(GROUPS.iter().cycle()).fold(
            Panel::new(share, y),
            |panel, (degradation, colour)| {
                let levels = degradation.levels.iter();
                let points = levels.map(|level| estimate(level).at(level.share)).collect();
                let marks = Marks::Points { points, joined: true };
                panel.with(degradation.name.as_str(), *colour, marks)
            },
        )
    };
    let held = panel(
        Scale::new("share of samples held").noted("95 % interval").within(0.0, 1.0),
        |level| level.held,
    );
    let overlap = Scale::new("overlap (Hz)").noted("end of the delay, mean ± s.e.m.").from_zero();
    let overlap = panel(overlap, |level| level.overlap);
    Figure { title: title.to_owned(), rows: vec![Row::new(210.0, vec![held, overlap])] }
}
