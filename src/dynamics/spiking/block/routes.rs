//! Which pathways of a block a spike comes to along its route.

use super::pathway::Pathway;
use crate::dynamics::spiking::clock::Arrival;

/// What arrives along a route: synapses of a pathway.
#[derive(Clone, Copy, Debug)]
pub struct Incoming {
    pub pathway: u32,
    /// The lane that those of one delay take, if it has several; or else [`EVEN`].
    pub lane: u32,
}

pub const EVEN: u32 = u32::MAX;

/// What arrives at a block along every route. It is looked up for every arrival, so that it stands close together.
#[derive(Debug)]
pub struct Routes {
    /// That of route k is `starts[k]..starts[k + 1]`.
    starts: Vec<u32>,
    incoming: Vec<Incoming>,
    /// Whether anything comes to rows of its own.
    pub any_even: bool,
}

impl Routes {
    /// Of so many routes; `lane` tells that of a pathway and one of its delays.
    pub fn new(
        number: usize,
        pathways: &[Pathway],
        lane: impl Fn(usize, usize) -> Option<u32>,
    ) -> Self {
        let mut by_route = vec![Vec::new(); number];
        for (k, pathway) in pathways.iter().enumerate() {
            for (delay, route) in pathway.routes.iter().enumerate() {
                let lane = lane(k, delay).unwrap_or(EVEN);
                by_route[*route as usize].push(Incoming { pathway: k as u32, lane });
            }
        }
        let mut starts = vec![0];
        starts.extend(by_route.iter().scan(0, |end, own| {
            *end += own.len() as u32;
            Some(*end)
        }));
        let incoming = by_route.concat();
        Self { starts, any_even: incoming.iter().any(|own| own.lane == EVEN), incoming }
    }

    #[inline]
    pub fn of(&self, arrival: &Arrival) -> &[Incoming] {
        let route = arrival.route as usize;
        &self.incoming[self.starts[route] as usize..self.starts[route + 1] as usize]
    }
}
