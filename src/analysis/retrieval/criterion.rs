//! The criterion: when a cued pattern counts as held.

use super::cue::Cue;
use super::found::{Fate, Found, Share};
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

    fn stands_out(&self, window: &Window) -> Option<usize> {
        standing_out(&window.overlaps, self.above, self.others_below)
    }

    /// What a window that is an epoch's second half shows.
    pub(super) fn of_epoch(&self, window: &Window) -> EpochMemory {
        EpochMemory {
            retrieved: self.stands_out(window),
            overlap: window.largest(None).map_or(0.0, |(_, m)| m),
        }
    }

    /// What became of a cue, told from the windows in which its pattern must be held and those in which it rises.
    pub(super) fn judge(&self, cue: Cue, held: &[Window], rising: &[Window]) -> Found {
        let cued = |window: &Window| window.overlaps[cue.pattern];
        let slack = 1e-9 * self.window;
        let alone = cue.onset + self.others_within - slack;
        let beside: Vec<&Window> = held.iter().filter(|window| window.start >= alone).collect();
        let rise = rising.iter().find(|window| self.stands_out(window) == Some(cue.pattern));
        let least = held.iter().map(|w| (cued(w), w.start)).min_by(|a, b| a.0.total_cmp(&b.0));
        let other = beside.iter().filter_map(|window| {
            let (pattern, overlap) = window.largest(Some(cue.pattern))?;
            // A pattern without an overlap of its own is below any other.
            let of_cued = if overlap > 0.0 { overlap / cued(window).max(0.0) } else { 0.0 };
            Some(Share { pattern, overlap, of_cued, start: window.start })
        });
        let other = other.max_by(|a, b| a.of_cued.total_cmp(&b.of_cued));
        let last = held.last();
        let holds = last.and_then(|window| self.stands_out(window));
        let always_largest = held.iter().all(|w| w.largest(None).map(|l| l.0) == Some(cue.pattern));
        let strong = least.is_some_and(|(overlap, _)| overlap > self.above);
        let single = other.is_none_or(|other| other.of_cued < self.others_below);
        let fate = match (last, holds) {
            _ if beside.is_empty() => Fate::Unjudged,
            (None, _) => Fate::Unjudged,
            _ if strong && single => Fate::Held,
            (_, Some(mu)) if mu == cue.pattern => Fate::Weak,
            (_, Some(mu)) => Fate::Replaced(mu),
            (Some(window), None) => match window.largest(None) {
                Some((mu, m)) if m > self.above && mu == cue.pattern => Fate::Weak,
                Some((mu, m)) if m > self.above => Fate::Confused(mu),
                _ if rise.is_some() => Fate::Lost,
                _ => Fate::NotRetrieved,
            },
        };
        Found {
            windows: held.len(),
            overlap: held.iter().map(cued).sum::<f64>() / held.len() as f64,
            least,
            other,
            always_largest,
            holds,
            fate,
            retrieval: rise.map(|window| window.stop - cue.onset),
            cue,
        }
    }
}
