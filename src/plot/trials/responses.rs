//! Responses to a repeated stimulus: rates above Fano factors, against the time from its onset.

use super::{FIRST, SECOND, STIMULUS, Trace};
use crate::plot::chart::{Figure, Panel, Row, Scale, Shading};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Responses {
    /// The time axis, ms from the onset.
    pub from: f64,
    pub to: f64,
    /// How long the stimulus lasts at least, ms.
    pub duration: f64,
    /// Rates of the foreground of what is shown, and of the background, Hz.
    pub rates: [Trace; 2],
    /// Their Fano factors.
    pub fano: [Trace; 2],
    /// Those of entries whose mean counts are matched.
    pub matched: [Trace; 2],
}

const HEIGHT: f64 = 170.0;
const NAMES: [&str; 2] = ["foreground", "background"];

/// Three panels over one axis of time.
pub fn responses(title: &str, data: &Responses) -> Figure {
    let panel = |traces: &[Trace; 2], y: Scale, last: bool, names: [&str; 2]| {
        let x = if last { Scale::new("time from the onset (s)") } else { Scale::new("").hidden() };
        // All panels have one axis.
        let x = x.within(data.from / 1000.0, data.to / 1000.0);
        let shading = Shading {
            from: 0.0,
            to: data.duration / 1000.0,
            name: String::new(),
            colour: Some(STIMULUS),
            lane: 0,
        };
        let panel = Panel { shadings: vec![shading], ..Panel::new(x, y) };
        names
            .into_iter()
            .zip([FIRST, SECOND])
            .zip(traces)
            .fold(panel, |panel, ((name, colour), trace)| panel.with(name, colour, trace.marks()))
    };
    let rate = Scale::new("rate (Hz)").with_zero();
    let fano = |name: &str| Scale::new(name.to_owned()).with_zero();
    let rows = vec![
        Row::new(HEIGHT, vec![panel(&data.rates, rate, false, NAMES)]),
        Row::new(HEIGHT, vec![panel(&data.fano, fano("Fano factor"), false, ["", ""])]),
        Row::new(HEIGHT, vec![panel(&data.matched, fano("mean-matched"), true, ["", ""])]),
    ];
    Figure { title: title.to_owned(), rows }
}
