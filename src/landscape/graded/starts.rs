//! Where searches start.

use super::Graded;
use crate::random::Seed;

/// Networks of so few neurons start from all corners of their levels, 2^N ...
const CORNERS: usize = 10;
/// ... and of so few from a grid of so many places a neuron.
const PLANE: usize = 2;
const PLACES: usize = 21;

impl Graded {
    /// From which to which share of the way from the lower to the upper level starts lie: all of it, and as far beyond
    /// where activities have no bound.
    pub(super) fn shares(&self, i: usize) -> (f64, f64) {
        let (low, high) = self.field.range(i);
        (if low.is_finite() { 0.0 } else { -1.0 }, if high.is_finite() { 1.0 } else { 2.0 })
    }

    /// The variable at the lower and the upper end of the starts.
    pub fn ends(&self, i: usize) -> (f64, f64) {
        let (low, high) = self.shares(i);
        let ends = (self.field.placed(i, low), self.field.placed(i, high));
        // Rates of integrate-and-fire neurons have levels far within their range.
        match (self.field.range(i), self.field.levels(i)) {
            ((least, most), [_, level])
                if least.is_finite() && most.is_finite() && most > level =>
            {
                let share = (most - self.field.levels(i)[0]) / (level - self.field.levels(i)[0]);
                (ends.0, self.field.placed(i, share))
            }
            _ => ends,
        }
    }

    fn at(&self, share: impl Fn(usize) -> f64) -> Vec<f64> {
        let place = |i: usize| {
            let (low, high) = self.ends(i);
            low + share(i) * (high - low)
        };
        (0..self.neurons()).map(place).collect()
    }

    /// The states of all neurons at their levels, one of all combinations each; nothing of many neurons.
    pub(super) fn corners(&self) -> Vec<Vec<f64>> {
        let n = self.neurons();
        let corner = |code: usize| {
            let level = |i: usize| self.field.placed(i, (code >> i & 1) as f64);
            (0..n).map(level).collect()
        };
        if n > CORNERS { Vec::new() } else { (0..1 << n).map(corner).collect() }
    }

    /// Of one or two neurons a grid.
    pub(super) fn grid(&self) -> Vec<Vec<f64>> {
        let n = self.neurons();
        if n > PLANE {
            return Vec::new();
        }
        let share = |k: usize| k as f64 / (PLACES - 1) as f64;
        let place = |code: usize| self.at(|i| share(code / PLACES.pow(i as u32) % PLACES));
        (0..PLACES.pow(n as u32)).map(place).collect()
    }

    /// `number` random states, each from a stream of its own: "states/start".
    pub(super) fn random(&self, number: usize, seed: Seed) -> Vec<Vec<f64>> {
        let one = |k: usize| {
            let mut stream = seed.stream("states/start", k as u64);
            let shares: Vec<f64> = (0..self.neurons()).map(|_| stream.uniform()).collect();
            self.at(|i| shares[i])
        };
        (0..number).map(one).collect()
    }
}
