//! What all ranks of a network do together, and those that follow the first.

use super::Spiking;
use super::order::Order;
use super::part::Seat;
use crate::dynamics::{Cell, Spike};
use crate::error::Error;
use crate::network::EdgeList;
use crate::random::Seed;
use crate::tape::{OnTape, Tape};
use std::collections::HashMap;
use std::sync::PoisonError;

impl Spiking {
    /// A branch that the other ranks know of.
    pub(super) fn fork(&self, seed: Seed) -> Self {
        let mut branch = self.with_streams(seed);
        branch.tie = self.tie.another();
        branch
    }

    /// The plastic synapses of a projection, on the first rank.
    pub(super) fn plastic_of_all(&self, projection: usize) -> Option<EdgeList> {
        let (mut own, mut tape) = (self.plastic_here(projection), Tape::blank());
        if self.tie.ranks().is_alone() {
            return own;
        }
        own.pass(&mut tape);
        let read = |words: Vec<u64>| {
            let (mut list, mut tape) = (None, Tape::written(words));
            list.pass(&mut tape);
            list
        };
        let all = self.tie.ranks().gather(&tape.into_words());
        EdgeList::joined(all.into_iter().filter_map(read).collect())
    }

    /// What a neuron is, wherever it stands.
    pub(super) fn cell_of_all(&self, neuron: usize) -> Option<Cell> {
        let (ranks, owner) = (self.tie.ranks(), self.tie.owner(neuron));
        if ranks.is_alone() {
            return self.cell_here(neuron);
        }
        let mut tape = Tape::blank();
        if ranks.rank() == owner {
            self.cell_here(neuron).pass(&mut tape);
        }
        let (mut cell, mut tape) = (None, Tape::written(ranks.spread(owner, tape.into_words())));
        cell.pass(&mut tape);
        cell
    }

    /// V of a neuron, wherever it stands, and its currents.
    pub(super) fn potential_of_all(&self, neuron: usize, values: &mut [f64]) -> f64 {
        let (ranks, owner) = (self.tie.ranks(), self.tie.owner(neuron));
        if ranks.is_alone() {
            return self.potential_here(neuron, values);
        }
        let mut v = 0.0;
        if ranks.rank() == owner {
            v = self.potential_here(neuron, values);
        }
        let own = std::iter::once(v).chain(values.iter().copied()).map(f64::to_bits).collect();
        let told = ranks.spread(owner, own);
        let mut told = told.into_iter().map(f64::from_bits);
        let v = told.next().unwrap_or(f64::NAN);
        values.iter_mut().zip(told).for_each(|(value, told)| *value = told);
        v
    }

    /// How far back (ms) the spikes may lie that any rank knows of.
    pub(super) fn memory_of_all(&self) -> f64 {
        let all = self.tie.ranks().all(&[self.memory_here().to_bits()]);
        all.into_iter().map(f64::from_bits).fold(0.0, f64::max)
    }

    /// Whether what all ranks know of past spikes can be of these, which begin `since` (ms).
    pub(super) fn follows_on_all(&self, spikes: &[Spike], since: f64) -> bool {
        let all = self.tie.ranks().all(&[u64::from(self.follows_here(spikes, since))]);
        all.into_iter().all(|follows| follows == 1)
    }

    /// Does what the first rank says with this network and its branches, until that lets it go.
    pub(super) fn follow(&mut self) {
        let ranks = self.tie.ranks().clone();
        let mut branches: HashMap<u64, Self> = HashMap::new();
        while let Some((network, order)) = Order::read(ranks.hear()) {
            let own = network == self.tie.network();
            if order == Order::Release {
                if own {
                    return;
                }
                branches.remove(&network);
                continue;
            }
            let which = if own { Some(&mut *self) } else { branches.get_mut(&network) };
            let branch = which.and_then(|network| network.obey(order));
            branches.extend(branch.map(|branch| (branch.tie.network(), branch)));
        }
    }

    /// Does its part of what is ordered; the branch, if one is. What fails here is told where it was ordered.
    fn obey(&mut self, order: Order) -> Option<Self> {
        match order {
            Order::Hold(learns, input) => self.hold(learns, &input),
            Order::Run(until) => drop(self.run(until)),
            Order::Branch(seed) => return Some(self.fork(Seed(seed))),
            Order::Renew(seed) => self.renew(Seed(seed)),
            Order::Count => drop(self.count()),
            Order::Plastic(projection) => drop(self.plastic_of_all(projection)),
            Order::Cell(neuron) => drop(self.cell_of_all(neuron)),
            Order::Potential(neuron, currents) => {
                self.potential_of_all(neuron, &mut vec![0.0; currents]);
            }
            Order::Memory => drop(self.memory_of_all()),
            Order::Follows(spikes, since) => drop(self.follows_on_all(&spikes, since)),
            Order::Keep(on) => self.keep_external(on),
            Order::Give(spikes) => drop::<Result<(), Error>>(self.give(&spikes)),
            Order::Save => self.pass_all(&mut Tape::blank()),
            Order::Load => self.pass_all(&mut Tape::written(self.tie.ranks().hear())),
            Order::Release => {}
        }
        None
    }

    /// What is the same on all ranks, and stands in front.
    fn pass_head(&mut self, tape: &mut Tape) {
        let ranks = self.tie.ranks().clone();
        let Self { extent, clock, window, input, learns, earlier, .. } = self;
        clock.pass(tape);
        if tape.is_read() || ranks.is_alone() {
            earlier.pass(tape);
        } else {
            let all = ranks.all(&[earlier.synaptic, earlier.external]);
            let sum = |k: usize| all.iter().skip(k).step_by(2).sum();
            let mut sum = crate::dynamics::Events { synaptic: sum(0), external: sum(1) };
            sum.pass(tape);
        }
        if !ranks.leads() {
            *earlier = Default::default();
        }
        let window = window.get_mut().unwrap_or_else(PoisonError::into_inner);
        window.pass(tape);
        tape.require(clock.knows(&window.arrivals));
        input.pass(tape);
        tape.require(input.is_possible(extent.neurons, 1000.0 * super::poisson::MOST));
        learns.pass(tape);
        tape.same(extent.parts as u64);
    }

    /// Passes the parts of this rank.
    fn pass_parts(&mut self, tape: &mut Tape) {
        for placed in &mut self.parts {
            placed.get_mut().unwrap_or_else(PoisonError::into_inner).pass(tape);
        }
        if tape.is_read() && tape.is_sound() {
            self.learn(self.learns);
            let own = &self.extent.own;
            let (current, poisson) = self.input.over(own.clone());
            for placed in &mut self.parts {
                let Seat { range, part, .. } =
                    placed.get_mut().unwrap_or_else(PoisonError::into_inner);
                let place = range.start - own.start..range.end - own.start;
                tape.require(part.resume(&current[place.clone()], &poisson[place]));
            }
        }
    }

    /// Passes the parts of all ranks, one rank after another: what stands on the tape of the first does not depend on how many
    /// there are.
    fn pass_all(&mut self, tape: &mut Tape) {
        self.pass_head(tape);
        let ranks = self.tie.ranks().clone();
        if ranks.is_alone() {
            return self.pass_parts(tape);
        }
        if !tape.is_read() {
            let mut own = Tape::blank();
            self.pass_parts(&mut own);
            let all = ranks.gather(&own.into_words());
            return all.iter().for_each(|words| tape.add(words));
        }
        for rank in 0..ranks.number() {
            let before = tape.rest().len();
            if rank == ranks.rank() {
                self.pass_parts(tape);
            }
            let read = [before - tape.rest().len(), usize::from(tape.is_sound())];
            let told = ranks.spread(rank, read.map(|number| number as u64).to_vec());
            if rank != ranks.rank() {
                tape.skip(told[0] as usize);
                tape.require(told[1] == 1);
            }
        }
    }
}

/// What was seen last has been taken, and nothing else is kept between two advances but what a rank knows by itself.
impl OnTape for Spiking {
    fn pass(&mut self, tape: &mut Tape) {
        let (ranks, network) = (self.tie.ranks().clone(), self.tie.network());
        let order = if tape.is_read() { Order::Load } else { Order::Save };
        let _turn = ranks.order(|| order.words(network));
        if tape.is_read() && !ranks.is_alone() {
            ranks.spread(ranks.rank(), tape.rest().to_vec());
        }
        self.pass_all(tape);
    }
}
