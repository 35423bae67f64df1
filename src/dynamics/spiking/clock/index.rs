//! The arrivals of a window along routes of several delays, by their spikes.

use super::Arrival;
use std::ops::Range;

/// Where the arrival of a spike along a route of several delays stands in the order of all.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The last slot in which any of them waits.
    pub last_slot: u64,
    /// By route, the spikes that have come along it, if its synapses have several delays.
    spans: Vec<Option<Taken>>,
    /// The places of their arrivals in the order of all, [`NOWHERE`] of a spike that takes another route.
    places: Vec<u32>,
    /// What an interruption has put off, in order: (route, spike, place).
    carried: Vec<(u32, u32, u32)>,
}

/// Spikes that follow one another, of whose numbers the last 32 bits count, and where their places stand.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    first: u32,
    start: u32,
    length: u32,
}

const NOWHERE: u32 = u32::MAX;

impl Index {
    /// Of no arrivals.
    pub fn clear(&mut self) {
        self.last_slot = 0;
        self.spans.clear();
        self.places.clear();
        self.carried.clear();
    }

    /// Says that these spikes come along `route`, or take another one. Routes come in order.
    pub fn take(&mut self, route: usize, spikes: Range<usize>) {
        let (first, start) = (spikes.start as u32, self.places.len() as u32);
        self.spans.resize(route, None);
        self.spans.push(Some(Taken { first, start, length: spikes.len() as u32 }));
        self.places.resize(self.places.len() + spikes.len(), NOWHERE);
    }

    /// Notes the places of these arrivals, which stand in order, as far as they come along such routes.
    pub fn fill(&mut self, arrivals: &[Arrival]) {
        if self.spans.is_empty() {
            return;
        }
        for (arrival, place) in arrivals.iter().zip(0..) {
            let (route, spike) = (arrival.route, arrival.spike as u32);
            let Some(Some(taken)) = self.spans.get(route as usize) else { continue };
            let k = spike.wrapping_sub(taken.first);
            if k < taken.length {
                self.places[(taken.start + k) as usize] = place;
            } else {
                self.carried.push((route, spike, place));
            }
        }
        self.carried.sort_unstable();
    }

    /// The place of the arrival of a spike, of whose number these are the last 32 bits, along a route of several delays.
    #[inline]
    pub fn find(&self, spike: u32, route: u32) -> Option<u32> {
        let taken = (*self.spans.get(route as usize)?)?;
        let k = spike.wrapping_sub(taken.first);
        if k < taken.length {
            let place = self.places[(taken.start + k) as usize];
            return (place != NOWHERE).then_some(place);
        }
        if self.carried.is_empty() {
            return None;
        }
        let at = self.carried.partition_point(|carried| (carried.0, carried.1) < (route, spike));
        let found = self.carried.get(at)?;
        ((found.0, found.1) == (route, spike)).then_some(found.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_found_by_spike_and_route_also_behind_the_last_of_32_bits() {
        let last = u64::from(u32::MAX);
        let arrival = |spike, route| Arrival { spike, route, ..Arrival::default() };
        // Route 0 has one delay; what came along route 3 before was put off.
        let arrivals = [
            arrival(last, 1),
            arrival(last - 7, 3),
            arrival(last + 1, 0),
            arrival(last + 2, 1),
            arrival(last - 9, 3),
            arrival(last + 1, 3),
        ];
        let mut index = Index::default();
        for _ in 0..2 {
            index.clear();
            index.take(1, last as usize - 1..last as usize + 3);
            index.take(3, last as usize + 1..last as usize + 2);
            index.fill(&arrivals);
            let found = |spike: u64, route| index.find(spike as u32, route);
            for (arrival, place) in arrivals.iter().zip(0..) {
                let known = arrival.route != 0;
                assert_eq!(found(arrival.spike, arrival.route), known.then_some(place));
            }
            let none = [(last + 1, 1), (last + 3, 1), (last - 8, 3), (last, 2), (last, 9)];
            assert!(none.into_iter().all(|(spike, route)| found(spike, route).is_none()));
        }
        index.clear();
        index.fill(&arrivals);
        assert!(arrivals.iter().all(|a| index.find(a.spike as u32, a.route).is_none()));
    }
}
