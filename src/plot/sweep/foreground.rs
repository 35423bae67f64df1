//! The neurons that should be active and those that should not, apart.

use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::super::page::PATTERNS;

/// Mean activity while a pattern is retrieved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreground {
    /// Stands above the panel; nothing if empty.
    pub name: String,
    /// In the unit that the axis names.
    pub time: Vec<f64>,
    /// Mean activity of the foreground of the pattern, and of the background.
    pub on: Vec<f64>,
    pub off: Vec<f64>,
}

/// The mean activity of foreground and background over time, panels side by side. Their difference is the overlap.
///
/// The axes are named by the caller: `time (sweeps)`, `share of neurons active`.
pub fn foreground(title: &str, time: &str, activity: &str, panels: &[Foreground]) -> Figure {
    let all = panels.iter().flat_map(|p| p.on.iter().chain(&p.off));
    let most = all.fold(0.0, |most: f64, &v| if v.is_finite() { most.max(v) } else { most });
    let panel = |(k, data): (usize, &Foreground)| {
        let curve = |of: &[f64]| Marks::Curve {
            points: data.time.iter().copied().zip(of.iter().copied()).collect(),
            band: Vec::new(),
        };
        // What is 0 stands above the axis.
        let y = Scale::new(if k == 0 { activity } else { "" }).within(-0.05 * most, 1.05 * most);
        Panel::new(Scale::new(time), y)
            .titled(&data.name)
            .with("should be on", PATTERNS[0], curve(&data.on))
            .with("should be off", PATTERNS[1], curve(&data.off))
    };
    let panels = panels.iter().enumerate().map(panel).collect();
    Figure { title: title.to_owned(), rows: vec![Row::new(170.0, panels)] }
}
