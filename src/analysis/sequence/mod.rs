//! Sequences of patterns: which leads when, what follows it, and how fast.
//!
//! A pattern **leads** at a look if its overlap is larger than all others and at least some bound; of spikes, in a window
//! of stated width (windows follow one another; from exact times). Looks one after another at which the same pattern leads
//! are a **visit**, whose **dwell** is their number times the time between looks. It is whole if it is neither the first nor
//! the last of the stretch that is looked at, both of which may be cut. The next visit is **in order** if it is to the
//! pattern that comes next in the list; the first comes after the last. The **speed** is that of onsets, patterns per unit
//! of time; the **period** is the mean time from a visit to the next of the same pattern. Both are without the first onset,
//! which may be cut.

mod expect;

pub use expect::ExpectSequence;

use super::window::{measure, tile};
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::statistics::{Mean, Share};
use crate::table::Table;

/// Width of the windows of spikes, ms.
const WINDOW: f64 = 50.0;

/// A time during which one pattern leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    /// From 0.
    pub pattern: usize,
    /// Time of its first look, or start of its first window.
    pub onset: f64,
    /// How long it leads.
    pub dwell: f64,
}

/// What was visited in a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// How many patterns there are.
    pub patterns: usize,
    /// In order of time.
    pub visits: Vec<Visit>,
}

/// The least overlap of a pattern that leads where nothing else is said: Hz of spikes, or without a unit.
pub fn least(observable: ObservableKind) -> f64 {
    match observable {
        ObservableKind::Spikes => 10.0,
        ObservableKind::States | ObservableKind::Graded => 0.5,
    }
}

impl Sequence {
    /// The visits of overlaps at `looks` (time, overlaps), `interval` apart, to patterns whose overlap is at least `least`.
    pub fn of<'a>(
        looks: impl Iterator<Item = (f64, &'a [f64])>,
        interval: f64,
        least: f64,
    ) -> Self {
        let mut sequence = Self { patterns: 0, visits: Vec::new() };
        let mut before = None;
        for (onset, overlaps) in looks {
            sequence.patterns = overlaps.len();
            let leader = leader(overlaps, least);
            match (leader, sequence.visits.last_mut()) {
                (Some(_), Some(visit)) if leader == before => visit.dwell += interval,
                (Some(pattern), _) => {
                    sequence.visits.push(Visit { pattern, onset, dwell: interval });
                }
                (None, _) => {}
            }
            before = leader;
        }
        sequence
    }

    /// Those of a population with patterns from `start` to `end`; nothing without patterns.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn within(
        recording: &Recording,
        population: &str,
        (start, end): (f64, f64),
        least: f64,
    ) -> Result<Option<Self>> {
        if recording.observable() == ObservableKind::Spikes {
            let Some(patterns) = recording.patterns(population)? else { return Ok(None) };
            let windows = tile(start, end, WINDOW, WINDOW);
            let seen = measure(recording, population, &patterns, &windows)?;
            let looks = seen.iter().map(|window| (window.start, &window.overlaps[..]));
            return Ok(Some(Self::of(looks, WINDOW, least)));
        }
        let Some(overlaps) = recording.overlaps(population)? else { return Ok(None) };
        let looks = overlaps.looks(start, end).map(|k| (overlaps.time[k], overlaps.row(k)));
        Ok(Some(Self::of(looks, overlaps.interval, least)))
    }

    /// How many visits are followed by one in order.
    pub fn in_order(&self) -> Share {
        Share::of((1..self.visits.len()).map(|k| self.follows(k)))
    }

    /// Whether visit `k` is in order after the one before it.
    fn follows(&self, k: usize) -> bool {
        self.visits[k].pattern == (self.visits[k - 1].pattern + 1) % self.patterns
    }

    /// The visits that are whole.
    pub fn whole(&self) -> &[Visit] {
        self.visits.get(1..self.visits.len().max(1) - 1).unwrap_or_default()
    }

    /// How long whole visits last.
    pub fn dwell(&self) -> Mean {
        Mean::of(self.whole().iter().map(|visit| visit.dwell))
    }

    /// Time from a visit to the next of the same pattern, on average.
    pub fn period(&self) -> Mean {
        let next = |k: usize| {
            let Visit { pattern, onset, .. } = self.visits[k];
            let again = self.visits[k + 1..].iter().find(|later| later.pattern == pattern);
            again.map(|later| later.onset - onset)
        };
        Mean::of((1..self.visits.len()).filter_map(next))
    }

    /// Patterns per unit of time; NaN of fewer than three visits.
    pub fn speed(&self) -> f64 {
        match &self.visits[..] {
            [_, first, .., last] => (self.visits.len() - 2) as f64 / (last.onset - first.onset),
            _ => f64::NAN,
        }
    }
}

/// The pattern with the largest overlap, if it is one alone and at least `least`. Patterns without neurons have none.
fn leader(overlaps: &[f64], least: f64) -> Option<usize> {
    let largest = overlaps.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut first = (0..overlaps.len()).filter(|&mu| overlaps[mu] == largest);
    first.next().filter(|_| first.next().is_none() && largest >= least)
}

/// The tables of all epochs of a protocol, by name; none if no pattern leads in any.
///
/// - `sequence`: every visit with its epoch, pattern (from 1), onset, dwell, whether it is whole, and whether it is in order
///   after the visit before (of the first one it is not)
/// - `sequences`: of every epoch the number of visits, the share in order, mean dwell, period and speed
///
/// # Errors
/// If the recording is damaged.
pub fn tables(
    recording: &Recording,
    population: &str,
    protocol: &[EpochShown],
) -> Result<Vec<(String, Table)>> {
    let mut found = Vec::new();
    for epoch in protocol {
        let times = (epoch.start, epoch.end);
        let least = least(recording.observable());
        if let Some(sequence) = Sequence::within(recording, population, times, least)? {
            found.push((epoch.name.clone(), sequence));
        }
    }
    if found.iter().all(|(_, sequence)| sequence.visits.is_empty()) {
        return Ok(Vec::new());
    }
    let visits: Vec<(&String, &Sequence, usize)> = found
        .iter()
        .flat_map(|(name, sequence)| (0..sequence.visits.len()).map(move |k| (name, sequence, k)))
        .collect();
    let visit = |of: fn(&Visit) -> f64| visits.iter().map(|(_, s, k)| of(&s.visits[*k])).collect();
    let each = Table::default()
        .text("epoch", visits.iter().map(|v| v.0.clone()).collect())
        .whole("pattern", visits.iter().map(|(_, s, k)| s.visits[*k].pattern as u64 + 1).collect())
        .real("onset", visit(|v| v.onset))
        .real("dwell", visit(|v| v.dwell))
        .flag("whole", visits.iter().map(|(_, s, k)| *k > 0 && k + 1 < s.visits.len()).collect())
        .flag("in_order", visits.iter().map(|(_, s, k)| *k > 0 && s.follows(*k)).collect());
    let number = |of: fn(&Sequence) -> f64| found.iter().map(|(_, s)| of(s)).collect();
    let all = Table::default()
        .text("epoch", found.iter().map(|(name, _)| name.clone()).collect())
        .whole("visits", found.iter().map(|(_, s)| s.visits.len() as u64).collect())
        .real("in_order", number(|s| s.in_order().value()))
        .real("dwell", number(|s| s.dwell().value))
        .real("period", number(|s| s.period().value))
        .real("speed", number(Sequence::speed));
    Ok(vec![("sequence".to_owned(), each), ("sequences".to_owned(), all)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Overlaps of three patterns in which these lead, one look each; nothing leads at a 9.
    fn made(leaders: &[usize]) -> Sequence {
        let row = |&k: &usize| -> Vec<f64> {
            (0..3).map(|mu| if mu == k { 0.8 } else { 0.1 * mu as f64 }).collect()
        };
        let rows: Vec<Vec<f64>> = leaders.iter().map(row).collect();
        let times = (0..).map(|k| 100.0 + 2.0 * f64::from(k));
        Sequence::of(times.zip(rows.iter().map(Vec::as_slice)), 2.0, 0.5)
    }

    #[test]
    fn order_dwell_and_speed_are_those_that_were_made() {
        let found = made(&[0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 2]);
        let patterns: Vec<usize> = found.visits.iter().map(|v| v.pattern).collect();
        assert_eq!(patterns, [0, 1, 2, 0, 1, 2]);
        assert_eq!((found.in_order().number, found.in_order().of), (5, 5));
        assert_eq!(found.whole().len(), 4);
        assert_eq!((found.dwell().value, found.dwell().sem), (6.0, 0.0));
        // From 102 to 120, from 108 to 126; the first visit may have begun before it was seen.
        assert_eq!((found.period().value, found.period().number), (18.0, 2));
        assert_eq!(found.speed(), 4.0 / 24.0);
    }

    #[test]
    fn a_wrong_turn_and_a_pause_are_seen() {
        let found = made(&[0, 0, 2, 9, 9, 2, 1]);
        let visits: Vec<(usize, f64)> = found.visits.iter().map(|v| (v.pattern, v.dwell)).collect();
        assert_eq!(visits, [(0, 4.0), (2, 2.0), (2, 2.0), (1, 2.0)]);
        assert_eq!((found.in_order().number, found.in_order().of), (0, 3));
        let none = made(&[9, 9]);
        assert!(none.visits.is_empty() && none.speed().is_nan() && none.whole().is_empty());
        // Two that are equal do not lead.
        assert_eq!(leader(&[0.7, 0.7], 0.5), None);
        assert_eq!(leader(&[f64::NAN, 0.7], 0.5), Some(1));
    }
}
