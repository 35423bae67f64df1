//! What is computed from what is seen of a population: its mean rate or activity, and its overlaps.

use crate::dynamics::{Observable, ObservableKind, Spike};
use crate::pattern::{GradedOverlap, OverlapCounter, Patterns, StateOverlap, pack};
use crate::tape::{OnTape, Tape, is_count};
use std::ops::Range;

/// Makes samples of a population; without patterns they have no overlaps.
pub enum Sampler {
    /// Counts the spikes of an interval.
    Spikes(u64, Option<OverlapCounter>),
    /// Looks at states.
    States(Option<StateOverlap>),
    /// Looks at activity.
    Graded(Option<GradedOverlap>),
}

/// What is computed of an interval or a moment.
pub struct Sample {
    /// Hz, or the mean activity.
    pub rate: f64,
    /// Overlaps with every pattern.
    pub m: Vec<f64>,
}

impl OnTape for Sampler {
    fn pass(&mut self, tape: &mut Tape) {
        match self {
            Self::Spikes(number, overlaps) => {
                number.pass(tape);
                tape.require(is_count(*number));
                overlaps.iter_mut().for_each(|o| o.pass(tape));
            }
            // They remember nothing.
            Self::States(_) | Self::Graded(_) => {}
        }
    }
}

impl Sampler {
    /// One for a population of which so much is seen; the `levels` are the activities of an inactive and of an active neuron.
    pub fn new(of: ObservableKind, patterns: Option<&Patterns>, levels: [f64; 2]) -> Self {
        match of {
            ObservableKind::Spikes => Self::Spikes(0, patterns.map(OverlapCounter::new)),
            ObservableKind::States => Self::States(patterns.map(StateOverlap::new)),
            ObservableKind::Graded => {
                Self::Graded(patterns.map(|patterns| GradedOverlap::new(patterns, levels)))
            }
        }
    }

    /// Counts a spike of a population whose neurons begin with number `first` of the network.
    pub fn count(&mut self, spike: &Spike, first: usize) {
        if let Self::Spikes(number, overlaps) = self {
            *number += 1;
            overlaps.iter_mut().for_each(|o| o.count(spike.neuron as usize - first));
        }
    }

    /// Forgets the spikes of an interval that is not sampled.
    pub fn forget(&mut self) {
        if let Self::Spikes(number, overlaps) = self {
            *number = 0;
            overlaps.iter_mut().for_each(OverlapCounter::forget);
        }
    }

    /// The sample of the interval (ms) whose spikes were counted, or of the state of `neurons` that is seen.
    pub fn sample(&mut self, seen: Observable, neurons: Range<usize>, interval: f64) -> Sample {
        let size = neurons.len() as f64;
        let mut m = Vec::new();
        let rate = match self {
            Self::Spikes(number, overlaps) => {
                overlaps.iter_mut().for_each(|o| o.take(interval, &mut m));
                std::mem::take(number) as f64 / size / interval * 1000.0
            }
            Self::States(overlaps) => {
                let state = &seen.active()[neurons];
                overlaps.iter().for_each(|o| o.m(&pack(state), &mut m));
                state.iter().filter(|&&active| active).count() as f64 / size
            }
            Self::Graded(overlaps) => {
                let activity = &seen.activity()[neurons];
                overlaps.iter().for_each(|o| o.m(activity, &mut m));
                activity.iter().sum::<f64>() / size
            }
        };
        Sample { rate, m }
    }
}
