//! What others ask of a network: the first of its ranks tells the others, and does its own part.

use super::order::Order;
use super::{Input, Spiking};
use crate::dynamics::{Cell, Dynamics, Events, ExternalInput, Field, Membranes, Observable, Spike};
use crate::error::Result;
use crate::network::EdgeList;
use crate::random::Seed;
use crate::work::Over;

impl Spiking {
    /// Tells the others, if there are any, and does the same here.
    fn lead<R>(&mut self, order: impl FnOnce() -> Order, act: impl FnOnce(&mut Self) -> R) -> R {
        let (ranks, network) = (self.tie.ranks().clone(), self.tie.network());
        let _turn = ranks.order(|| order().words(network));
        act(self)
    }
}

impl Dynamics for Spiking {
    fn time(&self) -> f64 {
        self.clock.time
    }

    fn drive(&mut self, field: &Field) {
        let (learns, input) = (field.lets_learn(), Input::felt(field, self.extent.neurons));
        self.lead(|| Order::Hold(learns, input.clone()), |own| own.hold(learns, &input));
    }

    fn feels(&self, field: &Field) -> bool {
        let input = Input::felt(field, self.extent.neurons);
        (self.learns, &self.input) == (field.lets_learn(), &input)
    }

    fn heed(&mut self, over: &Over) {
        self.over = over.clone();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        self.lead(|| Order::Run(until), |own| own.run(until))
    }

    fn observable(&self) -> Observable<'_> {
        Observable::Spikes(&self.spikes)
    }

    /// May be called at any time between two advances, and from several threads; it changes nothing here.
    fn branch(&self, seed: Seed) -> Box<dyn Dynamics> {
        let _turn = self.tie.tell(Order::Branch(seed.0));
        Box::new(self.fork(seed))
    }

    fn reseed(&mut self, seed: Seed) {
        self.lead(|| Order::Renew(seed.0), |own| own.renew(seed));
    }

    fn events(&self) -> Events {
        let _turn = self.tie.tell(Order::Count);
        self.count()
    }

    fn plastic(&self, projection: usize) -> Option<EdgeList> {
        let _turn = self.tie.tell(Order::Plastic(projection));
        self.plastic_of_all(projection)
    }

    fn memory(&self) -> f64 {
        let _turn = self.tie.tell(Order::Memory);
        self.memory_of_all()
    }

    fn follows(&self, spikes: &[Spike], since: f64) -> bool {
        let _turn = self.tie.tell(Order::Follows(spikes.to_vec(), since));
        self.follows_on_all(spikes, since)
    }

    fn membranes(&self) -> Option<&dyn Membranes> {
        Some(self)
    }

    fn external_input(&mut self) -> Option<&mut dyn ExternalInput> {
        Some(self)
    }

    fn follow(&mut self) {
        Spiking::follow(self);
    }
}

impl Membranes for Spiking {
    fn cell(&self, neuron: usize) -> Option<Cell> {
        let _turn = self.tie.tell(Order::Cell(neuron));
        self.cell_of_all(neuron)
    }

    fn potential(&self, neuron: usize, values: &mut [f64]) -> f64 {
        let _turn = self.tie.tell(Order::Potential(neuron, values.len()));
        self.potential_of_all(neuron, values)
    }
}

impl ExternalInput for Spiking {
    fn record(&mut self, on: bool) {
        self.lead(|| Order::Keep(on), |own| own.keep_external(on));
    }

    fn recorded(&self) -> &[Spike] {
        self.external.as_deref().unwrap_or_default()
    }

    fn fire(&mut self, spikes: &[Spike]) -> Result<()> {
        self.lead(|| Order::Give(spikes.to_vec()), |own| own.give(spikes))
    }
}
