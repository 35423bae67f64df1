//! One neuron of the slow simulator, with all that arrives at it.

use super::{bisect, psp, summit};
use attractor::dynamics::spiking::{Escape, Hazard};
use attractor::synapse::{Kernel, Plasticity, Shape};
use attractor::units::Time;

pub const STEP: f64 = 0.05;

/// What happens when several spikes arrive at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// All are added before the threshold is tested: the rule.
    Together,
    /// The threshold is tested after every one of them: the mistake that tests must find.
    OneByOne,
}

pub struct Arrival {
    pub time: f64,
    /// Index of the current, or that of a delta synapse.
    pub current: usize,
    pub efficacy: f64,
    /// Which of the receiver's plastic synapses it is, whose own efficacy multiplies the other.
    pub learner: Option<usize>,
}

/// A plastic synapse, each with all traces of its own.
pub struct Learner {
    pub rule: Plasticity,
    pub w: f64,
    /// Of arrivals and of spikes, each fast and slow, since `last`.
    pub r: [f64; 2],
    pub o: [f64; 2],
    pub last: f64,
}

impl Learner {
    pub fn new(rule: Plasticity, w: f64) -> Self {
        Self { rule, w, r: [0.0; 2], o: [0.0; 2], last: 0.0 }
    }

    pub fn advance(&mut self, time: f64) {
        let (taus_r, taus_o) = match self.rule {
            Plasticity::Pair(p) => ([p.tau_pre; 2], [p.tau_post; 2]),
            Plasticity::Triplet(t) => ([t.tau_plus, t.tau_x], [t.tau_minus, t.tau_y]),
            Plasticity::Inhibitory(i) => ([i.tau; 2], [i.tau; 2]),
        };
        let since = time - self.last;
        let decay = |value: &mut f64, tau: Time| *value *= (-since / tau.value()).exp();
        self.r.iter_mut().zip(taus_r).for_each(|(value, tau)| decay(value, tau));
        self.o.iter_mut().zip(taus_o).for_each(|(value, tau)| decay(value, tau));
        self.last = time;
    }

    pub fn change(&mut self, by: f64) {
        let (max, soft) = match self.rule {
            Plasticity::Pair(p) => (p.max.value(), p.soft),
            Plasticity::Triplet(t) => (t.max.value(), false),
            Plasticity::Inhibitory(i) => (i.max.value(), false),
        };
        let share = if !soft {
            1.0
        } else if by > 0.0 {
            1.0 - self.w / max
        } else {
            self.w / max
        };
        self.w = (self.w + by * share).max(0.0).min(max);
    }

    /// What arrives meets this efficacy.
    pub fn arrive(&mut self, time: f64, on: bool) -> f64 {
        self.advance(time);
        let (met, o) = (self.w, self.o);
        if on {
            self.change(match self.rule {
                Plasticity::Pair(p) => -p.depression.value() * o[0],
                Plasticity::Triplet(t) => {
                    -o[0] * (t.pair_depression.value() + t.triplet_depression.value() * self.r[1])
                }
                Plasticity::Inhibitory(i) => {
                    i.learning_rate.value()
                        * (o[0] - 2.0 * i.target.value() / 1000.0 * i.tau.value())
                }
            });
        }
        self.r.iter_mut().for_each(|r| *r += 1.0);
        met
    }

    pub fn spike(&mut self, time: f64, on: bool) {
        self.advance(time);
        let r = self.r[0];
        if on {
            self.change(match self.rule {
                Plasticity::Pair(p) => p.potentiation.value() * r,
                Plasticity::Triplet(t) => {
                    r * (t.pair_potentiation.value() + t.triplet_potentiation.value() * self.o[1])
                }
                Plasticity::Inhibitory(i) => i.learning_rate.value() * r,
            });
        }
        self.o.iter_mut().for_each(|o| *o += 1.0);
    }
}

/// A current that decays with a time constant; 0 of a delta synapse.
#[derive(Clone)]
pub struct Current {
    pub tau: f64,
    /// The jump at an arrival, in units of J tau_m.
    pub jump: f64,
    pub i: f64,
}

impl Current {
    /// f(t) = e^{-t/tau}/tau
    pub fn plain(tau: f64) -> Self {
        Self { tau, jump: 1.0 / tau, i: 0.0 }
    }
}

/// The currents of a kernel, shape by shape.
pub fn currents(kernel: &Kernel) -> Vec<Current> {
    let shapes = match kernel {
        Kernel::Plain(tau) => return vec![Current::plain(tau.value())],
        Kernel::Shaped(shape) => vec![*shape],
        Kernel::Several(shapes) => shapes.clone(),
    };
    let all: f64 = shapes.iter().map(|shape| shape.share).sum();
    let mut found = Vec::new();
    for Shape { decay, rise, share } in shapes {
        let decay = decay.value();
        match rise.map(|rise| rise.value()) {
            None => found.push(Current { jump: share / all / decay, ..Current::plain(decay) }),
            Some(rise) => {
                let jump = share / all / (decay - rise);
                found.push(Current { jump, ..Current::plain(decay) });
                found.push(Current { jump: -jump, ..Current::plain(rise) });
            }
        }
    }
    found
}

pub struct Neuron {
    pub tau_m: f64,
    pub theta: f64,
    pub v_reset: f64,
    pub t_ref: f64,
    /// V_inf without any stimulus, and with it.
    pub v_base: f64,
    pub v_inf: f64,
    /// V - V_inf: a V_inf at threshold is approached and not reached by rounding.
    pub departure: f64,
    /// Those of every projection, and of external spikes; those of delta synapses stay at 0.
    pub currents: Vec<Vec<Current>>,
    /// The adaptation current w and the raise h of the threshold: (tau, jump, value).
    pub adaptation: (f64, f64, f64),
    pub raise: (f64, f64, f64),
    pub refractory_until: f64,
    /// With escape noise its spikes are given, the next one last.
    pub escape: Option<Escape>,
    pub given: Vec<f64>,
    /// The integral of the hazard since the last spike, and up to each of those before.
    pub hazard: f64,
    pub hazards: Vec<f64>,
    pub learners: Vec<Learner>,
    /// Whether they change.
    pub learns: bool,
    pub time: f64,
    /// What is on its way; unsorted.
    pub arrivals: Vec<Arrival>,
    pub ties: Ties,
}

/// Spikes per ms of a neuron that is so far (mV) above theta.
pub fn hazard(escape: &Escape, above: f64) -> f64 {
    let scaled = |h: &Hazard| (h.rate.value() / 1000.0, above / h.width.value());
    match escape {
        Escape::Exponential(h) => scaled(h).0 * scaled(h).1.exp(),
        Escape::Sigmoid(h) => scaled(h).0 / (1.0 + (-scaled(h).1).exp()),
        Escape::Linear(h) => scaled(h).0 * scaled(h).1.max(0.0),
    }
}

impl Neuron {
    pub fn driven(&self) -> impl Iterator<Item = (f64, f64)> {
        self.currents.iter().flatten().filter(|c| c.i != 0.0).map(|c| (c.tau, c.i))
    }

    pub fn departure_after(&self, u: f64) -> f64 {
        self.departure * (-u / self.tau_m).exp()
            + self.driven().map(|(tau, i)| i * psp::response(u, self.tau_m, tau)).sum::<f64>()
            - self.adaptation.2 * psp::response(u, self.tau_m, self.adaptation.0)
    }

    /// h.
    pub fn raise_after(&self, u: f64) -> f64 {
        self.raise.2 * (-u / self.raise.0).exp()
    }

    /// V - theta - h.
    pub fn height_after(&self, u: f64) -> f64 {
        self.v_inf - self.theta + (self.departure_after(u) - self.raise_after(u))
    }

    /// The sign of d(V - h)/dt.
    pub fn slope_after(&self, u: f64) -> f64 {
        let drive: f64 = self.driven().map(|(tau, i)| i * (-u / tau).exp()).sum();
        let adaptation = self.adaptation.2 * (-u / self.adaptation.0).exp();
        drive - adaptation - self.departure_after(u)
            + self.tau_m / self.raise.0 * self.raise_after(u)
    }

    /// The integral of the hazard over the next `u` ms: two points of Gauss in every half of a step.
    pub fn hazard_of(&self, escape: &Escape, u: f64) -> f64 {
        let parts = (u / STEP * 2.0).ceil().max(1.0);
        let width = u / parts;
        let point = |at: f64| hazard(escape, self.height_after(at * width));
        let part = |k: usize| {
            let middle = k as f64 + 0.5;
            let off = 0.5 / 3f64.sqrt();
            0.5 * width * (point(middle - off) + point(middle + off))
        };
        (0..parts as usize).map(part).sum()
    }

    pub fn move_to(&mut self, time: f64) {
        let u = time - self.time;
        if let Some(escape) = self.escape.filter(|_| !self.is_refractory()) {
            self.hazard += self.hazard_of(&escape, u);
        }
        let reset = self.v_reset - self.v_inf;
        self.departure = if self.is_refractory() { reset } else { self.departure_after(u) };
        let driven = self.currents.iter_mut().flatten().filter(|c| c.tau > 0.0);
        driven.for_each(|c| c.i *= (-u / c.tau).exp());
        for (tau, _, value) in [&mut self.adaptation, &mut self.raise] {
            *value *= (-u / *tau).exp();
        }
        self.time = time;
    }

    pub fn is_refractory(&self) -> bool {
        self.time < self.refractory_until
    }

    /// When V first reaches theta in the next `u` ms.
    pub fn crossing(&mut self, u: f64) -> Option<f64> {
        if self.escape.is_some() {
            let next = self.given.pop_if(|time| *time <= self.time + u)?;
            self.hazards.push(self.hazard + self.hazard_of(&self.escape?, next - self.time));
            return Some(next);
        }
        let height = |u: f64| self.height_after(u);
        if height(0.0) >= 0.0 {
            return Some(self.time);
        }
        let mut high = u;
        if height(u) < 0.0 {
            if self.slope_after(0.0) <= 0.0 || self.slope_after(u) >= 0.0 {
                return None;
            }
            high = summit(0.0, u, height);
            if height(high) < 0.0 {
                return None;
            }
        }
        Some(self.time + bisect(0.0, high, height))
    }

    /// Takes what arrives by now.
    pub fn receive(&mut self) {
        let due = |a: &mut Arrival| a.time <= self.time;
        let most = if self.ties == Ties::Together { usize::MAX } else { 1 };
        let taken: Vec<Arrival> = self.arrivals.extract_if(.., due).take(most).collect();
        for Arrival { time, current, efficacy, learner } in taken {
            let refractory = self.is_refractory();
            let learner = learner.map(|k| &mut self.learners[k]);
            let own = learner.map_or(1.0, |learner| learner.arrive(time, self.learns));
            let efficacy = efficacy * own;
            for Current { tau, jump, i } in &mut self.currents[current] {
                if *tau > 0.0 {
                    *i += efficacy * self.tau_m * *jump;
                } else if !refractory {
                    self.departure += efficacy;
                }
            }
        }
    }

    /// Runs to `end`; returns the spike times.
    pub fn step(&mut self, end: f64) -> Vec<f64> {
        let mut spikes = Vec::new();
        loop {
            let next = self.arrivals.iter().map(|a| a.time).fold(f64::INFINITY, f64::min);
            let mut stop = end.min(next);
            if self.is_refractory() {
                stop = stop.min(self.refractory_until);
            } else if let Some(time) = self.crossing(stop - self.time) {
                self.move_to(time);
                self.departure = self.v_reset - self.v_inf;
                self.hazard = 0.0;
                self.refractory_until = time + self.t_ref;
                for (_, jump, value) in [&mut self.adaptation, &mut self.raise] {
                    *value += *jump;
                }
                self.learners.iter_mut().for_each(|learner| learner.spike(time, self.learns));
                spikes.push(time);
                continue;
            }
            self.move_to(stop);
            if stop == end && next > end {
                return spikes;
            }
            self.receive();
        }
    }
}
