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
mod emission;
mod escape;
mod external;
mod kick;
mod lif;
mod looks;
mod membrane;
mod moment;
mod neurons;
mod part;
mod passes;
mod poisson;
mod row;
mod section;
mod series;
mod state;
mod streams;
mod stretch;
mod team;
mod trains;

pub use after_spike::AfterSpike;
pub use cells::{Cells, Source};
pub use escape::{Escape, Hazard};
pub use lif::{Course, Lif};
pub use neurons::{Drawn, Neurons, PoissonInput};

use super::{Cell, Dynamics, Events, ExternalInput, Field, Membranes, Observable, Spike};
use crate::error::{Error, Result};
use crate::network::{EdgeList, Network};
use crate::random::Seed;
use crate::synapse::PORTION;
use crate::tape::{OnTape, Tape, is_moderate};
use crate::train::Arrivals;
use crate::units::on_grid;
use crate::work::Over;
use assembly::Assembly;
use block::Plastic;
use clock::{Clock, Sent, Window};
use indexmap::IndexMap;
use part::Seat;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use team::{lock, rounds};

/// A spiking network in motion.
#[derive(Debug)]
pub struct Spiking {
    /// By population.
    names: Vec<String>,
    parts: Vec<Mutex<Seat>>,
    clock: Clock,
    /// The current window; behind a lock because threads share it while they run.
    window: RwLock<Window>,
    /// Current (mV) and Poisson rate (Hz) from outside, neuron by neuron.
    input: (Vec<f64>, Vec<f64>),
    spikes: Vec<Spike>,
    /// Room for those of one window.
    sent: Vec<Sent>,
    /// External spikes of the last advance, if they are kept.
    external: Option<Vec<Spike>>,
    /// Before its streams were changed.
    earlier: Events,
    over: Over,
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
        let input = Field::default().input(network.neurons());
        let (parts, clock) = Assembly { sections, trains, seed }.assemble(network);
        let parts = parts.into_iter().map(Mutex::new).collect();
        let spiking = Self::of(names, parts, clock, input);
        spiking.drive_parts();
        spiking
    }

    fn of(
        names: Vec<String>,
        parts: Vec<Mutex<Seat>>,
        clock: Clock,
        input: (Vec<f64>, Vec<f64>),
    ) -> Self {
        let (window, spikes, sent) = (RwLock::default(), Vec::new(), Vec::new());
        let (external, earlier, over) = (None, Events::default(), Over::default());
        Self { names, parts, clock, window, input, spikes, sent, external, earlier, over }
    }

    /// Hands the present input to the parts; a new window begins.
    fn drive_parts(&self) {
        for placed in &self.parts {
            let Seat { range, part, .. } = &mut *lock(placed);
            let (current, poisson) = &self.input;
            part.drive(&current[range.clone()], &poisson[range.clone()]);
        }
    }

    /// Where a neuron of the network is.
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
        let (names, input) = (self.names.clone(), self.input.clone());
        let parts = self.parts.iter().map(part).collect();
        let mut branch = Self::of(names, parts, clock, input);
        branch.heed(&self.over);
        branch.drive_parts();
        branch
    }

    /// An error if the activity of a part grows without bound.
    fn check_divergence(&self) -> Result<()> {
        let diverging = self.parts.iter().map(lock).find(|placed| placed.part.diverges());
        let Some(placed) = diverging else { return Ok(()) };
        let name = &self.names[placed.population];
        let time = self.clock.time;
        Err(Error::divergence(
            format!("found that population {name} fires without bound at {time:.3} ms"),
            "give it a refractory period, or lower the efficacies of what it receives",
        )
        .at(format!("dynamics.spiking.{name}")))
    }

    /// Refuses a spike that cannot be given any more, or not to its neuron.
    fn check_given(&self, spike: &Spike) -> Result<()> {
        let now = self.clock.time;
        if !(now..f64::INFINITY).contains(&spike.time) {
            return Err(Error::input(
                format!("found a spike at {} ms", spike.time),
                format!("the network has come to {now} ms, and what is past cannot be changed"),
                "give it a later time",
            ));
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

    /// Takes the external spikes of the last advance from the parts, if they are kept.
    fn gather_external(&mut self) {
        let Some(kept) = &mut self.external else { return };
        for placed in &self.parts {
            let Seat { range, part, .. } = &mut *lock(placed);
            let Some(record) = part.external().and_then(|e| e.record.as_mut()) else { continue };
            kept.extend(record.drain(..).map(|spike| in_network(spike, range.start)));
        }
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

/// Takes the spikes of all parts, in order of time, then of neuron; true if none of the parts diverges.
fn gather(parts: &[Mutex<Seat>], sent: &mut Vec<Sent>) -> bool {
    sent.clear();
    let mut sound = true;
    for placed in parts {
        let Seat { range, part, .. } = &mut *lock(placed);
        sound &= !part.diverges();
        sent.extend(part.spikes().drain(..).map(|(moment, neuron)| Sent {
            spike: in_network((moment.time(), neuron), range.start),
            moment,
        }));
    }
    sent.sort_unstable_by(|a, b| in_order(&a.spike, &b.spike));
    sound
}

impl OnTape for Spiking {
    fn pass(&mut self, tape: &mut Tape) {
        // What was seen last has been taken.
        let Self {
            names: _,
            parts,
            clock,
            window,
            input,
            spikes: _,
            sent: _,
            external: _,
            earlier,
            over: _,
        } = self;
        clock.pass(tape);
        earlier.pass(tape);
        let window = window.get_mut().unwrap_or_else(PoisonError::into_inner);
        window.pass(tape);
        tape.require(clock.knows(&window.arrivals));
        input.0[..].pass(tape);
        input.1[..].pass(tape);
        let (currents, rates) = (&input.0, &input.1);
        tape.require(currents.iter().all(|current| is_moderate(*current)));
        tape.require(rates.iter().all(|rate| (0.0..1000.0 * poisson::MOST).contains(rate)));
        tape.same(parts.len() as u64);
        for placed in parts {
            placed.get_mut().unwrap_or_else(PoisonError::into_inner).pass(tape);
        }
    }
}

impl Dynamics for Spiking {
    fn time(&self) -> f64 {
        self.clock.time
    }

    /// Holds `field` from now on. A field that differs from the last one ends the current window, and
    /// external spikes are drawn afresh (a Poisson process has no memory).
    fn drive(&mut self, field: &Field) {
        // Between two events, so that no window needs to end.
        let learns = field.lets_learn();
        self.parts.iter().for_each(|placed| lock(placed).part.learn(learns));
        let input = field.input(self.input.0.len());
        if input == self.input {
            return;
        }
        self.input = input;
        let window = self.window.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.clock.interrupt(window);
        self.drive_parts();
    }

    fn heed(&mut self, over: &Over) {
        self.over = over.clone();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        self.spikes.clear();
        self.external.iter_mut().for_each(Vec::clear);
        if self.clock.time >= until {
            return Ok(());
        }
        let Self { parts, clock, window, spikes, sent, over, .. } = self;
        clock.prepare(until, window.get_mut().unwrap_or_else(PoisonError::into_inner));
        let run = |placed: &mut Seat, window: &Window| {
            if window.fresh {
                placed.part.begin(window.start, window.end, &window.news);
            }
            placed.part.run_until(window.pause, &window.arrivals, over);
        };
        let next = |window: &mut Window| {
            let sound = gather(parts, sent);
            spikes.extend(sent.iter().map(|sent| sent.spike));
            clock.proceed(until, window, sent);
            let more = sound && clock.time < until && !over.is_set();
            if more {
                clock.prepare(until, window);
            }
            more
        };
        // Sharing out less work than a full portion's costs more than it gains.
        let together = rayon::current_num_threads() > 1 && self.input.0.len() > PORTION;
        rounds(parts, window, run, next, together);
        self.over.heed()?;
        self.gather_external();
        self.check_divergence()
    }

    fn observable(&self) -> Observable<'_> {
        Observable::Spikes(&self.spikes)
    }

    /// May be called at any time between two advances, and from several threads; it changes nothing here.
    fn branch(&self, seed: Seed) -> Box<dyn Dynamics> {
        Box::new(self.with_streams(seed))
    }

    fn reseed(&mut self, seed: Seed) {
        let events = self.events();
        *self = self.with_streams(seed);
        self.earlier = events;
    }

    fn events(&self) -> Events {
        let parts = self.parts.iter().map(|placed| lock(placed).part.events());
        parts.fold(self.earlier, |sum, part| sum + part)
    }

    fn plastic(&self, projection: usize) -> Option<EdgeList> {
        let parts = self.parts.iter().map(lock);
        let own = parts.filter_map(|seat| seat.part.plastic(projection).map(Plastic::synapses));
        EdgeList::joined(own.collect())
    }

    fn membranes(&self) -> Option<&dyn Membranes> {
        Some(self)
    }

    fn external_input(&mut self) -> Option<&mut dyn ExternalInput> {
        Some(self)
    }
}

impl Membranes for Spiking {
    fn cell(&self, neuron: usize) -> Option<Cell> {
        let seat = self.seat(neuron);
        seat.part.cell(neuron - seat.range.start)
    }

    fn potential(&self, neuron: usize, values: &mut [f64]) -> f64 {
        let seat = self.seat(neuron);
        seat.part.potential(neuron - seat.range.start, values)
    }
}

impl ExternalInput for Spiking {
    fn record(&mut self, on: bool) {
        self.external = on.then(Vec::new);
        for placed in &self.parts {
            if let Some(external) = lock(placed).part.external() {
                external.record = on.then(Vec::new);
            }
        }
    }

    fn recorded(&self) -> &[Spike] {
        self.external.as_deref().unwrap_or_default()
    }

    /// A window that has begun and knows nothing of a spike within it ends here, as with a new field.
    fn fire(&mut self, spikes: &[Spike]) -> Result<()> {
        spikes.iter().try_for_each(|spike| self.check_given(spike))?;
        let first = spikes.iter().map(|spike| spike.time).fold(f64::INFINITY, f64::min);
        if self.clock.has_begun_beyond(first) {
            let window = self.window.get_mut().unwrap_or_else(PoisonError::into_inner);
            self.clock.interrupt(window);
            self.drive_parts();
        }
        for &Spike { time, neuron } in spikes {
            let Seat { range, part, .. } = &mut *self.seat(neuron as usize);
            // Sources fire on the grid of a list.
            let time = if part.external().is_some() { time } else { on_grid(time) };
            let local = neuron as usize - range.start;
            part.listed().into_iter().for_each(|listed| listed.add(time, local as u16));
        }
        Ok(())
    }
}
