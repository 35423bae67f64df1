//! Figures of a session of delayed match to sample, from what the analyses find in it.
//!
//! In the manner of Miyashita (Nature 335, 1988), who showed rasters of single neurons in the delay above their rates
//! for samples that the neuron prefers and others, and of Rainer and Miller (Eur J Neurosci 15, 2002). Every figure is a
//! function from plain data to a [`chart::Figure`](super::chart::Figure). Times are in ms from the onset
//! of the sample, rates and overlaps in Hz. Values that are missing are NaN and leave gaps.

pub(super) mod bins;
mod distraction;
mod load;
mod neurons;
mod overlaps;
mod psychometric;
mod responses;
mod roc;
mod similarity;
mod statistics;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;

pub use distraction::{Distraction, DistractorLevel, distraction};
pub use load::{Load, LoadLevel, load};
pub use neurons::{Neuron, Response, neurons};
pub use overlaps::{OverlapTrial, OverlapWith, Overlaps, overlaps};
pub use psychometric::{Psychometric, psychometric};
pub use responses::{Responses, responses};
pub use roc::{Discrimination, discrimination};
pub use similarity::{DegradedLevel, similarity};
pub use statistics::{DelayStatistics, Histogram, statistics};

use super::chart::{Marks, Point, Scale, Shading};
use super::page::{Colour, PATTERNS};
use crate::statistics::Mean;

/// Of what is held, preferred, or of a match.
const FIRST: Colour = PATTERNS[0];
/// Of what is lost, taken over, or of a non-match.
const SECOND: Colour = PATTERNS[1];
/// Of the time of sample and test, and of distractors.
const STIMULUS: Colour = Colour(100, 100, 100);
const DISTRACTOR: Colour = PATTERNS[4];
/// Of read-outs, or groups of neurons.
const GROUPS: [Colour; 4] = [PATTERNS[0], PATTERNS[1], PATTERNS[2], PATTERNS[3]];

/// When things happen in the trials of a figure, ms from the onset of the sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timing {
    /// The time axis: before the onset, thus negative, ...
    pub from: f64,
    /// ... and until this.
    pub to: f64,
    pub sample_end: f64,
    pub test: f64,
    pub test_end: f64,
    /// Onset and end of every distractor.
    pub distractors: Vec<(f64, f64)>,
}

impl Timing {
    /// The stimuli as shadings of an axis in s, with their names or without.
    fn shadings(&self, named: bool) -> Vec<Shading> {
        let shading = |name: &str, (from, to): (f64, f64), colour| Shading {
            from: from / 1000.0,
            to: to / 1000.0,
            name: if named { name.to_owned() } else { String::new() },
            colour,
            lane: 0,
        };
        let mut all = vec![shading("sample", (0.0, self.sample_end), Some(STIMULUS))];
        if self.distractors.is_empty() {
            all.push(shading("delay", (self.sample_end, self.test), None));
        }
        let name = |k: usize| if k == 0 { "distractor" } else { "" };
        let distractors = self.distractors.iter().enumerate();
        all.extend(distractors.map(|(k, &ends)| shading(name(k), ends, Some(DISTRACTOR))));
        all.push(shading("test", (self.test, self.test_end), Some(STIMULUS)));
        all
    }

    /// The time axis, in s.
    fn time(&self) -> Scale {
        Scale::new("time from sample onset (s)").within(self.from / 1000.0, self.to / 1000.0)
    }
}

/// A mean over trials as it changes with time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Centres of the bins, ms from the onset of the sample.
    pub time: Vec<f64>,
    /// The mean in every bin, Hz.
    pub mean: Vec<f64>,
    /// Its standard error, Hz; empty if it is not shown.
    pub sem: Vec<f64>,
}

impl Trace {
    /// As a curve over an axis in s.
    fn marks(&self) -> Marks {
        let points = self.time.iter().map(|t| t / 1000.0).zip(self.mean.iter().copied()).collect();
        Marks::Curve { points, band: self.sem.clone() }
    }
}

/// A value with the interval in which it lies.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    fn at(self, x: f64) -> Point {
        Point { x, y: self.value, low: self.low, high: self.high }
    }
}

/// A number with three digits that count.
fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    // The power of ten after rounding, so that 0.9996 becomes 1.00.
    let rounded = format!("{value:.2e}");
    let power: i32 = rounded.split('e').nth(1).and_then(|p| p.parse().ok()).unwrap_or(0);
    let decimals = (2 - power).clamp(0, 4) as usize;
    let text = format!("{:.decimals$}", value.abs());
    let negative = value < 0.0 && text.contains(|c| ('1'..='9').contains(&c));
    if negative { format!("−{text}") } else { text }
}

/// The mean of what is finite, NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    Mean::of(values.filter(|v| v.is_finite())).value
}
