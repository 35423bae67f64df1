//! Assembly of a network in motion: its populations are cut into parts, and each part gets all that it needs.

use super::AfterSpike;
use super::after_spike::OwnPort;
use super::block::{Acts, Block, Pathway, Place, Plastic, Synapses as Stored, most_within};
use super::cells::Cells;
use super::clock::{Clock, Route, routes};
use super::emission::{Emission, Listed, Sources};
use super::escape::{Candidates, ESCAPE};
use super::external::External;
use super::kick::{Leaks, SHARED, SPREAD};
use super::membrane::{Membrane, Parameters, leaks};
use super::neurons::{Bounds, Drawn, Neurons};
use super::part::{Part, Seat};
use super::poisson::{POISSON, Poisson};
use super::slots::{Delays, Slots};
use super::streams::Streams;
use crate::network::{Delayed, Network, Synapses};
use crate::random::Seed;
use crate::synapse::{Cut, Packed, Rows, Shelf};
use crate::train;
use crate::units::on_grid;
use indexmap::IndexMap;
use std::ops::Range;
use std::sync::Arc;

/// What arrives at a part: synapses with the time constants of their currents, 0 for delta synapses, and the weights of these.
type Incoming = Vec<(Vec<(f64, f64)>, Pathway)>;

/// Everything that is drawn or read before the network moves.
pub struct Assembly<'a> {
    pub sections: &'a IndexMap<String, Cells>,
    /// By population, the spikes of sources or the external spikes of neurons that are not drawn.
    pub trains: &'a IndexMap<String, train::Arrivals>,
    pub seed: Seed,
}

/// A population on its way to be assembled.
struct Population<'a> {
    name: &'a str,
    index: usize,
    /// Its first neuron in the numbering of the network, and the number of all.
    first: usize,
    size: usize,
    cells: &'a Cells,
    cut: Cut,
    /// Its blocks that are wired here, and the portions of each.
    blocks: Vec<Range<usize>>,
    portions_by_block: Vec<Range<usize>>,
    /// The neurons of those blocks, what any neuron has, and the range of 1/tau_m of all; nothing of sources.
    drawn: Drawn,
    bounds: Bounds,
    leaks: Leaks,
}

impl Population<'_> {
    /// The neurons of one of its blocks here.
    fn drawn_of(&self, block: &Range<usize>) -> Drawn {
        let first = self.blocks.first().map_or(0, |first| first.start);
        self.drawn.part(block.start - first..block.end - first)
    }

    /// How many of its spikes may be under way for `longest` ms; without bound where others say when they fire.
    fn most_under_way(&self, longest: f64, window: f64, receives: bool) -> usize {
        let Some(neurons) = self.cells.neurons() else { return usize::MAX };
        let t_ref = neurons.t_ref.support().0.max(0.0);
        // Of neurons with periods of their own hardly one has none, and the others fire on.
        let ends = receives && neurons.t_ref.constant().is_some();
        // Those of the window before are known until the next one begins.
        (self.size as f64 * most_within(longest + 2.0 * window, t_ref, window, ends)) as usize
    }
}

impl Assembly<'_> {
    /// The parts of `network` that are wired here, in order, and the clock that they follow.
    pub fn assemble(&self, network: Network) -> (Vec<Seat>, Clock) {
        let mut routes = routes(&network);
        let (placed, cuts) = (network.populations.clone(), network.cuts.clone());
        let populations: Vec<Population> = placed
            .iter()
            .zip(cuts)
            .enumerate()
            .map(|(index, (placed, cut))| {
                let cells = &self.sections[&placed.name];
                let size = placed.neurons.len();
                let first = placed.neurons.start;
                let is_own = |block: &Range<usize>| network.own.contains(&(first + block.start));
                let draw =
                    |neurons: &Neurons| neurons.draw_own(&placed.name, size, self.seed, is_own);
                let (drawn, bounds) = cells.neurons().map(draw).unwrap_or_default();
                let all = cut.blocks().iter().map(|own| (cut.neurons(own), own.clone()));
                let (blocks, portions_by_block) = all.filter(|(block, _)| is_own(block)).unzip();
                Population {
                    name: &placed.name,
                    index,
                    first,
                    size,
                    cells,
                    cut,
                    blocks,
                    portions_by_block,
                    leaks: leaks(&[bounds.shortest, bounds.longest]),
                    drawn,
                    bounds,
                }
            })
            .collect();
        let window = self.window(&network, &populations);
        let longest = routes.iter().map(Route::delay).fold(0.0, f64::max);
        for population in &populations {
            let neurons = population.first..population.first + population.size;
            let receives = network.delayed().any(|(wired, synapses)| {
                wired.to == population.index && !synapses.bundles.is_empty()
            });
            let most = population.most_under_way(longest, window, receives);
            routes.iter_mut().for_each(|route| route.limit(&neurons, most));
        }
        let by_route = routes.iter().map(Route::delay).collect();
        let most = routes.iter().map(Route::most).collect();
        let delays = Delays { by_route, most, slots: Slots::new(window) };

        let mut incoming: Vec<Vec<Incoming>> =
            populations.iter().map(|p| vec![Vec::new(); p.blocks.len()]).collect();
        let mut shelf = Shelf::new(shelved(&network));
        for (projection, wired) in network.projections.into_iter().enumerate() {
            let Synapses::Delayed(synapses) = wired.synapses else { continue };
            // Of random delays, those that no synapse has make no bundle.
            if synapses.bundles.is_empty() {
                continue;
            }
            let exponentials = synapses.kernel.exponentials();
            let senders = wired.senders.clone();
            let route = |delay: f64| {
                let taken = |route: &Route| route.is_of(&senders, synapses.short_term, delay);
                routes.iter().position(taken).expect("every bundle has a route") as u32
            };
            let own: Vec<u32> = synapses.bundles.iter().map(|bundle| route(bundle.delay)).collect();
            let delay = synapses.bundles.first().map_or(0.0, |bundle| bundle.delay);
            let mut bundles: Vec<_> =
                synapses.bundles.into_iter().map(|bundle| bundle.blocks.into_iter()).collect();
            // Block by block, so that what has been put together is not held twice.
            for (incoming, block) in
                incoming[wired.to].iter_mut().zip(&populations[wired.to].blocks)
            {
                let by_delay: Vec<Rows> = bundles.iter_mut().filter_map(Iterator::next).collect();
                let place = Place { projection, block: block.clone(), delay };
                let plastic = synapses.plasticity.zip(by_delay.first());
                let plastic = plastic.map(|(rule, rows)| Plastic::new(rows, rule.law(), place));
                let (senders, routes) = (senders.clone(), own.clone());
                let synapses = Stored::new(by_delay, plastic.is_some(), &mut shelf);
                let pathway = Pathway { senders, routes, acts: Acts::OnV, synapses, plastic };
                incoming.push((exponentials.clone(), pathway));
            }
        }
        shelf.close();
        let mut parts = Vec::new();
        for (population, incoming) in populations.iter().zip(incoming) {
            let made = match population.cells {
                Cells::Neurons(neurons) => {
                    self.neurons(population, neurons, incoming, &delays, window)
                }
                Cells::Source(_) => self.sources(population, window),
            };
            let places = population.blocks.iter().zip(&population.portions_by_block);
            for ((taken, portions), part) in places.zip(made) {
                let range = population.first + taken.start..population.first + taken.end;
                let portions = portions.clone();
                parts.push(Seat { range, population: population.index, portions, part });
            }
        }
        (parts, Clock::new(routes, window))
    }

    fn neurons(
        &self,
        population: &Population,
        neurons: &Neurons,
        incoming: Vec<Incoming>,
        delays: &Delays,
        window: f64,
    ) -> Vec<Box<dyn Part>> {
        let external = neurons.external();
        let of_synapses = incoming.iter().flatten().flat_map(|(all, _)| all).map(|(tau, _)| *tau);
        let mut tau: Vec<f64> =
            of_synapses.chain(external.map(|e| e.1)).filter(|tau| *tau > 0.0).collect();
        tau.sort_unstable_by(f64::total_cmp);
        tau.dedup();
        let synaptic = tau.clone();
        let port = |time: f64| synaptic.iter().position(|t| *t == time);
        // Nothing arrives at the neurons' own ports.
        let mut own = |after: Option<AfterSpike>| {
            after.map(|AfterSpike { jump, tau: time }| {
                tau.push(time.value());
                OwnPort { port: tau.len() - 1, jump: jump.value(), tau: time.value() }
            })
        };
        let adaptation = own(neurons.adaptation);
        let moving_threshold = own(neurons.moving_threshold);
        let parameters = |drawn: &Drawn| Parameters {
            tau_m: drawn.tau_m.clone(),
            theta: drawn.theta.clone(),
            v_inf: drawn.current.iter().map(|i| neurons.v_rest.value() + i).collect(),
            v_reset: neurons.v_reset.value(),
            t_ref: drawn.t_ref.clone(),
            tau: tau.clone(),
            adaptation,
            moving_threshold,
            escapes: neurons.escape.is_some(),
            leaks: population.leaks,
        };
        let room = population.cut.room();
        // Blocks whose neurons are all alike share what does not change.
        let largest = population.blocks.iter().max_by_key(|block| block.len());
        let alike = population.leaks.are_equal() && population.drawn.alike().is_some();
        let common = largest.filter(|_| alike).map(|block| {
            let drawn = population.drawn_of(block);
            Arc::new(Membrane::<SHARED>::new(parameters(&drawn), room, window))
        });

        let acts = |exponentials: &[(f64, f64)]| match *exponentials {
            [(tau, _)] => port(tau).map_or(Acts::OnV, Acts::OnCurrent),
            _ => {
                let known = |&(tau, weight): &(f64, f64)| Some((port(tau)?, weight));
                Acts::OnCurrents(exponentials.iter().filter_map(known).collect())
            }
        };
        let mut parts: Vec<Box<dyn Part>> = Vec::new();
        for (k, (block, incoming)) in population.blocks.iter().zip(incoming).enumerate() {
            let drawn = &population.drawn_of(block);
            let pathways = incoming
                .into_iter()
                .map(|(all, pathway)| Pathway { acts: acts(&all), ..pathway })
                .collect();
            let external = external.map(|(efficacy, tau)| {
                let rates = neurons.poisson.as_ref().map(|_| &drawn.rate[..]);
                let emission = self.emission(population, k, rates);
                External::new(port(tau), efficacy, emission, drawn.v.len(), window)
            });
            let portions = population.portions_by_block[k].clone();
            let ends = portions.clone().map(|portion| population.cut.portions()[portion].end);
            let ends: Vec<usize> = ends.map(|end| end - block.start).collect();
            let streams = Streams { seed: self.seed, population: population.name, portions };
            let candidates = neurons
                .escape
                .map(|escape| Candidates::new(escape, streams.of(ESCAPE), ends.clone()));
            let v = (&drawn.v[..], ends);
            parts.push(if let Some(common) = &common {
                Box::new(Block::new(Arc::clone(common), v, pathways, delays, external, candidates))
            } else if population.leaks.are_equal() {
                let membrane = Arc::new(Membrane::<SHARED>::new(parameters(drawn), room, window));
                Box::new(Block::new(membrane, v, pathways, delays, external, candidates))
            } else {
                let membrane = Arc::new(Membrane::<SPREAD>::new(parameters(drawn), room, window));
                Box::new(Block::new(membrane, v, pathways, delays, external, candidates))
            });
        }
        parts
    }

    fn sources(&self, population: &Population, window: f64) -> Vec<Box<dyn Part>> {
        let rate = population.cells.source().and_then(|s| s.spikes.rate());
        let source = |(k, block): (usize, &Range<usize>)| -> Box<dyn Part> {
            let rates = rate.map(|rate| vec![rate; block.len()]);
            let emission = self.emission(population, k, rates.as_deref());
            Box::new(Sources::new(emission, block.len(), window))
        };
        population.blocks.iter().enumerate().map(source).collect()
    }

    /// The spikes from outside of block `k`: drawn at `rates` (Hz, by neuron), or those that were read.
    fn emission(&self, population: &Population, k: usize, rates: Option<&[f64]>) -> Emission {
        match rates {
            Some(rates) => {
                let start = population.blocks[k].start;
                let portions = population.portions_by_block[k].clone();
                let streams = Streams {
                    seed: self.seed,
                    population: population.name,
                    portions: portions.clone(),
                };
                let portion = |(k, random)| {
                    let Range { start: from, end } = population.cut.portions()[k];
                    let own = rates[from - start..end - start].to_vec();
                    Poisson::new(random, from - start, own)
                };
                Emission::Poisson(portions.zip(streams.of(POISSON)).map(portion).collect())
            }
            None => {
                let block = &population.blocks[k];
                let read = self.trains.get(population.name).into_iter().flatten();
                let own = read.filter(|(_, neuron)| block.contains(&(*neuron as usize)));
                let local = |neuron: u32| (neuron as usize - block.start) as u16;
                // A source that fires on a grid of decimals does so however its file was computed; an external
                // spike that is replayed stays as it was drawn.
                let given = population.cells.source().is_some();
                let exact = |time: f64| if given { on_grid(time) } else { time };
                let own = own.map(|&(time, neuron)| (exact(time), local(neuron)));
                Emission::Listed(Listed::new(own.collect()))
            }
        }
    }

    /// The length of a window: the smallest delay, divided so that it exceeds no time constant and is short enough
    /// for the external input.
    fn window(&self, network: &Network, populations: &[Population]) -> f64 {
        let with_neurons = || populations.iter().filter(|p| p.cells.neurons().is_some());
        let tau_m = with_neurons().map(|p| p.bounds.shortest);
        let spread = with_neurons().map(|p| p.leaks.longest_window());
        let external = populations.iter().filter_map(|p| p.cells.neurons()?.external());
        let own = with_neurons().filter_map(|p| p.cells.neurons());
        let own = own.flat_map(|n| [n.adaptation, n.moving_threshold]).flatten();
        let of_synapses = network.delayed().flat_map(|(_, p)| p.kernel.exponentials());
        let tau = of_synapses.map(|one| one.0).chain(external.map(|e| e.1));
        let traces = network.delayed().filter_map(|(_, p)| p.plasticity);
        let tau = tau.chain(own.map(|own| own.tau.value()));
        let tau = tau.chain(traces.map(|rule| rule.law().fastest()));
        let limits = tau_m.chain(spread).chain(tau.filter(|tau| *tau > 0.0));
        let shortest = limits.fold(LONGEST, f64::min);
        let bundles = network.delayed().flat_map(|(_, p)| &p.bundles);
        let delay = bundles.map(|b| b.delay).fold(f64::INFINITY, f64::min);
        let mut window =
            if delay.is_infinite() { shortest } else { delay / (delay / shortest).ceil() };
        let densest = populations.iter().map(|p| self.external_rate(p)).fold(0.0, f64::max);
        while densest * window > DENSE {
            window *= 0.5;
        }
        window
    }

    /// External spikes per neuron and ms; of neurons whose rates differ, those of the fastest.
    fn external_rate(&self, population: &Population) -> f64 {
        let Some(neurons) = population.cells.neurons() else { return 0.0 };
        if neurons.poisson.is_some() {
            return population.bounds.rate / 1000.0;
        }
        let read = self.trains.get(population.name).map_or(&[][..], Vec::as_slice);
        let size = population.size as f64;
        read.last().map_or(0.0, |last| read.len() as f64 / (size * last.0.max(1.0)))
    }
}

/// Bytes that the synapses of a network may take on a shelf: the rows, and where those of several delays stand.
fn shelved(network: &Network) -> usize {
    let of = |(_, synapses): (_, &Delayed)| -> usize {
        let places = |rows: &Rows| 4 * (rows.senders() + rows.synapses()) + MARGIN;
        let rows = synapses.rows().map(|rows| Packed::bytes(rows) + MARGIN).sum::<usize>();
        match synapses.bundles.len() {
            1 => rows,
            _ => rows + synapses.rows().map(places).sum::<usize>(),
        }
    };
    network.delayed().map(of).sum()
}

/// What the ends of some numbers take beside them, bytes.
const MARGIN: usize = 256;

/// No window is longer, so that what is drawn for it stays small, ms.
const LONGEST: f64 = 100.0;

/// More external spikes per neuron and window make too many neurons suspect before their time; the window is halved
/// until there are fewer. Halving lets drawn spikes and the same spikes from a file lead to the same window, as long as
/// no stimulus adds to the rate that is drawn and the two rates do not lie on both sides of a border.
const DENSE: f64 = 9.0;
