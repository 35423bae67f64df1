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

use super::neuron::{Arrival, Current, Learner, Neuron, currents};
pub use super::neuron::{STEP, Ties};
use super::{Drive, cells, wire};
use attractor::dynamics::Spike;
use attractor::dynamics::spiking::{AfterSpike, Cells, Neurons};
use attractor::model::Model;
use attractor::network::{Network, Placed};
use attractor::random::Seed;
use attractor::synapse::{Plasticity, Release, ShortTerm};
use std::path::Path;

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

    /// All plastic synapses at `end`: sender and receiver in the numbering of the network, and |J| (mV), in ascending order.
    pub fn efficacies(&self, end: f64) -> Vec<(usize, usize, f64)> {
        let (_, neurons) = self.run(end);
        let network = wire(self.model);
        let outgoing = outgoing(&network);
        let ids = learners(&network, &outgoing, &mut self.neurons(&network));
        let mut all = Vec::new();
        for (sender, (sent, ids)) in outgoing.iter().zip(&ids).enumerate() {
            for (&(receiver, ..), id) in sent.iter().zip(ids) {
                let Some((neuron, k)) = neurons[receiver].as_ref().zip(*id) else { continue };
                all.push((sender, receiver, neuron.learners[k].w));
            }
        }
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
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
            for (rows, block) in bundle.blocks.iter().zip(&synapses.blocks) {
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
