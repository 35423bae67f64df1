//! What happens at a block when spikes arrive.

use super::ahead::{Coming, Stop};
use super::{Acts, Block, NEVER, Pathway};
use crate::dynamics::spiking::clock::Arrival;
use crate::dynamics::spiking::row::{Effect, Shares, Targets, deliver, deliver_own};
use crate::dynamics::spiking::state::State;
use crate::synapse::Part;

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

impl<const F: usize> Block<F> {
    /// Takes all arrivals at `s`, and only then tests thresholds.
    pub fn take_arrivals(&mut self, s: f64, coming: Coming) {
        self.take_external(s);
        while let Some(arrival) = coming.arrivals.get(self.next_arrival)
            && arrival.offset == s
        {
            self.deliver(self.next_arrival, coming);
            self.next_arrival += 1;
        }
        if !self.suspects.is_empty() {
            self.quiet = NEVER;
            self.examine_suspects(s);
        }
    }

    /// Delivers a spike, number `place` of the window's arrivals, to all its targets in the block.
    fn deliver(&mut self, place: usize, coming: Coming) {
        let arrival = &coming.arrivals[place];
        let Self {
            state,
            routes,
            pathways,
            plastic,
            visits,
            ahead,
            suspects,
            multiples,
            synaptic_events,
            ..
        } = self;
        let State { membrane, lead, currents, .. } = state;
        let at = |port: usize| membrane.ports[port].kicks.table.at(arrival.offset);
        let mut along = |acts: &Acts, part: Part, own: Option<(bool, &[f64])>| {
            if part.synapses.is_empty() {
                return;
            }
            *synaptic_events += part.synapses.len() as u64;
            let mut shares = Shares::default();
            let (one, effect) = match acts {
                Acts::OnCurrent(port) => (at(*port), Effect::Current(&mut currents[*port])),
                Acts::OnV => {
                    let one = membrane.jump.table.at(arrival.offset);
                    let only = membrane.only_jumps();
                    (one, if only { Effect::OnlyJump(one) } else { Effect::Jump })
                }
                Acts::OnCurrents(parts) => {
                    let kicks =
                        parts.iter().map(|&(port, weight)| (port, at(port).multiple(weight)));
                    let one = shares.sum(kicks);
                    (one, Effect::Currents(currents, &shares))
                }
            };
            let kick = one.multiple(arrival.strength);
            let targets = Targets { lead, effect, place: &membrane.place, suspects };
            match own {
                None => deliver(part, kick, multiples, targets),
                Some(own) => deliver_own(part.synapses, own, kick, targets),
            }
        };
        for stop in ahead.stops(place, routes, coming) {
            match *stop {
                Stop::Row { pathway, start, end } => {
                    let (pathway, row) = (pathway as usize, start as usize..end as usize);
                    let acts = &pathways[pathway].acts;
                    let part = coming.synapses[pathway].all.part(row.clone());
                    let Some(plastic) = &mut plastic[pathway] else {
                        along(acts, part, None);
                        continue;
                    };
                    along(acts, part, Some(plastic.efficacies(row.clone())));
                    plastic.arrive(arrival.sender as usize, (row, part.synapses), arrival.offset);
                }
                Stop::Lane { pathway, lane } => {
                    let (acts, all) =
                        (&pathways[pathway as usize].acts, &coming.synapses[pathway as usize].all);
                    while let Some(part) = visits.take(place, lane, all) {
                        along(acts, part, None);
                    }
                }
            }
        }
    }
}
