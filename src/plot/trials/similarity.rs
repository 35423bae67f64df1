//! Basins of attraction: how like its pattern a sample must be.

use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::{Estimate, FIRST};

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
pub fn similarity(title: &str, axis: &str, levels: &[DegradedLevel]) -> Figure {
    let panel = |y: Scale, estimate: fn(&DegradedLevel) -> Estimate| {
        let points = levels.iter().map(|level| estimate(level).at(level.share)).collect();
        Panel::new(Scale::new(axis), y).with("", FIRST, Marks::Points { points, joined: true })
    };
    let held = Scale::new("share of samples held").noted("95 % interval").within(0.0, 1.0);
    let overlap = Scale::new("overlap (Hz)").noted("end of the delay, mean ± s.e.m.").with_zero();
    let panels = vec![panel(held, |level| level.held), panel(overlap, |level| level.overlap)];
    Figure { title: title.to_owned(), rows: vec![Row::new(210.0, panels)] }
}
