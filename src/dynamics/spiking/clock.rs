//! The clock: which window comes next, and what arrives in it.

mod index;
mod looked;

use super::moment::{Moment, Span};
use super::slots::Slots;
use crate::dynamics::Spike;
use crate::network::{Delayed, Network};
use crate::synapse::{Resources, ShortTerm};
use crate::tape::{is_count, is_moderate, on_tape};
use crate::units::on_grid;
pub use index::Index;
pub use looked::slack;
use std::collections::VecDeque;
use std::ops::Range;

/// A window, or the part of it that is to be run.
#[derive(Debug, Default)]
pub struct Window {
    /// Absolute times of its start and end, ms.
    pub start: f64,
    pub end: f64,
    /// When to pause, ms; infinite if the window is to be run to its end.
    pub pause: f64,
    /// Whether it begins now, or was paused before.
    pub fresh: bool,
    /// What arrives in it, in order; and where the arrival of a spike along a route stands there.
    pub arrivals: Vec<Arrival>,
    pub index: Index,
    /// Spikes that were sent since the window before it began.
    pub news: Vec<News>,
}

/// A spike that has just been sent.
#[derive(Clone, Copy, Debug)]
pub struct News {
    /// Counted from the start of the run.
    pub spike: u64,
    /// In the numbering of the network.
    pub neuron: usize,
    /// When it was sent, ms.
    pub time: f64,
}

/// An arrival of a spike in the current window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrival {
    pub moment: Moment,
    /// Its time, ms, and the same from the start of the window.
    pub time: f64,
    pub offset: f64,
    /// What short-term plasticity multiplies the efficacies with.
    pub strength: f64,
    /// The spike, counted from the start of the run.
    pub spike: u64,
    /// The neuron that spiked, in its population.
    pub sender: u32,
    /// Index of the route along which it arrives.
    pub route: u32,
}

/// A spike under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    pub spike: Spike,
    /// Its time as it was counted.
    pub moment: Moment,
}

/// Spikes of one population that arrive after one delay, with one kind of short-term plasticity or none.
#[derive(Clone, Debug)]
pub struct Route {
    from: Range<usize>,
    delay: Span,
    plasticity: Option<Plasticity>,
    /// The first spike, counted from the start of the run, whose arrival has not been scheduled.
    next: usize,
    /// Whether it leads to synapses of several delays.
    several: bool,
    /// No more spikes of `from` than these are on their way anywhere.
    most: usize,
}

/// Short-term plasticity along a route, and the resources of its senders.
#[derive(Clone, Debug)]
struct Plasticity {
    section: ShortTerm,
    resources: Vec<Resources>,
}

/// Time, and the spikes that are under way.
#[derive(Clone, Debug)]
pub struct Clock {
    pub time: f64,
    pub routes: Vec<Route>,
    /// Spikes that may still have to arrive somewhere, in order.
    history: VecDeque<Sent>,
    /// Number of spikes that have left `history`, and of those that have been told as news.
    forgotten: usize,
    told: usize,
    /// Arrivals that an interruption has put off to the window that begins with it.
    carried: Vec<Arrival>,
    /// Length of a window, ms, and of the slots in which spikes wait.
    length: f64,
    slots: Slots,
    /// The current window is number `count` since `origin` (ms).
    origin: f64,
    count: u64,
    /// Whether the current window has begun.
    begun: bool,
}

on_tape!(Window { start, end, pause, fresh, arrivals; not index, news });
on_tape!(Arrival { moment, time, offset, strength, spike, sender, route; if Arrival::is_possible });
on_tape!(Sent { spike, moment });
on_tape!(Route { next; each plasticity; not from, delay, several, most });
on_tape!(Plasticity { ; each resources; not section });
on_tape!(Clock { time, history, forgotten, told, carried, origin, count, begun; each routes; not length, slots; if Clock::is_possible });

impl Arrival {
    fn is_possible(&self) -> bool {
        [self.time, self.offset, self.strength].into_iter().all(is_moderate) && self.offset >= 0.0
    }
}

impl Clock {
    /// Whether what was read from a tape can be.
    fn is_possible(&self) -> bool {
        let numbers = [self.forgotten as u64, self.told as u64, self.count];
        if !numbers.into_iter().all(is_count) || !self.is_within_window() {
            return false;
        }
        // Give or take rounding.
        let now = self.time + self.length;
        let past = |sent: &Sent| is_moderate(sent.spike.time) && sent.spike.time <= now;
        let resources = self.routes.iter().filter_map(|route| route.plasticity.as_ref());
        let mut resources = resources.flat_map(|plasticity| &plasticity.resources);
        let known = self.forgotten..=self.forgotten.saturating_add(self.history.len());
        known.contains(&self.told)
            && self
                .routes
                .iter()
                .all(|route| known.contains(&route.next) && self.is_passable(route))
            && self.knows(&self.carried)
            && self.history.iter().all(past)
            && resources.all(|resources| resources.is_possible(now))
    }

    /// Whether as many spikes as are known can be on their way along a route.
    fn is_passable(&self, route: &Route) -> bool {
        let sent = |sent: &&Sent| route.from.contains(&(sent.spike.neuron as usize));
        self.history.iter().filter(sent).count() <= route.most
    }

    /// Whether it has come into its current window, or to where that begins, give or take rounding.
    fn is_within_window(&self) -> bool {
        let Range { start, end } = self.current();
        let after = if self.begun { end } else { start.next_up() };
        start < end && (start - slack(start)..after + slack(start)).contains(&self.time)
    }

    /// The current window, whether it has begun or not, ms.
    pub fn current(&self) -> Range<f64> {
        self.border(self.count)..self.border(self.count + 1)
    }

    /// Whether all of them come along a route, from a neuron there.
    pub fn knows(&self, arrivals: &[Arrival]) -> bool {
        arrivals.iter().all(|arrival| {
            let route = self.routes.get(arrival.route as usize);
            route.is_some_and(|route| (arrival.sender as usize) < route.from.len())
        })
    }

    /// At time 0, for windows of `length` ms.
    pub fn new(routes: Vec<Route>, length: f64) -> Self {
        Self {
            time: 0.0,
            routes,
            history: VecDeque::new(),
            forgotten: 0,
            told: 0,
            carried: Vec::new(),
            length,
            slots: Slots::new(length),
            origin: 0.0,
            count: 0,
            begun: false,
        }
    }

    /// Prepares the current window, or the rest of it, to be run as far as `until`.
    pub fn prepare(&mut self, until: f64, window: &mut Window) {
        Range { start: window.start, end: window.end } = self.current();
        window.pause = if until >= window.end { f64::INFINITY } else { until };
        window.fresh = !self.begun;
        if window.fresh {
            self.tell(window);
            self.schedule(window);
            self.begun = true;
        }
    }

    /// Where window `count` since the origin begins, ms. An arrival that comes a whole window after a spike, both counted
    /// in nanoseconds, is never before the border that the spike is not before.
    fn border(&self, count: u64) -> f64 {
        on_grid(self.origin + count as f64 * self.length)
    }

    /// Ends the part of the window that was prepared; `spikes` are its spikes, in order.
    pub fn proceed(&mut self, until: f64, window: &Window, spikes: &[Sent]) {
        self.history.extend(spikes);
        self.time = until.min(window.end);
        if until >= window.end {
            self.count += 1;
            self.begun = false;
        }
    }

    /// Whether the current window has begun and lasts beyond `time` (ms).
    pub fn has_begun_beyond(&self, time: f64) -> bool {
        self.begun && time < self.border(self.count + 1)
    }

    /// Length of a window, ms.
    pub fn window(&self) -> f64 {
        self.length
    }

    /// The spikes that may still have to arrive somewhere, in order.
    pub fn under_way(&self) -> impl Iterator<Item = &Spike> {
        self.history.iter().map(|sent| &sent.spike)
    }

    /// Lets a new window begin now; what would still have arrived in the current one arrives in the new one.
    pub fn interrupt(&mut self, window: &Window) {
        if self.begun {
            self.carried.extend(window.arrivals.iter().filter(|a| a.time >= self.time));
        }
        self.origin = self.time;
        self.count = 0;
        self.begun = false;
    }

    /// Tells which spikes have been sent; they arrive in this window at the earliest.
    fn tell(&mut self, window: &mut Window) {
        window.news.clear();
        // What has not been told has not arrived either.
        let known = self.told - self.forgotten;
        let news = self.history.iter().enumerate().skip(known);
        window.news.extend(news.map(|(k, sent)| News {
            spike: (self.forgotten + k) as u64,
            neuron: sent.spike.neuron as usize,
            time: sent.spike.time,
        }));
        self.told = self.forgotten + self.history.len();
    }

    /// Collects what arrives in the window, in order of time, then of sender, then of route.
    fn schedule(&mut self, window: &mut Window) {
        let Window { arrivals, index, .. } = window;
        arrivals.clear();
        index.clear();
        // By rounding, a time within the window may differ from its start by a hair more than a window.
        let last = self.length.next_down();
        let offset = |time: f64| (time - window.start).clamp(0.0, last);
        let carried = self.carried.drain(..);
        arrivals.extend(carried.map(|a| Arrival { offset: offset(a.time), ..a }));
        for (k, route) in self.routes.iter_mut().enumerate() {
            let first = route.next;
            while let Some(Sent { spike, moment }) = self.history.get(route.next - self.forgotten) {
                let moment = moment.after(route.delay);
                let time = moment.time();
                if time >= window.end {
                    break;
                }
                let number = route.next as u64;
                route.next += 1;
                let neuron = spike.neuron as usize;
                if route.from.contains(&neuron) {
                    if route.several {
                        let slot = self.slots.of(spike.time, route.delay.length());
                        index.last_slot = index.last_slot.max(slot);
                    }
                    let sender = neuron - route.from.start;
                    let plasticity = route.plasticity.as_mut();
                    arrivals.push(Arrival {
                        moment,
                        time,
                        offset: offset(time),
                        strength: plasticity.map_or(1.0, |p| p.strength(sender, spike.time)),
                        spike: number,
                        sender: sender as u32,
                        route: k as u32,
                    });
                }
            }
            if route.several {
                index.take(k, first..route.next);
            }
        }
        let sender = |a: &Arrival| self.routes[a.route as usize].from.start + a.sender as usize;
        arrivals.sort_unstable_by(|a, b| {
            let time = a.offset.total_cmp(&b.offset);
            time.then_with(|| (sender(a), a.route).cmp(&(sender(b), b.route)))
        });
        index.fill(arrivals);
        let needed = self.routes.iter().map(|r| r.next).min();
        let keep = needed.unwrap_or(self.forgotten + self.history.len());
        self.history.drain(..keep - self.forgotten);
        self.forgotten = keep;
    }
}

/// The distinct routes of the projections.
pub fn routes(network: &Network) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for (wired, synapses) in network.delayed() {
        let from = &wired.senders;
        for bundle in &synapses.bundles {
            let several = synapses.bundles.len() > 1;
            let known = |route: &&mut Route| route.is_of(from, synapses.short_term, bundle.delay);
            match routes.iter_mut().find(known) {
                Some(route) => route.several |= several,
                None => routes
                    .push(Route { several, ..Route::new(from.clone(), synapses, bundle.delay) }),
            }
        }
    }
    routes
}

impl Route {
    fn new(from: Range<usize>, synapses: &Delayed, delay: f64) -> Self {
        let rested = |section: ShortTerm| {
            let resources = vec![Resources::rested(&section); from.len()];
            Plasticity { section, resources }
        };
        let delay = Span::of(delay);
        let plasticity = synapses.short_term.map(rested);
        Self { delay, plasticity, from, next: 0, several: false, most: usize::MAX }
    }

    /// Of spikes of `from` without short-term plasticity.
    #[cfg(test)]
    pub fn plain(from: Range<usize>, delay: f64, several: bool) -> Self {
        let delay = Span::of(delay);
        Self { delay, plasticity: None, from, next: 0, several, most: usize::MAX }
    }

    /// Says how many spikes may be under way, if it is a route of these neurons.
    pub fn limit(&mut self, neurons: &Range<usize>, most: usize) {
        if neurons.contains(&self.from.start) {
            self.most = most;
        }
    }

    /// How many spikes may be under way.
    pub fn most(&self) -> usize {
        self.most
    }

    /// What a spike takes along it, ms.
    pub fn delay(&self) -> f64 {
        self.delay.length()
    }

    /// Whether spikes of the neurons `from` take this route with such plasticity and delay.
    pub fn is_of(&self, from: &Range<usize>, short_term: Option<ShortTerm>, delay: f64) -> bool {
        let own = self.plasticity.as_ref().map(|p| p.section);
        self.from == *from && self.delay == Span::of(delay) && own == short_term
    }
}

impl Plasticity {
    /// What a spike of `sender` at `time` multiplies its efficacies with.
    fn strength(&mut self, sender: usize, time: f64) -> f64 {
        self.resources[sender].spike(&self.section, time)
    }
}
