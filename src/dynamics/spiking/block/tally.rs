//! Whether neurons fire without bound, portion by portion, so that it does not depend on the block that they are part of.

use crate::tape::{is_count, on_tape};

/// Neurons with synapses and without refractoriness that fire at more than this rate (1/ms), for so long (ms) and a window,
/// do so without bound.
const RUNAWAY: f64 = 1.0;
pub const RUNAWAY_TIME: f64 = 5.0;
/// The same of all others, whose rate has a bound: nobody waits for more.
const TORRENT: f64 = 1000.0;

/// The most spikes of a neuron within `span` ms, on the average of a portion, in windows of `window` ms: what its refractory
/// period of at least `t_ref` ms leaves, and what does not end the run. Neurons without one, all of whom receive synapses, may run
/// away (`runs_away`); others fire at a rate that has a bound.
pub fn most_within(span: f64, t_ref: f64, window: f64, runs_away: bool) -> f64 {
    let rate = if t_ref == 0.0 && runs_away { RUNAWAY } else { TORRENT };
    // They are counted from 0 again and again, also in a branch.
    let counted = (span / RUNAWAY_TIME + 3.0) * rate * (RUNAWAY_TIME + window);
    counted.min((span / t_ref).ceil() + 1.0)
}

/// The spikes of a portion since a moment.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Its neurons end here, counted in the block.
    end: usize,
    counted: usize,
    /// There may be so many.
    most: usize,
}

on_tape!(Tally { counted; not end, most; if Tally::is_possible });

impl Tally {
    fn is_possible(&self) -> bool {
        is_count(self.counted as u64)
    }

    /// Those of portions that end at `ends`, in windows of `window` ms; neurons may be `unbounded`.
    pub fn of(ends: &[usize], window: f64, unbounded: impl Fn(usize) -> bool) -> Vec<Self> {
        let starts = [0].into_iter().chain(ends.iter().copied());
        let tally = |(start, &end): (usize, &usize)| {
            let rate = if (start..end).any(&unbounded) { RUNAWAY } else { TORRENT };
            let most = (rate * (RUNAWAY_TIME + window) * (end - start) as f64) as usize;
            Self { end, counted: 0, most }
        };
        starts.zip(ends).map(tally).collect()
    }

    /// Counts a spike of neuron `n` of the block.
    pub fn count(tallies: &mut [Self], n: usize) {
        let portion = tallies.partition_point(|tally| tally.end <= n);
        tallies[portion].counted += 1;
    }

    /// Counts from 0 again.
    pub fn clear(&mut self) {
        self.counted = 0;
    }

    /// Whether there are more than there may be.
    pub fn is_exceeded(&self) -> bool {
        self.counted > self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_that_runs_away_is_found_among_others_that_are_quiet() {
        let mut tallies = Tally::of(&[10, 20, 30], 1.0, |n| n == 12);
        assert_eq!(
            tallies.iter().map(|tally| tally.most).collect::<Vec<_>>(),
            [60_000, 60, 60_000]
        );
        (0..60).for_each(|_| Tally::count(&mut tallies, 10));
        assert!(!tallies.iter().any(Tally::is_exceeded));
        Tally::count(&mut tallies, 19);
        assert_eq!(tallies.iter().position(Tally::is_exceeded), Some(1));
        tallies.iter_mut().for_each(Tally::clear);
        assert!(!tallies.iter().any(Tally::is_exceeded));
    }
}
