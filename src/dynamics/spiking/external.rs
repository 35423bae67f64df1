//! External input: spikes that reach the neurons of a block from outside, one by one.
//!
//! There are nearly as many of them as of all other arrivals, but few matter one by one. All excitatory spikes of a
//! window are added to a neuron at once, at its beginning, if even so it certainly does not reach theta: what
//! is tested later is then too high a potential, and a neuron that passes the test with it does so without it. Only when
//! a neuron becomes suspect are the spikes that are still to come taken back, and then delivered in their time.

use super::emission::Emission;
use super::kick::SHARED;
use super::looks::Look;
use super::membrane::Kicks;
use super::state::{BAR, Early, State};
use super::trains::Trains;
use crate::random::Swift;
use crate::synapse::BLOCK;
use crate::tape::on_tape;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// External spikes of one kind.
#[derive(Clone, Debug)]
pub struct External {
    /// The port on which they act; none if they are delta synapses.
    port: Option<usize>,
    /// mV.
    efficacy: f64,
    pub emission: Emission,
    /// The spikes of the window; their times count from its start.
    trains: Trains,
    /// What each does to the departure and to the current, where it does something.
    kicks: [Vec<f64>; 2],
    /// What each does to the bound, at most: as if it arrived when the window begins.
    bound: f64,
    /// By neuron, the next spike in `trains` that has not been added; [`ALL_ADDED`] if all were added at once.
    next: Vec<u32>,
    /// The next spikes of neurons whose spikes are delivered in their time.
    queue: BinaryHeap<Reverse<Look>>,
    /// Absolute time of the window's start, and how far it has been run, ms.
    start: f64,
    reached: f64,
    /// Number of spikes in earlier windows.
    earlier: u64,
    /// What has been delivered since it was last taken, if that is wanted: (ms, neuron).
    pub record: Option<Vec<(f64, u16)>>,
}

const ALL_ADDED: u32 = u32::MAX;

on_tape!(External {
    emission, trains, kicks, bound, next, queue, start, reached, earlier;
    not port, efficacy, record
});

impl External {
    /// Spikes of `efficacy` mV that act on `port` of so many neurons.
    pub fn new(port: Option<usize>, efficacy: f64, emission: Emission, neurons: usize) -> Self {
        Self {
            port,
            efficacy,
            emission,
            trains: Trains::new(neurons),
            kicks: Default::default(),
            bound: 0.0,
            next: vec![ALL_ADDED; neurons],
            queue: BinaryHeap::new(),
            start: 0.0,
            reached: 0.0,
            earlier: 0,
            record: None,
        }
    }

    /// The same input, after the end of a window; what is drawn comes from `random`, and nothing has been delivered yet.
    pub fn renewed(self, random: Vec<Swift>) -> Self {
        let Self { port, efficacy, mut emission, next, .. } = self;
        emission.reseed(random);
        Self::new(port, efficacy, emission, next.len())
    }

    /// Draws or reads the spikes of the window from `start` to `end` (absolute, ms), and adds them to the neurons
    /// that they do not make suspect; the others are told.
    pub fn begin<const F: usize>(
        &mut self,
        start: f64,
        end: f64,
        state: &mut State<F>,
        suspects: &mut Vec<u16>,
    ) {
        self.earlier = self.delivered();
        self.queue.clear();
        let length = state.membrane.window;
        self.emission.take([start, end], length, &mut self.trains);
        (self.start, self.reached) = (start, start);
        self.evaluate(state);
        self.add_all(state, suspects);
    }

    /// What every spike does to its neuron.
    fn evaluate<const F: usize>(&mut self, state: &State<F>) {
        let membrane = &*state.membrane;
        let Kicks { table, series } = match self.port {
            Some(port) => &membrane.ports[port].kicks,
            None => &membrane.jump,
        };
        let times = self.trains.times();
        let [departures, currents] = &mut self.kicks;
        self.bound = self.efficacy.max(0.0) * table.at(0.0).bound();
        if self.port.is_some() {
            series[1].evaluate(self.efficacy, times, currents);
        }
        if F == SHARED {
            series[0].evaluate(self.efficacy, times, departures);
        } else {
            departures.clear();
            let grid = series[0].grid(self.efficacy);
            departures.extend(self.trains.all().map(|(s, n)| {
                let place = membrane.place[usize::from(n) & (BLOCK - 1)];
                grid.round(self.efficacy * table.at(s).departure(place))
            }));
        }
    }

    fn add_all<const F: usize>(&mut self, state: &mut State<F>, suspects: &mut Vec<u16>) {
        let State { membrane, lead, currents, .. } = state;
        let (only_jumps, inhibits) = (membrane.only_jumps(), self.efficacy < 0.0);
        self.next.fill(ALL_ADDED);
        for k in 0..self.trains.number() {
            let (n, train) = self.trains.train(k);
            let [departures, rises] = &self.kicks;
            let lead = &mut lead[n & (BLOCK - 1)];
            let departure = lead.departure + sum(&departures[train.clone()]);
            let suspect = if only_jumps {
                // Inhibition would lower V too soon.
                departure >= lead.bound || inhibits
            } else {
                lead.bound += train.len() as f64 * self.bound;
                lead.bound > BAR
            };
            if suspect {
                self.sort(n);
                self.queue_up(n, train.start);
                suspects.push(n as u16);
                continue;
            }
            lead.departure = departure;
            if let Some(port) = self.port {
                currents[port][n & (BLOCK - 1)] += sum(&rises[train]);
            }
        }
    }

    /// Puts the train of neuron `n` in the order of time.
    fn sort(&mut self, n: usize) {
        let train = self.trains.of(n);
        let times = &mut self.trains.times_mut()[train.clone()];
        // A few spikes: insertion sort.
        for k in 1..times.len() {
            let mut at = k;
            while at > 0 && times[at - 1] > times[at] {
                times.swap(at - 1, at);
                for kicks in self.kicks.iter_mut().filter(|kicks| !kicks.is_empty()) {
                    kicks.swap(train.start + at - 1, train.start + at);
                }
                at -= 1;
            }
        }
    }

    /// Lets spike `k` be the next that is delivered to neuron `n`.
    fn queue_up(&mut self, n: usize, k: usize) {
        self.next[n] = k as u32;
        if k < self.trains.of(n).end {
            self.queue.push(Reverse(Look { time: self.trains.times()[k], neuron: n as u16 }));
        }
    }

    /// Takes back what has been added to neuron `n` before its time, and delivers it in its time: all spikes but
    /// those that are `past`.
    pub fn unravel<const F: usize>(
        &mut self,
        n: usize,
        past: impl Fn(f64) -> bool,
        state: &mut State<F>,
    ) {
        if self.next[n] != ALL_ADDED {
            return;
        }
        self.sort(n);
        let train = self.trains.of(n);
        let past = self.trains.times()[train.clone()].partition_point(|&time| past(time));
        let coming = train.start + past..train.end;
        self.queue_up(n, coming.start);
        self.take_back(n, coming, state);
    }

    /// What has been added to neuron `n` before its time: to its departure, and to a current.
    pub fn early(&self, n: usize) -> Early {
        let mut early = Early { port: self.port, ..Early::default() };
        if self.next[n] != ALL_ADDED {
            return early;
        }
        let train = self.trains.of(n);
        let coming = |k: &usize| self.start + self.trains.times()[*k] >= self.reached;
        for k in train.filter(coming) {
            early.departure += self.kicks[0][k];
            early.current += self.port.map_or(0.0, |_| self.kicks[1][k]);
        }
        early
    }

    fn take_back<const F: usize>(&mut self, n: usize, spikes: Range<usize>, state: &mut State<F>) {
        if spikes.is_empty() {
            return;
        }
        let sum = |kicks: &[f64]| sum(&kicks[spikes.clone()]);
        let [departures, rises] = &self.kicks;
        state.lead[n].departure -= sum(departures);
        if !state.membrane.only_jumps() {
            state.lead[n].bound -= spikes.len() as f64 * self.bound;
        }
        if let Some(port) = self.port {
            state.currents[port][n] -= sum(rises);
        }
    }

    /// Takes back all spikes that have been added and are still to come, because a new window begins.
    pub fn withdraw<const F: usize>(&mut self, state: &mut State<F>) {
        for n in 0..self.next.len() {
            if self.next[n] == ALL_ADDED {
                self.sort(n);
                let train = self.trains.of(n);
                let times = &self.trains.times()[train.clone()];
                let past = times.partition_point(|time| self.start + time < self.reached);
                self.take_back(n, train.start + past..train.end, state);
            }
        }
        self.earlier = self.delivered();
        let (start, reached) = (self.start, self.reached);
        let all = self.trains.all().map(|(s, n)| (start + s, n));
        self.emission.put_off(all.filter(|spike| spike.0 >= reached));
        self.trains = Trains::new(self.next.len());
        self.queue.clear();
    }

    /// When the next spike is delivered, from the start of the window.
    pub fn next(&self) -> f64 {
        self.queue.peek().map_or(f64::INFINITY, |Reverse(look)| look.time)
    }

    /// Delivers the next spike; returns its neuron if that has become suspect.
    pub fn deliver<const F: usize>(&mut self, state: &mut State<F>) -> Option<usize> {
        let Reverse(Look { neuron, .. }) = self.queue.pop()?;
        let n = usize::from(neuron);
        let k = self.next[n] as usize;
        self.queue_up(n, k + 1);
        let lead = &mut state.lead[n];
        lead.departure += self.kicks[0][k];
        if let Some(port) = self.port {
            state.currents[port][n] += self.kicks[1][k];
        }
        if state.membrane.only_jumps() {
            return (lead.departure >= lead.bound).then_some(n);
        }
        lead.bound += self.bound;
        (lead.bound > BAR).then_some(n)
    }

    /// Notes that the window has been run up to `pause` (absolute, ms), exclusive.
    pub fn reach(&mut self, pause: f64) {
        if let Some(record) = &mut self.record {
            let (start, reached) = (self.start, self.reached);
            let all = self.trains.all().map(|(s, n)| (start + s, n));
            record.extend(all.filter(|spike| spike.0 >= reached && spike.0 < pause));
        }
        self.reached = pause;
    }

    /// Number of spikes that have been delivered.
    pub fn delivered(&self) -> u64 {
        if self.reached == f64::INFINITY {
            return self.earlier + self.trains.spikes() as u64;
        }
        let past = self.trains.times().iter().filter(|s| self.start + **s < self.reached);
        self.earlier + past.count() as u64
    }
}

/// The sum of kicks, which are on a [`Grid`](super::series::Grid): exact, in whatever order.
#[inline]
fn sum(kicks: &[f64]) -> f64 {
    let mut sum = 0.0;
    kicks.iter().for_each(|kick| sum += kick);
    sum
}
