//! Overlaps in every trial.

use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::{FIRST, SECOND, Timing, mean};
use crate::error::counted;

/// Overlaps over time; their common time axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlaps {
    /// Centres of the bins, ms from the onset of the sample.
    pub time: Vec<f64>,
    /// With the sample, and with what else is shown: test or distractors. They stand side by side.
    pub with: Vec<OverlapWith>,
}

/// Overlaps with one of the patterns that a trial shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverlapWith {
    /// Stands above the panel: `with the sample`.
    pub name: String,
    /// The trials; with the test only those in which it is not the sample.
    pub trials: Vec<OverlapTrial>,
}

/// A trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverlapTrial {
    /// Whether the sample is held at the end of the delay.
    pub held: bool,
    /// The overlap in every bin, Hz.
    pub overlap: Vec<f64>,
}

/// Thin curves of all trials, by whether the sample is held or lost, and the means of both.
pub fn overlaps(title: &str, timing: &Timing, data: &Overlaps) -> Figure {
    let panels = data.with.iter().enumerate().map(|(k, with)| {
        let name = Scale::new(if k == 0 { "overlap (Hz)" } else { "" }).with_zero();
        let note = if k == 0 { "foreground − background" } else { "" };
        let mut panel = Panel::new(timing.time(), name.noted(note)).titled(&with.name);
        panel.shadings = timing.shadings(true);
        let kinds = [(true, FIRST, "held"), (false, SECOND, "not held")];
        for (held, colour, _) in kinds {
            let of_kind = with.trials.iter().filter(|t| t.held == held);
            let curves = of_kind.map(|t| curve(&data.time, t.overlap.iter().copied())).collect();
            panel = panel.with("", colour.tint(0.55), Marks::Curves(curves));
        }
        for (held, colour, name) in kinds {
            let of_kind: Vec<&OverlapTrial> =
                with.trials.iter().filter(|t| t.held == held).collect();
            if !of_kind.is_empty() {
                let value =
                    |bin: usize| mean(of_kind.iter().filter_map(|t| t.overlap.get(bin).copied()));
                let points = curve(&data.time, (0..data.time.len()).map(value));
                let name = format!("{name}, mean of {}", counted(of_kind.len(), "trial"));
                panel = panel.with(name, colour.shade(0.25), Marks::line(points));
            }
        }
        panel
    });
    let row = Row { same_y: true, ..Row::new(200.0, panels.collect()) };
    Figure { title: title.to_owned(), rows: vec![row] }
}

/// Values over an axis in s.
fn curve(time: &[f64], values: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    time.iter().map(|t| t / 1000.0).zip(values).collect()
}
