//! Synapses of a pathway whose efficacies change while the network runs.
//!
//! All events of a synapse are events of its block: what arrives, and the spikes of its receiver. They come in order of time,
//! so that a change is a sequence of the same operations whatever thread makes it.

use crate::network::EdgeList;
use crate::synapse::{Law, Part, Rows};
use crate::tape::{OnTape, Tape};
use std::ops::Range;
use std::sync::Arc;

/// Where the synapses of a receiver stand, and who sends through them; shared with branches.
#[derive(Debug)]
struct Afferents {
    /// Those of neuron n are `starts[n]..starts[n + 1]`.
    starts: Vec<u32>,
    /// (place of the synapse in the rows, sender).
    synapses: Vec<(u32, u32)>,
}

/// Whose synapses they are.
#[derive(Clone, Debug)]
pub struct Place {
    /// By its index in the network.
    pub projection: usize,
    /// The neurons of the block, counted in their population.
    pub block: Range<usize>,
    /// ms.
    pub delay: f64,
}

/// Efficacies that change, and the traces that change them.
#[derive(Clone, Debug)]
pub struct Plastic {
    pub place: Place,
    law: Law,
    excites: bool,
    afferents: Arc<Afferents>,
    /// |J|, mV, in the order of the rows.
    efficacies: Vec<f64>,
    /// r1 and r2 by sender, o1 and o2 by receiver, at the window's start.
    arrivals: [Vec<f64>; 2],
    spikes: [Vec<f64>; 2],
    /// Whether efficacies change.
    on: bool,
}

impl OnTape for Plastic {
    fn pass(&mut self, tape: &mut Tape) {
        let Self { place: _, law, excites: _, afferents: _, efficacies, arrivals, spikes, on: _ } =
            self;
        efficacies[..].pass(tape);
        tape.require(efficacies.iter().all(|w| law.allows(*w)));
        for trace in arrivals.iter_mut().chain(spikes) {
            trace[..].pass(tape);
            tape.require(trace.iter().all(|value| (0.0..MOST).contains(value)));
        }
    }
}

/// No trace comes to so much.
const MOST: f64 = 1e12;

/// A trace smaller than this changes nothing, and would slow the processor down as it becomes smaller.
const NOTHING: f64 = 1e-100;

impl Plastic {
    /// The synapses of `rows`, which are of one sign.
    pub fn new(rows: &Rows, law: Law, place: Place) -> Self {
        let (senders, neurons) = (rows.senders(), place.block.len());
        let all = || (0..senders).flat_map(|j| rows.synapses_of(j).map(move |(n, w)| (j, n, w)));
        let mut starts = vec![0; neurons + 1];
        all().for_each(|(_, n, _)| starts[n + 1] += 1);
        (0..neurons).for_each(|n| starts[n + 1] += starts[n]);
        let mut next = starts.clone();
        let mut synapses = vec![(0, 0); rows.synapses()];
        for (place, (sender, n, _)) in all().enumerate() {
            synapses[next[n] as usize] = (place as u32, sender as u32);
            next[n] += 1;
        }
        let second =
            |number: usize| if law.has_triplets() { vec![0.0; number] } else { Vec::new() };
        Self {
            place,
            law,
            excites: rows.sign().unwrap_or(true),
            afferents: Arc::new(Afferents { starts, synapses }),
            efficacies: all().map(|(_, _, w)| w.abs()).collect(),
            arrivals: [vec![0.0; senders], second(senders)],
            spikes: [vec![0.0; neurons], second(neurons)],
            on: true,
        }
    }

    /// Whether they excite, and the efficacies (mV, without their sign) of those that stand at `row`.
    pub fn efficacies(&self, row: Range<usize>) -> (bool, &[f64]) {
        (self.excites, &self.efficacies[row])
    }

    /// All of them as they are now, counted in their populations.
    pub fn synapses(&self) -> EdgeList {
        let Afferents { starts, synapses } = &*self.afferents;
        let sign = if self.excites { 1.0 } else { -1.0 };
        let mut list = EdgeList::default();
        for (n, bounds) in starts.windows(2).enumerate() {
            for &(place, sender) in &synapses[bounds[0] as usize..bounds[1] as usize] {
                let ends = (sender as usize, self.place.block.start + n);
                list.push(ends, sign * self.efficacies[place as usize], self.place.delay);
            }
        }
        list
    }

    /// Lets efficacies change from now on, or no longer.
    pub fn switch(&mut self, on: bool) {
        self.on = on;
    }

    /// Moves the origin of all traces `u` ms on.
    pub fn roll(&mut self, u: f64) {
        for (traces, taus) in
            [(&mut self.arrivals, self.law.tau_pre), (&mut self.spikes, self.law.tau_post)]
        {
            for (trace, tau) in traces.iter_mut().zip(taus) {
                let decay = libm::exp(-u / tau);
                for value in trace {
                    let later = *value * decay;
                    *value = if later < NOTHING { 0.0 } else { later };
                }
            }
        }
    }

    /// A spike of `sender` has been delivered at `s` to the synapses `part`, which stand at `row`.
    pub fn arrive(&mut self, sender: usize, (row, part): (Range<usize>, &Part), s: f64) {
        let Law { tau_pre, tau_post, .. } = self.law;
        if self.on {
            let fast = libm::exp(-s / tau_post[0]);
            let slow =
                self.arrivals[1].get(sender).map_or(0.0, |r2| r2 * libm::exp(-s / tau_pre[1]));
            for (w, synapse) in self.efficacies[row].iter_mut().zip(part.words) {
                let n = usize::from(*synapse);
                *w = self.law.after_arrival(*w, self.spikes[0][n] * fast, slow);
            }
        }
        jump(&mut self.arrivals, sender, tau_pre, s);
    }

    /// Neuron `n` has fired at `s`.
    pub fn fire(&mut self, n: usize, s: f64) {
        let Law { tau_pre, tau_post, .. } = self.law;
        if self.on {
            let fast = libm::exp(-s / tau_pre[0]);
            let slow = self.spikes[1].get(n).map_or(0.0, |o2| o2 * libm::exp(-s / tau_post[1]));
            let Afferents { starts, synapses } = &*self.afferents;
            for &(place, sender) in &synapses[starts[n] as usize..starts[n + 1] as usize] {
                let w = &mut self.efficacies[place as usize];
                *w = self.law.after_spike(*w, self.arrivals[0][sender as usize] * fast, slow);
            }
        }
        jump(&mut self.spikes, n, tau_post, s);
    }
}

/// Lets both traces of `of` jump by 1 at `s`.
fn jump(traces: &mut [Vec<f64>; 2], of: usize, taus: [f64; 2], s: f64) {
    for (trace, tau) in traces.iter_mut().zip(taus) {
        trace.get_mut(of).into_iter().for_each(|value| *value += libm::exp(s / tau));
    }
}
