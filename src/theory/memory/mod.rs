//! Mean-field theory of spiking networks with patterns: all states, memories among them, and whether they are stable.
//!
//! Neurons fall into `classes` by the patterns they belong to. Given what arrives (`senders`), the rate of a class
//! follows from that of one neuron (`transfer`), averaged over what differs from neuron to neuron and slowly in time
//! (`system`); consistent rates of all classes are a state (`balance`). [`MeanField`] does this for a model.
//!
//! In it: efficacies that depend on shared patterns, number and spread of synapses, strong external spikes through synapses
//! that take time (`passage`), slow synapses, short-term plasticity in its stationary form, what comes back to a neuron of
//! its own rate because two neurons share the same patterns both ways, and the growth of chance overlaps with
//! other patterns. Left out: correlations in time (oscillations, population spikes, delays), the finite number of neurons, and
//! states with several active patterns or with one of the others apart.
//!
//! Sources: D. J. Amit and N. Brunel, Cereb. Cortex 7:237 (1997), for the populations that patterns induce; M. Shiino and T.
//! Fukai, J. Phys. A 25:L375 (1992), for what comes back and for overlaps by chance.

mod balance;
mod classes;
mod describe;
mod missed;
mod passage;
mod senders;
mod states;
mod system;
mod transfer;
#[cfg(test)]
mod tests;

pub use states::{Kind, MeanField, Row, State};
pub use transfer::Transfers;
