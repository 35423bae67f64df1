//! The slow, obvious simulator: the oracle of the engine.
//!
//! One list of arrivals per neuron, one entry per synapse and spike. Every neuron marches in steps of
//! `STEP`, cut at its own arrivals and at the end of its refractoriness, and its equation is solved
//! exactly in each piece. A crossing is sought by the sign of V - theta at the ends of a piece and at
//! the maximum between them, and found by bisection. No windows, bounds, ports or tables. The step
//! must only be shorter than every delay and so short that V has one maximum in it at most; the
//! result does not depend on it otherwise, and the error of a spike time is rounding.

use super::{Drive, bisect, neurons, psp, summit, wire};
use attractor::dynamics::Spike;
use attractor::model::Model;
use attractor::random::Seed;
use attractor::synapse::blocks;

pub const STEP: f64 = 0.05;

struct Neuron {
    tau_m: f64,
    theta: f64,
    v_reset: f64,
    t_ref: f64,
    /// Constant part of V_inf without any stimulus.
    v_base: f64,
    v_inf: f64,
    v: f64,
    /// (tau, I), one per incoming projection.
    currents: Vec<(f64, f64)>,
    refractory_until: f64,
    time: f64,
    /// (time, current, efficacy) of what is on its way; unsorted.
    arrivals: Vec<(f64, usize, f64)>,
}

impl Neuron {
    fn v_after(&self, u: f64) -> f64 {
        let free = self.v_inf + (self.v - self.v_inf) * (-u / self.tau_m).exp();
        let driven = self.currents.iter().filter(|c| c.1 != 0.0);
        free + driven.map(|(tau, i)| i * psp::response(u, self.tau_m, *tau)).sum::<f64>()
    }

    /// The sign of dV/dt.
    fn slope_after(&self, u: f64) -> f64 {
        let drive: f64 = self.currents.iter().map(|(tau, i)| i * (-u / tau).exp()).sum();
        self.v_inf + drive - self.v_after(u)
    }

    fn move_to(&mut self, time: f64) {
        let u = time - self.time;
        self.v = if self.is_refractory() { self.v_reset } else { self.v_after(u) };
        self.currents.iter_mut().for_each(|(tau, i)| *i *= (-u / *tau).exp());
        self.time = time;
    }

    fn is_refractory(&self) -> bool {
        self.time < self.refractory_until
    }

    /// When V first reaches theta in the next `u` ms.
    fn crossing(&self, u: f64) -> Option<f64> {
        let height = |u: f64| self.v_after(u) - self.theta;
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

    /// Runs to `end`; returns the spike times.
    fn step(&mut self, end: f64) -> Vec<f64> {
        let mut spikes = Vec::new();
        loop {
            let next = self.arrivals.iter().map(|a| a.0).fold(f64::INFINITY, f64::min);
            let mut stop = end.min(next);
            if self.is_refractory() {
                stop = stop.min(self.refractory_until);
            } else if let Some(time) = self.crossing(stop - self.time) {
                self.move_to(time);
                self.v = self.v_reset;
                self.refractory_until = time + self.t_ref;
                spikes.push(time);
                continue;
            }
            self.move_to(stop);
            if stop == end && next > end {
                return spikes;
            }
            for (_, current, efficacy) in self.arrivals.extract_if(.., |a| a.0 <= stop) {
                let (tau, i) = &mut self.currents[current];
                *i += efficacy * self.tau_m / *tau;
            }
        }
    }
}

/// The spikes of `model` until `end`, by time, then by neuron. External spikes are not simulated.
pub fn simulate(model: &Model, drives: &[Drive], end: f64) -> Vec<Spike> {
    let network = wire(model);
    let mut all: Vec<Neuron> = Vec::new();
    for population in &network.populations {
        let section = neurons(model, &population.name);
        for (k, block) in blocks(population.neurons.len()).into_iter().enumerate() {
            // What differs from neuron to neuron is part of the model: it comes from the same streams.
            let drawn = section.draw(&population.name, k, block.len(), Seed(model.seed));
            all.extend((0..block.len()).map(|i| Neuron {
                tau_m: drawn.tau_m[i],
                theta: drawn.theta[i],
                v_reset: section.v_reset.value(),
                t_ref: section.t_ref.value(),
                v_base: section.v_rest.value() + section.current.value(),
                v_inf: section.v_rest.value() + section.current.value(),
                v: drawn.v[i],
                currents: network.projections.iter().map(|p| (p.tau_syn, 0.0)).collect(),
                refractory_until: 0.0,
                time: 0.0,
                arrivals: Vec::new(),
            }));
        }
    }
    // outgoing[j]: (receiver, projection, efficacy, delay).
    let mut outgoing = vec![Vec::new(); all.len()];
    for (p, wired) in network.projections.iter().enumerate() {
        let (from, to) = (&network.populations[wired.from], &network.populations[wired.to]);
        for (rows, block) in wired.blocks.iter().zip(blocks(to.neurons.len())) {
            for j in 0..rows.senders() {
                let receivers = rows.synapses_of(j).map(|(i, efficacy)| {
                    (to.neurons.start + block.start + i, p, efficacy, wired.delay)
                });
                outgoing[from.neurons.start + j].extend(receivers);
            }
        }
    }

    let (mut spikes, mut time, mut drives) = (Vec::new(), 0.0, drives.iter().peekable());
    while time < end {
        while let Some(drive) = drives.next_if(|d| d.time <= time) {
            for (neuron, current) in all.iter_mut().zip(&drive.field.current) {
                neuron.v_inf = neuron.v_base + current;
            }
        }
        time = (time + STEP).min(end).min(drives.peek().map_or(end, |d| d.time));
        let first = spikes.len();
        for (n, neuron) in all.iter_mut().enumerate() {
            let times = neuron.step(time);
            spikes.extend(times.into_iter().map(|time| Spike { time, neuron: n as u32 }));
        }
        spikes[first..].sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
        for spike in &spikes[first..] {
            for &(receiver, p, efficacy, delay) in &outgoing[spike.neuron as usize] {
                all[receiver].arrivals.push((spike.time + delay, p, efficacy));
            }
        }
    }
    spikes
}
