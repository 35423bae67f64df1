//! A block: some thousand neurons of one population with all that they need to run through a window alone.
//!
//! A block owns the synapses onto its neurons, its external input and its event queues. In a window no block
//! depends on another, so threads may share the blocks out in any way, and every neuron sees the
//! same sequence of floating-point operations.
//!
//! Events of one instant are taken in this order: threshold crossings, ends of refractoriness, then all arrivals
//! together (external ones first, then by sender); only then is a threshold tested again.

#[cfg(test)]
mod tests;
mod ahead;
mod arrivals;
mod crossing;
mod pathway;
mod plastic;
mod routes;
mod tally;
mod view;
mod visits;

use super::clock::{Arrival, Window};
use super::currents::pairs;
use super::escape::{Candidates, ESCAPE};
use super::external::External;
use super::looks::Looks;
use super::membrane::Membrane;
use super::moment::{Moment, Span};
use super::poisson::POISSON;
use super::slots::Delays;
use super::state::State;
use super::streams::Streams;
use crate::tape::{OnTape, Tape, is_count};
use crate::work::Over;
use ahead::{Ahead, Coming};
use pathway::Way;
pub use pathway::{Acts, Pathway, Synapses};
pub use plastic::{Place, Plastic};
use routes::Routes;
use std::collections::VecDeque;
use std::sync::Arc;
pub use tally::most_within;
use tally::{RUNAWAY_TIME, Tally};
use visits::Visits;

/// Before every window.
const NEVER: f64 = f64::NEG_INFINITY;

/// A block of neurons.
#[derive(Clone, Debug)]
pub struct Block<const F: usize> {
    state: State<F>,
    looks: Looks,
    /// (absolute time, neuron) of the ends of refractory periods, in order.
    releases: VecDeque<(f64, u16)>,
    /// Shared with branches.
    pathways: Arc<[Pathway]>,
    /// What arrives along every route.
    routes: Arc<Routes>,
    /// By pathway, of those whose efficacies change.
    plastic: Vec<Option<Plastic>>,
    visits: Visits,
    ahead: Ahead,
    pub external: Option<External>,
    /// Of neurons that fire at random.
    candidates: Option<Candidates>,
    next_arrival: usize,
    /// The last arrivals that were taken: when they came, from the window's start, and at which moment.
    arrived: (f64, Moment),
    /// Absolute times of the window's start and end.
    start: f64,
    end: f64,
    /// How far the window has run.
    elapsed: f64,
    /// Nothing happens by itself before it (from the window's start), unless a neuron is examined.
    quiet: f64,
    /// Spikes since they were last taken.
    pub spikes: Vec<(Moment, u16)>,
    /// Those of every portion since a moment from which they are counted, and until when.
    tallies: Vec<Tally>,
    count_until: f64,
    pub synaptic_events: u64,
    /// Neurons whose thresholds must be tested.
    suspects: Vec<u16>,
    /// Currents of one neuron at one moment.
    now: Vec<f64>,
}

impl<const F: usize> OnTape for Block<F> {
    fn pass(&mut self, tape: &mut Tape) {
        let Self {
            state,
            looks,
            releases,
            pathways: _,
            routes: _,
            plastic,
            visits,
            ahead,
            external,
            candidates,
            next_arrival,
            arrived,
            start,
            end,
            elapsed,
            quiet,
            spikes: _,
            tallies,
            count_until,
            synaptic_events,
            suspects: _,
            now: _,
        } = self;
        state.pass(tape);
        looks.pass(tape);
        releases.pass(tape);
        tape.require(releases.iter().all(|release| usize::from(release.1) < state.neurons));
        tape.require(releases.iter().is_sorted_by(|one, next| one.0 <= next.0));
        if tape.is_read() && tape.is_sound() {
            let mut refractory = vec![false; state.neurons];
            releases.iter().for_each(|release| refractory[usize::from(release.1)] = true);
            let number = refractory.iter().filter(|refractory| **refractory).count();
            let alike = (0..state.neurons).all(|n| refractory[n] == state.is_silent(n));
            tape.require(alike && number == releases.len());
        }
        next_arrival.pass(tape);
        arrived.pass(tape);
        for time in [start, end, elapsed, count_until] {
            time.pass(tape);
        }
        synaptic_events.pass(tape);
        tape.require(is_count(*synaptic_events));
        visits.pass(tape);
        ahead.clear();
        *quiet = NEVER;
        tallies[..].pass(tape);
        plastic.iter_mut().flatten().for_each(|plastic| plastic.pass(tape));
        candidates.iter_mut().for_each(|candidates| candidates.pass(tape));
        if let Some(external) = external {
            external.pass(tape);
            if tape.is_read() {
                tape.require(external.restore(state));
            }
        }
    }
}

impl<const F: usize> Block<F> {
    /// A block of neurons at potentials `v` (mV), whose portions end at `ends`; some fire at random.
    pub fn new(
        membrane: Arc<Membrane<F>>,
        (v, ends): (&[f64], Vec<usize>),
        mut pathways: Vec<Pathway>,
        delays: &Delays,
        external: Option<External>,
        candidates: Option<Candidates>,
    ) -> Self {
        let plastic = pathways.iter_mut().map(|pathway| pathway.plastic.take()).collect();
        let kernels: Vec<Vec<usize>> = pathways.iter().filter_map(Pathway::kernel).collect();
        let side_by_side = pairs(&kernels);
        let pathways: Arc<[Pathway]> = pathways.into();
        let visits = Visits::new(Arc::clone(&pathways), delays);
        let number = delays.by_route.len();
        let routes = Routes::new(number, &pathways, |pathway, delay| visits.lane(pathway, delay));
        let unbounded = |n: usize| membrane.t_ref(n) == 0.0 && !pathways.is_empty();
        let tallies = Tally::of(&ends, membrane.window, unbounded);
        Self {
            now: vec![0.0; membrane.ports.len()],
            looks: Looks::none(v.len()),
            state: State::new(membrane, v, &side_by_side),
            releases: VecDeque::new(),
            pathways,
            routes: Arc::new(routes),
            plastic,
            visits,
            ahead: Ahead::default(),
            external,
            candidates,
            next_arrival: 0,
            arrived: (NEVER, Moment::at(NEVER)),
            start: 0.0,
            end: 0.0,
            elapsed: 0.0,
            quiet: NEVER,
            spikes: Vec::new(),
            tallies,
            count_until: NEVER,
            synaptic_events: 0,
            suspects: Vec::new(),
        }
    }

    /// The same neurons in the same state, at the end of a window; what is random comes from `streams`, and their events count
    /// from 0. It is to be driven.
    pub fn branch(&self, streams: &Streams) -> Self {
        let mut branch = self.clone();
        branch.interrupt();
        branch.external = branch.external.map(|external| external.renewed(streams.of(POISSON)));
        branch.candidates =
            branch.candidates.map(|candidates| candidates.renewed(streams.of(ESCAPE)));
        branch.synaptic_events = 0;
        branch
    }

    /// Holds this stimulus (mV and Hz, neuron by neuron) from now on; a new window begins here.
    pub fn drive(&mut self, current: &[f64], poisson: &[f64]) {
        self.interrupt();
        self.state.drive(current);
        if let Some(candidates) = &self.candidates {
            self.state.watch(candidates.ceilings());
        }
        self.set_rates(poisson);
    }

    /// Receives external spikes of these rates (Hz, neuron by neuron) in addition to its own from now on, if they are drawn.
    pub fn set_rates(&mut self, poisson: &[f64]) {
        if let Some(external) = &mut self.external {
            external.emission.set_rates(poisson, self.state.membrane.window);
        }
    }

    /// Ends the window where it has come to.
    fn interrupt(&mut self) {
        if let Some(external) = &mut self.external
            && self.elapsed > 0.0
            && self.elapsed < self.state.membrane.window
        {
            external.withdraw(&mut self.state);
        }
        self.state.roll(self.elapsed);
        self.roll_traces(self.elapsed);
        self.elapsed = 0.0;
    }

    fn roll_traces(&mut self, u: f64) {
        self.plastic.iter_mut().flatten().for_each(|plastic| plastic.roll(u));
    }

    /// The synapses of a projection, by its index, if their efficacies change.
    pub fn plastic(&self, projection: usize) -> Option<&Plastic> {
        self.plastic.iter().flatten().find(|plastic| plastic.place.projection == projection)
    }

    /// Lets efficacies change from now on, as far as they are plastic, or no longer.
    pub fn learn(&mut self, on: bool) {
        self.plastic.iter_mut().flatten().for_each(|plastic| plastic.switch(on));
    }

    /// Begins a window.
    pub fn begin(&mut self, window: &Window) {
        let Window { start, end, .. } = *window;
        self.visits.begin(window);
        // An interruption rolls the state itself.
        let follows = self.elapsed > 0.0;
        self.elapsed = 0.0;
        self.start = start;
        self.end = end;
        self.next_arrival = 0;
        self.ahead.clear();
        self.quiet = NEVER;
        self.arrived.0 = NEVER;
        if start >= self.count_until {
            self.tallies.iter_mut().for_each(Tally::clear);
            self.count_until = start + RUNAWAY_TIME;
        }
        self.looks.clear();
        self.state.enter(follows, &mut self.suspects);
        if follows {
            self.roll_traces(self.state.membrane.window);
        }
        if let Some(external) = &mut self.external {
            external.begin(start, end, &mut self.state, &mut self.suspects);
        }
        self.await_candidates();
        self.examine_suspects(0.0);
    }

    /// Runs on to `pause` (absolute, ms), exclusive, or to the end of the window if that is earlier.
    ///
    /// What happens before a pause is decided by absolute times, which are what a recording sees. Once it is `over` it ends
    /// anywhere: a window may hold more events than anybody waits for.
    pub fn run_until(&mut self, pause: f64, arrivals: &[Arrival], over: &Over) {
        let pathways = Arc::clone(&self.pathways);
        let ways: Vec<Way> = match arrivals.get(self.next_arrival) {
            Some(_) => pathways.iter().map(Pathway::way).collect(),
            None => Vec::new(),
        };
        let coming = Coming { arrivals, ways: &ways };
        while let Some(arrival) = arrivals.get(self.next_arrival)
            && arrival.time < pause
        {
            if arrival.offset >= self.quiet {
                self.run_own(arrival.offset, pause, over);
            }
            if over.is_set() {
                return;
            }
            self.arrived = (arrival.offset, arrival.moment);
            self.take_arrivals(arrival.offset, coming);
        }
        self.run_own(self.state.membrane.window, pause, over);
        if let Some(external) = &mut self.external {
            external.reach(pause);
        }
        self.elapsed = (pause - self.start).min(self.state.membrane.window);
    }

    /// True if the activity of a portion grows without bound.
    pub fn diverges(&self) -> bool {
        self.tallies.iter().any(Tally::is_exceeded)
    }

    /// Delivers the external spikes at `s`.
    fn take_external(&mut self, s: f64) {
        let Some(external) = &mut self.external else { return };
        while external.next() == s {
            self.suspects.extend(external.deliver(&mut self.state).map(|n| n as u16));
        }
    }

    /// Takes the block's own events up to `until` (from the window's start) inclusive and the external spikes
    /// before it, but nothing at `pause` or later.
    fn run_own(&mut self, until: f64, pause: f64, over: &Over) {
        loop {
            let own = self.next_own();
            let external = self.external.as_ref().map_or(f64::INFINITY, External::next);
            let next = own.min(external);
            self.quiet = next;
            if self.absolute(next) >= pause {
                return;
            }
            if own <= external {
                if own > until || own >= self.state.membrane.window {
                    return;
                }
                self.take_own();
            } else {
                if external >= until {
                    return;
                }
                self.take_external(external);
                self.examine_suspects(external);
            }
            if over.is_set() {
                return;
            }
        }
    }

    /// Time of the next look or end of refractoriness, from the start of the window.
    fn next_own(&mut self) -> f64 {
        let look = self.looks.next().map_or(f64::INFINITY, |(time, _)| time);
        look.min(self.next_release())
    }

    fn next_release(&self) -> f64 {
        self.releases.front().map_or(f64::INFINITY, |(time, _)| (time - self.start).max(0.0))
    }

    /// Takes the event that [`Block::next_own`] announced.
    fn take_own(&mut self) {
        let release = self.next_release();
        match self.looks.next() {
            Some((s, n)) if s <= release => self.look(n, s),
            _ => {
                if let Some((_, n)) = self.releases.pop_front() {
                    self.release(usize::from(n), release);
                }
            }
        }
    }

    /// The absolute time (ms) of what happens at `s`; with an arrival at its time, to the last bit.
    fn absolute(&self, s: f64) -> f64 {
        let (arrived, moment) = self.arrived;
        if s == arrived { moment.time() } else { self.start + s }
    }

    /// The moment at `s`; rounding must not move it into the next window.
    fn moment(&self, s: f64) -> Moment {
        let (arrived, moment) = self.arrived;
        if s == arrived { moment } else { Moment::at((self.start + s).min(self.end.next_down())) }
    }

    fn fire(&mut self, n: usize, s: f64) {
        let moment = self.moment(s);
        self.spikes.push((moment, n as u16));
        Tally::count(&mut self.tallies, n);
        self.looks.cancel(n);
        self.state.silence(n);
        self.state.adapt(n, s);
        self.plastic.iter_mut().flatten().for_each(|plastic| plastic.fire(n, s));
        self.candidates.iter_mut().for_each(|candidates| candidates.cease(n));
        if self.diverges() {
            return;
        }
        let t_ref = self.state.membrane.t_ref(n);
        if t_ref == 0.0 {
            self.release(n, s);
        } else {
            let time = moment.after(Span::of(t_ref)).time();
            if self.state.membrane.only_jumps() && time > self.end {
                self.external.iter_mut().for_each(|external| external.ignore(n));
            }
            self.plan_release(time, n);
        }
    }

    /// The longest refractory period, ms.
    pub fn rest(&self) -> f64 {
        (0..self.state.neurons).map(|n| self.t_ref(n)).fold(0.0, f64::max)
    }

    /// The refractory period of neuron `n`, ms.
    pub fn t_ref(&self, n: usize) -> f64 {
        self.state.membrane.t_ref(n)
    }

    /// When refractory periods end (absolute, ms), and whose.
    pub fn releases(&self) -> impl Iterator<Item = (f64, usize)> {
        self.releases.iter().map(|(time, n)| (*time, usize::from(*n)))
    }

    /// Notes the end of a refractory period; the last of all, unless periods differ from neuron to neuron.
    fn plan_release(&mut self, time: f64, n: usize) {
        self.releases.push_back((time, n as u16));
        let mut at = self.releases.len() - 1;
        while at > 0 && self.releases[at - 1].0 > time {
            self.releases.swap(at - 1, at);
            at -= 1;
        }
    }

    /// Ends a refractory period.
    fn release(&mut self, n: usize, s: f64) {
        if let Some(external) = &mut self.external {
            // What arrives at this instant comes after the end of the refractory period.
            external.unravel(n, |time| time < s, &mut self.state);
        }
        self.state.reset(n, s);
        self.examine(n, s);
    }
}
