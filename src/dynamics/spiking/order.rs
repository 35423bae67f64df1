//! Orders of the first rank: what is to be done with a network, on a tape.

use super::input::Input;
use crate::dynamics::Spike;
use crate::tape::{OnTape, Tape};

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Whether efficacies may change, and what is held.
    Hold(bool, Input),
    /// Until when to run, ms.
    Run(f64),
    /// The seed of a branch.
    Branch(u64),
    /// The seed of new streams.
    Renew(u64),
    Count,
    /// The projection whose plastic synapses are wanted.
    Plastic(usize),
    /// The neuron.
    Cell(usize),
    /// The neuron, and the number of its currents.
    Potential(usize, usize),
    Memory,
    /// The spikes that were recorded, and since when, ms.
    Follows(Vec<Spike>, f64),
    /// Whether external spikes are kept.
    Keep(bool),
    Give(Vec<Spike>),
    Save,
    Load,
    Release,
}

impl Order {
    /// One of each, to be read into.
    fn all() -> [Self; 15] {
        [
            Self::Hold(false, Input::default()),
            Self::Run(0.0),
            Self::Branch(0),
            Self::Renew(0),
            Self::Count,
            Self::Plastic(0),
            Self::Cell(0),
            Self::Potential(0, 0),
            Self::Memory,
            Self::Follows(Vec::new(), 0.0),
            Self::Keep(false),
            Self::Give(Vec::new()),
            Self::Save,
            Self::Load,
            Self::Release,
        ]
    }

    fn code(&self) -> usize {
        let same = |other: &Self| std::mem::discriminant(self) == std::mem::discriminant(other);
        Self::all().iter().position(same).unwrap_or_default()
    }

    /// On a tape, for a network.
    pub fn words(mut self, mut network: u64) -> Vec<u64> {
        let mut tape = Tape::blank();
        self.code().pass(&mut tape);
        network.pass(&mut tape);
        self.pass(&mut tape);
        tape.into_words()
    }

    /// From a tape, with the network; nothing of other words.
    pub fn read(words: Vec<u64>) -> Option<(u64, Self)> {
        let mut tape = Tape::written(words);
        let (mut code, mut network) = (0usize, 0u64);
        code.pass(&mut tape);
        network.pass(&mut tape);
        let mut order = Self::all().into_iter().nth(code)?;
        order.pass(&mut tape);
        tape.end().ok().map(|()| (network, order))
    }
}

impl OnTape for Order {
    fn pass(&mut self, tape: &mut Tape) {
        match self {
            Self::Hold(learns, input) => {
                learns.pass(tape);
                input.pass(tape);
            }
            Self::Run(until) => until.pass(tape),
            Self::Branch(seed) | Self::Renew(seed) => seed.pass(tape),
            Self::Plastic(which) | Self::Cell(which) => which.pass(tape),
            Self::Potential(neuron, currents) => {
                neuron.pass(tape);
                currents.pass(tape);
            }
            Self::Follows(spikes, since) => {
                spikes.pass(tape);
                since.pass(tape);
            }
            Self::Keep(on) => on.pass(tape),
            Self::Give(spikes) => spikes.pass(tape),
            Self::Count | Self::Memory | Self::Save | Self::Load | Self::Release => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_read_as_it_was_given() {
        let spikes = vec![Spike { time: 1.5, neuron: 7 }];
        let given = [
            Order::Hold(true, Input::of((vec![1.0, 1.0, 2.0], vec![0.0; 3]))),
            Order::Run(0.1),
            Order::Potential(3, 2),
            Order::Give(spikes),
        ];
        for (network, order) in (5..).zip(Order::all().into_iter().chain(given)) {
            assert_eq!(Order::read(order.clone().words(network)), Some((network, order)));
        }
        assert_eq!(Order::read(vec![99, 0]), None);
        assert_eq!(Order::read(Vec::new()), None);
    }
}
