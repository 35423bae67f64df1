//! What distractors do to what is held.

use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::super::page::Colour;
use super::{Estimate, FIRST, SECOND, Timing, Trace};

/// Most levels that are named in the legend.
const NAMED: usize = 9;

/// Distractors of growing strength.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distraction {
    /// Of the strength: `Hz`.
    pub unit: String,
    /// By ascending strength.
    pub levels: Vec<DistractorLevel>,
}

/// The trials with one strength.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DistractorLevel {
    pub strength: f64,
    /// Share of trials in which the sample is held at the end of the delay, in [0, 1].
    pub held: Estimate,
    /// Share of trials in which the distractor is held instead, in [0, 1].
    pub taken: Estimate,
    /// Mean overlap with the sample, and with the distractor.
    pub sample: Trace,
    pub distractor: Trace,
}

/// Shares held and taken over against the strength; beside it the mean overlaps with sample and distractor over time,
/// from the weakest distractor (light) to the strongest (dark).
pub fn distraction(title: &str, timing: &Timing, data: &Distraction) -> Figure {
    let of_sample = traces("overlap with the sample", timing, data, FIRST, |level| &level.sample);
    let of_distractor =
        traces("overlap with the distractor", timing, data, SECOND, |level| &level.distractor);
    let panels = vec![shares(data), of_sample, of_distractor];
    Figure { title: title.to_owned(), rows: vec![Row::new(200.0, panels)] }
}

fn shares(data: &Distraction) -> Panel {
    let strength = Scale::new(format!("distractor strength ({})", data.unit));
    let panel = Panel::new(strength, Scale::new("share of trials").within(0.0, 1.0))
        .titled("at the end of the delay");
    let points = |estimate: fn(&DistractorLevel) -> Estimate| Marks::Points {
        points: data.levels.iter().map(|level| estimate(level).at(level.strength)).collect(),
        joined: true,
    };
    panel.with("sample held", FIRST, points(|level| level.held)).with(
        "distractor taken over",
        SECOND,
        points(|level| level.taken),
    )
}

fn traces(
    title: &str,
    timing: &Timing,
    data: &Distraction,
    colour: Colour,
    trace: fn(&DistractorLevel) -> &Trace,
) -> Panel {
    let mut panel = Panel::new(timing.time(), Scale::new("overlap (Hz)").with_zero()).titled(title);
    panel.shadings = timing.shadings(true);
    for (k, level) in data.levels.iter().enumerate() {
        // Rust prints the shortest decimal; what the strength was computed from may have left noise.
        let strength = (level.strength * 1e6).round() / 1e6;
        let name = format!("{strength} {}", data.unit);
        // Of many levels the ends tell which way it goes.
        let named = data.levels.len() <= NAMED || k == 0 || k + 1 == data.levels.len();
        let name = if named { name } else { String::new() };
        let colour = colour.ramp(k, data.levels.len());
        panel = panel.with(name, colour, trace(level).marks());
    }
    panel
}
