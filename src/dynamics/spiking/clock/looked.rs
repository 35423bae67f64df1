//! How far a clock has looked for arrivals, and what it has told: what its spikes and its window make of that.

use super::{Arrival, Clock, Route, Sent};
use crate::dynamics::Spike;
use std::ops::RangeInclusive;

/// Rounding of a time (ms) that was computed from others, some of which were brought to whole nanoseconds.
pub fn slack(time: f64) -> f64 {
    16.0 * f64::EPSILON * time.abs()
}

impl Clock {
    /// Where the window began for which arrivals were looked for last, and where it ended (ms), as far as that is known: an
    /// interruption ends one anywhere.
    fn last_window(&self) -> [RangeInclusive<f64>; 2] {
        let border = |count| self.border(count)..=self.border(count);
        match (self.begun, self.count) {
            (true, count) => [border(count), border(count + 1)],
            (false, 0) => {
                let Self { origin, length, .. } = *self;
                [origin - length..=origin, origin..=origin + length]
            }
            (false, count) => [border(count - 1), border(count)],
        }
    }

    /// Until when arrivals have been looked for, ms.
    pub fn looked(&self) -> RangeInclusive<f64> {
        let [_, end] = self.last_window();
        end
    }

    /// Whether it has told of the spikes before its window, and has looked along every route for as many as arrive before it
    /// ends; those are kept that any route still needs.
    pub fn has_looked(&self) -> bool {
        let [begin, end] = self.last_window();
        let among = |number: usize, border: &RangeInclusive<f64>, time: &dyn Fn(&Sent) -> f64| {
            let before = |border: f64| self.history.partition_point(|sent| time(sent) < border);
            let (first, last) =
                (border.start() - slack(*border.start()), border.end() + slack(*border.end()));
            (before(first)..=before(last)).contains(&(number - self.forgotten))
        };
        let needed = self.routes.iter().map(|route| route.next).min();
        let as_counted = |sent: &Sent| sent.moment.time() == sent.spike.time;
        let interrupted = !self.begun && self.count == 0;
        among(self.told, &begin, &|sent| sent.spike.time)
            && (interrupted || self.carried.is_empty())
            && needed.is_none_or(|needed| needed == self.forgotten)
            && self.history.iter().all(as_counted)
            && self
                .routes
                .iter()
                .all(|route| among(route.next, &end, &|sent| sent.moment.after(route.delay).time()))
    }

    /// Whether the times of an arrival are one, in a window that begins at `start` (ms), and its strength is known not to change.
    pub fn is_as_counted(&self, arrival: &Arrival, start: f64) -> bool {
        let Arrival { moment, time, offset, strength, route, .. } = *arrival;
        let changes = self.routes.get(route as usize).is_some_and(|own| own.plasticity.is_some());
        moment.time() == time
            && (offset - (time - start)).abs() <= slack(time)
            && (changes || strength == 1.0)
    }

    /// Arrivals that an interruption has put off.
    pub fn put_off(&self) -> &[Arrival] {
        &self.carried
    }
}

impl Route {
    /// Who of its senders has sent a spike.
    pub fn sender(&self, spike: &Spike) -> Option<u32> {
        let neuron = spike.neuron as usize;
        self.from.contains(&neuron).then(|| (neuron - self.from.start) as u32)
    }
}
