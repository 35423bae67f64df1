//! What a network knows of its past spikes, beside those that it had: those under way, and who is refractory.

use super::Spiking;
use super::block::Block;
use super::clock::{Clock, Route};
use super::part::Seat;
use super::team::lock;
use crate::dynamics::Spike;

/// Rounding of a refractory period, and of a time, in parts.
const ROUNDING: [f64; 2] = [1e-9, 4.0 * f64::EPSILON];

impl Spiking {
    /// How far back (ms) the spikes may lie that this rank knows of.
    pub(super) fn memory_here(&self) -> f64 {
        let parts = self.parts.iter().map(|seat| lock(seat).part.rest());
        parts.fold(self.clock.memory(), f64::max)
    }

    /// Whether what this rank knows of past spikes can be of these, which begin `since` (ms).
    pub(super) fn follows_here(&self, spikes: &[Spike], since: f64) -> bool {
        let mut last = vec![f64::NEG_INFINITY; self.extent.neurons];
        spikes.iter().for_each(|spike| last[spike.neuron as usize] = spike.time);
        let known = self.clock.time - self.memory_here();
        let rest = |seat: &Seat| seat.part.rests(&last[seat.range.clone()], since, self.clock.time);
        self.clock.sent(spikes, known, since) && self.parts.iter().all(|seat| rest(&lock(seat)))
    }
}

impl Clock {
    /// How far back (ms) spikes may lie that are under way: their arrivals are looked for at the beginnings of windows.
    fn memory(&self) -> f64 {
        self.routes.iter().map(Route::delay).fold(0.0, f64::max) + 3.0 * self.window()
    }

    /// Whether the last of `spikes` are those under way, but for those before `since` (ms); none is older than `known`.
    fn sent(&self, spikes: &[Spike], known: f64, since: f64) -> bool {
        let mut all = self.under_way().peekable();
        if all.peek().is_some_and(|spike| spike.time < known) {
            return false;
        }
        let under_way: Vec<&Spike> = all.skip_while(|spike| spike.time < since).collect();
        let first = spikes.len().checked_sub(under_way.len());
        first.is_some_and(|first| under_way.into_iter().eq(&spikes[first..]))
    }
}

impl<const F: usize> Block<F> {
    /// Whether those neurons are refractory at `now` (ms), and as long as they are to be, whose `last` spikes make them so; a
    /// spike before `since` is not known.
    pub(super) fn rests_after(&self, last: &[f64], since: f64, now: f64) -> bool {
        let mut ends = vec![None; last.len()];
        self.releases().for_each(|(end, neuron)| ends[neuron] = Some(end));
        last.iter().zip(ends).enumerate().all(|(n, (&last, end))| {
            let t_ref = self.t_ref(n);
            let slack = ROUNDING[0] * t_ref + ROUNDING[1] * now;
            match end {
                Some(end) if end - t_ref < since + slack && last < since => true,
                Some(end) => (end - (last + t_ref)).abs() <= slack,
                None => last + t_ref <= now + slack,
            }
        })
    }
}
