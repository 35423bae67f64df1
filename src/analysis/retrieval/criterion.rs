//! The criterion: when a cued pattern counts as held.

use super::cue::Cue;
use crate::analysis::window::{Window, cover, standing_out, tile};

/// Windows in which a rising overlap is looked at begin so many times in a window's length.
const STEPS: f64 = 10.0;

/// When a cued pattern counts as held.
///
/// Its time begins `within` after the onset of its cue, but not before the cue has ended, and lasts until the next stimulus.
/// In every window of it (one after another, and one that ends with it) its overlap is above `above`; and in those of the
/// time from `others_within` after the onset every other overlap is below `others_below` of it.
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
    /// When the time begins in which the pattern of `cue` must be held, ms.
    pub(super) fn from(&self, cue: &Cue) -> f64 {
        cue.offset.max(cue.onset + self.within)
    }

    /// The windows in which it must be held.
    pub(super) fn held(&self, cue: &Cue) -> Vec<(f64, f64)> {
        cover(self.from(cue), cue.until, self.window)
    }

    /// Whether there is a window in which it must be held.
    pub(in crate::analysis) fn judges(&self, cue: &Cue) -> bool {
        !self.held(cue).is_empty()
    }

    /// The windows in which every other overlap must be small.
    pub(super) fn alone(&self, cue: &Cue) -> Vec<(f64, f64)> {
        cover(cue.offset.max(cue.onset + self.others_within), cue.until, self.window)
    }

    /// The windows in which it is looked for, from the onset on.
    pub(super) fn rising(&self, cue: &Cue) -> Vec<(f64, f64)> {
        tile(cue.onset, cue.until, self.window, self.window / STEPS)
    }

    /// The pattern that stands out in a window, from 0.
    pub(super) fn stands_out(&self, window: &Window) -> Option<usize> {
        standing_out(&window.overlaps, self.above, self.others_below)
    }
}
