//! Sequences of patterns: what follows what while they are shown.

use crate::error::{Error, Result};
use crate::units::Duration;

/// Sequences of patterns as they are shown while they are learned, one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether the last pattern of a sequence is followed by its first.
    pub cyclic: bool,
    /// For how many sweeps each is shown.
    pub hold: usize,
    /// Patterns of a sequence; all of them if there is none.
    pub length: Option<usize>,
}

/// The longest time for which a pattern is shown, sweeps: all of them are summed over.
const MOST_HELD: f64 = 1000.0;

impl Shown {
    /// As a model file says it.
    pub fn new(cyclic: bool, hold: Option<Duration>, length: Option<usize>) -> Self {
        Self { cyclic, hold: hold.map_or(1, |hold| hold.value() as usize), length }
    }

    /// What was seen `delay` sweeps ago, and what is seen at the next sweep, sweep by sweep of one pass through every sequence
    /// of `patterns` in all.
    pub fn pairs(self, patterns: usize, delay: usize) -> Vec<(usize, usize)> {
        let length = self.length.unwrap_or(patterns);
        let sweeps = length * self.hold;
        let at = |t: usize| t % sweeps / self.hold;
        let last = if self.cyclic { sweeps } else { sweeps.saturating_sub(delay + 1) };
        let firsts = (0..patterns).step_by(length.max(1));
        firsts
            .flat_map(|first| (0..last).map(move |t| (first + at(t), first + at(t + delay + 1))))
            .collect()
    }
}

/// Refuses sequences of so many patterns that are not whole.
pub fn check_length(length: Option<usize>, patterns: usize) -> Result<()> {
    let whole = |length: &usize| *length >= 2 && patterns.is_multiple_of(*length);
    match length.filter(|length| !whole(length)) {
        Some(length) => Err(Error::input(
            format!("found sequences of {length} among {patterns} patterns"),
            "a sequence has at least two patterns, and the last one is whole",
            "write a length that divides the number of patterns",
        )
        .at("length")),
        None => Ok(()),
    }
}

/// Refuses sequences among so many patterns that are not whole, shown for no whole number of sweeps, or over before anything
/// arrives.
pub fn check_shown(
    cyclic: bool,
    hold: Option<Duration>,
    length: Option<usize>,
    patterns: usize,
    delay: usize,
) -> Result<()> {
    let whole = |hold: &Duration| {
        hold.in_sweeps().is_some_and(|n| n.fract() == 0.0 && (1.0..=MOST_HELD).contains(&n))
    };
    if let Some(hold) = hold.filter(|hold| !whole(hold)) {
        return Err(Error::input(
            format!("found patterns that are shown for {hold}"),
            format!("it is a whole number of sweeps from 1 to {MOST_HELD}"),
            "write for example \"3 sweeps\"",
        )
        .at("hold"));
    }
    check_length(length, patterns)?;
    let shown = Shown::new(cyclic, hold, length);
    let sweeps = length.unwrap_or(patterns) * shown.hold;
    if cyclic || delay + 1 < sweeps || patterns < 2 {
        return Ok(());
    }
    Err(Error::input(
        format!("found a sequence that is over after {sweeps} sweeps"),
        format!("what is seen in it arrives {delay} sweeps later, and nothing follows"),
        "write cyclic = true, or a shorter delay",
    )
    .at("cyclic"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_learned_as_it_is_shown() {
        let pairs = |cyclic, hold, delay| Shown { cyclic, hold, length: None }.pairs(3, delay);
        assert_eq!(pairs(true, 1, 0), [(0, 1), (1, 2), (2, 0)]);
        assert_eq!(pairs(false, 1, 0), [(0, 1), (1, 2)]);
        assert_eq!(pairs(true, 1, 1), [(0, 2), (1, 0), (2, 1)]);
        // Of two sweeps the first is followed by the same pattern, the second by the next.
        assert_eq!(pairs(true, 2, 0), [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)]);
        assert_eq!(pairs(false, 2, 1), [(0, 1), (0, 1), (1, 2), (1, 2)]);
        assert!(pairs(false, 2, 5).is_empty());
    }

    #[test]
    fn a_sequence_does_not_lead_into_the_next() {
        let pairs = |cyclic| Shown { cyclic, hold: 1, length: Some(3) }.pairs(6, 0);
        assert_eq!(pairs(false), [(0, 1), (1, 2), (3, 4), (4, 5)]);
        assert_eq!(pairs(true), [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]);
        assert!(check_length(Some(3), 6).is_ok() && check_length(None, 7).is_ok());
        assert!(
            [(Some(1), 6), (Some(4), 6), (Some(0), 6)]
                .into_iter()
                .all(|(length, patterns)| check_length(length, patterns).is_err())
        );
    }
}
