//! Spiking dynamics: event-driven integrate-and-fire neurons with exact spike times.
//!
//! Time advances in windows no longer than the smallest delay, so that every spike that arrives in a window was
//! emitted before it began. The arrivals of a window are put in time order once; then every `block` runs
//! through the window alone, merging them with its own events. A spike time is the root of the membrane
//! equation to rounding, and no crossing is missed (`lif`).
//!
//! A window may be paused at any time and resumed, so that observing the network never changes it. Only a
//! new external field ends a window early.

mod block;
mod kick;
mod lif;
mod looks;
mod membrane;
mod neurons;
mod poisson;
mod row;

pub use lif::{Course, Lif};
pub use neurons::{Initial, Neurons, PoissonInput};

use super::{Dynamics, Events, Field, Spike};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::random::Seed;
use crate::synapse::{BLOCK, blocks};
use block::{Arrival, Block, External, Pathway};
use indexmap::IndexMap;
use membrane::Membrane;
use poisson::Poisson;
use rayon::prelude::*;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// A spiking network in motion.
#[derive(Debug)]
pub struct Spiking {
    /// By population.
    names: Vec<String>,
    neurons: Vec<Neurons>,
    blocks: Vec<PlacedBlock>,
    routes: Vec<Route>,
    /// Spikes that may still have to arrive somewhere, in order.
    history: VecDeque<Spike>,
    /// Number of spikes that have left `history`.
    forgotten: usize,
    /// Arrivals of the current window, in order.
    arrivals: Vec<Arrival>,
    /// Arrivals that a new field has put off to the window that begins with it.
    carried: Vec<Arrival>,
    /// Length of a window, ms.
    window: f64,
    /// The current window is number `count` since `origin` (ms).
    origin: f64,
    count: u64,
    begun: bool,
    field: Field,
    time: f64,
    spikes: Vec<Spike>,
}

#[derive(Debug)]
struct PlacedBlock {
    /// Its neurons in the numbering of the network.
    range: Range<usize>,
    population: usize,
    block: Block,
}

/// Spikes of one population that arrive after one delay.
#[derive(Debug)]
struct Route {
    from: Range<usize>,
    delay: f64,
    /// The first spike, counted from the start of the run, whose arrival has not been scheduled.
    next: usize,
}

impl Spiking {
    /// Puts `network` in motion, with neurons as described by `sections`, one per population.
    pub fn new(network: Network, sections: &IndexMap<String, Neurons>, seed: Seed) -> Self {
        let window = window(&network, sections);
        let routes = routes(&network);
        let number = network.neurons();
        let mut incoming: Vec<Vec<Vec<(f64, Pathway)>>> = network
            .populations
            .iter()
            .map(|p| vec![Vec::new(); blocks(p.neurons.len()).len()])
            .collect();
        for wired in network.projections {
            let from = &network.populations[wired.from].neurons;
            let route = routes
                .iter()
                .position(|r| r.from == *from && r.delay == wired.delay)
                .unwrap_or_default() as u32;
            for (place, rows) in incoming[wired.to].iter_mut().zip(wired.blocks) {
                place.push((wired.tau_syn, Pathway { route, port: 0, rows }));
            }
        }

        let mut placed = Vec::new();
        let mut neurons = Vec::new();
        for ((population, incoming), index) in network.populations.iter().zip(incoming).zip(0..) {
            let section = &sections[&population.name];
            let membrane = Arc::new(membrane(section, &incoming, window));
            let port =
                |tau: f64| membrane.lif.tau.iter().position(|t| *t == tau).unwrap_or_default();
            let external = section
                .poisson
                .as_ref()
                .map(|p| External { port: port(p.tau_syn.value()), efficacy: p.efficacy.value() });
            let cut = blocks(population.neurons.len());
            for (k, (range, pathways)) in cut.into_iter().zip(incoming).enumerate() {
                let name = |purpose: &str| format!("{purpose}/{}", population.name);
                let v = section.initial(range.len(), &mut seed.stream(&name("initial"), k as u64));
                let poisson = Poisson::new(seed.stream(&name("poisson"), k as u64));
                let pathways = pathways
                    .into_iter()
                    .map(|(tau, pathway)| Pathway { port: port(tau), ..pathway })
                    .collect();
                let first = population.neurons.start;
                placed.push(PlacedBlock {
                    range: first + range.start..first + range.end,
                    population: index,
                    block: Block::new(
                        Arc::clone(&membrane),
                        &v,
                        pathways,
                        routes.len(),
                        external,
                        poisson,
                    ),
                });
            }
            neurons.push(section.clone());
        }
        let mut spiking = Self {
            names: network.populations.iter().map(|p| p.name.clone()).collect(),
            neurons,
            blocks: placed,
            routes,
            history: VecDeque::new(),
            forgotten: 0,
            arrivals: Vec::new(),
            carried: Vec::new(),
            window,
            origin: 0.0,
            count: 0,
            begun: false,
            field: Field::none(number),
            time: 0.0,
            spikes: Vec::new(),
        };
        spiking.drive_blocks();
        spiking
    }

    /// Absolute time of the current window's start, ms.
    fn start(&self) -> f64 {
        self.origin + self.count as f64 * self.window
    }

    /// Hands the current field to the blocks; a new window begins.
    fn drive_blocks(&mut self) {
        for PlacedBlock { range, population, block } in &mut self.blocks {
            let section = &self.neurons[*population];
            let v_inf: Vec<f64> =
                self.field.current[range.clone()].iter().map(|c| section.v_inf() + c).collect();
            let base = section.poisson.as_ref().map_or(0.0, |p| p.rate.value());
            let rates: Vec<f64> =
                self.field.poisson[range.clone()].iter().map(|r| base + r).collect();
            block.drive(&v_inf, &rates);
        }
    }

    /// Collects what arrives before `end`, in order of time, then of sender, then of route.
    fn schedule(&mut self, start: f64, end: f64) {
        self.arrivals.clear();
        // By rounding, a time within the window may differ from its start by a hair more than a window.
        let last = self.window.next_down();
        let carried = self.carried.drain(..);
        self.arrivals.extend(carried.map(|a| Arrival { offset: a.offset.clamp(0.0, last), ..a }));
        for (k, route) in self.routes.iter_mut().enumerate() {
            while let Some(spike) = self.history.get(route.next - self.forgotten)
                && spike.time + route.delay < end
            {
                route.next += 1;
                let neuron = spike.neuron as usize;
                if route.from.contains(&neuron) {
                    self.arrivals.push(Arrival {
                        offset: (spike.time + route.delay - start).clamp(0.0, last),
                        sender: (neuron - route.from.start) as u32,
                        route: k as u32,
                    });
                }
            }
        }
        let first = |a: &Arrival| self.routes[a.route as usize].from.start + a.sender as usize;
        self.arrivals.sort_unstable_by(|a, b| {
            let time = a.offset.total_cmp(&b.offset);
            time.then_with(|| (first(a), a.route).cmp(&(first(b), b.route)))
        });
        let needed = self.routes.iter().map(|r| r.next).min();
        let keep = needed.unwrap_or(self.forgotten + self.history.len());
        self.history.drain(..keep - self.forgotten);
        self.forgotten = keep;
    }

    /// Gathers the spikes of the blocks in order.
    fn gather(&mut self) {
        let first = self.spikes.len();
        for PlacedBlock { range, block, .. } in &mut self.blocks {
            let spikes = block.spikes.drain(..);
            self.spikes.extend(
                spikes
                    .map(|(time, n)| Spike { time, neuron: (range.start + usize::from(n)) as u32 }),
            );
        }
        let new = &mut self.spikes[first..];
        new.sort_unstable_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
        self.history.extend(new.iter());
    }
}

impl Dynamics for Spiking {
    fn time(&self) -> f64 {
        self.time
    }

    /// Holds `field` from now on. A field that differs from the last one ends the current window, and
    /// external spikes are drawn afresh (a Poisson process has no memory).
    fn drive(&mut self, field: &Field) {
        if *field == self.field {
            return;
        }
        self.field.clone_from(field);
        // Arrivals that were scheduled for the rest of this window belong to the next.
        if self.begun {
            let shift = self.start() - self.time;
            let start = self.start();
            let rest = self.arrivals.iter().filter(|a| start + a.offset >= self.time);
            self.carried.extend(rest.map(|a| Arrival { offset: a.offset + shift, ..*a }));
        }
        self.origin = self.time;
        self.count = 0;
        self.begun = false;
        self.drive_blocks();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        self.spikes.clear();
        while self.time < until {
            let start = self.start();
            let end = self.origin + (self.count + 1) as f64 * self.window;
            let fresh = !self.begun;
            if fresh {
                self.schedule(start, end);
                self.begun = true;
            }
            let whole = until >= end;
            let pause = if whole { f64::INFINITY } else { until };
            let arrivals = &self.arrivals;
            let run = |placed: &mut PlacedBlock| {
                if fresh {
                    placed.block.begin(start, end);
                }
                placed.block.run_until(pause, arrivals);
            };
            // Sharing out less work than a full block's costs more than it gains.
            if rayon::current_num_threads() == 1 || self.field.current.len() <= BLOCK {
                self.blocks.iter_mut().for_each(run);
            } else {
                self.blocks.par_iter_mut().for_each(run);
            }
            self.gather();
            self.time = until.min(end);
            if whole {
                self.count += 1;
                self.begun = false;
            }
            if let Some(placed) = self.blocks.iter().find(|b| b.block.diverges()) {
                let name = &self.names[placed.population];
                return Err(Error::divergence(
                    format!(
                        "found that population {name} fires without bound at {:.3} ms",
                        self.time
                    ),
                    "give it a refractory period, or lower the efficacies of what it receives",
                )
                .at(format!("dynamics.spiking.{name}")));
            }
        }
        Ok(())
    }

    fn spikes(&self) -> &[Spike] {
        &self.spikes
    }

    fn events(&self) -> Events {
        let blocks = self.blocks.iter().map(|b| &b.block);
        blocks.fold(Events::default(), |sum, b| Events {
            synaptic: sum.synaptic + b.synaptic_events,
            external: sum.external + b.external_events,
        })
    }
}

/// The distinct (population, delay) of the projections.
fn routes(network: &Network) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for wired in &network.projections {
        let from = network.populations[wired.from].neurons.clone();
        if !routes.iter().any(|r| r.from == from && r.delay == wired.delay) {
            routes.push(Route { from, delay: wired.delay, next: 0 });
        }
    }
    routes
}

/// The length of a window: the smallest delay, divided so that it exceeds no time constant.
fn window(network: &Network, sections: &IndexMap<String, Neurons>) -> f64 {
    let taus = sections.values().flat_map(|s| {
        let poisson = s.poisson.as_ref().map(|p| p.tau_syn.value());
        [Some(s.tau_m.value()), poisson].into_iter().flatten()
    });
    let shortest =
        taus.chain(network.projections.iter().map(|p| p.tau_syn)).fold(f64::INFINITY, f64::min);
    let delay = network.projections.iter().map(|p| p.delay).fold(f64::INFINITY, f64::min);
    if delay.is_infinite() {
        return shortest;
    }
    delay / (delay / shortest).ceil()
}

/// The membrane of a population, with one port per distinct synaptic time constant.
fn membrane(section: &Neurons, incoming: &[Vec<(f64, Pathway)>], window: f64) -> Membrane {
    let mut tau: Vec<f64> = incoming.first().into_iter().flatten().map(|(tau, _)| *tau).collect();
    tau.extend(section.poisson.as_ref().map(|p| p.tau_syn.value()));
    tau.sort_unstable_by(f64::total_cmp);
    tau.dedup();
    let lif = Lif {
        tau_m: section.tau_m.value(),
        theta: section.theta.value(),
        v_reset: section.v_reset.value(),
        t_ref: section.t_ref.value(),
        tau,
    };
    Membrane::new(lif, window)
}
