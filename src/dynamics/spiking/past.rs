//! What a network knows of its past spikes, beside those that it had: those under way, and who is refractory.

use super::Spiking;
use super::block::Block;
use super::clock::{Arrival, Clock, Route, Window, slack};
use super::part::Seat;
use super::team::lock;
use crate::dynamics::Spike;
use std::ops::Range;
use std::sync::PoisonError;

/// Rounding of a refractory period, in parts.
const ROUNDING: f64 = 1e-9;

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
        let (clock, now) = (&self.clock, self.clock.time);
        let known = now - self.memory_here();
        let window = &*self.window.read().unwrap_or_else(PoisonError::into_inner);
        let begun = clock.has_begun_beyond(now).then_some(window);
        let follows = |seat: &Seat| {
            seat.part.rests(&last[seat.range.clone()], since, now) && seat.part.has_come(now, begun)
        };
        clock.sent(spikes, known, since)
            && clock.awaits(begun, spikes, since)
            && self.parts.iter().all(|seat| follows(&lock(seat)))
    }
}

impl Clock {
    /// How far back (ms) spikes may lie that are under way: their arrivals are looked for at the beginnings of windows.
    fn memory(&self) -> f64 {
        self.longest() + 3.0 * self.window()
    }

    /// The longest delay, ms.
    fn longest(&self) -> f64 {
        self.routes.iter().map(Route::delay).fold(0.0, f64::max)
    }

    /// Whether the last of `spikes` are those under way, but for those before `since` (ms); none is older than `known`, and
    /// those before them have arrived.
    fn sent(&self, spikes: &[Spike], known: f64, since: f64) -> bool {
        let mut all = self.under_way().peekable();
        if all.peek().is_some_and(|spike| spike.time < known) || !self.has_looked() {
            return false;
        }
        let under_way: Vec<&Spike> = all.skip_while(|spike| spike.time < since).collect();
        let first = spikes.len().checked_sub(under_way.len());
        let looked = self.looked().end() + slack(self.time);
        first.is_some_and(|first| {
            let arrived = |spike: &Spike| spike.time + self.longest() <= looked;
            under_way.into_iter().eq(&spikes[first..]) && spikes[..first].last().is_none_or(arrived)
        })
    }

    /// Whether the arrivals of `spikes` in this window, which has begun, are all that it has, but for those of spikes before
    /// `since` (ms). Where none has begun, some may have been put off.
    fn awaits(&self, begun: Option<&Window>, spikes: &[Spike], since: f64) -> bool {
        let Some(window) = begun else {
            let put_off = self.current();
            return self.is_met(self.put_off(), &put_off, spikes, since).is_some();
        };
        let current = window.start..window.end;
        current == self.current()
            && window.arrivals.iter().all(|arrival| self.is_as_counted(arrival, window.start))
            && self.is_met(&window.arrivals, &current, spikes, since) == Some(0)
    }

    /// How many arrivals of `spikes` within this time are not among these; nothing if one of these is of no spike, unless that
    /// was before `since` (ms).
    fn is_met(
        &self,
        arrivals: &[Arrival],
        time: &Range<f64>,
        spikes: &[Spike],
        since: f64,
    ) -> Option<usize> {
        let slack = slack(time.end);
        let mut told: Vec<(u32, u32, f64)> =
            arrivals.iter().map(|arrival| (arrival.route, arrival.sender, arrival.time)).collect();
        let mut expected = Vec::new();
        for (k, route) in self.routes.iter().enumerate() {
            let of_route = spikes.iter().filter_map(|spike| Some((route.sender(spike)?, spike)));
            let arriving = of_route.map(|(n, spike)| (k as u32, n, spike.time + route.delay()));
            expected.extend(
                arriving.filter(|(.., at)| (time.start - slack..time.end + slack).contains(at)),
            );
        }
        let in_order = |a: &(u32, u32, f64), b: &(u32, u32, f64)| {
            (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2))
        };
        told.sort_unstable_by(in_order);
        expected.sort_unstable_by(in_order);
        let (mut expected, mut missing) = (expected.into_iter().peekable(), 0);
        // At a border it may be of the one window or the other.
        let inner = time.start + slack..time.end - slack;
        for (route, sender, at) in told {
            let found = (route, sender, at);
            let earlier =
                |other: &(u32, u32, f64)| in_order(other, &(route, sender, at - slack)).is_lt();
            while let Some((.., other)) = expected.next_if(earlier) {
                missing += usize::from(inner.contains(&other));
            }
            let same = |other: &(u32, u32, f64)| {
                (other.0, other.1) == (route, sender) && (other.2 - found.2).abs() <= slack
            };
            let known = at - self.routes[route as usize].delay() >= since + slack;
            if expected.next_if(same).is_none() && known {
                return None;
            }
        }
        Some(missing + expected.filter(|(.., at)| inner.contains(at)).count())
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
            let slack = ROUNDING * t_ref + slack(now);
            match end {
                Some(end) if end - t_ref < since + slack && last < since => true,
                Some(end) => (end - (last + t_ref)).abs() <= slack,
                None => last + t_ref <= now + slack,
            }
        })
    }
}
