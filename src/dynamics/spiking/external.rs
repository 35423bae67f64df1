//! External input: spikes that reach the neurons of a block from outside, one by one.

use super::emission::{Emission, Spikes};
use super::kick::{KickTable, SHARED};
use super::state::{BAR, State};
use crate::synapse::BLOCK;

/// External spikes of one kind.
#[derive(Debug)]
pub struct External {
    /// The port on which they act; none if they are delta synapses.
    pub port: Option<usize>,
    /// mV.
    pub efficacy: f64,
    pub emission: Emission,
    /// The spikes of the window; their times count from its start.
    spikes: Spikes,
    /// What they do: to the bound, to the departure, to the current. For neurons without currents the first is
    /// the growth e^{s/tau_m}, with which the threshold is compared.
    kicks: Vec<[f64; SHARED]>,
    /// The first that has not been delivered, and the first that lies behind the next pause.
    next: usize,
    pause: usize,
    pub delivered: u64,
    /// Absolute time of the window's start, ms.
    start: f64,
    /// What has been delivered since it was last taken, if that is wanted: (ms, neuron).
    pub record: Option<Vec<(f64, u16)>>,
}

impl External {
    /// Spikes of `efficacy` mV that act on `port`.
    pub fn new(port: Option<usize>, efficacy: f64, emission: Emission) -> Self {
        Self {
            port,
            efficacy,
            emission,
            spikes: Spikes::default(),
            kicks: Vec::new(),
            next: 0,
            pause: 0,
            delivered: 0,
            start: 0.0,
            record: None,
        }
    }

    /// Takes the spikes of the window from `start` to `end` (absolute, ms), and what they do to the neurons.
    pub fn begin<const F: usize>(&mut self, start: f64, end: f64, state: &State<F>) {
        self.start = start;
        self.emission.take(start, end, state.membrane.window, &mut self.spikes);
        // A difference of absolute times, so that a replay of recorded spikes is the same to the last bit.
        self.spikes.times.iter_mut().for_each(|time| *time -= start);
        self.next = 0;
        self.evaluate(state);
    }

    fn evaluate<const F: usize>(&mut self, state: &State<F>) {
        let membrane = &*state.membrane;
        let table: &KickTable<F> = match self.port {
            Some(port) => &membrane.ports[port].kicks,
            None => &membrane.jump,
        };
        let (efficacy, only_jumps) = (self.efficacy, membrane.only_jumps());
        let spikes = self.spikes.times.iter().zip(&self.spikes.neurons);
        self.kicks.clear();
        self.kicks.extend(spikes.map(|(&s, &n)| {
            let one = table.at(s);
            let departure = one.departure(membrane.place[usize::from(n) & (BLOCK - 1)]);
            let bound = if only_jumps { departure } else { efficacy.max(0.0) * one.bound() };
            [bound, efficacy * departure, efficacy * one.current()]
        }));
    }

    /// Lets [`External::deliver`] stop before `pause` (absolute, ms).
    pub fn stop_before(&mut self, pause: f64) {
        self.pause = self.spikes.neurons.len();
        if pause.is_finite() {
            self.pause =
                self.spikes.times[..self.pause].partition_point(|s| self.start + s < pause);
        }
    }

    /// Delivers the spikes before `limit`, until one makes a neuron suspect: returns it, and the time.
    pub fn deliver<const F: usize>(
        &mut self,
        limit: f64,
        state: &mut State<F>,
    ) -> Option<(usize, f64)> {
        let State { membrane, lead, currents, .. } = state;
        let tests = self.efficacy > 0.0;
        match self.port {
            None if membrane.only_jumps() => self.each(limit, |n, [growth, departure, _]| {
                lead[n].departure += departure;
                lead[n].departure >= lead[n].bound * growth
            }),
            None => self.each(limit, |n, [bound, departure, _]| {
                lead[n].bound += bound;
                lead[n].departure += departure;
                tests && lead[n].bound > BAR
            }),
            Some(port) => {
                let currents = &mut currents[port];
                self.each(limit, |n, [bound, departure, current]| {
                    lead[n].bound += bound;
                    lead[n].departure += departure;
                    currents[n] += current;
                    tests && lead[n].bound > BAR
                })
            }
        }
    }

    /// Lets every spike before `limit` act on its neuron, until an action returns true.
    #[inline(always)]
    fn each(
        &mut self,
        limit: f64,
        mut act: impl FnMut(usize, [f64; SHARED]) -> bool,
    ) -> Option<(usize, f64)> {
        let rest = self.next..self.pause;
        let spikes = self.spikes.times[rest.clone()].iter().zip(&self.spikes.neurons[rest.clone()]);
        let mut number = 0;
        let mut suspect = None;
        for ((&s, &n), &kick) in spikes.zip(&self.kicks[rest.clone()]) {
            if s >= limit {
                break;
            }
            number += 1;
            let n = usize::from(n) & (BLOCK - 1);
            if act(n, kick) {
                suspect = Some((n, s));
                break;
            }
        }
        if let Some(record) = &mut self.record {
            let taken = rest.start..rest.start + number;
            let spikes = self.spikes.times[taken.clone()].iter().zip(&self.spikes.neurons[taken]);
            record.extend(spikes.map(|(s, n)| (self.start + s, *n)));
        }
        self.next += number;
        self.delivered += number as u64;
        suspect
    }
}
