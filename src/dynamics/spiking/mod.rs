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
mod clock;
mod kick;
mod lif;
mod looks;
mod membrane;
mod neurons;
mod poisson;
mod row;
mod team;

pub use lif::{Course, Lif};
pub use neurons::{Drawn, Neurons, PoissonInput};

use super::{Dynamics, Events, Field, Spike};
use crate::error::{Error, Result};
use crate::network::{Bundle, Network};
use crate::random::Seed;
use crate::synapse::{BLOCK, blocks};
use block::{Block, External, Pathway};
use clock::{Clock, Window, routes};
use indexmap::IndexMap;
use membrane::Membrane;
use poisson::Poisson;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use team::{lock, rounds};

/// A spiking network in motion.
#[derive(Debug)]
pub struct Spiking {
    /// By population.
    names: Vec<String>,
    neurons: Vec<Neurons>,
    blocks: Vec<Mutex<PlacedBlock>>,
    clock: Clock,
    /// The current window; behind a lock because threads share it while they run.
    window: RwLock<Window>,
    field: Field,
    spikes: Vec<Spike>,
}

#[derive(Debug)]
struct PlacedBlock {
    /// Its neurons in the numbering of the network.
    range: Range<usize>,
    population: usize,
    block: Block,
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
            for Bundle { delay, blocks } in wired.bundles {
                let route = routes
                    .iter()
                    .position(|r| r.from == *from && r.delay == delay)
                    .unwrap_or_default() as u32;
                for (place, rows) in incoming[wired.to].iter_mut().zip(blocks) {
                    place.push((wired.tau_syn, Pathway { route, port: 0, rows }));
                }
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
                let Drawn { v, .. } = section.draw(&population.name, k, range.len(), seed);
                let poisson = Poisson::new(seed.stream(&name("poisson"), k as u64));
                let pathways = pathways
                    .into_iter()
                    .map(|(tau, pathway)| Pathway { port: port(tau), ..pathway })
                    .collect();
                let first = population.neurons.start;
                placed.push(Mutex::new(PlacedBlock {
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
                }));
            }
            neurons.push(section.clone());
        }
        let mut spiking = Self {
            names: network.populations.iter().map(|p| p.name.clone()).collect(),
            neurons,
            blocks: placed,
            clock: Clock::new(routes, window),
            window: RwLock::default(),
            field: Field::none(number),
            spikes: Vec::new(),
        };
        spiking.drive_blocks();
        spiking
    }

    /// Hands the current field to the blocks; a new window begins.
    fn drive_blocks(&mut self) {
        for placed in &self.blocks {
            let PlacedBlock { range, population, block } = &mut *lock(placed);
            let section = &self.neurons[*population];
            let v_inf: Vec<f64> =
                self.field.current[range.clone()].iter().map(|c| section.v_inf() + c).collect();
            let base = section.poisson.as_ref().map_or(0.0, |p| p.rate.value());
            let rates: Vec<f64> =
                self.field.poisson[range.clone()].iter().map(|r| base + r).collect();
            block.drive(&v_inf, &rates);
        }
    }

    /// An error if the activity of a block grows without bound.
    fn check_divergence(&self) -> Result<()> {
        let diverging = self.blocks.iter().map(lock).find(|b| b.block.diverges());
        let Some(placed) = diverging else { return Ok(()) };
        let name = &self.names[placed.population];
        let time = self.clock.time;
        Err(Error::divergence(
            format!("found that population {name} fires without bound at {time:.3} ms"),
            "give it a refractory period, or lower the efficacies of what it receives",
        )
        .at(format!("dynamics.spiking.{name}")))
    }
}

/// Takes the spikes of all blocks, in order of time, then of neuron; true if none of the blocks diverges.
fn gather(blocks: &[Mutex<PlacedBlock>], spikes: &mut Vec<Spike>) -> bool {
    let first = spikes.len();
    let mut sound = true;
    for placed in blocks {
        let PlacedBlock { range, block, .. } = &mut *lock(placed);
        sound &= !block.diverges();
        let new = block.spikes.drain(..);
        spikes.extend(
            new.map(|(time, n)| Spike { time, neuron: (range.start + usize::from(n)) as u32 }),
        );
    }
    spikes[first..]
        .sort_unstable_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
    sound
}

impl Dynamics for Spiking {
    fn time(&self) -> f64 {
        self.clock.time
    }

    /// Holds `field` from now on. A field that differs from the last one ends the current window, and
    /// external spikes are drawn afresh (a Poisson process has no memory).
    fn drive(&mut self, field: &Field) {
        if *field == self.field {
            return;
        }
        self.field.clone_from(field);
        let window = self.window.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.clock.interrupt(window);
        self.drive_blocks();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        self.spikes.clear();
        if self.clock.time >= until {
            return Ok(());
        }
        let Self { blocks, clock, window, spikes, .. } = self;
        clock.prepare(until, window.get_mut().unwrap_or_else(PoisonError::into_inner));
        let run = |placed: &mut PlacedBlock, window: &Window| {
            if window.fresh {
                placed.block.begin(window.start, window.end);
            }
            placed.block.run_until(window.pause, &window.arrivals);
        };
        let next = |window: &mut Window| {
            let first = spikes.len();
            let sound = gather(blocks, spikes);
            clock.proceed(until, window, &spikes[first..]);
            let more = sound && clock.time < until;
            if more {
                clock.prepare(until, window);
            }
            more
        };
        // Sharing out less work than a full block's costs more than it gains.
        let together = rayon::current_num_threads() > 1 && self.field.current.len() > BLOCK;
        rounds(blocks, window, run, next, together);
        self.check_divergence()
    }

    fn spikes(&self) -> &[Spike] {
        &self.spikes
    }

    fn events(&self) -> Events {
        self.blocks.iter().map(lock).fold(Events::default(), |sum, placed| Events {
            synaptic: sum.synaptic + placed.block.synaptic_events,
            external: sum.external + placed.block.external_events,
        })
    }
}

/// The length of a window: the smallest delay, divided so that it exceeds no time constant.
fn window(network: &Network, sections: &IndexMap<String, Neurons>) -> f64 {
    let taus = sections.values().flat_map(|s| {
        let poisson = s.poisson.as_ref().map(|p| p.tau_syn.value());
        [s.tau_m.constant(), poisson].into_iter().flatten()
    });
    let shortest =
        taus.chain(network.projections.iter().map(|p| p.tau_syn)).fold(f64::INFINITY, f64::min);
    let bundles = network.projections.iter().flat_map(|p| &p.bundles);
    let delay = bundles.map(|b| b.delay).fold(f64::INFINITY, f64::min);
    if delay.is_infinite() {
        return shortest;
    }
    delay / (delay / shortest).ceil()
}

const ALIKE: &str = "a population shares one membrane";

/// The membrane of a population, with one port per distinct synaptic time constant.
fn membrane(section: &Neurons, incoming: &[Vec<(f64, Pathway)>], window: f64) -> Membrane {
    let mut tau: Vec<f64> = incoming.first().into_iter().flatten().map(|(tau, _)| *tau).collect();
    tau.extend(section.poisson.as_ref().map(|p| p.tau_syn.value()));
    tau.sort_unstable_by(f64::total_cmp);
    tau.dedup();
    let lif = Lif {
        tau_m: section.tau_m.constant().expect(ALIKE),
        theta: section.theta.constant().expect(ALIKE),
        v_reset: section.v_reset.value(),
        t_ref: section.t_ref.value(),
        tau,
    };
    Membrane::new(lif, window)
}
