//! What happens at a block when spikes arrive.

use super::ahead::Coming;
use super::pathway::Way;
use super::routes::EVEN;
use super::{Acts, Block, NEVER};
use crate::dynamics::spiking::clock::Arrival;
use crate::dynamics::spiking::kick::Kick;
use crate::dynamics::spiking::row::{Effect, Shares, Targets, deliver, deliver_own};
use crate::dynamics::spiking::state::State;
use crate::synapse::Part;
use std::ops::Range;

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
    #[inline(always)]
    fn deliver(&mut self, place: usize, coming: Coming) {
        let arrival = &coming.arrivals[place];
        while let Some(stop) = self.ahead.stop(place, &self.routes, coming) {
            let pathway = stop.pathway as usize;
            let Way { acts, rows } = &coming.ways[pathway];
            if stop.lane != EVEN {
                self.take_lane(place, stop.lane, (arrival, acts), &rows.all);
                continue;
            }
            let row = stop.start as usize..stop.end as usize;
            let part = rows.all.part(row.clone());
            if self.plastic[pathway].is_some() {
                self.take_plastic(pathway, row, (arrival, acts), &part);
                continue;
            }
            let (state, suspects) = (&mut self.state, &mut self.suspects);
            self.synaptic_events += part.number() as u64;
            add(state, suspects, (arrival, acts), part.words.is_empty(), |kick, targets| {
                deliver(&part, kick, targets);
            });
        }
    }

    /// Delivers a spike to what waits for it in a lane.
    fn take_lane(&mut self, place: usize, lane: u32, way: (&Arrival, &Acts), all: &Part) {
        while let Some(part) = self.visits.take(place, lane, all) {
            let (state, suspects) = (&mut self.state, &mut self.suspects);
            self.synaptic_events += part.number() as u64;
            add(state, suspects, way, part.words.is_empty(), |kick, targets| {
                deliver(&part, kick, targets);
            });
        }
    }

    /// Delivers a spike to synapses whose efficacies change.
    #[inline(never)]
    fn take_plastic(
        &mut self,
        pathway: usize,
        row: Range<usize>,
        way: (&Arrival, &Acts),
        part: &Part,
    ) {
        let Some(plastic) = &mut self.plastic[pathway] else { return };
        let (state, suspects) = (&mut self.state, &mut self.suspects);
        self.synaptic_events += part.number() as u64;
        let own = plastic.efficacies(row.clone());
        add(state, suspects, way, part.words.is_empty(), |kick, targets| {
            deliver_own(part.words, own, kick, targets);
        });
        let (arrival, _) = way;
        plastic.arrive(arrival.sender as usize, (row, part), arrival.offset);
    }
}

/// Lets `deliver` add the kick of an arrival, of efficacy 1, to its targets; to none if there are none.
#[inline(always)]
fn add<const F: usize>(
    state: &mut State<F>,
    suspects: &mut Vec<u16>,
    (arrival, acts): (&Arrival, &Acts),
    none: bool,
    deliver: impl FnOnce(Kick<F>, Targets<F>),
) {
    if none {
        return;
    }
    let State { membrane, lead, currents, .. } = state;
    let at = |port: usize| membrane.ports[port].kicks.table.at(arrival.offset);
    let shares;
    let (one, effect) = match acts {
        Acts::OnCurrent(port) => (at(*port), Effect::of_one(currents, *port)),
        Acts::OnV => {
            let one = membrane.jump.table.at(arrival.offset);
            let only = membrane.only_jumps();
            (one, if only { Effect::OnlyJump(one) } else { Effect::Jump })
        }
        Acts::OnCurrents(parts) => {
            let mut sum = Shares::default();
            let kicks = parts.iter().map(|&(port, weight)| (port, at(port).multiple(weight)));
            let one = sum.sum(kicks);
            shares = sum;
            let effect = Effect::of_several(currents, &shares);
            (one, effect)
        }
    };
    let targets = Targets { lead, effect, place: &membrane.place, suspects };
    deliver(one.multiple(arrival.strength), targets);
}
