//! The slow, obvious simulator: the oracle of the engine.
//!
//! One list of arrivals per neuron, one entry per synapse and spike. Every neuron marches in steps of
//! `STEP`, cut at its own arrivals and at the end of its refractoriness, and its equation is solved
//! exactly in each piece. A crossing is sought by the sign of V - theta at the ends of a piece and at
//! the maximum between them, and found by bisection. No windows, bounds, ports or tables. The step
//! must only be shorter than every delay and so short that V has one maximum in it at most; the
//! result does not depend on it otherwise, and the error of a spike time is rounding.
//!
//! What is drawn while a network runs (Poisson spikes, and spikes of neurons with escape noise) is not simulated: it is given,
//! as the engine recorded it. Of neurons with escape noise the integral of the hazard up to each spike is computed.

use super::{Drive, bisect, cells, psp, summit, wire};
use attractor::dynamics::Spike;
use attractor::dynamics::spiking::{AfterSpike, Cells, Escape, Hazard, Neurons};
use attractor::model::Model;
use attractor::network::{Network, Placed};
use attractor::random::Seed;
use attractor::synapse::{Kernel, Plasticity, Release, Shape, ShortTerm, blocks};
use attractor::units::Time;
use std::path::Path;

pub const STEP: f64 = 0.05;

/// What happens when several spikes arrive at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// All are added before the threshold is tested: the rule.
    Together,
    /// The threshold is tested after every one of them: the mistake that tests must find.
    OneByOne,
}

/// A run of the reference.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub model: &'a Model,
    pub drives: &'a [Drive],
    /// External spikes and spikes of the engine, of which those that were drawn are taken as given.
    pub external: &'a [Spike],
    pub spikes: &'a [Spike],
    pub ties: Ties,
    /// Added to V(0) of every other neuron, mV: shows how the network amplifies a small error.
    pub shift: f64,
}

struct Arrival {
    time: f64,
    /// Index of the current, or that of a delta synapse.
    current: usize,
    efficacy: f64,
    /// Which of the receiver's plastic synapses it is, whose own efficacy multiplies the other.
    learner: Option<usize>,
}

/// A plastic synapse, each with all traces of its own.
struct Learner {
    rule: Plasticity,
    w: f64,
    /// Of arrivals and of spikes, each fast and slow, since `last`.
    r: [f64; 2],
    o: [f64; 2],
    last: f64,
}

impl Learner {
    fn new(rule: Plasticity, w: f64) -> Self {
        Self { rule, w, r: [0.0; 2], o: [0.0; 2], last: 0.0 }
    }

    fn advance(&mut self, time: f64) {
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

    fn change(&mut self, by: f64) {
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
    fn arrive(&mut self, time: f64, on: bool) -> f64 {
        self.advance(time);
        let (met, o) = (self.w, self.o);
        if on {
            self.change(match self.rule {
                Plasticity::Pair(p) => -p.depression.value() * o[0],
                Plasticity::Triplet(t) => {
                    -o[0] * (t.pair_depression.value() + t.triplet_depression.value() * self.r[1])
                }
                Plasticity::Inhibitory(i) => {
                    i.rate.value() * (o[0] - 2.0 * i.target.value() / 1000.0 * i.tau.value())
                }
            });
        }
        self.r.iter_mut().for_each(|r| *r += 1.0);
        met
    }

    fn spike(&mut self, time: f64, on: bool) {
        self.advance(time);
        let r = self.r[0];
        if on {
            self.change(match self.rule {
                Plasticity::Pair(p) => p.potentiation.value() * r,
                Plasticity::Triplet(t) => {
                    r * (t.pair_potentiation.value() + t.triplet_potentiation.value() * self.o[1])
                }
                Plasticity::Inhibitory(i) => i.rate.value() * r,
            });
        }
        self.o.iter_mut().for_each(|o| *o += 1.0);
    }
}

/// A current that decays with a time constant; 0 of a delta synapse.
#[derive(Clone)]
struct Current {
    tau: f64,
    /// The jump at an arrival, in units of J tau_m.
    jump: f64,
    i: f64,
}

impl Current {
    /// f(t) = e^{-t/tau}/tau
    fn plain(tau: f64) -> Self {
        Self { tau, jump: 1.0 / tau, i: 0.0 }
    }
}

/// The currents of a kernel, shape by shape.
fn currents(kernel: &Kernel) -> Vec<Current> {
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

struct Neuron {
    tau_m: f64,
    theta: f64,
    v_reset: f64,
    t_ref: f64,
    /// V_inf without any stimulus, and with it.
    v_base: f64,
    v_inf: f64,
    /// V - V_inf: a V_inf at threshold is approached and not reached by rounding.
    departure: f64,
    /// Those of every projection, and of external spikes; those of delta synapses stay at 0.
    currents: Vec<Vec<Current>>,
    /// The adaptation current w and the raise h of the threshold: (tau, jump, value).
    adaptation: (f64, f64, f64),
    raise: (f64, f64, f64),
    refractory_until: f64,
    /// With escape noise its spikes are given, the next one last.
    escape: Option<Escape>,
    given: Vec<f64>,
    /// The integral of the hazard since the last spike, and up to each of those before.
    hazard: f64,
    hazards: Vec<f64>,
    learners: Vec<Learner>,
    /// Whether they change.
    learns: bool,
    time: f64,
    /// What is on its way; unsorted.
    arrivals: Vec<Arrival>,
    ties: Ties,
}

/// Spikes per ms of a neuron that is so far (mV) above theta.
fn hazard(escape: &Escape, above: f64) -> f64 {
    let scaled = |h: &Hazard| (h.rate.value() / 1000.0, above / h.width.value());
    match escape {
        Escape::Exponential(h) => scaled(h).0 * scaled(h).1.exp(),
        Escape::Sigmoid(h) => scaled(h).0 / (1.0 + (-scaled(h).1).exp()),
        Escape::Linear(h) => scaled(h).0 * scaled(h).1.max(0.0),
    }
}

impl Neuron {
    fn driven(&self) -> impl Iterator<Item = (f64, f64)> {
        self.currents.iter().flatten().filter(|c| c.i != 0.0).map(|c| (c.tau, c.i))
    }

    fn departure_after(&self, u: f64) -> f64 {
        self.departure * (-u / self.tau_m).exp()
            + self.driven().map(|(tau, i)| i * psp::response(u, self.tau_m, tau)).sum::<f64>()
            - self.adaptation.2 * psp::response(u, self.tau_m, self.adaptation.0)
    }

    /// h.
    fn raise_after(&self, u: f64) -> f64 {
        self.raise.2 * (-u / self.raise.0).exp()
    }

    /// V - theta - h.
    fn height_after(&self, u: f64) -> f64 {
        self.v_inf - self.theta + (self.departure_after(u) - self.raise_after(u))
    }

    /// The sign of d(V - h)/dt.
    fn slope_after(&self, u: f64) -> f64 {
        let drive: f64 = self.driven().map(|(tau, i)| i * (-u / tau).exp()).sum();
        let adaptation = self.adaptation.2 * (-u / self.adaptation.0).exp();
        drive - adaptation - self.departure_after(u)
            + self.tau_m / self.raise.0 * self.raise_after(u)
    }

    /// The integral of the hazard over the next `u` ms: two points of Gauss in every half of a step.
    fn hazard_of(&self, escape: &Escape, u: f64) -> f64 {
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

    fn move_to(&mut self, time: f64) {
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

    fn is_refractory(&self) -> bool {
        self.time < self.refractory_until
    }

    /// When V first reaches theta in the next `u` ms.
    fn crossing(&mut self, u: f64) -> Option<f64> {
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
    fn receive(&mut self) {
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
    fn step(&mut self, end: f64) -> Vec<f64> {
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

/// Short-term plasticity of what one neuron sends through one projection.
#[derive(Clone, Copy)]
struct Resources {
    u: f64,
    x: f64,
    last: f64,
}

impl Resources {
    fn rested(section: Option<&ShortTerm>) -> Self {
        Self { u: section.map_or(0.0, |s| s.utilisation), x: 1.0, last: 0.0 }
    }

    /// What a spike multiplies its efficacies with.
    fn spike(&mut self, section: &ShortTerm, time: f64) -> f64 {
        let since = time - self.last;
        self.x = 1.0 - (1.0 - self.x) * (-since / section.tau_d.value()).exp();
        self.u = section.utilisation
            + (self.u - section.utilisation) * (-since / section.tau_f.value()).exp();
        let before = self.u;
        self.u += section.utilisation * (1.0 - self.u);
        let used = match section.release {
            Release::AfterJump => self.u * self.x,
            Release::BeforeJump => before * self.x,
        };
        self.x -= used;
        self.last = time;
        used
    }
}

/// The synapses of a neuron: (receiver, index of the projection, efficacy, delay).
type Synapses = Vec<(usize, usize, f64, f64)>;

impl<'a> Run<'a> {
    pub fn new(model: &'a Model, drives: &'a [Drive]) -> Self {
        Self { model, drives, external: &[], spikes: &[], ties: Ties::Together, shift: 0.0 }
    }

    /// The spikes until `end`, by time, then by neuron.
    pub fn until(&self, end: f64) -> Vec<Spike> {
        self.run(end).0
    }

    /// The efficacies of all plastic synapses at `end` (mV, without their sign), in ascending order.
    pub fn efficacies(&self, end: f64) -> Vec<f64> {
        let of = |neuron: Neuron| neuron.learners.into_iter().map(|learner| learner.w);
        let mut all: Vec<f64> = self.run(end).1.into_iter().flatten().flat_map(of).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    /// Neuron by neuron, the integrals of the hazard between its spikes until `end`, and from the last one on.
    pub fn hazards(&self, end: f64) -> Vec<Vec<f64>> {
        let of = |neuron: Neuron| neuron.hazards.into_iter().chain([neuron.hazard]).collect();
        self.run(end).1.into_iter().flatten().map(of).collect()
    }

    fn run(&self, end: f64) -> (Vec<Spike>, Vec<Option<Neuron>>) {
        let network = wire(self.model);
        let mut neurons: Vec<Option<Neuron>> = self.neurons(&network);
        let given = self.given(&network);
        let outgoing = outgoing(&network);
        let learners = learners(&network, &outgoing, &mut neurons);
        let external = network.projections.len();
        let listed = self.listed(&network, |cells| cells.neurons().is_some());
        let drawn = self.external.iter().filter(|spike| {
            self.section(&network, spike.neuron).is_some_and(|n| n.input.is_none())
        });
        for spike in drawn.chain(&listed) {
            let section = self.section(&network, spike.neuron).expect("sources receive nothing");
            let (efficacy, _) = section.external().expect("it receives external spikes");
            let (time, current, learner) = (spike.time, external, None);
            let arrival = Arrival { time, current, efficacy, learner };
            neurons[spike.neuron as usize].as_mut().unwrap().arrivals.push(arrival);
        }

        // One for every projection and neuron.
        let mut resources: Vec<Vec<Resources>> = network
            .delayed()
            .map(|(_, d)| vec![Resources::rested(d.short_term.as_ref()); network.neurons()])
            .collect();

        let (mut spikes, mut time) = (Vec::new(), 0.0);
        let mut drives = self.drives.iter().peekable();
        while time < end {
            while let Some(drive) = drives.next_if(|d| d.time <= time) {
                let (currents, _) = drive.field.input(neurons.len());
                for (neuron, current) in neurons.iter_mut().zip(&currents) {
                    let Some(neuron) = neuron else { continue };
                    neuron.learns = drive.learns;
                    let v_inf = neuron.v_base + current;
                    neuron.departure += neuron.v_inf - v_inf;
                    neuron.v_inf = v_inf;
                }
            }
            let start = time;
            time = (time + STEP).min(end).min(drives.peek().map_or(end, |d| d.time));
            let first = spikes.len();
            spikes.extend(given.iter().filter(|s| s.time >= start && s.time < time));
            for (neuron, n) in neurons.iter_mut().zip(0..) {
                let times = neuron.as_mut().map_or(Vec::new(), |neuron| neuron.step(time));
                spikes.extend(times.into_iter().map(|time| Spike { time, neuron: n }));
            }
            spikes[first..].sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
            for spike in &spikes[first..] {
                let strengths: Vec<f64> = network
                    .delayed()
                    .zip(&mut resources)
                    .map(|((_, synapses), all)| {
                        let own = &mut all[spike.neuron as usize];
                        synapses.short_term.map_or(1.0, |section| own.spike(&section, spike.time))
                    })
                    .collect();
                let sent = outgoing[spike.neuron as usize].iter();
                for (&(receiver, current, efficacy, delay), &learner) in
                    sent.zip(&learners[spike.neuron as usize])
                {
                    let fixed = if learner.is_some() { efficacy.signum() } else { efficacy };
                    let efficacy = fixed * strengths[current];
                    let arrival = Arrival { time: spike.time + delay, current, efficacy, learner };
                    neurons[receiver].as_mut().unwrap().arrivals.push(arrival);
                }
            }
        }
        (spikes, neurons)
    }

    /// The section of a neuron, unless it is a source.
    fn section(&self, network: &Network, neuron: u32) -> Option<&'a Neurons> {
        let has = |p: &&_| contains(p, neuron);
        let population = network.populations.iter().find(has).unwrap();
        cells(self.model)[&population.name].neurons()
    }

    /// All neurons in the numbering of the network; none in place of a source.
    fn neurons(&self, network: &Network) -> Vec<Option<Neuron>> {
        let mut all = Vec::new();
        for population in &network.populations {
            let Some(section) = cells(self.model)[&population.name].neurons() else {
                all.extend(population.neurons.clone().map(|_| None));
                continue;
            };
            let mut own: Vec<Vec<Current>> =
                network.delayed().map(|(_, synapses)| currents(&synapses.kernel)).collect();
            own.push(vec![Current::plain(section.external().map_or(0.0, |e| e.1))]);
            // What differs from neuron to neuron is part of the model: it comes from the same streams.
            let size = population.neurons.len();
            let drawn = section.draw(&population.name, size, Seed(self.model.seed));
            let after = |own: Option<AfterSpike>| {
                own.map_or((1.0, 0.0, 0.0), |a| (a.tau.value(), a.jump.value(), 0.0))
            };
            all.extend((0..size).map(|i| {
                let v_base = section.v_rest.value() + drawn.current[i];
                Some(Neuron {
                    tau_m: drawn.tau_m[i],
                    theta: drawn.theta[i],
                    v_reset: section.v_reset.value(),
                    t_ref: drawn.t_ref[i],
                    v_base,
                    v_inf: v_base,
                    departure: drawn.v[i] - v_base + self.shift * (i % 2) as f64,
                    currents: own.clone(),
                    adaptation: after(section.adaptation),
                    raise: after(section.moving_threshold),
                    refractory_until: 0.0,
                    escape: section.escape,
                    given: self.train(section, population.neurons.start + i),
                    hazard: 0.0,
                    hazards: Vec::new(),
                    learners: Vec::new(),
                    learns: true,
                    time: 0.0,
                    arrivals: Vec::new(),
                    ties: self.ties,
                })
            }));
        }
        all
    }

    /// The spikes of a neuron with escape noise, the first one last.
    fn train(&self, section: &Neurons, neuron: usize) -> Vec<f64> {
        let own = self.spikes.iter().rev().filter(|s| s.neuron as usize == neuron);
        own.filter(|_| section.escape.is_some()).map(|s| s.time).collect()
    }

    /// The spikes of all sources.
    fn given(&self, network: &Network) -> Vec<Spike> {
        let is_drawn = |spike: &&Spike| {
            let population =
                network.populations.iter().find(|p| contains(p, spike.neuron)).unwrap();
            let source = cells(self.model)[&population.name].source();
            source.is_some_and(|s| s.spikes.rate().is_some())
        };
        let drawn = self.spikes.iter().filter(is_drawn);
        let listed = self.listed(network, |cells| cells.source().is_some());
        drawn.copied().chain(listed).collect()
    }

    /// Spikes that the model lists or reads from a file, for the populations of some cells.
    fn listed(&self, network: &Network, of: impl Fn(&Cells) -> bool) -> Vec<Spike> {
        let listed = self.model.read_trains(Path::new(".")).unwrap();
        let chosen = network.populations.iter().filter(|p| of(&cells(self.model)[&p.name]));
        let spikes = |p: &Placed| {
            let first = p.neurons.start as u32;
            let listed = listed.get(&p.name).into_iter().flatten();
            listed.map(|&(time, n)| Spike { time, neuron: first + n }).collect::<Vec<_>>()
        };
        chosen.flat_map(spikes).collect()
    }
}

fn contains(population: &Placed, neuron: u32) -> bool {
    population.neurons.contains(&(neuron as usize))
}

/// Gives every neuron its plastic synapses; which of them each of the `outgoing` synapses is.
fn learners(
    network: &Network,
    outgoing: &[Synapses],
    neurons: &mut [Option<Neuron>],
) -> Vec<Vec<Option<usize>>> {
    let rules: Vec<Option<Plasticity>> = network.delayed().map(|(_, d)| d.plasticity).collect();
    let mut learner = |&(receiver, p, efficacy, _): &(usize, usize, f64, f64)| {
        let own = &mut neurons[receiver].as_mut()?.learners;
        own.push(Learner::new(rules[p]?, efficacy.abs()));
        Some(own.len() - 1)
    };
    outgoing.iter().map(|sent| sent.iter().map(&mut learner).collect()).collect()
}

/// The synapses of every neuron.
fn outgoing(network: &Network) -> Vec<Synapses> {
    let mut outgoing = vec![Synapses::new(); network.neurons()];
    for (p, (wired, synapses)) in network.delayed().enumerate() {
        let (from, to) = (&network.populations[wired.from], &network.populations[wired.to]);
        for bundle in &synapses.bundles {
            for (rows, block) in bundle.blocks.iter().zip(blocks(to.neurons.len())) {
                for j in 0..rows.senders() {
                    let receivers = rows.synapses_of(j).map(|(i, efficacy)| {
                        (to.neurons.start + block.start + i, p, efficacy, bundle.delay)
                    });
                    outgoing[from.neurons.start + j].extend(receivers);
                }
            }
        }
    }
    outgoing
}
