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

    /// When the interval began in which a network has come to `time`, give or take `slack` by which it may have begun before;
    /// nothing if it can be in none now.
    #[cfg(feature = "hdf5")]
    pub fn began(&self, time: f64, slack: f64) -> Option<f64> {
        let began = self.origin + self.number as f64 * self.interval;
        (began - slack..self.due()).contains(&time).then_some(began)
    }

    /// Where sampling began last.
    #[cfg(feature = "hdf5")]
    pub fn origin(&self) -> f64 {
        self.origin
    }

    /// Whether they can have left a sample at `last`, and none later; sampling began last at `origin`, if that is known.
    #[cfg(feature = "hdf5")]
    pub fn have_left(&self, last: Option<f64>, origin: Option<f64>) -> bool {
        let Self { interval, number, .. } = *self;
        let since = last.filter(|last| *last >= self.origin);
        let left = match (self.of, since) {
            (_, None) => number == 0,
            (ObservableKind::Spikes, Some(last)) => {
                number > 0 && last == self.origin + (number as f64 - 0.5) * interval
            }
            (ObservableKind::States | ObservableKind::Graded, Some(last)) => {
                (self.origin + number as f64 * interval..self.due()).contains(&last)
            }
        };
        left && origin.is_none_or(|origin| origin == self.origin)
    }

    fn due(&self) -> f64 {
        self.origin + (self.number + 1) as f64 * self.interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::{OnTape, Tape};

    #[test]
    fn spikes_are_counted_over_whole_intervals_from_where_sampling_began() {
        let mut looks = Looks::new(ObservableKind::Spikes, 10.0);
        assert_eq!((looks.next(100.0), looks.next(4.0), looks.next(10.0)), (10.0, 4.0, 10.0));
        assert_eq!((looks.seen(9.9), looks.seen(10.0), looks.seen(10.0)), (None, Some(5.0), None));
        assert_eq!(
            (looks.next(100.0), looks.seen(20.5), looks.next(100.0)),
            (20.0, Some(15.0), 30.0)
        );
        looks.begin(107.0);
        assert_eq!(
            (looks.next(1e3), looks.seen(116.9), looks.seen(117.0)),
            (117.0, None, Some(112.0))
        );
        assert_eq!(looks.next(1e3), 127.0);
    }

    #[test]
    fn states_are_seen_at_the_end_and_not_twice_for_rounding() {
        for of in [ObservableKind::States, ObservableKind::Graded] {
            let looks = Looks::new(of, 10.0);
            for (end, next) in [
                (4.0, 4.0),
                (10.0, 10.0),
                (10.0 + 5e-9, 10.0 + 5e-9),
                (10.0 + 5e-8, 10.0),
                (1e3, 10.0),
            ] {
                assert_eq!(looks.next(end), next);
            }
        }
    }

    #[test]
    fn looks_go_on_from_a_tape_if_they_can() {
        let read = |origin: f64, number: u64| {
            let mut looks = Looks::new(ObservableKind::Spikes, 10.0);
            let mut tape = Tape::written(vec![origin.to_bits(), number]);
            looks.pass(&mut tape);
            tape.end().map(|()| looks.next(f64::INFINITY))
        };
        assert_eq!((read(0.0, 0).unwrap(), read(5.0, 2).unwrap()), (10.0, 35.0));
        for (origin, number) in [(-1.0, 0), (f64::NAN, 0), (1e300, 0), (0.0, u64::MAX)] {
            assert!(read(origin, number).is_err(), "{origin} {number}");
        }
    }
}
