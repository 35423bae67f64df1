//! When a network is looked at.

use crate::dynamics::ObservableKind;
use crate::tape::{is_count, is_moderate, on_tape};

/// The times at which a network must be shown to a recording.
///
/// Spikes are counted over intervals, which follow one another from where sampling began, across epochs. A state is
/// looked at after every interval from there, and at the end.
#[derive(Clone, Debug)]
pub struct Looks {
    of: ObservableKind,
    /// Between looks, on the clock of the network.
    pub(super) interval: f64,
    /// Where sampling began last, and the looks since.
    origin: f64,
    number: u64,
}

on_tape!(Looks { origin, number; not of, interval; if Looks::is_possible });

impl Looks {
    pub(super) fn new(of: ObservableKind, interval: f64) -> Self {
        Self { of, interval, origin: 0.0, number: 0 }
    }

    /// Whether what was read from a tape can be: the next look is so far from now that it is reached.
    fn is_possible(&self) -> bool {
        is_count(self.number) && is_moderate(self.origin) && self.origin >= 0.0
    }

    /// Begins anew at `start`, with a whole interval.
    pub fn begin(&mut self, start: f64) {
        (self.origin, self.number) = (start, 0);
    }

    /// The next look, at `end` at the latest.
    pub fn next(&self, end: f64) -> f64 {
        let next = self.due();
        match self.of {
            ObservableKind::Spikes => next.min(end),
            // Rounding makes no further look just before the end.
            ObservableKind::States | ObservableKind::Graded => {
                if next > end - 1e-9 * self.interval { end } else { next }
            }
        }
    }

    /// Counts a look at `time`, unless it is one before the next is due; returns the middle of the interval that it ends.
    pub fn seen(&mut self, time: f64) -> Option<f64> {
        (time >= self.due()).then(|| {
            self.number += 1;
            self.origin + (self.number as f64 - 0.5) * self.interval
        })
    }

    fn due(&self) -> f64 {
        self.origin + (self.number + 1) as f64 * self.interval
    }
}
