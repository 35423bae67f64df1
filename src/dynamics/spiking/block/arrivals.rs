//! What happens at a block when spikes arrive.

use super::{Acts, Block, Pathway};
use crate::dynamics::spiking::clock::Arrival;
use crate::dynamics::spiking::row::{Effect, Shares, Targets, deliver, deliver_own};
use crate::dynamics::spiking::state::State;
use crate::synapse::Part;

/// How many arrivals ahead the place of a row, and the row itself, are asked for: memory is some 100 ns away,
/// about as far as one arrival's work.
const STARTS_AHEAD: usize = 6;
const ROWS_AHEAD: usize = 2;

/// What arrives along a route: synapses of a pathway.
#[derive(Clone, Copy, Debug)]
pub struct Incoming {
    pathway: u32,
    /// The lane that those of one delay take, if it has several; or else [`EVEN`].
    lane: u32,
}

const EVEN: u32 = u32::MAX;

/// What arrives at a block along every route. It is looked up for every arrival, so that it stands close together.
#[derive(Debug)]
pub struct Routes {
    /// That of route k is `starts[k]..starts[k + 1]`.
    starts: Vec<u32>,
    incoming: Vec<Incoming>,
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
        Self { starts, incoming: by_route.concat() }
    }

    #[inline]
    fn of(&self, arrival: &Arrival) -> &[Incoming] {
        let route = arrival.route as usize;
        &self.incoming[self.starts[route] as usize..self.starts[route + 1] as usize]
    }

    /// The pathways along which an arrival comes to rows of its own.
    #[inline]
    fn even(&self, arrival: &Arrival) -> impl Iterator<Item = usize> {
        self.of(arrival).iter().filter(|own| own.lane == EVEN).map(|own| own.pathway as usize)
    }
}

impl<const F: usize> Block<F> {
    /// Takes all arrivals at `s`, and only then tests thresholds.
    pub fn take_arrivals(&mut self, s: f64, arrivals: &[Arrival]) {
        self.take_external(s);
        while let Some(arrival) = arrivals.get(self.next_arrival)
            && arrival.offset == s
        {
            if let Some(soon) = arrivals.get(self.next_arrival + STARTS_AHEAD) {
                self.prefetch_start(soon);
            }
            if let Some(next) = arrivals.get(self.next_arrival + ROWS_AHEAD) {
                self.prefetch_row(next);
            }
            self.deliver(self.next_arrival, arrival);
            self.next_arrival += 1;
        }
        self.examine_suspects(s);
    }

    /// Asks for the memory that tells where the targets of a spike stand.
    fn prefetch_start(&self, arrival: &Arrival) {
        for pathway in self.routes.even(arrival) {
            self.pathways[pathway].synapses.rows().prefetch_start(arrival.sender as usize);
        }
    }

    /// Asks for the memory of the targets of a spike.
    fn prefetch_row(&self, arrival: &Arrival) {
        for pathway in self.routes.even(arrival) {
            self.pathways[pathway].synapses.rows().prefetch_row(arrival.sender as usize);
        }
    }

    /// Delivers a spike, number `place` of the window's arrivals, to all its targets in the block.
    fn deliver(&mut self, place: usize, arrival: &Arrival) {
        let Self {
            state,
            routes,
            pathways,
            plastic,
            visits,
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
            let (one, effect) = match acts {
                Acts::OnCurrent(port) => (at(*port), Effect::Current(&mut currents[*port])),
                Acts::OnV => {
                    let one = membrane.jump.table.at(arrival.offset);
                    let only = membrane.only_jumps();
                    (one, if only { Effect::OnlyJump(one) } else { Effect::Jump })
                }
                Acts::OnCurrents(parts) => {
                    let mut shares = Shares::default();
                    let kicks =
                        parts.iter().map(|&(port, weight)| (port, at(port).multiple(weight)));
                    let one = shares.sum(kicks);
                    (one, Effect::Currents(currents, shares))
                }
            };
            let kick = one.multiple(arrival.strength);
            let targets = Targets { lead, effect, place: &membrane.place, suspects };
            match own {
                None => deliver(part, kick, multiples, targets),
                Some(own) => deliver_own(part.synapses, own, kick, targets),
            }
        };
        for &Incoming { pathway, lane } in routes.of(arrival) {
            let pathway = pathway as usize;
            let Pathway { acts, synapses, .. } = &pathways[pathway];
            let rows = synapses.rows();
            match lane {
                EVEN => {
                    let sender = arrival.sender as usize;
                    let row = rows.row(sender);
                    let part = rows.part(row.clone());
                    let Some(plastic) = &mut plastic[pathway] else {
                        along(acts, part, None);
                        continue;
                    };
                    along(acts, part, Some(plastic.efficacies(row.clone())));
                    plastic.arrive(sender, (row, part.synapses), arrival.offset);
                }
                lane => {
                    while let Some(part) = visits.take(place, lane, rows) {
                        along(acts, part, None);
                    }
                }
            }
        }
    }
}
