//! A block: some hundred neurons of one population with all that they need to run through a window alone.
//!
//! A block owns the synapses onto its neurons, its external input and its event queues. In a window no block
//! depends on another, so threads may share the blocks out in any way, and every neuron sees the
//! same sequence of floating-point operations.
//!
//! Events of one instant are taken in this order: threshold crossings, ends of refractoriness, external
//! arrivals, arrivals through synapses by sender. All synapses of an arriving spike act before any
//! threshold is tested.

use super::kick::Kick;
use super::lif::Course;
use super::looks::Looks;
use super::membrane::Membrane;
use super::poisson::Poisson;
use super::row::Addition;
use crate::synapse::{BLOCK, Rows};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many arrivals ahead the place of a row, and the row itself, are asked for: memory is some 100 ns away,
/// about as far as one arrival's work.
const STARTS_AHEAD: usize = 6;
const ROWS_AHEAD: usize = 2;

/// More spikes than this, per neuron and window, mean that the network's activity grows without bound.
const DIVERGENCE: usize = 1000;

/// An arrival of a spike in the current window.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// ms from the start of the window.
    pub offset: f64,
    /// The neuron that spiked, in its population.
    pub sender: u32,
    /// Index of the (population, delay) along which it arrives.
    pub route: u32,
}

/// The synapses of one projection onto the block.
#[derive(Clone, Debug)]
pub struct Pathway {
    pub route: u32,
    pub port: usize,
    pub rows: Rows,
}

/// External spikes of one kind.
#[derive(Clone, Copy, Debug)]
pub struct External {
    pub port: usize,
    /// mV.
    pub efficacy: f64,
}

type PerNeuron<T> = Box<[T; BLOCK]>;

/// A block of neurons and its state.
#[derive(Debug)]
pub struct Block {
    membrane: Arc<Membrane>,
    neurons: usize,
    /// (upper bound of V until the window ends, V - V_inf at its start); the latter is minus infinity, which
    /// absorbs every arrival, while a neuron is refractory.
    lead: PerNeuron<[f64; 2]>,
    /// I_r at the start of the window, by port.
    currents: Vec<PerNeuron<f64>>,
    v_inf: Vec<f64>,
    looks: Looks,
    /// (absolute time, neuron) of the ends of refractory periods, in order.
    releases: VecDeque<(f64, u16)>,
    pathways: Vec<Pathway>,
    /// Pathways of every route.
    routes: Vec<Vec<usize>>,
    external: Option<External>,
    poisson: Poisson,
    /// External arrivals of the window, what they add, and the first that has not been delivered.
    arrivals: Vec<(f64, u16)>,
    kicks: Vec<Kick>,
    next_external: usize,
    next_arrival: usize,
    /// Absolute times of the window's start and end.
    start: f64,
    end: f64,
    /// How far the window has run.
    elapsed: f64,
    /// Spikes since they were last taken: (absolute time, neuron).
    pub spikes: Vec<(f64, u16)>,
    spikes_in_window: usize,
    pub synaptic_events: u64,
    pub external_events: u64,
    /// Targets of an arrival whose bound exceeds the bar.
    suspects: Vec<u16>,
    scratch: Vec<f64>,
}

fn per_neuron<T: Copy>(value: T) -> PerNeuron<T> {
    vec![value; BLOCK].into_boxed_slice().try_into().ok().expect("the length is BLOCK")
}

impl Block {
    /// A block of neurons at rest potentials `v` (mV), without input from outside yet.
    pub fn new(
        membrane: Arc<Membrane>,
        v: &[f64],
        pathways: Vec<Pathway>,
        routes: usize,
        external: Option<External>,
        poisson: Poisson,
    ) -> Self {
        let mut lead = per_neuron([f64::NEG_INFINITY; 2]);
        v.iter().zip(lead.iter_mut()).for_each(|(v, lead)| lead[1] = *v);
        let mut by_route = vec![Vec::new(); routes];
        for (k, pathway) in pathways.iter().enumerate() {
            by_route[pathway.route as usize].push(k);
        }
        Self {
            neurons: v.len(),
            lead,
            currents: membrane.ports.iter().map(|_| per_neuron(0.0)).collect(),
            v_inf: vec![0.0; v.len()],
            looks: Looks::none(v.len()),
            releases: VecDeque::new(),
            pathways,
            routes: by_route,
            external,
            poisson,
            arrivals: Vec::new(),
            kicks: Vec::new(),
            next_external: 0,
            next_arrival: 0,
            start: 0.0,
            end: 0.0,
            elapsed: 0.0,
            spikes: Vec::new(),
            spikes_in_window: 0,
            synaptic_events: 0,
            external_events: 0,
            suspects: Vec::new(),
            scratch: vec![0.0; membrane.ports.len()],
            membrane,
        }
    }

    /// Holds these V_inf (mV) and external rates (Hz) from now on; a new window begins here.
    pub fn drive(&mut self, v_inf: &[f64], rates: &[f64]) {
        self.roll();
        for (n, &new) in v_inf.iter().enumerate() {
            self.lead[n][1] += self.v_inf[n] - new;
            self.v_inf[n] = new;
        }
        self.poisson.set_rates(rates);
    }

    /// Begins the window from `start` to `end` (absolute, ms).
    pub fn begin(&mut self, start: f64, end: f64) {
        self.roll();
        self.start = start;
        self.end = end;
        self.next_external = 0;
        self.next_arrival = 0;
        self.spikes_in_window = 0;
        self.looks.clear();
        if let Some(External { port, efficacy }) = self.external {
            self.poisson.draw(self.membrane.window, &mut self.arrivals);
            let table = &self.membrane.ports[port].kicks;
            self.kicks.clear();
            self.kicks.extend(self.arrivals.iter().map(|(s, _)| table.at(*s).times(efficacy)));
        }
        let membrane = Arc::clone(&self.membrane);
        let mut suspects = std::mem::take(&mut self.suspects);
        self.bound_all(&membrane, &mut suspects);
        for n in suspects.drain(..) {
            self.examine(usize::from(n), 0.0);
        }
        self.suspects = suspects;
    }

    /// Bounds V of every neuron in the coming window: the larger of its two ends, plus what the curvature
    /// allows between them.
    fn bound_all(&mut self, membrane: &Membrane, suspects: &mut Vec<u16>) {
        let mut end = [0.0; BLOCK];
        let mut bump = [0.0; BLOCK];
        let rate = 1.0 / membrane.lif.tau_m;
        let bump_m = membrane.window * membrane.window / 8.0 * rate * rate;
        for (n, lead) in self.lead.iter().enumerate() {
            end[n] = lead[1] * membrane.decay_m;
            bump[n] = (-lead[1]).max(0.0) * bump_m;
        }
        for (port, currents) in membrane.ports.iter().zip(&self.currents) {
            for (n, current) in currents.iter().enumerate() {
                end[n] += current * port.response;
                bump[n] += current.abs() * port.bump;
            }
        }
        for (n, v_inf) in self.v_inf.iter().enumerate() {
            let a = self.lead[n][1];
            let bound = v_inf + a.max(end[n]) + bump[n];
            self.lead[n][0] = if a == f64::NEG_INFINITY { a } else { bound };
            if self.lead[n][0] > membrane.bar {
                suspects.push(n as u16);
            }
        }
    }

    /// Moves the origin of all coefficients from the start of the window to the time reached in it.
    fn roll(&mut self) {
        let u = self.elapsed;
        self.elapsed = 0.0;
        if u == 0.0 {
            return;
        }
        let membrane = &self.membrane;
        let whole = u == membrane.window;
        let decay_m = if whole { membrane.decay_m } else { libm::exp(-u / membrane.lif.tau_m) };
        for lead in self.lead.iter_mut() {
            lead[1] *= decay_m;
        }
        for (r, currents) in self.currents.iter_mut().enumerate() {
            let port = &membrane.ports[r];
            let (response, decay) = match whole {
                true => (port.response, port.decay),
                false => membrane.lif.response(r, u, decay_m),
            };
            for (current, lead) in currents.iter_mut().zip(self.lead.iter_mut()) {
                lead[1] += *current * response;
                *current *= decay;
            }
        }
    }

    /// Runs on to `pause` (absolute, ms), exclusive, or to the end of the window if that is earlier.
    ///
    /// What happens before a pause is decided by absolute times, which are what a recording sees.
    pub fn run_until(&mut self, pause: f64, arrivals: &[Arrival]) {
        while let Some(arrival) = arrivals.get(self.next_arrival)
            && self.start + arrival.offset < pause
        {
            if let Some(soon) = arrivals.get(self.next_arrival + STARTS_AHEAD) {
                self.routes[soon.route as usize]
                    .iter()
                    .for_each(|&k| self.pathways[k].rows.prefetch_start(soon.sender as usize));
            }
            if let Some(next) = arrivals.get(self.next_arrival + ROWS_AHEAD) {
                self.routes[next.route as usize]
                    .iter()
                    .for_each(|&k| self.pathways[k].rows.prefetch_row(next.sender as usize));
            }
            if !self.routes[arrival.route as usize].is_empty() {
                self.run_own(arrival.offset, pause);
                self.deliver(arrival);
            }
            self.next_arrival += 1;
        }
        self.run_own(self.membrane.window, pause);
        self.elapsed = (pause - self.start).min(self.membrane.window);
    }

    /// True if the block's activity grows without bound.
    pub fn diverges(&self) -> bool {
        self.spikes_in_window > DIVERGENCE * self.neurons
    }

    /// Takes the block's own events up to `until` (from the window's start) inclusive, but before `pause`.
    fn run_own(&mut self, until: f64, pause: f64) {
        let port = self.external.map_or(0, |e| e.port);
        let mut own = self.next_own();
        while let Some(&(s, n)) = self.arrivals.get(self.next_external)
            && s <= until
            && self.start + s < pause
        {
            while own <= s {
                self.take_own();
                own = self.next_own();
            }
            let kick = &self.kicks[self.next_external];
            self.next_external += 1;
            self.external_events += 1;
            let n = usize::from(n) & (BLOCK - 1);
            let lead = &mut self.lead[n];
            lead[0] += kick.lead[0];
            lead[1] += kick.lead[1];
            self.currents[port][n] += kick.current;
            if lead[0] > self.membrane.bar {
                self.examine(n, s);
                own = self.next_own();
            }
        }
        while own <= until && self.start + own < pause && own < self.membrane.window {
            self.take_own();
            own = self.next_own();
        }
    }

    /// Time of the next look or end of refractoriness, from the start of the window.
    fn next_own(&mut self) -> f64 {
        let look = self.looks.next().map_or(f64::INFINITY, |(time, _)| time);
        look.min(self.next_release())
    }

    fn next_release(&self) -> f64 {
        self.releases.front().map_or(f64::INFINITY, |(time, _)| (time - self.start).max(0.0))
    }

    /// Takes the event that [`Block::next_own`] announced.
    fn take_own(&mut self) {
        let release = self.next_release();
        match self.looks.next() {
            Some((s, n)) if s <= release => self.look(n, s),
            _ => {
                if let Some((_, n)) = self.releases.pop_front() {
                    self.release(usize::from(n), release);
                }
            }
        }
    }

    fn fire(&mut self, n: usize, s: f64) {
        // Rounding must not move a spike into the next window.
        let time = (self.start + s).min(self.end.next_down());
        self.spikes.push((time, n as u16));
        self.spikes_in_window += 1;
        self.looks.cancel(n);
        self.lead[n] = [f64::NEG_INFINITY; 2];
        if self.diverges() {
            return;
        }
        if self.membrane.lif.t_ref == 0.0 {
            self.release(n, s);
        } else {
            self.releases.push_back((time + self.membrane.lif.t_ref, n as u16));
        }
    }

    /// Ends a refractory period: V(s) = V_reset given the currents of this moment.
    fn release(&mut self, n: usize, s: f64) {
        let lif = &self.membrane.lif;
        let decay_m = libm::exp(-s / lif.tau_m);
        let mut v = lif.v_reset - self.v_inf[n];
        for (r, currents) in self.currents.iter().enumerate() {
            v -= currents[n] * lif.response(r, s, decay_m).0;
        }
        self.lead[n][1] = v / decay_m;
        self.examine(n, s);
    }

    /// Delivers a spike to all its targets in the block, then tests their thresholds.
    fn deliver(&mut self, arrival: &Arrival) {
        let membrane = Arc::clone(&self.membrane);
        let mut suspects = std::mem::take(&mut self.suspects);
        for &k in &self.routes[arrival.route as usize] {
            let Pathway { port, rows, .. } = &self.pathways[k];
            let mut addition = Addition {
                lead: &mut self.lead,
                current: &mut self.currents[*port],
                bar: membrane.bar,
                suspects: &mut suspects,
            };
            let kick = membrane.ports[*port].kicks.at(arrival.offset);
            let synapses = addition.deliver(rows, arrival.sender as usize, kick);
            self.synaptic_events += synapses as u64;
        }
        for n in suspects.drain(..) {
            self.examine(usize::from(n), arrival.offset);
        }
        self.suspects = suspects;
    }

    /// The free course of neuron `n` from `s` on, with its currents in `scratch`, and V at the window's end
    /// less V_inf.
    fn course(&mut self, n: usize, s: f64) -> (f64, f64) {
        let membrane = &self.membrane;
        let decay_m = libm::exp(-s / membrane.lif.tau_m);
        let mut a = self.lead[n][1] * decay_m;
        let mut end = self.lead[n][1] * membrane.decay_m;
        for (r, currents) in self.currents.iter().enumerate() {
            let (response, decay) = membrane.lif.response(r, s, decay_m);
            a += currents[n] * response;
            end += currents[n] * membrane.ports[r].response;
            self.scratch[r] = currents[n] * decay;
        }
        (a, end)
    }

    /// Renews the bound of neuron `n` at `s`. If it may cross threshold before the window ends, a look at it is
    /// planned for a time before which it certainly does not.
    #[cold]
    fn examine(&mut self, n: usize, s: f64) {
        let (a, end) = self.course(n, s);
        let membrane = &self.membrane;
        let course = Course { v_inf: self.v_inf[n], a, currents: &self.scratch };
        let rest = membrane.window - s;
        let bound = course.v_inf + a.max(end) + rest * rest / 8.0 * membrane.lif.bend(course);
        self.looks.cancel(n);
        if bound <= membrane.bar {
            self.lead[n][0] = bound;
            return;
        }
        self.plan(n, s, membrane.lif.earliest_crossing(course), rest);
    }

    /// Plans a look at neuron `n`, `u` ms after `s`, if the window does not end before.
    fn plan(&mut self, n: usize, s: f64, u: f64, rest: f64) {
        if u < rest && s + u < self.membrane.window {
            self.lead[n][0] = f64::INFINITY;
            self.looks.plan(n, s + u);
        } else {
            // V stays below theta, but any further excitation must be examined.
            self.lead[n][0] = self.membrane.bar;
        }
    }

    /// Looks at neuron `n` at `s`: it fires now, or its crossing is solved and planned.
    fn look(&mut self, n: usize, s: f64) {
        let (a, _) = self.course(n, s);
        let lif = &self.membrane.lif;
        let course = Course { v_inf: self.v_inf[n], a, currents: &self.scratch };
        self.looks.cancel(n);
        let rest = self.membrane.window - s;
        let crossing = match lif.crosses_now(course) {
            true => 0.0,
            false => lif.first_crossing(course, rest).unwrap_or(f64::INFINITY),
        };
        // A crossing that is too near to be told from now is now.
        if s + crossing == s {
            self.fire(n, s);
        } else {
            self.plan(n, s, crossing, rest);
        }
    }
}
