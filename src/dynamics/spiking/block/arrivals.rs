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

/// What arrives along a route: synapses of a pathway, and where those of one delay queue up, if it has several.
#[derive(Clone, Copy, Debug)]
pub struct Incoming {
    pub pathway: usize,
    pub queue: Option<usize>,
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
            self.deliver(arrival);
            self.next_arrival += 1;
        }
        self.examine_suspects(s);
    }

    /// Asks for the memory that tells where the targets of a spike stand.
    fn prefetch_start(&self, arrival: &Arrival) {
        for &Incoming { pathway, queue } in &self.routes[arrival.route as usize] {
            match queue {
                Some(queue) => self.visits.prefetch_queue(queue),
                None => {
                    self.pathways[pathway].synapses.rows().prefetch_start(arrival.sender as usize)
                }
            }
        }
    }

    /// Asks for the memory of the targets of a spike.
    fn prefetch_row(&self, arrival: &Arrival) {
        for &Incoming { pathway, queue } in &self.routes[arrival.route as usize] {
            match queue {
                Some(queue) => self.visits.prefetch_visit(queue),
                None => {
                    self.pathways[pathway].synapses.rows().prefetch_row(arrival.sender as usize)
                }
            }
        }
    }

    /// Delivers a spike to all its targets in the block.
    fn deliver(&mut self, arrival: &Arrival) {
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
        for &Incoming { pathway, queue } in &routes[arrival.route as usize] {
            let Pathway { acts, synapses, .. } = &pathways[pathway];
            let rows = synapses.rows();
            match queue {
                None => {
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
                Some(queue) => {
                    while let Some(part) = visits.take(queue, arrival.spike, rows) {
                        along(acts, part, None);
                    }
                }
            }
        }
    }
}
