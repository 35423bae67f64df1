//! Moments, counted so that equal sums of decimal delays are equal.
//!
//! ```text
//! t = root + ticks ns
//! ```
//!
//! A spike that a delta synapse causes fires at the very moment of its arrival, and so on along a chain of neurons: a sum
//! of delays. In binary 0.1 + 0.2 is not 0.3; whole nanoseconds add up exactly. The root is where the chain began: 0 if
//! that was at a whole number of nanoseconds itself, or else the crossing of a threshold, or an external spike, at any
//! time. Moments of one root and equal delays in sum are equal, in whichever order the delays come; their time in
//! ms is rounded in one way, from root and ticks alone.

use crate::tape::{is_count, is_moderate, on_tape};
use crate::units::{of_ticks, ticks};

/// A moment of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// ms.
    root: f64,
    /// Nanoseconds since.
    ticks: i64,
}

/// How much later something happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Nanoseconds.
    ticks: i64,
    /// ms; all of a span that is no whole number of nanoseconds, or else 0.
    rest: f64,
}

on_tape!(Moment { root, ticks; if Moment::is_possible });

impl Moment {
    /// Whether it can be one of a run, or before every run.
    fn is_possible(&self) -> bool {
        let root = is_moderate(self.root) || self.root == f64::NEG_INFINITY;
        root && is_count(self.ticks.unsigned_abs())
    }

    /// The moment at `time` (ms).
    #[inline]
    pub fn at(time: f64) -> Self {
        ticks(time).map_or(Self { root: time, ticks: 0 }, |ticks| Self { root: 0.0, ticks })
    }

    /// Its root, ms, and the nanoseconds since.
    pub fn parts(self) -> (f64, i64) {
        (self.root, self.ticks)
    }

    /// The moment of these.
    pub fn of_parts(root: f64, ticks: i64) -> Self {
        Self { root, ticks }
    }

    /// ms.
    #[inline]
    pub fn time(self) -> f64 {
        self.root + of_ticks(self.ticks)
    }

    /// The moment that comes so much later.
    #[inline]
    pub fn after(self, span: Span) -> Self {
        match span.rest {
            0.0 => Self { ticks: self.ticks + span.ticks, ..self },
            rest => Self::at(self.time() + rest),
        }
    }
}

impl Span {
    /// A span of `length` ms.
    pub fn of(length: f64) -> Self {
        ticks(length).map_or(Self { ticks: 0, rest: length }, |ticks| Self { ticks, rest: 0.0 })
    }

    /// ms.
    pub fn length(self) -> f64 {
        of_ticks(self.ticks) + self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_add_up_in_any_order_from_any_beginning() {
        let path = |from: f64, delays: &[f64]| {
            delays.iter().fold(Moment::at(from), |moment, &delay| moment.after(Span::of(delay)))
        };
        let onsets =
            (0..1000).map(|k| 0.1 * f64::from(k)).chain((1..1000).map(|k| f64::from(k).sqrt()));
        let mut in_binary = 0;
        for onset in onsets {
            let direct = path(onset, &[0.6]);
            for delays in [&[0.1, 0.5][..], &[0.5, 0.1], &[0.3, 0.2, 0.1], &[0.1; 6], &[0.2; 3]] {
                assert_eq!(path(onset, delays), direct);
                assert_eq!(path(onset, delays).time(), direct.time());
                let sum = delays.iter().fold(onset, |time, delay| time + delay);
                in_binary += u32::from(sum == onset + 0.6);
            }
            assert!((direct.time() - onset - 0.6).abs() <= 2.0 * f64::EPSILON * direct.time());
        }
        assert!(in_binary < 9000, "sums of doubles would do: {in_binary}");
        // What is no whole number of nanoseconds is added in ms.
        assert_eq!(path(0.5, &[1.0 / 3.0]).time(), 0.5 + 1.0 / 3.0);
    }
}
