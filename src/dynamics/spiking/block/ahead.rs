//! Where the next arrivals come to.
//!
//! Memory is some 100 ns away, and what is found there tells where to look next. So rows are looked up for some arrivals at a
//! time, whose waits overlap, and are asked for a few arrivals before they are read.

use super::arrivals::{EVEN, Incoming, Routes};
use crate::dynamics::spiking::clock::Arrival;
use crate::synapse::Open;

/// How many arrivals are looked up at a time; the places of the rows of as many more are asked for.
const SOME: usize = 64;
/// How many arrivals before they are read rows are asked for.
const ROWS_AHEAD: usize = 4;

/// What comes in a window: its arrivals, in order, and the synapses of every pathway.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    pub arrivals: &'a [Arrival],
    pub synapses: &'a [Open<'a>],
}

/// Where some arrivals come to that follow one another.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    /// The first of these arrivals, and for each of them where its stops end.
    first: usize,
    ends: Vec<u32>,
    stops: Vec<Stop>,
}

/// What an arrival comes to.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// A row of a pathway.
    Row { pathway: u32, start: u32, end: u32 },
    /// What waits for it in a lane of a pathway.
    Lane { pathway: u32, lane: u32 },
}

impl Ahead {
    /// Forgets them: other arrivals come.
    pub fn clear(&mut self) {
        self.ends.clear();
    }

    /// Where arrival number `place` comes to, in the order of the pathways; asks for the rows of later ones.
    #[inline]
    pub fn stops(&mut self, place: usize, routes: &Routes, coming: Coming) -> &[Stop] {
        let mut at = place.wrapping_sub(self.first);
        if at >= self.ends.len() {
            self.look_up(place, routes, coming);
            at = 0;
        }
        self.ask_for(at + ROWS_AHEAD, coming);
        self.of(at)
    }

    /// The stops of the arrival that is number `at` of those looked up.
    #[inline]
    fn of(&self, at: usize) -> &[Stop] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.stops[start as usize..self.ends[at] as usize]
    }

    #[inline]
    fn ask_for(&self, at: usize, coming: Coming) {
        if at < self.ends.len() {
            for stop in self.of(at) {
                if let Stop::Row { pathway, start, end } = *stop {
                    coming.synapses[pathway as usize].all.prefetch(start as usize..end as usize);
                }
            }
        }
    }

    #[inline(never)]
    fn look_up(&mut self, first: usize, routes: &Routes, coming: Coming) {
        let Coming { arrivals, synapses } = coming;
        self.first = first;
        self.ends.clear();
        self.stops.clear();
        let (now, later) = arrivals[first..].split_at(SOME.min(arrivals.len() - first));
        for arrival in now {
            let stop = |incoming: &Incoming| match *incoming {
                Incoming { pathway, lane: EVEN } => {
                    let row = synapses[pathway as usize].row(arrival.sender as usize);
                    Stop::Row { pathway, start: row.start as u32, end: row.end as u32 }
                }
                Incoming { pathway, lane } => Stop::Lane { pathway, lane },
            };
            self.stops.extend(routes.of(arrival).iter().map(stop));
            self.ends.push(self.stops.len() as u32);
        }
        if routes.any_even {
            for arrival in &later[..SOME.min(later.len())] {
                for Incoming { pathway, lane } in routes.of(arrival) {
                    if *lane == EVEN {
                        synapses[*pathway as usize].prefetch_start(arrival.sender as usize);
                    }
                }
            }
            (0..ROWS_AHEAD).for_each(|at| self.ask_for(at, coming));
        }
    }
}
