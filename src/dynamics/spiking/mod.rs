//! Spiking dynamics: event-driven integrate-and-fire neurons with exact spike times.
//!
//! Time advances in windows no longer than the smallest delay, so that every spike that arrives in a window was
//! emitted before it began. The arrivals of a window are put in time order once; then every `block` runs
//! through the window alone, merging them with its own events. A spike time is the root of the membrane
//! equation to rounding, and no crossing is missed (`lif`).
//!
//! A window may be paused at any time and resumed, so that observing the network never changes it. Only a
//! new external field ends a window early, and a branch begins with one of its own.

mod after_spike;
mod agenda;
mod assembly;
mod block;
mod cells;
mod clock;
mod crew;
mod currents;
mod emission;
mod escape;
mod external;
mod follow;
mod input;
mod kick;
mod lead;
mod lif;
mod looks;
mod mail;
mod membrane;
mod moment;
mod neurons;
mod order;
mod part;
mod passes;
mod past;
mod poisson;
mod row;
mod section;
mod series;
mod slots;
mod state;
mod streams;
mod stretch;
mod team;
mod tie;
mod trains;

pub use after_spike::AfterSpike;
pub use cells::{Cells, Source};
pub use escape::{Escape, Hazard};
pub use lif::{Course, Lif};
pub use neurons::{Drawn, Neurons, PoissonInput};

use super::{Cell, Events, Field, Spike};
use crate::error::{Error, Result};
use crate::network::{EdgeList, Network};
use crate::random::Seed;
use crate::synapse::PORTION;
use crate::train::Arrivals;
use crate::units::on_grid;
use crate::work::Over;
use assembly::Assembly;
use block::Plastic;
use clock::{Clock, Sent, Window};
use crew::Crew;
use indexmap::IndexMap;
use input::Input;
use mail::{Mail, Told};
use part::Seat;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;
use team::{lock, rounds};
use tie::Tie;

/// A spiking network in motion, or the part of it that belongs to this rank.
#[derive(Debug)]
pub struct Spiking {
    /// By population.
    names: Vec<String>,
    extent: Extent,
    parts: Vec<Mutex<Seat>>,
    clock: Clock,
    /// The current window; behind a lock because threads share it while they run.
    window: RwLock<Window>,
    /// What is felt from outside, and whether efficacies change.
    input: Input,
    learns: bool,
    spikes: Vec<Spike>,
    /// Room for those of one window.
    sent: Vec<Sent>,
    mail: Mail,
    /// External spikes of the last advance, if they are kept.
    external: Option<Vec<Spike>>,
    /// Before its streams were changed.
    earlier: Events,
    over: Over,
    tie: Tie,
    crew: Crew,
}

/// How much of the network is here.
#[derive(Clone, Debug)]
struct Extent {
    /// All neurons, and all parts, of the network.
    neurons: usize,
    parts: usize,
    /// Those of this rank, in the numbering of the network.
    own: Range<usize>,
}

impl Spiking {
    /// Puts `network` in motion, with cells as described by `sections`, one per population; `trains` are the
    /// spikes that were read for them.
    pub fn new(
        network: Network,
        sections: &IndexMap<String, Cells>,
        trains: &IndexMap<String, Arrivals>,
        seed: Seed,
    ) -> Self {
        let names = network.populations.iter().map(|p| p.name.clone()).collect();
        let parts = network.cuts.iter().map(|cut| cut.blocks().len()).sum();
        let extent = Extent { neurons: network.neurons(), parts, own: network.own.clone() };
        let input = Input::felt(&Field::default(), extent.neurons);
        let tie = Tie::new(&network.ranks, &extent.own);
        let mail = Mail::new(&network.ranks, extent.own.clone(), extent.neurons);
        let (parts, clock) = Assembly { sections, trains, seed }.assemble(network);
        let parts = parts.into_iter().map(Mutex::new).collect();
        let spiking = Self { mail, tie, ..Self::of(names, extent, parts, clock, input) };
        spiking.drive_parts();
        spiking
    }

    /// One that nobody else knows of.
    fn of(
        names: Vec<String>,
        extent: Extent,
        parts: Vec<Mutex<Seat>>,
        clock: Clock,
        input: Input,
    ) -> Self {
        Self {
            names,
            extent,
            parts,
            clock,
            input,
            learns: true,
            window: RwLock::default(),
            spikes: Vec::new(),
            sent: Vec::new(),
            mail: Mail::default(),
            external: None,
            earlier: Events::default(),
            over: Over::default(),
            tie: Tie::default(),
            crew: Crew::default(),
        }
    }

    /// Hands the present input to the parts; a new window begins.
    fn drive_parts(&self) {
        let own = &self.extent.own;
        let (current, poisson) = self.input.over(own.clone());
        for placed in &self.parts {
            let Seat { range, part, .. } = &mut *lock(placed);
            let place = range.start - own.start..range.end - own.start;
            part.drive(&current[place.clone()], &poisson[place]);
        }
    }

    /// Where a neuron of this rank is.
    fn seat(&self, neuron: usize) -> MutexGuard<'_, Seat> {
        lock(&self.parts[self.parts.partition_point(|seat| lock(seat).range.end <= neuron)])
    }

    /// The same network in a new window, with random input from the streams of `seed`; its events count from 0.
    fn with_streams(&self, seed: Seed) -> Self {
        let mut clock = self.clock.clone();
        clock.interrupt(&self.window.read().unwrap_or_else(PoisonError::into_inner));
        let part = |placed| {
            let placed: &Seat = &lock(placed);
            Mutex::new(placed.branch(&self.names[placed.population], seed))
        };
        let parts = self.parts.iter().map(part).collect();
        let (names, extent, input) = (self.names.clone(), self.extent.clone(), self.input.clone());
        let mut branch =
            Self { mail: self.mail.another(), ..Self::of(names, extent, parts, clock, input) };
        (branch.over, branch.learns) = (self.over.clone(), self.learns);
        branch.drive_parts();
        branch
    }

    /// An error if population number `diverging` grows without bound.
    fn check_divergence(&self, diverging: Option<usize>) -> Result<()> {
        let Some(population) = diverging else { return Ok(()) };
        let name = &self.names[population];
        let time = self.clock.time;
        Err(Error::divergence(
            format!("found that population {name} fires without bound at {time:.3} ms"),
            "give it a refractory period, or lower the efficacies of what it receives",
        )
        .at(format!("dynamics.spiking.{name}")))
    }

    /// Refuses a spike that cannot be given any more, or not to its neuron, if that is here.
    fn check_given(&self, spike: &Spike) -> Result<()> {
        let now = self.clock.time;
        if !(now..f64::INFINITY).contains(&spike.time) {
            return Err(Error::input(
                format!("found a spike at {} ms", spike.time),
                format!("the network has come to {now} ms, and what is past cannot be changed"),
                "give it a later time",
            ));
        }
        let neurons = self.extent.neurons;
        if spike.neuron as usize >= neurons {
            return Err(Error::input(
                format!("found a spike of neuron {}", spike.neuron),
                format!("the network has the neurons 0 to {}", neurons - 1),
                "give it to one of them",
            ));
        }
        if !self.extent.own.contains(&(spike.neuron as usize)) {
            return Ok(());
        }
        let seat = &mut *self.seat(spike.neuron as usize);
        if seat.part.listed().is_some() {
            return Ok(());
        }
        let name = &self.names[seat.population];
        Err(Error::input(
            format!("found a spike given to population {name}"),
            "spikes are given to sources that list theirs, and to populations with `input`",
            "add a source with spikes = { list = [] } and a projection from it",
        )
        .at(format!("dynamics.spiking.{name}")))
    }

    /// Lets efficacies change, or no longer, and holds `input` from now on. An input that differs from the last one ends the
    /// current window, and external spikes are drawn afresh (a Poisson process has no memory).
    fn hold(&mut self, learns: bool, input: &Input) {
        self.learn(learns);
        if *input == self.input {
            return;
        }
        self.input = input.clone();
        self.interrupt();
    }

    /// Lets efficacies change from now on, or no longer: between two events, so that no window needs to end.
    fn learn(&mut self, learns: bool) {
        self.learns = learns;
        self.parts.iter().for_each(|placed| lock(placed).part.learn(learns));
    }

    /// Lets a new window begin now.
    fn interrupt(&mut self) {
        let window = self.window.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.clock.interrupt(window);
        self.drive_parts();
    }

    /// Runs until `until` (ms).
    fn run(&mut self, until: f64) -> Result<()> {
        self.spikes.clear();
        self.external.iter_mut().for_each(Vec::clear);
        if self.clock.time >= until {
            return Ok(());
        }
        let Self { extent, parts, clock, window, spikes, sent, mail, over, crew, .. } = self;
        clock.prepare(until, window.get_mut().unwrap_or_else(PoisonError::into_inner));
        let run = |placed: &mut Seat, window: &Window| {
            if window.fresh {
                placed.part.begin(window);
            }
            placed.part.run_until(window.pause, &window.arrivals, over);
        };
        let mut told = Told::default();
        // Sharing out less work than a full portion's costs more than it gains.
        let together = rayon::current_num_threads() > 1 && extent.own.len() > PORTION;
        let mut goes_on = true;
        while goes_on {
            if together {
                crew.begin();
            }
            let (since, mut number) = (Instant::now(), 0);
            let next = |window: &mut Window| {
                let here = Told { diverging: gather(parts, sent), over: over.is_set() };
                told = mail.exchange(sent, here, clock.time..until.min(window.end));
                sent.sort_unstable_by(|a, b| in_order(&a.spike, &b.spike));
                spikes.extend(sent.iter().map(|sent| sent.spike));
                clock.proceed(until, window, sent);
                goes_on = told == Told::default() && clock.time < until;
                if goes_on {
                    clock.prepare(until, window);
                }
                number += 1;
                goes_on && !(together && Crew::is_stretch(number, since.elapsed()))
            };
            rounds(parts, window, run, next, together && crew.is_together());
            if together {
                crew.note(number, since.elapsed());
            }
        }
        if told.over {
            return Err(Error::over());
        }
        self.gather_external();
        self.check_divergence(told.diverging)
    }

    /// What has been delivered on all ranks.
    fn count(&self) -> Events {
        let parts = self.parts.iter().map(|placed| lock(placed).part.events());
        let own = parts.fold(self.earlier, |sum, part| sum + part);
        let all = self.tie.ranks().all(&[own.synaptic, own.external]);
        let of = |events: &[u64]| Events { synaptic: events[0], external: events[1] };
        all.chunks(2).map(of).fold(Events::default(), |sum, events| sum + events)
    }

    /// Receives random input from the streams of `seed` from now on.
    fn renew(&mut self, seed: Seed) {
        let events = self.count();
        let mut renewed = self.with_streams(seed);
        // It is the same to the other ranks.
        std::mem::swap(&mut renewed.tie, &mut self.tie);
        if renewed.tie.ranks().leads() {
            renewed.earlier = events;
        }
        *self = renewed;
    }

    /// The plastic synapses of a projection that stand on this rank.
    fn plastic_here(&self, projection: usize) -> Option<EdgeList> {
        let parts = self.parts.iter().map(lock);
        let own = parts.filter_map(|seat| seat.part.plastic(projection).map(Plastic::synapses));
        EdgeList::joined(own.collect())
    }

    /// What neuron `neuron` of this rank is.
    fn cell_here(&self, neuron: usize) -> Option<Cell> {
        let seat = self.seat(neuron);
        seat.part.cell(neuron - seat.range.start)
    }

    /// V of it, and its currents.
    fn potential_here(&self, neuron: usize, values: &mut [f64]) -> f64 {
        let seat = self.seat(neuron);
        seat.part.potential(neuron - seat.range.start, values)
    }

    /// Keeps external spikes from now on, or no longer.
    fn keep_external(&mut self, on: bool) {
        self.external = on.then(Vec::new);
        for placed in &self.parts {
            if let Some(external) = lock(placed).part.external() {
                external.record = on.then(Vec::new);
            }
        }
    }

    /// Lets sources and neurons of this rank have these spikes beside those that are listed. A window that has begun and knows
    /// nothing of a spike within it ends here, as with a new field.
    fn give(&mut self, spikes: &[Spike]) -> Result<()> {
        let possible = spikes.iter().try_for_each(|spike| self.check_given(spike));
        self.tie.ranks().agree(possible)?;
        let first = spikes.iter().map(|spike| spike.time).fold(f64::INFINITY, f64::min);
        if self.clock.has_begun_beyond(first) {
            self.interrupt();
        }
        let own = self.extent.own.clone();
        for &Spike { time, neuron } in spikes.iter().filter(|s| own.contains(&(s.neuron as usize)))
        {
            let Seat { range, part, .. } = &mut *self.seat(neuron as usize);
            // Sources fire on the grid of a list.
            let time = if part.external().is_some() { time } else { on_grid(time) };
            let local = neuron as usize - range.start;
            part.listed().into_iter().for_each(|listed| listed.add(time, local as u16));
        }
        Ok(())
    }

    /// Takes the external spikes of the last advance from the parts, and from the other ranks, if they are kept.
    fn gather_external(&mut self) {
        let Some(kept) = &mut self.external else { return };
        for placed in &self.parts {
            let Seat { range, part, .. } = &mut *lock(placed);
            let Some(record) = part.external().and_then(|e| e.record.as_mut()) else { continue };
            kept.extend(record.drain(..).map(|spike| in_network(spike, range.start)));
        }
        self.tie.collect(kept);
        kept.sort_unstable_by(in_order);
    }
}

/// A spike of a part whose first neuron is `first` in the numbering of the network.
fn in_network((time, neuron): (f64, u16), first: usize) -> Spike {
    Spike { time, neuron: (first + usize::from(neuron)) as u32 }
}

fn in_order(a: &Spike, b: &Spike) -> std::cmp::Ordering {
    a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron))
}

/// Takes the spikes of all parts; the population of the first of them that diverges.
fn gather(parts: &[Mutex<Seat>], sent: &mut Vec<Sent>) -> Option<usize> {
    sent.clear();
    let mut diverging = None;
    for placed in parts {
        let Seat { range, population, part, .. } = &mut *lock(placed);
        diverging = diverging.or(part.diverges().then_some(*population));
        sent.extend(part.spikes().drain(..).map(|(moment, neuron)| Sent {
            spike: in_network((moment.time(), neuron), range.start),
            moment,
        }));
    }
    diverging
}
