//! Where the next arrivals come to.
//!
//! Memory is some 100 ns away, and what is found there tells where to look next. So rows are looked up for some arrivals at a
//! time, whose waits overlap, and are asked for a few arrivals before they are read.

use super::pathway::Way;
use super::routes::{EVEN, Incoming, Routes};
use crate::dynamics::spiking::clock::Arrival;

/// How many arrivals are looked up at a time; the places of the rows of as many more are asked for.
const SOME: usize = 64;
/// How many stops before they are read rows are asked for.
const ROWS_AHEAD: usize = 4;

/// What comes in a window: its arrivals, in order, and the ways that they take.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    pub arrivals: &'a [Arrival],
    pub ways: &'a [Way<'a>],
}

/// Where some arrivals come to that follow one another.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    /// Which is the first arrival that has not been looked up.
    known: usize,
    /// In order, and which of them is next.
    stops: Vec<Stop>,
    next: usize,
}

/// What an arrival comes to along a pathway: a row, or what waits for it in a lane.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    arrival: u32,
    pub pathway: u32,
    /// [`EVEN`], or the lane.
    pub lane: u32,
    /// Of a row.
    pub start: u32,
    pub end: u32,
}

impl Ahead {
    /// Forgets them: other arrivals come.
    pub fn clear(&mut self) {
        (self.known, self.next) = (0, 0);
        self.stops.clear();
    }

    /// The next stop of arrival number `place`, if it has any left; asks for rows that will be read soon. Arrivals come in order,
    /// and each makes all its stops.
    #[inline(always)]
    pub fn stop(&mut self, place: usize, routes: &Routes, coming: Coming) -> Option<Stop> {
        if place >= self.known {
            self.look_up(place, routes, coming);
        }
        let stop = *self.stops.get(self.next)?;
        if stop.arrival as usize != place {
            return None;
        }
        if let Some(soon) = self.stops.get(self.next + ROWS_AHEAD) {
            soon.ask_for(coming);
        }
        self.next += 1;
        Some(stop)
    }

    #[inline(never)]
    fn look_up(&mut self, first: usize, routes: &Routes, coming: Coming) {
        let Coming { arrivals, ways } = coming;
        self.clear();
        let (now, later) = arrivals[first..].split_at(SOME.min(arrivals.len() - first));
        self.known = first + now.len();
        for (arrival, place) in now.iter().zip(first as u32..) {
            for &Incoming { pathway, lane } in routes.of(arrival) {
                let row = match lane {
                    EVEN => ways[pathway as usize].rows.row(arrival.sender as usize),
                    _ => 0..0,
                };
                if lane == EVEN && row.is_empty() {
                    continue;
                }
                let (start, end) = (row.start as u32, row.end as u32);
                self.stops.push(Stop { arrival: place, pathway, lane, start, end });
            }
        }
        if routes.any_even {
            for arrival in &later[..SOME.min(later.len())] {
                for Incoming { pathway, lane } in routes.of(arrival) {
                    if *lane == EVEN {
                        ways[*pathway as usize].rows.prefetch_start(arrival.sender as usize);
                    }
                }
            }
            self.stops.iter().take(ROWS_AHEAD).for_each(|stop| stop.ask_for(coming));
        }
    }
}

impl Stop {
    #[inline(always)]
    fn ask_for(&self, coming: Coming) {
        if self.lane == EVEN {
            let all = &coming.ways[self.pathway as usize].rows.all;
            all.prefetch(self.start as usize..self.end as usize);
        }
    }
}
