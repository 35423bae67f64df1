//! The state of a block's neurons, as coefficients that change at events only.
//!
//! Within a window that began at time 0, and until something arrives,
//!
//! ```text
//! V(s) = V_inf + (V(0) - V_inf) e^{-s/tau_m} + sum_r i_r(0) G_r(s)
//! ```
//!
//! with currents i_r = I_r/tau_m in mV/ms and their responses G_r (see `kick`). Where the threshold moves, V is V - h
//! throughout (see `after_spike`).

use super::currents::{Currents, Standing};
use super::kick::Lead;
use super::lif::Lif;
use super::membrane::{Membrane, PerNeuron, per_neuron};
use super::passes::{self, TRACE};
use crate::tape::{OnTape, Tape, is_moderate};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

/// What has been added to the coefficients of a neuron before its time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Early {
    /// mV.
    pub departure: f64,
    /// mV/ms, of a port.
    pub current: f64,
    pub port: Option<usize>,
}

/// The state of the neurons of a block.
#[derive(Clone, Debug)]
pub struct State<const F: usize> {
    pub membrane: Arc<Membrane<F>>,
    pub neurons: usize,
    pub lead: PerNeuron<Lead>,
    pub currents: Currents,
    v_inf: PerNeuron<f64>,
    /// V_inf - theta; where neurons fire at random, V_inf less the ceiling that V does not exceed without notice.
    surplus: PerNeuron<f64>,
    /// How high the threshold is raised at the start of the window, mV; nothing of thresholds that do not move.
    raised: Vec<f64>,
}

/// Neurons that enter a window together: what is known of them stays in the first-level cache.
const TOGETHER: usize = 512;

/// Of each V - V_inf when a window is entered and, if nothing arrives, at its end; and how much higher than both V may be in
/// between, above V_inf - theta.
type Scratch = [[f64; TOGETHER]; 3];

thread_local! {
    /// One for all blocks that a thread runs.
    static SCRATCH: RefCell<Scratch> = const { RefCell::new([[0.0; TOGETHER]; 3]) };
}

/// There are more places than neurons.
impl<const F: usize> OnTape for State<F> {
    fn pass(&mut self, tape: &mut Tape) {
        let Self { membrane: _, neurons, lead, currents, v_inf, surplus, raised } = self;
        lead[..*neurons].pass(tape);
        v_inf[..*neurons].pass(tape);
        surplus[..*neurons].pass(tape);
        raised[..].pass(tape);
        currents.pass(*neurons, tape);
        let raised = self.raised.iter().all(|raised| is_moderate(*raised));
        tape.require(raised && (0..self.neurons).all(|n| self.is_possible(n)));
    }
}

impl<const F: usize> State<F> {
    /// Neurons at potentials `v` (mV); the currents of these pairs of ports stand side by side.
    pub fn new(membrane: Arc<Membrane<F>>, v: &[f64], pairs: &[[usize; 2]]) -> Self {
        let room = membrane.room;
        let nowhere = Lead { bound: f64::INFINITY, departure: f64::NEG_INFINITY };
        let mut lead = per_neuron(room, nowhere);
        v.iter().zip(lead.iter_mut()).for_each(|(v, lead)| lead.departure = *v);
        Self {
            neurons: v.len(),
            lead,
            currents: Currents::none(membrane.ports.len(), pairs, room),
            v_inf: per_neuron(room, 0.0),
            surplus: per_neuron(room, 0.0),
            raised: membrane.moving_threshold().map_or(Vec::new(), |_| vec![0.0; v.len()]),
            membrane,
        }
    }

    /// Whether neuron `n` can be in this state: numbers, but for a bound that is none, and a refractory neuron.
    fn is_possible(&self, n: usize) -> bool {
        let Lead { bound, departure } = self.lead[n];
        let refractory = self.is_silent(n);
        // A ceiling may be infinite, and V is below it by as much.
        let ceiled = |x: f64| is_moderate(x) || (self.membrane.escapes() && x.is_infinite());
        let bounded = if refractory && !self.membrane.only_jumps() {
            bound == f64::NEG_INFINITY
        } else {
            ceiled(bound) || bound == f64::INFINITY
        };
        bounded
            && (refractory || is_moderate(departure))
            && is_moderate(self.v_inf[n])
            && ceiled(self.surplus[n])
            && self.currents.are_possible(n)
    }

    /// Adds these currents (mV) to V_inf from now on, at the start of a window.
    pub fn drive(&mut self, currents: &[f64]) {
        for (n, current) in currents.iter().enumerate() {
            let new = self.membrane.v_inf(n) + current;
            let lif = self.membrane.lif(n);
            let departure = self.lead[n].departure + (self.v_inf[n] - new);
            // V has not reached theta, and rounding must not take it there.
            let theta = lif.theta - new;
            let below = theta.next_down().min(theta - TRACE);
            let most = if self.membrane.escapes() { f64::INFINITY } else { below };
            self.lead[n].departure = departure.min(most);
            self.v_inf[n] = new;
            self.surplus[n] = new - lif.theta;
            if self.membrane.only_jumps() {
                // e^{s/tau_m} is at most e^{window/tau_m}.
                let stretch =
                    if self.surplus[n] < 0.0 { 1.0 } else { 1.0 / self.membrane.decay_m[n] };
                self.lead[n].bound = -self.surplus[n] * stretch;
            }
        }
    }

    /// Whether V_inf and theta are what these currents (mV) make of them.
    pub fn is_driven_by(&self, currents: &[f64]) -> bool {
        currents.iter().enumerate().all(|(n, current)| {
            let v_inf = self.membrane.v_inf(n) + current;
            let surplus = v_inf - self.membrane.lif(n).theta;
            self.v_inf[n] == v_inf && (self.membrane.escapes() || self.surplus[n] == surplus)
        })
    }

    /// Lets the neurons be examined where V - theta may exceed these (mV), at the start of a window.
    pub fn watch(&mut self, ceilings: &[f64]) {
        ceilings.iter().enumerate().for_each(|(n, ceiling)| self.lay(n, *ceiling));
    }

    /// Lets neuron `n` be examined where V - theta may exceed `ceiling` (mV); its bound is to be renewed.
    pub fn lay(&mut self, n: usize, ceiling: f64) {
        self.surplus[n] = self.v_inf[n] - self.lif(n).theta - ceiling;
    }

    /// Moves the origin of all coefficients `u` ms on.
    pub fn roll(&mut self, u: f64) {
        if u == 0.0 {
            return;
        }
        for n in 0..self.neurons {
            let lif = self.membrane.lif(n);
            let decay_m = libm::exp(-u / lif.tau_m);
            self.lead[n].departure = self.lead[n].departure * decay_m - TRACE;
            for r in 0..self.currents.ports() {
                let (response, decay) = lif.response(r, u, decay_m);
                let current = self.currents.at_mut(r, n);
                self.lead[n].departure += *current * lif.tau_m * response;
                *current = *current * decay - TRACE;
            }
        }
        self.lower(u);
    }

    /// Lets raised thresholds fall for `u` ms.
    fn lower(&mut self, u: f64) {
        if let Some(moving) = self.membrane.moving_threshold() {
            let decay = libm::exp(-u / moving.tau);
            for raised in &mut self.raised {
                let later = *raised * decay;
                *raised = if later < TRACE { 0.0 } else { later };
            }
        }
    }

    /// Enters a window, which with `roll` follows a whole one, bounds V of every neuron in it, and tells which may
    /// cross.
    ///
    /// A bound is the larger of V's two ends, plus what the curvature allows between them.
    pub fn enter(&mut self, roll: bool, suspects: &mut Vec<u16>) {
        if roll {
            self.lower(self.membrane.window);
        }
        SCRATCH.with_borrow_mut(|scratch| {
            for first in (0..self.neurons).step_by(TOGETHER) {
                let some = first..self.neurons.min(first + TOGETHER);
                self.bound_some(roll, some, scratch, suspects);
            }
        });
    }

    fn bound_some(
        &mut self,
        roll: bool,
        some: Range<usize>,
        scratch: &mut Scratch,
        suspects: &mut Vec<u16>,
    ) {
        let membrane = &*self.membrane;
        let [departures, ends, bumps] = scratch.each_mut().map(|room| &mut room[..some.len()]);
        let leads = &mut self.lead[some.clone()];
        for (departure, lead) in departures.iter_mut().zip(leads.iter()) {
            *departure = lead.departure;
        }
        if roll {
            passes::decay::<F>(departures, &membrane.decay_m[some.clone()]);
            for (k, own) in self.currents.in_order() {
                let port =
                    |k: usize| (&membrane.ports[k].response[some.clone()], membrane.ports[k].decay);
                let (response, decay) = port(k);
                match own {
                    Standing::Alone(own) => {
                        passes::roll::<F>(departures, &mut own[some.clone()], response, decay);
                    }
                    Standing::Both(both) => {
                        let (other, later) = port(k + 1);
                        let both = &mut both[some.clone()];
                        passes::roll_both::<F>(departures, both, [response, other], [decay, later]);
                    }
                }
            }
        }
        if membrane.only_jumps() {
            passes::wait(departures, leads, some.start, suspects);
            return;
        }
        passes::end::<F>(departures, &membrane.decay_m[some.clone()], ends);
        passes::bump(departures, &self.surplus[some.clone()], membrane.bump, bumps);
        for (k, own) in self.currents.in_order() {
            let port =
                |k: usize| (&membrane.ports[k].response[some.clone()], membrane.ports[k].bump);
            let (response, bump) = port(k);
            match own {
                Standing::Alone(own) => {
                    passes::drive::<F>(&own[some.clone()], response, bump, ends, bumps);
                }
                Standing::Both(both) => {
                    let (other, more) = port(k + 1);
                    let (both, responses) = (&both[some.clone()], [response, other]);
                    passes::drive_both::<F>(both, responses, [bump, more], ends, bumps);
                }
            }
        }
        passes::bound(departures, ends, bumps, leads, some.start, suspects);
    }

    /// The neuron `n`.
    pub fn lif(&self, n: usize) -> Lif<'_> {
        self.membrane.lif(n)
    }

    /// V - V_inf of neuron `n` at `s` and, if nothing arrives, at the window's end; its currents I_r at `s` (mV) are
    /// written to `now`.
    pub fn departure(&self, n: usize, s: f64, now: &mut [f64]) -> (f64, f64) {
        let lif = self.membrane.lif(n);
        let departure = self.lead[n].departure;
        let mut end = departure * self.membrane.decay_m[n];
        let decay_m = if s == 0.0 { 1.0 } else { libm::exp(-s / lif.tau_m) };
        let mut a = departure * decay_m;
        for (r, now) in now.iter_mut().enumerate() {
            let first = self.currents.at(r, n);
            let current = first * lif.tau_m;
            let (response, decay) = if s == 0.0 { (0.0, 1.0) } else { lif.response(r, s, decay_m) };
            a += current * response;
            end += first * self.membrane.ports[r].response[n];
            *now = current * decay;
        }
        (a, end)
    }

    /// By how much the threshold of neuron `n` is raised at `s`, mV.
    pub fn raised(&self, n: usize, s: f64) -> f64 {
        self.membrane
            .moving_threshold()
            .map_or(0.0, |moving| self.raised[n] * libm::exp(-s / moving.tau))
    }

    /// V of neuron `n` at `s`, without what came `early`; the currents I_r of its ports at `s` (mV) are written to `now`.
    pub fn potential(&self, n: usize, s: f64, early: Early, now: &mut [f64]) -> f64 {
        let lif = self.membrane.lif(n);
        let decay_m = libm::exp(-s / lif.tau_m);
        let refractory = self.is_silent(n);
        let mut a = (self.lead[n].departure - early.departure) * decay_m;
        for (r, now) in now.iter_mut().enumerate() {
            let added = if early.port == Some(r) { early.current } else { 0.0 };
            let current = (self.currents.at(r, n) - added) * lif.tau_m;
            let (response, decay) = if s == 0.0 { (0.0, 1.0) } else { lif.response(r, s, decay_m) };
            a += current * response;
            *now = current * decay;
        }
        if refractory { lif.v_reset } else { self.v_inf[n] + a + self.raised(n, s) }
    }

    pub fn v_inf(&self, n: usize) -> f64 {
        self.v_inf[n]
    }

    /// V_inf - theta of neuron `n`.
    pub fn surplus(&self, n: usize) -> f64 {
        self.surplus[n]
    }

    /// True if V of a neuron without currents is at theta or above at `s`.
    pub fn is_over(&self, n: usize, s: f64) -> bool {
        let growth = self.membrane.jump.table.at(s).departure(self.membrane.place[n]);
        self.lead[n].departure >= -self.surplus[n] * growth
    }

    /// Whether nothing acts on V of neuron `n`, which is refractory.
    pub fn is_silent(&self, n: usize) -> bool {
        self.lead[n].departure == f64::NEG_INFINITY
    }

    /// From now on nothing acts on V of neuron `n`.
    pub fn silence(&mut self, n: usize) {
        self.lead[n].departure = f64::NEG_INFINITY;
        if !self.membrane.only_jumps() {
            self.lead[n].bound = f64::NEG_INFINITY;
        }
    }

    /// Lets the spike of neuron `n` at `s` act on the neuron itself.
    pub fn adapt(&mut self, n: usize, s: f64) {
        let leak = 1.0 / self.lif(n).tau_m;
        if let Some(own) = self.membrane.adaptation() {
            *self.currents.at_mut(own.port, n) -= own.since_start(s) * leak;
        }
        if let Some(own) = self.membrane.moving_threshold() {
            let jump = own.since_start(s);
            *self.currents.at_mut(own.port, n) -= jump * (leak - 1.0 / own.tau);
            self.raised[n] += jump;
        }
    }

    /// Lets V(s) be V_reset, given the currents of this moment.
    pub fn reset(&mut self, n: usize, s: f64) {
        let lif = self.membrane.lif(n);
        let decay_m = libm::exp(-s / lif.tau_m);
        let mut v = lif.v_reset - self.raised(n, s) - self.v_inf[n];
        for r in 0..self.currents.ports() {
            v -= self.currents.at(r, n) * lif.tau_m * lif.response(r, s, decay_m).0;
        }
        self.lead[n].departure = v / decay_m;
    }
}
