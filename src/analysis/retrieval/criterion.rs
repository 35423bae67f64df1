//! The criterion: when a cued pattern counts as held.

use super::cue::Cue;
use super::{EpochMemory, Window};
use crate::analysis::window::{standing_out, tile};

/// Windows in which a rising overlap is looked at begin so many times in a window's length.
const STEPS: f64 = 10.0;

/// When a cued pattern counts as held: in every window of the time from `within` after the onset of its cue until the next
/// stimulus its overlap is above `above`, and in those that begin `others_within` after the onset or later every other
/// overlap is below `others_below` of it.
///
/// A pattern *stands out* in a window if its overlap is above `above` and every other is below `others_below` of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Criterion {
    /// Hz.
    pub above: f64,
    /// ms.
    pub within: f64,
    /// A share of the cued overlap.
    pub others_below: f64,
    /// ms.
    pub others_within: f64,
    /// Length of a window, ms.
    pub window: f64,
}

impl Default for Criterion {
    /// 100 ms are short enough to see a memory fail, and long enough that chance gives 100 foreground neurons that fire at
    /// 1 Hz no more than 3 Hz; a delay rate is five times 10 Hz, a spontaneous one a tenth.
    fn default() -> Self {
        Self { above: 10.0, within: 300.0, others_below: 0.5, others_within: 500.0, window: 100.0 }
    }
}

impl Criterion {
    /// The windows in which the pattern of `cue` must be held.
    pub(super) fn held(&self, cue: &Cue, until: f64) -> Vec<(f64, f64)> {
        tile(cue.onset + self.within, until, self.window, self.window)
    }

    /// The windows in which its overlap is seen to rise.
    pub(super) fn rising(&self, cue: &Cue, until: f64) -> Vec<(f64, f64)> {
        tile(cue.onset, until, self.window, self.window / STEPS)
    }

    /// The pattern that stands out in a window, from 0.
    pub(super) fn stands_out(&self, window: &Window) -> Option<usize> {
        standing_out(&window.overlaps, self.above, self.others_below)
    }

    /// What a window that is an epoch's second half shows.
    pub(super) fn of_epoch(&self, window: &Window) -> EpochMemory {
        EpochMemory {
            retrieved: self.stands_out(window),
            overlap: window.largest(None).map_or(0.0, |(_, m)| m),
        }
    }
}
